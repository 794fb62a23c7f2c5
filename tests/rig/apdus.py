#!/usr/bin/env python3
"""An APDU log of --trace-apdu: nothing was sent that may not be, nothing personal was written down.

    apdus.py FILE...

Follows where each SELECT took the card and fails on any application, file or command that is not on
the list below. Prints how many VERIFY with data went to either PIN, and how many commands there were.
"""
import re
import sys

JPKI, TEXT, ISD = "D392F000260100000001", "D3921000310001010408", "A0000001510000"
FILES = {JPKI: {"0006", "0008", "000A", "0017", "0018"}, TEXT: {"0002", "0011"}, ISD: set()}
READABLE = {(JPKI, "0006"), (JPKI, "0008"), (JPKI, "000A"), (TEXT, "0002")}
PINS = {(JPKI, "0018"): "verify", (TEXT, "0011"): "text"}


class Wrong(Exception):
    pass


class Log:
    def __init__(self):
        self.ap = self.file = None
        self.sent = {"verify": 0, "text": 0}
        self.commands = 0

    def command(self, c):
        self.commands += 1
        where = (self.ap, self.file)
        if m := re.fullmatch(r"00A4040C..([0-9A-F]+)", c):
            self.ap, self.file = m[1], None
            if self.ap not in FILES:
                raise Wrong("an application that is none of ours")
        elif m := re.fullmatch(r"00A4020C02(....)", c):
            self.file = m[1]
            if self.file not in FILES.get(self.ap, ()):
                raise Wrong(f"file {self.file} in {self.ap}")
        elif re.fullmatch(r"00B00[0-9A-F]{5}", c):
            if where not in READABLE:
                raise Wrong(f"READ BINARY at {where}")
        elif c in ("00200080", "0020008004 **"):
            if where not in PINS:
                raise Wrong(f"VERIFY at {where}")
            self.sent[PINS[where]] += c != "00200080"
        elif re.fullmatch(r"802A008033[0-9A-F]{102}00", c):
            if where != (JPKI, "0017"):
                raise Wrong(f"a signature at {where}")
        elif not re.fullmatch(r"00C00000..", c):
            raise Wrong("a command that is none of ours")

    def answer(self, a):
        if self.ap == TEXT and not re.fullmatch(r"(\*\* )?[0-9A-F]{0,4}|no answer", a):
            raise Wrong("data of a person was written down")

    def line(self, text):
        (self.command if text.startswith("> ") else self.answer)(text[2:])


def main():
    status = 0
    for name in sys.argv[1:]:
        log = Log()
        number = 0
        try:
            for number, text in enumerate(open(name, encoding="ascii"), 1):
                log.line(text.rstrip("\n"))
        except Wrong as why:
            print(f"{name}:{number}: {why}")
            status = 1
        print(f"verify {log.sent['verify']} text {log.sent['text']}")
        print(f"commands {log.commands}")
    sys.exit(status)


main()

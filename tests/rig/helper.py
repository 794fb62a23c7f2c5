#!/usr/bin/env python3
"""shikaku-reader with this program as its desk: one line of a script an operation, one line back.

    helper.py BUILD <SCRIPT

    open [FIXTURE]       pin PIN        verify [last]        sign        close
    put FIXTURE          a card lies in the first slot of tests/rig/pcscd.sh   take    and is gone
    sh COMMAND           it happens elsewhere
    trace FILE           from the next open on the APDUs are written there
    sent FILE            so many PINs were sent, as its APDU log says
    end MS               so much later it is told to end

Prints "ok ...", or "CODE TRIES" of an error. An answer may take 15 s.
"""
import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
import time

PATIENCE_S = 15


def until(true, what):
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.005)


class Card:
    """A software card in the first slot."""
    def __init__(self, build, path):
        until(self.slot_is_empty, "an empty slot")
        ready, theirs = os.pipe()
        self.process = subprocess.Popen(
            [f"{build}/shikaku-softcard", path, "--vpcd", f"127.0.0.1:{os.environ['RIG_PORT']}", "--ready-fd", str(theirs)],
            pass_fds=[theirs], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        powered = select.select([ready], [], [], PATIENCE_S)[0]
        os.close(ready)
        if not powered:
            self.remove()
            sys.exit("the card did not get power")
        until(lambda: self.slot("Yes"), "the card to be listed")

    @staticmethod
    def slot(state):
        text = subprocess.run(["opensc-tool", "--list-readers"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False, text=True).stdout
        return re.search(rf"^0  *{state} ", text, re.M) is not None

    @staticmethod
    def slot_is_empty():
        return Card.slot("No")

    def remove(self):
        self.process.terminate()
        self.process.wait()


class Helper:
    def __init__(self, build, **how):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(PATIENCE_S)
        self.socket, self.trace = ours, None
        self.process = subprocess.Popen([f"{build}/shikaku-reader", "--socket", str(theirs.fileno())],
                                        pass_fds=[theirs.fileno()], **how)
        theirs.close()

    def ask(self, fd=None, **request):
        socket.send_fds(self.socket, [json.dumps(request).encode()], [] if fd is None else [fd])
        return json.loads(self.socket.recv(65536).split(b"\0")[0])

    def open(self, card=None):
        log = None if self.trace is None else os.open(self.trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        answer = self.ask(log, op="open", reader=None, card=card, wait_ms=0)
        if log is not None:
            # the helper goes on in what it was given first
            os.close(log)
            self.trace = None
        return answer

    def enter(self, pin):
        # the kernel's pipe holds it until it is read: no process does
        r, w = os.pipe()
        os.write(w, pin.encode())
        os.close(w)
        answer = self.ask(r, op="pin", **{"for": "auth"})
        os.close(r)
        return answer

    def sign(self):
        return self.ask(op="sign", purpose="enquiry", origin="https://service.test:8443", challenge="01" * 32,
                        institution="1310000011", time=time.strftime("%Y%m%d%H%M%SZ", time.gmtime()))

    def end(self):
        self.socket.close()
        return self.process.wait()


def said(answer):
    """In one line."""
    if "error" in answer:
        return f"{answer['error']['code']} {answer['error']['tries_left']}"
    ok = answer["ok"]
    if "certificate" in ok:
        return f"ok {ok['token']} {ok['tries_left']} {len(ok['certificate']) // 2}"
    if "signature" in ok:
        return f"ok {len(ok['signature']) // 2}"
    return "ok"


CARDS = []


def play(helper, build, line):
    verb, _, rest = line.partition(" ")
    if verb == "put":
        CARDS.append(Card(build, rest))
        return "ok"
    if verb == "take":
        if CARDS:
            CARDS.pop().remove()
        until(Card.slot_is_empty, "an empty slot")
        # a card that left by itself is forgotten with the next poll, every 400 ms
        time.sleep(0.5)
        return "ok"
    if verb == "open":
        return said(helper.open(rest or None))
    if verb == "pin":
        return said(helper.enter(rest))
    if verb == "verify":
        return said(helper.ask(op="verify", last_try=rest == "last"))
    if verb == "sign":
        return said(helper.sign())
    if verb in ("close", "readers"):
        return said(helper.ask(op=verb))
    if verb == "trace":
        helper.trace = rest
        return "ok"
    if verb == "sh":
        return str(subprocess.run(rest, shell=True, check=False).returncode)
    if verb == "sent":
        with open(rest, encoding="ascii") as f:
            return str(f.read().count("> 0020008004 **"))
    if verb == "end":
        threading.Timer(int(rest) / 1000, helper.process.terminate).start()
        return "ok"
    raise ValueError(line)


def main():
    build = os.path.abspath(sys.argv[1])
    helper = Helper(build)
    try:
        for line in sys.stdin.read().splitlines():
            if line.strip():
                print(f"{line.strip().split()[0]}: {play(helper, build, line.strip())}", flush=True)
    finally:
        for card in CARDS:
            card.remove()
    return helper.end()


if __name__ == "__main__":
    sys.exit(main())

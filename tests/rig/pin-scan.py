#!/usr/bin/env python3
"""Looks for PINs that were left behind.

    pin-scan.py BUILD PINS [SEED]

Against the pcscd of tests/rig/pcscd.sh (RIG_PORT, RIG_PCSCD) and the service of $CONF, with as
many random PINs: half of them wrong, half right, typed on a terminal, now and then full-width.
After the closing SELECT, while all programs still run, the writable memory of shikaku,
shikaku-reader and pcscd is searched; at the end every file that was written. Before that the same
search must find what is there: the controls. Ends with 0, or 1 and what was found where.

Four digits standing alone count; inside a longer hexadecimal number they are not a PIN but part
of a signature or a hash, and are counted apart.
"""
import contextlib
import json
import os
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from helper import Card, Helper, until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERIFY, SIGNED, CLOSED = "> 0020008004 **", r"> 802A00.*\n< [0-9A-F]{512}9000\n", r"> 00A4040C07A0000001510000\n< 9000\n"
# larger only are the ranges that AddressSanitizer reserves for its own book-keeping
RESERVED = 1 << 32
HEX = b"0123456789ABCDEFabcdef"
ALONE = re.compile(rb"(?<![0-9A-Fa-f])[0-9]{4}(?![0-9A-Fa-f])")


def memory(pid):
    """The writable memory of a process, a piece a mapping."""
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            span, perms, *rest = line.split(None, 5)
            if not perms.startswith("rw") or "[v" in line:
                continue
            low, high = (int(x, 16) for x in span.split("-"))
            if high - low > RESERVED:
                continue
            try:
                mem.seek(low)
                yield line.split()[-1] if len(rest) == 4 else "anonymous", mem.read(high - low)
            except OSError:
                pass


def wide(pin):
    return "".join(chr(ord(c) - ord("0") + 0xff10) for c in pin).encode()


class Search:
    """What was found of a PIN; within: parts of longer hexadecimal numbers."""
    within = bytes_read = 0

    def blob(self, blob, pin):
        digits = pin.encode()
        Search.bytes_read += len(blob)
        found = blob.count(b"\x20\x00\x80\x04" + digits[:2]) + blob.count(wide(pin))
        at = blob.find(digits)
        while at >= 0:
            if blob[max(at - 1, 0):at] in HEX and at > 0 or blob[at + 4:at + 5] in HEX and at + 4 < len(blob):
                Search.within += 1
            else:
                found += 1
            at = blob.find(digits, at + 1)
        return found

    def process(self, pid, pin):
        return sum(self.blob(piece, pin) for _, piece in memory(pid))

    def places(self, pid, pin):
        """Where it stands in a process, with what is around it."""
        for name, piece in memory(pid):
            at = piece.find(pin.encode())
            while at >= 0:
                yield f"{name}: {piece[max(at - 24, 0):at + 28]!r}"
                at = piece.find(pin.encode(), at + 1)


SEARCH = Search()


def write_card(pin, path):
    with open(f"{ROOT}/fixtures/cards/adult.json", encoding="utf-8") as f:
        card = json.load(f)
    card["pin"]["auth"]["value"] = pin
    for pair in ("auth", "sign"):
        for key, name in card[pair].items():
            card[pair][key] = os.path.abspath(f"{ROOT}/fixtures/cards/{name}")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(card, f)


class Check:
    """shikaku check with its APDU log."""
    def __init__(self, build, trace):
        self.trace = trace
        if os.path.exists(trace):
            os.unlink(trace)
        self.program = f"{build}/shikaku"
        self.command = [self.program, "check", "--config", os.environ["CONF"], "--limit-consent", "no", "--trace-apdu", trace]

    def traced(self, what, times):
        """That exchange came after so many VERIFYs."""
        def true():
            if not os.path.exists(self.trace):
                return False
            with open(self.trace, encoding="ascii") as f:
                text = f.read()
            found = [m.end() for m in re.finditer(what, text)]
            return text.count(VERIFY) >= times and found and found[-1] > text.rfind(VERIFY)
        until(true, what)

    def reader(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as f:
            return int(f.read().split()[0])


class Unattended(Check):
    def __init__(self, build, trace, pin):
        super().__init__(build, trace)
        r, w = os.pipe()
        os.write(w, pin.encode())
        os.close(w)
        self.process = subprocess.Popen(self.command + ["--pin-fd", str(r)], pass_fds=[r], start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(r)
        self.pid = self.process.pid

    def end(self):
        self.shown = self.process.communicate()[0]
        return self.process.returncode


class Desk(Check):
    """On a terminal, with a person who types."""
    def __init__(self, build, trace):
        super().__init__(build, trace)
        self.shown = b""
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(self.program, self.command)

    def expect(self, text):
        wanted = text.encode()

        def seen():
            if select.select([self.fd], [], [], 0)[0]:
                try:
                    self.shown += os.read(self.fd, 4096)
                except OSError:
                    pass
            return wanted in self.shown
        until(seen, f"{text!r} after {self.shown[-300:]!r}")
        self.shown = self.shown[self.shown.index(wanted) + len(wanted):]

    def type(self, data):
        os.write(self.fd, data)

    def end(self):
        while True:
            try:
                more = os.read(self.fd, 4096)
            except OSError:
                break
            if not more:
                break
            self.shown += more
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status


class Scan:
    def __init__(self, build, pins, seed):
        self.build, self.pins, self.random = build, pins, random.Random(seed)
        self.pcscd = int(os.environ["RIG_PCSCD"])
        self.tmp = tempfile.mkdtemp(prefix="pin-scan.")
        self.known = set()
        self.used, self.looked, self.found, self.typed_wide = [], 0, [], 0

    def new_pin(self, pids=()):
        """A PIN that stands nowhere in these processes yet, nor in those to come whoever it is."""
        while True:
            pin = f"{self.random.randrange(10000):04}"
            if pin in self.used or len(set(pin)) < 3 or pin.encode() in self.known or \
                    any(SEARCH.process(pid, pin) for pid in pids):
                continue
            self.used.append(pin)
            return pin

    def card(self, pin):
        path = f"{self.tmp}/card.json"
        write_card(pin, path)
        card = Card(self.build, path)
        os.unlink(path)
        return card

    def look(self, where, pids, pin):
        for name, pid in pids.items():
            self.looked += 1
            n = SEARCH.process(pid, pin)
            if n:
                self.found.append(f"{where}: {n} times in {name}: " + "; ".join(SEARCH.places(pid, pin)))

    @contextlib.contextmanager
    def stopped(self, desk):
        """All three by name; those of the desk stand still."""
        pids = {"shikaku": desk.pid, "shikaku-reader": desk.reader(), "pcscd": self.pcscd}
        for name in ("shikaku", "shikaku-reader"):
            os.kill(pids[name], signal.SIGSTOP)
        yield pids
        for name in ("shikaku", "shikaku-reader"):
            os.kill(pids[name], signal.SIGCONT)

    def look_at(self, where, desk, pin):
        with self.stopped(desk) as pids:
            self.look(where, pids, pin)

    def rehearse(self):
        """What stands in the programs at any visit: the years in the texts of the rules, and of the card."""
        pin = self.new_pin([self.pcscd])
        card = self.card(pin)
        desk = Unattended(self.build, f"{self.tmp}/apdu", pin)
        desk.traced(CLOSED, 1)
        with self.stopped(desk) as pids:
            for pid in pids.values():
                for _, piece in memory(pid):
                    self.known.update(ALONE.findall(piece))
        self.known.discard(pin.encode())
        self.end(desk)
        card.remove()

    def visit(self):
        """One card at the desk: a wrong PIN, then the right one; and once more from a descriptor."""
        right = self.new_pin([self.pcscd])
        card = self.card(right)
        desk = Desk(self.build, f"{self.tmp}/apdu")
        desk.expect("残り3回")
        wrong = self.new_pin([desk.pid, desk.reader(), self.pcscd])
        in_full = len(self.used) % 3 == 0
        self.typed_wide += in_full
        desk.type((wide(wrong) if in_full else wrong.encode()) + b"\n")
        desk.expect("やめる >")
        desk.traced(CLOSED, 1)
        self.look_at("after a wrong PIN", desk, wrong)
        desk.type(b"1")
        desk.expect("残り2回")
        desk.type(right.encode() + b"\n")
        desk.traced(SIGNED, 2)
        self.look_at("after the signature", desk, right)
        self.end(desk)
        desk = Unattended(self.build, f"{self.tmp}/apdu", right)
        desk.traced(CLOSED, 1)
        self.look_at("after the closing SELECT", desk, right)
        self.end(desk)
        for pin in (wrong, right):
            self.look("after the end", {"pcscd": self.pcscd}, pin)
        card.remove()

    @staticmethod
    def end(desk):
        status = desk.end()
        if status != 0:
            sys.exit(f"pin-scan: the check ended with {status}: {desk.shown.decode(errors='replace')[-600:]}")

    def controls(self):
        """The same search where a PIN is: entered and not used; sent and not covered."""
        pin, wrong = self.new_pin(), self.new_pin()
        card = self.card(pin)
        helper = Helper(self.build)
        helper.open()
        helper.enter(pin)
        # whatever stands before it: libsodium has a canary of random bytes there, which can be a hexadecimal digit
        entered = sum(piece.count(pin.encode()) for _, piece in memory(helper.process.pid))
        helper.ask(op="verify", last_try=False)
        sent = SEARCH.process(self.pcscd, pin)
        gone = SEARCH.process(helper.process.pid, pin)
        helper.ask(op="close")
        covered = SEARCH.process(self.pcscd, pin)
        # one that somebody left on purpose
        left = f"the PIN is {wrong}.".encode()
        kept = SEARCH.blob(left, wrong)
        helper.end()
        card.remove()
        print(f"# control: entered {entered} in shikaku-reader, after VERIFY {gone} there and {sent} in pcscd, "
              f"after the closing SELECT {covered}; left on purpose {kept}")
        if not (entered and sent and kept) or gone or covered:
            self.found.append("a control failed")

    def no_core(self):
        """shikaku-reader crashes with a PIN in its memory, where others leave a core."""
        cwd = f"{self.tmp}/core"
        os.mkdir(cwd)
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]

        def wants_core():
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

        pin = self.new_pin()
        card = self.card(pin)
        helper = Helper(self.build, cwd=cwd, preexec_fn=wants_core)
        helper.open()
        helper.enter(pin)
        with open(f"/proc/{helper.process.pid}/limits", encoding="ascii") as f:
            limited = re.search(r"^Max core file size +0 +0 ", f.read(), re.M) is not None
        dumped = self.crash(helper.process.pid)
        helper.process.returncode = -signal.SIGABRT
        helper.socket.close()
        card.remove()
        other = subprocess.Popen(["sleep", "60"], cwd=cwd, preexec_fn=wants_core)
        other_dumped = self.crash(other.pid)
        other.returncode = -signal.SIGABRT
        print(f"# core: of shikaku-reader {'one' if dumped else 'none'}, limit {'0' if limited else 'not 0'}; "
              f"control: of another program {'one' if other_dumped else 'none (the limit here is 0)'}")
        if dumped or not limited or (hard != 0 and not other_dumped):
            self.found.append("a core was dumped, or the control has none")

    @staticmethod
    def crash(pid):
        os.kill(pid, signal.SIGABRT)
        return os.WCOREDUMP(os.waitpid(pid, 0)[1])

    def files(self):
        """Every file of this run, and pcscd's log: with the APDU log at full verbosity."""
        n = 0
        for folder in (self.tmp, os.environ["RIG_DIR"]):
            for path, _, names in os.walk(folder):
                for name in names:
                    full = os.path.join(path, name)
                    if name.startswith("core") or not os.path.isfile(full):
                        continue
                    n += 1
                    with open(full, "rb") as f:
                        blob = f.read()
                    bad = [pin for pin in self.used if blob.count(b"00800" + b"4" + pin.encode().hex().encode()) or
                           SEARCH.blob(blob, pin)]
                    if bad:
                        self.found.append(f"a PIN in {name}")
        return n

    def run(self):
        self.controls()
        self.no_core()
        self.rehearse()
        while self.looked == 0 or len(self.used) < self.pins:
            self.visit()
        files = self.files()
        shutil.rmtree(self.tmp)
        for what in self.found:
            print(f"not ok: {what}")
        print(f"# {len(self.known)} numbers of four digits are there whoever comes, and are no PIN here")
        print(f"{len(self.used)} random PINs ({self.typed_wide} typed full-width), {self.looked} processes and {files} "
              f"files searched, {SEARCH.bytes_read >> 20} MiB: {len(self.found)} found "
              f"({SEARCH.within} parts of longer numbers)")
        return 1 if self.found else 0


def main():
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.randrange(1 << 32))
    print(f"# seed {seed}")
    return Scan(os.path.abspath(sys.argv[1]), int(sys.argv[2]), seed).run()


if __name__ == "__main__":
    sys.exit(main())

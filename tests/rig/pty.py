#!/usr/bin/env python3
"""A person at a terminal of 24 lines (or $PTY_LINES) and 80 columns: runs a command on it and plays a script.

    pty.py COMMAND [ARGUMENT...] <SCRIPT
    pty.py --session FILE [--write]

A line of a script is one of

    expect TEXT   TEXT appears, after what was expected before; 30 s at most
    type TEXT     TEXT and Enter
    key TEXT      TEXT without Enter
    press C       the control key of that letter
    signal NAME   the command gets that signal
    first         tells how long after the start the first output came
    echo off|on   the terminal shows, or not, what is typed
    pause MS      the person thinks
    end           nothing more is played; so does the end of the script
    sh COMMAND    something happens elsewhere
    gone TEXT     TEXT is neither on the terminal nor in what can be scrolled back to
    # ...         a remark

Prints all that was shown. Ends with the command's exit status, 128 + n when signal n ended it,
and 99 when the script did not come true or the terminal was not left as it was found.

A session is a script with what the person sees; these lines are for it alone:

    run ARGUMENT...   the command, $SHIKAKU, with these arguments; $NAME is taken from the environment
    screen            the terminal shows exactly what follows, each line after "| "; days from
                      2000 on are 20YY-MM-DD there, times of day HH:MM
    ends STATUS       the command ends with this status

--write puts what is seen into the file instead. Ends with 0, or 99 and what went wrong.
"""
import difflib
import fcntl
import os
import re
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
import unicodedata

PATIENCE_S = 30
QUIET_S = 0.8
LINES, COLUMNS = int(os.environ.get("PTY_LINES", 24)), 80


class Failed(Exception):
    pass


def columns(c):
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


class Screen:
    """What a terminal shows of a text: lines, backspaces, wide characters, the cursor sent home,
    parts erased; colours are passed over."""

    def __init__(self, text):
        self.rows, self.row, self.column, self.scrolled = [[" "] * COLUMNS], 0, 0, []
        for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z])", re.sub(r"\x1b\[[0-9;]*$", "", text)):
            if part.startswith("\x1b["):
                self.control(part[2:])
            else:
                for c in part:
                    self.put(c)

    def control(self, sequence):
        if sequence == "H":
            self.row = self.column = 0
        elif sequence == "K":
            self.rows[self.row][self.column:] = [" "] * (COLUMNS - self.column)
        elif sequence == "J":
            self.control("K")
            del self.rows[self.row + 1:]
        elif sequence == "2J":
            self.scrolled += self.rows
            self.rows = [[" "] * COLUMNS for _ in range(self.row + 1)]
        elif sequence == "3J":
            self.scrolled = []
        elif not sequence.endswith("m"):
            raise Failed(f"the terminal was sent the escape sequence {sequence}")

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([" "] * COLUMNS)
        if len(self.rows) > LINES:
            self.scrolled.append(self.rows.pop(0))
            self.row -= 1

    def put(self, c):
        if c == "\n":
            self.down()
        elif c == "\r":
            self.column = 0
        elif c == "\b":
            self.column = max(self.column - 1, 0)
        elif c == "\a":
            pass
        elif ord(c) < 32 or ord(c) == 127:
            raise Failed(f"the terminal was sent the control character {ord(c)}")
        else:
            if self.column + columns(c) > COLUMNS:
                self.column = 0
                self.down()
            self.rows[self.row][self.column:self.column + columns(c)] = [c] + [""] * (columns(c) - 1)
            self.column += columns(c)

    def lines(self):
        text = ["".join(row).rstrip() for row in self.rows]
        while text and not text[-1]:
            text.pop()
        text = [re.sub(r"20\d\d-\d\d-\d\d", "20YY-MM-DD", line) for line in text]
        return [re.sub(r"\b\d\d:\d\d\b", "HH:MM", line, flags=re.ASCII) for line in text]

    def holds(self, text):
        return any(text in "".join(row) for row in self.scrolled + self.rows)


class Terminal:
    def __init__(self, command):
        self.fd, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.was = termios.tcgetattr(self.slave)
        self.shown, self.seen, self.status = b"", 0, None
        self.began, self.first_ms = time.monotonic(), None
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 256)
            # a terminal's program is never started with these ignored, whatever runs the tests (nohup)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.execv(command[0], command)

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if ready:
            if self.first_ms is None:
                self.first_ms = (time.monotonic() - self.began) * 1000
            self.shown += os.read(self.fd, 4096)
        return bool(ready)

    def until(self, true, what):
        end = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > end:
                raise Failed(what)
            self.read(0.02)

    def expect(self, text):
        wanted = text.encode()
        self.until(lambda: self.shown.find(wanted, self.seen) >= 0, f"did not see: {text}")
        self.seen = self.shown.find(wanted, self.seen) + len(wanted)

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def screen(self):
        return Screen(self.shown.decode(errors="ignore")).lines()

    def sees(self, wanted):
        """The screen, as soon as it is as wanted, or when time is up."""
        end = time.monotonic() + PATIENCE_S
        while self.screen() != wanted and time.monotonic() < end:
            self.read(0.02)
        return self.screen()

    def settled(self):
        while self.read(QUIET_S):
            pass
        return self.screen()

    def play(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "expect":
            self.expect(rest)
        elif verb == "type":
            os.write(self.fd, rest.encode() + b"\n")
        elif verb == "key":
            os.write(self.fd, rest.encode())
        elif verb == "press":
            os.write(self.fd, bytes([ord(rest) & 31]))
        elif verb == "echo":
            self.until(lambda: self.echoes() == (rest == "on"), f"echo is not {rest}")
        elif verb == "signal":
            os.kill(self.pid, signal.Signals["SIG" + rest])
        elif verb == "first":
            self.until(lambda: self.first_ms is not None, "nothing is shown")
            print(f"pty: the first output came after {self.first_ms:.0f} ms")
        elif verb == "pause":
            time.sleep(int(rest) / 1000)
        elif verb == "gone":
            self.until(lambda: not Screen(self.shown.decode(errors="ignore")).holds(rest),
                       f"still to be seen: {rest}")
        elif verb == "sh":
            subprocess.run(rest, shell=True, check=True)
        elif not verb.startswith("#"):
            raise Failed(f"no line of a script: {line}")

    def ended(self):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.pid = 0
            self.status = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        return pid != 0

    def end(self):
        self.until(self.ended, "did not end")
        while self.read(0.05):
            pass
        if termios.tcgetattr(self.slave) != self.was:
            raise Failed("the terminal was left changed")
        return self.status

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)


def script(command):
    terminal = Terminal(command)
    try:
        # line by line: who writes them may wait for what came of the last one
        for line in sys.stdin:
            if line.strip() == "end":
                break
            if line.strip():
                terminal.play(line.strip())
        status = terminal.end()
    except Failed as why:
        print(f"pty: {why}")
        status = 99
    finally:
        terminal.kill()
    print(terminal.shown.decode(errors="replace"))
    return status


class Session:
    def __init__(self, path, write):
        self.path, self.write, self.terminal = path, write, None
        with open(path, encoding="utf-8") as f:
            self.lines = f.read().splitlines()
        self.out = []

    def golden(self, at):
        """The lines of a screen, which begin at at."""
        end = at
        while end < len(self.lines) and self.lines[end].startswith("|"):
            end += 1
        return [line[2:] for line in self.lines[at:end]], end

    def screen(self, wanted, at):
        seen = self.terminal.settled() if self.write else self.terminal.sees(wanted)
        self.out += [("| " + line).rstrip() for line in seen]
        if not self.write and seen != wanted:
            diff = "\n".join(difflib.unified_diff(wanted, seen, f"{self.path}:{at}", "seen", lineterm=""))
            raise Failed(diff)

    def ends(self, wanted):
        got = self.terminal.end()
        if got != int(wanted):
            raise Failed(f"ended with {got}, not {wanted}")

    def play(self):
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            at += 1
            self.out.append(line)
            verb, _, rest = line.partition(" ")
            if verb == "run":
                command = [os.path.expandvars(word) for word in shlex.split(rest)]
                self.terminal = Terminal([os.environ["SHIKAKU"]] + command)
            elif verb == "screen":
                wanted, end = self.golden(at)
                self.screen(wanted, at)
                at = end
            elif verb == "ends":
                self.ends(rest)
            elif line:
                Terminal.play(self.terminal, line)
        if self.terminal is None or self.terminal.status is None:
            raise Failed("the session does not end")

    def run(self):
        try:
            self.play()
        except Failed as why:
            print(f"{self.path}: {why}")
            print(self.terminal.shown.decode(errors="replace") if self.terminal else "")
            return 99
        finally:
            if self.terminal:
                self.terminal.kill()
        if self.write:
            with open(self.path, "w", encoding="utf-8") as f:
                f.write("\n".join(self.out) + "\n")
        return 0


def main():
    if sys.argv[1] == "--session":
        return Session(sys.argv[2], "--write" in sys.argv[3:]).run()
    return script(sys.argv[1:])


sys.exit(main())

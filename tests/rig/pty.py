#!/usr/bin/env python3
"""A person at a terminal: runs COMMAND on a pseudo-terminal and plays the script on standard input.

    pty.py COMMAND [ARGUMENT...] <SCRIPT

    expect TEXT   TEXT appears, after what was expected before; 10 s at most
    type TEXT     TEXT and Enter
    press C       the control key of that letter
    echo off|on   the terminal shows, or not, what is typed
    pause MS      the person thinks

Prints all that was shown. Ends with the command's exit status, 128 + n when signal n ended it,
and 99 when the script did not come true or the terminal was not left as it was found.
"""
import fcntl
import os
import select
import signal
import sys
import termios
import time

PATIENCE_S = 10


class Failed(Exception):
    pass


class Terminal:
    def __init__(self, command):
        self.fd, self.slave = os.openpty()
        self.was = termios.tcgetattr(self.slave)
        self.shown, self.seen = b"", 0
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 256)
            # a terminal's program is never started with Ctrl-C ignored, whatever runs the tests
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execv(command[0], command)

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if ready:
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

    def play(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "expect":
            self.expect(rest)
        elif verb == "type":
            os.write(self.fd, rest.encode() + b"\n")
        elif verb == "press":
            os.write(self.fd, bytes([ord(rest) & 31]))
        elif verb == "echo":
            self.until(lambda: self.echoes() == (rest == "on"), f"echo is not {rest}")
        elif verb == "pause":
            time.sleep(int(rest) / 1000)
        else:
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


def main():
    script = [line.strip() for line in sys.stdin.read().splitlines() if line.strip()]
    terminal = Terminal(sys.argv[1:])
    try:
        for line in script:
            terminal.play(line)
        status = terminal.end()
    except Failed as why:
        print(f"pty: {why}")
        status = 99
    finally:
        if terminal.pid:
            os.kill(terminal.pid, signal.SIGKILL)
    print(terminal.shown.decode(errors="replace"))
    return status


sys.exit(main())

#!/usr/bin/env python3
"""Runs a command under the system calls that a systemd unit allows it, without systemd running.

usage: sandbox.py UNIT COMMAND [ARGUMENT]...

From the unit are taken SystemCallFilter= (the groups as `systemd-analyze syscall-filter` has them; what is not in it
kills), MemoryDenyWriteExecute=, RestrictAddressFamilies= and NoNewPrivileges=, each as systemd.exec(5) says it. The
status is the command's, or 128 and the signal that killed it: 159 is a call that the filter does not have.
"""
import ctypes
import errno
import os
import re
import resource
import socket
import struct
import subprocess
import sys

LOAD, EQUAL, BITS, RETURN = 0x20, 0x15, 0x45, 0x06	# BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JSET|K, BPF_RET|K
ALLOW, KILL, ERRNO = 0x7fff0000, 0x80000000, 0x00050000
NUMBER, ARCH, ARGUMENT = 0, 4, 16			# offsets in struct seccomp_data
ARCHES = {"x86_64": 0xc000003e, "aarch64": 0xc00000b7}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def settings(unit):
    """Key to its values in their order."""
    found = {}
    for line in open(unit, encoding="utf-8"):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def groups():
    """Group to its members, groups among them."""
    members, name = {}, None
    for line in output("systemd-analyze", "--no-pager", "syscall-filter").splitlines():
        if line.startswith("@"):
            name = line.strip()
            members[name] = []
        elif name and line.strip() and not line.strip().startswith("#"):
            members[name].append(line.strip())
        elif not line.startswith(" ") and line.strip():
            name = None
    return members


def expand(word, members):
    if not word.startswith("@"):
        return {word}
    return set().union(*(expand(m, members) for m in members[word]))


def allowed(filters):
    members = groups()
    calls = expand("@default", members)
    for line in filters:
        named = set().union(*(expand(w, members) for w in line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def numbers():
    macros = output("gcc", "-E", "-dM", "-x", "c", "-include", "sys/syscall.h", "/dev/null")
    return {name: int(n) for name, n in re.findall(r"^#define __NR_(\w+) (\d+)$", macros, re.M)}


def argument(call, index, tests, verdict):
    """For that call: where all bits of a test are set in its argument, the verdict."""
    code = []
    for bits in tests:
        body = [(LOAD, 0, 0, ARGUMENT + 8 * index)]
        wanted = [1 << b for b in range(32) if bits >> b & 1]
        for i, bit in enumerate(wanted):
            body.append((BITS, 0, len(wanted) - i, bit))
        body.append((RETURN, 0, 0, verdict))
        code += body
    code.append((LOAD, 0, 0, NUMBER))
    return [(EQUAL, 0, len(code), call)] + code


def families(call, names, verdict):
    numbers_of = [int(getattr(socket, n)) for n in names if n != "none"]
    code = [(LOAD, 0, 0, ARGUMENT)]
    code += [(EQUAL, len(numbers_of) - i, 0, n) for i, n in enumerate(numbers_of)]
    code += [(RETURN, 0, 0, verdict), (LOAD, 0, 0, NUMBER)]
    return [(EQUAL, 0, len(code), call)] + code


def program(unit):
    number = numbers()
    code = [(LOAD, 0, 0, ARCH), (EQUAL, 1, 0, ARCHES[os.uname().machine]), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    if unit.get("MemoryDenyWriteExecute") == ["yes"]:
        code += argument(number["mmap"], 2, [PROT_WRITE | PROT_EXEC], ERRNO | errno.EPERM)
        code += argument(number["mprotect"], 2, [PROT_EXEC], ERRNO | errno.EPERM)
        code += argument(number["pkey_mprotect"], 2, [PROT_EXEC], ERRNO | errno.EPERM)
        code += argument(number["shmat"], 2, [SHM_EXEC], ERRNO | errno.EPERM)
    if "RestrictAddressFamilies" in unit:       # what a drop-in names is added
        code += families(number["socket"], " ".join(unit["RestrictAddressFamilies"]).split(), ERRNO | errno.EAFNOSUPPORT)
    for name in sorted(allowed(unit["SystemCallFilter"]) & set(number)):
        code += [(EQUAL, 0, 1, number[name]), (RETURN, 0, 0, ALLOW)]
    return code + [(RETURN, 0, 0, KILL)]


def confine(code):
    raw = b"".join(struct.pack("HBBI", *line) for line in code)
    text = ctypes.create_string_buffer(raw)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(text)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def main():
    code = program(settings(sys.argv[1]))
    child = os.fork()
    if child == 0:
        try:
            confine(code)
            os.execvp(sys.argv[2], sys.argv[2:])
        except OSError as e:
            print(f"sandbox.py: {e}", file=sys.stderr)
        os._exit(126)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(status if status >= 0 else 128 - status)


main()

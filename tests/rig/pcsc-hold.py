#!/usr/bin/env python3
"""Another program at a card: pcsc-hold.py exclusive|transaction [READER-PART]

Connects to the first reader that has READER-PART in its name, for itself alone or in a
transaction, prints "held" and keeps it until SIGTERM.
"""
import ctypes
import signal
import sys

SCOPE_SYSTEM, EXCLUSIVE, SHARED, PROTOCOLS, LEAVE = 2, 1, 2, 3, 0

lib = ctypes.CDLL("libpcsclite.so.1")
word = ctypes.c_ulong


def call(name, *arguments):
    rv = getattr(lib, name)(*arguments) & 0xffffffff
    if rv:
        sys.exit(f"{name}: {rv:08X}")


def reader(context, part):
    size = word(4096)
    names = ctypes.create_string_buffer(size.value)
    call("SCardListReaders", context, None, names, ctypes.byref(size))
    return next(n for n in names.raw[:size.value].split(b"\0") if part.encode() in n and n)


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    context, card, protocol = word(), word(), word()
    call("SCardEstablishContext", word(SCOPE_SYSTEM), None, None, ctypes.byref(context))
    name = reader(context, sys.argv[2] if len(sys.argv) > 2 else "")
    call("SCardConnect", context, name, word(EXCLUSIVE if sys.argv[1] == "exclusive" else SHARED),
         word(PROTOCOLS), ctypes.byref(card), ctypes.byref(protocol))
    if sys.argv[1] == "transaction":
        call("SCardBeginTransaction", card)
    print("held", flush=True)
    signal.sigwait([signal.SIGTERM])
    call("SCardDisconnect", card, word(LEAVE))
    call("SCardReleaseContext", context)


main()

#!/usr/bin/env python3
"""Another program at the reader, through the real libpcsclite.

    pcsc-client.py hold MS      has the first reader's card for itself for so long; says "held" first
    pcsc-client.py stay MS      shares it for so long, says "there" first, and asks it something: 1 if it was reset
    pcsc-client.py reset        warm reset, and leaves the card
    pcsc-client.py unpower      power off and on, and leaves the card
    pcsc-client.py leave PIN    verifies the PIN and leaves the card as it is
    pcsc-client.py tries        prints the status word of the query
    pcsc-client.py time N       asks so many times, prints the median in microseconds

Ends with 0, or 1 and what PC/SC said.
"""
import ctypes
import sys
import time

EXCLUSIVE, SHARED, T0_T1 = 1, 2, 3
LEAVE, RESET, UNPOWER = 0, 1, 2
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001"), bytes.fromhex("00A4020C020018")

lib = ctypes.CDLL("libpcsclite.so.1")


class Pci(ctypes.Structure):
    _fields_ = [("protocol", ctypes.c_ulong), ("length", ctypes.c_ulong)]


def do(name, *args):
    rv = getattr(lib, name)(*args) & 0xffffffff
    if rv:
        sys.exit(f"{name}: {rv:08X}")


class Client:
    def __init__(self, share):
        self.context, self.card = ctypes.c_long(), ctypes.c_long()
        self.protocol = ctypes.c_ulong()
        do("SCardEstablishContext", ctypes.c_ulong(2), None, None, ctypes.byref(self.context))
        size = ctypes.c_ulong(4096)
        names = ctypes.create_string_buffer(size.value)
        do("SCardListReaders", self.context, None, names, ctypes.byref(size))
        do("SCardConnect", self.context, names.value, ctypes.c_ulong(share), ctypes.c_ulong(T0_T1),
           ctypes.byref(self.card), ctypes.byref(self.protocol))

    def send(self, cmd):
        size = ctypes.c_ulong(65538)
        rsp = ctypes.create_string_buffer(size.value)
        pci = Pci(self.protocol.value, ctypes.sizeof(Pci))
        do("SCardTransmit", self.card, ctypes.byref(pci), cmd, ctypes.c_ulong(len(cmd)), None, rsp, ctypes.byref(size))
        return rsp.raw[:size.value].hex().upper()

    def power(self, how):
        do("SCardReconnect", self.card, ctypes.c_ulong(SHARED), ctypes.c_ulong(T0_T1), ctypes.c_ulong(how),
           ctypes.byref(self.protocol))

    def leave(self):
        do("SCardDisconnect", self.card, ctypes.c_ulong(LEAVE))
        do("SCardReleaseContext", self.context)


def timed(client):
    began = time.monotonic()
    client.send(SELECT[0])
    return int((time.monotonic() - began) * 1e6)


def main():
    verb = sys.argv[1]
    client = Client(EXCLUSIVE if verb == "hold" else SHARED)
    if verb == "hold":
        print("held", flush=True)
        time.sleep(int(sys.argv[2]) / 1000)
    elif verb == "stay":
        print("there", flush=True)
        time.sleep(int(sys.argv[2]) / 1000)
        client.send(SELECT[0])
    elif verb == "reset":
        client.power(RESET)
    elif verb == "unpower":
        client.power(UNPOWER)
    elif verb == "time":
        took = sorted(timed(client) for _ in range(int(sys.argv[2])))
        print(took[len(took) // 2])
    else:
        for cmd in SELECT:
            client.send(cmd)
        pin = sys.argv[2].encode() if verb == "leave" else b""
        sw = client.send(bytes.fromhex("00200080") + (bytes([len(pin)]) + pin if pin else b""))
        print(sw)
    client.leave()


main()

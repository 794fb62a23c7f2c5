#!/usr/bin/env python3
"""A peer that misbehaves at the byte level and below, for tests of the service client.

    peer.py FAULT [--cert PEM --key PEM] [--client-ca PEM]
    peer.py --control --upstream-cert PEM --upstream-key PEM

Listens on a free port of 127.0.0.1, prints "ready PORT" and serves until it is killed.  FAULT names
what it does to every connection; with --cert it speaks TLS 1.3 below that.  "list" prints the names.

With --control it takes its orders from standard input, one JSON object a line, each answered by "set":
fault, path (only requests for it are spoilt), at (a byte), cert, key, and what TLS_KEYS names; "set" is
followed by the length of the last answer that was spoilt, head and body.  Below TLS, at byte "at" of what
goes "up" to the service or down from it, is what WIRE names.  What it
spoils is then the true answer: requests are passed on to a service at the same port of 127.0.0.2, so that
a challenge is signed and an enquiry answered for the origin that the client knows.  With "keep" it keeps
the answer that it spoils, and "replay" gives it to whoever asks next; with "swap" everybody gets the one before.
"""
import argparse
import contextlib
import functools
import gzip
import itertools
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time

JSON = b"Content-Type: application/json\r\n"
HEALTH = b'{"status":"ok"}'
SILENCE = 60
GIB = 1 << 30


def reply(body=HEALTH, status=b"200 OK", headers=JSON, length=None):
    n = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, n, body)


def chunked(chunks, headers=b""):
    return b"HTTP/1.1 200 OK\r\n" + JSON + headers + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def chunk(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


def refusal(code, retryable=b"false"):
    return (b'{"error":{"code":"%s","retryable":%s,"text_desk":"x","text_technician":"y"}}'
            % (code, retryable))


def error(status, code, headers=JSON):
    return reply(refusal(code), status, headers)


def redirect(status, to):
    return lambda body: reply(body, status, JSON + b"Location: %s\r\n" % to)


def with_header(line):
    return lambda body: reply(body, headers=JSON + line)


def first_string(body, value):
    """The answer with the first of its strings that is a value made into something else."""
    at = body.index(b':"') + 1
    return body[:at] + value + body[body.index(b'"', at + 1) + 1:]


# What is sent in place of the good reply with this body; then the connection is closed, but behind those of KEPT.
BYTES = {
    "ok": reply,
    "redirect-301": redirect(b"301 Moved", b"http://127.0.0.1:1/"),
    "redirect-302": redirect(b"302 Found", b"/v1/health"),
    "redirect-303": redirect(b"303 Other", b"//localhost/v1/health"),
    "redirect-307": redirect(b"307 Temporary", b"https://example.invalid/"),
    "redirect-308": redirect(b"308 Permanent", b"https://127.0.0.2/"),
    "garbage": lambda body: b"\x00\xff\x00 this is no HTTP\r\n\r\n",
    "http09": lambda body: body,
    "http2-frames": lambda body: b"\0\0\0\4\0\0\0\0\0" * 3,
    "status-line-long": lambda body: b"HTTP/1.1 200 " + b"O" * 200000 + reply(body)[12:],
    "status-999": lambda body: reply(body, b"999 What"),
    "status-0": lambda body: reply(body, b"000 What"),
    "no-body-204": lambda body: b"HTTP/1.1 204 No Content\r\n\r\n",
    "204-with-body": lambda body: reply(body, b"204 No Content"),
    "206-partial": lambda body: reply(body, b"206 Partial Content"),
    "101-upgrade": lambda body: reply(body, b"101 Switching Protocols", JSON + b"Upgrade: h2c\r\n"),
    "103-then-ok": lambda body: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + reply(body),
    "two-replies": lambda body: reply(body) + reply(b"{}"),
    "cut-body": lambda body: reply(body, length=len(body) + 500),
    "cut-headers": lambda body: b"HTTP/1.1 200 OK\r\nContent-Le",
    "no-reply": lambda body: b"",
    "length-short": lambda body: reply(body, length=len(body) // 2),
    "length-zero": lambda body: reply(body, length=0),
    "length-huge": lambda body: reply(body, length=1 << 40),
    "length-overflow": lambda body: reply(body, length=1 << 70),
    "length-negative": lambda body: reply(body, length=-5),
    "lengths-two": lambda body: reply(body, headers=JSON + b"Content-Length: 3\r\n"),
    "length-and-chunked": lambda body: chunked(chunk(body[:7]) + b"0\r\n\r\n", b"Content-Length: 9\r\n"),
    "no-length": lambda body: b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\n" + body,
    "chunk-bad-size": lambda body: chunked(b"zz\r\n" + body + b"\r\n0\r\n\r\n"),
    "chunk-negative": lambda body: chunked(b"-5\r\n" + body + b"\r\n0\r\n\r\n"),
    "chunk-huge": lambda body: chunked(b"ffffffffffffffff\r\n" + body + b"\r\n0\r\n\r\n"),
    "chunk-no-end": lambda body: chunked(chunk(body)),
    "chunk-no-crlf": lambda body: chunked(b"%x\r\n%sXX0\r\n\r\n" % (len(body), body)),
    "chunk-extra": lambda body: chunked(chunk(body) + chunk(body) + b"0\r\n\r\n"),
    "chunk-by-byte": lambda body: chunked(b"".join(chunk(bytes([b])) for b in body) + b"0\r\n\r\n"),
    "header-nul": with_header(b"X: a\x00b\r\n"),
    "header-64k": with_header(b"X: " + b"a" * 65536 + b"\r\n"),
    "header-line-200k": with_header(b"X: " + b"a" * 200000 + b"\r\n"),
    "headers-10000": with_header(b"X: 0123456789\r\n" * 10000),
    "header-no-colon": with_header(b"nothing here\r\n"),
    "header-injected": lambda body: reply(b"{}", headers=JSON + b"X: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body) // 2, body)),
    "header-folded": with_header(b"X: a\r\n  b\r\n"),
    "cookie": with_header(b"Set-Cookie: a=b\r\nAlt-Svc: h3=\":1\"\r\nStrict-Transport-Security: max-age=1\r\n"),
    "not-json-type": lambda body: reply(body, headers=b"Content-Type: text/html\r\n"),
    "no-type": lambda body: reply(body, headers=b""),
    "bom": lambda body: reply(b"\xef\xbb\xbf" + body),
    "gzip": lambda body: reply(gzip.compress(body), headers=JSON + b"Content-Encoding: gzip\r\n"),
    "gzip-transfer": lambda body: chunked(chunk(gzip.compress(body)) + b"0\r\n\r\n", b"Transfer-Encoding: gzip\r\n"),
    "gzip-untold": lambda body: reply(gzip.compress(body)),
    "utf16": lambda body: reply(body.decode().encode("utf-16")),
    "shift-jis": lambda body: reply(body.decode().encode("cp932", "replace") if b"\\u" not in body and not body.isascii()
                                    else first_string(body, '"資格確認"'.encode("cp932"))),
    "bad-utf8": lambda body: reply(first_string(body, b'"ok\xff"')),
    "utf8-overlong": lambda body: reply(first_string(body, b'"\xc0\xaf"')),
    "utf8-surrogate": lambda body: reply(first_string(body, b'"\xed\xa0\x80"')),
    "lone-surrogate": lambda body: reply(first_string(body, b'"\\ud800"')),
    "nul-in-text": lambda body: reply(first_string(body, b'"ok\\u0000"')),
    "nul-behind": lambda body: reply(body + b"\0"),
    "deep": lambda body: reply(b"[" * 100000),
    "deep-closed": lambda body: reply(b'{"a":' * 20000 + b"1" + b"}" * 20000),
    "twice": lambda body: reply(b"{" + body[1:body.index(b":") + 1] + b"1," + body[1:]),
    "two-documents": lambda body: reply(body + body),
    "comment": lambda body: reply(b"/* */" + body),
    "trailing-comma": lambda body: reply(body[:-1] + b",}"),
    "single-quotes": lambda body: reply(body.replace(b'"', b"'")),
    "nan": lambda body: reply(first_string(body, b"NaN")),
    "number-1e999": lambda body: reply(first_string(body, b"1e999")),
    "number-minus-0": lambda body: reply(first_string(body, b"-0")),
    "number-2-63": lambda body: reply(first_string(body, b"9223372036854775808")),
    "number-long": lambda body: reply(first_string(body, b"1" * 5000)),
    "null": lambda body: reply(first_string(body, b"null")),
    "string-60k": lambda body: reply(first_string(body, b'"' + b"a" * 60000 + b'"')),
    "key-60k": lambda body: reply(b'{"' + b"k" * 60000 + b'":1,' + body[1:]),
    "keys-6000": lambda body: reply(b"{" + b"".join(b'"k%d":1,' % i for i in range(6000)) + body[1:]),
    "400": lambda body: error(b"400 Bad", b"REQUEST_MALFORMED"),
    "401": lambda body: error(b"401 No", b"CLIENT_CERTIFICATE_REQUIRED"),
    "403": lambda body: error(b"403 No", b"INSTITUTION_MISMATCH"),
    "404": lambda body: error(b"404 No", b"NOT_FOUND"),
    "407-proxy": lambda body: reply(b"", b"407 Proxy", b"Proxy-Authenticate: Basic realm=x\r\n"),
    "408": lambda body: error(b"408 Slow", b"SOMETHING_NEW"),
    "409": lambda body: error(b"409 No", b"CHALLENGE_UNKNOWN"),
    "413": lambda body: error(b"413 Large", b"REQUEST_TOO_LARGE"),
    "418-stranger": lambda body: error(b"418 Teapot", b"SOMETHING_NEW"),
    "429": lambda body: error(b"429 Slow", b"OVERLOADED", JSON + b"Retry-After: 1\r\n"),
    "429-for-ever": lambda body: error(b"429 Slow", b"OVERLOADED", JSON + b"Retry-After: 99999999999999999999\r\n"),
    "429-bare": lambda body: error(b"429 Slow", b"OVERLOADED"),
    "500": lambda body: error(b"500 Oops", b"INTERNAL"),
    "500-good-body": lambda body: reply(body, b"500 Oops"),
    "501-html": lambda body: reply(b"<h1>no</h1>", b"501 No", b"Content-Type: text/html\r\n"),
    "502": lambda body: reply(b"", b"502 Bad Gateway"),
    "503": lambda body: error(b"503 Later", b"MAINTENANCE", JSON + b"Retry-After: 600\r\n"),
    "503-bare": lambda body: error(b"503 Later", b"MAINTENANCE"),
    "503-html": lambda body: reply(b"<h1>later</h1>", b"503 Later", b"Content-Type: text/html\r\n"),
    "504": lambda body: reply(b"", b"504 Gateway Timeout"),
    "refusal-in-200": lambda body: reply(refusal(b"CERTIFICATE_REVOKED")),
    "status-mismatch": lambda body: error(b"400 Bad", b"CERTIFICATE_REVOKED"),
    "refusal-no-code": lambda body: reply(b'{"error":{"retryable":false}}', b"400 Bad"),
    "refusal-bad-code": lambda body: error(b"400 Bad", b"\\u001b[31m"),
}


# A reply that can be taken.  Were the connection closed without a word of it, the next request could be lost there.
KEPT = {"lengths-two", "some-100", "103-then-ok", "two-replies", "chunk-by-byte", "header-folded", "cookie",
        "gzip-transfer", "key-60k", "keys-6000"}


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(data, seconds):
    def act(c, body):
        for byte in data(body):
            c.sendall(bytes([byte]))
            time.sleep(seconds)
    return act


def endless_body(c, body):
    c.sendall(chunked(b""))
    while True:
        c.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def body_1g(c, body):
    c.sendall(reply(length=GIB))
    while True:
        c.sendall(b" " * 65536)


@functools.cache
def bomb():
    return gzip.compress(b" " * (64 << 20), 1)


def gzip_bomb(c, body):
    c.sendall(chunked(chunk(bomb()) + b"0\r\n\r\n", b"Transfer-Encoding: gzip\r\n"))


def endless_headers(c, body):
    c.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        c.sendall(b"X-Again: %s\r\n" % (b"y" * 1000))


def endless_100(c, body):
    while True:
        c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def endless_line(c, body):
    while True:
        c.sendall(b"y" * 65536)


def some_100(c, body):
    c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + reply(body))


def stall_body(c, body):
    c.sendall(reply(body, length=len(body) + 500))
    time.sleep(SILENCE)


def stall_headers(c, body):
    c.sendall(reply(body)[:30])
    time.sleep(SILENCE)


def reset_body(c, body):
    c.sendall(reply(body, length=len(body) + 500))
    time.sleep(0.1)
    reset(c)


def reset_headers(c, body):
    c.sendall(reply(body)[:30])
    time.sleep(0.1)
    reset(c)


def no_length_closed(c, body):
    c.sendall(BYTES["no-length"](body))
    if isinstance(c, ssl.SSLSocket):
        c.unwrap()


def clear_text(c, body):
    """The answer beside TLS, on the same connection."""
    raw = socket.socket(fileno=socket.dup(c.fileno()))
    raw.sendall(reply(body))
    raw.close()


def keep_alive(c, body):
    c.sendall(reply())
    while read_request(c):
        c.sendall(reply())


def second_lost(c, body):
    """Answers the first request of a connection, reads the second and closes without a word."""
    c.sendall(reply())
    read_request(c)


def goodbye(c, body):
    """As a server whose patience with an idle connection is short: a good reply, and then the end as TLS has it."""
    c.sendall(reply())
    c.settimeout(0.1)
    with contextlib.suppress(OSError):
        c.unwrap()


first_goodbye = itertools.chain([True], itertools.repeat(False))


def goodbye_once(c, body):
    """The first connection ends so, all others are kept."""
    (goodbye if next(first_goodbye) else keep_alive)(c, body)


# Does its own sending; may never return.
ACTS = {
    "silent-reply": lambda c, body: time.sleep(SILENCE),
    "drip": drip(lambda body: reply(body + b" " * 100000), 0.05),
    "drip-1-a-second": drip(reply, 1),
    "drip-headers": drip(lambda body: reply(body, headers=b"X: y\r\n" * 1000 + JSON), 0.05),
    "endless-body": endless_body,
    "endless-headers": endless_headers,
    "endless-100": endless_100,
    "endless-line": endless_line,
    "some-100": some_100,
    "body-1g": body_1g,
    "gzip-bomb": gzip_bomb,
    "stall-body": stall_body,
    "stall-headers": stall_headers,
    "reset-body": reset_body,
    "reset-headers": reset_headers,
    "reset-reply": lambda c, body: reset(c),
    "no-length-closed": no_length_closed,
    "clear-text": clear_text,
    "second-lost": second_lost,
    "goodbye": goodbye,
    "goodbye-once": goodbye_once,
    "one-connection": keep_alive,  # main() accepts no other
}


# With a byte of the whole good reply (control's "at").
def stall_at(c, body, at):
    c.sendall(reply(body)[:at])
    time.sleep(SILENCE)


CUTS = {
    "cut-at": lambda c, body, at: c.sendall(reply(body)[:at]),
    "json-cut-at": lambda c, body, at: c.sendall(reply(body[:at])),
    "stall-at": stall_at,
}

ALERT = b"\x15\x03\x03\x00\x02\x02"
SERVER_HELLO_12 = bytes.fromhex("020000260303") + b"\x5a" * 24 + b"DOWNGRD\x01" + b"\x00\xc0\x2f\x00"
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def record(body):
    return b"\x16\x03\x03" + struct.pack(">H", len(body)) + body


def hello_retry(c):
    """Answers every ClientHello with the wish for another one."""
    while True:
        hello = c.recv(4096)
        if not hello:
            return
        session = hello[44:44 + hello[43]]
        rest = bytes([len(session)]) + session + b"\x13\x01\x00" + bytes.fromhex("000c002b00020304003300020017")
        c.sendall(record(b"\x02" + struct.pack(">I", 34 + len(rest))[1:] + b"\x03\x03" + RETRY + rest))


def after_hello(data, then=None):
    def act(c):
        c.recv(4096)
        c.sendall(data)
        if then:
            then(c)
        else:
            time.sleep(0.2)
    return act


# Before TLS: what happens to the bare connection.
RAW = {
    "silent-accept": lambda c: time.sleep(SILENCE),
    "close-accept": lambda c: None,
    "reset-accept": reset,
    "reset-hello": lambda c: (c.recv(4096), reset(c)),
    "close-hello": lambda c: c.recv(4096),
    "garbage-hello": after_hello(b"\x00\xff" * 3000),
    "stall-hello": after_hello(record(SERVER_HELLO_12)[:20], lambda c: time.sleep(SILENCE)),
    "drip-hello": after_hello(b"", lambda c: drip(lambda b: record(b"\x02" * 16000), 0.05)(c, b"")),
    "hello-tls12": after_hello(record(SERVER_HELLO_12)),
    "hello-retry": hello_retry,
    "record-too-long": after_hello(b"\x16\x03\x03\xff\xff" + b"\x02" * 65535),
    "alert": after_hello(ALERT + b"\x28"),
    "alert-warning": after_hello(b"\x15\x03\x03\x00\x02\x01\x70" * 20),
    "plain-http": lambda c: (c.recv(4096), c.sendall(reply())),
    "plain-proxy": lambda c: (c.recv(4096), c.sendall(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")),
    "ssh-banner": lambda c: (c.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), c.recv(4096)),
}

# Below TLS, which client and service speak with each other: what comes instead of these bytes, of which the first is meant.
WIRE = {
    "wire-flip": lambda data: bytes([data[0] ^ 0x10]) + data[1:],
    "wire-drop": lambda data: data[1:],
    "wire-twice": lambda data: data[:1] + data,
    "wire-zeros": lambda data: bytes(len(data)),
    "wire-swap": lambda data: data[::-1],
    "wire-end": lambda data: None,
}


def pump(source, sink, at=None, act=None):
    """All that comes, but for the bytes from at on that come with it; ends both where act says so."""
    seen = 0
    try:
        while data := source.recv(65536):
            if at is not None and seen <= at < seen + len(data):
                changed = act(data[at - seen:])
                if changed is None:
                    break
                sink.sendall(data[:at - seen] + changed)
            else:
                sink.sendall(data)
            seen += len(data)
    except OSError:
        pass
    for s in (source, sink):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def wire(c, port, order):
    with socket.create_connection(("127.0.0.2", port)) as s:
        spoilt = order["at"], WIRE[order["fault"]]
        up, down = (spoilt, ()) if order.get("up") else ((), spoilt)
        other = threading.Thread(target=pump, args=(c, s, *up))
        other.start()
        pump(s, c, *down)
        other.join()


# The rest of a control order: how the handshake is done.
TLS_KEYS = {"min": "TLSv1_3", "max": "TLSv1_3", "client_ca": None, "no_tickets": False}


def read_head(c):
    data = b""
    while b"\r\n\r\n" not in data:
        more = c.recv(4096)
        if not more:
            return None
        data += more
    return data.split(b"\r\n\r\n", 1)


def read_message(c):
    """Head and body of a request or of a reply with a length; None at the end."""
    parts = read_head(c)
    if parts is None:
        return None
    head, body = parts
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        more = c.recv(65536)
        if not more:
            return None
        body += more
    return head, body


def read_request(c):
    return read_message(c) is not None


def handshake(c, context):
    """After a refusal, leaves the client the time to read the alert."""
    c = context.wrap_socket(c, server_side=True, do_handshake_on_connect=False)
    try:
        c.do_handshake()
    except ssl.SSLError:
        time.sleep(0.5)
        raise
    return c


def spoil(c, fault, body, at=None):
    if fault in CUTS:
        CUTS[fault](c, body, at)
    elif fault in ACTS:
        ACTS[fault](c, body)
    else:
        c.sendall(BYTES[fault](body))


class Relay:
    """The true service behind, as --control has it."""

    def __init__(self, port, cert, key):
        self.port = port
        self.order = {}
        self.kept = self.last = b""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.context.load_cert_chain(cert, key)

    def ask(self, head, body):
        with socket.create_connection(("127.0.0.2", self.port)) as raw:
            with self.context.wrap_socket(raw) as c:
                c.sendall(head + b"\r\n\r\n" + body)
                return read_message(c)

    def obey(self, lines):
        for line in lines:
            self.order = json.loads(line)
            print("set", len(reply(self.last)), len(self.last), flush=True)
        os._exit(0)     # who gave the orders is gone

    def exchange(self, c, order):
        """One request; false when the connection is at its end."""
        request = read_message(c)
        if request is None:
            return False
        head, body = self.ask(*request)
        if order.get("path") not in (None, request[0].split(b" ")[1].decode()):
            c.sendall(head + b"\r\n\r\n" + body)
            return True
        self.last = body
        if order["fault"] == "keep":
            self.kept = body
            c.sendall(head + b"\r\n\r\n" + body)
            return True
        if order["fault"] == "swap":
            self.kept, body = body, self.kept or body
            c.sendall(reply(body))
        elif order["fault"] == "replay":
            c.sendall(reply(self.kept))
        else:
            spoil(c, order["fault"], body, order.get("at"))
        return order["fault"] in KEPT

    def serve(self, c):
        order = self.order
        try:
            if order["fault"] in RAW:
                RAW[order["fault"]](c)
                return
            if order["fault"] in WIRE:
                wire(c, self.port, order)
                return
            c = handshake(c, make_context(**{k: order.get(k, v) for k, v in TLS_KEYS.items()},
                                          cert=order["cert"], key=order["key"]))
            while self.exchange(c, order):
                pass
        except OSError:
            pass
        finally:
            c.close()


def serve(c, fault, context):
    try:
        if fault in RAW:
            RAW[fault](c)
            return
        if context is not None:
            c = handshake(c, context)
        if read_request(c):
            spoil(c, fault, HEALTH)
    except OSError:
        pass
    finally:
        c.close()


def make_context(cert, key, client_ca=None, min="TLSv1_3", max="TLSv1_3", no_tickets=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # old versions and weak certificates: it is the client who has to refuse them
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion[min]
    context.maximum_version = ssl.TLSVersion[max]
    if no_tickets:
        context.num_tickets = 0
    context.load_cert_chain(cert, key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("fault", nargs="?")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--client-ca")
    p.add_argument("--control", action="store_true")
    p.add_argument("--upstream-cert")
    p.add_argument("--upstream-key")
    return p.parse_args()


def control(s, a):
    bomb()
    relay = Relay(s.getsockname()[1], a.upstream_cert, a.upstream_key)
    threading.Thread(target=relay.obey, args=(sys.stdin,), daemon=True).start()
    while True:
        c, _ = s.accept()
        threading.Thread(target=relay.serve, args=(c,), daemon=True).start()


def main():
    a = arguments()
    known = ["tls12", *BYTES, *ACTS, *RAW]
    if a.fault == "list":
        print("\n".join(known + list(CUTS)))
        return
    if not a.control and a.fault not in known:
        sys.exit("peer.py: no such fault: %s" % a.fault)
    version = "TLSv1_2" if a.fault == "tls12" else "TLSv1_3"
    context = make_context(a.cert, a.key, a.client_ca, version, version) if a.cert else None
    s = socket.create_server(("127.0.0.1", 0))
    print("ready", s.getsockname()[1], flush=True)
    if a.control:
        control(s, a)
    while True:
        c, _ = s.accept()
        if a.fault == "one-connection":
            s.close()
            serve(c, a.fault, context)
            return
        threading.Thread(target=serve, args=(c, a.fault if a.fault != "tls12" else "ok", context), daemon=True).start()


if __name__ == "__main__":
    main()

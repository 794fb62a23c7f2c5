#!/usr/bin/env python3
"""A peer that misbehaves at the byte level, for tests of the service client.

    peer.py FAULT [--cert PEM --key PEM] [--client-ca PEM]

Listens on a free port of 127.0.0.1, prints "ready PORT" and serves until it
is killed.  FAULT names what it does to every connection; with --cert it speaks
TLS 1.3 below that (the tls12 fault: TLS 1.2 only).  "list" prints the names.
"""
import argparse
import socket
import ssl
import struct
import sys
import threading
import time

JSON = b"Content-Type: application/json\r\n"
HEALTH = b'{"status":"ok"}'


def reply(body=HEALTH, status=b"200 OK", headers=JSON, length=None):
    n = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, n, body)


def chunked(chunks):
    return b"HTTP/1.1 200 OK\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def refusal(code, retryable=b"false"):
    return (b'{"error":{"code":"%s","retryable":%s,"text_desk":"x","text_technician":"y"}}'
            % (code, retryable))


def error(status, code, headers=JSON):
    return reply(refusal(code), status, headers)


# What is sent after the request has been read; then the connection is closed.
BYTES = {
    "ok": reply(),
    "redirect-301": reply(b"", b"301 Moved", b"Location: http://127.0.0.1:1/\r\n"),
    "redirect-302": reply(b"", b"302 Found", b"Location: /v1/health\r\n"),
    "redirect-307": reply(b"", b"307 Temporary", b"Location: https://example.invalid/\r\n"),
    "redirect-308": reply(b"", b"308 Permanent", b"Location: /v1/health\r\n"),
    "garbage": b"\x00\xff\x00 this is no HTTP\r\n\r\n",
    "http09": b"{\"status\":\"ok\"}",
    "no-body-204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "cut-body": reply(length=500),
    "cut-headers": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no-reply": b"",
    "chunk-bad-size": chunked(b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk-huge": chunked(b"ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "chunk-no-end": chunked(b"f\r\n" + HEALTH + b"\r\n"),
    "length-huge": reply(length=1 << 40),
    "length-negative": reply(length=-5),
    "header-nul": reply(headers=JSON + b"X: a\x00b\r\n"),
    "header-line-200k": reply(headers=JSON + b"X: " + b"a" * 200000 + b"\r\n"),
    "headers-10000": reply(headers=JSON + b"X: 0123456789\r\n" * 10000),
    "not-json-type": reply(headers=b"Content-Type: text/html\r\n"),
    "bom": reply(b"\xef\xbb\xbf" + HEALTH),
    "gzip": reply(b"\x1f\x8b\x08\x00\x00", headers=JSON + b"Content-Encoding: gzip\r\n"),
    "utf16": reply(HEALTH.decode().encode("utf-16")),
    "bad-utf8": reply(b'{"status":"ok\xff"}'),
    "deep": reply(b"[" * 100000),
    "twice": reply(b'{"status":"ok","status":"ok"}'),
    "two-documents": reply(HEALTH + HEALTH),
    "400": error(b"400 Bad", b"REQUEST_MALFORMED"),
    "401": error(b"401 No", b"CLIENT_CERTIFICATE_REQUIRED"),
    "429": error(b"429 Slow", b"OVERLOADED", JSON + b"Retry-After: 7\r\n"),
    "500": error(b"500 Oops", b"INTERNAL"),
    "503": error(b"503 Later", b"MAINTENANCE", JSON + b"Retry-After: 600\r\n"),
    "503-html": reply(b"<h1>later</h1>", b"503 Later", b"Content-Type: text/html\r\n"),
    "502": reply(b"", b"502 Bad Gateway"),
    "418-stranger": error(b"418 Teapot", b"SOMETHING_NEW"),
    "status-mismatch": error(b"400 Bad", b"CERTIFICATE_REVOKED"),
}


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(c):
    for byte in reply(HEALTH + b" " * 100000):
        c.sendall(bytes([byte]))
        time.sleep(0.05)


def endless_body(c):
    c.sendall(chunked(b""))
    while True:
        c.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def endless_headers(c):
    c.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        c.sendall(b"X-Again: %s\r\n" % (b"y" * 1000))


def endless_100(c):
    while True:
        c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def stall_body(c):
    c.sendall(reply(length=500))
    time.sleep(60)


def reset_body(c):
    c.sendall(reply(length=500))
    time.sleep(0.1)
    reset(c)


def keep_alive(c):
    c.sendall(reply())
    while read_request(c):
        c.sendall(reply())


# Does its own sending; may never return.
ACTS = {
    "silent-reply": lambda c: time.sleep(60),
    "drip": drip,
    "endless-body": endless_body,
    "endless-headers": endless_headers,
    "endless-100": endless_100,
    "stall-body": stall_body,
    "reset-body": reset_body,
    "reset-reply": reset,
    "one-connection": keep_alive,  # main() accepts no other
}

# Before TLS: what happens to the bare connection.
RAW = {
    "silent-accept": lambda c: time.sleep(60),
    "close-accept": lambda c: None,
    "reset-hello": lambda c: (c.recv(4096), reset(c)),
    "close-hello": lambda c: c.recv(4096),
    "plain-http": lambda c: (c.recv(4096), c.sendall(reply())),
}


def read_request(c):
    data = b""
    while b"\r\n\r\n" not in data:
        more = c.recv(4096)
        if not more:
            return False
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        more = c.recv(4096)
        if not more:
            return False
        body += more
    return True


def handshake(c, context):
    """After a refusal, leaves the client the time to read the alert."""
    c = context.wrap_socket(c, server_side=True, do_handshake_on_connect=False)
    try:
        c.do_handshake()
    except ssl.SSLError:
        time.sleep(0.5)
        raise
    return c


def serve(c, fault, context):
    try:
        if fault in RAW:
            RAW[fault](c)
            return
        if context is not None:
            c = handshake(c, context)
        if not read_request(c):
            return
        if fault in ACTS:
            ACTS[fault](c)
        else:
            c.sendall(BYTES.get(fault, BYTES["ok"]))
    except OSError:
        pass
    finally:
        c.close()


def make_context(a):
    if a.cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if a.fault == "tls12":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    else:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(a.cert, a.key)
    if a.client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(a.client_ca)
    return context


def main():
    p = argparse.ArgumentParser()
    p.add_argument("fault")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--client-ca")
    a = p.parse_args()
    known = ["tls12", *BYTES, *ACTS, *RAW]
    if a.fault == "list":
        print("\n".join(known))
        return
    if a.fault not in known:
        sys.exit("peer.py: no such fault: " + a.fault)
    context = make_context(a)
    s = socket.create_server(("127.0.0.1", 0))
    print("ready", s.getsockname()[1], flush=True)
    while True:
        c, _ = s.accept()
        if a.fault == "one-connection":
            s.close()
            serve(c, a.fault, context)
            return
        threading.Thread(target=serve, args=(c, a.fault, context), daemon=True).start()


main()

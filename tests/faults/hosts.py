"""Whatever the service answers, nobody else is connected to: every connect() of every command is to the configured host.

Redirects, Alt-Svc, Location, a proxy in the environment: rig.ENVIRON names one.  The names of the certificates
(CRL, OCSP, issuers) are not asked either.
"""
import re
import shutil

import network
import rig

ANSWERS = ("ok", "redirect-301", "redirect-302", "redirect-307", "redirect-308", "cookie", "407-proxy", "503", "garbage",
           "close-hello")
COMMANDS = ("check", "batch", "doctor")
CONNECT = re.compile(r"connect\(\d+, \{sa_family=(\w+)(.*?)\}, \d+\)")
OURS = re.compile(r'(?:sin_port|sin6_port)=htons\((\d+)\).*?"(127\.0\.0\.1|::1)"')
NAME_CACHE = 'sun_path="/var/run/nscd/socket"'


def stranger(log, port):
    """The first connect() that is to somebody else, and how many were to the service."""
    mine = 0
    for line in log.read_text(errors="replace").splitlines():
        found = CONNECT.search(line)
        if not found:
            rig.must("connect(" not in line or "resumed" in line or "unfinished" in line, f"not understood: {line}")
            continue
        there = OURS.search(found[2])
        if there and int(there[1]) == port:
            mine += 1
        elif NAME_CACHE not in found[2]:
            return line, mine
    return None, mine


def play(place, peer, answer, name):
    log = place.work / f"hosts-{name}.log"
    desk = rig.Desk(place, "hosts", f"https://localhost:{peer.port}")
    peer.order(answer, path=None if answer in ("close-hello",) else rig.PATHS["card" if name == "check" else name])
    strace = ("strace", "-f", "-qq", "-e", "signal=none", "-e", "trace=connect", "-o", log)
    run = getattr(desk, name)(network.PATIENT, prefix=strace)
    rig.must(run.status in rig.DOCUMENTED, str(run))
    who, mine = stranger(log, peer.port)
    rig.must(who is None, f"connects elsewhere: {who}")
    rig.must(mine > 0, "did not connect at all")


def campaign(place, rng, tell, workers):
    rig.must(shutil.which("strace"), "strace is not installed")
    with rig.peer(place, "hosts-service") as peer:
        for answer in ANSWERS:
            for name in COMMANDS if rng is None else (rng.choice(COMMANDS),):
                tell(f"hosts: {name} at {answer}", lambda a=answer, n=name: play(place, peer, a, n))
        tell("hosts: a stranger would be seen", lambda: control(place, peer))


def control(place, peer):
    """A connect() to another port is told."""
    log = place.work / "hosts-control.log"
    code = ("import socket\nfor host in '127.0.0.1', '127.0.0.2':\n"
            f"    socket.socket().connect_ex((host, {peer.port}))")
    rig.Run(["/usr/bin/python3", "-c", code], prefix=("strace", "-f", "-qq", "-e", "trace=connect", "-o", log))
    who, mine = stranger(log, peer.port)
    rig.must(who is not None and mine == 1, f"not seen: {who}, {mine}")

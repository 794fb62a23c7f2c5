"""What the campaigns of tests/faults stand on: a service, a peer in its place, a desk that asks, what it said."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEER = ROOT / "tests/rig/peer.py"
PATHS = {"challenge": "/v1/challenge", "card": "/v1/qualification/card", "visual": "/v1/qualification/card/visual",
         "number": "/v1/qualification/number", "batch": "/v1/qualification/number", "bulk": "/v1/bulk",
         "result": "/v1/bulk/result", "doctor": "/v1/health", "register": "/v1/registration"}
DOCUMENTED = {0, 2, 10, 11, 12, 20, 21, 22, 23, 24, 30, 31, 32, 33, 40, 41, 50, 60, 65, 70, 77, 130}
LIST = ("patient_id,appointment,birthdate,insurer_number,symbol,number,branch\n"
        "1,2026-11-24 9:00,1980-02-17,06132013,12,345,00\n")
LIMIT = 60  # s: what still runs then hangs
# without a proxy of the environment, which must never be used, a run would prove nothing of it
ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith("SHIKAKU")} | {
    "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent", "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}


class Wrong(Exception):
    """What must not be."""


def must(good, what):
    if not good:
        raise Wrong(what)


class Place:
    """The folders of one run of the campaigns; two may go on at once."""

    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        self.pki = ROOT / "build/pki"
        self.bad = self.build / "faults/bad-servers"
        self.people = ROOT / "build/people/clinic.json"
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.build / "faults"))

    def clear(self):
        shutil.rmtree(self.work)

    def folder(self, name):
        path = self.work / name
        path.mkdir(exist_ok=True)
        return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


@contextlib.contextmanager
def service(place, name, *options, address="127.0.0.1:0"):
    """A mock; gives its port."""
    ready, writes = os.pipe()
    with open(place.work / f"{name}.log", "wb") as log:
        p = subprocess.Popen(
            [place.build / "shikaku-mock", "--listen", address, "--tls-cert", place.pki / "server.pem",
             "--tls-key", place.pki / "server.key", "--client-ca", place.pki / "service-ca.pem", "--card-ca",
             place.pki / "auth-cas.pem", "--people", place.people, "--verbose", "--ready-fd", str(writes), *options],
            pass_fds=(writes,), stdout=log, stderr=log, env=ENVIRON)
    os.close(writes)
    with os.fdopen(ready) as f:
        line = f.read()
    must(line.startswith("ready "), f"{name}: shikaku-mock does not start: " + (place.work / f"{name}.log").read_text())
    try:
        yield int(line.rsplit(":", 1)[1])
    finally:
        p.send_signal(signal.SIGTERM)
        must(p.wait() == 0, f"{name}: shikaku-mock ended with {p.returncode}")


class Peer:
    """tests/rig/peer.py, with a true service behind it; takes an order after the other."""

    def __init__(self, place):
        self.place = place
        self.p = subprocess.Popen(
            [sys.executable, PEER, "--control", "--upstream-cert", place.pki / "clinic.pem", "--upstream-key",
             place.pki / "clinic.key"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.p.stdout.readline().split()[1])

    def order(self, fault, **rest):
        order = {"fault": fault, "cert": str(self.place.pki / "server.pem"), "key": str(self.place.pki / "server.key")} | rest
        self.p.stdin.write(json.dumps(order) + "\n")
        self.p.stdin.flush()
        words = self.p.stdout.readline().split()
        must(words[:1] == ["set"], "the peer is gone")
        return int(words[1]), int(words[2])

    def close(self):
        self.p.kill()
        self.p.wait()


@contextlib.contextmanager
def peer(place, name):
    it = Peer(place)
    try:
        with service(place, name, address=f"127.0.0.2:{it.port}"):
            yield it
    finally:
        it.close()


class Run:
    """One command and what came of it."""

    def __init__(self, argv, pin=None, text_pin=None, cwd=None, prefix=(), more=None):
        begun = time.monotonic()
        fds = []
        for option, digits in (("--pin-fd", pin), ("--text-pin-fd", text_pin)):
            if digits is not None:
                reads, writes = os.pipe()
                os.write(writes, digits.encode() + b"\n")
                os.close(writes)
                fds.append(reads)
                argv = [*argv, option, str(reads)]
        more = dict(more or {})
        if prefix:
            more["ASAN_OPTIONS"] = "detect_leaks=0"  # it traces the process, and strace does already
        p = subprocess.Popen([*prefix, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             pass_fds=fds, cwd=cwd, env=ENVIRON | more, text=True, errors="backslashreplace")
        for fd in fds:
            os.close(fd)
        try:
            self.out, self.err = p.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            raise Wrong(f"hangs: {' '.join(map(str, argv))}") from None
        self.status = p.returncode
        self.took = time.monotonic() - begun

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"status {self.status}, {self.took:.2f} s: {self.out[:400]} {self.err[:400]}"


class Desk:
    """How the service is asked: a configuration and the commands, each giving its Run."""

    def __init__(self, place, name, url, ca=None):
        self.place, self.url, self.ca = place, url, ca or place.pki / "service-ca.pem"
        self.more = {}  # of the environment
        self.dir = place.folder(name)
        self.conf = self.dir / "conf"
        self.list = self.dir / "list.csv"
        self.list.write_text(LIST, encoding="utf-8")
        self.conf.write_text("".join(f"{k} = {v}\n" for k, v in {
            "mode": "test", "service": url, "client-cert": place.pki / "clinic.pem", "client-key": place.pki / "clinic.key",
            "ca": self.ca, "card-ca": place.pki / "auth-cas.pem"}.items()))

    def card(self):
        return ROOT / "fixtures/cards/adult.json"

    def check(self, timeout, *options, prefix=()):
        return Run([self.place.build / "shikaku", "check", "--config", self.conf, "--card", self.card(), "--json",
                    "--no-trace", "--timeout", str(timeout), *options], pin="1234", prefix=prefix, more=self.more)

    def register(self, timeout):
        """Of a card that is not registered, in a service that has not been asked before."""
        return Run([self.place.build / "shikaku", "check", "--config", self.conf, "--card",
                    ROOT / "fixtures/cards/unregistered.json", "--register", "--json", "--no-trace", "--timeout",
                    str(timeout)], pin="1234", more=self.more)

    def visual(self, timeout, *options):
        return Run([self.place.build / "shikaku", "check", "--config", self.conf, "--card", self.card(), "--json",
                    "--no-trace", "--auth", "visual", "--timeout", str(timeout), *options], more=self.more)

    def batch(self, timeout, *options, prefix=()):
        return Run([self.place.build / "shikaku", "batch", "--config", self.conf, "--timeout", str(timeout), "--poll", "0",
                    "--format", "ndjson", "--quiet", *options, self.list], cwd=self.dir, prefix=prefix, more=self.more)

    def doctor(self, timeout, prefix=()):
        return Run([self.place.build / "shikaku", "doctor", "--config", self.conf, "--card", self.card(), "--json",
                    "--timeout", str(timeout)], prefix=prefix, more=self.more)

    def number(self, timeout):
        ask = self.dir / "ask.json"
        ask.write_text(json.dumps({
            "url": self.url, "client_cert": str(self.place.pki / "clinic.pem"),
            "client_key": str(self.place.pki / "clinic.key"), "ca": str(self.ca), "deadline_ms": timeout * 1000,
            "do": ["number"], "as_of": "2026-11-24", "insurer_number": "06132013", "symbol": "12", "number": "345",
            "branch": "00", "birthdate": "1980-02-17"}))
        return Run([self.place.build / "tests/net-probe", ask], more=self.more)

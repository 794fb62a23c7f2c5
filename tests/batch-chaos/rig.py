"""What the campaigns of tests/batch-chaos stand on: people and lists, the mock and its counts, a run, its journal."""
import csv
import ctypes
import datetime
import io
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

SODIUM = ctypes.CDLL("libsodium.so.23")
JST = datetime.timezone(datetime.timedelta(hours=9))
PEOPLE = 40
REFUSED = {7: {"fault": "status", "status": 500}, 13: {"fault": "not_json"}, 21: {"fault": "status", "status": 400}}
COLUMNS = ("patient_id", "appointment", "name", "kana", "birthdate", "insurer_number", "symbol", "number", "branch",
           "last_copay_percent", "memo")


class Broken(Exception):
    """What must not be."""


def must(good, what):
    if not good:
        raise Broken(what)


def may_be_told():
    """In a new process: what a shell without job control ignores for what runs behind it is not ignored."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_DFL)


def today():
    return datetime.datetime.now(JST).date()


def person(i):
    """One of the invented people: every fifth 80 years old; some no longer insured, found twice or not at all."""
    old = i % 5 == 4
    born = datetime.date(today().year - (80 if old else 50), 1, 1) + datetime.timedelta(days=i)
    p = {"Birthdate": f"{born:%Y%m%d}", "Name": f"架空　{i}号", "NameKana": "ｶｸｳ ﾀﾛｳ", "Sex1": "1",
         "InsuredCardClassification": "01", "QualificationDate": "20150401"}
    if old:
        p |= {"InsurerNumber": "39131016", "InsuredIdentificationNumber": f"{i + 1:08d}", "InsuredPartialContributionRatio": "010",
              "InsuredCardValidDate": f"{today().year - 1}0801", "InsuredCardExpirationDate": f"{today().year + 1}0731"}
    else:
        p |= {"InsurerNumber": "06132013", "InsuredCardSymbol": "12", "InsuredIdentificationNumber": str(1000000 + i),
              "InsuredBranchNumber": "00"}
    if i % 8 == 3:
        p["DisqualificationDate"] = "20260331"
    return p


def people():
    forced = {5: "4", 6: "5"}
    return {"people": [{"id": f"p{i}", "results": [person(i)]} |
                       ({"QualificationValidity": forced[i]} if i in forced else {}) for i in range(PEOPLE)]}


def row(i, rng):
    """The i-th row of a list: three days, some bad, some without a number, some that differ from the answer."""
    p = person(rng.randrange(PEOPLE))
    born, day = p["Birthdate"], today() + datetime.timedelta(days=rng.choice((1, 1, 2, 9)))
    r = {"patient_id": str(i), "appointment": f"{day} {9 + i % 8}:{i % 4 * 15:02d}", "name": p["Name"], "kana": p["NameKana"],
         "birthdate": f"{born[:4]}-{born[4:6]}-{born[6:]}", "insurer_number": p["InsurerNumber"],
         "symbol": p.get("InsuredCardSymbol", ""), "number": p["InsuredIdentificationNumber"],
         "branch": p.get("InsuredBranchNumber", ""), "last_copay_percent": rng.choice(("10", "20", "30", "")),
         "memo": rng.choice(("", "内科", "=1+1", "a,\"b\"\nc"))}
    kind = rng.randrange(12)
    if kind == 0:
        r["appointment"] = "13月40日"
    elif kind == 1:
        r["number"] = ""
    elif kind == 2:
        r["name"] = "別名　花子"
    elif kind == 3:
        r["number"] = "777"
    elif kind == 4:
        r["insurer_number"] = r["insurer_number"].lstrip("0")
    return r


def rows_of(n, seed, bad_first=0):
    rng = random.Random(seed)
    rows = [row(i, rng) for i in range(1, n + 1)]
    for r in rows[:bad_first]:
        r["appointment"] = "いつか"
    return rows


def write_list(path, rows):
    """CSV, or NDJSON by the name's ending."""
    if str(path).endswith(".ndjson"):
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    else:
        out = io.StringIO()
        w = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        w.writeheader()
        w.writerows(rows)
        text = out.getvalue()
    pathlib.Path(path).write_text(text, encoding="utf-8")


class Mock:
    """shikaku-mock over TLS, with what it counted."""

    def __init__(self, env, name, *options, faults=()):
        self.folder = env.folder(f"mock-{name}")
        self.env, self.options = env, list(options)
        self.stats_file = self.folder / "stats"
        (self.folder / "people.json").write_text(json.dumps(people(), ensure_ascii=False), encoding="utf-8")
        if faults:
            (self.folder / "faults.json").write_text(json.dumps(faults), encoding="utf-8")
            self.options += ["--faults", self.folder / "faults.json"]
        self.port = 0
        self.start()

    def start(self):
        """Also after stop(), at the port it had."""
        ours, its = os.pipe()
        pki = self.env.pki
        self.process = subprocess.Popen(
            [self.env.build / "shikaku-mock", "--listen", f"127.0.0.1:{self.port}", "--tls-cert", pki / "server.pem",
             "--tls-key", pki / "server.key", "--client-ca", pki / "service-ca.pem", "--people", self.folder / "people.json",
             "--stats", self.stats_file, "--ready-fd", str(its), *self.options],
            pass_fds=[its], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(its)
        with os.fdopen(ours) as f:
            ready = f.read()
        must(ready, "the mock does not start")
        self.port = int(ready.rsplit(":", 1)[1])
        self.url = f"https://localhost:{self.port}"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def counts(self):
        """{"question": {id: (single, bulk)}, "file": {id: (uploads, polls, results)}} as of now."""
        before = self.stats_file.stat().st_ino
        self.process.send_signal(signal.SIGUSR1)
        give_up = time.monotonic() + 10
        while self.stats_file.stat().st_ino == before:
            must(time.monotonic() < give_up, "the mock writes no counts")
            time.sleep(0.001)
        found = {"question": {}, "file": {}}
        with open(self.stats_file, encoding="utf-8") as f:
            for line in map(json.loads, f):
                if "question" in line:
                    found["question"][line["question"]] = (line["single"], line["bulk"])
                elif "file" in line:
                    found["file"][line["file"]] = (line["uploads"], line["polls"], line["results"])
        return found


def since(before, after, kind):
    """How much each count has grown; what has not is left out."""
    zero = (0,) * 3
    grown = {k: tuple(a - b for a, b in zip(v, before[kind].get(k, zero))) for k, v in after[kind].items()}
    return {k: v for k, v in grown.items() if any(v)}


class Env:
    """Folders, programs, keys."""

    def __init__(self, build, work, pki, shim):
        self.build, self.work, self.pki, self.shim = build, work, pki, shim
        self.mocks = []
        work.mkdir(mode=0o700)
        self.conf = work / "shikaku.conf"
        self.conf.write_text(f"mode = test\nclient-cert = {pki}/clinic.pem\nclient-key = {pki}/clinic.key\n"
                             f"ca = {pki}/service-ca.pem\n")
        self.base = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.base |= {"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(work / "none"), "SHIKAKU_LANG": "en"}
        # the shim need not be first of all under a sanitizer; nobody may look into the process, so only root finds leaks
        self.base["ASAN_OPTIONS"] = "verify_asan_link_order=0" + ("" if os.geteuid() == 0 else ":detect_leaks=0")

    def mock(self, name, *options, faults=()):
        self.mocks.append(Mock(self, name, *options, faults=faults))
        return self.mocks[-1]

    def stop(self):
        for mock in self.mocks:
            mock.stop()
        self.mocks = []

    def folder(self, name):
        """An empty folder."""
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o755)
        return path


class Setup:
    """A list, how it is asked, and where its output goes."""

    def __init__(self, env, name, mock, rows, *options, form="csv", mode="single", parallel=6, list_form="csv", report=True):
        self.env, self.name, self.mock, self.mode, self.parallel = env, name, mock, mode, parallel
        self.rows = rows
        self.folder = env.folder(name)
        self.list = self.folder / f"list.{list_form}"
        write_list(self.list, rows)
        self.out = self.folder / f"out.{form}"
        self.journal = self.folder / f"out.{form}.journal"
        self.report = self.folder / "out.html" if report else None
        self.options = [*options, "--mode", mode, "--max-parallel", str(parallel)]
        if mode == "bulk" and "--poll" not in options:
            self.options += ["--poll", "0"]
        if report:
            self.options += ["--report", self.report]
        self.clock = str(int(time.time()))	# so that the reports of all runs are of one minute

    def command(self, *more, list_=None, out=None, options=None):
        return [self.env.build / "shikaku", "batch", "--config", self.env.conf, "--service", self.mock.url,
                *(self.options if options is None else options), "-o", out or self.out, *more, list_ or self.list]

    def variables(self, **chaos):
        env = self.env.base | {"LD_PRELOAD": str(self.env.shim), "CHAOS_NEAR": str(self.folder / "out"),
                               "CHAOS_TIME": self.clock}
        return env | {f"CHAOS_{k.upper()}": str(v) for k, v in chaos.items()}

    def start(self, *more, chaos=None, stdin=subprocess.DEVNULL, command=None):
        return subprocess.Popen(command or self.command(*more), env=self.variables(**(chaos or {})), stdin=stdin,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder, preexec_fn=may_be_told)

    def run(self, *more, chaos=None, command=None, stdin=subprocess.DEVNULL, timeout=120):
        """(status, standard error)"""
        p = self.start(*more, chaos=chaos, command=command, stdin=stdin)
        try:
            said = p.communicate(timeout=timeout)[1].decode()
        except subprocess.TimeoutExpired:
            p.kill()
            said = p.communicate()[1].decode()
            raise Broken(f"does not end within {timeout} s: {said[-300:]}") from None
        must("Sanitizer" not in said and "runtime error" not in said, f"a sanitizer: {said[-3000:]}")
        return p.returncode, said

    def clean(self):
        for path in self.folder.iterdir():
            if path.name.startswith("out"):
                path.unlink()

    def left_with(self, journal):
        """What a crash has left."""
        self.clean()
        for path, text in ((self.out, b""), (self.journal, journal)):
            path.touch(mode=0o600)
            path.write_bytes(text)

    def measure(self):
        """What an uninterrupted run gives, and its steps on disk: [(number, what, bytes, file)]."""
        self.clean()
        log = self.folder / "steps"
        log.unlink(missing_ok=True)
        before, began = self.mock.counts(), time.monotonic()
        self.status, said = self.run(chaos={"log": log})
        self.seconds = time.monotonic() - began
        after = self.mock.counts()
        must(self.status in (0, 60), f"status {self.status}: {said}")
        self.files = len(since(before, after, "file"))
        self.asked = sum(1 for n in since(before, after, "question").values() if n[0] + n[1] > 0)
        self.bytes = self.out.read_bytes()
        self.page = self.report.read_bytes() if self.report else None
        self.steps = [(int(n), what, int(size), name) for n, what, size, name in
                      (line.split() for line in log.read_text().splitlines())]
        self.check_end(self.status)
        return self

    def check_modes(self):
        """Output, report and journal are their owner's, and there is nothing else."""
        for path in self.folder.iterdir():
            if path.name.startswith("out"):
                must(path.stat().st_mode & 0o777 == 0o600, f"{path.name} is {path.stat().st_mode & 0o777:o}")

    def check_end(self, status):
        """The output of an uninterrupted run, and nothing left over."""
        must(status == self.status, f"status {status}, not {self.status}")
        self.check_modes()
        must(self.out.read_bytes() == self.bytes, "the output is another one")
        must(self.report is None or self.report.read_bytes() == self.page, "the report is another one")
        wanted = {self.out.name} | ({self.report.name} if self.report else set())
        left = {p.name for p in self.folder.iterdir() if p.name.startswith("out")} - wanted
        must(not left, f"left over: {sorted(left)}")


def siphash(text):
    """SipHash-2-4 with a key of zeros, hexadecimal: what a line of the journal begins with."""
    out = ctypes.create_string_buffer(8)
    SODIUM.crypto_shorthash(out, text, ctypes.c_ulonglong(len(text)), bytes(16))
    return out.raw.hex()


def read_journal(path):
    """What is recorded: rows, files as {id: ReceptionNumber or None}, those that ended; half a line at the end does not count."""
    found = {"rows": set(), "files": {}, "ended": set()}
    if not path.exists():
        return found
    *lines, _ = path.read_bytes().split(b"\n")
    for line in lines:
        digest, text = line.split(b" ", 1)
        must(siphash(text) == digest.decode(), "the journal holds a bad line")
        record = json.loads(text)
        if "row" in record:
            must(record["row"] not in found["rows"], f"row {record['row']} is recorded twice")
            found["rows"].add(record["row"])
        elif "reception" in record:
            found["files"][record["of"]] = record["reception"]
        elif "end" in record:
            found["ended"].add(record["end"])
        elif "file" in record:
            found["files"][record["file"]] = None
    return found


class Trial:
    """A run that is broken off again and again, and what the service saw of it."""

    def __init__(self, setup, journal=None):
        """journal: what a crash has left."""
        self.setup, self.crashes, self.twice, self.over = setup, 0, 0, False
        if journal is None:
            setup.clean()
        else:
            setup.left_with(journal)
            self.crashes = 1
        self.first = setup.mock.counts()
        self.last = self.first
        self.known = read_journal(setup.journal)

    def look(self):
        """After a crash or at the end: nothing was asked that had been recorded."""
        now = self.setup.mock.counts()
        for question, (single, bulk, *_) in since(self.last, now, "question").items():
            must(int(question[1:]) not in self.known["rows"], f"{question} was recorded and asked again ({single}, {bulk})")
        for name, (uploads, polls, results) in since(self.last, now, "file").items():
            must(name not in self.known["ended"], f"file {name} had ended: {uploads}, {polls}, {results}")
            must(uploads == 0 or self.known["files"].get(name) is None, f"file {name} had a reception and was sent again")
        self.last = now

    def broken_off(self):
        s = self.setup
        self.crashes += 1
        s.check_modes()
        self.look()
        self.known = read_journal(s.journal)
        self.over |= s.out.exists() and not s.journal.exists() and s.out.read_bytes() == s.bytes

    def lines(self):
        """Whole ones in the journal."""
        journal = self.setup.journal
        return journal.read_bytes().count(b"\n") if journal.exists() else 0

    def crash(self, chaos, *more):
        """Broken off by the shim."""
        status, said = self.setup.run(*more, chaos=chaos)
        must(status == -signal.SIGKILL, f"status {status}, not killed: {said}")
        self.broken_off()

    def end(self):
        """Resumed to the end."""
        s = self.setup
        status, said = s.run("--resume")
        must(status == self.setup.status, f"status {status}: {said}")
        self.setup.check_end(status)
        self.look()
        # what was over but for its exit is asked anew: nothing says that it was broken off
        if not self.over:
            self.check_repeats()

    def check_repeats(self):
        s, asked = self.setup, since(self.first, self.last, "question")
        twice = sum(single - 1 for single, _, *_ in asked.values() if single > 1)
        must(twice <= s.parallel * self.crashes, f"{twice} questions repeated in {self.crashes} crashes")
        must(all(bulk <= 1 for _, bulk, *_ in asked.values()), "a question stands in two files")
        files = since(self.first, self.last, "file")
        must(len(files) == s.files, f"{len(files)} files, not {s.files}")
        self.twice = twice

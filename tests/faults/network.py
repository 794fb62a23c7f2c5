"""Each fault of table.txt, each way of asking: the documented end, in time, and nobody insured who is not."""
import concurrent.futures
import contextlib
import json
import pathlib
import queue
import re
import shlex

import rig

TABLE = pathlib.Path(__file__).with_name("table.txt")
COLUMNS = ("challenge", "card", "visual", "register", "number", "batch", "bulk", "result", "doctor")
# What a column does not ask: the receipt of a file has another status than the peer gives; the rest is the same.
NOT_ASKED = {"peer": ("bulk",), "tls": ("register",), "closed": ("register",), "name": ("register",)}
MACHINE = 2   # s: --timeout of a single question that will not be answered in time
ANSWER = 1    # s: the same of batch
PATIENT = 10  # s: of what has to end before, and on a busy machine takes its time
BACKOFF = 1.4  # s: at most, between the four attempts of batch
# An end: its code, its exit status, the outcome that is the fact of it, whether batch gives up the list for it
ENDS = {
    "unreachable": ("SERVICE_UNREACHABLE", 30, "unreachable", False),
    "timeout": ("SERVICE_TIMEOUT", 30, "timeout", False),
    "tls": ("TLS_PEER_MISMATCH", 31, "error", True),
    "refused": ("SERVICE_REFUSED", 32, "error", False),
    "denied": ("SERVICE_REFUSED", 32, "error", True),
    "maintenance": ("SERVICE_MAINTENANCE", 32, "maintenance", False),
    "malformed": ("REPLY_MALFORMED", 33, "error", False),
    "clock": ("CLOCK", 50, None, False),
}


class Fault:
    """A row: NAME WHERE END [COLUMN=END]... : HOW"""

    def __init__(self, line):
        head, _, self.how = line.partition(" : ")
        self.name, self.where, default, *others = head.split()
        ends = dict(word.split("=") for word in others)
        self.slower = float(ends.pop("slower", 0))  # s that batch waits because it was told to
        self.ends = {c: ends.pop(c, default) for c in COLUMNS}
        rig.must(not ends, f"{self.name}: no such column: {ends}")
        rig.must(set(self.ends.values()) <= {*ENDS, "ok", "-"}, f"{self.name}: no such end")
        self.how = self.how.strip()

    def columns(self):
        return [c for c in COLUMNS if self.ends[c] != "-" and c not in NOT_ASKED.get(self.where, ())]


def table():
    lines = (line.strip() for line in TABLE.read_text(encoding="utf-8").splitlines())
    faults = [Fault(line) for line in lines if line and not line.startswith("#")]
    rig.must(len({f.name for f in faults}) == len(faults), "table.txt: a name twice")
    return faults


# --- what has to be said ------------------------------------------------------------------------------


def in_time(run, limit):
    rig.must(run.took <= limit + 1, f"took {run.took:.2f} s of {limit}: {run}")


def check_says(run, end):
    if end == "ok":
        d = run.json()
        rig.must(run.status == 0 and d["verdict"] == "insured" and d["copay_percent"] == 30, str(run))
        return
    code, status, outcome, _ = ENDS[end]
    if outcome is None:
        rig.must(run.status == status and run.json()["error"]["code"] == code, str(run))
        return
    d = run.json()
    error = d["check"]["error"]
    rig.must(run.status == 11 and d["verdict"] == "need" and d["copay_percent"] is None, str(run))
    rig.must([n["fact"] for n in d["need"]] == ["documents.eligibility_certificate"], str(run))
    rig.must((error["code"], error["exit"]) == (code, status), f"{error}, not {code}")
    rig.must(d["check"]["online"]["outcome"] == outcome, str(d["check"]["online"]))
    rig.must(d["check"]["online"]["QualificationValidity"] is None, str(d["check"]["online"]))


def online_says(run, end):
    """With --require-online: the failure itself."""
    if end == "ok":
        check_says(run, end)
        return
    code, status = ENDS[end][:2]
    d = run.json()
    rig.must(run.status == status and d["error"]["code"] == code and d["error"]["next"], str(run))
    rig.must("verdict" not in d, str(run))


def number_says(run, end):
    """tests/rig/net-probe, as the library asks."""
    if end == "ok":
        rig.must(run.status == 0 and run.out.startswith('number NONE {"outcome":"answered"'), str(run))
        return
    code, status, outcome, _ = ENDS[end]
    rig.must(run.status == status and run.out.startswith(f'number {code} {{"outcome":"{outcome}","by":"number"}}'), str(run))


def batch_says(run, end):
    if end == "ok":
        rig.must(run.status == 0 and run.json()["status"] == "valid" and run.json()["copay_percent"] == 30, str(run))
        return
    code, status, _, whole = ENDS[end]
    if whole:
        rig.must(run.status == status and run.out == "" and "shikaku: " in run.err, str(run))
        return
    row = run.json()
    rig.must(run.status == 60 and row["status"] == "error" and row["copay_percent"] is None, str(run))
    rig.must(code in [w["code"] for w in row["warnings"]], str(run))


def doctor_says(run, end):
    d = run.json()["doctor"]
    bad = [(p["code"], p["exit"]) for p in d["parts"] if p["state"] == "bad"]
    want = [] if end == "ok" else [ENDS[end][:2]]
    rig.must(run.status == d["exit"] and bad == want, f"{bad}, not {want}: {run.status}")
    rig.must(run.status == (want[0][1] if want else 0), str(run))


def ask(desk, column, fault):
    end = fault.ends[column]
    machine = MACHINE if end == "timeout" else PATIENT
    if column in ("challenge", "card"):
        for says, options in ((check_says, ()), (online_says, ("--require-online",))):
            run = desk.check(machine, *options)
            in_time(run, machine)
            says(run, end)
    elif column in ("batch", "bulk", "result"):
        answer = ANSWER if end == "timeout" else PATIENT
        run = desk.batch(answer, "--mode", "single" if column == "batch" else "bulk")
        in_time(run, 4 * answer + BACKOFF + fault.slower)
        batch_says(run, end)
    else:
        command, says = {"visual": (desk.visual, check_says), "register": (desk.register, check_says),
                         "number": (desk.number, number_says), "doctor": (desk.doctor, doctor_says)}[column]
        run = command(machine)
        in_time(run, machine)
        says(run, end)


# --- where the fault is -------------------------------------------------------------------------------


class Worker:
    """A peer with a service behind it, and the desks that ask it; one case at a time."""

    def __init__(self, place, name, stack):
        self.place, self.name = place, name
        self.peer = stack.enter_context(rig.peer(place, f"{name}-service"))

    def desk(self, port, host="localhost", ca=None):
        return rig.Desk(self.place, self.name, f"https://{host}:{port}", ca)

    def by_peer(self, fault, column):
        words = dict(word.split("=") for word in shlex.split(fault.how))
        at = {"at": int(words["at"])} if "at" in words else {}
        self.peer.order(words.get("fault", fault.name), path=rig.PATHS[column], **at)
        ask(self.desk(self.peer.port), column, fault)

    def by_replay(self, fault, column):
        """The answer is that of an earlier question of the same kind."""
        self.peer.order("keep", path=rig.PATHS[column])
        desk = self.desk(self.peer.port)
        good = Fault(f"{fault.name} peer ok")
        ask(desk, column, good)
        self.peer.order("replay", path=rig.PATHS[column])
        ask(desk, column, fault)

    def by_tls(self, fault, column):
        words = dict(word.split("=") for word in shlex.split(fault.how))
        name = words.pop("cert", fault.name)
        host = words.pop("host", "localhost")
        lax = words.pop("openssl", None)
        bad = self.place.bad
        words = {k: True if k == "no_tickets" else v for k, v in words.items()}
        if "client_ca" in words:
            words["client_ca"] = str((bad if (bad / words["client_ca"]).exists() else self.place.pki) / words["client_ca"])
        fault_there = words.pop("fault", None)
        path = rig.PATHS[column] if fault_there else "none"
        self.peer.order(fault_there or "ok", path=path, cert=str(bad / f"{name}.pem"),
                        key=str(bad / f"{name}.key"), **words)
        desk = self.desk(self.peer.port, host, bad / "root.pem")
        if lax:
            desk.more = {"OPENSSL_CONF": str(bad / f"{lax}.cnf")}
        ask(desk, column, fault)

    def by_mock(self, fault, column):
        faults = self.place.work / f"{self.name}.faults.json"
        orders = json.loads(f"[{fault.how}]")
        faults.write_text(json.dumps([{"match": {"path": rig.PATHS[column]} | o.pop("match", {}), **o} for o in orders]))
        with rig.service(self.place, f"{self.name}-mock", "--faults", faults) as port:
            ask(self.desk(port), column, fault)

    def by_closed(self, fault, column):
        ask(self.desk(rig.free_port()), column, fault)

    def by_name(self, fault, column):
        ask(self.desk(8443, "nowhere.invalid"), column, fault)

    def play(self, fault, column):
        by = "by_" + fault.where
        if column != "register" or fault.where == "mock":
            getattr(self, by)(fault, column)
            return
        # a service keeps a registration
        with contextlib.ExitStack() as stack:
            getattr(Worker(self.place, f"{self.name}-register", stack), by)(fault, column)


def cases(faults, rng):
    """All of them; or a few faults, each in one column, of the slow ones less."""
    if rng is None:
        return [(f, c) for f in faults for c in f.columns()]
    chosen = [(f, rng.choice(f.columns())) for f in faults]
    slow = [it for it in chosen if it[0].ends[it[1]] == "timeout" or it[0].slower]
    fast = [it for it in chosen if it not in slow]
    return rng.sample(slow, 6) + rng.sample(fast, 120)


def on_the_page():
    """docs/faults.md names every fault of the table, and no other."""
    page = (rig.ROOT / "docs/faults.md").read_text(encoding="utf-8").partition("## Those of the network")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z0-9.-]+)`", "\n".join(line.split("|")[1] for line in page.splitlines() if line[:3] == "| `")))
    wanted = {f.name for f in table()}
    rig.must(named == wanted, f"docs/faults.md: missing {sorted(wanted - named)}, unknown {sorted(named - wanted)}")


def campaign(place, rng, tell, workers):
    tell("network: docs/faults.md has them all", on_the_page)
    run_all(place, cases(table(), rng), tell, workers)


def run_all(place, all_cases, tell, workers):
    """Each worker takes the next."""
    todo = queue.SimpleQueue()
    for case in all_cases:
        todo.put(case)

    def work(name):
        with contextlib.ExitStack() as stack:
            worker = Worker(place, name, stack)
            while True:
                try:
                    fault, column = todo.get_nowait()
                except queue.Empty:
                    return
                tell(f"{fault.name}: {column} {fault.ends[column]}", lambda: worker.play(fault, column))

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for job in [pool.submit(work, f"w{i}") for i in range(workers)]:
            job.result()

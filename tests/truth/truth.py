"""truth.py BUILD [OPTION]...: the campaign of false confirmations; see run, which has what it needs made."""
import argparse
import collections
import contextlib
import csv
import dataclasses
import json
import multiprocessing
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / d) for d in ("faults", "oracle")]
import draw                                                         # noqa: E402
import generate                                                     # noqa: E402
import judge                                                        # noqa: E402
import rig                                                          # noqa: E402
import world                                                        # noqa: E402

LISTS = 10        # of a block's runs, the last ones are of batch
EXAMPLES = 5      # of each kind of violation


class Place(rig.Place):
    """The folders of one worker; program may be one with a planted mistake."""

    def __init__(self, build, program):
        self.build = pathlib.Path(build).resolve()
        self.program = pathlib.Path(program or self.build / "shikaku").resolve()
        self.pki = rig.ROOT / "build/pki"
        self.bad = self.build / "faults/bad-servers"
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.build / "truth"))
        self.people = None

    def write(self, name, value):
        path = self.work / name
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return path

    def config(self, name, url, ca):
        path = self.work / name
        path.write_text("".join(f"{k} = {v}\n" for k, v in {
            "mode": "test", "service": url, "client-cert": self.pki / "clinic.pem", "client-key": self.pki / "clinic.key",
            "ca": ca, "card-ca": self.pki / "auth-cas.pem"}.items()))
        return path


class Reader:
    """A pcscd of the worker's own with one virtual reader (tests/rig/pcscd.sh)."""

    SERVE = '. tests/rig/pcscd.sh; rig_start >&2 || exit 1; echo "$PCSCLITE_CSOCK_NAME"; ' \
            'while read -r card; do rig_remove >&2; [ -z "$card" ] || rig_insert "$card" >&2; echo done; done; rig_stop'

    def __init__(self, place):
        with open(place.work / "reader.log", "wb") as log:
            self.p = subprocess.Popen(["bash", "-c", self.SERVE], cwd=rig.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=log, text=True, env=rig.ENVIRON | {"SHIKAKU_BUILD": str(place.build)})
        self.socket = self.p.stdout.readline().strip()
        rig.must(self.socket, "no pcscd")

    def lay(self, card):
        self.p.stdin.write(f"{card}\n")
        self.p.stdin.flush()
        rig.must(self.p.stdout.readline() == "done\n", "the rig has ended")

    def close(self):
        self.p.stdin.close()
        self.p.wait()


class Worker:
    """A peer for all its blocks, two services for each: one that is asked itself, one behind the peer."""

    def __init__(self, options):
        self.place = Place(options.build, options.program)
        self.seed, self.until = options.seed, options.until
        self.wanted = re.compile(options.matching).match
        self.peer = rig.Peer(self.place)
        self.reader = None

    def close(self):
        self.peer.close()
        if self.reader:
            self.reader.close()
        self.place.clear()

    @contextlib.contextmanager
    def block(self, number):
        rng = random.Random(f"{self.seed}/block {number}")
        self.world = world.World(rng)
        first = number * world.BLOCK
        self.visits = {n: draw.visit(self.seed, n, self.place, self.world.people)
                       for n in range(first, first + world.BLOCK - LISTS)}
        self.rows = draw.list_faults(rng, self.world.people)
        self.world.faults = [draw.to_service(v) for v in self.visits.values() if v.spoilt] + [f for f, _ in self.rows.values()]
        self.place.people, faults = self.world.write(self.place.work)
        with rig.service(self.place, "direct", "--faults", faults) as port, rig.service(
                self.place, "behind", "--faults", faults, address=f"127.0.0.2:{self.peer.port}"):
            self.urls = {False: f"https://localhost:{port}", True: f"https://localhost:{self.peer.port}"}
            yield

    def command(self, v, spare=False):
        """What is typed for this visit; spare: to have an answer that comes again."""
        fixture = self.place.write("spare.json" if spare else "card.json", v.fixture)
        conf = self.place.config("conf", self.urls[v.order is not None], v.ca or self.place.pki / "service-ca.pem")
        argv = [self.place.program, "check", "--config", conf, "--json", "--no-trace", "--timeout", str(v.timeout), *v.options]
        if v.facts:
            argv += ["--facts", self.place.write("facts.json", {"visit_date": generate.ISO[v.day]} | v.facts)]
        if v.auth != "none" and not v.pcsc:
            argv += ["--card", fixture]
        return argv

    def run(self, v):
        more = {}
        if v.pcsc and v.auth != "none":
            self.reader = self.reader or Reader(self.place)
            self.reader.lay(self.place.write("card.json", v.fixture))
            more["PCSCLITE_CSOCK_NAME"] = self.reader.socket
        return rig.Run(self.command(v), pin=v.pin if v.auth == "pin" else None, text_pin=v.text_pin, more=more)

    def keep(self, v):
        """Somebody's good answer is made, which comes again."""
        who, day = v.replay
        self.peer.order("keep", path=draw.PATH[v.auth])
        fixture = {"pin": {"auth": {"value": "1234", "tries_left": 3}},
                   "auth": v.fixture["auth"] | {"certificate": str(who.certificate.path),
                                                "key": str(self.place.pki / "adult.auth.key")}}
        spare = dataclasses.replace(
            v, fixture=fixture, options=["--date", generate.ISO[day], *(("--auth", "visual") if v.auth == "visual" else ())],
            facts={}, pcsc=False)
        rig.Run(self.command(spare, spare=True), pin="1234" if v.auth == "pin" else None)

    def order(self, order):
        if order:
            rest = dict(order)
            self.peer.order(rest.pop("fault"), **rest)

    def visit(self, v):
        if v.replay:
            self.keep(v)
        self.order(v.order)
        return self.run(v)

    def list(self, d):
        path = self.place.work / "list.csv"
        with open(path, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(draw.COLUMNS)
            out.writerows(row.cells() for row in d.rows)
        self.order(d.order)
        conf = self.place.config("conf", self.urls[d.order is not None], self.place.pki / "service-ca.pem")
        return rig.Run([self.place.program, "batch", "--config", conf, "--timeout", str(d.timeout), "--poll", "0",
                        "--format", "ndjson", "--quiet", "--mode", d.mode, path], cwd=self.place.work)


class Counts:
    def __init__(self):
        self.ended = collections.Counter()      # (fault, ending)
        self.wrong = collections.Counter()      # kind
        self.examples = []
        self.runs = self.rows = self.pcsc = 0

    def add(self, other):
        self.ended.update(other.ended)
        self.wrong.update(other.wrong)
        self.runs += other.runs
        self.rows += other.rows
        self.pcsc += other.pcsc

    def bad(self, kind, number, what):
        self.wrong[kind] += 1
        if self.wrong[kind] <= EXAMPLES:
            self.examples.append((kind, number, what))


def faults_of(v):
    stranger = "patient: another's card" if not v.own and v.text_pin else None
    reader = "reader: pcscd" if v.pcsc and v.auth != "none" else None
    return [f for f in (stranger, reader, v.card_fault, v.line_fault, v.answer_fault) if f] or ["none"]


def play_visit(worker, number, counts, show):
    v = worker.visits[number]
    if not any(worker.wanted(f) for f in faults_of(v)):
        return
    counts.runs += 1
    counts.pcsc += v.pcsc and v.auth != "none"
    run = None
    try:
        run = worker.visit(v)
        ending = judge.visit(v, run)
    except Exception as e:      # whatever it is, the run is no good one
        kind = getattr(e, "kind", type(e).__name__)
        ending = "WRONG " + kind
        counts.bad(kind, number, f"{', '.join(faults_of(v))}: {e}")
    for fault in faults_of(v):
        counts.ended[fault, ending] += 1
    if show:
        print(" ".join(map(str, worker.command(v))), v, run, sep="\n")


def play_list(worker, number, counts, show):
    d = draw.a_list(worker.seed, number, worker.world.people, worker.rows)
    if not worker.wanted(d.fault or "none"):
        return
    counts.runs += 1
    run = None
    try:
        run = worker.list(d)
        for row, ending in judge.rows(d, run):
            counts.rows += 1
            counts.ended[row.fault or d.fault or "none", "row " + ending] += 1
        counts.ended[d.fault or "none", f"list {run.status}"] += 1
    except Exception as e:
        counts.bad(getattr(e, "kind", type(e).__name__), number, f"list, {d.fault}: {e}")
    if show:
        print(d, run, sep="\n")


def play(worker, numbers, show=False):
    """Runs of one block."""
    counts = Counts()
    with worker.block(numbers[0] // world.BLOCK):
        for n in numbers:
            (play_visit if n % world.BLOCK < world.BLOCK - LISTS else play_list)(worker, n, counts, show)
            if worker.until and counts.wrong[worker.until]:
                break
    return counts


mine = None


def begin(options):
    global mine
    mine = Worker(options)
    multiprocessing.util.Finalize(mine, mine.close, exitpriority=10)


def work(numbers):
    return play(mine, numbers)


def blocks(runs, workers):
    """Whole ones; pieces of some where there are fewer runs, the last of each a list, so that all workers have two."""
    part = min(world.BLOCK, -(-runs // (2 * workers)))
    return [[i * world.BLOCK + k for k in (*range(part - 1), world.BLOCK - 1)] for i in range(-(-runs // part))]


def tell(options, counts):
    """As they are found."""
    for kind, number, what in counts.examples:
        print(f"# {kind}, run {number}: {what}\n#   again: tests/truth/run --seed {options.seed} --only {number} {options.build}",
              flush=True)


def report(options, counts, took):
    total = collections.defaultdict(collections.Counter)
    for (fault, ending), n in counts.ended.items():
        total[fault][ending] += n
    for fault in sorted(total) if not options.tap else ():
        print("# %s: %s" % (fault, ", ".join(f"{e} {n}" for e, n in sorted(total[fault].items()))))
    slow = sum(n for (_, ending), n in counts.ended.items() if ending == judge.TOO_SLOW)
    if slow * 100 > counts.runs:
        counts.wrong[judge.TOO_SLOW] = slow
    bad = sum(counts.wrong.values())
    print(f"# seed {options.seed}, {took:.0f} s, {counts.runs / took:.1f} runs/s")
    print("%d runs (%d through pcscd, %d rows of lists), %d wrong%s" % (
        counts.runs, counts.pcsc, counts.rows, bad, ": " + ", ".join(f"{n} {k}" for k, n in counts.wrong.items()) if bad else ""))


def tap(counts):
    """What the sample has to have seen."""
    endings = {e for _, e in counts.ended}
    kinds = {f.partition(":")[0] for f, _ in counts.ended}
    tests = [("nothing is said that is not true", not counts.wrong),
             ("faults of card, line and answer", {"card", "line", "answer", "none"} <= kinds),
             ("answers, refusals and verdicts of all kinds", {"insured online", "insured", "need", "self_pay"} <= endings),
             ("lists, and a reader", counts.rows > 0 and counts.pcsc > 0)]
    for name, good in tests:
        print("%s - truth: %s" % ("ok" if good else "not ok", name))
    return all(good for _, good in tests)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--runs", type=int, default=50000)
    p.add_argument("--seed", default=time.strftime("%F"))
    p.add_argument("--only", type=int)
    p.add_argument("--workers", type=int, default=6)
    p.add_argument("--matching", default="", metavar="REGEX", help="only runs with such a fault")
    p.add_argument("--program", help="one with a planted mistake")
    p.add_argument("--until", metavar="KIND", help="ends with the first that is wrong in that way")
    p.add_argument("--tap", action="store_true")
    options = p.parse_args()
    # the workers have this too: who is stopped halfway leaves no service behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begun, counts = time.monotonic(), Counts()
    if options.only is not None:
        worker = Worker(options)
        counts = play(worker, [options.only], show=True)
        worker.close()
        tell(options, counts)
    else:
        with multiprocessing.Pool(options.workers, begin, (options,)) as pool:
            for some in pool.imap_unordered(work, blocks(options.runs, options.workers)):
                counts.add(some)
                tell(options, some)
                if options.until and counts.wrong[options.until]:
                    break
                if counts.runs % 5000 < world.BLOCK and options.runs >= 5000:
                    print(f"# {counts.runs} runs, {sum(counts.wrong.values())} wrong", flush=True)
            else:
                pool.close()
                pool.join()
    report(options, counts, time.monotonic() - begun)
    good = tap(counts) if options.tap else not counts.wrong
    sys.exit(not good)


if __name__ == "__main__":
    main()

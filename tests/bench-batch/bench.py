"""The speed of `shikaku batch` beside four HTTP clients on one mock: bench.py BUILD WORK PKI, run by tests/bench-batch/run.

What is compared.  ROWS appointments, each one question by number, over CONNECTIONS kept connections, mutual TLS 1.3, a
mock without latency.  Ours reads the list, asks, decides each row for its own day, compares, keeps its journal and
writes the output.  The others get the questions ready made: curl and h2load throw the answers away, the scripts read
them as JSON; h2load, which makes no effort at all, asks the same question again and again.  Times are of the whole
process, from its start to its end.

How.  In one run against one mock, each in turn and in another order every round; medians of the rounds after one that
does not count.  The mock has the last processor for itself, the clients have the others.  Handshakes are the mock's
count of connections.  Instructions are callgrind's, system calls strace's, both the difference of two lists divided
by the difference of their rows.  A benchmark: it fails when answers differ, never because of a figure.
"""
import csv
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

from people import People

ROWS, PEOPLE, CONNECTIONS = 10000, 10000, 6
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 5))
LONGEST = int(os.environ.get("BENCH_ROWS", 1000000))
LATENCY_MS, LATENT_ROWS, LATENT_ROUNDS = 50, 600, 3
COUNTED = (200, 1200)		# rows of the two lists that are counted
MEMORY_MB = 24
ASK = "/v1/qualification/number"

build, work, pki = (pathlib.Path(p).resolve() for p in sys.argv[1:])
cert, key, ca = pki / "clinic.pem", pki / "clinic.key", pki / "service-ca.pem"
cpus = sorted(os.sched_getaffinity(0))
server_cpus, client_cpus = ([cpus[-1]], cpus[:-1]) if len(cpus) > 1 else (cpus, cpus)
people = People(PEOPLE)


def fail(what):
    sys.exit(f"bench-batch: {what}")


class Mock:
    """shikaku-mock on a free port, on its own processor."""

    def __init__(self, *options, stats=None):
        self.stats = stats
        ours, its = os.pipe()
        self.process = subprocess.Popen(
            [build / "shikaku-mock", "--listen", "127.0.0.1:0", "--tls-cert", pki / "server.pem",
             "--tls-key", pki / "server.key", "--client-ca", ca, "--people", work / "people.json",
             "--ready-fd", str(its), *(["--stats", stats] if stats else []), *options],
            pass_fds=[its], stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, server_cpus))
        os.close(its)
        with os.fdopen(ours) as f:
            ready = f.read()
        if not ready:
            fail("the mock does not start")
        self.port = ready.rsplit(":", 1)[1].strip()
        self.url = f"https://localhost:{self.port}"

    def connections(self):
        """How many were made so far."""
        before = self.stats.stat().st_ino
        self.process.send_signal(signal.SIGUSR1)
        while self.stats.stat().st_ino == before:
            time.sleep(0.005)
        with open(self.stats, encoding="utf-8") as f:
            return json.loads(f.readline())["connections"]

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.terminate()
        self.process.wait()


class Run:
    """One run of a command: seconds, CPU seconds, largest resident set in MB, what it printed."""

    def __init__(self, command, env=None, status=0):
        ours, its = os.pipe()
        done = subprocess.run(
            [work / "meter", str(its), *command], pass_fds=[its], cwd=work, env=os.environ | (env or {}), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, client_cpus))
        os.close(its)
        with os.fdopen(ours) as f:
            figures = f.read().split()
        if done.returncode != status:
            fail(f"{command[0]}: exit {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-2000:]}")
        wall, cpu, rss = map(int, figures)
        self.seconds, self.cpu, self.mb, self.out, self.err = wall / 1e6, cpu / 1e6, rss / 1024, done.stdout, done.stderr


# -- the contenders: a command, and a check of what it said

def batch(mock, rows):
    out = work / "out.csv"
    for path in (out, work / "out.csv.journal"):
        path.unlink(missing_ok=True)
    return [build / "shikaku", "batch", "--config", work / "shikaku.conf", "--mode", "single", "--max-parallel", str(CONNECTIONS),
            "--service", mock.url, "-o", out, work / f"list-{rows}.csv"]


def check_batch(run, rows):
    """Every row, in its order, decided as it must be."""
    n = 0
    with open(work / "out.csv", encoding="utf-8", newline="") as f:
        for n, row in enumerate(csv.DictReader(f), 1):
            want = (str(n), "valid", people.copay(n - 1))
            got = (row["patient_id"], row["status"], row["copay_percent"])
            if got != want:
                fail(f"shikaku: row {n}: {got} is not {want}")
    if n != rows:
        fail(f"shikaku: {n} rows of {rows}")


def curl(mock, rows):
    config = work / f"curl-{rows}.conf"
    common = (f'url = "{mock.url}{ASK}"\nhttp1.1\ntlsv1.3\ncacert = "{ca}"\ncert = "{cert}"\nkey = "{key}"\n'
              'header = "Content-Type: application/json"\noutput = "/dev/null"\nwrite-out = "%{http_code}\\n"\n')
    with open(config, "w", encoding="utf-8") as f:
        f.write("\nnext\n".join(f'{common}data-binary = "@{work}/question/{i}"\n' for i in range(rows)))
    return ["curl", "-q", "-s", "--parallel", "--parallel-max", str(CONNECTIONS), "-K", config]


def check_curl(run, rows):
    if run.out.split() != ["200"] * rows:
        fail("curl: not every answer is 200")


def h2load(mock, rows):
    return ["env", f"LD_PRELOAD={work}/client-cert.so", f"CLIENT_CERT={cert}", f"CLIENT_KEY={key}",
            "h2load", "--h1", "-c", str(CONNECTIONS), "-n", str(rows), "-d", work / "question" / "0",
            "-H", "content-type: application/json", f"{mock.url}{ASK}"]


def check_h2load(run, rows):
    if f"status codes: {rows} 2xx" not in run.out:
        fail("h2load: not every answer is 200")


def undici(mock, rows):
    return ["node", pathlib.Path(__file__).with_name("client.mjs"), mock.url, ASK, work / "questions", str(CONNECTIONS), cert, key, ca]


def http_client(mock, rows):
    return [sys.executable, pathlib.Path(__file__).with_name("client.py"), "localhost", mock.port, ASK, work / "questions",
            str(CONNECTIONS), cert, key, ca]


def check_valid(run, rows):
    if run.out.split() != [str(rows)]:
        fail(f"{run.out.strip()} valid answers of {rows}")


CONTENDERS = {
    "shikaku batch": (batch, check_batch),
    "curl --parallel": (curl, check_curl),
    "h2load --h1": (h2load, check_h2load),
    "node undici": (undici, check_valid),
    "python http.client": (http_client, check_valid),
}
if not (work / "node_modules").is_dir():
    del CONTENDERS["node undici"]


# -- what is measured

def verdict(met):
    return "met" if met else "MISSED"


def compare():
    """The interleaved run; returns of each its median rows a second, its median CPU seconds and its handshakes."""
    runs = {name: [] for name in CONTENDERS}
    handshakes = {name: set() for name in CONTENDERS}
    order = list(CONTENDERS)
    with Mock(stats=work / "stats") as mock:
        commands = {name: command for name, (command, check) in CONTENDERS.items()}
        for r in range(ROUNDS + 1):
            for name in order:
                command, before = commands[name](mock, ROWS), mock.connections()
                run = Run(command)
                CONTENDERS[name][1](run, ROWS)
                handshakes[name].add(mock.connections() - before)
                if r > 0:
                    runs[name].append(run)
            order.append(order.pop(0))
    speed = {name: statistics.median(ROWS / run.seconds for run in of) for name, of in runs.items()}
    cpu = {name: statistics.median(run.cpu for run in of) for name, of in runs.items()}
    print(f"{ROWS} questions, {CONNECTIONS} connections, medians of {ROUNDS} rounds (slowest to fastest)\n")
    print(f"{'':20}{'rows/s':>8}{'':16}{'us CPU/row':>12}{'RSS MB':>9}{'handshakes':>12}")
    for name, of in runs.items():
        rates = [ROWS / run.seconds for run in of]
        print(f"{name:20}{speed[name]:8.0f}{f'({min(rates):.0f}-{max(rates):.0f})':>16}"
              f"{cpu[name] / ROWS * 1e6:12.1f}{max(run.mb for run in of):9.1f}"
              f"{'/'.join(map(str, sorted(handshakes[name]))):>12}")
    return speed, cpu, handshakes


def print_goals(speed, cpu, handshakes):
    us = "shikaku batch"
    goals = {"curl --parallel": 1.5, "h2load --h1": 0.5}
    print("\nours to the others, by time and by CPU time of the client")
    for name in speed:
        if name != us:
            ratio = speed[us] / speed[name]
            goal = f"   goal >= {goals[name]}: {verdict(ratio >= goals[name])}" if name in goals else ""
            print(f"  x {name:18}{ratio:8.2f}{cpu[name] / cpu[us]:8.2f}{goal}")
    made = "/".join(map(str, sorted(handshakes[us])))
    print(f"  handshakes          {made:>8}           goal = {CONNECTIONS}: {verdict(made == str(CONNECTIONS))}")


def instructions(command, n):
    out = work / f"callgrind.{n}"
    Run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", *command])
    with open(out, encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(("summary:", "totals:")))


def calls(command, n):
    out = work / f"strace.{n}"
    Run(["strace", "-q", "-f", "-c", "-o", out, *command])
    with open(out, encoding="utf-8") as f:
        return next(int(line.split()[3]) for line in f if line.rstrip().endswith(" total"))


def count():
    print("\na row costs")
    print(f"{'':20}{'instructions':>14}{'system calls':>14}")
    low, high = COUNTED
    with Mock() as mock:
        for name in ("shikaku batch", "curl --parallel"):
            figures = []
            for counter in (instructions, calls):
                counted = []
                for rows in COUNTED:
                    counted.append(counter(CONTENDERS[name][0](mock, rows), rows))
                    if name == "shikaku batch":
                        check_batch(None, rows)
                figures.append((counted[1] - counted[0]) / (high - low))
            print(f"{name:20}{figures[0]:14.0f}{figures[1]:14.1f}")


def memory():
    sizes = [n for n in (1000, 100000, 1000000) if n < LONGEST] + [min(LONGEST, 1000000)]
    print(f"\nmemory of shikaku batch\n{'rows':>20}{'RSS MB':>10}{'rows/s':>10}")
    found = []
    with Mock() as mock:
        for rows in sizes:
            people.write_list(work / f"list-{rows}.csv", rows)
            run = Run(batch(mock, rows))
            check_batch(run, rows)
            (work / f"list-{rows}.csv").unlink()
            (work / "out.csv").unlink()
            found.append(run.mb)
            print(f"{rows:20}{run.mb:10.1f}{rows / run.seconds:10.0f}", flush=True)
    print(f"  largest {max(found):.1f} MB   goal <= {MEMORY_MB}: {verdict(max(found) <= MEMORY_MB)}")
    more = found[-1] - found[0]
    print(f"  the longest list {more:+.1f} MB on the shortest   goal: flat, within 1 MB: {verdict(more <= 1)}")


def latency():
    best = CONNECTIONS / (LATENCY_MS / 1000)
    with Mock("--latency", str(LATENCY_MS)) as mock:
        rates = []
        for _ in range(LATENT_ROUNDS):
            rates.append(LATENT_ROWS / Run(batch(mock, LATENT_ROWS)).seconds)
            check_batch(None, LATENT_ROWS)
    rate = statistics.median(rates)
    print(f"\nat {LATENCY_MS} ms of latency: {rate:.1f} rows/s of {best:.0f}, efficiency {rate / best:.3f}"
          f"   goal >= 0.95: {verdict(rate / best >= 0.95)}")


def prepare():
    people.write_people(work / "people.json")
    (work / "question").mkdir(exist_ok=True)
    questions = [people.question(i) for i in range(ROWS)]
    for i, text in enumerate(questions):
        (work / "question" / str(i)).write_text(text, encoding="utf-8")
    (work / "questions").write_text("\n".join(questions) + "\n", encoding="utf-8")
    for rows in {ROWS, LATENT_ROWS, *COUNTED}:
        people.write_list(work / f"list-{rows}.csv", rows)
    (work / "shikaku.conf").write_text(f"mode = test\nclient-cert = {cert}\nclient-key = {key}\nca = {ca}\n", encoding="utf-8")


prepare()
print_goals(*compare())
latency()
count()
memory()

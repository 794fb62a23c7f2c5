"""Ctrl-C and its like: how long until it has ended, and whether it can be resumed."""
import os
import signal
import subprocess
import time

from campaigns import PERSONS, RESULT
from rig import Broken, Setup, Trial, may_be_told, must, rows_of

LIMIT_MS = 200
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Waits:
    """How long each took, in ms."""

    def __init__(self):
        self.ms = []

    def __str__(self):
        ms = sorted(self.ms)
        p99 = ms[(len(ms) - 1) * 99 // 100]
        return f"{len(ms)} times, median {ms[len(ms) // 2]:.0f} ms, p99 {p99:.0f} ms, longest {ms[-1]:.0f} ms"

    def interrupt(self, p, sig):
        """Status and standard error of a run that is told to end; its input and output stay open."""
        began = time.perf_counter()
        p.send_signal(sig)
        try:
            status = p.wait(timeout=10)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            must(False, f"signal {sig}: goes on for 10 s")
        self.ms.append((time.perf_counter() - began) * 1000)
        said = p.stderr.read().decode()
        p.stderr.close()
        return status, said

    def check(self, sample):
        """Of a sample, which is taken beside everything else that a check runs, the median."""
        must(sorted(self.ms)[len(self.ms) // 2 if sample else (len(self.ms) - 1) * 99 // 100] <= LIMIT_MS, str(self))


def stopped(setup, status, said, resumable=True):
    """It said that it was broken off and how to go on."""
    must(status == 130, f"status {status}: {said}")
    must("interrupted" in said.lower(), f"does not say so: {said}")
    if resumable:
        must("--resume" in said, f"does not say how to go on: {said}")
        must(setup.journal.exists(), "no journal")


def wait_for(good, seconds=10):
    give_up = time.monotonic() + seconds
    while not good():
        must(time.monotonic() < give_up, "nothing happens")
        time.sleep(0.005)


def begun(setup):
    """So far that there is a journal."""
    return setup.journal.exists() and setup.journal.stat().st_size > 0


def any_moment(env, sample, rng):
    """Ctrl-C, SIGTERM and SIGHUP at random moments: ends within 200 ms, can be resumed"""
    rows = rows_of(100 if sample else 400, 5)
    slow = env.mock("slow", "--latency", "10", faults=PERSONS)
    parts = env.mock("parts", "--latency", "10", "--bulk-partial", "--bulk-unit-ms", "2",
                     faults=[RESULT | {"fault": "units_shuffled"}])
    waits = Waits()
    for setup in (Setup(env, "signal-single", slow, rows),
                  Setup(env, "signal-bulk", parts, rows, "--bulk-size", "50", mode="bulk")):
        setup.measure()
        done = 0
        while done < (3 if sample else 100):
            trial = Trial(setup)
            p = setup.start()
            wait_for(lambda: begun(setup) or p.poll() is not None)
            time.sleep(rng.uniform(0, setup.seconds * 0.9))
            if p.poll() is not None:
                p.communicate()
                continue
            status, said = waits.interrupt(p, rng.choice(SIGNALS))
            if status == setup.status:
                continue	# it was at its end
            stopped(setup, status, said)
            trial.broken_off()
            trial.end()
            done += 1
    waits.check(sample)
    return f"told to end at any moment: {waits}"


def waiting(env, sample, rng):
    """Ctrl-C while it waits: for a result, a slow pipe, a dead, a stopped or a busy service, a name, a reader of its output"""
    rows, waits = rows_of(60, 6), Waits()
    for case in (for_a_result, for_its_input, for_a_dead_service, for_a_stopped_service, for_a_busy_service, for_a_name,
                 for_a_reader):
        for sig in SIGNALS[:1 if sample else 3]:
            try:
                case(env, waits, sig, rows)
            except Broken as e:
                raise Broken(f"{case.__name__}, signal {int(sig)}: {e}") from None
            env.stop()
    waits.check(sample)
    return f"told to end while it waits: {waits}"


def resume_and_end(trial):
    trial.broken_off()
    trial.end()


def for_a_result(env, waits, sig, rows):
    """The result is not asked for again but after a minute."""
    setup = Setup(env, "wait-result", env.mock("quick"), rows, mode="bulk").measure()
    setup.mock = env.mock("working", "--bulk-ms", "600000")
    setup.clean()
    p = setup.start()
    wait_for(lambda: b'"reception"' in (setup.journal.read_bytes() if setup.journal.exists() else b""))
    time.sleep(0.3)
    stopped(setup, *waits.interrupt(p, sig))


def for_its_input(env, waits, sig, rows):
    """The rest of the list does not come."""
    setup = Setup(env, "wait-pipe", env.mock("quick", faults=PERSONS), rows).measure()
    trial, text = Trial(setup), setup.list.read_bytes()
    for size in (0, 20, len(text) // 2):
        setup.clean()
        ours, its = os.pipe()
        os.write(its, text[:size])
        p = setup.start(command=setup.command(list_="-"), stdin=ours)
        os.close(ours)
        time.sleep(0.2)
        status, said = waits.interrupt(p, sig)
        os.close(its)
        stopped(setup, status, said, resumable=False)
    setup.clean()
    del trial


def for_a_dead_service(env, waits, sig, rows):
    """Nobody listens: the breaker is open, or soon will be."""
    setup = Setup(env, "wait-dead", env.mock("dead", faults=PERSONS), rows).measure()
    for wait in (0.05, 0.8, 2.0):
        trial = Trial(setup)
        setup.mock.stop()
        p = setup.start()
        wait_for(lambda: begun(setup))
        time.sleep(wait)
        stopped(setup, *waits.interrupt(p, sig))
        setup.mock.start()
        trial.last = trial.first = setup.mock.counts()
        resume_and_end(trial)


def for_a_stopped_service(env, waits, sig, rows):
    """It takes connections and says nothing."""
    setup = Setup(env, "wait-stopped", env.mock("stopped", faults=PERSONS), rows).measure()
    trial = Trial(setup)
    os.kill(setup.mock.process.pid, signal.SIGSTOP)
    p = setup.start()
    wait_for(lambda: begun(setup))
    time.sleep(0.3)
    got = waits.interrupt(p, sig)
    os.kill(setup.mock.process.pid, signal.SIGCONT)
    stopped(setup, *got)
    resume_and_end(trial)


def for_a_busy_service(env, waits, sig, rows):
    """Retry-After: a minute."""
    setup = Setup(env, "wait-busy", env.mock("idle"), rows).measure()
    setup.mock = env.mock("busy", faults=[{"match": {"first": 6}, "fault": "maintenance", "retry_after": 60}])
    trial = Trial(setup)
    p = setup.start()
    wait_for(lambda: begun(setup))
    time.sleep(0.3)
    stopped(setup, *waits.interrupt(p, sig))
    resume_and_end(trial)


def for_a_name(env, waits, sig, rows):
    """The name service does not answer."""
    setup = Setup(env, "wait-name", env.mock("named", faults=PERSONS), rows).measure()
    trial = Trial(setup)
    there, setup.mock.url = setup.mock.url, "https://service.invalid:8443"	# libcurl knows localhost itself
    p = setup.start(chaos={"dns": 30})
    setup.mock.url = there
    wait_for(lambda: begun(setup))
    time.sleep(0.3)
    stopped(setup, *waits.interrupt(p, sig))
    resume_and_end(trial)


def for_a_reader(env, waits, sig, rows):
    """Standard output is a full pipe."""
    setup = Setup(env, "wait-reader", env.mock("read", faults=PERSONS), rows_of(2000, 7), report=False)
    p = subprocess.Popen(setup.command(out="-"), env=setup.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, cwd=setup.folder, preexec_fn=may_be_told)
    time.sleep(1.5)
    must(p.poll() is None, "a full pipe does not hold it up")
    status, said = waits.interrupt(p, sig)
    p.stdout.close()
    stopped(setup, status, said, resumable=False)


def second(env, sample, rng):
    """a second Ctrl-C ends it at once, and it can be resumed all the same"""
    setup = Setup(env, "second", env.mock("slow", "--latency", "10", faults=PERSONS), rows_of(100, 8)).measure()
    done = 0
    while done < (2 if sample else 40):
        trial = Trial(setup)
        p = setup.start()
        wait_for(lambda: begun(setup))
        time.sleep(rng.uniform(0, setup.seconds / 2))
        p.send_signal(signal.SIGINT)
        time.sleep(rng.choice((0, 0.0002, 0.001, 0.003)))
        p.send_signal(signal.SIGINT)
        said = p.communicate(timeout=10)[1].decode()
        must(p.returncode in (130, -signal.SIGINT), f"status {p.returncode}: {said}")
        resume_and_end(trial)
        done += 1
    return f"{done} second Ctrl-C"


def ignored(env, sample, rng):
    """what nohup ignores does not end it"""
    setup = Setup(env, "nohup", env.mock("slow", "--latency", "10", faults=PERSONS), rows_of(60, 9)).measure()
    setup.clean()
    p = subprocess.Popen(setup.command(), env=setup.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, cwd=setup.folder,
                         preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_for(lambda: begun(setup))
    p.send_signal(signal.SIGHUP)
    p.communicate(timeout=30)
    setup.check_end(p.returncode)
    return "1 hang-up ignored"


ALL = (any_moment, waiting, second, ignored)

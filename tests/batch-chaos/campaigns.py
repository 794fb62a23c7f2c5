"""SIGKILL: at every write of the journal, at every other step on disk, at random moments."""
import signal
import time

from rig import REFUSED, Setup, Trial, must, rows_of

JOURNAL = "write:.{}.journal"
PERSONS = [{"match": {"person": f"p{i}"}, **fault} for i, fault in REFUSED.items()]
RESULT = {"match": {"path": "/v1/bulk/result"}}


def single_setups(env, rows, *options):
    mock = env.mock("single", faults=PERSONS)
    return [Setup(env, "single-csv", mock, rows, *options),
            Setup(env, "single-ndjson", mock, rows, *options, form="ndjson", list_form="ndjson", parallel=3)]


def bulk_setups(env, rows, *options):
    """Units out of order and bit by bit; one that fails; one that is missing from files that take their time."""
    shuffled = env.mock("shuffled", "--bulk-partial", "--bulk-unit-ms", "1", faults=[RESULT | {"fault": "units_shuffled"}])
    error = env.mock("error", "--bulk-partial", "--bulk-unit-ms", "1", faults=[RESULT | {"fault": "unit_error", "unit": 3}])
    missing = env.mock("missing", "--bulk-ms", "50", faults=[RESULT | {"fault": "unit_missing", "unit": 2}])
    return [Setup(env, "bulk-shuffled", shuffled, rows, *options, mode="bulk"),
            Setup(env, "bulk-error", error, rows, *options, mode="bulk", form="ndjson"),
            Setup(env, "bulk-missing", missing, rows, *options, "--bulk-size", "20", mode="bulk", list_form="ndjson")]


def at_writes(setup, writes, rng, again):
    """Killed at each of these writes, before, half way and behind; some once more while they are resumed."""
    only = JOURNAL.format(setup.out.suffix[1:])
    total = sum(1 for _, what, _, name in setup.steps if f"{what}:{name}" == only)
    crashes = twice = 0
    for at in [n for n in range(1, total + 1) if writes(n)]:
        for how in ("before", "half", "after"):
            trial = Trial(setup)
            trial.crash({"only": only, "kill": f"{at}:{how}"})
            left = total - trial.lines()
            if rng.random() < again and left > 1:
                more = f"{rng.randint(1, left)}:{rng.choice(('before', 'half', 'after'))}"
                trial.crash({"only": only, "kill": more}, "--resume")
            trial.end()
            crashes += trial.crashes
            twice += trial.twice
    return crashes, twice, total


def every_write(env, sample, rng):
    """killed at every write of the journal, in single mode"""
    return campaign_writes(single_setups(env, rows_of(150, 1)), 53 if sample else 1, rng)


def every_bulk_write(env, sample, rng):
    """killed at every write of the journal, in bulk mode"""
    return campaign_writes(bulk_setups(env, rows_of(150, 2)), 83 if sample else 1, rng)


def campaign_writes(setups, stride, rng):
    crashes = twice = writes = 0
    for setup in setups:
        setup.measure()
        first = rng.randint(0, stride - 1)
        c, t, w = at_writes(setup, lambda n, k=first: n % stride == k, rng, 0.3)
        crashes, twice, writes = crashes + c, twice + t, writes + w
    return f"{crashes} kills at {writes} writes of {len(setups)} journals, {twice} questions asked twice"


def every_step(env, sample, rng):
    """killed at every other step on disk: made, emptied, synced, renamed, removed"""
    rows, crashes = rows_of(40, 3), 0
    for setup in (single_setups(env, rows)[0], bulk_setups(env, rows)[0]):
        setup.measure()
        kinds = sorted({f"{what}:{name}" for _, what, _, name in setup.steps} - {JOURNAL.format(setup.out.suffix[1:])})
        must(len(kinds) >= 10, f"only {len(kinds)} kinds of steps")
        for kind in rng.sample(kinds, 8) if sample else kinds:
            for how in ("after",) if sample else ("before", "half", "after"):
                trial = Trial(setup)
                trial.crash({"only": kind, "kill": f"1:{how}"})
                trial.end()
                crashes += 1
        crashes += over_and_again(setup)
    return f"{crashes} kills at other steps"


def over_and_again(setup):
    """Killed as the last thing was done, then in the run that begins anew since nothing says that one was broken off."""
    journal = f".{setup.out.suffix[1:]}.journal"
    trial = Trial(setup)
    trial.crash({"only": f"unlink:{journal}", "kill": "1:after"})
    must(trial.over, "the run was not over")
    trial.crash({"only": f"write:{journal}", "kill": "20:after"}, "--resume")
    trial.end()
    return trial.crashes


def at_random(setup, kills, rng):
    done = late = twice = 0
    while done < kills:
        trial = Trial(setup)
        more = ()
        for _ in range(rng.choice((1, 1, 1, 3))):
            p = setup.start(*more)
            time.sleep(rng.uniform(0.0, setup.seconds))
            p.send_signal(signal.SIGKILL)
            p.communicate()
            if p.returncode != -signal.SIGKILL:
                late += 1
                break
            trial.broken_off()
            done += 1
            more = ("--resume",)
        else:
            trial.end()
            twice += trial.twice or 0
    return done, late, twice


def random_moments(env, sample, rng):
    """killed at random moments, with questions under way"""
    rows = rows_of(100 if sample else 600, 4)
    kills = 4 if sample else 200
    slow = env.mock("slow", "--latency", "10", faults=PERSONS)
    parts = env.mock("parts", "--latency", "10", "--bulk-partial", "--bulk-unit-ms", "2",
                     faults=[RESULT | {"fault": "units_shuffled"}])
    said = []
    for setup in (Setup(env, "random-single", slow, rows),
                  Setup(env, "random-bulk", parts, rows, "--bulk-size", "100", mode="bulk")):
        setup.measure()
        done, late, twice = at_random(setup, kills, rng)
        said.append(f"{done} kills at random moments in {setup.mode} mode, {twice} questions asked twice")
    return ", ".join(said)


ALL = (every_bulk_write, every_write, every_step, random_moments)

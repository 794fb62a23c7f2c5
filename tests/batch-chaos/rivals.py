"""Two runs at once, and lists that have changed between a crash and its resumption."""
import subprocess

from campaigns import JOURNAL, PERSONS, RESULT
from rig import Setup, Trial, must, rows_of, since, write_list
from signals import begun, wait_for


def two_at_once(env, sample, rng):
    """two runs on one list, into one output or of one report: the second is refused, the first undisturbed"""
    setup = Setup(env, "rivals", env.mock("slow", "--latency", "20", faults=PERSONS), rows_of(120, 9)).measure()
    other = setup.folder / "other.csv"
    write_list(other, rows_of(5, 10))
    tries = 0
    for resume in ((), ("--resume",)):
        trial = Trial(setup)
        p = setup.start()
        wait_for(lambda: begun(setup))
        elsewhere = setup.folder / "elsewhere.csv"
        mode = setup.options[:-2]
        with open(other, "rb") as piped:
            for what, command, stdin in (
                    ("one list, two outputs", setup.command(*resume, out=elsewhere, options=mode), subprocess.DEVNULL),
                    ("two lists, one output", setup.command(*resume, list_=other, options=mode), subprocess.DEVNULL),
                    ("a pipe, one output", setup.command(*resume, list_="-", options=mode), piped),
                    ("the list as output", setup.command(*resume, out=setup.list, list_=other, options=mode), subprocess.DEVNULL),
                    ("two lists, one report", setup.command(list_=other, out=setup.folder / "third.csv"), subprocess.DEVNULL)):
                status, said = setup.run(command=command, stdin=stdin)
                must(status == 77, f"{what}: status {status}: {said}")
                must("another run" in said, f"{what}: {said}")
                must(not elsewhere.exists() or elsewhere.stat().st_size == 0, f"{what}: something in the output")
                tries += 1
        must(p.poll() is None, "the first was over too soon")
        said = p.communicate()[1].decode()
        must(p.returncode == setup.status, f"the first: status {p.returncode}: {said}")
        must(setup.list.read_bytes() != b"", "the list is gone")
        setup.check_end(p.returncode)
        trial.look()
        trial.check_repeats()
    return f"{tries} second runs refused"


def crashed(setup, at):
    """A trial with a journal of so many lines."""
    trial = Trial(setup)
    trial.crash({"only": JOURNAL.format(setup.out.suffix[1:]), "kill": f"{at}:after"})
    return trial


def changed(rows, at, **values):
    return [r | values if i == at else r for i, r in enumerate(rows, 1)]


def other_lists(env, sample, rng):
    """a journal of another list, of a shorter one or another mode is refused, and nothing is asked or lost"""
    rows = rows_of(60, 11)
    mock = env.mock("plain", faults=PERSONS)
    setup = Setup(env, "others", mock, rows).measure()
    asked = [i for i, r in enumerate(rows, 1) if r["number"] and not r["appointment"].startswith("13")]
    first = rows[asked[0] - 1]
    cases = {
        "another list": rows_of(60, 12), "half the list": rows[:asked[5]], "nothing but bad rows": rows_of(60, 11, bad_first=60),
        "a row inserted": rows[:3] + [first | {"number": "4711"}] + rows[3:],
        "a row left out": rows[:asked[0] - 1] + rows[asked[0]:],
        "two rows exchanged": changed(changed(rows, asked[2], **rows[asked[9] - 1]), asked[9], **rows[asked[2] - 1]),
        "another day": changed(rows, asked[0], appointment="2030-01-01"),
        "another number": changed(rows, asked[0], number="4711"),
        "another symbol": changed(rows, asked[0], symbol="99"), "another branch": changed(rows, asked[0], branch="09"),
        "another birth date": changed(rows, asked[0], birthdate="1990-01-01")}
    for what, new in cases.items():
        trial = crashed(setup, 40)
        before, count = setup.journal.read_bytes(), setup.mock.counts()
        write_list(setup.list, new)
        status, said = setup.run("--resume")
        must(status == 50, f"{what}: status {status}: {said}")
        must("journal" in said and "another list" in said, f"{what}: {said}")
        must(setup.journal.read_bytes() == before, f"{what}: the journal has changed")
        must(not since(count, setup.mock.counts(), "question"), f"{what}: somebody was asked about")
        write_list(setup.list, rows)
        trial.end()
    return f"{len(cases) + other_mode(env, rows) + other_file(env, rows, sample)} journals of something else refused"


def other_file(env, rows, sample):
    """A file that is under way asks about what the list said then."""
    setup = Setup(env, "file", env.mock("file", "--bulk-ms", "100"), rows, mode="bulk").measure()
    first = next(i for i, r in enumerate(rows, 1) if r["number"] and not r["appointment"].startswith("13"))
    cases = ({"symbol": "99"}, {"branch": "09"}, {"number": "4711"}, {"appointment": "いつか"})
    for at in (3,) if sample else (2, 3):
        for values in cases:
            trial = crashed(setup, at)
            write_list(setup.list, changed(rows, first, **values))
            status, said = setup.run("--resume")
            must(status == 50 and "another list" in said, f"{values}: status {status}: {said}")
            write_list(setup.list, rows)
            trial.end()
    return len(cases) * (1 if sample else 2)


def other_mode(env, rows):
    single = Setup(env, "mode", env.mock("mode"), rows).measure()
    bulk = Setup(env, "mode-bulk", single.mock, rows, mode="bulk").measure()
    for setup, options in ((single, bulk.options), (bulk, single.options)):
        trial = crashed(setup, 10)
        mine, setup.options = setup.options, [*options[:-1], setup.report]
        status, said = setup.run("--resume")
        must(status == 50 and "--mode" in said, f"another mode: status {status}: {said}")
        setup.options = mine
        trial.end()
    return 2


def harmless_changes(env, sample, rng):
    """a list that has changed in what was not asked about is taken as it is now"""
    rows = rows_of(60, 13)
    setup = Setup(env, "harmless", env.mock("plain", faults=PERSONS), rows).measure()
    day = next(r["appointment"] for r in rows if not r["appointment"].startswith("13"))
    cases = {"names, memos and ratios": [r | {"name": "新名　三郎", "memo": "x", "last_copay_percent": "10"} for r in rows],
             "rows behind the last answer": rows[:55] + rows_of(9, 14),
             "bad rows made good": [r | ({"appointment": day} if r["appointment"].startswith("13") else {})
                                    for r in rows]}
    for what, new in cases.items():
        write_list(setup.list, new)
        setup.measure()
        write_list(setup.list, rows)
        trial = crashed(setup, 30)
        write_list(setup.list, new)
        try:
            trial.end()
        finally:
            write_list(setup.list, rows)
        must(trial.twice <= setup.parallel, what)
    bulk = Setup(env, "sizes", setup.mock, rows, "--bulk-size", "20", mode="bulk").measure()
    total = sum(1 for _, what, _, name in bulk.steps if (what, name) == ("write", ".csv.journal"))
    for at in rng.sample(range(2, total), 3 if sample else 30):
        trial = crashed(bulk, at)
        other = [rng.choice(("1", "7", "500")) if o == "20" else o for o in bulk.options]
        status, said = bulk.run(command=bulk.command("--resume", options=other))
        must(status == bulk.status, f"another size: status {status}: {said}")
        bulk.check_end(status)
        trial.look()
    return f"{len(cases)} changed lists resumed, and with files of another size"


def long_gaps(env, sample, rng):
    """more bad rows than the ring holds, before, between and behind those that can be asked"""
    bad = rows_of(2100, 15, bad_first=2100)
    good = [r | {"appointment": rows_of(1, 1)[0]["appointment"]} for r in rows_of(30, 16) if r["number"]]
    rows = bad[:1400] + good[:10] + bad[:1100] + good[10:] + bad
    crashes = 0
    quick = env.mock("quick", faults=PERSONS)
    for setup in (Setup(env, "gaps", quick, rows), Setup(env, "gaps-bulk", quick, rows, "--bulk-size", "7", mode="bulk")):
        setup.measure()
        total = sum(1 for _, what, _, name in setup.steps if (what, name) == ("write", ".csv.journal"))
        for at in sorted({2, 3, 4, total, *(range(5, total) if not sample else ())}):
            trial = crashed(setup, at)
            trial.end()
            crashes += 1
    return f"{crashes} kills in lists with gaps"


def forgetful(env, sample, rng):
    """a service that has forgotten the reception: a new file, of what is not recorded only"""
    rows = rows_of(60, 17)
    kept = env.mock("kept", "--bulk-partial", "--bulk-unit-ms", "8", faults=[RESULT | {"fault": "units_shuffled"}])
    setup = Setup(env, "forgetful", kept, rows, mode="bulk").measure()
    total = sum(1 for _, what, _, name in setup.steps if (what, name) == ("write", ".csv.journal"))
    done = 0
    for at in [3, *range(4, total, 9 if sample else 1)]:
        trial = crashed(setup, at)
        setup.mock.stop()
        setup.mock.start()	# as docs/mock.md says, it knows nothing of before
        trial.last = {"question": {}, "file": {}}
        trial.first = trial.last
        known = read_files(trial)
        if rng.random() < 0.5 and total - trial.lines() > 4:
            trial.crash({"only": "write:.csv.journal", "kill": f"{rng.randint(1, 4)}:after"}, "--resume")
        status, said = setup.run("--resume")
        must(status == setup.status, f"status {status}: {said}")
        setup.check_end(status)
        trial.look()
        done += known
    return f"{done} files sent anew"


def read_files(trial):
    known = trial.known
    return len([f for f in known["files"] if f not in known["ended"]])


def next_day(env, sample, rng):
    """resumed on another day: decided as of the first one's"""
    rows = rows_of(40, 18)
    setup = Setup(env, "next-day", env.mock("plain", faults=PERSONS), rows, report=False).measure()
    trial = crashed(setup, 20)
    setup.clock = str(int(setup.clock) + 3 * 86400)
    trial.end()
    return "1 run resumed three days later"


ALL = (two_at_once, other_lists, harmless_changes, long_gaps, forgetful, next_day)

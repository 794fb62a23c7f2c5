"""Journals that are not as they were written, and disks that are full."""
import os
import resource
import signal
import subprocess

from campaigns import JOURNAL, PERSONS
from rig import Setup, Trial, must, rows_of, since
from rivals import crashed


def small(env, name, **more):
    """A list whose journal is short, for most of it are errors and unknown numbers, and a run of it broken off near its end."""
    rows = [r | {"number": "777" if i % 4 else r["number"]} for i, r in enumerate(rows_of(14, 19), 1)]
    setup = Setup(env, name, env.mock(name, faults=PERSONS), rows, report=False, **more).measure()
    total = sum(1 for _, what, _, name in setup.steps if f"{what}:{name}" == JOURNAL.format(setup.out.suffix[1:]))
    trial = crashed(setup, total - 1)
    return setup, trial, setup.journal.read_bytes()


def cut(env, sample, rng):
    """a journal that was cut at any byte: goes on from its last whole line"""
    setup, _, whole = small(env, "cut")
    ends = [n for n in range(len(whole) + 1) if n == 0 or whole[n - 1] == 10]
    near = {n + k for n in ends for k in (-1, 0, 1) if 0 <= n + k <= len(whole)}
    places = sorted(rng.sample(range(len(whole)), 4)) if sample else sorted({*range(0, len(whole), 7), *near})
    for n in places:
        Trial(setup, whole[:n]).end()
    return f"{len(places)} cuts"


def refused(setup, text, what, statuses, words=()):
    """Named, nobody asked, the journal as it was, nothing wrong in the output."""
    before = setup.mock.counts()
    status, said = setup.run("--resume")
    must(status in statuses, f"{what}: status {status}: {said}")
    must(all(w in said for w in words) and "goes on from there" not in said, f"{what}: {said}")
    must(setup.journal.read_bytes() == text, f"{what}: the journal has changed")
    must(setup.bytes.startswith(setup.out.read_bytes()), f"{what}: a wrong output")
    must(not since(before, setup.mock.counts(), "question"), f"{what}: somebody was asked about")


def flipped(env, sample, rng):
    """a journal with any bit changed: refused, or what it changed is asked again; never a wrong output"""
    integrity = again = 0
    for setup, _, whole in (small(env, "flip"), small(env, "flip-bulk", mode="bulk")):
        for at in (rng.sample(range(len(whole)), 4) if sample else range(0, len(whole), 3)):
            bad = bytearray(whole)
            bad[at] ^= 1 << rng.randrange(8)
            setup.left_with(bytes(bad))
            if at == len(whole) - 1:
                # a last line without its end is one that was being written
                must(setup.run("--resume")[0] == setup.status, "the last line's end")
                setup.check_end(setup.status)
                again += 1
                continue
            refused(setup, bytes(bad), f"byte {at}", (40,), ("out.csv.journal:", "without --resume"))
            integrity += 1
    return f"{integrity} flipped bits refused, {again} taken for a torn line"


def arranged(env, sample, rng):
    """lines of a journal left out, doubled, exchanged or of another: refused, or what is missing is asked again"""
    setup, _, whole = small(env, "arranged")
    bulk, _, files = small(env, "arranged-bulk", mode="bulk")
    head, *rest = whole.splitlines(keepends=True)
    fhead, *frest = files.splitlines(keepends=True)
    cases = ((setup, [head, *rest, rest[0]], (50,)), (setup, [*rest], (40,)), (setup, [head, head, *rest], (40,)),
             (setup, [head, *frest], (40,)), (bulk, [fhead, *frest[1:]], (40,)), (bulk, [fhead, frest[0], *frest], (0, 60, 40)),
             (bulk, [fhead, frest[0], fhead, *frest[1:]], (40,)), (bulk, [head, *frest], (50,)),
             (bulk, [fhead, frest[0], frest[0].replace(b'"', b"'"), *frest[1:]], (40,)),
             (bulk, [fhead, frest[-1], *frest], (50,)), (setup, [b"\n", head, *rest], (40,)),
             (setup, [head, b"\n", *rest], (40,)), (setup, [head, b"\0" * 4096 + b"\n"], (40,)))
    for n, (s, lines, statuses) in enumerate(cases):
        text = b"".join(lines)
        s.left_with(text)
        if 0 in statuses:
            status, said = s.run("--resume")
            must(status in statuses, f"arrangement {n}: status {status}: {said}")
            must(status == 40 or s.out.read_bytes() == s.bytes, f"arrangement {n}: a wrong output")
        else:
            refused(s, text, f"arrangement {n}", statuses)
    for left in ([head, *rest[1:]], [head, *rest[::2]], [head, *reversed(rest[:3]), *rest[3:]],
                 [head, *rest[:-1], b"\0" * 300]):
        setup.left_with(b"".join(left))
        status, said = setup.run("--resume")
        must(status == setup.status, f"a line left out: status {status}: {said}")
        setup.check_end(status)
    return f"{len(cases) + 4} arrangements"


def no_journal(env, sample, rng):
    """an empty journal, an old one without --resume, a link, a folder or a pipe in its place"""
    setup, _, whole = small(env, "strange")
    Trial(setup, b"").end()
    # whoever could read them before
    setup.left_with(whole)
    for path in (setup.out, setup.journal):
        path.chmod(0o666)
    status = setup.run("--resume")[0]
    setup.check_end(status)
    # without --resume it begins anew, whatever is there
    for text in (whole, b"something else\n"):
        setup.left_with(text)
        before = setup.mock.counts()
        status, said = setup.run()
        must(status == setup.status, f"an old journal: status {status}: {said}")
        setup.check_end(status)
        must(len(since(before, setup.mock.counts(), "question")) == setup.asked, "an old journal: not all were asked about")
    target = setup.folder / "target"
    for what, make in (("a link", lambda: setup.journal.symlink_to(target)), ("a folder", lambda: setup.journal.mkdir()),
                       ("a pipe", lambda: os.mkfifo(setup.journal)),
                       ("a dangling link", lambda: setup.journal.symlink_to("nowhere"))):
        for more in ((), ("--resume",)):
            setup.clean()
            target.write_bytes(whole)
            make()
            before = setup.mock.counts()
            status, said = setup.run(*more, timeout=10)
            must(status == 41 and "out.csv.journal" in said, f"{what}: status {status}: {said}")
            must(target.read_bytes() == whole and not (setup.folder / "nowhere").exists(), f"{what} was followed")
            must(not since(before, setup.mock.counts(), "question"), f"{what}: somebody was asked about")
            if setup.journal.is_dir() and not setup.journal.is_symlink():
                setup.journal.rmdir()
            else:
                setup.journal.unlink()
    return "4 journals that are there, 8 in whose place something else is"


def limited(size):
    """For a process that may not write files longer than that: an error, no signal."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def full_disk(env, sample, rng):
    """a disk that is full at any moment: said so, and resumed when there is room"""
    setup = Setup(env, "full", env.mock("full", faults=PERSONS), rows_of(80, 20)).measure()
    journal = sum(size for _, _, size, name in setup.steps if name.endswith(".journal"))
    most = max(len(setup.bytes), len(setup.page), journal)
    sizes = [0, 40, 4000, most - 1] if sample else [0, 40, *range(500, most, 700), most - 1]
    for size in sizes:
        trial = Trial(setup)
        p = subprocess.Popen(setup.command(), env=setup.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, cwd=setup.folder, preexec_fn=limited(size))
        said = p.communicate(timeout=60)[1].decode()
        must(p.returncode == 41, f"{size} bytes: status {p.returncode}: {said}")
        must("out." in said and "too large" in said, f"{size} bytes: {said}")
        trial.broken_off()
        trial.end()
    return f"{len(sizes)} full disks"


ALL = (cut, flipped, arranged, no_journal, full_disk)

"""Every system call of `check` and `batch` fails once, with each of six errors that it might have.

strace makes them fail (-e inject).  Then the exit status is a documented one, nothing hangs, and what is said is
what the undisturbed run says or no answer: never another verdict, never another ratio.
"""
import collections
import concurrent.futures
import json
import re
import shutil
import signal
import tempfile
import threading

import rig

MACHINE = 3  # s: --timeout
SLACK = 2    # s: the deadline's own second, and strace's part of it
ERRORS = ("EIO", "ECONNRESET", "ENOMEM", "EINTR", "EAGAIN", "ENOSPC")
MEMORY = ("ENOMEM", "EAGAIN", "EACCES", "EINVAL", "EPERM", "ENFILE")
FILES = ("EIO", "ENOENT", "EACCES", "EMFILE", "EINTR", "ENOMEM")
# An error's name, or what it returns instead: brk answers with the break as it is.
FITTING = {
    "mmap": MEMORY, "mprotect": MEMORY, "brk": ("0",), "munmap": MEMORY, "madvise": MEMORY, "mremap": MEMORY,
    "clone": MEMORY, "clone3": (*MEMORY[:5], "ENOSYS"), "openat": FILES, "newfstatat": FILES, "statx": FILES,
    "access": FILES, "readlink": FILES, "execve": FILES, "unlink": FILES, "rename": (*FILES[:5], "ENOSPC"),
    "connect": ("ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EINTR", "EAGAIN", "ENETUNREACH"),
    # at any other libsodium ends the process rather than go on without randomness
    "getrandom": ("EINTR", "EAGAIN"),
    "socket": ("EMFILE", "ENFILE", "ENOMEM", "EACCES", "EAFNOSUPPORT", "ENOBUFS"),
}
# They can not fail; restart_syscall is the kernel's; at an error of futex, which no kernel gives, glibc aborts.
NEVER = {"futex", "exit", "exit_group", "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getppid", "umask",
         "restart_syscall", "rt_sigreturn", "arch_prctl", "set_tid_address", "rseq", "set_robust_list"}
# The loader's own end, before there is a program.
LOADER = re.compile(r"error while loading shared libraries|^Fatal glibc error|cannot (allocate|create|enable)|"
                    r"failed to map segment|relocation error|cannot apply additional memory protection", re.M)


class Command:
    """A way to run, and what may come of it."""

    def __init__(self, place, port, name):
        self.place, self.name, self.port = place, name, port
        self.good = None
        self.loading = collections.Counter()  # the calls before main(), and a few more

    def desk(self, folder):
        return rig.Desk(self.place, folder, f"https://localhost:{self.port}")

    def run(self, folder, prefix=()):
        desk = self.desk(folder)
        if self.name == "check":
            run = desk.check(MACHINE, prefix=prefix)
            return run, run.out
        for left in ("out", "list.csv.journal", "out.journal", "report.html"):
            (desk.dir / left).unlink(missing_ok=True)
        run = desk.batch(1, "--output", "out", "--report", "report.html", prefix=prefix)
        out = desk.dir / "out"
        return run, out.read_text(encoding="utf-8") if out.exists() else ""

    def judge(self, run, said, name, n):
        limit = MACHINE if self.name == "check" else 1 + 3 + 1.4
        if name != "fcntl":  # libcurl goes on with a socket that blocks; no kernel refuses it O_NONBLOCK
            rig.must(run.took <= limit + SLACK, f"took {run.took:.1f} s: {run}")
        if run.status in (127, 1) and LOADER.search(run.err):
            return
        # in a new thread strace takes the number from the first call that it fails, and our own filter ends what has none
        if run.status == -signal.SIGSYS and n == 1:
            return
        if run.status < 0 and name in ("mmap", "mprotect") and n <= self.loading[name]:
            return
        rig.must(run.status in rig.DOCUMENTED, str(run))
        if run.status == 0:
            rig.must(said == self.good, f"another answer: {run} {said}")
            return
        rig.must(run.out or run.err, f"ended with {run.status} and said nothing")
        for line in filter(None, said.splitlines()):
            self.no_answer(run, line)

    def no_answer(self, run, line):
        """What a run that did not end well left: the good answer, or none."""
        if line + "\n" == self.good:
            return
        try:
            d = json.loads(line)
        except ValueError:
            # cut off where it could not be written: 41 says so, and a reader sees that it is no JSON
            rig.must(run.status in (41, 70), f"half an answer: {run}")
            return
        # whether there is a log could not be found out: the same verdict, and that it is not logged
        if run.status == 41 and d.get("check", {}).get("logged") is False:
            d["check"]["logged"] = None
            rig.must(d == json.loads(self.good), f"another answer: {run}")
            return
        rig.must(d.get("verdict") not in ("insured", "self_pay") and d.get("copay_percent") is None and
                 d.get("status") in (None, "error"), f"another answer: {run}")


def counted(log):
    """How often each system call is made, by the thread that makes it most."""
    counts = collections.defaultdict(collections.Counter)
    for line in log.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +([a-z_0-9]+)\(", line)
        if found:
            counts[found[1]][found[2]] += 1
    most = collections.Counter()
    for thread in counts.values():
        for name, n in thread.items():
            most[name] = max(most[name], n)
    return most


def sites(command, folder):
    log = command.place.work / "strace.log"
    strace = ("strace", "-f", "-qq", "-e", "signal=none", "-o", log)
    rig.Run([command.place.build / "shikaku", "--version"], prefix=strace)
    command.loading = counted(log)
    run, command.good = command.run(folder, strace)
    rig.must(run.status == 0, f"undisturbed, under strace: {run}")
    return counted(log)


def injections(most):
    return [(name, n, error) for name in sorted(most) if name not in NEVER
            for n in range(1, most[name] + 1) for error in FITTING.get(name, ERRORS)]


def play(command, name, n, error, seen):
    folder = f"strace-{threading.get_ident()}"
    with tempfile.NamedTemporaryFile(dir=command.place.work) as log:
        run, said = command.run(folder, (
            "strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", f"trace={name}", "-e",
            f"inject={name}:{'retval' if error.isdigit() else 'error'}={error}:when={n}", "-o", log.name))
        seen[b"(INJECTED)" in log.read()] += 1
    command.judge(run, said, name, n)


def campaign(place, rng, tell, workers):
    rig.must(shutil.which("strace"), "strace is not installed")
    seen = collections.Counter()
    with rig.service(place, "strace-mock") as port:
        commands = [Command(place, port, name) for name in ("check", "batch")]
        for command in commands:
            most = sites(command, f"strace-{command.name}")
            todo = injections(most)
            print(f"# {command.name}: {sum(most.values())} system calls of {len(most)} kinds, {len(todo)} failures")
            if rng is not None:
                todo = rng.sample(todo, 60)
            with concurrent.futures.ThreadPoolExecutor(min(workers, 4)) as pool:
                for name, n, error in todo:
                    pool.submit(tell, f"{command.name}: {name} {n} {error}",
                                lambda c=command, s=name, i=n, e=error: play(c, s, i, e, seen))
    print(f"# {seen[True]} failures came about, {seen[False]} calls were not made that time")

"""`shikaku batch` against everything that can end it: chaos.py BUILD WORK PKI SHIM [--sample] [NAME...], for tests/batch-chaos/run.

Every campaign runs the program against the mock over TLS, breaks it off, resumes it, and holds the end to what an
uninterrupted run gives: output and report byte for byte, exit status, nothing left over, everything 0600; and the mock's
counts to what may be asked: nothing that was recorded, at most --max-parallel questions twice a crash, no file under
another identifier, none again that has a reception.  TAP; the last line has the figures.  CHAOS_SEED: another seed.
"""
import concurrent.futures
import os
import pathlib
import random
import shutil
import sys
import time

import campaigns
import damage
import rivals
import signals
from rig import Broken, Env

ALL = {c.__name__: c for c in (*campaigns.ALL, *signals.ALL, *rivals.ALL, *damage.ALL)}
JOBS = 4	# they mostly wait


def run(name, places, sample, seed):
    """(good, what it says, seconds) of one campaign, in a folder of its own."""
    build, work, pki, shim = places
    env, began = Env(build, work / name, pki, shim), time.monotonic()
    try:
        good, said = True, ALL[name](env, sample, random.Random(f"{seed} {name}"))
        shutil.rmtree(work / name, ignore_errors=True)
    except Broken as e:
        good, said = False, f"{e}\nleft in {work / name}"
    finally:
        env.stop()
    return good, said, time.monotonic() - began


def main():
    places = [pathlib.Path(p).resolve() for p in sys.argv[1:5]]
    sample, names = "--sample" in sys.argv[5:], [a for a in sys.argv[5:] if a != "--sample"] or list(ALL)
    seed = os.environ.get("CHAOS_SEED", "check" if sample else str(os.getpid()))
    shutil.rmtree(places[1], ignore_errors=True)
    places[1].mkdir(mode=0o700, parents=True)
    print(f"# seed {seed}\n1..{len(names)}", flush=True)
    failed, figures = 0, []
    with concurrent.futures.ProcessPoolExecutor(JOBS) as jobs, concurrent.futures.ProcessPoolExecutor(1) as alone:
        running = [(jobs if sample or ALL[name] not in signals.ALL else alone).submit(run, name, places, sample, seed)
                   for name in names]
        for n, (name, job) in enumerate(zip(names, running), 1):
            good, said, seconds = job.result()
            failed += not good
            figures += [said] if good else []
            print(f"{'ok' if good else 'not ok'} {n} - batch, {' '.join(ALL[name].__doc__.split())}\n# {name}: "
                  + said.replace("\n", "\n# ") + f" ({seconds:.1f} s)", flush=True)
    print(f"# {'; '.join(figures)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

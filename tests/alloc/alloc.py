"""Memory runs out at one call, in every program: alloc.py BUILD SHIM [--sample N | --every] [SCENE...], for tests/alloc/run.

Each scene is run as often as it has calls for memory; in each run one fails, or all from that one on.  Whatever happens,
no process of ours ends by a signal, no sanitizer speaks, and nobody is told what is not so: the output is the undisturbed
run's with its status, or the status is that of an error, or the scene accepts it because a part that failed is a fact
there.  TAP; the last line has the figures.  ALLOC_SEED: another seed for a sample.
"""
import argparse
import collections
import concurrent.futures
import mmap
import os
import pathlib
import random
import shutil
import struct
import sys
import time

import scenes
from scenes import Broken, Place

STATE = 4096
NEAR, FAR = 64, 2048	# calls: where one is looked for that has another number in the next run


class Shim:
    """What the preloaded file is told, and what it counts."""

    def __init__(self, shim, program, folder):
        self.shim, self.program = shim, program
        self.file, self.paths = folder / "state", folder / "paths"
        self.file.write_bytes(bytes(STATE))
        self.handle = open(self.file, "r+b")
        self.state = mmap.mmap(self.handle.fileno(), STATE)

    def variables(self, call=0, on=False, own=False, path=0, near=0, paths=False):
        self.state[:] = bytes(STATE)
        v = {"LD_PRELOAD": str(self.shim), "ALLOC_PROGRAM": self.program, "ALLOC_STATE": str(self.file)}
        if call:
            v["ALLOC_FAIL"] = str(call)
        if path:
            v |= {"ALLOC_PATH": str(path), "ALLOC_NEAR": str(near)}
        for name, wanted in (("ALLOC_ON", on), ("ALLOC_OWN", own)):
            if wanted:
                v[name] = "1"
        if paths:
            self.paths.write_bytes(b"")
            v["ALLOC_PATHS"] = str(self.paths)
        return v

    def calls(self):
        return struct.unpack_from("l", self.state, 0)[0]

    def failed(self):
        return struct.unpack_from("l", self.state, 8)[0]

    def who(self):
        return self.state[16:256].split(b"\0")[0].decode()

    def first_of_each_path(self):
        """[(number in its thread, path)] of the calls that are the first to be reached in their way."""
        raw, seen, first = self.paths.read_bytes(), set(), []
        for path, n in struct.iter_unpack("Qq", raw):
            if path not in seen:
                seen.add(path)
                first.append((n, path))
        return first


def plan(scene, shim, options, rng):
    """[(own, on, call, path)]: which calls fail; path 0: by its number alone."""
    if options.sample is not None:
        own, every = (scene.count(shim.variables(own=o), shim) for o in (True, False))
        picked = [(True, False, rng.randint(1, own), 0) for _ in range(options.sample // 2)] if own else []
        return picked + [(False, rng.random() < 0.3, rng.randint(1, every), 0) for _ in range(options.sample - len(picked))]
    if options.every:
        every = range(1, scene.count(shim.variables(), shim) + 1)
        return [(False, on, n, 0) for n in every for on in (False, True)]
    calls = []
    for own in (True, False):
        scene.count(shim.variables(own=own, paths=True), shim)
        calls += [(own, on, n, path) for n, path in shim.first_of_each_path() for on in ((False,) if own else (False, True))]
    return calls if scene.most is None else rng.sample(calls, min(scene.most, len(calls)))


def run(name, build, shim_file, work, options, seed):
    """(scene's name, wrong ones, counts) of one scene, in a folder of its own."""
    began, rng = time.monotonic(), random.Random(f"{seed} {name}")
    place = Place(build, work / name, shim_file)
    scene = scenes.ALL[name](place)
    shim = Shim(shim_file, scene.program, place.folder)
    wrong, counts = [], collections.Counter()
    try:
        scene.begin()
        for own, on, call, path in plan(scene, shim, options, rng):
            try:
                for near in (NEAR, FAR) if path else (0,):
                    verdict = scene.attempt(shim.variables(call, on, own, path, near), shim)
                    if shim.failed():
                        break
            except Broken as e:
                verdict = "broken"
                wrong.append(f"call {call}{' and on' if on else ''}{' of its own' if own else ''}, {shim.who()}: {e}")
            counts["runs"] += 1
            counts["not reached"] += shim.failed() == 0
            counts["failed"] += shim.failed()
            counts[verdict] += 1
    except (Broken, ValueError) as e:
        wrong.append(f"undisturbed: {e}")
    finally:
        scene.end()
    if not wrong:
        shutil.rmtree(place.folder, ignore_errors=True)
    return name, wrong, counts, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("shim", type=pathlib.Path)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("scene", nargs="*", default=list(scenes.ALL))
    options = parser.parse_intermixed_args()
    seed = os.environ.get("ALLOC_SEED", time.strftime("%F"))
    build, shim, work = options.build.resolve(), options.shim.resolve(), options.build.resolve() / "tests" / "alloc"
    shutil.rmtree(work, ignore_errors=True)
    print(f"# seed {seed}\n1..{len(options.scene)}", flush=True)
    total, failed = collections.Counter(), 0
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as jobs:
        running = [jobs.submit(run, name, build, shim, work, options, seed) for name in options.scene]
        for n, job in enumerate(running, 1):
            name, wrong, counts, seconds = job.result()
            failed += bool(wrong)
            total += counts
            said = ", ".join(f"{k} {v}" for k, v in sorted(counts.items()))
            print(f"{'not ok' if wrong else 'ok'} {n} - allocations, {scenes.ALL[name].__doc__}")
            print("\n".join([*(f"# {line}" for w in wrong[:20] for line in w.splitlines()), f"# {name}: {said} ({seconds:.1f} s)"]),
                  flush=True)
    print(f"# {len(options.scene)} scenes, {total['runs']} runs, {total['failed']} allocations failed; "
          + ", ".join(f"{v} {k}" for k, v in sorted(total.items()) if k not in ("runs", "failed")))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

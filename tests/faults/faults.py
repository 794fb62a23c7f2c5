"""faults.py BUILD [--sample] [CAMPAIGN...]: runs them, TAP and a line of counts; see run."""
import os
import random
import sys
import threading
import time

import rig


class Tap:
    def __init__(self):
        self.good, self.bad = 0, 0
        self.lock = threading.Lock()

    def tell(self, name, play):
        try:
            play()
            why = None
        except Exception as e:  # whatever it is, the case has failed
            why = f"{type(e).__name__}: {e}"
        with self.lock:
            if why is None:
                self.good += 1
                print(f"ok - faults: {name}", flush=True)
            else:
                self.bad += 1
                print(f"not ok - faults: {name}\n# " + why.replace("\n", "\n# "), flush=True)


def main():
    build, *rest = sys.argv[1:]
    sample = "--sample" in rest
    names = [n for n in rest if n != "--sample"]
    seed = os.environ.get("FAULTS_SEED") or time.strftime("%F")
    place, tap = rig.Place(build), Tap()
    workers = int(os.environ.get("FAULTS_WORKERS", 8))
    for name in names:
        begun = time.monotonic()
        module = __import__(name)
        module.campaign(place, random.Random(seed) if sample else None, tap.tell, workers)
        print(f"# {name}: seed {seed}, {time.monotonic() - begun:.0f} s")
    place.clear()
    print(f"# {tap.good} as documented, {tap.bad} not")
    sys.exit(tap.bad > 0 or tap.good == 0)


main()

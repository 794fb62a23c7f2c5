#!/usr/bin/env python3
"""Regions of each file that were never reached, from llvm-cov's export: coverage.py EXPORT PERCENT"""
import json
import sys


def missed(segments):
    """Lines on which a region begins that has a count of 0."""
    return sorted({s[0] for s in segments if s[3] and s[4] and s[2] == 0})


def main():
    data = json.load(open(sys.argv[1], encoding="utf-8"))["data"][0]
    wanted = float(sys.argv[2])
    covered = count = 0
    for f in data["files"]:
        r = f["summary"]["regions"]
        covered += r["covered"]
        count += r["count"]
        lines = ", ".join(str(n) for n in missed(f["segments"]))
        name = f["filename"][f["filename"].index("src/"):]
        print(f"{name}: {r['covered']} of {r['count']} regions{'; not: ' + lines if lines else ''}")
    percent = 100 * covered / count
    print(f"{percent:.2f} % of regions ({covered} of {count}) in {len(data['files'])} files")
    return percent < wanted


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Reads llvm-cov's export and the list of exclusions; prints the table of tests/mcdc.

    mcdc.py EXPORT.json EXCLUDE

A line of EXCLUDE: file, a colon, the line of source as it stands without its indentation, a tab, the reason.
"""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def exclusions(path):
    out = {}
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            place, reason = line.rstrip("\n").split("\t")
            name, text = place.split(":", 1)
            out[name, text.strip()] = reason.strip()
    return out


def decisions(entry):
    """(line, what is missing) of every decision; what is missing is "" for one that is covered."""
    within = []
    for record in entry.get("mcdc_records", ()):
        missing = ["condition %d" % (i + 1) for i, covered in enumerate(record[-1]) if not covered]
        within.append(tuple(record[:4]))
        yield record[0], ", ".join(missing) + (" never decides alone" if missing else "")
    for b in entry.get("branches", ()):
        start, end = tuple(b[:2]), tuple(b[2:4])
        if any(w[:2] <= start and end <= w[2:] for w in within):
            continue                        # a condition of a decision of several
        missing = [word for word, count in (("true", b[4]), ("false", b[5])) if count == 0]
        yield b[0], "never " + " nor ".join(missing) if missing else ""


def main():
    export, excluded = json.load(open(sys.argv[1], encoding="utf-8")), exclusions(sys.argv[2])
    used, bad, sums = set(), [], [0, 0, 0]
    print("%-30s %9s %8s %8s %8s" % ("file", "decisions", "covered", "excluded", "missing"))
    for entry in sorted(export["data"][0]["files"], key=lambda e: e["filename"]):
        name = os.path.relpath(entry["filename"], ROOT)
        source = open(os.path.join(ROOT, name), encoding="utf-8").read().split("\n")
        covered = left_out = missing = 0
        for line, what in decisions(entry):
            key = (name, source[line - 1].strip())
            if not what:
                covered += 1
            elif key in excluded:
                used.add(key)
                left_out += 1
            else:
                missing += 1
                bad.append("%s:%d: %s: %s" % (name, line, what, key[1]))
        print("%-30s %9d %8d %8d %8d" % (name, covered + left_out + missing, covered, left_out, missing))
        sums = [a + b for a, b in zip(sums, (covered, left_out, missing))]
    all_ = sum(sums)
    print("%-30s %9d %8d %8d %8d" % ("all", all_, *sums))
    for line in bad:
        print(line)
    for key in sorted(set(excluded) - used):
        print("excluded, but covered or gone: %s: %s" % key)
    print("MC/DC %.2f %%" % (100 * (sums[0] + sums[1]) / all_ if all_ else 0))
    return 1 if bad or set(excluded) - used or not all_ else 0


if __name__ == "__main__":
    sys.exit(main())

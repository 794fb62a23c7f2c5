#!/usr/bin/env python3
"""Runs tests/decide/*.ndjson through `shikaku decide`; TAP on stdout.

A case: {"case": name, "facts": {...}, "expect": {...}, "options": [...]}.
Every member of "expect" must be in the answer.  A list of objects says which
must be there, in order; for "need", and where it is empty, it is the whole
list.  The answers are kept in the folder named by SHIKAKU_OUTPUTS, to be
validated against the schema.
"""
import json
import os
import subprocess
import sys


def matches(want, got, whole=False):
    if isinstance(want, dict):
        return isinstance(got, dict) and all(
            k in got and matches(v, got[k], k in ("need", "values")) for k, v in want.items())
    if isinstance(want, list) and isinstance(got, list):
        if whole or not want:
            return len(want) == len(got) and all(map(matches, want, got))
        rest = iter(got)
        return all(any(matches(w, g) for g in rest) for w in want)
    return want == got


def as_expected(want, got):
    said = {s["code"] for s in got.get("warnings", []) + got.get("follow_up", [])}
    return (said.isdisjoint(want.get("unsaid", [])) and
            matches({k: v for k, v in want.items() if k != "unsaid"}, got))


def main():
    program, files = sys.argv[1], sys.argv[2:]
    cases = [json.loads(line) for f in files for line in open(f, encoding="utf-8")]
    groups = {}
    for case in cases:
        groups.setdefault(tuple(case.get("options", [])), []).append(case)
    number = failed = 0
    folder = os.environ.get("SHIKAKU_OUTPUTS")
    outputs = open(os.path.join(folder, "decide.ndjson") if folder else os.devnull, "a", encoding="utf-8")
    for options, group in groups.items():
        facts = "".join(json.dumps(c["facts"], ensure_ascii=False) + "\n" for c in group)
        run = subprocess.run([program, "decide", *options], input=facts, encoding="utf-8",
                             capture_output=True)
        answers = run.stdout.splitlines()
        if len(answers) != len(group):
            print(f"not ok - decide: {len(answers)} answers for {len(group)} lines")
            failed += 1
        for case, answer in zip(group, answers):
            outputs.write(answer + "\n")
            number += 1
            good = as_expected(case["expect"], json.loads(answer))
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {case['case']}")
            if not good:
                brief = {k: v for k, v in json.loads(answer).items() if k not in ("trace", "rules")}
                print("# want", json.dumps(case["expect"], ensure_ascii=False))
                print("# got ", json.dumps(brief, ensure_ascii=False))
        malformed = any("error" in c["expect"] for c in group)
        if run.returncode != (65 if malformed else 0):
            print(f"not ok - decide: exit status {run.returncode}")
            failed += 1
    return failed > 0


sys.exit(main())

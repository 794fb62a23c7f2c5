#!/usr/bin/env python3
"""Holds docs/policy-coverage.md to the rule file and to the tests; TAP on stdout.

A row is carried (by names that exist) and has a test whose name begins with its
id, or it says "not, because"; every rule of the file stands on the page.
"""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The rows of the policy base, as it numbers them.
ROWS = {
    "LAW": range(1, 6), "FLOW": range(1, 9), "SIT": range(1, 29), "CERT": range(1, 10),
    "PHN": range(1, 4), "PIN": [1], "DOC": range(1, 11), "TMP": range(1, 6), "DEC": range(1, 14),
    "AGE": range(1, 4), "RAT": [*range(1, 8), *range(20, 29), *range(30, 34), 40],
    "INC": range(1, 8), "RND": range(1, 5), "OUT": range(1, 4), "REF": range(1, 5),
    "CLM": range(0, 16), "LIM": range(1, 7), "API": [1, "1b", *range(2, 12)], "X": range(1, 16),
    "NUM": range(1, 9), "OPEN": range(1, 13),
}
DATED = 12      # rows of the table of dates
NAMED = re.compile(r"\b(rule|fact|text|parameter|question|command) ((?:`[^`]+`(?: \([^)]*\))?(?:, )?)+)")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def rows_wanted():
    for family, numbers in ROWS.items():
        for n in numbers:
            yield f"{family}-{n:02}" if family == "SIT" else f"{family}-{n}"


def table_rows(text):
    """First and second cell of every line of a table."""
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and not set(cells[0]) <= set("-"):
            yield cells[0], cells[1]


def names(cell):
    for kind, listed in NAMED.findall(cell):
        for name in re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", listed)):
            yield kind, name


def known(rules, program):
    """Every name that may stand on the page, by its kind."""
    ids = {r["id"] for t in ("ladder", "ratio") for s in rules[t] for r in s["rules"]}
    ids |= {r["id"] for r in rules["advice"]}
    derived = read("src/engine/derived.h")
    called = dict(re.findall(r'^\tF\((\w+), "(\w+)"', derived, re.M))
    facts = set(called.values()) | {f"{called[f]}={v}" for f, v in re.findall(
        r'^\tV\((\w+), \w+, "(\w+)"', derived, re.M)}
    questions = re.findall(r'^\tQ\(\w+, "([\w.]+)"', derived, re.M)
    commands = set(re.findall(r"^  ([a-z]+) ", subprocess.run(
        [program, "help"], capture_output=True, encoding="utf-8", check=True).stdout, re.M))
    return ids, {"rule": ids, "fact": facts, "text": set(rules["texts"]),
                 "parameter": set(rules["parameters"]), "question": set(questions), "command": commands}


def test_names():
    for path in glob.glob(os.path.join(ROOT, "tests/decide/*.ndjson")):
        for line in open(path, encoding="utf-8"):
            yield json.loads(line)["case"]
    for path in glob.glob(os.path.join(ROOT, "tests/cli/*.bats")):
        yield from re.findall(r'^@test "(.*)" \{', open(path, encoding="utf-8").read(), re.M)
    for path in glob.glob(os.path.join(ROOT, "tests/unit/*.c")):
        yield from re.findall(r'"([A-Z]+-\w+[ :][^"\n]*)"', open(path, encoding="utf-8").read())


def tap(number, wrong, name):
    print(f"{'not ok' if wrong else 'ok'} {number} - policy coverage: {name}")
    for line in wrong:
        print("#", line)
    return bool(wrong)


def main():
    rows = list(table_rows(read("docs/policy-coverage.md")))
    ids, allowed = known(json.loads(read("src/rules/rules.json")), sys.argv[1])
    carried = dict(rows)
    tested = {re.split(r"[ :]", name, maxsplit=1)[0] for name in test_names()}
    wanted = list(rows_wanted())
    used = {name for _, cell in rows for kind, name in names(cell) if kind == "rule"}
    because = {row for row, cell in rows if cell.startswith("not, because ")}
    failed = tap(1, [r for r in wanted if r not in carried], f"{len(wanted)} rows of the policy stand on the page")
    failed += tap(2, [f"{r}: {c}" for r, c in rows if r in wanted and r not in because and
                      not list(names(c))], "each is carried, or says why not")
    failed += tap(3, [r for r in wanted if r in carried and r not in because | tested],
                  f"{len(wanted) - len(because & set(wanted))} carried rows have a test of their name")
    failed += tap(4, [f"{row}: {kind} {name}" for row, cell in rows for kind, name in names(cell)
                      if name not in allowed[kind]], "every name exists")
    failed += tap(5, sorted(ids - used), f"{len(ids)} rules of the file stand on the page")
    dated = read("docs/policy-coverage.md").split("## Dates")[1].split("\n## ")[0]
    failed += tap(6, [] if len(list(table_rows(dated))) - 1 == DATED else ["rows are missing"],
                  f"{DATED} dates")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What `shikaku --json` said, as key=value words; "-" is null or nothing. One line for each of its lines.

    outcome.py NAMES <OUTPUT

Fails when a line is not JSON, or when a string of the file NAMES (one a line:
what a person is called and where they live) stands in an error's text or reason.
"""
import json
import sys


def pick(value, *path):
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value is None else str(value).replace(" ", "_")


def codes(items, key="code"):
    return ",".join(item[key] for item in items) or "-"


def words(d):
    if set(d) - {"id"} == {"error"}:
        return {"verdict": "error", "error": pick(d, "error", "code"), "exit": pick(d, "error", "exit"),
                "tries": pick(d, "error", "tries_left"), "retryable": pick(d, "error", "retryable")}
    return {
        "verdict": d["verdict"], "path": pick(d, "path"), "percent": pick(d, "copay_percent"),
        "basis": pick(d, "copay_basis"), "provisional": pick(d, "provisional"), "claim": pick(d, "claim", "basis"),
        "insurer": pick(d, "claim", "insurer_number"), "need": codes(d["need"], "fact"),
        "warnings": codes(d["warnings"]), "follow_up": codes(d["follow_up"]),
        "date": pick(d, "check", "visit_date"), "medium": pick(d, "check", "card", "medium"),
        "read": pick(d, "check", "card", "read"), "identity": pick(d, "check", "card", "identity"),
        "registered": pick(d, "check", "card", "registered"),
        "tries": pick(d, "check", "card", "tries_left"), "outcome": pick(d, "check", "online", "outcome"),
        "limit": pick(d, "check", "limit_category"), "override": pick(d, "check", "override", "copay_percent"),
        "validity": pick(d, "check", "online", "QualificationValidity"), "error": pick(d, "check", "error", "code"),
        "error_exit": pick(d, "check", "error", "exit"), "error_tries": pick(d, "check", "error", "tries_left"),
    }


def main():
    names = open(sys.argv[1], encoding="utf-8").read().split("\n")
    for d in map(json.loads, sys.stdin):
        errors = json.dumps([d.get("error"), d.get("check", {}).get("error")], ensure_ascii=False)
        if any(name in errors for name in names if name):
            sys.exit("an error text names the patient")
        print(" ".join(f"{key}={value}" for key, value in words(d).items()))


main()

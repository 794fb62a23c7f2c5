#!/usr/bin/env python3
"""A verdict's screen says what its JSON warns of, and what the desk does about it.

    notes.py CODE SPOKEN|UNSPOKEN|STEP HELP 3<JSON 4<SCREEN

CODE is among the warnings and follow-ups; its words stand on the screen, unless only its STEP is wanted, or
it is UNSPOKEN. The step of every warning does, as HELP (the JSON of `help warnings`) has it, and every follow-up, but for those whose words
stand elsewhere on it: these bring a line of their own, which is wanted instead.
"""
import json
import os
import re
import sys

# what the screen says of them instead, in either language
TOLD = {"no_limit_category": r"^(限度|Limit) ", "refund_claim": r"REF-1", "recompute_this_month": r"REF-3",
        "refund_special": r"REF-1,\s+REF-4", "copy_card_face": r"^(障害|Outage) .*(氏名|birth date)"}


def solid(text):
    return re.sub(r"\s", "", text)


def main():
    code, spoken, path = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        steps = {note["code"]: note["next"] for note in json.load(f)["notes"]}
    verdict = json.load(os.fdopen(3, encoding="utf-8"))
    screen = os.fdopen(4, encoding="utf-8").read()
    notes = verdict["warnings"] + verdict["follow_up"]
    wanted = [(n["code"], text) for n in notes
              for text in (steps[n["code"]] or [n["text"]]) + ([n["text"]] if n["code"] == code and spoken != "STEP" else [])]
    if code not in [n["code"] for n in notes]:
        sys.exit(f"{code}: not among {[n['code'] for n in notes]}")
    if spoken != "STEP" and (spoken == "UNSPOKEN") != (code in TOLD):
        sys.exit(f"{code}: is it told in other words?")
    for name, text in wanted:
        if name in TOLD and re.search(TOLD[name], screen, re.M):
            continue
        if solid(text) not in solid(screen):
            sys.exit(f"{code}: {name}: not on the screen: {text}\n{screen}")


main()

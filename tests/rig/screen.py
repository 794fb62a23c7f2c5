#!/usr/bin/env python3
"""Standard input fits a screen: 24 lines of 80 columns, the ratio first, the patient second.

Prints it with every date from 2000 on as 20YY-MM-DD, for golden files.
"""
import re
import sys
import unicodedata

LINES, COLUMNS = 24, 80


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def main():
    text = sys.stdin.read()
    lines = text.split("\n")
    if lines.pop() != "":
        sys.exit("the last line does not end")
    if len(lines) > LINES:
        sys.exit(f"{len(lines)} lines")
    for number, line in enumerate(lines, 1):
        if width(line) > COLUMNS:
            sys.exit(f"line {number}: {width(line)} columns")
        if any(ord(c) < 32 or ord(c) == 127 for c in line):
            sys.exit(f"line {number}: control characters")
    if not re.match(r"【(\d+割|負担割合 未定)】|\[(\d+%|ratio open)\] ", lines[0]):
        sys.exit(f"no ratio in {lines[0]}")
    if not re.match(r"患者  |Patient ", lines[1]):
        sys.exit(f"no patient in {lines[1]}")
    sys.stdout.write(re.sub(r"20\d\d-\d\d-\d\d", "20YY-MM-DD", text))


main()

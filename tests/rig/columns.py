#!/usr/bin/env python3
"""Lines for a terminal of 80 columns: columns.py <TEXT. No longer ones, no control characters,
and none whose width depends on the terminal (East Asian ambiguous). Prints those that are."""
import sys
import unicodedata

bad = 0
for number, line in enumerate(sys.stdin.buffer.read().decode("utf-8").split("\n"), 1):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    odd = [c for c in line if unicodedata.east_asian_width(c) == "A" or unicodedata.category(c)[0] == "C"]
    if width > 80 or odd:
        bad += 1
        print("line %d, %d columns, %s: %s" % (number, width, odd, line.encode("unicode_escape").decode()))
sys.exit(1 if bad or number < 2 else 0)

#!/usr/bin/env python3
"""Compare the program with the oracle.

    compare.py PROGRAM SEED COUNT [--jobs N] [--examples K]

Every kind of difference is printed once, with one smallest example and a count; the last line is
`N cases, M differences`, exit status 1 if M > 0.
"""
import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate                                                     # noqa: E402
import oracle                                                       # noqa: E402

ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
FIELDS = ("verdict", "path", "copay_percent", "copay_basis", "provisional", "claim", "need")
ERROR = ("error",) + (None,) * 6


# The usual answer, read quickly: what stands before "warnings".  Any other form is read as JSON.
QUICK = re.compile(r'\{(?:"id":(?:null|"[^"\\]*"),)?"verdict":"(\w+)","path":(null|"\w+"),"copay_percent":(null|\d+),'
                   r'"copay_basis":(null|"\w+"),"provisional":(true|false),"claim":\{"basis":"(\w+)"[^{}]*\},'
                   r'"need":\[([^\]]|\][^,]|\],(?!"warnings"))*\],"warnings":')
FACT = re.compile(r'"fact":"([^"]*)"')
WORD = {"null": None, "true": True, "false": False, "10": 10, "20": 20, "30": 30, "100": 100}


def quick(line):
    m = QUICK.match(line)
    if not m:
        return None
    verdict, path, percent, basis, provisional, claim, need = m.groups()
    if percent not in WORD:
        return None
    return (verdict, None if path == "null" else path[1:-1], WORD[percent], None if basis == "null" else basis[1:-1],
            WORD[provisional], claim, FACT.findall(line, m.end(6), m.end()) if need else [])


def run(program, cases):
    """The program's answers as tuples of FIELDS."""
    blob = ("\n".join(map(ENCODE, cases)) + "\n").encode()
    p = subprocess.run([program, "decide", "--no-trace"], input=blob, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = p.stdout.decode().split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) != len(cases):
        raise RuntimeError("%d answers to %d cases, status %d: %s" % (len(lines), len(cases), p.returncode,
                                                                      p.stderr.decode()[:400]))
    out = []
    for line in lines:
        got = quick(line)
        if got:
            out.append(got)
            continue
        a = json.loads(line)
        if "error" in a:
            out.append(ERROR)
            continue
        claim = a.get("claim")
        out.append((a.get("verdict"), a.get("path"), a.get("copay_percent"), a.get("copay_basis"), a.get("provisional"),
                    claim.get("basis") if claim else None, [n.get("fact") for n in a.get("need") or ()]))
    return out


def expected(facts):
    o = oracle.decide(facts)
    if "error" in o:
        return ERROR
    return (o["verdict"], o["path"], o["copay_percent"], o["copay_basis"], o["provisional"], o["claim_basis"], o["need"])


def show(t):
    if t is ERROR or t[0] == "error":
        return "error"
    if t[0] == "need":
        return "need " + ",".join(t[6])
    s = t[0]
    if t[1]:
        s += " %s %s (%s)%s claim %s" % (t[1], t[2], t[3], " provisional" if t[4] else "", t[5])
    if t[6]:
        s += " need " + ",".join(t[6])
    return s


def kind_of(want, got):
    """Names the difference without too much detail: the ratio's figure counts only when it is all that differs."""
    def brief(t, other):
        if t[0] in ("error", "need", "refer"):
            return show(t)
        hide = t[1] != other[1] or t[3] != other[3]
        return "%s %s %s(%s)%s claim %s" % (t[0], t[1], "" if hide else "%s " % t[2], t[3], " provisional" if t[4] else "", t[5])
    return "oracle: %s | program: %s" % (brief(want, got), brief(got, want))


def work(args):
    program, seed, i, count = args
    cases = generate.chunk(seed, i, count)
    got = run(program, cases)
    kinds = {}
    for facts, g in zip(cases, got):
        w = expected(facts)
        if w != g:
            k = kind_of(w, g)
            n, best = kinds.get(k, (0, None))
            if best is None or len(ENCODE(facts)) < len(ENCODE(best)):
                best = facts
            kinds[k] = (n + 1, best)
    return count, kinds


def smaller(facts):
    """All facts objects with one key (or one list element) less."""
    for k in list(facts):
        yield {a: b for a, b in facts.items() if a != k}
        v = facts[k]
        if isinstance(v, dict):
            for w in smaller(v):
                yield {**facts, k: w}
        elif isinstance(v, list):
            for j, e in enumerate(v):
                yield {**facts, k: v[:j] + v[j + 1:]}
                if isinstance(e, dict):
                    for w in smaller(e):
                        yield {**facts, k: v[:j] + [w] + v[j + 1:]}


def reduce(program, facts, kind):
    """Greedily removes keys while the difference stays of its kind."""
    while True:
        candidates = list(smaller(facts))
        if not candidates:
            return facts
        for c, g in zip(candidates, run(program, candidates)):
            w = expected(c)
            if w != g and kind_of(w, g) == kind:
                facts = c
                break
        else:
            return facts


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("program")
    ap.add_argument("seed")
    ap.add_argument("count", type=int)
    ap.add_argument("--jobs", type=int, default=1)
    ap.add_argument("--examples", type=int, default=200, help="reduce the example of at most so many kinds")
    a = ap.parse_args()
    chunks, left, i = [], a.count, 0
    while left > 0:
        chunks.append((a.program, a.seed, i, min(left, generate.CHUNK)))
        left -= generate.CHUNK
        i += 1
    total, kinds = 0, {}

    def take(result):
        nonlocal total
        total += result[0]
        for k, (n, best) in result[1].items():
            m, old = kinds.get(k, (0, None))
            kinds[k] = (m + n, best if old is None or len(ENCODE(best)) < len(ENCODE(old)) else old)

    if a.jobs > 1:
        with multiprocessing.Pool(a.jobs) as pool:
            for result in pool.imap_unordered(work, chunks):
                take(result)
    else:
        for c in chunks:
            take(work(c))
    differences = 0
    for shown, (k, (n, facts)) in enumerate(sorted(kinds.items(), key=lambda e: (-e[1][0], e[0]))):
        differences += n
        if shown < a.examples:
            facts = reduce(a.program, facts, k)
        print("%7d  %s\n         %s" % (n, k, ENCODE(facts)))
        print("         oracle  %s\n         program %s" % (show(expected(facts)), show(run(a.program, [facts])[0])))
    print("%d cases, %d differences" % (total, differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compare the program with the oracle.

    compare.py PROGRAM SEED COUNT [--order] [--jobs N] [--examples K] [--tap]

Verdict, path, ratio, basis, provisional, claim and questions must be the oracle's, and of the warnings those that
decision.md names; the last tenth of every chunk is decided with --assume-none.

With --order (order.py) the program is compared with itself: a verdict from a part of the facts must be that of all.

Every kind of difference is printed once, with one smallest example and a count; the last line is
`N cases, M differences`, exit status 1 if M > 0.  --tap: as one test of a TAP stream.
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
import order                                                        # noqa: E402
import oracle                                                       # noqa: E402

ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
FIELDS = ("verdict", "path", "copay_percent", "copay_basis", "provisional", "claim", "need", "words")
ERROR = ("error",) + (None,) * 7


# The usual answer, read quickly: what stands before "warnings".  Any other form is read as JSON.
QUICK = re.compile(r'\{(?:"id":(?:null|"[^"\\]*"),)?"verdict":"(\w+)","path":(null|"\w+"),"copay_percent":(null|\d+),'
                   r'"copay_basis":(null|"\w+"),"provisional":(true|false),"claim":\{"basis":"(\w+)"[^{}]*\},'
                   r'"need":\[([^\]]|\][^,]|\],(?!"warnings"))*\],"warnings":')
FACT = re.compile(r'"fact":"([^"]*)"')
CODE = re.compile(r'"code":"(%s)"' % "|".join(oracle.NAMED))
WORD = {"null": None, "true": True, "false": False, "10": 10, "20": 20, "30": 30, "100": 100}


def quick(line):
    m = QUICK.match(line)
    if not m:
        return None
    verdict, path, percent, basis, provisional, claim, need = m.groups()
    if percent not in WORD:
        return None
    return (verdict, None if path == "null" else path[1:-1], WORD[percent], None if basis == "null" else basis[1:-1],
            WORD[provisional], claim, FACT.findall(line, m.end(6), m.end()) if need else [],
            frozenset(CODE.findall(line, m.end())))


def run(program, cases, *options):
    """The program's answers as tuples of FIELDS."""
    if not cases:
        return []
    blob = ("\n".join(map(ENCODE, cases)) + "\n").encode()
    p = subprocess.run([program, "decide", "--no-trace", *RULES, *options], input=blob, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
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
                    claim.get("basis") if claim else None, [n.get("fact") for n in a.get("need") or ()],
                    frozenset(CODE.findall(line))))
    return out


def expected(facts, got, assume_none):
    """What the oracle says; of the words that may be said but need not, those that the program says."""
    o = oracle.decide(facts, assume_none)
    if "error" in o:
        return ERROR
    said = frozenset(o["must"]) | (got[7] & frozenset(o["may"]) if got[7] else frozenset())
    return (o["verdict"], o["path"], o["copay_percent"], o["copay_basis"], o["provisional"], o["claim_basis"], o["need"], said)


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
    return s + said(t)


def said(t):
    return " says " + ",".join(sorted(t[7])) if t[7] else ""


def kind_of(want, got):
    """Names the difference without too much detail: the ratio's figure counts only when it is all that differs."""
    def brief(t, other):
        words = said(t) if t[7] != other[7] else ""
        if t[0] in ("error", "need", "refer"):
            return show(t[:7] + (None,)) + words
        hide = t[1] != other[1] or t[3] != other[3]
        return "%s %s %s(%s)%s claim %s" % (t[0], t[1], "" if hide else "%s " % t[2], t[3], " provisional" if t[4] else "", t[5]) + words
    return "oracle: %s | program: %s" % (brief(want, got), brief(got, want))


RULES = []                                  # the workers are forked and so have it too
ASSUME = ("--assume-none",)


def work(args):
    program, seed, i, count = args
    cases = generate.chunk(seed, i, count)
    asked = len(cases) - len(cases) // 10
    got = run(program, cases[:asked]) + run(program, cases[asked:], *ASSUME)
    kinds = {}
    for n, (facts, g) in enumerate(zip(cases, got)):
        w = expected(facts, g, n >= asked)
        if w != g:
            k = (n >= asked, kind_of(w, g))
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
    assume_none, name = kind
    while True:
        candidates = list(smaller(facts))
        for c, g in zip(candidates, run(program, candidates, *ASSUME[:assume_none])):
            w = expected(c, g, assume_none)
            if w != g and kind_of(w, g) == name:
                facts = c
                break
        else:
            return facts


def explain(program, kind, count, facts, shrink):
    """The lines that tell of one kind of difference."""
    if shrink:
        facts = reduce(program, facts, kind)
    got = run(program, [facts], *ASSUME[:kind[0]])[0]
    return ["%7d  %s%s" % (count, "--assume-none " if kind[0] else "", kind[1]), "         " + ENCODE(facts),
            "         oracle  " + show(expected(facts, got, kind[0])), "         program " + show(got)]


def chunks(a):
    size = order.CHUNK if a.order else generate.CHUNK
    return [(a.program, a.seed, i, min(size, a.count - i * size)) for i in range((a.count + size - 1) // size)]


def campaign(a):
    """Runs all chunks: cases, {kind: (count, smallest example)}."""
    total, kinds = 0, {}
    job = order_work if a.order else work
    with multiprocessing.Pool(a.jobs) as pool:
        for count, found in pool.imap_unordered(job, chunks(a)):
            total += count
            for k, (n, best) in found.items():
                m, old = kinds.get(k, (0, None))
                kinds[k] = (m + n, best if old is None or len(ENCODE(best)) < len(ENCODE(old)) else old)
    return total, kinds


def order_work(args):
    return order.work(args, run)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("program")
    ap.add_argument("seed")
    ap.add_argument("count", type=int)
    ap.add_argument("--order", action="store_true")
    ap.add_argument("--jobs", type=int, default=1)
    ap.add_argument("--examples", type=int, default=200, help="reduce the example of at most so many kinds")
    ap.add_argument("--tap", action="store_true")
    ap.add_argument("--rules", help="a rule file for the program")
    a = ap.parse_args()
    if a.rules:
        RULES.extend(("--rules", a.rules))
    total, kinds = campaign(a)
    differences, lines = 0, []
    for shown, (k, (n, facts)) in enumerate(sorted(kinds.items(), key=lambda e: (-e[1][0], e[0]))):
        differences += n
        if a.order:
            lines += ["%7d  %s" % (n, k), "         " + ENCODE(facts)]
        else:
            lines += explain(a.program, k, n, facts, shown < a.examples)
    summary = "%d %s, %d differences" % (total, "orders of answers" if a.order else "cases", differences)
    if a.tap:
        lines = ["# " + line for line in lines]
        summary = "%sok - %s: %s" % ("not " if differences else "", "order" if a.order else "oracle", summary)
    print("\n".join(lines + [summary]))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Mutation of the engine's C: every small fault that one slip makes, and whether the tests see it.

    mutate.py [--jobs N] [--cases N] [--every K] [--out FILE] [FILE.c ...]
    mutate.py --write-cases FILE [--cases N]

Not mutated: strings, preprocessor lines, declared sizes of arrays.

Each mutant is one changed token or dropped statement of a source file.  One whose object code is that of the original is
equivalent.  The others run the unit tests, the cases of tests/decide and cases answered by the oracle until one of these
fails: killed.  What survives must stand in docs/mutation.md with the reason; exit status 1 if one does not, or if less
than 98 % are killed.

Needs the objects of `make tests VARIANT=mutate CFLAGS=-O1`, which it makes.
"""
import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build", "mutate")
sys.path.insert(0, os.path.join(ROOT, "tests", "oracle"))
import generate                                                     # noqa: E402
import oracle                                                       # noqa: E402

CC = ["gcc", "-std=c11", "-D_GNU_SOURCE", "-Iinclude", "-Isrc", "-O1", "-w", "-c"]
TRAP = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]   # a mutant that leaves an array is caught doing so
LIBS = ["-ljson-c", "-lsodium", "-lutf8proc", "-lcrypto", "-lcurl", "-linih", "-lcmocka"]
PASS_MARK = 0.98
SECONDS = 20                                # a mutant that runs longer is caught: it does not end
# The unit tests that are about a file go first, by the beginning of its name.
UNITS = {"date": ("test_calendar", "test_date"), "number": ("test_number", "test_number_edges", "test_number_slip"),
         "derive": ("test_derive",), "facts": ("test_engine",), "age": ("test_engine",), "answers": ("test_engine",),
         "match": ("test_decide", "test_ruleset"), "decide": ("test_ruleset", "test_decide")}
ALL_UNITS = ("test_derive", "test_decide", "test_ruleset", "test_engine", "test_calendar", "test_rules", "test_date",
             "test_number", "test_number_edges", "test_number_slip", "test_number_warn")
DEFAULT = ["src/base/date.c"] + sorted("src/engine/" + n for n in os.listdir(os.path.join(ROOT, "src/engine"))
                                       if n.endswith(".c"))

# ------------------------------------------------------------------------------------------------------------- tokens

TOKEN = re.compile(r"""
    (?P<skip>/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\s+)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
  | (?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.(){}\[\]])
""", re.X | re.S | re.M)

SWAPS = {"==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
         "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&": ["|"], "|": ["&"],
         "^": ["|"], "<<": [">>"], ">>": ["<<"], "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="], "|=": ["&="],
         "&=": ["|="], "++": ["--"], "--": ["++"], "!": [""], "~": [""]}
WORDS = {"true": ["false"], "false": ["true"], "continue": ["break"]}
TYPES = {"const", "static", "struct", "enum", "int", "bool", "char", "unsigned", "size_t", "uint64_t", "uint8_t",
         "valueset", "long", "extern", "void", "union", "ssize_t", "uint16_t", "uint32_t"}


class Token:
    __slots__ = ("kind", "text", "start", "end")

    def __init__(self, kind, text, start, end):
        self.kind, self.text, self.start, self.end = kind, text, start, end


def tokens(source):
    return [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(source) if m.lastgroup != "skip"]


def siblings():
    """Each enumerator's neighbour in its enum: the slip of a wrong name."""
    out = {}

    def ring(names):
        for i, name in enumerate(names):
            if len(names) > 1:
                out[name] = names[(i + 1) % len(names)]

    for name in sorted(os.listdir(os.path.join(ROOT, "src/engine"))):
        if not name.endswith((".h", ".c")):
            continue
        text = re.sub(r"/\*.*?\*/", "", open(os.path.join(ROOT, "src/engine", name), encoding="utf-8").read(), flags=re.S)
        for body in re.findall(r"enum\s*\w*\s*\{([^}]*)\}", text):
            members = re.findall(r"\b([A-Z]\w+)\b", re.sub(r"=[^,}]*", "", body))
            ring([m for m in members if not m.endswith("_MAX")])
        values = {}
        for fact, value in re.findall(r"\bV\((\w+), (\w+), \"", text):
            values.setdefault(fact, []).append("V_%s_%s" % (fact, value))
        for names in values.values():
            ring(names)
        ring(["Q_" + q for q in re.findall(r"\bQ\((\w+), \"", text)])
    return out


# ------------------------------------------------------------------------------------------------------------ mutants

def closing(toks, i):
    """Index of the bracket that closes the one at i."""
    depth = 0
    for j in range(i, len(toks)):
        if toks[j].text in "([{":
            depth += 1
        elif toks[j].text in ")]}":
            depth -= 1
            if depth == 0:
                return j
    return len(toks) - 1


def is_binary(toks, i):
    return i > 0 and (toks[i - 1].kind in ("word", "number") and toks[i - 1].text not in ("return", "case") or
                      toks[i - 1].text in (")", "]"))


def array_sizes(toks):
    """Indexes of what stands between the brackets of a declared array; a larger one is the same to everybody, a smaller
    one is what AddressSanitizer looks for."""
    out = set()
    for i, t in enumerate(toks):
        if t.text == "[" and i >= 2 and toks[i - 1].kind == "word" and \
                (toks[i - 2].text in TYPES or toks[i - 2].text == "*" and toks[i - 3].text in TYPES):
            out.update(range(i, closing(toks, i) + 1))
    return out


def token_mutants(toks, near):
    sizes = array_sizes(toks)
    for i, t in enumerate(toks):
        if i in sizes:
            continue
        if t.kind == "op":
            if t.text in ("*", "&", "-", "+") and not is_binary(toks, i):
                continue
            for new in SWAPS.get(t.text, ()):
                yield t.start, t.end, new
        elif t.kind == "number":
            n = int(re.sub("[uUlL]", "", t.text), 0)
            yield t.start, t.end, str(n + 1)
            if n > 0:
                yield t.start, t.end, str(n - 1)
        elif t.text in WORDS:
            for new in WORDS[t.text]:
                yield t.start, t.end, new
        elif t.text in near:
            yield t.start, t.end, near[t.text]
        elif t.text in ("if", "while") and toks[i + 1].text == "(":
            j = closing(toks, i + 1)
            a, b = toks[i + 2].start, toks[j - 1].end
            yield a, b, "!(", ")"


def body_ranges(toks):
    """(first, last) token of each function body: a brace at file level after a parenthesis."""
    i = 0
    while i < len(toks):
        if toks[i].text == "{":
            j = closing(toks, i)
            if i > 0 and toks[i - 1].text == ")":
                yield i, j
            i = j
        i += 1


def statement_starts(toks, first, last):
    """Indexes at which a statement begins."""
    i = first
    while i < last:
        t = toks[i].text
        if t in ("{", ";", "}", "else"):
            yield i + 1
        elif t in ("if", "for", "while", "switch") and toks[i + 1].text == "(":
            i = closing(toks, i + 1)
            yield i + 1
            i += 1
            continue
        elif t == ":" and (toks[i - 2].text == "case" or toks[i - 1].text == "default"):
            yield i + 1
        elif t in "([":
            i = closing(toks, i)
        i += 1


def statement_mutants(source, toks):
    for first, last in body_ranges(toks):
        kind = re.search(r"([^\n;}]*)\n\w+\([^{]*\)\s*$", source[:toks[first].start])
        returns = kind.group(1).replace("static", "").strip() if kind else ""
        for i in sorted(set(statement_starts(toks, first, last))):
            t = toks[i]
            if i >= last or t.text in TYPES or t.text in ("{", "}", ";", "if", "for", "while", "switch", "else", "case",
                                                          "default", "do"):
                continue
            j = i
            while toks[j].text != ";":
                j = closing(toks, j) if toks[j].text in "([{" else j
                j += 1
            if t.text == "return":
                yield from return_mutants(returns, toks, i, j)
            elif t.text != "continue":
                yield t.start, toks[j].end, ";"


def return_mutants(returns, toks, i, j):
    if j == i + 1:
        yield toks[i].start, toks[j].end, ";"
        return
    a, b = toks[i + 1].start, toks[j - 1].end
    if returns == "bool":
        yield a, b, "!(", ")"
    elif "*" in returns:
        yield a, b, "0"
    elif not returns.startswith("struct"):
        yield a, b, "(", ") + 1"


def mutants(source, near):
    """Each mutant of a file: its whole text, and the change as (line, before, after)."""
    toks = tokens(source)
    seen = set()
    for change in list(token_mutants(toks, near)) + list(statement_mutants(source, toks)):
        a, b, new = change[0], change[1], change[2]
        if len(change) == 4:
            new = new + source[a:b] + change[3]
        new += "\n" * (source.count("\n", a, b) - new.count("\n"))
        text = source[:a] + new + source[b:]
        if text in seen or text == source:
            continue
        seen.add(text)
        yield text, describe(source, text, a, b, new)


def describe(source, text, a, b, new):
    start = source.rfind("\n", 0, a) + 1
    end = source.find("\n", b)
    end_new = text.find("\n", a + len(new))
    squeeze = lambda s: " ".join(s.split())                          # noqa: E731
    return source.count("\n", 0, a) + 1, squeeze(source[start:end]), squeeze(text[start:end_new])


# -------------------------------------------------------------------------------------------------------------- tests

def expectation(o):
    """The oracle's answer as tokens of replay.c."""
    if "error" in o:
        return "error"
    null = lambda v: "-" if v is None else v                         # noqa: E731
    out = ["verdict=%s" % o["verdict"], "path=%s" % null(o["path"]), "percent=%d" % (o["copay_percent"] or 0),
           "basis=%s" % null(o["copay_basis"]), "provisional=%s" % str(o["provisional"]).lower(),
           "claim=%s" % o["claim_basis"], "needs=%d" % len(o["need"])]
    out += ["need%d=%s" % e for e in enumerate(o["need"])]
    for code in oracle.NAMED:
        kind = "follow" if code == "call_insurer" else "warn"
        if code in o["must"]:
            out.append("%s=%s" % (kind, code))
        elif code not in o["may"]:
            out.append("!%s=%s" % (kind, code))
    return " ".join(out)


def advice_codes():
    """What the rules say; other warnings are the program's."""
    rules = json.load(open(os.path.join(ROOT, "src/rules/rules.json"), encoding="utf-8"))
    return {word.split("@")[0] for rule in rules["advice"] for key in ("warn", "follow_up") for word in rule["then"].get(key, ())}


def table_cases():
    """The cases of tests/decide: what replay.c can see of them."""
    folder, said = os.path.join(ROOT, "tests", "decide"), advice_codes()
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".ndjson"):
            continue
        for line in open(os.path.join(folder, name), encoding="utf-8"):
            case = json.loads(line)
            e, out = case["expect"], []
            if set(case.get("options", [])) - {"--assume-none", "--no-trace"}:
                continue
            if "error" in e:
                out.append("error")
            for key, token in (("verdict", "verdict"), ("path", "path"), ("copay_basis", "basis")):
                if key in e:
                    out.append("%s=%s" % (token, e[key] if e[key] is not None else "-"))
            if "copay_percent" in e:
                out.append("percent=%d" % (e["copay_percent"] or 0))
            if "provisional" in e:
                out.append("provisional=%s" % str(e["provisional"]).lower())
            if "basis" in e.get("claim", {}):
                out.append("claim=%s" % e["claim"]["basis"])
            if "need" in e:
                out.append("needs=%d" % len(e["need"]))
                out += ["need%d=%s" % (i, n["fact"]) for i, n in enumerate(e["need"])]
            out += ["warn=" + w["code"] for w in e.get("warnings", []) if w.get("code") in said]
            out += ["follow=" + w["code"] for w in e.get("follow_up", []) if w.get("code") in said]
            yield case["facts"], "--assume-none" in case.get("options", []), " ".join(out)


def write_cases(path, count):
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with open(path, "w", encoding="utf-8") as out:
        for facts, assume, tokens_ in table_cases():
            out.write("%s%s\n%s\n" % ("A" if assume else "", dump(facts), tokens_))
        done = 0
        while done < count:
            for n, facts in enumerate(generate.chunk("mutate", done // generate.CHUNK, min(generate.CHUNK, count - done))):
                assume = n % 10 == 9
                out.write("%s%s\n%s\n" % ("A" if assume else "", dump(facts), expectation(oracle.decide(facts, assume))))
            done += generate.CHUNK


def run(*command, **kw):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, cwd=ROOT,
                              **kw).returncode
    except subprocess.TimeoutExpired:
        return -1


def prepare(cases):
    objs = os.path.join(BUILD, "obj", "src")
    if run("make", "-s", "-j2", "build/mutate/shikaku", "VARIANT=mutate", "CFLAGS=-O1 -w") != 0:
        sys.exit("mutate: the program does not build")
    units = [u for u in ALL_UNITS if os.path.exists(os.path.join(ROOT, "tests/unit", u + ".c"))]
    for u in units:
        if run("make", "-s", "-j2", "build/mutate/tests/unit/" + u, "VARIANT=mutate", "CFLAGS=-O1 -w") != 0:
            sys.exit("mutate: %s does not build" % u)
    archive = os.path.join(BUILD, "all.a")
    members = [os.path.join(d, f) for d, _, fs in os.walk(objs) for f in fs
               if f.endswith(".o") and os.path.basename(d) in ("base", "json", "engine", "rules", "decide", "card", "net",
                                                               "prove", "desk", "cli") and (f != "main.o")]
    if os.path.exists(archive):
        os.remove(archive)
    subprocess.check_call(["ar", "rcsP", archive] + members)
    subprocess.check_call([*CC, "tests/mutate/replay.c", "-o", os.path.join(BUILD, "replay.o")], cwd=ROOT)
    write_cases(os.path.join(BUILD, "cases.txt"), cases)
    check_unchanged(units)
    return units


def check_unchanged(units):
    """All that is to kill must let the original live."""
    at = lambda name: os.path.join(BUILD, name)                      # noqa: E731
    if not link(at("replay"), [at("replay.o")]) or run(at("replay"), at("cases.txt")) != 0:
        sys.exit("mutate: a case fails on the program as it is: " + at("cases.txt"))
    for unit in units:
        if run(at("tests/unit/" + unit)) != 0:
            sys.exit("mutate: %s fails on the program as it is" % unit)


def link(out, objects, *flags):
    return run("gcc", *flags, "-o", out, *objects, os.path.join(BUILD, "all.a"), *LIBS) == 0


def verdict(job):
    """What became of one mutant: equivalent, invalid, or the name of what killed it, or survived."""
    path, text, units = job
    with tempfile.TemporaryDirectory(dir=BUILD) as tmp:
        at = lambda name: os.path.join(tmp, name)                    # noqa: E731
        with open(at("m.c"), "w", encoding="utf-8") as f:
            f.write(text)
        if run(*CC, *TRAP, "-I" + os.path.dirname(path), at("m.c"), "-o", at("m.o")) != 0:
            return "invalid"
        if open(at("m.o"), "rb").read() == open(os.path.join(BUILD, path + ".o"), "rb").read():
            return "equivalent"
        first = [u for u in UNITS.get(re.split("[_.]", os.path.basename(path))[0], ()) if u in units]
        for u in first:
            if unit_fails(at, u):
                return u
        if not link(at("replay"), [at("m.o"), os.path.join(BUILD, "replay.o")]):
            return "invalid"
        if run(at("replay"), os.path.join(BUILD, "cases.txt")) != 0:
            return "cases"
        for u in units:
            if u not in first and unit_fails(at, u):
                return u
        main = os.path.join(BUILD, "obj/src/cli/main.o")
        table = [os.path.join("tests/decide", n) for n in sorted(os.listdir(os.path.join(ROOT, "tests/decide")))
                 if n.endswith(".ndjson")]
        if link(at("shikaku"), [at("m.o"), main]) and run("python3", "tests/decide/run.py", at("shikaku"), *table) != 0:
            return "tests/decide"
        return "survived"


def unit_fails(at, unit):
    objects = [at("m.o"), os.path.join(BUILD, "obj/tests/unit", unit + ".o")]
    return link(at(unit), objects, "-fsanitize=leak") and run(at(unit)) != 0


def explained():
    """The survivors of docs/mutation.md: (file, before, after)."""
    path = os.path.join(ROOT, "docs", "mutation.md")
    if not os.path.exists(path):
        return set()
    return set(re.findall(r"^- `([^`]+)` `([^`]*)` → `([^`]*)`", open(path, encoding="utf-8").read(), flags=re.M))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("files", nargs="*", default=DEFAULT)
    ap.add_argument("--jobs", type=int, default=1)
    ap.add_argument("--cases", type=int, default=40000, help="so many answered by the oracle")
    ap.add_argument("--every", type=int, default=1, help="only every Kth mutant")
    ap.add_argument("--out", help="the survivors, one JSON a line")
    ap.add_argument("--write-cases", metavar="FILE", help="only write what replay.c reads")
    a = ap.parse_args()
    if a.write_cases:
        write_cases(a.write_cases, a.cases)
        return 0
    os.makedirs(BUILD, exist_ok=True)
    units = prepare(a.cases)
    near, known = siblings(), explained()
    total, strange = Counter(), []
    print("%-28s %7s %11s %7s %9s" % ("file", "mutants", "equivalent", "killed", "survived"))
    for path in a.files:
        source = open(os.path.join(ROOT, path), encoding="utf-8").read()
        os.makedirs(os.path.dirname(os.path.join(BUILD, path)), exist_ok=True)
        copy = os.path.join(BUILD, "m.c")
        with open(copy, "w", encoding="utf-8") as f:
            f.write(source)
        subprocess.check_call([*CC, *TRAP, "-I" + os.path.dirname(path), copy, "-o", os.path.join(BUILD, path + ".o")], cwd=ROOT)
        todo = list(mutants(source, near))[::a.every]
        with multiprocessing.Pool(a.jobs) as pool:
            ends = pool.map(verdict, [(path, text, tuple(units)) for text, _ in todo], chunksize=4)
        n = Counter("killed" if e not in ("invalid", "equivalent", "survived") else e for e in ends)
        total += n
        print("%-28s %7d %11d %7d %9d" % (path, len(todo) - n["invalid"], n["equivalent"], n["killed"], n["survived"]),
              flush=True)
        strange += [(path, *what) for (_, what), e in zip(todo, ends) if e == "survived"]
        if a.out:
            with open(a.out, "w", encoding="utf-8") as out:
                out.writelines(json.dumps(s, ensure_ascii=False) + "\n" for s in strange)
    counted = total["killed"] + total["survived"]
    share = total["killed"] / counted if counted else 0
    print("%-28s %7d %11d %7d %9d" % ("all", counted + total["equivalent"], total["equivalent"], total["killed"],
                                      total["survived"]))
    new = [s for s in strange if (s[0], s[2], s[3]) not in known]
    for s in new:
        print("survived, not in docs/mutation.md: %s:%d: %s  ->  %s" % s)
    print("killed %.2f %% of %d that are not equivalent; %d survivors explained, %d not" %
          (100 * share, counted, len(strange) - len(new), len(new)))
    return 1 if share < PASS_MARK or new else 0


if __name__ == "__main__":
    sys.exit(main())

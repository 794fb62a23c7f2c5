#!/usr/bin/env python3
"""The situations of `shikaku drill` without shikaku drill: tests/drill.py PROGRAM CHECK

    covers    every SIT row of the policy is played, every play is in tests/drill-policy.txt
    ends      each ends as the policy says, by `decide` and by the oracle of tests/oracle
    ways      the poster's ways are those of the policy, in its order
    walks     what drill calls right is what `decide` asks next, and nothing else among its choices is
    screens   nothing is wider than 80 columns, no step higher than 24 rows
"""
import json
import os
import re
import subprocess
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "oracle"))
CODES = {"eligibility_certificate": "Q", "portal": "P", "notice": "D", "oral": "O", "statement": "M", "disaster": "E",
         "online_card": "C", "special_medical": "S", "none": "10", None: "?"}
PROOFS = ("documents.portal", "documents.portal_pdf", "documents.notice")
STEPS = 24
PROMPT = {"ja": "q やめる): ", "en": "q quit): "}
ASKS_PROOFS = "マイナポータルの画面・PDF、資格情報のお知らせのどれかをお持ちですか"


class Failed(Exception):
    pass


def need(true, *what):
    if not true:
        raise Failed(" ".join(map(str, what)))


def load():
    with open(os.path.join(ROOT, "src/desk/drill.json"), encoding="utf-8") as f:
        doc = json.load(f)
    for play in doc["plays"]:
        play["facts"] = merged(doc["common"], play["facts"])
        play["truth"] = merged(play["facts"], play["answers"])
    return doc["plays"]


def merged(base, over):
    """As the contract has it: card and disaster key by key, documents kind by kind, all else as a whole."""
    out = dict(base)
    for key, value in over.items():
        inner = key in ("card", "documents", "disaster") and isinstance(value, dict)
        out[key] = {**(out.get(key) or {}), **value} if inner else value
    return out


def policy():
    rows = {}
    with open(os.path.join(HERE, "drill-policy.txt"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("SIT"):
                words = line.split()
                rows[words[0]] = {"visit": words[1], "ways": words[2:-2], "path": words[-2], "percent": int(words[-1])}
    return rows


def output(*command, **more):
    run = subprocess.run(command, encoding="utf-8", capture_output=True, check=False, **more)
    need(run.returncode == 0, command[1:], "ends with", run.returncode, run.stderr)
    return run.stdout


def decide(program, facts, *options):
    text = "".join(json.dumps(f, ensure_ascii=False) + "\n" for f in facts)
    return [json.loads(line) for line in
            output(program, "decide", "--no-trace", "--lang", "ja", *options, input=text).splitlines()]


def covers(program):
    plays, rows = load(), policy()
    need([p["id"] for p in plays] == list(rows), "drill.json and drill-policy.txt do not have the same plays")
    with open(os.path.join(ROOT, "docs/policy-coverage.md"), encoding="utf-8") as f:
        situations = set(re.findall(r"(?m)^\| (SIT-\d\d) \|", f.read()))
    need(len(situations) >= 28, "the policy has", len(situations), "situations")
    played = {p["id"][:6] for p in plays}
    need(played == situations, "not played:", situations - played, "not of the policy:", played - situations)
    listed = output(program, "drill", "--list", "--lang", "en").splitlines()
    need([line.split()[0] for line in listed] == list(rows), "drill --list")
    for p in plays:
        need(p["facts"]["visit"] == rows[p["id"]]["visit"], p["id"], "is of another visit")
        need(all(p[k][l].strip() for k in ("title", "scene") for l in ("ja", "en")), p["id"], "lacks words")


def ends(program):
    import oracle
    plays, rows = load(), policy()
    for p, got in zip(plays, decide(program, [p["truth"] for p in plays], "--assume-none")):
        want = rows[p["id"]]
        need((got["path"], got["copay_percent"]) == (want["path"], want["percent"]), p["id"], got["verdict"],
             got["path"], got["copay_percent"])
        second = oracle.decide(p["truth"], assume_none=True)
        need((second["path"], second["copay_percent"]) == (want["path"], want["percent"]), p["id"], "oracle:", second)


def ways(program):
    rows = policy()
    for p in json.loads(output(program, "drill", "--poster", "--json")):
        got = [CODES[w["path"]] + ("*" if w["claim"] == "past" else "") for w in p["ways"]]
        need(got == rows[p["id"]]["ways"], p["id"], "has the ways", got, "and not", rows[p["id"]]["ways"])
        need(all(w["source"] for w in p["ways"]), p["id"], "names no source")


def told(play, fact):
    """What comes to light when that fact is asked for."""
    truth = play["truth"]
    if fact == "card.medium":
        card = dict(truth.get("card") or {"medium": "none"})
        return {"card": card}
    if fact.startswith("documents."):
        kind = fact.split(".")[1]
        return {"documents": {kind: (truth.get("documents") or {}).get(kind)}}
    if fact == "record":
        record = truth.get("record")
        return {"record": record and {k: v for k, v in record.items() if k != "unchanged"}}
    if fact == "record.unchanged":
        return {"record": truth["record"]}
    if fact.startswith("card."):
        return {"card": {fact[5:]: truth["card"].get(fact[5:])}}
    if fact == "disaster.stated":
        return {"disaster": truth["disaster"]}
    return {fact: truth.get(fact)}


def outcome(answer):
    """How drill calls a verdict, but for the path's words."""
    percent = answer["copay_percent"]
    return "10割をもらう(" if percent == 100 else f"{percent // 10}割で受け付ける("


def expected(program, play):
    """The right steps, one after the other, and the questions that would be as right as the first."""
    facts, steps = play["facts"], []
    for _ in range(STEPS):
        answer, = decide(program, [facts])
        if answer["verdict"] != "need":
            return steps + [(outcome(answer), [])]
        fact = answer["need"][0]["fact"]
        proofs = fact in PROOFS and (facts.get("card") or {}).get("medium") == "card"
        steps.append((ASKS_PROOFS if proofs else answer["need"][0]["question"],
                      [n["question"] for n in answer["need"][1:]]))
        for one in PROOFS if proofs else (fact,):
            facts = merged(facts, told(play, one))
    raise Failed(play["id"], "does not end")


def blocks(text, lang):
    """Each step: the situation with its choices, and what is said of the answer."""
    parts = re.split(r"(?m)^(?=\d+/\d+  SIT-)", text)[1:]
    return [part.split(PROMPT[lang], 1) for part in parts]


def choices(block):
    """The choices, each on one line again."""
    lines = block[block.index("次にどうしますか"):].splitlines()[1:]
    text = "\n".join(line for line in lines if line.startswith("  "))
    return [c.replace("\n     ", "") for c in re.split(r"(?m)^  \d  ", text)[1:]]


def walks(program):
    for play in load():
        steps = expected(program, play)
        for seed in ("1", "2", "3"):
            text = output(program, "drill", "--situation", play["id"], "--seed", seed, "--lang", "ja", input="0\n" * STEPS)
            got = blocks(text, "ja")
            need(len(got) == len(steps), play["id"], "has", len(got), "steps and not", len(steps))
            for (shown, said), (right, also) in zip(got, steps):
                offered = [c.strip() for c in choices(shown)]
                fits = [c for c in offered if c.startswith(right)]
                need(len(offered) == 4 and len(set(offered)) == 4, play["id"], "offers", offered)
                # an outcome at the same ratio is another path, and so wrong
                marked = re.search(r"(?m)^正解  (\d) ", said)
                need(marked and offered[int(marked.group(1)) - 1] in fits, play["id"], "right is", right, "not", marked, offered)
                need(right[0].isdigit() or len(fits) == 1, play["id"], "offers it twice", offered)
                need(not set(offered) & set(also), play["id"], "calls wrong what is as right:", offered)


def width(s):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)


def screens(program):
    for lang in ("ja", "en"):
        for answer in "01234":
            text = output(program, "drill", "--seed", "7", "--lang", lang, input=f"{answer}\n" * 400)
            need(len(blocks(text, lang)) >= 100, "only", len(blocks(text, lang)), "steps")
            for shown, _ in blocks(text, lang):
                need(shown.count("\n") + 1 <= 24, "too high:", shown)
            for line in text.splitlines():
                need(width(line) <= 80, "too wide:", line)


def main():
    checks = {f.__name__: f for f in (covers, ends, ways, walks, screens)}
    try:
        checks[sys.argv[2]](sys.argv[1])
    except Failed as why:
        print(why)
        return 1
    return 0


sys.exit(main())

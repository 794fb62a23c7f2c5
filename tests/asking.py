#!/usr/bin/env python3
"""How much the desk is asked: walks the sessions of tests/asking.json; TAP on stdout.

What the machines report (card, certificate, answer) and what the clinic's own
program knows (day, first or return visit, the record and birth date of a known
patient) is given.  Everything else comes only when need[0] asks for it, and as
one of its values.  An enquiry that the program makes itself by card is no
question; a look-up by number is one.

Questions are counted as src/desk/ask.c puts them: with the card there, portal
screen, PDF and notice are one question ("which of these is there?").  The count
with each fact a question of its own is printed beside it.
"""
import argparse
import collections
import datetime
import itertools
import json
import os
import random
import subprocess
import sys

MOST, MEAN = 6, 2.5
ORDERS = 3          # how often a session is walked again with evidence laid down first;
PAST_ORDERS = 1     # one of a day that is past
SEED = 3
ROUNDS = 20
PROOFS = ["documents.portal", "documents.portal_pdf", "documents.notice"]


class Session:
    """One patient at one visit: what is given, and what is true."""

    def __init__(self, name, group, weight, given, truth, forks, machine, percent):
        self.name, self.group, self.weight = name, group, weight
        self.given, self.truth, self.forks, self.machine = given, truth, forks, machine
        self.percent = percent
        self.facts, self.asked, self.answer = json.loads(json.dumps(given)), [], None

    def copy(self):
        other = Session(self.name, self.group, self.weight, self.given, dict(self.truth),
                        dict(self.forks), self.machine, self.percent)
        other.facts, other.asked = json.loads(json.dumps(self.facts)), list(self.asked)
        return other

    def questions(self):
        return [fact for fact, free in self.asked if not free]

    def has_card(self):
        """Whether the card is there and counts as one."""
        card = self.facts.get("card") or {}
        return (card.get("medium") == "card" and card.get("registered") != "declined" and
                card.get("read") != "not_my_number")

    def answer_one(self, fact):
        put(self.facts, fact, self.truth[fact])
        lay_down(self.facts, self.truth)

    def answer_proofs(self, asked):
        """The first there is of those not asked for yet; those behind it stay open."""
        for fact in PROOFS[PROOFS.index(asked):]:
            if fact.split(".")[1] not in self.facts.get("documents", {}):
                self.answer_one(fact)
                if self.truth[fact] is not None:
                    return


def put(facts, dotted, value):
    """Writes a fact under its dotted name."""
    *path, last = dotted.split(".")
    for key in path:
        facts = facts.setdefault(key, {})
    facts[last] = value


def day_after(day, days):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


def answer_of(said, person):
    """The service's answer in its own element names."""
    if said is None:
        return None
    answer = {k: v for k, v in said.items() if k in ("outcome", "by", "QualificationValidity")}
    result = {"InsurerNumber": person["insurer"], "Birthdate": person["birthdate"].replace("-", "")}
    if said.get("ended"):
        result["DisqualificationDate"] = "20261031"
        answer["results"] = [result]
    if said.get("valid"):
        result["InsuredCardClassification"] = said.get("class", "01")
        percent = person.get("percent")
        if percent and not said.get("no_ratio"):
            kind = "InsuredPartial" if person["insurer"].startswith("39") else "ElderlyRecipient"
            result[kind + "ContributionRatio"] = f"{percent:03}"
        answer["results"] = [result]
    return answer


def paper(person):
    """A document with everything that is printed on it."""
    printed = {"insurer_number": person["insurer"], "birthdate": person["birthdate"]}
    if "percent" in person:
        printed["copay_percent"] = person["percent"]
    return printed


def on_day(person, day):
    """A person whose birthday is said relative to the visit."""
    if "turned" not in person:
        return person
    birthday = datetime.date.fromisoformat(day_after(day, -person["days_ago"]))
    return {**person, "birthdate": birthday.replace(year=birthday.year - person["turned"]).isoformat()}


def card_of(situation, day):
    card = dict(situation["card"])
    end = card.get("certificate_not_after", "")
    if end.startswith("-"):
        card["certificate_not_after"] = day_after(day, int(end))
    return card


def record_of(visit, person, day):
    """What the clinic has on file; days later than the visit do not occur."""
    if visit["record"] is None:
        return None
    back = (datetime.date.fromisoformat("2026-11-22") -
            datetime.date.fromisoformat(visit["record"])).days
    then = person.get("record", person)
    record = {"confirmed_on": day_after(day, -back), "insurer_number": then["insurer"]}
    if "percent" in then:
        record["copay_percent"] = then["percent"]
    return record


def session(config, day, situation, anybody, visit, papers):
    person = on_day(anybody, day["day"])
    given = {"visit_date": day["day"], "visit": visit["visit"],
             "record": record_of(visit, person, day["day"])}
    if situation["card"]:
        given["card"] = card_of(situation, day["day"])
    if "online" in situation:
        given["online"] = answer_of(situation["online"], person)
    if "disaster" in situation:
        given["disaster"] = dict(situation["disaster"])
    if visit["record"] is not None:
        given["birthdate"] = person["birthdate"]
    truth = {"birthdate": person["birthdate"], "disaster.stated": True, "online": None}
    for kind in ("eligibility_certificate", "portal", "portal_pdf", "notice", "old_card"):
        held = kind in papers.get("holds", [])
        truth["documents." + kind] = paper(person) if held else None
    if visit["record"] is not None:
        truth["record.unchanged"] = visit["unchanged"]
    machine = set()
    for fact, value in situation.get("answers", {}).items():
        truth[fact] = answer_of(value, person) if fact == "online" else value
        if fact == "online" and value.get("by") == "card":
            machine.add(fact)
    forks = {"statement": config["statements"], "copay_percent": config["staff"]}
    name = " / ".join((f"{situation['id']} {situation['name']}", person["name"], visit["name"],
                       papers["name"], day["day"]))
    weight = situation["weight"] * person["weight"] * visit["weight"] * papers["weight"]
    return Session(name, situation["group"], weight * day["weight"], given, truth, forks, machine,
                   person.get("percent", 30))


def sessions(config):
    for day, situation in itertools.product(config["days"], config["situations"]):
        for person, visit in itertools.product(config["people"], config["visits"]):
            for papers in config["papers"][situation["papers"]]:
                if papers["name"] in situation.get("only", [papers["name"]]):
                    yield session(config, day, situation, person, visit, papers)


def fork(s, fact):
    """A question whose answer is drawn: one session for each, with its share of the weight."""
    choices = s.forks.pop(fact)
    total = sum(c["weight"] for c in choices)
    for choice in choices:
        other = s.copy()
        other.weight *= choice["weight"] / total
        other.name += " / " + choice["name"]
        if fact == "statement":
            says = {"copay_percent": s.percent if choice.get("says_ratio") else None}
            other.truth[fact] = says if choice["given"] else None
        else:
            other.truth[fact] = s.percent if choice["known"] else None
        yield other


def lay_down(facts, truth):
    """A card that is laid down tells at once whether it can be read."""
    card = facts.get("card") or {}
    if card.get("medium") == "card" and "card.read" in truth:
        put(facts, "card.read", truth["card.read"])


def allowed(value, values):
    """Whether an answer is one of need[].values."""
    if isinstance(value, dict):
        return "object" in values
    if isinstance(value, str) and "date" in values:
        return len(value) == 10
    return any(value == v and type(value) is type(v) for v in values)


def decide(program, facts):
    text = "".join(json.dumps(f, ensure_ascii=False) + "\n" for f in facts)
    run = subprocess.run([program, "decide", "--no-trace"], input=text, encoding="utf-8",
                         capture_output=True)
    if run.returncode != 0:
        sys.exit(f"not ok - decide: exit status {run.returncode}\n# {run.stderr.strip()}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def step(s, answer, grouped):
    """Answers need[0].  The sessions that go on from here."""
    fact, values = answer["need"][0]["fact"], answer["need"][0]["values"]
    if fact in s.forks:
        return [t for f in fork(s, fact)
                for t in step(f, answer, grouped)]
    if fact not in s.truth:
        raise ValueError(f"{s.name}: asks for {fact}, which no patient of this session can answer")
    value = s.truth[fact]
    if not allowed(value, values):
        raise ValueError(f"{s.name}: {json.dumps(value)} is no answer to {fact} {values}")
    if any(fact == f for f, _ in s.asked) and fact not in s.machine:
        raise ValueError(f"{s.name}: asks for {fact} twice")
    if grouped and fact in PROOFS and s.has_card():
        s.answer_proofs(fact)
    else:
        s.answer_one(fact)
    s.asked.append((fact, fact in s.machine))
    return [s]


def walk(program, todo, grouped=True):
    """Walks all sessions side by side; returns them ended, with their answers."""
    ended = []
    for _ in range(ROUNDS):
        if not todo:
            return ended
        following = []
        for s, answer in zip(todo, decide(program, [s.facts for s in todo])):
            if answer["verdict"] == "need":
                following += step(s, answer, grouped)
            else:
                s.answer = answer
                ended.append(s)
        todo = following
    raise ValueError(f"{todo[0].name}: no end after {ROUNDS} questions")


def verdict(answer):
    return {k: answer[k] for k in ("verdict", "path", "copay_percent", "copay_basis",
                                   "provisional", "claim")}


def again(s, rng):
    """The same session, with some of its evidence laid down before anything is asked."""
    other = s.copy()
    other.facts, other.asked = json.loads(json.dumps(s.given)), []
    asked = {fact for fact, _ in s.asked}
    first = [fact for fact in s.truth if fact != "online" and
             (fact in asked or fact.startswith("documents.") or fact == "birthdate")]
    rng.shuffle(first)
    for fact in first[:rng.randint(1, len(first))]:
        put(other.facts, fact, s.truth[fact])
    lay_down(other.facts, s.truth)
    return other


def orders(program, ended, rng):
    """How many sessions ended otherwise when the evidence came in another order."""
    wrong, walked = [], 0
    for turn in range(ORDERS):
        first = [s for s in ended if s.weight or turn < PAST_ORDERS]
        others = [again(s, rng) for s in first]
        for number, other in enumerate(others):
            other.name = number
        walked += len(others)
        for other in walk(program, others):
            s = first[other.name]
            if verdict(other.answer) != verdict(s.answer):
                wrong.append((s, other))
    return wrong, walked


def mean(ended):
    total = sum(s.weight for s in ended)
    return sum(s.weight * len(s.questions()) for s in ended) / total if total else 0.0


def weigh(config, ended, trouble):
    """Shares of the groups among all visits, for that many troubles in 100 visits by card."""
    card = config["card_use"]["value"]
    share = {"trouble": card * trouble / 100, "smooth": card * (1 - trouble / 100)}
    other = [s for s in ended if s.group in ("certificate", "no_card")]
    total = sum(s.weight for s in other)
    for group in ("certificate", "no_card"):
        mine = sum(s.weight for s in other if s.group == group)
        share[group] = (100 - card) * mine / total
    return share


def means(config, ended, trouble):
    """Weighted mean over the matrix of situations, and over all visits."""
    share = weigh(config, ended, trouble)
    each = {g: mean([s for s in ended if s.group == g]) for g in share}
    matrix = [g for g in share if g != "smooth"]
    return (sum(share[g] * each[g] for g in matrix) / sum(share[g] for g in matrix),
            sum(share[g] * each[g] for g in share) / 100, each)


def most(ended, past=False):
    """The longest session of a day that has weight, or of those that have none."""
    return max(len(s.questions()) for s in ended if (s.weight == 0) == past)


def report(config, ended, singly):
    value, *others = [config["trouble_per_100"]["value"], *config["trouble_per_100"]["also"]]
    matrix, everyone, each = means(config, ended, value)
    today = [s for s in ended if s.weight]
    counts = collections.Counter(len(s.questions()) for s in today)
    print(f"# {len(ended)} sessions, {len(today)} of today; questions:", ", ".join(
        f"{n} in {counts[n]}" for n in sorted(counts)))
    print(f"# weighted mean over the situations {matrix:.2f}, over all visits {everyone:.2f}; "
          f"every session counted once {sum(len(s.questions()) for s in today) / len(today):.2f}")
    print(f"# each fact a question of its own: {means(config, singly, value)[0]:.2f}, "
          f"at most {most(singly)}")
    print(f"# on days that are past (old cards, the temporary measure): at most {most(ended, True)}")
    print("# by kind:", ", ".join(f"{g} {each[g]:.2f}" for g in each))
    print("# with so many troubles in 100 visits by card:", ", ".join(
        f"{n}: {means(config, ended, n)[0]:.2f}" for n in others))
    return matrix


def show_worst(ended, n):
    worst = sorted((s for s in ended if s.weight), key=lambda s: (-len(s.questions()), s.name))[:n]
    for s in worst:
        print(f"# {len(s.questions())} {s.name}: {', '.join(s.questions())}")


def tap(number, good, name):
    print(f"{'ok' if good else 'not ok'} {number} - asking: {name}")
    return not good


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("program")
    arguments.add_argument("--worst", type=int, default=3, metavar="N", help="show the N longest")
    options = arguments.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "asking.json"), encoding="utf-8") as f:
        config = json.load(f)
    try:
        ended = walk(options.program, list(sessions(config)))
        singly = walk(options.program, list(sessions(config)), grouped=False)
        wrong, walked = orders(options.program, ended, random.Random(SEED))
    except ValueError as e:
        tap(1, False, e)
        return 1
    matrix = report(config, ended, singly)
    show_worst(ended, options.worst)
    failed = tap(1, True, "every session ends, every answer is one that was offered")
    failed += tap(2, most(ended) <= MOST, f"at most {MOST} questions")
    failed += tap(3, matrix <= MEAN, f"weighted mean at most {MEAN}")
    failed += tap(4, not wrong, f"{walked} other orders of evidence, same verdict")
    for s, other in wrong[:5]:
        print("#", s.name, verdict(s.answer))
        print("#   first:", json.dumps(other.facts, ensure_ascii=False))
        print("#   ends:", verdict(other.answer))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

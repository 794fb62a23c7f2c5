"""The people of a block of runs, and what is true of them: written from docs/mock.md and docs/service.md, as src/mock is, and
not from src/mock.  That the service says the same when nothing spoils it is seen in every run without a fault."""
import copy
import datetime
import json
import pathlib
import sys

import rig

sys.path.insert(0, str(rig.ROOT / "tests/oracle"))
import generate                                                     # noqa: E402

TOWN = rig.ROOT / "build/truth/town.json"
CARDS = rig.ROOT / "build/truth/cards"
BLOCK = 250          # runs that share a service: each has a patient of its own
JST = datetime.timezone(datetime.timedelta(hours=9))
TODAY = generate.INDEX[tuple(datetime.datetime.now(JST).timetuple()[:3])]


def basic(index):
    return generate.BASIC[index]


class Certificate:
    def __init__(self, line):
        number, self.not_after, self.sha256 = line.split()
        self.path = CARDS / f"{number}.pem"
        year, month, day = map(int, self.not_after.split("-"))
        # to the end of the month three months after that of its end
        self.in_grace = generate.INDEX[year, month, day] < TODAY
        self.over = generate.month_last(year, month + 3) < TODAY


class Person:
    """One of the population, with what the mock is told of them and what is true."""

    def __init__(self, number, told, certificate):
        self.number, self.told, self.certificate = number, told, certificate
        told["id"] = f"p{number}"
        told["certificate_sha256"] = [certificate.sha256]
        if "later" in told:
            told["later"]["after_seconds"] = 86400      # not in this run
        for i, r in enumerate(told["results"]):
            r["InsuredIdentificationNumber"] = f"{number + 1}{i}77"   # so that nobody is found in another's place
        self.results = told["results"]
        self.forced = told.get("QualificationValidity")
        self.revoked = told.get("revoked", False)
        self.registered = told.get("registered", True)
        self.born = self.results[-1]["Birthdate"] if self.results else None

    def born_iso(self):
        return f"{self.born[:4]}-{self.born[4:6]}-{self.born[6:]}"


def in_force(r, day):
    return r.get("QualificationDate", "") <= day < r.get("DisqualificationDate", "99999999")


def judged(person, ours, day):
    """(QualificationValidity, results) of these of a person's results, as of a day YYYYMMDD."""
    now = [r for r in ours if in_force(r, day)]
    over = [r for r in ours if r not in now and r.get("QualificationDate", "") <= day]
    last = max(over, key=lambda r: r.get("DisqualificationDate", "99999999")) if over else None
    if person.forced:
        shown = now[-1] if now else last
        return person.forced, [shown] if shown and person.forced not in ("4", "5") else []
    if now:
        return ("5", []) if len(now) > 1 else ("1", now)
    if last is None:
        return "4", []
    newer = any(in_force(r, day) for r in person.results if r not in ours)
    return "3" if newer else "2", [last]


def by_card(person, day):
    return judged(person, person.results, day)


def by_number(person, asked, day):
    """Of the result whose numbers the clinic has on file; no two of the block share them."""
    return judged(person, [r for r in person.results if r is asked], day)


class World:
    """The block's people, and the faults that the service has for each."""

    def __init__(self, rng):
        town = json.loads(TOWN.read_text(encoding="utf-8"))["people"]
        town = [p for p in town if p["results"]]
        certificates = [Certificate(line) for line in (CARDS / "list").read_text().splitlines()]
        rng.shuffle(certificates)
        self.people = [Person(k, vary(rng, copy.deepcopy(rng.choice(town))), certificates[k]) for k in range(BLOCK)]
        self.faults = []

    def write(self, folder):
        people, faults = pathlib.Path(folder) / "people.json", pathlib.Path(folder) / "faults.json"
        people.write_text(json.dumps({"people": [p.told for p in self.people]}, ensure_ascii=False), encoding="utf-8")
        faults.write_text(json.dumps(self.faults, ensure_ascii=False), encoding="utf-8")
        return people, faults


def vary(rng, person):
    """More than the town has: other ages, ends near today, ratios, classes."""
    g = generate.Generator(rng.random())
    x = rng.random
    for r in person["results"]:
        if x() < 0.15:
            r["DisqualificationDate"] = basic(TODAY + rng.choice((-200, -2, -1, 0, 1, 2, 200)))
            if r.get("QualificationDate", "") > r["DisqualificationDate"]:
                del r["QualificationDate"]
        if x() < 0.08:
            r["InsuredCardClassification"] = rng.choice(("05", "01", "03"))
        if x() < 0.1:
            r["InsuredPartialContributionRatio"] = rng.choice(("010", "020", "030"))
    if x() < 0.25:
        born = basic(g.birth(TODAY))
        for r in person["results"]:
            r["Birthdate"] = born
    if x() < 0.03:
        person["revoked"] = True
    if x() < 0.06:
        person["registered"] = False
    return person

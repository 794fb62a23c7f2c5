#!/usr/bin/env python3
"""Does the generator reach every border?  One TAP line a border, which must be met on it, a day before and a day after.

    census.py SEED COUNT

A border is a day of the policy (sections 1.4, 1.5, 2.1 and 9) on which some answer changes: fixed days against the
visit, and days that a birth, a certificate, a document or a record brings along.  Besides: every value of every fact,
null and missing included, and every outcome that the oracle can come to.
"""
import sys
from collections import Counter
from datetime import date

import generate
import oracle

FIXED = {"first day of all (RANGE)": (2024, 12, 2), "4b for 国保 and 後期 (TMP-1)": (2025, 8, 1),
         "phones (PHN-1)": (2025, 9, 19), "old cards end, 4b for all (DOC-9, TMP-1)": (2025, 12, 2),
         "4b extended (TMP-3)": (2026, 4, 1), "4b ends (TMP-4)": (2026, 8, 1), "ratio year (INC-6)": (2027, 8, 1)}
ENUMS = {
    "visit": ("first", "return"), "copay_percent": (10, 20, 30, None), "birthdate": (None,),
    "card.medium": ("card", "phone", "none", None), "card.absent_because": ("forgotten", "lost", "none_issued", None),
    "card.read": ("ok", "unreadable", "reader_fault", "not_my_number", None),
    "card.identity": ("pin", "face", "visual", "pin_locked", "failed", None),
    "card.registered": (True, False, "declined", None), "card.certificate_revoked": (True, False, None),
    "card.certificate_not_after": (None,), "card.valid_to": (None,), "card": (None,),
    "online": (None,), "online.outcome": ("answered", "unreachable", "timeout", "maintenance", "error", None),
    "online.by": ("card", "number", None), "online.QualificationValidity": tuple("123456"),
    "documents": (None,), "record": (None,), "record.unchanged": (True, False, None), "record.confirmed_on": (None,),
    "record.copay_percent": (10, 20, 30, None), "statement": (None,), "statement.copay_percent": (10, 20, 30, None),
    "disaster": (None,), "disaster.in_force": (True, False, None), "disaster.stated": (True, False, None),
}
for _k in generate.KINDS:
    ENUMS["documents." + _k] = (None,)
    ENUMS["documents.%s.copay_percent" % _k] = (10, 20, 30, None)
    ENUMS["documents.%s.special_medical" % _k] = (True, False, None)
RESULT = {"InsuredCardClassification": ("01", "02", "03", "04", "05", "06", "07", "A1", None, ""),
          "InsuredPartialContributionRatio": ("010", "020", "030", None, "")}
OUTCOMES = [("refer", None, None), ("self_pay", "none", "rule"), ("self_pay", "special_medical", "rule")] + [
    ("insured", path, basis)
    for path in ("online_card", "online_phone", "eligibility_certificate", "portal", "notice", "old_card", "online_number",
                 "oral", "disaster", "statement")
    for basis in ("age", "online", "document", "record", "staff", "statement")
]
NEED = ("card.medium", "card.read", "card.identity", "card.registered", "online", "visit", "birthdate", "copay_percent", "record",
        "record.unchanged", "statement", "disaster.stated") + oracle.DOC_FACT
MISSING = "missing"


def index(day):
    return date(day // 10000, day // 100 % 100, day % 100).toordinal()


def distances(f, s):
    """(border, days from it to the day that is compared with it)."""
    v = index(s.visit_date)
    for name, day in FIXED.items():
        yield name, v - date(*day).toordinal()
    birth = oracle.birth_of(s)
    if birth is not oracle.NA and birth is not None:
        borders = {"65th birthday (RAT-6)": oracle.birthday(birth, 65), "70 to 74 (RAT-3)": oracle.seventy_from(birth),
                   "75th birthday (RAT-5)": oracle.birthday(birth, 75)}
        last = {"before school (RAT-1)": oracle.march_end(birth, 6), "18 (RAT-23)": oracle.march_end(birth, 18)}
        for name, day in borders.items():
            yield name, v - index(day)
            if s.record not in (oracle.NA, None) and s.record[0] is not None:
                yield "record and " + name, index(s.record[0]) - index(day)
        for name, day in last.items():
            yield name, v - index(day) - 1
        if birth % 10000 == 229:
            yield "born on 29 February, 75", v - index(oracle.birthday(birth, 75))
    if s.record not in (oracle.NA, None) and s.record[0] is not None:
        august = (s.visit_date // 10000 - (s.visit_date % 10000 < 801)) * 10000 + 801
        yield "record and 1 August (RAT-32)", index(s.record[0]) - index(august)
    if s.not_after is not None:
        yield "certificate's end (CERT-7)", v - index(s.not_after)
        yield "end of the grace (CERT-2)", v - index(oracle.grace_end(s.not_after))
    if s.valid_to is not None:
        yield "card's end (CERT-1)", v - index(s.valid_to)
    for kind, doc in zip(generate.KINDS, s.docs):
        if doc is not oracle.NA and doc is not None:
            for name, day in (("from", doc[0]), ("to", doc[1])):
                if day is not None:
                    yield "%s valid %s" % (kind, name), v - index(day)
    for r in ((f.get("online") or {}).get("results") or ()):
        for part in (r, r.get("ElderlyRecipientCertificateInfo") or {}):
            for name in ("QualificationDate", "DisqualificationDate", "InsuredCardValidDate", "InsuredCardExpirationDate",
                         "ElderlyRecipientValidStartDate", "ElderlyRecipientValidEndDate"):
                if part.get(name):
                    yield name, v - index(int(part[name]))


def values(f):
    for name, wanted in ENUMS.items():
        at, keys = f, name.split(".")
        for key in keys[:-1]:
            at = at.get(key) if isinstance(at, dict) else None
        if not isinstance(at, dict):
            continue
        value = at.get(keys[-1], MISSING)
        if value == MISSING or value in wanted:
            yield name, value
    for r in ((f.get("online") or {}).get("results") or ()):
        for name in RESULT:
            yield name, r.get(name, MISSING)


def count(seed, n):
    met, valued, ended = Counter(), Counter(), Counter()
    for i in range((n + generate.CHUNK - 1) // generate.CHUNK):
        for f in generate.chunk(seed, i, min(generate.CHUNK, n - i * generate.CHUNK)):
            try:
                s = oracle.parse(f)
            except oracle.Malformed:
                continue
            met.update((name, d) for name, d in distances(f, s) if -1 <= d <= 1)
            valued.update((name, repr(v)) for name, v in values(f))
            got, need = oracle.outcome(s)
            ended[got[0], got[1], got[3]] += 1
            ended.update(need[:1])
    return met, valued, ended


# A phone is no card, without which the 申立書 is no source (DEC-2); a paper whose ratio may be read decides before rung 5.
UNREACHABLE = {("insured", "online_phone", "statement")} | {
    ("insured", path, "document") for path in ("oral", "disaster", "statement")}


def main():
    seed, n = sys.argv[1], int(sys.argv[2])
    met, valued, ended = count(seed, n)
    lines = []
    for name in sorted({name for name, _ in met}):
        hits = [met[name, d] for d in (-1, 0, 1)]
        lines.append((all(hits), "%s: %d, %d, %d" % (name, *hits)))
    for name, wanted in list(ENUMS.items()) + list(RESULT.items()):
        hits = {v: valued[name, repr(v)] for v in wanted + (MISSING,) if not (name == "visit" and v is None)}
        lines.append((all(hits.values()), "%s: %s" % (name, ", ".join("%s %d" % e for e in hits.items()))))
    for outcome in OUTCOMES:
        if outcome not in UNREACHABLE:
            lines.append((ended[outcome] > 0, "%s %s (%s): %d" % (*outcome, ended[outcome])))
    for fact in NEED:
        lines.append((ended[fact] > 0, "need %s: %d" % (fact, ended[fact])))
    for good, text in lines:
        print("%s - %s" % ("ok" if good else "not ok", text))
    return not all(good for good, _ in lines)


if __name__ == "__main__":
    sys.exit(main())

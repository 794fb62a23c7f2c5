#!/usr/bin/env python3
"""The people of fixtures/people/town.json.in, once make-people has written them, for tests/cli/people.bats.

    town.py TOWN codes         every code of every table, and who has it; exit 1 where nobody has
    town.py TOWN list          all of them as an appointment list (docs/list.md)
    town.py TOWN born ID       the birth date of ID's last result, ISO
    town.py TOWN hold ID       the same people, with adult's certificates in ID's hands
"""
import csv
import datetime
import json
import sys

JST = datetime.timezone(datetime.timedelta(hours=9))
TABLES = {
    "QualificationValidity": "4 6",
    "InsuredCardClassification": "01 02 03 04 05 06 07 A1",
    "ReasonOfLoss": "01 02 03 99",
    "PersonalFamilyClassification": "1 2",
    "Sex1": "1 2 3",
    "PreschoolClassification": "1",
    "InsuredPartialContributionRatio": "010 020 030",
    "ElderlyRecipientContributionRatio": "020 030",
    "LimitApplicationCertificateClassification": "01 02 03",
    "LimitApplicationCertificateClassificationFlag": "A01 A02 A03 A04 A05 A06 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10",
    "SpecificDiseasesDiseaseCategory": "1 2 3",
    "SpecificDiseasesCertificateRelatedConsFlg": "0 1 2 3",
}


def members(value):
    """Every name with its text, however deep."""
    if isinstance(value, list):
        for v in value:
            yield from members(v)
    elif isinstance(value, dict):
        for key, v in value.items():
            if isinstance(v, str):
                yield key, v
            yield from members(v)


def today():
    return datetime.datetime.now(JST).strftime("%Y%m%d")


def shapes(people):
    """What is no code: shapes that an answer can have, and who has them."""
    one = lambda p: p["results"][-1]
    elderly = lambda p: one(p).get("ElderlyRecipientCertificateInfo", {})
    yield "高齢受給者証 that has ended", [p for p in people
                                   if elderly(p).get("ElderlyRecipientValidEndDate", "9") < today()]
    yield "高齢受給者証 of the future", [p for p in people
                                   if elderly(p).get("ElderlyRecipientValidStartDate", "0") > today()]
    yield "● in a name", [p for p in people if "●" in one(p)["Name"]]
    yield "two names", [p for p in people if "NameOfOther" in one(p)]
    yield "two results", [p for p in people if len(p["results"]) > 1]
    yield "no address, another sex on the back", [p for p in people if "Sex2" in one(p)]
    # years, months and days of a date as one number
    age = lambda p: int(today()) - int(one(p)["Birthdate"])
    yield "後期 from 65", [p for p in people if one(p)["InsurerNumber"].startswith("39") and age(p) < 750000]
    yield "75 within a fortnight", [p for p in people if 0 <= age(p) - 750000 < 9000 and len(p["results"]) > 1]
    yield "70 within two months", [p for p in people if 0 <= age(p) - 700000 < 9000]
    yield "still being registered", [p for p in people if "later" in p]
    yield "not registered", [p for p in people if p.get("registered") is False]
    yield "revoked", [p for p in people if p.get("revoked")]
    yield "begins in the future", [p for p in people if one(p).get("QualificationDate", "0") > today()]
    yield "ends in the future", [p for p in people if one(p).get("DisqualificationDate", "0") > today()]


def codes(people):
    missing = 0
    held = [(p["id"], set(members(p))) for p in people]
    for table, values in TABLES.items():
        for value in values.split():
            who = [i for i, has in held if (table, value) in has]
            missing += not who
            print(f"{table} {value}: {' '.join(who[:3]) or 'NOBODY'}")
    for what, who in shapes(people):
        missing += not who
        print(f"{what}: {' '.join(p['id'] for p in who[:3]) or 'NOBODY'}")
    print(f"{len(people)} people, {missing} missing")
    return missing > 0 or len(people) < 60


def show(people):
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("patient_id", "appointment", "birthdate", "insurer_number", "symbol", "number", "branch"))
    for p in people:
        r = p["results"][0]
        out.writerow((p["id"], datetime.datetime.now(JST).strftime("%Y-%m-%d 09:00"), born(r), r["InsurerNumber"],
                      r.get("InsuredCardSymbol", ""), r["InsuredIdentificationNumber"], r.get("InsuredBranchNumber", "")))


def born(result):
    b = result["Birthdate"]
    return f"{b[:4]}-{b[4:6]}-{b[6:]}"


def hold(people, who):
    certificates = people[0]["certificate_sha256"]
    people[0]["certificate_sha256"] = []
    next(p for p in people if p["id"] == who)["certificate_sha256"] = certificates
    return people


def main():
    people = json.load(open(sys.argv[1], encoding="utf-8"))["people"]
    what, *who = sys.argv[2:]
    if what == "codes":
        return codes(people)
    if what == "list":
        show(people)
    elif what == "born":
        print(born(next(p for p in people if p["id"] == who[0])["results"][-1]))
    else:
        json.dump({"people": hold(people, *who)}, sys.stdout, ensure_ascii=False)
    return 0


sys.exit(main())

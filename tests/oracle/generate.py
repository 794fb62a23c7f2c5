#!/usr/bin/env python3
"""Seeded generator of facts objects (spec/decision.md section 2), concentrated at the boundaries of the policy.

    generate.py SEED COUNT          prints NDJSON

Cases come in chunks of CHUNK; chunk i of a seed is always the same, so that jobs can share the work.
"""
import json
import random
import sys
from datetime import date, timedelta

CHUNK = 20000

# -------------------------------------------------------------------------- all days 1900..2100 as text, by index
_FIRST = date(1900, 1, 1)
_N = (date(2101, 1, 1) - _FIRST).days
_DAY = [_FIRST + timedelta(i) for i in range(_N)]
LAST = _N - 1


class Days(list):
    """By index; an index before the first day is the first, one after the last the last."""
    def __getitem__(self, i):
        return list.__getitem__(self, 0 if i < 0 else LAST if i > LAST else i)


ISO = Days(d.isoformat() for d in _DAY)
BASIC = Days(s.replace("-", "") for s in ISO)
YMD = [(d.year, d.month, d.day) for d in _DAY]
INDEX = {k: i for i, k in enumerate(YMD)}


def ix(y, m, d):
    """Index of the day; a day that does not exist (2/29) becomes the last of its month; years kept in range."""
    y = min(max(y, 1900), 2100)
    while (y, m, d) not in INDEX:
        d -= 1
    return INDEX[y, m, d]


def month_last(y, m):
    return ix(y + (m - 1) // 12, (m - 1) % 12 + 1, 31)


# -------------------------------------------------------------------------- every from / until of the policy
EDGES = [ix(*e) for e in ((2024, 12, 2), (2025, 8, 1), (2025, 9, 19), (2025, 12, 2), (2026, 4, 1), (2026, 8, 1),
                          (2025, 4, 1), (2027, 4, 1), (2027, 8, 1), (2027, 3, 1), (2028, 2, 29), (2028, 3, 1), (2026, 3, 1),
                          (2026, 1, 1), (2025, 10, 1), (2022, 10, 1), (2024, 2, 29))]
EDGE_DAYS = [e + k for e in EDGES[:15] for k in (-1, 0, 1)] + [e + k for e in EDGES[15:] for k in (0,)]
LATE_EDGES = [e + k for e in EDGES[1:6] for k in (-2, -1, 0, 1)]
FROM, TO = ix(2024, 12, 1), ix(2029, 12, 31)
FAR = [ix(*e) for e in ((1900, 1, 1), (1900, 3, 1), (2000, 2, 29), (2024, 11, 30), (2100, 2, 28), (2100, 3, 1), (2100, 12, 31))]

NUMBERS_KOKUHO = ("138057", "390013", "399999", "010017", "  138057", "00138057", "00390013", "  010017", "470013")
NUMBERS_KUMIAI = ("133033", "393009", "  133033", "00133033", "133991", "273300", "013000", "132999", "134007")
NUMBERS_KOUKI = ("39131016", "39280003", "39010004")
NUMBERS_KENPO = ("06132013", "01130012", "31130010", "63130010", "07130011", "34130021", "67138057")
NUMBERS_ODD = ("77777777", "77777779", "99999999", "３９１３１０１６", "39131016　", "　138057", "００138057", "3913101", "391310160",
               "39-131016", "A", " ", "0613 2013", "1380579", "39131x16")
KINDS = ("eligibility_certificate", "portal", "portal_pdf", "notice", "old_card")
DESK_ORDER = ("card.medium", "birthdate", "card.read", "card", "online", "visit", "documents.eligibility_certificate",
              "documents.portal", "documents.portal_pdf", "documents.notice", "documents.old_card", "record",
              "record.unchanged", "disaster.stated", "statement", "copay_percent")


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.u = self.r.random

    def one(self, seq):
        return seq[int(self.u() * len(seq))]

    def between(self, a, b):
        return a + int(self.u() * (b - a + 1))

    # ------------------------------------------------------------------ dates
    def visit_date(self):
        x = self.u()
        if x < 0.42:
            return self.one(EDGE_DAYS)
        if x < 0.62:
            return self.one(LATE_EDGES)
        if x < 0.625:
            return self.one(FAR)
        if x < 0.70:
            y = self.between(2025, 2029)
            return ix(y, *self.one(((8, 1), (7, 31), (3, 31), (4, 1), (4, 2), (2, 28), (2, 29), (3, 1), (1, 1), (12, 31))))
        return self.between(FROM, TO)

    def birth(self, v):
        y, m, d = YMD[v]
        x = self.u()
        if x < 0.05:
            return self.between(ix(1915, 1, 1), v)
        n = self.one((6, 18, 65, 65, 70, 70, 70, 75, 75, 75, 75, 7, 19))
        if x < 0.45:
            return min(v, max(0, ix(y - n, m, d) + self.between(-3, 3)))
        if x < 0.62:                        # borders that lie at the month's or the fiscal year's end
            if n in (6, 7, 18, 19):
                return ix(y - n, *self.one(((3, 31), (4, 1), (4, 2), (3, 30), (2, 29), (12, 31), (1, 1))))
            k = y * 12 + m - 1 + self.between(-1, 1)
            return ix(k // 12 - n, k % 12 + 1, self.one((1, 2, 28, 29, 30, 31)))
        if x < 0.66:
            return ix(self.one((1948, 1952, 1956, 1960, 1940, 2008, 2020)), 2, 29)
        age = self.one((2, 5, 10, 17, 25, 40, 60, 66, 68, 69, 70, 71, 72, 72, 73, 74, 74, 75, 76, 77, 85, 99))
        return min(v, max(0, ix(y - age, self.between(1, 12), self.between(1, 28))))

    def near(self, v):
        return v + self.one((-400, -31, -2, -1, -1, 0, 0, 0, 1, 1, 2, 31, 400))

    def bounds(self, v):
        """valid_from, valid_to: mostly covering the visit, or wrong by a day."""
        x = self.u()
        if x < 0.25:
            return None, None
        if x < 0.55:
            return v - self.one((0, 0, 1, 200)), v + self.one((0, 0, 1, 200))
        if x < 0.75:
            return self.one((None, v - 300)), v - self.one((1, 1, 1, 30))
        if x < 0.82:
            return v + 1, v + 300
        if x < 0.90:
            return None, self.one((EDGES[1] - 1, EDGES[3] - 1, EDGES[3] - 2, EDGES[3], EDGES[5] - 1))
        return self.one((None, self.near(v))), self.one((None, self.near(v)))

    # ------------------------------------------------------------------ values
    def number(self):
        x = self.u()
        if x < 0.20:
            return None
        if x < 0.22:
            return self.one(NUMBERS_ODD)
        if x < 0.42:
            return self.one(NUMBERS_KOUKI)
        if x < 0.62:
            return self.one(NUMBERS_KENPO)
        if x < 0.80:
            return self.one(NUMBERS_KOKUHO)
        return self.one(NUMBERS_KUMIAI)

    def fitting_number(self):
        """Mostly a number that fits the patient's age."""
        x = self.u()
        if x < 0.25:
            return self.number()
        if self.old and x < 0.92:
            return self.one(NUMBERS_KOUKI)
        return self.one(NUMBERS_KENPO + NUMBERS_KOKUHO + NUMBERS_KUMIAI)

    def ratio(self):
        return self.one((None, None, 10, 20, 20, 30))

    def document(self, v):
        d = {}
        a, b = self.bounds(v)
        if a is not None or self.u() < 0.2:
            d["valid_from"] = None if a is None else ISO[a]
        if b is not None or self.u() < 0.2:
            d["valid_to"] = None if b is None else ISO[b]
        if self.u() < 0.7:
            d["copay_percent"] = self.ratio()
        if self.u() < 0.7:
            d["insurer_number"] = self.fitting_number()
        x = self.u()
        if x < 0.06:
            d["special_medical"] = True
        elif x < 0.15:
            d["special_medical"] = self.one((False, False, None))
        if self.u() < 0.15:
            d["birthdate"] = ISO[self.b if self.u() < 0.9 else self.birth(v)]
        if self.u() < 0.1:
            d["symbol"], d["number"], d["branch"] = "12", "345", self.one(("00", "01", None))
        return d

    def documents(self, v):
        x, docs = self.u(), {}
        if x < 0.06:
            return docs
        dense = self.u()
        for k in KINDS:
            y = self.u()
            if x < 0.40:                    # all asked: mostly null
                docs[k] = self.document(v) if y < 0.25 else None
            elif y < dense * 0.6:
                docs[k] = self.document(v)
            elif y < 0.8:
                docs[k] = None
        return docs

    def dates(self, r, v, start, end):
        a, b = self.bounds(v)
        if a is not None:
            r[start] = BASIC[a]
        if b is not None:
            r[end] = BASIC[b]

    def result(self, v):
        r = {}
        u = self.u
        if u() < 0.85:
            r["InsurerNumber"] = self.fitting_number()
        x = u()
        if x < 0.7:
            r["InsuredCardClassification"] = self.one(("01", "01", "01", "01", "02", "03", "04", "06", "07", "05", "05", "A1"))
        elif x < 0.72:
            r["InsuredCardClassification"] = None
        if u() < 0.35:
            r["Birthdate"] = BASIC[self.b if u() < 0.93 else self.birth(v)]
        if u() < 0.4:
            r["InsuredPartialContributionRatio"] = self.one(("010", "020", "030", None))
            if u() < 0.3:
                self.dates(r, v, "InsuredCardValidDate", "InsuredCardExpirationDate")
        if u() < 0.1:
            self.dates(r, v, "QualificationDate", "DisqualificationDate")
        if u() < 0.02:
            r[self.one(("InsurerNumber", "InsuredCardClassification", "Birthdate", "InsuredPartialContributionRatio",
                        "InsuredCardValidDate", "DisqualificationDate"))] = self.one(("", None))
        if u() < 0.4:
            e = {}
            if u() < 0.9:
                e["ElderlyRecipientContributionRatio"] = self.one(("020", "020", "030", "030", "010", None))
            self.dates(e, v, "ElderlyRecipientValidStartDate", "ElderlyRecipientValidEndDate")
            if u() < 0.93:
                r["ElderlyRecipientCertificateInfo"] = e
            else:
                r.update(e)
        if u() < 0.1:
            r["InsuredCardSymbol"], r["InsuredIdentificationNumber"], r["InsuredBranchNumber"] = "12", "345", "01"
        if u() < 0.05:
            r["PreschoolClassification"] = "1"
        if u() < 0.05:
            r["Name"] = "山●太郎"
        return r

    def online(self, v):
        x, o = self.u(), {}
        if x < 0.08:
            return None
        if x < 0.26:
            o["outcome"] = self.one(("unreachable", "timeout", "maintenance", "error"))
        elif x < 0.98:
            o["outcome"] = "answered"
        else:
            o["outcome"] = None
        x = self.u()
        if x < 0.50:
            o["by"] = "card"
        elif x < 0.90:
            o["by"] = "number"
        elif x < 0.95:
            o["by"] = None
        if o["outcome"] == "answered" or self.u() < 0.05:
            if self.u() < 0.995:
                o["QualificationValidity"] = q = self.one("111111111222334556")
                if self.u() < 0.92:
                    o["results"] = [self.result(v)]
                    if self.u() < (0.5 if q == "5" else 0.05):
                        o["results"].append(self.result(v) if self.u() < 0.6 else dict(o["results"][0]))
                    if self.u() < 0.005:
                        o["results"] = self.one(([], None))
        if self.u() < 0.03:
            o["same_person"] = self.one((True, True, False, None))
        return o

    def card(self, v):
        """Seldom with what is there known to be absent."""
        c = self.card_known(v)
        while self.u() < 0.04:
            c[self.one(("medium", "absent_because", "read", "certificate_not_after", "valid_to", "certificate_revoked",
                        "identity", "registered"))] = None
        return c

    def card_known(self, v):
        c, u = {}, self.u
        x = u()
        if x < 0.55:
            c["medium"] = "card"
        elif x < 0.72:
            c["medium"] = "phone"
        elif x < 0.95:
            c["medium"] = "none"
            if u() < 0.4:
                c["absent_because"] = self.one(("forgotten", "lost", "none_issued", None))
            if u() < 0.8:
                return c
        x = u()
        if x < 0.55:
            c["read"] = "ok"
        elif x < 0.80:
            c["read"] = self.one(("unreadable", "reader_fault"))
        elif x < 0.87:
            c["read"] = "not_my_number"
        x = u()
        if x < 0.45:
            y, m, d = YMD[v]
            x = u()
            if x < 0.35:                    # end of the month three months before, +- some days: the grace's end
                k = y * 12 + m - 1 - self.one((3, 3, 4, 2))
                c["certificate_not_after"] = ISO[month_last(k // 12, k % 12 + 1) + self.between(-2, 2)]
            elif x < 0.6:
                c["certificate_not_after"] = ISO[v + self.between(-2, 2)]
            elif x < 0.75:
                k = y * 12 + m - 1 - 3
                c["certificate_not_after"] = ISO[ix(k // 12, k % 12 + 1, self.one((1, 10, d)))]
            elif x < 0.9:
                c["certificate_not_after"] = ISO[v + 500]
            else:
                c["certificate_not_after"] = self.one((None, ISO[v - 300]))
        if u() < 0.2:
            c["certificate_revoked"] = self.one((True, False, False, None))
        if u() < 0.2:
            c["valid_to"] = self.one((None, ISO[v - 1], ISO[v], ISO[v + 1], ISO[v + 900], ISO[v - 400]))
        if u() < 0.45:
            c["identity"] = self.one(("pin", "face", "visual", "pin", "face", "pin_locked", "failed", "pin_locked", "failed"))
        if u() < 0.35:
            c["registered"] = self.one((True, False, False, "declined", "declined", None))
        return c

    def record(self, v):
        if self.u() < 0.3:
            return None
        r, u = {}, self.u
        y, m, d = YMD[v]
        x = u()
        if x < 0.30:                        # about the latest (or another) 1 August
            r["confirmed_on"] = ISO[min(ix(y - self.one((0, 0, 1, 1, 2)), *self.one(((8, 1), (7, 31), (8, 2)))), v)]
        elif x < 0.50:                      # about the 75th birthday, the 70th month, the preschool edge
            by, bm, bd = YMD[self.b]
            n = self.one((75, 75, 70, 70, 6))
            k = ix(by + n, bm, bd) + self.between(-3, 3) + (self.one((0, 15, 28)) if n == 70 else 0)
            r["confirmed_on"] = ISO[k if k <= v else v - self.between(0, 40)]
        elif x < 0.96:
            r["confirmed_on"] = ISO[v - self.one((0, 1, 7, 30, 60, 100, 200, 400))]
        elif x < 0.98:
            r["confirmed_on"] = None
        elif x < 0.985:
            r["confirmed_on"] = ISO[v + 1]
        if u() < 0.9:
            r["copay_percent"] = self.one((None, 10, 20, 20, 30))
        if u() < 0.7:
            r["insurer_number"] = self.fitting_number()
        x = u()
        if x < 0.60:
            r["unchanged"] = True
        elif x < 0.78:
            r["unchanged"] = False
        elif x < 0.80:
            r["unchanged"] = None
        if u() < 0.05:
            r["symbol"], r["number"], r["branch"] = "12", "345", "01"
        return r

    def statement(self, v):
        if self.u() < 0.35:
            return None
        t = {}
        if self.u() < 0.8:
            t["copay_percent"] = self.ratio()
        if self.u() < 0.25:
            t["insurance_kind"] = self.one(INSURANCE_KINDS)
        if self.u() < 0.05:
            t["insurer_name"], t["employer"], t["address"], t["contact"] = "A", "B", "C", None
        return t

    def disaster(self, v):
        z = {}
        x = self.u()
        if x < 0.8:
            z["in_force"] = True
        elif x < 0.97:
            z["in_force"] = self.one((False, False, None))
        x = self.u()
        if x < 0.5:
            z["stated"] = True
        elif x < 0.72:
            z["stated"] = self.one((False, False, None))
        if self.u() < 0.4:
            z["copay_percent"] = self.ratio()
        if self.u() < 0.1:
            z["insurance_kind"] = self.one(INSURANCE_KINDS)
        return z

    # ------------------------------------------------------------------ one case
    def complete(self):
        """One patient, mostly everything known."""
        u = self.u
        v = self.visit_date()
        self.b = b = self.birth(v)
        by, bm, bd = YMD[b]
        y, m, d = YMD[v]
        self.old = (y - by, m, d) >= (75, bm, bd) or (u() < 0.3 and y - by >= 65)
        f = {"visit_date": ISO[v]}
        x = u()
        if x < 0.48:
            f["visit"] = "first"
        elif x < 0.93:
            f["visit"] = "return"
        x = u()
        if x < 0.82:
            f["birthdate"] = ISO[b]
        elif x < 0.85:
            f["birthdate"] = None
        x = u()
        if x < 0.97:
            f["card"] = self.card(v)
        elif x < 0.975:
            f["card"] = None
        if u() < 0.82:
            f["online"] = o = self.online(v)
            # an answer by card although no card is there: contradictory, seldom
            if o and o.get("by") == "card" and u() < 0.97:
                c = f.get("card") or {}
                if c.get("medium") == "none" or c.get("read") == "not_my_number":
                    o["by"] = "number"
        if u() < 0.92:
            f["documents"] = self.documents(v) if u() < 0.99 else None
        if u() < 0.75:
            f["record"] = self.record(v)
        if u() < 0.65:
            f["statement"] = self.statement(v)
        x = u()
        if x < 0.15:
            f["disaster"] = self.disaster(v)
        elif x < 0.155:
            f["disaster"] = None
        x = u()
        if x < 0.16:
            f["copay_percent"] = self.one((10, 20, 30))
        elif x < 0.22:
            f["copay_percent"] = None
        return f, v

    def desk(self, f):
        """Partial facts, as a desk would give them one after the other: all up to a place in the ladder."""
        n = self.between(0, len(DESK_ORDER))
        for name in DESK_ORDER[n:]:
            head, _, tail = name.partition(".")
            inner = f.get(head)
            if not tail:
                if head == "card" and inner is not None:
                    f["card"] = {k: w for k, w in inner.items() if k in ("medium", "absent_because", "read")}
                else:
                    f.pop(head, None)
            elif isinstance(inner, dict):
                inner.pop(tail, None)
        return f

    def calm(self, f, v):
        """A desk's everyday: the rungs before are known to be passed, so that the later ones are reached."""
        u = self.u
        x = u()
        if x < 0.35:
            f["card"] = {"medium": "none"}
            if u() < 0.5:
                f["online"] = None
        elif x < 0.75:
            f["card"] = {"medium": "card", "read": self.one(("unreadable", "reader_fault", "ok"))}
            if u() < 0.15:
                del f["card"]["read"]
            f["online"] = self.one((None, {"outcome": "timeout"}, self.online(v)))
        elif x < 0.85:
            f["card"] = {"medium": "phone", "read": self.one(("unreadable", "ok"))}
            f["online"] = self.one((None, {"outcome": "timeout"}, self.online(v)))
        docs = {k: None for k in KINDS}
        while u() < 0.45:
            k = self.one(KINDS)
            if u() < 0.7:
                docs[k] = self.document(v)
            else:
                docs.pop(k, None)
        f["documents"] = docs
        o = f.get("online")
        if o and o.get("by") == "card" and (f.get("card") or {}).get("medium") == "none":
            o["by"] = "number"
        if u() < 0.2:                       # the temporary measure (4b) with its look-up
            v = EDGES[1] + self.between(-1, EDGES[5] - EDGES[1] + 1) if u() < 0.6 else self.one(LATE_EDGES)
            f["visit_date"] = ISO[v]
            if f.get("birthdate", "") and f["birthdate"] > ISO[v]:
                f["birthdate"] = "2020-04-02"
            docs[self.one(("notice", "old_card"))] = self.document(v)
            if u() < 0.9:
                f["online"] = {"outcome": "answered", "by": "number", "QualificationValidity": "1", "results": [self.result(v)]}
            else:
                f.pop("online", None)
        return f

    @staticmethod
    def inner(f, key):
        if not isinstance(f.get(key), dict):
            f[key] = {}
        return f[key]

    def malformed(self, f, v):
        k = self.between(0, 21)
        if k == 0:
            f["bithdate"] = "1980-01-01"
        elif k == 1:
            f["visit_date"] = self.one(("2026-02-29", "2026-13-01", "2026-1-1", "20260101", "", "2026-04-31", "1899-12-31",
                                        "2101-01-01", "2026-00-10", "2026-10-00", "2100-02-29"))
        elif k == 2:
            del f["visit_date"]
        elif k == 3:
            f["visit_date"] = None
        elif k == 4:
            f["visit"] = self.one((None, "again", 1, "First", ""))
        elif k == 5:
            f["birthdate"] = ISO[v + self.between(1, 3)] if v < LAST else "2101-01-01"
        elif k == 6:
            f["birthdate"] = self.one(("1980-02-30", "1899-12-31", "S55.2.17", 19800217, ""))
        elif k == 7:
            f["copay_percent"] = self.one((0, 15, 40, 100, "30", True, -10, 3))
        elif k == 8:
            self.inner(f, "card")["medium"] = self.one(("paper", 1, "", "Card"))
        elif k == 9:
            self.inner(f, "card")["read"] = self.one(("bad", True))
        elif k == 10:
            self.inner(f, "card")["registered"] = self.one(("yes", 1, "true"))
        elif k == 11:
            self.inner(f, "card")["identity"] = self.one(("PIN", 4))
        elif k == 12:
            self.inner(f, "card")["colour"] = "red"
        elif k == 13:
            f["online"] = self.one((True, "answered", [], {"outcome": "ok"}, {"outcome": "answered", "by": "phone"},
                                    {"outcome": "answered", "QualificationValidity": "7"}, {"outcome": "answered", "x": 1},
                                    {"outcome": "answered", "QualificationValidity": "0"},
                                    {"outcome": "answered", "results": {}}))
        elif k == 14:
            f["documents"] = self.one((True, [], {"passport": None}, {"notice": True}, {"notice": []}, {"notice": {"x": 1}},
                                       {"portal": {"copay_percent": 40}}, {"portal": {"valid_to": "2026-02-29"}},
                                       {"portal": {"special_medical": "yes"}}, {"notice": {"insurer_number": 138057}}))
        elif k == 15:
            f["record"] = self.one((True, [], {"x": 1}, {"unchanged": "yes"}, {"confirmed_on": "2026-02-29"},
                                    {"copay_percent": 40}))
        elif k == 16:
            f["statement"] = self.one((True, [], {"x": 1}, {"copay_percent": "20"}, {"copay_percent": 25}))
        elif k == 17:
            f["disaster"] = self.one((True, [], {"x": 1}, {"in_force": "yes"}, {"in_force": True, "stated": 1}))
        elif k == 18:
            self.inner(f, "card")["certificate_not_after"] = self.one(("2026-02-29", 20260101, "x"))
        elif k == 19:
            self.inner(f, "card")["certificate_revoked"] = self.one(("no", 0))
        elif k == 20:
            self.inner(f, "card")["absent_because"] = self.one(("asleep", 1))
        else:
            f["online"] = {"outcome": "answered", "by": "card", "QualificationValidity": "1",
                           "same_person": "no"} if self.u() < 0.2 else {
                           "outcome": "answered", "by": "card", "QualificationValidity": "1",
                           "results": [{self.one(("Birthdate",)): self.one(("19800230", "1980-02-17", "198002"))}]}
        return f

    def case(self):
        f, v = self.complete()
        x = self.u()
        if x < 0.30:
            f = self.calm(f, v)
        x = self.u()
        if x < 0.15:
            f = self.desk(f)
        elif x < 0.165:
            f = self.malformed(f, v)
        elif x < 0.25:                      # a wild one: drop something anywhere
            for _ in range(self.between(1, 4)):
                k = self.one(tuple(f))
                if isinstance(f[k], dict) and f[k] and self.u() < 0.7:
                    f[k].pop(self.one(tuple(f[k])))
                elif k != "visit_date":
                    f.pop(k)
        return f


INSURANCE_KINDS = ("後期", "国保", "わからない", None)


def chunk(seed, i, count=CHUNK):
    """The first `count` cases of chunk i."""
    g = Generator("%s/%d" % (seed, i))
    return [g.case() for _ in range(count)]


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: generate.py SEED COUNT")
    seed, count = sys.argv[1], int(sys.argv[2])
    dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    i = 0
    while count > 0:
        n = min(count, CHUNK)
        sys.stdout.write("".join(dumps(f) + "\n" for f in chunk(seed, i, n)))
        count -= n
        i += 1


if __name__ == "__main__":
    main()

"""The order of answers: the program compared with itself.

A patient about whom all is known is met by a desk that knows only some of it, in the beginning by chance.  While the
program asks, it gets the answer to need[0], and now and then a fact that it did not ask for.  The verdict in which this
ends must be that of all the facts (decision.md 1, "The order in which facts arrive never matters").  Excepted are, in
the words of section 6, "machine-reported facts and look-ups nobody asked for": `online`, `card.read` and the insurer's
word by telephone (`copay_percent`, asked for only where no source has a ratio) are left out of "all the facts" where the
desk came to its end without them; so is a 申立書 as the source of a ratio on an online path, where section 4 does not
let it be asked for.
"""
import json
import random

import generate

CHUNK = 5000
KINDS = generate.KINDS
ASKED = ("card.medium", "card.read", "online", "visit", "birthdate", "copay_percent", "record", "record.unchanged",
         "disaster.stated", "statement") + tuple("documents." + k for k in KINDS)
UNASKED = {"card.read", "online", "copay_percent"}
ONLINE = ("online_card", "online_phone", "online_number")
VOLUNTEERED = 0.25                          # how often the desk learns something unasked between two questions
ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Patients(generate.Generator):
    """Facts with no key missing, and one birth date."""
    def documents(self, v):
        return {k: self.document(v) if self.u() < 0.35 else None for k in KINDS}

    def patient(self):
        f, v = self.complete()
        if self.u() < 0.3:
            f = self.calm(f, v)
        card = f["card"] = f.get("card") or {}
        if card.setdefault("medium", self.one(("card", "phone", "none"))) is None:
            card["medium"] = "none"
        card.setdefault("read", self.one(("ok", "unreadable")))
        f.setdefault("visit", self.one(("first", "return")))
        f.setdefault("online", None)
        docs = f["documents"] = f.get("documents") or {}
        for k in KINDS:
            docs.setdefault(k, None)
        f.setdefault("record", None)
        if f["record"] is not None:
            f["record"].setdefault("unchanged", True)
        if f.setdefault("statement", None):
            # who is 後期 by nothing but the 申立書's word is not known before it is there, and it is not asked for that
            f["statement"].pop("insurance_kind", None)
        if f["online"] and f["online"].get("by") == "card" and card["medium"] == "none":
            f["online"]["by"] = "number"    # contradictory facts are none
        f.setdefault("copay_percent", None)
        if f.get("disaster"):
            f["disaster"].setdefault("stated", True)
        self.settle_birthdate(f)
        return f

    def settle_birthdate(self, f):
        """A birth date that is asked for and differs from a document's would be new evidence; without any, the
        documents are not asked for only because one might have it."""
        birth = f.setdefault("birthdate", generate.ISO[self.b])
        if birth and birth > f["visit_date"]:
            birth = f["birthdate"] = f["visit_date"]
        for d in f["documents"].values():
            if d and "birthdate" in d:
                d["birthdate"] = birth
        for r in (f["online"] or {}).get("results") or ():
            if "Birthdate" in r:
                r["Birthdate"] = birth.replace("-", "") if birth else None


def get(f, name):
    for key in name.split("."):
        if not isinstance(f, dict) or key not in f:
            return None, False
        f = f[key]
    return f, True


def hide(f, hidden):
    """A copy of the facts without the hidden ones."""
    out = {k: dict(v) if isinstance(v, dict) else v for k, v in f.items()}
    for name in hidden:
        head, _, tail = name.partition(".")
        if not tail:
            out.pop(head, None)
        elif isinstance(out.get(head), dict):
            out[head].pop(tail, None)
    return out


def work(args, run):
    program, seed, i, count = args
    g = Patients("order/%s/%d" % (seed, i))
    r = random.Random("hide/%s/%d" % (seed, i))
    patients = [g.patient() for _ in range(count)]
    hidden = []
    for f in patients:
        share = r.random()
        hidden.append({n for n in ASKED if get(f, n)[1] and r.random() < share})
    ends, open_ = [None] * count, list(range(count))
    while open_:
        answers = run(program, [hide(patients[n], hidden[n]) for n in open_])
        still = []
        for n, a in zip(open_, answers):
            ends[n] = a
            if a[0] == "need" and a[6][0] in hidden[n]:
                hidden[n].discard(a[6][0])
                if hidden[n] and r.random() < VOLUNTEERED:
                    hidden[n].discard(r.choice(sorted(hidden[n])))
                still.append(n)
        open_ = still
    whole = run(program, [hide(f, h & UNASKED) for f, h in zip(patients, hidden)])
    kinds = {}
    for f, h, end, all_ in zip(patients, hidden, ends, whole):
        if end[:7] != all_[:7] and not ("statement" in h and all_[1] in ONLINE and all_[3] == "statement"):
            k = "from a part: %s | from all: %s" % (brief(end), brief(all_))
            example = {"facts": f, "hidden": sorted(h)}
            n, best = kinds.get(k, (0, None))
            if best is None or len(ENCODE(example)) < len(ENCODE(best)):
                best = example
            kinds[k] = (n + 1, best)
    return count, kinds


def brief(a):
    if a[0] != "insured":
        return " ".join([a[0]] + (a[6] or []) if a[0] != "self_pay" else [a[0], a[1]])
    return "%s %s(%s)" % (a[0], a[1], a[3])

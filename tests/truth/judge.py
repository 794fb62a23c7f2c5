"""What is true of a run, and whether what was said is.

A verdict holds when tests/oracle comes to it from what the desk knows, what the program says of the card (held to what the card
is), and, where it says that there was an answer, the answer that the population and the day give, whatever came over the line;
where it says that there was none, from that.  An implausible answer may end in less than a confirmation.
"""
import json

import generate
import oracle
import rig
import world

STATUS = {"insured": 0, "self_pay": 10, "need": 11, "refer": 12}
TOO_SLOW = "too slow"   # nothing is wrong, and there was no time for it
BROKEN = {70}        # no fault of card, line or answer is an internal error
FIELDS = ("verdict", "path", "copay_percent", "copay_basis", "provisional")


class Wrong(Exception):
    """kind: false (a confirmation that is not true), other (another ending than the oracle's), exit, card, crash, missed."""

    def __init__(self, kind, what):
        super().__init__(what)
        self.kind = kind


def must(good, kind, what):
    if not good:
        raise Wrong(kind, what)


def answerable(v):
    """Whether the service has an answer about this card today."""
    c = v.person.certificate
    return not c.over and not v.person.revoked and (v.person.registered or v.register and v.auth == "pin" and not c.in_grace) and (
        v.genuine or v.auth == "visual")


def pin_right(v):
    return v.pin == "1234" and (v.tries > 1 or v.tries == 1 and v.last_try)


def should_answer(v):
    """Nothing is wrong, and so there has to be an answer."""
    return not v.faulty() and not v.offline and v.auth != "none" and answerable(v) and (v.auth == "visual" or pin_right(v)) and (
        v.person.born_iso() <= generate.ISO[v.day])


def truths(v):
    """The online facts that may be held: QualificationValidity and results, as altered by what an honest service may leave out."""
    validity, results = world.by_card(v.person, generate.BASIC[v.day])
    for alter in [lambda r: r, *v.alter]:
        yield {"outcome": "answered", "by": "card", "QualificationValidity": validity, "results": alter(results)}


def card_facts(v, said):
    """What the program says of the card, held to what it is."""
    if said["read"] == "ok":
        must(v.auth != "none" and (v.genuine or v.card_fault == "card: another key"), "card", "a card of nobody is read")
        must(said["certificate_not_after"] == v.person.certificate.not_after, "card", "another day for the certificate's end")
    if said["identity"] == "pin":
        must(v.auth == "pin" and v.tries > 0 and (v.pin == "1234" or v.card_fault), "card", "nobody proved to know the PIN")
    if said["identity"] == "visual":
        must(v.auth == "visual", "card", "nobody compared the face")
    if said["registered"] is True:
        must(v.register, "card", "nobody registered the card")
    facts = {k: said[k] for k in ("medium", "read", "identity", "registered", "certificate_not_after") if said[k] is not None}
    return {"card": facts} if facts else {}


def same_person(v, said):
    """The fact that --identify found out."""
    if said is None or said["result"] not in ("same", "other"):
        return {}
    if said["result"] == "same":
        must(v.own, "false", "another's card is called this person's")
    elif not v.faulty():
        must(not v.own, "other", "the person's own card is called another's")
    return {"same_person": said["result"] == "same"}


def online_facts(v, out):
    """All that may be meant by what the program says of the enquiry, as the key "online" or none."""
    said = out["check"]["online"]
    if said is None:
        return [{"online": None}] if v.offline else [{}]
    must(not v.offline and v.auth != "none", "other", "an enquiry that nobody could make")
    if said["outcome"] != "answered":
        facts = [{"online": {"outcome": said["outcome"], "by": "card"}}]
        if out["check"]["card"]["registered"] is False or v.person.revoked:
            facts.append({})
        return facts
    must(not v.impostor, "false", "an answer from who is not the service")
    must(answerable(v), "false", "an answer about a card that the service has none about")
    must(v.auth == "visual" or v.pin == "1234" and v.tries > 0, "false", "an answer without the PIN")
    same = same_person(v, out["check"]["identified"])
    held = [{"online": t | same} for t in truths(v)]
    must(v.doubt or said["QualificationValidity"] == held[0]["online"]["QualificationValidity"], "false",
         "QualificationValidity %s, which is %s" % (said["QualificationValidity"], held[0]["online"]["QualificationValidity"]))
    return held


def decided(v, out):
    """The oracle's decisions, any of which holds."""
    facts = v.known | {"visit_date": generate.ISO[v.day]} | card_facts(v, out["check"]["card"])
    for online in online_facts(v, out):
        f = facts | online
        if "online" not in online and v.person.revoked and out["check"]["online"] is not None:
            f = f | {"card": f.get("card", {}) | {"certificate_revoked": True}}
        yield f, oracle.decide(f, v.assume_none)


def numbers(v, out):
    """The numbers of a claim that stands on the answer are the true ones."""
    if out["path"] != "online_card" or v.alter:
        return
    result = world.by_card(v.person, generate.BASIC[v.day])[1][0]
    want = (result["InsurerNumber"].strip().lstrip("0"), result["InsuredIdentificationNumber"])
    got = ((out["claim"]["insurer_number"] or "").strip().lstrip("0"), out["claim"]["number"])
    must(want == got, "false", f"a claim with {got}, not {want}")


def limit(v, out):
    """限度額 is told with the patient's consent only, and then as it is."""
    told = out["check"]["limit_category"]
    if told is None or v.doubt:
        return
    must("yes" in v.options, "false", "限度額 without consent")
    result = world.by_card(v.person, generate.BASIC[v.day])[1]
    must(told in json.dumps(result), "false", f"限度額 {told}, which is not this person's")


def verdict(v, out):
    confirms = out["verdict"] in ("insured", "self_pay")
    tried = []
    for facts, held in decided(v, out):
        if "error" not in held and all(held[k] == out[k] for k in FIELDS) and held["claim_basis"] == out["claim"]["basis"]:
            numbers(v, out)
            return
        tried.append("oracle %s from %s" % ({k: held.get(k) for k in FIELDS}, json.dumps(facts, ensure_ascii=False)))
    must(v.doubt and not confirms, "false" if confirms else "other",
         "%s; %s" % ({k: out[k] for k in FIELDS}, "; ".join(tried)))


def clean(v, out):
    """Where nothing is wrong, the truth is found out, unless the machine is too slow for it; true where it was."""
    said = (out["check"]["online"] or {}).get("outcome")
    if not should_answer(v) or said == "answered" or v.pcsc and said is None:
        return False
    must(said == "timeout", "missed", f"nothing is wrong, and the enquiry was {said}")
    return True


def visit(v, run):
    """Raises Wrong; gives the run's ending in a word."""
    must(run.status in rig.DOCUMENTED and run.status not in BROKEN, "crash", f"status {run.status}: {run.err[:300]}")
    try:
        out = run.json()
    except ValueError:
        raise Wrong("crash", f"no JSON: {run}") from None
    if "error" in out and "verdict" not in out:
        must(run.status == out["error"]["exit"] and run.status >= 20, "exit", str(run))
        slow = out["error"]["code"] in ("SERVICE_TIMEOUT", "READER_TIMEOUT")
        must(not should_answer(v) or slow, "missed", str(run))
        return TOO_SLOW if slow and should_answer(v) else "error " + out["error"]["code"]
    must(run.status == STATUS[out["verdict"]], "exit", f"{out['verdict']} with status {run.status}")
    must((out["copay_percent"] is not None) == (out["verdict"] in ("insured", "self_pay")), "exit", "a ratio without a verdict for it")
    verdict(v, out)
    must(not v.online_only or out["check"]["online"]["outcome"] == "answered", "false", "--require-online, and a verdict without")
    limit(v, out)
    if clean(v, out):
        return TOO_SLOW
    return out["verdict"] + (" online" if (out["check"]["online"] or {}).get("outcome") == "answered" else "")


# --- lists ------------------------------------------------------------------------------------------------

OF_VALIDITY = {"1": "valid", "2": "invalid", "3": "invalid_new", "4": "not_found", "5": "multiple", "6": "valid"}


def row_facts(row, validity, results):
    """docs/list.md, "What is expected": a valid answer by number is what the card will bring, as long as it works."""
    f = {"visit_date": row.day, "card": {"medium": "card", "read": "ok", "identity": "pin"}, "birthdate": row.born}
    if row.not_after:
        f["card"]["certificate_not_after"] = row.not_after
    if row.confirmed_on:
        f["record"] = {"confirmed_on": row.confirmed_on, "copay_percent": row.last, "insurer_number": row.insurer}
    by = "card" if validity in ("1", "6") and not row.card_over else "number"
    return f | {"online": {"outcome": "answered", "by": by, "QualificationValidity": validity, "results": results}}


def list_row(row, out):
    """One line of batch; gives its status."""
    must(out["status"] == "error" or out["status"] in OF_VALIDITY.values(), "crash", str(out))
    if out["status"] == "error":
        must(out["copay_percent"] is None and out["path"] is None, "false", str(out))
        must(row.faulty, "missed", f"nothing is wrong with {row}: {out}")
        return "error"
    validity, results = world.by_number(row.person, row.asked, row.day.replace("-", ""))
    must(out["status"] == OF_VALIDITY[validity], "false", f"{out['status']}, which is {OF_VALIDITY[validity]}: {row}")
    if out["status"] != "valid":
        must(out["copay_percent"] is None, "false", str(out))
        return out["status"]
    held = oracle.decide(row_facts(row, validity, results))
    got = out["path"], out["copay_percent"]
    want = (held["path"], held["copay_percent"])
    must(got == want, "false", f"{got}, oracle {want}: {row}")
    return "valid"


def rows(d, run):
    """Each row with its status."""
    must(run.status in rig.DOCUMENTED and run.status not in BROKEN, "crash", f"status {run.status}: {run.err[:300]}")
    lines = [json.loads(line) for line in run.out.splitlines()]
    by_id = {r.person.told["id"]: r for r in d.rows}
    for out in lines:
        yield by_id[out["patient_id"]], list_row(by_id[out["patient_id"]], out)
    if len(lines) < len(d.rows):
        must(d.order is not None and run.status not in (0, 60), "exit", f"{len(lines)} of {len(d.rows)} rows: {run}")
    must((run.status == 0) == all(out["status"] != "error" for out in lines) or run.status not in (0, 60), "exit", str(run))

"""What happens to one patient, drawn at random: who they are, what the desk knows, the card, the line, the answer."""
import dataclasses

import generate
import network
import rig
import world
from world import TODAY

PATH = {"pin": rig.PATHS["card"], "visual": rig.PATHS["visual"]}
SLOW = ("silent-accept", "silent-reply", "stall-hello", "drip-hello", "stall-headers", "stall-body", "drip", "drip-1-a-second",
        "drip-headers", "endless-body", "endless-100", "endless-headers", "endless-line", "body-1g", "gzip-bomb")


@dataclasses.dataclass
class Visit:
    """One run of check, and all that a judge has to know of it."""
    person: world.Person
    day: int                            # index of the visit
    options: list
    known: dict                         # facts of the desk, besides card and answer
    facts: dict                         # those of them that are in a file
    auth: str = "pin"                   # or visual, or none where no card is there
    pin: str = "1234"
    text_pin: str = None
    fixture: dict = None
    genuine: bool = True                # the key is the certificate's, and its CA one of ours
    own: bool = True                    # what is printed on the card is this person's
    tries: int = 3
    last_try: bool = False
    register: bool = False
    offline: bool = False
    online_only: bool = False
    assume_none: bool = False
    born_given: str = None
    card_fault: str = None
    line_fault: str = None
    answer_fault: str = None
    order: dict = None                  # to the peer; None: the service is asked itself
    replay: object = None               # who is asked about first, whose answer comes again
    ca: str = None
    timeout: int = 10
    impostor: bool = False              # nobody may be believed on that line
    alter: list = dataclasses.field(default_factory=list)   # of the true result, also held to be true
    doubt: bool = False                 # any answer may do less than confirm
    pcsc: bool = False

    def faulty(self):
        return bool(self.card_fault or self.line_fault or self.answer_fault)


def iso(index):
    return generate.ISO[index]


# --- the desk ---------------------------------------------------------------------------------------------


def visit_day(g):
    x = g.u()
    if x < 0.6:
        return TODAY
    if x < 0.8:
        return TODAY + g.between(-60, 60)
    return g.visit_date()


def told(g, person, day):
    """What somebody at the desk finds out besides: facts as decision.md has them."""
    f = {}
    if g.u() < 0.75:
        f["documents"] = g.documents(day)
    if g.u() < 0.5:
        f["record"] = g.record(day)
    if g.u() < 0.4:
        f["statement"] = g.statement(day)
    if g.u() < 0.12:
        f["disaster"] = g.disaster(day)
    if g.u() < 0.1:
        f["copay_percent"] = g.ratio()
    return f


def desk(v, g):
    v.options += ["--date", iso(v.day)]
    if g.u() < 0.6:
        v.facts = told(g, v.person, v.day)
        v.known.update(v.facts)
    if g.u() < 0.7:
        v.known["visit"] = g.one(("first", "return"))
        v.options += ["--visit", v.known["visit"]]
    if g.u() < 0.5 and v.person.born_iso() <= iso(v.day):
        v.born_given = v.known["birthdate"] = v.person.born_iso()
        v.options += ["--birthdate", v.born_given]
    if g.u() < 0.4:
        v.assume_none = True
        v.options.append("--assume-none")
    if g.u() < 0.2:
        v.options += ["--limit-consent", g.one(("yes", "no"))]
    if g.u() < 0.05:
        v.online_only = True
        v.options.append("--require-online")
    if g.u() < (0.5 if not v.person.registered else 0.02):
        v.register = True
        v.options.append("--register")


# --- the card ---------------------------------------------------------------------------------------------


def holder(result):
    name = result.get("Name", "")
    if "Birthdate" not in result or not name or "●" in name:
        return None
    b = result["Birthdate"]
    return {"name": name, "address": result.get("Address", "東京都架空区見本一丁目２番３号"),
            "birthdate": f"{b[:4]}-{b[4:6]}-{b[6:]}", "sex": "9"}


def card(v, g, others):
    """A card that works; what is wrong with it comes after."""
    pki = rig.ROOT / "build/pki"
    who = v.person
    if g.u() < 0.06:
        who = others[g.between(0, len(others) - 1)]
    v.tries = g.one((3, 3, 3, 3, 2, 1, 0))
    x = g.u()
    if x < 0.06:
        v.pin = g.one(("9999", "4321", "12a4", "", "12345"))
    v.last_try = g.u() < 0.3
    if v.last_try:
        v.options.append("--last-try")
    v.fixture = {
        "pin": {"auth": {"value": "1234", "tries_left": v.tries}, "text": {"value": "5678", "tries_left": 3}},
        "auth": {"certificate": str(v.person.certificate.path), "key": str(pki / "adult.auth.key"), "ca": str(pki / "auth-ca.pem")},
    }
    printed = holder(who.results[-1])
    # the town's people are there more than once
    v.own = printed == holder(v.person.results[-1])
    if printed:
        v.fixture["holder"] = printed
        if g.u() < (0.2 if v.own else 0.7):
            v.text_pin = g.one(("5678", "5678", "5678", "0000"))
            v.options.append("--identify")


DO = ("corrupt", "truncate", "garbage", "overlong", "short", "remove", "reset", "9000", "6300", "63C2", "6982", "6983", "6985",
      "6A82", "6700", "6F00", "6D00", "61FF", "6283")


def alteration(g):
    do = "mute" if g.u() < 0.01 else g.one(DO)
    if g.u() < 0.6:
        return {"at": g.between(0, 30), "do": do}
    a = {"ins": g.one(("A4", "B0", "20", "2A", "C0")), "do": do, "after": g.between(0, 6)}
    if g.u() < 0.3:
        a["ap"] = g.one(("jpki", "text"))
    return a


def spoil_card(v, g):
    """Sets card_fault, its kind."""
    x = g.u()
    pki = rig.ROOT / "build/pki"
    if x < 0.65:
        a = [alteration(g) for _ in range(g.one((1, 1, 1, 2, 3)))]
        v.fixture["alter"] = a
        v.card_fault = "card: " + a[0]["do"]
        if any(b["do"] == "mute" for b in a):
            v.timeout = 1
    elif x < 0.73:
        v.fixture["auth"]["key"] = str(pki / "senior.auth.key")
        v.genuine, v.card_fault = False, "card: another key"
    elif x < 0.79:
        v.fixture["auth"] = {k: str(pki / f"unknown-ca.auth.{e}") for k, e in (("certificate", "pem"), ("key", "key"))}
        v.genuine, v.card_fault = False, "card: unknown CA"
    elif x < 0.83:
        v.fixture["auth"]["certificate"] = str(pki / "adult.sign.pem")
        v.fixture["auth"]["key"] = str(pki / "adult.sign.key")
        v.genuine, v.card_fault = False, "card: the other certificate"
    else:
        n = g.between(1, 25)
        name = g.one((f"removed after APDU {n}", f"removed after APDU {n}", "6F00 first", "short APDU only", "blocked", "phone",
                      "no JPKI", "blocked query 6984", "verified query 9000", "warm reset keeps PIN", "non-minimal length"))
        v.fixture["faults"] = [name]
        v.card_fault = "card: " + name.partition(" after")[0]


# --- the line ---------------------------------------------------------------------------------------------

# a host other than localhost and an openssl.cnf of its own are left to tests/faults
LEFT_OUT = ("host=", "openssl=", "client_ca=", "no_tickets")
PEER = [f for f in network.table() if f.where in ("peer", "tls") and not any(w in f.how for w in LEFT_OUT)]
QUICK = [f for f in PEER if f.name not in SLOW]
STALLING = [f for f in PEER if f.name in SLOW]
DEAD = ("close-accept", "reset-accept", "close-hello", "reset-hello")
WIRES = ("wire-flip", "wire-drop", "wire-twice", "wire-zeros", "wire-swap", "wire-end")


def path_of(v, g):
    return g.one((rig.PATHS["challenge"], PATH[v.auth]))


def spoil_line(v, g, place, others):
    x = g.u()
    if x < 0.3:
        kind = g.one(WIRES)
        v.order = {"fault": kind, "at": int(g.u() ** 2 * 9000), "up": g.u() < 0.4}
        v.line_fault = "line: " + kind
        v.timeout = 2               # for what is missing both wait
    elif x < 0.45:
        v.order = {"fault": "replay", "path": PATH[v.auth]}
        other = v.person if g.u() < 0.3 else others[g.between(0, len(others) - 1)]
        v.replay = other, TODAY + g.one((0, 0, -1, 30))
        v.line_fault = "line: an old answer" if other is v.person else "line: another's answer"
    elif x < 0.52:
        v.order = {"fault": g.one(("cut-at", "json-cut-at")), "path": path_of(v, g), "at": g.between(0, 1500)}
        v.line_fault = "line: " + v.order["fault"]
    else:
        f = g.one(STALLING) if x < 0.54 else g.one(QUICK)
        if f.name in SLOW:
            v.timeout = 1
        v.line_fault = "line: " + f.name
        v.order = tls_order(v, f, place) if f.where == "tls" else peer_order(v, f, g)


def peer_order(v, f, g):
    words = dict(w.split("=") for w in f.how.split())
    return {"fault": words.get("fault", f.name), "path": path_of(v, g)}


def tls_order(v, f, place):
    """As tests/faults/network.py has it."""
    words = dict(w.split("=") for w in f.how.split())
    name = words.get("cert", f.name)
    order = {"fault": "ok", "path": "none", "cert": str(place.bad / f"{name}.pem"), "key": str(place.bad / f"{name}.key")}
    order |= {k: words[k] for k in ("min", "max") if k in words}
    v.ca = str(place.bad / "root.pem")
    v.impostor = f.ends["card"] == "tls"
    return order


# --- the answer -------------------------------------------------------------------------------------------

ECHOES = ("Challenge", "CertificateSha256", "ArbitraryFileIdentifier", "QualificationConfirmationDate", "MedicalInstitutionCode")
ELEMENTS = ("XmlMsg", "MessageHeader", "MessageBody", "ProcessExecutionTime", "QualificationConfirmationDate", "MedicalInstitutionCode",
            "ArbitraryFileIdentifier", "ReferenceClassification", "SegmentOfResult", "CharacterCodeIdentifier", "ProcessingResultStatus",
            "ProcessingResultCode", "ProcessingResultMessage", "QualificationValidity")
LISTS = ("ResultList", "ResultOfQualificationConfirmation")
CARD_ONLY = ("Binding", "Challenge", "CertificateSha256")
IN_RESULT = ("InsuredCardClassification", "InsurerNumber", "InsuredCardSymbol", "InsuredIdentificationNumber", "Birthdate", "Name",
             "QualificationDate", "DisqualificationDate", "InsuredPartialContributionRatio", "ElderlyRecipientContributionRatio",
             "ElderlyRecipientCertificateInfo")
CODED = ("QualificationValidity", "SegmentOfResult", "ReferenceClassification", "ProcessingResultStatus", "InsuredCardClassification",
         "InsuredPartialContributionRatio", "ElderlyRecipientContributionRatio", "Sex1", "PersonalFamilyClassification")
WRONG_VALUES = (
    ("InsuredPartialContributionRatio", ("100", "0", "000", "040", "30", 30)),
    ("ElderlyRecipientContributionRatio", ("100", "0", "000", "040", "20", 20)),
    ("InsuredCardClassification", ("5", "00", "08", 5, None)),
    ("Birthdate", ("19800230", "20990101", "1980-02-17", "198002", 19800217)),
    ("InsurerNumber", ("ABC", "123456789", 6132013)),
    ("QualificationValidity", ("0", "7", "", "1 ", "有効", 1, None, ["1"])),
    ("SegmentOfResult", ("2", "9", "0", 1)),
    ("ProcessingResultStatus", ("2", "0", True)),
    ("ResultOfQualificationConfirmation", ([], [], {}, "", None, [1], [[]], [{"InsurerNumber": 1}])),
    ("XmlMsg", ([], {}, None, "1")),
)
STATUSES = (400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 502, 503, 599)
WHOLE = ("not_json", "empty_body", "bom", "invalid_utf8")
BODIES = ("null", "[]", "{}", "1", '"1"', '{"XmlMsg":{}}', '{"error":{}}', '{"status":"ok"}',
          '{"error":{"code":"CARD_NOT_REGISTERED","retryable":false,"text_desk":"x","text_technician":"y"}}')


def without_results(results):
    return []


def without_ratio(results):
    return [{k: w for k, w in r.items() if k not in ("InsuredPartialContributionRatio", "ElderlyRecipientContributionRatio",
                                                     "ElderlyRecipientCertificateInfo")} for r in results]


def age(person, day):
    """In years, short by the one whose birthday is still to come."""
    return (int(generate.BASIC[day]) - int(person.born)) // 10000


def implausible(v, g, others):
    """Well-formed, and it can not be true of this patient: what comes of it may not confirm it."""
    years = age(v.person, v.day)
    ways = [("QualificationValidity", "6")]
    if years < 60:
        ways.append(("InsurerNumber", "39131016"))
    if years > 76:
        ways.append(("InsurerNumber", "06132013"))
    result = world.by_card(v.person, generate.BASIC[v.day])[1]
    if v.born_given:
        other = others[g.between(0, len(others) - 1)]
        if other.born != v.person.born:
            ways.append(("ResultOfQualificationConfirmation", [other.results[-1]]))
            ways.append(("Birthdate", other.born))
    if result:
        again = dict(result[0], InsuredIdentificationNumber="99991", InsuredCardSymbol="99")
        ways.append(("ResultOfQualificationConfirmation", [result[0], again]))
    if 70 < years < 74:
        ways.append(("ElderlyRecipientContributionRatio", "010"))
        v.alter.append(without_ratio)
    return g.one(ways)


def replaced(field, value):
    return {"fault": "replace", "field": field, "value": value}


def spoil_answer(v, g, others):
    """The fault for shikaku-mock --faults, without whom it is for."""
    x = g.u()
    if x < 0.18:
        fault = {"fault": "wrong_echo", "field": g.one(ECHOES)}
    elif x < 0.30:
        fault = {"fault": "missing_field", "field": g.one(ELEMENTS + LISTS + CARD_ONLY)}
        if fault["field"] in LISTS:
            v.alter.append(without_results)
    elif x < 0.40:
        fault = {"fault": "wrong_types", "field": g.one(ELEMENTS + LISTS + CARD_ONLY + IN_RESULT)}
    elif x < 0.48:
        fault = {"fault": "unknown_code", "field": g.one(CODED)}
    elif x < 0.54:
        fault = {"fault": "duplicate_keys", "field": g.one(ELEMENTS + LISTS + CARD_ONLY + IN_RESULT)}
    elif x < 0.70:
        field, values = g.one(WRONG_VALUES)
        fault = replaced(field, g.one(values))
        # an array that is empty or null is none, which only an answer 1 may not have
        if field == LISTS[1] and fault["value"] in ([], None) and world.by_card(v.person, generate.BASIC[v.day])[0] != "1":
            v.alter.append(without_results)
    elif x < 0.82:
        fault = replaced(*implausible(v, g, others))
        v.doubt = True
        v.answer_fault = "answer: implausible " + fault["field"]
    elif x < 0.86:
        fault = {"fault": "body", "body": g.one(BODIES)}
    elif x < 0.90:
        fault = {"fault": "status", "status": g.one(STATUSES)}
    elif x < 0.93:
        fault = {"fault": "cut_body", "at": g.between(0, 900)}
    elif x < 0.95:
        fault = {"fault": g.one(("maintenance", "overloaded", "redirect")), "location": "https://localhost:1/"}
        if fault["fault"] != "redirect":
            del fault["location"]
    elif x < 0.97:
        fault = {"fault": "date_skew", "date_skew_seconds": g.one((3600, -82800, 172800, -172800))}
    else:
        fault = {"fault": g.one(WHOLE)}
    v.answer_fault = v.answer_fault or "answer: %s %s" % (fault["fault"], fault.get("field", ""))
    return fault


# --- a run ------------------------------------------------------------------------------------------------


def visit(seed, number, place, people):
    """The run of that number of a seed; its fault of the answer is left with it as v.spoilt."""
    g = generate.Generator(f"{seed}/{number}")
    person = people[number % world.BLOCK]
    v = Visit(person, visit_day(g), [], {}, {})
    g.b = generate.INDEX[tuple(map(int, person.born_iso().split("-")))]
    g.old = age(person, v.day) >= 75
    v.spoilt = None
    desk(v, g)
    x = g.u()
    if x < 0.03:
        v.auth = "none"
        v.options += ["--no-card", g.one(("forgotten", "lost", "none_issued"))]
        return v
    card(v, g, people)
    if x < 0.13:
        v.auth = "visual"
        v.options += ["--auth", "visual", "--operator", "desk1"]
    if g.u() < 0.02:
        v.offline = True
        v.options += ["--service", "offline"]
    if g.u() < 0.33:
        spoil_card(v, g)
    x = g.u()
    if x < 0.33 and not v.offline:
        spoil_line(v, g, place, people)
    if 0.25 < x < 0.62 and not v.replay:
        v.spoilt = spoil_answer(v, g, people)
    v.pcsc = number % 50 == 7
    return v


def to_service(v):
    """The fault as an element of the faults file."""
    return {"match": {"person": v.person.told["id"], "path": PATH[v.auth]}} | v.spoilt


# --- lists ------------------------------------------------------------------------------------------------

COLUMNS = ("patient_id", "appointment", "birthdate", "insurer_number", "symbol", "number", "branch", "certificate_not_after",
           "last_copay_percent", "last_confirmed_on")


@dataclasses.dataclass
class Row:
    person: world.Person
    asked: dict                 # the result whose numbers the clinic has on file
    day: str                    # ISO, of the appointment
    born: str
    insurer: str
    not_after: str
    card_over: bool
    confirmed_on: str
    last: int
    fault: str
    faulty: bool

    def cells(self):
        r = self.asked
        return (self.person.told["id"], self.day + " 09:00", self.born, self.insurer, r.get("InsuredCardSymbol", ""),
                r["InsuredIdentificationNumber"], r.get("InsuredBranchNumber", ""), self.not_after or "", self.last or "",
                self.confirmed_on or "")


@dataclasses.dataclass
class List:
    rows: list
    mode: str
    order: dict
    fault: str
    timeout: int


def row_fault(rng):
    """Of an answer by number: what its binding to the question, its form and its codes have to catch."""
    x = rng.random()
    if x < 0.3:
        return {"fault": "wrong_echo", "field": rng.choice(ECHOES[2:])}
    if x < 0.5:
        return {"fault": "missing_field", "field": rng.choice(ELEMENTS)}
    if x < 0.6:
        return {"fault": "unknown_code", "field": rng.choice(CODED[:7])}
    if x < 0.7:
        return {"fault": "duplicate_keys", "field": rng.choice(ELEMENTS)}
    if x < 0.8:
        return replaced(*rng.choice((("Birthdate", "19010203"), ("InsurerNumber", "01139990"), ("QualificationValidity", "9"),
                                     ("InsuredIdentificationNumber", "1"))))
    return rng.choice(({"fault": "not_json"}, {"fault": "empty_body"}, {"fault": "status", "status": 500}, {"fault": "cut_body", "at": 30}))


def list_faults(rng, people):
    """By number of a person: the element of the faults file, and the kind of fault."""
    faults = {}
    for p in people:
        if rng.random() < 0.25:
            f = row_fault(rng)
            faults[p.number] = ({"match": {"person": p.told["id"], "path": rig.PATHS["number"]}} | f,
                                "row: %s %s" % (f["fault"], f.get("field", "")))
    return faults


def a_row(g, person, faults, mode):
    asked = g.one(person.results)
    day = TODAY + g.one((0, 0, 0, 1, 30, -30))
    b = asked["Birthdate"]
    born = f"{b[:4]}-{b[4:6]}-{b[6:]}"
    known = g.u() < 0.5
    fault = faults.get(person.number, (None, None))[1] if mode == "single" else None
    not_after = person.certificate.not_after if g.u() < 0.5 else None
    return Row(person, asked, iso(day), born, asked["InsurerNumber"].strip(), not_after, not_after and grace_over(not_after, day),
               iso(day - g.between(1, 400)) if known else None, g.one((10, 20, 30)) if known else None, fault, fault is not None)


def grace_over(not_after, day):
    year, month, _ = map(int, not_after.split("-"))
    return generate.month_last(year, month + 3) < day


def a_list(seed, number, people, faults):
    g = generate.Generator(f"{seed}/{number}")
    mode = "single" if g.u() < 0.65 else "bulk"
    some = {g.between(0, len(people) - 1) for _ in range(10)}
    rows = [a_row(g, people[k], faults, mode) for k in sorted(some)]
    rows = [r for r in rows if r.born <= r.day and r.insurer.isdigit()]
    order, fault, timeout = None, None, 10
    if g.u() < 0.4:
        f = g.one([f for f in QUICK if f.where == "peer" and not f.slower])
        words = dict(w.split("=") for w in f.how.split())
        paths = ("number",) if mode == "single" else ("bulk", "result")
        order, fault = {"fault": words.get("fault", f.name), "path": rig.PATHS[g.one(paths)]}, "list: " + f.name
        if g.u() < 0.3:
            order["fault"], order["at"], fault = g.one(WIRES), int(g.u() ** 2 * 9000), "list: a wire fault"
        elif mode == "single" and g.u() < 0.3:
            order["fault"], fault = "swap", "list: another's answer"
        timeout = 2
        if order["fault"] in WIRES + DEAD:
            rows = rows[:1]         # after five failures batch waits for a dead service, for five minutes
    for r in rows:
        r.faulty = r.faulty or order is not None
    return List(rows, mode, order, fault, timeout)

#!/usr/bin/env python3
"""Independent oracle of the shikaku decision.

Written from spec/decision.md (called D below; highest authority) and spec/policy.md (P) ALONE, without looking at the C
program, its tests or its documentation.  Every step quotes the sentence it follows.

    decide(facts: dict) -> {"verdict", "path", "copay_percent", "copay_basis", "provisional", "claim_basis", "need": [...]}
                        or {"error": True} for malformed facts

Dates are ints YYYYMMDD throughout.  Three values (D 1): a value, None (known to be absent), NA (not asked yet).
As a program: NDJSON on standard input, one answer per line.
"""
import json
import os
import sys
from functools import lru_cache

NA = ...                                   # "not asked yet: the key is missing"

# Where the documents can be read in two ways, the oracle takes the first; ORACLE_READINGS=name,name (or `all`) takes the
# second, so that what is left of the differences can be seen.
READINGS = {
    "legal_all": "DEC-12 only for a declared, printed or ascertained ratio (D4's words) | also for the answer's and the record's",
    "card_answer_no_card": "an answer `by: card` with no card is no rung 1 and nothing else | contradictory facts: refer",
    "kind_deciding": "`statement.insurance_kind` 後期 counts on every path, from 65 on | only where the statement (or disaster) "
                     "decides; under 65 refer",
    "phone_valid_to": "CERT-7, D2: a phone of an expired card is no phone and no card | `card.valid_to` is not for phones",
    "chain_asks_no_card": "a card fact that the 申立書 as a source of the ratio hangs on is asked | unknown counts as no card",
    "validity3_both": "validity 3 with no card needs card.medium (and a 資格確認書 unless known absent); with an unusable card the "
                      "資格確認書 unless known absent | with no card always both; with an unusable card refer",
    "failed_phone": "a phone fails in the two ways D3 names | also with identity failed",
    "no_validity": "answered without QualificationValidity is an answer | is no answer",
    "record_scheme": "the record's insurer differs only when both numbers are known | also when its scheme is not the patient's",
    "again_failed": "not registered, answer 2-5 by card, beside it identity failed or an unreadable chip: no route left, nothing "
                    "can change | need card.registered all the same",
    "record_39_null": "no confirmed_on: the 75th birthday can not be excluded | a 39 number shows that it was after",
    "again_no_need": "an answer 5 is `need online`, whatever another look-up would come to (D3's words) | not where all other "
                     "answers end the same (D1's words)",
    "chain_no_phone": "the portal of a failed phone counts in the ratio's sources as for rung 4 | does not",
}
# The readings that were settled on, in docs/decision.md.
_chosen = os.environ.get("ORACLE_READINGS", "legal_all,card_answer_no_card,no_validity,again_failed").split(",")
(LEGAL_ALL, CARD_ANSWER_NO_CARD, KIND_DECIDING, PHONE_VALID_TO, CHAIN_ASKS_NO_CARD, VALIDITY3_BOTH, FAILED_PHONE, NO_VALIDITY,
 RECORD_SCHEME, AGAIN_FAILED, RECORD_39_NULL, AGAIN_NO_NEED, CHAIN_NO_PHONE) = (n in _chosen or "all" in _chosen for n in READINGS)

# ---------------------------------------------------------------------------------------------------------------- dates

OUT_OF_RANGE = 20241202                    # D3 "Visits before 2024-12-02: `refer`, out of range"
PHONE_START = 20250919                     # D3 "Phone before 2025-09-19: not in force"
OLD_CARD_LAST = 20251201                   # D3 rung 4a "to its printed date, at most 2025-12-01 (DOC-9)"
TMP_FROM, TMP_ALL, TMP_TO = 20250801, 20251202, 20260731   # P9 grace_old_card_from / to, TMP-1..3
DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def leap(y):
    return y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)


def month_days(y, m):
    return 29 if m == 2 and leap(y) else DAYS[m]


class Malformed(Exception):
    pass


def _date(text, digits):
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise Malformed(text)
    y, m, d = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    # D3 "Dates lie between 1900 and 2100."
    if not (1900 <= y <= 2100 and 1 <= m <= 12 and 1 <= d <= month_days(y, m)):
        raise Malformed(text)
    return int(digits)


@lru_cache(maxsize=65536)
def iso(text):
    """D2 'ISO date'."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise Malformed(text)
    return _date(text, text[:4] + text[5:7] + text[8:])


@lru_cache(maxsize=65536)
def official_date(text):
    """D2 'official element names and value forms (... dates YYYYMMDD)'."""
    return _date(text, text)


@lru_cache(maxsize=65536)
def grace_end(not_after):
    """CERT-2 last_ok = end_of_month(add_months(end_of_month(expiry), 3))."""
    y, m = not_after // 10000, not_after // 100 % 100 + 3
    if m > 12:
        y, m = y + 1, m - 12
    return y * 10000 + m * 100 + month_days(y, m)


def birthday(birth, n):
    """The n-th birthday; born 2/29 in a common year: 3/1 (vector 1952-02-29 -> 2027-03-01; AGE-2 reaches it on 2/28)."""
    y, md = birth // 10000 + n, birth % 10000
    if md == 229 and not leap(y):
        md = 301
    return y * 10000 + md


def march_end(birth, n):
    """RAT-1 'the first 3/31 on or after the day of reaching n'; AGE-1: reached on the day before the birthday."""
    b = birthday(birth, n)
    return (b // 10000 + (0 if b % 10000 <= 401 else 1)) * 10000 + 331


def seventy_from(birth):
    """RAT-3 'from the 1st of the month after the month of reaching 70' (reached the day before the birthday)."""
    b = birthday(birth, 70)
    y, m, d = b // 10000, b // 100 % 100, b % 100
    if d > 1:
        y, m = (y, m + 1) if m < 12 else (y + 1, 1)
    return y * 10000 + m * 100 + 1


PRESCHOOL, GENERAL, SEVENTY, OLD75 = range(4)


@lru_cache(maxsize=65536)
def age_band(birth, on):
    if on >= birthday(birth, 75):           # RAT-5 "from the 75th birthday itself"
        return OLD75
    if on >= seventy_from(birth):
        return SEVENTY
    return PRESCHOOL if on <= march_end(birth, 6) else GENERAL


@lru_cache(maxsize=65536)
def age_facts(birth, on):
    """band, age < 65 (RAT-27), up to and including the 31 March after turning 18 (RAT-23)."""
    return age_band(birth, on), on < birthday(birth, 65), on <= march_end(birth, 18)


# -------------------------------------------------------------------------------------------------------------- numbers

WIDE = {0xFF10 + i: 0x30 + i for i in range(10)}
PLACEHOLDERS = ("77777777", "77777779", "99999999")   # CLM-3, CLM-12: stand for "not known"


@lru_cache(maxsize=65536)
def normal_number(text):
    """For comparing: 6 digits may be padded to 8 with spaces or 00 (NUM-2, service A.8), and be of full width."""
    if text is None:
        return None
    t = text.strip(" \t\u3000\u00a0")
    digits = t.translate(WIDE)
    if not (digits.isascii() and digits.isdigit()):
        return t or None
    return digits[2:] if len(digits) == 8 and digits.startswith("00") else digits


def is_number(number):
    """What could be a 保険者番号: 8 digits or 6 (NUM-1, NUM-2), and no placeholder."""
    return number is not None and len(number) in (6, 8) and number.isascii() and number.isdigit() and \
        number not in PLACEHOLDERS


def is_kouki(number):
    """D4 'number has 8 digits beginning 39 (6 digits beginning 39 is 国保 of 高知)'."""
    return is_number(number) and len(number) == 8 and number.startswith("39")


def is_kokuho(number):
    return is_number(number) and len(number) == 6


def is_kumiai(number):
    """D4 '国保組合 (digits 3-5 from 300)'; NUM-4 'third digit 3 (300-399 in digits 3-5)'."""
    return is_kokuho(number) and number[2] == "3"


# -------------------------------------------------------------------------------------------------------- reading facts

KINDS = ("eligibility_certificate", "portal", "portal_pdf", "notice", "old_card")
Q, PORTAL, PDF, NOTICE, OLD = range(5)
DOC_FACT = tuple("documents." + k for k in KINDS)
KIND_INDEX = {k: i for i, k in enumerate(KINDS)}
NO_DOCS = (NA,) * 5

TOP_KEYS = frozenset("id visit_date visit birthdate copay_percent card online documents record statement disaster".split())
CARD_KEYS = frozenset(("medium absent_because read certificate_not_after valid_to certificate_revoked identity "
                       "registered").split())
ONLINE_KEYS = frozenset("outcome by QualificationValidity results same_person".split())
DOC_KEYS = frozenset("valid_from valid_to copay_percent insurer_number symbol number branch birthdate special_medical".split())
RECORD_KEYS = frozenset("confirmed_on copay_percent insurer_number symbol number branch unchanged".split())
STATEMENT_KEYS = frozenset("copay_percent insurance_kind insurer_name employer address contact".split())
DISASTER_KEYS = STATEMENT_KEYS | {"in_force", "stated"}

MEDIUM = frozenset(("card", "phone", "none", None))
BECAUSE = frozenset(("forgotten", "lost", "none_issued", None))
READ = frozenset(("ok", "unreadable", "reader_fault", "not_my_number", None))
IDENTITY = frozenset(("pin", "face", "visual", "pin_locked", "failed", None))
OUTCOME = frozenset(("answered", "unreachable", "timeout", "maintenance", "error", None))
BY = frozenset(("card", "number", None))
VALIDITY = frozenset(("1", "2", "3", "4", "5", "6", None))
CLASSES = frozenset(("01", "02", "03", "04", "05", "06", "07", "A1"))
PERCENT3 = {"010": 10, "020": 20, "030": 30}


def one_of(value, allowed):
    if value is not NA and not (value is None or isinstance(value, str)) or value is not NA and value not in allowed:
        raise Malformed(value)
    return value


def ratio_value(value):
    if value is None:
        return None
    if type(value) is not int or value not in (10, 20, 30):
        raise Malformed(value)
    return value


def flag(value):
    if value is not None and value is not True and value is not False:
        raise Malformed(value)
    return value


def text_or_null(value):
    if value is not None and not isinstance(value, str):
        raise Malformed(value)
    return value


def date_or_null(value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed(value)
    return iso(value)


def an_object(value, keys):
    """D2 'An unknown key of ours is an error naming the key'."""
    if not isinstance(value, dict) or not value.keys() <= keys:
        raise Malformed(value)
    return value


class State:
    __slots__ = ("visit_date", "visit", "birthdate", "copay_percent", "medium", "read", "not_after", "valid_to", "revoked",
                 "identity", "registered", "online", "answered", "by", "validity", "ans_class", "ans_number", "ans_birth",
                 "ans_kouki_ratio", "ans_elderly_ratio", "several", "stranger", "docs", "record", "unchanged", "statement", "in_force", "stated",
                 "disaster_copay", "disaster_kind")


# document: (valid_from, valid_to, copay_percent, insurer_number, birthdate, special_medical)
# record:   (confirmed_on, copay_percent, insurer_number); State.unchanged beside it
# statement: (copay_percent, says 後期)
# online:   NA, None, or (outcome, by, validity, class, number, birth, ratio of 後期, ratio of 70-74, several results,
#           another person than the card's)

NO_ONLINE = (None,) * 8 + (False, False)


def set_online(s, online):
    s.online = online
    if online is NA or online is None:
        online_ = NO_ONLINE
    else:
        online_ = online
    (outcome, s.by, s.validity, s.ans_class, s.ans_number, s.ans_birth, s.ans_kouki_ratio, s.ans_elderly_ratio,
     s.several, s.stranger) = online_
    s.answered = outcome == "answered" and not (NO_VALIDITY and s.validity is None)
    if not s.answered:                      # only an answer says anything
        s.several = s.stranger = False
        s.by = s.validity = s.ans_class = s.ans_number = s.ans_birth = s.ans_kouki_ratio = s.ans_elderly_ratio = None


def official_percent(value):
    """D2 'percent as "030"'; D5 'Errors (... unknown enum)'."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value not in PERCENT3:
        raise Malformed(value)
    return PERCENT3[value]


def within(r, start, end, day):
    start, end = text_or_null(r.get(start)), text_or_null(r.get(end))
    start, end = official_date(start) if start else None, official_date(end) if end else None
    return (start is None or start <= day) and (end is None or day <= end)


def parse_online(o, visit_date):
    if o is None:
        return None
    an_object(o, ONLINE_KEYS)
    outcome = one_of(o.get("outcome"), OUTCOME)   # a field missing inside reads as null
    by = one_of(o.get("by"), BY)
    validity = one_of(o.get("QualificationValidity"), VALIDITY)
    same = o.get("same_person")
    if same is not None and not isinstance(same, bool):
        raise Malformed(same)
    results = o.get("results")
    if results is not None and not isinstance(results, list):
        raise Malformed(results)
    klass = number = birth = kouki = elderly = None
    covering = 0
    for i, r in enumerate(results or ()):
        if not isinstance(r, dict):
            raise Malformed(r)
        b = text_or_null(r.get("Birthdate"))
        b = official_date(b) if b else None
        if b is not None and b > visit_date:                # D3 "A birth date after the visit: an error"
            raise Malformed(b)
        k = text_or_null(r.get("InsuredCardClassification"))
        if k and k not in CLASSES:                          # D5 "Errors (... unknown enum)"; API-2 / OQSCD010
            raise Malformed(k)
        n = normal_number(text_or_null(r.get("InsurerNumber")))
        # D4 "the answer's ratio if its dates cover the visit"; no bound given: open
        kr = official_percent(r.get("InsuredPartialContributionRatio"))
        if not within(r, "InsuredCardValidDate", "InsuredCardExpirationDate", visit_date):
            kr = None
        info = r.get("ElderlyRecipientCertificateInfo")
        if info is None:
            info = r                                        # settled: its parts may stand without it
        elif not isinstance(info, dict):
            raise Malformed(info)
        er = official_percent(info.get("ElderlyRecipientContributionRatio"))
        # D4 "ElderlyRecipientContributionRatio within ElderlyRecipientValidStartDate..EndDate"
        if not within(info, "ElderlyRecipientValidStartDate", "ElderlyRecipientValidEndDate", visit_date):
            er = None
        # Settled: "Of several results the first that covers the visit counts, else the first"; the day on which an
        # eligibility is lost is not covered
        lost = r.get("DisqualificationDate")
        covers = within(r, "QualificationDate", "DisqualificationDate", visit_date) and \
            not (lost and int(lost) == visit_date)
        covering += covers
        if i == 0 or (covers and covering == 1):
            klass, number, birth, kouki, elderly = k, n, b, kr, er
    # Settled: "a valid answer of whose results none, or more than one, covers the visit contradicts itself: `refer`"
    several = bool(results) and covering != 1
    return (outcome, by, validity, klass, number, birth, kouki, elderly, several, same is False)


def parse_document(d, visit_date):
    if d is None:
        return None
    an_object(d, DOC_KEYS)
    get = d.get
    for key in ("symbol", "number", "branch"):
        text_or_null(get(key))
    birth = date_or_null(get("birthdate"))
    if birth is not None and birth > visit_date:            # D3 "A birth date after the visit: an error"
        raise Malformed(birth)
    return (date_or_null(get("valid_from")), date_or_null(get("valid_to")), ratio_value(get("copay_percent")),
            normal_number(text_or_null(get("insurer_number"))), birth,
            flag(get("special_medical")) is True)


def says_kouki(value):
    value = text_or_null(value)
    return value is not None and "後期" in value


def parse(f, assume_none=False):
    if not isinstance(f, dict) or not f.keys() <= TOP_KEYS:
        raise Malformed(f)
    s = State()
    get = f.get
    visit_date = get("visit_date")
    if not isinstance(visit_date, str):                     # D2 "ISO date; required"
        raise Malformed(visit_date)
    s.visit_date = visit_date = iso(visit_date)
    s.visit = v = get("visit", NA)                          # D3 "Nulls: `visit` is never null"
    if v is not NA and v != "first" and v != "return":
        raise Malformed(v)
    b = get("birthdate", NA)
    s.birthdate = b = date_or_null(b) if b is not NA else NA
    if b is not NA and b is not None and b > visit_date:    # D3 "A birth date after the visit: an error"
        raise Malformed(b)
    c = get("copay_percent", NA)
    s.copay_percent = ratio_value(c) if c is not NA else NA

    card = f.get("card", NA)
    if card is NA or card is None:
        s.medium, s.read, s.identity = (NA, NA, NA) if card is NA else (None, None, None)
        s.not_after = s.valid_to = s.revoked = s.registered = None
    else:
        an_object(card, CARD_KEYS)
        get = card.get
        s.medium = one_of(get("medium", NA), MEDIUM)
        one_of(get("absent_because"), BECAUSE)
        s.read = one_of(get("read", NA), READ)
        s.identity = one_of(get("identity", NA), IDENTITY)
        # D1 "a missing certificate_not_after, certificate_revoked or registered is no objection"
        s.not_after = date_or_null(get("certificate_not_after"))
        s.valid_to = date_or_null(get("valid_to"))
        s.revoked = flag(get("certificate_revoked")) is True
        r = get("registered")
        s.registered = r if isinstance(r, str) and r == "declined" else flag(r)

    o = f.get("online", NA)
    set_online(s, parse_online(o, visit_date) if o is not NA else NA)
    if assume_none and s.medium is NA:
        s.medium = None
    if s.medium is None:                    # known to be absent; settled: an answer by card shows that there is one
        s.medium = "card" if s.answered and s.by == "card" else "none"

    d = f.get("documents", NA)
    if d is NA:                                             # D1 "missing `documents`: no document has been asked for"
        s.docs = list(NO_DOCS)
    elif d is None:
        s.docs = [None] * 5
    else:
        if not isinstance(d, dict):
            raise Malformed(d)
        s.docs = docs = list(NO_DOCS)
        for kind, doc in d.items():
            if kind not in KIND_INDEX:
                raise Malformed(kind)
            docs[KIND_INDEX[kind]] = parse_document(doc, visit_date)

    r = f.get("record", NA)
    s.unchanged = NA
    if r is NA or r is None:
        s.record = r
    else:
        an_object(r, RECORD_KEYS)
        get = r.get
        for key in ("symbol", "number", "branch"):
            text_or_null(get(key))
        s.record = (date_or_null(get("confirmed_on")), ratio_value(get("copay_percent")),
                    normal_number(text_or_null(get("insurer_number"))))
        u = get("unchanged", NA)
        # D3 "`record.unchanged` null means changed"
        s.unchanged = NA if u is NA else flag(u) is True

    t = f.get("statement", NA)
    if t is NA or t is None:
        s.statement = t
    else:
        an_object(t, STATEMENT_KEYS)
        for key in ("insurer_name", "employer", "address", "contact"):
            text_or_null(t.get(key))
        s.statement = (ratio_value(t.get("copay_percent")), says_kouki(t.get("insurance_kind")))

    # D1 "A missing `disaster` means none is in force"
    z = f.get("disaster")
    s.in_force, s.stated, s.disaster_copay, s.disaster_kind = False, NA, None, False
    if z is not None:
        an_object(z, DISASTER_KEYS)
        for key in ("insurer_name", "employer", "address", "contact"):
            text_or_null(z.get(key))
        s.in_force = flag(z.get("in_force")) is True
        u = z.get("stated", NA)
        s.stated = NA if u is NA else flag(u) is True
        s.disaster_copay = ratio_value(z.get("copay_percent"))
        s.disaster_kind = says_kouki(z.get("insurance_kind"))
    if assume_none:
        read_as_absent(s)
    return s


def read_as_absent(s):
    """D1 '`--assume-none` reads every fact not asked as absent (documents, record, statement: null; `visit`: `first`;
    `record.unchanged`: false)'."""
    for name in ("birthdate", "copay_percent", "read", "identity", "record", "statement"):
        if getattr(s, name) is NA:
            setattr(s, name, None)
    s.docs = [None if doc is NA else doc for doc in s.docs]
    s.visit = "first" if s.visit is NA else s.visit
    s.unchanged = False if s.unchanged is NA else s.unchanged
    s.stated = False if s.stated is NA else s.stated
    if s.online is NA:
        set_online(s, None)


# ------------------------------------------------------------------------------------------------------- the ladder
# A walk ends in a str (the fact the ladder asks for) or in an outcome
# (verdict, path, copay_percent, copay_basis, provisional, claim_basis).

REFER = ("refer", None, None, None, False, "none")   # D5 claim.basis has no null: `none`
SPECIAL = ("self_pay", "special_medical", 100, "rule", False, "special")
NOTHING = ("self_pay", "none", 100, "rule", False, "none")
PASS = None                                 # go on to the next rung
RUNG_1 = ("rung 1 holds",)


def birth_of(s):
    """D2 'if missing, taken from the online answer, then from a document's `birthdate`'.

    NA: to be asked; None: can not be had."""
    if s.birthdate is not NA and s.birthdate is not None:
        return s.birthdate
    if s.ans_birth is not None:
        return s.ans_birth
    for doc in s.docs:
        if doc is not NA and doc is not None and doc[4] is not None:
            return doc[4]
    return s.birthdate


def data_error(number, band, under65):
    """D4 'a 後期 number under 65 or a 国保/健保 number at 75+ ... is a data error (RAT-26, RAT-27)'."""
    if not is_number(number):
        return False
    if is_kouki(number):
        return under65
    return band == OLD75


def special(s, number):
    """Rung 1a, for the answer (class 05) or for a paper (its mark)."""
    birth = birth_of(s)
    if birth is NA:
        return "birthdate"
    if birth is None:
        return REFER                        # D3 "a birth date that can not be had: `refer`"
    band, under65, to18 = age_facts(birth, s.visit_date)
    if to18:                                # D3 "up to and including the 31 March after turning 18 ...: `refer`"
        return REFER
    if data_error(number, band, under65):   # D4 "in the source that would decide is a data error: verdict `refer`"
        return REFER
    return SPECIAL


def by_of(s):
    """Route of the answer: 'card' (card or phone) or 'number'; 'card.medium' when that is still to be asked."""
    if s.by is not None:
        return s.by
    # D3 "`online.by` null means by card if a card or phone is there"
    if s.medium is NA and s.read != "not_my_number":
        return "card.medium"
    if s.medium == "none" or s.read == "not_my_number":
        return "number"
    return "card"


def certificate_good(s, medium):
    if s.revoked:                           # D3 "`certificate_revoked` true: rung 1 is false"
        return False
    if s.not_after is not None:
        # D3 rung 1 "certificate valid or within grace (CERT-2); phone has no grace (CERT-7)"
        if s.visit_date > (grace_end(s.not_after) if medium == "card" else s.not_after):
            return False
    # CERT-7 "if the physical card or its certificate has expired, the phone does not work at all"
    return PHONE_VALID_TO or not (medium == "phone" and s.valid_to is not None and s.visit_date > s.valid_to)


def rungs_1_and_2(s, medium):
    """PASS, RUNG_1, or the fact asked for, with `medium` known."""
    if medium == "none":
        return PASS                         # D1 "With no card, `online` is not asked for by rung 1"
    if s.registered == "declined":
        return PASS                         # D3 "the card is no マイナ保険証"; "`"declined"` does [close rung 1]"
    if medium == "phone" and s.visit_date < PHONE_START:
        return PASS                         # D3 "Phone before 2025-09-19: not in force"
    good = certificate_good(s, medium)
    if s.answered:
        by = s.by
        if by is None:
            by = "number" if s.read == "not_my_number" else "card"
        if by == "card":
            # D3 "An answer with `by: card` shows that the card was read: `read`, `identity` and `registered: false`
            # beside it do not close rung 1"
            if not good:
                return PASS                 # past grace or revoked: "as in an outage"
            if s.validity == "1":
                return RUNG_1
            # D3 "Not registered and an answer 2-5 by card: `need card.registered`"; rung 2 is for the physical card only
            if medium == "card" and s.registered is False and s.validity in ("2", "3", "4", "5"):
                return "card.registered"
            # D3 "Validity 5 by card asks only if rung 1's other conditions hold"
            if s.validity == "5":
                return "online"
            return PASS                     # D3 "From a card it goes down the ladder"; "2, 4 goes down the ladder"
        # by number
        if medium == "phone":
            return PASS                     # D3 "Rung 2 is for the physical card only"
        # else: D3 "A number look-up that was made while a readable, usable card lies there: rung 2 first"
    elif s.online is not NA:
        return PASS                         # D3 "When `online` is null or its outcome is a failure, rung 2 is passed"
    # `online` not asked yet, or only looked up by number: can the card (phone) still be used?
    if s.read is not NA and s.read != "ok":
        return PASS                         # not readable (an unread one may be: rung 1's open question is `online`)
    if not good:
        return PASS
    if s.identity == "failed":
        return PASS                         # D3 "`failed` means that no route is left"
    if medium == "card":                    # D3 "Rung 2 is for the physical card only"; for a phone rung 1 stays open
        if s.identity == "pin_locked":
            return "card.identity"          # D3 "`pin_locked` leaves face and 目視 (`need card.identity`)"
        if s.registered is False:
            return "card.registered"        # D3 "Not registered: `need card.registered` (register on the spot)"
        if s.answered and s.read is NA:
            return PASS                     # D3 "while a readable, usable card lies there": not known to be readable,
                                            # and "a missing `card.read` ... is asked at rungs 4 and 7": not here
    return "online"                         # D1 "a missing `online` with a readable card in hand is rung 1's open question"


def card_counts(s):
    """The physical card of rungs 4 and 7: True, False, or the fact it hangs on."""
    if s.registered == "declined":
        return False                        # D3 "rungs 3, 4a, 4b, 5, 6 and 8 remain"
    if s.valid_to is not None and s.visit_date > s.valid_to:
        return False                        # D2 "an expired card is no card for rungs 4 and 7"
    if s.read == "not_my_number":
        return False                        # D2 "counts as no card"
    if s.medium is NA:
        return "card.medium"
    if s.medium != "card":
        return False
    if s.read is NA:
        # D3 "A missing `card.read` with medium `card` is asked at rungs 4 and 7, unless an answer by card is there"
        return True if s.answered and by_of(s) == "card" else "card.read"
    return True                             # D3 "A physical card that can not be read still counts"


def phone_portal_counts(s):
    """D3 'A phone alone whose read fails: the portal screen on that phone counts'."""
    if s.medium != "phone" or s.visit_date < PHONE_START or s.registered == "declined" or s.read == "not_my_number":
        return False                        # D3 "not before 2025-09-19; not with "declined""
    if s.valid_to is not None and s.visit_date > s.valid_to and not PHONE_VALID_TO:
        return False                        # D2 "an expired card is no card for rungs 4 and 7"
    if FAILED_PHONE and s.identity == "failed" and not (s.answered and by_of(s) == "card"):
        return True
    # D3 "For a phone "fails" means that it could not be read or that its enquiry got no answer"; "An answer with `by: card`
    # shows that the card was read"
    unread = s.read is None or s.read in ("unreadable", "reader_fault")
    if s.answered:
        return unread and by_of(s) == "number"
    return s.online is not NA or unread


def valid_on(doc, visit_date):
    """D2 '`valid_from`, `valid_to` (inclusive)'; none given: no bound."""
    return (doc[0] is None or doc[0] <= visit_date) and (doc[1] is None or visit_date <= doc[1])


def insured(s, path, number, deciding, claim):
    """The rung holds: the ratio (D4), the provisional mark (D5).  `deciding`: index of the deciding document or None.
    For rung 4b PASS means: goes down the ladder."""
    birth = birth_of(s)
    if birth is NA:
        return "birthdate"
    if birth is None:
        return REFER                        # D3 "a birth date that can not be had: `refer`"
    visit_date = s.visit_date
    band, under65, to18 = age_facts(birth, visit_date)
    doc = s.docs[deciding] if deciding is not None else None
    if doc is not None and doc[5]:          # D3 "a paper's mark counts at the rung where that paper would decide"
        return special(s, number)
    if data_error(number, band, under65):
        # D3 "4b without a usable ratio, or with a data error, goes down the ladder"
        return PASS if path == "online_number" else REFER
    # D4 "Before 75 a person is 後期 only when the deciding source's number ... or `statement.insurance_kind` says 後期"
    kouki = band == OLD75 or is_kouki(number)
    if KIND_DECIDING:
        says = (path == "statement" and s.statement[1]) or (path == "disaster" and s.disaster_kind)
        if says and under65:
            return REFER
        kouki = kouki or says
    elif not kouki and not under65 and not is_number(number):  # DEC-12 "65-74 後期"; a number of the source goes before the patient's word
        kouki = (s.statement is not NA and s.statement is not None and s.statement[1]) or \
                (path == "disaster" and s.disaster_kind)
    if not kouki and band < SEVENTY:
        # D4 "Under 70 and not 後期: the law decides, `copay_basis` is `age`"
        percent, basis = (20 if band == PRESCHOOL else 30), "age"
        # D4 "A legal printed ratio of a 国保組合 (digits 3-5 from 300) counts under 70 (INC-7: better than the law's)"
        if doc is not None and doc[2] is not None and is_kumiai(number) and doc[2] <= percent:
            percent, basis = doc[2], "document"
    else:
        got = ratio_70(s, path, number, deciding, birth, kouki)
        if got is PASS or got.__class__ is str or got is REFER:
            return got
        percent, basis = got
    # D5 provisional: "paths `statement`, `oral`, `disaster`; a `staff` ratio; `portal` and `notice` when the service did
    # not answer"
    provisional = basis == "staff" or path in ("statement", "oral", "disaster") or \
        (path in ("portal", "notice") and not s.answered)
    return ("insured", path, percent, basis, provisional, claim)


def ratio_70(s, path, number, deciding, birth, kouki):
    """D4 '70+ and 後期, the same chain on every path, the first of these that there is'.
    (percent, basis), a fact to ask for, REFER, or PASS (4b only)."""
    visit_date = s.visit_date
    online_path = path in ("online_card", "online_phone", "online_number")
    # D4 "the answer's ratio if its dates cover the visit"
    if s.answered and s.validity == "1":
        r = s.ans_kouki_ratio if kouki else s.ans_elderly_ratio
        if r is not None and not (LEGAL_ALL and r == 10 and not kouki):
            return r, "online"

    # D4 / DEC-12: 70-74 20 or 30; 後期 10/20/30.  Not unique, so an illegal one is "as if it were not there"
    lowest = 10 if kouki else 20

    paper = paper_ratio(s, path, deciding, lowest)
    if paper is not None:
        return paper if paper.__class__ is str else (paper, "document")

    return ratio_70_no_paper(s, path, number, birth, kouki, lowest, online_path)


def paper_ratio(s, path, deciding, lowest):
    """D4 'a document's (the deciding one, then 資格確認書, portal, PDF, お知らせ, old card)': percent, None, or a fact
    that it hangs on."""
    visit_date, docs = s.visit_date, s.docs
    if deciding is not None:
        r = docs[deciding][2]
        if r is not None and r >= lowest:
            return r
    card = with_card = None                 # with_card: the ratio that is read if the card counts, on which it hangs
    for kind in range(5):
        if kind == deciding:
            continue
        doc = docs[kind]
        if doc is None:
            continue
        if doc is not NA and (doc[2] is None or doc[2] < lowest or not valid_on(doc, visit_date)):
            continue                        # DOC-6 "An expired one for 70+ does not prove the ratio"
        if kind == OLD:
            if visit_date > OLD_CARD_LAST:
                continue
        elif kind != Q and not (kind == NOTICE and path == "online_number"):
            # D4 "portal, PDF and お知らせ only where they count for rung 4, お知らせ also at 4b"
            if card is None:
                card = card_counts(s)
            if card is False and not (kind == PORTAL and not CHAIN_NO_PHONE and phone_portal_counts(s)):
                continue
            if card.__class__ is str:
                if doc is NA and with_card is None:
                    return card
                with_card = with_card or doc[2]
                continue
        if with_card is not None:           # whether the card counts or not, the same ratio: it hangs on nothing
            return with_card if doc is not NA and doc[2] == with_card else card
        if doc is NA:
            return DOC_FACT[kind]           # D4 "A source not asked yet is asked"
        return doc[2]
    return None if with_card is None else card


def ratio_70_no_paper(s, path, number, birth, kouki, lowest, online_path):
    visit_date = s.visit_date
    # D4 "the record's (also on a first visit; not if confirmed before the latest 1 August, if `unchanged` is false, if
    # the insurer differs, or under RAT-33)"
    record = s.record
    if record is NA:
        return "record"
    if record is not None and record[1] is not None and record[0] is not None and s.unchanged is not False:
        confirmed = record[0]
        august = (visit_date // 10000 - (visit_date % 10000 < 801)) * 10000 + 801
        same_insurer = number is None or record[2] is None or number == record[2]
        # RAT-33 "70th-month or preschool edge crossed"
        then, now = age_band(birth, confirmed) if confirmed >= birth else PRESCHOOL, age_band(birth, visit_date)
        edge = (then < SEVENTY <= now) or (then == PRESCHOOL != now)
        # D3 "'Unchanged' with a 75th birthday in between (RAT-31) counts as changed insurance"
        edge = edge or crossed_75(birth, confirmed, visit_date)
        if RECORD_SCHEME and record[2] is not None and is_kouki(record[2]) != bool(kouki):
            same_insurer = False
        if LEGAL_ALL and record[1] < lowest:
            same_insurer = False
        if confirmed >= august and same_insurer and not edge:
            if s.unchanged is NA:
                return "record.unchanged"
            return record[1], "record"

    # D4 "the one ascertained by staff (`staff`, provisional, ...: the insurer's word before the patient's)"
    staff = s.copay_percent
    if staff is not NA and staff is not None:
        if staff >= lowest:
            return staff, "staff"
        staff = NA                          # D4 "as if it were not there"

    # D4 "the declared one on 申立書 (with the card) or in a disaster (`statement`)"
    if path == "disaster" and s.disaster_copay is not None and s.disaster_copay >= lowest:
        return s.disaster_copay, "statement"
    statement = s.statement
    if statement is NA:
        if not online_path:                 # D4 "on online paths 申立書 is not asked for"
            card = card_counts(s)
            if CHAIN_ASKS_NO_CARD and card is not True:
                card = False
            if card is not False:
                return card if card.__class__ is str else "statement"
    elif statement is not None and statement[0] is not None and statement[0] >= lowest:
        card = card_counts(s)
        if card is True:
            return statement[0], "statement"
        # D3 "A missing `card.read` ... is asked at rungs 4 and 7", not for the ratio of an online path
        if card is not False and not CHAIN_ASKS_NO_CARD and not (online_path and card == "card.read"):
            return card
    # D4 "No source has a default for 70+ with none of these: `need` with fact `copay_percent`"
    if staff is NA:
        return "copay_percent"
    # D3 "`copay_percent` null ...: `refer`", but "4b without a usable ratio ... goes down the ladder"
    return PASS if path == "online_number" else REFER


def crossed_75(birth, confirmed, visit_date):
    """RAT-31 'a 75th birthday lies between last confirmation and visit'.  Not known when confirmed: can not be excluded."""
    b = birthday(birth, 75)
    return b <= visit_date and (confirmed is None or confirmed < b)


def rung_5(s):
    """D3 'return visit, record on file, "unchanged", no 75th birthday since (RAT-31)'."""
    if s.visit == "first" or s.record is None or (s.record is not NA and s.unchanged is False):
        return PASS
    birth = birth_of(s)
    if s.record is not NA and birth is not NA and birth is not None and crossed_75(birth, s.record[0], s.visit_date):
        if not (RECORD_39_NULL and s.record[0] is None and is_kouki(s.record[2])):
            return PASS
    if s.visit is NA:
        return "visit"
    if s.record is NA:
        return "record"
    if s.unchanged is NA:
        return "record.unchanged"
    return insured(s, "oral", s.record[2], None, "current")


def walk(s):
    visit_date = s.visit_date
    docs = s.docs
    if visit_date < OUT_OF_RANGE:           # D3 "Visits before 2024-12-02: `refer`, out of range"
        return REFER
    # D2 "birthdate ... in conflict with the answer: `refer`"
    if s.ans_birth is not None and s.birthdate is not NA and s.birthdate is not None and s.birthdate != s.ans_birth:
        return REFER

    if CARD_ANSWER_NO_CARD and s.answered and s.by == "card" and s.medium == "none":
        return REFER

    if s.several and s.validity == "1":
        return REFER
    # 紐付け誤り: the card's 基本4情報 are another person's than the answer's
    if s.stranger:
        return REFER

    # Rung 1a.  D3 "Class 05 and A1 in an answer 1, and validity 6, count by any route"; "1a is tested before 1"
    if s.answered:
        if s.validity == "6":
            return REFER                    # D3 "Validity 6 and class A1: `refer`"
        if s.validity == "1":
            if s.ans_class == "A1":
                return REFER
            if s.ans_class == "05":
                return special(s, s.ans_number)

    # Rungs 1 and 2
    if s.medium is not NA:
        got = rungs_1_and_2(s, s.medium)
        if got is RUNG_1:
            return insured(s, "online_card" if s.medium == "card" else "online_phone", s.ans_number, None, "current")
        if got is not PASS:
            return got
    else:
        # Does the rung hang on it?  A card put down now could be read.
        read = s.read
        s.read = "ok" if read is NA else read
        hangs = rungs_1_and_2(s, "card") is not PASS or rungs_1_and_2(s, "phone") is not PASS
        s.read = read
        if hangs:
            return "card.medium"

    # Rung 3.  D3 "資格確認書 valid on the visit date; stands alone"
    doc = docs[Q]
    if doc is NA:
        return DOC_FACT[Q]
    if doc is not None and valid_on(doc, visit_date):
        return insured(s, "eligibility_certificate", doc[3], Q, "current")

    # Rung 4.  D3 "physical card and screen, PDF or お知らせ valid on the visit date"; "Portal before お知らせ";
    # "`portal` and `portal_pdf` not asked yet stop rung 4 although a valid お知らせ is there"
    card = card_counts(s)
    if card is not False:
        for kind in (PORTAL, PDF, NOTICE):
            doc = docs[kind]
            if doc is NA or (doc is not None and valid_on(doc, visit_date)):
                if card is not True:
                    return card
                if doc is NA:
                    return DOC_FACT[kind]
                return insured(s, "notice" if kind == NOTICE else "portal", doc[3], kind, "current")
    elif phone_portal_counts(s):            # D3 "On a failed phone only `portal` counts, not `portal_pdf`"
        doc = docs[PORTAL]
        if doc is NA:
            return DOC_FACT[PORTAL]
        if doc is not None and valid_on(doc, visit_date):
            return insured(s, "portal", doc[3], PORTAL, "current")

    # By card or by number: asked only where a rung hangs on it
    by = by_of(s) if s.answered else None

    # Rung 4a.  D3 "to its printed date, at most 2025-12-01"; "(4a not on 3)"
    if visit_date <= OLD_CARD_LAST and not (by == "number" and s.validity == "3"):
        doc = docs[OLD]
        if doc is NA or (doc is not None and valid_on(doc, visit_date)):
            if by == "card.medium" and s.validity == "3":
                return by
            if doc is NA:
                return DOC_FACT[OLD]
            return insured(s, "old_card", doc[3], OLD, "current")

    # The place of 4b.  D3 "Validity 3 and 5 from a number look-up stop the walk at the place of 4b, in force or not"
    if by == "card.medium" and s.validity in ("3", "5"):
        return by
    if by == "number" and s.validity == "5":
        return "online"
    if by == "number" and s.validity == "3":
        # D3 "Validity 3 needs `card.medium` (no card) or `documents.eligibility_certificate`; with neither to be had:
        # `refer`"
        if s.medium is NA or s.medium == "none" or s.read == "not_my_number" or \
                (s.medium == "phone" and s.valid_to is not None and visit_date > s.valid_to and not PHONE_VALID_TO):
            return "card.medium"
        return DOC_FACT[Q] if docs[Q] is not None and not VALIDITY3_BOTH else REFER

    # Rung 4b.  D3 "within the 暫定措置 window: expired old card or お知らせ alone, and the number look-up answers 1"
    if TMP_FROM <= visit_date <= TMP_TO and (s.online is NA or (by in ("number", "card.medium") and s.validity == "1")):
        # D3 "Before 2025-12-02 the answer's number decides; without a number it is not open" (国保 and 後期 only)
        if s.online is NA or visit_date >= TMP_ALL or is_kokuho(s.ans_number) or is_kouki(s.ans_number):
            # D3 "Any old card or お知らせ presented opens 4b, expired or not"
            old, notice = docs[OLD], docs[NOTICE]
            # D3 "4b without a usable ratio, or with a data error, goes down the ladder": then it hangs on nothing
            got = insured(s, "online_number", s.ans_number, None, "current") if s.answered else NA
            if got is PASS or (old is None and notice is None):
                pass
            elif by == "card.medium":
                return by
            elif (old is None or old is NA) and (notice is None or notice is NA):
                if old is NA:
                    return DOC_FACT[OLD]
                if notice is NA:
                    return DOC_FACT[NOTICE]
            elif s.online is NA:
                return "online"             # D1 "asked for only where rung 4b is in force and hangs on it"
            else:
                return got

    # Rung 5
    got = rung_5(s)
    if got is not PASS:
        return got

    # Rung 6.  D3 "notice in force and the items stated; tested before 7 and 8"
    if s.in_force:
        if s.stated is NA:                  # D3 "With a disaster notice in force, `disaster.stated` missing is a question"
            return "disaster.stated"
        if s.stated:
            return insured(s, "disaster", None, None, "disaster")

    # Rung 7.  D3 "physical card and 申立書; first visit, or return visit with changed insurance or no record": with rung 5
    # false that is always so.
    if s.statement is not None:
        card = card_counts(s)
        if card.__class__ is str:
            return card
        if card:
            if s.statement is NA:
                return "statement"
            # D3 "`unknown` (or `past` when the answer showed an ended eligibility with its number)"
            past = s.answered and s.validity in ("2", "3") and is_number(s.ans_number)
            return insured(s, "statement", None, None, "past" if past else "unknown")

    return NOTHING                          # Rung 8


# ------------------------------------------------------------------------------------------------------- look-ahead
# D1 "Nothing more is asked when no fact that the ladder would still ask for could change the verdict": every question of
# the ladder is answered with representatives of all answers that may matter, and so on to the end of each walk.  Only
# when all the ends are the same outcome is that outcome given at once.

NUMBERS = ("06132013", "39131016", "138057", "133033", None)
BIRTHS = tuple(int(b) for b in "20240101 20150101 20090101 19800217 19600101 19570101 19530101 19490101 19350101".split())


@lru_cache(maxsize=256)
def rep_documents(with_birth):
    births = (19800217, None, 20240101, 20150101, 19590101, 19540101, 19400101) if with_birth else (None,)
    out = []
    for b in births:
        for n in (None, "39131016", "06132013", "133033"):
            for p in (30, 20, 10, None):
                out.append((None, None, p, n, b, False))
            out.append((None, None, 30, n, b, True))
    for b in births:
        out.append((None, 19000101, None, None, b, False))   # presented, but expired
    return (out[0], None) + tuple(out[1:])


@lru_cache(maxsize=256)
def rep_online(with_birth):
    births = (19800217, None, 20240101, 19540101, 19400101) if with_birth else (None,)
    out = [("answered", by, "6", None, None, None, None, None, False, False) for by in ("card", "number")]
    out += [None, ("timeout",) + (None,) * 7 + (False, False)]
    for by in ("card", "number"):
        for b in births:
            for n in (None, "39131016", "06132013", "138057"):
                for p in (30, 20, 10, None):
                    out.append(("answered", by, "1", "01", n, b, p, p, False, False))
                out.append(("answered", by, "1", "05", n, b, None, None, False, False))
                for v in ("2", "3", "4", "5"):
                    out.append(("answered", by, v, None, n, b, None, None, False, False))
    return tuple(out)


@lru_cache(maxsize=4096)
def rep_records(visit_date):
    out = [(None, NA)]
    for when in (visit_date, 20000101):
        for n in (None, "39131016", "06132013"):
            for p in (30, 20, 10, None):
                for u in (True, False):
                    out.append(((when, p, n), u))
    return tuple(out)


REP_STATEMENTS = ((30, False), None, (20, False), (10, False), (None, False), (30, True), (20, True), (10, True), (None, True))


def answers(s, fact):
    """Yields after putting each representative answer to `fact` into s; restores s at the end."""
    if fact.startswith("documents."):
        kind = KIND_INDEX[fact[10:]]
        kept = s.docs[kind]
        for doc in rep_documents(birth_of(s) is NA or birth_of(s) is None):
            s.docs[kind] = doc
            yield
        s.docs[kind] = kept
    elif fact == "online":
        kept = s.online
        for online in rep_online(s.birthdate is NA or s.birthdate is None):
            if kept is not NA and (online is None or online[0] != "answered" or online[2] == kept[2]):
                continue                    # asked again: something else must come
            set_online(s, online)
            yield
        set_online(s, kept)
    elif fact == "record":
        kept = s.record, s.unchanged
        for s.record, s.unchanged in rep_records(s.visit_date):
            yield
        s.record, s.unchanged = kept
    elif fact == "statement":
        kept = s.statement
        for s.statement in REP_STATEMENTS:
            yield
        s.statement = kept
    elif fact == "birthdate":
        kept = s.birthdate
        for b in (None,) + BIRTHS:
            s.birthdate = b
            yield
        for age in (6, 15, 18, 25, 50, 66, 72, 74, 75, 76, 90):   # ... and as of the visit date
            s.birthdate = s.visit_date - age * 10000 if s.visit_date % 10000 != 229 else s.visit_date - 1 - age * 10000
            yield
        s.birthdate = kept
    else:
        name, values = {
            "card.medium": ("medium", ("card", "phone", "none")),
            "card.read": ("read", ("ok", "not_my_number", "unreadable", "reader_fault")),
            "card.identity": ("identity", ("pin", "failed", "face", "visual")),
            "card.registered": ("registered", (True, "declined")),
            "visit": ("visit", ("first", "return")),
            "copay_percent": ("copay_percent", (None, 30, 20, 10)),
            "record.unchanged": ("unchanged", (True, False)),
            "disaster.stated": ("stated", (True, False)),
        }[fact]
        kept = getattr(s, name)
        # Asked although known (registered on the spot, another PIN route, the card after all): what follows is a new
        # enquiry with the card that lies there.
        read, online, identity = s.read, s.online, s.identity
        again = kept is not NA
        for value in values:
            if name == "medium" and (again or read is NA) and value != "none" or again and read is NA:
                s.read = "ok"               # a card put down now is read by the machine, unasked
            if again and name == "registered" and value is True:
                set_online(s, NA)
                if AGAIN_FAILED:
                    s.identity, s.read = "pin", "ok"
            if value != kept or not again or name == "medium":
                if name == "read":
                    s.read = value
                else:
                    setattr(s, name, value)
                yield
            s.read = read
            if again:
                set_online(s, online)
                s.identity = identity
        setattr(s, name, kept)


class Differ(Exception):
    """Two walks end differently: the question matters."""


def explore(s, fact, seen, depth):
    """All ends of all walks after the question `fact`; the first end is kept in seen[0]; raises Differ at another."""
    if depth > 24:
        raise Differ
    for _ in answers(s, fact):
        got = walk(s)
        if got.__class__ is str:
            if stays(s, got):
                raise Differ
            explore(s, got, seen, depth + 1)
        elif not seen:
            seen.append(got)
        elif seen[0] != got:
            raise Differ


def stays(s, fact):
    """A question that is the rung's own outcome: what was looked up is to be looked up again."""
    return fact == "online" and s.online is not NA and s.validity == "5" and not AGAIN_NO_NEED


def copy_state(s):
    t = State()
    for name in State.__slots__:
        setattr(t, name, getattr(s, name))
    t.docs = list(s.docs)
    return t


def outcome(s):
    got = walk(s)
    if got.__class__ is not str:
        return got, []
    t = copy_state(s)                       # Differ leaves the state as it is: work on a copy
    seen = []
    try:
        if stays(t, got):
            raise Differ
        explore(t, got, seen, 0)
    except Differ:
        need = [got]
        if got == "card.medium" and s.answered and s.validity == "3" and by_of(s) == "number" and \
                (s.medium is not NA or s.read == "not_my_number") and (VALIDITY3_BOTH or s.docs[Q] is not None):
            need.append(DOC_FACT[Q])        # D3 "Validity 3 ...: `need` the card or the new document"
        return ("need", None, None, None, False, "none"), need
    return seen[0], []


# Warnings and follow-ups that decision.md names or demands.
NAMED = ("clinic_may_decide", "certificate_grace", "ratio_conflict", "call_insurer", "ratio_from_staff", "ratio_not_legal")
DECIDING = {"eligibility_certificate": Q, "notice": NOTICE, "old_card": OLD}


def deciding_document(s, path):
    if path == "portal":
        doc = s.docs[PORTAL]
        return PORTAL if doc is not NA and doc is not None and valid_on(doc, s.visit_date) else PDF
    return DECIDING.get(path)


def paper_differs(s, path, percent):
    """D4 'Online and paper differ: the answer's ratio, warning `ratio_conflict`, follow-up `call_insurer` (RAT-25)'."""
    deciding = deciding_document(s, path)
    number = s.docs[deciding][3] if deciding is not None else s.record[2] if path == "oral" else \
        s.ans_number if path.startswith("online") else None
    kouki = age_band(birth_of(s), s.visit_date) == OLD75 or is_kouki(number)
    if not is_number(number) and ((s.statement is not NA and s.statement is not None and s.statement[1]) or
                       (path == "disaster" and s.disaster_kind)):
        kouki = True
    paper = paper_ratio(s, path, deciding, 10 if kouki else 20)
    return paper is not None and paper.__class__ is not str and paper != percent


def printed_illegal(s, path):
    """D4 'A declared, printed or ascertained ratio the law does not allow at that age (DEC-12): ... always a warning', for
    what the deciding document prints; under 70 only where it is worse than the law, since a 国保組合 may be better."""
    deciding, birth = deciding_document(s, path), birth_of(s)
    if deciding is None or birth is NA or birth is None:
        return False
    percent, number = s.docs[deciding][2], s.docs[deciding][3]
    band = age_band(birth, s.visit_date)
    if percent is None or band == OLD75 or is_kouki(number):
        return False
    if band == SEVENTY:
        return percent == 10 and is_number(number)
    return percent > (20 if band == PRESCHOOL else 30)


def words(s, got):
    """(must be said, may be said) of NAMED."""
    verdict, path, percent, basis, _, _ = got
    must = set()
    if path == "none" and s.visit == "return":
        must.add("clinic_may_decide")       # D3 rung 8 "warning `clinic_may_decide` on a return visit"
    if path == "online_card" and s.not_after is not None and s.not_after < s.visit_date:
        must.add("certificate_grace")       # D5, the example; D7 "warning to 2026-11-30"
    if basis == "online" and paper_differs(s, path, percent):
        must |= {"ratio_conflict", "call_insurer"}
    if basis == "staff":
        must.add("ratio_from_staff")        # D4 "`staff`, provisional, warning"
    if verdict == "insured" and printed_illegal(s, path):
        must.add("ratio_not_legal")
    return must, must | {"ratio_not_legal"}


def decide(facts, assume_none=False):
    try:
        s = parse(facts, assume_none)
    except Malformed:
        return {"error": True}
    got, need = outcome(s)
    verdict, path, percent, basis, provisional, claim = got
    must, may = words(s, got)
    return {"verdict": verdict, "path": path, "copay_percent": percent, "copay_basis": basis, "provisional": provisional,
            "claim_basis": claim, "need": need, "must": sorted(must), "may": sorted(may)}


def main():
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(decide(json.loads(line)), ensure_ascii=False))


if __name__ == "__main__":
    main()

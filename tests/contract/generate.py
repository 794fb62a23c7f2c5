#!/usr/bin/env python3
"""Requests made from docs/openapi.yaml, good and bad: generate.py URL PKI PEOPLE [COUNT [SEED]]

Each begins as a good one of its operation: known people, true challenges and signatures. Most are then
spoilt, at a place of the document and in a way that the schema suggests, or as bytes. What the schema
still allows must not be refused as malformed, but for what a schema can not say (CANNOT_SAY); what it
does not allow must be refused, but for the values of a unit of a file, which are an error of that unit.
Nothing may be answered with 5xx. That the replies are as agreed tests/contract/judge.py says.

Exit 1 when anything was otherwise, or when an operation was never answered or never refused.
"""
import collections
import copy
import http.client
import json
import pathlib
import random
import ssl
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/rig"))
import contract  # noqa: E402
import enquiry  # noqa: E402

CODE = "1310000011"
CARDS = ["adult", "senior", "child", "ending", "grace", "ended", "revoked", "unregistered", "unknown-ca"]
CANNOT_SAY = ("not a date", "not a time", "stands twice", "a number is too long")
STRANGE = ["", " ", "0", "x", "20260231", "１２３", "健保", "●", "\u202e", "\u0000", "𠮟", "a" * 101, "9" * 41, "/../", "'\"<>&"]
OTHER = [None, True, False, 0, -1, 1.5, 1e300, "", [], {}, [[]], {"a": 1}, "x"]


class Service:
    def __init__(self, url, pki):
        self.origin = url
        self.address = urllib.parse.urlsplit(url)
        self.context = ssl.create_default_context(cafile=f"{pki}/service-ca.pem")
        self.context.load_cert_chain(f"{pki}/clinic.pem", f"{pki}/clinic.key")
        self.connection = None

    def ask(self, method, path, body, content_type="application/json"):
        """(status, JSON or None). A refusal may close the connection before all was sent."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(self.address.hostname, self.address.port, timeout=20, context=self.context)
        try:
            self.connection.request(method, path, body, {"Content-Type": content_type, "User-Agent": "generate"})
            reply = self.connection.getresponse()
            text = reply.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection = None
            raise
        return reply.status, json.loads(text)


class Generator:
    def __init__(self, service, pki, people, seed):
        self.service, self.pki = service, pki
        self.random = random.Random(seed)
        self.contract = contract.Contract(ROOT / "docs/openapi.yaml")
        self.results = [r for p in json.loads(pathlib.Path(people).read_text(encoding="utf-8"))["people"] for r in p["results"]]
        self.receptions = ["1"]
        self.made = 0

    # --- good ones

    def name(self):
        self.made += 1
        return f"g{self.made}"

    def date(self):
        return f"{self.random.randint(1920, 2030)}{self.random.randint(1, 12):02}{self.random.randint(1, 28):02}"

    def header(self):
        return {"QualificationConfirmationDate": self.random.choice(["20261122", self.date()]), "MedicalInstitutionCode": CODE,
                "ArbitraryFileIdentifier": self.name()}

    def question(self):
        known = self.random.choice(self.results)
        keys = ["InsurerNumber", "InsuredCardSymbol", "InsuredIdentificationNumber", "InsuredBranchNumber", "Birthdate"]
        return {**{k: known[k] for k in keys if k in known}, "LimitApplicationCertificateRelatedConsFlg": self.random.choice("01"),
                "ArbitraryIdentifier": self.name()}

    def challenge(self):
        return self.service.ask("POST", "/v1/challenge", b"{}")[1]["Challenge"]

    def card(self):
        name = self.random.choice(CARDS)
        return {"cert": f"{self.pki}/{name}.auth.pem", "key": f"{self.pki}/{name}.auth.key", "challenge": self.challenge(),
                "origin": self.service.origin}

    def consent(self):
        return {"LimitApplicationCertificateRelatedConsFlg": self.random.choice("01")} if self.random.random() < 0.5 else {}

    def good(self, path):
        make = {
            "/v1/challenge": dict,
            "/v1/qualification/card": lambda: {"MessageHeader": self.header(), **enquiry.signed(self.card()), **self.consent()},
            "/v1/qualification/card/visual": lambda: {"MessageHeader": self.header(), **enquiry.visual(self.card()), **self.consent()},
            "/v1/qualification/number": lambda: {"MessageHeader": self.header(), "QualificationConfirmSearchInfo": self.question()},
            "/v1/registration": lambda: {"MessageHeader": {k: v for k, v in self.header().items() if not k.startswith("Qual")},
                                         **enquiry.registration(self.card())},
            "/v1/bulk": lambda: {"MessageHeader": self.header(),
                                 "QualificationConfirmSearchInfo": [self.question() for _ in range(self.random.randint(1, 5))]},
            "/v1/bulk/result": lambda: {"MessageHeader": {"MedicalInstitutionCode": CODE}, "ReceptionNumber": self.random.choice(self.receptions)},
        }
        return make[path]()

    # --- spoilt ones

    def places(self, schema, value, at=()):
        """Every place of the document, with its schema."""
        schema = self.contract.at(schema)
        yield at, schema
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from self.places(schema["properties"][key], inner, (*at, key))
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                yield from self.places(schema["items"], inner, (*at, i))

    def another_text(self, schema, value):
        long = "1" * (schema.get("maxLength", 200) + self.random.choice([0, 1]))
        at = self.random.randrange(len(value) + 1)
        return self.random.choice([long, "", value + "x", " " + value, value[:-1], self.date(), *schema.get("enum", []),
                                   value[:at] + self.random.choice("0123456789Aa+ー") + value[at + 1:], *STRANGE])

    def another(self, schema, value):
        schema = self.contract.at(schema)
        if isinstance(value, str) and self.random.random() < 0.7:
            return self.another_text(schema, value)
        if isinstance(value, dict) and self.random.random() < 0.7:
            return {**value, self.random.choice(["Extra", "", "InsurerNumber", "__proto__"]): self.random.choice(OTHER)}
        if isinstance(value, list) and self.random.random() < 0.7:
            return self.random.choice([[], value + value, value[:1] + [1], [value]])
        return self.random.choice(OTHER)

    def spoil(self, schema, body):
        body = copy.deepcopy(body)
        at, inner = self.random.choice(list(self.places(schema, body)))
        if not at:
            return self.another(inner, body)
        holder = body
        for step in at[:-1]:
            holder = holder[step]
        if isinstance(holder, dict) and self.random.random() < 0.25:
            del holder[at[-1]]
        else:
            holder[at[-1]] = self.another(inner, holder[at[-1]])
        return body

    def bytes_of(self, path, body):
        """Bytes that are no such document, or too many."""
        text = json.dumps(body, ensure_ascii=False).encode()
        limit = 8 << 20 if path == "/v1/bulk" else 64 << 10
        cut = self.random.randrange(len(text))
        return self.random.choice([
            text[:cut], text + b"}", text + text, b"", b"null", b"[]", b"\xef\xbb\xbf" + text, text.replace(b'"', b"'") + b"'", b"\xff" + text,
            text[:-1] + b',"MessageHeader":1,"MessageHeader":1}', b"[" * 5000, b'{"a":' * 3000, text[:-1] + b',"\\ud800":1}', text.decode().encode("utf-16"),
            text[:-1] + b',"a":NaN}', text + b" " * limit])


class Run:
    def __init__(self, generator):
        self.g = generator
        self.counts, self.codes, self.wrong = collections.Counter(), collections.Counter(), []
        self.seen = collections.defaultdict(set)

    def blame(self, what, method, path, body, status, answer):
        self.wrong.append(f"{what}: {method} {path} {str(body)[:300]} -> {status} {json.dumps(answer, ensure_ascii=False)[:300]}")

    def ask(self, kind, method, path, body, valid, content_type="application/json"):
        sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        try:
            status, answer = self.g.service.ask(method, path, sent, content_type)
        except (ValueError, http.client.HTTPException, OSError) as e:
            self.counts["no answer"] += 1
            self.blame(f"no answer, {e!r}", method, path, body, 0, None)
            return
        self.counts[f"{kind}, {'allowed' if valid else 'not allowed'}"] += 1
        self.codes[answer.get("error", {}).get("code", "-")] += 1
        self.seen[path].add(status < 300)
        self.check(method, path, body, valid, status, answer)

    def check(self, method, path, body, valid, status, answer):
        error = answer.get("error", {})
        if status >= 500:
            self.blame("5xx", method, path, body, status, answer)
        elif valid and error.get("code") == "REQUEST_MALFORMED" and not any(w in error["text_technician"] for w in CANNOT_SAY):
            self.blame("allowed and refused", method, path, body, status, answer)
        elif not valid and status == 202:
            self.check_units(body, answer)
        elif not valid and status < 300:
            self.blame("not allowed and answered", method, path, body, status, answer)
        elif path == "/v1/bulk" and status == 202:
            self.g.receptions.append(answer["XmlMsg"]["MessageBody"]["ReceptionNumber"])

    def check_units(self, body, receipt):
        """A file of which no more is wrong than values of units: those are errors of their own."""
        question = self.g.contract.doc["components"]["schemas"]["BulkQuestion"]
        bad = {u["ArbitraryIdentifier"] for u in body["QualificationConfirmSearchInfo"] if self.g.contract.fault(question, u)}
        status, answer = self.g.service.ask("POST", "/v1/bulk/result", json.dumps({
            "MessageHeader": {"MedicalInstitutionCode": CODE}, "ReceptionNumber": receipt["XmlMsg"]["MessageBody"]["ReceptionNumber"]}))
        units = answer["XmlMsg"]["MessageBody"]["BulkConfirmUnit"]
        erred = {u["QualificationConfirmSearchInfo"]["ArbitraryIdentifier"] for u in units if u["ProcessingResultStatus"] == "2"}
        self.counts["files with errors of units"] += 1
        if not bad or not bad <= erred:
            self.blame(f"errors of {sorted(erred)}, not of {sorted(bad)}", "POST", "/v1/bulk", body, 202, receipt)

    def one(self, method, path, operation):
        r = self.g.random
        if r.random() < 0.03:
            self.ask("another method", r.choice(["PUT", "DELETE", "PATCH", "POST" if method == "GET" else "GET"]), path, {}, False)
            return
        if r.random() < 0.02:
            self.ask("another path", method, r.choice([path + "/", path + "/1310000011", "/", "/v2/health", path.upper()]), {}, False)
            return
        if "requestBody" not in operation:
            self.ask("good", method, path, b"", True)
            return
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body, kind = self.g.good(path), r.choices(["good", "spoilt", "bytes", "type"], [15, 72, 10, 3])[0]
        if kind == "spoilt":
            for _ in range(r.choice([1, 1, 1, 2])):
                body = self.g.spoil(schema, body) if self.g.contract.fault(schema, body) is None else body
        if kind == "bytes":
            self.ask(kind, method, path, self.g.bytes_of(path, body), False)
        elif kind == "type":
            self.ask(kind, method, path, body, False, r.choice(["text/plain", "application/jsonx", "application/xml", ""]))
        else:
            self.ask(kind, method, path, body, self.g.contract.fault(schema, body) is None)


def main():
    url, pki, people, *rest = sys.argv[1:]
    count, seed = int(rest[0]) if rest else 2000, int(rest[1]) if rest[1:] else 20261123
    g = Generator(Service(url, pki), pki, people, seed)
    run = Run(g)
    operations = [(m.upper(), p, o) for p, methods in g.contract.doc["paths"].items() for m, o in methods.items()]
    for _ in range(count):
        run.one(*g.random.choice(operations))
    print("seed", seed)
    for counter in run.counts, run.codes:
        print(", ".join(f"{n} {name}" for name, n in sorted(counter.items())))
    unseen = [p for _, p, o in operations if run.seen[p] != ({True, False})]
    print("\n".join(run.wrong[:30] + [f"never both answered and refused: {p}" for p in unseen]))
    print(f"{count} generated, {len(run.wrong)} wrong")
    return bool(run.wrong or unseen)


if __name__ == "__main__":
    sys.exit(main())

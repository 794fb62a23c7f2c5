#!/usr/bin/env python3
"""Holds what tests/contract/recorder.mjs kept to docs/openapi.yaml

    judge.py RECORDINGS [OPERATION...]  these have to have succeeded; none: every operation and every code of an error
    judge.py --controls RECORDINGS      a good exchange, spoilt in one way after the other: is it noticed?

Every request of the client (User-Agent shikaku) has to be as agreed, without exception; every reply
too, status, headers and body, whoever asked. What is not counted against anybody falls under a rule
that is named and counted:

    planted     a reply off the contract where the run's faults file orders such a one for that path
    unfinished  a message that its sender did not end: the test ended one side, or the time was over
    stranger    the request of a test that plays a wrong client; its reply is held to the contract
    no request  the reply to what is no HTTP request, by the HTTP library

Exit 1 when anything was off the contract, or something did not occur that has to.
"""
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/rig"))
import contract  # noqa: E402

# Planted faults after which a reply is as agreed all the same.
HARMLESS = {"latency", "slow_drip", "date_skew", "maintenance", "overloaded", "bulk_pending", "bulk_failed", "units_shuffled",
            "unit_missing", "unit_twice", "unit_error"}


def read_chunked(data, at):
    body = b""
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None, at
        size = int(data[at:end], 16)
        at = end + 2 + size + 2
        if at > len(data):
            return None, at
        if size == 0:
            return body, at
        body += data[end + 2:end + 2 + size]


def messages(data):
    """(start line, headers, body) of each; body None where the message does not end."""
    at = 0
    while at < len(data):
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            yield data[at:].split(b"\r\n")[0].decode("latin-1"), {}, None
            return
        start, *lines = data[at:end].decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        at = end + 4
        if headers.get("transfer-encoding") == "chunked":
            body, at = read_chunked(data, at)
        else:
            length = int(headers.get("content-length", "0"))
            body = data[at:at + length] if at + length <= len(data) else None
            at += length
        if not start.startswith("HTTP/1.1 100"):
            yield start, headers, body
        if body is None:
            return


def json_of(body):
    """As RFC 8259 has it, and no key twice."""
    def once(pairs):
        if len({k for k, _ in pairs}) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    def none(word):
        raise ValueError(word)
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=once, parse_constant=none)
    except RecursionError:
        raise ValueError("too deep") from None


class Judge:
    def __init__(self):
        self.contract = contract.Contract(ROOT / "docs/openapi.yaml")
        self.statuses = contract.error_statuses(ROOT / "docs/service.md")
        self.counts = collections.Counter()
        self.excluded = collections.Counter()
        self.successes = collections.Counter()
        self.codes = collections.Counter()
        self.wrong = []

    def operation(self, method, path):
        return self.contract.doc["paths"].get(path, {}).get(method.lower())

    def request_fault(self, method, path, headers, body):
        operation = self.operation(method, path)
        if operation is None:
            return "no such operation"
        if "requestBody" not in operation:
            return "a body" if body else None
        if headers.get("content-type") != "application/json":
            return f"Content-Type {headers.get('content-type')}"
        try:
            value = json_of(body)
        except ValueError as e:
            return str(e)
        schema = self.contract.at(operation["requestBody"])["content"]["application/json"]["schema"]
        return self.contract.fault(schema, value)

    def header_fault(self, response, status, headers):
        for name, node in response.get("headers", {}).items():
            node, value = self.contract.at(node), headers.get(name.lower())
            if value is None:
                if node.get("required"):
                    return f"no {name}"
                continue
            if node["schema"]["type"] == "integer" and re.fullmatch("[0-9]+", value):
                value = int(value)
            fault = self.contract.fault(node["schema"], value)
            if fault:
                return f"{name}: {fault}"
        if status in ("429", "503") and "retry-after" not in headers:
            return "no Retry-After"
        return None

    def error_fault(self, status, error):
        self.codes[error["code"]] += 1
        want = self.statuses.get(error["code"])
        return None if want == status else f"{error['code']} with {status}, not {want}"

    def reply_fault(self, method, path, status, headers, body):
        operation = self.operation(method, path)
        # a path or method that is none of ours still gets an error of ours
        responses = operation["responses"] if operation else {"default": {"$ref": "#/components/responses/Error"}}
        response = self.contract.at(responses.get(status, responses["default"]))
        if headers.get("content-type") != "application/json":
            return f"Content-Type {headers.get('content-type')}"
        try:
            value = json_of(body)
        except ValueError as e:
            return f"no JSON: {e}"
        fault = self.contract.fault(response["content"]["application/json"]["schema"], value)
        if fault is None and status not in responses:
            fault = self.error_fault(status, value["error"])
        elif fault is None and operation:
            self.successes[f"{method} {path}"] += 1
        return fault or self.header_fault(response, status, headers)

    def judge_request(self, run, method, path, headers, body):
        if headers.get("user-agent") != "shikaku":
            self.excluded["stranger"] += 1
        elif body is None:
            self.excluded["unfinished"] += 1
        else:
            self.counts["requests"] += 1
            fault = self.request_fault(method, path, headers, body)
            if fault:
                self.wrong.append(f"{run['test']}: {method} {path}: {fault}")

    def judge_reply(self, run, method, path, start, headers, body):
        status = start.split()[1]
        fault = "cut short" if body is None else self.reply_fault(method, path, status, headers, body)
        if fault is None:
            self.counts["replies"] += 1
        elif any(f.get("match", {}).get("path", path) == path and f.get("fault") not in HARMLESS for f in run["faults"]):
            self.excluded["planted"] += 1
        elif body is None:
            self.excluded["unfinished"] += 1
        else:
            self.wrong.append(f"{run['test']}: {method} {path}: {status}: {fault}: {body[:200]}")

    def judge_connection(self, run, sent, came):
        replies = messages(came)
        for start, headers, body in messages(sent):
            words = start.split(" ")
            reply = next(replies, None)
            if len(words) != 3 or not words[2].startswith("HTTP/1."):
                self.excluded["no request"] += 1
                continue
            self.counts["exchanges"] += 1
            self.judge_request(run, words[0], words[1], headers, body)
            if reply is None:
                self.excluded["unfinished"] += 1
            else:
                self.judge_reply(run, words[0], words[1], *reply)

    def judge_run(self, folder):
        """One run of the mock."""
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.counts["runs"] += 1
        try:
            run["faults"] = json.loads(run["faults"])
        except ValueError:
            run["faults"] = []
        for sent in sorted(folder.glob("*.in")):
            answered = sent.with_suffix(".out")      # not there when the mock was killed just then
            self.judge_connection(run, sent.read_bytes(), answered.read_bytes() if answered.exists() else b"")

    def contract_names(self):
        """Every operation and every code."""
        return {f"{m.upper()} {p}" for p, methods in self.contract.doc["paths"].items() for m in methods} | self.contract.codes()

    def report(self, wanted):
        """True when all is well."""
        for what, counter in (("succeeded", self.successes), ("errors", self.codes), ("judged", self.counts), ("not counted", self.excluded)):
            print(f"{what}:", ", ".join(f"{n} {name}" for name, n in sorted(counter.items())))
        missing = sorted(set(wanted) - set(self.successes) - set(self.codes))
        print("\n".join([f"never seen: {name}" for name in missing] + self.wrong[:40]))
        print(f"{self.counts['exchanges']} exchanges, {len(self.wrong)} off the contract")
        return not self.wrong and not missing


# Each spoils one side of an exchange, as bytes; the body of a reply keeps its length where that is not the point.
CONTROLS = [
    ("a member that nobody agreed on, asked", "in", b'{"MessageHeader"', b'{"X":1,"MessageHeader"'),
    ("a member missing, asked", "in", b'"ArbitraryFileIdentifier"', b'"ArbitraryFileIdentifieR"'),
    ("an identifier in the URL", "in", b"POST /v1/qualification/number", b"POST /v1/qualification/number?n=345"),
    ("another type of body, asked", "in", b"Content-Type: application/json", b"Content-Type: text/json"),
    ("a member that nobody agreed on, answered", "out", b'"SegmentOfResult"', b'"SegmentOfResulT"'),
    ("a code of no table", "out", b'"ReferenceClassification":"2"', b'"ReferenceClassification":"3"'),
    ("a number for a text", "out", b'"SegmentOfResult":"1"', b'"SegmentOfResult": 1 '),
    ("a member twice", "out", b'"SegmentOfResult":"1"', b'"CharacterCodeIdentifier":"0","SegmentOfResult":"1"'),
    ("another type of body, answered", "out", b"application/json", b"application/jsom"),
    ("no X-Request-Id", "out", b"X-Request-Id", b"X-Request-ID-"),
    ("another status", "out", b"HTTP/1.1 200", b"HTTP/1.1 201"),
    ("a reply cut short", "out", None, None),
]


def with_length(message):
    """The message with the Content-Length that its body has."""
    head, _, body = message.partition(b"\r\n\r\n")
    return re.sub(rb"(?i)(content-length: )[0-9]+", rb"\g<1>%d" % len(body), head) + b"\r\n\r\n" + body


def enquiry_by_number(recordings):
    """The bytes of one good enquiry by number, both sides."""
    for file in sorted(pathlib.Path(recordings).glob("run-*/*.in")):
        sent, came = file.read_bytes(), file.with_suffix(".out").read_bytes()
        if sent.startswith(b"POST /v1/qualification/number") and came.startswith(b"HTTP/1.1 200") and \
                b"User-Agent: shikaku\r" in sent and b'"ReferenceClassification":"2"' in came and \
                sent.count(b"POST") == 1:
            return {"in": sent, "out": came}
    sys.exit("no enquiry by number was recorded")


def controls(recordings):
    good, unnoticed = enquiry_by_number(recordings), []
    for name, side, old, new in [("nothing", "in", b"", b""), *CONTROLS]:
        spoilt = dict(good)
        spoilt[side] = good[side][:-9] if old is None else with_length(good[side].replace(old, new, 1))
        judge = Judge()
        judge.judge_connection({"test": name, "faults": []}, spoilt["in"], spoilt["out"])
        noticed = judge.wrong or judge.excluded["unfinished"]
        if bool(noticed) != (name != "nothing") or (old is not None and old not in good[side]):
            unnoticed.append(name)
        print(f"{name}: {noticed or 'as agreed'}"[:160])
    print(f"{len(CONTROLS)} spoilt, not noticed: {', '.join(unnoticed) or 'none'}")
    return not unnoticed


def main():
    if sys.argv[1] == "--controls":
        return not controls(sys.argv[2])
    judge = Judge()
    for folder in sorted(pathlib.Path(sys.argv[1]).glob("run-*")):
        judge.judge_run(folder)
    return not judge.report(sys.argv[2:] or judge.contract_names())


sys.exit(main())

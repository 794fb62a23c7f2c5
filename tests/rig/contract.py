#!/usr/bin/env python3
"""Holds recorded exchanges to docs/openapi.yaml: contract.py OPENAPI [DIR]

DIR: a directory an exchange, with "meta" (METHOD PATH STATUS, and "loose" where the request is
meant to be off the contract), "answer" and, but for GET, "request" (tests/cli/mock.bash).
Without DIR the contract's own examples are validated. Prints what is not as agreed, how much was
checked, which operations succeeded and which errors were seen; exit 1 when anything is wrong or
nothing succeeded.
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


class Contract:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.doc = yaml.safe_load(f)
        self.validators = {}

    def at(self, node):
        while "$ref" in node:
            here = self.doc
            for part in node["$ref"][2:].split("/"):
                here = here[part]
            node = here
        return node

    def fault(self, schema, value):
        key = json.dumps(schema)
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft4Validator({"components": self.doc["components"], "allOf": [schema]})
        error = jsonschema.exceptions.best_match(self.validators[key].iter_errors(value))
        return None if error is None else f"{error.json_path}: {error.message[:200]}"

    def codes(self):
        return set(self.doc["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["code"]["enum"])

    def bodies(self):
        """Every body with its schema and examples: (where, schema, examples)."""
        for path, methods in self.doc["paths"].items():
            for method, operation in methods.items():
                nodes = [("request", operation.get("requestBody"))]
                nodes += [(str(s), r) for s, r in operation["responses"].items()]
                for name, node in nodes:
                    if node is None:
                        continue
                    media = self.at(node)["content"]["application/json"]
                    examples = [media["example"]] if "example" in media else \
                        [e["value"] for e in media.get("examples", {}).values()]
                    yield (method.upper(), path, name), media["schema"], examples


def error_statuses(service):
    """{code: status} of the table in docs/service.md."""
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| ([0-9, ]+) \|", pathlib.Path(service).read_text(encoding="utf-8"), re.M)
    return {code: status for codes, statuses in rows
            for code, status in zip(re.findall("[A-Z_]+", codes), re.findall("[0-9]+", statuses), strict=True)}


def check_examples(contract):
    checked, wrong = 0, []
    for where, schema, examples in contract.bodies():
        for example in examples:
            checked += 1
            fault = contract.fault(schema, example)
            if fault:
                wrong.append(f"{where}: {fault}")
    return checked, wrong


def check_exchange(contract, schemas, where):
    """What is wrong with one exchange, its operation and the code of its error."""
    method, path, status, *loose = (where / "meta").read_text().split()
    operation = (method, path)
    answer = json.loads((where / "answer").read_text(encoding="utf-8"))
    schema = schemas.get((*operation, status), schemas.get((*operation, "default")))
    if schema is None:
        # a path or method that is none of ours still gets an error of ours
        schema = {"$ref": "#/components/schemas/Error"}
    wrong = [contract.fault(schema, answer)]
    if status < "300" and not loose and (*operation, "request") in schemas:
        request = json.loads((where / "request").read_text(encoding="utf-8"))
        wrong.append(contract.fault(schemas[(*operation, "request")], request))
    error = answer.get("error", {}).get("code") if isinstance(answer, dict) else None
    return [f"{method} {path} {status}: {w}" for w in wrong if w], operation if status < "300" else None, error


def check_exchanges(contract, directory):
    schemas = {where: schema for where, schema, _ in contract.bodies()}
    checked, wrong, seen, errors = 0, [], set(), set()
    for where in sorted(pathlib.Path(directory).iterdir()):
        faults, operation, error = check_exchange(contract, schemas, where)
        checked += 1
        wrong += faults
        seen.add(operation)
        errors.add(error)
    seen.discard(None)
    errors.discard(None)
    if not seen:
        wrong.append("no exchange succeeded")
    print("succeeded: " + ", ".join(f"{m} {p}" for m, p in sorted(seen)))
    print("errors: " + " ".join(sorted(errors)))
    return checked, wrong


def main():
    contract = Contract(sys.argv[1])
    checked, wrong = check_exchanges(contract, sys.argv[2]) if len(sys.argv) > 2 else check_examples(contract)
    print(f"{checked} checked, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    return bool(wrong) or checked == 0


if __name__ == "__main__":
    sys.exit(main())

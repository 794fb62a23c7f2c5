#!/usr/bin/env python3
"""Validates lines of JSON against a schema: validate.py SCHEMA FILE...; TAP, one line a file.

With --facts SCHEMA the "facts" of test cases are validated instead: a case that expects an
error may be invalid, every other must be valid.
"""
import json
import sys

import jsonschema


def main():
    facts = sys.argv[1] == "--facts"
    args = sys.argv[2:] if facts else sys.argv[1:]
    schema = json.load(open(args[0], encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = 0
    for name in args[1:]:
        count, wrong = 0, []
        for number, line in enumerate(open(name, encoding="utf-8"), 1):
            value = json.loads(line)
            if facts:
                if "error" in value["expect"]:
                    continue
                value = value["facts"]
            count += 1
            error = next(validator.iter_errors(value), None)
            if error is not None:
                wrong.append(f"# line {number}: {error.json_path}: {error.message[:200]}")
        if count == 0:
            wrong.append("# nothing to validate")
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} - schema {args[0].split('/')[-1]}: {count} objects of {name.split('/')[-1]}")
        print("\n".join(wrong[:10]), end="\n" if wrong else "")
    return bad > 0


sys.exit(main())

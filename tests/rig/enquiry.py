#!/usr/bin/env python3
"""Builds request bodies for the service of docs/service.md, as a third, independent reading of it.

usage: enquiry.py signed|registration|visual|number|bulk|result [KEY=VALUE]...
Keys: date code file consent; signed, registration and visual: cert (PEM), challenge (base64);
signed and registration: key (PEM), origin, at (seconds from now), sign_origin/sign_code/sign_challenge (sign another
value than is sent), sign_context (of another purpose), digest; visual: operator, face (true, false or absent); number: insurer symbol number branch birthdate;
bulk: units (how many, default the letters of ids), ids (a unit each, "abc"), and as number for all of them, number
and birthdate also as lists with commas, one a unit; result: reception.
A value "-" leaves the element out.
"""
import base64
import hashlib
import json
import struct
import subprocess
import sys
import time


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, check=True, stdout=subprocess.PIPE).stdout


CONTEXT = {"signed": "shikaku eligibility enquiry v1", "registration": "shikaku card registration v1"}


def message(context, origin, challenge, code, der, at):
    fields = [context.encode(), origin.encode(), challenge, code.encode(), hashlib.sha256(der).digest(), at.encode()]
    return b"".join(struct.pack(">I", len(f)) + f for f in fields)


def b64(data):
    return base64.b64encode(data).decode()


def keep(element):
    return {k: v for k, v in element.items() if v != "-"}


def header(a):
    return keep({"QualificationConfirmationDate": a.get("date", time.strftime("%Y%m%d", time.gmtime(time.time() + 32400))),
                 "MedicalInstitutionCode": a.get("code", "1310000011"),
                 "ArbitraryFileIdentifier": a.get("file", "a1b2")})


def registration(a):
    return signed({"sign_context": CONTEXT["registration"], **a})


def signed(a):
    der = openssl("x509", "-in", a["cert"], "-outform", "DER")
    at = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + int(a.get("at", "0"))))
    challenge = base64.b64decode(a.get("sign_challenge", a["challenge"]))
    text = message(a.get("sign_context", CONTEXT["signed"]), a.get("sign_origin", a.get("origin", "")), challenge,
                   a.get("sign_code", a.get("code", "1310000011")), der, at)
    signature = openssl("dgst", "-" + a.get("digest", "sha256"), "-sign", a["key"], data=text)
    return {"CardAuthentication": keep({
        "Certificate": a.get("raw_cert", b64(der)), "Challenge": a["challenge"], "SignedAt": at,
        "SignatureAlgorithm": a.get("algorithm", "sha256WithRSAEncryption"), "Signature": b64(signature)})}


def visual(a):
    der = openssl("x509", "-in", a["cert"], "-outform", "DER")
    face = {"true": True, "false": False, "-": "-"}[a.get("face", "true")]
    return {"VisualConfirmation": keep({"Certificate": b64(der), "Challenge": a["challenge"],
                                        "OperatorIdentifier": a.get("operator", "desk1"), "FaceCompared": face})}


def number(a):
    return {"QualificationConfirmSearchInfo": keep({
        "InsurerNumber": a.get("insurer", "06132013"), "InsuredCardSymbol": a.get("symbol", "12"),
        "InsuredIdentificationNumber": a.get("number", "345"), "InsuredBranchNumber": a.get("branch", "00"),
        "Birthdate": a.get("birthdate", "19800217"),
        "LimitApplicationCertificateRelatedConsFlg": a.get("consent", "0")})}


def bulk(a):
    ids = list(a.get("ids", "abc")) if "units" not in a else [f"r{i + 1}" for i in range(int(a["units"]))]
    units = []
    for i, name in enumerate(ids):
        own = {k: v.split(",")[i % len(v.split(","))] for k, v in a.items() if k in ("number", "birthdate")}
        unit = number({**a, "consent": "-", **own})["QualificationConfirmSearchInfo"]
        units.append({**unit, "ArbitraryIdentifier": name})
    return {"QualificationConfirmSearchInfo": units}


def result(a):
    return {"ReceptionNumber": a["reception"]}


def main():
    kind = sys.argv[1]
    a = dict(arg.split("=", 1) for arg in sys.argv[2:])
    body = {"MessageHeader": header(a)}
    if kind == "result":
        body["MessageHeader"] = {"MedicalInstitutionCode": body["MessageHeader"]["MedicalInstitutionCode"]}
    if kind == "registration":
        body["MessageHeader"].pop("QualificationConfirmationDate")
    if kind in ("signed", "visual") and "consent" in a:
        body["LimitApplicationCertificateRelatedConsFlg"] = a["consent"]
    body.update({"signed": signed, "registration": registration, "visual": visual, "number": number, "bulk": bulk, "result": result}[kind](a))
    print(json.dumps(body, ensure_ascii=False))


if __name__ == "__main__":
    main()

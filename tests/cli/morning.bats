#!/usr/bin/env bats
# The invented morning of 2026-11-24 in fixtures/: 26 appointments, of every kind that there is.

bats_require_minimum_version 1.5.0
load helper

export MOCK_PEOPLE=$ROOT/fixtures/people-morning.json

setup_file() {
	fixtures
	# a list is worked on by one run at a time, and these tests run twice side by side
	cp -r "$ROOT/fixtures/lists" "$BATS_FILE_TMPDIR"
	export LISTS=$BATS_FILE_TMPDIR/lists
	PEOPLE=$ROOT/fixtures/people-morning.json secrets >"$BATS_FILE_TMPDIR/names"
}
setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { mock_stop; }

# What has to come of it: patient, answer (OQSCD006; - not asked), status, ratio on the day (- none; ? any), changes.
outcomes() {
	sed -e 's/ *#.*//' <<-'END'
	1001 1 valid 30 -
	1002 1 valid 30 -               # full width, 和暦, 枝番 1
	1003 1 valid 30 copay_percent   # 72: the ratio of the year from 8/1
	1004 1 valid 20 copay_percent   # 81: the same in 後期
	1005 1 valid 20 copay_percent   # 70 on 10/20: from 11/1
	1006 1 valid 20 copay_percent   # 70 on 11/1, born on the 1st: from that day
	1007 1 valid 30 -               # 70 on 11/10: from 12/1 only
	1008 3 invalid_new ? ?          # 75 on the day
	1009 1 valid 30 copay_percent   # school since 4/1
	1010 1 valid 20 -               # born on 4/2: another year to go
	1011 3 invalid_new ? ?          # another insurer
	1012 1 valid 30 branch
	1013 1 valid 30 -               # ●
	1014 1 valid 30 name,kana
	1015 2 invalid ? ?
	1016 4 not_found ? ?
	1017 5 multiple ? ?             # twins, no 枝番
	1018 1 valid - -                # the certificate ended, past its grace: it depends on the paper that comes
	1019 1 valid 30 -               # in its grace
	1020 1 valid 30 -               # ends within three months
	1021 - error - -                # 11/31
	1022 - error - -                # no number
	1023 1 valid 30 -               # lost its leading zero
	1024 1 valid - -                # the answer's ratio ended on 7/31
	1025 1 valid 100 copay_percent  # 特別療養費
	1026 1 valid 30 -               # － and -
	END
}

@test "morning: the list of Excel and the NDJSON have what the CSV has" {
	tr -d '\r' <"$LISTS/morning-excel.csv" | iconv -f CP932 -t UTF-8 | diff "$LISTS/morning.csv" -
	[ "$(grep -c $'\r$' "$LISTS/morning-excel.csv")" -eq "$(wc -l <"$LISTS/morning.csv")" ]
	"$PYTHON" - "$LISTS" <<-'PY'
	import csv, json, re, sys
	words = {"first": "初診", "return": "再診", 10: "1割", 20: "2割", 30: "3割", None: ""}
	rows = list(csv.reader(open(sys.argv[1] + "/morning.csv", encoding="utf-8", newline="")))[1:]
	lines = [list(json.loads(l).values()) for l in open(sys.argv[1] + "/morning.ndjson", encoding="utf-8")]
	def day(s):
	    m = re.fullmatch(r"(\d{4})[-/](\d+)[-/](\d+)(?:[T ]0?(\d+:\d+)(?:\+09:00)?)?", s)
	    return [m[1], int(m[2]), int(m[3]), m[4]] if m else s
	assert len(rows) == len(lines) == 26
	for a, b in zip(rows, lines):
	    assert [day(c) for c in a] == [day(words.get(c, c)) for c in b], (a, b)
	PY
}

@test "morning: every kind of answer comes from the mock" {
	mock
	"$PYTHON" - "$LISTS/morning.ndjson" "$URL" "$PKI" >got <<-'PY'
	import http.client, json, re, ssl, sys, unicodedata
	tls = ssl.create_default_context(cafile=sys.argv[3] + "/service-ca.pem")
	tls.load_cert_chain(sys.argv[3] + "/clinic.pem", sys.argv[3] + "/clinic.key")
	line = http.client.HTTPSConnection(sys.argv[2][8:], context=tls, timeout=10)
	names = {"insurer_number": "InsurerNumber", "symbol": "InsuredCardSymbol", "number": "InsuredIdentificationNumber",
	         "branch": "InsuredBranchNumber"}
	for row in map(json.loads, open(sys.argv[1], encoding="utf-8")):
	    asked = {e: re.sub("[－-]", "-", unicodedata.normalize("NFKC", row[k])) for k, e in names.items() if row[k]}
	    if row["patient_id"] == "1021" or "InsuredIdentificationNumber" not in asked:
	        print(row["patient_id"], "-")
	        continue
	    asked["InsurerNumber"] = {7: "0"}.get(len(asked["InsurerNumber"]), "") + asked["InsurerNumber"]
	    born = re.sub("昭和52年2月3日", "1977-02-03", row["birthdate"])
	    body = {"MessageHeader": {"QualificationConfirmationDate": row["appointment"][:10].replace("-", ""),
	                              "MedicalInstitutionCode": "1310000011", "ArbitraryFileIdentifier": "morning"},
	            "QualificationConfirmSearchInfo": {**asked, "Birthdate": born.replace("-", "")}}
	    line.request("POST", "/v1/qualification/number", json.dumps(body), {"Content-Type": "application/json"})
	    print(row["patient_id"], json.load(line.getresponse())["XmlMsg"]["MessageBody"]["QualificationValidity"])
	PY
	outcomes | cut -d' ' -f1,2 | diff - got
}

# batch_says LIST: a run, and one line a row as outcomes() has them.
batch_says() {
	timed "$SHIKAKU" batch --config "$CONF" --format ndjson -o out "$1"
	checked >/dev/null
	[ "$status" -eq 60 ]
	[ "$(stat -c %a out)" = 600 ]
	[ ! -e out.journal ]
	"$PYTHON" - <<-'PY'
	import json
	for row in map(json.loads, open("out", encoding="utf-8")):
	    print(row["patient_id"], row["status"], row["copay_percent"] or "-",
	          ",".join(c["field"] for c in row["changes"]) or "-")
	PY
}

@test "morning: batch finds every outcome, whatever the list's form" {
	local list
	desk
	outcomes | cut -d' ' -f1,3- >want
	[ "$(wc -l <want)" -eq 26 ]
	for list in morning.csv morning-excel.csv morning.ndjson; do
		batch_says "$LISTS/$list" >says
		paste -d' ' want says | awk '
		{ for (i = 1; i <= 4; i++) if ($i != $(i + 4) && $i != "?") { print; bad = 1 } }
		END { exit bad || NR != 26 }'
	done
}

#!/usr/bin/env bats
# What docs/service.md says, held to what there is: its session in a shell, its errors, the tests it names; and what of the
# client's behaviour is nobody else's to test.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

@test "the session of service.md works as pasted" {
	local there=$BATS_TEST_TMPDIR/checkout
	mkdir -p "$there/build"
	ln -s "$ROOT/fixtures" "$there/fixtures"
	ln -s "$ROOT/build/pki" "$ROOT/build/people" "$BUILD/shikaku-mock" "$there/build/"
	sed -n '/^## A session/,/^## /p' "$ROOT/docs/service.md" | sed -n '/^```sh$/,/^```$/{//!p}' >"$there/session"
	[ "$(wc -l <"$there/session")" -gt 40 ]
	cd "$there"
	run -0 timeout 60 bash <session 3>&-
	echo "$output"
	diff <(grep -o '^{"status":"ok"}\|"ReferenceClassification":"."\|"QualificationValidity":"."\|"Binding"\|"code":"[A-Z_]*"' <<<"$output") - <<-END
		{"status":"ok"}
		"ReferenceClassification":"2"
		"QualificationValidity":"1"
		"ReferenceClassification":"1"
		"QualificationValidity":"1"
		"Binding"
		"code":"CHALLENGE_UNKNOWN"
	END
}

@test "the errors of service.md, of openapi.yaml and of the mock are the same, with their statuses" {
	"$PYTHON" - "$ROOT" <<-'PY'
	import pathlib, re, sys
	root = pathlib.Path(sys.argv[1])
	sys.path.insert(0, str(root / "tests/rig"))
	import contract
	agreed = contract.Contract(root / "docs/openapi.yaml").codes()
	told = contract.error_statuses(root / "docs/service.md")
	source = "".join(p.read_text(encoding="utf-8") for p in sorted(root.glob("src/mock/*.[ch]")))
	rows = re.search(r"#define REFUSAL_LIST\(X\)(.*?)\n\n", source, re.S)[1]
	known = dict(re.findall(r"X\((\w+),\s*(\d+), (?:true|false),", rows))
	assert len(known) > 20, known
	assert agreed == set(known) and told == known, (agreed ^ set(known), set(told.items()) ^ set(known.items()))
	# what else is called so: remarks, and errors of units; those of the faults file are its own
	text = (root / "docs/openapi.yaml").read_text(encoding="utf-8")
	others = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source)) - set(re.findall(r'"([A-Z_]+)"', (root / "src/mock/faults.c").read_text(encoding="utf-8")))
	assert len(others) >= 3 and all(re.search(rf"\b{name}\b", text) for name in others), others
	PY
}

@test "every test that service.md names is there" {
	local n=0 file name
	while IFS=$'\t' read -r file name; do
		n=$((n + 1))
		case $file in
		*.bats) grep -qxF "@test \"$name\" {" "$ROOT/tests/cli/$file" ;;
		*.c) grep -qE "cmocka_unit_test\($name\)" "$ROOT/tests/unit/$file" || grep -qF "{ \"$name\"," "$ROOT/tests/unit/$file" ;;
		*) false ;;
		esac || { echo "$file: no \"$name\""; false; }
	done < <(sed -nE '/^## What this client does/,$s/^\| .* \| `([a-z_-]+\.[a-z]+)`: (.*) \|$/\1\t\2/p' "$ROOT/docs/service.md")
	[ "$n" -gt 20 ]
}

# sent PATH: how often the mock was asked that
sent() { grep -c " $1 " "$BATS_TEST_TMPDIR/mock.$((${#MOCKS[@]} - 1)).log"; }

@test "an enquiry by card is sent once, whatever comes of it" {
	local fault
	for fault in '"fault": "cut_body"' '"fault": "overloaded", "retry_after": 0' '"fault": "maintenance", "retry_after": 0' \
	    '"fault": "status", "status": 500' '"fault": "not_json"' '"fault": "latency", "latency_ms": 4000'; do
		faulty "[{\"match\": {\"path\": \"/v1/qualification/card\"}, $fault}]"
		config
		run_check adult --timeout 2
		shows 11
		[ "$(sent /v1/challenge)" = 1 ]
		[ "$(sent /v1/qualification/card)" = 1 ]
		mock_stop
	done
	faulty '[{"match": {"path": "/v1/registration"}, "fault": "cut_body"}]'
	config
	run_check unregistered --register --timeout 2
	shows 11
	[ "$(sent /v1/registration)" = 1 ]
}

@test "what the service says is passed on as it came, and can not play with the terminal" {
	faulty '[{"match": {}, "fault": "replace", "field": "ProcessingResultMessage", "value": "あと\u001b[31m3か月\u202eです"}]'
	config
	run_check ending
	[[ $output = *'サービスからの注意: あと\u001b[31m3か月'$'\u202e''です"'* ]]
	run_text ending --lang ja
	[[ $output = *'サービスからの注意: あと?[31m3か月?です'* ]]
	run ! grep -q $'\u202e\|\e\[31m' <<<"$output"
}

@test "why it refuses is passed on in its own words, to the desk and to the technician" {
	faulty '[{"match": {"path": "/v1/qualification/card"}, "fault": "body", "status": 422, "body":
	    "{\"error\": {\"code\": \"CARD_EXPIRED\", \"retryable\": false, \"text_desk\": \"期限が\\u001b[31m切れて\\u202eいます\", \"text_technician\": \"not after 2026\"}}"}]'
	config
	run_check adult
	"$PYTHON" - "$output" <<-'PY'
	import json, sys
	refusal = json.loads(sys.argv[1])["check"]["online"]["refusal"]
	assert refusal == {"code": "CARD_EXPIRED", "text_desk": "期限が\x1b[31m切れて\u202eいます", "text_technician": "not after 2026"}, refusal
	PY
	run_text adult --lang ja
	[[ $(tr -d '\n ' <<<"$output") = *'サービスから「期限が?[31m切れて?います」'* ]]
	run ! grep -q $'\u202e\|\e\[31m' <<<"$output"
}

#!/usr/bin/env bats
# The client and the mock with a Prism proxy between them, which holds every request and reply to docs/openapi.yaml by itself.
# tests/contract/run says where everything is; client and mock still speak mutual TLS (recorder.mjs).

bats_require_minimum_version 1.5.0
load ../cli/helper

setup_file() { fixtures; }

setup() {
	export RECORDINGS=$RECORDINGS/$BATS_TEST_NUMBER
	mkdir "$RECORDINGS"
}

teardown() { mock_stop; }

# judged OPERATION...: all that was exchanged in this test is as agreed, and these operations succeeded
judged() {
	"$PYTHON" "$ROOT/tests/contract/judge.py" "$RECORDINGS" "$@"
}

# two rows, of whom one is known
rows() {
	printf '%s\n' patient_id,appointment,birthdate,insurer_number,symbol,number,branch \
	    1,2026-11-24,1980-02-17,06132013,12,345,00 2,2026-11-24,1980-02-17,06132013,12,999,00
}

# batch [OPTION]...: both rows were answered
batch() {
	rows >"$BATS_TEST_TMPDIR/list.csv"
	timed "$SHIKAKU" batch --config "$CONF" --format ndjson "$@" "$BATS_TEST_TMPDIR/list.csv" 3>&-
	echo "$output"
	[ "$(grep -c '"status":"\(valid\|not_found\)"' <<<"$output")" = 2 ]
}

@test "prism: by card, signed" {
	desk
	run_check adult --timeout 8
	shows 0 path=online_card percent=30
	judged "POST /v1/challenge" "POST /v1/qualification/card"
}

@test "prism: by card, the face compared" {
	desk
	run_check adult --timeout 8 --auth visual
	shows 0 path=online_card percent=30
	judged "POST /v1/qualification/card/visual"
}

@test "prism: registered on the spot" {
	desk
	run_check unregistered --timeout 8 --register
	shows 0 registered=true
	judged "POST /v1/registration" "POST /v1/qualification/card"
}

@test "prism: by number, one by one" {
	desk
	batch
	judged "POST /v1/qualification/number"
}

@test "prism: by number, a file" {
	desk
	batch --mode bulk --poll 1
	judged "POST /v1/bulk" "POST /v1/bulk/result"
}

@test "prism: health" {
	desk
	timed "$SHIKAKU" doctor --config "$CONF" --json 3>&-
	judged "GET /v1/health"
}

@test "prism: a refusal" {
	desk
	run_check revoked --timeout 8
	shows 11 error=SERVICE_REFUSED
	judged "POST /v1/challenge"
}

# --- that it does look

@test "prism: a reply off the contract is noticed" {
	faulty '[{"match": {"path": "/v1/qualification/card"}, "fault": "unknown_code", "field": "QualificationValidity"}]'
	config
	run_check adult --timeout 8
	shows 11 error=REPLY_MALFORMED
	grep -aqE '^sl-violations: .*QualificationValidity' "$RECORDINGS"/run-*/*.out
}

@test "prism: a request off the contract is noticed, and does not reach the mock" {
	mock
	run -0 curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/clinic.key" -w '%{http_code}' \
	    -H 'Content-Type: application/json' --data '{"Extra": 1}' "$URL/v1/challenge"
	[[ $output = *UNPROCESSABLE_ENTITY*422 ]]
	run ! grep -q /v1/challenge "$BATS_TEST_TMPDIR/mock.0.log"
}

#!/usr/bin/env bats
# Asking many: the pool of connections and the bulk enquiry against shikaku-mock over TLS, with
# faults.  What is measured here has wide margins; `make bench` has the figures.
#
# BUILD (default build) holds tests/pool-probe.

bats_require_minimum_version 1.5.0

load helper

setup_file() {
	fixtures
}

setup() {
	declare -gA said=()
	mode=pool
	today=2026-11-22
}

teardown() {
	mock_stop
}

# ask QUESTIONS [KEY=JSON]...: runs the probe; its lines become the array `said`.
ask() {
	local questions=$1 pair line extra=
	local -A key=([backoff_ms]=20 [backoff_max_ms]=200 [pause_ms]=100 [pause_max_ms]=400
	    [poll_floor_ms]=20 [poll_ceiling_ms]=100)
	shift
	for pair; do
		key[${pair%%=*}]=${pair#*=}
	done
	for pair in "${!key[@]}"; do
		extra+=", \"$pair\": ${key[$pair]}"
	done
	cat >"$BATS_TEST_TMPDIR/ask.json" <<-JSON
	{"mode": "$mode", "url": "$URL", "client_cert": "$PKI/clinic.pem", "client_key": "$PKI/clinic.key",
	 "ca": "${CA:-$PKI/service-ca.pem}", "as_of": "$today", "questions": $questions,
	 "ask": [{"insurer_number": "06132013", "symbol": "12", "number": "345", "branch": "00",
	          "birthdate": "1980-02-17"}]$extra}
	JSON
	timed "$BUILD/tests/pool-probe" "$BATS_TEST_TMPDIR/ask.json"
	said=()
	[ -n "$output" ] || { echo "status $status: $stderr"; return 1; }
	while read -r line; do
		echo "# $line"
		said[${line%% *}]=${line#* }
	done <<<"$output"
}

# has KEY=VALUE...: the probe said so
has() {
	local pair
	for pair; do
		[ "${said[${pair%%=*}]-none}" = "${pair#*=}" ] || {
			echo "not $pair but ${said[${pair%%=*}]-none}"
			return 1
		}
	done
}

# at_least KEY NUMBER, at_most KEY NUMBER
at_least() { [ "${said[$1]}" -ge "$2" ]; }
at_most() { [ "${said[$1]}" -le "$2" ]; }

# counted QUESTION KIND: how often the mock says that it was asked
counted() {
	kill -USR1 "${MOCKS[-1]}"
	"$PYTHON" - "$BATS_TEST_TMPDIR/stats" "$1" "$2" <<-'PY'
	import json, sys, time
	for i in range(100):
	    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
	    found = [r for r in rows if r.get("question") == sys.argv[2]]
	    if found:
	        print(found[0][sys.argv[3]])
	        break
	    time.sleep(0.02)
	PY
}

# connections: how many the mock says were made
connections() {
	mock_stop
	"$PYTHON" -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["connections"])' \
	    "$BATS_TEST_TMPDIR/stats"
}

# spoilt FAULT: tests/rig/peer.py in the place of the mock
spoilt() {
	local port
	coproc PEER { exec "$ROOT/tests/rig/peer.py" "$@" --cert "$PKI/server.pem" --key "$PKI/server.key" 3>&-; }
	MOCKS+=("$PEER_PID")
	read -r -t 10 -u "${PEER[0]}" _ port
	URL=https://127.0.0.1:$port
}

# --- single questions ------------------------------------------------------------------------

@test "pool: a thousand questions over exactly the configured connections" {
	local connections
	mock --stats "$BATS_TEST_TMPDIR/stats"
	for connections in 1 6 16; do
		ask 1000 connections=$connections
		has status=none back=1000 NONE=1000 validity1=1000 requests=1000 retries=0 \
		    handshakes=$connections in_flight_max=$connections left=0
		[ "$status" -eq 0 ]
	done
	[ "$(connections)" = $((1 + 6 + 16)) ]
}

@test "pool: connections are 1 to 16" {
	mock
	ask 1 connections=0
	[ "$status" -eq 50 ]
	ask 1 connections=17
	[ "$status" -eq 50 ]
}

@test "pool: every question is asked once, under its own identifier" {
	mock --stats "$BATS_TEST_TMPDIR/stats"
	ask 200
	has NONE=200
	[ "$(counted q1 single)" = 1 ]
	[ "$(counted q200 single)" = 1 ]
}

@test "pool: at 50 ms a question six connections are used side by side" {
	mock --latency 50
	ask 120
	has NONE=120 in_flight_max=6 handshakes=6
	at_least ms 1000
	# one after the other would take 6 s
	at_most ms 3000
}

@test "pool: 429 with Retry-After holds all up and then goes on" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 10}, "fault": "overloaded", "retry_after": 1}]'
	ask 60
	has NONE=60 retries=1 attempts_max=2 requests=61 breaker_seen_open=0
	at_least ms 1000
	at_most ms 4000
}

@test "pool: 503 with Retry-After too" {
	faulty '[{"match": {"path": "/v1/qualification/number", "first": 3}, "fault": "maintenance", "retry_after": 1}]'
	ask 60
	has NONE=60 retries=3 attempts_max=2
	at_least ms 1000
}

@test "pool: 503 without Retry-After is tried again with back-off, and then is final" {
	faulty '[{"match": {"path": "/v1/qualification/number", "first": 5}, "fault": "status", "status": 503}]'
	ask 1 attempts=3
	has SERVICE_MAINTENANCE=1 NONE=none back=1 attempts_max=3 requests=3
	ask 1 attempts=3
	has NONE=1 attempts_max=3
}

@test "pool: a Retry-After beyond all patience fails what waits, without asking on" {
	faulty '[{"match": {"path": "/v1/qualification/number", "first": 1}, "fault": "maintenance", "retry_after": 600}]'
	ask 100 connections=1 patience_ms=3000
	has SERVICE_MAINTENANCE=100 requests=1
	at_most ms 2000
}

@test "pool: a Retry-After of a day, or of more than a number can be, is one, too" {
	faulty '[{"match": {"path": "/v1/qualification/number"}, "fault": "maintenance", "retry_after": 86400}]'
	ask 100 connections=1
	has SERVICE_MAINTENANCE=100 requests=1
	mock_stop
	spoilt 429-for-ever
	ask 100 connections=1
	has SERVICE_MAINTENANCE=100 requests=1
}

@test "pool: a service that only ever asks to wait a little is given up after its patience" {
	local connections
	faulty '[{"match": {"path": "/v1/qualification/number"}, "fault": "maintenance", "retry_after": 1}]'
	for connections in 1 6; do
		ask 300 connections=$connections attempts=100 patience_ms=2500
		has SERVICE_MAINTENANCE=300 NONE=none
		at_least ms 2400
		at_most ms 5000
		at_most requests 40
	done
}

@test "pool: a gateway that does not reach the service is a dead service" {
	local fault
	for fault in 502 503-html 504; do
		spoilt "$fault"
		ask 1 attempts=3
		has SERVICE_UNREACHABLE=1 requests=3
		ask 300 patience_ms=1500
		has SERVICE_UNREACHABLE=300 breaker_seen_open=1
		at_least ms 1400
		at_most ms 4000
		at_most requests 30
		mock_stop
	done
}

@test "pool: a service that only says that it is well is asked less and less" {
	faulty '[{"match": {"path": "/v1/qualification/number"}, "fault": "status", "status": 503}]'
	ask 300 patience_ms=3000
	has SERVICE_MAINTENANCE=300 NONE=none breaker_seen_open=1
	at_least ms 2500
	at_most ms 6000
	# half of 100, 200, 400, 400, ... ms between two times that six are asked
	at_most requests 150
}

@test "pool: what is refused is final" {
	faulty '[{"match": {"path": "/v1/qualification/number"}, "fault": "status", "status": 500}]'
	ask 10
	has SERVICE_REFUSED=10 retries=0 requests=10 attempts_max=1
}

@test "pool: an answer to another question is final" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 4}, "fault": "wrong_echo", "field": "ArbitraryFileIdentifier"}]'
	ask 10
	has NONE=9 REPLY_MALFORMED=1 retries=0
}

@test "pool: a reply cut short is asked for again" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 7}, "fault": "cut_body", "at": 100}]'
	ask 40
	has NONE=40 retries=1 attempts_max=2
}

@test "pool: the line on which a reply was cut short is made anew" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 7}, "fault": "cut_body", "at": 100}]'
	ask 40 connections=1
	has NONE=40 retries=1 attempts_max=2 handshakes=2
}

@test "pool: a reply that is always cut short fails after its attempts" {
	faulty '[{"match": {"path": "/v1/qualification/number"}, "fault": "cut_body", "at": 100}]'
	ask 1 attempts=3 breaker_after=100
	has REPLY_MALFORMED=1 attempts_max=3
}

@test "pool: one slow answer does not hold up the others" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 1}, "fault": "latency", "latency_ms": 1500}]'
	ask 100
	has NONE=100 retries=0
	at_least ms 1500
	at_most first_ms 1000
}

@test "pool: an answer past its deadline is asked for again" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 1}, "fault": "latency", "latency_ms": 5000}]'
	ask 30 timeout_ms=700
	has NONE=30 retries=1
	at_most ms 4000
}

@test "pool: a service dead for three seconds and then back" {
	local port
	mock
	port=${URL##*:}
	mock_stop
	(sleep 3 && exec "$BUILD/shikaku-mock" --listen "127.0.0.1:$port" --tls-cert "$PKI/server.pem" \
	    --tls-key "$PKI/server.key" --client-ca "$PKI/service-ca.pem" --people "$PEOPLE" \
	    >/dev/null 2>&1 3>&-) &
	MOCKS+=($!)
	ask 200 attempts=2 patience_ms=20000
	has NONE=200 breaker_seen_open=1 attempts_max=2 handshakes=6
	at_least ms 3000
	at_most ms 6000
}

@test "pool: a service that stays dead is given up after its patience" {
	mock
	mock_stop
	ask 500 patience_ms=1000
	has SERVICE_UNREACHABLE=500 breaker_seen_open=1 NONE=none
	at_least ms 900
	at_most ms 3000
	# a few probes instead of 500 questions
	at_most requests 20
}

@test "pool: a service that is not the right one is no matter for trying again" {
	mock
	CA=$PKI/rogue-ca.pem
	ask 10
	has TLS_PEER_MISMATCH=10 retries=0
}

@test "pool: no more than the given rate" {
	mock
	ask 60 rate=40
	has NONE=60
	# 40 a second, and two at once after a lull
	at_least ms 1400
	at_most ms 3000
}

@test "pool: Ctrl-C gives everything up at once" {
	mock --latency 3000
	ask 100 cancel_after_ms=500
	has INTERRUPTED=64 back=64 left=0
	at_most cancelled_ms 100
	at_most ms 1500
}

@test "pool: and so in the middle of a handshake" {
	coproc PEER { exec "$ROOT/tests/rig/peer.py" silent-accept 3>&-; }
	MOCKS+=("$PEER_PID")
	read -r -t 10 -u "${PEER[0]}" _ port
	URL=https://127.0.0.1:$port
	ask 100 cancel_after_ms=300
	has INTERRUPTED=64 in_flight_max=6 handshakes=0
	at_most cancelled_ms 100
	at_most ms 1000
}

# --- one file --------------------------------------------------------------------------------

@test "bulk: a file, its receipt and its result" {
	mode=bulk
	mock --bulk-ms 100 --stats "$BATS_TEST_TMPDIR/stats"
	ask 100
	has end="NONE -" NONE=100 validity1=100 retries=0 handshakes=1 left=0 worked_off=100 \
	    strangers=0 repeated=0 contradicted=0
	at_least polls 2
	[ "$(counted q100 bulk)" = 1 ]
}

@test "bulk: units are final as they come" {
	mode=bulk
	mock --bulk-ms 50 --bulk-unit-ms 20 --bulk-partial
	ask 30
	has end="NONE -" NONE=30 left=0 repeated=0 contradicted=0
	at_most first_ms 500
	at_least ms 600
}

@test "bulk: polling has a floor and a ceiling" {
	mode=bulk
	mock --bulk-ms 1200
	ask 3 poll_floor_ms=200 poll_ceiling_ms=300
	has end="NONE -" NONE=3
	at_least first_ms 1200
	# 200, 300, 300, ... ms
	at_least polls 4
	at_most polls 6
}

@test "bulk: a file that never ends is given up, and can be resumed" {
	local file reception
	mode=bulk
	mock --bulk-ms 1000
	ask 3 polls_max=2
	has end="SERVICE_TIMEOUT -" SERVICE_TIMEOUT=3 unit1="SERVICE_TIMEOUT - retryable=1" polls=2
	file=${said[file]} reception=${said[reception]}
	sleep 1
	ask 3 file_id="\"$file\"" reception="\"$reception\""
	has end="NONE -" NONE=3 reception=none requests=1
}

@test "bulk: after a crash the file is not sent again, or is the same" {
	local file reception
	mode=bulk
	mock --stats "$BATS_TEST_TMPDIR/stats"
	ask 50 stop_at='"accepted"'
	file=${said[file]} reception=${said[reception]}
	has back=0
	# the ReceptionNumber was recorded
	ask 50 file_id="\"$file\"" reception="\"$reception\""
	has NONE=50 reception=none requests=1
	# the crash came before that
	ask 50 file_id="\"$file\""
	has NONE=50 reception="$reception"
	[ "$(counted q7 bulk)" = 1 ]
}

@test "bulk: a ReceptionNumber that is no longer good" {
	mode=bulk
	mock
	ask 2 file_id='"0123456789abcdef"' reception='"1234567890"'
	has end="SERVICE_REFUSED RECEPTION_UNKNOWN" SERVICE_REFUSED=2
}

@test "bulk: the same identifier for other questions" {
	mode=bulk
	mock
	ask 2 file_id='"0123456789abcdef"'
	has end="NONE -"
	ask 3 file_id='"0123456789abcdef"'
	has end="SERVICE_REFUSED FILE_IDENTIFIER_REUSED"
}

@test "bulk: more units than a file may have" {
	mode=bulk
	mock --bulk-units 5
	ask 6
	has end="SERVICE_REFUSED REQUEST_TOO_LARGE" SERVICE_REFUSED=6 retries=0
}

@test "bulk: a receipt for another file" {
	mode=bulk
	faulty '[{"match": {"path": "/v1/bulk"}, "fault": "wrong_echo", "field": "ArbitraryFileIdentifier"}]'
	ask 2
	has end="REPLY_MALFORMED -" REPLY_MALFORMED=2 reception=none
}

result_fault() {
	mode=bulk
	faulty "[{\"match\": {\"path\": \"/v1/bulk/result\"$2}, \"fault\": $1}]"
}

@test "bulk: units out of order" {
	result_fault '"units_shuffled", "seed": 3'
	ask 100
	has end="NONE -" NONE=100 strangers=0
}

@test "bulk: a unit missing" {
	result_fault '"unit_missing", "unit": 3'
	ask 10
	has end="NONE -" NONE=9 REPLY_MALFORMED=1 unit3="REPLY_MALFORMED - retryable=1"
}

@test "bulk: a unit twice, equal" {
	result_fault '"unit_twice", "unit": 3'
	ask 10
	has end="NONE -" NONE=10 repeated=1 contradicted=0
}

@test "bulk: a unit that the service could not answer" {
	result_fault '"unit_error", "unit": 4, "code": "E42"'
	ask 10
	has end="NONE -" NONE=9 unit4="SERVICE_REFUSED E42 retryable=0"
}

@test "bulk: a unit of another person" {
	result_fault '"replace", "field": "Birthdate", "value": "19900101"' ', "first": 1'
	ask 2
	has REPLY_MALFORMED=2
}

@test "bulk: the file fails as a whole" {
	result_fault '"bulk_failed", "code": "E9"'
	ask 4
	has end="SERVICE_REFUSED E9" SERVICE_REFUSED=4
}

@test "bulk: pending first, in part, and then done" {
	mode=bulk
	faulty '[{"match": {"path": "/v1/bulk/result", "nth": 1}, "fault": "bulk_pending"},
	 {"match": {"path": "/v1/bulk/result", "nth": 1}, "fault": "bulk_pending", "units": 4}]'
	ask 10
	has end="NONE -" NONE=10 polls=3 contradicted=0
}

@test "bulk: pending for ever ends after so many times" {
	result_fault '"bulk_pending", "units": 2'
	ask 5 polls_max=3
	has NONE=2 SERVICE_TIMEOUT=3 polls=3 end="SERVICE_TIMEOUT -"
}

@test "bulk: each step is tried again" {
	mode=bulk
	faulty '[{"match": {"path": "/v1/bulk", "first": 1}, "fault": "cut_body", "at": 10},
	 {"match": {"path": "/v1/bulk/result", "nth": 1}, "fault": "overloaded", "retry_after": 1},
	 {"match": {"path": "/v1/bulk/result", "nth": 1}, "fault": "cut_body", "at": 900}]'
	ask 10
	has end="NONE -" NONE=10 retries=3 polls=1
	at_least ms 1000
}

@test "bulk: a service that is away for three seconds costs no file" {
	local port
	mode=bulk
	mock
	port=${URL##*:}
	mock_stop
	(sleep 3 && exec "$BUILD/shikaku-mock" --listen "127.0.0.1:$port" --tls-cert "$PKI/server.pem" \
	    --tls-key "$PKI/server.key" --client-ca "$PKI/service-ca.pem" --people "$PEOPLE" \
	    >/dev/null 2>&1 3>&-) &
	MOCKS+=($!)
	ask 10 patience_ms=20000
	has end="NONE -" NONE=10
	at_least ms 3000
	at_most ms 7000
}

@test "bulk: nor does one that gives no result for a while" {
	mode=bulk
	faulty '[{"match": {"path": "/v1/bulk/result", "first": 8}, "fault": "cut_body", "at": 10}]'
	ask 10
	has end="NONE -" NONE=10 retries=8 polls=1
}

@test "bulk: a service that stays dead is given up after its patience" {
	mode=bulk
	mock
	mock_stop
	ask 10 patience_ms=1000
	has end="SERVICE_UNREACHABLE -" SERVICE_UNREACHABLE=10
	at_least ms 900
	at_most ms 3000
}

@test "bulk: ten thousand units" {
	mode=bulk
	mock
	ask 10000
	has end="NONE -" NONE=10000 handshakes=1
}

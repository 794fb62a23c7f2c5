#!/usr/bin/env bats
# 一括照会 at shikaku-mock over real TLS: curl is the client, each fault comes once.

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/mock.bash"

# upload [KEY=VALUE]...: a file of questions; sets RECEPTION.
upload() {
	post /v1/bulk "$(enquiry bulk "$@")"
	RECEPTION=$(get ReceptionNumber)
}

result() { # [KEY=VALUE]...
	post /v1/bulk/result "$(enquiry result reception="$RECEPTION" "$@")"
}

# the identifiers of the units as given, in one word
ids() {
	"$PYTHON" -c '
import json, sys
units = json.loads(sys.argv[1])["XmlMsg"].get("MessageBody", {}).get("BulkConfirmUnit", [])
print("".join(u["QualificationConfirmSearchInfo"]["ArbitraryIdentifier"] for u in units))' "$output"
}

has_ids() {
	[ "$(ids)" = "$1" ] || { echo "units '$(ids)', not '$1'"; return 1; }
}

counts() { # PROCESSED NORMAL ERRORS
	is NumberOfProcessingResult "$1"
	is NumberOfNormalProcessing "$2"
	is NumberOfError "$3"
}

# --- the way things go when they go well

@test "upload: 202, a receipt, the echo of its name" {
	upload file=morning-1
	[ "$code" = 202 ]
	is ArbitraryFileIdentifier morning-1
	is MedicalInstitutionCode 1310000011
	[[ "$RECEPTION" =~ ^[0-9]{16}$ ]]
	[[ "$(get ReceptionDateTime)" =~ ^[0-9]{14}$ ]]
}

@test "result: each unit with its answer, counted" {
	upload file=good-1 ids=abcd number=345,999,346,352 date=20261122
	result
	[ "$code" = 200 ]
	is SegmentOfResult 1
	is QualificationConfirmationDate 20261122
	is ArbitraryFileIdentifier good-1
	is ReceptionNumber "$RECEPTION"
	counts 4 4 0
	has_ids abcd
	[ "$(get QualificationValidity | tr -d '\n')" = 1412 ]
	[ "$(get LimitApplicationCertificateChanged | tr -d '\n')" = 111 ]
	[ "$(get LimitApplicationCertificateClassificationFlag)" = "" ]
	[ "$(get LimitApplicationCertificateRelatedConsFlg)" = "" ]
	result
	is SegmentOfResult 1
}

@test "result: what is known of 限度額 is compared and not given back" {
	body=$(enquiry bulk file=known-1 ids=ab)
	known='"LimitApplicationCertificateRelatedInfo": {"LimitApplicationCertificateClassificationFlag": "A03"}, "ArbitraryIdentifier": "a"'
	post /v1/bulk "${body/\"ArbitraryIdentifier\": \"a\"/$known}"
	[ "$code" = 202 ]
	RECEPTION=$(get ReceptionNumber)
	result
	[ "$(get LimitApplicationCertificateChanged | tr -d '\n')" = 01 ]
	[[ "$output" != *A03* ]]
}

@test "result: a question whose values are wrong is an error of its own" {
	LOOSE=loose upload file=wrong-1 ids=abc birthdate=19800217,19800231,19800217
	[ "$code" = 202 ]
	result
	counts 3 2 1
	is ProcessingResultCode $'\nUNIT_MALFORMED'
	[[ "$output" == *"照会の内容に誤りがあります (Birthdate: not a date YYYYMMDD)"* ]]
	[ "$(get QualificationValidity | tr -d '\n')" = 11 ]
}

@test "the same file again: the same number; other questions under its name: refused" {
	upload file=again-1
	first=$RECEPTION
	upload file=again-1
	[ "$code" = 202 ] && [ "$RECEPTION" = "$first" ]
	upload file=again-1 ids=abd
	refused 409 FILE_IDENTIFIER_REUSED
	upload file=again-1 date=20260101
	refused 409 FILE_IDENTIFIER_REUSED
	CLIENT=clinic2 CLIENT_KEY=tls2 upload file=again-1 code=1310000029
	[ "$code" = 202 ] && [ "$RECEPTION" != "$first" ]
}

@test "10,000 units: all answered, within memory" {
	quarantine=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=4
	ASAN_OPTIONS=$quarantine faulty '[{"match":{"path":"/v1/bulk/result","nth":2},"fault":"units_shuffled"}]'
	enquiry bulk units=10000 file=big >"$BATS_TEST_TMPDIR/big"
	post /v1/bulk "@$BATS_TEST_TMPDIR/big"
	[ "$code" = 202 ]
	RECEPTION=$(get ReceptionNumber)
	for round in in-order shuffled; do
		post /v1/bulk/result "$(enquiry result reception="$RECEPTION")" -o "$BATS_TEST_TMPDIR/$round"
		[ "$code" = 200 ]
		grep -o '"ArbitraryIdentifier":"r[0-9]*"' "$BATS_TEST_TMPDIR/$round" >"$BATS_TEST_TMPDIR/$round.ids"
		[ "$(sort -u "$BATS_TEST_TMPDIR/$round.ids" | wc -l)" = 10000 ]
	done
	! cmp -s "$BATS_TEST_TMPDIR/in-order.ids" "$BATS_TEST_TMPDIR/shuffled.ids"
	peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$OWN_PID/status")
	echo "# peak $peak kB"
	[ "$peak" -lt 300000 ]
}

# --- what is refused

@test "REQUEST_MALFORMED: what is no file" {
	good=$(enquiry bulk file=bad-1 ids=ab)
	for body in '' '[]' '{"a":1}' "${good/\[\{/\{}" "${good/\"b\"/\"a\"}" "${good/\"a\"/1}" "${good/\"a\"/\"\"}" \
	    "${good/\"Birthdate\"/\"BirthDate\"}" "${good/\"ArbitraryIdentifier\": \"a\"/\"InsuredBranchNumber\": \"0\"}" \
	    "${good/\"MessageHeader\"/\"Header\"}" "${good/131000001/13100000}"; do
		post /v1/bulk "$body"
		refused 400 REQUEST_MALFORMED
	done
	post /v1/bulk/result '{"ReceptionNumber":"1"}'
	refused 400 REQUEST_MALFORMED
	post /v1/bulk/result '{"MessageHeader":{"MedicalInstitutionCode":"1310000011"},"ReceptionNumber":1}'
	refused 400 REQUEST_MALFORMED
	post /v1/bulk/result '{"MessageHeader":{"MedicalInstitutionCode":"1310000011"}}'
	refused 400 REQUEST_MALFORMED
}

@test "REQUEST_TOO_LARGE: units and bytes" {
	own --bulk-units 2
	upload file=two ids=ab
	[ "$code" = 202 ]
	upload file=three ids=abc
	refused 413 REQUEST_TOO_LARGE
	python3 -c 'print("{}" + " " * (8 << 20), end="")' >"$BATS_TEST_TMPDIR/large"
	post /v1/bulk "@$BATS_TEST_TMPDIR/large"
	refused 413 REQUEST_TOO_LARGE
	truncate -s 65537 "$BATS_TEST_TMPDIR/large"
	post /v1/bulk/result "@$BATS_TEST_TMPDIR/large"
	refused 413 REQUEST_TOO_LARGE
}

@test "RECEPTION_UNKNOWN: never given, another's, from before a restart" {
	RECEPTION=1234567890123456 result
	refused 404 RECEPTION_UNKNOWN
	upload file=mine
	CLIENT=clinic2 CLIENT_KEY=tls2 result code=1310000029
	refused 404 RECEPTION_UNKNOWN
	result
	[ "$code" = 200 ]
	own
	result
	refused 404 RECEPTION_UNKNOWN
}

@test "INSTITUTION_MISMATCH and METHOD_NOT_ALLOWED" {
	upload file=other code=1310000029
	refused 403 INSTITUTION_MISMATCH
	RECEPTION=1 result code=1310000029
	refused 403 INSTITUTION_MISMATCH
	call /v1/bulk
	refused 405 METHOD_NOT_ALLOWED
	call /v1/bulk/result
	refused 405 METHOD_NOT_ALLOWED
}

@test "no client certificate: a file is not read" {
	upload file=nobody
	output=$(curl -s --cacert "$PKI/service-ca.pem" -w '\n%{http_code}' -H 'Content-Type: application/json' \
	    --data-binary "$(enquiry bulk)" "$URL/v1/bulk")
	code=${output##*$'\n'} output=${output%$'\n'*}
	refused 401 CLIENT_CERTIFICATE_REQUIRED
}

# --- time

# polls until SegmentOfResult is not 2, at most 100 times; the segments and unit counts seen stand in SEEN.
poll() {
	local i
	SEEN=
	for ((i = 0; i < 100; i++)); do
		result
		SEEN+=" $(get SegmentOfResult):$(get NumberOfProcessingResult):$(ids)"
		[ "$(get SegmentOfResult)" = 2 ] || return 0
		sleep 0.1
	done
	return 1
}

@test "--bulk-ms: 2 without a body, then 1" {
	own --bulk-ms 1500
	upload
	result
	is SegmentOfResult 2
	[[ "$output" != *MessageBody* ]]
	counts 0 0 0
	poll
	[[ "$SEEN" == *" 1:3:abc" ]]
}

@test "--bulk-unit-ms: done one after the other, given at the end" {
	own --bulk-unit-ms 900
	upload
	poll
	echo "$SEEN"
	[[ "$SEEN" == *" 2:"[12]":"*" 1:3:abc" ]]
	[[ "${SEEN% *}" != *a* ]]
}

@test "--bulk-partial: what is done is given before the end" {
	own --bulk-unit-ms 900 --bulk-partial
	upload
	poll
	echo "$SEEN"
	[[ "$SEEN" =~ ' 2:'(1:a|2:ab)' '(.*' ')?'1:3:abc'$ ]]
	[[ "$SEEN" != *" 2:"[12]": "* ]]
}

@test "--bulk-keep: forgotten after its time, and a new file then" {
	own --bulk-keep 1
	upload file=short
	first=$RECEPTION
	sleep 1.2
	result
	refused 404 RECEPTION_UNKNOWN
	upload file=short
	[ "$code" = 202 ] && [ "$RECEPTION" != "$first" ]
}

# --- wrong answers by order

@test "faults: pending, partly, for ever, then done" {
	faulty '[{"match":{"path":"/v1/bulk/result","nth":1},"fault":"bulk_pending"},
	    {"match":{"path":"/v1/bulk/result","first":1},"fault":"bulk_pending","units":2}]'
	upload
	result
	is SegmentOfResult 2
	[[ "$output" != *MessageBody* ]]
	result
	is SegmentOfResult 2
	has_ids ab
	counts 2 2 0
	result
	is SegmentOfResult 1
	has_ids abc
	faulty '[{"match":{"path":"/v1/bulk/result"},"fault":"bulk_pending"}]'
	upload
	for i in 1 2 3 4 5; do
		result
		is SegmentOfResult 2
	done
}

@test "faults: failed as a whole" {
	faulty '[{"match":{"path":"/v1/bulk/result","nth":1},"fault":"bulk_failed"},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"bulk_failed","code":"E9"}]'
	upload
	result
	[ "$code" = 200 ]
	is SegmentOfResult 9
	is ErrorCode FILE_FAILED
	[ -n "$(get ErrorMessage)" ]
	has_ids ""
	result
	is ErrorCode E9
	result
	is SegmentOfResult 1
}

@test "faults: units out of order, missing, twice, an error" {
	faulty '[{"match":{"path":"/v1/bulk/result","nth":1},"fault":"units_shuffled"},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"unit_missing","unit":2},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"unit_twice","unit":2},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"unit_error","unit":3}]'
	upload
	result
	has_ids cab
	counts 3 3 0
	result
	has_ids ac
	counts 2 2 0
	result
	has_ids abcb
	counts 4 4 0
	result
	has_ids abc
	counts 3 2 1
	is ProcessingResultCode $'\n\nUNIT_FAILED'
	result
	has_ids abc
}

@test "faults: wrong echoes" {
	faulty '[{"match":{"path":"/v1/bulk","nth":1},"fault":"wrong_echo","field":"ArbitraryFileIdentifier"},
	    {"match":{"path":"/v1/bulk","nth":1},"fault":"missing_field","field":"ReceptionNumber"},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"wrong_echo","field":"ReceptionNumber"},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"wrong_echo","field":"ArbitraryIdentifier"},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"replace","field":"NumberOfError","value":"1"}]'
	upload file=a1
	is ArbitraryFileIdentifier b2
	upload file=a1
	is ReceptionNumber ""
	upload file=a1
	result
	[ "$(get ReceptionNumber)" != "$RECEPTION" ]
	result
	has_ids bcd
	result
	is NumberOfError 1
	counts 3 3 1
}

@test "faults: 429 and 503 with Retry-After, on the way in and out" {
	faulty '[{"match":{"path":"/v1/bulk","nth":1},"fault":"overloaded","retry_after":7},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"maintenance","retry_after":8}]'
	post /v1/bulk "$(enquiry bulk)" -i
	[[ "$output" == *" 429 "*"Retry-After: 7"*OVERLOADED* ]]
	upload
	[ "$code" = 202 ]
	post /v1/bulk/result "$(enquiry result reception="$RECEPTION")" -i
	[[ "$output" == *" 503 "*"Retry-After: 8"*MAINTENANCE* ]]
	result
	is SegmentOfResult 1
}

@test "faults: cut in the middle" {
	faulty '[{"match":{"path":"/v1/bulk/result","nth":1},"fault":"cut_body","at":700}]'
	upload
	run -18 curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" \
	    -H 'Content-Type: application/json' -d "$(enquiry result reception="$RECEPTION")" "$URL/v1/bulk/result"
	result
	has_ids abc
}

@test "faults: a slow drip, which holds up nobody else" {
	faulty '[{"match":{"path":"/v1/bulk/result","nth":1},"fault":"slow_drip","bytes_per_second":1000},
	    {"match":{"path":"/v1/bulk/result","nth":1},"fault":"slow_drip"}]'
	upload
	begin=$(date +%s%N)
	result
	took=$((($(date +%s%N) - begin) / 1000000))
	has_ids abc
	# 100 bytes a drop, the first at once
	[ "$took" -ge $((${#output} - 300)) ]
	curl -sN --max-time 3 -o "$BATS_TEST_TMPDIR/drip" --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" \
	    --key "$PKI/tls.key" -H 'Content-Type: application/json' \
	    -d "$(enquiry result reception="$RECEPTION")" "$URL/v1/bulk/result" &
	dripping=$!
	for ((i = 0; i < 40; i++)); do
		[ -s "$BATS_TEST_TMPDIR/drip" ] && break
		sleep 0.05
	done
	result
	has_ids abc
	kill -0 "$dripping"
	status=0
	wait "$dripping" || status=$?
	[ "$status" = 28 ]
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/drip")" -le 4 ]
}

# --- counters

# counted FILE LINE-BEGINNING KEY VALUE
counted() {
	grep -F "$2" "$1" | grep -qE "\"$3\":$4[,}]" || { echo "not $3 $4:"; grep -F "$2" "$1"; return 1; }
}

@test "--stats: on SIGUSR1 and at the end, no question of it shown" {
	stats=$BATS_TEST_TMPDIR/stats
	own --stats "$stats" --bulk-ms 1500
	[ "$(cat "$stats")" = '{"connections":0,"requests":[]}' ]
	upload file=f1
	upload file=f1
	poll
	by_number
	rm "$stats"
	kill -USR1 "$OWN_PID"
	for ((i = 0; i < 100; i++)); do
		[ -e "$stats" ] && break
		sleep 0.05
	done
	[ "$(stat -c %a "$stats")" = 600 ]
	counted "$stats" '{"file":"f1"' uploads 2
	counted "$stats" '{"file":"f1"' results 1
	for id in a b c; do
		counted "$stats" "{\"question\":\"$id\"" bulk 1
	done
	counted "$stats" '{"question":"#' single 1
	[ "$(grep -c '"question"' "$stats")" = 4 ]
	! grep -qE '19800217|06132013|"345"' "$stats"
	call /v1/health
	kill "$OWN_PID"
	wait "$OWN_PID"
	grep -qF '{"path":"/v1/bulk","status":202,"count":2}' "$stats"
	grep -qF '{"path":"/v1/health","status":200,"count":1}' "$stats"
	[ "$(sed -n 's/^{"connections":\([0-9]*\),.*/\1/p' "$stats")" -ge 5 ]
}

@test "--stats: two requests on one connection are one connection" {
	own --stats "$BATS_TEST_TMPDIR/stats"
	curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" "$URL/v1/health" "$URL/v1/health"
	kill "$OWN_PID"
	wait "$OWN_PID"
	[ "$(cat "$BATS_TEST_TMPDIR/stats")" = '{"connections":1,"requests":[{"path":"/v1/health","status":200,"count":2}]}' ]
}

@test "--stats: a file that cannot be written ends it at once, exit 41" {
	run -41 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --stats "$BATS_TEST_TMPDIR/no/stats"
}

@test "SIGUSR1 without --stats changes nothing" {
	own
	kill -USR1 "$OWN_PID"
	call /v1/health
	is status ok
}

# --- the program

@test "log: paths, never a number or a name" {
	own
	upload file=secret-name
	result
	grep -Eqx 'POST /v1/bulk 202 [0-9a-f]{16}' "$LOG"
	grep -Eqx 'POST /v1/bulk/result 200 [0-9a-f]{16}' "$LOG"
	! grep -qE "secret-name|$RECEPTION" "$LOG"
}

@test "SIGTERM: clean, with a result dripping" {
	faulty '[{"match":{"path":"/v1/bulk/result"},"fault":"slow_drip"}]'
	upload
	curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" \
	    -H 'Content-Type: application/json' -d "$(enquiry result reception="$RECEPTION")" "$URL/v1/bulk/result" >/dev/null &
	waiting=$!
	sleep 0.5
	kill "$OWN_PID"
	wait "$OWN_PID"
	wait "$waiting" || true
}

@test "usage: exit 2" {
	run -2 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --bulk-units 0
	[[ "$output" == *"not a number 1..1000000"* ]]
	run -2 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --bulk-ms -1
	run -2 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --bulk-partial=yes
}

@test "faults file: exit 65 for keys and values that are none" {
	for f in '{"fault":"slow_drip","bytes_per_second":0}' '{"fault":"unit_missing","unit":0}' \
	    '{"fault":"unit_missing","units":1}' '{"fault":"bulk_failed","code":9}' '{"fault":"redirect"}' '{"fault":"body"}'; do
		echo "[$f]" >"$BATS_TEST_TMPDIR/f.json"
		run -65 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --faults "$BATS_TEST_TMPDIR/f.json"
	done
}

@test "contract: everything answered above was as agreed" {
	agreed
	[[ "$output" == *"POST /v1/bulk, POST /v1/bulk/result"* ]]
	[[ "$output" == *" FILE_IDENTIFIER_REUSED"*" RECEPTION_UNKNOWN"* ]]
}

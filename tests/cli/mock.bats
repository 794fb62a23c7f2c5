#!/usr/bin/env bats
# shikaku-mock over real TLS: curl and the openssl command line are the client.

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/mock.bash"

challenge() {
	post /v1/challenge '{}'
	CHALLENGE=$(get Challenge)
}

# by_card NAME [KEY=VALUE]...: a signed enquiry with a fresh challenge.
by_card() {
	local name=$1
	shift
	challenge
	post /v1/qualification/card "$(enquiry signed cert="$PKI/$name.pem" key="$PKI/card.key" \
	    origin="$URL" challenge="$CHALLENGE" "$@")"
}

visual() { # NAME [KEY=VALUE]...
	local name=$1
	shift
	challenge
	post /v1/qualification/card/visual \
	    "$(enquiry visual cert="$PKI/$name.pem" challenge="$CHALLENGE" "$@")"
}

# --- the way things go when they go well

@test "health" {
	call /v1/health
	[ "$code" = 200 ]
	is status ok
}

@test "challenge: 32 bytes, 60 s, another each time" {
	challenge
	is ExpiresInSeconds 60
	[ "$(base64 -d <<<"$CHALLENGE" | wc -c)" = 32 ]
	first=$CHALLENGE
	challenge
	[ "$CHALLENGE" != "$first" ]
}

@test "card, signed: validity, echoes and binding" {
	by_card adult date=20261122 file=f-77
	[ "$code" = 200 ]
	is QualificationValidity 1
	is QualificationConfirmationDate 20261122
	is ArbitraryFileIdentifier f-77
	is MedicalInstitutionCode 1310000011
	is ReferenceClassification 1
	is Challenge "$CHALLENGE"
	is CertificateSha256 "$(openssl x509 -in "$PKI/adult.pem" -outform DER | sha256sum | cut -d' ' -f1)"
	is ProcessingResultMessage ""
}

@test "card, signed: every name of the service is a good origin" {
	URL=https://127.0.0.1:${URL##*:} by_card adult
	[ "$code" = 200 ]
}

@test "card, signed: a CA of the same name and another key" {
	by_card second
	is QualificationValidity 1
	is InsuredIdentificationNumber 346
}

@test "card, visual" {
	visual adult
	[ "$code" = 200 ]
	is QualificationValidity 1
	is Challenge "$CHALLENGE"
}

@test "number: found, echoed, no binding" {
	by_number
	[ "$code" = 200 ]
	is QualificationValidity 1
	is ReferenceClassification 2
	is CertificateSha256 ""
	[ "$(get InsuredIdentificationNumber)" = $'345\n345' ]
}

@test "number: full width, padded, leading zeros, no branch" {
	by_number insurer=' 6132013' symbol=１２ number=０００３４５ branch=-
	is QualificationValidity 1
}

@test "number: nobody" {
	by_number birthdate=19800218
	[ "$code" = 200 ]
	is QualificationValidity 4
	is ResultOfQualificationConfirmation '[]'
}

@test "number: a forced validity" {
	by_number number=352
	is QualificationValidity 2
}

@test "number: before the first day of the insurance" {
	by_number date=20150331
	is QualificationValidity 4
}

@test "limit information only with consent" {
	by_card adult consent=0
	is LimitApplicationCertificateRelatedConsFlg 0
	is LimitApplicationCertificateClassificationFlag ""
	by_card adult consent=1
	is LimitApplicationCertificateRelatedConsFlg 1
	is LimitApplicationCertificateClassificationFlag A03
}

@test "certificate ends within three months: a remark with success" {
	by_card ending
	is QualificationValidity 1
	is ProcessingResultCode CERTIFICATE_ENDS_SOON
	[ -n "$(get ProcessingResultMessage)" ]
}

@test "certificate in its grace: eligibility only" {
	by_card grace consent=1
	is QualificationValidity 1
	is ProcessingResultCode CERTIFICATE_IN_GRACE
	is LimitApplicationCertificateClassificationFlag ""
}

# --- 利用登録

# register NAME [KEY=VALUE]...: a registration with a fresh challenge.
register() {
	local name=$1
	shift
	challenge
	post /v1/registration "$(enquiry registration cert="$PKI/$name.pem" key="$PKI/card.key" \
	    origin="$URL" challenge="$CHALLENGE" "$@")"
}

@test "registration: from the next enquiry on the card serves" {
	own
	by_card unregistered
	refused 422 CARD_NOT_REGISTERED
	register unregistered file=r-1
	[ "$code" = 200 ]
	is ProcessingResultStatus 1
	is ProcessingResultCode ""
	is ArbitraryFileIdentifier r-1
	is MedicalInstitutionCode 1310000011
	is Challenge "$CHALLENGE"
	is CertificateSha256 "$(openssl x509 -in "$PKI/unregistered.pem" -outform DER | sha256sum | cut -d' ' -f1)"
	is QualificationValidity ""
	by_card unregistered
	is QualificationValidity 1
	is InsuredIdentificationNumber 347
	visual unregistered
	is QualificationValidity 1
}

@test "registration: once more is the same" {
	register adult
	[ "$code" = 200 ]
	is ProcessingResultStatus 1
	register ending
	is ProcessingResultCode CERTIFICATE_ENDS_SOON
}

@test "registration: without data of the insurer the enquiry finds nothing" {
	"$PYTHON" - "$PKI/people.json" >"$BATS_TEST_TMPDIR/people" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	for p in people["people"]:
	    if p["id"] == "unregistered":
	        p["results"] = []
	json.dump(people, sys.stdout)
	PY
	launch own "--tls-cert" "$PKI/server.pem" --tls-key "$PKI/tls.key" --client-ca "$PKI/service-ca.pem" \
	    --card-ca "$PKI/card-ca.pem" --people "$BATS_TEST_TMPDIR/people"
	OWN_PID=$PID URL=https://localhost:${STARTED##*:}
	register unregistered
	[ "$code" = 200 ]
	by_card unregistered
	is QualificationValidity 4
}

@test "registration: a signature for an enquiry registers nothing, and the other way round" {
	own
	register unregistered sign_context="shikaku eligibility enquiry v1"
	refused 422 SIGNATURE_INVALID
	by_card unregistered
	refused 422 CARD_NOT_REGISTERED
	by_card adult sign_context="shikaku card registration v1"
	refused 422 SIGNATURE_INVALID
}

@test "registration: refused like an enquiry, and the card stays as it was" {
	own
	register ended
	refused 422 CERTIFICATE_EXPIRED
	register grace
	refused 422 CERTIFICATE_EXPIRED
	register revoked
	refused 422 CERTIFICATE_REVOKED
	register stranger
	refused 422 CARD_UNKNOWN
	register untrusted
	refused 422 CERTIFICATE_UNTRUSTED
	register unregistered key="$PKI/card-other.key"
	refused 422 SIGNATURE_INVALID
	register unregistered sign_origin=https://evil.example:443
	refused 422 SIGNATURE_INVALID
	register unregistered sign_code=1310000029
	refused 422 SIGNATURE_INVALID
	register unregistered at=310
	refused 422 SIGNED_TIME_SKEWED
	register unregistered code=1310000029
	refused 403 INSTITUTION_MISMATCH
	register unregistered challenge="$(head -c 32 /dev/zero | base64)"
	refused 409 CHALLENGE_UNKNOWN
	by_card unregistered
	refused 422 CARD_NOT_REGISTERED
}

@test "registration: a challenge serves once, for this or for an enquiry" {
	own
	challenge
	body=$(enquiry registration cert="$PKI/unregistered.pem" key="$PKI/card.key" origin="$URL" \
	    challenge="$CHALLENGE")
	post /v1/registration "$body"
	[ "$code" = 200 ]
	post /v1/registration "$body"
	refused 409 CHALLENGE_UNKNOWN
	post /v1/qualification/card "$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card.key" origin="$URL" \
	    challenge="$CHALLENGE")"
	refused 409 CHALLENGE_UNKNOWN
}

@test "registration: each element left out, and what an enquiry has more" {
	challenge
	good=$(enquiry registration cert="$PKI/adult.pem" key="$PKI/card.key" origin="$URL" challenge="$CHALLENGE")
	for name in MessageHeader CardAuthentication Certificate Challenge SignedAt Signature \
	    SignatureAlgorithm ArbitraryFileIdentifier MedicalInstitutionCode; do
		post /v1/registration "${good/\"$name\"/\"x$name\"}"
		refused 400 REQUEST_MALFORMED
	done
	post /v1/registration "${good/\"CardAuthentication\"/\"LimitApplicationCertificateRelatedConsFlg\":\"0\",\"CardAuthentication\"}"
	refused 400 REQUEST_MALFORMED
	post /v1/registration "${good/\"MedicalInstitutionCode\"/\"QualificationConfirmationDate\":\"20261122\",\"MedicalInstitutionCode\"}"
	refused 400 REQUEST_MALFORMED
	call /v1/registration
	refused 405 METHOD_NOT_ALLOWED
}

# --- every error of the table

@test "INSTITUTION_MISMATCH: card and number" {
	by_card adult code=1310000029
	refused 403 INSTITUTION_MISMATCH
	by_number code=1310000029
	refused 403 INSTITUTION_MISMATCH
}

@test "REQUEST_MALFORMED: what is no request" {
	good=$(enquiry number)
	for body in '' '[]' '{' '{"a":1}' "$good$good" "${good/\"345\"/345}" "${good/Birthdate/BirthDate}" \
	    "${good/\"MessageHeader\"/\"MessageHeader\":{},\"MessageHeader\"}" "${good/19800217/19800230}" \
	    "${good/\"00\"/null}" "${good/1310000011/131000001}"; do
		post /v1/qualification/number "$body"
		refused 400 REQUEST_MALFORMED
	done
	post /v1/challenge '{"x":1}'
	refused 400 REQUEST_MALFORMED
}

@test "REQUEST_MALFORMED: each element of a signed enquiry left out" {
	challenge
	good=$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card.key" origin="$URL" challenge="$CHALLENGE")
	for name in MessageHeader CardAuthentication Certificate Challenge SignedAt Signature \
	    SignatureAlgorithm ArbitraryFileIdentifier QualificationConfirmationDate; do
		post /v1/qualification/card "${good/\"$name\"/\"x$name\"}"
		refused 400 REQUEST_MALFORMED
	done
	post /v1/qualification/card "${good/sha256With/sha1With}"
	refused 400 REQUEST_MALFORMED
}

@test "REQUEST_MALFORMED: no JSON type" {
	call /v1/challenge -d '{}'
	refused 400 REQUEST_MALFORMED
}

@test "REQUEST_MALFORMED: 100,000 levels, repeated keys, a NUL, a BOM" {
	python3 -c 'print("[" * 30000 + "]" * 30000)' >"$BATS_TEST_TMPDIR/deep"
	python3 -c 'print("{\"a\":" * 10000 + "1" + "}" * 10000)' >"$BATS_TEST_TMPDIR/deep2"
	printf '{"a":"\0"}' >"$BATS_TEST_TMPDIR/nul"
	printf '\357\273\277{}' >"$BATS_TEST_TMPDIR/bom"
	for f in deep deep2 nul bom; do
		post /v1/challenge "@$BATS_TEST_TMPDIR/$f"
		refused 400 REQUEST_MALFORMED
	done
	python3 -c 'print("[" * 100000 + "]" * 100000)' >"$BATS_TEST_TMPDIR/deep"
	post /v1/challenge "@$BATS_TEST_TMPDIR/deep"
	refused 413 REQUEST_TOO_LARGE
}

@test "REQUEST_TOO_LARGE: one byte over, with a length and chunked" {
	python3 -c 'print("{}" + " " * 65534, end="")' >"$BATS_TEST_TMPDIR/fits"
	python3 -c 'print("{}" + " " * 65535, end="")' >"$BATS_TEST_TMPDIR/large"
	post /v1/challenge "@$BATS_TEST_TMPDIR/fits"
	[ "$code" = 200 ]
	post /v1/challenge "@$BATS_TEST_TMPDIR/large"
	refused 413 REQUEST_TOO_LARGE
	post /v1/challenge "@$BATS_TEST_TMPDIR/large" -H 'Transfer-Encoding: chunked'
	refused 413 REQUEST_TOO_LARGE
}

@test "an endless body is cut off" {
	run timeout 8 bash -c "head -c 50000000 /dev/zero | curl -s --cacert '$PKI/service-ca.pem' --cert '$PKI/clinic.pem' \
	    --key '$PKI/tls.key' -H 'Content-Type: application/json' -T - -X POST '$URL/v1/challenge'"
	[ "$status" != 0 ]
	[ "$status" != 124 ]
	call /v1/health
	[ "$code" = 200 ]
}

@test "METHOD_NOT_ALLOWED and NOT_FOUND" {
	call /v1/challenge
	refused 405 METHOD_NOT_ALLOWED
	call /v1/health -X DELETE
	refused 405 METHOD_NOT_ALLOWED
	call /v1/challenge -i
	[[ "$output" == *"Allow: POST"* ]]
	for path in / /v1 /v1/health/ /v1/qualification/card/19800217 /V1/health; do
		call "$path"
		refused 404 NOT_FOUND
	done
}

@test "CHALLENGE_UNKNOWN: replay" {
	challenge
	body=$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card.key" origin="$URL" challenge="$CHALLENGE")
	post /v1/qualification/card "$body"
	[ "$code" = 200 ]
	post /v1/qualification/card "$body"
	refused 409 CHALLENGE_UNKNOWN
}

@test "CHALLENGE_UNKNOWN: never given" {
	by_card adult challenge="$(head -c 32 /dev/zero | base64)"
	refused 409 CHALLENGE_UNKNOWN
}

@test "CHALLENGE_UNKNOWN: given to another client" {
	CLIENT=clinic2 CLIENT_KEY=tls2 challenge
	post /v1/qualification/card "$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card.key" \
	    origin="$URL" challenge="$CHALLENGE")"
	refused 409 CHALLENGE_UNKNOWN
}

@test "CHALLENGE_UNKNOWN: spent by an attempt that failed" {
	challenge
	post /v1/qualification/card "$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card-other.key" \
	    origin="$URL" challenge="$CHALLENGE")"
	refused 422 SIGNATURE_INVALID
	post /v1/qualification/card "$(enquiry signed cert="$PKI/adult.pem" key="$PKI/card.key" \
	    origin="$URL" challenge="$CHALLENGE")"
	refused 409 CHALLENGE_UNKNOWN
}

@test "CHALLENGE_UNKNOWN: visual, replay" {
	challenge
	body=$(enquiry visual cert="$PKI/adult.pem" challenge="$CHALLENGE")
	post /v1/qualification/card/visual "$body"
	[ "$code" = 200 ]
	post /v1/qualification/card/visual "$body"
	refused 409 CHALLENGE_UNKNOWN
}

@test "SIGNATURE_INVALID: another key, origin, code, challenge, hash" {
	by_card adult key="$PKI/card-other.key"
	refused 422 SIGNATURE_INVALID
	by_card adult sign_origin="https://evil.example:${URL##*:}"
	refused 422 SIGNATURE_INVALID
	by_card adult sign_origin="https://localhost"
	refused 422 SIGNATURE_INVALID
	by_card adult sign_origin="https://LOCALHOST:${URL##*:}"
	refused 422 SIGNATURE_INVALID
	by_card adult sign_code=1310000029
	refused 422 SIGNATURE_INVALID
	by_card adult sign_challenge="$(head -c 32 /dev/zero | base64)"
	refused 422 SIGNATURE_INVALID
	by_card adult digest=sha1
	refused 422 SIGNATURE_INVALID
}

@test "SIGNED_TIME_SKEWED: 300 s either way" {
	by_card adult at=-290
	[ "$code" = 200 ]
	by_card adult at=-302
	refused 422 SIGNED_TIME_SKEWED
	by_card adult at=310
	refused 422 SIGNED_TIME_SKEWED
}

@test "CERTIFICATE_MALFORMED" {
	by_card adult raw_cert="$(head -c 500 /dev/zero | base64 -w0)"
	refused 422 CERTIFICATE_MALFORMED
	by_card adult raw_cert="$( (openssl x509 -in "$PKI/adult.pem" -outform DER; echo) | base64 -w0)"
	refused 422 CERTIFICATE_MALFORMED
}

@test "CERTIFICATE_UNTRUSTED: another CA of the same name, signing certificate, no usage, a CA, not yet" {
	for name in untrusted signer no-usage card-ca future; do
		by_card $name
		refused 422 CERTIFICATE_UNTRUSTED
	done
}

@test "CERTIFICATE_EXPIRED, _REVOKED, CARD_NOT_REGISTERED, CARD_UNKNOWN" {
	by_card ended
	refused 422 CERTIFICATE_EXPIRED
	by_card revoked
	refused 422 CERTIFICATE_REVOKED
	by_card unregistered
	refused 422 CARD_NOT_REGISTERED
	by_card stranger
	refused 422 CARD_UNKNOWN
	visual unregistered
	refused 422 CARD_NOT_REGISTERED
}

@test "FACE_NOT_CONFIRMED: false or missing" {
	visual adult face=false
	refused 422 FACE_NOT_CONFIRMED
	visual adult face=-
	refused 422 FACE_NOT_CONFIRMED
}

@test "MAINTENANCE, OVERLOADED, INTERNAL by order" {
	faulty '[{"match":{"nth":1},"fault":"maintenance","retry_after":600},{"match":{"nth":1},"fault":"overloaded"},
	    {"match":{"nth":1},"fault":"status","status":500}]'
	call /v1/health -i
	[[ "$output" == *"503 Service Unavailable"*"Retry-After: 600"*MAINTENANCE* ]]
	call /v1/health -i
	[[ "$output" == *"429 Too Many Requests"*"Retry-After: 30"*OVERLOADED* ]]
	call /v1/health
	refused 500 INTERNAL
	call /v1/health
	[ "$code" = 200 ]
}

# --- who may ask

client_refused() { # CERTIFICATE KEY TEXT
	CLIENT=$1 CLIENT_KEY=$2 call /v1/health
	refused 401 CLIENT_CERTIFICATE_REQUIRED
	[[ "$(get text_technician)" == *"$3"* ]]
	CLIENT=$1 CLIENT_KEY=$2 by_number
	refused 401 CLIENT_CERTIFICATE_REQUIRED
}

@test "client certificate: none" {
	output=$(curl -s --cacert "$PKI/service-ca.pem" -w '\n%{http_code}' "$URL/v1/health")
	code=${output##*$'\n'} output=${output%$'\n'*}
	refused 401 CLIENT_CERTIFICATE_REQUIRED
}

@test "client certificate: expired" { client_refused expired tls expired; }
@test "client certificate: not valid yet" { client_refused not-yet tls 'not valid yet'; }
@test "client certificate: a CA of the same name" { client_refused rogue tls 'not issued'; }
@test "client certificate: self-signed" { client_refused self tls 'not issued'; }
@test "client certificate: the server's own" { client_refused server tls clientAuth; }
@test "client certificate: no extended key usage" { client_refused no-eku tls clientAuth; }
@test "client certificate: no key usage" { client_refused no-ku tls digitalSignature; }
@test "client certificate: no institution code" { client_refused no-code tls 'institution code'; }
@test "client certificate: a card's" { client_refused adult card 'not issued'; }

@test "client certificate: without its key" {
	CLIENT_KEY=wrong run call /v1/health
	CLIENT_KEY=wrong call /v1/health || true
	[ "$code" = 000 ]
}

@test "TLS 1.2 is refused" {
	call /v1/health --tls-max 1.2 || true
	[ "$code" = 000 ]
}

@test "two requests on one connection are both checked and answered" {
	output=$(curl -sv --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" \
	    "$URL/v1/health" "$URL/v1/health" 2>&1)
	[[ "$output" == *'Re-using existing connection'*'{"status":"ok"}' ]]
}

@test "a refused client is cut off: its next request is checked anew" {
	output=$(curl -sv --cacert "$PKI/service-ca.pem" --cert "$PKI/rogue.pem" --key "$PKI/tls.key" \
	    "$URL/v1/health" "$URL/v1/health" 2>&1)
	[[ "$output" != *'Re-using existing connection'* ]]
	[ "$(grep -c 'HTTP/1.1 401' <<<"$output")" = 2 ]
}

@test "two clinics on two connections, in turn: each is known by its own" {
	local own=$BATS_TEST_TMPDIR/own other=$BATS_TEST_TMPDIR/other body=$BATS_TEST_TMPDIR/body
	enquiry number >"$body"
	# both connections stay open: the third request goes over the first one's
	output=$(curl -sv --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" \
	        -H 'Content-Type: application/json' --data-binary "@$body" -o "$own" "$URL/v1/qualification/number" \
	    --next -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic2.pem" --key "$PKI/tls2.key" \
	        -H 'Content-Type: application/json' --data-binary "@$body" -o "$other" "$URL/v1/qualification/number" \
	    --next -sv --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" \
	        -H 'Content-Type: application/json' --data-binary "@$body" -o "$own.2" "$URL/v1/qualification/number" 2>&1)
	[[ "$output" == *'Re-using existing connection'* ]]
	grep -q '"QualificationValidity":"1"' "$own"
	grep -q INSTITUTION_MISMATCH "$other"
	grep -q '"QualificationValidity":"1"' "$own.2"
}

# --- wrong answers by order

@test "faults: fields of one person's answer, one after the other" {
	faulty '[{"match":{"person":"adult","nth":1},"fault":"missing_field","field":"QualificationValidity"},
	    {"match":{"person":"adult","nth":1},"fault":"wrong_types","field":"Name"},
	    {"match":{"person":"adult","nth":1},"fault":"unknown_code","field":"QualificationValidity"},
	    {"match":{"person":"adult","nth":1},"fault":"duplicate_keys","field":"QualificationValidity"},
	    {"match":{"person":"adult","nth":1},"fault":"replace","field":"Name","value":null}]'
	by_number
	is QualificationValidity ""
	by_number
	is Name 1
	by_number
	is QualificationValidity Z9
	by_number
	[[ "$output" == *'"QualificationValidity":"1","QualificationValidity":"1"'* ]]
	by_number
	is Name None
	by_number
	is Name '見本　adult'
}

@test "faults: a share of the requests, the same in every run" {
	local run i bad=()
	for run in 1 2; do
		faulty '[{"match":{"path":"/v1/health","percent":20},"fault":"status","status":500}]'
		for ((i = 0; i < 100; i++)); do
			echo "url = $URL/v1/health"
		done | curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" -K - >/dev/null
		bad+=("$(awk '{ print $3 }' "$LOG" | tr '\n' ' ')")
		kill "$OWN_PID"
	done
	[ "${bad[0]}" = "${bad[1]}" ]
	[ "$(grep -o 500 <<<"${bad[0]}" | wc -l)" -ge 10 ]
	[ "$(grep -o 500 <<<"${bad[0]}" | wc -l)" -le 30 ]
	[ "$(grep -o 200 <<<"${bad[0]}" | wc -l)" -ge 70 ]
}

@test "faults: wrong echo of the binding" {
	faulty '[{"match":{"path":"/v1/qualification/card","nth":1},"fault":"wrong_echo","field":"Challenge"},
	    {"match":{"path":"/v1/qualification/card","nth":1},"fault":"wrong_echo","field":"CertificateSha256"},
	    {"match":{"path":"/v1/qualification/card","nth":1},"fault":"wrong_echo","field":"ArbitraryFileIdentifier"}]'
	by_card adult
	[ "$(get Challenge)" != "$CHALLENGE" ]
	by_card adult
	is Challenge "$CHALLENGE"
	[ "$(get CertificateSha256)" != "$(openssl x509 -in "$PKI/adult.pem" -outform DER | sha256sum | cut -d' ' -f1)" ]
	by_card adult
	is ArbitraryFileIdentifier b2c3
}

@test "faults: bodies" {
	faulty '[{"match":{"nth":1},"fault":"not_json"},{"match":{"nth":1},"fault":"empty_body"},
	    {"match":{"nth":1},"fault":"bom"},{"match":{"nth":1},"fault":"invalid_utf8"},
	    {"match":{"nth":1},"fault":"deep_nesting"},{"match":{"nth":1},"fault":"big_body","bytes":3000000},
	    {"match":{"nth":1},"fault":"body","body":"{}","status":201}]'
	call /v1/health
	[[ "$output" == '<!DOCTYPE'* ]]
	call /v1/health
	[ "$code" = 200 ] && [ -z "$output" ]
	call /v1/health
	[ "$(head -c 3 <<<"$output" | od -An -tx1)" = ' ef bb bf' ]
	call /v1/health
	! iconv -f UTF-8 <<<"$output" >/dev/null 2>&1
	call /v1/health
	[ "${#output}" = 200000 ]
	call /v1/health -o "$BATS_TEST_TMPDIR/big"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/big")" = 3000015 ]
	call /v1/health
	[ "$code" = 201 ] && [ "$output" = '{}' ]
}

@test "faults: cut body, redirect, date, latency" {
	faulty '[{"match":{"nth":1},"fault":"cut_body","at":5},{"match":{"nth":1},"fault":"redirect","location":"https://127.0.0.1:1/"},
	    {"match":{"nth":1},"fault":"date_skew","date_skew_seconds":-86400},{"match":{"nth":1},"fault":"latency","latency_ms":700}]'
	run -18 curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" "$URL/v1/health"
	call /v1/health -i
	[ "$code" = 302 ]
	[[ "$output" == *"Location: https://127.0.0.1:1/"* ]]
	call /v1/health -i
	[[ "$output" == *"Date: $(LC_ALL=C date -u -d '-1 day' '+%a, %d %b %Y')"* ]]
	[ "$(grep -c ^Date: <<<"$output")" = 1 ]
	call /v1/health -w '%{time_starttransfer} %{http_code}'
	[[ "$output$code" == *'{"status":"ok"}'* ]]
}

@test "latency delays one request and not the others beside it" {
	own --latency 600
	call /v1/health --max-time 3
	is status ok
	begin=$(date +%s%N)
	for i in 1 2 3 4 5; do
		curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" "$URL/v1/health" &
		jobs[i]=$!
	done
	wait "${jobs[@]}"
	took=$((($(date +%s%N) - begin) / 1000000))
	[ "$took" -ge 600 ]
	[ "$took" -lt 2500 ]
}

# --- the program

@test "log: a line per request, nothing that came with it" {
	own
	by_number
	call /v1/qualification/card/19800217
	grep -Eqx 'POST /v1/qualification/number 200 [0-9a-f]{16}' "$LOG"
	grep -Eqx 'GET \(other\) 404 [0-9a-f]{16}' "$LOG"
	! grep -q 19800217 "$LOG"
}

@test "SIGTERM: clean, with a request waiting and a connection open" {
	own --latency 60000
	curl -s --cacert "$PKI/service-ca.pem" --cert "$PKI/clinic.pem" --key "$PKI/tls.key" "$URL/v1/health" >/dev/null &
	waiting=$!
	exec 8<>"/dev/tcp/127.0.0.1/${URL##*:}"
	sleep 0.3
	kill "$OWN_PID"
	status=0
	wait "$OWN_PID" || status=$?
	[ "$status" = 0 ]
	wait "$waiting" || true
	exec 8>&-
}

@test "SIGINT: exit 0" {
	own
	kill -INT "$OWN_PID"
	wait "$OWN_PID"
}

@test "--plain: loopback only, any institution, http origin" {
	run -50 "$MOCK" --listen 0.0.0.0:0 --plain --people "$PKI/people.json"
	launch plain --plain --people "$PKI/people.json" --card-ca "$PKI/card-ca.pem"
	OWN_PID=$PID URL=http://$STARTED
	by_number code=1310000029
	is QualificationValidity 1
	by_card adult
	is QualificationValidity 1
}

@test "usage: exit 2" {
	run -2 "$MOCK"
	run -2 "$MOCK" --listen 127.0.0.1:0 --plain
	run -2 "$MOCK" --listen nonsense --plain --people "$PKI/people.json"
	run -2 "$MOCK" --listen 127.0.0.1:65536 --plain --people "$PKI/people.json"
	run -2 "$MOCK" --people a --people b
	run -2 "$MOCK" --listen 127.0.0.1:0 --people "$PKI/people.json" --tls-cert "$PKI/server.pem"
	run -2 "$MOCK" --wrong
	run -2 "$MOCK" --latency -1
}

@test "configuration: exit 50" {
	tls=(--listen 127.0.0.1:0 --tls-cert "$PKI/server.pem" --client-ca "$PKI/service-ca.pem")
	run -50 "$MOCK" "${tls[@]}" --tls-key "$PKI/tls2.key" --people "$PKI/people.json"
	run -50 "$MOCK" "${tls[@]}" --tls-key "$PKI/missing" --people "$PKI/people.json"
	run -50 "$MOCK" "${tls[@]}" --tls-key "$PKI/tls.key" --people "$PKI/missing"
	run -50 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --card-ca "$PKI/conf"
	run -50 "$MOCK" --listen "${URL#https://localhost}" --plain --people "$PKI/people.json" --card-ca "$PKI/adult.pem"
	run -50 "$MOCK" --listen "127.0.0.1:${URL##*:}" --plain --people "$PKI/people.json"
}

@test "people and faults files: exit 65, the message names person and element" {
	people() {
		echo "$1" >"$BATS_TEST_TMPDIR/p.json"
		run -65 "$MOCK" --listen 127.0.0.1:0 --plain --people "$BATS_TEST_TMPDIR/p.json"
		[[ "$output" == *"$2"* ]]
	}
	good='{"InsurerNumber":"06132013","InsuredIdentificationNumber":"1","Birthdate":"19800217"}'
	people 'x' line
	people '{"people":[{"id":"p","results":[{"Nmae":"x"}]}]}' '"Nmae" is no official element name'
	people "{\"people\":[{\"id\":\"p\",\"results\":[$good],\"certificate\":[]}]}" 'unknown key "certificate"'
	people '{"people":[{"id":"p","results":[{"InsurerNumber":"06132013"}]}]}' 'is missing'
	people "{\"people\":[{\"id\":\"p\",\"results\":[]},{\"id\":\"p\",\"results\":[]}]}" 'stands twice'
	people "{\"people\":[{\"id\":\"p\",\"QualificationValidity\":\"7\",\"results\":[]}]}" 'QualificationValidity'
	people "{\"people\":[{\"id\":\"p\",\"certificate_sha256\":[\"00\"],\"results\":[]}]}" 'certificate_sha256'
	echo '[{"fault":"nonsense"}]' >"$BATS_TEST_TMPDIR/f.json"
	run -65 "$MOCK" --listen 127.0.0.1:0 --plain --people "$PKI/people.json" --faults "$BATS_TEST_TMPDIR/f.json"
}

@test "the people of the fixtures load" {
	(cd "$REPO" && fixtures/make-pki build/pki)
	"$REPO/fixtures/make-people" "$REPO/build/pki" "$REPO/fixtures/people/clinic.json.in" "$BATS_TEST_TMPDIR/clinic.json"
	launch fixtures --plain --people "$BATS_TEST_TMPDIR/clinic.json"
	OWN_PID=$PID URL=http://$STARTED
	by_number
	is QualificationValidity 1
	by_number insurer=06139992 symbol=300 number=1001 birthdate=19880704
	is QualificationValidity 2
	by_number insurer=06139992 symbol=300 number=1002 birthdate=19921010
	is QualificationValidity 3
	by_number symbol=40 number=77 birthdate=20120303 branch=-
	is QualificationValidity 5
	by_number symbol=40 number=77 birthdate=20120303 branch=2
	is QualificationValidity 1
}

@test "help and version" {
	run -0 "$MOCK" --help
	[[ "$output" == *--ready-fd* ]]
	run -0 "$MOCK" --version
	[[ "$output" == shikaku-mock\ * ]]
}

# --- the contract

@test "the contract's own examples are as it says" {
	"$PYTHON" "$REPO/tests/rig/contract.py" "$REPO/docs/openapi.yaml"
}

@test "contract: everything answered above was as agreed" {
	agreed
	[[ "$output" == *"GET /v1/health, POST /v1/challenge, POST /v1/qualification/card, POST /v1/qualification/card/visual, POST /v1/qualification/number, POST /v1/registration"* ]]
	local code
	for code in CLIENT_CERTIFICATE_REQUIRED INSTITUTION_MISMATCH REQUEST_MALFORMED METHOD_NOT_ALLOWED NOT_FOUND \
	    CHALLENGE_UNKNOWN SIGNATURE_INVALID SIGNED_TIME_SKEWED CERTIFICATE_MALFORMED CERTIFICATE_UNTRUSTED \
	    CERTIFICATE_EXPIRED CERTIFICATE_REVOKED CARD_NOT_REGISTERED CARD_UNKNOWN FACE_NOT_CONFIRMED; do
		[[ "$output" == *" $code"* ]] || { echo "$code was not seen"; return 1; }
	done
}

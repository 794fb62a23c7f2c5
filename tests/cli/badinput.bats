#!/usr/bin/env bats
# Input nobody should send: each ends in its documented fact and exit status, never in a crash.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# --- answers of the card -----------------------------------------------------

# card_fails CODE STATUS CARD: a fact for the ladder, an error with --require-online.
card_fails() {
	desk
	run_check "$3" --timeout 3
	shows 11 need=documents.eligibility_certificate outcome=- "error=$1" "error_exit=$2"
	run_check "$3" --timeout 3 --require-online
	shows "$2" "error=$1"
	run ! grep -q /v1/qualification "$BATS_TEST_TMPDIR/mock.0.log"
}

# altered INS DO: the healthy card with that alteration
altered() {
	derived adult "card['alter'] = [{'ins': '$1', 'do': '$2'}]" altered
}

@test "bad card: half of what was read" { card_fails CARD_UNREADABLE 24 adult.read-truncated; }
@test "bad card: other bytes than were read" { card_fails CARD_UNREADABLE 24 adult.read-garbage; }
@test "bad card: more bytes than were asked for" { card_fails CARD_UNREADABLE 24 adult.read-overlong; }
@test "bad card: one byte, no status word" { card_fails CARD_UNREADABLE 24 adult.answer-short; }
@test "bad card: no certificate" { card_fails CARD_UNREADABLE 24 adult.no-certificate; }
@test "bad card: a signature that is wrong" { card_fails CARD_SIGNATURE 24 adult.sign-corrupt; }
@test "bad card: a signature by another key" { card_fails CARD_SIGNATURE 24 adult.wrong-key; }

@test "bad card: no My Number card is one that says so, and no other word" {
	local sw read
	desk
	while read -r sw read; do
		altered A4 "$sw"
		echo "SELECT answered with $sw"
		run_check "$CARD" --timeout 3
		shows 11 "read=$read"
	done <<-END
		6A82 not_my_number
		6A81 not_my_number
		6A86 not_my_number
		6D00 not_my_number
		6E00 not_my_number
		6999 not_my_number
		6283 unreadable
		6400 unreadable
		6700 unreadable
		6881 unreadable
		6982 unreadable
		6985 unreadable
		6F00 unreadable
		6F01 unreadable
		0000 unreadable
	END
}

@test "bad card: every command answered in every wrong way" {
	local ins how
	desk
	for ins in A4 B0 20 2A; do
		for how in corrupt truncate garbage overlong short 6A82 6F00 6982 0000 FFFF remove; do
			altered "$ins" "$how"
			echo "INS $ins, $how"
			run_check "$CARD" --timeout 3
			# a SELECT whose data alone is wrong is a SELECT that worked
			[ "$ins" = A4 ] || [ "$status" = 11 ] || [ "$ins$how" = 20corrupt ] ||
			    [ "$ins$how" = 20truncate ] || [ "$ins$how" = 20garbage ]
			within 0 4000
		done
	done
}

# certificate SHELL-COMMAND: the healthy card with that output as its certificate
certificate() {
	bash -c "$1" >"$BATS_TEST_TMPDIR/certificate.der"
	derived adult "card['auth']['certificate'] = '$BATS_TEST_TMPDIR/certificate.der'" odd
}

# a DER header, then that many bytes of it
der() { echo "printf '\\x30\\x82\\x$1'; head -c $2 /dev/zero"; }

@test "bad card: a certificate of 0 bytes" {
	certificate "true"
	card_fails CARD_UNREADABLE 24 "$CARD"
	certificate "printf '\\x30\\x00'"
	card_fails CARD_UNREADABLE 24 "$CARD"
}

@test "bad card: a certificate that claims 60,000 bytes" {
	certificate "$(der 'ea\x60' 1000)"
	card_fails CARD_UNREADABLE 24 "$CARD"
	certificate "$(der 'ea\x60' 32000)"
	card_fails CARD_UNREADABLE 24 "$CARD"
}

@test "bad card: a certificate that claims 4 GiB, or endlessly many bytes" {
	certificate "printf '\\x30\\x84\\xff\\xff\\xff\\xff'; head -c 5000 /dev/zero"
	card_fails CARD_UNREADABLE 24 "$CARD"
	certificate "printf '\\x30\\x80'; head -c 5000 /dev/zero"
	card_fails CARD_UNREADABLE 24 "$CARD"
}

@test "bad card: well-formed DER that is no certificate" {
	certificate "$(der '04\x00' 1024)"
	desk
	run_check "$CARD"
	shows 11 identity=- outcome=-
	run_check "$CARD" --require-online
	[ "$status" = 24 ]
}

@test "bad card: certificates for something else" {
	local name
	desk
	for name in adult.sign clinic auth-ca; do
		derived adult "card['auth']['certificate'] = '$PKI/$name.pem'" other
		run_check "$CARD" --require-online
		[ "$status" = 24 ]
		shows 24 retryable=false
	done
}

@test "bad card: a certificate with one bit wrong" {
	local at
	desk
	for at in 10 100 400 700 900; do
		certificate "openssl x509 -in '$PKI/adult.auth.pem' -outform DER | '$PYTHON' -c 'import sys; d = bytearray(sys.stdin.buffer.read()); d[$at] ^= 4; sys.stdout.buffer.write(d)'"
		run_check "$CARD" --require-online
		[ "$status" = 24 ]
	done
}

# --- answers of the service: each element of them; tests/faults has the rest --

# malformed FAULT [PATH]: the enquiry's answer (or that of PATH) is that bad
malformed() {
	faulty "[{\"match\": {\"path\": \"${2:-/v1/qualification/card}\"}, \"fault\": $1}]"
	config
	run_check adult --timeout 5
	shows 11 need=documents.eligibility_certificate read=ok outcome=error validity=- \
	    error=REPLY_MALFORMED error_exit=33
	within 0 6000
	run_check adult --timeout 5 --require-online
	shows 33 error=REPLY_MALFORMED retryable=false
	mock_stop
}

# challenge FAULT: the same of the challenge; no PIN was asked for by then
challenge() {
	malformed "$1" /v1/challenge
	run ! grep -q /v1/qualification "$BATS_TEST_TMPDIR"/mock.*.log
}

field() { echo "\"$1\", \"field\": \"$2\""; }

@test "bad reply: wrong types" {
	local name
	for name in QualificationValidity Challenge Name MessageHeader MessageBody ResultList Binding XmlMsg; do
		malformed "$(field wrong_types $name)"
	done
	challenge "$(field wrong_types Challenge)"
	challenge "$(field wrong_types ExpiresInSeconds)"
}

@test "bad reply: missing fields" {
	local name
	for name in QualificationValidity ProcessingResultStatus SegmentOfResult MessageHeader MessageBody \
	    ResultList ResultOfQualificationConfirmation Binding; do
		malformed "$(field missing_field $name)"
	done
	challenge "$(field missing_field Challenge)"
	challenge "$(field missing_field ExpiresInSeconds)"
}

@test "bad reply: unknown codes" {
	local name
	for name in QualificationValidity ProcessingResultStatus SegmentOfResult ReferenceClassification \
	    InsuredCardClassification Sex1; do
		malformed "$(field unknown_code $name)"
	done
}

@test "bad reply: values that cannot be" {
	local value
	for value in 19800230 20990101 1980-02-17 0 00000000 198002170; do
		malformed "$(field replace Birthdate), \"value\": \"$value\""
	done
}

@test "bad reply: duplicate keys" {
	malformed "$(field duplicate_keys QualificationValidity)"
	malformed "$(field duplicate_keys Name)"
	challenge "$(field duplicate_keys Challenge)"
}

@test "bad reply: binding left out" {
	malformed "$(field missing_field Challenge)"
	malformed "$(field missing_field CertificateSha256)"
	malformed "$(field missing_field ArbitraryFileIdentifier)"
}

@test "bad reply: JSON of another shape" {
	local text
	for text in '{}' '[]' 'null' '1' '\"\"' '{\"XmlMsg\": []}' '{\"XmlMsg\": null}' '{\"status\": \"ok\"}'; do
		malformed "\"body\", \"body\": \"$text\""
		challenge "\"body\", \"body\": \"$text\""
	done
}

@test "bad reply: impossible people are a person's business" {
	# 健保 at 75 and more, 後期 below 65
	faulty "[{\"match\": {\"path\": \"/v1/qualification/card\"}, \"fault\": $(field replace Birthdate), \"value\": \"19400101\"}]"
	config
	run_check adult
	shows 12 verdict=refer outcome=answered
	faulty "[{\"match\": {\"path\": \"/v1/qualification/card\"}, \"fault\": $(field replace InsurerNumber), \"value\": \"39131016\"}]"
	config
	run_check adult
	shows 12 verdict=refer outcome=answered
}

# --- lists -------------------------------------------------------------------

LIST_HEAD=patient_id,appointment,name,birthdate,insurer_number,symbol,number
LIST_ROW='2026-11-24,山田　太郎,1980-02-17,06132013,12,345'

# list_gives STATUS <LIST: batch ends with it and crashes nowhere; rows with errors are told, nobody's name is
list_gives() {
	local format
	cat >"$BATS_TEST_TMPDIR/list"
	for format in csv ndjson; do
		timed "$SHIKAKU" batch --config "$CONF" --format $format -o "$BATS_TEST_TMPDIR/out" \
		    --report "$BATS_TEST_TMPDIR/report.html" "$BATS_TEST_TMPDIR/list" 3>&-
		checked
		shows "$1"
	done
}

# errors N: so many rows of the output are errors
errors() { [ "$(grep -c '"status":"error"' "$BATS_TEST_TMPDIR/out" || :)" = "$1" ]; }

@test "bad list: rows that are none, between rows that are" {
	desk
	{
		echo "$LIST_HEAD"
		echo "1,$LIST_ROW"
		printf '2,\0,山田　太郎,,,,\n'
		printf '3,2026-11-24,\xff\xfe,1980-02-17,06132013,12,345\n'
		printf '4,"2026-11-24,山田　太郎\n'
		echo "5,2026-11-24,\"山田　太郎\"x,,,,"
		printf '6,%0100000d,,,,,\n' 0
		echo "7,$LIST_ROW,8,9,10"
		echo "8,2026-02-30,山田　太郎,1980-02-17,06132013,12,345"
		echo "9,2026-11-24T09:00+01:00,山田　太郎,1980-02-17,06132013,12,345"
		echo "10,2026-11-24,山田　太郎,2026-11-25,06132013,12,345"
		echo "11,2026-11-24,山田　太郎,1980-02-17,0613a013,12,345"
		printf '12,2026-11-24,\033[2J,1980-02-17,06132013,12,345\n'
		echo "13,$LIST_ROW"
	} | list_gives 60
	errors 11
	[ "$(grep -c '"status":"valid"' "$BATS_TEST_TMPDIR/out")" = 2 ]
}

@test "bad list: NDJSON that is none" {
	desk
	{
		echo '{"patient_id":"1","appointment":"2026-11-24","birthdate":"1980-02-17","insurer_number":"06132013","symbol":"12","number":"345"}'
		echo '{"patient_id":"2","appointment":"2026-11-24","appointment":"2026-11-25"}'
		echo '{"patient_id":{"a":1},"appointment":"2026-11-24"}'
		echo '["3"]'
		echo '{"patient_id":"4"'
		printf '%0100000d\n' 0 | tr 0 '['
		echo 'patient_id,5'
		echo '{"patient_id":6,"appointment":20261124.5}'
	} | list_gives 60
	errors 7
}

@test "bad list: bytes at random" {
	local seed
	desk
	for seed in 1 2 3; do
		"$PYTHON" -c "import random, sys; r = random.Random($seed); sys.stdout.buffer.write(r.randbytes(200000))" |
		    list_gives 65
		{
			echo "$LIST_HEAD"
			"$PYTHON" -c "import random, sys; r = random.Random($seed); sys.stdout.buffer.write(r.randbytes(200000))"
		} | list_gives 60
	done
}

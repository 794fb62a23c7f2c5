#!/usr/bin/env bats
# Two clinics in one process: each asks over connections of its own (CVE-2026-8932 is of a library that did not).

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# as_both DO: by the probe, as clinic 1310000011, as 1310000029 and again as the first
as_both() {
	cat >"$BATS_TEST_TMPDIR/ask.json" <<-JSON
	{"url": "$URL", "client_cert": "$PKI/clinic.pem", "client_key": "$PKI/clinic.key", "ca": "$PKI/service-ca.pem",
	 "deadline_ms": 3000, "do": [$1], "as_of": "2026-11-24", "insurer_number": "06132013", "symbol": "12",
	 "number": "345", "branch": "00", "birthdate": "1980-02-17",
	 "then_cert": "$PKI/clinic-other.pem", "then_key": "$PKI/clinic-other.key"}
	JSON
	run "$BUILD/tests/net-probe" "$BATS_TEST_TMPDIR/ask.json"
	echo "$output"
}

@test "identity: a connection is never another clinic's" {
	mock --stats "$BATS_TEST_TMPDIR/stats"
	# an answer means that certificate and MedicalInstitutionCode were of one clinic
	as_both '"number", "health", "number"'
	[ "$status" = 0 ]
	[ "$(grep -c '^number NONE {"outcome":"answered"' <<<"$output")" = 6 ]
	[ "$(grep -c '^health NONE' <<<"$output")" = 3 ]
	mock_stop
	# one each, and the first one's was kept
	grep -q '^{"connections":2,' "$BATS_TEST_TMPDIR/stats"
}

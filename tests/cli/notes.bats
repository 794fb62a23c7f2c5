#!/usr/bin/env bats
# No warning is a dead end: every code on the screen of a visit that has it, with what the desk does.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# Code, arguments of check (CARD:name stands for --card, the PIN beside it), facts: how each comes
# about. UNSPOKEN: the screen says it in words of its own, with what belongs to it.
scenes() {
	cat <<-'END'
	certificate_ends_soon | CARD:ending | {}
	certificate_grace | CARD:grace | {}
	certificate_ended | CARD:ended | {"documents": {"eligibility_certificate": null}}
	certificate_revoked | CARD:revoked | {"documents": {"eligibility_certificate": null, "portal": null, "portal_pdf": null, "notice": null}, "visit": "first", "statement": null}
	card_expired | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "card", "valid_to": "2026-11-20"}, "documents": {"eligibility_certificate": {}}, "birthdate": "1980-02-17"}
	clinic_may_decide | --no-card forgotten --visit return --assume-none | {}
	temporary_measure_ended | --no-card none_issued --visit first | {"visit_date": "2026-11-22", "documents": {"eligibility_certificate": null, "old_card": {}}}
	phone_portal_only | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "phone", "read": "unreadable"}, "documents": {"eligibility_certificate": null, "portal": {}}, "birthdate": "1980-02-17"}
	claim_may_be_returned | CARD:adult --service https://localhost:1 | {"visit_date": "2026-11-22", "documents": null, "statement": {"copay_percent": 20}, "visit": "first", "birthdate": "1954-02-17", "disaster": null, "record": null, "copay_percent": null}
	oral_without_card | --no-card forgotten --visit return | {"visit_date": "2026-11-22", "documents": null, "record": {"insurer_number": "06132013", "symbol": "12", "number": "345", "confirmed_on": "2026-10-01", "unchanged": true}, "birthdate": "1980-02-17"}
	ratio_conflict | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "card", "read": "ok", "identity": "pin"}, "online": {"outcome": "answered", "by": "card", "QualificationValidity": "1", "results": [{"InsurerNumber": "39131016", "InsuredIdentificationNumber": "12345678", "Birthdate": "19450613", "InsuredPartialContributionRatio": "030"}]}, "documents": {"eligibility_certificate": {"copay_percent": 20}}}
	ratio_not_legal | --no-card forgotten | {"visit_date": "2026-11-22", "birthdate": "1980-02-17", "documents": {"eligibility_certificate": {"insurer_number": "06132013", "copay_percent": 20}}}
	ratio_from_staff | --no-card forgotten | {"visit_date": "2026-11-22", "birthdate": "1954-02-17", "documents": {"eligibility_certificate": {"insurer_number": "06132013"}}, "record": null, "statement": null, "copay_percent": 20}
	no_answer | CARD:adult --service https://localhost:1 --assume-none | {"visit_date": "2026-11-22", "visit": "first"}
	unknown_element | CARD:adult --service UNHEARD | {}
	service_identity | CARD:adult --ca ROGUE | {"documents": {"eligibility_certificate": null}}
	visual_assumed | CARD:adult --auth visual | {}
	service_warning | CARD:grace | {}
	clock_skew | CARD:adult --service SKEWED | {}
	rekey_number | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22", "online": {"outcome": "answered", "by": "number", "QualificationValidity": "4"}}
	use_branch | --no-card forgotten | {"visit_date": "2026-11-22", "online": {"outcome": "answered", "by": "number", "QualificationValidity": "5"}}
	use_app | CARD:adult.removed-mid-read --timeout 2 --assume-none | {"visit_date": "2026-11-22"}
	portal_needs_certificate | CARD:ended | {"documents": {"eligibility_certificate": null}}
	phone_needs_certificate | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "phone", "certificate_not_after": "2026-11-20"}, "documents": {"eligibility_certificate": null}}
	no_limit_category UNSPOKEN | --no-card forgotten | {"visit_date": "2026-11-22", "birthdate": "1954-02-17", "documents": {"eligibility_certificate": {"insurer_number": "06132013", "symbol": "12", "number": "345", "copay_percent": 20}}}
	relief_cap | --no-card forgotten --date 2025-08-20 | {"birthdate": "1945-02-28", "documents": {"eligibility_certificate": {"insurer_number": "39131016", "number": "12345678", "copay_percent": 20}}}
	new_insurance | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22", "online": {"outcome": "answered", "by": "number", "QualificationValidity": "3"}}
	rules_stale | CARD:adult --date 2029-05-18 | {}
	insurer_number_check | --no-card forgotten | {"visit_date": "2026-11-22", "birthdate": "1980-02-17", "documents": {"eligibility_certificate": {"insurer_number": "60132013", "symbol": "12", "number": "345"}}}
	institution_code_check | CARD:adult --client-cert ODD --client-key ODD | {}
	renew_certificate | CARD:ending | {}
	renew_card | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "card", "valid_to": "2026-11-20"}, "documents": {"eligibility_certificate": {}}, "birthdate": "1980-02-17"}
	verify_online_later | CARD:adult --service https://localhost:1 | {"visit_date": "2026-11-22", "documents": {"eligibility_certificate": null, "portal": null, "portal_pdf": null, "notice": {"insurer_number": "06132013"}}, "birthdate": "1980-02-17"}
	call_insurer | --no-card forgotten | {"visit_date": "2026-11-22", "card": {"medium": "card", "read": "ok", "identity": "pin"}, "online": {"outcome": "answered", "by": "card", "QualificationValidity": "1", "results": [{"InsurerNumber": "06132013", "Birthdate": "19540213", "ElderlyRecipientCertificateInfo": {"ElderlyRecipientContributionRatio": "030"}}]}, "documents": {"eligibility_certificate": {"copay_percent": 20}}}
	tell_number | --no-card lost --visit first | {"visit_date": "2026-11-22", "documents": null, "disaster": {"in_force": true, "stated": true}, "birthdate": "1980-02-17"}
	keep_statement | CARD:adult --service https://localhost:1 | {"visit_date": "2026-11-22", "documents": null, "statement": {}, "visit": "first", "birthdate": "1980-02-17", "disaster": null}
	unknown_claim | CARD:adult --service https://localhost:1 | {"visit_date": "2026-11-22", "documents": null, "statement": {}, "visit": "first", "birthdate": "1980-02-17", "disaster": null}
	refund_claim UNSPOKEN | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22"}
	recompute_this_month UNSPOKEN | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22"}
	refund_special UNSPOKEN | --no-card forgotten | {"visit_date": "2026-11-22", "birthdate": "1980-02-17", "documents": {"eligibility_certificate": {"insurer_number": "131235", "special_medical": true}}}
	bring_card | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22"}
	suspend_card | --no-card lost --visit first --assume-none | {"visit_date": "2026-11-22"}
	apply_certificate | --no-card none_issued --visit first --assume-none | {"visit_date": "2026-11-22"}
	register_card | CARD:unregistered | {"documents": {"eligibility_certificate": {}}}
	copy_card_face UNSPOKEN | CARD:adult --service https://localhost:1 | {"visit_date": "2026-11-22", "documents": {"eligibility_certificate": {}}, "birthdate": "1980-02-17"}
	certificate_not_automatic | --no-card forgotten --visit first --assume-none | {"visit_date": "2026-11-22", "documents": {"eligibility_certificate": {"valid_to": "2026-07-31"}}}
	END
}

# clinic CODE: a client certificate with that 医療機関コード, of the service's CA.
clinic() {
	local dir=$BATS_TEST_TMPDIR
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/odd.key" \
	    -subj "/C=JP/O=SHIKAKU-TEST/serialNumber=$1/CN=Test Clinic" -out "$dir/odd.csr"
	printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \
	    extendedKeyUsage=clientAuth >"$dir/odd.ext"
	openssl x509 -req -in "$dir/odd.csr" -CA "$PKI/service-ca.pem" -CAkey "$PKI/service-ca.key" \
	    -set_serial 98 -days 2 -extfile "$dir/odd.ext" -out "$dir/odd.pem"
}

# The services of the scenes: one that is a minute off, one with an element nobody knows, the usual.
services() {
	clinic 1310000012
	faulty '[{"match": {}, "fault": "date_skew", "date_skew_seconds": 60}]'
	skewed=$URL
	faulty '[{"match": {}, "fault": "replace", "field": "ResultOfQualificationConfirmation", "value": [{"InsurerNumber": "06132013", "UnheardOf": "1"}]}]'
	unheard=$URL
	desk
}

# scene ARGUMENTS FACTS [OPTION]...: sets output and status
scene() {
	local word words=() card=
	echo "$2" >"$BATS_TEST_TMPDIR/facts"
	for word in $1; do
		case $word in
		CARD:*) words+=(--card "$CARDS/${word#*:}.json" --pin-fd 3) ;;
		SKEWED) words+=("$skewed") ;;
		UNHEARD) words+=("$unheard") ;;
		ROGUE) words+=("$PKI/rogue-ca.pem") ;;
		ODD)
			[ "${words[-1]}" = --client-key ] && card=key || card=pem
			words+=("$BATS_TEST_TMPDIR/odd.$card")
			;;
		*) words+=("$word") ;;
		esac
	done
	timed "$SHIKAKU" check --config "$CONF" --facts "$BATS_TEST_TMPDIR/facts" "${words[@]}" "${@:3}" 3<<<1234
	checked >&2
}

# screens LANG: all of them in the order of the table; each with its words and steps
screens() {
	local code said screen arguments facts
	while IFS='|' read -r code arguments facts; do
		read -r code said <<<"$code"
		scene "$arguments" "$facts" --lang "$1"
		screen=$output
		echo "$code"
		"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$screen"
		"$PYTHON" "$ROOT/tests/rig/columns.py" <<<"$screen"
		echo
		scene "$arguments" "$facts" --lang "$1" --json
		"$PYTHON" "$ROOT/tests/rig/notes.py" "$code" "${said:-SPOKEN}" "$BATS_TEST_TMPDIR/notes.$1" \
		    3<<<"$output" 4<<<"$screen"
	done < <(scenes)
}

@test "notes: every warning and follow-up of the contract has its scene" {
	sed -nE '/^## Warnings/,/^## Errors/s/^\| `([a-z_]+)` \|.*/\1/p' "$ROOT/docs/decision.md" | sort >"$BATS_TEST_TMPDIR/contract"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/contract")" -ge 45 ]
	scenes | awk '{ print $1 }' | sort | diff "$BATS_TEST_TMPDIR/contract" -
	# what else there is only batch says, with its steps: tests/golden/warnings.*.txt
	"$SHIKAKU" help warnings --lang en | awk '/^[a-z]/ { code = $1; next } code != "" && !/^    batch/ { print code } { code = "" }' |
	    sort | diff "$BATS_TEST_TMPDIR/contract" -
}

@test "notes: the screens in both languages, each with what can be done" {
	local lang
	services
	for lang in ja en; do
		"$SHIKAKU" help warnings --json --lang $lang >"$BATS_TEST_TMPDIR/notes.$lang"
		screens $lang >"$BATS_TEST_TMPDIR/screens"
		[ "${GOLDEN-}" != write ] || cp "$BATS_TEST_TMPDIR/screens" "$ROOT/tests/golden/notes.$lang.txt"
		diff -u "$ROOT/tests/golden/notes.$lang.txt" "$BATS_TEST_TMPDIR/screens"
	done
}

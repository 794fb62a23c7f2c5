#!/usr/bin/env bats
# Rows of the policy that are decided outside the rules, named by their ids (docs/policy-coverage.md).

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# pays POINTS YEN FACTS: what a patient without a card pays for so many points.
pays() {
	URL=offline
	config
	facts "$3"
	shikaku check --config "$CONF" --no-card forgotten --assume-none --date 2026-11-22 \
	    --facts "$BATS_TEST_TMPDIR/facts.json" --points "$1"
	[[ $output = *" $2円"* ]] || { echo "not $2: $output"; return 1; }
}

# PERCENT: facts of a patient whose 資格確認書 ends in that.
certificate() {
	case $1 in
	10) echo '{"birthdate": "1946-03-03", "documents": {"eligibility_certificate": {"insurer_number": "39131016", "copay_percent": 10}}}' ;;
	20) echo '{"birthdate": "2022-05-10", "documents": {"eligibility_certificate": {"insurer_number": "06132013"}}}' ;;
	30) echo '{"birthdate": "1980-02-17", "documents": {"eligibility_certificate": {"insurer_number": "06132013"}}}' ;;
	esac
}

@test "RND-1 less than 5 yen is dropped, 5 and more is raised" {
	pays 501 1500 "$(certificate 30)"
	pays 505 1520 "$(certificate 30)"
	pays 507 1520 "$(certificate 30)"
	pays 508 1520 "$(certificate 30)"
	pays 509 1530 "$(certificate 30)"
}

@test "RND-2 each payment is rounded, not the month" {
	# twice 502 points are 3,020 yen; 1,004 points in one visit are 3,010
	pays 502 1510 "$(certificate 30)"
	pays 1004 3010 "$(certificate 30)"
}

@test "RND-3 full cost is a multiple of 10 already" {
	pays 502 5020 '{"birthdate": "1980-02-17"}'
}

@test "RND-4 the worked examples" {
	pays 502 1510 "$(certificate 30)"
	pays 351 1050 "$(certificate 30)"
	pays 455 460 "$(certificate 10)"
	pays 455 910 "$(certificate 20)"
}

@test "SIT-08 a forgotten PIN: face or 目視, and the enquiry works" {
	desk
	PIN=9999 run_check adult
	shows 11 need=card.identity identity=pin_locked
	run_check adult.blocked --auth visual
	shows 0 path=online_card identity=visual
	warns visual_assumed
}

@test "PIN-1 a blocked PIN is not tried; 目視 still works" {
	desk
	run_check adult.blocked --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 11 need=card.identity error=PIN_BLOCKED
	run ! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu"
	run_check adult.blocked --auth visual
	shows 0 path=online_card
}

@test "LAW-4 a clinic that takes no 申立書 does not ask for it" {
	URL=offline
	config "accept_statement = no"
	facts '{"birthdate": "1980-02-17", "visit": "first", "documents": null, "record": null}'
	run_check adult --facts "$BATS_TEST_TMPDIR/facts.json"
	shows 10 verdict=self_pay path=none
	config
	run_check adult --facts "$BATS_TEST_TMPDIR/facts.json"
	shows 11 need=statement
}

@test "RAT-28 a name with ● does not block" {
	people_as hashimoto-gaiji "$BATS_TEST_TMPDIR/people"
	grep -q ● "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_check adult
	shows 0 verdict=insured path=online_card percent=30
}

@test "SIT-25 an address that is not disclosed is not asked for, and not shown" {
	people_as address-hidden "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_check adult
	shows 0 verdict=insured path=online_card need=-
	run_text adult
	[ "$status" = 0 ]
	[[ $output != *住所* ]]
}

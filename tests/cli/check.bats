#!/usr/bin/env bats
# shikaku check with fixture cards in process: card, mock over TLS, ladder, exit status.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; rogue_stop; }

# --- who is insured how ------------------------------------------------------

@test "check: every fixture card ends as it should" {
	local card pin want
	desk
	while read -r card pin want; do
		echo "card $card"
		# shellcheck disable=SC2086
		PIN=$pin run_check "$card" --timeout 5
		# shellcheck disable=SC2086
		shows $want
	done <<-END
		adult 1234 0 verdict=insured path=online_card percent=30 basis=age identity=pin provisional=false claim=current insurer=06132013
		senior 1234 0 verdict=insured path=online_card percent=20 basis=online insurer=39131016
		ending 1234 0 path=online_card percent=30 warnings=certificate_ends_soon,service_warning
		grace 1234 0 path=online_card percent=30 warnings=certificate_grace,service_warning
		ended 1234 11 need=documents.eligibility_certificate error=SERVICE_REFUSED outcome=error warnings=certificate_ended
		revoked 1234 11 need=documents.eligibility_certificate error=SERVICE_REFUSED warnings=certificate_revoked
		unregistered 1234 11 need=card.registered error=SERVICE_REFUSED follow_up=register_card
		face-only 1234 11 need=card.identity error=PIN_BLOCKED error_tries=0
		adult.contact 1234 0 path=online_card percent=30
		adult.slow 1234 0 path=online_card percent=30
		adult.short-apdu-only 1234 0 path=online_card percent=30
		adult.6f00-first 1234 0 path=online_card percent=30
		adult.verified-9000 1234 0 path=online_card percent=30
		adult.two-tries 1234 0 path=online_card percent=30 tries=-
		adult.text-blocked 1234 0 path=online_card percent=30
		adult.blocked 1234 11 need=card.identity error=PIN_BLOCKED error_exit=23 identity=pin_locked
		adult.blocked-6984 1234 11 need=card.identity error=PIN_BLOCKED error_exit=23 identity=pin_locked
		adult.one-try 1234 11 need=card.identity error=PIN_LAST_TRY error_tries=1 identity=pin_locked
		adult.unknown-ca 1234 11 read=not_my_number error=CARD_NOT_JPKI identity=-
		adult.wrong-key 1234 11 read=unreadable error=CARD_SIGNATURE outcome=-
		adult.sign-corrupt 1234 11 read=unreadable error=CARD_SIGNATURE outcome=-
		adult.sign-fails 1234 11 read=unreadable error=CARD_UNREADABLE outcome=-
		adult.no-certificate 1234 11 read=unreadable error=CARD_UNREADABLE identity=-
		adult.removed-mid-read 1234 11 read=unreadable error=CARD_REMOVED identity=-
		adult.removed-mid-sign 1234 11 read=unreadable error=CARD_REMOVED identity=pin outcome=-
		juki 1234 11 read=not_my_number error=CARD_NOT_JPKI medium=card
		licence 1234 11 read=not_my_number error=CARD_NOT_JPKI medium=card
		residence 1234 11 read=not_my_number error=CARD_NOT_JPKI medium=card
		phone.android 1234 11 medium=phone read=unreadable error=CARD_PHONE
		phone.iphone 1234 11 medium=phone read=unreadable error=CARD_PHONE
	END
}

@test "check: every fixture person ends as they should" {
	local person want
	while read -r person want; do
		echo "person $person"
		people_as "$person" "$BATS_TEST_TMPDIR/people"
		MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
		run_check adult
		# shellcheck disable=SC2086
		shows $want
		mock_stop
	done <<-END
		yamada 0 verdict=insured path=online_card percent=30 basis=age insurer=06132013
		suzuki-child 0 path=online_card insurer=06132013
		sato-76 0 percent=20 basis=online insurer=39131016
		mori-72 0 percent=20 basis=online insurer=138016
		kobayashi-81 0 percent=10 basis=online
		kato-78 0 percent=30 basis=online
		takahashi-grace 0 percent=30 basis=age warnings=-
		tanaka-ending 0 percent=30 basis=age warnings=-
		ito-ended 0 percent=30 basis=age warnings=-
		watanabe-revoked 11 need=documents.eligibility_certificate warnings=certificate_revoked
		nakamura-unregistered 11 need=card.registered
		ogawa-lost 11 need=documents.eligibility_certificate outcome=answered validity=2 error=-
		kimura-changed 0 percent=30 insurer=06135552
		twin-a 0 percent=30
		twin-b 0 percent=30
		yoshida-special 10 verdict=self_pay path=special_medical percent=100 claim=special follow_up=refund_special
		hashimoto-gaiji 0 percent=30
		address-hidden 0 percent=30
		dialysis 0 percent=30
		public-assistance 12 verdict=refer path=- percent=- validity=6
	END
}

@test "check: a child before school pays 2 of 10" {
	desk
	run_check child --date 2028-03-31
	shows 0 percent=20 basis=age
	run_check child --date 2028-04-01
	shows 0 percent=30 basis=age
}

@test "check: two eligibilities at once are a question, never a pick" {
	"$PYTHON" - "$PEOPLE" >"$BATS_TEST_TMPDIR/people" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	yamada = people["people"][0]
	yamada["results"].append(dict(yamada["results"][0], InsurerNumber="06135552"))
	json.dump(people, sys.stdout)
	PY
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_check adult
	shows 11 verdict=need need=online validity=5
}

# --- the person behind the card ----------------------------------------------

@test "check: a wrong PIN is sent once and says what is left" {
	desk
	PIN=9999 run_check adult --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 11 need=card.identity identity=pin_locked error=PIN_WRONG error_tries=2 tries=2 outcome=-
	[ "$(grep -c '^> 0020008004' "$BATS_TEST_TMPDIR/apdu")" = 1 ]
}

@test "check: one try left is kept, unless --last-try" {
	desk
	PIN=1234 run_check adult.one-try --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 11 error=PIN_LAST_TRY
	run ! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu"
	run_check adult.one-try --last-try
	shows 0 path=online_card
	PIN=9999 run_check adult.one-try --last-try
	shows 11 error=PIN_BLOCKED error_tries=0
}

@test "check: what is no PIN is not sent" {
	local pin code
	desk
	while read -r code pin; do
		PIN=$pin run_check adult --trace-apdu "$BATS_TEST_TMPDIR/apdu"
		shows 11 need=card.identity error="$code" error_exit=22 tries=3
		run ! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu"
	done <<-END
		PIN_FORMAT 12a4
		PIN_FORMAT 12345
		PIN_FORMAT 123
		PIN_FORMAT 12３
		PIN_FORMAT 1 234
		PIN_NONE
	END
}

@test "check: a full-width PIN is a PIN" {
	desk
	PIN=１２３４ run_check adult
	shows 0 path=online_card identity=pin
}

@test "check: without --pin-fd and without a terminal nobody is asked" {
	desk
	shikaku check --config "$CONF" --card "$CARDS/adult.json" --json
	shows 11 need=card.identity error=PIN_NONE
	within 0 3000
}

@test "check: a PIN descriptor that is not open, that never says anything" {
	desk
	timed "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --json --pin-fd 77 3>&-
	checked
	[ "$status" != 0 ]
	[ "$status" != 70 ]
	# nor is it one that the program opens for itself later
	local n
	for n in 3 4 5 6 7 8 9; do
		timed "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --json --pin-fd $n --identify --text-pin-fd $((n + 1)) \
		    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&-
		checked
		shows 11 need=card.identity error=PIN_NONE
		[[ $output = *"descriptor is not open"* ]]
		within 0 3000
	done
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	timed "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --json --pin-fd 4 --timeout 1 \
	    4<>"$BATS_TEST_TMPDIR/pipe" 3>&-
	checked
	shows 11 need=card.identity read=ok error=PIN_NONE error_exit=22 tries=3
	within 900 2000
	timed "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --pin-fd 4 --timeout 1 \
	    --require-online --lang en 4<>"$BATS_TEST_TMPDIR/pipe" 3>&-
	[ "$status" = 22 ]
	[[ $stderr = *"a program gives --pin-fd"* && $stderr != *"plug the reader in"* ]]
}

@test "check: by sight" {
	local card
	desk
	for card in adult adult.blocked adult.one-try face-only; do
		run_check "$card" --auth visual
		[ "$status" = 0 ]
		warns visual_assumed
	done
}

@test "check: the service is not asked about a card nobody proved" {
	desk
	PIN=9999 run_check adult
	shows 11 outcome=-
	run ! grep -q /v1/qualification "$BATS_TEST_TMPDIR/mock.0.log"
}

# --- which cards are cards ---------------------------------------------------

@test "check: production refuses the test hierarchy, and to go without anchors" {
	desk "mode = production"
	run_check adult
	shows 11 read=not_my_number error=CARD_NOT_JPKI
	run_check adult --require-online
	shows 24 error=CARD_NOT_JPKI
	config "mode = production" "card-ca = "
	run_check adult
	shows 50 error=CONFIG
}

@test "check: a certificate of nobody we trust" {
	desk
	run_check adult.unknown-ca --require-online
	shows 24 error=CARD_NOT_JPKI
	run_check senior --card-ca "$PKI/auth-ca.pem"
	shows 11 error=CARD_NOT_JPKI
	run_check senior --card-ca "$PKI/auth-ca.pem" --card-ca "$PKI/auth-ca-2.pem"
	shows 0 path=online_card
	config "card-ca = "
	run_check adult.unknown-ca
	shows 11 error=SERVICE_REFUSED
}

# --- when the service fails --------------------------------------------------

@test "check: service failures are facts, and errors with --require-online" {
	local fault how code exit
	while read -r how code exit fault; do
		echo "fault $fault"
		faulty "[$fault]"
		config
		run_check adult --timeout 3
		shows 11 need=documents.eligibility_certificate "outcome=$how" "error=$code" "error_exit=$exit"
		run_check adult --timeout 3 --require-online
		shows "$exit" "error=$code"
		mock_stop
	done <<-END
		maintenance SERVICE_MAINTENANCE 32 {"match": {}, "fault": "maintenance"}
		maintenance SERVICE_MAINTENANCE 32 {"match": {"path": "/v1/qualification/card"}, "fault": "maintenance"}
		error SERVICE_REFUSED 32 {"match": {}, "fault": "overloaded"}
		error SERVICE_REFUSED 32 {"match": {"path": "/v1/qualification/card"}, "fault": "status", "status": 500}
		error REPLY_MALFORMED 33 {"match": {}, "fault": "not_json"}
	END
}

@test "check: nobody listens" {
	URL=https://localhost:1
	config
	run_check adult
	shows 11 outcome=unreachable error=SERVICE_UNREACHABLE identity=- need=documents.eligibility_certificate
	within 0 1000
	run_check adult --require-online
	shows 30 error=SERVICE_UNREACHABLE retryable=true
}

@test "check: no answer within --timeout, and no try spent" {
	mock --latency 5000
	config
	run_check adult --timeout 1 --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 11 outcome=timeout error=SERVICE_TIMEOUT identity=-
	within 900 2000
	run ! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu"
	run_check adult --timeout 1 --require-online
	shows 30 error=SERVICE_TIMEOUT retryable=true
}

@test "check: no answer to the enquiry itself" {
	faulty '[{"match": {"path": "/v1/qualification/card"}, "fault": "latency", "latency_ms": 5000}]'
	config
	run_check adult --timeout 1
	shows 11 outcome=timeout error=SERVICE_TIMEOUT identity=pin
	within 900 2000
}

rogue_stop() {
	[ -z "${PEER_PID-}" ] || kill "$PEER_PID" || :
	PEER_PID=
}

@test "check: a card that is mute once it has signed costs neither the answer nor its time" {
	local n option
	desk
	for option in "" "--identify --text-pin-fd 4"; do
		rm -f "$BATS_TEST_TMPDIR/apdu"
		# shellcheck disable=SC2086
		run_check adult $option --trace-apdu "$BATS_TEST_TMPDIR/apdu" 4<<<5678
		shows 0 outcome=answered percent=30
		# the first command behind the signature
		n=$(grep '^> ' "$BATS_TEST_TMPDIR/apdu" | grep -n '^> 802A' | tail -1 | cut -d: -f1)
		derived adult "card['faults'] = ['mute after APDU $n']" mute
		CARDS=$BATS_TEST_TMPDIR
		# shellcheck disable=SC2086
		run_check mute $option --timeout 8 4<<<5678
		CARDS=$ROOT/fixtures/cards
		shows 0 outcome=answered percent=30
		within 0 6000
	done
}

@test "check: a peer that accepts and is silent" {
	local port
	coproc PEER { exec "$ROOT/tests/rig/peer.py" silent-accept 3>&-; }
	read -r -t 10 -u "${PEER[0]}" _ port
	URL=https://localhost:$port
	config
	run_check adult --timeout 1
	shows 11 outcome=timeout error=SERVICE_TIMEOUT
	within 900 2000
}

@test "check: a service that cannot show who it is" {
	local cert
	for cert in server-rogue server-elsewhere server-expired; do
		MOCK_CERT=$cert mock
		config
		run_check adult
		shows 11 outcome=error error=TLS_PEER_MISMATCH error_exit=31
		warns service_identity
		run_check adult --require-online
		shows 31 error=TLS_PEER_MISMATCH retryable=false
		run ! grep -q /v1/ "$BATS_TEST_TMPDIR/mock.$((${#MOCKS[@]} - 1)).log"
	done
}

@test "check: a service that does not know the clinic" {
	desk "client-cert = $PKI/clinic-rogue.pem" "client-key = $PKI/clinic-rogue.key"
	run_check adult
	shows 11 error=SERVICE_REFUSED
	run_check adult --require-online
	shows 32 error=SERVICE_REFUSED
}

@test "check: the clock is a minute off: a warning; two days off: the end" {
	faulty '[{"match": {}, "fault": "date_skew", "date_skew_seconds": 60}]'
	config
	run_check adult
	shows 0 path=online_card warnings=clock_skew
	faulty '[{"match": {}, "fault": "date_skew", "date_skew_seconds": -172800}]'
	config
	run_check adult
	shows 50 error=CLOCK
}

@test "check: --require-online says which part failed" {
	local want code pin card
	desk
	while read -r want code pin card; do
		echo "card $card"
		PIN=$pin run_check "$card" --require-online --timeout 1
		shows "$want" "error=$code"
		within 0 2000
	done <<-END
		20 READER_TIMEOUT 1234 adult.mute
		21 CARD_REMOVED 1234 adult.removed-mid-read
		21 CARD_REMOVED 1234 adult.removed-mid-sign
		22 PIN_WRONG 9999 adult
		22 PIN_FORMAT 99 adult
		23 PIN_BLOCKED 1234 adult.blocked
		23 PIN_LAST_TRY 1234 adult.one-try
		24 CARD_NOT_JPKI 1234 juki
		24 CARD_UNREADABLE 1234 adult.read-truncated
		32 SERVICE_REFUSED 1234 revoked
	END
	run_check adult --require-online
	shows 0 path=online_card
	run_check adult --require-online --service offline
	shows 30
}

# --- without the service, without the card -----------------------------------

@test "check: offline is a choice, no service is none" {
	URL=offline
	config
	run_check adult
	shows 11 need=documents.eligibility_certificate outcome=- error=- identity=-
	config "service = "
	run_check adult
	shows 50 error=CONFIG
	run_check adult --service offline
	shows 11
}

@test "check: no card" {
	local why
	URL=offline
	config
	for why in forgotten lost none_issued; do
		shikaku check --config "$CONF" --json --no-card "$why"
		shows 11 need=documents.eligibility_certificate medium=none
		shikaku check --config "$CONF" --json --no-card "$why" --assume-none
		shows 10 verdict=self_pay path=none percent=100 claim=none
	done
}

@test "check: --facts go over what was found" {
	URL=offline
	config
	facts '{"documents": {"eligibility_certificate": {"valid_to": "2099-07-31", "insurer_number": "06132013"}}, "birthdate": "1980-02-17"}'
	run_check adult --facts "$BATS_TEST_TMPDIR/facts.json"
	shows 0 path=eligibility_certificate percent=30 basis=age claim=current
	facts '{"documents": null, "statement": {"copay_percent": null}, "visit": "first", "birthdate": "1980-02-17", "disaster": null}'
	run_check adult --facts "$BATS_TEST_TMPDIR/facts.json"
	shows 0 path=statement percent=30 provisional=true claim=unknown insurer=77777777
	config "accept_statement = no"
	run_check adult --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none
	shows 10 path=none
}

@test "check: --visit, --date, --birthdate, era dates" {
	URL=offline
	config
	shikaku check --config "$CONF" --json --no-card lost --visit return --date R8.11.22 \
	    --birthdate 昭和55年2月17日 --assume-none
	shows 10 date=2026-11-22
	warns clinic_may_decide
	desk
	run_check adult --date 2026-11-22
	shows 0 date=2026-11-22
	run_check adult --date 2020-04-01
	shows 12 verdict=refer
}

@test "check: the day is Japan's" {
	URL=offline
	config
	TZ=Pacific/Kiritimati shikaku check --config "$CONF" --json --no-card lost
	shows 11 "date=$(TZ=JST-9 date +%F)"
	TZ=Pacific/Pago_Pago shikaku check --config "$CONF" --json --no-card lost
	shows 11 "date=$(TZ=JST-9 date +%F)"
}

@test "check: --no-input and --no-trace" {
	desk
	run_check unregistered --no-input
	shows 11 need=card.registered
	[[ $output = *'"trace":['* ]]
	run_check unregistered --no-input --no-trace
	[[ $output != *'"trace":'* ]]
}

@test "check: what N points cost" {
	local percent
	desk
	run_text adult --points 1234
	[ "$status" = 0 ]
	[[ $output = *"3700円"* ]]
	run_text senior --points 1234
	[[ $output = *"2470円"* ]]
	run_text unregistered --points 1234
	[[ $output != *"円("* ]]
}

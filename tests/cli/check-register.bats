#!/usr/bin/env bats
# shikaku check with a card that is not registered as 保険証 (SIT-14, SIT-15): the patient's yes, one
# VERIFY, three signatures; and whatever may happen meanwhile, which is a fact for the ladder.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# requests: what the service was asked and said, a line each, without identifiers
requests() { sed -n 's/^\(\(GET\|POST\) [^ ]* [0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/mock.$((${#MOCKS[@]} - 1)).log"; }

# was_asked: the requests are those of standard input
was_asked() { diff - <(requests); }

# registrations N: so many were sent
registrations() { [ "$(requests | grep -c ' /v1/registration ' || :)" = "$1" ]; }

# spent VERIFIES SIGNATURES: what the card had to do
spent() {
	[ "$(grep -cs '^> 0020008004' "$BATS_TEST_TMPDIR/apdu" || :)" = "$1" ]
	[ "$(grep -cs '^> 802A' "$BATS_TEST_TMPDIR/apdu" || :)" = "$2" ]
}

register() { run_check "${CARD:-unregistered}" --register --trace-apdu "$BATS_TEST_TMPDIR/apdu" "$@"; }

# sit [OPTION]... <SCRIPT: the card on a terminal; sets ended (how) and output
sit() {
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no \
	    --card "$CARDS/unregistered.json" --trace-apdu "$BATS_TEST_TMPDIR/apdu" "$@" 3>&-) || ended=$?
	echo "$output"
	echo "ended $ended"
	[ "$ended" != 99 ]
	[[ ! $output =~ 1234 ]]
}

# --- unattended --------------------------------------------------------------

@test "register: enquiry, registration, enquiry, in one card session" {
	desk
	register
	shows 0 verdict=insured path=online_card percent=30 insurer=33130014 registered=true error=- follow_up=- tries=-
	spent 1 3
	was_asked <<-END
		POST /v1/challenge 200
		POST /v1/qualification/card 422
		POST /v1/challenge 200
		POST /v1/registration 200
		POST /v1/challenge 200
		POST /v1/qualification/card 200
	END
	# it stays so, and a registered card is not registered again
	register
	shows 0 path=online_card registered=- error=-
	spent 1 1
	registrations 1
}

@test "register: nothing is registered without a yes" {
	desk
	run_check unregistered --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 11 need=card.registered registered=false error=SERVICE_REFUSED
	spent 1 1
	facts '{"card": {"registered": "declined"}}'
	run_check unregistered --facts "$BATS_TEST_TMPDIR/facts.json"
	shows 11 need=documents.eligibility_certificate registered=declined
	registrations 0
}

@test "register: what the electronic confirmation has to be is what the second enquiry says" {
	desk
	register --require-online
	shows 0 path=online_card
}

@test "register: and whose card it is, in the same session" {
	desk
	timed "$SHIKAKU" check --config "$CONF" --json --card "$CARDS/unregistered.json" --register --identify \
	    --pin-fd 3 --text-pin-fd 4 --trace-apdu "$BATS_TEST_TMPDIR/apdu" 3<<<1234 4<<<5678
	checked
	shows 0 path=online_card registered=true
	# the 4-digit PIN once, the other PIN once
	spent 2 3
}

@test "register: not for the configuration file" {
	desk "register = yes"
	run_check unregistered
	shows 50 error=CONFIG
	registrations 0
}

@test "register: a card that nobody proved, or by sight, is not registered" {
	desk
	PIN=9999 register
	shows 11 need=card.identity error=PIN_WRONG error_tries=2 registered=-
	register --auth visual
	shows 11 need=card.registered registered=false
	registrations 0
}

@test "register: the insurer has not sent the data yet" {
	"$PYTHON" - "$PEOPLE" >"$BATS_TEST_TMPDIR/people" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	for p in people["people"]:
	    if not p.get("registered", True):
	        p["results"] = []
	json.dump(people, sys.stdout)
	PY
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	register
	shows 11 need=documents.eligibility_certificate registered=true outcome=answered validity=4 error=-
	registrations 1
}

# --- failures are facts ------------------------------------------------------

@test "register: the service fails at the registration" {
	local how code exit fault
	while read -r how code exit fault; do
		echo "fault $fault"
		faulty "[{\"match\": {\"path\": \"/v1/registration\"}, $fault}]"
		config
		register --timeout 2
		shows 11 need=documents.eligibility_certificate registered=false "outcome=$how" "error=$code" "error_exit=$exit"
		spent 1 2
		register --timeout 2 --require-online
		mock_stop
		case $fault in
		# it was done, only its answer was no answer: the next enquiry succeeds
		*not_json* | *wrong_echo* | *cut_body* | *latency*) shows 0 path=online_card registered=- ;;
		*) shows "$exit" "error=$code" ;;
		esac
	done <<-END
		maintenance SERVICE_MAINTENANCE 32 "fault": "maintenance"
		error SERVICE_REFUSED 32 "fault": "overloaded"
		error SERVICE_REFUSED 32 "fault": "status", "status": 500
		error REPLY_MALFORMED 33 "fault": "not_json"
		error REPLY_MALFORMED 33 "fault": "wrong_echo", "field": "Challenge"
		error REPLY_MALFORMED 33 "fault": "wrong_echo", "field": "CertificateSha256"
		error REPLY_MALFORMED 33 "fault": "wrong_echo", "field": "ArbitraryFileIdentifier"
		error REPLY_MALFORMED 33 "fault": "cut_body", "at": 10
		timeout SERVICE_TIMEOUT 30 "fault": "latency", "latency_ms": 6000
	END
}

@test "register: the service fails at the second enquiry" {
	local how code fault
	while read -r how code fault; do
		faulty "[{\"match\": {\"path\": \"/v1/qualification/card\", \"person\": \"nakamura-unregistered\", \"nth\": 2}, $fault}]"
		config
		register --timeout 2
		shows 11 need=documents.eligibility_certificate registered=true "outcome=$how" "error=$code"
		spent 1 3
		registrations 1
		mock_stop
	done <<-END
		maintenance SERVICE_MAINTENANCE "fault": "maintenance"
		error REPLY_MALFORMED "fault": "wrong_echo", "field": "Challenge"
	END
}

@test "register: no challenge to be had for it" {
	local nth
	for nth in 2 3; do
		faulty "[{\"match\": {\"path\": \"/v1/challenge\", \"nth\": $nth}, \"fault\": \"status\", \"status\": 500}]"
		config
		register
		shows 11 need=documents.eligibility_certificate outcome=error error=SERVICE_REFUSED \
		    registered=$([ $nth = 3 ] && echo true || echo false)
		spent 1 $((nth - 1))
		mock_stop
	done
}

@test "register: a certificate that was revoked meanwhile" {
	local refused='{\"error\":{\"code\":\"CERTIFICATE_REVOKED\",\"retryable\":false,\"text_desk\":\"d\",\"text_technician\":\"t\"}}'
	faulty "[{\"match\": {\"path\": \"/v1/registration\"}, \"fault\": \"body\", \"status\": 422, \"body\": \"$refused\"}]"
	config
	register
	shows 11 need=documents.eligibility_certificate registered=false error=SERVICE_REFUSED
	warns certificate_revoked
}

@test "register: a service that does not know of it yet is not asked for ever" {
	local refused='{\"error\":{\"code\":\"CARD_NOT_REGISTERED\",\"retryable\":false,\"text_desk\":\"d\",\"text_technician\":\"t\"}}'
	faulty "[{\"match\": {\"path\": \"/v1/qualification/card\"}, \"fault\": \"body\", \"status\": 422, \"body\": \"$refused\"}]"
	config
	register
	shows 11 need=card.registered registered=false error=SERVICE_REFUSED
	spent 1 3
	registrations 1
}

@test "register: the card is pulled" {
	local after
	desk
	for after in 1 2; do
		# before the registration is signed; after it was made
		derived unregistered "card['alter'] = [{'ins': '2A', 'do': 'remove', 'after': $after}]" pulled
		register
		shows 11 need=documents.eligibility_certificate read=unreadable error=CARD_REMOVED \
		    registered=$([ $after = 2 ] && echo true || echo false)
		spent 1 $((after + 1))
		registrations $((after - 1))
	done
	unset CARD
	register
	shows 0 path=online_card
}

# --- the patient is asked ----------------------------------------------------

@test "register, terminal: yes" {
	desk
	sit <<-END
		expect 残り3回
		type 1234
		expect (患者に) このカードは、まだ保険証として使えません。いま登録しますか
		expect 登録しない >
		key 1
		expect カードを保険証として登録しています
		expect 照会しています
		expect 【3割】
		expect 中村
	END
	[ "$ended" = 0 ]
	spent 1 3
	registrations 1
}

@test "register, terminal: --register is asked all the same, and no is no" {
	desk
	sit --register <<-END
		expect 残り3回
		type 1234
		expect いま登録しますか
		expect 登録しない >
		key 2
		expect 資格確認書をお持ちですか
		expect やめる >
		key 2
		expect やめる >
		key 1
		expect 【10割】
	END
	[ "$ended" = 10 ]
	spent 1 1
	registrations 0
}

@test "register, terminal: no, taken back, and then yes" {
	desk
	sit <<-END
		expect 残り3回
		type 1234
		expect 登録しない >
		key 2
		expect 資格確認書をお持ちですか
		expect b 戻る
		expect やめる >
		key b
		expect 利用登録をしますか
		expect やめる >
		key 1
		expect 残り3回
		type 1234
		expect いま登録しますか
		expect 登録しない >
		key 1
		expect 【3割】
	END
	[ "$ended" = 0 ]
	# the log is of both card sessions, the first of which ended with the no
	spent 2 4
	registrations 1
}

@test "register, terminal: Ctrl-C and the end of input at the question register nothing" {
	desk
	sit <<-END
		expect 残り3回
		type 1234
		expect 登録しない >
		press C
	END
	[ "$ended" = 130 ]
	registrations 0
	sit <<-END
		expect 残り3回
		type 1234
		expect 登録しない >
		press D
		expect 利用登録をしますか
		expect やめる >
		press D
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	registrations 0
}

@test "register, terminal: --no-input takes --register for the answer" {
	desk
	ended=0
	# the terminal closes every other descriptor
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$BASH" -c '"$0" check "$@" --pin-fd 3 3<<<1234' "$SHIKAKU" \
	    --config "$CONF" --no-input --register --card "$CARDS/unregistered.json" 3>&- <<-END
		expect 【3割】
	END
	) || ended=$?
	echo "$output"
	[ "$ended" = 0 ]
	[[ $output != *登録しますか* ]]
	registrations 1
}

@test "register, terminal: thinking it over is not machine time" {
	desk
	sit --timeout 1 <<-END
		expect 残り3回
		type 1234
		expect 登録しない >
		pause 2500
		key 1
		expect 【3割】
	END
	[ "$ended" = 0 ]
}

@test "register, terminal: the service dies while the patient thinks" {
	desk
	sit <<-END
		expect 残り3回
		type 1234
		expect 登録しない >
		sh kill ${MOCKS[0]}
		pause 300
		key 1
		expect 資格確認サービスに接続できません
		expect 資格確認書をお持ちですか
		expect やめる >
		key q
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	spent 1 1
}

@test "register, terminal: in English" {
	desk
	sit --lang en <<-END
		expect 3 tries left
		type 1234
		expect (to the patient) This card is not registered as 保険証 yet. Register it now?
		expect do not register >
		key 1
		expect registering the card as 保険証
		expect [30%] insured
	END
	[ "$ended" = 0 ]
}

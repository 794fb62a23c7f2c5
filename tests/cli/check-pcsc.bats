#!/usr/bin/env bats
# shikaku check through a real pcscd with a virtual reader.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	. "$ROOT/tests/rig/pcscd.sh"
}

teardown() {
	rig_stop
	mock_stop
}

# with_card FIXTURE: the desk, the reader, that card in it
with_card() {
	desk
	rig_start
	rig_insert "$(card_file "$1")"
}

# A card that left by itself: pcscd sees it go with its next poll, every 400 ms.
gone() {
	rig_remove
	sleep 0.5
}

# The next program finds neither our PIN nor our file: 63Cx with the tries left.
pin_closed() {
	local said
	said=$(opensc-tool --card-driver default -s 00A4040C0AD392F000260100000001 \
	    -s 00A4020C020018 -s 00200080 | tail -1)
	[[ $said = *"SW1=0x63, SW2=0xC$1"* ]] || { echo "PIN status: $said"; return 1; }
}

@test "pcsc: a card, and again at once" {
	# this card says 9000 where its PIN was left open, and keeps it over a warm reset
	with_card adult.verified-9000
	run_check pcsc
	shows 0 path=online_card percent=30 identity=pin tries=-
	[[ $output = *'"reader":"Virtual PCD 00 00"'* ]]
	run_check pcsc
	shows 0 path=online_card
	within 0 3000
	pin_closed 3
	run_check pcsc --auth visual
	shows 0 identity=visual
	pin_closed 3
}

@test "pcsc: wrong PINs down to the last try, which is kept" {
	with_card adult
	PIN=9999 run_check pcsc
	shows 11 need=card.identity error=PIN_WRONG error_tries=2
	pin_closed 2
	PIN=9999 run_check pcsc
	shows 11 error=PIN_WRONG error_tries=1
	PIN=9999 run_check pcsc
	shows 11 error=PIN_LAST_TRY error_tries=1
	pin_closed 1
	run_check pcsc --last-try
	shows 0 path=online_card
	pin_closed 3
}

@test "pcsc: registered on the spot, and nothing is left open" {
	with_card unregistered
	run_check pcsc
	shows 11 need=card.registered registered=false
	pin_closed 3
	run_check pcsc --register --trace-apdu "$BATS_TEST_TMPDIR/apdu"
	shows 0 path=online_card registered=true
	[ "$(grep -c '^> 0020008004' "$BATS_TEST_TMPDIR/apdu")" = 1 ]
	[ "$(grep -c '^> 802A' "$BATS_TEST_TMPDIR/apdu")" = 3 ]
	pin_closed 3
}

@test "pcsc: pulled while the patient thinks about registering" {
	with_card unregistered
	"$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no 3>&- <<-END || [ $? = 11 ]
		expect 残り3回
		type 1234
		expect 登録しない >
		sh kill ${RIG_CARDS[0]}
		pause 1000
		key 1
		expect 2 読まずに進む
		key 2
		expect 読み取り中にカードが離れました
		expect 資格確認書をお持ちですか
		expect やめる >
		key q
		expect 確認が必要
	END
	run ! grep -q /v1/registration "$BATS_TEST_TMPDIR/mock.0.log"
}

@test "pcsc: lifted while the PIN is asked for, laid down again and read again" {
	with_card adult
	"$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no \
	    --trace-apdu "$BATS_TEST_TMPDIR/apdu" 3>&- <<-END
		expect 残り3回
		sh kill ${RIG_CARDS[0]}
		pause 1000
		type 1234
		expect 置き直して、もう一度読みますか
		expect 2 読まずに進む
		sh "$BUILD/shikaku-softcard" "$CARDS/adult.json" --vpcd 127.0.0.1:$RIG_PORT </dev/null >/dev/null 2>&1 3>&- & echo \$! >"$BATS_TEST_TMPDIR/pid"
		pause 1500
		key 1
		expect 残り3回
		type 1234
		expect 【3割】
	END
	kill "$(<"$BATS_TEST_TMPDIR/pid")"
	[ "$(grep -c '^> 0020008004' "$BATS_TEST_TMPDIR/apdu")" = 1 ]
}

@test "pcsc: a blocked PIN" {
	with_card adult.blocked
	run_check pcsc
	shows 11 need=card.identity error=PIN_BLOCKED
	run_check pcsc --auth visual
	shows 0 identity=visual
	pin_closed 0
}

@test "pcsc: taken away while it is read" {
	with_card adult.removed-mid-read
	run_check pcsc --timeout 5
	shows 11 medium=card read=unreadable error=CARD_REMOVED
	gone
	rig_insert "$CARDS/adult.removed-mid-read.json"
	run_check pcsc --timeout 5 --require-online
	shows 21 error=CARD_REMOVED
	gone
	rig_insert "$CARDS/adult.json"
	pin_closed 3
	run_check pcsc
	shows 0 path=online_card
}

@test "pcsc: taken away while it signs" {
	with_card adult.removed-mid-sign
	run_check pcsc --timeout 5
	shows 11 medium=card read=unreadable identity=pin error=CARD_REMOVED outcome=-
	gone
	rig_insert "$CARDS/adult.json"
	pin_closed 3
}

# gone_at_pin STATUSWORD SCRIPT...: a person at a terminal types a wrong PIN; the card says STATUSWORD
# to it and is gone before it can be asked for its tries
gone_at_pin() {
	local log=$BATS_TEST_TMPDIR/apdu
	derived adult "card['alter'] = [{'ins': '20', 'do': '$1', 'after': 2}]; card['timing'] = {'apdu_ms': 300}" gone
	shift
	with_card "$CARD"
	printf '%s\n' 'expect 残り3回' 'type 9999' \
	    "sh until grep -A1 '^> 0020008004' $log | grep -q '^<'; do sleep 0.02; done; kill ${RIG_CARDS[0]}" "$@" |
	    "$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no \
	    --timeout 20 --trace-apdu "$log" 3>&- || [ $? = 130 ]
	[ "$(grep -c '^> 0020008004' "$log")" = 1 ]
}

@test "pcsc: a wrong PIN, and gone before the tries are told: no number is shown" {
	gone_at_pin 6300 'expect 違います。残り回数は不明です' 'key 1' 'expect 残り回数がわかりません' \
	    'expect 本人ですか' 'press C'
}

@test "pcsc: taken away at the PIN: a try may be gone, and that is said" {
	local lang
	desk
	rig_start
	derived adult "card['alter'] = [{'ins': '20', 'do': 'remove', 'after': 2}]" gone
	for lang in ja en; do
		rig_insert "$CARD"
		run_text pcsc --lang $lang
		[ "$status" = 11 ]
		tr -d '\n ' <<<"$output" | grep -qE '暗証番号の残り回数が1回減ったかもしれません|onePINtrymayhavebeenused'
		gone
	done
	# who is asked what else there is hears it first, and the PIN once more is no answer
	rig_insert "$CARD"
	"$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no 3>&- <<-END || [ $? = 130 ]
		expect 残り3回
		type 1234
		pause 400
		key 1
		pause 500
		key 2
		pause 500
		type 34
		expect 2 読まずに進む
		key 2
		expect 読み取り中にカードが離れました(暗証番号の残り回数が1回減ったかもしれません)
		expect 資格確認書
		press C
	END
	# pulled before it, none is
	gone
	rig_insert "$CARDS/adult.removed-mid-read.json"
	run_text pcsc
	[[ $output = *カードが離れました* && $output != *かもしれません* ]]
}

@test "pcsc: mute at the PIN: a try may be gone" {
	derived adult "card['alter'] = [{'ins': '20', 'do': 'mute', 'after': 2}]" mute
	with_card "$CARD"
	run_text pcsc --timeout 3
	[ "$status" = 11 ]
	tr -d '\n ' <<<"$output" | grep -q '応答しませんでした(暗証番号の残り回数が1回減ったかもしれません)'
	# a program is told as much, and not to try again by itself
	again() { rig_remove; rig_insert "$CARD"; }
	again
	run_check pcsc --timeout 3
	shows 11 error=READER_TIMEOUT tries=-
	[[ $output = *'"retryable":false'*'"pin_sent":true'*'"next":["残り回数を shikaku card pin-status で確かめる"'* ]]
	again
	run_check pcsc --timeout 3 --require-online
	shows 20 error=READER_TIMEOUT retryable=false
	[[ $output = *'"pin_sent":true'* ]]
	again
	run_text pcsc --timeout 3 --require-online --lang en
	[[ $stderr = *'(one PIN try may have been used)'*'-> see how many tries are left: shikaku card pin-status'* ]]
	# nor where the tries left were told in the end: one of them is gone
	derived adult "card['alter'] = [{'ins': '20', 'do': '6400', 'after': 2}]" odd
	PIN=9999 run_check "$CARD" --require-online
	shows 24 error=CARD_UNREADABLE retryable=false tries=2
	rig_remove
	rig_insert "$CARDS/adult.mute.json"
	run_check pcsc --timeout 2 --require-online
	shows 20 error=READER_TIMEOUT retryable=true
	[[ $output != *pin_sent* ]]
}

@test "pcsc: a mute card ends at the deadline" {
	with_card adult.mute
	run_check pcsc --timeout 2
	shows 11 read=reader_fault error=READER_TIMEOUT
	within 1900 3000
	run_check pcsc --timeout 1 --require-online
	shows 20 error=READER_TIMEOUT
	within 900 2000
	rig_remove
	rig_insert "$CARDS/adult.json"
	pin_closed 3
	run_check pcsc
	shows 0 path=online_card
}

@test "pcsc: no card, no reader, no pcscd" {
	desk
	rig_start
	run_check pcsc
	shows 11 need=card.medium error=CARD_NONE
	run_check pcsc --require-online
	shows 20 error=CARD_NONE retryable=true
	run_check pcsc --reader Nowhere --require-online
	shows 20 error=READER_NONE
	rig_stop
	rig_start_no_reader
	run_check pcsc
	shows 11 read=reader_fault error=READER_NONE
	run_check pcsc --require-online
	shows 20 error=READER_NONE
	rig_stop
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none run_check pcsc
	shows 11 read=reader_fault error=PCSC_DOWN
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none run_check pcsc --require-online
	shows 20 error=PCSC_DOWN
}

@test "pcsc: two readers, another card in the first" {
	desk
	rig_start
	rig_insert "$CARDS/juki.json" 0
	run_check pcsc
	shows 11 read=not_my_number error=CARD_NOT_JPKI
	rig_insert "$CARDS/senior.json" 1
	run_check pcsc
	shows 0 path=online_card percent=20
	[[ $output = *'"reader":"Virtual PCD 00 01"'* ]]
	run_check pcsc --reader "00 00" --require-online
	shows 24 error=CARD_NOT_JPKI
}

@test "pcsc: two readers, a card in the first that this desk does not take" {
	local card sub
	desk
	rig_start
	rig_insert "$CARDS/senior.json" 1
	for card in adult.unknown-ca phone.android phone.iphone; do
		echo "$card"
		rig_insert "$CARDS/$card.json" 0
		run_check pcsc
		shows 0 path=online_card percent=20 error=-
		[[ $output = *'"reader":"Virtual PCD 00 01"'* ]]
		for sub in "card info" "card pin-status" doctor; do
			run "$SHIKAKU" $sub --config "$CONF" --json
			[ "$status" = 0 ]
			[[ $output != *NOT_JPKI* && $output != *phone* ]]
		done
		# the one that is asked for is the one that is looked at
		run_check pcsc --reader "00 00" --require-online
		[ "$status" = 24 ]
		rig_remove 0
	done
	# neither is taken: the first is told of, and open again for what is asked of it
	rig_insert "$CARDS/phone.android.json" 0
	rig_remove 1
	rig_insert "$CARDS/adult.unknown-ca.json" 1
	run_check pcsc
	shows 11 error=CARD_PHONE
	rig_remove 0
	rig_remove 1
	rig_insert "$CARDS/adult.unknown-ca.json" 0
	rig_insert "$CARDS/phone.android.json" 1
	run "$SHIKAKU" card pin-status --config "$CONF" --json
	[ "$status" = 0 ]
	[[ $output = *'"reader":"Virtual PCD 00 00"'*'"tries_left":3'*'"tries_left":3'* ]]
}

@test "pcsc: two readers, a My Number card that fails tells more than another kind of card" {
	local slot
	desk
	rig_start
	for slot in 0 1; do
		rig_insert "$CARDS/juki.json" $slot
		rig_insert "$CARDS/adult.answer-short.json" $((1 - slot))
		run_check pcsc
		shows 11 read=unreadable error=CARD_UNREADABLE
		run "$SHIKAKU" card info --config "$CONF" --json
		[ "$status" = 24 ]
		[[ $output = *CARD_UNREADABLE* ]]
		rig_remove 0
		rig_remove 1
	done
}

# seat [OPTION]... <SCRIPT: a check at a terminal, in the background; its output goes to $SCREEN
seat() {
	SCREEN=$BATS_TEST_TMPDIR/screen
	cat >"$BATS_TEST_TMPDIR/script"
	: >"$SCREEN"
	"$PYTHON" -u "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no "$@" \
	    <"$BATS_TEST_TMPDIR/script" >"$SCREEN" 3>&- &
	SEAT=$!
}

@test "pcsc: a card of another kind in one reader, the patient's is awaited in the other" {
	local ended=0
	desk
	rig_start
	rig_insert "$CARDS/licence.json" 0
	seat --trace-apdu "$BATS_TEST_TMPDIR/log" <<-END
		expect 置いてください
		expect 残り3回
		type 1234
		expect 【3割】保険扱い
	END
	sleep 1.5
	rig_insert "$CARDS/adult.json" 1
	wait "$SEAT" || ended=$?
	cat "$SCREEN"
	[ "$ended" = 0 ]
	# not asked at every look who it is: once, and again when no reader is empty any more
	[ "$(grep -c '^< 6A82' "$BATS_TEST_TMPDIR/log")" = 2 ]
}

@test "pcsc: of two cards the desk is told which one is read before the PIN" {
	local ended=0
	desk
	rig_start
	rig_insert "$CARDS/adult.json" 0
	rig_insert "$CARDS/senior.json" 1
	seat <<-END
		expect 読んだのは Virtual PCD 00 00
		expect 残り3回
		type 1234
		expect 【3割】保険扱い
	END
	wait "$SEAT" || ended=$?
	cat "$SCREEN"
	[ "$ended" = 0 ]
	rig_remove 1
	seat <<-END
		expect 残り3回
		type 1234
		expect 【3割】保険扱い
	END
	wait "$SEAT" || ended=$?
	[ "$ended" = 0 ]
	run ! grep -q 読んだのは "$SCREEN"
}

@test "pcsc: a card of another kind is told at once where no other reader is left" {
	desk
	rig_start
	rig_insert "$CARDS/licence.json" 0
	seat --reader "00 00" <<-END
		expect 置いてください
		expect マイナンバーカードではありません
		expect やめる >
		key q
	END
	wait "$SEAT" || [ $? = 11 ]
	rig_insert "$CARDS/juki.json" 1
	seat <<-END
		expect 置いてください
		expect マイナンバーカードではありません
		expect やめる >
		key q
	END
	wait "$SEAT" || [ $? = 11 ]
}

@test "pcsc: a card of another kind is not logged out" {
	local client ended=0
	desk
	rig_start
	rig_insert "$CARDS/licence.json"
	"$PYTHON" "$ROOT/tests/rig/pcsc-client.py" stay 2000 >"$BATS_TEST_TMPDIR/client" 3>&- &
	client=$!
	rig_wait grep -q there "$BATS_TEST_TMPDIR/client"
	run_check pcsc
	shows 11 error=CARD_NOT_JPKI
	wait "$client" || ended=$?
	[ "$ended" = 0 ]
}

@test "pcsc: two desks, one card" {
	local first
	with_card adult
	PIN=1234 run_check pcsc >"$BATS_TEST_TMPDIR/first" 3>&- &
	first=$!
	run_check pcsc
	shows 0 path=online_card
	wait "$first"
	grep -q path=online_card "$BATS_TEST_TMPDIR/first"
	pin_closed 3
}

@test "pcsc: killed in mid-air, no PIN stays open" {
	local pid i
	with_card adult.slow
	"$SHIKAKU" check --config "$CONF" --pin-fd 4 --trace-apdu "$BATS_TEST_TMPDIR/apdu" \
	    4<<<1234 >/dev/null 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		grep -qs '^> 0020008004' "$BATS_TEST_TMPDIR/apdu" && break
		sleep 0.01
	done
	kill -KILL "$pid"
	wait "$pid" || true
	pin_closed 3
	run_check pcsc --timeout 5
	shows 0 path=online_card
}

#!/usr/bin/env bats
# shikaku check --identify: whose card it is, beside whom the service means.

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

# identified CARD [OPTION]...: a check of that card with both PINs, TEXT_PIN (5678) for this one;
# sets identified: result, what differs, error.
identified() {
	run_check "$@" --identify --text-pin-fd 4 --trace-apdu "$BATS_TEST_TMPDIR/apdu" 4<<<"${TEXT_PIN-5678}"
	identified=$("$PYTHON" -c '
import json, sys
i = json.loads(sys.argv[1])["check"]["identified"]
print(i["result"], ",".join(i["differs"]) or "-", i["error"] and i["error"]["code"] or "-")' "$output")
	echo "identified $identified"
}

# as PERSON: the service has that person for the card "adult"
as() {
	people_as "$1" "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
}

# spent N M: VERIFY with data in JPKI and in the text AP
spent() {
	"$PYTHON" "$ROOT/tests/rig/apdus.py" "$BATS_TEST_TMPDIR/apdu" >"$BATS_TEST_TMPDIR/apdus"
	grep -qx "verify $1 text $2" "$BATS_TEST_TMPDIR/apdus"
}

@test "identify: the same person" {
	desk
	identified adult
	shows 0 path=online_card percent=30 error=-
	[ "$identified" = "same - -" ]
	spent 1 1
	run_check adult
	shows 0 path=online_card
	[[ $output = *'"identified":null'* ]]
}

@test "identify: another person is a person's to look at (紐付け誤り)" {
	desk
	identified adult.other-person
	shows 12 verdict=refer path=- outcome=answered
	[ "$identified" = "other name,birthdate,sex,address -" ]
	[[ $output = *'"rule":"CONTRADICTION"'* ]]
	spent 1 1
	as mori-72
	identified adult
	shows 12 verdict=refer
	[ "$identified" = "other name,birthdate,sex -" ]
}

@test "identify: ● of the service, 外字 and 異体字 of the card match any character" {
	desk
	identified adult.gaiji
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	as hashimoto-gaiji
	derived adult "card['holder'] = {'name': '橋本　直子', 'address': '東京都架空区霞町1番1号', 'birthdate': '1981-05-05', 'sex': '2'}" card
	identified "$CARD"
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	derived adult "card['holder'] = {'name': '山田　直子', 'address': '東京都架空区霞町1番1号', 'birthdate': '1981-05-05', 'sex': '2'}" card
	identified "$CARD"
	shows 12 verdict=refer
	[ "$identified" = "other name -" ]
}

@test "identify: an address that differs is no more than told" {
	desk
	derived adult "card['holder']['address'] = '架空県見本市９－９'" card
	identified "$CARD"
	shows 0 path=online_card
	[ "$identified" = "same address -" ]
}

@test "identify: 300 bytes of address, lengths in more bytes than needed" {
	desk
	identified adult.long-address
	shows 0 path=online_card
	[ "$identified" = "same address -" ]
	identified adult.non-minimal-length
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	identified adult.6f00-first
	[ "$identified" = "same - -" ]
	identified adult.short-apdu-only
	[ "$identified" = "same - -" ]
	identified adult.verified-9000
	[ "$identified" = "same - -" ]
}

@test "identify: a name in kana, one with 旧姓 in brackets, sex and birth date that say nothing" {
	local name
	desk
	for name in 'ヤマダ　タロウ' 'やまだ たろう' '山田［佐藤］　太郎' '山田(佐藤)　太郎'; do
		derived adult "card['holder']['name'] = '$name'" card
		identified "$CARD"
		shows 0 path=online_card
		[ "$identified" = "same - -" ] || { echo "$name"; return 1; }
	done
	derived adult "card['holder']['sex'] = '9'" card
	identified "$CARD"
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	derived adult "card['holder']['sex'] = '2'" card
	identified "$CARD"
	shows 12 verdict=refer
	[ "$identified" = "other sex -" ]
	derived adult "card['holder']['birthdate'] = '1980-02-18'" card
	identified "$CARD"
	shows 12 verdict=refer
	[ "$identified" = "other birthdate -" ]
}

@test "identify: its PIN is another one: wrong, blocked, at one try, none, no PIN at all" {
	desk
	TEXT_PIN=1234 identified adult
	shows 0 path=online_card error=-
	[ "$identified" = "not_read - PIN_WRONG" ]
	[[ $output = *'"tries_left":2'* ]]
	spent 1 1
	identified adult.text-blocked
	shows 0 path=online_card
	[ "$identified" = "not_read - PIN_BLOCKED" ]
	spent 1 0
	identified adult.text-one-try
	shows 0 path=online_card
	[ "$identified" = "not_read - PIN_LAST_TRY" ]
	spent 1 0
	identified adult.text-one-try --last-try
	[ "$identified" = "same - -" ]
	spent 1 1
	TEXT_PIN='' identified adult
	[ "$identified" = "not_read - PIN_NONE" ]
	spent 1 0
	for TEXT_PIN in 567 56789 567a '5 678'; do
		identified adult
		[ "$identified" = "not_read - PIN_FORMAT" ]
		spent 1 0
	done
	TEXT_PIN=５６７８ identified adult
	[ "$identified" = "same - -" ]
	run_check adult --identify
	shows 0 path=online_card
	[[ $output = *'"result":"not_read"'*PIN_NONE* ]]
}

@test "identify: a PIN descriptor that never says anything" {
	desk
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	run_check adult --identify --text-pin-fd 4 --timeout 2 4<>"$BATS_TEST_TMPDIR/pipe"
	shows 0 path=online_card
	[[ $output = *'"result":"not_read"'*'"code":"PIN_NONE"'* ]]
	within 1900 3500
}

@test "identify: nothing is read where there is nothing to compare with" {
	desk
	# no answer, an answer without a person, a wrong PIN before it, a phone
	identified adult --service https://localhost:1
	shows 11 outcome=unreachable
	[ "$identified" = "not_told - -" ]
	identified unregistered
	[ "$identified" = "not_told - -" ]
	PIN=9999 identified adult
	shows 11 error=PIN_WRONG
	[ "$identified" = "not_told - -" ]
	spent 1 0
	identified phone.android
	[ "$identified" = "not_told - -" ]
	spent 0 0
}

@test "identify: by sight, and after 利用登録 in the same session" {
	desk
	identified adult --auth visual
	shows 0 identity=visual
	[ "$identified" = "same - -" ]
	spent 0 1
	identified unregistered --register
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	spent 1 1
}

@test "identify: a card that goes wrong at it costs the comparison and nothing else" {
	local what n
	desk
	derived adult "del card['holder']" card
	identified "$CARD"
	shows 0 path=online_card error=-
	[ "$identified" = "not_read - CARD_UNREADABLE" ]
	for what in truncate garbage short overlong 6F00 6982; do
		for n in 0 1; do
			derived adult "card['alter'] = [{'ap': 'text', 'ins': 'B0', 'do': '$what', 'after': $n}]" card
			identified "$CARD"
			shows 0 path=online_card error=-
			[ "$identified" = "not_read - CARD_UNREADABLE" ] || { echo "$what $n"; return 1; }
		done
	done
}

@test "identify: whom the card names is in no log, trace, JSON or error" {
	desk
	identified adult.other-person
	shows 12 verdict=refer
	run ! grep -qE '田村|花子|見本市' <<<"$output$stderr"
	run ! grep -qE "$(printf '田村' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)|$(printf 19910730 | od -An -tx1 | tr -d ' \n')" "$BATS_TEST_TMPDIR/apdu"
	grep -q '^< \*\* 9000$' "$BATS_TEST_TMPDIR/apdu"
	run ! grep -rqE '田村|花子|見本市' "$BATS_TEST_TMPDIR"/mock.*.log
	# and neither PIN
	run ! grep -qE '31323334|35363738' "$BATS_TEST_TMPDIR/apdu"
	[ "$(grep -c '^> 0020008004 \*\*$' "$BATS_TEST_TMPDIR/apdu")" = 2 ]
}

# --- on the screen -----------------------------------------------------------

golden() {
	local seen=$BATS_TEST_TMPDIR/screen
	"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$output" >"$seen"
	[ "${GOLDEN-}" != write ] || cp "$seen" "$ROOT/tests/golden/$1.txt"
	diff -u "$ROOT/tests/golden/$1.txt" "$seen"
}

@test "identify: screens" {
	local lang
	desk
	for lang in ja en; do
		run_text adult.other-person --identify --text-pin-fd 4 --lang $lang 4<<<5678
		[ "$status" = 12 ]
		golden identify-other.$lang
	done
	run_text adult --identify --text-pin-fd 4 4<<<5678
	golden identify-same.ja
	run_text adult.text-blocked --identify --text-pin-fd 4 4<<<5678
	golden identify-blocked.ja
	run_text adult.long-address --identify --text-pin-fd 4 --lang en 4<<<5678
	golden identify-address.en
}

# --- at a terminal -----------------------------------------------------------

# sit CARD [OPTION]... <SCRIPT
sit() {
	local card=$1
	shift
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --card "$(card_file "$card")" \
	    --limit-consent no --identify --trace-apdu "$BATS_TEST_TMPDIR/apdu" "$@" 3>&-) || ended=$?
	echo "$output"
	echo "ended $ended"
	[ "$ended" != 99 ]
	[[ ! $output =~ 1234|5678|9999 ]]
}

@test "identify: at a terminal each PIN is asked for by its name, unseen" {
	desk
	sit adult <<-END
		expect 残り3回
		echo off
		type 1234
		expect 券面事項入力補助用
		expect 残り3回
		echo off
		type 5678
		expect 【3割】保険扱い
		echo on
	END
	[ "$ended" = 0 ]
	spent 1 1
}

@test "identify: the first PIN typed once more is not taken for the second" {
	desk
	sit adult <<-END
		expect 残り3回
		type 1234
		pause 200
		key 1
		pause 300
		key 2
		pause 300
		type 34
		expect 券面事項入力補助用
		expect 残り3回
		type 5678
		expect 同じ人
	END
	[ "$ended" = 0 ]
	spent 1 1
}

@test "identify: who types slowly is compared all the same, with a card as slow as a real one" {
	desk
	derived adult.slow "card['holder'] |= {'name': '別府　春男', 'birthdate': '1971-03-09'}" other
	sit "$CARD" --timeout 3 <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		expect 残り3回
		pause 3200
		type 9999
		expect 残り2回
		expect 氏名の照合を省く
		pause 3200
		key 1
		expect 残り2回
		pause 3200
		type 5678
		expect 別の人の情報
	END
	[ "$ended" = 12 ]
	spent 1 2
}

@test "identify: a wrong one is asked for again, or skipped, and never tried elsewhere" {
	desk
	sit adult <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		type 1234
		expect 違います。残り2回
		expect 1 もう一度入力する  2 氏名の照合を省く
		key 1
		expect 残り2回
		type 5678
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1 2
	sit adult <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		type 9999
		expect 2 氏名の照合を省く
		key 2
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1 1
	sit adult <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		type
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1 0
}

@test "identify: after two wrong ones the last try is neither spent nor offered" {
	desk
	sit adult <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		type 9999
		expect 2 氏名の照合を省く
		key 1
		expect 残り2回
		type 8888
		expect 残り1回
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1 2
	[ "$(grep -o 'もう一度入力する  2' <<<"$output" | wc -l)" = 1 ]
}

@test "identify: tries that nobody knows are no number, and may be the last" {
	desk
	derived adult "card['alter'] = [{'ap': 'text', 'ins': '20', 'do': '6300'}]" untold
	sit "$CARD" <<-END
		expect 残り3回
		type 1234
		expect 【3割】
	END
	[ "$ended" = 0 ]
	[[ $output != *Enterだけで省略* ]]
	spent 1 0
	sit "$CARD" --last-try <<-END
		expect 残り3回
		type 1234
		expect 残り回数は不明。Enterだけで省略
		type 9999
		expect 違います。残り回数は不明です
		key 2
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1 1
}

@test "identify: Ctrl-C at it" {
	desk
	sit adult <<-END
		expect 残り3回
		type 1234
		expect 券面事項入力補助用
		echo off
		press C
		echo on
	END
	[ "$ended" = 130 ]
	spent 1 0
}

@test "identify: wrong usage" {
	desk
	run_check adult --text-pin-fd 4 4<<<5678
	shows 2 error=USAGE
	run_check adult --identify --text-pin-fd 3
	shows 2 error=USAGE
}

# --- through pcscd -----------------------------------------------------------

@test "identify: through pcscd, with two counters that do not meet" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	identified pcsc
	shows 0 path=online_card
	[ "$identified" = "same - -" ]
	TEXT_PIN=1234 identified pcsc
	[ "$identified" = "not_read - PIN_WRONG" ]
	TEXT_PIN=1234 identified pcsc
	[ "$identified" = "not_read - PIN_WRONG" ]
	TEXT_PIN=1234 identified pcsc
	[ "$identified" = "not_read - PIN_LAST_TRY" ]
	shows 0 path=online_card tries=-
	timed "$SHIKAKU" card pin-status --json 3>&-
	[[ $output = *'"auth":{"state":"ok","tries_left":3'*'"text":{"state":"last","tries_left":1'* ]]
	identified pcsc --last-try
	[ "$identified" = "same - -" ]
	# nobody finds a PIN open in either application
	run opensc-tool --card-driver default -s 00A4040C0AD392F000260100000001 -s 00A4020C020018 -s 00200080
	[[ ${lines[-1]} = *"SW1=0x63, SW2=0xC3"* ]]
	run opensc-tool --card-driver default -s 00A4040C0AD3921000310001010408 -s 00A4020C020011 -s 00200080 -s 00A4020C020002 -s 00B0000004
	[[ $output = *"SW1=0x63, SW2=0xC3"*"SW1=0x69, SW2=0x82"* ]]
}

@test "identify: taken away at every APDU of it: no VERIFY more than was entered, no try lost unseen" {
	local n all
	desk
	identified adult
	# in the text AP, the last time under power
	all=$(tac "$BATS_TEST_TMPDIR/apdu" | sed '/^> 00A4040C0AD39210/q' | grep -c '^> ')
	[ "$all" = 9 ]
	# 0 and 1 come when the tries are looked at before, the last is the closing SELECT
	for ((n = 2; n < all - 2; n++)); do
		derived adult "card['alter'] = [{'ap': 'text', 'do': 'remove', 'after': $n}]" card
		identified "$CARD" --timeout 5
		shows 0 path=online_card error=-
		[[ $identified = "not_read - "CARD_* ]]
		cat "$BATS_TEST_TMPDIR/apdus"
		grep -qE '^verify 1 text [01]$' "$BATS_TEST_TMPDIR/apdus"
	done
}

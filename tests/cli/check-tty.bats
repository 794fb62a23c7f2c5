#!/usr/bin/env bats
# shikaku check with a person at the terminal: the PIN, the choices after it, the questions.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# sit CARD [OPTION]... <SCRIPT: plays it; sets ended (how) and output. No PIN is ever shown.
# Consent to giving 限度額 information is not what these are about.
sit() {
	local card=$1
	shift
	[ "$card" = none ] || set -- --card "$(card_file "$card")" "$@"
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" \
	    --limit-consent no --trace-apdu "$BATS_TEST_TMPDIR/apdu" "$@" 3>&-) || ended=$?
	echo "$output"
	echo "ended $ended"
	[ "$ended" != 99 ]
	[[ ! $output =~ 1234|9999|5555 ]]
	[ ! -e "$BATS_TEST_TMPDIR/apdu" ] || "$PYTHON" "$ROOT/tests/rig/apdus.py" "$BATS_TEST_TMPDIR/apdu"
}

# spent N: so many PINs were sent to the card
spent() { [ "$(grep -cs '^> 0020008004' "$BATS_TEST_TMPDIR/apdu" || :)" = "$1" ]; }

@test "terminal: the PIN, asked with the tries left and without echo" {
	desk
	sit adult <<-END
		expect 残り3回
		echo off
		type 1234
		expect 【3割】保険扱い
		echo on
		expect 山田
	END
	[ "$ended" = 0 ]
	spent 1
}

@test "terminal: in English" {
	desk
	sit adult --lang en <<-END
		expect 3 tries left; Enter alone cancels
		type 1234
		expect [30%] insured
	END
	[ "$ended" = 0 ]
}

@test "terminal: a wrong PIN, then the right one" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 違います。残り2回
		expect 3 やめる
		key 1
		expect 残り2回。Enterだけで中止
		echo off
		type 1234
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 2
}

@test "terminal: a wrong PIN, then by sight" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 2 目視で確認
		key 2
		expect 本人ですか
		expect 確かめられない >
		type
		key 1
		expect 【3割】
		expect 目視確認
	END
	[ "$ended" = 0 ]
	spent 1
}

@test "terminal: the photograph can not be compared, and the card is still the patient's" {
	desk
	sit adult --auth visual <<-END
		expect 本人ですか
		expect 3 確かめられない >
		key 3
		expect 資格確認書
		expect やめる >
		key q
	END
	[ "$ended" = 11 ]
	[[ $output != *カードの写真の人ではありません* && $output != *カードかスマホをお持ちですか* ]]
	spent 0
}

@test "terminal: not the person of the photograph" {
	desk
	sit adult --auth visual <<-END
		expect 本人ですか
		expect 確かめられない >
		key 2
		expect カードの写真の人ではありません
		expect カードかスマホをお持ちですか
		key 4
		expect 資格確認書
		key 2
		expect 初診
		key 1
		expect 【10割】いったん全額
	END
	[ "$ended" = 10 ]
	# what counts beside the patient's own card is not asked for, and that by sight it may be tried not said
	[[ $output != *お知らせ* && $output != *暗証番号* && $output != *目視* ]]
	run ! grep -q /v1/qualification "$BATS_TEST_TMPDIR/mock.0.log"
}

@test "terminal: another's card is no trace in what is said of the patient, and no line is wider than the screen" {
	desk
	sit adult --auth visual --lang en --json <<-END
		expect reading the card
		expect is it this person
		key 2
		expect the card is another person's
		expect -> do not use this card
		expect phone
		key 4
		expect 資格確認書
		key q
	END
	[ "$ended" = 11 ]
	tr -d '\r\n' <<<"$output" | grep -q '"card":{"reader":null,"medium":"none","read":null,"identity":null,"registered":null,"tries_left":null'
	grep -v '^{' <<<"$output" | tr -d '\r' | "$PYTHON" "$ROOT/tests/rig/columns.py"
}

@test "terminal: a wrong PIN, then enough" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 3 やめる
		key 3
		expect 資格確認書
		expect やめる >
		type
		type
		key q
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	spent 1
}

@test "terminal: the tries in the JSON are those that are known at the end" {
	export JSON=$BATS_TEST_TMPDIR/json
	desk
	# wrong, then by sight: two are left; then right: whatever was spent is given back
	"$PYTHON" "$ROOT/tests/rig/pty.py" /bin/sh -c '"$0" "$@" >"$JSON"' "$SHIKAKU" check --json --config "$CONF" \
	    --limit-consent no --card "$CARDS/adult.json" 3>&- <<-END
		expect 残り3回
		type 9999
		expect 残り2回
		key 2
		expect 本人ですか
		key 1
	END
	[[ $(<"$JSON") = *'"identity":"visual"'*'"tries_left":2,'* ]]
	run_check adult.two-tries
	shows 0 identity=pin tries=-
	run_check adult.two-tries --auth visual
	shows 0 identity=visual tries=2
}

@test "terminal: two wrong PINs stop before the last" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 3 やめる
		key 1
		expect 残り2回
		type 5555
		expect 残り1回です
		expect 目視での確認を勧めます
		expect 本人ですか
		key 1
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 2
}

@test "terminal: one try left, a blocked PIN: by sight" {
	local card
	desk
	for card in adult.one-try adult.blocked; do
		sit $card <<-END
			expect 本人ですか
			expect 確かめられない >
			key 1
			expect 【3割】
		END
		[ "$ended" = 0 ]
		spent 0
	done
}

@test "terminal: tries that nobody knows are no number, and may be the last" {
	local lang
	desk
	derived adult "card['alter'] = [{'ins': '20', 'do': '6300'}]" untold
	sit "$CARD" <<-END
		expect 残り回数がわかりません
		expect 本人ですか
		key 1
		expect 【3割】
	END
	[ "$ended" = 0 ]
	[[ ! $output =~ 残り(-1|1)回 ]]
	spent 0
	sit "$CARD" --lang en <<-END
		expect How many tries are left is unknown
		expect is it this person
		key 1
		expect [30%]
	END
	[ "$ended" = 0 ]
	spent 0
	for lang in ja en; do
		sit "$CARD" --last-try --lang $lang <<-END
			expect $([ $lang = ja ] && echo 残り回数は不明。Enterだけ || echo tries left unknown)
			type 9999
			expect $([ $lang = ja ] && echo 残り回数は不明です || echo Wrong PIN: tries left unknown.)
			key 3
			expect $([ $lang = ja ] && echo 資格確認書 || echo Is there a 資格確認書)
			press C
		END
		[ "$ended" = 130 ]
		[[ ! $output =~ 残り(-1|1)回|-1\ tries ]]
		spent 1
	done
}

@test "terminal: the last try, when it is wanted" {
	desk
	sit adult.one-try --last-try <<-END
		expect 残り1回
		type 1234
		expect 【3割】
	END
	[ "$ended" = 0 ]
}

@test "terminal: Enter alone, and what is no PIN, spend nothing" {
	desk
	sit adult <<-END
		expect 残り3回
		type
		expect 回数は減っていません
		expect 3 やめる
		key 1
		expect 残り3回
		type 12a4
		expect カードには送っていません
		expect 3 やめる >
		key 1
		expect 残り3回
		type １２３４
		expect 【3割】
	END
	[ "$ended" = 0 ]
	spent 1
}

@test "terminal: the end of input at the PIN spends nothing" {
	desk
	sit adult <<-END
		expect 残り3回
		echo off
		press D
		expect 回数は減っていません
		expect 3 やめる
		key 3
		expect 資格確認書
		expect やめる >
		press D
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	spent 0
}

@test "terminal: Ctrl-C at the PIN" {
	desk
	sit adult <<-END
		expect 残り3回
		echo off
		press C
		echo on
	END
	[ "$ended" = 130 ]
	spent 0
	run ! grep -q 割】 <<<"$output"
}

@test "terminal: Ctrl-C at a question" {
	URL=offline
	config
	sit adult <<-END
		expect 資格確認書
		press C
	END
	[ "$ended" = 130 ]
	run ! grep -q 割】 <<<"$output"
}

@test "terminal: the clock stands still while people think" {
	desk
	sit adult --timeout 1 <<-END
		expect 残り3回
		pause 1500
		type 9999
		expect 3 やめる
		pause 1500
		key 1
		expect 残り2回
		pause 1500
		type 1234
		expect 【3割】
	END
	[ "$ended" = 0 ]
}

@test "terminal: and with a card as slow as a real one, where an answer takes its time" {
	desk
	# the consent, the PIN, what then, the face: each takes longer than all that the machine has
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.slow.json" \
	    --timeout 3 3>&- <<-END
		expect いいえ >
		pause 3200
		key 1
		expect 残り3回
		pause 3200
		type 9999
		expect 違います。残り2回
		expect やめる >
		pause 3200
		key 1
		expect 残り2回
		type 5555
		expect 確かめられない >
		pause 3200
		key 1
		expect 【3割】
		END
	) || { echo "$output"; return 1; }
}

@test "terminal: who takes longer than the service keeps a line is answered all the same" {
	desk
	# the mock ends a line on which nothing is said after 10 s
	sit adult <<-END
		expect 残り3回
		pause 10500
		type 1234
		expect 【3割】
	END
	[ "$ended" = 0 ]
}

@test "terminal: question by question down to the statement" {
	URL=offline
	config
	sit adult <<-END
		expect 資格確認書
		key 2
		expect 1 マイナポータルの資格情報画面  2 保存したPDF  3 資格情報のお知らせ
		expect 4 どれもない
		key 4
		expect 1 初診  2 再診
		key 1
		expect 申立書
		key 1
		expect 生年月日
		expect (0 わからない  b 戻る):
		type S99.2.17
		expect 日付として読めません
		expect 生年月日
		type S55.2.17
		expect 1980-02-17 = 昭和55年2月17日(日)
		expect 【3割】保険扱い(仮)
		expect 77777777
	END
	[ "$ended" = 0 ]
	spent 0
}

@test "terminal: a document's date and ratio for a patient of 72" {
	URL=offline
	config
	sit adult --birthdate S29.2.17 <<-END
		expect 資格確認書
		key 1
		expect 有効期限
		type 令和99年7月31日
		expect 日付として読めません
		expect 有効期限
		type R9.7.31
		expect 2027-07-31 = 令和9年7月31日(土)
		expect 書かれている負担割合
		expect やめる >
		key 2
		expect 保険者番号
		type 0
		expect 【2割】保険扱い
	END
	[ "$ended" = 0 ]
}

@test "terminal: one question for what is shown beside the card: the PDF, then the ratio is asked" {
	URL=offline
	config
	sit adult --birthdate S29.2.17 <<-END
		expect 資格確認書
		key 2
		expect 2 保存したPDF
		key 2
		expect 有効期限
		type 0
		expect 書かれている負担割合
		expect やめる >
		key 3
		expect 保険者番号
		type 0
		expect 【3割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
}

@test "terminal: an ended screen leaves the PDF and the お知らせ to ask for" {
	URL=offline
	config
	sit adult --birthdate S55.2.17 --visit first <<-END
		expect 資格確認書
		key 2
		expect 1 マイナポータルの資格情報画面
		key 1
		expect 有効期限
		type R8.7.31
		expect 有効期限が過ぎています
		expect 1 保存したPDF  2 資格情報のお知らせ  3 どれもない
		key 2
		expect 有効期限
		type 0
		expect 保険者番号
		type 0
		expect 【3割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
}

@test "terminal: of the ratios only those the law allows, and that nobody can tell" {
	URL=offline
	config
	facts '{"documents": null, "record": null, "statement": {"copay_percent": null}}'
	sit adult --birthdate S29.2.17 --visit first --facts "$BATS_TEST_TMPDIR/facts.json" <<-END
		expect 2 2割  3 3割  4 電話してもわからない
		key 2
		expect 【2割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
	sit adult --birthdate S29.2.17 --visit first --facts "$BATS_TEST_TMPDIR/facts.json" <<-END
		expect 2 2割
		key 4
		expect 人の判断が必要
	END
	[ "$ended" = 12 ]
}

@test "terminal: no reader, no card: what is it?" {
	URL=offline
	config
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none sit none <<-END
		expect 置いてください
		expect 資格確認書
		press C
	END
	[ "$ended" = 130 ]
	sit none --no-card forgotten --visit return <<-END
		expect 資格確認書
		key 2
		expect 記録
		key 1
		expect 前回確認した日
		type 0
		press C
	END
	[ "$ended" = 130 ]
}

@test "terminal: --no-input asks nothing" {
	desk
	sit adult --no-input <<-END
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	spent 0
}

@test "terminal: Enter is no answer, a strange key rings, full width is the same" {
	URL=offline
	config
	sit adult --birthdate S55.2.17 <<-END
		expect 資格確認書
		expect やめる >
		type
		key x
		key ２
		expect いいえ
		expect どれもない
		expect やめる >
		key Ｑ
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	[[ $output = *$'\a'* ]]
}

@test "terminal: an Enter at a date asks again, a rubbed out one does not count, an arrow does nothing" {
	URL=offline
	config
	sit adult --birthdate S55.2.17 <<-END
		expect 資格確認書
		expect やめる >
		key 1
		expect 有効期限
		pause 500
		type
		expect 有効期限
		key 令和
		key $(printf '\033[D')
		key $(printf '\177\177')
		type R9.7.31
		expect 2027-07-31 =
		expect 保険者番号
		press D
		expect 【3割】
	END
	[ "$ended" = 0 ]
}

@test "terminal: the patient is asked for consent, and only by somebody who sits there" {
	desk
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" \
	    --card "$CARDS/adult.json" --auth visual 3>&- <<-END
		expect 伝えてよいですか
		expect いいえ >
		key 2
		expect 本人ですか
		expect 確かめられない >
		key 1
		expect 提供の同意なし
	END
	) || ended=$?
	[ "$ended" = 0 ]
	run_check adult
	shows 0 limit=-
	run_check adult --limit-consent yes
	shows 0 limit=A03
}

@test "terminal: why the service refuses stands above the first question" {
	desk
	sit ended <<-END
		expect 残り3回
		type 1234
		expect サービスから「
		expect 電子証明書の有効期
		expect 資格確認書をお持ちですか
		expect やめる >
		key q
	END
	[ "$ended" != 0 ]
}

@test "terminal: a kill at a question leaves the terminal as it was" {
	local sig
	URL=offline
	config
	for sig in TERM HUP; do
		sit adult <<-END
			expect 資格確認書
			expect やめる >
			signal $sig
			echo on
		END
		[ "$ended" = "$((128 + $(kill -l $sig)))" ]
	done
}

@test "terminal: a kill while the machine works, when nothing typed is shown, leaves the terminal as it was" {
	local end
	mock --latency 1500
	config
	for end in "press C" "signal TERM" "signal HUP"; do
		sit adult <<-END
			expect つないでいます
			pause 200
			echo off
			$end
			echo on
		END
		case $end in
		*C) [ "$ended" = 130 ] ;;
		*) [ "$ended" = "$((128 + $(kill -l ${end#* })))" ] ;;
		esac
	done
}

# By a patient who thinks that it was not taken; sit() sees that no digit of it is shown.
@test "terminal: a PIN typed too early, or once more, is neither shown nor an answer" {
	mock --latency 1200
	config
	sit adult --timeout 20 <<-END
		expect つないでいます
		pause 200
		key 9999
		expect 残り3回
		type 1234
		expect 照会しています
		pause 200
		type 1234
		pause 300
		key 12
		expect 【3割】
		echo on
	END
	[ "$ended" = 0 ]
	spent 1
	sit unregistered --timeout 20 --visit first <<-END
		expect 残り3回
		type 1234
		expect 照会しています
		pause 600
		key 1
		pause 300
		key 2
		pause 700
		key 34
		expect 2 登録しない >
		pause 300
		key 2
		expect 登録しない
		expect やめる >
		key q
	END
	[ "$ended" = 11 ]
	[ "$(grep -c /v1/registration "$BATS_TEST_TMPDIR/mock.0.log")" = 0 ]
}

@test "terminal: a PIN typed once more after a refusal is neither shown nor an answer" {
	desk
	sit revoked <<-END
		expect 残り3回
		type 1234
		pause 300
		key 1
		pause 300
		key 2
		pause 300
		type 34
		expect 資格確認書をお持ちですか
		expect やめる >
		key q
		expect やめる
	END
	[ "$ended" = 11 ]
	spent 1
	[[ $output != *"> はい"* ]]
}

@test "terminal: a PIN typed once more after a wrong one is neither shown nor an answer" {
	local card
	desk
	for card in adult adult.slow; do
		sit $card --last-try <<-END
			expect 残り3回
			type 9999
			pause 60
			key 2
			pause 150
			key 1
			pause 150
			key 55
			pause 600
			type 1234
			expect 違います。残り2回
			expect やめる >
			key 3
			expect やめる
			expect 資格確認書
			expect やめる >
			key q
		END
		[ "$ended" = 11 ]
		spent 1
	done
	sit adult.one-try --last-try <<-END
		expect 残り1回
		type 9999
		pause 60
		key 12
		expect 本人ですか
		expect 確かめられない >
		key 3
		expect 資格確認書
		expect やめる >
		key q
	END
	[ "$ended" = 11 ]
}

@test "terminal: what is typed of a PIN when the reader program ends answers no other question" {
	desk
	sit adult <<-END
		expect 残り3回
		key 00
		sh pkill -KILL -x shikaku-reader -P "\$(pgrep -d, -f -- '--config $CONF ')"
		expect Enter を押してください >
		echo off
		key 0
		pause 300
		type 7
		expect 資格確認書をお持ちですか
		expect やめる >
		key q
		expect 負担割合
		echo on
	END
	[ "$ended" = 11 ]
	[[ $output = *カード読み取りプログラムが異常終了しました* ]]
	[ "$(grep -c '^> 0020008004' "$BATS_TEST_TMPDIR/apdu")" = 0 ]
}

@test "terminal: colour is an accent, and only where it is wanted" {
	URL=offline
	config
	local no
	for no in "" 1; do
		TERM=xterm NO_COLOR=$no sit none --no-card lost --assume-none <<<"expect 【10割】"
		[ "$ended" = 10 ]
		[[ $output = *$'\033[1;37;41m【10割】'* ]] || [ -n "$no" ]
		[[ $output != *$'\033'* ]] || [ -z "$no" ]
	done
	TERM=dumb NO_COLOR='' sit none --no-card lost --assume-none <<<"expect 【10割】"
	[[ $output != *$'\033'* ]]
	shikaku check --config "$CONF" --no-card lost --assume-none
	[[ $output != *$'\033'* ]]
}

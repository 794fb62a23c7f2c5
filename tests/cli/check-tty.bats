#!/usr/bin/env bats
# shikaku check with a person at the terminal: the PIN, the choices after it, the questions.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# sit CARD [OPTION]... <SCRIPT: plays it; sets ended (how) and output. No PIN is ever shown.
sit() {
	local card=$1
	shift
	[ "$card" = none ] || set -- --card "$(card_file "$card")" "$@"
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" \
	    --trace-apdu "$BATS_TEST_TMPDIR/apdu" "$@" 3>&-) || ended=$?
	echo "$output"
	echo "ended $ended"
	[ "$ended" != 99 ]
	run ! grep -qE '1234|9999|5555' <<<"$output"
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
		echo on
		expect 3 やめる
		type 1
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
		type 2
		expect 本人ですか
		type 1
		expect 【3割】
		expect 目視確認
	END
	[ "$ended" = 0 ]
	spent 1
}

@test "terminal: not the person of the photograph" {
	desk
	sit adult --auth visual <<-END
		expect 本人ですか
		type 2
		expect 資格確認書
		press C
	END
	[ "$ended" = 130 ]
	run ! grep -q /v1/qualification "$BATS_TEST_TMPDIR/mock.0.log"
}

@test "terminal: a wrong PIN, then enough" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 3 やめる
		type 3
		expect 資格確認書
		type
		expect 確認が必要
	END
	[ "$ended" = 11 ]
	spent 1
}

@test "terminal: two wrong PINs stop before the last" {
	desk
	sit adult <<-END
		expect 残り3回
		type 9999
		expect 3 やめる
		type 1
		expect 残り2回
		type 5555
		expect 残り1回です
		expect 3 やめる
		type 1
		expect 目視での確認を勧めます
		expect 本人ですか
		type 1
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
			type 1
			expect 【3割】
		END
		[ "$ended" = 0 ]
		spent 0
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
		type 1
		expect 残り3回
		type 12a4
		expect カードには送っていません
		type 1
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
		type 3
		expect 資格確認書
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
		type 1
		expect 残り2回
		pause 1500
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
		type 2
		expect 1 マイナポータルの資格情報画面  2 保存したPDF  3 資格情報のお知らせ  4 どれもない
		type 4
		expect 1 初診  2 再診
		type 1
		expect 申立書
		type 1
		expect 生年月日
		type S99.2.17
		expect 日付として読めません
		type S55.2.17
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
		type 1
		expect 有効期限
		type 令和99年7月31日
		expect 日付として読めません
		type R9.7.31
		expect 書かれている負担割合
		type 2
		expect 【2割】保険扱い
	END
	[ "$ended" = 0 ]
}

@test "terminal: one question for what is shown beside the card: the PDF, then the ratio is asked" {
	URL=offline
	config
	sit adult --birthdate S29.2.17 <<-END
		expect 資格確認書
		type 2
		expect 2 保存したPDF
		type 2
		expect 有効期限
		type
		expect 書かれている負担割合
		type 3
		expect 【3割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
}

@test "terminal: an ended screen leaves the PDF and the お知らせ to ask for" {
	URL=offline
	config
	sit adult --birthdate S55.2.17 --visit first <<-END
		expect 資格確認書
		type 2
		expect 1 マイナポータルの資格情報画面
		type 1
		expect 有効期限
		type R8.7.31
		expect 1 保存したPDF  2 資格情報のお知らせ  3 どれもない
		type 2
		expect 有効期限
		type
		expect 【3割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
}

@test "terminal: of the ratios only those the law allows, and that nobody can tell" {
	URL=offline
	config
	facts '{"documents": null, "record": null, "statement": {"copay_percent": null}}'
	sit adult --birthdate S29.2.17 --visit first --facts "$BATS_TEST_TMPDIR/facts.json" <<-END
		expect 2 2割  3 3割  4 どうしてもわからない
		type 2
		expect 【2割】保険扱い(仮)
	END
	[ "$ended" = 0 ]
	sit adult --birthdate S29.2.17 --visit first --facts "$BATS_TEST_TMPDIR/facts.json" <<-END
		expect 2 2割
		type 4
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
		type 2
		expect 記録
		type 1
		expect 前回確認した日
		type
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

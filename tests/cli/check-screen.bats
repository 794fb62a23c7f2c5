#!/usr/bin/env bats
# shikaku check: what the counter sees, and what nobody sees.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# --- what the counter sees ---------------------------------------------------

# golden NAME: the screen of the last run is the file's; GOLDEN=write makes it so.
golden() {
	local seen=$BATS_TEST_TMPDIR/screen
	"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$output" >"$seen"
	[ "${GOLDEN-}" != write ] || cp "$seen" "$ROOT/tests/golden/$1.txt"
	diff -u "$ROOT/tests/golden/$1.txt" "$seen"
}

@test "check: screens" {
	desk
	run_text adult --points 1234
	golden online_card.ja
	run_text adult --points 1234 --lang en
	golden online_card.en
	run_text grace
	golden grace.ja
	run_text unregistered
	golden unregistered.ja
	PIN=9999 run_text adult
	golden wrong_pin.ja
	facts '{"documents": null, "statement": {"copay_percent": 20}, "visit": "first", "birthdate": "1954-02-17", "disaster": null, "record": null, "copay_percent": null}'
	run_text adult --facts "$BATS_TEST_TMPDIR/facts.json" --service https://localhost:1
	golden statement.ja
	shikaku check --config "$CONF" --no-card forgotten --visit return --assume-none
	golden no_card.ja
	shikaku check --config "$CONF" --no-card forgotten --visit return --assume-none --lang en
	golden no_card.en
}

@test "check: full cost: what comes back, from whom, until when (REF-1 to REF-4)" {
	local id lang
	desk
	for lang in ja en; do
		shikaku check --config "$CONF" --no-card lost --assume-none --date 2026-11-22 --lang $lang
		[ "$status" = 10 ]
		for id in REF-1 REF-2 REF-3 REF-4 2028-11-22 2026-11-30; do
			[[ $output = *$id* ]] || { echo "$lang: no $id"; return 1; }
		done
	done
	people_as yoshida-special "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_text adult
	[ "$status" = 10 ]
	for id in REF-1 REF-2 REF-3 REF-4; do
		[[ $output = *$id* ]]
	done
	[[ $output != *計算し直してよい* ]]
	golden special.ja
}

@test "check: an outage: the card's face, the support desk, another card" {
	desk
	run_text adult --service https://localhost:1 --assume-none
	golden outage.ja
	run_text adult.removed-mid-read --assume-none --timeout 2 --lang en
	golden card_failed.en
	# who was refused was answered, and who has no card can copy nothing
	run_text revoked --assume-none
	[[ $output != *0800-080-4583* ]]
	shikaku check --config "$CONF" --no-card lost --assume-none
	[[ $output != *0800-080-4583* ]]
}

@test "API-9 the 限度額 category of the answer is on the screen and in the JSON" {
	desk
	run_check adult --limit-consent yes
	shows 0 limit=A03 percent=30
	people_as kato-78 "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_text adult --limit-consent yes --lang en
	[[ $output = *"Limit    category 現役並み1 (until "* ]]
}

@test "LIM-2 a category that is not known, not returned or not in force caps nothing" {
	desk
	run_text adult --limit-consent yes
	[[ $output = *"限度  区分 ウ("* ]]
	run_text adult --limit-consent no
	[[ $output = *"限度  区分は照会していない"* ]]
	run_text senior --limit-consent yes
	[[ $output = *"限度  サービスは区分を返さなかった"* ]]
	facts '{"documents": {"eligibility_certificate": {"insurer_number": "06132013"}}, "birthdate": "1980-02-17"}'
	shikaku check --config "$CONF" --no-card lost --facts "$BATS_TEST_TMPDIR/facts.json"
	[ "$status" = 0 ]
	[[ $output = *"限度  この経路では不明"* ]]
	# a category whose time is over caps nothing
	run_text adult --limit-consent yes --date 2030-08-01
	[[ $output != *上限まで* ]]
}

@test "check: what differs from what is known here" {
	desk
	run_text adult --birthdate 1980-02-18
	[ "$status" = 12 ]
	[[ $output = *"違い  生年月日: 照会 1980-02-17、こちら 1980-02-18"* ]]
	[[ $output = *"1980-02-17(昭和55年2月17日)生"* ]]
	facts '{"statement": {"address": "東京都架空区見本1-2-3"}}'
	run_text adult --facts "$BATS_TEST_TMPDIR/facts.json"
	[ "$status" = 0 ]
	[[ $output = *"違い  住所: 照会は"* ]]
	facts '{"statement": {"address": "東京都架空区 見本一丁目２番３号"}}'
	run_text adult --facts "$BATS_TEST_TMPDIR/facts.json"
	[[ $output != *違い* ]]
}

@test "OUT-2 公費 and 医療扶助 are outside, and said to be" {
	desk
	run_text adult
	[[ $output = *"公費  公費・医療費助成は計算に入っていない"* ]]
	people_as public-assistance "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_text adult
	[ "$status" = 12 ]
	[[ $output = *"公費  生活保護の医療扶助はこの判定の外"* ]]
}

# --- the clinic's own decision -----------------------------------------------

@test "check: --override stands beside what the rules decided" {
	URL=offline
	config
	shikaku check --config "$CONF" --no-card forgotten --visit return --assume-none --override 30 \
	    --reason 先月の記録は3割 --operator sato --points 100
	[ "$status" = 10 ]
	golden override.ja
	shikaku check --config "$CONF" --no-card forgotten --visit first --assume-none --override 30 \
	    --reason "known here" --operator sato --lang en
	[ "$status" = 10 ]
	golden override.en
	shikaku check --json --config "$CONF" --no-card forgotten --visit return --assume-none --override 30 \
	    --reason 先月の記録は3割 --operator sato
	shows 10 verdict=self_pay percent=100 provisional=true override=30
	[[ $output = *'"override":{"copay_percent":30,"reason":"先月の記録は3割","operator":"sato"}'* ]]
	shikaku check --json --config "$CONF" --no-card forgotten --visit return --override 20 --reason r
	shows 11 verdict=need percent=- provisional=true override=20
	shikaku check --json --config "$CONF" --no-card forgotten --visit return --assume-none
	shows 10 provisional=false override=-
}

@test "check: --override where there is nothing to decide, or not so" {
	local arguments
	desk
	while read -r arguments; do
		echo "arguments $arguments"
		# shellcheck disable=SC2086
		shikaku check --json --config "$CONF" --no-card lost --assume-none $arguments
		shows 2 error=USAGE
	done <<-END
		--override 30
		--reason because
		--override 0 --reason because
		--override 100 --reason because
		--override 25 --reason because
		--override 30 --reason $(printf '%0301d' 0)
		--override 30 --override 20 --reason because
		--override 20 --reason because --birthdate 1980-02-17
		--override 30 --reason because --birthdate 2024-02-17
		--handout
	END
	shikaku check --json --config "$CONF" --no-card lost --assume-none --override 30 --reason " "
	shows 2 error=USAGE
	run_check adult --override 30 --reason because
	shows 2 error=USAGE
	people_as yoshida-special "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_check adult --override 30 --reason because
	shows 2 error=USAGE
	# one patient's decision is nobody else's
	config "override = 30" "reason = because"
	shikaku check --json --config "$CONF" --no-card lost --assume-none
	shows 50 error=CONFIG
	config
	for arguments in 10 20 30; do
		shikaku check --json --config "$CONF" --no-card lost --assume-none --birthdate 1950-02-17 \
		    --override $arguments --reason because
		shows 10 override=$arguments
	done
	shikaku check --json --config "$CONF" --no-card lost --assume-none --birthdate 2024-02-17 --override 20 --reason r
	shows 10 override=20
}

@test "check: a reason that would play with the terminal" {
	URL=offline
	config
	shikaku check --config "$CONF" --no-card lost --assume-none --override 30 --reason $'\033[2Jx\nyyy' --operator $'\033c'
	"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$output"
}

# --- on paper ----------------------------------------------------------------

@test "check: --handout is what the patient is told, and nothing else" {
	desk
	run_text adult --handout --points 1234 --date 2026-11-22
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'END'
		受付からのお知らせ  令和8年11月22日

		山田　太郎 様

		今日払うお金は、かかったお金の3割です(3700円)。
	END
	shikaku check --config "$CONF" --no-card lost --assume-none --handout --date 2026-11-22 --lang en
	[ "$status" = 10 ]
	diff <(echo "$output") - <<-'END'
		From the reception desk  2026-11-22

		Today please pay the full cost. With the receipt and the
		statement your insurer pays you back (until 2028-11-22).
		Show your card or your 資格確認書 here by 2026-11-30: we may
		settle it at the desk.
	END
	# an answer about another person puts that person's name on no paper
	run_text adult --handout --birthdate 1991-07-30
	[ "$status" = 12 ]
	[[ $output != *山田* ]]
	run_text grace --handout
	[[ ${output//$'\n'/} = *電子証明書が*新しくしてください* ]]
	facts '{"documents": null, "statement": {}, "visit": "first", "birthdate": "1980-02-17"}'
	run_text adult --service https://localhost:1 --facts "$BATS_TEST_TMPDIR/facts.json" --handout
	[[ ${output//$'\n'/} = *保険の番号がわかったら*払うお金が変わることがあります* ]]
	run_text adult --service https://localhost:1 --handout
	[ "$status" = 11 ]
	[[ $output = *お待ちください* ]]
	run ! grep -qE 'FLOW|REF|根拠|試験用' <<<"$output"
}

@test "check: every person's screen fits, ratio and patient first" {
	local person lang
	for person in mori-72 kato-78 yoshida-special ogawa-lost hashimoto-gaiji public-assistance; do
		people_as "$person" "$BATS_TEST_TMPDIR/people"
		MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
		for lang in ja en; do
			run_text adult --points 100 --lang $lang
			"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$output"
		done
		mock_stop
	done
}

@test "check: a name that would play with the terminal, or fill the screen" {
	faulty "[{\"match\": {}, \"fault\": \"replace\", \"field\": \"Name\", \"value\": \"\\u001b[2J\\u202e山田$(printf '%0*d' 3000 0)\"}]"
	config
	run_text adult
	"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$output"
	run ! grep -q $'\xe2\x80\xae' <<<"$output"
}

# --- nothing leaks -----------------------------------------------------------

@test "check: the PIN is in no output, log, argument or environment" {
	local pid p i secret
	desk
	# of digits that no year and no number of what is printed has side by side
	secret=$((RANDOM % 3 + 7))$((RANDOM % 3 + 7))$((RANDOM % 3 + 7))$((RANDOM % 3 + 7))
	derived adult.slow "card['pin']['auth']['value'] = '$secret'" card
	"$SHIKAKU" check --config "$CONF" --pin-fd 3 --card "$CARD" --no-trace \
	    --trace-apdu "$BATS_TEST_TMPDIR/apdu" 3<<<"$secret" >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		pgrep -P "$pid" shikaku-reader && break
		sleep 0.01
	done
	for p in "$pid" $(pgrep -P "$pid" shikaku-reader); do
		tr '\0' '\n' <"/proc/$p/cmdline" >>"$BATS_TEST_TMPDIR/seen"
		# an ordinary user cannot even look
		tr '\0' '\n' <"/proc/$p/environ" >>"$BATS_TEST_TMPDIR/seen" || [ "$(id -u)" != 0 ]
	done
	wait "$pid"
	grep -q shikaku-reader "$BATS_TEST_TMPDIR/seen"
	run ! grep -qx ".*[= ]\?$secret" "$BATS_TEST_TMPDIR/seen"
	grep -q 【3割】 "$BATS_TEST_TMPDIR/out"
	run ! grep -q "$secret" "$BATS_TEST_TMPDIR/out"
	grep -q '^> 0020008004 \*\*$' "$BATS_TEST_TMPDIR/apdu"
	run ! grep -q "$(printf %s "$secret" | od -An -tx1 | tr -d ' \n')" "$BATS_TEST_TMPDIR/apdu"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/apdu")" = 600 ]
	run ! grep -rq "$secret" "$BATS_TEST_TMPDIR/mock.0.log"
}

@test "check: an APDU log that cannot be written" {
	desk
	cp "$CONF" "$BATS_TEST_TMPDIR/conf"
	run_check adult --trace-apdu "$CONF" --require-online
	shows 41 error=DISK
	cmp "$CONF" "$BATS_TEST_TMPDIR/conf"
	shikaku card list --config "$CONF" --card "$CARDS/adult.json" --trace-apdu "$CONF"
	[ "$status" = 41 ]
	run_check adult --trace-apdu "$BATS_TEST_TMPDIR/none/apdu"
	shows 41 error=DISK
}

@test "check: an APDU log that the disk has no room for: the verdict all the same" {
	local command status=0
	desk
	full() { (trap '' XFSZ; ulimit -f 1; "$@" --trace-apdu "$BATS_TEST_TMPDIR/apdu"); }
	output=$(full "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --pin-fd 3 3<<<1234 2>"$BATS_TEST_TMPDIR/err") ||
	    status=$?
	[ "$status" = 41 ]
	[[ $output = *【3割】* ]]
	grep -q 'APDU log: not all of it could be written' "$BATS_TEST_TMPDIR/err"
	for command in list info pin-status; do
		rm "$BATS_TEST_TMPDIR/apdu"
		run full "$SHIKAKU" card $command --config "$CONF" --card "$CARDS/adult.json"
		[ "$status" = 41 ]
	done
}

@test "check: a fixture card that is not there, or none" {
	desk
	run_check "$BATS_TEST_TMPDIR/none.json"
	shows 50 error=CONFIG
	echo '{"colour": "red"}' >"$BATS_TEST_TMPDIR/odd.json"
	run_check "$BATS_TEST_TMPDIR/odd.json"
	shows 65 error=MALFORMED
}

@test "check: output that cannot be written" {
	desk
	timed sh -c '"$@" >/dev/full' sh "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --auth visual
	[ "$status" = 41 ]
}

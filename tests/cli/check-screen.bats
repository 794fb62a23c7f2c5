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
	secret=$((RANDOM % 9000 + 1000))
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
	run_check adult --trace-apdu "$BATS_TEST_TMPDIR/none/apdu"
	shows 41 error=DISK
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

#!/usr/bin/env bats
# Whole sessions at the desk, on a terminal of 80 by 24: what is typed, and what is seen.
#
# tests/sessions/*.txt hold both (tests/rig/pty.py says how they are written); SESSION=write makes
# the screens those that are seen.

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

# play NAME: that session; what is written there is all that it needs.
play() {
	export SHIKAKU CONF CARDS
	TERM=xterm "$PYTHON" "$ROOT/tests/rig/pty.py" --session "$ROOT/tests/sessions/$1.txt" \
	    ${SESSION:+"--$SESSION"} 3>&-
	run ! grep -qE '1234|9999|5555' <(grep '^|' "$ROOT/tests/sessions/$1.txt")
}

@test "session: consent, PIN, verdict" {
	desk
	play 01-insured
}

@test "session: wrong PINs, and the face" {
	desk
	play 02-wrong-pin
}

@test "session: an outage down to the form" {
	desk
	play 03-outage
}

@test "session: numbers typed from paper" {
	desk
	play 04-typed-number
}

@test "session: going back" {
	desk
	play 05-going-back
}

@test "session: not known" {
	desk
	play 06-not-known
}

@test "session: Ctrl-C in the middle of a paper" {
	desk
	play 07-interrupted
}

@test "session: Ctrl-C at the PIN" {
	desk
	play 08-interrupted-pin
	# the card says that all tries are left
	run_check adult --auth visual
	shows 0 tries=3
}

@test "session: the card is pulled" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	export CARD_PID=${RIG_CARDS[0]}
	play 09-pulled
}

@test "session: the service dies half-way" {
	desk
	export MOCK_PID=${MOCKS[0]}
	play 10-service-dies
}

@test "session: two eligibilities, asked again" {
	"$PYTHON" - "$PEOPLE" >"$BATS_TEST_TMPDIR/people" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	yamada = people["people"][0]
	yamada["results"].append(dict(yamada["results"][0], InsurerNumber="06135552"))
	json.dump(people, sys.stdout)
	PY
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	play 11-once-more
}

@test "session: no card, on a reader that waits for one" {
	desk
	rig_start
	play 13-no-card
}

@test "session: a card that is not registered" {
	desk
	export APDU=$BATS_TEST_TMPDIR/apdu
	play 14-register
	# two sessions of the card, one PIN each; three signatures in the second, in which it was registered
	[ "$(grep -c '^> 0020008004' "$APDU")" = 2 ]
	[ "$(grep -c '^> 802A' "$APDU")" = 4 ]
}

@test "session: watch, with and without a card" {
	desk
	rig_start
	export SOFTCARD=$BUILD/shikaku-softcard
	play 15-watch
}

@test "session: in English" {
	desk
	play 12-english
}

@test "session: dates as they are mistyped" {
	desk
	play 20-typed-dates
}

@test "session: another card, wrong keys, three questions back" {
	desk
	play 21-wrong-keys
}

@test "session: no pcscd, nothing to show" {
	URL=offline
	config
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none play 22-full-cost
}

#!/usr/bin/env bats
# What a client of PC/SC must cope with, each through a real pcscd (docs/card.md has the table).
#
# CARD_PULLS: at every so manieth APDU the card is pulled (7; 1 is at every one).

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

client() { "$PYTHON" "$ROOT/tests/rig/pcsc-client.py" "$@" 3>&-; }
helper() { run "$PYTHON" "$ROOT/tests/rig/helper.py" "$BUILD" 3>&-; }

# said LINE...: what the helper answered, line by line; * matches anything
said() {
	local i=0 want
	for want; do
		# shellcheck disable=SC2053
		[[ ${lines[i]-} = $want ]] || { echo "line $i: ${lines[i]-}, not $want"; echo "$output"; return 1; }
		i=$((i + 1))
	done
	[ "${#lines[@]}" = "$i" ] || { echo "$output"; return 1; }
}

# with_card FIXTURE: the desk, the reader, that card in it
with_card() {
	desk
	rig_start
	rig_insert "$(card_file "$1")"
}

# next_patient: another card is served as if nothing had been
next_patient() {
	rig_remove
	sleep 0.5
	rig_insert "$CARDS/senior.json"
	run_check pcsc
	shows 0 path=online_card percent=20
	[ "$(client tries)" = 63C3 ]
}

@test "event: card taken away mid-APDU" {
	with_card adult.removed-mid-sign
	run_check pcsc --require-online
	shows 21 error=CARD_REMOVED
	next_patient
}

@test "event: card back" {
	rig_start
	helper <<-END
		put $CARDS/adult.json
		open
		take
		pin 1234
		verify
		put $CARDS/adult.json
		pin 1234
		verify
		sign
	END
	said "put: ok" "open: ok JPKIAPICCTOKEN2 3 *" "take: ok" "pin: ok" "verify: CARD_REMOVED -1" "put: ok" \
	    "pin: ok" "verify: ok" "sign: ok 256"
}

@test "event: 1-byte answer" {
	with_card adult.answer-short
	run_check pcsc --require-online
	shows 24 error=CARD_UNREADABLE
	next_patient
}

@test "event: 300 bytes for a short Le" {
	with_card adult.read-overlong
	run_check pcsc --require-online
	shows 24 error=CARD_UNREADABLE
	next_patient
}

@test "event: mute, then gone" {
	local pid
	with_card adult.mute
	(sleep 1; kill "${RIG_CARDS[0]}") 3>&- &
	pid=$!
	run_check pcsc --timeout 8 --require-online
	shows 21 error=CARD_REMOVED
	within 0 4000
	wait "$pid"
	next_patient
	rig_remove
	rig_insert "$CARDS/adult.mute.json"
	run_check pcsc --timeout 1 --require-online
	shows 20 error=READER_TIMEOUT
	within 900 2500
	next_patient
}

@test "event: client killed while the card is mute" {
	local pid i
	with_card adult.mute
	"$SHIKAKU" check --config "$CONF" --pin-fd 4 --trace-apdu "$BATS_TEST_TMPDIR/apdu" \
	    4<<<1234 >/dev/null 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 300; i++)); do
		grep -qs '^> 00B0010000' "$BATS_TEST_TMPDIR/apdu" && break
		sleep 0.01
	done
	kill -KILL "$pid"
	wait "$pid" || true
	next_patient
}

@test "event: bad ATR (00, 3B, FFFF)" {
	local atr
	desk
	rig_start
	for atr in 00 3B FFFF; do
		derived adult "card['atr'] = '$atr'" card
		rig_insert "$CARD"
		run_check pcsc --require-online
		shows 24 error=CARD_UNREADABLE
		rig_remove
	done
	next_patient
}

@test "event: no pcscd, and pcscd dies" {
	desk
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none run_check pcsc --require-online
	shows 20 error=PCSC_DOWN
	rig_start
	rig_insert "$CARDS/adult.json"
	cat >"$BATS_TEST_TMPDIR/again" <<-SH
		BATS_TEST_DIRNAME= . "$ROOT/tests/rig/pcscd.sh"
		rig_launcher; rm -f "\$PCSCLITE_CSOCK_NAME"; rig_launch
		echo "\$RIG_PCSCD" >"$BATS_TEST_TMPDIR/pcscd"
		rig_wait rig_lists_readers && rig_insert "$CARDS/senior.json" || exit
		echo up >"$BATS_TEST_TMPDIR/up"
		sleep 20
	SH
	helper <<-END
		open
		pin 1234
		sh kill -KILL $RIG_PCSCD
		verify
		open
		sh bash "$BATS_TEST_TMPDIR/again" 3>&- >/dev/null 2>&1 & echo \$! >"$BATS_TEST_TMPDIR/pid"; for i in \$(seq 300); do [ -e "$BATS_TEST_TMPDIR/up" ] && break; sleep 0.05; done
		open
		pin 1234
		verify
		sign
		sh kill \$(cat "$BATS_TEST_TMPDIR/pid" "$BATS_TEST_TMPDIR/pcscd")
	END
	said "open: ok JPKIAPICCTOKEN2 3 *" "pin: ok" "sh: 0" "verify: PCSC_DOWN -1" "open: PCSC_DOWN -1" "sh: 0" \
	    "open: ok JPKIAPICCTOKEN2 3 *" "pin: ok" "verify: ok" "sign: ok 256" "sh: 0"
}

@test "event: no reader" {
	desk
	rig_start_no_reader
	run_check pcsc --require-online
	shows 20 error=READER_NONE
	run_check pcsc
	shows 11 read=reader_fault error=READER_NONE
}

@test "event: PIN left open" {
	# by another program: it is no proof for ours, whose own PIN is asked for
	with_card adult.verified-9000
	[ "$(client leave 1234)" = 9000 ]
	[ "$(client tries)" = 9000 ]
	PIN=9999 run_check pcsc
	shows 11 error=PIN_WRONG error_tries=2
	[ "$(client leave 1234)" = 9000 ]
	run_check pcsc
	shows 0 path=online_card
	# and by ours none is
	[ "$(client tries)" = 63C3 ]
}

@test "event: card idle, no client" {
	with_card adult
	# pcscd cuts the power after a poll, and gives it again when it is asked
	sleep 1.5
	run_check pcsc
	shows 0 path=online_card
}

@test "event: reset by another program between certificate and PIN" {
	local how
	rig_start
	rig_insert "$CARDS/adult.json"
	for how in reset unpower; do
		helper <<-END
			open
			sh "$PYTHON" "$ROOT/tests/rig/pcsc-client.py" $how
			pin 1234
			verify
			sign
			sign
			close
		END
		said "open: ok JPKIAPICCTOKEN2 3 *" "sh: 0" "pin: ok" "verify: ok" "sign: ok 256" "sign: ok 256" "close: ok"
	done
}

@test "event: another program has the card for itself" {
	local pid
	with_card adult
	client hold 1200 >"$BATS_TEST_TMPDIR/held" 3>&- &
	pid=$!
	rig_wait grep -q held "$BATS_TEST_TMPDIR/held"
	run_check pcsc
	shows 0 path=online_card
	wait "$pid"
	client hold 6000 >"$BATS_TEST_TMPDIR/held" 3>&- &
	pid=$!
	rig_wait grep -q held "$BATS_TEST_TMPDIR/held"
	run_check pcsc --require-online
	shows 20 error=READER_BUSY
	within 2500 6000
	kill "$pid"
	wait "$pid" || true
}

@test "event: a swap between certificate and PIN" {
	rig_start
	helper <<-END
		trace $BATS_TEST_TMPDIR/apdu
		put $CARDS/adult.json
		open
		take
		put $CARDS/licence.json
		pin 1234
		verify
		take
		put $CARDS/senior.json
		pin 1234
		verify
		sent $BATS_TEST_TMPDIR/apdu
		open
		pin 1234
		verify
		sign
		sent $BATS_TEST_TMPDIR/apdu
	END
	said "trace: ok" "put: ok" "open: ok *" "take: ok" "put: ok" "pin: ok" "verify: CARD_REMOVED -1" \
	    "take: ok" "put: ok" "pin: ok" "verify: CARD_REMOVED -1" "sent: 0" \
	    "open: ok *" "pin: ok" "verify: ok" "sign: ok 256" "sent: 1"
}

# Eleven commands lie between the entry and VERIFY.
@test "event: told to end while the PIN is on its way" {
	derived adult "card['timing'] = {'apdu_ms': 100}" card
	helper <<-END
		trace $BATS_TEST_TMPDIR/apdu
		open $CARD
		pin 1234
		end 300
		verify
		sent $BATS_TEST_TMPDIR/apdu
	END
	said "trace: ok" "open: ok *" "pin: ok" "end: ok" "verify: INTERRUPTED -1" "sent: 0"
}

# --- at every APDU -----------------------------------------------------------------------------

@test "card: every fault at every APDU of every flow" {
	local want=--sample
	[ -z "${CARD_RANDOM-}" ] || want="--random $CARD_RANDOM --seed ${SEED:-1}"
	cd "$ROOT"
	# shellcheck disable=SC2086
	run "$BUILD/tests/card-campaign" $want
	tail -2 <<<"$output" | sed 's/^#* */# /' >&3
	[ "$status" = 0 ]
}

# 27 APDUs from the first SELECT to the closing one, all in one power-up.
@test "card: pulled at an APDU, through pcscd" {
	local n=0 at step=${CARD_PULLS:-7} code
	rig_start
	for ((at = step - 1; at < 27; at += step)); do
		derived adult "card['faults'] = ['removed after APDU $at']" card
		helper <<-END
			trace $BATS_TEST_TMPDIR/apdu
			put $CARD
			open
			pin 1234
			verify
			sign
			close
			sent $BATS_TEST_TMPDIR/apdu
			take
			put $CARDS/senior.json
			open
			pin 1234
			verify
			sign
			close
			take
		END
		echo "after APDU $at: $output"
		[ "$status" = 0 ]
		code=$(grep -m 1 -oE ': (CARD|PIN|READER|PCSC)_[A-Z]*' <<<"$output") || code=
		# the closing SELECT is the last: who has left by then was not needed any more
		[ "$code" = ": CARD_REMOVED" ] || { [ "$at" = 26 ] && [ -z "$code" ]; }
		[[ $output =~ "sent: "[01]$'\n'"take: ok" ]]
		[[ $output = *"take: ok"*"open: ok JPKIAPICCTOKEN2 3 "*"verify: ok"*"sign: ok 256"*"close: ok"* ]]
		n=$((n + 1))
	done
	echo "# pulled at $n of 27 APDUs" >&3
}

#!/usr/bin/env bats
# shikaku-reader as the desk uses it, with fixture cards in process and with a
# pcscd of its own.
#
# BUILD (default build) holds shikaku-reader, shikaku-softcard, tests/reader-probe.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${BUILD:-$ROOT/build}
CARDS=$ROOT/fixtures/cards
PROBE=$BATS_FILE_TMPDIR/reader-probe
RIG_BUILD=$BUILD

setup_file() {
	"$ROOT/fixtures/make-pki" "$ROOT/build/pki"
	# the helper is sought beside the program that starts it
	cp "$BUILD/tests/reader-probe" "$BUILD/shikaku-reader" "$BATS_FILE_TMPDIR/"
}

setup() {
	. "$ROOT/tests/rig/pcscd.sh"
}

teardown() {
	rig_stop
}

# with PIN [OPTION]...: one entry and one signature
with() {
	local pin=$1
	shift
	"$PROBE" --timeout 5000 --pin-fd 0 --sign 1 "$@" <<<"$pin"
}

last() { [ "${lines[-1]%%:*}" = "$1" ] || { echo "$output"; false; }; }

@test "every fixture card in process ends as it should" {
	local card want
	while read -r card want; do
		run with 1234 --card "$CARDS/$card.json"
		last "$want" || { echo "$card"; false; }
	done <<-END
		adult signature 256
		adult.6f00-first signature 256
		adult.short-apdu-only signature 256
		adult.two-tries signature 256
		adult.verified-9000 signature 256
		adult.one-try error PIN_LAST_TRY tries_left 1
		adult.blocked error PIN_BLOCKED tries_left 0
		adult.blocked-6984 error PIN_BLOCKED tries_left 0
		face-only error PIN_BLOCKED tries_left 0
		adult.answer-short error CARD_UNREADABLE tries_left -1
		adult.no-certificate error CARD_UNREADABLE tries_left -1
		adult.read-overlong error CARD_UNREADABLE tries_left -1
		adult.read-truncated error CARD_UNREADABLE tries_left -1
		adult.removed-mid-read error CARD_REMOVED tries_left -1
		adult.removed-mid-sign error CARD_REMOVED tries_left -1
		adult.sign-corrupt error CARD_SIGNATURE tries_left -1
		adult.sign-fails error CARD_UNREADABLE tries_left -1
		adult.wrong-key error CARD_SIGNATURE tries_left -1
		juki error CARD_NOT_JPKI tries_left -1
		licence error CARD_NOT_JPKI tries_left -1
		residence error CARD_NOT_JPKI tries_left -1
		phone.android error CARD_CERT tries_left -1
		phone.iphone error CARD_CERT tries_left -1
	END
}

@test "a mute card ends at the deadline" {
	SECONDS=0
	run with 1234 --card "$CARDS/adult.mute.json" --timeout 1000
	last "error READER_TIMEOUT tries_left -1"
	[ "$status" = 20 ] && [ "$SECONDS" -le 3 ]
}

@test "what is no PIN is not sent" {
	local pin
	for pin in 123 12345 12a4 ' 1234' '12３'; do
		run with "$pin" --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR/apdu"
		last "error PIN_FORMAT tries_left -1"
		run ! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu"
	done
	run with '' --card "$CARDS/adult.json"
	last "error PIN_NONE tries_left -1"
	run with '１２３４' --card "$CARDS/adult.json"
	last "signature 256"
}

@test "the APDU log holds no PIN and is private" {
	run with 1234 --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR/apdu"
	grep -q '^> 0020008004 \*\*$' "$BATS_TEST_TMPDIR/apdu"
	run ! grep 31323334 "$BATS_TEST_TMPDIR/apdu"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/apdu")" = 600 ]
	python3 "$ROOT/tests/rig/apdus.py" "$BATS_TEST_TMPDIR/apdu"
}

@test "the APDU log is its owner's alone and begins anew, over an older one only" {
	local log=$BATS_TEST_TMPDIR/apdu
	echo '> what lay there' >"$log"
	chmod 644 "$log"
	with 1234 --card "$CARDS/adult.json" --trace "$log"
	[ "$(stat -c %a "$log")" = 600 ]
	run ! grep -q 'what lay there' "$log"
	# the clinic's key, say
	echo 'something else' >"$BATS_TEST_TMPDIR/other"
	run with 1234 --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR/other"
	last "error DISK tries_left -1"
	[ "$(<"$BATS_TEST_TMPDIR/other")" = 'something else' ]
	# nothing but a file: no pipe is waited for, no device opened to its owner alone
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	run timeout 5 "$PROBE" --timeout 2000 --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR/pipe"
	last "error DISK tries_left -1"
	run with 1234 --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR"
	last "error DISK tries_left -1"
	ln -s apdu "$BATS_TEST_TMPDIR/link"
	run with 1234 --card "$CARDS/adult.json" --trace "$BATS_TEST_TMPDIR/link"
	last "error DISK tries_left -1"
}

@test "no pcscd, no reader, no card, no such reader" {
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none run with 1234
	last "error PCSC_DOWN tries_left -1"
	rig_start_no_reader
	run with 1234
	last "error READER_NONE tries_left -1"
	rig_stop
	rig_start
	run with 1234
	last "error CARD_NONE tries_left -1"
	run with 1234 --reader Nowhere
	last "error READER_NONE tries_left -1"
}

@test "wrong PINs count down, block, and the right one restores" {
	rig_start
	rig_insert "$CARDS/adult.json"
	run with 9999
	last "error PIN_WRONG tries_left 2"
	run with 9999
	last "error PIN_WRONG tries_left 1"
	run with 1234
	last "error PIN_LAST_TRY tries_left 1"
	run with 1234 --last-try
	last "signature 256"
	run with 9999 --again-fd 6 6<<<1234
	last "signature 256"
	with 9999 || with 9999 || true
	run with 9999 --last-try
	last "error PIN_BLOCKED tries_left 0"
	run with 1234 --last-try
	last "error PIN_BLOCKED tries_left 0"
}

@test "no PIN is left open for the next program" {
	local pin
	rig_start
	rig_insert "$CARDS/adult.json"
	for pin in 1234 9999; do
		run with "$pin"
		run opensc-tool --card-driver default -s 00A4040C0AD392F000260100000001 \
		    -s 00A4020C020018 -s 00200080
		[[ ${lines[-1]} = *SW1=0x63* ]]
	done
}

@test "the card is found among readers" {
	rig_start
	rig_insert "$CARDS/juki.json" 0
	rig_insert "$CARDS/adult.json" 1
	run with 1234
	last "signature 256"
	[[ $output = *"reader Virtual PCD 00 01"* ]]
	run with 1234 --reader "00 00"
	last "error CARD_NOT_JPKI tries_left -1"
}

@test "a card of another kind is none yet while one is awaited in another reader" {
	rig_start
	rig_insert "$CARDS/licence.json" 0
	run with 1234 --wait 300
	last "error CARD_NONE tries_left -1"
	run with 1234 --wait 300 --reader "00 00"
	last "error CARD_NOT_JPKI tries_left -1"
	run with 1234
	last "error CARD_NOT_JPKI tries_left -1"
	rig_insert "$CARDS/juki.json" 1
	run with 1234 --wait 300
	last "error CARD_NOT_JPKI tries_left -1"
}

# paused COMMAND...: runs it between the certificate and the PIN
paused() {
	local out=$BATS_TEST_TMPDIR/out pause=$BATS_TEST_TMPDIR/pause pid i
	: >"$out"
	rm -f "$pause"
	mkfifo "$pause"
	"$PROBE" --timeout 5000 --pause-fd 4 --pin-fd 0 --sign 1 <<<1234 4<>"$pause" >"$out" 3>&- &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		grep -q ^certificate "$out" && break
		sleep 0.05
	done
	"$@"
	echo >"$pause"
	wait "$pid" || true
	mapfile -t lines <"$out"
	output=$(<"$out")
}

swap() { rig_remove && rig_insert "$1"; }

@test "the PIN goes only to the card that was read" {
	rig_start
	rig_insert "$CARDS/adult.json"
	paused swap "$CARDS/adult.json"
	last "signature 256"
	paused swap "$CARDS/senior.json"
	last "error CARD_REMOVED tries_left -1"
	paused rig_remove
	last "error CARD_REMOVED tries_left -1"
}

@test "another program's use in between does no harm" {
	rig_start
	rig_insert "$CARDS/adult.json"
	paused opensc-tool -s 00A40000 >/dev/null
	last "signature 256"
	paused with 1234
	last "signature 256"
}

@test "pcscd dies in between" {
	rig_start
	rig_insert "$CARDS/adult.json"
	paused rig_kill "$RIG_PCSCD"
	last "error PCSC_DOWN tries_left -1"
}

@test "waits for a card" {
	rig_start
	with 1234 --wait 5000 >"$BATS_TEST_TMPDIR/out" 3>&- &
	waiting=$!
	rig_insert "$CARDS/adult.json"
	wait "$waiting"
	[ "$(tail -1 "$BATS_TEST_TMPDIR/out")" = "signature 256" ]
}

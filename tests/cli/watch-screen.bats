#!/usr/bin/env bats
# shikaku watch: the screen and what leaves it: Ctrl-C, kills, the clock, standard output.

bats_require_minimum_version 1.5.0
load helper
load watch

setup_file() { fixtures; }
setup() { watch_setup; }
teardown() { watch_teardown; }

@test "watch: Ctrl-C waiting, at the PIN, at a question, with a patient on the screen" {
	desk
	rig_start
	sit
	play 'expect カード待ち' 'press C' 'gone カード待ち'
	ends 130
	rig_insert "$CARDS/adult.json"
	sit
	play 'expect 残り3回' 'echo off' 'press C' 'echo on' 'gone 残り3回'
	ends 130
	tries 3
	sit
	play 'expect 残り3回' 'type 1234' 'expect 山田'
	play 'press C'
	nothing_left
	ends 130
	sit
	play 'expect 残り3回' 'type' 'expect やめる >' 'press C' 'gone やめる'
	ends 130
	rig_remove
	rig_insert "$CARDS/adult.slow.json"
	sit
	play 'expect カードを読んでいます' 'pause 100' 'press C'
	ends 130
	tries 3
}

@test "watch: a kill with a patient on the screen leaves nothing there" {
	local sig
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	for sig in TERM HUP; do
		sit --auth visual
		play 'expect 本人ですか' 'key 1' 'expect 山田' "signal $sig"
		nothing_left
		ends "$((128 + $(kill -l $sig)))"
	done
}

@test "watch: the screen is cleared by the clock, what was scrolled away too" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit --auth visual --clear-after 1
	play 'expect 本人ですか' 'key 1' 'expect 山田' 'pause 1300'
	nothing_left
	rig_remove
	# and what was typed
	play 'expect カード待ち' 'key n' 'expect やめる >' 'key q' 'expect 確認が必要' 'pause 1300' 'gone 確認が必要'
	play 'key q'
	ends 0
}

# ticks PID: the processor time it took, in hundredths of a second
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

@test "watch: no helper stays behind, and none is busy while it waits" {
	local pid before
	desk
	rig_start
	sit
	play 'expect カード待ち'
	pid=$(pgrep -P "$(pgrep -P "$SAT")" shikaku-reader)
	before=$(ticks "$pid")
	play 'pause 3000'
	[ "$(ticks "$pid")" -le $((before + 1)) ]
	play 'key q'
	ends 0
	run ! kill -0 "$pid"
}

# unattended OPTION...: a watch without a terminal; sets SAT, its output is in T/out, T/err
unattended() {
	"$SHIKAKU" watch --config "$CONF" "$@" </dev/null >"$T/out" 2>"$T/err" 3>&- &
	SAT=$!
}

# lines N FILE: there are so many
lines() { [ "$(wc -l <"$2")" -ge "$1" ]; }

@test "watch: without a terminal: a line of JSON for each card, and lines of what happens" {
	desk
	rig_start
	unattended --json --no-trace --auth visual --limit-consent no
	rig_wait grep -q 'カード待ち.*正常' "$T/err"
	rig_insert "$CARDS/adult.json"
	rig_wait lines 1 "$T/out"
	rig_remove
	rig_insert "$CARDS/senior.json"
	rig_wait lines 2 "$T/out"
	rig_remove
	rig_insert "$CARDS/juki.json"
	rig_wait lines 3 "$T/out"
	rig_kill "$RIG_PCSCD"
	rig_wait grep -q 'pcscdが停止' "$T/err"
	kill -TERM "$SAT"
	status=0
	wait "$SAT" || status=$?
	SAT=
	[ "$status" = 143 ]
	lines 3 "$T/out"
	run ! lines 4 "$T/out"
	run ! grep -q $'[\033\a]' "$T/err"
	stderr=$(<"$T/err")
	cp "$T/err" "$BATS_TEST_TMPDIR/stderr"
	while read -r output; do
		status=0
		checked
		echo "$outcome" >>"$T/outcomes"
	done <"$T/out"
	grep -c verdict=insured "$T/outcomes" | grep -qx 2
	grep -q 'error=CARD_NOT_JPKI' "$T/outcomes"
}

@test "watch: without a terminal nobody is asked for a PIN" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	unattended
	rig_wait grep -q '確認が必要' "$T/out"
	kill -TERM "$SAT"
	wait "$SAT" || :
	SAT=
	tries 3
}

@test "watch: a patient who is not asked about is one whose service did not answer, and that is told" {
	URL=https://localhost:1
	config
	rig_start
	unattended --json --auth visual
	rig_wait grep -q '応答なし' "$T/err"
	rig_insert "$CARDS/adult.json"
	rig_wait lines 1 "$T/out"
	kill -TERM "$SAT"
	wait "$SAT" || :
	SAT=
	output=$(<"$T/out")
	status=0 took=0 stderr=
	checked
	shows 0 verdict=need read=ok outcome=unreachable error=SERVICE_UNREACHABLE
	[[ $output = *"not asked for this patient"* ]]
}

@test "watch: at a terminal with --json the screen is the person's and the line the program's" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	sit_before /bin/sh -c \
	    "'$SHIKAKU' watch --config '$CONF' --limit-consent no --json --no-trace >'$T/json'"
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'expect 山田' 'key q'
	ends 0
	lines 1 "$T/json"
	grep -q '^{.*"verdict":"insured".*}$' "$T/json"
}

@test "watch: who reads the results is gone: it ends, and says so" {
	desk
	rig_start
	rig_insert "$CARDS/adult.json"
	timed sh -c '{ timeout 20 "$@" --json; echo $? >"$0"; } | :' "$T/status" "$SHIKAKU" watch \
	    --config "$CONF" --auth visual
	[ "$(<"$T/status")" = 41 ]
}

@test "watch: on a terminal that can not be cleared, in English, and that is said" {
	desk
	rig_start
	TERM_OF_DESK=dumb sit --lang en --no-bell
	play 'expect Place a My Number card' 'expect can not be cleared' 'expect reader waiting' 'expect q quit'
	rig_insert "$CARDS/adult.json"
	play 'expect 3 tries left' 'type 1234' 'expect [30%] insured' 'expect give the card back' 'key q'
	ends 0
	[[ $output != *$'\033'* ]]
	[[ $output != *$'\a'* ]]
}

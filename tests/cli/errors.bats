#!/usr/bin/env bats
# Nothing that goes wrong is a dead end: every code has its screen, and every screen a next step.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
setup() { . "$ROOT/tests/rig/pcscd.sh"; }
teardown() {
	rig_stop
	mock_stop
}

# Code, command line: how each comes about. "help" where no test can order it: what the help
# says of the code then is the screen.
cases() {
	cat <<-'END'
	USAGE check --frobnicate
	READER_NONE check --config CONF --require-online --reader Nowhere
	PCSC_DOWN check --config CONF --require-online
	CARD_NONE check --config CONF --require-online
	READER_BUSY help exit READER_BUSY
	READER_TIMEOUT check --config CONF --card CARD:adult.mute --require-online --timeout 1
	READER_HELPER check --config CONF --card CARD:adult --require-online
	CARD_REMOVED check --config CONF --card CARD:adult.removed-mid-read --require-online
	PIN_WRONG check --config CONF --card CARD:adult --require-online --pin-fd 3
	PIN_FORMAT check --config CONF --card CARD:adult --require-online --pin-fd 4
	PIN_NONE check --config CONF --card CARD:adult --require-online
	PIN_BLOCKED check --config CONF --card CARD:adult.blocked --require-online --pin-fd 3
	PIN_LAST_TRY check --config CONF --card CARD:adult.one-try --require-online --pin-fd 3
	CARD_UNREADABLE check --config CONF --card CARD:adult.read-truncated --require-online
	CARD_NOT_JPKI check --config CONF --card CARD:juki --require-online
	CARD_PHONE check --config CONF --card CARD:phone.android --require-online
	CARD_CERT check --config CONF --card TMP/other.json --require-online
	CARD_OF_ANOTHER help exit CARD_OF_ANOTHER
	CARD_SIGNATURE check --config CONF --card CARD:adult.sign-corrupt --require-online --pin-fd 5
	SERVICE_UNREACHABLE check --config CONF --card CARD:adult --require-online --service https://localhost:1
	SERVICE_TIMEOUT check --config TMP/slow --card CARD:adult --require-online --timeout 1
	TLS_PEER_MISMATCH check --config CONF --card CARD:adult --require-online --ca PKI:rogue-ca
	SERVICE_REFUSED check --config CONF --card CARD:revoked --require-online --auth visual
	SERVICE_MAINTENANCE check --config TMP/maintenance --card CARD:adult --require-online
	REPLY_MALFORMED check --config TMP/malformed --card CARD:adult --require-online
	INTEGRITY batch --config CONF --resume --output TMP/damaged TMP/good
	DISK check --config CONF --card CARD:adult --trace-apdu TMP/none/apdu
	CONFIG check --no-card lost
	CLOCK check --config TMP/clock --card CARD:adult --pin-fd 5
	BATCH_ROWS help exit BATCH_ROWS
	MALFORMED check --config CONF --no-card lost --facts TMP/bad
	RULES check --config CONF --no-card lost --rules TMP/facts
	FORM_HELPER form statement --blank --output TMP/blank.pdf
	NOMEM help exit NOMEM
	INTERNAL help exit INTERNAL
	BUSY batch --config CONF TMP/busy
	PERMISSION check --config CONF --no-card lost --rules TMP/rules.json
	INTERRUPTED batch --config TMP/slow TMP/good
	END
}

# fault NAME FAULTS: TMP/NAME is the configuration of a desk whose service does that
fault() {
	faulty "$2"
	config
	mv "$CONF" "$BATS_TEST_TMPDIR/$1"
}

files() {
	local tmp=$BATS_TEST_TMPDIR
	echo '{"visit_date": "2026-11-22"}' >"$tmp/facts"
	echo '{"visit_date": "2026-13-22"}' >"$tmp/bad"
	cp "$ROOT/src/rules/rules.json" "$tmp/rules.json"
	chmod 600 "$tmp/facts"
	chmod 666 "$tmp/rules.json"
	printf '%s\n' patient_id,appointment,birthdate,insurer_number,symbol,number,branch \
	    1,2026-11-24,1980-02-17,06132013,12,345,00 | tee "$tmp/busy" >"$tmp/good"
	echo 0123456789abcdef {} >"$tmp/damaged.journal"
	derived adult "card['auth']['certificate'] = '$PKI/adult.sign.pem'" other
	mkdir "$tmp/alone"
	cp "$SHIKAKU" "$tmp/alone/shikaku"
	fault slow '[{"match": {}, "fault": "latency", "latency_ms": 5000}]'
	fault maintenance '[{"match": {}, "fault": "maintenance"}]'
	fault malformed '[{"match": {}, "fault": "not_json"}]'
	fault clock '[{"match": {}, "fault": "date_skew", "date_skew_seconds": -172800}]'
	desk
	exec 8<"$tmp/busy"
	flock -x 8
}

# screen CODE WORD...: what is seen; sets status and shown
screen() {
	local code=$1 word words=() program=("$SHIKAKU") socket=${PCSCLITE_CSOCK_NAME-}
	shift
	for word; do
		case $word in
		CONF) word=$CONF ;;
		CARD:*) word=$CARDS/${word#*:}.json ;;
		PKI:*) word=$PKI/${word#*:}.pem ;;
		TMP/*) word=$BATS_TEST_TMPDIR/${word#*/} ;;
		esac
		words+=("$word")
	done
	case $code in
	READER_HELPER | FORM_HELPER) program=("$BATS_TEST_TMPDIR/alone/shikaku") ;;
	INTERRUPTED) program=(timeout --foreground --preserve-status -s TERM 2 "$SHIKAKU") ;;
	PCSC_DOWN) socket=$BATS_TEST_TMPDIR/none ;;
	esac
	PCSCLITE_CSOCK_NAME=$socket timed "${program[@]}" "${words[@]}" 3<<<9999 4<<<12a4 5<<<1234
	# what is said goes to one of the two, never to both
	[ -z "$output" ] || [ -z "$stderr" ]
	shown=$output$stderr
}

# screens LANG: all of them, in the order of the table, the technician's reason left out
screens() {
	local code words want text
	export SHIKAKU_LANG=$1
	while read -r code words; do
		# shellcheck disable=SC2086
		screen "$code" $words
		echo "$code"
		if [[ $words = help* ]]; then
			echo "$shown"
		else
			sed 's|^  [^ -].*|  (the reason)|' <<<"$shown"
			read -r want _ text < <("$SHIKAKU" help exit "$code")
			[[ $status = "$want" && $shown = "shikaku: $text"* ]] || echo "not $code: ended with $status"
		fi
		echo
	done < <(cases)
}

@test "errors: every code of the table has its case here" {
	"$SHIKAKU" help exit | grep -oE '^ +[0-9]+  [A-Z_]{3,}' | awk '{ print $2 }' >"$BATS_TEST_TMPDIR/table"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -ge 30 ]
	cases | awk '{ print $1 }' | diff "$BATS_TEST_TMPDIR/table" -
}

@test "errors: a code without a next step does not compile" {
	local tmp=$BATS_TEST_TMPDIR/base
	mkdir "$tmp"
	cp "$ROOT/src/base/err.h" "$tmp"
	"${CC:-cc}" -std=c11 -I"$BATS_TEST_TMPDIR" -I"$ROOT/src" -fsyntax-only "$ROOT/src/cli/next.c"
	sed -i 's/^#define ERR_LIST(X).*/&\n\tX(UNHEARD_OF, 99, false, "-", "-") \\/' "$tmp/err.h"
	grep -q UNHEARD_OF "$tmp/err.h"
	run ! "${CC:-cc}" -std=c11 -I"$BATS_TEST_TMPDIR" -I"$ROOT/src" -fsyntax-only "$ROOT/src/cli/next.c"
	[[ $output = *NEXT_UNHEARD_OF* ]]
}

@test "errors: the screens in both languages, each with what can be done" {
	local lang got
	rig_start
	files
	for lang in ja en; do
		got=$BATS_TEST_TMPDIR/errors.$lang.txt
		screens $lang >"$got"
		[ "${GOLDEN-}" != write ] || cp "$got" "$ROOT/tests/golden/errors.$lang.txt"
		diff "$ROOT/tests/golden/errors.$lang.txt" "$got"
		"$PYTHON" "$ROOT/tests/rig/columns.py" <"$got"
		awk -v RS= '!/\n  -> / { print; bad = 1 } END { exit bad || NR < 30 }' "$got"
	done
}

@test "errors: the same steps in JSON" {
	local code
	timed "$SHIKAKU" help exit --json --lang ja
	"$PYTHON" - 3<<<"$output" <<-'PY'
	import json, os
	for s in json.load(os.fdopen(3))["statuses"]:
	    assert s["text"] and s["next"] and all(s["next"]), s
	PY
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none
	export PCSCLITE_CSOCK_NAME
	desk
	run_check pcsc --require-online
	shows 20 error=PCSC_DOWN
	code=$("$SHIKAKU" help exit PCSC_DOWN --json)
	"$PYTHON" - 3<<<"$output" 4<<<"$code" <<-'PY'
	import json, os
	assert json.load(os.fdopen(3))["error"]["next"] == json.load(os.fdopen(4))["statuses"][0]["next"]
	PY
}

@test "errors: the verdicts of check have their step too" {
	local code
	for code in 0 10 11 12; do
		shikaku help exit $code
		[[ ${output%%$'\n'*} = *" $code  "* && $output = *$'\n  -> '* ]]
	done
	shikaku help exit 19
	[ "$status" = 2 ]
	shikaku help exit NO_SUCH
	[ "$status" = 2 ]
}

@test "errors: every warning and follow-up, in both languages, with what can be done" {
	local lang got
	sed -nE '/^## Warnings/,/^\| follow-up/s/^\| `([a-z_]+)` \|.*/\1/p' "$ROOT/docs/decision.md" >"$BATS_TEST_TMPDIR/warnings"
	sed -nE '/^\| follow-up/,/^## Errors/s/^\| `([a-z_]+)` \|.*/\1/p' "$ROOT/docs/decision.md" >"$BATS_TEST_TMPDIR/steps"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/warnings")" -ge 20 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/steps")" -ge 10 ]
	for lang in ja en; do
		got=$BATS_TEST_TMPDIR/warnings.$lang.txt
		SHIKAKU_LANG=$lang "$SHIKAKU" help warnings >"$got"
		[ "${GOLDEN-}" != write ] || cp "$got" "$ROOT/tests/golden/warnings.$lang.txt"
		diff "$ROOT/tests/golden/warnings.$lang.txt" "$got"
		"$PYTHON" "$ROOT/tests/rig/columns.py" <"$got"
		# a follow-up is a step itself, and so is what to bring
		awk -v steps="$(tr '\n' ' ' <"$BATS_TEST_TMPDIR/steps")" '
		function ended() {
			if (code && !step && !bring && !index(" " steps, " " code " ")) { print code; bad = 1 }
			if (code && step && index(" " steps, " " code " ")) { print code; bad = 1 }
		}
		/^[a-z]/ { ended(); code = $1; step = bring = 0; n++ }
		/^  -> / { step = 1 }
		/^    batch bring: / { bring = 1 }
		END { ended(); exit bad || n < 50 }' "$got"
	done
	while read -r code; do
		shikaku help warnings "$code"
		[[ $status = 0 && $output = "$code"*$'\n  -> '* ]] || { echo "$code: $output"; false; }
	done <"$BATS_TEST_TMPDIR/warnings"
	shikaku help warnings no_such
	[ "$status" = 2 ]
}

# --- whatever is printed -----------------------------------------------------

# The words of every command, subcommand and topic.
commands() {
	local name
	for name in $(SHIKAKU_LANG=en "$SHIKAKU" help | sed -n '3,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'); do
		echo "$name"
		SHIKAKU_LANG=en "$SHIKAKU" "$name" --help | awk -v RS= 'NR == 3' | sed -n "s/^  \([a-z][a-z]*\) .*/$name \1/p"
	done
}

@test "help: every screen fits 80 columns, in both languages, and has two to four examples" {
	local words lang n=0
	while read -r words; do
		for lang in ja en; do
			# shellcheck disable=SC2086
			timed "$SHIKAKU" $words --help --lang $lang
			[[ $status = 0 && -z $stderr ]]
			echo "$output" >>"$BATS_TEST_TMPDIR/screens"
			grep -c '^      [^ ]' <<<"$output" | grep -qx '[234]' || { echo "examples of $words"; false; }
			# shellcheck disable=SC2086
			[ "$("$SHIKAKU" $words -h --lang $lang)" = "$output" ]
		done
		n=$((n + 1))
	done < <(commands)
	[ "$n" -ge 14 ]
	for lang in ja en; do
		for words in "" exit; do
			# shellcheck disable=SC2086
			SHIKAKU_LANG=$lang "$SHIKAKU" help $words >>"$BATS_TEST_TMPDIR/screens"
		done
	done
	"$PYTHON" "$ROOT/tests/rig/columns.py" <"$BATS_TEST_TMPDIR/screens"
}

@test "help: the examples are lines that the program takes" {
	local words line rest n=0
	while read -r words; do
		while IFS= read -r line; do
			rest=${line#*shikaku }
			[[ $rest = "$words" || $rest = "$words "* ]] || { echo "under $words: $line"; false; }
			rest=${rest%% | *}
			rest=${rest%% [0-9]<*}
			rest=${rest%% >*}
			rest=${rest%)}
			# shellcheck disable=SC2086
			"$SHIKAKU" $rest --help >"$BATS_TEST_TMPDIR/out" || { echo "$line"; false; }
			n=$((n + 1))
		done < <("$SHIKAKU" ${words:?} --help | sed -n 's/^      \([^ ]\)/\1/p')
	done < <(commands)
	[ "$n" -ge 30 ]
}

@test "help: what is typed comes back without control characters" {
	local evil=$'\e[2J\x07\u202e'
	for words in "$evil" "check --$evil" "help exit $evil" "help warnings $evil" "rules $evil" "help completion $evil" "check --auth $evil"; do
		# shellcheck disable=SC2086
		shikaku $words
		[ "$status" = 2 ]
		[ -z "$output" ]
		"$PYTHON" "$ROOT/tests/rig/columns.py" <<<"$stderr"
	done
}

@test "help: a reader that has seen enough is no failure" {
	timed bash -c '"$0" help warnings | true; exit ${PIPESTATUS[0]}' "$SHIKAKU"
	[[ $status = 0 && -z $stderr ]]
}

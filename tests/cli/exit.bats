#!/usr/bin/env bats
# Every command, every outcome: the documented exit status, and no other.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# One line a case: status, what is told apart, arguments. Only words without spaces in them;
# CONF, CARD:name, TMP, FACTS:name and LIST:name stand for files.
cases() {
	cat <<-'END'
	0 version --version
	0 help --help
	0 help help
	0 help-check help check
	0 help-decide help decide
	0 help-exit help exit
	0 help-warnings help warnings
	0 option-help check --help
	0 option-help decide --help
	0 option-version decide --version
	2 no-such-command frobnicate
	2 no-such-help help frobnicate
	2 no-such-option check --frobnicate
	2 no-such-option decide --frobnicate
	2 option-twice check --config CONF --config CONF
	2 operand check CONF
	2 card-and-none check --config CONF --no-card lost --card CARD:adult
	2 two-files decide FACTS:valid FACTS:valid
	0 insured check --config CONF --card CARD:adult --auth visual
	0 insured decide FACTS:valid
	0 need decide FACTS:need
	0 self-pay decide FACTS:valid --assume-none
	10 self-pay check --config CONF --no-card lost --assume-none
	11 need check --config CONF --no-card lost
	11 service-down check --config CONF --card CARD:adult --service https://localhost:1
	12 refer check --config CONF --no-card lost --date 2024-01-01
	20 no-pcscd check --config CONF --require-online
	20 mute check --config CONF --card CARD:adult.mute --require-online --timeout 1
	21 removed check --config CONF --card CARD:adult.removed-mid-read --require-online
	22 no-pin check --config CONF --card CARD:adult --require-online
	22 wrong-pin check --config CONF --card CARD:adult --require-online --pin-fd 3
	23 blocked check --config CONF --card CARD:adult.blocked --require-online
	23 last-try check --config CONF --card CARD:adult.one-try --require-online
	24 another-card check --config CONF --card CARD:juki --require-online
	24 unreadable check --config CONF --card CARD:adult.read-truncated --require-online
	30 unreachable check --config CONF --card CARD:adult --require-online --service https://localhost:1
	31 another-service check --config CONF --card CARD:adult --require-online --ca PKI:rogue-ca
	32 refused check --config CONF --card CARD:revoked --require-online --auth visual
	33 malformed check --config TMP/bad.conf --card CARD:adult --require-online
	41 log-not-writable check --config CONF --card CARD:adult --trace-apdu TMP/none/apdu
	50 no-configuration check --no-card lost
	50 configuration-missing check --config TMP/none --no-card lost
	50 configuration-wrong check --config CARD:adult --no-card lost
	65 facts-malformed check --config CONF --no-card lost --facts FACTS:malformed
	65 facts-malformed decide FACTS:malformed
	65 some-malformed decide FACTS:mixed
	50 no-such-facts check --config CONF --no-card lost --facts TMP/none
	50 no-such-file decide TMP/none
	65 no-rules check --config CONF --no-card lost --rules FACTS:valid
	77 rules-writable check --config CONF --no-card lost --rules TMP/rules.json
	0 option-help watch --help
	2 operand watch CONF
	2 clear-after watch --config CONF --clear-after 0
	50 no-configuration watch
	50 no-key watch --config CONF --client-key TMP/none
	65 no-rules watch --config CONF --rules FACTS:valid
	77 rules-writable watch --config CONF --rules TMP/rules.json
	0 option-help batch --help
	2 no-list batch --config CONF
	2 resume-without-output batch --config CONF --resume LIST:good
	0 all-rows batch --config CONF LIST:good
	60 some-rows batch --config CONF LIST:some
	60 malformed batch --config TMP/bad.conf LIST:good
	31 another-service batch --config CONF --ca PKI:rogue-ca LIST:good
	32 another-clinic batch --config CONF --client-cert PKI:clinic-rogue --client-key PKI:clinic-rogue LIST:good
	40 journal-damaged batch --config CONF --resume --output TMP/damaged LIST:good
	41 output-not-writable batch --config CONF --output TMP/none/out LIST:good
	50 offline batch --config CONF --service offline LIST:good
	50 no-such-list batch --config CONF TMP/none
	65 no-header batch --config CONF LIST:headless
	77 list-in-use batch --config CONF LIST:busy
	2 override-none-of-them check --config CONF --no-card lost --override 25 --reason because
	2 no-such-why check --config CONF --no-card stolen
	0 end-of-input drill
	0 one-situation drill --situation SIT-07
	0 list drill --list
	0 poster drill --poster --format csv
	0 option-help drill --help
	2 operand drill SIT-07
	2 no-such-situation drill --situation SIT-99
	2 no-such-format drill --poster --format html
	50 no-such-rules drill --rules TMP/none
	65 no-rules drill --rules FACTS:valid
	77 rules-writable drill --rules TMP/rules.json
	20 no-pcscd doctor --config CONF
	20 no-pcscd-first doctor
	0 option-help doctor --help
	2 operand doctor CONF
	2 timeout doctor --timeout 0
	0 blank form statement --blank --text --output TMP/blank
	0 facts form statement --facts FACTS:valid --text --output TMP/filled
	0 to-standard-output form statement --blank --text --output -
	0 drawn form statement --blank --output TMP/blank.pdf
	0 option-help form statement --help
	2 no-subcommand form
	2 no-such-subcommand form frobnicate
	2 no-output form statement --blank
	2 neither-facts-nor-blank form statement --output TMP/blank
	2 facts-and-blank form statement --facts FACTS:valid --blank --output TMP/blank
	41 not-writable form statement --blank --text --output TMP/none/blank
	50 no-such-facts form statement --facts TMP/none --text --output TMP/blank
	50 configuration-wrong form statement --config CARD:adult --blank --text --output TMP/blank
	65 facts-malformed form statement --facts FACTS:malformed --text --output TMP/blank
	65 no-rules form statement --blank --rules FACTS:valid --text --output TMP/blank
	77 rules-writable form statement --blank --rules TMP/rules.json --text --output TMP/blank
	2 no-subcommand rules
	2 no-such-subcommand rules frobnicate
	0 list rules list
	0 graph rules graph
	0 show rules show FLOW-1
	2 no-such-rule rules show FLOW-99
	2 one-file rules diff TMP/rules.json
	77 rules-writable rules list --rules TMP/rules.json
	65 no-rules rules list --rules FACTS:valid
	50 no-such-rules rules list --rules TMP/none
	2 no-such-status help exit 19
	2 no-such-warning help warnings frobnicate
	2 no-such-shell help completion tcsh
	0 completion help completion bash
	END
}

# The files that the cases name.
files() {
	echo '{"visit_date": "2026-11-22", "birthdate": "1980-02-17", "card": {"medium": "card", "read": "ok", "identity": "pin"}, "online": {"outcome": "answered", "by": "card", "QualificationValidity": "1", "results": [{"InsurerNumber": "06132013"}]}}' >"$BATS_TEST_TMPDIR/valid"
	echo '{"visit_date": "2026-11-22"}' >"$BATS_TEST_TMPDIR/need"
	echo '{"visit_date": "2026-13-22"}' >"$BATS_TEST_TMPDIR/malformed"
	cat "$BATS_TEST_TMPDIR/valid" "$BATS_TEST_TMPDIR/malformed" >"$BATS_TEST_TMPDIR/mixed"
	cp "$ROOT/src/rules/rules.json" "$BATS_TEST_TMPDIR/rules.json"
	chmod 666 "$BATS_TEST_TMPDIR/rules.json"
	chmod 600 "$BATS_TEST_TMPDIR/valid"
	printf '%s\n' patient_id,appointment,birthdate,insurer_number,symbol,number,branch \
	    1,2026-11-24,1980-02-17,06132013,12,345,00 | tee "$BATS_TEST_TMPDIR/busy" >"$BATS_TEST_TMPDIR/good"
	{ cat "$BATS_TEST_TMPDIR/good"; echo 2,2026-11-31,1980-02-17,06132013,12,345,00; } >"$BATS_TEST_TMPDIR/some"
	echo 1,2026-11-24,1980-02-17,06132013,12,345,00 >"$BATS_TEST_TMPDIR/headless"
	echo 0123456789abcdef {} >"$BATS_TEST_TMPDIR/damaged.journal"
	faulty '[{"match": {}, "fault": "not_json"}]'
	config
	mv "$CONF" "$BATS_TEST_TMPDIR/bad.conf"
	desk
}

# case STATUS WORD...: runs it in JSON and as text; both end with STATUS
case_ends() {
	local want=$1 word words=()
	shift
	for word; do
		case $word in
		CONF) word=$CONF ;;
		CARD:*) word=$CARDS/${word#*:}.json ;;
		PKI:*)
			# the key of --client-key
			[ "${words[-1]}" = --client-key ] && word=$PKI/${word#*:}.key || word=$PKI/${word#*:}.pem
			;;
		FACTS:* | LIST:*) word=$BATS_TEST_TMPDIR/${word#*:} ;;
		TMP/*) word=$BATS_TEST_TMPDIR/${word#*/} ;;
		esac
		words+=("$word")
	done
	timed "$SHIKAKU" "${words[@]}" 3<<<9999
	checked
	shows "$want"
	case $1 in
	check) ;;
	# their success, or what they found, is an object of their own
	batch | drill | form | rules | help | frobnicate) [ "$want" != 0 ] && [ "$want" != 60 ] || return 0 ;;
	*) return 0 ;;
	esac
	[[ $* != *--help* ]] || return 0
	timed "$SHIKAKU" "${words[@]}" --json 3<<<9999
	checked
	shows "$want"
	case $want in
	0 | 10 | 11 | 12) [ -n "$outcome" ] ;;
	*) shows "$want" verdict=error "exit=$want" ;;
	esac
}

@test "exit: every command and outcome, as documented" {
	local want name rest
	export PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none
	files
	exec 8<"$BATS_TEST_TMPDIR/busy"
	flock -x 8
	while read -r want name rest; do
		echo "case $name: $rest"
		# shellcheck disable=SC2086
		case_ends "$want" $rest
	done < <(cases)
	echo "case no command"
	case_ends 2
}

# Statuses that belong to what is not built yet, or to what no test can order.
beyond() { echo 70; }

@test "exit: the table in help is the table of these tests" {
	shikaku help exit
	diff <(awk '{ print $1 }' <<<"$output" | sort -nu) \
	    <({ cases | awk '{ print $1 }'; beyond; echo 130; } | sort -nu)
}

@test "exit: interrupted" {
	local pid
	mock --latency 3000
	config
	# a job of its own, so that SIGINT is not ignored
	"$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" 3>&- \
	    <<<$'expect 読んで\npause 300\npress C' >"$BATS_TEST_TMPDIR/out" || status=$?
	[ "$status" = 130 ]
}

@test "exit: what a reader of the output does not take" {
	desk
	timed sh -c '"$@" | true' sh "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --auth visual
	[ "$status" = 0 ]
	timed sh -c '"$@" >/dev/full' sh "$SHIKAKU" help
	[ "$status" = 41 ]
	echo '{"visit_date":"2026-11-22"}' >"$BATS_TEST_TMPDIR/facts"
	timed sh -c '"$@" >/dev/full' sh "$SHIKAKU" decide "$BATS_TEST_TMPDIR/facts"
	[ "$status" = 41 ]
}

# The next file that is opened would be the standard output.
@test "exit: standard streams that are closed" {
	local log=$BATS_TEST_TMPDIR/apdu
	desk
	timed sh -c '"$@" >&-' sh "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --auth visual --trace-apdu "$log"
	[ "$status" = 41 ]
	run ! grep -q '【' "$log"
	timed sh -c '"$@" >&-' sh "$SHIKAKU" card list --config "$CONF" --card "$CARDS/adult.json"
	[ "$status" = 41 ]
	timed sh -c '"$@" <&- 2>&-' sh "$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --auth visual
	[ "$status" = 0 ]
	[[ $output = *【3割】* ]]
}

@test "exit: while the service is still being asked, nothing crashes" {
	local i
	mock --latency 40
	config
	for i in {1..25}; do
		PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none shikaku check --config "$CONF" --json --assume-none
		[ "$status" = 10 ] || { echo "run $i: status $status"; return 1; }
	done
}

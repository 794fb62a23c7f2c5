#!/usr/bin/env bats
# shikaku check: configuration, options, rules and facts given by hand.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

@test "check: configuration errors name file and line" {
	local line
	URL=offline
	while IFS= read -r line; do
		config
		printf '%s\n' "$line" >>"$CONF"
		shikaku check --config "$CONF" --json --no-card lost
		echo "line $line: $output"
		shows 50 error=CONFIG
		[[ $output = *"$CONF:$(wc -l <"$CONF"):"* ]]
		shikaku check --config "$CONF" --no-card lost
		[ "$status" = 50 ]
		[ -z "$output" ]
		[[ $stderr = *"$CONF:$(wc -l <"$CONF"):"* ]]
	done <<-END
		serivce = offline
		service = offline
		timeout = soon
		mode
		[desk]
		accept_statement = maybe
		no-input = perhaps
		pin = 1234
		rules = /long/$(printf "%0200d" 0)
	END
	config "mode = rehearsal"
	shikaku check --config "$CONF" --json --no-card lost
	shows 50 error=CONFIG
	shikaku check --config "$BATS_TEST_TMPDIR/none" --json --no-card lost
	shows 50 error=CONFIG
	[[ $output = *"$BATS_TEST_TMPDIR/none"* ]]
}

@test "check: the configuration is found, options go before it" {
	URL=offline
	config
	mkdir -p "$BATS_TEST_TMPDIR/shikaku"
	cp "$CONF" "$BATS_TEST_TMPDIR/shikaku/shikaku.conf"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR shikaku check --json --no-card lost
	shows 11
	config "timeout = 0" "limit-consent = yes"
	shikaku check --config "$CONF" --json --no-card lost --visit first --assume-none --timeout 7
	shows 10 warnings=-
}

@test "check: what is of one patient is no configuration; its reader is no card of one who has none" {
	local line words
	URL=offline
	config "reader = Sony"
	shikaku check --config "$CONF" --json --no-card forgotten
	shows 11
	config "card = $CARDS/adult.json"
	shikaku check --config "$CONF" --json --no-card forgotten
	shows 11 medium=none
	shikaku check --config "$CONF" --no-card forgotten --reader Sony
	[ "$status" = 2 ]
	# a card by file is none of a reader that was asked for
	shikaku check --config "$CONF" --json --reader Sony --timeout 1 --require-online
	shows 20
	for line in "birthdate = 1950-01-01" "date = 2026-07-01" "no-card = lost" "facts = none.json" "reason = x" \
	    "patient = 1" "register = yes" "override = 30" "visit = first" "assume-none = yes" "points = 100"; do
		config "$line"
		for words in check "check --patient 2 --visit first --birthdate 1950-01-01"; do
			# shellcheck disable=SC2086
			shikaku $words --config "$CONF" --card "$CARDS/adult.json"
			[ "$status" = 50 ]
			[[ $stderr = *"$CONF:"[0-9]*": decided anew for each patient, not here: ${line%% *}"* ]]
		done
	done
}

@test "check: missing certificates, keys and anchors are configuration" {
	local line
	mock
	# a line that ends in " = NONE" takes the key out
	while IFS= read -r line; do
		config "${line%NONE}"
		echo "line $line"
		run_check adult
		shows 50 error=CONFIG
	done <<-END
		client-cert = NONE
		client-key = NONE
		ca = NONE
		client-cert = $BATS_TEST_TMPDIR/none
		ca = $BATS_TEST_TMPDIR/none
		card-ca = $BATS_TEST_TMPDIR/none
		card-ca = $CARDS/adult.json
		client-key = $PKI/clinic-other.key
		service = http://localhost:1
		service = localhost
	END
	cp "$PKI/clinic.key" "$BATS_TEST_TMPDIR/open.key"
	chmod 644 "$BATS_TEST_TMPDIR/open.key"
	config "client-key = $BATS_TEST_TMPDIR/open.key"
	run_check adult
	shows 50 error=CONFIG
}

@test "check: usage errors" {
	local arguments
	URL=offline
	config
	while read -r arguments; do
		echo "arguments $arguments"
		# shellcheck disable=SC2086
		shikaku check --json --config "$CONF" --no-card lost $arguments
		shows 2 error=USAGE
	done <<-END
		--colour
		-x
		adult.json
		--visit first --visit return
		--visit second
		--date 2026-02-30
		--date yesterday
		--birthdate 31.12.1980
		--birthdate 2199-01-01
		--date 2026-11-22 --birthdate 2026-11-23
		--auth face
		--limit-consent perhaps
		--no-card
		--no-card broken
		--timeout 0
		--timeout 601
		--timeout 1.5
		--timeout -1
		--pin-fd x
		--points 99999999999
		--assume-none=yes
		--lang de
		--pin 1234
	END
}

@test "check: other rules, rules that others can write, rules that are none" {
	URL=offline
	config
	cp "$ROOT/src/rules/rules.json" "$BATS_TEST_TMPDIR/rules.json"
	chmod 644 "$BATS_TEST_TMPDIR/rules.json"
	shikaku check --config "$CONF" --json --no-card lost --rules "$BATS_TEST_TMPDIR/rules.json"
	shows 11
	chmod 646 "$BATS_TEST_TMPDIR/rules.json"
	shikaku check --config "$CONF" --json --no-card lost --rules "$BATS_TEST_TMPDIR/rules.json"
	shows 77 error=PERMISSION
	echo '{"format": "shikaku-rules/1"}' >"$BATS_TEST_TMPDIR/few.json"
	chmod 600 "$BATS_TEST_TMPDIR/few.json"
	shikaku check --config "$CONF" --json --no-card lost --rules "$BATS_TEST_TMPDIR/few.json"
	shows 65 error=RULES
}

@test "check: facts that are none" {
	local text
	URL=offline
	config
	while IFS= read -r text; do
		facts "$text"
		echo "facts $text"
		shikaku check --config "$CONF" --json --no-card lost --facts "$BATS_TEST_TMPDIR/facts.json"
		shows 65 error=MALFORMED
	done <<-'END'
		{
		[]
		{"vsit": "first"}
		{"visit": "second"}
		{"birthdate": "1980-02-30"}
		{"visit": "first", "visit": "first"}
		{"copay_percent": "30"}

	END
}

@test "check: an error is an object with --json, a text without" {
	shikaku check --json --no-card lost
	shows 50 error=CONFIG retryable=false
	[ -z "$stderr" ]
	shikaku check --no-card lost
	[ "$status" = 50 ]
	[ -z "$output" ]
	[ -n "$stderr" ]
}

@test "check: --help, --version" {
	local option
	shikaku check --help
	[ "$status" = 0 ]
	for option in reader card no-card pin-fd last-try require-online trace-apdu json config; do
		[[ $output = *"--$option"* ]]
	done
	shikaku check --version
	[ "$status" = 0 ]
	[[ $output = "shikaku "* ]]
}

@test "check: Japanese unless asked otherwise" {
	desk
	run_text adult
	[[ $output = *保険扱い* ]]
	run_text adult --lang en
	[[ $output = *insured* ]]
	SHIKAKU_LANG=en run_text adult
	[[ $output = *insured* ]]
	SHIKAKU_LANG=en run_text adult --lang ja
	[[ $output = *保険扱い* ]]
	LC_ALL=en_US.UTF-8 run_text adult
	[[ $output = *insured* ]]
	LC_ALL=ja_JP.UTF-8 run_text adult
	[[ $output = *保険扱い* ]]
}

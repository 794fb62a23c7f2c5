#!/usr/bin/env bats
# shikaku batch as a clerk and as a script meets it: the invented morning of 2026-11-24, and what can go wrong.
# morning.bats has what comes of each row; tests/batch-chaos has crashes and --resume.

bats_require_minimum_version 1.5.0
load helper

export MOCK_PEOPLE=$ROOT/fixtures/people-morning.json

setup_file() {
	fixtures
	# a list is worked on by one run at a time, and these tests run twice side by side
	cp -r "$ROOT/fixtures/lists" "$BATS_FILE_TMPDIR"
	export LISTS=$BATS_FILE_TMPDIR/lists
	{
		PEOPLE=$MOCK_PEOPLE secrets
		tail -n +2 "$LISTS/morning.csv" | cut -d, -f3,4 | tr ',' '\n' | grep .
	} | sort -u >"$BATS_FILE_TMPDIR/names"
}
setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() {
	[ -z "${JOB-}" ] || kill "$JOB" 2>/dev/null || :
	mock_stop
}

# quiet_about_people: no name on standard error, and a documented status
quiet_about_people() {
	echo "status $status, $took ms: $stderr"
	[[ $DOCUMENTED = *" $status "* ]]
	! grep -qFf "$BATS_FILE_TMPDIR/names" "$BATS_TEST_TMPDIR/stderr" || { echo "a name"; return 1; }
}

# batch [OPTION]... LIST: a run; sets output, stderr, status and took.
batch() {
	timed "$SHIKAKU" batch --config "$CONF" "$@" 3>&-
	quiet_about_people
}

# golden NAME FILE: that file is the one in tests/golden; GOLDEN=write makes it so.
golden() {
	[ "${GOLDEN-}" != write ] || cp "$2" "$ROOT/tests/golden/$1"
	diff -u "$ROOT/tests/golden/$1" "$2"
}

# asked: how many requests for an eligibility came to the last mock
asked() { grep -c ' /v1/qualification/number ' "$BATS_TEST_TMPDIR/mock.$((${#MOCKS[@]} - 1)).log" || :; }

# good_list N: a list of N rows, all of the same person, valid
good_list() {
	awk -v n="$1" 'BEGIN {
	print "patient_id,appointment,birthdate,insurer_number,symbol,number,branch"
	for (i = 1; i <= n; i++) printf "%d,2026-11-24 9:00,1975-04-12,06132013,12,1001,00\n", i }'
}

# verdicts FILE: of NDJSON, what was decided, without the list's own spelling
verdicts() {
	"$PYTHON" - "$1" <<-'PY'
	import json, sys
	for r in map(json.loads, open(sys.argv[1], encoding="utf-8")):
	    notes = [[(n["code"], n.get("until")) for n in r[k]] for k in ("bring", "warnings")]
	    print(r["patient_id"], r["status"], r["copay_percent"], r["path"], r["retryable"],
	          [(c["field"], c["answer"]) for c in r["changes"]], *notes)
	PY
}

# --- what comes out --------------------------------------------------------------------------

@test "batch: CSV, on standard output and in a file" {
	desk
	batch "$LISTS/morning.csv"
	[ "$status" = 60 ]
	printf '%s\n' "$output" >out
	golden batch.csv out
	umask 0
	batch -o file.csv "$LISTS/morning.csv"
	[ "$status" = 60 ]
	[ -z "$output" ]
	diff file.csv out
	[ "$(stat -c %a file.csv)" = 600 ]
	[ ! -e file.csv.journal ]
	# a file that is there loses its mode and what it held
	printf '%09999d' 0 >old.csv
	chmod 644 old.csv
	batch -o old.csv "$LISTS/morning.csv"
	diff old.csv out
	[ "$(stat -c %a old.csv)" = 600 ]
}

@test "batch: for Excel, in both languages" {
	local lang
	desk
	for lang in ja en; do
		batch --excel --lang $lang -o excel "$LISTS/morning.csv"
		[ "$status" = 60 ]
		golden "batch-excel.$lang.csv" excel
		[ "$(head -c 3 excel | od -An -tx1)" = " ef bb bf" ]
		# every line end that is no cell's is CRLF
		"$PYTHON" - excel <<-'PY'
		import csv, sys
		text = open(sys.argv[1], encoding="utf-8-sig", newline="").read()
		rows = list(csv.reader(text.splitlines(keepends=True)))
		assert len(rows) == 27 and {len(r) for r in rows} == {9}, rows
		assert text.count("\r\n") >= 27 and text.endswith("\r\n")
		PY
	done
}

@test "batch: NDJSON, in both languages" {
	local lang
	desk
	for lang in ja en; do
		batch --lang $lang -o out.ndjson "$LISTS/morning.ndjson"
		[ "$status" = 60 ]
		golden "batch.$lang.ndjson" out.ndjson
	done
	verdicts out.ndjson | wc -l | grep -qx 26
}

@test "batch: every form of the list comes to the same verdicts" {
	local list
	desk
	for list in morning.csv morning-excel.csv morning.ndjson; do
		batch -o $list.ndjson "$LISTS/$list"
		verdicts $list.ndjson >$list.verdicts
		[ "$(wc -l <$list.verdicts)" = 26 ]
		diff morning.csv.verdicts $list.verdicts
	done
}

@test "batch: the form is the option's, else the output's, else the list's" {
	desk
	good_list 1 >list.csv
	echo '{"patient_id":"1","appointment":"2026-11-24","birthdate":"1975-04-12","insurer_number":"06132013","symbol":"12","number":"1001"}' >list.ndjson
	batch list.csv
	[ "${output:0:10}" = patient_id ]
	batch list.ndjson
	[ "${output:0:1}" = "{" ]
	batch --format ndjson list.csv
	[ "${output:0:1}" = "{" ]
	batch -o out.CSV list.ndjson
	[ "$(head -c 10 out.CSV)" = patient_id ]
	batch -o out.jsonl list.csv
	[ "$(head -c 1 out.jsonl)" = "{" ]
	batch --format csv -o out.ndjson list.ndjson
	[ "$(head -c 10 out.ndjson)" = patient_id ]
	batch --excel -o out list.ndjson
	[ "$(head -c 13 out)" = $'\xef\xbb\xbfpatient_id' ]
}

@test "batch: what a program writes as JSON is carried through as it was" {
	desk
	printf '%s\n' '{"patient_id":"1","appointment":"2026-11-24","birthdate":"1975-04-12","insurer_number":"06132013","symbol":"12","number":"1001","\u5099\u8003":"\u5c71\n","big":12345678901234567890123,"in":[-9223372036854775809,1.50]}' >list.ndjson
	batch list.ndjson
	[[ $output = *'"retryable":false,"備考":"山\u000a","big":12345678901234567890123,"in":[-9223372036854775809,1.50]}' ]]
	batch --format csv list.ndjson
	[[ $output = *'12345678901234567890123'*'[-9223372036854775809,1.50]'* ]]
}

@test "batch: from a pipe, of unknown length and in pieces" {
	desk
	batch "$LISTS/morning.csv"
	printf '%s\n' "$output" >want
	timed sh -c 'cat "$0" | "$@"' "$LISTS/morning.csv" "$SHIKAKU" batch --config "$CONF" -
	quiet_about_people
	[ "$status" = 60 ]
	diff want <(printf '%s\n' "$output")
	timed sh -c '{ head -c 700; sleep 0.3; cat; } <"$0" | "$@"' "$LISTS/morning.csv" \
	    "$SHIKAKU" batch --config "$CONF" -o out.csv -
	quiet_about_people
	diff want out.csv
}

@test "batch: half a row in a pipe holds up no answer" {
	local i
	desk
	mkfifo pipe
	"$SHIKAKU" batch --config "$CONF" -o out.csv - <pipe 2>err 3>&- &
	JOB=$!
	exec 5>pipe
	# filler that is not asked about: a pipe is read in large pieces at first
	{
		good_list 0
		awk 'BEGIN { for (i = 0; i < 450; i++) printf "x%d,2026-11-24 9:00,1975-04-12,06132013,12,,%0300d\n", i, 0 }'
		good_list 1 | tail -1
		printf '\n1,2026-11-24 9:00,19'
	} >&5
	for ((i = 0; i < 200; i++)); do
		! tail -1 out.csv | grep -q ^1,valid || break
		sleep 0.05
	done
	((i < 200))
	echo 75-04-12,06132013,12,1001,00 >&5
	# nor does half a line that is too long for a row
	{
		good_list 1 | tail -1
		printf '1,2026-11-24 9:00,%0140000d' 0
	} >&5
	for ((i = 0; i < 200; i++)); do
		[ "$(grep -c ^1,valid out.csv)" != 3 ] || break
		sleep 0.05
	done
	((i < 200))
	echo >&5
	exec 5>&-
	status=0
	wait "$JOB" || status=$?
	JOB=
	[ "$status" = 60 ]
	[ "$(grep -c ^1,valid out.csv)" = 3 ]
}

@test "batch: a reader that has seen enough" {
	desk
	good_list 20000 >list.csv
	timed bash -c '"$@" | head -2; exit ${PIPESTATUS[0]}' bash "$SHIKAKU" batch --config "$CONF" list.csv
	quiet_about_people
	[ "$status" = 41 ]
	[ "$(wc -l <<<"$output")" = 2 ]
	[[ $stderr = *"standard output"* ]]
}

@test "batch: the disk is full, the output can not be made" {
	desk
	batch -o /dev/full "$LISTS/morning.csv"
	[ "$status" = 41 ]
	timed sh -c '"$@" >/dev/full' sh "$SHIKAKU" batch --config "$CONF" "$LISTS/morning.csv"
	quiet_about_people
	[ "$status" = 41 ]
	batch -o none/out.csv "$LISTS/morning.csv"
	[ "$status" = 41 ]
	[[ $stderr = *none/out.csv* ]]
}

@test "batch: a report that can not be written is noticed before anything is asked" {
	desk
	batch --report none/report.html "$LISTS/morning.csv"
	[ "$status" = 41 ]
	[[ $stderr = *none/report.html* ]]
	[ "$(asked)" = 0 ]
	batch --report report.html -o out.csv "$LISTS/morning.csv"
	[ "$status" = 60 ]
	[ "$(stat -c %a report.html)" = 600 ]
	grep -q '^<!DOCTYPE html>' report.html

}

# --- what is said while it runs --------------------------------------------------------------

# said [FILE]: what stands on standard error, without what time makes of it
said() { sed -E 's/[0-9]+\.[0-9](秒| s)/N\1/' "$BATS_TEST_TMPDIR/stderr"; }

@test "batch: the summary, in both languages; nothing with --quiet" {
	local lang
	desk
	for lang in ja en; do
		batch --lang $lang -o out.csv "$LISTS/morning.csv"
		said >"said.$lang"
		golden "batch-summary.$lang.txt" "said.$lang"
	done
	batch --quiet -o out.csv "$LISTS/morning.csv"
	[ "$status" = 60 ]
	[ -z "$stderr" ]
	good_list 2 | sed 's/2026-11-24/2026-11-31/' >bad.csv
	batch --lang en bad.csv
	[[ $stderr = "line 2: "*"line 3: "*"2 rows: error 2. changes 0, "* ]]
}

@test "batch: plain lines where there is no terminal" {
	local n
	mock --latency 150
	config
	batch --progress 1 --max-parallel 2 -o out.csv "$LISTS/morning.csv"
	n=$(wc -l <"$BATS_TEST_TMPDIR/stderr")
	[ "$n" -ge 2 ] && [ "$n" -le 5 ]
	head -1 "$BATS_TEST_TMPDIR/stderr" |
	    grep -qE '^\[#+-*\] +[0-9]+%  [0-9]+行/秒  残り0:[0-9]+  [0-9]+行: 有効 [0-9]+'
	run ! grep -q $'\r' "$BATS_TEST_TMPDIR/stderr"
	batch --quiet --progress 1 --max-parallel 2 -o out.csv "$LISTS/morning.csv"
	[ -z "$stderr" ]
}

# on_terminal ARGUMENT... <SCRIPT: batch with a person before it; sets ended and output.
on_terminal() {
	ended=0
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" batch --config "$CONF" "$@" 3>&-) || ended=$?
	echo "$output"
	echo "ended $ended"
	! grep -qFf "$BATS_FILE_TMPDIR/names" <<<"$output" || { echo "a name"; return 1; }
}

@test "batch: the bar on a terminal is one line, redrawn, and gone at the end" {
	mock --latency 400
	config
	on_terminal --lang en --max-parallel 3 -o out.csv "$LISTS/morning.csv" <<-END
		expect [#
		expect rows: valid
		expect rows/s
		expect left
		expect 26 rows: valid 19
	END
	[ "$ended" = 60 ]
	"$PYTHON" - "$output" <<-'PY'
	import re, sys
	shown = sys.argv[1].replace("\r\n", "\n")
	# the bad row has a line of its own, above the bar
	shown, told = re.subn("\r\x1b\\[Kline 23: appointment is not a date\n", "", shown)
	assert told == 1, shown
	frames, summary = shown.rsplit("\r\x1b[K", 1)
	frames = frames.split("\r")
	assert frames[0] == "" and len(frames) > 3, frames
	for f in frames[1:]:
	    assert f.endswith("\x1b[K") and "\n" not in f and len(f) - 3 < 80, f
	    assert re.match(r"\[#*-*\] +\d+%  (\d+ rows/s  (\d+:\d\d left  )?)?\d+ rows", f), f
	percents = [int(re.search(r"(\d+)%", f)[1]) for f in frames[1:]]
	assert percents == sorted(percents) and percents[0] < 50, percents
	assert summary.startswith("26 rows: valid 19, "), summary
	PY
}

@test "batch: the bar fits a narrow terminal, Japanese too" {
	mock --latency 300
	config
	cat >narrow <<-'PY'
	import fcntl, os, struct, sys, termios
	fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
	os.execv(sys.argv[1], sys.argv[1:])
	PY
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$PYTHON" narrow "$SHIKAKU" batch --config "$CONF" \
	    --lang ja --max-parallel 3 -o out.csv "$LISTS/morning.csv" 3>&- <<<'expect 26行') || [ $? = 60 ]
	"$PYTHON" - "$output" <<-'PY'
	import sys, unicodedata
	frames = sys.argv[1].rsplit("\r\x1b[K", 1)[0].split("\r")[1:]
	assert len(frames) > 2, frames
	wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in f[:-3]) for f in frames]
	assert max(wide) < 40 and max(wide) > 30, wide
	PY
}

# --- exit statuses ---------------------------------------------------------------------------

@test "batch: 0 when every row was answered, whatever the answer" {
	desk
	good_list 3 >list.csv
	# nothing under that number is an answer, too
	echo '4,2026-11-24,1975-04-12,06132013,12,99999,00' >>list.csv
	batch list.csv
	[ "$status" = 0 ]
	[[ $output = *$'\n4,not_found,'* ]]
}

@test "batch: usage" {
	local arguments
	desk
	good_list 1 >list.csv
	while read -r arguments; do
		echo "arguments $arguments"
		# shellcheck disable=SC2086
		batch $arguments
		[ "$status" = 2 ]
		[ -z "$output" ]
	done <<-END

		list.csv list.csv
		--frobnicate list.csv
		--mode both list.csv
		--mode list.csv
		--format xml list.csv
		--resume list.csv
		--max-parallel 0 list.csv
		--max-parallel 17 list.csv
		--rate 0 list.csv
		--rate 20/m list.csv
		--rate fast list.csv
		--bulk-size 0 list.csv
		--bulk-size 1001 list.csv
		--poll 3601 list.csv
		--timeout 0 list.csv
		--progress 0 list.csv
		--no-card lost list.csv
	END
	[ "$(asked)" = 0 ]
}

@test "batch: the floor of --poll is the service's, but in a test" {
	desk "mode = production"
	good_list 1 >list.csv
	batch --poll 4 list.csv
	[ "$status" = 2 ]
	[[ $stderr = *"--poll is 5 to 3600"* ]]
	batch --poll 5 list.csv
	[ "$status" = 0 ]
}

@test "batch: configuration, and errors as JSON" {
	local line
	desk
	good_list 1 >list.csv
	while IFS= read -r line; do
		echo "line $line"
		config "${line%NONE}"
		batch --json list.csv
		[ "$status" = 50 ]
		[[ $output = '{"error":{"code":"CONFIG","exit":50,'* ]]
	done <<-END
		service = NONE
		service = offline
		service = http://localhost:1
		client-cert = NONE
		client-key = $PKI/clinic-other.key
		ca = $BATS_TEST_TMPDIR/none
	END
	config
	batch --json none.csv
	[ "$status" = 50 ]
	[[ $output = *none.csv* ]]
	batch --json --rules "$LISTS/morning.csv" list.csv
	[ "$status" = 65 ]
}

@test "batch: not the right service, and a clinic that it does not admit" {
	local mode
	desk
	for mode in single bulk; do
		batch --json --mode $mode --ca "$PKI/rogue-ca.pem" -o out.csv "$LISTS/morning.csv"
		[ "$status" = 31 ]
		[[ $output = '{"error":{"code":"TLS_PEER_MISMATCH",'* ]]
		[ "$took" -le 3000 ]
		batch --json --mode $mode --client-cert "$PKI/clinic-rogue.pem" \
		    --client-key "$PKI/clinic-rogue.key" -o out.csv "$LISTS/morning.csv"
		[ "$status" = 32 ]
		[[ $output = '{"error":{"code":"SERVICE_REFUSED",'* ]]
		[ "$took" -le 3000 ]
	done
}

@test "batch: a run that fails before its first row leaves the last one's output" {
	desk
	good_list 3 >list.csv
	batch list.csv -o out.csv
	[ "$status" = 0 ]
	cp out.csv whole
	batch list.csv -o out.csv --client-cert none.pem
	[ "$status" = 50 ]
	batch list.csv -o out.csv --resume --mode bulk --report none/report.html
	[ "$status" = 41 ]
	cmp out.csv whole
	# what comes is never mixed with what was there
	good_list 1 >list.csv
	batch list.csv -o out.csv
	[ "$(wc -l <out.csv)" -eq 2 ]
	cmp out.csv <(head -2 whole)
	head -1 list.csv >none.csv
	batch none.csv -o out.csv
	cmp out.csv <(head -1 whole)
}

@test "batch: what it says of going on is true" {
	desk
	good_list 3 >list.csv
	echo 0123456789abcdef {} >out.csv.journal
	batch --resume -o out.csv list.csv
	[ "$status" = 40 ]
	[[ $stderr != *"--resume を付けると"* ]]
	rm out.csv.journal
	batch --ca "$PKI/rogue-ca.pem" -o out.csv list.csv
	[ "$status" = 31 ]
	[[ $stderr = "0行まで。同じ指定に --resume を付けると続きから照会します。"* ]]
	batch --resume -o out.csv list.csv
	[ "$status" = 0 ]
}

@test "batch: lists that are none" {
	local name
	desk
	: >empty
	printf '\xff\xfe1\0,\0' >utf16
	printf 'PK\3\4zip' >book
	echo "patient_id,appointment" >columns
	# without its header, the first patient stands there
	tail -n +2 "$LISTS/morning.csv" >headless
	for name in empty utf16 book columns headless; do
		echo "$name"
		batch "$name"
		[ "$status" = 65 ]
		[ -z "$output" ]
		[[ $stderr = *"$name"* ]]
	done
	[ "$(asked)" = 0 ]
}

@test "batch: one configuration for check and batch" {
	desk "max-parallel = 3" "rate = 50/s" "timeout = 9" "auth = visual"
	good_list 1 >list.csv
	batch list.csv
	[ "$status" = 0 ]
	shikaku check --config "$CONF" --json --no-card lost --assume-none
	shows 10
	config "max-paralel = 3"
	batch list.csv
	[ "$status" = 50 ]
	[[ $stderr = *"$CONF:"*"max-paralel"* ]]
}

@test "batch: the configuration knows the options of every command, and no others" {
	local c sub name n=0
	options() { "$SHIKAKU" "$@" --help | sed -En 's/^  (-[a-z], )?--([a-z-]*).*/\2/p' | grep -vxE 'json|config|lang|help|version'; }
	subs() { "$SHIKAKU" "$1" --help | awk -v RS= 'NR == 3' | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'; }
	for c in $("$SHIKAKU" help | sed -n '3,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'); do
		options "$c"
		for sub in $(subs "$c"); do options "$c" "$sub"; done
	done | sort -u | grep -vxE 'store|store-key|passphrase-fd|mode' >all
	# and what is decided anew for each patient stands in none
	printf '%s\n' patient date birthdate visit facts no-card assume-none register points override reason | sort >patients
	comm -23 all patients >names
	[ "$(comm -12 all patients | wc -l)" = 11 ]
	[ "$(wc -l <all)" -ge 40 ]
	# read by a command that has none of them
	sed 's/$/ = 1/' names | while IFS= read -r line; do
		printf '%s\n' "$line" "store = $PWD/none.db" >conf
		run "$SHIKAKU" followup list --config conf
		[[ $status = 50 && $output = *"store init"* ]] || { echo "$line: $output"; return 1; }
	done
	for name in serivce json help version $(<patients); do
		echo "$name = 1" >conf
		run "$SHIKAKU" followup list --config conf
		[[ $status = 50 && $output = *"conf:1: "* ]] || { echo "$name: $output"; return 1; }
	done
}

# --- a service with bad manners --------------------------------------------------------------

@test "batch: --rate, as the service sees it" {
	desk
	good_list 25 >list.csv
	batch --rate 20/s --max-parallel 16 list.csv
	[ "$status" = 0 ]
	# 25 of them need 24 pauses of 50 ms
	within 1150 4000
	[ "$(asked)" = 25 ]
}

@test "batch: list, output and report are three files" {
	desk
	good_list 3 >list.csv
	ln -s list.csv also.csv
	cp list.csv before
	ln list.csv out.journal
	for words in "-o list.csv list.csv" "-o also.csv list.csv" "--report list.csv list.csv" "-o out --report out list.csv" \
	    "-o out --report ./out list.csv" "-o out --report - list.csv" "-o out list.csv" "-o out out.journal" \
	    "-o new --report new.journal list.csv" "-o new --report $PWD/new.journal list.csv" "-o ./new --report new.journal list.csv"; do
		# shellcheck disable=SC2086
		batch $words
		[ "$status" = 2 ]
		cmp before list.csv
		[ ! -e - ] && [ ! -s out ] && [ ! -s new ]
	done
	rm out.journal
	# standard output, too: what is written would be read
	for words in "" "-o -"; do
		status=0
		# shellcheck disable=SC2086
		"$SHIKAKU" batch --config "$CONF" $words list.csv >>list.csv 2>err || status=$?
		[ "$status" = 2 ]
		status=0
		# shellcheck disable=SC2086
		"$SHIKAKU" batch --config "$CONF" $words - <list.csv >>list.csv 2>err || status=$?
		[ "$status" = 2 ]
	done
	cmp before list.csv
	[ "$(asked)" = 0 ]
}

@test "batch: where all that is under way fails at once, the rest of the list fails as it should" {
	faulty '[{"match": {}, "fault": "maintenance", "retry_after": 7200}]'
	config
	good_list 400 >list.csv
	batch --max-parallel 1 -o out.ndjson --report report.html list.csv
	[ "$status" = 60 ]
	[ "$(grep -c '"status":"error"' out.ndjson)" = 400 ]
	[ -s report.html ]
	[ "$(asked)" -lt 10 ]
}

@test "batch: 429 and Retry-After hold everybody, and no row is lost" {
	faulty '[{"match": {"path": "/v1/qualification/number", "first": 3}, "fault": "overloaded", "retry_after": 1}]'
	config
	good_list 40 >list.csv
	batch -o out.csv list.csv
	[ "$status" = 0 ]
	within 1000 6000
	[ "$(grep -c ',valid,' out.csv)" = 40 ]
	[ "$(asked)" = 43 ]
}

@test "batch: a certificate that is refused in TLS is so for every row" {
	local mode port
	coproc PEER { exec "$ROOT/tests/rig/peer.py" ok --cert "$PKI/server.pem" --key "$PKI/server.key" \
	    --client-ca "$PKI/service-ca.pem" 3>&-; }
	MOCKS+=("$PEER_PID")
	read -r -t 10 -u "${PEER[0]}" _ port
	URL=https://localhost:$port
	config "client-cert = $PKI/clinic-rogue.pem" "client-key = $PKI/clinic-rogue.key"
	good_list 50 >list.csv
	for mode in single bulk; do
		batch --mode "$mode" list.csv
		[ "$status" = 32 ]
		[ "$(grep -c '^[0-9]*,' <<<"$output")" = 0 ]
		[[ $stderr = *alert* ]]
	done
}

@test "batch: what one question comes to is one row's" {
	faulty '[{"match": {"path": "/v1/qualification/number", "nth": 2}, "fault": "not_json"},
	    {"match": {"path": "/v1/qualification/number", "nth": 3}, "fault": "status", "status": 500}]'
	config
	good_list 5 >list.csv
	batch --max-parallel 1 list.csv
	[ "$status" = 60 ]
	[ "$(grep -c ',error,.*REPLY_MALFORMED,false$' <<<"$output")" = 1 ]
	[ "$(grep -c ',error,' <<<"$output")" = 2 ]
	[ "$(grep -c ',valid,' <<<"$output")" = 3 ]
}

@test "batch: a service that dies and comes back" {
	local port i
	mock --latency 20
	config
	port=${URL##*:}
	good_list 600 >list.csv
	"$SHIKAKU" batch --config "$CONF" -o out.csv list.csv 2>err 3>&- &
	JOB=$!
	for ((i = 0; i < 200; i++)); do
		[ ! -e out.csv.journal ] || [ "$(wc -l <out.csv.journal)" -lt 30 ] || break
		sleep 0.05
	done
	kill -9 "${MOCKS[0]}"
	sleep 0.3
	MOCK_PORT=$port mock
	wait "$JOB"
	JOB=
	[ "$(grep -c ',valid,30,' out.csv)" = 600 ]
	[ "$(asked)" -gt 10 ] && [ "$(asked)" -lt 600 ]
}

@test "batch: a service that was never there is waited for, until Ctrl-C" {
	URL=https://localhost:1
	config
	on_terminal --lang ja -o out.csv "$LISTS/morning.csv" <<-END
		expect 応答なし
		expect 秒後に再試行
		press C
		expect --resume
	END
	[ "$ended" = 130 ]
	[ -s out.csv.journal ]
}

# --- 一括照会 ---------------------------------------------------------------------------------

@test "batch: 一括照会 comes to the same, and says what it leaves open" {
	desk
	batch -o single.ndjson "$LISTS/morning.csv"
	verdicts single.ndjson >single
	batch --mode bulk --poll 0 -o bulk.ndjson "$LISTS/morning.csv"
	[ "$status" = 60 ]
	said >bulk-said
	golden batch-summary-bulk.ja.txt bulk-said
	verdicts bulk.ndjson >bulk
	[ "$(grep -c "('bulk_without_limit', None)" bulk)" = 19 ]
	sed -E "s/(, )?\('bulk_without_limit', None\)//" bulk | diff single -
	batch --mode bulk --poll 0 --quiet -o bulk.ndjson "$LISTS/morning.csv"
	[ -z "$stderr" ]
}

@test "batch: 一括照会, a file forgotten twice may be sent by another run" {
	faulty '[{"match": {"path": "/v1/bulk/result", "first": 2}, "fault": "body", "status": 404,
	    "body": "{\"error\":{\"code\":\"RECEPTION_UNKNOWN\",\"retryable\":false,\"text_desk\":\"x\",\"text_technician\":\"y\"}}"}]'
	config
	good_list 3 >list.csv
	batch --mode bulk --poll 0 list.csv
	[ "$status" = 60 ]
	[ "$(grep -c ',SERVICE_REFUSED,true$' <<<"$output")" = 3 ]
}

@test "batch: a service that was given up is found again while the list comes from a slow pipe" {
	# behind filler that is not asked about: a pipe is read in large pieces at first
	faulty '[{"match": {"first": 7}, "fault": "status", "status": 504}]'
	config
	{
		good_list 0
		awk 'BEGIN { for (i = 0; i < 450; i++) printf "x%d,2026-11-24 9:00,1975-04-12,06132013,12,,%0300d\n", i, 0 }'
		for _ in {1..18}; do good_list 1 | tail -1; sleep 0.5; done
	} | "$SHIKAKU" batch --config "$CONF" --mode bulk --poll 0 --bulk-size 1 -o out.csv - 2>stderr 3>&- || [ $? = 60 ]
	grep -v ^x out.csv | cut -d, -f2 | uniq -c
	grep -q SERVICE_UNREACHABLE out.csv
	[[ $(tail -1 out.csv) = 1,valid,* ]]
}

@test "batch: 一括照会 keeps a Retry-After from one file to the next" {
	faulty '[{"match": {"path": "/v1/bulk"}, "fault": "maintenance", "retry_after": 600}]'
	config
	good_list 30 >list.csv
	batch --mode bulk --poll 0 --bulk-size 5 -o out.csv list.csv
	[ "$status" = 60 ]
	[ "$(grep -c ',error,.*SERVICE_MAINTENANCE,true$' out.csv)" = 30 ]
	[ "$(grep -c ' /v1/bulk ' "$BATS_TEST_TMPDIR/mock.0.log")" = 1 ]
}

@test "batch: 一括照会 in files of their size and day, worked on for a while" {
	mock --bulk-ms 200 --bulk-partial --stats stats
	config
	{ good_list 25; good_list 10 | tail -n +2 | sed 's/2026-11-24/2026-11-25/'; } >list.csv
	batch --mode bulk --poll 0 --bulk-size 10 -o out.csv list.csv
	[ "$status" = 0 ]
	[ "$(grep -c ',valid,' out.csv)" = 35 ]
	mock_stop
	"$PYTHON" - stats <<-'PY'
	import json, sys
	files = [r for r in map(json.loads, open(sys.argv[1])) if "file" in r]
	assert len(files) == 4, files
	assert all(f["uploads"] == 1 and f["polls"] >= 1 and f["results"] == 1 for f in files), files
	PY
}

#!/usr/bin/env bats
# The audit log: one record a patient before anybody sees what came of it; what is tampered with shows.

bats_require_minimum_version 1.5.0
load helper
load watch

AUDIT_PROBE=$BUILD/tests/audit-probe
NONE='{"eligibility_certificate":null,"notice":null,"portal":null,"portal_pdf":null,"old_card":null}'

setup_file() {
	fixtures
	cc -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wpedantic -shared -fPIC -o "$BATS_FILE_TMPDIR/devlog.so" \
	    "$ROOT/tests/rig/devlog.c"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	LOG=$PWD/audit STORE=$PWD/store.db KEY=$PWD/store.key
	config "service = offline" "store = $STORE" "store-key = $KEY" "audit-log = $LOG" "operator = tanaka"
}

teardown() {
	[ -z "${SAT-}" ] || watch_teardown
	mock_stop
}

shikaku() { "$SHIKAKU" "$@" --config "$CONF" --lang en; }
begin() {
	shikaku store init >/dev/null
	shikaku audit init --json >init.json
	FIRST=$("$PYTHON" -c 'import json; print(json.load(open("init.json"))["key"])')
}
# visit [OPTION]...: a patient without a card, as a program would
visit() {
	status=0
	output=$(shikaku check --json --no-input --no-card lost --visit first --assume-none "$@" 2>stderr 3>&-) || status=$?
}
segment() { echo "$LOG"/audit-*.log; }

# has EXPRESSION: of the records, as r
has() {
	shikaku audit show --json >records
	"$PYTHON" -c 'import json,sys; r=[json.loads(l)["record"] for l in open("records")]; assert eval(sys.argv[1]), r' "$1"
}
logged() { "$PYTHON" -c 'import json,sys; o=json.loads(sys.argv[1]); assert o["check"]["logged"] is eval(sys.argv[2]), o' "$output" "$1"; }

# masked: what differs from run to run
masked() {
	sed -E "s|$BATS_TEST_TMPDIR|TMP|; s/[0-9a-f]{64}/HEX64/g; s/\b[0-9a-f]{32}\b/HEX32/g; s/\b[0-9a-f]{8}\b/HEX8/g
	    s/20[0-9]{2}-[0-9]{2}-[0-9]{2}([T ])[0-9:]{8}/DAY\1TIME/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]+/EDITION/
	    s/(synchronised|free),/CLOCK,/; s/$(id -un)/ACCOUNT/; s/$(uname -n):/HOST:/"
}
golden() {
	[ "${GOLDEN-}" != write ] || cp "$2" "$ROOT/tests/golden/$1"
	diff -u "$ROOT/tests/golden/$1" "$2"
}

@test "audit: init makes a folder for its owner, prints the first key, and does not touch what is there" {
	run -0 shikaku audit init
	[[ $output = *"$LOG"* && $output =~ [0-9a-f]{64} && $output = *"Write the first public key down"* ]]
	[ "$(stat -c %a "$LOG" "$LOG"/audit.key "$(segment)" | tr '\n' ' ')" = "700 600 600 " ]
	before=$(cat "$LOG"/*)
	run -50 shikaku audit init
	[ "$before" = "$(cat "$LOG"/*)" ]
}

@test "audit: the clock is synchronised when the kernel says so, not when it refuses to say" {
	local call
	begin
	for call in retval=0 retval=5 error=EPERM; do
		run -10 strace -f -qq -o /dev/null -e "inject=adjtimex,clock_adjtime:$call" env ASAN_OPTIONS=detect_leaks=0 \
		    "$SHIKAKU" check --json --no-input --no-card lost --visit first --assume-none --patient P1 --config "$CONF" 3>&-
	done
	has '[x["clock"] for x in r if x["command"] == "check"] == ["synchronised", "free", "free"]'
}

@test "audit: by default it lies under XDG_STATE_HOME" {
	HOME=$PWD "$SHIKAKU" audit init >/dev/null
	[ -e .local/state/shikaku/audit/audit.key ]
	HOME=/nonexistent XDG_STATE_HOME=$PWD/state "$SHIKAKU" audit init >/dev/null
	[ -e state/shikaku/audit/audit.key ]
	run -50 env -u HOME -u XDG_STATE_HOME "$SHIKAKU" audit verify
}

@test "audit: without a log nothing is written, and nothing fails" {
	shikaku store init >/dev/null
	visit --patient P1
	[ "$status" = 10 ]
	logged None
	[ ! -e "$LOG" ]
	for sub in show verify; do
		run -50 shikaku audit $sub
		[[ $output = *"shikaku audit init"* ]]
	done
}

@test "audit: one record for each check, of whatever came of it" {
	begin
	facts '{"birthdate":"1980-02-17","statement":{"copay_percent":30},"documents":'"$NONE"'}'
	visit --patient P1
	logged True
	visit
	visit --patient P2 --override 30 --reason 'known to us'
	visit --patient P3 --operator suzuki
	shikaku check --json --no-input --patient P1 --card "$CARDS/adult.json" --pin-fd 3 --visit first \
	    --facts facts.json --assume-none 3<<<1234 >/dev/null
	run -20 shikaku check --no-input --require-online --patient P1 --no-card lost
	run -2 shikaku check --no-input --patient P1 --no-card lost --date tomorrow
	has '[x["outcome"] for x in r] == 4 * ["self_pay"] + ["insured", "CARD_NONE"]'
	has 'r[0]["patient"] == r[4]["patient"] == r[5]["patient"] != r[2]["patient"] and r[1]["patient"] is None'
	has 'r[4]["card"] and r[4]["provisional"] and r[4]["path"] == "statement" and not r[0]["provisional"]'
	has 'r[3]["operator"] == "suzuki" and r[0]["operator"] == "tanaka"'
	has 'all(x["command"] == "check" and x["store"]["seq"] > 0 and x["jst"][-6:] == "+09:00" for x in r)'
	run -0 shikaku audit verify --key "$FIRST"
}

@test "audit: one record for each patient of watch" {
	watch_setup
	mock
	config "audit-log = $LOG" "store = $STORE" "store-key = $KEY"
	begin
	rig_start
	sit
	play 'expect 置いてください'
	rig_insert "$CARDS/adult.json"
	play 'expect 残り3回' 'type 1234' 'expect 【3割】'
	next senior
	play 'gone 山田' 'expect 残り3回' 'type 1234' 'expect 【2割】' 'key q'
	ends 0
	rig_stop
	has '[x["command"] for x in r] == ["watch", "watch"]'
	has 'r[0]["card"] != r[1]["card"] and r[0]["outcome"] == r[1]["outcome"] == "insured"'
}

@test "audit: a patient of watch whose card was read, and lifted" {
	watch_setup
	mock
	config "audit-log = $LOG" "store = $STORE" "store-key = $KEY"
	begin
	rig_start
	sit
	play 'expect 置いてください'
	# nobody's card was seen
	rig_insert "$CARDS/adult.removed-mid-read.json"
	play 'expect カードが離れました'
	gone
	rig_insert "$CARDS/adult.removed-mid-sign.json"
	play 'expect 残り3回' 'type 1234' 'expect カードが離れました'
	gone
	rig_insert "$CARDS/adult.json"
	play 'expect 残り3回' 'type 1234' 'expect 【3割】' 'key q'
	ends 0
	rig_stop
	has '[x["outcome"] for x in r] == ["CARD_REMOVED", "insured"]'
	has 'r[0]["card"] and r[0]["card"] == r[1]["card"] and r[0]["path"] is None'
}

@test "audit: one record for each row of a list that was asked about, before it is shown" {
	export MOCK_PEOPLE=$ROOT/fixtures/people-morning.json
	mock
	config "audit-log = $LOG" "store = $STORE" "store-key = $KEY"
	begin
	cp "$ROOT/fixtures/lists/morning.csv" .
	"$SHIKAKU" batch --config "$CONF" -o out.ndjson --quiet morning.csv || [ $? = 60 ]
	rows=$("$PYTHON" -c 'import json; print(sum(1 for l in open("out.ndjson") if json.loads(l)["status"] != "error"))')
	errors=$("$PYTHON" -c 'import json; print(sum(1 for l in open("out.ndjson") if json.loads(l)["status"] == "error"))')
	has "sum(x['command'] == 'batch' and x['outcome'] != 'error' for x in r) == $rows and $rows > 5"
	has "sum(x['command'] == 'batch' and x['outcome'] == 'error' for x in r) <= $errors"
	has 'len({x["patient"] for x in r if x["command"] == "batch"}) > 5'
	run -0 shikaku audit verify --key "$FIRST"
}

@test "audit: what else touches a patient leaves one record, and what does not leaves none" {
	begin
	facts '{"birthdate":"1980-02-17","statement":{"copay_percent":30},"documents":'"$NONE"'}'
	shikaku check --json --no-input --patient P1 --card "$CARDS/adult.json" --pin-fd 3 --visit first \
	    --facts facts.json --assume-none 3<<<1234 >/dev/null
	id=$(shikaku followup list --json | sed -n '1s/.*"id":\([0-9]*\).*/\1/p')
	shikaku followup done "$id"
	shikaku form statement --patient P1 --text -o - >/dev/null
	shikaku store backup copy.db
	shikaku store purge >/dev/null
	shikaku store rekey >/dev/null
	has '[x["command"] for x in r] == ["check", "followup list", "followup done", "form statement",
	    "store backup", "store purge", "store rekey"]'
	has 'r[0]["patient"] == r[2]["patient"] == r[3]["patient"]'
	run -0 shikaku audit verify --key "$FIRST"
	shikaku store stats >/dev/null
	shikaku store verify >/dev/null
	shikaku form statement --blank --text -o - >/dev/null
	echo '{"visit_date":"2026-11-22"}' | "$SHIKAKU" decide >/dev/null || :
	shikaku doctor >/dev/null 3>&- </dev/null || :
	has 'len(r) == 7'
	# the same patient after another key
	visit --patient P1
	has 'r[-1]["patient"] == r[0]["patient"]'
	run -0 shikaku audit verify --key "$FIRST"
}

@test "audit: several at once, each stands there once" {
	begin
	for i in {1..8}; do
		"$SHIKAKU" check --config "$CONF" --json --no-input --no-card lost --visit first --assume-none \
		    --operator "o$i" --patient "P$i" >/dev/null 2>&1 3>&- &
	done
	wait
	has 'sorted(x["operator"] for x in r) == ["o%d" % i for i in range(1, 9)]'
	run -0 shikaku audit verify --key "$FIRST"
}

@test "audit: when it can not be written the verdict is shown, marked, and the status is 41" {
	begin
	"$AUDIT_PROBE" append "$LOG" 5 x >/dev/null 2>&1
	status=0
	output=$(trap '' XFSZ; ulimit -f 1; shikaku check --json --no-input --no-card lost --visit first --assume-none \
	    --store none.db 2>stderr 3>&-) || status=$?
	[ "$status" = 41 ]
	logged False
	grep -q 'audit log' stderr
	status=0
	output=$(trap '' XFSZ; ulimit -f 1; "$SHIKAKU" check --config "$CONF" --lang ja --no-input --no-card lost \
	    --visit first --assume-none --store none.db 2>stderr 3>&-) || status=$?
	[ "$status" = 41 ]
	[[ $output = *10割* && $output = *監査ログに記録できません* ]]
	# and the next one is written behind what was acknowledged
	visit
	[ "$status" = 10 ]
	run -0 shikaku audit verify --no-store
	has 'len(r) == 5 + 1'
}

@test "audit: a damaged log, 40; a key that others may read, 77: the verdict is shown all the same" {
	begin
	visit
	cp -r "$LOG" whole
	echo "no line of a log" >>"$(segment)"
	visit
	[ "$status" = 40 ]
	logged False
	rm -rf "$LOG"; cp -r whole "$LOG"
	chmod 644 "$LOG/audit.key"
	visit
	[ "$status" = 77 ]
	logged False
	run -77 shikaku followup list
}

@test "audit: verify says what it can claim and what it can not, ja and en" {
	begin
	visit --patient P1
	"$AUDIT_PROBE" days "$LOG" 2
	for lang in ja en; do
		"$SHIKAKU" audit verify --config "$CONF" --lang $lang | masked >out
		golden "audit-verify.$lang.txt" out
	done
	head=$(shikaku audit verify --json | sed -n 's/.*"head":"\([^"]*\)".*/\1/p')
	"$SHIKAKU" audit verify --config "$CONF" --lang ja --key "$FIRST" --head "$head" | masked >out
	golden audit-verify-noted.ja.txt out
	"$PYTHON" -c 'import json,sys; o=json.loads(sys.argv[1]); assert o["records"] == 3 and o["seals"] == 2 and o["clock_back"] == 1 and o["store_compared"], o' \
	    "$(shikaku audit verify --json)"
}

@test "audit: verify refuses another's key, a head it never had, and what is neither" {
	begin
	visit
	head=$(shikaku audit verify --json | sed -n 's/.*"head":"\([^"]*\)".*/\1/p')
	visit
	run -0 shikaku audit verify --key "$FIRST" --head "$head"
	run -40 shikaku audit verify --key "${FIRST//[0-9]/a}"
	run -40 shikaku audit verify --head "${head/%?/g}" && false || [ "$status" = 2 ]
	run -40 shikaku audit verify --head "7-${head#*-}"
	for bad in x "" 1 1- "1-abc" "-1-${head#*-}"; do
		run -2 shikaku audit verify --head "$bad"
	done
	for bad in x "" "${FIRST}0" "${FIRST:1}" "${FIRST^^}g"; do
		run -2 shikaku audit verify --key "$bad"
	done
}

@test "audit: an older log, put back, is told by a head that was noted, and by the store" {
	begin
	visit --patient P1
	cp -r "$LOG" older
	visit --patient P2
	head=$(shikaku audit verify --json | sed -n 's/.*"head":"\([^"]*\)".*/\1/p')
	rm -rf "$LOG"; cp -r older "$LOG"
	run -40 shikaku audit verify --key "$FIRST" --head "$head" --no-store
	run -40 shikaku audit verify --key "$FIRST"
	[[ $output = *"ahead of the last record"* ]]
	# the control: neither of them
	run -0 shikaku audit verify --key "$FIRST" --no-store
	[[ $output = *"not compared (--no-store)"* ]]
}

@test "audit: an older store, put back, is told by the log; a restore that is on record is not" {
	begin
	visit --patient P1
	shikaku store backup older.db
	visit --patient P2
	run -0 shikaku audit verify
	rm -f "$STORE"*
	cp older.db "$STORE"
	run -40 shikaku audit verify
	[[ $output = *"put back to an older one"* ]]
	# also when others have been served since
	visit --patient P3; visit --patient P4
	run -40 shikaku audit verify
	rm -f "$STORE"*
	shikaku store restore older.db
	run -0 shikaku audit verify
}

@test "audit: a check under way while the records get another key, or are put back, is not recorded and says so" {
	local pid meanwhile want
	mock --latency 2500
	config "audit-log = $LOG" "store = $STORE" "store-key = $KEY"
	begin
	visit --patient P1
	for meanwhile in rekey restore; do
		"$SHIKAKU" check --config "$CONF" --json --no-input --patient P2 --card "$CARDS/adult.json" --pin-fd 4 \
		    --visit first --assume-none 4<<<1234 >out 2>stderr 3>&- &
		pid=$!
		for _ in {1..100}; do ls -l "/proc/$pid/fd" | grep -q "$STORE" && break; sleep 0.05; done
		if [ $meanwhile = rekey ]; then
			want=77
			shikaku store rekey
		else
			want=41
			shikaku store backup copy.db
			mkdir away
			mv "$STORE"* away
			shikaku store restore copy.db
		fi
		status=0; wait $pid || status=$?
		cat stderr
		[ "$status" = $want ]
		"$PYTHON" -c 'import json; o=json.load(open("out")); assert o["check"]["recorded"] is False, o["check"]'
		run -0 shikaku store verify
		run -0 shikaku audit verify
		visit --patient P2
		[ "$status" = 10 ]
		run -0 shikaku audit verify
	done
}

# held_up COMMAND...: it goes on as far as its turn to append, and stands still there; PID.  Its turn is free then.
held_up() {
	exec 5>>"$LOG/.lock"
	flock 5
	"$@" >held.out 2>held.err 3>&- 5>&- &
	PID=$!
	for _ in {1..200}; do grep -qE -- "-> FLOCK .* $PID " /proc/locks && break; sleep 0.05; done
	kill -STOP "$PID"
	for _ in {1..200}; do grep -q '^State:.T' "/proc/$PID/status" && break; sleep 0.05; done
	exec 5>&-
}
go_on() {
	kill -CONT "$PID"
	status=0; wait "$PID" || status=$?
}

@test "audit: what was recorded while a command waited for its turn makes its own record no tampering" {
	begin
	visit --patient P1
	held_up "$SHIKAKU" check --config "$CONF" --json --no-input --patient P2 --no-card lost --visit first --assume-none
	shikaku store rekey
	go_on
	[ "$status" = 10 ]
	run -0 shikaku audit verify
	held_up "$SHIKAKU" store rekey --config "$CONF"
	visit --patient P3
	go_on
	[ "$status" = 0 ]
	run -0 shikaku audit verify
	run -0 shikaku store verify
	has '[x["command"] for x in r] == ["check", "store rekey", "check", "check", "store rekey"]'
}

@test "audit: a store that is gone, or another one, is no good end of verify" {
	begin
	run -0 shikaku audit verify --store none.db
	visit --patient P1
	run -40 shikaku audit verify --store none.db
	[[ $output = *"there is "*none* ]]
	shikaku store init --store other.db --store-key other.key --audit-log none
	run -40 shikaku audit verify --store other.db --store-key other.key
	run -77 shikaku audit verify --store-key other.key
	mv "$STORE" away.db
	run -40 shikaku audit verify
}

@test "audit: an older store, put back, is not made good by another key" {
	begin
	visit --patient P1
	shikaku store backup older.db
	visit --patient P2
	shikaku store rekey
	run -0 shikaku audit verify
	shikaku store backup same.db
	visit --patient P3
	rm -f "$STORE"*
	cp same.db "$STORE"
	shikaku store rekey
	run -40 shikaku audit verify
	[[ $output = *"older one"* ]]
}

@test "audit: init takes no folder that others may get at" {
	for mode in 777 755 710; do
		mkdir -m $mode "$LOG"
		run -77 shikaku audit init
		[[ $output = *"mode $mode"* ]]
		[ ! -e "$LOG/audit.key" ]
		rm -r "$LOG"
	done
	mkdir -m 700 "$LOG"
	shikaku audit init
}

@test "audit: nothing is hidden from show: what was changed ends it, 40" {
	begin
	visit --patient P1; visit --patient P2; visit --patient P1
	sed -i '4s/"patient":"[0-9a-f]*"/"patient":null/' "$(segment)"
	run -40 --separate-stderr shikaku audit show --patient P1
	[[ $output = *"check"* && $stderr = *"audit-"*":4:"* ]]
	run -40 shikaku audit verify
}

@test "audit: show, by patient and by day" {
	begin
	visit --patient P1; visit --patient P2; visit; visit --patient P1
	today=$(TZ=Asia/Tokyo date +%F)
	[ "$(shikaku audit show --patient P1 --json | wc -l)" = 2 ]
	run -0 shikaku audit show --patient P1
	[[ $output = *"of 4 records 2; 1 more name no patient."* ]]
	[ "$(shikaku audit show --json --since "$today" --until "$today" | wc -l)" = 4 ]
	[ "$(shikaku audit show --json --since "$(date -d "$today + 1 day" +%F)" | wc -l)" = 0 ]
	[ "$(shikaku audit show --json --until R8.1.1 | wc -l)" = 0 ]
	run -2 shikaku audit show --since yesterday
	run -50 shikaku audit show --patient P1 --store none.db
	for lang in ja en; do
		"$SHIKAKU" audit show --config "$CONF" --lang $lang | masked >out
		golden "audit-show.$lang.txt" out
	done
}

@test "audit: export, as CSV that runs nothing" {
	begin
	visit --patient P1
	for who in '=cmd|calc' '+1' '-1' '@SUM(A1)' 'a"b,c'; do
		visit --operator "$who"
	done
	shikaku audit export --csv | tee out.csv | masked >out
	golden audit-export.csv out
	"$PYTHON" - out.csv <<-'PY'
	import csv, sys
	rows = list(csv.DictReader(open(sys.argv[1], newline="")))
	assert [r["operator"] for r in rows[1:]] == ["'=cmd|calc", "'+1", "'-1", "'@SUM(A1)", 'a"b,c'], rows
	assert not any(v.startswith(("=", "+", "-", "@")) for r in rows for v in r.values()), rows
	PY
	[ "$(shikaku audit export --csv --excel | head -c 3 | od -An -tx1)" = " ef bb bf" ]
	run -2 shikaku audit export
}

@test "audit: the head goes to syslog, number and hash alone" {
	begin
	local pid
	"$PYTHON" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("devlog")
while True:
    open("syslog", "ab").write(s.recv(65536) + b"\n")' 3>&- &
	pid=$!
	for _ in {1..100}; do [ ! -S devlog ] || break; sleep 0.05; done
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
	LD_PRELOAD=$BATS_FILE_TMPDIR/devlog.so DEV_LOG=$PWD/devlog visit --patient P1
	[ "$status" = 10 ]
	head=$(LD_PRELOAD=$BATS_FILE_TMPDIR/devlog.so DEV_LOG=$PWD/devlog shikaku audit verify --json |
	    sed -n 's/.*"head":"\([^"]*\)".*/\1/p')
	for _ in {1..100}; do [ "$(wc -l <syslog)" = 2 ] && break; sleep 0.05; done
	kill "$pid"; wait "$pid" || :
	cat syslog
	[ "$(grep -cE "^<85>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} shikaku\[[0-9]+\]: audit $head\$" syslog)" = 2 ]
	# which is what --head takes
	visit --patient P1
	run -0 shikaku audit verify --head "$(sed -n '1s/.*audit //p' syslog)"
}

@test "audit: doctor says how store and log are" {
	local parts='import json,sys
d={p["part"]:p for p in json.load(sys.stdin)["doctor"]["parts"]}
print(d["store"]["state"], d["audit_log"]["state"], "init" in "".join(d["store"]["next"]), "init" in "".join(d["audit_log"]["next"]))'
	export PCSCLITE_CSOCK_NAME=$PWD/none
	[ "$(shikaku doctor --json 3>&- </dev/null | "$PYTHON" -c "$parts")" = "note note True True" ]
	begin
	[ "$(shikaku doctor --json 3>&- </dev/null | "$PYTHON" -c "$parts")" = "ok ok False False" ]
	chmod 644 "$LOG/audit.key" "$KEY"
	[ "$(shikaku doctor --json 3>&- </dev/null | "$PYTHON" -c "$parts")" = "bad bad False False" ]
}

@test "audit: usage" {
	run -2 shikaku audit
	run -2 shikaku audit nonsense
	begin
	for sub in init show verify "export --csv"; do
		run -2 shikaku audit $sub more
	done
}

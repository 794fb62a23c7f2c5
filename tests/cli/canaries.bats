#!/usr/bin/env bats
# Names, numbers and ratios that were planted occur nowhere in clear: store, WAL, log, temporary files, syslog.

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	fixtures
	cc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o "$BATS_FILE_TMPDIR/devlog.so" "$ROOT/tests/rig/devlog.c"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir data tmp
	export TMPDIR=$PWD/tmp
	mock
	config "store = $PWD/data/store.db" "store-key = $PWD/store.key" "audit-log = $PWD/data/audit"
	{
		cat "$BATS_FILE_TMPDIR/names"
		printf '%s\n' CANARY-7731 ' 30%' '"copay_percent"' '"percent"' 06132013 1980-02-17 19800217
	} >canaries
}

teardown() {
	[ -z "${LISTENER-}" ] || kill "$LISTENER" 2>/dev/null || :
	mock_stop
}

# found FILE...: how many files hold one of them
found() { grep -rlaF -f canaries -- "$@" | wc -l; }

@test "canaries: names, numbers and ratios are in no file that stays, and not in syslog" {
	"$PYTHON" -c '
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("devlog")
while True:
    open("data/syslog", "ab").write(s.recv(65536) + b"\n")' 3>&- &
	LISTENER=$!
	for _ in {1..100}; do [ ! -S devlog ] || break; sleep 0.05; done
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
	export LD_PRELOAD=$BATS_FILE_TMPDIR/devlog.so DEV_LOG=$PWD/devlog
	"$SHIKAKU" store init --config "$CONF" >/dev/null
	"$SHIKAKU" audit init --config "$CONF" >/dev/null
	# a reader that keeps the WAL from being taken into the store at the end
	"$PYTHON" -c '
import sqlite3, sys, time
d = sqlite3.connect("data/store.db"); d.execute("BEGIN"); d.execute("SELECT count(*) FROM entry").fetchall()
open("reading", "w").close(); time.sleep(60)' 3>&- &
	local reader=$!
	for _ in {1..100}; do [ ! -e reading ] || break; sleep 0.05; done
	status=0
	output=$("$SHIKAKU" check --config "$CONF" --json --no-input --patient CANARY-7731 --visit return \
	    --card "$CARDS/adult.json" --pin-fd 3 3<<<1234) || status=$?
	[ "$status" = 0 ]
	[[ $output = *'"recorded":true'* && $output = *'"logged":true'* ]]
	"$SHIKAKU" check --config "$CONF" --json --no-input --patient CANARY-7731 --visit first --no-card lost \
	    --assume-none --override 30 --reason 'CANARY-7731 30%' >/dev/null 3>&- || :
	"$SHIKAKU" store backup data/copy.db --config "$CONF"
	"$SHIKAKU" audit verify --config "$CONF" >/dev/null
	[ -s data/store.db-wal ]
	[ -s data/syslog ]
	unset LD_PRELOAD
	kill "$reader"
	[ "$(found data tmp)" = 0 ] || { grep -raoF -f canaries -- data tmp; false; }
	[ -z "$(ls -A tmp)" ]
	# the control: the same looks find them in what was printed, and in a store that does not seal
	echo "$output" >data/printed
	[ "$(found data)" = 1 ]
	"$PYTHON" - data/open.db <<-'PY'
	import sqlite3, sys
	d = sqlite3.connect(sys.argv[1])
	d.execute("CREATE TABLE t (x)"); d.execute("INSERT INTO t VALUES ('CANARY-7731')"); d.commit()
	PY
	[ "$(found data)" = 2 ]
}

@test "canaries: a process of ours leaves no core" {
	"$SHIKAKU" store init --config "$CONF" >/dev/null
	"$SHIKAKU" audit init --config "$CONF" >/dev/null
	mkfifo pin
	(ulimit -c unlimited; exec "$SHIKAKU" check --config "$CONF" --json --no-input --patient CANARY-7731 \
	    --card "$CARDS/adult.json" --pin-fd 4 4<>pin >/dev/null 2>&1 3>&-) &
	local pid=$!
	for _ in {1..100}; do [ ! -e "/proc/$pid/limits" ] || break; sleep 0.05; done
	sleep 0.5
	kill -ABRT "$pid"
	wait "$pid" || :
	[ -z "$(find . -name 'core*')" ]
	# the control: another program does, where cores are files here
	(ulimit -c unlimited; sleep 30 & p=$!; sleep 0.2; kill -ABRT $p; wait $p) 2>/dev/null || :
	case $(cat /proc/sys/kernel/core_pattern) in
	core*) [ -n "$(find . -name 'core*')" ] ;;
	esac
}

@test "canaries: the journal of batch holds answers in clear while the run lasts, as the manual says, 0600, and is gone after it" {
	cp "$ROOT/fixtures/lists/morning.csv" .
	"$SHIKAKU" batch --config "$CONF" -o out.ndjson --quiet morning.csv || [ $? = 60 ]
	[ ! -e out.ndjson.journal ]
	[ "$(stat -c %a out.ndjson)" = 600 ]
	grep -q 'answers of the service with all they say' "$ROOT/docs/man/shikaku.1"
}

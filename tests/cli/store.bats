# The clinic's records: made, looked at, copied, put back, given another key, purged.

bats_require_minimum_version 1.5.0
load helper
STORE_PROBE=$BUILD/tests/store-probe

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$PWD XDG_DATA_HOME=$PWD/data XDG_CONFIG_HOME=$PWD/etc
	store=$XDG_DATA_HOME/shikaku/store.db key=$XDG_CONFIG_HOME/shikaku/store.key
	printf 'mode = test\n' >conf
}

store() { "$SHIKAKU" store "$@" --config conf --lang en; }

# sql FILE TEXT: what somebody does to the file who has no key
sql() { "$PYTHON" -c 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()' "$@"; }

# entry KIND DAYS [REF]: one more, as old as that
entry() { "$STORE_PROBE" "$store" "$key" "$@"; }

@test "store: init makes both files for their owner only, and says where" {
	run -0 store init
	[[ $output == *"$store"* && $output == *"$key"* ]]
	[ "$(stat -c %a "$store" "$key" | tr '\n' ' ')" = "600 600 " ]
	[ "$(stat -c %a "$XDG_DATA_HOME/shikaku")" = 700 ]
	run -0 store verify
	[[ $output == "All 0 entries"* ]]
}

@test "store: init does not touch what is there" {
	store init
	before=$(sha256sum "$store" "$key")
	run -50 store init
	[ "$(sha256sum "$store" "$key")" = "$before" ]
	mv "$store" away.db
	run -41 store init
	[ "$(sha256sum <"$key")" = "$(sed -n 's/ .*key$/  -/p' <<<"$before")" ]
}

@test "store: without init there is none, and each command says how to begin" {
	for sub in stats verify purge rekey "backup copy.db"; do
		run -50 store $sub
		[[ $output == *"store init"* ]]
	done
}

@test "store: figures, in words and for programs" {
	store init
	entry 1 1; entry 4 1; entry 4 1; entry 5 0 2
	run -0 store stats
	[[ $output == *"2  things to be done later (1 open)"* ]]
	run -0 --separate-stderr store stats --json
	"$PYTHON" -c 'import json,sys; d=json.loads(sys.argv[1]); assert d["confirmed"]==1 and d["open_debts"]==1, d' "$output"
}

@test "store: a changed byte is noticed, 40" {
	store init
	for i in 1 2 3; do entry 1 1; done
	sql "$store" "UPDATE entry SET at = at + 1 WHERE seq = 2"
	run -40 store verify
	[[ $output == *"entry 2"* ]]
}

@test "store: another's key, 77; a key that others may read, 77; no key file, 40" {
	store init
	store init --store other.db --store-key other.key
	run -77 store verify --store-key other.key
	chmod 644 "$key"
	run -77 store verify
	chmod 600 "$key"
	echo nonsense >"$key"
	run -40 store verify
	mv "$key" away
	run -50 store verify
	[[ $output = *"the key is not there"* ]]
}

@test "store: backup while it is open, restore into an empty place" {
	store init
	entry 1 1
	store backup copy.db
	[ "$(stat -c %a copy.db)" = 600 ]
	run -50 store restore copy.db
	mv "$store" away.db; rm -f "$store"-*
	store restore copy.db
	run -0 store verify
	[[ $output == "All 1 entries"* ]]
	run -41 store backup copy.db
}

@test "store: a copy that was changed is not put back" {
	store init
	entry 1 1
	store backup copy.db
	sql copy.db "UPDATE entry SET kind = 3"
	rm -f "$store"*
	run -40 store restore copy.db
	[ ! -e "$store" ]
}

@test "store: another key opens it, the old one does not" {
	store init
	entry 1 1
	cp "$key" old.key
	store rekey
	run -0 store verify
	run -77 store verify --store-key old.key
	[ ! -e "$key.new" ]
}

@test "store: a rekey cut short before its key file took its place is ended by the next command" {
	store init
	entry 1 1
	cp "$key" old.key
	store rekey
	mv "$key" "$key.new"
	mv old.key "$key"
	run -0 store verify
	[ ! -e "$key.new" ]
	run -0 store verify
}

@test "store: two that make another key at once leave a store and its key" {
	store init
	entry 1 1
	for _ in {1..6}; do
		"$SHIKAKU" store rekey --config conf 2>err.1 >/dev/null 3>&- & one=$!
		"$SHIKAKU" store rekey --config conf 2>err.2 >/dev/null 3>&- & two=$!
		wait $one; wait $two
		run -0 store verify
		[ ! -e "$key.new" ]
	done
}

# cut_short: as a rekey leaves it that is killed as soon as the store is sealed under the new key
cut_short() {
	local log=$PWD/state/shikaku/audit
	cp "$key" old.key
	[ ! -e "$log" ] || cp -r "$log" log.before
	"$SHIKAKU" store rekey --config conf >/dev/null "$@"
	mv "$key" "$key.new"
	mv old.key "$key"
	[ ! -e log.before ] || { rm -r "$log"; mv log.before "$log"; }
}

@test "store: a rekey cut short is ended, the log says so, and what is read meanwhile is no tampering" {
	export XDG_STATE_HOME=$PWD/state
	visit() { "$SHIKAKU" check --no-input --no-card lost --visit first --assume-none --service offline \
	    --patient P1 --config conf >/dev/null 3>&- || [ $? = 10 ]; }
	store init
	"$SHIKAKU" audit init --config conf
	visit
	cut_short
	run -0 "$SHIKAKU" audit verify --config conf
	[ ! -e "$key.new" ]
	[ "$("$SHIKAKU" audit show --json --config conf | grep -c '"store rekey"')" = 1 ]
	cut_short
	visit; visit
	run -0 "$SHIKAKU" audit verify --config conf
	cut_short
	run -0 store rekey
	run -0 store verify
	run -0 "$SHIKAKU" audit verify --config conf
}

@test "store: an init cut short is ended, and the log says so" {
	export XDG_STATE_HOME=$PWD/state
	store init
	mv "$key" "$key.new"
	"$SHIKAKU" audit init --config conf
	run -0 store verify
	[ "$("$SHIKAKU" audit show --json --config conf | grep -c '"store init"')" = 1 ]
	[ ! -e "$key.new" ]
}

@test "store: where the log can not say so there is no other key" {
	export XDG_STATE_HOME=$PWD/state
	store init
	"$SHIKAKU" audit init --config conf
	before=$(sha256sum "$key")
	echo "no line of a log" >>"$(echo "$XDG_STATE_HOME"/shikaku/audit/audit-*.log)"
	run -40 store rekey
	[ "$(sha256sum "$key")" = "$before" ]
	[ ! -e "$key.new" ]
	run -0 store verify
}

@test "store: a passphrase is asked for the new key only when the old one does not open the store" {
	store init
	# of a rekey that was killed before the store had it
	store init --store none.db --store-key none.key --passphrase --passphrase-fd 3 3<<<"correct horse battery"
	mv none.key "$key.new"
	run -0 store rekey --passphrase --passphrase-fd 3 3<<<"another one of these"
	run -0 store verify --passphrase-fd 3 3<<<"another one of these"
	# and of one that was killed behind it
	store rekey --passphrase-fd 3 3<<<"another one of these"
	cut_short --passphrase --passphrase-fd 3 3<<<"one more of these"
	run -0 store verify --passphrase-fd 3 3<<<"one more of these"
	[ ! -e "$key.new" ]
}

@test "store: a key with a passphrase" {
	store init --passphrase --passphrase-fd 3 3<<<"correct horse battery"
	run -77 store verify
	[[ $output == *passphrase* ]]
	run -77 store verify --passphrase-fd 3 3<<<"correct horse buttery"
	run -0 store verify --passphrase-fd 3 3<<<"correct horse battery"
	run -0 store rekey --passphrase --passphrase-fd 3 3< <(printf '%s\n' "correct horse battery" "another one of these")
	run -0 store verify --passphrase-fd 3 3<<<"another one of these"
	! grep -q horse "$key" "$store"
}

@test "store: a passphrase that is too short, or none, makes nothing" {
	run -2 store init --passphrase --passphrase-fd 3 3<<<"short"
	run -77 store init --passphrase --passphrase-fd 3 3</dev/null
	run -2 store init --passphrase
	[ ! -e "$store" ]
	[ ! -e "$key" ]
}

@test "store: what is past its time goes, and no byte of it stays" {
	store init
	entry 2 91; entry 2 89; entry 1 1900; entry 1 1800; entry 4 100; entry 5 99 5; entry 4 100
	run -0 store purge
	[ "$output" = "4 entries purged, 0 of the audit log" ]
	run -0 --separate-stderr store stats --json
	"$PYTHON" -c 'import json,sys; d=json.loads(sys.argv[1]); assert (d["answers"],d["confirmed"],d["debts"],d["purged"])==(1,1,1,4), d' "$output"
	run -0 store verify
}

@test "store: what somebody still reads is not overwritten yet, and rekey and purge say so" {
	local sub reader
	store init
	entry 2 91
	store init --store other.db --store-key other.key
	"$STORE_PROBE" other.db other.key 2 91
	cat >reader.py <<-'PY'
	import sqlite3, sys
	d = [sqlite3.connect(f) for f in sys.argv[1:]]
	for x in d:
	    x.execute("BEGIN"); x.execute("SELECT count(*) FROM entry").fetchall()
	print("reading", flush=True)
	sys.stdin.read()
	PY
	mkfifo hold
	"$PYTHON" reader.py "$store" other.db <hold >reading 3>&- &
	reader=$!
	exec 9>hold
	for _ in {1..100}; do [ -s reading ] && break; sleep 0.05; done
	"$SHIKAKU" store purge --config conf --lang ja --store other.db --store-key other.key >out.ja 2>err.ja 3>&- 9>&- &
	run -0 --separate-stderr store rekey 9>&-
	wait $!
	[[ $stderr == *"$store-wal"* ]]
	grep -q other.db-wal err.ja
	exec 9>&-
	wait $reader
	run -0 --separate-stderr store verify
	[ -z "$stderr" ]
	[ ! -e "$store-wal" ]
}

@test "store: a debt is kept for its time from when it was closed, not from when it was made" {
	store init
	entry 4 400; entry 4 400; entry 5 10 1; entry 5 95 2
	run -0 store purge
	[ "$output" = "2 entries purged, 0 of the audit log" ]
	run -0 --separate-stderr store stats --json
	"$PYTHON" -c 'import json,sys; d=json.loads(sys.argv[1]); assert (d["debts"],d["closed"],d["open_debts"])==(1,1,0), d' "$output"
	run -0 store verify
}

@test "store: usage" {
	run -2 store
	run -2 store nonsense
	run -2 store backup
	run -2 store stats more
}

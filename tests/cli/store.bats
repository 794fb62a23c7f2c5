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

@test "store: usage" {
	run -2 store
	run -2 store nonsense
	run -2 store backup
	run -2 store stats more
}

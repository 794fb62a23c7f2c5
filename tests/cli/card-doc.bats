#!/usr/bin/env bats
# docs/card.md names tests that there are.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# exists FILE NAME: a test of that file begins so
exists() {
	case $1 in
	*.bats) grep -qF "@test \"$2" "$ROOT/tests/cli/$1" ;;
	*) grep -qF -e "cmocka_unit_test($2)" -e "{ \"$2\"" "$ROOT/tests/unit/$1" ;;
	esac
}

@test "card.md: every test that is named exists" {
	local line n=0
	grep -oE '`[a-z0-9_-]+\.(bats|c): [^`]+`' "$ROOT/docs/card.md" | tr -d '`' >"$BATS_TEST_TMPDIR/named"
	while read -r line; do
		exists "${line%%: *}" "${line#*: }" || { echo "$line"; return 1; }
		n=$((n + 1))
	done <"$BATS_TEST_TMPDIR/named"
	[ "$n" -ge 100 ]
	run ! exists pitfalls.bats "pitfall 41"
	run ! exists test_card.c no_such_test
}

@test "card.md: every pitfall and every event has its test" {
	sed -nE 's/^\| ([0-9]+) \|.*`pitfalls\.bats: pitfall \1[`:].*/\1/p' "$ROOT/docs/card.md" | diff - <(seq 40)
	grep -oE '^@test "pitfall [0-9]+' "$ROOT/tests/cli/pitfalls.bats" | grep -oE '[0-9]+' | sort -nu | diff - <(seq 40)
	grep -oE '^@test "event: [^"(]+' "$ROOT/tests/cli/card-events.bats" | sed 's/^@test "//; s/ $//' |
	    while read -r event; do
		grep -qF "$event" "$ROOT/docs/card.md" || { echo "$event"; exit 1; }
	done
}

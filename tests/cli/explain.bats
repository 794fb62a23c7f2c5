#!/usr/bin/env bats
# shikaku decide --explain: why, in words.

bats_require_minimum_version 1.5.0
load helper

@test "decide --explain: which rule, what was returned, what inferred, what lacks" {
	local lang
	for lang in ja en; do
		"$SHIKAKU" decide --explain --lang $lang "$ROOT/tests/golden/explain.ndjson" >"$BATS_TEST_TMPDIR/seen"
		[ "${GOLDEN-}" != write ] || cp "$BATS_TEST_TMPDIR/seen" "$ROOT/tests/golden/explain.$lang.txt"
		diff -u "$ROOT/tests/golden/explain.$lang.txt" "$BATS_TEST_TMPDIR/seen"
	done
}

@test "decide --explain: an id can not play with the terminal; a malformed line is still an error object" {
	run --separate-stderr "$SHIKAKU" decide --explain - <<<'{"id":"\u001b[2Jx","visit_date":"2026-11-22","card":{"medium":"none"}}'
	[ "$status" -eq 0 ]
	run ! grep -q $'\x1b' <<<"$output"
	run --separate-stderr "$SHIKAKU" decide --explain - <<<'{"visit_date":"2026-11-32"}'
	[ "$status" -eq 65 ]
	grep -q '"key":"visit_date"' <<<"$output"
}

#!/usr/bin/env bats
# shikaku drill: the situations, what it calls right, the conversation, the poster.

bats_require_minimum_version 1.5.0
load helper

PTY=$ROOT/tests/rig/pty.py

setup() {
	export SHIKAKU_LANG=ja
	cd "$BATS_TEST_TMPDIR"
}

drill() { "$SHIKAKU" drill "$@"; }

@test "drill: every situation of the policy is there" {
	"$PYTHON" "$ROOT/tests/drill.py" "$SHIKAKU" covers
}

@test "drill: each ends as the policy says, by decide and by the oracle" {
	"$PYTHON" "$ROOT/tests/drill.py" "$SHIKAKU" ends
}

@test "drill: the poster's ways are the policy's, in its order" {
	"$PYTHON" "$ROOT/tests/drill.py" "$SHIKAKU" ways
}

@test "drill: what it calls right is what decide asks next, and no other choice is" {
	"$PYTHON" "$ROOT/tests/drill.py" "$SHIKAKU" walks
}

@test "drill: nothing is wider than 80 columns, no question higher than 24 rows" {
	"$PYTHON" "$ROOT/tests/drill.py" "$SHIKAKU" screens
}

@test "drill: a situation from beginning to end, ja and en" {
	local lang
	for lang in ja en; do
		printf '%s\n' 1 2 3 0 1 | drill --situation sit-01b --seed 3 --lang "$lang" >got
		diff "$ROOT/tests/golden/drill.$lang.txt" got
	done
}

@test "drill: the same seed is the same round, another one is not" {
	yes 1 | drill --seed 5 --count 8 >first
	yes 1 | drill --seed 5 --count 8 >again
	yes 1 | drill --seed 6 --count 8 >other
	diff first again
	run ! diff -q first other
	[ "$(grep -c '^[1-8]/8  SIT-' first)" -ge 8 ]
	yes 1 | drill --count 1 >unseeded
	grep -qE '^同じ順番でもう一度: shikaku drill --seed [0-9]+ --count 1$' unseeded
}

@test "drill: right and wrong answers are counted" {
	local right
	# the right answer is told when none is given
	yes 0 | drill --situation SIT-01b --seed 9 >shown
	right=$(sed -n 's/^正解  \([1-4]\) .*/\1/p' shown)
	[ "$(wc -l <<<"$right")" -eq 4 ]
	drill --situation SIT-01b --seed 9 <<<"$right" >got
	grep -qx '1場面、4問のうち4問が正解でした。' got
	[ "$(grep -c '^正解です。' got)" -eq 4 ]
	grep -qx '1場面、4問のうち0問が正解でした。' shown
	# full-width digits are digits, anything else is no answer
	sed 'y/1234/１２３４/' <<<"$right" | drill --situation SIT-01b --seed 9 >got
	grep -qx '1場面、4問のうち4問が正解でした。' got
	printf 'x\n\n99\n-1\n' | drill --situation SIT-01b --seed 9 >got
	grep -qx '1場面、4問のうち0問が正解でした。' got
}

@test "drill: q and the end of input stop it" {
	printf 'q\n' | drill --seed 1 >got
	grep -qx '1場面、0問のうち0問が正解でした。' got
	printf '1\n' | drill --seed 1 >got
	grep -qE '^1場面、1問のうち[01]問が正解でした。$' got
	drill --seed 1 </dev/null >got
	grep -qx '1場面、0問のうち0問が正解でした。' got
}

@test "drill: --json counts on standard output, the conversation is on standard error" {
	yes 2 | drill --seed 4 --count 3 --json >got 2>talk
	"$PYTHON" -c '
import json
d = json.load(open("got"))["drill"]
assert d["seed"] == 4 and d["situations"] == 3 and 3 <= d["questions"] and 0 <= d["right"] <= d["questions"], d'
	grep -q '^1/3  SIT-' talk
	drill --list --json | "$PYTHON" -c '
import json, sys
plays = json.load(sys.stdin)
assert len(plays) >= 50 and all(set(p) == {"id", "title", "visit", "scene"} for p in plays)'
}

@test "drill: what can not be played is a wrong usage" {
	local bad
	for bad in "--situation SIT-99" "--situation SIT" "--format xml" "SIT-01" "--seed x"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr drill $bad
		[ -z "$output" ]
	done
	echo '{' >rules.json
	run -65 --separate-stderr drill --rules rules.json
}

@test "drill: other rules, other answers" {
	"$PYTHON" - "$ROOT/src/rules/rules.json" <<-'PY' >rules.json
	import json, sys
	rules = json.load(open(sys.argv[1], encoding="utf-8"))
	rules["ladder"] = [dict(s, rules=[r for r in s["rules"] if r["id"] != "FLOW-3"]) for s in rules["ladder"]]
	print(json.dumps(rules, ensure_ascii=False))
	PY
	chmod 600 rules.json
	drill --poster --situation SIT-16 >with
	drill --poster --situation SIT-16 --rules rules.json >without
	grep -q FLOW-3 with
	run ! grep -q FLOW-3 without
}

@test "drill: the poster as text, Markdown and CSV" {
	drill --poster --situation SIT-01 >got
	diff "$ROOT/tests/golden/drill-poster.ja.txt" got
	drill --format text --situation SIT-01 | diff got -
	drill --format markdown --lang en --situation SIT-01 >got
	diff "$ROOT/tests/golden/drill-poster.en.md" got
	drill --format csv >got.csv
	"$PYTHON" - <<-'PY'
	import csv
	rows = list(csv.reader(open("got.csv", encoding="utf-8", newline="")))
	assert rows[0] == ["場面", "すること(上から順に)", "負担割合", "請求", "根拠"], rows[0]
	assert len(rows) > 100 and all(len(r) == 5 for r in rows)
	assert {r[0][:6] for r in rows[1:]} == {f"SIT-{i:02}" for i in range(1, 29)}
	assert all(r[1] and r[2] and r[4] for r in rows), [r for r in rows if not all(r[i] for i in (1, 2, 4))]
	assert any("77777777" in r[3] for r in rows) and any("99999999" in r[3] for r in rows)
	PY
}

@test "drill: single keys on a terminal; q leaves it as it was" {
	"$PYTHON" "$PTY" "$SHIKAKU" drill --situation SIT-01b --seed 3 >shown <<-'END'
	expect 1/1  SIT-01b
	expect q やめる):
	echo off
	type 3
	expect 正解です。
	expect スペースで次へ
	type q
	expect 1場面、1問のうち1問が正解でした。
	END
}

@test "drill: an explanation waits to be read; Ctrl-C leaves the terminal as it was" {
	local status=0
	"$PYTHON" "$PTY" "$SHIKAKU" drill --situation SIT-24a --seed 1 >shown <<-'END'
	expect q やめる):
	type 0
	expect 正解
	expect スペースで次へ
	type n
	expect 1場面、1問のうち0問が正解でした。
	END
	"$PYTHON" "$PTY" "$SHIKAKU" drill --seed 1 >shown <<-'END' || status=$?
	expect q やめる):
	echo off
	press C
	END
	[ "$status" -eq 130 ]
}

@test "drill: what is higher than the terminal comes in two pages" {
	"$PYTHON" "$PTY" "$SHIKAKU" drill --situation SIT-07c --seed 12 --lang en >shown <<-'END'
	expect q quit):
	type 0
	expect Space goes on
	type n
	expect q quit):
	type 0
	expect Space goes on
	type n
	expect q quit):
	type 0
	expect Space goes on
	type n
	expect q quit):
	type 0
	expect Space goes on
	type n
	expect q quit):
	type 2
	expect [30%] insured
	expect Space goes on
	type n
	expect Next
	expect Space goes on
	type n
	expect Situations: 1, questions: 5, right: 0.
	END
}

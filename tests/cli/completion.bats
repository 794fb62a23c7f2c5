#!/usr/bin/env bats
# What bash, zsh and fish offer is what the help lists: each is started with the script and asked.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${BUILD:-$ROOT/build}
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

asked() { "$PYTHON" "$ROOT/tests/rig/completion.py" "$BUILD/shikaku" "$1"; }

@test "completion: bash offers what the help lists, and nothing else" { asked bash; }
@test "completion: zsh offers what the help lists, and nothing else" { asked zsh; }
@test "completion: fish offers what the help lists, and nothing else" { asked fish; }

@test "completion: the scripts are quiet and whole" {
	local lang
	for lang in ja en; do
		"$BUILD/shikaku" help completion bash --lang $lang >"$BATS_TEST_TMPDIR/bash"
		"$BUILD/shikaku" help completion zsh --lang $lang >"$BATS_TEST_TMPDIR/zsh"
		"$BUILD/shikaku" help completion fish --lang $lang >"$BATS_TEST_TMPDIR/fish"
		[ "$(bash --norc -c 'source "$1"; complete -p shikaku' bash "$BATS_TEST_TMPDIR/bash" 2>&1)" = \
		    "complete -F _shikaku shikaku" ]
		[ -z "$(zsh -f -c 'autoload -Uz compinit; compinit -D -u; source "$1"' zsh "$BATS_TEST_TMPDIR/zsh" 2>&1)" ]
		[ -z "$(HOME=$BATS_TEST_TMPDIR fish --no-config -c 'source $argv[1]' "$BATS_TEST_TMPDIR/fish" 2>&1)" ]
		# at TAB, too
		for line in "shikaku rules " "shikaku check --" "shikaku audit export --"; do
			[ -z "$(HOME=$BATS_TEST_TMPDIR fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
			    "$BATS_TEST_TMPDIR/fish" "$line" 2>&1 >/dev/null)" ]
		done
	done
}

@test "completion: a shell it does not know" {
	run -2 "$BUILD/shikaku" help completion tcsh
	run -2 "$BUILD/shikaku" help completion
}

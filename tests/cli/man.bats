#!/usr/bin/env bats
# The manuals say what the programs say: every option, every exit status.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${BUILD:-$ROOT/build}
MAN=$ROOT/docs/man

setup() {
	export SHIKAKU_LANG=en
	cd "$BATS_TEST_TMPDIR"
}

# The long options that a help text lists.
helped() { sed -nE 's/^  (-[a-z], )?(--[a-z-]*).*/\2/p' | sort; }

# section FILE NAME...: the options that subsections (no name: the file) of a manual describe.
described() {
	local file=$1
	shift
	awk -v names="$*" '
	BEGIN { n = split(names, list, "/") }
	/^\.S[sh] / { in_it = 0; for (i = 1; i <= n; i++) if (substr($0, 5) == list[i]) in_it = 1 }
	/^\.It Fl Fl / && (in_it || n == 0) { print "--" $4 }' "$file" | sort
}

# The commands that the help lists, and the subcommands of one.
commands() { "$BUILD/shikaku" help | sed -n '3,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'; }
subcommands() { "$BUILD/shikaku" "$1" --help | awk -v RS= 'NR == 3' | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'; }

@test "shikaku(1) describes the options of every command and subcommand" {
	local c sub n=0
	for c in $(commands); do
		{
			"$BUILD/shikaku" "$c" --help
			for sub in $(subcommands "$c"); do "$BUILD/shikaku" "$c" "$sub" --help; done
		} | helped | sort -u >helped
		[ "$(wc -l <helped)" -ge 5 ]
		described "$MAN/shikaku.1" "$c/Common options" | sort -u | diff helped -
		n=$((n + 1))
	done
	[ "$n" -ge 5 ]
}

@test "shikaku(1) describes every subcommand and topic" {
	local c sub
	for c in rules help $(commands); do
		for sub in $(subcommands "$c"); do
			sed -n "/^\.Ss $c\$/,/^\.Ss /p" "$MAN/shikaku.1" | grep -qE "^\.(It )?Cm (.* )?$sub\b" || { echo "$c $sub"; false; }
		done
	done
	[ "$(subcommands rules | wc -l)" -ge 6 ]
	[ "$(subcommands help | wc -l)" -ge 3 ]
}

@test "shikaku(1) describes every command" {
	commands | sort >helped
	[ "$(wc -l <helped)" -ge 3 ]
	sed -n 's/^\.Ss \([a-z]*\)$/\1/p' "$MAN/shikaku.1" | sort | diff helped -
}

@test "shikaku(1) lists the exit statuses with their codes and words" {
	"$BUILD/shikaku" help exit | sed -E 's/^ *([0-9]+) +([A-Z_]+|) *(.*)$/\1|\2|\3/' >helped
	[ "$(wc -l <helped)" -ge 30 ]
	sed -nE 's/^\.It ([0-9]+) Ta ([A-Z_]+|-) Ta (.*)$/\1|\2|\3/p' "$MAN/shikaku.1" | sed 's/|-|/||/' | diff helped -
}

@test "shikaku-mock(1) and shikaku-softcard(1) describe their options" {
	local p
	for p in shikaku-mock shikaku-softcard; do
		"$BUILD/$p" --help | helped >helped
		[ "$(wc -l <helped)" -ge 4 ]
		described "$MAN/$p.1" | diff helped -
	done
}

@test "shikaku-mock(1) and shikaku-softcard(1) list the exit statuses" {
	local p
	for p in shikaku-mock shikaku-softcard; do
		"$BUILD/$p" --help | tr '\n' ' ' | sed 's/.*[Ee]xit status: //' | grep -oE '(^|[ ,] ?)[0-9]+ ' |
		    tr -d ' ,' >helped
		[ "$(wc -l <helped)" -ge 4 ]
		sed -nE 's/^\.It ([0-9]+)$/\1/p' "$MAN/$p.1" | diff helped -
	done
}

@test "the manuals are good mdoc" {
	# what other manuals this machine has, and knows of, is not ours
	mandoc -Tlint "$MAN"/*.1 | grep -vE 'referenced manual not found|mandoc\.db' >lint || true
	[ ! -s lint ] || { cat lint; false; }
}

@test "the documents list the codes of warnings and follow-ups" {
	"$BUILD/shikaku" help warnings | grep -E '^[a-z]' | sort >helped
	[ "$(wc -l <helped)" -ge 30 ]
	{ sed -nE '/^## Warnings/,/^## Errors/s/^\| `([a-z_]+)` \|.*/\1/p' "$ROOT/docs/decision.md"
	  sed -nE '/^## Codes/,/^## /s/^\| `([a-z0-9_]+)` \|.*/\1/p' "$ROOT/docs/list.md"; } | sort | diff helped -
}

@test "the examples of decision.md are decided as its table says" {
	sed -n '/^## Examples/,$p' "$ROOT/docs/decision.md" >examples
	[ "$(grep -c '^{' examples)" -ge 8 ]
	grep '^{' examples | "$BUILD/shikaku" decide --no-trace |
	    sed -E 's/^\{"id":"(.)","verdict":"([a-z_]+)","path":"?([a-z_]+)"?,"copay_percent":([0-9a-z]+),"copay_basis":"?([a-z]+)"?.*/| \1 | \2 | \3 | \4 | \5 |/; s/ null / - /g' >got
	sed -nE 's/^(\| [a-z] \|.*) \|[^|]*\|$/\1 |/p' examples | diff got -
}

@test "rules.md names every derived fact and value" {
	sed -n '/^#define DERIVED/,/^$/p' "$ROOT/src/engine/derived.h" |
	    grep -oE '^	[FV]\([A-Z0-9_]+, ([A-Z0-9_]+, )?"[a-z0-9_]+"' |
	    sed -E 's/^	(.)\(.*"([a-z0-9_]+)"/\1 \2/' | awk '$1 == "F" { f = $2 } $1 == "V" { print f, $2 }' >code
	[ "$(wc -l <code)" -ge 100 ]
	sed -n '/^## Derived facts/,/^## /p' "$ROOT/docs/rules.md" | tr -d '|`' |
	    awk '/^ [a-z_]+  / && $1 != "fact" { for (i = 2; i <= NF; i++) print $1, $i }' | diff code -
}

@test "the amendment in rules.md does what it says" {
	sed -n '/^```sh/,/^```$/p' "$ROOT/docs/rules.md" | sed '/^```/d' >try.sh
	sed -n '/^```text/,/^```$/p' "$ROOT/docs/rules.md" | sed '/^```/d' >want
	[ -s try.sh ] && [ -s want ]
	mkdir src
	ln -s "$ROOT/src/rules" src/rules
	PATH=$BUILD:$PATH sh -eu try.sh | diff want -
}

@test "the names in the glossary are the code's" {
	local word
	sed -n '/^## The service/,/^## The card/p' "$ROOT/docs/glossary.md" | grep '^|' | cut -d'|' -f3 |
	    grep -o '`[A-Za-z0-9]*`' | tr -d '`' >elements
	[ "$(wc -l <elements)" -ge 50 ]
	while read -r word; do
		grep -rqw "$word" "$ROOT/src/net" "$ROOT/src/decide" "$ROOT/src/mock" || { echo "$word"; false; }
	done <elements
	sed -n '/^## The reception/,/^## The service/p; /^## The card/,$p' "$ROOT/docs/glossary.md" | grep '^|' |
	    awk -F'|' '{ print $NF != "" ? $NF : $(NF - 1) }' | grep -oE '`[a-z0-9]*_[a-z0-9_]*`' | tr -d '`' >words
	[ "$(wc -l <words)" -ge 30 ]
	while read -r word; do
		grep -rqE "\\b$word" "$ROOT/src" "$ROOT/include" || { echo "$word"; false; }
	done <words
}

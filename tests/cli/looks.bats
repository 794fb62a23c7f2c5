#!/usr/bin/env bats
# What gives way where a screen is too small, and what a terminal of another kind is told.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	URL=offline
	config
	settings=()
}

# seen LINES [OPTION]...: the verdict on a terminal of so many lines; sets output and ended
seen() {
	ended=0
	output=$(env PYTHONUTF8=1 PYTHONCOERCECLOCALE=0 PTY_LINES="$1" TERM=xterm NO_COLOR=1 "${settings[@]}" "$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check \
	    --config "$CONF" --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" "${@:2}" 3>&- </dev/null) || ended=$?
	output=${output//$'\r'/}
	echo "$output"
}

# A year of bad luck: six warnings and as many follow-ups on a line that is down.
worst() {
	facts '{"visit_date": "2026-11-22", "visit": "return", "birthdate": "1953-04-10",
	    "card": {"medium": "card", "read": "unreadable", "certificate_revoked": true, "valid_to": "2026-11-20"},
	    "online": {"outcome": "unreachable", "by": "card"},
	    "documents": {"eligibility_certificate": {"valid_to": "2026-07-31", "insurer_number": "132999"}, "portal": null, "portal_pdf": null, "notice": null, "old_card": {}},
	    "record": null, "statement": null, "disaster": null}'
}

# steps LANG SCREEN: the step of every warning and every follow-up that it has no line of its own for
steps_stand() {
	local code note
	"$SHIKAKU" help warnings --json --lang "$1" >"$BATS_TEST_TMPDIR/help"
	timed "$SHIKAKU" check --config "$CONF" --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --json --lang "$1"
	note=$output
	for code in certificate_revoked card_expired clinic_may_decide no_answer insurer_number_check \
	    renew_certificate renew_card bring_card; do
		"$PYTHON" "$ROOT/tests/rig/notes.py" $code STEP "$BATS_TEST_TMPDIR/help" 3<<<"$note" 4<<<"$2"
	done
}

@test "looks: more than a screen holds: every step stands, and how much gave way" {
	local lang screen
	worst
	for lang in ja en; do
		shikaku check --config "$CONF" --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --lang $lang
		[ "$status" = 10 ]
		screen=$output
		"$PYTHON" "$ROOT/tests/rig/screen.py" <<<"$screen"
		[[ $screen = *ほか*件は* || $screen = *" more: --json"* ]]
		steps_stand $lang "$screen"
	done
}

@test "looks: a high terminal shows all of it, a low one the steps" {
	worst
	seen 60
	[ "$ended" = 10 ]
	[[ $output != *ほか*件は* && $output = *"注意  マイナンバーカード自体の期限が切れている"* && $output = *根拠* ]]
	[ "$(wc -l <<<"$output")" -gt 30 ]
	seen 24
	[[ $output = *ほか*件は* && $output != *"注意  マイナンバーカード自体の期限が切れている"* && $output != *根拠* ]]
	[ "$(wc -l <<<"$output")" -le 23 ]
	facts '{"visit_date": "2026-11-22", "birthdate": "1980-02-17", "documents": {"eligibility_certificate": {"insurer_number": "06132013"}}}'
	seen 12 --points 100
	[ "$ended" = 0 ]
	[ "$(grep -c . <<<"$output")" -le 11 ]
	[[ $output = *【3割】* && $output = *ほか*件は* ]]
}

@test "looks: a terminal that is not of UTF-8 is told so, in ASCII, and nobody else is" {
	local locale
	facts '{}'
	for locale in ja_JP.eucJP ja_JP.SJIS en_US.ISO-8859-1@euro; do
		settings=(LC_ALL=$locale)
		seen 24 --assume-none
		[[ $output = "shikaku: the locale says "*"written in UTF-8."*"LANG=ja_JP.UTF-8"* ]]
		head -3 <<<"$output" | grep -q '^  -> '
		run ! grep -qP '[^\x20-\x7e]' <(head -3 <<<"$output")
	done
	for locale in C POSIX ja_JP ja_JP.UTF-8 ja_JP.utf8 C.UTF-8; do
		settings=(LC_ALL=$locale)
		seen 24 --assume-none
		[[ $output != *"locale says"* ]]
	done
	settings=(LC_ALL= LANG=ja_JP.eucJP)
	seen 24 --assume-none
	[[ $output = *"locale says eucJP"* ]]
	settings=(LC_ALL=$'x.\033[2J\033]0;x')
	seen 24 --assume-none
	[[ $output != *$'\033'* ]]
	timed env LC_ALL=ja_JP.eucJP "$SHIKAKU" check --config "$CONF" --no-card forgotten
	[[ $status = 11 && -z $stderr ]]
}

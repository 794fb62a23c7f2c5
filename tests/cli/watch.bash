# shellcheck shell=bash
# For the tests of `shikaku watch`: a person at a terminal, played step by step while cards come and go.

watch_setup() {
	. "$ROOT/tests/rig/pcscd.sh"
	T=$BATS_TEST_TMPDIR
	SAT=
	PLAYED=0
}

watch_teardown() {
	[ -z "$SAT" ] || kill -KILL "$SAT" 2>/dev/null || :
	rig_stop
	mock_stop
}

# sit [OPTION]...: a watch with a person at a terminal of 24 lines, who does what play() says
sit() {
	sit_before "$SHIKAKU" watch --config "$CONF" --limit-consent no "$@"
}

# sit_before COMMAND...: the same for any command
sit_before() {
	rm -f "$T/script"
	mkfifo "$T/script"
	TERM=${TERM_OF_DESK-xterm} "$PYTHON" "$ROOT/tests/rig/pty.py" "$@" <"$T/script" >"$T/out" 3>&- &
	SAT=$!
	exec {SCRIPT}>"$T/script"
}

# play LINE...: as tests/rig/pty.py has them; returns when all came true
play() {
	local i
	PLAYED=$((PLAYED + 1))
	printf '%s\n' "$@" "sh touch $T/played.$PLAYED" >&"$SCRIPT"
	for ((i = 0; i < 1800; i++)); do
		[ ! -e "$T/played.$PLAYED" ] || return 0
		kill -0 "$SAT" 2>/dev/null || break
		sleep 0.02
	done
	cat "$T/out"
	return 1
}

# ends STATUS: nothing more is played, the watch ends like that; sets output
ends() {
	# not by closing it: the cards that were inserted meanwhile have it open, too
	echo end >&"$SCRIPT"
	exec {SCRIPT}>&-
	status=0
	wait "$SAT" || status=$?
	SAT=
	output=$(<"$T/out")
	[ "$status" = "$1" ] || { echo "$output"; echo "status $status, not $1"; return 1; }
	[[ ! $output =~ 1234|9999|5555 ]]
}

# No name, kana or address of anybody is left, and no number of a card.
nothing_left() {
	local lines=() line
	while read -r line; do
		[ -z "$line" ] || lines+=("gone $line")
	done <"$BATS_FILE_TMPDIR/names"
	play "${lines[@]}" 'gone 06132013' 'gone 1980' 'gone 割】'
}

# asked N: so many enquiries came to the service
asked() {
	local n
	n=$(grep -c '/v1/qualification' "$T/mock.0.log" || :)
	[ "$n" = "$1" ] || { echo "$n enquiries, not $1"; return 1; }
}

# tries N: the card in the reader says that so many are left
tries() {
	local said
	said=$(opensc-tool --card-driver default -s 00A4040C0AD392F000260100000001 \
	    -s 00A4020C020018 -s 00200080 | tail -1)
	[[ $said = *"SW1=0x63, SW2=0xC$1"* ]] || { echo "PIN status: $said"; return 1; }
}

# pcscd is started anew, at the same place; the readers' names come back
pcscd_returns() {
	rig_launch
	rig_wait rig_lists_readers
}

# hold exclusive|transaction: another program has the card
hold() {
	"$PYTHON" "$ROOT/tests/rig/pcsc-hold.py" "$1" >"$T/held" 3>&- &
	HELD=$!
	rig_wait grep -q held "$T/held"
}

let_go() {
	kill "$HELD"
}

# next FIXTURE: the card that lies there is taken, after the verdict was read; that one comes
next() {
	play 'pause 1600'
	rig_remove
	rig_insert "$CARDS/$1.json"
}

# A card that left while it was used: pcscd sees it go with its next poll, every 400 ms.
gone() {
	rig_remove
	sleep 0.5
}

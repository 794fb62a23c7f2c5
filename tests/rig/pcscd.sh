# shellcheck shell=bash
# A pcscd of one's own with virtual readers, for bats: source this, then
#
#   rig_start             pcscd with one reader of two slots; exports PCSCLITE_CSOCK_NAME
#   rig_start_no_reader   pcscd without any reader
#   rig_insert FIXTURE [SLOT]   a card in slot 0 or 1; returns when it has power
#   rig_remove [SLOT]           takes it out; returns when pcscd has seen it go
#   rig_drop [SLOT]             takes it out and does not wait; rig_insert will
#   rig_stop              ends cards and pcscd; harmless when repeated
#
# Not in a subshell: what is started ends with the shell that started it. All waits are
# bounded. RIG_DIR holds the socket and pcscd.log. SHIKAKU_BUILD names another build folder.
#
# pcscd needs the folder /run/pcscd, which root makes once.

RIG_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RIG_BUILD=${SHIKAKU_BUILD:-$RIG_ROOT/build}
# bats sources this anew in the process of every test: what setup_file started stays known.
export RIG_DIR=${RIG_DIR-} RIG_PORT=${RIG_PORT-} RIG_PCSCD=${RIG_PCSCD-}
RIG_CARDS=()

rig_launcher() {
	local source=$RIG_ROOT/tests/rig/pcscd-launch.c
	RIG_LAUNCH=$RIG_ROOT/build/tests/pcscd-launch
	[ "$RIG_LAUNCH" -nt "$source" ] && return
	mkdir -p "${RIG_LAUNCH%/*}"
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O1 -Wall -o "$RIG_LAUNCH.$$" "$source" &&
	    mv "$RIG_LAUNCH.$$" "$RIG_LAUNCH"
}

rig_config() {	# PORT; below 32768, where no outgoing connection can sit
	cat >"$RIG_DIR/conf/reader.conf" <<-CONF
		FRIENDLYNAME "Virtual PCD"
		DEVICENAME   /dev/null:$1
		LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
		CHANNELID    $1
	CONF
}

rig_launch() {
	"$RIG_LAUNCH" "$PCSCLITE_CSOCK_NAME" "$RIG_DIR/conf" >"$RIG_DIR/pcscd.log" 2>&1 3>&- &
	RIG_PCSCD=$!
}

rig_prepare() {
	[ "$(id -u)" != 0 ] || mkdir -p /run/pcscd
	[ -d /run/pcscd ] || { echo "rig: root must make /run/pcscd" >&2; return 1; }
	rig_launcher || return
	# In /tmp: the name of a socket has at most 107 bytes.
	RIG_DIR=$(mktemp -d -p /tmp) || return
	mkdir "$RIG_DIR/conf" || return
	export PCSCLITE_CSOCK_NAME=$RIG_DIR/pcscd.comm
}

# Waits up to 5 s until the command succeeds.
rig_wait() {
	local i
	for ((i = 0; i < 250; i++)); do
		"$@" && return
		sleep 0.02
	done
	echo "rig: waited in vain for: $*" >&2
	return 1
}

rig_answers() { [ -S "$PCSCLITE_CSOCK_NAME" ]; }
rig_lists_readers() { [ "$(opensc-tool --list-readers 2>/dev/null | grep -c 'Virtual PCD')" = 2 ]; }
rig_port_failed() { grep -q 'init failed' "$RIG_DIR/pcscd.log"; }
rig_settled() { rig_port_failed || rig_lists_readers; }

rig_start() {
	local try
	rig_prepare || return
	for try in 1 2 3 4 5 6 7 8 9 10; do
		RIG_PORT=$((20000 + (RANDOM % 6000) * 2))
		rig_config "$RIG_PORT"
		rig_launch
		rig_wait rig_answers && rig_wait rig_settled && rig_lists_readers && return
		rig_kill "$RIG_PCSCD"
	done
	echo "rig: no reader after $try tries" >&2
	rig_stop
	return 1
}

rig_start_no_reader() {
	rig_prepare || return
	rig_launch
	rig_wait rig_answers
}

# Never with the card before it still seen there: vpcd takes the next one off its backlog in the
# same poll, so that pcscd sees no change and does not power it.
rig_insert() {
	local slot=${2:-0} ready word pipe=$RIG_DIR/ready.${2:-0}
	rig_wait rig_slot_empty "$slot" || return
	rm -f "$pipe"
	mkfifo "$pipe" && exec {ready}<>"$pipe" || return
	"$RIG_BUILD/shikaku-softcard" "$1" --vpcd "127.0.0.1:$((RIG_PORT + slot))" \
	    --ready-fd "$ready" 3>&- &
	RIG_CARDS[slot]=$!
	read -r -t 5 -u "$ready" word || word=
	exec {ready}>&-
	[ "$word" = ready ] && return
	echo "rig: the card did not get power" >&2
	rig_drop "$slot"
	return 1
}

rig_slot_empty() {
	opensc-tool --list-readers 2>/dev/null | grep -q "^$1  *No "
}

rig_drop() {
	local slot=${1:-0}
	[ -n "${RIG_CARDS[slot]-}" ] || return 0
	rig_kill "${RIG_CARDS[slot]}"
	unset "RIG_CARDS[slot]"
}

rig_remove() {
	rig_drop "${1:-0}"
	rig_wait rig_slot_empty "${1:-0}"
}

# TERM, and KILL after two seconds.
rig_kill() {
	local i
	kill -TERM "$1" 2>/dev/null || return 0
	for ((i = 0; i < 100; i++)); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.02
	done
	kill -KILL "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

rig_stop() {
	local pid
	for pid in "${RIG_CARDS[@]}" $RIG_PCSCD; do
		rig_kill "$pid"
	done
	RIG_CARDS=()
	RIG_PCSCD=
	[ -z "$RIG_DIR" ] || rm -rf "$RIG_DIR"
	RIG_DIR=
	unset PCSCLITE_CSOCK_NAME
}

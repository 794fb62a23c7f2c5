#!/usr/bin/env bats
# What our programs may not do although they could: docs/sandbox.md.

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	fixtures
	cd "$ROOT"
	cc -std=c11 -D_GNU_SOURCE -Isrc -I"$BUILD/obj" -O1 -o "$BATS_FILE_TMPDIR/probe" tests/rig/sandbox-probe.c \
	    src/sandbox/{sandbox,landlock}.c src/sandbox/filter_data.S src/base/err.c -lseccomp -lpthread
	cc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o "$BATS_FILE_TMPDIR/intruder.so" tests/rig/intruder.c -ldl
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	echo x >there
	ulimit -c 0
}

teardown() { mock_stop; }

# killed PROFILE WHAT...: each of that ends the process.
killed() {
	local profile=$1 what
	shift
	for what; do
		run "$BATS_FILE_TMPDIR/probe" "$profile" "$what"
		[ "$status" = 159 ] && [ -z "$output" ] || { echo "$profile $what: status $status, $output"; return 1; }
	done
}

# says WORDS PROFILE WHAT...: each of that ends so.
says() {
	local words=$1 profile=$2 what
	shift 2
	for what; do
		run "$BATS_FILE_TMPDIR/probe" "$profile" "$what"
		[ "$status" = 0 ] && [ "$output" = "$words" ] || { echo "$profile $what: status $status, $output"; return 1; }
	done
}

is_sanitized() { grep -q __asan_init "$BUILD/shikaku"; }

@test "sandbox: the reader reaches no network, writes no file, starts nothing" {
	killed reader reach-inet ask-netlink make-inet6 make-packet file-write file-append file-create file-unnamed \
	    file-creat file-truncate file-remove file-rename file-chmod file-link dir-make code-make other-memory trace \
	    own-limit push-key new-user program process thread
	[ "$(ls)" = there ]
	[ "$(<there)" = x ]
}

@test "sandbox: the reader reaches pcscd's kind of socket and reads files" {
	says done reader file-read memory
	# nobody listens there: the way is open
	says "refused ENOENT" reader reach-unix
}

@test "sandbox: what asks the service reaches no socket of this machine, starts nothing, makes no code" {
	says "refused EAFNOSUPPORT" service reach-unix ask-netlink make-packet make-vsock
	killed service pair-unix code-make other-memory trace own-limit push-key new-user program process file-chmod file-link
}

@test "sandbox: what asks the service reaches the network, has threads and its files" {
	says done service reach-inet make-inet6 file-read file-write file-create thread memory dir-make file-rename
}

@test "sandbox: what draws a form reads files and has threads; the rest is refused, and it goes on" {
	says done form file-read memory thread
	says "refused ENOSYS" form reach-unix reach-inet ask-netlink make-inet6 make-packet make-vsock pair-unix \
	    file-write file-append file-create file-unnamed file-creat file-truncate file-remove file-rename file-chmod \
	    file-link dir-make code-make other-memory trace own-limit push-key new-user program process
	[ "$(ls)" = there ]
	[ "$(<there)" = x ]
}

@test "sandbox: Landlock by itself guards files and the network, where the kernel has it" {
	run "$BATS_FILE_TMPDIR/probe" landlock file-read
	if [ "$output" = none ]; then
		says none landlock file-write file-create
	else
		says done landlock file-read memory
		says "refused EACCES" landlock file-write file-append file-create file-unnamed file-remove file-rename dir-make
	fi
}

@test "sandbox: a kernel without Landlock is no reason not to read a card" {
	says done no-landlock file-read
	killed no-landlock file-write reach-inet
}

@test "sandbox: a kernel without seccomp is none either, and Landlock still holds the reader" {
	says done no-seccomp file-read
	run "$BATS_FILE_TMPDIR/probe" landlock file-read
	[ "$output" = none ] || says "refused EACCES" no-seccomp file-write file-create
}

@test "sandbox: the lists are as long as docs/sandbox.md says" {
	grep -q "^| \`shikaku-reader\` | $("$BUILD/obj/filter" count reader) |" "$ROOT/docs/sandbox.md"
	grep -q "^| \`shikaku\` where it asks the service | $("$BUILD/obj/filter" count service) |" "$ROOT/docs/sandbox.md"
	grep -q "^| \`shikaku-form\` | $("$BUILD/obj/filter" count form) |" "$ROOT/docs/sandbox.md"
}

# intruded PROGRAM WHAT: a check in which that program tries that; log: what came of it.
intruded() {
	: >log
	INTRUDER_IN=$1 INTRUDER_DOES=$2 INTRUDER_LOG=$PWD/log LD_PRELOAD=$BATS_FILE_TMPDIR/intruder.so \
	    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 run_check adult --assume-none || :
	log=$(tr '\n' ' ' <log)
}

@test "sandbox: shikaku-reader, taken over, ends at the first try, and the desk says why" {
	desk
	local what
	for what in inet write program; do
		intruded shikaku-reader "$what"
		if is_sanitized; then
			[[ $log = "tried "* ]]
			continue
		fi
		[ "$log" = "tried " ]
		shows "$status" error=READER_HELPER read=reader_fault
		[[ $output = *"stopped by its sandbox"* ]]
	done
	is_sanitized || [ ! -e stolen ]
}

@test "sandbox: shikaku, taken over, reaches no pcscd, and starts nothing" {
	desk
	intruded shikaku unix
	if is_sanitized; then
		[ "$log" = "tried done " ]
	else
		[ "$log" = "tried EAFNOSUPPORT " ]
		shows 0 verdict=insured
		timed env INTRUDER_IN=shikaku INTRUDER_DOES=program INTRUDER_LOG="$PWD/log" \
		    LD_PRELOAD="$BATS_FILE_TMPDIR/intruder.so" "$SHIKAKU" check --config "$CONF" --pin-fd 3 \
		    --card "$CARDS/adult.json" --json 3<<<1234
		[ "$status" = 159 ]
		[ -z "$output" ]
	fi
}

@test "sandbox: shikaku-form, taken over, reaches nothing, and the sheet is printed all the same" {
	local what
	for what in unix inet write program; do
		: >log
		INTRUDER_IN=shikaku-form INTRUDER_DOES=$what INTRUDER_LOG=$PWD/log LD_PRELOAD=$BATS_FILE_TMPDIR/intruder.so \
		    ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 "$SHIKAKU" form statement --blank -o sheet.pdf 3>&- || :
		if is_sanitized; then
			grep -q tried log
			continue
		fi
		[ "$(tr '\n' ' ' <log)" = "tried ENOSYS " ]
		[ "$(head -c 5 sheet.pdf)" = %PDF- ]
		rm sheet.pdf
	done
	is_sanitized || [ ! -e stolen ]
}

@test "sandbox: a module that openssl.cnf names is not loaded beside the PIN, and does not end the reader" {
	desk
	cat >openssl.cnf <<-'END'
	openssl_conf = init
	[init]
	providers = all
	[all]
	default = on
	legacy = on
	[on]
	activate = 1
	END
	OPENSSL_CONF=$PWD/openssl.cnf run_check adult --assume-none
	shows 0 verdict=insured error=-
}

# children PID: the programs it has started and what guards them, one a line
children() {
	local pid
	for pid in $(cat "/proc/$1/task/$1/children"); do
		echo "$(<"/proc/$pid/comm") $(sed -n 's/^\(Seccomp\|NoNewPrivs\):\t/\1=/p' "/proc/$pid/status" | tr '\n' ' ')"
	done
}

@test "sandbox: while a PIN is awaited, both are confined, and the reader has no other descriptor" {
	desk
	mkfifo pin
	"$SHIKAKU" check --config "$CONF" --pin-fd 4 --card "$CARDS/adult.json" --json --assume-none \
	    4<>pin </dev/null >out 2>err 3>&- &
	local pid=$! i reader=
	for ((i = 0; i < 200; i++)); do
		reader=$(pgrep -P "$pid" -x shikaku-reader || :)
		# it waits for the PIN: a descriptor came
		[ -n "$reader" ] && [ "$(ls "/proc/$reader/fd" 2>/dev/null | wc -l)" -ge 5 ] && break
		sleep 0.02
	done
	children "$pid" >children
	sed -n 's/^\(Seccomp\|NoNewPrivs\):\t/\1=/p' "/proc/$pid/status" | tr '\n' ' ' >self
	readlink "/proc/$reader"/fd/* >fds
	echo 1234 >pin
	wait "$pid" || :
	cat children self fds
	grep -q '"verdict"' out
	is_sanitized || grep -qx 'shikaku-reader NoNewPrivs=1 Seccomp=2 ' children
	is_sanitized || grep -qx 'NoNewPrivs=1 Seccomp=2 ' self
	# its socket to the desk, what it is given, and no other
	[ "$(grep -c socket: fds)" = 1 ]
	! grep -q "$BATS_TEST_TMPDIR/[^p]" fds || { grep -qE '/(out|err)$' fds; }
}

@test "sandbox: a batch is confined before it reads its list" {
	desk
	mkfifo list
	"$SHIKAKU" batch --config "$CONF" - <list >out.csv 2>err 3>&- &
	local pid=$! i
	exec 5>list
	for ((i = 0; i < 200; i++)); do
		is_sanitized && break
		[ "$(sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")" = 2 ] && break
		sleep 0.01
	done
	sed -n 's/^\(Seccomp\|NoNewPrivs\):\t/\1=/p' "/proc/$pid/status" | tr '\n' ' ' >self
	printf 'patient_id,appointment,insurer_number,number,birthdate\n1,%s,06132013,345,1980-02-17\n' "$(date +%F)" >&5
	exec 5>&-
	wait "$pid" || :
	cat self err
	is_sanitized || grep -qx 'NoNewPrivs=1 Seccomp=2 ' self
	grep -q '^1,' out.csv
}

# libcrypto then tries a way that it does not have here, and says so; libsodium aborts, whatever the sandbox
@test "sandbox: no random numbers from the kernel are no reason for the filter to end anything" {
	local n said=0
	desk
	printf 'patient_id,appointment,insurer_number,number,birthdate\n1,%s,06132013,345,1980-02-17\n' "$(date +%F)" >list
	for n in {2..12}; do
		status=0
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq --seccomp-bpf -o trace -e trace=getrandom \
		    -e "inject=getrandom:error=EIO:when=$n" "$SHIKAKU" batch --config "$CONF" list >out.csv 2>err || status=$?
		echo "$n: $status $(grep -c INJECTED trace)"
		case $status in 0 | 134) ;; 31) said=$((said + 1)) ;; *) cat err; return 1 ;; esac
	done
	[ "$said" -gt 0 ]
}

@test "sandbox: nothing is left behind, with standard input closed, too" {
	local i
	desk
	"$SHIKAKU" check --config "$CONF" --card "$CARDS/adult.json" --json --pin-fd 5 5<<<1234 <&- >out 3>&-
	grep -q '"verdict":"insured"' out
	for ((i = 0; i < 100; i++)); do
		pgrep -f "^$SHIKAKU check --config $CONF" >left || return 0
		sleep 0.05
	done
	cat left
	false
}

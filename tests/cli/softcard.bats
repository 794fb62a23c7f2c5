#!/usr/bin/env bats
# The program shikaku-softcard, the rig it lies in, and the test PKI.

source "$BATS_TEST_DIRNAME/../rig/pcscd.sh"

PKI=$RIG_ROOT/build/pki
CARDS=$RIG_ROOT/fixtures/cards
SOFTCARD=$RIG_BUILD/shikaku-softcard

setup_file() {
	"$RIG_ROOT/fixtures/make-pki" "$PKI"
	rig_start
}

teardown_file() {
	rig_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	rig_drop 0
	rig_drop 1
}

# Ends with this status and says something on stderr.
fails() {
	local want=$1 got=0
	shift
	"$SOFTCARD" "$@" >out 2>err || got=$?
	[ "$got" = "$want" ] || { echo "status $got, not $want: $*"; cat err; return 1; }
	[ ! -s out ] && [ -s err ]
}

@test "softcard --help and --version" {
	"$SOFTCARD" --help | grep -q '^usage: shikaku-softcard FILE'
	"$SOFTCARD" --version | grep -q '^shikaku-softcard [0-9]'
}

@test "softcard: what cannot be printed is an error" {
	got=0
	"$SOFTCARD" --help >/dev/full 2>err || got=$?
	[ "$got" = 41 ]
}

@test "softcard: wrong usage is 2" {
	fails 2
	fails 2 "$CARDS/adult.json"
	fails 2 --vpcd 127.0.0.1:1
	fails 2 "$CARDS/adult.json" --vpcd 127.0.0.1
	fails 2 "$CARDS/adult.json" --vpcd :1
	fails 2 "$CARDS/adult.json" --vpcd 127.0.0.1:99999
	fails 2 "$CARDS/adult.json" --vpcd 127.0.0.1:1 --vpcd 127.0.0.1:2
	fails 2 "$CARDS/adult.json" --vpcd 127.0.0.1:1 --ready-fd x
	fails 2 "$CARDS/adult.json" "$CARDS/senior.json" --vpcd 127.0.0.1:1
	fails 2 "$CARDS/adult.json" --vpcd 127.0.0.1:1 --slot 2
}

@test "softcard: a missing file is 50, a malformed one 65, no reader 20" {
	fails 50 none.json --vpcd 127.0.0.1:1
	echo '{"pin": {"auth": {"value": "9876", "tries_left": 7}}}' >bad.json
	fails 65 bad.json --vpcd 127.0.0.1:1
	grep -q bad.json err
	[ "$(grep -c 9876 err)" = 0 ]
	fails 20 "$CARDS/adult.json" --vpcd 127.0.0.1:1
}

@test "softcard: SIGTERM takes the card out, status 0" {
	rig_insert "$CARDS/adult.json"
	pid=${RIG_CARDS[0]}
	kill -TERM "$pid"
	wait "$pid"
	rig_wait rig_slot_empty 0
}

@test "softcard: SIGTERM ends a mute card too, and the slot takes another" {
	rig_insert "$CARDS/adult.mute.json"
	pid=${RIG_CARDS[0]}
	pkcs15-tool --read-certificate 1 >out 2>&1 3>&- &
	reader=$!
	sleep 0.5
	kill -0 "$reader"	# still waiting for the card
	kill -TERM "$pid"
	wait "$pid"
	wait "$reader" && false
	rig_insert "$CARDS/senior.json"
}

@test "softcard: a card taken away by its fixture ends by itself, status 0" {
	rig_insert "$CARDS/adult.removed-mid-read.json"
	run pkcs15-tool --read-certificate 1
	[ "$status" != 0 ]
	wait "${RIG_CARDS[0]}"
}

@test "rig: without a reader there is none" {
	shared=$RIG_DIR
	(
		rig_start_no_reader
		opensc-tool --list-readers 2>&1 | grep -q 'No smart card readers found'
		rig_stop
	)
	[ -d "$shared" ]
}

@test "rig: pcscd and card end with the shell that started them, however it dies" {
	cat >victim.sh <<-SH
		source "$RIG_ROOT/tests/rig/pcscd.sh"
		rig_start && rig_insert "$CARDS/adult.json" || exit
		echo "\$RIG_PCSCD \${RIG_CARDS[0]} \$RIG_DIR" >started
		kill -KILL \$\$
	SH
	env -u RIG_DIR -u PCSCLITE_CSOCK_NAME bash victim.sh 3>&- || true
	read -r pcscd card dir <started
	gone() { ! kill -0 "$1" 2>/dev/null; }
	rig_wait gone "$pcscd"
	rig_wait gone "$card"
	rm -rf "$dir"
}

# --- how fast it is --------------------------------------------------------------------------

@test "softcard: TCP_QUICKACK, an APDU through vpcd takes no 44 ms" {
	rig_insert "$CARDS/adult.json"
	us=$(/usr/bin/python3 "$RIG_ROOT/tests/rig/pcsc-client.py" time 40)
	echo "$us us"
	[ "$us" -lt 20000 ]
}

@test "softcard: as slow as a card at 106 kbit/s" {
	# 10 bit times a byte, both ways; 8 ms an APDU, 250 ms a signature
	/usr/bin/python3 - "$RIG_ROOT/tests/rig" "$RIG_BUILD" "$CARDS/adult.slow.json" "$BATS_TEST_TMPDIR/apdu" <<-'PY'
	import sys, time
	sys.path.insert(0, sys.argv[1])
	from helper import Helper
	h = Helper(sys.argv[2])
	h.trace = sys.argv[4]
	began = time.monotonic()
	h.open(sys.argv[3]); h.enter("1234"); h.ask(op="verify", last_try=False); h.sign(); h.ask(op="close")
	took = (time.monotonic() - began) * 1000
	lines = [line[2:].strip() for line in open(sys.argv[4])]
	sent = [line for line in open(sys.argv[4]) if line.startswith("> ")]
	# of the PIN, which the log does not show, four bytes stand for " **"
	size = sum(len(line.replace(" **", "00000000")) // 2 for line in lines)
	least = size * 10 / 106 + 8 * len(sent) + 250
	print(f"{len(sent)} APDUs, {size} bytes: {took:.0f} ms, at least {least:.0f}")
	assert least <= took <= 2 * least + 500, took
	assert h.end() == 0
	PY
}

# --- the test PKI ---------------------------------------------------------------------------

@test "pki: a second run changes nothing" {
	before=$(stat -c '%n %y' "$PKI"/*)
	"$RIG_ROOT/fixtures/make-pki" "$PKI"
	[ "$before" = "$(stat -c '%n %y' "$PKI"/*)" ]
}

@test "pki: --force makes it anew, and from any directory" {
	"$RIG_ROOT/fixtures/make-pki" pki
	before=$(sha256sum <pki/auth-ca.key)
	"$RIG_ROOT/fixtures/make-pki" --force pki
	[ "$before" != "$(sha256sum <pki/auth-ca.key)" ]
	[ "$(ls -A . | tr '\n' ' ')" = "pki pki.lock " ]
}

@test "pki: nobody else can read it" {
	[ -z "$(find "$PKI" -type f ! -perm 600)" ]
}

@test "pki: every key is its certificate's" {
	for cert in "$PKI"/*.pem; do
		[ "${cert##*/}" != auth-cas.pem ] || continue	# a bundle
		openssl x509 -in "$cert" -noout -pubkey >a
		openssl pkey -in "${cert%.pem}.key" -pubout >b
		cmp a b
	done
}

@test "pki: who chains to whom" {
	verify() { openssl verify -CAfile "$PKI/$1.pem" "$PKI/$2.pem" >/dev/null 2>&1; }
	for who in adult child ending revoked phone unregistered; do
		verify auth-ca $who.auth
	done
	verify auth-ca-2 senior.auth
	verify sign-ca adult.sign
	verify service-ca server
	verify service-ca clinic
	for pair in "auth-ca senior.auth" "auth-ca unknown-ca.auth" "auth-ca grace.auth" \
	    "auth-ca ended.auth" "service-ca clinic-expired" "service-ca clinic-rogue" \
	    "service-ca clinic-self-signed" "service-ca server-expired" "service-ca server-rogue"; do
		verify $pair && { echo "verifies: $pair"; return 1; }
	done
	true
}

@test "pki: the certificates that have ended did so when they should" {
	export TZ=JST-9
	end() { date -d "$(openssl x509 -in "$PKI/$1.pem" -noout -enddate | cut -d= -f2)" "+$2"; }
	[ "$(end adult.auth %m-%d\ %T)" = "02-17 23:59:59" ]
	[ "$(end grace.auth %s)" -lt "$(date +%s)" ]
	[ "$(end grace.auth %s)" -gt "$(date -d '60 days ago' +%s)" ]
	[ "$(end ended.auth %s)" -lt "$(date -d '340 days ago' +%s)" ]
	[ "$(end ending.auth %s)" -gt "$(date +%s)" ]
	[ "$(end ending.auth %s)" -lt "$(date -d '46 days' +%s)" ]
}

@test "pki: the clinic's code is a Luhn number" {
	code=$(openssl x509 -in "$PKI/clinic.pem" -noout -subject | sed 's/.*serialNumber = \([0-9]*\).*/\1/')
	[ ${#code} = 10 ]
	sum=0
	for ((i = 0; i < 10; i++)); do
		d=$((${code:i:1} * (2 - i % 2)))
		sum=$((sum + d / 10 + d % 10))
	done
	[ $((sum % 10)) = 0 ]
}

#!/usr/bin/env bats
# The service client and its connection, by itself: what it keeps, whom it shows its certificate, what is configured.
# tests/faults has what goes wrong with the service.
#
# BUILD (default build) holds tests/net-probe.

setup_file() {
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-$ROOT/build}
	PKI=$BATS_FILE_TMPDIR/pki
	PROBE=$BUILD/tests/net-probe
	"$ROOT/fixtures/make-pki" "$ROOT/build/pki"
	cp -r "$ROOT/build/pki" "$PKI"
	export ROOT PKI PROBE
	# a proxy from the environment must never be used
	export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
}

setup() {
	host=127.0.0.1
	cert=clinic.pem
	key=clinic.key
	ca=service-ca.pem
	deadline=1500
	todo='"health"'
	extra=
	peer=
}

teardown() {
	[ -z "$peer" ] || kill "$peer" || true
	peer=
}

# peer FAULT [OPTION...]: starts it and sets port
peer() {
	coproc PEER { exec "$ROOT/tests/rig/peer.py" "$@" 3>&-; }
	peer=$PEER_PID
	read -r -t 10 -u "${PEER[0]}" _ port
}

tls_peer() {
	peer "$1" --cert "$PKI/${2:-server}.pem" --key "$PKI/${2:-server}.key" "${@:3}"
}

# probe URL: runs it; sets status, output and took (ms)
probe() {
	local from
	cat >"$BATS_TEST_TMPDIR/ask.json" <<-JSON
	{"url": "$1", "client_cert": "$PKI/$cert", "client_key": "$PKI/$key", "ca": "$PKI/$ca",
	 "deadline_ms": $deadline, "do": [$todo]$extra}
	JSON
	from=$(date +%s%3N)
	run "$PROBE" "$BATS_TEST_TMPDIR/ask.json"
	took=$(($(date +%s%3N) - from))
	echo "took $took ms, status $status: $output"
}

# expect STATUS CODE: this end, in time
expect() {
	[ "$status" -eq "$1" ]
	[[ "$output" == *" $2"* ]]
	# what others do on this machine is not the program's: where it was too late, and only there, it is tried twice more
	[ "$took" -lt $((deadline + 1000)) ] || { BATS_TEST_RETRIES=2; return 1; }
}

# fault NAME STATUS CODE: the whole case, over TLS
fault() {
	tls_peer "$1"
	probe "https://$host:$port"
	expect "$2" "$3"
}

@test "net: a healthy service over TLS 1.3" { fault ok 0 NONE; }

@test "net: a connection closed meanwhile is made anew" {
	todo='"health", "health"'
	fault ok 0 NONE
	[ "${#lines[@]}" -eq 2 ]
}

# By TLS's own word, which makes the line look alive; a patient who thinks about the PIN is longer than a server waits.
@test "net: a connection that was ended while nobody asked is made anew" {
	todo='"health", "wait", "health", "wait", "health"'
	fault goodbye 0 NONE
	[ "${#lines[@]}" -eq 3 ]
}

# The line that was ended is not kept behind the new one.
@test "net: a connection that was ended is not used later either" {
	todo='"health", "wait", "health", "health", "health"'
	fault goodbye-once 0 NONE
	[ "${#lines[@]}" -eq 4 ]
}

@test "net: three questions go over one connection" {
	todo='"health", "health", "health"'
	fault one-connection 0 NONE
	[ "${#lines[@]}" -eq 3 ]
}

# A library that made the connection anew and asked again would be answered.
@test "net: a request that was read and not answered is not sent again" {
	todo='"health", "health"'
	fault second-lost 30 SERVICE_UNREACHABLE
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[0]}" = "health NONE"* ]]
	todo='"health", "challenge"'
	probe "https://$host:$port"
	expect 30 SERVICE_UNREACHABLE
	[[ "${lines[1]}" = "challenge SERVICE_UNREACHABLE"*"lost before a reply"* ]]
}

@test "net: no time left asks nobody" {
	deadline=0
	fault ok 30 SERVICE_TIMEOUT
	[[ "$output" == *"no time left"* ]]
}

@test "net: our CA file is another CA" {
	ca=rogue-ca.pem
	fault ok 31 TLS_PEER_MISMATCH
}

@test "net: the service refuses our client certificate" {
	cert=clinic-rogue.pem
	key=clinic-rogue.key
	tls_peer ok server --client-ca "$PKI/service-ca.pem"
	probe "https://$host:$port"
	expect 32 SERVICE_REFUSED
}

@test "net: the service accepts our client certificate" {
	tls_peer ok server --client-ca "$PKI/service-ca.pem"
	probe "https://$host:$port"
	expect 0 NONE
}

@test "net: configuration: missing certificate, key, CA" {
	local what
	for what in cert key ca; do
		setup
		printf -v "$what" none.pem
		probe https://127.0.0.1:1
		expect 50 CONFIG
	done
}

@test "net: configuration: a key that others may read" {
	cp "$PKI/clinic.key" "$PKI/open.key"
	chmod 640 "$PKI/open.key"
	key=open.key
	probe https://127.0.0.1:1
	expect 50 CONFIG
	chmod 644 "$PKI/open.key"
	probe https://127.0.0.1:1
	expect 50 CONFIG
	[[ $output = *"client key $PKI/open.key: mode 644 lets others at it, chmod 600"* ]]
}

@test "net: configuration: the key of another certificate" {
	key=clinic-other.key
	fault ok 50 CONFIG
	[[ $output = *"client key $PKI/clinic-other.key: "*"of client certificate $PKI/clinic.pem"* ]]
}

@test "net: configuration: an encrypted key does not prompt" {
	openssl pkcs8 -topk8 -in "$PKI/clinic.key" -out "$PKI/locked.key" -passout pass:secret
	chmod 600 "$PKI/locked.key"
	key=locked.key
	fault ok 50 CONFIG
	[[ $output = *"client key $PKI/locked.key: "*encrypted* ]]
}

@test "net: configuration: an encrypted CA does not prompt" {
	sed '/BEGIN/a Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n' \
	    "$PKI/service-ca.pem" >"$PKI/locked.pem"
	ca=locked.pem
	fault ok 50 CONFIG
	[[ $output = *"service CA $PKI/locked.pem: encrypted"* ]]
}

@test "net: configuration: a CA file without a certificate" {
	echo nothing >"$PKI/nothing.pem"
	ca=nothing.pem
	fault ok 50 CONFIG
	[[ $output = *"service CA $PKI/nothing.pem: no PEM certificate"* ]]
}

@test "net: configuration: garbage for certificate, chain, key, CA names the file" {
	local what
	head -c 500 /dev/urandom >"$PKI/garbage"
	chmod 600 "$PKI/garbage"
	{
		cat "$PKI/clinic.pem"
		printf '%s\n' "-----BEGIN CERTIFICATE-----" AAAA "-----END CERTIFICATE-----"
	} >"$PKI/chain.pem"
	tls_peer ok
	for what in cert=garbage cert=chain.pem key=garbage ca=garbage; do
		cert=clinic.pem key=clinic.key ca=service-ca.pem
		declare "${what%=*}=${what#*=}"
		probe "https://$host:$port"
		expect 50 CONFIG
		case $what in
		cert=*) [[ $output = *"client certificate $PKI/${what#*=}: "* ]] ;;
		key=*) [[ $output = *"client key $PKI/garbage: "* ]] ;;
		ca=*) [[ $output = *"service CA $PKI/garbage: "* ]] ;;
		esac
	done
}

@test "net: configuration: an empty, a too large file, a directory, a pipe" {
	local what kind name
	: >"$PKI/empty"
	# clinic.pem is good for what reads it first, whatever follows
	{ cat "$PKI/clinic.pem"; printf '%066000d\n' 0; } >"$PKI/large"
	mkdir -m 700 "$PKI/folder"
	mkfifo -m 600 "$PKI/pipe"
	chmod 600 "$PKI/empty" "$PKI/large"
	for what in cert key ca; do
		for kind in "empty: empty" "large: more than 65536 bytes" "folder: not a file" "pipe: not a file"; do
			name=${kind%%:*}
			# the clinic's code is read of a certificate before
			[ "$what.$name" != cert.pipe ] || continue
			cert=clinic.pem key=clinic.key ca=service-ca.pem
			declare "$what=$name"
			probe https://127.0.0.1:1
			expect 50 CONFIG
			[ "$what.$name" = cert.empty ] || [ "$what.$name" = cert.folder ] ||
			    [[ $output = *" $PKI/$kind"* ]]
		done
	done
}

@test "net: a CA file with two certificates trusts both" {
	cat "$PKI/rogue-ca.pem" "$PKI/service-ca.pem" >"$PKI/two.pem"
	ca=two.pem
	fault ok 0 NONE
	kill "$peer"
	cat "$PKI/service-ca.pem" "$PKI/rogue-ca.pem" >"$PKI/two.pem"
	fault ok 0 NONE
}

# What Debian's libcurl and OpenSSL trust by default, and what the environment can make of that.
@test "net: no CA is trusted but the configured one, and each file is opened once" {
	local trace=$BATS_TEST_TMPDIR/trace
	ca=rogue-ca.pem
	export SSL_CERT_FILE=$PKI/service-ca.pem CURL_CA_BUNDLE=$PKI/service-ca.pem SSL_CERT_DIR=$PKI
	fault ok 31 TLS_PEER_MISMATCH
	unset SSL_CERT_FILE CURL_CA_BUNDLE SSL_CERT_DIR
	ASAN_OPTIONS=detect_leaks=0 run strace -f -qq -o "$trace.other" -e trace=%file "$PROBE" "$BATS_TEST_TMPDIR/ask.json"
	[ "$status" = 31 ]
	ca=service-ca.pem
	todo='"health", "health"'
	probe "https://$host:$port"
	expect 0 NONE
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$trace" -e trace=%file "$PROBE" "$BATS_TEST_TMPDIR/ask.json"
	[ "$(grep -c 'clinic\.key"' "$trace")" = 1 ]
	[ "$(grep -c 'service-ca\.pem"' "$trace")" = 1 ]
	# the clinic's code is read of it besides
	[ "$(grep -c 'clinic\.pem"' "$trace")" = 2 ]
	[ "$(cat "$trace" "$trace.other" | grep -cE '/etc/ssl/certs|/usr/lib/ssl/cert')" = 0 ]
}

@test "net: configuration: a client certificate without a clinic's code" {
	cert=server.pem
	key=server.key
	probe https://127.0.0.1:1
	expect 50 CONFIG
}

@test "net: http:// is refused" {
	probe http://127.0.0.1:1
	expect 50 CONFIG
}

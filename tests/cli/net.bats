#!/usr/bin/env bats
# The service client against a peer that misbehaves: every fault ends in its
# documented error, within the deadline plus one second.
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
	[ "$took" -lt $((deadline + 1000)) ]
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

@test "net: three questions go over one connection" {
	todo='"health", "health", "health"'
	fault one-connection 0 NONE
	[ "${#lines[@]}" -eq 3 ]
}

@test "net: connection refused is unreachable" {
	probe https://127.0.0.1:1
	expect 30 SERVICE_UNREACHABLE
}

@test "net: a name that does not exist is unreachable" {
	probe https://nowhere.invalid
	expect 30 SERVICE_UNREACHABLE
}

@test "net: accepts and says nothing: timeout" { fault silent-accept 30 SERVICE_TIMEOUT; }
@test "net: handshakes and says nothing: timeout" { fault silent-reply 30 SERVICE_TIMEOUT; }
@test "net: a byte every 50 ms: timeout" { fault drip 30 SERVICE_TIMEOUT; }
@test "net: stalls in the body: timeout" { fault stall-body 30 SERVICE_TIMEOUT; }

@test "net: no time left asks nobody" {
	deadline=0
	fault ok 30 SERVICE_TIMEOUT
	[[ "$output" == *"no time left"* ]]
}

@test "net: closes at once" { fault close-accept 30 SERVICE_UNREACHABLE; }
@test "net: closes after the hello" { fault close-hello 30 SERVICE_UNREACHABLE; }
@test "net: resets after the hello" { fault reset-hello 30 SERVICE_UNREACHABLE; }
@test "net: closes without a reply" { fault no-reply 30 SERVICE_UNREACHABLE; }
@test "net: resets instead of a reply" { fault reset-reply 30 SERVICE_UNREACHABLE; }

@test "net: server certificate of another CA" {
	tls_peer ok server-rogue
	probe "https://$host:$port"
	expect 31 TLS_PEER_MISMATCH
}

@test "net: our CA file is another CA" {
	ca=rogue-ca.pem
	fault ok 31 TLS_PEER_MISMATCH
}

@test "net: server certificate of another host" {
	tls_peer ok server-elsewhere
	probe "https://$host:$port"
	expect 31 TLS_PEER_MISMATCH
}

@test "net: expired server certificate" {
	tls_peer ok server-expired
	probe "https://$host:$port"
	expect 31 TLS_PEER_MISMATCH
}

@test "net: a client certificate is no server certificate" {
	tls_peer ok clinic
	probe "https://$host:$port"
	expect 31 TLS_PEER_MISMATCH
}

@test "net: TLS 1.2 only" { fault tls12 31 TLS_PEER_MISMATCH; }
@test "net: plain HTTP on the TLS port" { fault plain-http 31 TLS_PEER_MISMATCH; }

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

@test "net: redirects are not followed" {
	local r
	for r in 301 302 307 308; do
		fault redirect-$r 33 REPLY_MALFORMED
		[[ "$output" == *redirect* ]]
		teardown
	done
}

@test "net: endless body" { fault endless-body 33 REPLY_MALFORMED; }
@test "net: endless headers" { fault endless-headers 33 REPLY_MALFORMED; }
@test "net: endless 100 Continue" { fault endless-100 33 REPLY_MALFORMED; }

@test "net: replies that are no good HTTP" {
	local f
	for f in garbage http09 no-body-204 cut-body cut-headers reset-body chunk-bad-size chunk-huge \
	    chunk-no-end length-huge length-negative header-nul header-line-200k headers-10000; do
		fault "$f" 33 REPLY_MALFORMED
		teardown
	done
}

@test "net: replies that are no good JSON" {
	local f
	for f in not-json-type bom gzip utf16 bad-utf8 deep twice two-documents; do
		fault "$f" 33 REPLY_MALFORMED
		teardown
	done
}

@test "net: refusals" {
	local f
	for f in 400 401 429 500 418-stranger; do
		fault "$f" 32 SERVICE_REFUSED
		teardown
	done
}

@test "net: maintenance" { fault 503 32 SERVICE_MAINTENANCE; }

@test "net: errors that are no error objects" {
	local f
	for f in 503-html 502 status-mismatch; do
		fault "$f" 33 REPLY_MALFORMED
		teardown
	done
}

@test "net: an enquiry carries its failure as a fact" {
	todo='"number"'
	extra=', "as_of": "2026-11-22", "insurer_number": "06132013", "number": "345", "birthdate": "1980-02-17"'
	fault 503 32 SERVICE_MAINTENANCE
	[[ "$output" == *'{"outcome":"maintenance","by":"number"}'* ]]
	teardown
	fault 429 32 SERVICE_REFUSED
	[[ "$output" == *'{"outcome":"error","by":"number"} refusal=OVERLOADED'* ]]
	teardown
	fault silent-reply 30 SERVICE_TIMEOUT
	[[ "$output" == *'{"outcome":"timeout","by":"number"}'* ]]
	teardown
	fault close-accept 30 SERVICE_UNREACHABLE
	[[ "$output" == *'{"outcome":"unreachable","by":"number"}'* ]]
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
}

@test "net: configuration: the key of another certificate" {
	key=clinic-other.key
	fault ok 50 CONFIG
}

@test "net: configuration: an encrypted key does not prompt" {
	openssl pkcs8 -topk8 -in "$PKI/clinic.key" -out "$PKI/locked.key" -passout pass:secret
	chmod 600 "$PKI/locked.key"
	key=locked.key
	fault ok 50 CONFIG
}

@test "net: configuration: a CA file without a certificate" {
	echo nothing >"$PKI/empty.pem"
	ca=empty.pem
	fault ok 50 CONFIG
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

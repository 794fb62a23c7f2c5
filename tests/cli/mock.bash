# shellcheck shell=bash
# For the tests of shikaku-mock over real TLS: a mock, curl as the clinic, what it answered.

REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
MOCK=${BUILD:-$REPO/build}/shikaku-mock
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

setup_file() {
	export PKI=$BATS_FILE_TMPDIR/pki EXCHANGES=$BATS_FILE_TMPDIR/exchanges
	mkdir "$EXCHANGES"
	. "$REPO/tests/rig/mock-pki.sh"
	mock_pki "$PKI"
	start main
	export URL=$STARTED MAIN_PID=$PID
}

teardown_file() {
	kill "$MAIN_PID"
}

teardown() {
	[ -z "$OWN_PID" ] || kill "$OWN_PID" 2>/dev/null || true
}

# start NAME [OPTION]...: a mock over TLS; sets STARTED (its URL) and PID.
start() {
	local name=$1
	shift
	launch "$name" --tls-cert "$PKI/server.pem" --tls-key "$PKI/tls.key" \
	    --client-ca "$PKI/service-ca.pem" --card-ca "$PKI/card-ca.pem" \
	    --card-ca "$PKI/card-ca-2.pem" --people "$PKI/people.json" --verbose "$@"
	STARTED=https://localhost:${STARTED##*:}
}

launch() {
	local ready=$BATS_FILE_TMPDIR/$1.ready i
	LOG=$BATS_FILE_TMPDIR/$1.log
	shift
	: >"$ready"
	"$MOCK" --listen 127.0.0.1:0 --ready-fd 9 "$@" 9>"$ready" >/dev/null 2>"$LOG" 3>&- &
	PID=$!
	for ((i = 0; i < 100; i++)); do
		[ -s "$ready" ] && break
		sleep 0.05
	done
	STARTED=$(sed -n 's/^ready //p' "$ready")
	[ -n "$STARTED" ]
}

# own [OPTION]...: a mock for this test alone, in place of one that it had before.
own() {
	teardown
	start "own$BATS_TEST_NUMBER" "$@"
	OWN_PID=$PID URL=$STARTED
}

# faulty JSON [OPTION]...: a mock with these faults; what it answers is held to no contract.
faulty() {
	local faults=$1
	shift
	unset EXCHANGES
	echo "$faults" >"$BATS_TEST_TMPDIR/faults.json"
	own --faults "$BATS_TEST_TMPDIR/faults.json" "$@"
}

# record METHOD PATH CURL-OPTION...: keeps the exchange for agreed(); not where curl says more than the body.
record() {
	local dir
	case " ${*:3} " in *" -i "* | *" -w "* | *" -o "*) return ;; esac
	dir=$(mktemp -d -p "$EXCHANGES")
	echo "$1 $2 $code ${LOOSE-}" >"$dir/meta"
	printf %s "$output" >"$dir/answer"
	[ "$1" = GET ] || printf %s "$BODY" >"$dir/request"
}

# agreed: everything recorded is as docs/openapi.yaml has it; the report is in output.
agreed() {
	output=$("$PYTHON" "$REPO/tests/rig/contract.py" "$REPO/docs/openapi.yaml" "$EXCHANGES") ||
	    { echo "$output"; return 1; }
	echo "$output"
}

# call PATH [CURL-OPTION]...: as the clinic; sets code and output.
call() {
	local path=$1
	shift
	output=$(curl -s --max-time 10 --cacert "$PKI/service-ca.pem" --cert "$PKI/${CLIENT:-clinic}.pem" \
	    --key "$PKI/${CLIENT_KEY:-tls}.key" -w '\n%{http_code}' "$@" "$URL$path")
	code=${output##*$'\n'}
	output=${output%$'\n'*}
	[ -z "${EXCHANGES-}" ] || [ "$code" = 000 ] || [ $# -gt 0 ] || record GET "$path"
}

post() { # PATH BODY [CURL-OPTION]...
	local path=$1 BODY=$2
	shift 2
	call "$path" -H 'Content-Type: application/json' --data-binary "$BODY" "$@"
	# a body from a file is too large to be kept, or meant to be wrong
	[ -z "${EXCHANGES-}" ] || [ "$code" = 000 ] || [ "${BODY:0:1}" = @ ] || record POST "$path" "$@"
}

enquiry() { # KIND [KEY=VALUE]...
	"$PYTHON" "$REPO/tests/rig/enquiry.py" "$@"
}

by_number() {
	post /v1/qualification/number "$(enquiry number "$@")"
}

# get NAME: every value of that name in the answer, one a line.
get() {
	"$PYTHON" -c '
import json, sys
def walk(v):
    if isinstance(v, dict):
        for k, x in v.items():
            if k == sys.argv[1]:
                print(x)
            walk(x)
    elif isinstance(v, list):
        for x in v:
            walk(x)
walk(json.loads(sys.argv[2]))' "$1" "$output"
}

is() { # NAME VALUE
	[ "$(get "$1")" = "$2" ] || { echo "$1 is '$(get "$1")', not '$2': $output"; return 1; }
}

refused() { # STATUS CODE
	local form='^\{"error":\{"code":"'$2'","retryable":(true|false),"text_desk":"[^"]+","text_technician":".+"\}\}$'
	[ "$code" = "$1" ] && [[ "$output" =~ $form ]] || { echo "not $1 $2: $code $output"; return 1; }
}

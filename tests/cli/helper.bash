# shellcheck shell=bash
# For the tests of `shikaku check`: the mock, a configuration, a run, what came of it.
#
# BUILD (default build) holds the programs; build/pki and build/people serve all variants.
# Every JSON output goes to a file of the test's own in the folder $SHIKAKU_OUTPUTS where that is set (tests/validate.py).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(cd "$ROOT" && cd "${BUILD:-${SHIKAKU_BUILD:-build}}" && pwd)
export SHIKAKU_BUILD=$BUILD
SHIKAKU=$BUILD/shikaku
PKI=$ROOT/build/pki
PEOPLE=$ROOT/build/people/clinic.json
CARDS=$ROOT/fixtures/cards
MOCKS=()
DOCUMENTED=" 0 2 10 11 12 20 21 22 23 24 30 31 32 33 40 41 50 60 65 70 77 130 "
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
# a desk where nothing is set up, and no proxy that could be taken by mistake
export XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/no-config LC_ALL=C.UTF-8
unset SHIKAKU_LANG http_proxy https_proxy ALL_PROXY
# a process that nobody may look into: only root's leak check can
[ "$(id -u)" = 0 ] || export ASAN_OPTIONS=detect_leaks=0

# fixtures: keys and people as of today, and the list of what must not leak.
fixtures() {
	(cd "$ROOT" && fixtures/make-pki build/pki && fixtures/make-people)
	secrets >"$BATS_FILE_TMPDIR/names"
}

# The names and addresses of the people, one a line.
secrets() {
	"$PYTHON" - "$PEOPLE" <<-'PY'
	import json, sys
	for person in json.load(open(sys.argv[1], encoding="utf-8"))["people"]:
	    for result in person["results"]:
	        for key in ("Name", "NameKana", "InsuredName", "Address"):
	            if key in result:
	                print(result[key])
	PY
}

# people_as PERSON FILE: the fixture people, the card "adult" in that one's hands.
people_as() {
	"$PYTHON" - "$PEOPLE" "$1" >"$2" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	held = [p for p in people["people"] if p["id"] == "yamada"][0]["certificate_sha256"]
	for p in people["people"]:
	    if p["id"] == "yamada":
	        p["certificate_sha256"] = []
	    if p["id"] == sys.argv[2]:
	        p["certificate_sha256"] = held
	json.dump(people, sys.stdout, ensure_ascii=False)
	PY
}

# mock [OPTION]...: a mock on a free port; sets URL. MOCK_PEOPLE, MOCK_CERT and MOCK_PORT replace the usual.
mock() {
	local ready=$BATS_TEST_TMPDIR/mock.${#MOCKS[@]} i
	: >"$ready"
	"$BUILD/shikaku-mock" --listen "127.0.0.1:${MOCK_PORT:-0}" --tls-cert "$PKI/${MOCK_CERT:-server}.pem" \
	    --tls-key "$PKI/${MOCK_CERT:-server}.key" --client-ca "$PKI/service-ca.pem" \
	    --card-ca "$PKI/auth-cas.pem" --people "${MOCK_PEOPLE:-$PEOPLE}" --verbose \
	    --ready-fd 9 "$@" 9>"$ready" >/dev/null 2>"$ready.log" 3>&- &
	MOCKS+=($!)
	for ((i = 0; i < 1000; i++)); do
		[ -s "$ready" ] && break
		sleep 0.02
	done
	URL=https://localhost:$(sed -n 's/^ready .*://p' "$ready")
	[ "$URL" != https://localhost: ] || { cat "$ready.log"; return 1; }
}

# faulty JSON: a mock with these faults.
faulty() {
	echo "$1" >"$BATS_TEST_TMPDIR/faults.json"
	mock --faults "$BATS_TEST_TMPDIR/faults.json"
}

mock_stop() {
	local pid
	for pid in "${MOCKS[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	MOCKS=()
}

# config [LINE]...: the configuration of a test desk that asks URL; each LINE replaces the one
# of its key, or drops it where the value is empty.
config() {
	local line key
	declare -A value=([mode]=test [service]=$URL [client-cert]=$PKI/clinic.pem
	    [client-key]=$PKI/clinic.key [ca]=$PKI/service-ca.pem [card-ca]=$PKI/auth-cas.pem)
	for line; do
		value[${line%% = *}]=${line#* = }
	done
	CONF=$BATS_TEST_TMPDIR/shikaku.conf
	for key in "${!value[@]}"; do
		[ -z "${value[$key]}" ] || echo "$key = ${value[$key]}"
	done >"$CONF"
}

# desk [LINE]...: the usual mock and configuration.
desk() {
	mock
	config "$@"
}

# dated FILE START END SUBJECT [OPTION]...: a CA's certificate of these days, as openssl ca writes them; by itself, or
# by whom an OPTION says. Its key is FILE.key.
dated() {
	local file=$1 start=$2 end=$3 subject=$4 tmp
	shift 4
	[ $# -gt 0 ] || set -- -selfsign -keyfile "$file.key"
	tmp=$(mktemp -d -p "$BATS_TEST_TMPDIR")
	openssl req -new -newkey rsa:2048 -nodes -keyout "$file.key" -subj "$subject" -out "$tmp/csr" 2>"$tmp/log"
	: >"$tmp/index"
	echo 07 >"$tmp/serial"
	openssl ca -batch -notext -startdate "$start" -enddate "$end" -in "$tmp/csr" -out "$file" "$@" -config <(cat <<-END
		[ca]
		default_ca = here
		[here]
		database = $tmp/index
		serial = $tmp/serial
		new_certs_dir = $tmp
		default_md = sha256
		policy = any
		x509_extensions = extensions
		[any]
		countryName = supplied
		organizationName = optional
		commonName = optional
		[extensions]
		basicConstraints = ${EXTENSIONS-critical, CA:TRUE}
		keyUsage = ${USAGE-critical, keyCertSign, cRLSign}
		END
	) 2>"$tmp/log" || { cat "$tmp/log"; return 1; }
}

# sets output (standard output), stderr, status and took (ms) of a command without a terminal
timed() {
	local from=${EPOCHREALTIME/./}
	status=0
	output=$("$@" </dev/null 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	took=$(((${EPOCHREALTIME/./} - from) / 1000))
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

# shikaku ARGUMENT...: any command; what it says in JSON is kept and must be an outcome.
shikaku() {
	timed "$SHIKAKU" "$@" 3>&-
	checked
}

# run_check CARD [OPTION]...: a check of that fixture, or of the card in the reader for "pcsc",
# with PIN (default 1234) on descriptor 3; sets outcome too: one line.
run_check() {
	local card=$1
	shift
	[ "$card" = pcsc ] || set -- --card "$(card_file "$card")" "$@"
	timed "$SHIKAKU" check --config "$CONF" --pin-fd 3 --json "$@" 3<<<"${PIN-1234}"
	checked
	[[ -n $outcome && $outcome != *$'\n'* ]]
}

# run_text CARD [OPTION]...: the same for people.
run_text() {
	local card=$1
	shift
	[ "$card" = pcsc ] || set -- --card "$(card_file "$card")" "$@"
	timed "$SHIKAKU" check --config "$CONF" --pin-fd 3 "$@" 3<<<"${PIN-1234}"
	checked
}

card_file() {
	case $1 in
	*/*) echo "$1" ;;
	*) echo "$CARDS/$1.json" ;;
	esac
}

# No crash, no name on standard error, JSON that is an outcome.
checked() {
	outcome=
	echo "$BATS_TEST_DESCRIPTION: status $status, $took ms"
	[[ $DOCUMENTED = *" $status "* ]] || { echo "crashed: $stderr"; return 1; }
	if [ -n "$stderr" ] && grep -qFf "$BATS_FILE_TMPDIR/names" "$BATS_TEST_TMPDIR/stderr"; then
		echo "a name on standard error"
		return 1
	fi
	# whatever a test logged of a card: only what may be sent was, and nobody's name is in it
	[ ! -e "$BATS_TEST_TMPDIR/apdu" ] || "$PYTHON" -S "$ROOT/tests/rig/apdus.py" "$BATS_TEST_TMPDIR/apdu" \
	    >"$BATS_TEST_TMPDIR/apdus" || { cat "$BATS_TEST_TMPDIR/apdus"; return 1; }
	[ "${output:0:1}" = "{" ] || return 0
	[ -z "${SHIKAKU_OUTPUTS-}" ] || printf '%s\n' "$output" >>"$SHIKAKU_OUTPUTS/${BATS_TEST_FILENAME##*/}.ndjson"
	outcome=$("$PYTHON" -S "$ROOT/tests/rig/outcome.py" "$BATS_FILE_TMPDIR/names" <<<"$output")
	echo "$outcome"
}

# shows STATUS [KEY=VALUE]...: this came of it.
shows() {
	local word
	[ "$status" = "$1" ] || { echo "status $status, not $1: $outcome $stderr"; return 1; }
	shift
	for word; do
		case " $outcome " in
		*" $word "*) ;;
		*) echo "not $word: $outcome"; return 1 ;;
		esac
	done
}

# warns CODE: it is among the warnings.
warns() {
	local list=${outcome#* warnings=}
	[[ ,${list%% *}, = *,$1,* ]]
}

# within LOW HIGH: the run took so many ms. What others do on this machine is not the program's: where it was too late, and
# only there, the test is tried twice more.
within() {
	[ "$took" -ge "$1" ] || return 1
	[ "$took" -gt "$2" ] || return 0
	echo "took $took ms"
	BATS_TEST_RETRIES=2
	return 1
}

# facts JSON: the facts.json of the test
facts() { echo "$1" >"$BATS_TEST_TMPDIR/facts.json"; }

# A card fixture of the test: derived BASE 'PYTHON STATEMENT ON card' NAME.
derived() {
	"$PYTHON" -S - "$CARDS/$1.json" "$2" "$CARDS" >"$BATS_TEST_TMPDIR/$3.json" <<-'PY'
	import json, os, sys
	card = json.load(open(sys.argv[1], encoding="utf-8"))
	for pair in ("auth", "sign"):
	    for key, name in card.get(pair, {}).items():
	        card[pair][key] = os.path.abspath(os.path.join(sys.argv[3], name))
	exec(sys.argv[2])
	json.dump(card, sys.stdout)
	PY
	CARD=$BATS_TEST_TMPDIR/$3.json
}

#!/usr/bin/env bats
# libshikaku as it is installed: its names, its headers, the example, and a
# program that goes from card to verdict with it.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${BUILD:-$ROOT/build}
PKI=$ROOT/build/pki
LINK="-lshikaku -ljson-c -lsodium -lutf8proc -lcrypto"

setup_file() {
	local san=
	"$ROOT/fixtures/make-pki" "$PKI"
	"$ROOT/fixtures/make-people"
	export DEST=$BATS_FILE_TMPDIR/dest SANITIZE=
	case $BUILD in
	*/address-undefined) san=address,undefined SANITIZE=-fsanitize=address,undefined ;;
	esac
	# DEST, then what it was asked to be called
	make -s -C "$ROOT" install DESTDIR="$DEST" PREFIX=/usr SAN=$san >"$BATS_FILE_TMPDIR/install.log" 2>&1 ||
	    { cat "$BATS_FILE_TMPDIR/install.log" >&2; return 1; }
}

teardown() {
	[ -z "$MOCK_PID" ] || kill "$MOCK_PID" 2>/dev/null || true
}

# compile OUT SOURCE [FLAG]...: against the installed tree, as any host
compile() {
	local out=$1
	shift
	# shellcheck disable=SC2086
	gcc -std=c11 -Wall -Wextra -Wpedantic -Werror $SANITIZE -I"$DEST/usr/include" -o "$out" "$@" \
	    -L"$DEST/usr/lib" $LINK
}

start_mock() {
	local ready=$BATS_TEST_TMPDIR/ready i
	: >"$ready"
	"$BUILD/shikaku-mock" --listen 127.0.0.1:0 --ready-fd 9 --tls-cert "$PKI/server.pem" \
	    --tls-key "$PKI/server.key" --client-ca "$PKI/service-ca.pem" --card-ca "$PKI/auth-ca.pem" \
	    --people "$ROOT/build/people/clinic.json" "$@" 9>"$ready" >/dev/null 2>&1 3>&- &
	MOCK_PID=$!
	for ((i = 0; i < 100; i++)); do
		[ -s "$ready" ] && break
		sleep 0.05
	done
	URL=https://localhost:$(sed 's/.*://' "$ready")
	[ -s "$ready" ]
}

# The software card is not in the library; its objects bring what they need.
compile_host() {
	local objects=
	for o in "$BUILD"/obj/src/softcard/*.o "$BUILD"/obj/src/base/*.o "$BUILD"/obj/src/json/*.o; do
		case $o in
		*/softcard/main.o | */softcard/vpcd.o) ;;
		*) objects="$objects $o" ;;
		esac
	done
	# shellcheck disable=SC2086
	compile "$BATS_FILE_TMPDIR/lib-host" -D_GNU_SOURCE -I"$ROOT/src" "$ROOT/tests/rig/lib-host.c" $objects
}

host() {
	[ -x "$BATS_FILE_TMPDIR/lib-host" ] || compile_host
	"$BATS_FILE_TMPDIR/lib-host" "$URL" "$PKI/clinic.pem" "$PKI/clinic.key" "$PKI/service-ca.pem" \
	    "$PKI/auth-ca.pem" "$@"
}

@test "the library shows nothing but shikaku_*" {
	"$ROOT/tests/symbols.sh" "$DEST/usr/lib/libshikaku.a"
}

@test "every name of the headers is in the library, and the other way round" {
	gcc -E -P -I"$DEST/usr/include" -x c - <<<"$(printf '#include <%s>\n' shikaku/{card,certificate,client,decide}.h)" |
	    grep -o 'shikaku_[a-z0-9_]*(' | tr -d '(' | sort -u >"$BATS_TEST_TMPDIR/declared"
	nm -g --defined-only "$DEST/usr/lib/libshikaku.a" | awk 'NF == 3 { print $3 }' | sort >"$BATS_TEST_TMPDIR/defined"
	diff "$BATS_TEST_TMPDIR/declared" "$BATS_TEST_TMPDIR/defined"
}

@test "the library writes nothing to the screen and starts no process" {
	run nm -u "$DEST/usr/lib/libshikaku.a"
	run ! grep -wE '(__)?v?f?printf(_chk)?|f?puts|f?putc|putchar|perror|stdout|stderr' <<<"$output"
	run ! grep -wE 'v?fork|exec[vl]p?e?|posix_spawnp?|system|exit|_exit|getenv|setenv|signal|sigaction|time' <<<"$(
	    nm -u "$DEST/usr/lib/libshikaku.a")"
}

@test "every public header compiles alone, as C11 and as C++17" {
	local h
	for h in "$DEST"/usr/include/shikaku/*.h; do
		echo "#include <shikaku/${h##*/}>" >"$BATS_TEST_TMPDIR/one.c"
		gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$DEST/usr/include" -fsyntax-only "$BATS_TEST_TMPDIR/one.c"
		if command -v g++ >/dev/null; then
			g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$DEST/usr/include" -fsyntax-only -x c++ \
			    "$BATS_TEST_TMPDIR/one.c"
		fi
	done
}

@test "public headers include the C library and each other only" {
	run grep -rhE '^#[[:space:]]*include' "$DEST/usr/include/shikaku"
	[ "${#lines[@]}" -ge 6 ]
	run ! grep -vE '^#include <(shikaku/[a-z]+|std(bool|def|int))\.h>$' <<<"$output"
}

@test "make install puts everything where it belongs" {
	(cd "$DEST" && find . -type f | sort) >"$BATS_TEST_TMPDIR/got"
	{
		printf './usr/bin/%s\n' shikaku shikaku-mock shikaku-softcard
		printf './usr/include/shikaku/%s\n' card.h certificate.h client.h decide.h error.h message.h
		echo ./usr/lib/libshikaku.a
		printf './usr/libexec/shikaku/%s\n' shikaku-form shikaku-morning shikaku-reader
		echo ./usr/share/bash-completion/completions/shikaku
		echo ./usr/share/fish/vendor_completions.d/shikaku.fish
		echo ./usr/share/zsh/site-functions/_shikaku
		printf './usr/share/shikaku/systemd/shikaku-batch%s\n' -failed.service .service .timer
		echo ./usr/share/shikaku/systemd/records.conf
		printf './usr/share/man/man1/%s\n' shikaku-mock.1 shikaku-softcard.1 shikaku.1
	} | sort | diff - "$BATS_TEST_TMPDIR/got"
	grep -q '^ExecStart=/usr/libexec/shikaku/shikaku-morning ' "$DEST/usr/share/shikaku/systemd/shikaku-batch.service"
	run ! grep -q /usr/local "$DEST/usr/share/shikaku/systemd/records.conf"
}

@test "the installed shikaku finds its helper" {
	printf 'mode = test\nservice = offline\n' >"$BATS_TEST_TMPDIR/conf"
	run --separate-stderr "$DEST/usr/bin/shikaku" check --config "$BATS_TEST_TMPDIR/conf" --no-input --json \
	    --card "$ROOT/fixtures/cards/adult.json" --visit first --birthdate 1980-02-17 </dev/null
	[ "$status" = 11 ]
	[[ $output == *'"read":"ok"'* ]]
	[[ $output != *READER_HELPER* ]]
	rm "$DEST/usr/libexec/shikaku/shikaku-reader"
	run --separate-stderr "$DEST/usr/bin/shikaku" check --config "$BATS_TEST_TMPDIR/conf" --no-input --json \
	    --card "$ROOT/fixtures/cards/adult.json" --visit first --birthdate 1980-02-17 </dev/null
	[[ $output == *READER_HELPER* ]]
	cp "$BUILD/shikaku-reader" "$DEST/usr/libexec/shikaku/"
}

@test "the example decides, and says what is wrong with facts" {
	compile "$BATS_TEST_TMPDIR/embed" "$ROOT/docs/examples/embed.c"
	run --separate-stderr "$BATS_TEST_TMPDIR/embed"
	[ "$status" = 0 ]
	[ "${lines[0]}" = "ratio: 20% for now, by way of notice" ]
	[ "${lines[1]}" = "claim: current, insurer 138057, number 1234567" ]
	[ "${lines[2]}" = "later: verify online later" ]
	[ "$stderr" = "" ]
	run --separate-stderr "$BATS_TEST_TMPDIR/embed" '{"visit_date":"2026-11-22"}'
	[ "$status" = 0 ]
	[ "$output" = "needed: card.medium: Is there a My Number card or phone?" ]
	run --separate-stderr "$BATS_TEST_TMPDIR/embed" '{"visit_date":"2026-11-22","vist":"first"}'
	[ "$status" = 65 ]
	[ "$output" = "" ]
	[ "$stderr" = "MALFORMED: malformed input data (vist: unknown key)" ]
}

@test "a host goes from card to verdict" {
	start_mock
	run --separate-stderr host card "$ROOT/fixtures/cards/adult.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 0 ]
	[[ ${lines[0]} == "tries 3, certificate "* ]]
	[ "${lines[1]}" = "outcome 1, refusal none" ]
	[[ ${lines[2]} == *'"verdict":"insured","path":"online_card","copay_percent":30'* ]]
	[ "$stderr" = "" ]
}

@test "a host is told why a card is refused" {
	start_mock
	run --separate-stderr host card "$ROOT/fixtures/cards/revoked.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 32 ]
	[ "${lines[1]}" = "error SERVICE_REFUSED, exit 32, tries -1" ]
	[ "${lines[2]}" = "outcome 0, refusal CERTIFICATE_REVOKED" ]
	run --separate-stderr host card "$ROOT/fixtures/cards/adult.json" "$(TZ=JST-9 date +%F)" <<<9999
	[ "$status" = 22 ]
	[ "${lines[1]}" = "error PIN_WRONG, exit 22, tries 2" ]
	run --separate-stderr host card "$ROOT/fixtures/cards/adult.unknown-ca.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 24 ]
	[ "${lines[1]}" = "error CARD_CERT, exit 24, tries -1" ]
	run --separate-stderr host card "$ROOT/fixtures/cards/adult.json" yesterday <<<1234
	[ "$status" = 2 ]
	[ "${lines[1]}" = "error USAGE, exit 2, tries -1" ]
	[ "${#lines[@]}" = 2 ]
}

@test "a host registers a card in the session that asked" {
	start_mock
	run --separate-stderr host card "$ROOT/fixtures/cards/unregistered.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 32 ]
	[ "${lines[2]}" = "outcome 0, refusal CARD_NOT_REGISTERED" ]
	# a signature made for an enquiry does not do, whatever the message says it was for
	run --separate-stderr host reuse "$ROOT/fixtures/cards/unregistered.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 32 ]
	[ "${lines[1]}" = "unchanged: USAGE" ]
	[ "${lines[2]}" = "error SERVICE_REFUSED, exit 32, tries -1" ]
	[ "${lines[3]}" = "outcome 0, refusal SIGNATURE_INVALID" ]
	run --separate-stderr host register "$ROOT/fixtures/cards/unregistered.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 0 ]
	[ "${lines[1]}" = registered ]
	[ "${lines[2]}" = "outcome 1, refusal none" ]
	[[ ${lines[3]} == *'"verdict":"insured","path":"online_card","copay_percent":30'* ]]
	run --separate-stderr host card "$ROOT/fixtures/cards/unregistered.json" "$(TZ=JST-9 date +%F)" <<<1234
	[ "$status" = 0 ]
}

@test "a host asks by number" {
	start_mock
	run --separate-stderr host number 06132013 12 345 00 1980-02-17 "$(TZ=JST-9 date +%F)"
	[ "$status" = 0 ]
	[ "${lines[0]}" = "outcome 1, refusal none" ]
	[[ ${lines[1]} == *'"verdict":"self_pay"'* ]]	# a look-up alone is no proof
	run --separate-stderr host number 06132013 12 345 00 1980-02-30 "$(TZ=JST-9 date +%F)"
	[ "$output" = "error USAGE, exit 2, tries -1" ]
}

@test "a service that is not there is a fact too" {
	URL=https://localhost:1
	run --separate-stderr host number 06132013 12 345 00 1980-02-17 "$(TZ=JST-9 date +%F)"
	[ "$status" = 30 ]
	[ "${lines[0]}" = "error SERVICE_UNREACHABLE, exit 30, tries -1" ]
	[ "${lines[1]}" = "outcome 2, refusal none" ]
	[[ ${lines[2]} == *'"verdict":"self_pay"'* ]]
}

@test "another service is not asked" {
	start_mock
	run --separate-stderr "$BATS_FILE_TMPDIR/lib-host" "$URL" "$PKI/clinic.pem" "$PKI/clinic.key" \
	    "$PKI/rogue-ca.pem" "$PKI/auth-ca.pem" number 06132013 12 345 00 1980-02-17 2026-11-22
	[ "$status" = 31 ]
	[ "${lines[1]}" = "outcome 0, refusal none" ]
}

#!/usr/bin/env bats
# shikaku doctor: a real pcscd, a real service over TLS, each part broken in turn.

bats_require_minimum_version 1.5.0
load helper
. "$BATS_TEST_DIRNAME/../rig/pcscd.sh"

setup_file() {
	fixtures
	rig_start
}

teardown_file() { rig_stop; }

setup() {
	export SHIKAKU_LANG=ja NO_PCSCD=$BATS_TEST_TMPDIR/none
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	mock_stop
	rig_remove 0
}

# doctor [OPTION]...: sets output, stderr, status, took. The usual desk where no other is named.
doctor() { timed "$SHIKAKU" doctor --config "$CONF" "$@" 3>&-; }

# states: one line a part: its name, state and, where it is broken, its code; of doctor --json.
states() {
	"$PYTHON" -c '
import json, sys
d = json.loads(sys.argv[1])["doctor"]
assert [p for p in d["parts"] if p["state"] not in ("ok", "note", "bad", "skipped")] == []
for p in d["parts"]:
    assert p["text"] and (p["state"] != "bad" or p["next"]), p
    print(p["part"], p["state"], *([p["code"], p["exit"]] if p["state"] == "bad" else []))
print("exit", d["exit"])' "$output"
}

# breaks STATUS LINE... [OPTION]...: that part is broken, with that status; lines are of states().
breaks() {
	local want=$1 line
	shift
	[ "$status" = "$want" ] || { echo "status $status, not $want: $output"; return 1; }
	states >states
	for line; do
		grep -qx "$line" states || { echo "no line: $line"; cat states; return 1; }
	done
	grep -qx "exit $want" states
}

# What differs from run to run and from machine to machine.
masked() {
	sed -E "s|$BATS_TEST_TMPDIR|TMP|; s|localhost:[0-9]+|localhost:PORT|; s/20[0-9]{2}-[0-9]{2}-[0-9]{2}(\.[0-9]+)?/DATE/g"
}

# nobodys: no name of the card's holder is shown, and no date, since its certificate ends on a birthday.
nobodys() {
	! grep -qFf "$BATS_FILE_TMPDIR/names" <<<"$output$stderr" || return 1
	"$PYTHON" -c '
import json, re, sys
card, = [p for p in json.loads(sys.argv[1])["doctor"]["parts"] if p["part"] == "card"]
assert not re.search("[0-9]{2}", str(card["text"])), card' "$output"
}

@test "doctor: all is well, with a card on the reader; no try is spent" {
	desk
	rig_insert "$CARDS/adult.json"
	doctor --json
	breaks 0 "pcscd ok" "reader ok" "card ok" "client_cert ok" "client_key ok" "ca ok" "card_ca ok" "service ok" \
	    "tls ok" "admission ok" "health ok" "clock ok" "rules ok" "configuration note"
	nobodys
	[[ $output = *残り3回* ]]
	doctor --json
	[[ $output = *残り3回* ]]
	nobodys
}

@test "doctor: the screen, ja and en, when all is well" {
	local lang
	desk
	rig_insert "$CARDS/adult.json"
	cp "$CONF" doctor.conf
	for lang in ja en; do
		timed "$SHIKAKU" doctor --config doctor.conf --lang "$lang" 3>&-
		[ "$status" -eq 0 ]
		masked <<<"$output" | diff "$ROOT/tests/golden/doctor.$lang.txt" -
	done
}

@test "doctor: the screen, ja and en, when everything is broken" {
	local lang
	for lang in ja en; do
		PCSCLITE_CSOCK_NAME=$NO_PCSCD HOME=/nonexistent timed "$SHIKAKU" doctor --lang "$lang" 3>&-
		[ "$status" -eq 20 ]
		[ -z "$stderr" ]
		within 0 3000
		masked <<<"$output" | diff "$ROOT/tests/golden/doctor-broken.$lang.txt" -
	done
}

@test "doctor: columns are aligned, nothing wider than 80, no escape sequence" {
	local lang
	config "service = " "client-cert = " client-key\ =\ "$BATS_TEST_TMPDIR/a/long/name/of/a/file/that/is/not/there/clinic.key"
	for lang in ja en; do
		PCSCLITE_CSOCK_NAME=$NO_PCSCD doctor --lang "$lang"
		"$PYTHON" - "$output" <<-'PY'
		import sys, unicodedata
		def width(s): return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
		lines = sys.argv[1].split("\n")
		assert len(lines) > 20
		for line in lines:
		    assert "\033" not in line and width(line) <= 80, line
		    assert not any(unicodedata.east_asian_width(c) == "A" for c in line), line
		table = lines[:lines.index("")]
		for line in table:
		    at, columns = 0, []
		    while width(line[:at]) < 28: at += 1
		    assert width(line[:at]) == 28 and line[at - 1] == " " and line[at] != " ", line
		PY
	done
}

@test "doctor: pcscd, reader and card, one broken after the other" {
	desk
	PCSCLITE_CSOCK_NAME=$NO_PCSCD doctor --json
	breaks 20 "reader_helper ok" "pcscd bad PCSC_DOWN 20" "reader skipped" "card skipped" "service ok" "health ok"
	doctor --json
	breaks 0 "reader ok" "card skipped"
	doctor --json --reader Nowhere
	breaks 20 "pcscd ok" "reader bad READER_NONE 20" "card skipped"
	rig_insert "$CARDS/juki.json"
	doctor --json
	breaks 24 "reader ok" "card bad CARD_NOT_JPKI 24"
	rig_remove
	rig_insert "$CARDS/adult.blocked.json"
	doctor --json
	breaks 0 "card note"
	nobodys
	rig_remove
	rig_insert "$CARDS/ended.json"
	doctor --json
	breaks 0 "card note"
	rig_remove
}

@test "doctor: a pcscd without any reader" {
	local dir=$RIG_DIR pcscd=$RIG_PCSCD socket=$PCSCLITE_CSOCK_NAME
	desk
	rig_start_no_reader
	doctor --json
	rig_stop
	export RIG_DIR=$dir RIG_PCSCD=$pcscd PCSCLITE_CSOCK_NAME=$socket
	breaks 20 "pcscd ok" "reader bad READER_NONE 20" "health ok"
}

@test "doctor: a pcscd that hangs costs half of the time, the rest is looked at" {
	desk
	kill -STOP "$RIG_PCSCD"
	doctor --json --timeout 2
	kill -CONT "$RIG_PCSCD"
	breaks 20 "pcscd bad READER_TIMEOUT 20" "reader skipped" "service ok" "health ok" "clock ok"
	within 900 2500
}

@test "doctor: cards by file, faults included" {
	desk
	doctor --json --card "$CARDS/adult.mute.json" --timeout 2
	breaks 20 "card bad READER_TIMEOUT 20"
	within 0 2500
	doctor --json --card "$CARDS/adult.removed-mid-read.json"
	breaks 21 "card bad CARD_REMOVED 21"
	doctor --json --card "$CARDS/adult.read-truncated.json"
	breaks 24 "card bad CARD_UNREADABLE 24"
	doctor --json --card "$CARDS/phone.iphone.json"
	breaks 0 "card note"
	# a test card at a real desk is no My Number card
	config "mode = production"
	doctor --json --card "$CARDS/adult.json"
	breaks 24 "card bad CARD_NOT_JPKI 24" "configuration ok"
}

@test "doctor: the reader helper is not installed" {
	desk
	mkdir bin
	cp "$SHIKAKU" bin/
	timed bin/shikaku doctor --config "$CONF" --json 3>&-
	breaks 20 "reader_helper bad READER_HELPER 20" "pcscd skipped" "health ok"
}

@test "doctor: service away, silent, false, refusing" {
	desk
	doctor --json --service https://localhost:1
	breaks 30 "service bad SERVICE_UNREACHABLE 30" "tls skipped" "health skipped" "clock skipped"
	doctor --json --service https://nowhere.invalid
	breaks 30 "service bad SERVICE_UNREACHABLE 30"
	doctor --json --ca "$PKI/rogue-ca.pem"
	breaks 31 "service ok" "tls bad TLS_PEER_MISMATCH 31" "admission skipped"
	doctor --json --client-cert "$PKI/clinic-rogue.pem" --client-key "$PKI/clinic-rogue.key"
	breaks 32 "service ok" "tls ok" "admission bad SERVICE_REFUSED 32" "health skipped"
	kill -STOP "${MOCKS[0]}"
	doctor --json --timeout 2
	kill -CONT "${MOCKS[0]}"
	breaks 30 "service bad SERVICE_TIMEOUT 30"
	within 0 3000
	mock_stop
	MOCK_CERT=server-elsewhere mock
	config
	doctor --json
	breaks 31 "tls bad TLS_PEER_MISMATCH 31"
	mock_stop
	MOCK_CERT=server-expired mock
	config
	doctor --json
	breaks 31 "tls bad TLS_PEER_MISMATCH 31"
}

@test "doctor: certificate, key and CA, each broken" {
	desk
	doctor --json --client-cert "$PKI/clinic-expired.pem" --client-key "$PKI/clinic-expired.key"
	breaks 50 "client_cert bad CONFIG 50" "service skipped"
	doctor --json --client-cert "$PKI/server.pem"
	breaks 50 "client_cert bad CONFIG 50"
	doctor --json --client-cert "$BATS_TEST_TMPDIR/none"
	breaks 50 "client_cert bad CONFIG 50"
	echo "-----BEGIN CERTIFICATE-----" >cut.pem
	doctor --json --client-cert cut.pem
	breaks 50 "client_cert bad CONFIG 50"
	cp "$PKI/clinic.key" open.key
	chmod 640 open.key
	doctor --json --client-key open.key
	breaks 50 "client_key bad CONFIG 50" "service skipped"
	[[ $output = *"mode 640"*"chmod 600"* ]]
	doctor --json --client-key "$BATS_TEST_TMPDIR"
	breaks 50 "client_key bad CONFIG 50"
	doctor --json --client-key "$PKI/clinic-rogue.key"
	breaks 50 "client_key bad CONFIG 50" "client_cert ok" "service skipped"
	doctor --json --ca "$PKI/clinic.pem"
	breaks 50 "ca bad CONFIG 50"
	: >empty.pem
	doctor --json --ca empty.pem
	breaks 50 "ca bad CONFIG 50"
	doctor --json --card-ca "$PKI/adult.auth.pem"
	breaks 50 "card_ca bad CONFIG 50" "health ok"
	{ cat "$PKI/auth-cas.pem"; printf '%066000d\n' 0; } >long.pem
	doctor --json --card-ca long.pem
	breaks 50 "card_ca bad CONFIG 50" "health ok"
	[[ $output = *"long.pem: more than 65536 bytes"* ]]
}

@test "doctor: what check refuses in the configuration is found" {
	desk "birthdate = 1950-01-01"
	doctor --json
	breaks 50 "configuration bad CONFIG 50"
	[[ $output = *"decided anew for each patient, not here: birthdate"* ]]
}

@test "doctor: a card whose certificate is not in force, and its PIN besides" {
	desk
	EXTENSIONS=CA:FALSE USAGE="critical, digitalSignature" dated later.pem 20900101000000Z 20950101000000Z \
	    /C=JP/CN=997794E9QZTEST13110001A -cert "$PKI/auth-ca.pem" -keyfile "$PKI/auth-ca.key"
	derived adult "card['auth']['certificate'] = '$PWD/later.pem'; card['auth']['key'] = '$PWD/later.pem.key'" later
	doctor --json --card "$CARD"
	breaks 0 "card note"
	[[ $output = *"電子証明書はまだ有効でない。暗証番号の残り3回"* ]]
	derived ended "card['pin']['auth']['tries_left'] = 0" ended-blocked
	doctor --json --card "$CARD" --lang en
	breaks 0 "card note"
	[[ $output = *"its certificate has ended; its PIN is blocked"* ]]
	doctor --json --card "$CARDS/face-only.json"
	[[ $output = *"ロックされているか、ない(顔認証カード)"* ]]
}

@test "doctor: of the CAs of cards one is to be in force, and for real cards a real one" {
	local subject=/C=JP/O=JPKI
	desk "mode = production"
	dated 01.pem 20150929000000Z 20251019000000Z $subject
	dated 03.pem 20250101000000Z 20350101000000Z $subject
	cat 01.pem 03.pem >both.pem
	doctor --json --card-ca both.pem
	breaks 0 "card_ca ok"
	[[ $output = *"2枚のうち有効1枚、2035-01-01 まで有効"* ]]
	doctor --json --card-ca 01.pem --card-ca 03.pem --lang en
	[[ $output = *"2 of them, 1 in force, to 2035-01-01"* ]]
	doctor --json --card-ca 01.pem
	breaks 50 "card_ca bad CONFIG 50"
	[[ $output = *"none of 1 is in force today"* ]]
	doctor --json --card-ca "$PKI/auth-cas.pem"
	breaks 50 "card_ca bad CONFIG 50"
	[[ $output = *"test hierarchy"* ]]
	# the days that count are those of the real one
	dated soon.pem 20250101000000Z "$(date -u -d '+11 days' +%Y%m%d)000000Z" $subject
	doctor --json --card-ca "$PKI/auth-cas.pem" --card-ca soon.pem
	breaks 0 "card_ca note"
	[[ $output = *あと1[01]日* ]]
}

@test "doctor: certificates that end soon are a note" {
	desk
	openssl req -new -key "$PKI/clinic.key" -subj "/O=Test/serialNumber=1310000011" -out soon.csr 2>/dev/null
	printf '%s\n' "keyUsage = critical, digitalSignature" "extendedKeyUsage = clientAuth" \
	    "authorityKeyIdentifier = keyid:always" >extensions
	openssl x509 -req -in soon.csr -extfile extensions -CA "$PKI/service-ca.pem" -CAkey "$PKI/service-ca.key" -set_serial 77 -days 6 \
	    -out soon.pem 2>/dev/null
	doctor --json --client-cert soon.pem
	breaks 0 "client_cert note" "health ok"
	[[ $output = *"更新を申し込む"* ]]
}

@test "doctor: the configuration, missing, wrong, and named" {
	desk
	doctor --json
	[[ $output = *"$CONF"* ]]
	timed "$SHIKAKU" doctor --config "$BATS_TEST_TMPDIR/none" --json 3>&-
	breaks 50 "configuration bad CONFIG 50" "service bad CONFIG 50" "card_ca bad CONFIG 50"
	echo "colour = red" >>"$CONF"
	doctor --json
	breaks 50 "configuration bad CONFIG 50" "health ok"
	[[ $output = *"colour"* ]]
	mkdir -p home/.config/shikaku
	config
	cp "$CONF" home/.config/shikaku/shikaku.conf
	XDG_CONFIG_HOME='' HOME=$BATS_TEST_TMPDIR/home timed "$SHIKAKU" doctor --json 3>&-
	breaks 0 "configuration note" "health ok"
	[[ $output = *"home/.config/shikaku/shikaku.conf"* ]]
}

@test "doctor: no service on purpose is nothing broken" {
	config "service = offline" "client-cert = " "client-key = " "ca = "
	doctor --json
	breaks 0 "service skipped" "client_cert skipped" "clock skipped" "reader ok"
}

@test "doctor: the rules, stale, wrong, writable by others" {
	desk
	sed 's/"stale_after_days": *[0-9]*/"stale_after_days": 1/; s/"verified_on": *"[0-9-]*"/"verified_on": "2026-01-05"/' \
	    "$ROOT/src/rules/rules.json" >old.json
	chmod 600 old.json
	doctor --json --rules old.json
	breaks 0 "rules note"
	[[ $output = *2026-01-06* ]]
	cp "$ROOT/src/rules/rules.json" open.json
	chmod 666 open.json
	doctor --json --rules open.json
	breaks 77 "rules bad PERMISSION 77" "health ok"
	echo '{}' >bad.json
	chmod 600 bad.json
	doctor --json --rules bad.json
	breaks 65 "rules bad RULES 65"
}

@test "doctor: the clock against the service's" {
	faulty '[{"fault": "date_skew", "date_skew_seconds": 120}]'
	config
	doctor --json
	breaks 0 "clock note" "health ok"
	[[ $output =~ サービスの時計より1[12][0-9]秒遅れている ]]
	mock_stop
	faulty '[{"fault": "date_skew", "date_skew_seconds": -200000}]'
	config
	doctor --json
	breaks 50 "clock bad CLOCK 50" "health ok"
}

@test "doctor: a service under maintenance, one that talks nonsense" {
	faulty '[{"fault": "maintenance"}]'
	config
	doctor --json
	breaks 32 "service ok" "tls ok" "admission ok" "health bad SERVICE_MAINTENANCE 32"
	mock_stop
	faulty '[{"fault": "not_json"}]'
	config
	doctor --json
	breaks 33 "tls ok" "health bad REPLY_MALFORMED 33"
}

@test "doctor: the first broken part in the order of the exit table" {
	desk
	PCSCLITE_CSOCK_NAME=$NO_PCSCD doctor --json --service https://localhost:1 --card-ca none.pem
	breaks 20 "pcscd bad PCSC_DOWN 20" "service bad SERVICE_UNREACHABLE 30" "card_ca bad CONFIG 50"
	doctor --json --service https://localhost:1 --card-ca none.pem
	breaks 30 "service bad SERVICE_UNREACHABLE 30" "card_ca bad CONFIG 50"
}

@test "doctor: wrong usage" {
	run -2 "$SHIKAKU" doctor here
	run -2 "$SHIKAKU" doctor --timeout 0
	run -2 "$SHIKAKU" doctor --colour
}

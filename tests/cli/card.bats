#!/usr/bin/env bats
# shikaku card: what lies in the readers, which card it is, how many tries are left.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	. "$ROOT/tests/rig/pcscd.sh"
	CONF=$BATS_TEST_TMPDIR/shikaku.conf
	printf '%s\n' "mode = test" "card-ca = $PKI/auth-cas.pem" >"$CONF"
}

teardown() { rig_stop; }

# card SUBCOMMAND [OPTION]...: in test mode, traced; whatever it is, no try is spent.
card() {
	rm -f "$BATS_TEST_TMPDIR/apdu"
	timed "$SHIKAKU" card "$@" --config "$CONF" --trace-apdu "$BATS_TEST_TMPDIR/apdu" 3>&-
	echo "$output"
	echo "status $status $stderr"
	[[ $DOCUMENTED = *" $status "* ]]
	[ ! -e "$BATS_TEST_TMPDIR/apdu" ] || untried
}

# The log holds the query of the counters and no VERIFY, and nothing that may not be sent.
untried() {
	"$PYTHON" "$ROOT/tests/rig/apdus.py" "$BATS_TEST_TMPDIR/apdu" >"$BATS_TEST_TMPDIR/apdus"
	grep -qx "verify 0 text 0" "$BATS_TEST_TMPDIR/apdus"
	! grep '^> 0020008004' "$BATS_TEST_TMPDIR/apdu" || return 1
}

# has KEY=VALUE...: of the JSON, dotted; null is "-"
has() {
	"$PYTHON" - "$output" "$@" <<-'PY'
	import json, sys
	top = json.loads(sys.argv[1])
	for word in sys.argv[2:]:
	    path, _, want = word.partition("=")
	    v = top
	    for key in path.split("."):
	        v = v[int(key)] if isinstance(v, list) else v[key]
	    got = "-" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
	    if got != want:
	        sys.exit(f"{path} is {got}, not {want}")
	PY
}

@test "card list: nothing, one card, several, one of each kind" {
	PCSCLITE_CSOCK_NAME=$BATS_TEST_TMPDIR/none card list --json
	[ "$status" = 20 ]
	has error.code=PCSC_DOWN error.exit=20
	rig_start_no_reader
	card list --json
	[ "$status" = 20 ]
	has error.code=READER_NONE
	rig_stop
	rig_start
	card list --json
	[ "$status" = 0 ]
	has "readers.0.reader=Virtual PCD 00 00" readers.0.card=false readers.1.card=false readers.0.medium=-
	rig_insert "$CARDS/juki.json" 0
	rig_insert "$CARDS/adult.json" 1
	card list --json
	[ "$status" = 0 ]
	has readers.0.card=true readers.0.medium=- readers.0.code=CARD_NOT_JPKI \
	    "readers.1.reader=Virtual PCD 00 01" readers.1.medium=card readers.1.code=-
	card list --json --reader "00 01"
	has "readers.0.reader=Virtual PCD 00 01" readers.0.medium=card
	card list --json --reader Nowhere
	[ "$status" = 20 ]
	has error.code=READER_NONE
	card list
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'END'
		Virtual PCD 00 00                         マイナンバーカードではありません
		Virtual PCD 00 01                         マイナンバーカード
	END
	card list --lang en
	diff <(echo "$output") - <<-'END'
		Virtual PCD 00 00                         not a My Number card
		Virtual PCD 00 01                         My Number card
	END
}

@test "card list: a mute card does not hide the others" {
	rig_start
	rig_insert "$CARDS/adult.mute.json" 0
	rig_insert "$CARDS/adult.json" 1
	card list --json --timeout 2
	[ "$status" = 0 ]
	has readers.0.code=READER_TIMEOUT readers.1.reader="Virtual PCD 00 01" readers.1.medium=card
	within 900 3000
	# the log of the one that went wrong is what somebody will ask for
	[ "$(grep -c '^> 00A4040C0AD392F000260100000001$' "$BATS_TEST_TMPDIR/apdu")" = 2 ]
}

@test "card info: certificate, issuer, hierarchy; and no word of whose it is" {
	local word
	card info --card "$CARDS/adult.json" --json
	[ "$status" = 0 ]
	has card.medium=card card.token=JPKIAPICCTOKEN2 card.certificate.ended=false card.certificate.test=true \
	    card.certificate.authentication=true card.certificate.known_issuer=true card.certificate.generation=- \
	    card.available.authentication=true card.available.signing=true card.error=-
	"$PYTHON" -c '
import json, subprocess, sys
c = json.loads(sys.argv[1])["card"]["certificate"]
text = subprocess.run(["openssl", "x509", "-in", sys.argv[2], "-noout", "-text", "-dateopt", "iso_8601", "-ext", "authorityKeyIdentifier"],
                      capture_output=True, text=True).stdout
assert c["issuer_key"] in text.replace(":", "").lower().replace("\n", ""), c' "$output" "$PKI/adult.auth.pem"
	for word in $(openssl x509 -in "$PKI/adult.auth.pem" -noout -serial -subject -nameopt multiline | grep -oE '[0-9A-Z]{8,}'); do
		[[ ${output^^} != *$word* ]] || { echo "$word of the certificate"; return 1; }
	done
	[[ ! $output =~ 山田|1980 ]]
	card info --card "$CARDS/senior.json" --json
	has card.certificate.known_issuer=true card.available.signing=false
	first=$(grep -o '"issuer_key":"[0-9a-f]*"' <<<"$output")
	card info --card "$CARDS/adult.json" --json
	# two generations of one name
	[ "$first" != "$(grep -o '"issuer_key":"[0-9a-f]*"' <<<"$output")" ]
}

@test "card info: for people" {
	card info --card "$CARDS/adult.json"
	[ "$status" = 0 ]
	diff <(sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}/20YY-MM-DD/g; s/[0-9a-f]{40}/KEY/' <<<"$output") - <<-'END'
		リーダー     fixture
		種類         マイナンバーカード (JPKIAPICCTOKEN2)
		証明書       20YY-MM-DD から 20YY-MM-DD まで(有効期間内)
		認証局       JPKI-TEST (鍵 KEY)
		区分         試験用
		搭載         利用者証明用 あり、署名用 あり
	END
	card info --card "$CARDS/phone.android.json" --lang en
	diff <(echo "$output") - <<-'END'
		reader       fixture
		medium       phone (Android) (JPKIAPGPSETOKEN)
		certificate  kept back until the PIN was entered (not read)
	END
}

@test "card info: what is not taken here is shown, and is status 24" {
	card info --card "$CARDS/adult.unknown-ca.json" --json
	[ "$status" = 24 ]
	has card.certificate.known_issuer=false card.error.code=CARD_NOT_JPKI card.error.exit=24
	card info --card "$CARDS/adult.unknown-ca.json"
	[ "$status" = 24 ]
	[[ $output = *"受け付けない(card-ca にない認証局)"* ]]
	echo "mode = production" >"$CONF"
	card info --card "$CARDS/adult.json" --json
	[ "$status" = 24 ]
	has card.certificate.test=true card.certificate.known_issuer=- card.error.code=CARD_NOT_JPKI
	card info --card "$CARDS/adult.json" --lang en
	[ "$status" = 24 ]
	[[ $output = *"not taken: a card for tests"* ]]
}

# issued NAME ORG KEY...: a card whose key of that kind a CA of that organisation certified; sets CARD
issued() {
	local at=$BATS_TEST_TMPDIR/$1 org=$2
	shift 2
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$at-ca.key" -out "$at-ca.pem" -days 800 \
	    -subj "/C=JP/O=$org/OU=CA" -addext keyUsage=critical,keyCertSign 2>/dev/null
	openssl genpkey -quiet "$@" -out "$at.key"
	openssl req -new -key "$at.key" -subj "/C=JP/CN=997794E9QZTEST13110001A" -out "$at.csr"
	openssl x509 -req -in "$at.csr" -CA "$at-ca.pem" -CAkey "$at-ca.key" -set_serial 0x0705DA00 -days 400 -sha256 \
	    -out "$at.pem" -extfile <(echo 'keyUsage = critical, digitalSignature') 2>/dev/null
	derived adult "card['auth']['certificate'] = '$at.pem'" "${at##*/}-card"
}

@test "card info: a next-generation card is no card for tests" {
	issued p384 JPKI -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	printf '%s\n' "mode = production" "card-ca = $BATS_TEST_TMPDIR/p384-ca.pem" >"$CONF"
	card info --card "$CARD"
	[ "$status" = 24 ]
	[[ $output = *"本番(card-ca にある認証局)"*"受け付けない(この版では使えない種類の鍵)"* ]]
	card info --card "$CARD" --lang en
	[[ $output = *"production (one of card-ca)"*"not taken: a kind of key that this version can not use"* ]]
}

@test "card info: what is said is what it was refused for" {
	printf '%s\n' "mode = production" "card-ca = $PKI/auth-cas.pem" >"$CONF"
	card info --card "$CARDS/adult.unknown-ca.json" --json
	has card.certificate.test=true card.certificate.known_issuer=false
	[[ $output = *"a card of the test hierarchy"* ]]
	card info --card "$CARDS/adult.unknown-ca.json" --lang en
	[ "$status" = 24 ]
	[[ $output = *"not taken: a card for tests"* ]]
}

@test "card info: a certificate whose days have not come" {
	cd "$BATS_TEST_TMPDIR"
	EXTENSIONS=CA:FALSE USAGE="critical, digitalSignature" dated later.pem 20900101000000Z 20950101000000Z \
	    /C=JP/CN=997794E9QZTEST13110001A -cert "$PKI/auth-ca.pem" -keyfile "$PKI/auth-ca.key"
	derived adult "card['auth']['certificate'] = '$PWD/later.pem'; card['auth']['key'] = '$PWD/later.pem.key'" later
	card info --card "$CARD"
	[[ $output = *"まで(まだ始まっていない)"* ]]
	card info --card "$CARD" --lang en
	[[ $output = *"(not valid yet)"* ]]
}

@test "card info: a phone, a card without a PIN, one that has ended" {
	card info --card "$CARDS/phone.android.json" --json
	[ "$status" = 0 ]
	has card.medium=phone card.certificate=- card.available=-
	card info --card "$CARDS/phone.iphone.json" --json
	has card.medium=phone
	card info --card "$CARDS/ended.json" --json
	[ "$status" = 0 ]
	has card.certificate.ended=true
	card info --card "$CARDS/face-only.json" --json
	has card.available.signing=false
}

@test "card: statuses 20 to 24, 50, 65, 2" {
	local sub
	rig_start
	for sub in info pin-status; do
		card $sub --json
		[ "$status" = 20 ]
		has error.code=CARD_NONE error.exit=20
		card $sub --json --reader Nowhere
		[ "$status" = 20 ]
		card $sub --json --card "$CARDS/juki.json"
		[ "$status" = 24 ]
		has error.code=CARD_NOT_JPKI
		card $sub --json --card "$CARDS/adult.removed-mid-read.json"
		[ "$status" = 21 ]
		has error.code=CARD_REMOVED
		card $sub --json --card "$CARDS/adult.answer-short.json"
		[ "$status" = 24 ]
		card $sub --json --card "$CARDS/adult.mute.json" --timeout 1
		[ "$status" = 20 ]
		has error.code=READER_TIMEOUT
		card $sub --json --card "$BATS_TEST_TMPDIR/none.json"
		[ "$status" = 50 ]
		card $sub --json --card-ca "$BATS_TEST_TMPDIR/none.pem"
		[ "$status" = 50 ]
		# whatever stands behind the first 65536 bytes is not left out unseen
		{ cat "$PKI/auth-cas.pem"; printf '%066000d\n' 0; } >"$BATS_TEST_TMPDIR/long.pem"
		card $sub --json --card-ca "$BATS_TEST_TMPDIR/long.pem"
		[ "$status" = 50 ]
		[[ $output = *"$BATS_TEST_TMPDIR/long.pem: trust anchors: more than 65536 bytes"* ]]
		card $sub --json here
		[ "$status" = 2 ]
	done
	card list --json --card "$BATS_TEST_TMPDIR/none.json"
	[ "$status" = 50 ]
	timed "$SHIKAKU" card 3>&-
	[ "$status" = 2 ]
	timed "$SHIKAKU" card eject 3>&-
	[ "$status" = 2 ]
	timed "$SHIKAKU" card pin-status --timeout 0 3>&-
	[ "$status" = 2 ]
}

@test "card: an application that does not answer takes nothing from the other one" {
	derived adult "card['alter'] = [{'ap': 'text', 'do': '6F00'}]" text-mad
	card info --json --card "$CARD"
	[ "$status" = 0 ]
	has card.certificate.ended=false card.error=-
	card pin-status --json --card "$CARD"
	[ "$status" = 0 ]
	has pin_status.auth.tries_left=3 pin_status.text.state=unknown pin_status.text.tries_left=-
	card pin-status --card "$CARD"
	diff <(echo "$output") - <<-'END'
		利用者証明用                  残り3回(3回のうち)
		券面事項入力補助用            カードが答えない
	END
	# a counter that is no counter of these cards
	derived adult "card['alter'] = [{'ins': '20', 'do': '63CF'}]" fifteen
	card pin-status --card "$CARD" --lang en
	[[ $output = *"authentication                15 tries left"* ]]
}

@test "card pin-status: both counters, spent by nothing" {
	local card want
	while read -r card want; do
		card pin-status --json --card "$CARDS/$card.json"
		# shellcheck disable=SC2086
		has $want
	done <<-'END'
		adult pin_status.auth.state=ok pin_status.auth.tries_left=3 pin_status.text.tries_left=3
		adult.two-tries pin_status.auth.tries_left=2
		adult.one-try pin_status.auth.state=last pin_status.auth.tries_left=1
		adult.verified-9000 pin_status.auth.tries_left=3
		adult.blocked pin_status.auth.state=blocked pin_status.auth.tries_left=0 pin_status.likely_without_pin=false
		adult.blocked-6984 pin_status.auth.state=blocked
		adult.text-blocked pin_status.auth.state=ok pin_status.text.state=blocked pin_status.text.tries_left=0
		adult.text-one-try pin_status.auth.state=ok pin_status.text.state=last
		face-only pin_status.auth.state=blocked pin_status.likely_without_pin=true
		phone.android pin_status.auth.tries_left=3 pin_status.text=-
	END
	# under 15 there is nothing to sign with either; the other PIN tells that this one is blocked
	derived child "card['pin']['auth']['tries_left'] = 0" child-blocked
	card pin-status --json --card "$CARD"
	has pin_status.auth.state=blocked pin_status.text.tries_left=3 pin_status.likely_without_pin=false
	card pin-status --card "$CARD" --lang en
	[[ $output = *"authentication                blocked: the municipal office resets it"* ]]
	card pin-status --card "$CARDS/adult.blocked.json"
	[ "$status" = 23 ]
	[[ $output = *"ロックされている"* ]]
	card pin-status --card "$CARDS/face-only.json" --lang en
	[ "$status" = 23 ]
	[ "$(grep -c "none (likely a 顔認証マイナンバーカード)" <<<"$output")" = 2 ]
	[[ $output != *office* ]]
	card pin-status --card "$CARDS/adult.text-one-try.json"
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'END'
		利用者証明用                  残り3回(3回のうち)
		券面事項入力補助用            残り1回(3回のうち)。次に間違えるとロックされる
	END
	card pin-status --card "$CARDS/adult.text-blocked.json" --lang en
	[ "$status" = 0 ]
	diff <(echo "$output") - <<-'END'
		authentication                3 of 3 tries left
		券面事項入力補助用 (text)     blocked: the municipal office resets it
	END
}

@test "card pin-status: through pcscd, asked a hundred times, costs nothing" {
	local i
	rig_start
	rig_insert "$CARDS/adult.one-try.json"
	for ((i = 0; i < 100; i++)); do
		timed "$SHIKAKU" card pin-status --json 3>&-
		[[ $output = *'"auth":{"state":"last","tries_left":1,'*'"text":{"state":"ok","tries_left":3,'* ]] || { echo "$i $output"; return 1; }
	done
	card info --json
	[ "$status" = 0 ]
	card pin-status --json
	has pin_status.auth.tries_left=1 pin_status.text.tries_left=3
}

@test "card: doctor says of the card what card info and check do" {
	doctor_card() {
		timed "$SHIKAKU" doctor --config "$CONF" --service offline --card "$1" --json 3>&-
		"$PYTHON" -c '
import json, sys
print([p["state"] + " " + p.get("code", "-") for p in json.loads(sys.argv[1])["doctor"]["parts"] if p["part"] == "card"][0])' "$output"
	}
	[ "$(doctor_card "$CARDS/adult.json")" = "ok -" ]
	[ "$(doctor_card "$CARDS/adult.unknown-ca.json")" = "bad CARD_NOT_JPKI" ]
	[ "$(doctor_card "$CARDS/adult.blocked.json")" = "note -" ]
	[ "$(doctor_card "$CARDS/juki.json")" = "bad CARD_NOT_JPKI" ]
	[ "$(doctor_card "$CARDS/phone.android.json")" = "note -" ]
	printf '%s\n' "mode = production" "card-ca = $PKI/auth-cas.pem" >"$CONF"
	[ "$(doctor_card "$CARDS/adult.json")" = "bad CARD_NOT_JPKI" ]
}

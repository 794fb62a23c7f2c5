#!/usr/bin/env bats
# The forty mistakes a card reading program makes, each tried on ours (docs/card.md has the table).
# Where nothing is said of pcscd the card is in shikaku-reader's own process.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	. "$ROOT/tests/rig/pcscd.sh"
	LOG=$BATS_TEST_TMPDIR/apdu
}

teardown() {
	rig_stop
	mock_stop
}

helper() { run "$PYTHON" "$ROOT/tests/rig/helper.py" "$BUILD" 3>&-; echo "$output"; }
client() { "$PYTHON" "$ROOT/tests/rig/pcsc-client.py" "$@" 3>&-; }

# visit CARD [PIN [last]]: a session with its APDU log, from the first SELECT to the closing one
visit() {
	helper <<-END
		trace $LOG
		open $(card_file "$1")
		pin ${2-1234}
		verify ${3-}
		sign
		close
		sent $LOG
	END
}

has() { grep -qxF -- "$1" <<<"$output" || { echo "not: $1"; return 1; }; }
sent() { grep '^>' "$LOG" | cut -c3-; }

# issued NAME KEY_OPTION... : a card whose certificate the test CA issues now, as $CARD
issued() {
	local name=$1 at=$BATS_TEST_TMPDIR/$1
	shift
	openssl genpkey -quiet "$@" -out "$at.key"
	openssl req -new -key "$at.key" -subj "/C=JP/CN=997794E9QZTEST13110001A" -out "$at.csr"
	openssl x509 -req -in "$at.csr" -CA "$PKI/${ISSUER:-auth-ca}.pem" -CAkey "$PKI/${ISSUER:-auth-ca}.key" \
	    -set_serial "${SERIAL:-0x0705DA00}" -days 400 -sha256 -out "$at.pem" 2>/dev/null \
	    -extfile <(printf '%s\n' 'keyUsage = critical, digitalSignature' 'authorityKeyIdentifier = keyid:always')
	derived adult "card['auth']['certificate'] = '$at.pem'; card['auth']['key'] = '$at.key'" "$name-card"
}

@test "pitfall 1: an ATR or a reader's name says nothing" {
	local atr
	rig_start
	# made up; of a 住基カード; of a 運転免許
	for atr in 3B02145A 3B888001000014E0B38191005E 3B888001000000009181C100D8; do
		derived adult "card['atr'] = '$atr'" card
		rig_insert "$CARD"
		helper <<-END
			open
		END
		[[ $output = "open: ok JPKIAPICCTOKEN2 3 "* ]]
		rig_remove
	done
	derived juki "card['atr'] = '3B888001000005E0B381A1007F'" card
	rig_insert "$CARD"
	helper <<-END
		open
	END
	has "open: CARD_NOT_JPKI -1"
}

@test "pitfall 2: only these commands are ever sent" {
	visit adult
	has "sign: ok 256"
	sent | sed -E 's/^00B00[0-9A-F]{5}$/READ/; s/^(802A008033[0-9A-F]{38}).*$/\1/' | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/got"
	diff "$BATS_TEST_TMPDIR/got" - <<-END
		00200080
		0020008004 **
		00A4020C020006
		00A4020C02000A
		00A4020C020017
		00A4020C020018
		00A4040C07A0000001510000
		00A4040C0AD392F000260100000001
		802A0080333031300D060960864801650304020105000420
		READ
	END
}

@test "pitfall 3: the whole token label is compared" {
	local label
	visit juki
	has "open: CARD_NOT_JPKI -1"
	for label in JPKIAPICCTOKEN3 JPKIAPICCTOKEN22 JPKIAPICCTOKEN2x jpkiapicctoken2 ''; do
		derived adult "card['token'] = '$label'" card
		visit "$CARD"
		# a My Number card all the same: its application answered
		has "open: CARD_UNREADABLE -1"
	done
	derived adult "card['token'] = 'JPKIAPICCTOKEN2  '" card
	visit "$CARD"
	has "sign: ok 256"
}

@test "pitfall 4: blocked is 63C0, 6983 and 6984" {
	local sw
	for sw in 63C0 6983 6984; do
		derived adult "card['alter'] = [{'ins': '20', 'do': '$sw'}]" card
		visit "$CARD" 1234 last
		[[ $output = *"open: ok JPKIAPICCTOKEN2 0 "* ]]
		has "verify: PIN_BLOCKED 0"
		has "sent: 0"
		# the queries of the opening and of the PIN are good, the VERIFY is not
		derived adult "card['alter'] = [{'ins': '20', 'do': '$sw', 'after': 2}]" card
		visit "$CARD"
		has "verify: PIN_BLOCKED 0"
		has "sent: 1"
	done
}

@test "pitfall 5: 6300 is wrong without a count, and no 0" {
	derived adult "card['alter'] = [{'ins': '20', 'do': '6300', 'after': 2}]" card
	visit "$CARD" 9999
	# the card is asked for the count, with a query
	has "verify: PIN_WRONG 2"
	has "sent: 1"
	derived adult "card['alter'] = [{'ins': '20', 'do': '6300'}]" card
	visit "$CARD"
	[[ $output = *"open: ok JPKIAPICCTOKEN2 -1 "* ]]
	# what is not known may be the last
	has "verify: PIN_LAST_TRY -1"
	has "sent: 0"
}

@test "pitfall 6: what is no PIN is never sent, and a leading zero is kept" {
	local pin
	for pin in 123 12345 12a4 ' 1234' '1 234' 12３ １２３４５ ٠١٢٣ 一二三四 -123 +123 1.23 0x12; do
		helper <<-END
			trace $LOG
			open $CARDS/adult.json
			pin $pin
			verify
			sent $LOG
		END
		has "pin: PIN_FORMAT -1"
		has "verify: PIN_NONE -1"
		has "sent: 0"
	done
	derived adult "card['pin']['auth']['value'] = '0042'" card
	visit "$CARD" 0042
	has "sign: ok 256"
	visit "$CARD" ００４２
	has "sign: ok 256"
}

@test "pitfall 6: full-width digits are taken, with a note before the card is asked" {
	desk
	PIN=１２３４ run_text adult --lang ja
	[ "$status" = 0 ]
	[ "$(grep -c 全角の数字を半角として受け付けました <<<"$stderr")" = 1 ]
	PIN=１２３４ run_text adult --lang en
	[ "$(grep -c 'Full-width digits were taken' <<<"$stderr")" = 1 ]
	run_text adult --lang ja
	[[ $stderr != *全角* ]]
}

@test "pitfall 7: VERIFY is not repeated, whatever became of it" {
	local how
	for how in remove short overlong 6700 6F00 6982 6985 9001; do
		derived adult "card['alter'] = [{'ins': '20', 'do': '$how', 'after': 2}]" card
		visit "$CARD" 9999
		[[ $output =~ "verify: "(CARD_REMOVED|CARD_UNREADABLE)" " ]]
		has "sent: 1"
	done
	visit adult.one-try
	has "verify: PIN_LAST_TRY 1"
	has "sent: 0"
}

@test "pitfall 8: a wrong PIN is tried on one PIN only" {
	desk
	PIN=9999 run_check adult --trace-apdu "$LOG"
	shows 11 error=PIN_WRONG error_tries=2
	[ "$(sent | grep -c '^0020008004')" = 1 ]
	run ! grep -q D3921000310001010408 "$LOG"
}

@test "pitfall 9: the query has four bytes" {
	visit adult
	[ "$(sent | grep -c '^00200080$')" -ge 2 ]
	run ! grep -qE '^> 0020008000' "$LOG"
}

@test "pitfall 10: 9000 to the query is neither 0 tries nor an error" {
	visit adult.verified-9000
	has "sign: ok 256"
	derived adult "card['alter'] = [{'ins': '20', 'do': '9000'}]" card
	visit "$CARD"
	[[ $output = *"open: ok JPKIAPICCTOKEN2 -1 "* ]]
	has "verify: PIN_LAST_TRY -1"
}

@test "pitfall 11: the key is selected after the PIN" {
	visit adult
	[ "$(sent | grep -A 1 '^0020008004' | tail -1)" = 00A4020C020017 ]
	sent | grep -A 2 '^0020008004' | tail -1 | grep -q ^802A
}

@test "pitfall 12: the signature is 80 2A 00 80" {
	visit adult
	[ "$(sent | grep -c 2A00)" = 1 ]
	[ "$(sent | grep -c ^802A0080)" = 1 ]
}

@test "pitfall 13: a whole DigestInfo of SHA-256 is signed, and the signature checked" {
	visit adult
	[ "$(sent | grep -cE '^802A0080333031300D060960864801650304020105000420[0-9A-F]{64}00$')" = 1 ]
	visit adult.sign-corrupt
	has "sign: CARD_SIGNATURE -1"
	visit adult.wrong-key
	has "sign: CARD_SIGNATURE -1"
}

@test "pitfall 14: what is signed is hashed here from its fields" {
	"$PYTHON" - "$ROOT/tests/rig" "$BUILD" "$CARDS/adult.json" "$LOG" <<-'PY'
	import hashlib, struct, sys
	sys.path.insert(0, sys.argv[1])
	from helper import Helper
	h = Helper(sys.argv[2])
	h.trace = sys.argv[4]
	cert = bytes.fromhex(h.open(sys.argv[3])["ok"]["certificate"])
	h.enter("1234"); h.ask(op="verify", last_try=False)
	for nonsense in ({"digest": "00" * 32}, {"challenge": "00" * 31}, {"challenge": "00" * 51}):
	    said = h.ask(**dict(dict(op="sign", purpose="enquiry", origin="https://service.test:8443", challenge="01" * 32,
	                             institution="1310000011", time="20260401000000Z"), **nonsense))
	    assert ("ok" in said) == ("digest" in nonsense), said
	    if "ok" not in said:
	        h.open(sys.argv[3]); h.enter("1234"); h.ask(op="verify", last_try=False)
	fields = (b"shikaku eligibility enquiry v1", b"https://service.test:8443", bytes([1] * 32), b"1310000011",
	          hashlib.sha256(cert).digest(), b"20260401000000Z")
	want = hashlib.sha256(b"".join(struct.pack(">I", len(f)) + f for f in fields)).hexdigest().upper()
	signed = [line for line in open(sys.argv[4]) if line.startswith("> 802A")]
	assert len(signed) == 1 and signed[0].strip().endswith("0420" + want + "00"), signed
	h.end()
	PY
}

@test "pitfall 15: the card is left by the ISD and without power" {
	visit adult
	[ "$(sent | tail -1)" = 00A4040C07A0000001510000 ]
	visit adult 9999
	[ "$(sent | tail -1)" = 00A4040C07A0000001510000 ]
	rig_start
	rig_insert "$CARDS/adult.verified-9000.json"
	for pin in 1234 9999; do
		helper <<-END
			open
			pin $pin
			verify
			close
		END
		[[ $(client tries) = 63C? ]]
	done
}

@test "pitfall 16: nothing of the signing pair is touched" {
	local f
	visit adult
	for f in 0001 0002 001A 001B; do
		run ! grep -q "^> 00A4020C02$f" "$LOG"
	done
}

@test "pitfall 17: lengths come from the card, are bounded, and filler is left out" {
	local size
	visit adult
	size=$(openssl x509 -in "$PKI/adult.auth.pem" -outform DER | wc -c)
	[ "$size" -gt 256 ]
	[[ $output = *"open: ok JPKIAPICCTOKEN2 3 $size"* ]]
	for size in '\x30\x82\xff\xff' '\x30\x82\x10\x00' '\x30\x80' '\x30\x84\x00\x00\x00\x10' '\x30\x82\x00\x00' '\x31\x03abc'; do
		printf "${size}%.0sAAAAAAAA" >"$BATS_TEST_TMPDIR/der"
		derived adult "card['auth']['certificate'] = '$BATS_TEST_TMPDIR/der'" card
		visit "$CARD"
		has "open: CARD_UNREADABLE -1"
	done
}

@test "pitfall 18: no offset reaches bit 8 of P1" {
	visit adult
	[ "$(sent | grep -c ^00B0)" -ge 6 ]
	run ! grep -qE '^> 00B0[^0]' "$LOG"
}

@test "pitfall 19: short APDUs do" {
	visit adult.short-apdu-only
	has "sign: ok 256"
	# with an Lc of 0 an APDU is extended
	run ! grep -qE '^> [0-9A-F]{8}00[0-9A-F]{2}' "$LOG"
}

@test "pitfall 20: objects of the 入力補助AP may be badly encoded" {
	local card
	desk
	for card in adult.non-minimal-length adult.long-address; do
		run_check "$card" --identify --text-pin-fd 4 4<<<5678
		[[ $outcome = *read=ok* ]]
		[[ $output != *PERSON_MALFORMED* && $output != *'"identified":null'* ]]
	done
}

@test "pitfall 21: EF 0002 is read in the 入力補助AP alone" {
	desk
	run_check adult --identify --text-pin-fd 4 --trace-apdu "$LOG" 4<<<5678
	sent | awk '/^00A4040C/ { ap = substr($0, 11) } /^00A4020C020002/ { print ap }' | sort -u >"$BATS_TEST_TMPDIR/aps"
	[ "$(cat "$BATS_TEST_TMPDIR/aps")" = D3921000310001010408 ]
}

@test "pitfall 22: the 券面確認AP is not selected" {
	desk
	run_check adult --identify --text-pin-fd 4 --trace-apdu "$LOG" 4<<<5678
	run ! grep -q D3921000310001010402 "$LOG"
}

@test "pitfall 23: no 照合番号 is ever asked for or sent" {
	desk
	run_check adult --identify --text-pin-fd 4 --trace-apdu "$LOG" 4<<<5678
	[ "$(sent | grep -c '^0020008004 \*\*$')" = "$(sent | grep -c '^00200080.')" ]
	run ! grep -qE '^> 00A4020C0200(12|13|14|15)' "$LOG"
}

@test "pitfall 24: a sex that is neither 1 nor 2" {
	derived adult "card['holder']['sex'] = '9'" card
	desk
	run_check "$CARD" --identify --text-pin-fd 4 4<<<5678
	[ "$status" != 70 ]
	[[ $outcome = *read=ok* ]]
}

@test "pitfall 25: the 個人番号 is neither selected nor read" {
	desk
	run_check adult --identify --text-pin-fd 4 --trace-apdu "$LOG" 4<<<5678
	run ! grep -qE '^> 00A4020C020001|^> 00B081' "$LOG"
	run ! grep -qE '(^|[^0-9])[0-9]{12}([^0-9]|$)' <<<"$output"
}

@test "pitfall 26: no PIN and no attribute in the APDU log" {
	desk
	run_check adult --identify --text-pin-fd 4 --trace-apdu "$LOG" 4<<<5678
	grep -q '^> 0020008004 \*\*$' "$LOG"
	run ! grep -qE '31323334|35363738' "$LOG"
	# 山田
	run ! grep -qi E5B1B1E794B0 "$LOG"
}

@test "pitfall 27: the CA on the card is not trusted, and three of one name are told apart" {
	local missing card
	desk
	visit adult
	run ! grep -q '^> 00A4020C02000B' "$LOG"
	# auth-ca, auth-ca-2 and unknown-ca bear one name; each card is of one of them
	for card in adult senior adult.unknown-ca; do
		for missing in auth-ca auth-ca-2 unknown-ca none; do
			cas=()
			for ca in unknown-ca auth-ca-2 auth-ca; do
				[ "$ca" = "$missing" ] || cas+=(--card-ca "$PKI/$ca.pem")
			done
			config "card-ca = "
			run_check "$card" "${cas[@]}" --auth visual
			case $card-$missing in
			adult-auth-ca | senior-auth-ca-2 | adult.unknown-ca-unknown-ca) [[ $outcome = *read=not_my_number* ]] ;;
			*) [[ $outcome = *read=ok* ]] ;;
			esac
		done
	done
	config "mode = production"
	run_check adult --require-online
	shows 24 error=CARD_NOT_JPKI
}

@test "pitfall 28: whether a certificate was revoked the service says" {
	desk
	run_check revoked
	shows 11 error=SERVICE_REFUSED
	warns certificate_revoked
	# without it nothing is confirmed, however good the card looks
	run_check adult --service offline
	[ "$status" = 11 ]
	[[ $outcome = *path=-* ]]
}

@test "pitfall 29: the same name and serial number by another key are another person" {
	desk
	ISSUER=auth-ca-2 SERIAL=0x0705D990 issued twin -algorithm RSA -pkeyopt rsa_keygen_bits:2048
	run_check "$CARD"
	shows 11 percent=- outcome=error error=SERVICE_REFUSED
}

@test "pitfall 30: the last day of the certificate is Japan's" {
	local utc
	desk
	run_check adult
	utc=$(date -u -d "$(openssl x509 -in "$PKI/adult.auth.pem" -noout -enddate | cut -d= -f2)" '+%F %T')
	[ "${utc#* }" = 14:59:59 ]
	[[ $output = *"\"certificate_not_after\":\"${utc% *}\""* ]]
}

@test "pitfall 31: a phone is a phone, and its PIN is not asked for" {
	local card
	desk
	for card in phone.android phone.iphone; do
		run_check "$card" --trace-apdu "$LOG"
		shows 11 medium=phone
		run ! grep -q '^> 0020008004' "$LOG"
		run ! grep -q 'D39210003100' "$LOG"
	done
}

@test "pitfall 32: a card without a PIN is not one with three wrong tries" {
	desk
	visit face-only
	has "verify: PIN_BLOCKED 0"
	has "sent: 0"
	# nor without a terminal
	run -11 "$SHIKAKU" check --config "$CONF" --limit-consent no --card "$CARDS/face-only.json" --pin-fd 3 3<<<1234 </dev/null
	[[ ${output//$'\n'/ } = *"暗証番号のない顔認証マイナンバーカード"* && $output != *ロックされています* ]]
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no \
	    --card "$CARDS/face-only.json" 3>&- <<-END
		expect 暗証番号のない顔認証マイナンバーカード
		expect 本人ですか
		key 1
		expect 保険扱い
	END
	)
}

@test "pitfall 33: without the PIN nothing is signed" {
	helper <<-END
		trace $LOG
		open $CARDS/adult.json
		sign
	END
	has "sign: INTERNAL -1"
	run ! grep -q '^> 802A' "$LOG"
}

@test "pitfall 34: the card is free while a person types" {
	rig_start
	rig_insert "$CARDS/adult.json"
	helper <<-END
		open
		sh [ "\$("$PYTHON" "$ROOT/tests/rig/pcsc-client.py" tries)" = 63C3 ]
		sh "$PYTHON" "$ROOT/tests/rig/pcsc-client.py" reset
		pin 1234
		verify
		sign
	END
	[ "$(grep -c '^sh: 0$' <<<"$output")" = 2 ]
	has "sign: ok 256"
}

@test "pitfall 35: the card is found in whichever reader it lies" {
	rig_start
	rig_insert "$CARDS/licence.json" 0
	rig_insert "$CARDS/adult.json" 1
	helper <<-END
		open
		pin 1234
		verify
		sign
	END
	has "sign: ok 256"
}

@test "pitfall 36: 6F00 to the first command" {
	visit adult.6f00-first
	has "sign: ok 256"
}

@test "pitfall 37: a signature that takes five seconds" {
	derived adult "card['timing'] = {'sign_ms': 5000}" card
	desk
	run_check "$CARD"
	shows 0 path=online_card
	within 5000 9000
}

@test "pitfall 38: no size is 256 for ever" {
	local bits
	for bits in 3072 4096; do
		issued "rsa$bits" -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits"
		visit "$CARD"
		has "sign: ok $((bits / 8))"
	done
	# P-384: read, and told before anybody types a PIN
	issued p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
	derived adult "card['auth']['certificate'] = '$BATS_TEST_TMPDIR/p384.pem'" card
	visit "$CARD"
	[[ $output = *"open: ok JPKIAPICCTOKEN2 3 "* ]]
	desk
	run_check "$CARD" --trace-apdu "$LOG" --require-online
	shows 24 error=CARD_CERT
	run ! grep -q '^> 0020008004' "$LOG"
}

# raw APDU...: what the software card answers to OpenSC's tool, one status word each
raw() {
	local apdu args=()
	for apdu; do args+=(-s "$apdu"); done
	opensc-tool --card-driver default "${args[@]}" 2>&1 | sed -n 's/^Received (SW1=0x\(..\), SW2=0x\(..\)).*/\1\2/p' | tr '\n' ' '
}

@test "pitfall 39: the software card refuses what the real one refuses" {
	rig_start
	rig_insert "$CARDS/adult.json"
	[ "$(raw 00A4040C0AD392F000260100000002 00A4020C02000A 00A4040C0AD392F000260100000001 00A4020C020017 \
	    802A008003303130 00A4090C02000A 00A4020C02000A 00B07F0000)" = "6A82 6986 9000 9000 6982 6A86 9000 6B00 " ]
}

@test "pitfall 40: what a card says cannot play with the terminal" {
	derived adult "card['token'] = '\x1b[2J\x07JPKI'" card
	visit "$CARD"
	has "open: CARD_UNREADABLE -1"
	desk
	run_text "$CARD"
	run ! grep -q $'\x1b\|\x07' <<<"$output$stderr"
	run_check "$CARD"
	run ! grep -q $'\x1b\|\\\\u001b' <<<"$output"
}

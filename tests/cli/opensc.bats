#!/usr/bin/env bats
# The software card as seen by OpenSC, which was written for the real one.

source "$BATS_TEST_DIRNAME/../rig/pcscd.sh"

PKI=$RIG_ROOT/build/pki
CARDS=$RIG_ROOT/fixtures/cards

# One healthy card stays in slot 0. Whoever needs another, or spends tries, puts it into slot 1.
setup_file() {
	"$RIG_ROOT/fixtures/make-pki" "$PKI"
	rig_start
	rig_insert "$CARDS/adult.json"
}

teardown_file() {
	rig_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export HOME=$BATS_TEST_TMPDIR	# OpenSC caches there
	READER=0
}

teardown() {
	rig_drop 1
}

card() {
	rig_insert "$CARDS/$1.json" 1
	READER=1
}

# Sends each APDU with no driver in between; prints one status word a line, and no data.
send() {
	local apdu args=()
	for apdu; do args+=(-s "$apdu"); done
	opensc-tool --reader $READER --card-driver default "${args[@]}" 2>&1 |
	    sed -n 's/^Received (SW1=0x\(..\), SW2=0x\(..\)).*/\1\2/p'
}

expect() {	# what send printed, as words
	[ "$(echo $output)" = "$1" ] || { echo "got: $(echo $output)"; echo "not: $1"; return 1; }
}

message() {
	printf 'an invented message\n' >msg
	openssl dgst -sha256 -binary msg >hash
}

public_key() {
	openssl x509 -in "$PKI/$1.pem" -noout -pubkey >"$1.pub"
}

verifies() {	# PUBLIC_KEY SIGNATURE
	openssl dgst -sha256 -verify "$1" -signature "$2" msg
}

@test "opensc-tool -a: the ATR of a contactless card" {
	run opensc-tool --reader $READER -a
	[ "${lines[-1]}" = 3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f ]
}

@test "opensc-tool -n: the jpki driver takes it" {
	run opensc-tool --reader $READER -n
	[ "${lines[-1]}" = jpki ]
}

@test "opensc-tool -n: with a contact plate's ATR too" {
	card adult.contact
	run opensc-tool --reader $READER -a
	[ "${lines[-1]}" = 3b:da:13:ff:81:31:fb:46:80:12:39:2f:31:c1:73:c6:01:c0:3b ]
	run opensc-tool --reader $READER -n
	[ "${lines[-1]}" = jpki ]
}

@test "pkcs15-tool --list-certificates: four, the first with its serial" {
	run pkcs15-tool --reader $READER --list-certificates
	[ "$status" = 0 ]
	[ "$(grep -c '^X.509 Certificate' <<<"$output")" = 4 ]
	[ "$(echo $(sed -n 's/.*ID  *: //p' <<<"$output"))" = "01 02 03 04" ]
	grep -q 'Encoded serial : 02 04 0705D990' <<<"$output"
}

@test "pkcs15-tool --list-pins: three and five tries" {
	run pkcs15-tool --reader $READER --list-pins
	[ "$(echo $(sed -n 's/.*Tries left  *: //p' <<<"$output"))" = "3 5" ]
}

@test "the authentication certificate is read without a PIN and chains to its CA" {
	pkcs15-tool --reader $READER --read-certificate 1 -o auth.pem
	openssl verify -CAfile "$PKI/auth-ca.pem" auth.pem
	cmp auth.pem "$PKI/adult.auth.pem"
}

@test "the CA certificates on the card are those of the PKI" {
	pkcs15-tool --reader $READER --read-certificate 3 -o auth-ca.pem
	pkcs15-tool --reader $READER --read-certificate 4 -o sign-ca.pem
	cmp auth-ca.pem "$PKI/auth-ca.pem"
	cmp sign-ca.pem "$PKI/sign-ca.pem"
}

@test "the certificate for signing is refused without its PIN" {
	run pkcs15-tool --reader $READER --read-certificate 2
	[ "$status" = 1 ]
	grep -q 'Certificate read failed: EF offset too large' <<<"$output"
	run send 00A4040C0AD392F000260100000001 00A4020C020001 00B0000000
	expect "9000 9000 6982"
}

@test "the certificate for signing is read with its PIN" {
	pkcs15-tool --reader $READER --read-certificate 2 --verify-pin --auth-id 02 --pin ABC123 \
	    -o sign.pem
	cmp sign.pem "$PKI/adult.sign.pem"
}

crypt() {
	pkcs15-crypt --reader $READER --sign --sha-256 --pkcs1 -i hash -o sig --raw "$@"
}

@test "pkcs15-crypt signs with the authentication key" {
	message
	public_key adult.auth
	crypt --key 1 --pin 1234
	verifies adult.auth.pub sig
}

@test "pkcs15-crypt signs with the signing key" {
	message
	public_key adult.sign
	crypt --key 2 --pin ABC123
	verifies adult.sign.pub sig
}

@test "negative control: a corrupted signature does not verify" {
	card adult.sign-corrupt
	message
	public_key adult.auth
	crypt --key 1 --pin 1234
	[ "$(stat -c %s sig)" = 256 ]
	run verifies adult.auth.pub sig
	[ "$status" = 1 ]
	grep -q 'Verification failure' <<<"$output"
}

pkcs11() {
	local module
	module=$(dpkg -L opensc-pkcs11 | grep '/opensc-pkcs11\.so$' | tail -n 1)
	pkcs11-tool --module "$module" "$@"
}

@test "pkcs11-tool -L: a slot for each PIN" {
	run pkcs11 -L
	grep -q 'JPKI (User Authentication PIN)' <<<"$output"
	grep -q 'JPKI (Digital Signature PIN)' <<<"$output"
}

@test "pkcs11-tool --sign: SHA256-RSA-PKCS" {
	message
	public_key adult.auth
	pkcs11 --slot-index 0 --login --pin 1234 --sign --mechanism SHA256-RSA-PKCS --id 01 \
	    -i msg -o sig
	verifies adult.auth.pub sig
}

@test "pkcs11-tool --test: no errors" {
	run pkcs11 --slot-index 0 --login --pin 1234 --test
	[ "$status" = 0 ]
	grep -q 'all 4 signature functions seem to work' <<<"$output"
	[ "${lines[-1]}" = "No errors" ]
}

@test "a wrong PIN through pkcs15-tool costs one try" {
	card adult
	run pkcs15-tool --reader $READER --verify-pin --auth-id 01 --pin 9999
	[ "$status" = 255 ]
	grep -q 'PIN code or key incorrect' <<<"$output"
	run send 00A4040C0AD392F000260100000001 00A4020C020018 00200080
	expect "9000 9000 63C2"
}

@test "two more wrong PINs block it: 63C1 63C0, then even the right one is 6984" {
	card adult
	pkcs15-tool --reader $READER --verify-pin --auth-id 01 --pin 9999 || true
	run send 00A4040C0AD392F000260100000001 00A4020C020018 002000800439393939 \
	    002000800439393939 00200080 002000800431323334
	expect "9000 9000 63C1 63C0 63C0 6984"
	run pkcs15-tool --reader $READER --list-pins
	[ "$(echo $(sed -n 's/.*Tries left  *: //p' <<<"$output"))" = "0 5" ]
}

@test "the right PIN gives all tries back" {
	card adult.one-try
	run send 00A4040C0AD392F000260100000001 00A4020C020018 00200080 002000800431323334 00200080
	expect "9000 9000 63C1 9000 63C3"
}

TEXT_AP=00A4040C0AD3921000310001010408

@test "the individual number's EF: every reading is 6982" {
	run send $TEXT_AP 00A4020C020001 00B0000011 00B0000000 00B0000300 00B0001001 00B0001101 \
	    00B07FFF01 00B0810011 00B0810300
	expect "9000 9000 6982 6982 6982 6982 6982 6982 6982 6982"
}

@test "the individual number's EF: 6A82 to the holder's own PIN" {
	card adult
	run send $TEXT_AP 00A4020C020011 002000800435363738 00A4020C020001 00B0000011 00B0000000 \
	    00B0000300 00B0001001 00B07FFF01 00B0810011 00B0810300 00A4020C020002 00B0000007
	expect "9000 9000 9000 9000 6A82 6A82 6A82 6A82 6A82 6A82 6A82 9000 9000"
}

@test "the counters of two PINs of the same digits are two" {
	card adult
	run send $TEXT_AP 00A4020C020011 002000800439393939 00A4040C0AD392F000260100000001 \
	    00A4020C020018 00200080
	expect "9000 9000 63C2 9000 9000 63C3"
}

@test "a phone gives its certificate only after the PIN" {
	card phone.android
	run send 00A4040C0AD392F000260100000001 00A4020C02000A 00B0000004 00A4020C020018 \
	    002000800431323334 00A4020C02000A 00B0000004 $TEXT_AP
	expect "9000 9000 6982 9000 9000 9000 9000 6A82"
}

@test "two cards in two slots, each with its own certificate" {
	card senior
	pkcs15-tool --reader 0 --read-certificate 1 -o 0.pem
	pkcs15-tool --reader 1 --read-certificate 1 -o 1.pem
	cmp 0.pem "$PKI/adult.auth.pem"
	cmp 1.pem "$PKI/senior.auth.pem"
}

@test "taken away in the middle of a read" {
	card adult.removed-mid-read
	run pkcs15-tool --reader $READER --read-certificate 1
	[ "$status" != 0 ]
	rig_wait rig_slot_empty 1
}

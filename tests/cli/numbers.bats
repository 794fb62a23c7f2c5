#!/usr/bin/env bats
# Numbers that can not be right: a warning in every output, and the verdict as if they were.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }
teardown() { mock_stop; }

# numbered NUMBER FILE: the fixture people, the insurer of the card "adult" under that number.
numbered() {
	sed "s/\"InsurerNumber\": \"06132013\"/\"InsurerNumber\": \"$1\"/" "$PEOPLE" >"$2"
	! diff -q "$PEOPLE" "$2"
}

# clinic CODE: a client certificate with that 医療機関コード, of the service's CA.
clinic() {
	local dir=$BATS_TEST_TMPDIR
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/clinic.key" \
	    -subj "/C=JP/O=SHIKAKU-TEST/serialNumber=$1/CN=Test Clinic" -out "$dir/clinic.csr"
	printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \
	    extendedKeyUsage=clientAuth >"$dir/clinic.ext"
	openssl x509 -req -in "$dir/clinic.csr" -CA "$PKI/service-ca.pem" -CAkey "$PKI/service-ca.key" \
	    -set_serial 99 -days 2 -extfile "$dir/clinic.ext" -out "$dir/clinic.pem"
}

@test "NUM-3: a good number in the answer brings no warning" {
	desk
	run_check adult
	shows 0 path=online_card insurer=06132013 warnings=-
}

@test "NUM-3: a wrong one warns and decides, in JSON and on the screen" {
	numbered 60132013 "$BATS_TEST_TMPDIR/people"
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk
	run_check adult
	shows 0 path=online_card percent=30 insurer=60132013 warnings=insurer_number_check
	run_text adult --lang ja
	[ "$status" = 0 ]
	[[ $(tr -d ' \n' <<<"$output") = *保険者番号を確かめる:応答の60132013は検証番号が合わない\(06132013か63132013か\)* ]]
	run_text adult --lang en
	[[ $(tr -s ' \n' ' ' <<<"$output") = *"check the insurer number: answer 60132013 (wrong check digit): 06132013 or 63132013?"* ]]
}

@test "NUM-8: a wrong 医療機関コード in the client certificate warns" {
	desk
	clinic 1310000012
	config "client-cert = $BATS_TEST_TMPDIR/clinic.pem" "client-key = $BATS_TEST_TMPDIR/clinic.key"
	run_check adult
	shows 0 path=online_card warnings=institution_code_check
	clinic 1310000011
	run_check adult
	shows 0 path=online_card warnings=-
}

@test "the example in numbers.md does what it says" {
	sed -n '/^```sh/,/^```$/p' "$ROOT/docs/numbers.md" | sed '/^```/d' >"$BATS_TEST_TMPDIR/try.sh"
	sed -n '/^```text/,/^```$/p' "$ROOT/docs/numbers.md" | sed '/^```/d' >"$BATS_TEST_TMPDIR/want"
	cd "$BATS_TEST_TMPDIR"
	[ -s try.sh ] && [ -s want ]
	PATH=$BUILD:$PATH sh -eu try.sh | diff want -
}

# in_era ZERO ISO: that day with its year counted from the year ZERO
in_era() { date -d "$2" "+$((10#${2%%-*} - $1))年%-m月%-d日"; }

@test "the eras in numbers.md are the program's" {
	declare -A zero=([明治]=1867 [大正]=1911 [昭和]=1925 [平成]=1988 [令和]=2018)
	local era first last day n=0
	URL=offline
	config
	while read -r era first last; do
		for day in "$first" "$last"; do
			shikaku check --config "$CONF" --json --no-card lost --assume-none \
			    --date "$era$(in_era "${zero[$era]}" "$day")"
			[[ " $outcome " = *" date=$day "* ]]
		done
		for day in "$(date -d "$first 1 day ago" +%F)" "$(date -d "$last 1 day" +%F)"; do
			shikaku check --config "$CONF" --json --no-card lost --date "$era$(in_era "${zero[$era]}" "$day")"
			[ "$status" = 2 ]
		done
		n=$((n + 1))
	done < <(sed -n '/^| era/,/^$/p' "$ROOT/docs/numbers.md" |
	    sed -nE 's/^\| (..) \| ([0-9-]+).* \| ([0-9-]+).*/\1 \2 \3/p')
	[ "$n" = 5 ]
}

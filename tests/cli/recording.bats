#!/usr/bin/env bats
# check --patient: what is on file goes into the verdict, what came of it goes on file.

bats_require_minimum_version 1.5.0
load helper

setup_file() { fixtures; }

setup() {
	STORE=$BATS_TEST_TMPDIR/store.db KEY=$BATS_TEST_TMPDIR/store.key
	desk "store = $STORE" "store-key = $KEY"
}

teardown() { mock_stop; }

begin() { "$SHIKAKU" store init --store "$STORE" --store-key "$KEY" >/dev/null; }

# patient ARGUMENT...: check --patient P1, adult's card, as a program would
patient() {
	status=0
	output=$("$SHIKAKU" check --config "$CONF" --json --no-input --patient P1 "$@" \
	    3<<<1234 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}
online() { patient --card "$CARDS/adult.json" --pin-fd 3 --visit return "$@"; }
offline() { patient --no-card forgotten --visit return "$@"; }

# has EXPRESSION: of the output, as o
has() { "$PYTHON" -c 'import json,sys; o=json.loads(sys.argv[1]); assert eval(sys.argv[2]), o' "$output" "$1"; }

# figures EXPRESSION: of store stats, as n
figures() {
	"$PYTHON" -c 'import json,sys; n=json.loads(sys.argv[1]); assert eval(sys.argv[2]), n' \
	    "$("$SHIKAKU" store stats --json --config "$CONF")" "$1"
}

@test "recording: what was confirmed is on file, sealed" {
	begin
	online
	[ "$status" = 0 ]
	has 'o["check"]["recorded"] is True'
	figures 'n["confirmed"] == 1 and n["answers"] == 1 and n["debts"] == 0'
	"$SHIKAKU" store verify --config "$CONF"
	run -1 grep -c -a -F -f "$BATS_FILE_TMPDIR/names" "$STORE"
	run -1 grep -c -a -F P1 "$STORE"
}

@test "recording: the next visit stands on it, once the patient says that nothing has changed" {
	begin
	online
	echo '{"documents":{"eligibility_certificate":null,"notice":null,"portal":null,"portal_pdf":null,"old_card":null}}' >"$BATS_TEST_TMPDIR/facts.json"
	offline --facts "$BATS_TEST_TMPDIR/facts.json"
	[ "$status" = 11 ]
	has '[n["fact"] for n in o["need"]] == ["record.unchanged"]'
	offline --facts "$BATS_TEST_TMPDIR/facts.json" --store "$BATS_TEST_TMPDIR/none.db"
	has '[n["fact"] for n in o["need"]] != ["record.unchanged"]'
}

@test "recording: the oral path is provisional, and what it owes is on file" {
	begin
	online
	printf '%s' '{"visit_date":"'"$(TZ=Asia/Tokyo date +%F)"'","visit":"return","birthdate":"1980-02-17","card":{"medium":"none","absent_because":"forgotten"},"documents":{"eligibility_certificate":null,"notice":null,"portal":null,"portal_pdf":null,"old_card":null},"record":{"confirmed_on":"'"$(TZ=Asia/Tokyo date +%F)"'","copay_percent":30,"insurer_number":"06132013","symbol":"12","number":"345","branch":"00","unchanged":true}}' \
	    >"$BATS_TEST_TMPDIR/full.json"
	offline --facts "$BATS_TEST_TMPDIR/full.json"
	[ "$status" = 0 ]
	has 'o["path"] == "oral" and o["provisional"]'
	figures 'n["open_debts"] > 0'
}

@test "recording: another patient's visit finds nothing" {
	begin
	online
	offline --patient P2 || :
	output=$("$SHIKAKU" check --config "$CONF" --json --no-input --no-card forgotten --visit return --patient P2) || :
	has 'not any(n["fact"] == "record.unchanged" for n in o["need"])'
}

@test "recording: a provisional verdict leaves its debts" {
	begin
	echo '{"birthdate":"1980-02-17","statement":{"copay_percent":30},"documents":{"eligibility_certificate":null,"notice":null,"portal":null,"portal_pdf":null,"old_card":null}}' >"$BATS_TEST_TMPDIR/facts.json"
	patient --card "$CARDS/adult.json" --pin-fd 3 --visit first --service offline \
	    --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none
	has 'o["provisional"] is True and o["check"]["recorded"] is True and len(o["follow_up"]) > 0'
	owed=$("$PYTHON" -c 'import json,sys; print(len(json.loads(sys.argv[1])["follow_up"]))' "$output")
	figures "n['confirmed'] == 0 and n['open_debts'] == $owed"
}

@test "recording: the clinic's own decision, with its reason" {
	begin
	patient --no-card forgotten --visit first --assume-none --override 30 --reason 'known to us'
	has 'o["check"]["override"]["copay_percent"] == 30 and o["check"]["recorded"] is True'
	figures 'n["judged"] == 1 and n["confirmed"] == 0'
}

@test "recording: without a store nothing is kept, and it is said" {
	online
	[ "$status" = 0 ]
	has 'o["check"]["recorded"] is False'
	[ ! -e "$STORE" ]
}

@test "recording: without a patient's number nothing is kept" {
	begin
	output=$("$SHIKAKU" check --config "$CONF" --json --no-input --card "$CARDS/adult.json" --pin-fd 3 3<<<1234)
	has 'o["check"]["recorded"] is None'
	figures 'n["answers"] == 0'
}

@test "recording: a full disk: the verdict is shown, marked, and the status is 41" {
	begin
	status=0
	output=$(trap '' XFSZ; ulimit -f 1; "$SHIKAKU" check --config "$CONF" --json --no-input --patient P1 \
	    --card "$CARDS/adult.json" --pin-fd 3 3<<<1234 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	[ "$status" = 41 ]
	has 'o["verdict"] == "insured" and o["check"]["recorded"] is False'
	"$SHIKAKU" store verify --config "$CONF"
	figures 'n["confirmed"] == 0'
}

@test "recording: a store of another key, 77; damaged, 40: the verdict is shown all the same" {
	begin
	"$SHIKAKU" store init --store "$BATS_TEST_TMPDIR/other.db" --store-key "$BATS_TEST_TMPDIR/other.key" >/dev/null
	online --store-key "$BATS_TEST_TMPDIR/other.key"
	[ "$status" = 77 ]
	has 'o["verdict"] == "insured" and o["check"]["recorded"] is False'
	printf 'no database, but a text of some length\n%.0s' {1..200} >"$STORE"
	online
	[ "$status" = 40 ]
	has 'o["verdict"] == "insured" and o["check"]["recorded"] is False'
}

@test "recording: a patient's number that can not be one" {
	begin
	for bad in "" $'P\n1' "$(printf 'x%.0s' {1..65})"; do
		run -2 "$SHIKAKU" check --config "$CONF" --no-input --no-card lost --patient "$bad"
	done
}

@test "followup: what is owed is listed, and closed once" {
	begin
	printf '%s' '{"visit":"return","birthdate":"1980-02-17","card":{"medium":"none","absent_because":"forgotten"},"documents":{"eligibility_certificate":null,"notice":null,"portal":null,"portal_pdf":null,"old_card":null},"record":{"confirmed_on":"'"$(TZ=Asia/Tokyo date +%F)"'","copay_percent":30,"insurer_number":"06132013","symbol":"12","number":"345","branch":"00","unchanged":true}}' \
	    >"$BATS_TEST_TMPDIR/full.json"
	offline --facts "$BATS_TEST_TMPDIR/full.json"
	owed=$("$SHIKAKU" followup list --json --config "$CONF")
	echo "$owed"
	id=$("$PYTHON" -c 'import json,sys; d=[json.loads(l) for l in sys.argv[1].splitlines()]; assert d and all(x["patient"]=="P1" and not x["late"] for x in d), d; print(d[0]["id"])' "$owed")
	run -0 "$SHIKAKU" followup list --config "$CONF" --lang en
	[[ $output == *" P1 "* ]]
	run -0 "$SHIKAKU" followup done "$id" --note called --config "$CONF"
	run -2 "$SHIKAKU" followup done "$id" --config "$CONF"
	left=$("$SHIKAKU" followup list --json --config "$CONF" | wc -l)
	[ "$left" = $(($(wc -l <<<"$owed") - 1)) ]
	"$SHIKAKU" store verify --config "$CONF"
}

@test "followup: usage, and no records" {
	run -50 "$SHIKAKU" followup list --config "$CONF"
	begin
	run -0 "$SHIKAKU" followup list --config "$CONF" --lang en
	[ "$output" = "0 open (0 past the day)" ]
	for bad in 0 -1 x 1x 99999999999999999999; do
		run -2 "$SHIKAKU" followup done "$bad" --config "$CONF"
	done
	run -2 "$SHIKAKU" followup done 7 --config "$CONF"
	run -2 "$SHIKAKU" followup
}

# sheet OPTION...: form statement as text; status, output
sheet() {
	status=0
	output=$("$SHIKAKU" form statement --config "$CONF" --text -o - "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}

@test "recording: the 申立書 is filled in with the person on file, the insurance left to the patient" {
	begin
	online
	sheet --patient P1
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[[ $output = *"山田　太郎"* && $output = *"昭和55年2月17日 (1980-02-17)"* && $output = *"[x] 男"* ]]
	[[ $output = *P1* && $output = *"東京都"* ]]
	[[ $output != *06132013* && $output != *"[x] 3割"* ]]
	# an answer that tells nobody: who it was is on file besides
	"$BUILD/tests/store-probe" "$STORE" "$KEY" 2 0
	sheet --patient P1
	[[ $output = *"山田　太郎"* && $output = *"昭和55年2月17日"* && $output != *"東京都"* ]]
}

@test "recording: the 申立書 of somebody unknown, and without a store" {
	sheet --patient P1
	[ "$status" = 50 ]
	[[ $stderr = *"store init"* ]]
	begin
	sheet --patient P9
	[ "$status" = 0 ]
	[[ $stderr = *"記録がない"* && $output = *P9* ]]
	sheet --patient P9 --blank
	[ "$status" = 2 ]
	sheet --patient $'P\e9'
	[ "$status" = 2 ]
	"$SHIKAKU" store init --store "$STORE.2" --store-key "$KEY.2" >/dev/null
	sheet --patient P1 --store-key "$KEY.2"
	[ "$status" = 77 ]
}

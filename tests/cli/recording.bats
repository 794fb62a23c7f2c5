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

# patient ARGUMENT...: check --patient P1 (or WHO), adult's card, as a program would
patient() {
	status=0
	output=$("$SHIKAKU" check --config "$CONF" --json --no-input --patient "${WHO:-P1}" "$@" \
	    3<<<1234 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
}
online() { patient --card "$CARDS/adult.json" --pin-fd 3 --visit return "$@"; }
offline() { patient --no-card forgotten --visit return "$@"; }

# filed "ID,BIRTH DATE,PERCENT,DAY"...: what was last confirmed of whom, and when
filed() {
	local id birth percent day
	for row; do
		IFS=, read -r id birth percent day <<<"$row"
		echo "$id,$birth,06132013,12,345,$percent,$(TZ=Asia/Tokyo date -d "$day" +%F)"
	done | cat <(echo patient_id,birthdate,insurer_number,symbol,number,last_copay_percent,last_confirmed_on) - >"$BATS_TEST_TMPDIR/file.csv"
	"$SHIKAKU" store import "$BATS_TEST_TMPDIR/file.csv" --config "$CONF"
}

# has EXPRESSION: of the output, as o
has() { "$PYTHON" -c 'import json,sys; o=json.loads(sys.argv[1]); assert eval(sys.argv[2]), o' "$output" "$1"; }

# figures EXPRESSION: of store stats, as n
figures() {
	"$PYTHON" -c 'import json,sys; n=json.loads(sys.argv[1]); assert eval(sys.argv[2]), n' \
	    "$("$SHIKAKU" store stats --json --config "$CONF")" "$1"
}

@test "recording: what was confirmed is on file, sealed" {
	begin
	WHO=PATIENT-0731 online
	[ "$status" = 0 ]
	has 'o["check"]["recorded"] is True'
	figures 'n["confirmed"] == 1 and n["answers"] == 1 and n["debts"] == 0'
	"$SHIKAKU" store verify --config "$CONF"
	run -1 grep -c -a -F -f "$BATS_FILE_TMPDIR/names" "$STORE"
	run -1 grep -c -a -F PATIENT-0731 "$STORE"
}

@test "recording: what was answered of another person is none of the patient's" {
	begin
	# by the card's own 基本4情報
	patient --card "$CARDS/adult.other-person.json" --pin-fd 3 --identify --text-pin-fd 4 4<<<5678
	[ "$status" = 12 ]
	figures 'n["answers"] == 0 and n["confirmed"] == 0'
	run -0 "$SHIKAKU" form statement --config "$CONF" --patient P1 --text -o -
	[[ $output != *山田* && $output != *ヤマダ* && $output != *見本* ]]
	# and by the birth date that the desk was told
	online --birthdate 1991-07-30
	[ "$status" = 12 ]
	figures 'n["answers"] == 0'
	# what was right before stays so
	online
	patient --card "$CARDS/adult.other-person.json" --pin-fd 3 --identify --text-pin-fd 4 4<<<5678
	[ "$status" = 12 ]
	figures 'n["answers"] == 1'
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

@test "recording: the birth date is the one on file where nobody else gives one" {
	begin
	filed "P1,1980-02-17,30,last month"
	echo '{"record":{"unchanged":true}}' >"$BATS_TEST_TMPDIR/facts.json"
	offline --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none
	has 'o["verdict"] == "insured" and o["copay_percent"] == 30'
	offline --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --birthdate 1956-04-01
	has 'o["verdict"] == "refer"'
	# the service knows it better than a file with another's
	WHO=P2
	filed "P2,1956-02-17,30,last month"
	online
	has 'o["verdict"] == "insured" and o["copay_percent"] == 30'
}

@test "recording: the birth date on file makes way for any other, and one after the visit is none" {
	local paper facts=$BATS_TEST_TMPDIR/facts.json
	begin
	filed "P1,1980-02-17,30,last month" "P2,$(TZ=Asia/Tokyo date -d '3 days ago' +%F),20,yesterday"
	# a child's paper, an elderly person's, and one who can not say when
	paper='"valid_to": "2099-12-31", "insurer_number": "06132013", "symbol": "12", "number": "345"'
	echo "{\"documents\": {\"eligibility_certificate\": {$paper, \"copay_percent\": null, \"birthdate\": \"$(TZ=Asia/Tokyo date -d '4 years ago' +%F)\"}}}" >"$facts"
	offline --facts "$facts" --assume-none
	has 'o["verdict"] == "insured" and o["copay_percent"] == 20'
	echo "{\"documents\": {\"eligibility_certificate\": {$paper, \"copay_percent\": 20, \"birthdate\": \"$(TZ=Asia/Tokyo date -d '72 years ago' +%F)\"}}}" >"$facts"
	offline --facts "$facts" --assume-none
	has 'o["verdict"] == "insured" and o["copay_percent"] == 20'
	echo "{\"birthdate\": null, \"documents\": {\"eligibility_certificate\": {$paper, \"copay_percent\": null}}}" >"$facts"
	offline --facts "$facts" --assume-none
	has 'o["verdict"] == "refer"'
	# on file he is born after the visit
	echo "{\"documents\": {\"eligibility_certificate\": {$paper, \"copay_percent\": null}}}" >"$facts"
	WHO=P2 offline --facts "$facts" --date "$(TZ=Asia/Tokyo date -d '9 days ago' +%F)"
	has 'o["verdict"] == "need" and o["need"][0]["fact"] == "birthdate"'
}

@test "recording: a birth date that was given holds for the second card, too" {
	begin
	filed "P1,1980-02-17,30,last month"
	ended=0
	"$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" check --config "$CONF" --limit-consent no --patient P1 --visit return \
	    --birthdate 1980-02-17 --card "$CARDS/senior.json" --auth visual 3>&- <<-END || ended=$?
		expect 本人ですか
		key 2
		expect カードかスマホをお持ちですか
		key 1
		expect 照会しますか
		key 1
		expect 本人ですか
		key 1
		expect 【
	END
	[ "$ended" = 12 ]
}

@test "recording: a number given where no store is: the screen says that nothing is recorded" {
	"$SHIKAKU" check --config "$CONF" --no-input --patient P1 --card "$CARDS/adult.json" --pin-fd 3 3<<<1234 >"$BATS_TEST_TMPDIR/screen"
	grep -q 記録していない "$BATS_TEST_TMPDIR/screen"
	"$SHIKAKU" check --config "$CONF" --no-input --card "$CARDS/adult.json" --pin-fd 3 3<<<1234 >"$BATS_TEST_TMPDIR/screen"
	run -1 grep 記録していない "$BATS_TEST_TMPDIR/screen"
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
	# "within the month" is that of the visit
	"$SHIKAKU" followup list --config "$CONF" | grep -q "P1 .*  $(TZ=Asia/Tokyo date +%F)の受診: "
}

@test "recording: another patient's visit finds nothing" {
	begin
	online
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

@test "followup list --closed: what became of each, with its difference" {
	begin
	deal P5 10 1000
	id=$(owed | "$PYTHON" -c 'import json,sys; print([d["id"] for d in map(json.loads, sys.stdin) if d["code"] == "verify_online_later"][0])')
	other=$(owed | "$PYTHON" -c 'import json,sys; print([d["id"] for d in map(json.loads, sys.stdin) if d["code"] == "bring_card"][0])')
	run -0 "$SHIKAKU" followup list --closed --config "$CONF" --lang en
	[ "$output" = "0 closed" ]
	again
	"$SHIKAKU" followup done "$other" --note called --config "$CONF"
	timed "$SHIKAKU" followup list --closed --json --config "$CONF"
	today=$(TZ=Asia/Tokyo date +%F)
	"$PYTHON" - "$output" "$today" "$id" "$other" <<-'PY'
	import json, sys
	all = {d["id"]: d for d in map(json.loads, sys.argv[1].splitlines())}
	first, second = [all[int(id)] for id in sys.argv[3:]]
	assert first == {"id": int(sys.argv[3]), "patient": "P5", "code": "verify_online_later", "visit_date": sys.argv[2], "closed_on": sys.argv[2],
	    "how": "followup", "told_percent": 10, "copay_percent": 30, "difference_percent": 20, "difference_yen": 2000, "note": None}, first
	assert second == {"id": int(sys.argv[4]), "patient": "P5", "code": "bring_card", "visit_date": sys.argv[2], "closed_on": sys.argv[2],
	    "how": "done", "note": "called"}, second
	PY
	run -0 "$SHIKAKU" followup list --closed --config "$CONF" --lang ja
	[[ $output == *"$today  P5 "*"確認 10% → 30%(差 +20%)、追加でもらう 2000円"* && $output == *"済み(手で): called"* ]]
	[[ ${lines[-1]} == "済み "*件 ]]
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

# --- what was on file before, and what differs from it ----------------------------------------

# list ROW...: an import's list.
list() {
	printf '%s\n' patient_id,appointment,name,kana,birthdate,insurer_number,symbol,number,branch,last_copay_percent,last_confirmed_on \
	    "$@" >"$BATS_TEST_TMPDIR/list.csv"
}

# import [STATUS]: takes the list in, in English
import() { run -"${1:-0}" "$SHIKAKU" store import "$BATS_TEST_TMPDIR/list.csv" --config "$CONF" --lang en; }

# The number that the fixture's adult really has, with another ratio, name and branch.
OLD=P1,2026-11-30,山口太郎,,1980-02-17,06132013,12,345,01,20,2026-10-01

@test "import: taken in once, bad rows told with line and reason, the rest goes on" {
	begin
	list "$OLD" P2,2026-11-30,x,,1980-02-30,06132013,12,345,00,20,2026-10-01 \
	    P3,,x,,1980-02-20,06132013,12,345,00,20, \
	    "$(printf 'x%.0s' {1..65}),,,,,06132013,,1,,30,2026-10-01" P4,,,,,,,1,,30,2026-10-01 P5,,,,,06132013,,1,,30,2026-10-01 \
	    P6,2026-11-30,,,,06132013,,1,,0割,2026-10-01
	import 60
	[[ $output == *"line 3: birthdate is not a date"* && $output == *"line 4: last_confirmed_on is empty"* &&
	    $output == *"line 5: patient_id is longer than 64 bytes"* && $output == *"line 6: insurer_number is empty"* &&
	    $output == *"line 8: last_copay_percent is no ratio"* &&
	    $output == *"7 rows: 2 taken in, 0 on file already, 5 bad" ]]
	import 60
	[[ $output == *"7 rows: 0 taken in, 2 on file already, 5 bad" ]]
	figures 'n["confirmed"] == 2'
	"$SHIKAKU" store verify --config "$CONF"
	run -1 grep -c -a -F 山口 "$STORE"
	run -65 "$SHIKAKU" store import "$CONF" --config "$CONF"
	run -50 "$SHIKAKU" store import none.csv --config "$CONF"
}

@test "import: a day to come was confirmed by nobody: a bad row" {
	begin
	list "${OLD/2026-10-01/2062-10-01}" "${OLD/2026-10-01/$(TZ=Asia/Tokyo date +%F)}"
	import 60
	[[ $output == *"line 2: last_confirmed_on is after today"* && $output == *"2 rows: 1 taken in, 0 on file already, 1 bad" ]]
}

@test "import, followup: what can not be logged is the status, whatever else went wrong" {
	begin
	echo "audit-log = $BATS_TEST_TMPDIR/audit" >>"$CONF"
	"$SHIKAKU" audit init --config "$CONF" >/dev/null
	owe P4 30
	chmod 644 "$BATS_TEST_TMPDIR/audit/audit.key"
	list P2,2026-11-30,x,,1980-02-30,06132013,12,345,00,20,2026-10-01
	import 77
	mock_stop
	timed "$SHIKAKU" followup run --config "$CONF"
	[ "$status" = 77 ]
}

@test "import: a list without the column of appointments" {
	begin
	printf '%s\n' patient_id,birthdate,insurer_number,symbol,number,last_copay_percent,last_confirmed_on \
	    P1,1980-02-17,06132013,12,345,30,2026-10-01 P2,,06132013,12,345,,2026-10-02 P3,,06132013,12,345,, >"$BATS_TEST_TMPDIR/list.csv"
	import 60
	[[ $output == *"line 4: last_confirmed_on is empty"* && $output == *"3 rows: 2 taken in, 0 on file already, 1 bad" ]]
	run -65 "$SHIKAKU" batch "$BATS_TEST_TMPDIR/list.csv" --config "$CONF"
}

@test "import: a slow pipe keeps nobody waiting" {
	local pid n
	begin
	# more than is looked at to tell the encoding, and no whole number of groups
	list $(seq -f 'Q%.0f,,,,,06132013,12,345,,30,2026-10-01' 5000)
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$SHIKAKU" store import - --config "$CONF" --lang en <"$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	exec 8>"$BATS_TEST_TMPDIR/pipe"
	cat "$BATS_TEST_TMPDIR/list.csv" >&8
	for ((i = 0; i < 100; i++)); do
		n=$("$SHIKAKU" store stats --json --config "$CONF" 8>&- | "$PYTHON" -c 'import json,sys; print(json.load(sys.stdin)["confirmed"])')
		[ "$n" -lt 4864 ] || break
		sleep 0.05
	done
	[ "$n" = 4864 ]
	online 8>&-
	exec 8>&-
	has 'o["check"]["recorded"] is True'
	wait "$pid"
	[[ $(<"$BATS_TEST_TMPDIR/said") == "5000 rows: 5000 taken in"* ]]
}

@test "import: what is older than what is on file is left" {
	begin
	online
	list "$OLD"
	import
	[[ $output == "1 rows: 0 taken in, 1 on file already, 0 bad" ]]
	figures 'n["confirmed"] == 1'
}

@test "import: killed at any moment, then once more: all of it, once" {
	begin
	list $(seq -f 'Q%.0f,,,,,06132013,12,345,,30,2026-10-01' 2000)
	for ms in 5 10 20 40 80; do
		timeout -s KILL "0.0$((ms / 10))$((ms % 10))" "$SHIKAKU" store import "$BATS_TEST_TMPDIR/list.csv" --config "$CONF" >/dev/null || :
		"$SHIKAKU" store verify --config "$CONF" >/dev/null
	done
	import
	figures 'n["confirmed"] == 2000'
}

@test "recording: what differs from what was on file, field by field" {
	begin
	list "$OLD"
	import
	online
	has '[(c["field"], c["was"], c["now"]) for c in o["check"]["changes"]][:2] == [("branch", "01", "00"), ("copay_percent", "20", "30")]'
	has '[c["field"] for c in o["check"]["changes"]] == ["branch", "copay_percent", "name"]'
	online
	has 'o["check"]["changes"] == []'
	WHO=P7 online
	has 'o["check"]["changes"] is None'
}

@test "recording: a visit of a day to come is confirmed as of today, and blocks none" {
	begin
	online --date 2027-11-22
	[ "$status" = 0 ]
	list "${OLD/2026-10-01/$(TZ=Asia/Tokyo date +%F)}"
	import
	[[ $output == "1 rows: 1 taken in"* ]]
	online
	has '[c["field"] for c in o["check"]["changes"]][:1] == ["branch"]'
	figures 'n["confirmed"] == 3'
}

@test "recording: one on file of a day to come, as it once was recorded, does not win" {
	begin
	text='{"record":{"confirmed_on":"2062-10-01","copay_percent":20,"insurer_number":"06132013","symbol":"12","number":"345","branch":"01"},"person":{"name":null,"kana":null,"birthdate":"1980-02-17"},"path":"import","operator":null}'
	"$BUILD/tests/store-probe" "$STORE" "$KEY" 1 0 0 "$text"
	online
	figures 'n["confirmed"] == 2'
	online
	has 'o["check"]["changes"] == []'
}

@test "recording: the same on the screen, in both languages" {
	begin
	list "$OLD"
	import
	shown() { "$SHIKAKU" check --config "$CONF" --no-input --patient P1 --card "$CARDS/adult.json" --pin-fd 3 3<<<1234 "$@"; }
	run -0 shown --lang ja
	[[ $output == *"変更  2026-10-01の確認から: 枝番 01 → 00、負担割合 20 → 30、氏名 山口太郎 →"* ]] || { echo "$output"; return 1; }
	list "${OLD/2026-10-01/$(TZ=Asia/Tokyo date +%F)}"
	import
	run -0 shown --lang en
	[[ $output == *"Changed"*"since $(TZ=Asia/Tokyo date +%F): branch 01 → 00, copay_percent 20 → 30"* ]] || { echo "$output"; return 1; }
}

@test "recording: what was seen, and by whom" {
	begin
	online --operator hanako
	figures 'n["seen"] == 1'
	offline
	figures 'n["seen"] == 1'
}

# --- debts: when, closed by what, asked about again -------------------------------------------

# owe PATIENT PERCENT [POINTS [VALUE=JSON]...]: an oral confirmation that day
owe() {
	local today
	today=$(TZ=Asia/Tokyo date +%F)
	"$PYTHON" - "$today" "$2" "${@:4}" >"$BATS_TEST_TMPDIR/full.json" <<-'PY'
	import json, sys
	none = dict.fromkeys(["eligibility_certificate", "notice", "portal", "portal_pdf", "old_card"])
	facts = {"visit": "return", "birthdate": "1980-02-17", "card": {"medium": "none", "absent_because": "forgotten"}, "documents": none,
	    "record": {"confirmed_on": sys.argv[1], "copay_percent": int(sys.argv[2]), "insurer_number": "06132013",
	        "symbol": "12", "number": "345", "branch": "00", "unchanged": True}}
	for more in sys.argv[3:]:
	    key, value = more.split("=", 1)
	    facts["record"][key] = json.loads(value)
	json.dump(facts, sys.stdout)
	PY
	WHO=$1 offline --facts "$BATS_TEST_TMPDIR/full.json" ${3:+--points "$3"}
	[ "$status" = 0 ]
	has 'o["path"] == "oral"'
}

owed() { "$SHIKAKU" followup list --json --config "$CONF"; }
codes() { owed | "$PYTHON" -c 'import json,sys; print(" ".join(json.loads(l)["code"] for l in sys.stdin))'; }
again() { timed "$SHIKAKU" followup run --json --config "$CONF" "$@"; }

@test "followup: what must be known before the claim has the day of the claim; the screen says the same" {
	begin
	owe P4 30
	day=$(owed | "$PYTHON" -c 'import json,sys; print([json.loads(l)["by"] for l in sys.stdin][0])')
	[[ $day == *-10 ]]
	run -0 "$SHIKAKU" check --config "$CONF" --lang ja --no-input --no-card forgotten --visit return --facts "$BATS_TEST_TMPDIR/full.json"
	[[ $output == *"$day"* ]]
	owe P4 30
	[ "$(owed | wc -l)" = 2 ]
}

@test "followup: the check at the till takes the place of the one at the reception" {
	begin
	owe P4 30
	owe P4 30 502
	[ "$(codes)" = "verify_online_later bring_card" ]
	figures 'n["debts"] == 4 and n["closed"] == 2'
	# points are not lost where they are not given again
	owe P4 30
	again
	has 'o["difference_yen"] == 0'
	timed "$SHIKAKU" followup list --closed --json --config "$CONF"
	[ "$(grep -c '"how":"replaced"' <<<"$output")" -ge 2 ]
	# another day is another visit
	owe P4 30
	WHO=P4 offline --facts "$BATS_TEST_TMPDIR/full.json" --date "$(TZ=Asia/Tokyo date -d tomorrow +%F)"
	[ "$(owed | wc -l)" = 4 ]
	"$SHIKAKU" store verify --config "$CONF"
}

@test "followup: another ratio the same day is a difference, and said" {
	begin
	offline --assume-none --points 502
	[ "$status" = 10 ]
	echo '{"visit":"return","birthdate":"1980-02-17"}' >"$BATS_TEST_TMPDIR/facts.json"
	offline --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --override 30 --reason known
	has 'any((c["told_percent"], c["copay_percent"], c["difference_percent"], c["difference_yen"]) == (100, 30, -70, -3510) for c in o["check"]["closed"])'
	owed=$(owed)
	[ "$("$PYTHON" -c 'import json,sys; d=[json.loads(l) for l in sys.argv[1].splitlines()]; print(len(d) - len({(x["code"], x["visit_date"]) for x in d}))' "$owed")" = 0 ]
}

@test "followup run: confirmed by the service, recorded and closed" {
	begin
	owe P4 30 1234
	[ "$(codes)" = "verify_online_later bring_card" ]
	again
	[ "$status" = 0 ]
	has 'o["state"] == "confirmed" and o["copay_percent"] == 30 and o["difference_percent"] == 0 and o["difference_yen"] == 0'
	[ "$(codes)" = bring_card ]
	figures 'n["confirmed"] == 1 and n["closed"] == 1'
	again
	[[ $status = 0 && -z $output ]]
	"$SHIKAKU" store verify --config "$CONF"
}

@test "followup run: the difference in per cent, and in yen where points were given" {
	begin
	# the clinic's own decision, which the service does not bear out
	echo '{"visit":"return","birthdate":"1948-09-20"}' >"$BATS_TEST_TMPDIR/facts.json"
	WHO=P5 patient --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --override 10 --reason known --points 1234
	[ "$(has 'o["verdict"] == "self_pay"'; codes | tr ' ' '\n' | grep -c verify_online_later)" = 1 ]
	again
	has 'o["state"] == "waiting_for_patient" and o["because"] == "no_number"'
	id=$("$PYTHON" -c 'import json,sys; print(json.loads(sys.argv[1])["id"])' "$output")
	echo '{"insurer_number":"３９１３１０１６","number":"07654321"}' >"$BATS_TEST_TMPDIR/told.json"
	again "$id" --facts "$BATS_TEST_TMPDIR/told.json"
	[ "$status" = 0 ]
	has 'o["state"] == "confirmed" and o["told_percent"] == 10 and o["difference_percent"] == 20 and o["difference_yen"] == 3700 - 1230'
	figures 'n["confirmed"] == 1'
	! codes | grep -q verify_online_later
}

@test "followup run: with a birth date put right what is told as confirmed is closed" {
	begin
	# the visit was decided by a birth date of which the service knows no ratio
	echo '{"visit":"return","birthdate":"1980-02-17"}' >"$BATS_TEST_TMPDIR/facts.json"
	WHO=P5 patient --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --override 30 --reason known --points 1234
	id=$(owed | "$PYTHON" -c 'import json,sys; print([d["id"] for d in map(json.loads, sys.stdin) if d["code"] == "verify_online_later"][0])')
	echo '{"insurer_number":"39131016","number":"07654321","birthdate":"1948-09-20"}' >"$BATS_TEST_TMPDIR/told.json"
	again "$id" --facts "$BATS_TEST_TMPDIR/told.json"
	has 'o["state"] == "confirmed" and o["copay_percent"] == 30'
	[[ " $(codes) " != *" verify_online_later "* && " $(codes) " != *" tell_number "* ]]
}

# deal PATIENT PERCENT POINTS: the clinic's own decision, with a number that the service knows
deal() {
	echo '{"visit":"return","birthdate":"1948-09-20"}' >"$BATS_TEST_TMPDIR/facts.json"
	list "$1,2026-11-30,,,1948-09-20,39131016,,07654321,,,2026-10-01"
	import
	WHO=$1 patient --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --override "$2" --reason known --points "$3"
	has 'o["verdict"] == "self_pay"'
}

@test "followup run: what was closed is told, also when the run fails later" {
	begin
	deal P3 10 1000
	deal P4 10 1000
	deal P5 10 1000
	for kib in 12 16 20 24 28 32 36 40 44 48; do
		status=0
		(trap '' XFSZ; ulimit -f $kib; exec "$SHIKAKU" followup run --config "$CONF" --lang en) >"$BATS_TEST_TMPDIR/now" 2>/dev/null || status=$?
		cat "$BATS_TEST_TMPDIR/now" >>"$BATS_TEST_TMPDIR/told"
		echo "$kib $status $(grep -c ' confirmed:' "$BATS_TEST_TMPDIR/now")" >>"$BATS_TEST_TMPDIR/runs"
	done
	cat "$BATS_TEST_TMPDIR/runs" "$BATS_TEST_TMPDIR/told"
	grep -q ' 41 [123]$' "$BATS_TEST_TMPDIR/runs"
	[ "$(grep -c '10% → 30% (+20%), to be collected: 2000 yen' "$BATS_TEST_TMPDIR/told")" = 3 ]
	[[ " $(codes) " != *" verify_online_later "* ]]
}

@test "followup run: where nothing can be told, it says where it stands" {
	begin
	deal P4 10 1000
	timed sh -c '"$@" >/dev/full' . "$SHIKAKU" followup run --config "$CONF" --lang en
	[ "$status" = 41 ]
	[[ $stderr == *"followup list --closed"* ]]
}

@test "batch: --followups tells of money, also with --quiet, and without -o" {
	begin
	deal P4 10 1000
	timed "$SHIKAKU" batch "$BATS_TEST_TMPDIR/list.csv" --config "$CONF" --lang ja --followups --quiet
	[[ $stderr == *"P4 "*"追加でもらう 2000円" && $output != *"追加でもらう"* ]]
	deal P3 10 1000
	timed "$SHIKAKU" batch "$BATS_TEST_TMPDIR/list.csv" --config "$CONF" --lang ja --followups --quiet -o "$BATS_TEST_TMPDIR/out.csv"
	[[ $output == *"P3 "*"追加でもらう 2000円" && -z $stderr ]]
}

@test "followup run: a terminal asks for the numbers, which are in no argument" {
	begin
	echo '{"visit":"return","birthdate":"1948-09-20"}' >"$BATS_TEST_TMPDIR/facts.json"
	WHO=P5 patient --no-card forgotten --facts "$BATS_TEST_TMPDIR/facts.json" --assume-none --override 10 --reason known
	id=$("$SHIKAKU" followup list --json --config "$CONF" | "$PYTHON" -c \
	    'import json,sys; print([d["id"] for d in map(json.loads, sys.stdin) if d["code"] == "verify_online_later"][0])')
	output=$("$PYTHON" "$ROOT/tests/rig/pty.py" "$SHIKAKU" followup run "$id" --config "$CONF" --lang ja 3>&- <<-'END'
		expect 患者が伝えた資格
		expect 保険者番号
		type 39131010
		expect 打ち直す
		key 4
		expect 保険者番号
		type 39131016
		expect 番号
		type 07654321
		expect 30%
	END
	) || { echo "$output"; false; }
	figures 'n["confirmed"] == 1'
}

@test "followup run: what is not valid under an old number waits for the patient, and stays open" {
	begin
	owe P6 30 "" 'number="999"'
	again
	[ "$status" = 0 ]
	has 'o["state"] == "waiting_for_patient" and o["because"] == "not_found"'
	[ "$(codes)" = "verify_online_later bring_card" ]
	figures 'n["closed"] == 0 and n["confirmed"] == 0'
	run -0 "$SHIKAKU" followup run --config "$CONF" --lang ja
	[[ $output == *"患者に電話: 該当する資格がない"* && $output == *"確認できた 0件、患者に電話 1件、照会できず 0件" ]]
}

@test "followup run: each answer but a valid one leaves it open" {
	begin
	owe P6 30
	for v in 2:invalid 3:invalid_new 4:not_found 5:multiple; do
		mock_stop
		"$PYTHON" -c 'import json,sys
p=json.load(open(sys.argv[1], encoding="utf-8"))
for x in p["people"]:
    x["QualificationValidity"]=sys.argv[2]
json.dump(p, open(sys.argv[3], "w"))' "$PEOPLE" "${v%:*}" "$BATS_TEST_TMPDIR/people.json"
		MOCK_PEOPLE=$BATS_TEST_TMPDIR/people.json desk "store = $STORE" "store-key = $KEY"
		again
		has "o['state'] == 'waiting_for_patient' and o['because'] == '${v#*:}'"
	done
	figures 'n["closed"] == 0 and n["confirmed"] == 0'
}

@test "followup run: a service that does not answer: 60, and nothing is lost" {
	begin
	owe P4 30
	mock_stop
	again
	[ "$status" = 60 ]
	has 'o["state"] == "failed" and o["retryable"] is True'
	[ "$(codes)" = "verify_online_later bring_card" ]
}

@test "followup run: killed at any moment, then once more: each closed once, with its confirmation" {
	begin
	for i in 1 2 3 4 5 6; do owe "P$i" 30; done
	for ms in 12 24 36 48; do
		timeout -s KILL "0.0$ms" "$SHIKAKU" followup run --config "$CONF" >/dev/null || :
		"$SHIKAKU" store verify --config "$CONF" >/dev/null
		figures 'n["confirmed"] == n["closed"]'
	done
	again
	figures 'n["confirmed"] == n["closed"] == 6 and n["open_debts"] == 6'
}

# killed N COMMAND...: at its N-th fdatasync, with an audit log; sets logged: how many records of it there are
killed() {
	strace -f -qq -o /dev/null -e trace=fdatasync -e "inject=fdatasync:signal=KILL:when=$1" \
	    "$SHIKAKU" "${@:2}" --config "$CONF" >"$BATS_TEST_TMPDIR/told" || :
	logged=$("$SHIKAKU" audit show --json --config "$CONF" | grep -c "\"command\":\"$2 $3\"") || :
	"$SHIKAKU" audit verify --config "$CONF" >/dev/null
}

@test "followup run: killed, all that it closed but for the one under way is in the log" {
	begin
	echo "audit-log = $BATS_TEST_TMPDIR/audit" >>"$CONF"
	"$SHIKAKU" audit init --config "$CONF" >/dev/null
	for i in 1 2 3 4 5 6; do owe "P$i" 30; done
	killed 8 followup run
	[ ! -s "$BATS_TEST_TMPDIR/told" ]
	[ "$logged" -gt 0 ]
	figures "1 < n['closed'] < 6 and n['closed'] - $logged in (0, 1)"
}

@test "import: killed, all groups but for the one under way are in the log" {
	begin
	echo "audit-log = $BATS_TEST_TMPDIR/audit" >>"$CONF"
	"$SHIKAKU" audit init --config "$CONF" >/dev/null
	list $(seq -f 'Q%.0f,,,,,06132013,12,345,,30,2026-10-01' 2000)
	killed 8 store import "$BATS_TEST_TMPDIR/list.csv"
	figures "256 < n['confirmed'] < 2000 and n['confirmed'] / 256 - $logged in (0, 1)"
}

@test "followup run: usage" {
	begin
	run -2 "$SHIKAKU" followup run 7 --config "$CONF"
	run -2 "$SHIKAKU" followup run x --config "$CONF"
	run -2 "$SHIKAKU" followup run 1 2 --config "$CONF"
	run -2 "$SHIKAKU" followup run --facts none.json --config "$CONF"
	run -50 "$SHIKAKU" followup run 1 --facts none.json --config "$CONF"
	run -65 "$SHIKAKU" followup run 1 --facts - --config "$CONF" <<<'{"number":1}'
	run -65 "$SHIKAKU" followup run 1 --facts - --config "$CONF" <<<'{"numbers":"1"}'
	run -65 "$SHIKAKU" followup run 1 --facts - --config "$CONF" <<<'{"birthdate":"nonsense"}'
	run -50 "$SHIKAKU" followup run --service offline --config "$CONF"
}

@test "recording: the next visit with the card closes what it answers" {
	begin
	owe P1 30
	[ "$(codes)" = "verify_online_later bring_card" ]
	online
	[ "$(owed | wc -l)" = 0 ]
	figures 'n["closed"] == 2'
}

@test "recording: what the card shows a visit to have cost too much is given back, and said" {
	begin
	offline --assume-none --points 502
	[ "$status" = 10 ]
	cp "$STORE" "$BATS_TEST_TMPDIR/before.db"
	online
	today=$(TZ=Asia/Tokyo date +%F)
	has 'set((c["visit_date"], c["told_percent"], c["copay_percent"], c["difference_percent"], c["difference_yen"]) for c in o["check"]["closed"]) == {("'"$today"'", 100, 30, -70, -3510)}'
	online
	has 'o["check"]["closed"] == []'
	for lang in ja en; do
		rm "$STORE"*; cp "$BATS_TEST_TMPDIR/before.db" "$STORE"
		run -0 "$SHIKAKU" check --config "$CONF" --lang $lang --no-input --patient P1 --card "$CARDS/adult.json" --pin-fd 3 3<<<1234
		[ "$(grep -c '100% → 30%' <<<"$output")" = 1 ]
		output=$(tr -s '\n ' ' ' <<<"$output")
		[[ $output == *"精算 $today""の受診: 確認 100% → 30%(差 -70%)、返す 3510円"* ||
		    $output == *"Settle visit of $today: confirmed: 100% → 30% (-70%), to be given back: 3510 yen"* ]]
	done
}

@test "recording: a visit that confirms nothing closes nothing" {
	begin
	owe P1 30
	online --service offline --assume-none
	both() { [[ " $(codes) " == *" verify_online_later "* && " $(codes) " == *" bring_card "* ]]; }
	both
	figures 'n["closed"] == n["debts"] - n["open_debts"]'
	run -1 grep -v '"how":"replaced"' <<<"$("$SHIKAKU" followup list --closed --json --config "$CONF")"
	WHO=P2 online
	both
}

# --- batch --------------------------------------------------------------------------------------

# morning [OPTION]...: the list of today
morning() {
	printf '%s\n' 患者番号,予約日時,生年月日,保険者番号,記号,番号,前回負担割合 "P1,2026-11-30,,,,," P9,2026-11-30,,,,, \
	    "P3,2026-11-30,1980-02-17,06132013,12,345,3割" >"$BATS_TEST_TMPDIR/today.csv"
	timed "$SHIKAKU" batch "$BATS_TEST_TMPDIR/today.csv" --config "$CONF" --format ndjson -o "$BATS_TEST_TMPDIR/out.ndjson" "$@"
	output=$("$PYTHON" -c 'import json,sys; print(json.dumps([json.loads(l) for l in open(sys.argv[1])]))' "$BATS_TEST_TMPDIR/out.ndjson")
}

@test "batch: what the list leaves blank is what was last confirmed, and what is confirmed is recorded" {
	begin
	list "${OLD/,01,/,00,}"
	import
	morning
	[ "$status" = 60 ]
	has '[x["status"] for x in o] == ["valid", "error", "valid"]'
	has '[c["field"] for c in o[0]["changes"]] == ["copay_percent", "name"] and o[2]["changes"] == []'
	figures 'n["confirmed"] == 3'
	morning
	has 'o[0]["changes"] == []'
	figures 'n["confirmed"] == 3'
	"$SHIKAKU" store verify --config "$CONF"
}

@test "batch: a resumed run ends in the same bytes, whatever was recorded meanwhile" {
	begin
	list "${OLD/,01,/,00,}"
	import
	morning
	cp "$BATS_TEST_TMPDIR/out.ndjson" "$BATS_TEST_TMPDIR/whole"
	rm "$STORE"*; "$SHIKAKU" store init --config "$CONF" --store-key "$KEY.2" >/dev/null; mv "$KEY.2" "$KEY"
	import
	# killed when all is done but the journal still there: all answers are in it and the store is fed
	strace -f -qq -o /dev/null -e trace=unlink -e inject=unlink:signal=KILL:when=1 \
	    "$SHIKAKU" batch "$BATS_TEST_TMPDIR/today.csv" --config "$CONF" --format ndjson -o "$BATS_TEST_TMPDIR/out.ndjson" || :
	[ -e "$BATS_TEST_TMPDIR/out.ndjson.journal" ]
	figures 'n["confirmed"] == 3'
	morning --resume
	cmp "$BATS_TEST_TMPDIR/out.ndjson" "$BATS_TEST_TMPDIR/whole"
	figures 'n["confirmed"] == 3'
}

@test "batch: an answer that does not hold today is not recorded as of today, nor one about somebody else" {
	local year
	year=$(($(TZ=Asia/Tokyo date +%Y) + 1))
	"$PYTHON" - "$PEOPLE" >"$BATS_TEST_TMPDIR/people" <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	people["people"].append({"id": "old", "certificate_sha256": [], "registered": True, "results": [{
	    "InsurerNumber": "39131016", "InsuredIdentificationNumber": "00777123", "Birthdate": "19410510",
	    "InsuredCardClassification": "01", "InsuredPartialContributionRatio": "030"}]})
	json.dump(people, sys.stdout)
	PY
	mock_stop
	MOCK_PEOPLE=$BATS_TEST_TMPDIR/people desk "store = $STORE" "store-key = $KEY"
	begin
	printf '%s\n' 患者番号,予約日時,氏名,カナ,生年月日,保険者番号,記号,番号 \
	    "P1,$year-08-03,,,1941-05-10,39131016,,00777123" \
	    "P2,$year-08-03,中村 海斗,ナカムラ カイト,1980-02-17,06132013,12,345" >"$BATS_TEST_TMPDIR/today.csv"
	timed "$SHIKAKU" batch "$BATS_TEST_TMPDIR/today.csv" --config "$CONF" --format ndjson -o "$BATS_TEST_TMPDIR/out.ndjson"
	[ "$status" = 0 ]
	output=$("$PYTHON" -c 'import json,sys; print(json.dumps([json.loads(l) for l in open(sys.argv[1])]))' "$BATS_TEST_TMPDIR/out.ndjson")
	has '[(x["status"], x["copay_percent"]) for x in o] == [("valid", 30), ("valid", 30)]'
	has '"other_person" in [w["code"] for w in o[1]["warnings"]]'
	figures 'n["confirmed"] == 0'
	sed -i 's/,中村 海斗,/,,/' "$BATS_TEST_TMPDIR/today.csv"
	timed "$SHIKAKU" batch "$BATS_TEST_TMPDIR/today.csv" --config "$CONF" --format ndjson -o "$BATS_TEST_TMPDIR/out.ndjson"
	figures 'n["confirmed"] == 1'
}

@test "batch: --followups asks about the open debts as well" {
	begin
	owe P4 30
	morning --followups
	[[ $stderr != *P4* ]]
	[ "$(codes)" = bring_card ]
}

@test "batch: Ctrl-C during --followups ends it soon, and what was closed is told" {
	local pid
	begin
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do owe "P$i" 30; done
	printf '%s\n' patient_id,appointment,birthdate,insurer_number,number P9,2026-11-30,,, >"$BATS_TEST_TMPDIR/today.csv"
	mock_stop
	mock --latency 1500
	config "store = $STORE" "store-key = $KEY"
	env --default-signal=INT "$SHIKAKU" batch "$BATS_TEST_TMPDIR/today.csv" --config "$CONF" --lang en --followups -o "$BATS_TEST_TMPDIR/out.csv" \
	    >"$BATS_TEST_TMPDIR/told" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(codes | tr ' ' '\n' | grep -c verify_online_later)" = 12 ] || break
		sleep 0.05
	done
	kill -INT "$pid"
	from=${EPOCHREALTIME/./} status=0
	wait "$pid" || status=$?
	[ "$status" = 130 ]
	took=$(((${EPOCHREALTIME/./} - from) / 1000))
	within 0 1000
	[[ $(<"$BATS_TEST_TMPDIR/stderr") == *"what is closed stays closed"* ]]
	figures 'n["closed"] > 0 and n["closed"] == '"$(grep -c confirmed: "$BATS_TEST_TMPDIR/told")"
}

@test "batch: a store that fails is said, and the list is asked all the same" {
	begin
	chmod 644 "$KEY"
	morning
	[ "$status" = 77 ]
	has 'o[2]["status"] == "valid"'
}

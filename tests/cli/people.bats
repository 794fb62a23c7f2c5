#!/usr/bin/env bats
# fixtures/people/town.json.in: somebody for every code of the service's tables and for every row of the situation matrix.

bats_require_minimum_version 1.5.0
load helper

TOWN=$BATS_FILE_TMPDIR/town.json

setup_file() {
	fixtures
	(cd "$ROOT" && fixtures/make-people build/pki fixtures/people/town.json.in "$TOWN")
	PEOPLE=$TOWN secrets >"$BATS_FILE_TMPDIR/names"
}
setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { mock_stop; }

town() { "$PYTHON" "$ROOT/tests/people/town.py" "$TOWN" "$@"; }

# statuses: of the whole town, looked up by number
statuses() {
	"$SHIKAKU" batch --config "$CONF" --quiet --format ndjson list.csv >out || [ $? = 60 ]
	"$PYTHON" -c 'import json, sys
for r in map(json.loads, sys.stdin):
    print(r["patient_id"], r["status"], r["copay_percent"])' <out >statuses
}

@test "people: sixty or more, and somebody for every code" {
	town codes
}

@test "people: all of them by number, and those who are not simply insured" {
	MOCK_PEOPLE=$TOWN desk
	town list >list.csv
	statuses
	[ "$(wc -l <statuses)" -ge 60 ]
	run ! grep " error " statuses
	grep -v " valid " statuses | sort | diff - <(sort <<-END
		changed-job invalid_new None
		changing-job invalid None
		died invalid None
		dv-not-provided not_found None
		lapsed-at-75 invalid None
		lost invalid None
		no-data not_found None
		on-assistance invalid None
		starts-soon not_found None
		turned-75 invalid_new None
		END
	)
}

# row PERSON WANT... : HOW   one line of rows.txt
row() {
	local who=$1 line=$2 want how facts options card
	want=${line%% : *}
	how=${line#* : }
	[[ $how != *' ; '* ]] || facts=${how#* ; }
	# shellcheck disable=SC2206
	options=(${how%% ; *})
	card=${options[0]}
	options=("${options[@]:1}")
	if [ "$card" = number ]; then
		by_number "$who" "${options[*]}"
		grep -qx "$who ${want#status=} .*" statuses || { cat statuses; return 1; }
		return
	fi
	by_card "$who" "$card"
	# shellcheck disable=SC2086
	shows $want
}

by_number() {
	MOCK_PEOPLE=$TOWN desk
	town list | grep -E "^(patient_id|$1)," >list.csv
	[ -z "$2" ] || sed -i 's/,[0-9]*$/,/' list.csv
	statuses
}

# by_card PERSON CARD: with options and facts of row()
by_card() {
	local people=$TOWN i
	if [ "$2" != own ]; then
		town hold "$1" >people
		people=people
	fi
	MOCK_PEOPLE=$people desk
	for i in "${!options[@]}"; do
		case ${options[$i]} in
		BORN) options[i]=$(town born "$1") ;;
		DEAD) options[i]=--service=https://localhost:1 ;;
		esac
	done
	if [ -n "${facts-}" ]; then
		"$PYTHON" -c 'import json, sys
d = json.loads(sys.argv[1])
d["visit_date"] = sys.argv[2]
print(json.dumps(d))' "$facts" "$(TZ=JST-9 date +%F)" >facts.json
		chmod 600 facts.json
		options+=(--facts facts.json)
	fi
	case $2 in
	own) run_check "${options[@]}" ;;
	none) timed "$SHIKAKU" check --config "$CONF" --json --no-card "${options[@]}" 3>&- && checked ;;
	*) run_check "$2" "${options[@]}" ;;
	esac
}

# rows FROM TO: those of the matrix
rows() {
	local line id who rest n=0
	while read -r id who rest; do
		[[ $id = SIT-* && 10#${id#SIT-} -ge $1 && 10#${id#SIT-} -le $2 ]] || continue
		echo "$id $who"
		row "$who" "$rest"
		mock_stop
		rm -f facts.json list.csv.journal
		n=$((n + 1))
	done <"$ROOT/tests/people/rows.txt"
	[ "$n" -ge 7 ]
}

@test "people: every row of the situation matrix has somebody" {
	local n
	for n in $(seq -w 1 28); do
		grep -q "^SIT-$n " "$ROOT/tests/people/rows.txt" || { echo "SIT-$n"; return 1; }
	done
}

@test "people: rows 1 to 7 of the situation matrix" { rows 1 7; }
@test "people: rows 8 to 14 of the situation matrix" { rows 8 14; }
@test "people: rows 15 to 21 of the situation matrix" { rows 15 21; }
@test "people: rows 22 to 28 of the situation matrix" { rows 22 28; }

@test "people: a change of job is registered after a while" {
	"$PYTHON" - "$TOWN" >people <<-'PY'
	import json, sys
	people = json.load(open(sys.argv[1], encoding="utf-8"))
	p, = [p for p in people["people"] if "later" in p]
	assert p["later"]["after_seconds"] >= 60
	p["later"]["after_seconds"] = 1
	adult = people["people"][0]
	p["certificate_sha256"], adult["certificate_sha256"] = adult["certificate_sha256"], []
	json.dump(people, sys.stdout)
	PY
	MOCK_PEOPLE=people desk
	town list | grep -E '^(patient_id|changing-job),' >list.csv
	run_check adult
	shows 11 validity=2 need=documents.eligibility_certificate
	statuses
	grep -q '^changing-job invalid ' statuses
	sleep 1.2
	run_check adult
	shows 0 validity=1 path=online_card percent=30 insurer=01130012
	statuses
	grep -q '^changing-job invalid_new ' statuses
}

@test "people: as of the date that is asked for" {
	local day
	town hold turned-75 >people
	MOCK_PEOPLE=people desk
	for day in 2026-01-15 "$(TZ=JST-9 date -d '-13 days' +%F)"; do
		run_check adult --date "$day"
		shows 0 insurer=138016
	done
	run_check adult --date "$(TZ=JST-9 date -d '-12 days' +%F)"
	shows 0 insurer=39131016 percent=10
	mock_stop
	town hold starts-soon >people
	MOCK_PEOPLE=people desk
	run_check adult
	shows 11 validity=4
	run_check adult --date "$(TZ=JST-9 date -d '+20 days' +%F)"
	shows 0 validity=1
	mock_stop
	town hold leaves-soon >people
	MOCK_PEOPLE=people desk
	run_check adult --date "$(TZ=JST-9 date -d '+9 days' +%F)"
	shows 0 validity=1
	run_check adult --date "$(TZ=JST-9 date -d '+10 days' +%F)"
	shows 11 validity=2
}

@test "people: the limit is given with the patient's consent only" {
	local who flag
	for flag in a01 b01 b10; do
		town hold limit-$flag >people
		MOCK_PEOPLE=people desk
		run_check adult --limit-consent yes
		shows 0 limit=${flag^^}
		run_check adult --limit-consent no
		shows 0 limit=-
		mock_stop
	done
}

@test "people: warnings that come with success" {
	MOCK_PEOPLE=$TOWN desk
	run_check ending
	shows 0 path=online_card warnings=certificate_ends_soon,service_warning
	run_check grace
	shows 0 path=online_card warnings=certificate_grace,service_warning
}

# --- very many ---------------------------------------------------------------

@test "people: a population, a person a line" {
	"$ROOT/fixtures/make-population" 3000 >people
	[ "$(wc -l <people)" = 3000 ]
	"$ROOT/fixtures/make-population" 3000 | cmp - people
	"$ROOT/fixtures/make-population" 3000 2 | cmp -s - people && return 1
	MOCK_PEOPLE=people desk
	"$PYTHON" - >list.csv <<-'PY'
	import json
	print("patient_id,appointment,birthdate,insurer_number,symbol,number,branch")
	for line in list(open("people", encoding="utf-8"))[::100]:
	    p = json.loads(line)
	    r, = p["results"]
	    b = r["Birthdate"]
	    print(p["id"], "2026-11-24 9:00", f"{b[:4]}-{b[4:6]}-{b[6:]}", r["InsurerNumber"], r.get("InsuredCardSymbol", ""),
	          r["InsuredIdentificationNumber"], r.get("InsuredBranchNumber", ""), sep=",")
	PY
	statuses
	[ "$(grep -cE ' (valid|invalid) ' statuses)" = 30 ]
	# the answer is the person's own, read again from the file
	[ "$(grep -c ' valid ' statuses)" -ge 20 ]
}

@test "people: a line that is wrong is named" {
	"$ROOT/fixtures/make-population" 3 >people
	sed -i '2s/"Birthdate":"........"/"Birthdate":"19800230"/' people
	run -65 "$BUILD/shikaku-mock" --listen 127.0.0.1:0 --plain --people people
	[[ $output = *"person 2 (p2)"*Birthdate* ]]
	sed -i '2s/.*/{/' people
	run -65 "$BUILD/shikaku-mock" --listen 127.0.0.1:0 --plain --people people
	[[ $output = *"line 2"* ]]
	sed -i '2s/.*//' people
	run -65 "$BUILD/shikaku-mock" --listen 127.0.0.1:0 --plain --people people
	"$ROOT/fixtures/make-population" 1 >people
	cat people people >two
	run -65 "$BUILD/shikaku-mock" --listen 127.0.0.1:0 --plain --people two
	[[ $output = *'"p1" stands twice'* ]]
}

@test "people: what is known later is wrong: exit 65" {
	local later
	for later in '1' '{}' '{"after_seconds": -1, "results": []}' '{"after_seconds": 1}' \
	    '{"after_seconds": 1, "results": [{}]}' '{"after_seconds": 1, "results": [], "x": 1}'; do
		echo "{\"people\": [{\"id\": \"a\", \"results\": [], \"later\": $later}]}" >people
		run -65 "$BUILD/shikaku-mock" --listen 127.0.0.1:0 --plain --people people
		[[ $output = *later* || $output = *results* || $output = *InsurerNumber* ]]
	done
}

#!/usr/bin/env bats
# docs/systemd and docs/scheduling.md: what they say is what systemd, the shell and shikaku make of it.

bats_require_minimum_version 1.5.0
load helper

UNITS=$ROOT/docs/systemd
PAGE=$ROOT/docs/scheduling.md

setup_file() { fixtures; }
setup() { cd "$BATS_TEST_TMPDIR"; }
teardown() { mock_stop; }

# installed: the units as on a machine where the programs are, and the drop-in beside them.
installed() {
	cp "$UNITS"/*.service "$UNITS"/*.timer "$UNITS/records.conf" .
	sed -i "s|/usr/local/libexec/shikaku|$UNITS|" ./*.service records.conf
}

@test "systemd: the units are good" {
	installed
	run --separate-stderr systemd-analyze verify --man=no ./shikaku-batch.service ./shikaku-batch.timer \
	    ./shikaku-batch-failed.service
	echo "$stderr"
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	mkdir shikaku-batch.service.d
	mv records.conf shikaku-batch.service.d
	run --separate-stderr systemd-analyze verify --man=no ./shikaku-batch.service
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	echo 'Hardened=yes' >>shikaku-batch.service
	systemd-analyze verify --man=no ./shikaku-batch.service 2>&1 | grep -q Hardened
}

@test "systemd: no less hardened than scheduling.md says" {
	local unit rating with
	installed
	sed -nE 's/^\| `(shikaku-batch[a-z-]*\.service)`([^|]*)\| ([0-9.]+) \|$/\1 \3 \2/p' "$PAGE" >ratings
	[ "$(wc -l <ratings)" -eq 4 ]
	while read -r unit rating with; do
		cp "$unit" rated.service
		case $with in
		*records.conf*) cat records.conf >>rated.service ;;
		?*) sed -n '/^```ini/,/^```$/p' "$PAGE" | sed '/^```/d' >>rated.service ;;
		esac
		systemd-analyze security --offline=true --no-pager --threshold="${rating/./}" ./rated.service >said
		grep -q "rated.service: $rating " said
	done <ratings
}

@test "systemd: the timer means six and half past seven in Japan, Monday to Saturday" {
	local spec zone elapse n=0
	sed -n 's/^OnCalendar=//p' "$UNITS/shikaku-batch.timer" >specs
	while read -r spec; do
		n=$((n + 1))
		for zone in UTC Asia/Tokyo America/New_York; do
			TZ=$zone systemd-analyze calendar --base-time='2026-11-20 12:00:00 UTC' --iterations=4 "$spec" |
			    sed -nE 's/^ *(Next elapse|Iter\. #[0-9]+): (.*)$/\2/p' >elapses
			while read -r elapse; do TZ=JST-9 date -d "$elapse" '+%a %F %R'; done <elapses >days
			diff days - <<-END
			Sat 2026-11-21 $(sed -n "${n}p" <<<$'06:00\n07:30')
			Mon 2026-11-23 $(sed -n "${n}p" <<<$'06:00\n07:30')
			Tue 2026-11-24 $(sed -n "${n}p" <<<$'06:00\n07:30')
			Wed 2026-11-25 $(sed -n "${n}p" <<<$'06:00\n07:30')
			END
		done
	done <specs
	[ "$n" -eq 2 ]
}

@test "systemd: the programs run under the unit's system calls" {
	local box=("$PYTHON" "$ROOT/tests/rig/sandbox.py" "$UNITS/shikaku-batch.service")
	run -0 "${box[@]}" true
	run -159 "${box[@]}" chown "$(id -u)" .
	run ! "${box[@]}" "$PYTHON" -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
	run ! "${box[@]}" "$PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX)'
	run -0 "${box[@]}" "$PYTHON" -c 'import socket; socket.socket(socket.AF_INET)'
}

# --- shikaku-morning -----------------------------------------------------------

# A folder with a list, and in place of shikaku what writes down how it was called.
morning_folder() {
	export FOLDER=$PWD/folder TOLD=$PWD/told
	DAY=$FOLDER/$(TZ=JST-9 date +%F)
	mkdir -p "$FOLDER/in" "$FOLDER/desk" bin
	cp "$ROOT/fixtures/lists/morning.csv" "$FOLDER/in/appointments.csv"
	cat >bin/shikaku <<-'SH'
	#!/bin/sh
	echo "$*" >>"$TOLD"
	here=$FOLDER/$(TZ=JST-9 date +%F)
	grep -q "$(TZ=JST-9 date +%F)" "$FOLDER/desk/report.html" || exit 3	# what the staff see meanwhile
	echo "the report" >"$here/report.html"
	case $STATUS in 0 | 60) rm -f "$here/result.csv.journal" ;; *) : >"$here/result.csv.journal" ;; esac
	exit "$STATUS"
	SH
	chmod +x bin/shikaku
}

# morning STATUS [OPTION]...: a run in which shikaku ends so.
morning() {
	STATUS=$1 PATH=$PWD/bin:$PATH "$UNITS/shikaku-morning" "$FOLDER" "${@:2}"
}

staff_see() { grep -q "$1" "$FOLDER/desk/report.html"; }

@test "shikaku-morning: the report becomes the page of the staff, and nothing else does" {
	morning_folder
	echo "of another day" >"$FOLDER/desk/report.html"
	morning 0 --client-key some.key
	staff_see '^the report$'
	[ "$(stat -c %a "$FOLDER/desk/report.html")" = 640 ]
	[ "$(stat -c %a "$DAY" "$DAY/list.csv" | tr '\n' ' ')" = "700 600 " ]
	[ "$(ls "$FOLDER/desk")" = report.html ]
	diff "$TOLD" - <<-END
	batch --quiet --output $DAY/result.csv --excel --report $DAY/report.html --client-key some.key $DAY/list.csv
	END
}

@test "shikaku-morning: done is done, until there is another list" {
	morning_folder
	morning 0
	morning 50
	[ "$(wc -l <"$TOLD")" -eq 1 ]
	staff_see '^the report$'
	touch -d '1 minute' "$FOLDER/in/appointments.csv"
	morning 0
	[ "$(wc -l <"$TOLD")" -eq 2 ]
}

@test "shikaku-morning: rows that failed are asked again at the next start" {
	morning_folder
	run -60 morning 60
	staff_see '^the report$'
	run -0 morning 0
	[ "$(grep -c resume "$TOLD")" -eq 0 ] && [ "$(wc -l <"$TOLD")" -eq 2 ]
}

@test "shikaku-morning: what was left goes on, with the list as it was" {
	local status
	morning_folder
	for status in 130 137 41; do
		run -"$status" morning "$status"
		staff_see '終わっていません'
		echo "another list" >"$FOLDER/in/appointments.csv"
	done
	run -0 morning 0
	[ "$(grep -c -- '--resume' "$TOLD")" -eq 3 ]
	cmp "$ROOT/fixtures/lists/morning.csv" "$DAY/list.csv"
	staff_see '^the report$'
}

@test "shikaku-morning: a list of yesterday is not asked" {
	morning_folder
	touch -d '25 hours ago' "$FOLDER/in/appointments.csv"
	run -50 morning 0
	staff_see '予約リストがありません'
	rm "$FOLDER/in/appointments.csv"
	run -50 morning 0
	[ ! -e "$TOLD" ]
}

@test "shikaku-morning: a page for the failure, and days go when they are old" {
	morning_folder
	MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_STATUS=50 "$UNITS/shikaku-morning" --failed "$FOLDER"
	staff_see '終了コード 50'
	mkdir "$FOLDER/2026-01-05" "$FOLDER/2026-01-06" "$FOLDER/other"
	touch -d '16 days ago' "$FOLDER/2026-01-05" "$FOLDER/other"
	morning 0
	[ ! -e "$FOLDER/2026-01-05" ] && [ -e "$FOLDER/2026-01-06" ] && [ -e "$FOLDER/other" ]
}

@test "shikaku-morning: shikaku itself, under the unit's system calls" {
	morning_folder
	desk
	ln -sf "$SHIKAKU" bin/shikaku
	# the leak check of a sanitizer traces its own process, which the filter does not have
	ASAN_OPTIONS=detect_leaks=0 PATH=$PWD/bin:$PATH run -60 "$PYTHON" "$ROOT/tests/rig/sandbox.py" "$UNITS/shikaku-batch.service" \
	    "$UNITS/shikaku-morning" "$FOLDER" --config "$CONF"
	cmp "$DAY/report.html" "$FOLDER/desk/report.html"
	[ "$("$PYTHON" -c 'import csv, sys; print(len(list(csv.reader(sys.stdin))))' <"$DAY/result.csv")" -eq 27 ]
	[ "$(stat -c %a "$DAY/result.csv" "$DAY/report.html" | tr '\n' ' ')" = "600 600 " ]
}

@test "shikaku-morning: with records.conf, the records and the log are kept under the unit's system calls" {
	local options
	morning_folder
	export MOCK_PEOPLE=$ROOT/fixtures/people-morning.json
	desk
	ln -sf "$SHIKAKU" bin/shikaku
	cat "$UNITS/shikaku-batch.service" "$UNITS/records.conf" >rated.service
	# of root, which the unit is not, SQLite gives its files to the owner of the database
	[ "$(id -u)" != 0 ] || echo 'SystemCallFilter=fchown' >>rated.service
	options=$(sed -n 's|^ExecStart=.* --client-key %d/clinic.key ||p' "$UNITS/records.conf")
	options=${options//\/var\/lib\/shikaku/$FOLDER} options=${options//%d/$PWD}
	mkdir -m 700 "$FOLDER/records"
	"$SHIKAKU" store init --store "$FOLDER/records/store.db" --store-key store.key --config "$CONF"
	"$SHIKAKU" audit init --audit-log "$FOLDER/records/audit" --config "$CONF"
	# shellcheck disable=SC2086
	ASAN_OPTIONS=detect_leaks=0 PATH=$PWD/bin:$PATH run -60 "$PYTHON" "$ROOT/tests/rig/sandbox.py" rated.service \
	    "$UNITS/shikaku-morning" "$FOLDER" --config "$CONF" $options
	echo "$output"
	confirmed=$("$SHIKAKU" store stats --json --store "$FOLDER/records/store.db" --store-key store.key --config "$CONF" |
	    "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["confirmed"])')
	echo "confirmed: $confirmed"
	[ "$confirmed" -gt 5 ]
	"$SHIKAKU" audit show --json --audit-log "$FOLDER/records/audit" --config "$CONF" >shown
	[ "$(grep -c '"command":"batch"' shown)" -gt 5 ]
}

# --- scheduling.md -----------------------------------------------------------------

@test "scheduling.md: its shell lines are shell, its options are options of batch" {
	local option
	sed -n '/^```sh/,/^```$/p' "$PAGE" | sed '/^```/d' >lines.sh
	[ "$(wc -l <lines.sh)" -ge 10 ]
	bash -n lines.sh
	sh -n "$UNITS/shikaku-morning"
	"$SHIKAKU" batch --help >helped
	{ sed 's/`[^`]*apt[^`]*`//g' "$PAGE"; sed -n '/^shikaku batch/p' "$UNITS/shikaku-morning"
	  sed -n '/^ExecStart=/p' "$UNITS/shikaku-batch.service" "$UNITS/records.conf"; } |
	    grep -oE 'shikaku(-morning| batch)[^|`]*' | grep -oE ' --[a-z-]+' | sort -u >used
	[ "$(wc -l <used)" -ge 4 ]
	while read -r option; do
		[ "$option" = --failed ] || grep -qE -- "^  (-o, )?$option" helped || { echo "$option"; false; }
	done <used
}

@test "scheduling.md: the cron line is six in the morning in Japan, of a machine there" {
	sed -n '/^```cron/,/^```$/p' "$PAGE" | sed '/^```/d' >cron
	grep -qE '^0 6 \* \* 1-6 shikaku /usr/local/libexec/shikaku/shikaku-morning /var/lib/shikaku ' cron
	grep -q '^30 7 \* \* 1-6 ' cron
	grep -q '^MAILTO=' cron
}

@test "scheduling.md: it knows every status that ends a run, as help exit has them" {
	local status
	"$SHIKAKU" help exit >exits
	for status in 0 60 130 50 65 40 41 31 32 77; do
		grep -qE "^\|[^|]*\b$status\b[^|]*\|" "$PAGE" || { echo "$status"; false; }
		grep -qE "^ *$status " exits
	done
}

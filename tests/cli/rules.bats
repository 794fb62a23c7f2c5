#!/usr/bin/env bats
# shikaku rules list, show, graph, table: the rules for people to read, out and back in.

bats_require_minimum_version 1.5.0
load helper

setup() {
	export SHIKAKU_LANG=ja
	RULES=$ROOT/src/rules/rules.json
	cd "$BATS_TEST_TMPDIR"
}

# golden NAME: the output of the last run is the file's; GOLDEN=write makes it so.
golden() {
	[ "$status" = 0 ]
	[ "${GOLDEN-}" != write ] || printf '%s\n' "$output" >"$ROOT/tests/golden/$1"
	diff -u "$ROOT/tests/golden/$1" <(printf '%s\n' "$output")
}

# fits COLUMNS: no line of the last run is wider, none has a control character.
fits() {
	"$PYTHON" -c '
import sys, unicodedata
for line in sys.stdin.read().split("\n"):
    assert not any(ord(c) < 32 or ord(c) == 127 for c in line), line
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    assert width <= int(sys.argv[1]), line' "$1" <<<"$output"
}

# draft SED...: the embedded rules amended, as draft.json.
draft() {
	sed "$@" "$RULES" >draft.json
	chmod 600 draft.json
	run ! cmp -s "$RULES" draft.json
}

# --- the frame ---------------------------------------------------------------

@test "rules: the help names the subcommands, and each explains itself" {
	local sub
	run "$SHIKAKU" help rules
	[ "$status" = 0 ]
	sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' <<<"$output" >subs
	for sub in list show graph table; do
		grep -qx "$sub" subs
	done
	while read -r sub; do
		run "$SHIKAKU" rules "$sub" --help
		[ "$status" = 0 ]
		grep -q "shikaku rules $sub" <<<"$output"
		grep -q -- --rules <<<"$output"
		run "$SHIKAKU" help rules "$sub"
		grep -q "shikaku rules $sub" <<<"$output"
	done <subs
}

@test "rules: shikaku(1) describes the options of the subcommands" {
	local sub
	"$SHIKAKU" help rules | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' >subs
	while read -r sub; do
		"$SHIKAKU" help rules "$sub"
	done <subs | sed -nE 's/^  (-o, )?(--[a-z-]*).*/\2/p' | sort -u |
	    grep -vxE -- '--(json|config|lang|help|version)' >helped
	[ "$(wc -l <helped)" -ge 8 ]
	awk '/^\.S[sh] / { here = $0 == ".Ss rules" } here && /^\.It Fl Fl / { print "--" $4 }' \
	    "$ROOT/docs/man/shikaku.1" | sort -u | diff helped -
}

@test "rules: wrong usage" {
	local args
	for args in "" "bogus" "--json" "list x" "list --on 2026-02-30" "list --stage 99" "show" "show A B" \
	    "show NOTHING-1" "graph x" "graph --format svg" "table x" "table --format json" "table --width 20" \
	    "table --output x" "table --edition x" "table --import x --stage 1" "table --import x --format csv"; do
		# shellcheck disable=SC2086
		run "$SHIKAKU" rules $args
		[ "$status" = 2 ] || { echo "$args: $status $output"; false; }
	done
}

@test "rules: another file, and one that others may write" {
	local args
	draft 's/"edition": "[^"]*"/"edition": "2031-draft"/'
	for args in "list" "show FLOW-1 --json" "graph"; do
		# shellcheck disable=SC2086
		"$SHIKAKU" rules $args --rules draft.json | grep -q 2031-draft
	done
	chmod 666 draft.json
	run "$SHIKAKU" rules table --rules draft.json
	[ "$status" = 77 ]
}

# --- list --------------------------------------------------------------------

@test "rules list: one line a rule, within 80 columns, each rule of the file once" {
	local lang
	for lang in ja en; do
		run "$SHIKAKU" rules list --lang "$lang"
		[ "$status" = 0 ]
		fits 80
		sed -nE '2,/^$/s/^..([A-Z][A-Z0-9-]*) .*/\1/p' <<<"$output" | sort >listed
		grep -o '"id": "[^"]*"' "$RULES" | cut -d'"' -f4 | sort | diff - listed
	done
}

@test "rules list: of a stage, in both languages" {
	run "$SHIKAKU" rules list --on 2026-06-01 --stage 4b
	golden rules-list.ja.txt
	run "$SHIKAKU" rules list --on 2026-06-01 --stage 4b --lang en
	golden rules-list.en.txt
}

@test "rules list: what is not in force that day is left out" {
	local day
	for day in 2025-07-31:no 2025-08-01:yes 2025-12-01:yes 2025-12-02:no; do
		run "$SHIKAKU" rules list --on "${day%:*}" --stage 4b
		[ "$status" = 0 ]
		[ "$(grep -c '^..TMP-1 ' <<<"$output")" = "$([ "${day#*:}" = yes ] && echo 1 || echo 0)" ]
	done
}

@test "rules list: what ends soon, and what is expected then" {
	draft -e 's/"until": "2026-07-31", "after": "[a-z]*"/"until": "2026-07-31", "after": "expected"/' \
	    -e 's/"stale_after_days": [0-9]*/"stale_after_days": 30/'
	run "$SHIKAKU" rules list --rules draft.json --on 2026-07-01 --stage 4b
	grep -q '^! TMP-3 ' <<<"$output"
	grep -q '^!  TMP-3: 最終日 2026-07-31、期間後: 延長か改正の見込み$' <<<"$output"
	run "$SHIKAKU" rules list --rules draft.json --on 2026-06-30 --stage 4b
	grep -q '^  TMP-3 ' <<<"$output"
	run ! grep -q '^!' <<<"$output"
}

@test "rules list: stale from the day on which a verdict warns" {
	draft -e 's/"stale_after_days": [0-9]*/"stale_after_days": 30/' \
	    -e '/"id": "FLOW-5"/s/"verified_on": "[0-9-]*"/"verified_on": "2026-11-22"/'
	run "$SHIKAKU" rules list --rules draft.json --on 2026-12-22 --stage 5
	run ! grep -q '^\*' <<<"$output"
	run "$SHIKAKU" rules list --rules draft.json --on 2026-12-23 --stage 5
	grep -q '^\* FLOW-5 ' <<<"$output"
	grep -q '^\*  FLOW-5: .*2026-11-22' <<<"$output"
}

@test "rules list: as JSON" {
	run "$SHIKAKU" rules list --json --on 2026-06-01 --stage 4b
	[ "$status" = 0 ]
	"$PYTHON" - "$output" <<-'PY'
	import json, sys
	got = json.loads(sys.argv[1])
	rule = {r["id"]: r for r in got["rules"]}
	assert got["day"] == "2026-06-01" and len(got["digest"]) == 64
	assert rule["TMP-3"]["until"] == "2026-07-31" and rule["TMP-3"]["ends_soon"] is True
	assert rule["TMP-3"]["stale"] is False and rule["SIT-05"]["until"] is None
	assert "TMP-1" not in rule
	PY
}

# --- show --------------------------------------------------------------------

@test "rules show: everything of a rule, in both languages" {
	run "$SHIKAKU" rules show TMP-3
	golden rules-show.ja.txt
	run "$SHIKAKU" rules show sit-08 --lang en
	golden rules-show.en.txt
	run "$SHIKAKU" rules show CLM-10
	golden rules-show-advice.ja.txt
}

@test "rules show: every rule, text, source, group and parameter can be shown, within 80 columns" {
	local lang name
	"$PYTHON" - "$RULES" >names <<-'PY'
	import json, sys
	doc = json.load(open(sys.argv[1], encoding="utf-8"))
	for key in ("texts", "sources", "groups", "parameters"):
	    print("\n".join(doc[key]))
	for rule in doc["impossible"] + doc["advice"]:
	    print(rule["id"])
	for stage in doc["ladder"] + doc["ratio"]:
	    for rule in stage["rules"]:
	        print(rule["id"])
	PY
	[ "$(wc -l <names)" -ge 150 ]
	for lang in ja en; do
		while read -r name; do
			"$SHIKAKU" rules show "$name" --lang "$lang" 2>&1 || { echo "$name: $?"; false; }
		done <names >>shown
	done
	output=$(<shown)
	fits 80
}

@test "rules show: a source and a group name the rules that use them" {
	run "$SHIKAKU" rules show ZT
	grep -qw TMP-3 <<<"$output"
	run "$SHIKAKU" rules show usable
	grep -q 'FLOW-1' <<<"$output"
	grep -q '期限切れ後の猶予中' <<<"$output"
}

@test "rules show: an unknown id is told with the nearest ones" {
	run "$SHIKAKU" rules show FLW-1
	[ "$status" = 2 ]
	grep -q 'near: FLOW-1 ' <<<"$output"
}

@test "rules show: the reason of an exception" {
	draft '/"id": "FLOW-4"/s/"then"/"beats": {"DOC-7": "画面は新しい"}, "then"/'
	run "$SHIKAKU" rules show FLOW-4 --rules draft.json
	grep -q '^優先 *DOC-7: 画面は新しい$' <<<"$output"
}

@test "rules show: as JSON, the rule of the file" {
	"$SHIKAKU" rules show DOC-9 --json >got
	"$PYTHON" - got "$RULES" <<-'PY'
	import json, sys
	got, doc = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
	assert got["stage"] == "4a"
	assert got["rule"] in [stage for stage in doc["ladder"] if stage["stage"] == "4a"][0]["rules"]
	PY
}

# --- graph -------------------------------------------------------------------

@test "rules graph: the picture of the documents is what is drawn today" {
	run "$SHIKAKU" rules graph --on 2026-11-22 --format dot
	[ "$status" = 0 ]
	[ "${GOLDEN-}" != write ] || printf '%s\n' "$output" >"$ROOT/docs/ladder.dot"
	diff -u "$ROOT/docs/ladder.dot" <(printf '%s\n' "$output")
	# and the picture is made of it: it shows every rule that is named
	sed 's/&#45;/-/g' "$ROOT/docs/ladder.svg" >picture
	sed 's/\\n/ /g' "$ROOT/docs/ladder.dot" | grep -oE '\b[A-Z]{3,}-[0-9]+[A-Z]*\b' | sort -u >named
	[ "$(wc -l <named)" -ge 10 ]
	while read -r name; do
		grep -q "$name" picture || { echo "$name"; false; }
	done <named
}

@test "rules graph: Mermaid in both languages" {
	run "$SHIKAKU" rules graph --on 2026-11-22
	golden ladder.ja.mmd
	run "$SHIKAKU" rules graph --on 2026-11-22 --lang en
	golden ladder.en.mmd
	[ "$(wc -l <<<"$output")" -le 60 ]
}

@test "rules graph: a rule's end takes its arrow away" {
	run "$SHIKAKU" rules graph --on 2026-07-31
	grep -q 'TMP-3.*番号による照会' <<<"$output"
	run "$SHIKAKU" rules graph --on 2026-08-01
	run ! grep -q TMP-3 <<<"$output"
}

@test "rules graph: titles that would break out of their label" {
	draft '/"stage": "5"/s/"ja": "[^"]*"/"ja": "a\\"]; x [label=\\\\ #35; <b>`"/'
	"$SHIKAKU" rules graph --rules draft.json --format dot | grep -qF 'label="5 a\"]; x [label=\\ #35;\n<b>`"]'
	"$SHIKAKU" rules graph --rules draft.json | grep -qF '{"5 a#34;]; x [label=\ #35;35;<br>#60;b#62;#96;"}'
}

# --- table -------------------------------------------------------------------

@test "rules table: a page, in both languages and all forms" {
	run "$SHIKAKU" rules table --stage 4b
	golden rules-table.ja.txt
	run "$SHIKAKU" rules table --stage R2 --lang en --width 120
	golden rules-table.en.txt
	run "$SHIKAKU" rules table --stage 4b --format markdown
	golden rules-table.ja.md
	run "$SHIKAKU" rules table --stage 7 --format markdown --lang en
	golden rules-table.en.md
	"$SHIKAKU" rules table --stage 4b --format csv | tr -d '\r' >csv
	run cat csv
	golden rules-table.ja.csv
	"$SHIKAKU" rules table --stage R2 --lang en --format csv | tr -d '\r' >csv
	run cat csv
	golden rules-table.en.csv
}

@test "rules table: every page fits its width" {
	local lang
	for lang in ja en; do
		run "$SHIKAKU" rules table --lang "$lang"
		[ "$status" = 0 ]
		fits 136
	done
}

@test "rules table: other readers take the CSV and the Markdown" {
	"$SHIKAKU" rules table --format csv --bom >all.csv
	"$SHIKAKU" rules table --format markdown >all.md
	"$PYTHON" - "$RULES" <<-'PY'
	import csv, json, sys
	doc = json.load(open(sys.argv[1], encoding="utf-8"))
	rules = len(doc["impossible"]) + len(doc["advice"]) + sum(
	    len(stage["rules"]) for stage in doc["ladder"] + doc["ratio"])
	raw = open("all.csv", "rb").read()
	assert raw.startswith(b"\xef\xbb\xbf") and b"\n" not in raw.replace(b"\r\n", b"")
	width, seen = 0, 0
	for row in csv.reader(open("all.csv", encoding="utf-8-sig", newline=""), strict=True):
	    if row and row[0] == "規則":
	        width = len(row)
	    elif row and row[0] != "段":
	        assert len(row) == width, row
	        assert not row[0].startswith(tuple("=+-@"))
	        seen += 1
	assert seen == rules, (seen, rules)
	lines = [line for line in open("all.md", encoding="utf-8") if line.startswith("| ")]
	assert all(line.replace("\\|", "").count("|") == 9 for line in lines)
	assert len(lines) == rules + 2 + len(doc["ladder"]) + len(doc["ratio"]), len(lines)
	PY
}

@test "rules table: out and back in is the same file, byte for byte" {
	local lang
	"$SHIKAKU" rules table --format csv >all.csv
	"$SHIKAKU" rules table --import all.csv --output first.json
	cmp first.json "$RULES"
	[ "$(stat -c %a first.json)" = 644 ]
	for lang in ja en; do
		"$SHIKAKU" rules table --format csv --bom --lang "$lang" --rules first.json |
		    "$SHIKAKU" rules table --import - >second.json
		cmp first.json second.json
	done
}

@test "rules table: as a spreadsheet would save it" {
	# padded to one width, dates with slashes, wide letters, lower-case line ends
	"$SHIKAKU" rules table --format csv --stage 4b >page.csv
	"$PYTHON" - <<-'PY'
	import csv
	rows = list(csv.reader(open("page.csv", encoding="utf-8", newline="")))
	width = max(map(len, rows)) + 3
	out = csv.writer(open("saved.csv", "w", encoding="utf-8-sig", newline=""), lineterminator="\n")
	for row in rows:
	    out.writerow([cell.replace("2025-08-01", "2025/8/1").replace("|", " ｜ ").replace("番号で有効(国", "番号で有効（国")
	                  for cell in row] + [""] * (width - len(row)))
	PY
	"$SHIKAKU" rules table --import saved.csv >got.json
	cmp got.json "$RULES"
}

@test "rules table: an amended date and a group written out come back as a rule file that decides so" {
	"$SHIKAKU" rules table --format csv >all.csv
	sed -i '/^TMP-[35],/s/,2026-07-31,終了,/,2027-03-31,延長か改正の見込み,/; /^FLOW-1,/s/期限内か猶予中/期限不明|有効|3か月以内に期限|期限切れ後の猶予中/' all.csv
	"$SHIKAKU" rules table --import all.csv --edition 2026-11-22.draft --output draft.json
	sed -e 's/"edition": "[^"]*"/"edition": "2026-11-22.draft"/' \
	    -e '/"id": "TMP-[35]"/s/"until": "2026-07-31", "after": "[a-z]*"/"until": "2027-03-31", "after": "expected"/' \
	    "$RULES" | diff - draft.json
	echo '{"visit_date":"2026-11-22"}' | "$SHIKAKU" decide --rules draft.json | grep -q 2026-11-22.draft
}

# wrong SED WANT [STAGE]: with stage 4b so changed, the import is refused and says so.
wrong() {
	"$SHIKAKU" rules table --format csv --stage "${3-4b}" | tr -d '\r' >page.csv
	cp page.csv was.csv
	sed -i "$1" page.csv
	run ! cmp -s was.csv page.csv
	run --separate-stderr "$SHIKAKU" rules table --import page.csv --output none.json
	[ "$status" = 65 ] || { echo "$1: $status"; false; }
	grep -qF "$2" <<<"$stderr" || { echo "$1: $stderr"; false; }
	[ ! -e none.json ]
}

@test "rules table: every kind of wrong cell is told with line, column, rule and the words allowed" {
	wrong 's/^\(TMP-1,.*\),あり,/\1,ある,/' 'page.csv:3: J「旧保険証かお知らせの提示」、規則 TMP-1: 「ある」は使えない。使える言葉: なし, あり'
	wrong 's/^\(TMP-1,.*\)2025-12-01/\12025-12-32/' 'page.csv:3: E「最終日」、規則 TMP-1: 「2025-12-32」は日付ではない'
	wrong '/^TMP-3,/s/終了/終り/' 'page.csv:4: F「期間後」、規則 TMP-3: 「終り」は使えない。使える言葉: 終了, 別の規則が続く, 延長か改正の見込み'
	wrong '/^TMP-3,/s/,経路,/,経由,/' '規則 TMP-3: 「経由」は使えない。使える言葉: 経路, 10割, 人の判断, 聞く'
	wrong '/^TMP-3,/s/,番号による照会,/,番号照会,/' '「結果の経路」、規則 TMP-3: 「番号照会」は使えない'
	wrong '/^TMP-3,/s/現在の資格/今の資格/' '「請求」、規則 TMP-3: 「今の資格」は使えない'
	wrong '/^TMP-3,/s/現在の資格,/現在の資格,資格確認書をお持ちですか/' '「次に聞くこと」、規則 TMP-3: 「資格確認書をお持ちですか」はこの結果では空にする'
	wrong '/^SIT-05,/s/資格確認の照会をしてください/電話/' '「次に聞くこと」、規則 SIT-05: 「電話」は使えない'
	wrong '/^SIT-05,/s/資格確認の照会をしてください//' '「次に聞くこと」、規則 SIT-05: 「」は使えない'
	wrong '/^SIT-05,/s/,OQ /,OX /' '「根拠」、規則 SIT-05: 「OX」は使えない'
	wrong '/^SIT-05,/s/,OQ [^,]*/,OQ/' '「根拠」、規則 SIT-05: 「OQ」は「出典 場所」と書く'
	wrong '/^SIT-05,/s/推定/推測/' '「確度」、規則 SIT-05: 「推測」は使えない。使える言葉: 公式, 資料, 二次, 推定, 記憶'
	wrong '/^SIT-05,/s/番号で複数該当/以外:番号で複数/' '規則 SIT-05: 「番号で複数」は使えない'
	wrong '/^RAT-1,/s/,2割,/,4割,/' '「結果の割合」、規則 RAT-1: 「4割」は使えない。使える言葉: 1割, 2割, 3割, 応答の割合' R2
	wrong '/^RAT-1,/s/年齢から/年齢で/' '「結果の割合の根拠」、規則 RAT-1: 「年齢で」は使えない' R2
	wrong '/^CLM-10,/s/,はい,/,いいえ,/' '「暫定」、規則 CLM-10: 「いいえ」は使えない。使える言葉: はい' advice
	wrong '/^REF-1,/s/次回はマイナンバーカードか/次回は/' '「後ですること」、規則 REF-1: 「次回は資格確認書を」は使えない' advice
	wrong '/^CERT-2,/s/@猶予の最終日/@最終日/' '規則 CERT-2: 「最終日」は使えない。使える言葉: 猶予の最終日, 電子証明書の期限, この規則の始まる前日' advice
}

@test "rules table: the order of the conditions and the exceptions, right and wrong" {
	local order='2s/$/,条件の順/;/^FLOW-4/s/$/,'
	wrong "$order"'マイナポータル/' '「条件の順」、規則 FLOW-4: 「マイナポータル」は使えない' 4
	wrong "$order"'マイナポータル画面/' '「条件の順」、規則 FLOW-4: 「physical_card」は条件にあるのに順にない' 4
	wrong "$order"'マイナポータル画面|マイナポータル画面/' '「条件の順」、規則 FLOW-4: 「マイナポータル画面」は二度ある' 4
	wrong '/^FLOW-4,/s/,経路,/DOC-7,経路,/' '「優先する規則」、規則 FLOW-4: 「DOC-7」は「規則: 理由」と書く' 4
	wrong '/^FLOW-4,/s/,経路,/DOC-8: 新しい,経路,/' 'page.csv: line 3: FLOW-4: beats no later rule of its stage' 4
	"$SHIKAKU" rules table --format csv --stage 4 | tr -d '\r' |
	    sed "$order"'portal|本人確認に使えるカード/;/^FLOW-4,/s/,経路,/DOC-7: 新しい,経路,/' >page.csv
	"$SHIKAKU" rules table --import page.csv >draft.json
	sed '/"id": "FLOW-4"/{s/{"physical_card": \(.*\), "portal": \(\["valid"\]\)}/{"portal": \2, "physical_card": \1}/
	    s/"then"/"beats": {"DOC-7": "新しい"}, "then"/}' "$RULES" | diff - draft.json
}

@test "rules table: wrong cells are told all at once, in English too" {
	"$SHIKAKU" rules table --format csv --stage 4b --lang en >page.csv
	sed -i '/^SIT-05,/{s/inferred/guessed/;s/,OQ /,OX /}; /^TMP-1,/s/current eligibility/now/' page.csv
	run --separate-stderr "$SHIKAKU" rules table --import page.csv --lang en --json
	[ "$status" = 65 ]
	grep -q '"RULES"' <<<"$output"
	grep -qF 'page.csv:3: N "claim", rule TMP-1: "now" is none of: current eligibility, past eligibility' <<<"$stderr"
	grep -qF 'rule SIT-05: "OX" is none of: ' <<<"$stderr"
	grep -qF 'rule SIT-05: "guessed" is none of: official, seed' <<<"$stderr"
}

@test "rules table: what is no table, and what would be lost" {
	wrong '1d' 'page.csv: line 1: a page begins with the word stage'
	wrong '1s/4b/4z/' 'page.csv: line 1: no such stage: "4z"'
	wrong '1s/,[^,]*$//' 'page.csv: line 1: a stage without its titles: "4b"'
	wrong '2s/最終日/最後/' 'page.csv: line 2: no such column: "最後"'
	wrong '2s/最終日/初日/' 'page.csv: line 2: a column stands twice: "初日"'
	wrong '2s/規則/確認日/;2s/,確認日$//' "line 2: a page without the column of the rule's name"
	wrong '2s/,確認日//' 'a cell under no head: "2026-11-22"'
	wrong '3s/^TMP-1//' 'line 3: a rule without its name'
	wrong '2,$d' 'a page without its heads'
	wrong '1,$d' 'no page in it'
	wrong '$s/$/\n段,4b,x,y/' 'a stage stands twice: "4b"'
	wrong '3s/$/"/' 'line 3: a stray quote'
	printf '\x8b\x4b\x91\xa5\n' >page.csv
	run "$SHIKAKU" rules table --import page.csv
	[ "$status" = 65 ]
	grep -q 'not UTF-8' <<<"$output"
	run "$SHIKAKU" rules table --import none.csv
	[ "$status" = 50 ]
}

@test "rules table: what the loader refuses is told with the line of the table" {
	wrong '/^TMP-3,/s/^TMP-3/TMP-1/' 'page.csv: line 4: TMP-1: id stands twice'
	wrong '/^TMP-3,/s/,終了,/,,/' 'page.csv: line 4: TMP-3: after its last day'
	wrong '/^SIT-05,/s/,番号で複数該当,/,以外:番号で複数該当|番号で複数該当,/' 'page.csv: line 10: SIT-05: value stands twice'
	wrong '/^SIT-05,/s/,[0-9-]*$/,/' 'page.csv: line 10: SIT-05: no date on which'
}

@test "rules table: a file that cannot be written" {
	"$SHIKAKU" rules table --format csv --stage 5 >page.csv
	run "$SHIKAKU" rules table --import page.csv --output none/x.json
	[ "$status" = 41 ]
	run "$SHIKAKU" rules table --import page.csv --output /dev/full
	[ "$status" = 41 ]
}

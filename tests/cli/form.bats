#!/usr/bin/env bats
# The 申立書: what stands on it, as PDF and as text, and what becomes of a helper that fails.
#
# BUILD (default build) holds shikaku and shikaku-form.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=$(cd "$ROOT" && cd "${BUILD:-build}" && pwd)
SHIKAKU=$BUILD/shikaku
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

# fontconfig holds its tables by offsets, which the leak check can not follow; and of a
# process that nobody may look into, only root's can
setup_file() {
	echo leak:libfontconfig >"$BATS_FILE_TMPDIR/suppressions"
	export LSAN_OPTIONS=suppressions=$BATS_FILE_TMPDIR/suppressions:print_suppressions=0
	[ "$(id -u)" = 0 ] || export ASAN_OPTIONS=detect_leaks=0
}

setup() {
	export SHIKAKU_LANG=ja LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/no-config
	cd "$BATS_TEST_TMPDIR"
	cat >facts.json <<-'END'
		{ "visit_date": "2026-11-22", "birthdate": "1980-02-17", "visit": "first",
		  "statement": { "copay_percent": null, "insurance_kind": "国保", "insurer_name": "架空市",
		    "employer": "株式会社髙﨑製作所", "address": "東京都架空区見本町一丁目2番3号", "contact": "03-0000-1234" },
		  "form": { "clinic": "みほん内科", "name": "𠮷田　髙﨑郎", "kana": "ヨシダ　タカサキロウ", "sex": "male",
		    "postal_code": "100-0000", "proof": "pending", "issued": "2026-11" } }
	END
}

# statement OPTION...: the sheet; status, stdout and stderr are files.
statement() {
	status=0
	"$SHIKAKU" form statement "$@" >stdout 2>stderr </dev/null || status=$?
	[ "$status" -eq 0 ] || { cat stderr; return "$status"; }
}

# change STATEMENT: facts.json with a Python statement applied to d.
change() {
	"$PYTHON" - "$1" <<-'PY'
	import json, sys
	d = json.load(open("facts.json", encoding="utf-8"))
	exec(sys.argv[1])
	json.dump(d, open("facts.json", "w", encoding="utf-8"), ensure_ascii=False)
	PY
}

# The words of a PDF without blanks, in the order in which they were drawn.
words() { pdftotext -raw "$1" - | sed 's/[　 \f]//g' | tr -d '\n'; }

# has TEXT...: each stands in the file "words".
has() {
	local text
	for text; do
		grep -qF -- "$text" words || { echo "not there: $text"; head -c 6000 words; return 1; }
	done
}

# lacks TEXT FILE...: it stands in none of them.
lacks() { if grep -F -- "$@"; then echo "is there: $1"; return 1; fi; }

# One A4 page, every font embedded, nothing outside the margins.
is_one_page() {
	pdfinfo "$1" >info
	grep -q '^Pages: *1$' info && grep -q '^Page size:.*(A4)$' info
	pdffonts "$1" | sed 1,2d >fonts
	[ "$(grep -c 'IPA.* yes yes yes ' fonts)" -ge 2 ] && [ "$(grep -c 'IPA.* yes yes yes ' fonts)" = "$(wc -l <fonts)" ]
	pdftotext -bbox "$1" - | sed -nE 's/.*xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="([0-9.]+)" yMax="([0-9.]+)".*/\1 \2 \3 \4/p' |
	    awk '{ n++ } $1 < 44 || $3 > 552 || $2 < 30 || $4 > 818 { print; bad = 1 } END { exit bad || n < 50 }'
}

@test "DEC-5: every item has its place, filled in from the facts" {
	statement --facts facts.json -o a.pdf
	[ ! -s stdout ]
	is_one_page a.pdf
	words a.pdf >words
	has 被保険者資格申立書 みほん内科御中 保険証等の有無 □ある□ない■手続き中□わからない 保険種別 ■国保 □国民健康保険組合 \
	    保険者等の名称架空市 事業所名 株式会社髙﨑製作所 交付を受けた時期令和8年11月ごろ 一部負担金の割合 □1割□2割□3割■わからない \
	    フリガナヨシダタカサキロウ 氏名𠮷田髙﨑郎 '生年月日昭和55年2月17日(1980-02-17)' 性別■男□女 \
	    住所〒100-0000東京都架空区見本町一丁目2番3号 連絡先 03-0000-1234 '受診日令和8年11月22日(2026-11-22)' 記入日令和年月日 \
	    署名 続柄 患者番号 受付者 カードの確認 独自の様式です 国が定めた様式ではありません
	has "規則の版:$("$SHIKAKU" decide --no-trace <<<'{"visit_date":"2026-11-22"}' | sed -E 's/.*"edition":"([^"]*)".*/\1/')"
}

@test "DEC-7, DEC-8, DEC-10, LIM-3, REF-1: it says what follows" {
	statement --blank -o a.pdf
	words a.pdf >words
	has '3割(就学前は2割、70歳以上の方などは申し立てた1〜3割)' 番号がわかったら、すぐにお知らせください 写しや写真でもかまいません \
	    保険者と精算 限度額の区分がわかりません 2年以内に保険者へ払い戻し 領収書と診療報酬明細書 支払いが確かめられるまで当院で保管 \
	    マイナンバーカードがないときは、この申立書は使えません '個人番号(マイナンバーの12けたの数字)は書かないで'
}

@test "a blank one has nothing ticked and nothing written" {
	statement --blank -o a.pdf
	is_one_page a.pdf
	words a.pdf >words
	lacks ■ words
	has 御中 大・昭・平・令年月日 令和年月ごろ 住所〒 □男□女
	lacks 書き直して words
	statement --blank --text -o a.txt
	lacks '[x]' a.txt
	[ "$(grep -c '____' a.txt)" -ge 9 ]
}

@test "PDF and text say the same" {
	local word
	statement --facts facts.json -o a.pdf
	statement --facts facts.json --text -o a.txt
	words a.pdf | sed 's/[■□]//g' >words
	# what stands between marks, blanks and line ends of the text, each
	sed -E 's/\[[x ]\]|  +|^ *\* /\n/g; s/^[-_ ]+$//' a.txt | sed 's/[　 ]//g' | grep -v '^_*$' >lines
	[ "$(wc -l <lines)" -ge 60 ]
	while read -r word; do has "$word"; done <lines
}

@test "as text: 80 columns, the golden sheet, nothing of the terminal's" {
	"$SHIKAKU" form statement --facts - --text -o - <facts.json | sed 's/shikaku [0-9.]*/shikaku V/; s/版: .*/版: E/' >got
	diff "$ROOT/tests/golden/form-statement.txt" got
	"$SHIKAKU" form statement --blank --text -o - | sed 's/shikaku [0-9.]*/shikaku V/; s/版: .*/版: E/' >got
	diff "$ROOT/tests/golden/form-blank.txt" got
	"$PYTHON" - got <<-'PY'
	import sys, unicodedata as u
	for line in open(sys.argv[1], encoding="utf-8"):
	    assert not any(u.east_asian_width(c) == "A" for c in line), line
	    assert sum(2 if u.east_asian_width(c) in "WF" else 1 for c in line.rstrip("\n")) <= 80, line
	PY
}

@test "rare characters: those of names are printed, others are 〓 with a word on standard error" {
	change 'd["form"]["name"] = "𠮷髙﨑葛\U000e0100𠮟鷗德"'
	statement --facts facts.json -o a.pdf
	lacks 〓 stderr
	words a.pdf >words
	has 氏名𠮷髙﨑葛
	pdffonts a.pdf | grep -q IPAmjMincho
	change 'd["form"]["name"] = "架\ue000空\U0002ffff\u202e太\a郎"; d["statement"]["employer"] = "\u0301\ue001"'
	statement --facts facts.json -o a.pdf
	words a.pdf >words
	has 氏名架〓空〓〓太〓郎
	grep -q '注意: 氏名: 印字できない字が4字' stderr
	lacks 架 stderr
	change 'd["form"]["name"] = "a\nb\t c\r\n  d"'
	statement --facts facts.json --text -o - && grep -q '氏名  *a b c d$' stdout
}

@test "an address of 2,000 characters is whole on the page" {
	change 'd["form"]["address"] = "東京都架空区" + "一二三四五六七八九十" * 199 + "終わり号"'
	statement --facts facts.json -o a.pdf
	is_one_page a.pdf
	lacks 注意 stderr
	words a.pdf | grep -o 一二三四五六七八九十 | wc -l | grep -qx 199
	words a.pdf >words
	has 終わり号 連絡先 署名 国が定めた様式
}

@test "what does not fit at all is cut, and said" {
	change 'd["form"].update({k: "とても長い値" * 400 for k in ("clinic", "name", "kana", "address")})'
	change 'd["statement"].update({k: "x" * 3000 for k in ("insurance_kind", "insurer_name", "employer", "contact")})'
	change 'd["form"]["phone"] = "ー" * 3000'
	statement --facts facts.json -o a.pdf
	is_one_page a.pdf
	[ "$(grep -c '長すぎて入らず、途中まで' stderr)" -eq 8 ]
	lacks とても stderr
	words a.pdf >words
	has '(以下略)' 署名 国が定めた様式
	statement --facts facts.json --text -o a.txt
	[ "$(grep -c '長すぎて入らず、途中まで' stderr)" -eq 8 ]
	"$PYTHON" -c 'import sys, unicodedata as u
for l in open("a.txt", encoding="utf-8"):
    assert sum(2 if u.east_asian_width(c) in "WF" else 1 for c in l.rstrip("\n")) <= 80, l'
}

@test "a person known from an answer only, with the insurer left out" {
	cat >facts.json <<-'END'
		{ "visit_date": "2026-11-22", "online": { "outcome": "answered", "by": "card", "QualificationValidity": "2", "results": [
		  { "Name": "架空　花子", "NameKana": "ｶｸｳ ﾊﾅｺ", "Sex1": "2", "Birthdate": "19561101", "Address": "東京都架空区1-2-3", "PostNumber": "1000000",
		    "InsurerNumber": "06132013", "InsurerName": "もとの健保組合" }] } }
	END
	statement --facts facts.json -o a.pdf
	words a.pdf >words
	has 氏名架空花子 フリガナカクウハナコ □男■女 昭和31年11月1日 住所〒1000000東京都架空区1-2-3
	lacks もとの words
	change 'd["online"]["results"][0]["Name"] = "架●　花子"'
	statement --facts facts.json --text -o -
	grep -q '氏名  *____' stdout
	lacks 架● stdout
}

@test "every kind of insurance finds its box" {
	local said want
	while read -r said want; do
		change "d['statement']['insurance_kind'] = '$said'"
		statement --facts facts.json --text -o -
		[ "$(tr -d '\n' <stdout | sed 's/  *//g' | sed -E 's/.*保険種別(.*)保険者等の名称.*/\1/' | grep -oE '\[x\][^[]*')" = "[x]$want" ] ||
		    { echo "$said"; cat stdout; false; }
	done <<-END
		協会けんぽ 協会けんぽ
		全国健康保険協会 全国健康保険協会
		健保組合 健保組合
		架空健康保険組合 架空健康保険組合
		国民健康保険 国民健康保険
		国民健康保険組合 国民健康保険組合
		国保組合 国保組合
		公立学校共済 公立学校共済
		船員保険 船員保険
		後期高齢者医療 後期高齢者医療
		わからない わからない
		よその保険 その他(よその保険)
	END
}

@test "malformed facts end with 65 and name the key, never the value" {
	local body key
	while IFS='|' read -r body key; do
		printf '%s' "$body" >bad.json
		status=0
		"$SHIKAKU" form statement --facts bad.json -o a.pdf --lang en >stdout 2>stderr || status=$?
		[ "$status" -eq 65 ] && grep -qF "$key" stderr && ! grep -q 秘密 stderr && [ ! -e a.pdf ] || { echo "$body"; cat stderr; false; }
	done <<-END
		{"form":{"nmae":"秘密"}}|nmae
		{"form":{"name":1}}|form.name
		{"form":{"sex":"秘密"}}|form.sex
		{"form":{"proof":"秘密"}}|form.proof
		{"form":{"issued":"秘密"}}|form.issued
		{"form":{"issued":"2026-13"}}|form.issued
		{"form":["秘密"]}|form:
		{"birthdate":"秘密"}|birthdate
		{"birthdate":"2099-01-01"}|birthdate
		{"statement":{"address":["秘密"]}}|statement.address
		{"adress":"秘密"}|adress
		["秘密"]|object
		{"form":{"name":"秘密"|bad.json
		|bad.json
	END
}

@test "wrong usage ends with 2" {
	run -2 "$SHIKAKU" form
	run -2 "$SHIKAKU" form statement -o a.pdf
	run -2 "$SHIKAKU" form statement --blank
	run -2 "$SHIKAKU" form statement --blank --facts facts.json -o a.pdf
	run -2 "$SHIKAKU" form statement --blank -o a.pdf more
	run -2 "$SHIKAKU" form letter
	# a PDF is nothing for a terminal
	run -2 script -qec "$SHIKAKU form statement --blank -o -" /dev/null
	[[ $output != *%PDF* ]]
}

@test "the file is its owner's alone, and replaced as a whole" {
	umask 000
	echo old >a.pdf
	chmod 644 a.pdf
	statement --blank -o a.pdf
	[ "$(stat -c %a a.pdf)" = 600 ]
	[ "$(head -c 5 a.pdf)" = %PDF- ]
	[ "$(ls)" = "$(printf '%s\n' a.pdf facts.json stderr stdout)" ]
	statement --blank --text -o b.txt
	[ "$(stat -c %a b.txt)" = 600 ]
	statement --blank -o /dev/null
	[ -c /dev/null ]
}

@test "standard output takes it too; where it can not be written, 41" {
	"$SHIKAKU" form statement --blank -o - | head -c 5 | grep -q %PDF-
	run -41 "$SHIKAKU" form statement --blank -o none/a.pdf
	run -41 "$SHIKAKU" form statement --blank -o /dev/full
	run -41 bash -c "'$SHIKAKU' form statement --blank -o - >/dev/full"
	[ "$(stat -c %t /dev/full)" = 1 ]
}

@test "the same facts on the same day are the same file, with nobody's name in its head" {
	statement --facts facts.json -o a.pdf
	statement --facts facts.json -o b.pdf
	cmp a.pdf b.pdf
	pdfinfo a.pdf >info
	grep -q '^Title: *被保険者資格申立書$' info
	grep -q '^CreationDate:.* 15:00:00 ' <(TZ=UTC pdfinfo a.pdf)
	lacks 髙﨑 info
}

@test "with --json: where it went and what was lost" {
	change 'd["form"]["name"] = "秘\ue000密"'
	statement --facts facts.json -o a.pdf --json
	[ ! -s stderr ]
	"$PYTHON" - <<-'PY'
	import json, os
	form = json.load(open("stdout", encoding="utf-8"))["form"]
	assert form == {"file": "a.pdf", "format": "pdf", "bytes": os.path.getsize("a.pdf"), "accepted": True,
	    "rare_font_missing": False, "lost": [{"row": "氏名", "unseen": 1, "cut": False}]}, form
	PY
}

# alone NAME: shikaku in a folder of its own, with standard input as its shikaku-form, if there is any.
alone() {
	mkdir -p "$1"
	cp "$SHIKAKU" "$1/"
	cat >"$1/shikaku-form"
	if [ -s "$1/shikaku-form" ]; then chmod 755 "$1/shikaku-form"; else rm "$1/shikaku-form"; fi
}

# fails_with CODE TEXT: as JSON, with no file.
fails_with() {
	status=0
	"$dir/shikaku" form statement --facts facts.json -o a.pdf --json >stdout 2>stderr || status=$?
	[ "$status" -eq 70 ] && grep -q "\"code\":\"$1\"" stdout && grep -qF "$2" stdout && [ ! -e a.pdf ] ||
	    { echo "$status"; cat stdout stderr; false; }
	lacks 髙﨑 stdout stderr
}

@test "without the helper the run says so, and text is printed all the same" {
	dir=alone
	alone $dir </dev/null
	fails_with FORM_HELPER 'shikaku-form is not installed'
	"$dir/shikaku" form statement --facts facts.json --text -o a.txt
	grep -q 𠮷田 a.txt
	# where it was installed
	mkdir -p prefix/bin prefix/libexec/shikaku
	cp "$SHIKAKU" prefix/bin/ && cp "$BUILD/shikaku-form" prefix/libexec/shikaku/
	prefix/bin/shikaku form statement --facts facts.json -o a.pdf
	is_one_page a.pdf
}

@test "a helper that dies, or answers what is none, leaves no file" {
	dir=killed
	alone $dir <<-'END'
		#!/bin/bash
		kill -KILL $$
	END
	fails_with FORM_HELPER 'ended without an answer'
	dir=silent
	alone $dir <<<'#!/bin/true'
	fails_with FORM_HELPER 'ended without an answer'
	dir=rubbish
	for answer in '' '{' '{}' '[]' '{"ok":{}}' '{"ok":{"rare_missing":false,"lost":[{"block":48,"unseen":1,"cut":false}]}}' \
	    '{"ok":{"rare_missing":false,"lost":[{"block":-1,"unseen":1,"cut":false}]}}' '{"ok":{"rare_missing":false,"lost":[]}}'; do
		alone $dir <<-END
			#!$PYTHON
			import os, socket
			s = socket.socket(fileno=3)
			s.recvmsg(1 << 18, 64)
			s.send(b'$answer')
		END
		fails_with FORM_HELPER 'shikaku-form'
	done
}

@test "a helper that writes half a PDF, or one without end, leaves no file" {
	local what
	dir=half
	for what in 'b"%PDF-1.5 and no end"' 'b"x" * 100 + b"%%EOF\n"' 'b""' 'b"%PDF-" + b"x" * (17 << 20) + b"%%EOF\n"'; do
		alone $dir <<-END
			#!$PYTHON
			import array, os, socket
			s = socket.socket(fileno=3)
			_, control, _, _ = s.recvmsg(1 << 18, 64)
			fd = array.array("i", control[0][2])[0]
			data = $what
			while data:
			    data = data[os.write(fd, data):]
			s.send(b'{"ok":{"rare_missing":false,"lost":[]}}')
		END
		fails_with FORM_HELPER 'gave no PDF'
	done
}

@test "Ctrl-C while it is drawn leaves nothing behind" {
	dir=slow
	alone $dir <<-'END'
		#!/bin/sh
		exec sleep 30
	END
	run -130 timeout --foreground --preserve-status -s INT 0.5 "$dir/shikaku" form statement --facts facts.json -o a.pdf
	[ "$(ls)" = "$(printf '%s\n' facts.json slow)" ]
}

# to_helper PYTHON: sends the packet that the expression makes; the answer goes to stdout.
to_helper() {
	"$PYTHON" - "$BUILD/shikaku-form" "$1" <<-'PY'
	import array, json, os, socket, subprocess, sys
	ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
	helper = subprocess.Popen([sys.argv[1], "--socket", str(theirs.fileno())], pass_fds=[theirs.fileno()])
	theirs.close()
	fd = os.memfd_create("pdf")
	row = {"kind": "row", "label": "x", "beside": False, "lines": 1}
	sheet = {"title": "t", "footer": "f", "day": "2026-11-22", "blocks": [{"kind": "note", "text": "n"}]}
	packet = eval(sys.argv[2])
	if isinstance(packet, dict):
	    packet = json.dumps(packet, ensure_ascii=False).encode()
	ours.sendmsg([packet], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
	print(ours.recv(1 << 16).decode(), helper.wait(30), os.fstat(fd).st_size > 0)
	PY
}

@test "shikaku-form believes nothing it is sent" {
	[[ $(to_helper sheet) = *'"ok"'*' 0 True' ]]
	local packet
	for packet in 'b"{"' 'b"[]"' 'b"x" * 170000' '{**sheet, "file": "/tmp/x"}' '{**sheet, "blocks": []}' \
	    '{**sheet, "blocks": [{"kind": "note", "text": "a\u001bb"}]}' '{**sheet, "blocks": [{"kind": "note", "text": "\u202e"}]}' \
	    '{**sheet, "blocks": [{**row, "lines": 9}]}' '{**sheet, "blocks": [{**row, "beside": True}]}' \
	    '{**sheet, "blocks": sheet["blocks"] * 49}' '{**sheet, "title": "t" * 2101}' '{**sheet, "day": "1899-12-31"}'; do
		[[ $(to_helper "$packet") = '{"error":{"code":"MALFORMED"'*' 0 False' ]] || { echo "$packet"; to_helper "$packet"; false; }
	done
	# as much as may stand on a sheet is still one page
	[[ $(to_helper '{**sheet, "blocks": [{**row, "text": "字" * 1000, "lines": 4}] * 48}') = *'"ok"'*' 0 True' ]]
	run -2 "$BUILD/shikaku-form"
	run -2 "$BUILD/shikaku-form" --socket 0 </dev/null
}

@test "shikaku does not load the drawing libraries" {
	local library
	ldd "$SHIKAKU" >shikaku
	ldd "$BUILD/shikaku-form" >form
	grep -q libcairo form && grep -q libc.so shikaku
	for library in cairo pango fontconfig freetype; do lacks $library shikaku; done
	for library in libssl libcurl pcsc; do lacks $library form; done
}

@test "the example of docs/form.md is printed" {
	sed -n '/^```json/,/^```$/p' "$ROOT/docs/form.md" | sed '/^```/d' >facts.json
	statement --facts facts.json -o a.pdf
	words a.pdf >words
	has 架空太郎 ■国保 みほん内科御中
}

@test "form statement: a clinic that takes none says so, and makes it all the same" {
	echo "accept_statement = no" >conf
	statement --blank --text -o blank --config conf
	grep -q '^注意: この医院は申立書を受け付けない設定です(accept_statement = no)' stderr
	[ -s blank ]
	statement --facts facts.json --text -o - --config conf --lang en
	grep -q '^warning: this clinic does not take a 申立書' stderr
	grep -q 架空市 stdout
	statement --blank --text -o blank --config conf --json
	[ ! -s stderr ]
	"$PYTHON" -c 'import json; assert json.load(open("stdout"))["form"]["accepted"] is False'
	echo "accept_statement = yes" >conf
	statement --blank --text -o blank --config conf --json
	"$PYTHON" -c 'import json; assert json.load(open("stdout"))["form"]["accepted"] is True'
	statement --blank --text -o blank
	run ! grep -q accept_statement stderr
	# the others' keys are none of its own
	printf '%s\n' 'output = elsewhere' 'max-parallel = 3' 'service = offline' 'accept_statement = no' >conf
	statement --blank --text -o blank --config conf
	[ ! -e elsewhere ]
	echo "accept_statement = perhaps" >conf
	run -50 "$SHIKAKU" form statement --blank --text -o blank --config conf
}

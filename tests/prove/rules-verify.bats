#!/usr/bin/env bats
# shikaku rules verify and diff: each kind of mistake, planted, is caught and named.

bats_require_minimum_version 1.5.0
load ../cli/helper

setup() {
	export SHIKAKU_LANG=en
	RULES=$ROOT/src/rules/rules.json
	cd "$BATS_TEST_TMPDIR"
}

# plant PYTHON: draft.json is the rule file with something done to it; rule(ID) is a rule.
plant() {
	"$PYTHON" - "$RULES" draft.json "$1" <<'END'
import json, sys
doc = json.load(open(sys.argv[1], encoding="utf-8"))
def stages():
    return doc["ladder"] + doc["ratio"]
def home(id):
    return next(l for l in [doc["impossible"], doc["advice"]] + [s["rules"] for s in stages()]
                if any(r["id"] == id for r in l))
def rule(id):
    return next(r for r in home(id) if r["id"] == id)
exec(sys.argv[3])
json.dump(doc, open(sys.argv[2], "w", encoding="utf-8"), ensure_ascii=False)
END
	chmod 600 draft.json
}

# caught RULE PROPERTY: verify fails, names file, rule and property, and shows a case and a patient.
caught() {
	run "$SHIKAKU" rules verify --rules draft.json
	[ "$status" = 65 ]
	grep -q "^draft.json: $1: $2: " <<<"$output"
}

# with_patient RULE PROPERTY: the patient shown with it is one that can be decided.
with_patient() {
	grep -A2 "^draft.json: $1: $2: " <<<"$output" | grep -m1 'example: ' |
		sed 's/.*example: //' >patient.json
	[ -s patient.json ]
	run "$SHIKAKU" decide --no-trace --rules draft.json patient.json
	[ "$status" = 0 ]
}

@test "verify: the rules are sound, over more than a billion assignments" {
	run "$SHIKAKU" rules verify --boxes 1
	[ "$status" = 0 ]
	[ "$(grep -c '^  ok ' <<<"$output")" = 10 ]
	covered=$(sed -n 's/.* periods, \([0-9,]*\) assignments.*/\1/p' <<<"$output" | tr -d ,)
	[ "$covered" -gt 1000000000 ]
	grep -q 'asked until something is brought: SIT-04' <<<"$output"
	grep -q ' -TMP-3 ' <<<"$output"
	run ! grep -q 'not ok' <<<"$output"
}

@test "verify: the whole report as JSON" {
	run "$SHIKAKU" rules verify --json
	[ "$status" = 0 ]
	"$PYTHON" -c '
import json, sys
r = json.loads(sys.stdin.read())
assert r["sound"] and all(r["properties"].values()) and len(r["properties"]) == 10, r
assert sum(int(p["assignments"]) for p in r["periods"]) == int(r["assignments"])
assert r["violations"] == [] and r["patients"] > 100 and r["longest_run_of_questions"] > 0' <<<"$output"
}

@test "verify: a gap in the ratio table" {
	plant 'rule("RAT-2")["when"]["band"] = ["preschool"]; home("RAT-1").remove(rule("RAT-1")); rule("RAT-2")["id"] = "RAT-1"'
	caught FLOW-1 gap
	with_patient FLOW-1 gap
}

@test "verify: a gap in the ladder" {
	plant 'rule("FLOW-8")["when"] = {"statement": ["none"]}'
	caught - gap
	with_patient - gap
}

@test "verify: a gap of a single day" {
	plant 'rule("FLOW-8")["until"] = "2026-09-30"; rule("FLOW-8")["after"] = "expected"'
	caught - gap
	grep -q 'gap: .*(2026-10-01 .. )' <<<"$output"
	run ! grep -q 'gap: .*(2026-08-01 .. 2026-09-30)' <<<"$output"
}

@test "verify: two rules of a stage that both hold" {
	plant 'rule("DOC-7")["when"].pop("portal")'
	caught 'FLOW-4, DOC-7' overlap
	with_patient 'FLOW-4, DOC-7' overlap
}

@test "verify: the same, named as an exception with its reason, is none" {
	plant 'rule("DOC-7")["when"].pop("portal"); rule("FLOW-4")["beats"] = {"DOC-7": "the screen is newer than its PDF"}'
	run "$SHIKAKU" rules verify --rules draft.json
	[ "$status" = 0 ]
}

@test "verify: a named exception that never happens" {
	plant 'rule("FLOW-4")["beats"] = {"DOC-7": "the screen is newer than its PDF"}'
	caught 'FLOW-4, DOC-7' overlap
	grep -q 'never happens' <<<"$output"
}

@test "verify: a dead rule, and which rules decide in its place" {
	plant 'l = doc["ladder"][-1]["rules"]; l.insert(0, dict(l[0], id="FLOW-8X", when={"eligibility_certificate": ["valid"], "contradiction": ["none"]}, beats={"FLOW-8": "before it"}))'
	caught FLOW-8X dead_rule
	grep -q 'FLOW-8X: dead_rule: .*FLOW-3' <<<"$output"
}

@test "verify: advice that is never given" {
	plant 'rule("SIT-27")["when"] = {"path": ["disaster"], "disaster": ["none"]}'
	caught SIT-27 dead_rule
}

@test "verify: an impossible combination that others hold already" {
	plant 'l = doc["impossible"]; l.append(dict(l[0], id="IMP-TWICE", when=dict(l[0]["when"], statement=["given"])))'
	caught IMP-TWICE dead_rule
}

@test "verify: a question that no answer ends" {
	plant 'rule("SIT-14")["then"] = {"need": ["visit"]}'
	caught SIT-14 endless_question
	with_patient SIT-14 endless_question
}

@test "verify: a question whose last resort asks it again and again" {
	plant 'rule("SIT-08")["when"]["identity"] = ["pin_locked", "failed"]; rule("SIT-08")["then"] = {"need": ["card.identity"]}; rule("SIT-14")["when"]["identity"] = ["open"]'
	run "$SHIKAKU" rules verify --rules draft.json
	grep -q 'asked until something is brought: SIT-08' <<<"$output"
}

@test "verify: full cost on our own word alone" {
	plant 'rule("FLOW-8")["source"] = [["CONTRACT", "3"]]'
	run "$SHIKAKU" rules verify --rules draft.json
	[ "$status" = 65 ]
	grep -q 'FLOW-8' <<<"$output$stderr"
}

@test "verify: a cliff: a valid お知らせ makes it full cost" {
	plant 'l = next(s["rules"] for s in doc["ladder"] if any(r["id"] == "FLOW-5" for r in s["rules"])); l.insert(0, dict(rule("FLOW-8"), id="CLIFF", when={"notice": ["valid"], "physical_card": ["no"], "course": ["return_unchanged"]}, beats={"FLOW-5": "planted"}))'
	caught CLIFF cliff
	with_patient CLIFF cliff
	grep -q '"verdict":"insured"' <<<"$output"
}

@test "verify: a patient for what is said not to be" {
	plant 'doc["impossible"].append(dict(doc["impossible"][0], id="IMP-WRONG", when={"medium": ["none"], "notice": ["valid"]}))'
	caught IMP-WRONG impossible
	grep -A2 '^draft.json: IMP-WRONG: ' <<<"$output" | sed -n 's/^ *example: //p' >patient.json
	grep -q '"medium":"none"' patient.json
}

@test "verify: a patient for what is said not to be on a path" {
	plant 'doc["impossible"].append(dict(doc["impossible"][0], id="IMP-WRONG", when={"path": ["oral"], "band": ["elderly"], "ratio_record": ["20"]}))'
	caught IMP-WRONG impossible
}

@test "verify: examples that are not decided as they say" {
	echo '{"case": "wrong", "facts": {"visit_date": "2026-11-22"}, "expect": {"verdict": "refer"}}' >bad.ndjson
	run "$SHIKAKU" rules verify --examples bad.ndjson --json
	[ "$status" = 65 ]
	echo '{"case": "no facts"}' >bad.ndjson
	run --separate-stderr "$SHIKAKU" rules verify --examples bad.ndjson
	[ "$status" = 65 ]
	grep -q 'bad.ndjson:1' <<<"$stderr"
}

@test "verify: the examples notice 98 % of the mutants; for the others there is a patient" {
	local args=() f
	for f in "$ROOT"/tests/decide/*.ndjson; do
		args+=(--examples "$f")
	done
	run "$SHIKAKU" rules verify --min-noticed 98 "${args[@]}"
	[ "$status" = 0 ]
	grep -q '^mutants ' <<<"$output"
	# two cases notice next to nothing, and each patient that is printed is decided
	head -2 "$ROOT/tests/decide/cases.ndjson" >few.ndjson
	run --separate-stderr "$SHIKAKU" rules verify --min-noticed 98 --examples few.ndjson
	[ "$status" = 65 ]
	grep -q 'mutants' <<<"$stderr"
	grep '^    {' <<<"$output" | sed 's/^ *//' >patients.ndjson
	[ "$(wc -l <patients.ndjson)" -gt 100 ]
	run "$SHIKAKU" decide --no-trace patients.ndjson
	[ "$status" = 0 ]
}

@test "diff: two dates, with the rules that ended and a patient on each" {
	run "$SHIKAKU" rules diff 2026-07-31 2026-08-01
	[ "$status" = 0 ]
	grep -q '^insured 30% (look-up by number.* -> full cost 100% .*\[TMP-3 -> FLOW-8\]$' <<<"$output"
	grep -q 'because: TMP-3 ended 2026-07-31' <<<"$output"
	sed -n 's/^  example: //p' <<<"$output" >new.ndjson
	sed 's/"visit_date":"2026-08-01"/"visit_date":"2026-07-31"/' new.ndjson >old.ndjson
	run ! cmp -s old.ndjson new.ndjson
	"$SHIKAKU" decide --no-trace old.ndjson | sed 's/"warnings".*//' >before
	"$SHIKAKU" decide --no-trace new.ndjson | sed 's/"warnings".*//' >after
	[ "$(wc -l <before)" -gt 20 ]
	[ "$(paste before after | awk -F '\t' '$1 == $2' | wc -l)" = 0 ]
}

@test "diff: two dates with the same rules" {
	run "$SHIKAKU" rules diff 2026-09-01 2026-09-02
	[ "$status" = 0 ]
	[ "$output" = 'the decisions are the same' ]
	run "$SHIKAKU" rules diff --json 2026-09-01 2026-09-02
	[ "$output" = '{"equal":true,"changes":[],"texts":[],"words":[]}' ]
}

@test "diff: two files: a date moved, a text, a parameter" {
	plant 'rule("TMP-3")["until"] = "2027-03-31"; rule("SIT-13")["then"]["follow_up"].append("bring_card"); rule("RAT-1")["title"]["en"] = "infants"; doc["parameters"]["certificate_grace_months"] = 4'
	run "$SHIKAKU" rules diff embedded draft.json
	[ "$status" = 0 ]
	grep -q ' -> insured 30% (look-up by number.*-> TMP-3\]$' <<<"$output"
	grep -q '2026-08-01 .. 2027-03-31, .*because: TMP-3 changed' <<<"$output"
	grep -q '^+bring_card' <<<"$output"
	grep -q '^  rule RAT-1$' <<<"$output"
	grep -q '^  parameters certificate_grace_months$' <<<"$output"
	run "$SHIKAKU" rules diff embedded draft.json --on 2026-07-31
	run ! grep -q 'TMP-3' <<<"$output"
	run "$SHIKAKU" rules diff --json draft.json embedded
	"$PYTHON" -c '
import json, sys
d = json.loads(sys.stdin.read())
assert not d["equal"] and d["texts"] and d["words"]
shown = [json.loads(c["example"])["visit_date"] for c in d["changes"] if c["example"]]
assert len(shown) >= 0.8 * len(d["changes"]) and all(c["boxes"] for c in d["changes"])' <<<"$output"
}

@test "diff: what can not be compared is refused" {
	run --separate-stderr "$SHIKAKU" rules diff 2026-07-31
	[ "$status" = 2 ]
	run --separate-stderr "$SHIKAKU" rules diff 2026-07-31 "$RULES"
	[ "$status" = 2 ]
	run --separate-stderr "$SHIKAKU" rules diff --on 2026-07-31 2026-07-31 2026-08-01
	[ "$status" = 2 ]
	run --separate-stderr "$SHIKAKU" rules diff missing.json "$RULES"
	[ "$status" = 50 ]
}

@test "verify and diff: Japanese" {
	run "$SHIKAKU" rules verify --lang ja --boxes 1
	grep -q '抜けがない' <<<"$output"
	run "$SHIKAKU" rules diff --lang ja 2026-07-31 2026-08-01
	grep -q '原因: TMP-3 終了 2026-07-31' <<<"$output"
	grep -q ' かつ ' <<<"$output"
}

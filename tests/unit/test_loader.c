#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/rulebase.h"

/*
 * Every way in which a rule file can be wrong, planted in a small one; what
 * experts are likely to mistype in the real one is in test_rules.c.
 */
#define SOURCE	"\"source\": [[\"LAW\", \"1\"]], \"confidence\": \"official\", \"verified_on\": \"2026-11-22\""
#define TITLE	"\"title\": {\"ja\": \"題\", \"en\": \"title\"}"

static const char file[] =
"{\"format\": \"shikaku-rules/2\", \"edition\": \"1\", " TITLE ",\n"
"\"parameters\": {\"certificate_grace_months\": 3, \"certificate_warning_months\": 3,\n"
"  \"old_card_last_day\": \"2025-12-01\", \"phone_first_day\": \"2025-09-19\",\n"
"  \"ratio_year_start\": \"08-01\", \"stale_after_days\": 180,\n"
"  \"unknown_insurer_number\": \"77777777\", \"unknown_number\": \"777777777\",\n"
"  \"disaster_insurer_number\": \"99999999\", \"disaster_number\": \"999999999\"},\n"
"\"groups\": {\"there\": {\"fact\": \"medium\", \"in\": [\"card\", \"phone\"], \"ja\": \"有\", \"en\": \"there\"}},\n"
"\"sources\": {\"LAW\": {\"ja\": \"法\"}, \"OWN\": {\"ja\": \"私\", \"own\": true}},\n"
"\"texts\": {\"w\": {\"ja\": \"警\", \"en\": \"warning\"}, \"f\": {\"ja\": \"後\", \"en\": \"next\"}},\n"
"\"impossible\": [{\"id\": \"I\", " TITLE ", \"when\": {\"medium\": [\"card\"], \"physical_card\": [\"no\"]}, " SOURCE "}],\n"
"\"ladder\": [{\"stage\": \"1\", " TITLE ", \"rules\": [\n"
"  {\"id\": \"PATH\", " TITLE ", \"from\": \"2025-01-01\", \"until\": \"2026-01-01\", \"after\": \"expires\",\n"
"   \"when\": {\"medium\": [\"@there\"]}, \"beats\": {\"PASSED\": \"first\"},\n"
"   \"then\": {\"path\": \"oral\", \"claim\": \"current\"}, " SOURCE "},\n"
"  {\"id\": \"PASSED\", " TITLE ", \"when\": {\"medium\": {\"not\": [\"none\"]}}, \"then\": {\"need\": [\"online\"]}, " SOURCE "}]},\n"
" {\"stage\": \"8\", " TITLE ", \"residual\": true, \"rules\": [\n"
"  {\"id\": \"END\", " TITLE ", \"when\": {}, \"then\": {\"self_pay\": \"none\", \"claim\": \"none\"}, " SOURCE "}]}],\n"
"\"ratio\": [{\"stage\": \"R\", " TITLE ", \"rules\": [\n"
"  {\"id\": \"TEN\", " TITLE ", \"when\": {\"band\": [\"kouki\"]}, \"then\": {\"ratio\": 10, \"basis\": \"age\"}, " SOURCE "},\n"
"  {\"id\": \"STAFF\", " TITLE ", \"when\": {\"ratio_staff\": [\"10\", \"20\"]}, \"then\": {\"ratio\": \"ratio_staff\", \"basis\": \"staff\"}, " SOURCE "},\n"
"  {\"id\": \"ON\", " TITLE ", \"when\": {\"band\": [\"unknown\"]}, \"then\": {\"pass\": true}, " SOURCE "}]}],\n"
"\"advice\": [\n"
"  {\"id\": \"DATED\", " TITLE ", \"from\": \"2026-08-01\", \"when\": {}, \"then\": {\"warn\": [\"w@day_before\"], \"follow_up\": [\"f\"]}, " SOURCE "},\n"
"  {\"id\": \"SAID\", " TITLE ", \"when\": {}, \"then\": {\"warn\": [\"w\"], \"follow_up\": [\"f\", \"f\"]}, " SOURCE "}]}\n";

static const struct { const char *from, *to, *why; } planted[] = {
	/* the file */
	{ "{\"format\"", "{\"x\": 1, \"format\"", "rules: unknown key: x" },
	{ "\"format\": \"shikaku-rules/2\", ", "", "format is not" },
	{ "shikaku-rules/2", "shikaku-rules/3", "format is not" },
	{ "\"edition\": \"1\", ", "", "no edition" },
	{ "\"parameters\": {", "\"title\": {", "stands twice" },
	{ "\"ratio\": [{\"stage\": \"R\"", "\"ratio\": [5, {\"stage\": \"R\"", "a stage without a name" },
	{ "\"ratio\": [{\"stage\"", "\"ratio\": [{\"x\": 1, \"stage\"", "R: unknown key: x" },
	{ "\"ratio\": [{\"stage\": \"R\"", "\"ratio\": [{\"stage\": \"1\"", "a stage stands twice: 1" },
	{ "{\"stage\": \"1\", \"title\": {\"ja\": \"題\", ", "{\"stage\": \"1\", \"title\": {", "a title is missing" },
	{ "{\"stage\": \"1\", \"title\": {\"ja\": \"題\", \"en\"", "{\"stage\": \"1\", \"title\": {\"ja\": \"題\", \"fr\"", "a title is missing" },
	{ "{\"stage\": \"1\"", "{\"residual\": true, \"stage\": \"1\"", "residual stage is the last" },
	/* parameters */
	{ "\"certificate_grace_months\": 3", "\"x\": 3", "parameters: unknown key: x" },
	{ "\"old_card_last_day\": \"2025-12-01\"", "\"old_card_last_day\": 20251201", "not a date: old_card_last_day" },
	{ "\"phone_first_day\": \"2025-09-19\"", "\"phone_first_day\": \"2025-09-31\"", "line 3: parameters: not a date: 2025-09-31" },
	{ "\"unknown_insurer_number\": \"77777777\"", "\"unknown_insurer_number\": null", "digits: unknown_insurer_number" },
	{ "\"unknown_number\": \"777777777\"", "\"unknown_number\": \"7777777777\"", "digits: unknown_number" },
	{ "\"disaster_insurer_number\": \"99999999\"", "\"disaster_insurer_number\": \"9999999x\"", "digits: disaster_insurer_number" },
	{ "\"disaster_number\": \"999999999\"", "\"disaster_number\": \"\"", "digits: disaster_number" },
	{ "\"certificate_grace_months\": 3, ", "", "months are 0 to 24" },
	{ "\"certificate_grace_months\": 3", "\"certificate_grace_months\": -1", "months are 0 to 24" },
	{ "\"certificate_grace_months\": 3", "\"certificate_grace_months\": 25", "months are 0 to 24" },
	{ "\"certificate_warning_months\": 3", "\"certificate_warning_months\": \"3\"", "months are 0 to 24" },
	{ "\"certificate_warning_months\": 3", "\"certificate_warning_months\": -1", "months are 0 to 24" },
	{ "\"certificate_warning_months\": 3", "\"certificate_warning_months\": 25", "months are 0 to 24" },
	{ "\"stale_after_days\": 180", "\"stale_after_days\": \"180\"", "days are 0 to 3660" },
	{ "\"stale_after_days\": 180", "\"stale_after_days\": -1", "days are 0 to 3660" },
	{ "\"stale_after_days\": 180", "\"stale_after_days\": 3661", "days are 0 to 3660" },
	{ "\"ratio_year_start\": \"08-01\", ", "", "ratio_year_start is MM-DD" },
	{ "\"08-01\"", "\"08\"", "ratio_year_start is MM-DD" },
	{ "\"08-01\"", "\"08-32\"", "ratio_year_start is MM-DD" },
	/* groups, sources and texts */
	{ "{\"fact\": \"medium\", ", "{\"x\": 1, \"fact\": \"medium\", ", "there: unknown key: x" },
	{ "{\"fact\": \"medium\", ", "{", "a group has fact, in, ja and en" },
	{ "{\"fact\": \"medium\", ", "{\"fact\": \"media\", ", "a group has fact, in, ja and en" },
	{ "\"in\": [\"card\", \"phone\"]", "\"in\": []", "a group has fact, in, ja and en" },
	{ "\"ja\": \"有\", ", "", "a group has fact, in, ja and en" },
	{ "\"ja\": \"有\", \"en\": \"there\"", "\"ja\": \"有\"", "a group has fact, in, ja and en" },
	{ "\"in\": [\"card\", \"phone\"]", "\"in\": [\"card\", 5]", "there: unknown value" },
	{ "{\"ja\": \"法\"}", "\"法\"", "LAW: an object is missing" },
	{ "{\"ja\": \"法\"}", "{\"ja\": \"法\", \"x\": 1}", "LAW: unknown key: x" },
	{ "{\"ja\": \"法\"}", "{\"en\": \"law\"}", "LAW: a source without its title" },
	{ "{\"ja\": \"警\", ", "{", "w: a translation is missing" },
	{ "\"ja\": \"警\", \"en\": \"warning\"", "\"ja\": \"警\"", "w: a translation is missing" },
	{ "{\"ja\": \"警\", ", "{\"x\": 1, \"ja\": \"警\", ", "w: unknown key: x" },
	/* a rule */
	{ "{\"id\": \"PATH\", ", "{", "a rule without id" },
	{ "\"id\": \"PASSED\"", "\"id\": \"PATH\"", "PATH: id stands twice" },
	{ "\"id\": \"PATH\", ", "\"id\": \"PATH\", \"x\": 1, ", "line 12: PATH: unknown key: x" },
	{ "\"id\": \"PATH\", \"title\": {\"ja\": \"題\", ", "\"id\": \"PATH\", \"title\": {", "PATH: a title is missing" },
	{ "\"id\": \"PATH\", \"title\": {\"ja\": \"題\", \"en\"", "\"id\": \"PATH\", \"title\": {\"ja\": \"題\", \"fr\"", "PATH: a title is missing" },
	{ "\"confidence\": \"official\", ", "", "I: confidence" },
	{ "\"confidence\": \"official\"", "\"confidence\": \"sure\"", "I: confidence: sure" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": []", "I: no source" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": [[\"LAW\"]]", "I: a source without the place in it: LAW" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": [[\"LAW\", 1]]", "I: a source without the place in it: LAW" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": [[\"LAW\", \"\"]]", "I: a source without the place in it: LAW" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": [[5, \"1\"]]", "I: unknown source" },
	{ "\"source\": [[\"LAW\", \"1\"]]", "\"source\": [[\"LOW\", \"1\"]]", "I: unknown source: LOW" },
	{ "\"from\": \"2025-01-01\"", "\"from\": \"2025\"", "PATH: not a date: 2025" },
	{ "\"until\": \"2026-01-01\"", "\"until\": 2026", "PATH: not a date: until" },
	{ "\"verified_on\": \"2026-11-22\"", "\"verified_on\": \"never\"", "I: not a date: never" },
	{ "\"verified_on\": \"2026-11-22\"", "\"verified_on\": null", "I: no date on which its sources" },
	{ "\"until\": \"2026-01-01\"", "\"until\": \"2024-12-31\"", "PATH: ends before it begins" },
	{ "\"until\": \"2026-01-01\", ", "", "PATH: has no last day" },
	{ "\"after\": \"expires\"", "\"after\": \"whatever\"", "PATH: after its last day: expires, replaced or expected: whatever" },
	{ "\"after\": \"expires\",", "", "PATH: after its last day" },
	{ "\"beats\": {\"PASSED\"", "\"beats\": {\"END\"", "PATH: beats no later rule of its stage: END" },
	{ "\"PASSED\": \"first\"", "\"PASSED\": \"\"", "PATH: beats a rule without a reason: PASSED" },
	{ "\"PASSED\": \"first\"", "\"PASSED\": 1", "PATH: beats a rule without a reason: PASSED" },
	/* conditions */
	{ "\"when\": {\"medium\": [\"@there\"]}, ", "", "PATH: \"when\" is missing" },
	{ "[\"@there\"]", "[\"card\", \"@there\"]", "PATH: value stands twice: @there" },
	{ "[\"@there\"]", "[5]", "PATH: unknown value" },
	{ "[\"@there\"]", "[\"@here\"]", "PATH: no such group of this fact: @here" },
	{ "{\"medium\": [\"@there\"]}", "{\"chip\": [\"@there\"]}", "PATH: no such group of this fact: @there" },
	{ "[\"@there\"]", "\"card\"", "PATH: a condition is a list of values: medium" },
	{ "{\"not\": [\"none\"]}", "{\"not\": [\"none\"], \"x\": 1}", "PASSED: unknown key: x" },
	{ "{\"not\": [\"none\"]}", "{\"not\": \"none\"}", "PASSED: a condition is a list of values: medium" },
	{ "{\"not\": [\"none\"]}", "{\"not\": []}", "PASSED: a condition that is always or never true: medium" },
	{ "[\"@there\"]", "[]", "PATH: a condition that is always or never true: medium" },
	{ "{\"medium\": [\"@there\"]}", "{\"media\": [\"@there\"]}", "PATH: unknown fact: media" },
	{ "{\"medium\": [\"@there\"]}", "{\"band\": [\"kouki\"]}", "PATH: not known yet when this table is run: band" },
	/* outcomes */
	{ "\"physical_card\": [\"no\"]},", "\"physical_card\": [\"no\"]}, \"then\": {},", "I: an impossible combination has no: then" },
	{ "\"then\": {\"path\": \"oral\"", "\"then\": {\"x\": 1, \"path\": \"oral\"", "PATH: unknown key: x" },
	{ "\"then\": {\"path\": \"oral\"", "\"then\": {\"refer\": true, \"path\": \"oral\"", "PATH: more than one outcome" },
	{ "\"path\": \"oral\"", "\"path\": \"written\"", "PATH: path: written" },
	{ "\"path\": \"oral\", \"claim\": \"current\"", "\"path\": \"oral\"", "PATH: unknown claim" },
	{ "\"path\": \"oral\", \"claim\": \"current\"", "\"path\": \"oral\", \"claim\": \"now\"", "line 14: PATH: unknown claim: now" },
	{ "\"path\": \"oral\", \"claim\": \"current\"", "\"claim\": \"current\"", "PATH: \"then\" says nothing" },
	{ "\"path\": \"oral\", \"claim\": \"current\"", "\"ratio\": 30, \"basis\": \"age\"", "PATH: not an outcome of this table" },
	{ "\"path\": \"oral\", \"claim\": \"current\"", "\"pass\": true", "PATH: not an outcome of this table" },
	{ "\"self_pay\": \"none\"", "\"self_pay\": 5", "END: path: missing" },
	{ "\"self_pay\": \"none\"", "\"self_pay\": \"all\"", "END: path: all" },
	{ "\"self_pay\": \"none\", \"claim\": \"none\"}, \"source\": [[\"LAW\"", "\"self_pay\": \"none\", \"claim\": \"none\"}, \"source\": [[\"OWN\"", "END: self_pay needs a source that is not our own" },
	{ "[\"online\"]", "[]", "PASSED: \"need\" is a list of one or two facts" },
	{ "[\"online\"]", "[\"online\", \"record\", \"visit\"]", "PASSED: \"need\" is a list of one or two facts" },
	{ "[\"online\"]", "[5]", "PASSED: nobody can be asked for" },
	{ "[\"online\"]", "[\"weather\"]", "PASSED: nobody can be asked for: weather" },
	{ "\"ratio\": 10, \"basis\": \"age\"", "\"ratio\": 10", "TEN: basis: missing" },
	{ "\"ratio\": 10", "\"ratio\": 40", "TEN: a ratio is 10, 20 or 30" },
	{ "\"ratio\": 10", "\"ratio\": true", "TEN: unknown ratio" },
	{ "\"ratio\": 10", "\"ratio\": \"band\"", "TEN: unknown ratio: band" },
	{ "\"ratio\": 10", "\"ratio\": \"ratio_staff\"", "TEN: uses a ratio it does not require: ratio_staff" },
	{ "{\"pass\": true}", "{\"path\": \"oral\", \"claim\": \"current\"}", "ON: not an outcome of this table" },
	/* advice */
	{ "{\"warn\": [\"w\"]", "{\"x\": 1, \"warn\": [\"w\"]", "SAID: unknown key: x" },
	{ "{\"warn\": [\"w\"]", "{\"warn\": [\"w\", \"w\", \"w\", \"w\"]", "SAID: too many texts" },
	{ "{\"warn\": [\"w\"]", "{\"warn\": [\"v\"]", "SAID: no such text: v" },
	{ "{\"warn\": [\"w\"]", "{\"warn\": [5]", "SAID: no such text" },
	{ "{\"warn\": [\"w\"]", "{\"warn\": [\"w@doomsday\"]", "SAID: unknown date: @doomsday" },
	{ "{\"warn\": [\"w\"]", "{\"warn\": [\"w@day_before\"]", "SAID: has no first day to be before: day_before" },
	{ "[\"f\", \"f\"]", "[\"f\", \"f@day_before\"]", "SAID: has no first day to be before: day_before" },
	{ "[\"f\", \"f\"]", "[\"f\", \"g\"]", "SAID: no such text: g" },
};

static void
assert_refused(const char *text, const char *why)
{
	struct err e = ERR_INIT;

	if (rulebase_parse(text, strlen(text), &e) != NULL)
		fail_msg("taken, but should say \"%s\"", why);
	if (e.code != ERR_RULES || strstr(e.msg, why) == NULL)
		fail_msg("\"%s\" should say \"%s\"", e.msg, why);
}

/* The file with the first occurrence of one text replaced, to be freed. */
static char *
replaced(const char *from, const char *to)
{
	const char *at = strstr(file, from);
	char *s = NULL;

	if (at == NULL)
		fail_msg("not in the file: %s", from);
	assert_true(asprintf(&s, "%.*s%s%s", (int)(at - file), file, to, at + strlen(from)) > 0);
	return s;
}

static void
test_as_it_is(void **state)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse(file, strlen(file), &e);

	(void)state;
	if (rb == NULL)
		fail_msg("%s", e.msg);
	assert_int_equal(rb->set.table[TABLE_LADDER].rules, 3);
	assert_int_equal(rb->beats[TABLE_LADDER][0], 2);
	assert_int_equal(rb->words[TABLE_LADDER][0].after, AFTER_EXPIRES);
	assert_string_equal(rulebase_text(rb, "f")->en, "next");
	assert_null(rulebase_text(rb, "g"));
	rulebase_free(rb);
	rulebase_free(NULL);
}

static void
test_planted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		char *s = replaced(planted[i].from, planted[i].to);

		assert_refused(s, planted[i].why);
		free(s);
	}
}

/* What is not there has no line to name. */
static void
test_no_parameters(void **state)
{
	(void)state;
	assert_refused("{\"format\": \"shikaku-rules/2\", \"edition\": \"1\"}",
	    "parameters: an object is missing");
}

static void
test_no_table(void **state)
{
	char *s = replaced("\"ratio\": [{", "\"ratio\": [], \"x\": [{"), *x = strstr(s, "\"x\": [{");
	char *advice = strstr(s, "\"advice\"");

	(void)state;
	/* takes out what the table held */
	memmove(x, advice, strlen(advice) + 1);
	assert_refused(s, "a table is missing");
	free(s);
}

/* Too many of what there is room for: n copies of a piece with its number in it. */
static char *
many(const char *from, const char *piece, int n)
{
	struct buf b = BUF_INIT;
	char *s;

	for (int i = 0; i < n; i++) {
		const char *at = strchr(piece, '#');

		buf_addf(&b, "%.*s%d%s", (int)(at - piece), piece, i, at + 1);
	}
	buf_adds(&b, from);
	s = replaced(from, b.p);
	buf_free(&b);
	return s;
}

static void
test_too_many(void **state)
{
	static const char rule[] = "{\"id\": \"N#\", " TITLE ", \"when\": {}, \"then\": {\"refer\": true}, " SOURCE "}, ";
	static const char stage[] = "{\"stage\": \"S#\", " TITLE ", \"rules\": []}, ";
	const struct { const char *from, *piece; int fit; const char *why; } cases[] = {
		{ "{\"id\": \"PATH\"", rule, RULES_MAX - 3, "too many rules" },
		{ "\"w\": {\"ja\"", "\"t#\": {\"ja\": \"a\", \"en\": \"b\"}, ", TEXTS_MAX - 2, "too many texts" },
		/* five stages with those of the two tables that have none; advice is read last */
		{ "{\"stage\": \"1\"", stage, STAGES_MAX - 5, "too many stages" },
		{ "{\"stage\": \"1\"", stage, STAGES_MAX - 5 + 3, "too many stages" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *fits = many(cases[i].from, cases[i].piece, cases[i].fit);
		char *s = many(cases[i].from, cases[i].piece, cases[i].fit + 1);
		struct err e = ERR_INIT;
		struct rulebase *rb = rulebase_parse(fits, strlen(fits), &e);

		if (i < 3 && rb == NULL)
			fail_msg("%s", e.msg);
		rulebase_free(rb);
		assert_refused(s, cases[i].why);
		free(fits);
		free(s);
	}
}

static void
assert_not_loaded(const char *path, enum err_code code, const char *why)
{
	struct err e = ERR_INIT;

	assert_null(rulebase_load(path, &e));
	assert_int_equal(e.code, code);
	if (strstr(e.msg, path) == NULL || strstr(e.msg, why) == NULL)
		fail_msg("\"%s\" should say \"%s\" of %s", e.msg, why, path);
}

static void
write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
test_files(void **state)
{
	char dir[] = "/tmp/shikaku-loader-XXXXXX", path[64];
	const size_t large = (1 << 20) + 1;
	char *text = malloc(large);
	struct err e = ERR_INIT;
	struct rulebase *rb;

	(void)state;
	assert_non_null(text);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/rules.json", dir);
	assert_not_loaded(path, ERR_CONFIG, "cannot be read");
	assert_not_loaded(dir, ERR_RULES, "unreadable or too large");
	write_file(path, "", 0);
	assert_not_loaded(path, ERR_RULES, "");
	/* blanks after the file, up to the most that is read, and one more */
	memset(text, ' ', large);
	memcpy(text, file, strlen(file));
	write_file(path, text, large);
	assert_not_loaded(path, ERR_RULES, "unreadable or too large");
	write_file(path, text, large - 1);
	rb = rulebase_load(path, &e);
	if (rb == NULL)
		fail_msg("%s", e.msg);
	rulebase_free(rb);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_it_is),
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_no_parameters),
		cmocka_unit_test(test_no_table),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

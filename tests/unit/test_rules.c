#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "rules/rulebase.h"

extern const char rules_json[], rules_json_end[];

/* The embedded rules with the first occurrence of one text replaced. */
static char *
changed(const char *from, const char *to)
{
	const char *at = strstr(rules_json, from);
	char *s = NULL;

	if (at == NULL)
		fail_msg("not in the rules: %s", from);
	assert_true(asprintf(&s, "%.*s%s%s", (int)(at - rules_json), rules_json, to,
	    at + strlen(from)) > 0);
	return s;
}

static const struct { const char *name, *from, *to, *why; } refused[] = {
	{ "format", "shikaku-rules/2", "shikaku-rules/9", "format" },
	{ "unknown key of a rule", "\"id\": \"FLOW-1\",", "\"id\": \"FLOW-1\", \"x\": 1,", "FLOW-1: unknown key: x" },
	{ "repeated key", "\"id\": \"FLOW-1\",", "\"id\": \"FLOW-1\", \"id\": \"B\",", "stands twice" },
	{ "repeated id", "\"id\": \"PHN-1\"", "\"id\": \"FLOW-1\"", "FLOW-1: id stands twice" },
	{ "unknown fact", "\"enquiry\": [\"card_valid\"], \"medium\": [\"card\"]", "\"enquiryy\": [\"card_valid\"]", "unknown fact: enquiryy" },
	{ "unknown value", "\"enquiry\": [\"card_valid\"]", "\"enquiry\": [\"card_vaild\"]", "unknown value: card_vaild" },
	{ "unknown group", "\"certificate\": [\"@usable\"]", "\"certificate\": [\"@useable\"]", "no such group of this fact: @useable" },
	{ "a group of another fact", "\"certificate\": [\"@usable\"]", "\"certificate\": [\"@by_number\"]", "no such group" },
	{ "groups do not nest", "{\"fact\": \"certificate\", \"in\": [\"not_given\", ", "{\"fact\": \"certificate\", \"in\": [\"@in_date\", ", "usable: unknown value: @in_date" },
	{ "value twice", "\"enquiry\": [\"card_valid\"]", "\"enquiry\": [\"card_valid\", \"card_valid\"]", "value stands twice" },
	{ "empty set", "\"enquiry\": [\"card_valid\"]", "\"enquiry\": []", "always or never" },
	{ "set of everything", "\"statement\": [\"given\"]", "\"statement\": [\"given\", \"none\"]", "always or never" },
	{ "not of nothing", "{\"not\": [\"number_newer\"]}", "{\"not\": []}", "always or never" },
	{ "condition that is no list", "\"enquiry\": [\"card_valid\"]", "\"enquiry\": \"card_valid\"", "list of values" },
	{ "bad date", "\"until\": \"2024-12-01\"", "\"until\": \"2024-12-32\"", "RANGE: not a date" },
	{ "ends before it begins", "\"from\": \"2025-08-01\", \"until\": \"2025-12-01\"", "\"from\": \"2025-08-01\", \"until\": \"2025-07-01\"", "ends before it begins" },
	{ "no source", "\"source\": [[\"CONTRACT\", \"範囲外\"]]", "\"source\": []", "RANGE: no source" },
	{ "unknown source", "[[\"CONTRACT\", \"範囲外\"]]", "[[\"LOW\", \"x\"]]", "RANGE: unknown source: LOW" },
	{ "no title", "{\"ja\": \"スマホで照会して有効\", ", "{", "PHN-1: a title is missing" },
	{ "confidence", "\"confidence\": \"official\"", "\"confidence\": \"sure\"", "confidence: sure" },
	{ "unknown path", "\"path\": \"online_card\"", "\"path\": \"online_kard\"", "FLOW-1: path: online_kard" },
	{ "unknown claim", "\"path\": \"online_card\", \"claim\": \"current\"", "\"path\": \"online_card\", \"claim\": \"now\"", "unknown claim: now" },
	{ "unknown question", "{\"need\": [\"card.identity\"]}", "{\"need\": [\"card.color\"]}", "nobody can be asked" },
	{ "a ratio in the ladder", "{\"path\": \"online_card\", \"claim\": \"current\"}", "{\"ratio\": 30, \"basis\": \"age\"}", "FLOW-1: not an outcome of this table" },
	{ "a pass in the ladder", "{\"path\": \"online_card\", \"claim\": \"current\"}", "{\"pass\": true}", "FLOW-1: not an outcome of this table" },
	{ "a path in the ratio table", "{\"ratio\": 30, \"basis\": \"age\"}", "{\"path\": \"oral\", \"claim\": \"current\"}", "RAT-2: not an outcome of this table" },
	{ "two outcomes", "{\"need\": [\"card.identity\"]}", "{\"need\": [\"card.identity\"], \"refer\": true}", "SIT-08: more than one outcome" },
	{ "ratio 40", "{\"ratio\": 20, \"basis\": \"age\"}", "{\"ratio\": 40, \"basis\": \"age\"}", "10, 20 or 30" },
	{ "a ratio that may be missing", "\"band\": [\"elderly\"], \"ratio_online\": [\"10\", \"20\", \"30\"], ", "\"band\": [\"elderly\"], ", "uses a ratio it does not require" },
	{ "a ratio that may not have been asked for", "\"ratio_staff\": [\"10\", \"20\", \"30\"]}", "\"ratio_staff\": {\"not\": [\"none\"]}}", "uses a ratio it does not require: ratio_staff" },
	{ "text without a translation", "\"en\": \"the card itself has expired\"", "\"fr\": \"x\"", "card_expired: a translation" },
	{ "unknown text", "\"warn\": [\"card_expired\"]", "\"warn\": [\"card_gone\"]", "no such text: card_gone" },
	{ "unknown date of a text", "certificate_grace@grace_end", "certificate_grace@doomsday", "unknown date" },
	{ "number of months", "\"certificate_grace_months\": 3", "\"certificate_grace_months\": -3", "months" },
	{ "digits of the unknown insurer", "\"77777777\"", "\"7777777\"", "wrong number of digits" },
	{ "no date of verification", "\"confidence\": \"official\", \"verified_on\": \"2026-11-22\"", "\"confidence\": \"official\"", "no date on which its sources were verified" },
	{ "a last day without what comes after", "\"until\": \"2025-12-01\", \"after\": \"replaced\"", "\"until\": \"2025-12-01\"", "TMP-1: after its last day" },
	{ "an unknown thing to come after", "\"until\": \"2025-12-01\", \"after\": \"replaced\"", "\"until\": \"2025-12-01\", \"after\": \"maybe\"", "after its last day: expires, replaced or expected: maybe" },
	{ "something after no last day", "\"id\": \"FLOW-1\",", "\"id\": \"FLOW-1\", \"after\": \"expires\",", "FLOW-1: has no last day" },
	{ "a source without a place", "[[\"MK\", \"暗証番号・顔認証が使えない場合\"]]", "[[\"MK\", \"\"]]", "SIT-08: a source without the place in it: MK" },
	{ "self_pay on our own word", "\"claim\": \"special\"}, \"source\": [[\"TR\", \"窓口で10割\"]]", "\"claim\": \"special\"}, \"source\": [[\"CONTRACT\", \"3節\"]]", "RAT-23: self_pay needs a source that is not our own" },
	{ "a fact that comes too late", "\"when\": {\"eligibility_certificate\": [\"valid\"]}", "\"when\": {\"band\": [\"general\"]}", "FLOW-3: not known yet when this table is run: band" },
	{ "the verdict is known to advice only", "\"band\": [\"preschool\"], \"union_ratio\": [\"none\"]", "\"verdict\": [\"refer\"]", "RAT-1: not known yet" },
	{ "beats a rule of another stage", "\"id\": \"FLOW-3\",", "\"id\": \"FLOW-3\", \"beats\": {\"FLOW-8\": \"why\"},", "FLOW-3: beats no later rule of its stage: FLOW-8" },
	{ "beats without a reason", "\"id\": \"FLOW-4\",", "\"id\": \"FLOW-4\", \"beats\": {\"DOC-5\": \"\"},", "FLOW-4: beats a rule without a reason: DOC-5" },
	{ "an outcome of what can not be", "\"id\": \"IMP-CARD-1\",", "\"id\": \"IMP-CARD-1\", \"then\": {\"refer\": true},", "IMP-CARD-1: an impossible combination has no: then" },
	{ "residual before the end", "\"en\": \"old insurance card\"}, \"rules\"", "\"en\": \"old insurance card\"}, \"residual\": true, \"rules\"", "4a: the residual stage is the last one" },
	{ "two stages of one name", "{\"stage\": \"4a\"", "{\"stage\": \"4\"", "4: a stage stands twice: 4" },
	{ "a group of an unknown fact", "{\"fact\": \"certificate\", \"in\"", "{\"fact\": \"certificat\", \"in\"", "usable: a group has fact, in, ja and en" },
	{ "days until stale", "\"stale_after_days\": 183", "\"stale_after_days\": \"x\"", "days are 0 to 3660" },
	{ "cut short", "\"advice\": [", "\"advice\": ", "line" },
};

static void
test_loader_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err e = ERR_INIT;
		char *s = changed(refused[i].from, refused[i].to);
		struct rulebase *rb = rulebase_parse(s, strlen(s), &e);

		if (rb != NULL || e.code != ERR_RULES || strstr(e.msg, refused[i].why) == NULL)
			fail_msg("%s: \"%s\" should say \"%s\"", refused[i].name, e.msg, refused[i].why);
		free(s);
	}
}

static int
line_at(const char *from)
{
	int line = 1;

	for (const char *p = rules_json; p < strstr(rules_json, from); p++)
		line += *p == '\n';
	return line;
}

static void
test_errors_name_the_line(void **state)
{
	static const struct { const char *name, *from, *to, *line_of; } cases[] = {
		{ "a value", "\"enquiry\": [\"card_valid\"]", "\"enquiry\": [\"card_vaild\"]", "\"id\": \"FLOW-1\"" },
		{ "a rule far down", "\"claim\": \"none\"}", "\"claim\": \"nil\"}", "\"id\": \"FLOW-8\"" },
		{ "a text", "\"en\": \"the card itself has expired\"", "\"fr\": \"x\"", "\"card_expired\": {" },
		{ "broken JSON", "\"advice\": [", "\"advice\": [,", "\"advice\": [" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		char *s = changed(cases[i].from, cases[i].to), want[32];

		assert_null(rulebase_parse(s, strlen(s), &e));
		snprintf(want, sizeof(want), "line %d: ", line_at(cases[i].line_of));
		if (strncmp(e.msg, want, strlen(want)) != 0)
			fail_msg("%s: \"%s\" should begin with \"%s\"", cases[i].name, e.msg, want);
		free(s);
	}
}

/* A combination declared impossible is refused when it comes all the same. */
static void
test_impossible_is_refused(void **state)
{
	char *s = changed("\"when\": {\"medium\": {\"not\": [\"card\"]}, \"physical_card\": {\"not\": [\"no\"]}}",
	    "\"when\": {\"medium\": [\"none\"], \"absent_because\": [\"lost\"]}");
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse(s, strlen(s), &e);
	struct decision d;
	struct facts f;

	(void)state;
	assert_non_null(rb);
	facts_init(&f, date_from_ymd(2026, 11, 22));
	f.card.medium = MEDIUM_NONE;
	f.card.absent_because = ABSENT_FORGOTTEN;
	decide(&rb->set, &f, &d);
	assert_int_equal(d.impossible, -1);
	assert_int_equal(d.verdict, V_VERDICT_NEED);
	f.card.absent_because = ABSENT_LOST;
	decide(&rb->set, &f, &d);
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_string_equal(rb->words[TABLE_IMPOSSIBLE][d.impossible].id, "IMP-CARD-1");
	rulebase_free(rb);
	free(s);
}

/* The trace is written without escaping the words of facts and values. */
static void
test_words_need_no_escape(void **state)
{
	(void)state;
	for (int f = 0; f < F_MAX; f++)
		for (int v = -1; v < fact_values((enum fact)f); v++) {
			const struct words *w = v < 0 ? fact_words((enum fact)f) : value_words((enum fact)f, v);

			assert_null(strpbrk(w->ja, "\"\\\n\t"));
			assert_null(strpbrk(w->en, "\"\\\n\t"));
		}
}

static void
test_loader_accepts_a_date(void **state)
{
	char *s = changed("\"until\": \"2026-07-31\"", "\"until\": \"2026-09-30\"");
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_parse(s, strlen(s), &e), *own = rulebase_embedded(&e);

	(void)state;
	assert_non_null(rb);
	assert_non_null(own);
	assert_string_not_equal(rb->digest, own->digest);
	rulebase_free(rb);
	rulebase_free(own);
	free(s);
}

static void
test_loader_refuses_writable_file(void **state)
{
	static const struct { mode_t mode; enum err_code want; } cases[] = {
		{ 0600, ERR_NONE }, { 0644, ERR_NONE }, { 0664, ERR_PERMISSION },
		{ 0606, ERR_PERMISSION },
	};
	char path[64];
	int fd;
	const size_t n = (size_t)(rules_json_end - rules_json);

	(void)state;
	snprintf(path, sizeof(path), "/tmp/shikaku-rules-%d", (int)getpid());
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, rules_json, n), n);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct rulebase *rb;

		assert_int_equal(fchmod(fd, cases[i].mode), 0);
		rb = rulebase_load(path, &e);
		assert_int_equal(e.code, cases[i].want);
		rulebase_free(rb);
	}
	close(fd);
	unlink(path);
}

/*
 * Every combination of a few answers, each decided whole and again with one
 * answer taken back: what was decided without it must still hold with it.
 */
static void
random_facts(struct facts *f, unsigned long long n)
{
	static const int births[] = { 3700, -13000, -5700, -15000, -6500, 18000, FACT_UNASKED };
	struct facts fresh;

	facts_init(&fresh, date_from_ymd(2026, 11, 22) - (int)(n % 5) * 120);
	*f = fresh;
#define PICK(k) (int)((n = n * 6364136223846793005ULL + 1442695040888963407ULL) >> 33) % (k)
	f->birthdate = births[PICK(7)];
	f->visit = PICK(2);
	f->card.medium = PICK(3);
	f->card.read = PICK(4);
	f->card.identity = PICK(5);
	f->card.registered = PICK(3);
	f->online.presence = PICK(2) ? PRESENT : FACT_ABSENT;
	f->online.outcome = PICK(2) ? OUTCOME_ANSWERED : PICK(5);
	f->online.by = PICK(2);
	f->online.validity = 1 + PICK(6);
	for (int i = 0; i < DOC_MAX; i++)
		f->document[i].presence = PICK(2) ? PRESENT : FACT_ABSENT;
	f->document[0].copay_percent = PICK(2) ? 20 : FACT_ABSENT;
	f->record.presence = PICK(2) ? PRESENT : FACT_ABSENT;
	f->record.confirmed_on = f->visit_date - PICK(400);
	f->record.copay_percent = 20;
	f->record.unchanged = PICK(2);
	f->statement.presence = PICK(2) ? PRESENT : FACT_ABSENT;
	f->statement.copay_percent = PICK(2) ? 20 : FACT_ABSENT;
	f->copay_percent = PICK(2) ? 20 : FACT_ABSENT;
}

static void
take_back(struct facts *f, int which)
{
	switch (which) {
	case 0: f->birthdate = FACT_UNASKED; break;
	case 1: f->visit = FACT_UNASKED; break;
	case 2: f->record.presence = FACT_UNASKED; f->record.unchanged = FACT_UNASKED; break;
	case 3: f->statement.presence = FACT_UNASKED; break;
	case 4: f->record.unchanged = FACT_UNASKED; break;
	default: f->document[which - 5].presence = FACT_UNASKED; break;
	}
}

static void
test_an_answer_left_out_never_mattered(void **state)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	long settled = 0;

	(void)state;
	assert_non_null(rb);
	for (unsigned long long n = 1; n <= 200000; n++) {
		struct facts whole, part;
		struct decision a, b;

		random_facts(&whole, n * 7919);
		decide(&rb->set, &whole, &a);
		part = whole;
		take_back(&part, (int)(n % 10));
		decide(&rb->set, &part, &b);
		/* on online paths the 申立書 is never asked for, so it is new evidence */
		if (b.verdict == V_VERDICT_NEED || (n % 10 == 3 && a.basis == V_BASIS_STATEMENT &&
		    (a.path == V_PATH_ONLINE_CARD || a.path == V_PATH_ONLINE_PHONE ||
		    a.path == V_PATH_ONLINE_NUMBER)))
			continue;
		settled++;
		if (a.verdict != b.verdict || a.path != b.path || a.percent != b.percent ||
		    a.basis != b.basis)
			fail_msg("case %llu: the fact left out (%d) mattered", n, (int)(n % 10));
	}
	assert_true(settled > 50000);
	print_message("# %ld of 200000 were settled without the fact\n", settled);
	rulebase_free(rb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loader_refuses), cmocka_unit_test(test_loader_accepts_a_date),
		cmocka_unit_test(test_errors_name_the_line), cmocka_unit_test(test_impossible_is_refused),
		cmocka_unit_test(test_words_need_no_escape),
		cmocka_unit_test(test_loader_refuses_writable_file),
		cmocka_unit_test(test_an_answer_left_out_never_mattered),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}

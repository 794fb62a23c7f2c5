/*
 * libshikaku as a program that embeds it sees it: the engine, and what may be
 * done wrong.  The card is in test_lib_card.c, the client in
 * tests/cli/library.bats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <shikaku/card.h>
#include <shikaku/certificate.h>
#include <shikaku/client.h>
#include <shikaku/decide.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static void
assert_error(const struct shikaku_error *e, const char *code, int tries_left)
{
	if (strcmp(e->code, code) != 0 || e->tries_left != tries_left)
		fail_msg("%s, %d tries, not %s, %d: %s", e->code, e->tries_left, code, tries_left,
		    e->message);
	assert_true(e->exit_status > 0);
	assert_true(*shikaku_error_text(e, SHIKAKU_JA) != '\0');
}

static const char insured[] = "{\"visit_date\":\"2026-11-22\",\"birthdate\":\"1980-02-17\","
    "\"card\":{\"medium\":\"card\",\"read\":\"ok\"},\"online\":{\"outcome\":\"answered\","
    "\"by\":\"card\",\"QualificationValidity\":\"1\",\"results\":[{\"InsurerNumber\":"
    "\"06132013\",\"InsuredCardClassification\":\"01\"}]}}";

static struct shikaku_rules *
rules(void)
{
	struct shikaku_rules *r = shikaku_rules_embedded(NULL);

	assert_non_null(r);
	return r;
}

static void
test_decides(void **state)
{
	struct shikaku_rules *r = rules();
	struct shikaku_verdict *v = shikaku_decide(r, insured, strlen(insured), NULL, NULL);

	(void)state;
	assert_non_null(v);
	assert_int_equal(shikaku_verdict_kind(v), SHIKAKU_INSURED);
	assert_int_equal(shikaku_verdict_copay_percent(v), 30);
	assert_false(shikaku_verdict_provisional(v));
	assert_string_equal(shikaku_verdict_string(v, "path"), "online_card");
	assert_string_equal(shikaku_verdict_string(v, "claim.insurer_number"), "06132013");
	assert_string_equal(shikaku_verdict_string(v, "rules.edition"), shikaku_rules_edition(r));
	assert_string_equal(shikaku_verdict_string(v, "rules.digest"), shikaku_rules_digest(r));
	assert_null(strchr(shikaku_verdict_json(v), '\n'));
	assert_null(strstr(shikaku_verdict_json(v), "\"trace\""));
	shikaku_verdict_free(v);
	shikaku_rules_free(r);
}

static void
test_what_is_not_there_is_null(void **state)
{
	static const char *const paths[] = { "", ".", "claim.", "claim", "claim.symbol",
		"claim.symbol.x", "copay_percent", "need.0", "need.x", "need.00000", "nothing",
		"path.0" };
	struct shikaku_rules *r = rules();
	struct shikaku_verdict *v = shikaku_decide(r, insured, strlen(insured), NULL, NULL);

	(void)state;
	for (size_t i = 0; i < N(paths); i++)
		if (shikaku_verdict_string(v, paths[i]) != NULL ||
		    shikaku_verdict_count(v, paths[i]) != 0)
			fail_msg("%s", paths[i]);
	shikaku_verdict_free(v);
	shikaku_rules_free(r);
}

static void
test_options(void **state)
{
	static const char facts[] = "{\"visit_date\":\"2026-11-22\",\"birthdate\":\"1980-02-17\"}";
	const struct shikaku_decide_options english = { .language = SHIKAKU_EN };
	const struct shikaku_decide_options none = { .assume_none = true, .trace = true };
	struct shikaku_rules *r = rules();
	struct shikaku_verdict *v = shikaku_decide(r, facts, strlen(facts), &english, NULL);

	(void)state;
	assert_int_equal(shikaku_verdict_kind(v), SHIKAKU_NEED);
	assert_int_equal(shikaku_verdict_copay_percent(v), 0);
	assert_int_equal(shikaku_verdict_count(v, "need"), 1);
	assert_string_equal(shikaku_verdict_string(v, "need.0.fact"), "card.medium");
	assert_string_equal(shikaku_verdict_string(v, "need.0.question"),
	    "Is there a My Number card or phone?");
	shikaku_verdict_free(v);
	v = shikaku_decide(r, facts, strlen(facts), &none, NULL);
	assert_int_equal(shikaku_verdict_kind(v), SHIKAKU_SELF_PAY);
	assert_int_equal(shikaku_verdict_copay_percent(v), 100);
	assert_true(shikaku_verdict_count(v, "trace") > 30);
	shikaku_verdict_free(v);
	shikaku_rules_free(r);
}

static void
test_bad_facts(void **state)
{
	static const struct {
		const char	*facts;
		const char	*message;
	} cases[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "{", NULL },
		{ "[]", "must be a JSON object" },
		{ "{\"vist\":\"first\"}", "vist: unknown key" },
		{ "{\"v\\nx\":1}", NULL },
		{ "{}", "visit_date: is required" },
		{ "{\"visit_date\":\"2026-02-30\"}",
		    "visit_date: must be a date YYYY-MM-DD between 1900 and 2100" },
		{ "{\"visit_date\":\"2026-11-22\",\"birthdate\":\"2026-11-23\"}",
		    "birthdate: is after the visit" },
	};
	struct shikaku_rules *r = rules();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct shikaku_error e = { .exit_status = 0 };
		const char *facts = cases[i].facts;

		assert_null(shikaku_decide(r, facts, facts != NULL ? strlen(facts) : 9, NULL, &e));
		assert_error(&e, "MALFORMED", -1);
		assert_int_equal(e.exit_status, 65);
		assert_false(shikaku_error_retryable(&e));
		assert_null(strchr(e.message, '\n'));
		if (cases[i].message != NULL)
			assert_string_equal(e.message, cases[i].message);
	}
	assert_null(shikaku_decide(r, "{", 1, NULL, NULL));
	shikaku_rules_free(r);
}

static void
test_bad_rules(void **state)
{
	struct shikaku_error e;

	(void)state;
	assert_null(shikaku_rules_parse("{}", 2, &e));
	assert_error(&e, "RULES", -1);
	assert_null(shikaku_rules_parse("{", 1, NULL));
	assert_null(shikaku_rules_load("no/such/file", &e));
	assert_error(&e, "CONFIG", -1);
}

static void
test_client_without_files(void **state)
{
	static const struct shikaku_service services[] = {
		{ NULL, NULL, NULL, NULL },
		{ "https://localhost:1", "no/such.pem", "no/such.key", "no/such.pem" },
		{ "http://localhost:1", "no/such.pem", "no/such.key", "no/such.pem" },
		{ "localhost", "no/such.pem", "no/such.key", "no/such.pem" },
	};

	(void)state;
	for (size_t i = 0; i < N(services); i++) {
		struct shikaku_client *c;
		struct shikaku_error e;

		assert_int_equal(shikaku_client_open(&c, &services[i], &e), -1);
		assert_null(c);
		assert_error(&e, "CONFIG", -1);
		assert_int_equal(e.exit_status, 50);
	}
}

static void
test_nothing_may_be_freed(void **state)
{
	(void)state;
	shikaku_rules_free(NULL);
	shikaku_verdict_free(NULL);
	shikaku_card_close(NULL);
	shikaku_anchors_free(NULL);
	shikaku_client_close(NULL);
	shikaku_answer_free(NULL);
	assert_string_not_equal(shikaku_version(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decides),
		cmocka_unit_test(test_what_is_not_there_is_null),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_facts),
		cmocka_unit_test(test_bad_rules),
		cmocka_unit_test(test_client_without_files),
		cmocka_unit_test(test_nothing_may_be_freed),
	};

	return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}

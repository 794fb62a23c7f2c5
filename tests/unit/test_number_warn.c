#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "decide/verdict_out.h"

static struct rulebase *rb;

static int
load_rules(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	rb = rulebase_embedded(&e);
	return rb != NULL ? 0 : -1;
}

static int
free_rules(void **state)
{
	(void)state;
	rulebase_free(rb);
	return 0;
}

/* The numbers of one visit by source, and the warning's detail; NULL: no warning. */
struct warn_case {
	const char	*name;
	const char	*answer, *certificate, *notice, *record;
	bool		 public;
	const char	*ja, *en;
};

static struct facts
facts_of(const struct warn_case *c)
{
	struct facts f;

	facts_init(&f, 0);
	facts_assume_none(&f);
	if (c->answer != NULL)
		f.online.presence = PRESENT;
	if (c->public)
		f.online.result.card_class = CLASS_PUBLIC_ASSISTANCE;
	f.online.result.id.insurer_number = c->answer;
	if (c->certificate != NULL)
		f.document[DOC_ELIGIBILITY_CERTIFICATE].presence = PRESENT;
	f.document[DOC_ELIGIBILITY_CERTIFICATE].id.insurer_number = c->certificate;
	if (c->notice != NULL)
		f.document[DOC_NOTICE].presence = PRESENT;
	f.document[DOC_NOTICE].id.insurer_number = c->notice;
	if (c->record != NULL)
		f.record.presence = PRESENT;
	f.record.id.insurer_number = c->record;
	return f;
}

static int
check_said(const struct warn_case *c, bool ja)
{
	const char *want = ja ? c->ja : c->en;
	const struct facts f = facts_of(c);
	struct number_warning w;
	struct said list[SAID_MAX];
	int n = 0;

	number_warn(rb, &f, ja, &w, list, &n);
	if (want == NULL ? n == 0 : n == 1 && strcmp(list[0].code, "insurer_number_check") == 0 &&
	    strcmp(list[0].detail, want) == 0)
		return 0;
	print_error("failed: %s: %s\n", c->name, n > 0 ? list[0].detail : "no warning");
	return 1;
}

static void
test_warnings(void **state)
{
	static const struct warn_case cases[] = {
		{ .name = "no number" },
		{ .name = "good numbers", .answer = "06132013", .certificate = "０６１３２０１３",
		    .notice = "00138016", .record = "  138016" },
		{ .name = "placeholders", .answer = "77777777", .certificate = "77777779",
		    .record = "99999999" },
		{ .name = "blank", .answer = "　", .record = "" },
		{ .name = "公費負担者番号", .answer = "12131017", .public = true },
		{ .name = "the same where none is expected", .answer = "12131017",
		    .ja = "応答の12131017は法別番号が知られていない",
		    .en = "answer 12131017 (unknown 法別番号)" },
		{ .name = "as given, without its blanks", .certificate = " ６０１３２０１３　",
		    .ja = "資格確認書の６０１３２０１３は検証番号が合わない(06132013か63132013か)",
		    .en = "資格確認書 ６０１３２０１３ (wrong check digit): 06132013 or 63132013?" },
		{ .name = "the same twice", .answer = "60132013", .record = "６０１３２０１３",
		    .ja = "応答の60132013は検証番号が合わない(06132013か63132013か)",
		    .en = "answer 60132013 (wrong check digit): 06132013 or 63132013?" },
		{ .name = "two", .answer = "60132013", .certificate = "06132013",
		    .record = "6132013",
		    .ja = "応答の60132013は検証番号が合わない(06132013か63132013か)、"
		    "記録の番号は6桁か8桁の数字でない(06132013か)",
		    .en = "answer 60132013 (wrong check digit): 06132013 or 63132013?; "
		    "record (not 6 or 8 digits): 06132013?" },
		{ .name = "another source's before a swap", .answer = "60132013",
		    .record = "63132013",
		    .ja = "応答の60132013は検証番号が合わない(63132013か06132013か)",
		    .en = "answer 60132013 (wrong check digit): 63132013 or 06132013?" },
		{ .name = "a prefecture", .notice = "06482012",
		    .ja = "資格情報のお知らせの06482012は都道府県番号がない",
		    .en = "資格情報のお知らせ 06482012 (no such prefecture)" },
		{ .name = "not to be shown", .record = "123456789012",
		    .ja = "記録の番号は6桁か8桁の数字でない", .en = "record (not 6 or 8 digits)" },
		{ .name = "text", .record = "組合\xff", .ja = "記録の番号は6桁か8桁の数字でない",
		    .en = "record (not 6 or 8 digits)" },
	};
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		failed += check_said(&cases[i], true) + check_said(&cases[i], false);
	assert_int_equal(failed, 0);
}

/* Seven different wrong numbers with three candidates each, written wide: there is room. */
static void
test_longest(void **state)
{
	static const char *const numbers[] = { "０６１３２０１０", "０６１３２０１１", "０６１３２０１２",
		"０６１３２０１４", "０６１３２０１５", "０６１３２０１６", "０６１３２０１７" };
	struct number_warning w;
	struct said list[SAID_MAX];
	struct facts f;
	int n = 0;

	(void)state;
	facts_init(&f, 0);
	f.online.presence = f.record.presence = PRESENT;
	f.online.result.id.insurer_number = numbers[0];
	f.record.id.insurer_number = numbers[1];
	for (int k = 0; k < DOC_MAX; k++) {
		f.document[k].presence = PRESENT;
		f.document[k].id.insurer_number = numbers[2 + k];
	}
	for (int ja = 0; ja < 2; ja++) {
		n = 0;
		number_warn(rb, &f, ja, &w, list, &n);
		assert_int_equal(n, 1);
		assert_true(strlen(w.text) < sizeof(w.text) - 100);
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			assert_non_null(strstr(w.text, numbers[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_warnings), cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests_name("number_warn", tests, load_rules, free_rules);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/number.h"

static int failures;

static void
check(bool good, const char *what, const char *name)
{
	if (!good) {
		failures++;
		print_error("failed: %s: %s\n", what, name);
	}
}

/* Before each test. */
static int
no_failures(void **state)
{
	(void)state;
	failures = 0;
	return 0;
}

struct insurer_case {
	const char		*in;
	enum number_fault	 fault;
	const char		*digits;
	int			 law, prefecture;
};

static void
check_insurers(const struct insurer_case *c, size_t n,
    enum number_fault (*parse)(const char *, struct number *))
{
	for (size_t i = 0; i < n; i++) {
		struct number got;

		check(parse(c[i].in, &got) == c[i].fault, "fault", c[i].in);
		if (c[i].digits == NULL)
			continue;
		check(strcmp(got.digits, c[i].digits) == 0, "digits", c[i].in);
		check(got.law == c[i].law && got.prefecture == c[i].prefecture, "parts", c[i].in);
	}
	assert_int_equal(failures, 0);
}
#define COUNT(a) (sizeof(a) / sizeof(a[0]))

static void
test_num_1_eight_digits(void **state)
{
	static const struct insurer_case cases[] = {
		{ "33120015", NUMBER_GOOD, "33120015", 33, 12 },
		{ "39280003", NUMBER_GOOD, "39280003", 39, 28 },
		{ "06010391", NUMBER_GOOD, "06010391", 6, 1 },
		{ "06132013", NUMBER_GOOD, "06132013", 6, 13 },
		{ "０６１３２０１３", NUMBER_GOOD, "06132013", 6, 13 },
		{ "06１３2013", NUMBER_GOOD, "06132013", 6, 13 },
		{ " 06132013\t", NUMBER_GOOD, "06132013", 6, 13 },
		{ "\u300006132013\u00a0", NUMBER_GOOD, "06132013", 6, 13 },
		{ "\u00a006132013", NUMBER_GOOD, "06132013", 6, 13 },
		{ "", NUMBER_NONE, "", 0, 0 },
		{ " \u3000", NUMBER_NONE, "", 0, 0 },
		{ "0613201", NUMBER_FORM, "0613201", 0, 0 },
		{ "061320130", NUMBER_FORM, "061320130", 0, 0 },
		{ "06132013061320130613", NUMBER_FORM, "", 0, 0 },
		{ "06 132013", NUMBER_FORM, "", 0, 0 },
		{ "06-132013", NUMBER_FORM, "", 0, 0 },
		{ "0613201x", NUMBER_FORM, "", 0, 0 },
		{ "0613201\xef\xbc", NUMBER_FORM, "", 0, 0 },
		{ "0613201\xef\xbc\x9a", NUMBER_FORM, "", 0, 0 },	/* U+FF1A */
		{ "0613201\xef\xbc\x8f", NUMBER_FORM, "", 0, 0 },	/* U+FF0F */
		{ "0613201\xef\xbd\x91", NUMBER_FORM, "", 0, 0 },	/* U+FF51 */
		{ "組合健保", NUMBER_FORM, "", 0, 0 },
		{ "\xff", NUMBER_FORM, "", 0, 0 },
	};
	struct number got;

	(void)state;
	assert_int_equal(number_insurer(NULL, &got), NUMBER_NONE);
	check_insurers(cases, COUNT(cases), number_insurer);
}

/* Of the laws 01 to 99 those in the ranges are known, and no other. */
static void
check_laws(const int (*known)[2], size_t n,
    enum number_fault (*parse)(const char *, struct number *))
{
	bool expect[100] = { false };
	char s[32];

	for (size_t i = 0; i < n; i++)
		for (int law = known[i][0]; law <= known[i][1]; law++)
			expect[law] = true;
	for (int law = 1; law < 100; law++) {
		struct number got;
		enum number_fault fault = NUMBER_CHECK_DIGIT;

		for (int cd = 0; cd < 10 && fault == NUMBER_CHECK_DIGIT; cd++) {
			snprintf(s, sizeof(s), "%02d13001%d", law, cd);
			fault = parse(s, &got);
		}
		check(fault == (expect[law] ? NUMBER_GOOD : NUMBER_LAW), "law", s);
		check(got.law == law, "part", s);
	}
	assert_int_equal(failures, 0);
}

static void
test_num_1_laws(void **state)
{
	static const int known[][2] = { { 1, 4 }, { 6, 7 }, { 31, 34 }, { 39, 39 }, { 63, 63 },
		{ 67, 67 }, { 72, 75 } };

	(void)state;
	check_laws(known, COUNT(known), number_insurer);
}

static void
test_out_2_public_laws(void **state)
{
	static const int known[][2] = { { 10, 30 }, { 51, 54 }, { 66, 66 }, { 80, 89 } };

	(void)state;
	check_laws(known, COUNT(known), number_public_payer);
}

static void
test_num_2_six_digits_and_padding(void **state)
{
	static const struct insurer_case cases[] = {
		{ "138016", NUMBER_GOOD, "138016", 0, 13 },
		{ "00138016", NUMBER_GOOD, "138016", 0, 13 },
		{ "  138016", NUMBER_GOOD, "138016", 0, 13 },
		{ "　　１３８０１６", NUMBER_GOOD, "138016", 0, 13 },
		{ "００１３８０１６", NUMBER_GOOD, "138016", 0, 13 },
		{ "0138016", NUMBER_FORM, "0138016", 0, 0 },
		{ "13801", NUMBER_FORM, "13801", 0, 0 },
	};

	(void)state;
	check_insurers(cases, COUNT(cases), number_insurer);
	assert_false(number_differs("138016", "00138016"));
	assert_false(number_differs("  138016", "１３８０１６"));
}

static void
test_num_3_check_digit(void **state)
{
	static const struct insurer_case cases[] = {
		{ "33120014", NUMBER_CHECK_DIGIT, "33120014", 33, 12 },
		{ "39280013", NUMBER_CHECK_DIGIT, "39280013", 39, 28 },
		{ "06013091", NUMBER_CHECK_DIGIT, "06013091", 6, 1 },
		{ "138017", NUMBER_CHECK_DIGIT, "138017", 0, 13 },
		{ "00138017", NUMBER_CHECK_DIGIT, "138017", 0, 13 },
	};

	(void)state;
	check_insurers(cases, COUNT(cases), number_insurer);
}

/* Beside the check digit, both faults at once: the check digit is named. */
static void
test_num_5_prefectures(void **state)
{
	char s[32];

	(void)state;
	for (int p = 0; p < 100; p++) {
		const enum number_fault want = p >= 1 && p <= 47 ? NUMBER_GOOD : NUMBER_PREFECTURE;
		enum number_fault fault = NUMBER_CHECK_DIGIT;
		struct number got;

		for (int cd = 0; cd < 10 && fault == NUMBER_CHECK_DIGIT; cd++) {
			snprintf(s, sizeof(s), "06%02d201%d", p, cd);
			fault = number_insurer(s, &got);
		}
		check(fault == want, "8 digits", s);
		fault = NUMBER_CHECK_DIGIT;
		for (int cd = 0; cd < 10 && fault == NUMBER_CHECK_DIGIT; cd++) {
			snprintf(s, sizeof(s), "%02d801%d", p, cd);
			fault = number_insurer(s, &got);
		}
		check(fault == want, "6 digits", s);
	}
	assert_int_equal(failures, 0);
}

static void
test_num_4_scheme(void **state)
{
	static const struct { const char *in; enum scheme want; } cases[] = {
		{ "138016", SCHEME_KOKUHO }, { "00138016", SCHEME_KOKUHO },
		{ " 138016 ", SCHEME_KOKUHO }, { "１３８０１６", SCHEME_KOKUHO },
		{ "390013", SCHEME_KOKUHO },	/* 高知, not 後期 */
		{ "00390013", SCHEME_KOKUHO },
		{ "133033", SCHEME_KOKUHO_UNION }, { "１３３０３３", SCHEME_KOKUHO_UNION },
		{ "132999", SCHEME_KOKUHO }, { "133000", SCHEME_KOKUHO_UNION },
		{ "133999", SCHEME_KOKUHO_UNION }, { "134000", SCHEME_KOKUHO },
		{ "39131016", SCHEME_KOUKI }, { "３９１３１０１６", SCHEME_KOUKI },
		{ "\u300039131016\u3000", SCHEME_KOUKI },
		{ "39131017", SCHEME_KOUKI },	/* a wrong check digit decides as ever */
		{ "06132013", SCHEME_OTHER }, { "99132013", SCHEME_OTHER },
		{ "31130016", SCHEME_OTHER },
		{ "77777777", SCHEME_UNKNOWN }, { "77777779", SCHEME_UNKNOWN },
		{ "99999999", SCHEME_UNKNOWN }, { "９９９９９９９９", SCHEME_UNKNOWN },
		{ "", SCHEME_UNKNOWN }, { " ", SCHEME_UNKNOWN }, { "3913101", SCHEME_UNKNOWN },
		{ "391310161", SCHEME_UNKNOWN }, { "3913101x", SCHEME_UNKNOWN },
		{ "39 131016", SCHEME_UNKNOWN },
	};

	(void)state;
	assert_int_equal(number_scheme(NULL), SCHEME_UNKNOWN);
	for (size_t i = 0; i < COUNT(cases); i++)
		check(number_scheme(cases[i].in) == cases[i].want, "scheme", cases[i].in);
	assert_int_equal(failures, 0);
}

static void
test_num_6_public_expense(void **state)
{
	static const struct insurer_case cases[] = {
		{ "12131017", NUMBER_GOOD, "12131017", 12, 13 },
		{ "１２１３１０１７", NUMBER_GOOD, "12131017", 12, 13 },
		{ "12131018", NUMBER_CHECK_DIGIT, "12131018", 12, 13 },
		{ "06132013", NUMBER_LAW, "06132013", 6, 13 },
		{ "131017", NUMBER_FORM, "131017", 0, 0 },
		{ "", NUMBER_NONE, "", 0, 0 },
	};
	static const struct { const char *in; enum number_fault want; } recipients[] = {
		{ "1234566", NUMBER_GOOD }, { "１２３４５６６", NUMBER_GOOD },
		{ "1234567", NUMBER_CHECK_DIGIT }, { "", NUMBER_NONE },
		{ "12345", NUMBER_GOOD }, { "架空-A12", NUMBER_GOOD },
		{ "123456789012345678901234567890", NUMBER_GOOD },
		{ "1234567890123456789012345678901", NUMBER_FORM },
		{ "ああああああああああああああああああああああああああああああ", NUMBER_GOOD },
		{ "A\xff", NUMBER_FORM },
	};
	struct number got;

	(void)state;
	for (size_t i = 0; i < COUNT(recipients); i++)
		check(number_public_recipient(recipients[i].in) == recipients[i].want, "recipient",
		    recipients[i].in);
	assert_int_equal(number_public_recipient(NULL), NUMBER_NONE);
	assert_int_equal(number_public_payer(NULL, &got), NUMBER_NONE);
	check_insurers(cases, COUNT(cases), number_public_payer);
}

static void
test_num_7_symbol_and_number(void **state)
{
	static const struct { enum number_part part; const char *a, *b; bool differ; } cases[] = {
		{ PART_SYMBOL, "12-34", "１２－３４", false },
		{ PART_SYMBOL, "12-34", "12‐34", false }, { PART_SYMBOL, "12-34", "12–34", false },
		{ PART_SYMBOL, "12-34", "12—34", false }, { PART_SYMBOL, "12-34", "12―34", false },
		{ PART_SYMBOL, "12-34", "12−34", false }, { PART_SYMBOL, "12-34", "12ー34", false },
		{ PART_SYMBOL, "12-34", "12ｰ34", false }, { PART_SYMBOL, "12-34", "12─34", false },
		{ PART_SYMBOL, "12-34", "12 - 34", false }, { PART_SYMBOL, "12-34", "1234", true },
		{ PART_SYMBOL, "12-34", "12・34", true }, { PART_SYMBOL, "12-34", "12一34", true },
		{ PART_SYMBOL, "架空 け ん", "架空　けん", false },
		{ PART_SYMBOL, "ｶﾞｲｺｳ", "ガイコウ", false }, { PART_SYMBOL, "ガイコウ", "カイコウ", true },
		{ PART_SYMBOL, "けん", "ケン", true }, { PART_SYMBOL, "コー1", "コ-1", true },
		{ PART_SYMBOL, "ｺｰ1", "コー１", false }, { PART_SYMBOL, "コーー1", "コー1", true },
		{ PART_SYMBOL, "あー1", "あ-1", true }, { PART_SYMBOL, "ダー1", "ダ-1", true },
		{ PART_SYMBOL, "〆ー1", "〆-1", false }, { PART_SYMBOL, "㐀ー1", "㐀-1", false },
		{ PART_SYMBOL, "漢ー1", "漢-1", false }, { PART_SYMBOL, "か゛", "が", false },
		{ PART_SYMBOL, "ａｂＣ", "abC", false }, { PART_SYMBOL, "abC", "abc", true },
		{ PART_SYMBOL, "012", "12", true }, { PART_NUMBER, "012", "12", false },
		{ PART_NUMBER, "００１２", "12", false }, { PART_NUMBER, "120", "12", true },
		{ PART_NUMBER, "09", "9", false },
		{ PART_NUMBER, "0", "000", false }, { PART_NUMBER, "0-1", "00-1", false },
		{ PART_NUMBER, "0 0 1 2", "12", false }, { PART_NUMBER, "0\t12", "12", false },
		{ PART_NUMBER, "0A", "A", true }, { PART_NUMBER, "0", "", false },
		{ PART_NUMBER, "12345678", NULL, false }, { PART_SYMBOL, NULL, NULL, false },
		{ PART_SYMBOL, "", "12", false }, { PART_SYMBOL, "　", "12", false },
		{ PART_SYMBOL, "\xff", "\xff", false }, { PART_SYMBOL, "\xff", "１", true },
		{ PART_NUMBER, "123456789012345678901", "１23456789012345678901", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *a = cases[i].a, *b = cases[i].b;

		check(number_part_differs(cases[i].part, a, b) == cases[i].differ, "differ", a);
		check(number_part_differs(cases[i].part, b, a) == cases[i].differ, "order", a);
	}
	assert_int_equal(failures, 0);
}

static void
test_num_7_key_length(void **state)
{
	static const struct { enum number_part part; const char *in; int chars; const char *key; }
	    cases[] = {
		{ PART_SYMBOL, "１２－３４", 5, "12-34" }, { PART_SYMBOL, " 　", 0, "" },
		{ PART_NUMBER, "00012345678901234567890", 20, "12345678901234567890" },
		{ PART_NUMBER, "123456789012345678901", -1, NULL },
		{ PART_SYMBOL, "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", 20,
		    "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷" },
		{ PART_SYMBOL, "㍿㍿㍿㍿㍿", 20, "株式会社株式会社株式会社株式会社株式会社" },
		{ PART_SYMBOL, "㍿㍿㍿㍿㍿1", -1, NULL }, { PART_SYMBOL, "\xe3\x81", -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char key[NUMBER_KEY_SIZE];

		check(number_key(cases[i].part, cases[i].in, key) == cases[i].chars, "characters",
		    cases[i].in);
		if (cases[i].key != NULL)
			check(strcmp(key, cases[i].key) == 0, "key", cases[i].in);
	}
	assert_int_equal(failures, 0);
}

static void
test_num_8_institution(void **state)
{
	static const struct insurer_case cases[] = {
		{ "0110113719", NUMBER_GOOD, "0110113719", 0, 1 },
		{ "1310000011", NUMBER_GOOD, "1310000011", 0, 13 },
		{ "１３１０００００１１", NUMBER_GOOD, "1310000011", 0, 13 },
		{ "1310000029", NUMBER_GOOD, "1310000029", 0, 13 },
		{ "0110113718", NUMBER_CHECK_DIGIT, "0110113718", 0, 1 },
		{ "1010113719", NUMBER_CHECK_DIGIT, "1010113719", 0, 10 },
		{ "1330000017", NUMBER_GOOD, "1330000017", 0, 13 },
		{ "1340000015", NUMBER_GOOD, "1340000015", 0, 13 },
		{ "1360000010", NUMBER_GOOD, "1360000010", 0, 13 },
		{ "1320000019", NUMBER_FEE_TABLE, "1320000019", 0, 13 },
		{ "4810000010", NUMBER_PREFECTURE, "4810000010", 0, 48 },
		{ "0113719", NUMBER_FORM, "0113719", 0, 0 },
		{ "01101137190", NUMBER_FORM, "", 0, 0 }, { "", NUMBER_NONE, "", 0, 0 },
	};

	(void)state;
	check_insurers(cases, COUNT(cases), number_institution);
}

static void
test_clm_3_clm_12_placeholders(void **state)
{
	static const char *const cases[] = { "77777777", "77777779", "99999999", "７７７７７７７７" };
	struct candidate c[CANDIDATES_MAX];
	struct number got;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(number_insurer(cases[i], &got) == NUMBER_GOOD && got.placeholder, "good",
		    cases[i]);
		check(number_candidates(cases[i], c) == 0, "no typo", cases[i]);
	}
	/* the remark in the policy: their check digits by NUM-3 would be 9 and 7 */
	assert_int_equal(number_insurer("99999997", &got), NUMBER_PREFECTURE);
	assert_int_equal(number_insurer("77777778", &got), NUMBER_CHECK_DIGIT);
	assert_int_equal(number_candidates("77777778", c), 0);
	assert_int_equal(failures, 0);
}

static void
test_clm_11_branch(void **state)
{
	static const struct { const char *in; int want; } cases[] = {
		{ "1", 1 }, { "01", 1 }, { "１", 1 }, { "０１", 1 }, { " 01 ", 1 }, { "00", 0 },
		{ "99", 99 }, { "10", 10 }, { "", -1 }, { "001", -1 }, { "100", -1 }, { "A1", -1 },
		{ "-1", -1 }, { "1 0", -1 },
	};

	(void)state;
	assert_int_equal(number_branch(NULL), -1);
	for (size_t i = 0; i < COUNT(cases); i++)
		check(number_branch(cases[i].in) == cases[i].want, "branch", cases[i].in);
	assert_int_equal(failures, 0);
}

static void
test_differs(void **state)
{
	static const struct { const char *a, *b; bool differ; } cases[] = {
		{ "06132013", "06132013", false }, { "06132013", "０６１３２０１３", false },
		{ "06132013", " 06132013　", false }, { "06132013", "06132014", true },
		{ "138016", "13801600", true }, { "06132013", "x", true }, { "x", "y", true },
		{ "x", " x", false }, { "", "06132013", false }, { "　", "06132013", false },
		{ NULL, "06132013", false }, { NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		check(number_differs(cases[i].a, cases[i].b) == cases[i].differ, "differs",
		    cases[i].b != NULL ? cases[i].b : "both NULL");
		check(number_differs(cases[i].b, cases[i].a) == cases[i].differ, "order",
		    cases[i].b != NULL ? cases[i].b : "both NULL");
	}
	assert_int_equal(failures, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(test_##name, no_failures)
	const struct CMUnitTest tests[] = {
		TEST(num_1_eight_digits), TEST(num_1_laws), TEST(out_2_public_laws),
		TEST(num_2_six_digits_and_padding), TEST(num_3_check_digit), TEST(num_4_scheme),
		TEST(num_5_prefectures), TEST(num_6_public_expense),
		TEST(num_7_symbol_and_number), TEST(num_7_key_length), TEST(num_8_institution),
		TEST(clm_3_clm_12_placeholders), TEST(clm_11_branch), TEST(differs),
	};
#undef TEST

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}

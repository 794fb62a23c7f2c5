#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"

static int failures;

static void
check(bool good, const char *what, const char *name)
{
	if (!good) {
		failures++;
		print_error("failed: %s: %s\n", what, name);
	}
}

struct date_case { const char *in, *want; };

static void
check_dates(const struct date_case *c, size_t n, const char *what)
{
	failures = 0;
	for (size_t i = 0; i < n; i++) {
		const int day = date_parse_any(c[i].in);
		char out[DATE_ISO_LEN + 1] = "";

		if (day != DATE_NONE)
			date_format_iso(day, out);
		check(c[i].want == NULL ? day == DATE_NONE : strcmp(out, c[i].want) == 0, what,
		    c[i].in);
	}
	assert_int_equal(failures, 0);
}
#define CHECK(cases, what) check_dates(cases, sizeof(cases) / sizeof(cases[0]), what)

static void
test_era_borders(void **state)
{
	static const struct date_case cases[] = {
		{ "M32.12.31", NULL }, { "M33.1.1", "1900-01-01" },
		{ "M45.7.29", "1912-07-29" }, { "M45.7.30", "1912-07-30" }, { "M45.7.31", NULL },
		{ "T1.7.29", NULL }, { "T1.7.30", "1912-07-30" }, { "大正元年7月30日", "1912-07-30" },
		{ "T15.12.24", "1926-12-24" }, { "T15.12.25", "1926-12-25" }, { "T15.12.26", NULL },
		{ "S1.12.24", NULL }, { "S1.12.25", "1926-12-25" },
		{ "昭和元年12月25日", "1926-12-25" }, { "昭和元年12月31日", "1926-12-31" },
		{ "S64.1.7", "1989-01-07" }, { "S64.1.8", NULL }, { "S65.1.1", NULL },
		{ "H1.1.7", NULL }, { "H1.1.8", "1989-01-08" }, { "平成元年1月8日", "1989-01-08" },
		{ "H31.4.30", "2019-04-30" }, { "H31.5.1", NULL }, { "H32.1.1", NULL },
		{ "R1.4.30", NULL }, { "R1.5.1", "2019-05-01" }, { "令和元年5月1日", "2019-05-01" },
		{ "R82.12.31", "2100-12-31" }, { "R83.1.1", NULL }, { "R99.1.1", NULL },
		{ "M0.1.1", NULL }, { "H0.1.8", NULL }, { "R0.5.1", NULL }, { "R00.5.1", NULL },
	};

	(void)state;
	CHECK(cases, "border");
}

static void
test_spellings(void **state)
{
	static const struct date_case cases[] = {
		{ "昭和55年2月17日", "1980-02-17" }, { "昭和55年2月17", "1980-02-17" },
		{ "昭和５５年２月１７日", "1980-02-17" }, { "昭和　５５年　２月　１７日", "1980-02-17" },
		{ "㍼55年2月17日", "1980-02-17" }, { "㋿8年11月22日", "2026-11-22" },
		{ "昭55.2.17", "1980-02-17" }, { "昭和55.02.17", "1980-02-17" },
		{ "Ｓ５５．２．１７", "1980-02-17" }, { "ｓ５５／２／１７", "1980-02-17" },
		{ "S55-2-17", "1980-02-17" }, { "S55－2－17", "1980-02-17" },
		{ "S 55 . 2 . 17", "1980-02-17" }, { "S55 2 17", "1980-02-17" },
		{ " S55.2.17 ", "1980-02-17" }, { "　S55.2.17　", "1980-02-17" },
		{ "S550217", "1980-02-17" }, { "昭550217", "1980-02-17" },
		{ "Ｒ０８１１２２", "2026-11-22" },
		{ "R8.11.22", "2026-11-22" }, { "r08.11.22", "2026-11-22" },
		{ "R元.5.1", "2019-05-01" }, { "令元年5月1日", "2019-05-01" },
		{ "平成元年 1月 8日", "1989-01-08" },
		{ "明治四十年", NULL }, { "明治40年1月1日", "1907-01-01" }, { "大15.1.1", "1926-01-01" },
		{ "1980-02-17", "1980-02-17" }, { "1980-2-17", "1980-02-17" },
		{ "1980/2/17", "1980-02-17" }, { "1980.2.17", "1980-02-17" },
		{ "1980年2月17日", "1980-02-17" }, { "１９８０年２月１７日", "1980-02-17" },
		{ "1980 2 17", "1980-02-17" }, { "19800217", "1980-02-17" },
		{ " 19800217 ", "1980-02-17" }, { "１９８００２１７", "1980-02-17" },
	};

	(void)state;
	CHECK(cases, "spelling");
}

static void
test_malformed(void **state)
{
	static const struct date_case cases[] = {
		{ "", NULL }, { " ", NULL }, { "S", NULL }, { "昭和", NULL }, { "昭", NULL },
		{ "S55", NULL }, { "S55.2", NULL }, { "S55.2.", NULL }, { "S55.2.17.", NULL },
		{ "S55.2.17x", NULL }, { "S55.2/17", NULL }, { "S55年2.17", NULL },
		{ "S55.2月17日", NULL }, { "S55.2.17日", NULL }, { "S55年2月17日日", NULL },
		{ "S55.2.30", NULL }, { "S55.13.1", NULL }, { "S55.0.1", NULL },
		{ "S55.1.0", NULL },
		{ "S055.2.17", NULL }, { "S55.002.17", NULL }, { "S55.2.017", NULL },
		{ "S-5.2.17", NULL }, { "S55..17", NULL }, { "S55217", NULL }, { "S5502170", NULL },
		{ "S元0217", NULL }, { "S元.元.1", NULL }, { "令和8年元月元日", NULL },
		{ "S000101", NULL }, { "S551301", NULL }, { "S650101", NULL },
		{ "S550217x", NULL }, { "19800217x", NULL },
		{ "SS55.2.17", NULL }, { "昭和和55.2.17", NULL }, { "X8.1.1", NULL },
		{ "55.2.17", NULL },
		{ "1980", NULL }, { "198002", NULL }, { "1980021", NULL }, { "198002170", NULL },
		{ "1980-02-17-", NULL }, { "980-02-17", NULL }, { "11980-02-17", NULL },
		{ "1980-02-30", NULL }, { "1899-12-31", NULL }, { "2101-01-01", NULL },
		{ "19800230", NULL }, { "1980 02", NULL }, { "31.12.1980", NULL },
		{ "2/17/1980", NULL },
		{ "yesterday", NULL }, { "\xff", NULL }, { "S55.2.17\xe3\x80", NULL },
	};

	(void)state;
	CHECK(cases, "malformed");
}

static const struct {
	char		 letter;
	const char	*kanji;
	int		 year_zero;
	struct ymd	 from, to;
} eras[] = {
	{ 'M', "明治", 1867, { 1900, 1, 1 },   { 1912, 7, 30 } },
	{ 'T', "大正", 1911, { 1912, 7, 30 },  { 1926, 12, 25 } },
	{ 'S', "昭和", 1925, { 1926, 12, 25 }, { 1989, 1, 7 } },
	{ 'H', "平成", 1988, { 1989, 1, 8 },   { 2019, 4, 30 } },
	{ 'R', "令和", 2018, { 2019, 5, 1 },   { 2100, 12, 31 } },
};

/* Every day in every era's years, in three spellings: itself, or malformed. */
static void
test_every_day(void **state)
{
	char s[64];
	long in = 0, out = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		const int from = date_from_ymd(eras[i].from.y, eras[i].from.m, eras[i].from.d);
		const int to = date_from_ymd(eras[i].to.y, eras[i].to.m, eras[i].to.d);
		const int start = eras[i].year_zero + 1 > 1900 ? eras[i].year_zero + 1 : 1900;
		const int end = date_from_ymd(eras[i].to.y, 12, 31);

		for (int day = date_from_ymd(start, 1, 1); day <= end; day++) {
			const struct ymd t = date_to_ymd(day);
			const int year = t.y - eras[i].year_zero;
			const int want = day < from || day > to ? DATE_NONE : day;

			snprintf(s, sizeof(s), "%c%d.%d.%d", eras[i].letter, year, t.m, t.d);
			assert_int_equal(date_parse_any(s), want);
			snprintf(s, sizeof(s), "%s%d年%d月%d日", eras[i].kanji, year, t.m, t.d);
			assert_int_equal(date_parse_any(s), want);
			snprintf(s, sizeof(s), "%c%02d%02d%02d", eras[i].letter, year, t.m, t.d);
			assert_int_equal(date_parse_any(s), want);
			*(want == DATE_NONE ? &out : &in) += 1;
		}
	}
	/* all days of 1900 to 2100, two of them twice */
	assert_int_equal(in, date_from_ymd(2100, 12, 31) - date_from_ymd(1900, 1, 1) + 1 + 2);
	assert_true(out > 1000);
}

/* As it is written it is read; the first year is 元, the later era has the day of change. */
static void
test_written_in_its_era(void **state)
{
	static const struct { int y, m, d; const char *want; } cases[] = {
		{ 1900, 1, 1, "明治33年1月1日" }, { 1912, 7, 29, "明治45年7月29日" },
		{ 1912, 7, 30, "大正元年7月30日" }, { 1926, 12, 24, "大正15年12月24日" },
		{ 1926, 12, 25, "昭和元年12月25日" }, { 1989, 1, 7, "昭和64年1月7日" },
		{ 1989, 1, 8, "平成元年1月8日" }, { 2019, 4, 30, "平成31年4月30日" },
		{ 2019, 5, 1, "令和元年5月1日" }, { 2020, 1, 1, "令和2年1月1日" },
		{ 2100, 12, 31, "令和82年12月31日" },
	};
	char s[DATE_ERA_LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		date_format_era(date_from_ymd(cases[i].y, cases[i].m, cases[i].d), s);
		assert_string_equal(s, cases[i].want);
	}
	for (int day = date_from_ymd(1900, 1, 1); day <= date_from_ymd(2100, 12, 31); day++) {
		date_format_era(day, s);
		assert_int_equal(date_parse_any(s), day);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_era_borders), cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_written_in_its_era),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}

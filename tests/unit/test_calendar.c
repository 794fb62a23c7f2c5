#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"

/* A calendar kept by counting, one day after the other, to compare with. */
struct calendar {
	struct ymd	t;
	int		day;
};

static int
last_of(int y, int m)
{
	if (m == 2)
		return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0) ? 29 : 28;
	return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

static struct calendar
first_day(void)
{
	/* 70 years of 365 days and 17 leap days before 1970-01-01 */
	return (struct calendar){ { 1900, 1, 1 }, -(70 * 365 + 17) };
}

static void
next_day(struct calendar *c)
{
	c->day++;
	if (++c->t.d <= last_of(c->t.y, c->t.m))
		return;
	c->t.d = 1;
	if (++c->t.m <= 12)
		return;
	c->t.m = 1;
	c->t.y++;
}

static int
day_after_months(struct ymd t, int months, bool end)
{
	for (; months > 0; months--)
		t = t.m == 12 ? (struct ymd){ t.y + 1, 1, t.d } : (struct ymd){ t.y, t.m + 1, t.d };
	for (; months < 0; months++)
		t = t.m == 1 ? (struct ymd){ t.y - 1, 12, t.d } : (struct ymd){ t.y, t.m - 1, t.d };
	return date_number(t.y, t.m, end || t.d > last_of(t.y, t.m) ? last_of(t.y, t.m) : t.d);
}

static void
test_every_day(void **state)
{
	char iso[DATE_ISO_LEN + 1], compact[16], want[16];
	struct calendar c;

	(void)state;
	for (c = first_day(); c.t.y <= 2100; next_day(&c)) {
		const struct ymd t = date_to_ymd(c.day);

		assert_int_equal(date_number(c.t.y, c.t.m, c.t.d), c.day);
		assert_int_equal(date_from_ymd(c.t.y, c.t.m, c.t.d), c.day);
		assert_int_equal(t.y * 10000 + t.m * 100 + t.d,
		    c.t.y * 10000 + c.t.m * 100 + c.t.d);
		snprintf(want, sizeof(want), "%04u-%02u-%02u", (unsigned)c.t.y % 10000,
		    (unsigned)c.t.m % 100, (unsigned)c.t.d % 100);
		memset(iso, 'x', sizeof(iso));
		date_format_iso(c.day, iso);
		assert_string_equal(iso, want);
		assert_int_equal(date_parse_iso(iso, DATE_ISO_LEN), c.day);
		snprintf(compact, sizeof(compact), "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
		assert_int_equal(date_parse_compact(compact, 8), c.day);
	}
	assert_int_equal(c.day, date_number(2100, 12, 31) + 1);
}

static void
test_months_and_years(void **state)
{
	struct calendar c;

	(void)state;
	for (c = first_day(); c.t.y <= 2100; next_day(&c)) {
		assert_int_equal(date_end_of_month(c.day), day_after_months(c.t, 0, true));
		for (int months = -14; months <= 14; months += 7) {
			assert_int_equal(date_add_months(c.day, months),
			    day_after_months(c.t, months, false));
			assert_int_equal(date_end_of_month_after(c.day, months),
			    day_after_months(c.t, months, true));
		}
		for (int years = -5; years <= 8; years++)
			assert_int_equal(date_add_years(c.day, years),
			    day_after_months(c.t, 12 * years, false) +
			    (c.t.d > last_of(c.t.y + years, c.t.m)));
	}
}

static void
test_days_that_do_not_exist(void **state)
{
	(void)state;
	assert_int_equal(date_from_ymd(1899, 12, 31), DATE_NONE);
	assert_int_equal(date_from_ymd(2101, 1, 1), DATE_NONE);
	for (int y = 1999; y <= 2004; y++) {
		assert_int_equal(date_from_ymd(y, 0, 1), DATE_NONE);
		assert_int_equal(date_from_ymd(y, 13, 1), DATE_NONE);
		for (int m = 1; m <= 12; m++) {
			assert_int_equal(date_from_ymd(y, m, 0), DATE_NONE);
			assert_int_equal(date_from_ymd(y, m, last_of(y, m) + 1), DATE_NONE);
			assert_int_not_equal(date_from_ymd(y, m, last_of(y, m)), DATE_NONE);
		}
	}
	assert_int_equal(date_from_ymd(1900, 2, 29), DATE_NONE);
	assert_int_equal(date_from_ymd(2100, 2, 29), DATE_NONE);
}

/* One byte wrong at every place, the neighbours of the digits in ASCII among them. */
static void
test_malformed(void **state)
{
	static const char wrong[] = "/:-x 0";
	char iso[] = "2026-11-22", compact[] = "20261122";

	(void)state;
	for (size_t i = 0; i < DATE_ISO_LEN; i++)
		for (const char *w = wrong; *w != '\0'; w++) {
			const char was = iso[i];

			if ((*w == '0') == (was != '-') || *w == was)
				continue;
			iso[i] = *w;
			assert_int_equal(date_parse_iso(iso, DATE_ISO_LEN), DATE_NONE);
			iso[i] = was;
		}
	for (size_t i = 0; i < 8; i++)
		for (const char *w = wrong; *w != '0'; w++) {
			const char was = compact[i];

			compact[i] = *w;
			assert_int_equal(date_parse_compact(compact, 8), DATE_NONE);
			compact[i] = was;
		}
	assert_int_equal(date_parse_iso("2026-11-221", 11), DATE_NONE);
	assert_int_equal(date_parse_iso("2026-11-2", 9), DATE_NONE);
	assert_int_equal(date_parse_compact("202611221", 9), DATE_NONE);
	assert_int_equal(date_parse_compact("2026112", 7), DATE_NONE);
}

/* The day begins in Japan at 15:00 UTC of the day before. */
static void
test_day_in_japan(void **state)
{
	static const int days[] = { 1, 365, 20000, 20779, 47846 };

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		const long long begins = days[i] * 86400LL - 9 * 3600;

		assert_int_equal(date_of_unix_jst(begins - 1), days[i] - 1);
		assert_int_equal(date_of_unix_jst(begins), days[i]);
		assert_int_equal(date_of_unix_jst(begins + 86399), days[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_months_and_years),
		cmocka_unit_test(test_days_that_do_not_exist),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_day_in_japan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

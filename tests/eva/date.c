/*
 * Every use of base/date.h that its comments allow: any three numbers, any
 * bytes, any day of 1900..2100, and as far on or back as two centuries.
 */
#include "__fc_builtin.h"
#include "base/date.h"
#include "date.h"
#include "../../src/base/date.c"

static char text[DATE_ISO_LEN + 1];

static void
parsing(void)
{
	const int any = Frama_C_interval(-2147483647 - 1, 2147483647);
	const size_t n = (size_t)Frama_C_interval(0, DATE_ISO_LEN);

	Frama_C_make_unknown(text, DATE_ISO_LEN);
	(void)date_parse_iso(text, n);
	(void)date_parse_compact(text, n);
	(void)date_from_ymd(any, Frama_C_interval(-2147483647 - 1, 2147483647),
	    Frama_C_interval(-2147483647 - 1, 2147483647));
}

static void
reckoning(int day)
{
	const int months = Frama_C_interval(-1188, 1188);
	const struct ymd d = date_to_ymd(day);

	(void)date_number(d.y, d.m, d.d);
	(void)date_number(d.y, d.m + 1, d.d);
	(void)date_end_of_month(day);
	(void)date_end_of_month_after(day, months);
	(void)date_add_months(day, months);
	(void)date_add_years(day, Frama_C_interval(-200, 200));
	date_format_iso(day, text);
}

int
main(void)
{
	parsing();
	reckoning(Frama_C_interval(FIRST, LAST));
	(void)date_of_unix_jst(Frama_C_long_long_interval(-2208988800LL, 4133980800LL));
	return 0;
}

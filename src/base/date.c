#include "base/date.h"

static bool
is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int
month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

/* Years counted from March, so that the leap day is the last day of a year. */
int
date_number(int y, int m, int d)
{
	const int from_march = m > 2 ? m - 3 : m + 9;
	const int year = m > 2 ? y : y - 1;

	return year * 365 + year / 4 - year / 100 + year / 400 +
	    (153 * from_march + 2) / 5 + d - 719469;
}

int
date_from_ymd(int y, int m, int d)
{
	if (y < 1900 || y > 2100 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return DATE_NONE;
	return date_number(y, m, d);
}

/* The inverse of date_number(): 400, 100, 4 and 1 years from 1 March 0000, then months of 30.6 days. */
struct ymd
date_to_ymd(int day)
{
	const int since = day + 719468, cycle = since / 146097, of_cycle = since % 146097;
	const int year = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	const int of_year = of_cycle - (year * 365 + year / 4 - year / 100);
	const int from_march = (of_year * 5 + 2) / 153;
	struct ymd r;

	r.d = of_year - (153 * from_march + 2) / 5 + 1;
	r.m = from_march < 10 ? from_march + 3 : from_march - 9;
	r.y = cycle * 400 + year + (r.m <= 2);
	return r;
}

/* Reads exactly n digits; -1 if one of them is not a digit. */
static int
digits(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

int
date_parse_iso(const char *s, size_t n)
{
	if (n != DATE_ISO_LEN || s[4] != '-' || s[7] != '-')
		return DATE_NONE;
	return date_from_ymd(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2));
}

int
date_parse_compact(const char *s, size_t n)
{
	if (n != 8)
		return DATE_NONE;
	return date_from_ymd(digits(s, 4), digits(s + 4, 2), digits(s + 6, 2));
}

void
date_format_iso(int day, char out[static DATE_ISO_LEN + 1])
{
	const struct ymd t = date_to_ymd(day);

	out[0] = (char)('0' + t.y / 1000);
	out[1] = (char)('0' + t.y / 100 % 10);
	out[2] = (char)('0' + t.y / 10 % 10);
	out[3] = (char)('0' + t.y % 10);
	out[4] = '-';
	out[5] = (char)('0' + t.m / 10);
	out[6] = (char)('0' + t.m % 10);
	out[7] = '-';
	out[8] = (char)('0' + t.d / 10);
	out[9] = (char)('0' + t.d % 10);
	out[10] = '\0';
}

int
date_add_years(int day, int years)
{
	const struct ymd t = date_to_ymd(day);

	return date_number(t.y + years, t.m, t.d);
}

int
date_end_of_month(int day)
{
	return date_end_of_month_after(day, 0);
}

/* The year and month n months on from day, with the day still to be set. */
static struct ymd
months_on(int day, int months)
{
	struct ymd t = date_to_ymd(day);
	const int m = t.y * 12 + t.m - 1 + months;

	t.y = m / 12;
	t.m = m % 12 + 1;
	return t;
}

int
date_add_months(int day, int months)
{
	const struct ymd t = months_on(day, months);
	const int last = month_days(t.y, t.m);

	return date_number(t.y, t.m, t.d < last ? t.d : last);
}

int
date_end_of_month_after(int day, int months)
{
	const struct ymd t = months_on(day, months);

	return date_number(t.y, t.m, month_days(t.y, t.m));
}

int
date_of_unix_jst(long long unix_seconds)
{
	return (int)((unix_seconds + 9 * 3600) / 86400);
}

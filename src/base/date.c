#include "base/date.h"

#include <stdio.h>
#include <string.h>

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
static int
day_number(int y, int m, int d)
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
	return day_number(y, m, d);
}

struct ymd
date_to_ymd(int day)
{
	struct ymd r;
	int y = 1970 + day / 365;

	while (day_number(y, 1, 1) > day)
		y--;
	r.y = y;
	r.m = 1;
	while (r.m < 12 && day_number(y, r.m + 1, 1) <= day)
		r.m++;
	r.d = day - day_number(y, r.m, 1) + 1;
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

static const struct {
	const char	*letter;
	const char	*kanji;
	int		 year_zero;	/* year 1 is year_zero + 1 */
	struct ymd	 from, to;	/* inclusive */
} eras[] = {
	{ "R", "令和", 2018, { 2019, 5, 1 },   { 2100, 12, 31 } },
	{ "H", "平成", 1988, { 1989, 1, 8 },   { 2019, 4, 30 } },
	{ "S", "昭和", 1925, { 1926, 12, 25 }, { 1989, 1, 7 } },
	{ "T", "大正", 1911, { 1912, 7, 30 },  { 1926, 12, 24 } },
	{ "M", "明治", 1867, { 1900, 1, 1 },   { 1912, 7, 29 } },
};

/* One or two digits, or 元 for 1; moves s past them and past sep. */
static int
take_number(const char **s, const char *const sep[], size_t nsep)
{
	int v = 0, n = 0;

	if (strncmp(*s, "元", strlen("元")) == 0) {
		v = 1;
		n = 1;
		*s += strlen("元");
	} else {
		while (n < 2 && **s >= '0' && **s <= '9') {
			v = v * 10 + (*(*s)++ - '0');
			n++;
		}
	}
	if (n == 0)
		return -1;
	for (size_t i = 0; i < nsep; i++)
		if (strncmp(*s, sep[i], strlen(sep[i])) == 0) {
			*s += strlen(sep[i]);
			return v;
		}
	return -1;
}

static int
parse_era(const char *s, size_t era)
{
	static const char *const year_end[] = { "年", ".", "/", "-" };
	static const char *const month_end[] = { "月", ".", "/", "-" };
	static const char *const day_end[] = { "日", "" };
	int y, m, d, day;

	if ((y = take_number(&s, year_end, 4)) < 1 ||
	    (m = take_number(&s, month_end, 4)) < 1 ||
	    (d = take_number(&s, day_end, 2)) < 1 || *s != '\0')
		return DATE_NONE;
	day = date_from_ymd(eras[era].year_zero + y, m, d);
	if (day == DATE_NONE ||
	    day < day_number(eras[era].from.y, eras[era].from.m, eras[era].from.d) ||
	    day > day_number(eras[era].to.y, eras[era].to.m, eras[era].to.d))
		return DATE_NONE;
	return day;
}

int
date_parse_any(const char *s)
{
	const size_t n = strlen(s);

	if (n == DATE_ISO_LEN && s[4] == '-')
		return date_parse_iso(s, n);
	if (n == 8 && digits(s, 8) >= 0)
		return date_parse_compact(s, n);
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		if (strncmp(s, eras[i].kanji, strlen(eras[i].kanji)) == 0)
			return parse_era(s + strlen(eras[i].kanji), i);
		if ((s[0] & ~0x20) == eras[i].letter[0])
			return parse_era(s + 1, i);
	}
	return DATE_NONE;
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

	if (t.m == 2 && t.d == 29 && !is_leap(t.y + years))
		return day_number(t.y + years, 3, 1);
	return day_number(t.y + years, t.m, t.d);
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

	return day_number(t.y, t.m, t.d < last ? t.d : last);
}

int
date_end_of_month_after(int day, int months)
{
	const struct ymd t = months_on(day, months);

	return day_number(t.y, t.m, month_days(t.y, t.m));
}

int
date_of_unix_jst(long long unix_seconds)
{
	return (int)((unix_seconds + 9 * 3600) / 86400);
}

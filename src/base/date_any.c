#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

/*
 * 大正 and 昭和 began in the course of a day, which is also the last one of the
 * era before: both ways of writing it are in use.  Later eras began at midnight.
 */
static const struct era {
	char		 letter;
	const char	*kanji;		/* two; the first one alone is understood too */
	int		 year_zero;	/* year 1 is year_zero + 1 */
	struct ymd	 from, to;	/* inclusive */
} eras[] = {
	{ 'R', "令和", 2018, { 2019, 5, 1 },   { 2100, 12, 31 } },
	{ 'H', "平成", 1988, { 1989, 1, 8 },   { 2019, 4, 30 } },
	{ 'S', "昭和", 1925, { 1926, 12, 25 }, { 1989, 1, 7 } },
	{ 'T', "大正", 1911, { 1912, 7, 30 },  { 1926, 12, 25 } },
	{ 'M', "明治", 1867, { 1900, 1, 1 },   { 1912, 7, 30 } },
};
#define KANJI_BYTES	3

static const char *
skip_spaces(const char *s)
{
	return s + strspn(s, " \t");
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* One to max digits, moving *s past them; -1 if there is none. */
static int
take_number(const char **s, int max)
{
	int v = 0, n = 0;

	for (; n < max && **s >= '0' && **s <= '9'; n++)
		v = v * 10 + (*(*s)++ - '0');
	return n > 0 ? v : -1;
}

/* The era at *s, moved past it, or NULL. */
static const struct era *
take_era(const char **s)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
		const struct era *e = &eras[i];

		if ((**s & ~0x20) == e->letter)
			*s += 1;
		else if (starts(*s, e->kanji))
			*s += 2 * KANJI_BYTES;
		else if (strncmp(*s, e->kanji, KANJI_BYTES) == 0)
			*s += KANJI_BYTES;
		else
			continue;
		*s = skip_spaces(*s);
		return e;
	}
	return NULL;
}

/* Moves *s past sep and the spaces around it; 0, or -1 if it is not there. */
static int
take(const char **s, const char *sep)
{
	const char *p = *sep == ' ' ? *s : skip_spaces(*s);

	if (!starts(p, sep))
		return -1;
	*s = skip_spaces(p + strlen(sep));
	return 0;
}

/* What follows the year: separators of one kind to the end. */
static int
month_and_day(const char *s, int y)
{
	static const char *const kinds[][2] = { { "年", "月" }, { ".", "." }, { "/", "/" },
		{ "-", "-" }, { " ", " " } };
	int m, d;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (take(&s, kinds[i][0]) < 0)
			continue;
		if ((m = take_number(&s, 2)) < 0 || take(&s, kinds[i][1]) < 0 ||
		    (d = take_number(&s, 2)) < 0)
			return DATE_NONE;
		if (i == 0)
			(void)take(&s, "日");
		return *skip_spaces(s) == '\0' ? date_from_ymd(y, m, d) : DATE_NONE;
	}
	return DATE_NONE;
}

/* Six digits without separators, as in S550217. */
static int
parse_packed(const struct era *e, const char *s)
{
	int v[3];

	for (int i = 0; i < 3; i++, s += 2)
		v[i] = (s[0] - '0') * 10 + (s[1] - '0');
	return date_from_ymd(e->year_zero + v[0], v[1], v[2]);
}

static int
parse_era(const struct era *e, const char *s)
{
	const size_t digits = strspn(s, "0123456789");
	int day, y = 1;

	if (digits == 6 && *skip_spaces(s + 6) == '\0') {
		day = parse_packed(e, s);
	} else {
		if (take(&s, "元") < 0 && (y = take_number(&s, 2)) < 1)
			return DATE_NONE;
		day = month_and_day(s, e->year_zero + y);
	}
	if (day < date_from_ymd(e->from.y, e->from.m, e->from.d) ||
	    day > date_from_ymd(e->to.y, e->to.m, e->to.d))
		return DATE_NONE;
	return day;
}

static int
parse(const char *s)
{
	const struct era *e;
	int y;

	s = skip_spaces(s);
	if ((e = take_era(&s)) != NULL)
		return parse_era(e, s);
	if (strspn(s, "0123456789") == 8 && *skip_spaces(s + 8) == '\0')
		return date_parse_compact(s, 8);
	if (strspn(s, "0123456789") != 4)
		return DATE_NONE;
	y = take_number(&s, 4);
	return month_and_day(s, y);
}

int
date_parse_any(const char *s)
{
	char *nfkc = text_nfkc(s);
	int day = DATE_NONE;

	if (nfkc != NULL)
		day = parse(nfkc);
	free(nfkc);
	return day;
}

void
date_format_era(int day, char out[static DATE_ERA_LEN + 1])
{
	const struct ymd d = date_to_ymd(day);
	const struct era *e = eras;
	char year[12] = "元";

	while (day < date_from_ymd(e->from.y, e->from.m, e->from.d))
		e++;
	if (d.y > e->year_zero + 1)
		snprintf(year, sizeof(year), "%d", d.y - e->year_zero);
	snprintf(out, DATE_ERA_LEN + 1, "%s%s年%d月%d日", e->kanji, year, d.m, d.d);
}

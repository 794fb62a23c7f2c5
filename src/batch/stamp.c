#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "batch/row.h"

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Moves *s past what it begins with; false if it does not. */
static bool
take(const char **s, const char *what)
{
	if (strncmp(*s, what, strlen(what)) != 0)
		return false;
	*s = skip_blanks(*s + strlen(what));
	return true;
}

/* One or two digits below limit; -1 for anything else. */
static int
take_number(const char **s, int limit)
{
	int v = 0, n = 0;

	for (; n < 2 && is_digit(**s); n++)
		v = v * 10 + (*(*s)++ - '0');
	*s = skip_blanks(*s);
	return n > 0 && v < limit ? v : -1;
}

/* Hour on the clock of 24 from that of 12; -1 for an hour that it has not. */
static int
of_half_day(int hour, bool afternoon)
{
	return hour > 12 ? -1 : hour % 12 + (afternoon ? 12 : 0);
}

/* What may follow the seconds: a part of one, AM or PM, Japan's own zone. */
static int
finish_time(const char *s, int hour, int minute)
{
	bool afternoon = false;

	if (*s == '.' && is_digit(s[1]))
		s = skip_blanks(s + 1 + strspn(s + 1, "0123456789"));
	if ((afternoon = take(&s, "PM") || take(&s, "pm")) || take(&s, "AM") || take(&s, "am"))
		hour = of_half_day(hour, afternoon);
	(void)(take(&s, "+09:00") || take(&s, "+0900") || take(&s, "JST"));
	return *s == '\0' && hour >= 0 ? hour * 60 + minute : -1;
}

/* 9:30, 9:30:00, 9時, 9時30分; minutes of the day, or -1. */
static int
parse_time(const char *s)
{
	const bool afternoon = take(&s, "午後"), half = afternoon || take(&s, "午前");
	int hour = take_number(&s, 24), minute = 0;
	bool kanji;

	if (half && hour >= 0)
		hour = of_half_day(hour, afternoon);
	kanji = take(&s, "時");
	if (hour < 0 || (!kanji && !take(&s, ":")))
		return -1;
	if (kanji && *s == '\0')
		return hour * 60;
	if ((minute = take_number(&s, 60)) < 0 || (kanji && !take(&s, "分")))
		return -1;
	if (kanji ? is_digit(*s) : take(&s, ":")) {
		if (take_number(&s, 60) < 0 || (kanji && !take(&s, "秒")))
			return -1;
	}
	return finish_time(s, hour, minute);
}

/* Whether s ends with that at *end, which is then moved before it and blanks. */
static bool
chop(const char *s, size_t *end, const char *what)
{
	const size_t n = strlen(what);

	if (*end < n || memcmp(s + *end - n, what, n) != 0)
		return false;
	*end -= n;
	while (*end > 0 && (s[*end - 1] == ' ' || s[*end - 1] == '\t'))
		(*end)--;
	return true;
}

/* Where in s the time of day begins; its length when there is none. */
static size_t
find_time(const char *s)
{
	size_t at = strcspn(s, ":"), before;
	const char *kanji = strstr(s, "時");

	if (kanji != NULL && (size_t)(kanji - s) < at)
		at = (size_t)(kanji - s);
	if (s[at] == '\0')
		return at;
	while (at > 0 && (s[at - 1] == ' ' || is_digit(s[at - 1])) &&
	    !(s[at - 1] == ' ' && is_digit(s[at])))
		at--;
	before = at;
	(void)chop(s, &before, "");
	return chop(s, &before, "午前") || chop(s, &before, "午後") ? before : at;
}

/* Cuts (日), (日曜日) or (日・祝) off the end of a date. */
static void
drop_weekday(char *s, size_t *end)
{
	static const char *const days[] = { "日", "月", "火", "水", "木", "金", "土" };
	size_t at = *end;

	if (!chop(s, &at, ")"))
		return;
	if (chop(s, &at, "祝日") || chop(s, &at, "祝"))
		(void)chop(s, &at, "・");
	if (!chop(s, &at, "曜日"))
		(void)chop(s, &at, "曜");
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (chop(s, &at, days[i]) && chop(s, &at, "(")) {
			*end = at;
			return;
		}
}

static enum row_fault
parse(char *s, int *day, int *minute)
{
	size_t at = find_time(s), end = at;

	if (s[at] != '\0' && (*minute = parse_time(skip_blanks(s + at))) < 0)
		return ROW_TIME;
	(void)chop(s, &end, "");
	if (s[at] != '\0' && end > 0 && s[end - 1] == 'T')
		end--;
	drop_weekday(s, &end);
	s[end] = '\0';
	*day = end == DATE_ISO_LEN ? date_parse_iso(s, end) : DATE_NONE;
	if (*day == DATE_NONE)
		*day = date_parse_any(s);
	return *day == DATE_NONE ? ROW_DATE : ROW_NONE;
}

enum row_fault
stamp_parse(const char *s, int *day, int *minute)
{
	char *nfkc;
	enum row_fault fault;

	*minute = FACT_ABSENT;
	/* what most lists have, without the cost of the rest */
	if (strlen(s) == DATE_ISO_LEN && (*day = date_parse_iso(s, DATE_ISO_LEN)) != DATE_NONE)
		return ROW_NONE;
	if ((nfkc = text_nfkc(s)) == NULL)
		return ROW_DATE;
	fault = parse(nfkc, day, minute);
	free(nfkc);
	return fault;
}

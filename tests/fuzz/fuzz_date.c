/*
 * A date as somebody types it, or as a program writes it.  What is understood
 * lies in 1900..2100 and is the same day however it is written again; blanks
 * around it and full width change nothing; and reckoning with it and back
 * comes home.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIRST	(-25567)	/* 1900-01-01 */
#define LAST	47846		/* 2100-12-31 */

static void
check_ways(int day)
{
	static const char *const between[][3] = { { "-", "-", "" }, { "/", "/", "" },
		{ " . ", ".", " " }, { "年", "月", "日" }, { "年 ", " 月", "" }, { " ", " ", "" } };
	const struct ymd d = date_to_ymd(day);
	char text[DATE_ERA_LEN + 1];

	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
		const char *const *b = between[i];

		snprintf(text, sizeof(text), "%d%s%d%s%02d%s", d.y, b[0], d.m, b[1], d.d, b[2]);
		must(date_parse_any(text) == day);
	}
	snprintf(text, sizeof(text), "%04d%02d%02d", d.y, d.m, d.d);
	must(date_parse_any(text) == day && date_parse_compact(text, 8) == day);
	date_format_era(day, text);
	must(date_parse_any(text) == day);
	date_format_iso(day, text);
	must(date_parse_iso(text, DATE_ISO_LEN) == day);
}

static void
check_reckoning(int day, int months)
{
	const struct ymd d = date_to_ymd(day);
	const int on = date_add_months(day, months), end = date_end_of_month_after(day, months);

	must(date_number(d.y, d.m, d.d) == day);
	must(date_to_ymd(end).m == date_to_ymd(on).m && on <= end && end - on < 31);
	must(date_to_ymd(end + 1).d == 1);
	must(d.d > 28 || date_add_months(on, -months) == day);
	must(d.d > 28 || date_add_years(date_add_years(day, months / 12), -(months / 12)) == day);
}

static void
check_spaced(const char *s, int day)
{
	char *spaced = NULL;

	must(asprintf(&spaced, " \t%s ", s) > 0);
	must(date_parse_any(spaced) == day);
	free(spaced);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = strndup((const char *)data, size);
	int day;

	must(s != NULL);
	day = date_parse_any(s);
	must(day == DATE_NONE || (day >= FIRST && day <= LAST));
	if (day != DATE_NONE) {
		check_ways(day);
		check_reckoning(day, (int)(size * 37 % 2400) - 1200);
	}
	check_spaced(s, day);
	for (size_t n = 0; n <= size && n <= 12; n++) {
		const int iso = date_parse_iso((const char *)data, n);
		const int compact = date_parse_compact((const char *)data, n);

		must(iso == DATE_NONE || (n == DATE_ISO_LEN && iso >= FIRST && iso <= LAST));
		must(compact == DATE_NONE || (n == 8 && compact >= FIRST && compact <= LAST));
	}
	free(s);
	return 0;
}

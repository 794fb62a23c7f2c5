#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A civil date is a day number: days since 1970-01-01, proleptic Gregorian.
 * Every date this project handles lies in 1900-01-01 .. 2100-12-31.
 */
#define DATE_NONE	(-1000000)	/* no date; smaller than any date */
#define DATE_ISO_LEN	10		/* "2026-11-22" */

struct ymd {
	int	y;	/* 1900..2100 */
	int	m;	/* 1..12 */
	int	d;	/* 1..31 */
};

/* The day number, or DATE_NONE when there is no such day in range. */
int		date_from_ymd(int y, int m, int d);
struct ymd	date_to_ymd(int day);

/*
 * The same without checks or limits, for reckoning: m is 1..13 (13: January of
 * the next year), and a day past the end of its month counts on into the next
 * one (29 February of a common year is 1 March).
 */
int		date_number(int y, int m, int d);

/* Exactly n bytes of "YYYY-MM-DD" / "YYYYMMDD"; DATE_NONE if malformed. */
int		date_parse_iso(const char *s, size_t n);
int		date_parse_compact(const char *s, size_t n);

/*
 * As people type it: a year of four digits, or an era (M T S H R, 昭和, 昭) and
 * its year (元 for 1), then month and day after . / - 年月日 or spaces, the same
 * throughout: 2026-11-22, R8.11.22, S55/2/17, 令和元年5月1日.  Or without them:
 * 20261122, R081122.  Full width is the same; the day must lie in its era.
 * DATE_NONE if malformed.  Allocates; date_any.c.
 */
int		date_parse_any(const char *s);

/* Writes "YYYY-MM-DD" and NUL. */
void		date_format_iso(int day, char out[static DATE_ISO_LEN + 1]);

/* Writes "昭和55年2月17日", "令和元年5月1日" and NUL; day is in range.  date_any.c. */
#define DATE_ERA_LEN	55	/* bytes; a date takes 22 */
void		date_format_era(int day, char out[static DATE_ERA_LEN + 1]);

/* 29 February plus whole years is 1 March in a common year. */
int		date_add_years(int day, int years);
int		date_end_of_month(int day);
/* The same day n months on (n may be negative), or that month's last day. */
int		date_add_months(int day, int months);
/* The last day of the month that comes n months after the month of day. */
int		date_end_of_month_after(int day, int months);

/* The day it is in Japan (UTC+9, no summer time) at this Unix time. */
int		date_of_unix_jst(long long unix_seconds);

#endif

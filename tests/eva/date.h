/*
 * What every caller may count on, proved day by day in date_to_ymd.c, because
 * that the parts of a day number fit together is beyond intervals; and used in
 * date.c.
 */
#define FIRST	(-25567)	/* 1900-01-01 */
#define LAST	47846		/* 2100-12-31 */

struct ymd;
/*@ requires -25567 <= day <= 47846;
    assigns \result \from day;
    ensures 1900 <= \result.y <= 2100 && 1 <= \result.m <= 12 && 1 <= \result.d <= 31; */
struct ymd date_to_ymd(int day);

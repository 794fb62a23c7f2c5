/* The year, month and day of every day number of 1900..2100. */
#include "base/date.h"
#include "date.h"
#include "../../src/base/date.c"

static void
some_days(int first)
{
	/*@ loop unroll 100; */
	for (int i = 0; i < 100; i++)
		if (first + i <= LAST)
			(void)date_to_ymd(first + i);
}

int
main(void)
{
	/*@ loop unroll 735; */
	for (int first = FIRST; first <= LAST; first += 100)
		some_days(first);
	return 0;
}

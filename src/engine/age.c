#include "engine/age.h"

#include "base/date.h"

/* The first 31 March on or after the day on which the age is reached. */
static int
school_year_end(struct ymd born, int age)
{
	const bool early = born.m < 4 || (born.m == 4 && born.d == 1);

	return date_number(born.y + age + (early ? 0 : 1), 3, 31);
}

struct age_borders
age_borders(int birth)
{
	const struct ymd born = date_to_ymd(birth);
	struct age_borders a = {
		.preschool_last = school_year_end(born, 6),
		.minor_last = school_year_end(born, 18),
		.kouki_earliest = date_number(born.y + 65, born.m, born.d),
		.kouki_first = date_number(born.y + 75, born.m, born.d),
		/* born on the 1st: 70 is reached on the last day of the month before */
		.elderly_first = date_number(born.y + 70, born.m + (born.d > 1), 1),
	};

	return a;
}

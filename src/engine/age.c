#include "engine/age.h"

#include "base/date.h"

/* The first 31 March on or after the day on which the age is reached. */
static int
school_year_end(int birth, int age)
{
	const int reached = date_add_years(birth, age) - 1;
	const struct ymd t = date_to_ymd(reached);

	return date_end_of_month_after(reached, (15 - t.m) % 12);
}

int
age_preschool_last(int birth)
{
	return school_year_end(birth, 6);
}

int
age_minor_last(int birth)
{
	return school_year_end(birth, 18);
}

int
age_elderly_first(int birth)
{
	return date_end_of_month(date_add_years(birth, 70) - 1) + 1;
}

int
age_kouki_first(int birth)
{
	return date_add_years(birth, 75);
}

int
age_kouki_earliest(int birth)
{
	return date_add_years(birth, 65);
}

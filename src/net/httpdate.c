#include "net/httpdate.h"

#include <string.h>

#include "base/date.h"

static int
two_digits(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' ?
	    10 * (s[0] - '0') + (s[1] - '0') : -1;
}

static int
month_of(const char *s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++)
		if (strncmp(s, names + 3 * m, 3) == 0)
			return m + 1;
	return 0;
}

long long
httpdate_parse(const char *s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	int day, h, m, sec;

	if (strlen(s) != 29 || s[3] != ',' || s[4] != ' ' || s[7] != ' ' || s[11] != ' ' ||
	    s[16] != ' ' || s[19] != ':' || s[22] != ':' || strcmp(s + 25, " GMT") != 0)
		return HTTPDATE_NONE;
	if (two_digits(s + 12) < 0 || two_digits(s + 14) < 0)
		return HTTPDATE_NONE;
	day = date_from_ymd(100 * two_digits(s + 12) + two_digits(s + 14), month_of(s + 8),
	    two_digits(s + 5));
	h = two_digits(s + 17);
	m = two_digits(s + 20);
	sec = two_digits(s + 23);
	/* 1970-01-01 was a Thursday; second 60 is a leap second */
	if (day < 0 || h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60 ||
	    strncmp(s, days + 3 * ((day + 4) % 7), 3) != 0)
		return HTTPDATE_NONE;
	return 86400LL * day + 3600LL * h + 60LL * m + sec;
}

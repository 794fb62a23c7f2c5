#include "engine/number.h"

#include <string.h>

/* Without padding: leading spaces, and leading zeros of an eight-digit 国保 number. */
static const char *
bare(const char *s)
{
	while (*s == ' ')
		s++;
	if (strlen(s) == 8 && strncmp(s, "00", 2) == 0)
		s += 2;
	return s;
}

static bool
all_digits(const char *s)
{
	return strspn(s, "0123456789") == strlen(s);
}

/* 77777777 and 99999999 stand for "not known" on a claim (CLM-3, CLM-12). */
static bool
is_placeholder(const char *s)
{
	return strcmp(s, "77777777") == 0 || strcmp(s, "77777779") == 0 ||
	    strcmp(s, "99999999") == 0;
}

enum scheme
number_scheme(const char *s)
{
	if (s == NULL)
		return SCHEME_UNKNOWN;
	s = bare(s);
	if (!all_digits(s) || is_placeholder(s))
		return SCHEME_UNKNOWN;
	if (strlen(s) == 6)
		return s[2] == '3' ? SCHEME_KOKUHO_UNION : SCHEME_KOKUHO;
	if (strlen(s) == 8)
		return strncmp(s, "39", 2) == 0 ? SCHEME_KOUKI : SCHEME_OTHER;
	return SCHEME_UNKNOWN;
}

bool
number_differs(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(bare(a), bare(b)) != 0;
}

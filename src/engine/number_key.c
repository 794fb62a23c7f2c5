#include "engine/number.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ー is a letter after kana, and a dash that somebody typed anywhere else. */
static bool
is_dash(const char *c, const char *key, size_t n)
{
	/* what NFKC leaves of the hyphens, dashes, minus and rules in use, but for '-' */
	static const char *const dashes[] = { "\u2010", "\u2012", "\u2013", "\u2014", "\u2015",
		"\u2212", "\u2500" };

	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
		if (strncmp(c, dashes[i], strlen(dashes[i])) == 0)
			return true;
	if (strncmp(c, "\u30fc", 3) != 0)
		return false;
	/* U+3040 to U+30FF are e3 81 80 to e3 83 bf */
	return n < 3 || key[n - 3] != '\xe3' || key[n - 2] < '\x81' || key[n - 2] > '\x83';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Copies normalised text into the key; its characters, or -1 for too many. */
static int
copy_key(const char *s, char out[static NUMBER_KEY_SIZE])
{
	size_t len, n = 0;
	int chars = 0;

	for (; *s != '\0'; s += len, chars++) {
		if (chars == NUMBER_KEY_CHARS)
			return -1;
		len = text_char_len(s, strlen(s));
		if (is_dash(s, out, n)) {
			out[n++] = '-';
		} else {
			memcpy(out + n, s, len);
			n += len;
		}
	}
	out[n] = '\0';
	return chars;
}

int
number_key(enum number_part part, const char *s, char out[static NUMBER_KEY_SIZE])
{
	char *normal = text_nfkc_solid(s);
	const char *p = normal;
	int chars;

	if (normal == NULL)
		return -1;
	while (part == PART_NUMBER && *p == '0' && is_digit(p[1]))
		p++;
	chars = copy_key(p, out);
	free(normal);
	return chars;
}

bool
number_part_differs(enum number_part part, const char *a, const char *b)
{
	char ka[NUMBER_KEY_SIZE], kb[NUMBER_KEY_SIZE];
	int na, nb;

	if (a == NULL || b == NULL)
		return false;
	na = number_key(part, a, ka);
	nb = number_key(part, b, kb);
	if (na == 0 || nb == 0)
		return false;
	return na < 0 || nb < 0 ? strcmp(a, b) != 0 : strcmp(ka, kb) != 0;
}

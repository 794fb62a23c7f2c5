/*
 * What somebody typed, as every kind of number and as a date.  A number that is
 * found good stays the same when it is read again in its short form; candidates
 * are good, different and none of them is what was typed; the key of a symbol is
 * its own key; a date lies in the range of dates.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "engine/number.h"

static void
insurer(const char *s)
{
	struct number once, twice;
	const enum number_fault fault = number_insurer(s, &once);

	if (fault == NUMBER_NONE || fault == NUMBER_FORM) {
		if (number_scheme(s) != SCHEME_UNKNOWN)
			abort();
		return;
	}
	if (number_insurer(once.digits, &twice) != fault || number_differs(s, once.digits) ||
	    strcmp(once.digits, twice.digits) != 0 ||
	    number_scheme(s) != number_scheme(once.digits))
		abort();
	if (once.given < s || once.given + once.given_len > s + strlen(s))
		abort();
}

static void
candidates(const char *s)
{
	struct candidate c[CANDIDATES_MAX];
	struct number number;
	const int n = number_candidates(s, c);

	for (int i = 0; i < n; i++) {
		if (number_insurer(c[i].digits, &number) != NUMBER_GOOD ||
		    !number_differs(s, c[i].digits) || (i > 0 && c[i].slip < c[i - 1].slip))
			abort();
		for (int k = 0; k < i; k++)
			if (strcmp(c[i].digits, c[k].digits) == 0)
				abort();
	}
}

static void
key(enum number_part part, const char *s)
{
	char once[NUMBER_KEY_SIZE], twice[NUMBER_KEY_SIZE];
	const int n = number_key(part, s, once);

	if (number_part_differs(part, s, s))
		abort();
	if (n >= 0 && (number_key(part, once, twice) != n || strcmp(once, twice) != 0))
		abort();
}

static void
others(const char *s)
{
	const int branch = number_branch(s), day = date_parse_any(s);
	struct number number;

	if (branch < -1 || branch > 99)
		abort();
	if (day != DATE_NONE &&
	    (day < date_from_ymd(1900, 1, 1) || day > date_from_ymd(2100, 12, 31)))
		abort();
	(void)number_public_payer(s, &number);
	(void)number_public_recipient(s);
	(void)number_institution(s, &number);
}

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	if (s == NULL)
		return 0;
	memcpy(s, data, size);
	s[size] = '\0';
	insurer(s);
	candidates(s);
	key(PART_SYMBOL, s);
	key(PART_NUMBER, s);
	others(s);
	free(s);
	return 0;
}

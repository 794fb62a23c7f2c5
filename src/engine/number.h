#ifndef ENGINE_NUMBER_H
#define ENGINE_NUMBER_H

#include <stdbool.h>

/*
 * Insurer numbers (保険者番号).  Eight digits, or six for 国保, which systems
 * pad on the left with spaces or zeros to eight (NUM-1, NUM-2).
 */
enum scheme {
	SCHEME_UNKNOWN,		/* no number, or nothing that could be one */
	SCHEME_KOKUHO,		/* six digits, 国保 */
	SCHEME_KOKUHO_UNION,	/* six digits, third digit 3: 国保組合 (NUM-4) */
	SCHEME_KOUKI,		/* eight digits beginning 39 */
	SCHEME_OTHER		/* eight digits: 健保, 共済, 船員 ... */
};

/* s may be NULL. */
enum scheme	number_scheme(const char *s);

/* Whether two numbers are both there and differ once the padding is taken off. */
bool		number_differs(const char *a, const char *b);

#endif

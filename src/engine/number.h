#ifndef ENGINE_NUMBER_H
#define ENGINE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The numbers of health insurance (policy NUM-1 to NUM-8).  Digits may be
 * ASCII or full-width and have blanks around them, U+3000 among these.  What
 * is wrong with a number is never a reason to refuse anybody: it is a warning.
 */
#define NUMBER_DIGITS_MAX	10

enum number_fault {
	NUMBER_GOOD,
	NUMBER_NONE,		/* NULL, or nothing but blanks */
	NUMBER_FORM,		/* other than digits, or not as many as it has */
	NUMBER_CHECK_DIGIT,	/* 検証番号 (NUM-3, NUM-8) */
	NUMBER_PREFECTURE,	/* not 01 to 47 (NUM-5) */
	NUMBER_LAW,		/* 法別番号 that the policy's table does not have */
	NUMBER_FEE_TABLE	/* 点数表 that is not 1, 3, 4 or 6 (NUM-8) */
};

enum scheme {
	SCHEME_UNKNOWN,		/* no number, a placeholder, or nothing that could be one */
	SCHEME_KOKUHO,		/* six digits, 国保 */
	SCHEME_KOKUHO_UNION,	/* six digits, third digit 3: 国保組合 (NUM-4) */
	SCHEME_KOUKI,		/* eight digits beginning 39 */
	SCHEME_OTHER		/* eight digits: 健保, 共済, 船員 ... */
};

/* A number in its parts; with NONE and FORM only digits are filled in, if they are digits. */
struct number {
	char		 digits[NUMBER_DIGITS_MAX + 1];	/* ASCII, padding taken off */
	const char	*given;		/* as it was written, without the blanks; borrowed */
	size_t		 given_len;	/* bytes */
	int		 law;		/* 法別番号; 0: has none */
	int		 prefecture;
	bool		 padded;	/* a 国保 number with two zeros before it */
	bool		 placeholder;	/* stands for "not known" on a claim (CLM-3, CLM-12) */
};

/*
 * 保険者番号: eight digits, or six for 国保, which systems pad on the left with
 * blanks or zeros to eight (NUM-1, NUM-2).  Placeholders are good.
 */
enum number_fault number_insurer(const char *s, struct number *out);

/* 公費負担者番号: eight digits (NUM-6), 法別 of public expense (OUT-2). */
enum number_fault number_public_payer(const char *s, struct number *out);

/* 受給者番号: seven digits with a check digit, or up to 30 characters of a local scheme (NUM-6). */
enum number_fault number_public_recipient(const char *s);

/* 医療機関コード: ten digits (NUM-8). */
enum number_fault number_institution(const char *s, struct number *out);

/* What a 保険者番号 says by its form alone, check digit or not.  s may be NULL. */
enum scheme	number_scheme(const char *s);

/* Whether two 保険者番号 are both there and differ once padding and width are taken off. */
bool		number_differs(const char *a, const char *b);

/* 枝番: 0 to 99, or -1 for none or what is none.  "1" is "01" (CLM-11). */
int		number_branch(const char *s);

/*
 * How a good number becomes a wrong one, the likeliest first: two neighbours
 * swapped, a leading zero lost (by a spreadsheet), one digit replaced by a
 * neighbour on the keypad, by one that looks like it, by any other.
 */
enum slip { SLIP_SWAP, SLIP_ZERO, SLIP_KEYPAD, SLIP_SHAPE, SLIP_OTHER };

struct candidate {
	char		digits[NUMBER_DIGITS_MAX + 1];
	enum slip	slip;
};
#define CANDIDATES_MAX	16	/* one a digit, a swap for each pair, a zero */

/*
 * The good 保険者番号 one slip away from a wrong one, the likeliest first, then
 * from the left.  Returns how many; 0 for a good number.
 */
int		number_candidates(const char *s, struct candidate out[static CANDIDATES_MAX]);

/*
 * 記号 and 番号 for comparing: NFKC, without blanks, every dash a '-', kana and
 * kanji as they are; of a 番号 also without leading zeros.  These allocate:
 * not for decide().
 */
#define NUMBER_KEY_CHARS	20	/* NUM-7 */
#define NUMBER_KEY_SIZE		(4 * NUMBER_KEY_CHARS + 1)
enum number_part { PART_SYMBOL, PART_NUMBER };

/* Characters of the key (0: blank), or -1 for ill-formed UTF-8 or more than 20 characters. */
int		number_key(enum number_part part, const char *s,
		    char out[static NUMBER_KEY_SIZE]);

/* Whether both are there and differ; what has no key is compared byte by byte. */
bool		number_part_differs(enum number_part part, const char *a, const char *b);

#endif

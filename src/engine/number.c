#include "engine/number.h"

#include <string.h>

#include "base/text.h"

#define INSURER_DIGITS		8
#define KOKUHO_DIGITS		6
#define RECIPIENT_DIGITS	7
#define RECIPIENT_CHARS_MAX	30

/* Bytes of the blank at s, 0 if there is none. */
static size_t
blank_len(const char *s)
{
	if (*s == ' ' || *s == '\t')
		return 1;
	if (strncmp(s, "\u00a0", 2) == 0)
		return 2;
	return strncmp(s, "\u3000", 3) == 0 ? 3 : 0;
}

static const char *
skip_blanks(const char *s)
{
	size_t len;

	while ((len = blank_len(s)) > 0)
		s += len;
	return s;
}

/* The ASCII form of the digit at *s, which is moved past it; 0 if there is none. */
static char
take_digit(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;

	if (p[0] >= '0' && p[0] <= '9') {
		*s += 1;
		return (char)p[0];
	}
	/* U+FF10 to U+FF19 */
	if (p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99) {
		*s += 3;
		return (char)(p[2] - 0x90 + '0');
	}
	return 0;
}

/* Digits between blanks, in ASCII, and how many; 0: blank, -1: anything else or too many. */
static int
read_digits(const char *s, struct number *out)
{
	int n = 0;
	char c;

	*out = (struct number){ .digits = "" };
	if (s == NULL)
		return 0;
	s = out->given = skip_blanks(s);
	while (n < NUMBER_DIGITS_MAX && (c = take_digit(&s)) != 0)
		out->digits[n++] = c;
	out->given_len = (size_t)(s - out->given);
	if (*skip_blanks(s) == '\0')
		return n;
	out->digits[0] = '\0';
	return -1;
}

/* As read_digits(), a padded 国保 number without its zeros. */
static int
read_insurer(const char *s, struct number *out)
{
	const int n = read_digits(s, out);

	if (n != INSURER_DIGITS || out->digits[0] != '0' || out->digits[1] != '0')
		return n;
	memmove(out->digits, out->digits + 2, KOKUHO_DIGITS + 1);
	out->padded = true;
	return KOKUHO_DIGITS;
}

/* From the right every second digit counts double, by the sum of its digits (NUM-3). */
static bool
check_digit_right(const char *digits, int n)
{
	static const int doubled[] = { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 };
	int sum = 0;

	for (int i = 0; i < n; i++) {
		const int v = digits[n - 1 - i] - '0';

		sum += i % 2 == 0 ? v : doubled[v];
	}
	return sum % 10 == 0;
}

static int
two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool
is_placeholder(const char *digits)
{
	return strcmp(digits, "77777777") == 0 || strcmp(digits, "77777779") == 0 ||
	    strcmp(digits, "99999999") == 0;
}

static bool
law_is_insurance(int law)
{
	static const unsigned char laws[] = { 1, 2, 3, 4, 6, 7, 31, 32, 33, 34, 39, 63, 67, 72, 73,
		74, 75 };

	return memchr(laws, law, sizeof(laws)) != NULL;
}

/* 10 to 30, 51 to 54, 66 and the local ones from 80 on (OUT-2). */
static bool
law_is_public(int law)
{
	return (law >= 10 && law <= 30) || (law >= 51 && law <= 54) || law == 66 ||
	    (law >= 80 && law <= 89);
}

/* 検証番号 and 都道府県, the latter at that place of n digits. */
static enum number_fault
check_common(struct number *out, int n, int prefecture_at)
{
	out->prefecture = two_digits(out->digits + prefecture_at);
	if (!check_digit_right(out->digits, n))
		return NUMBER_CHECK_DIGIT;
	return out->prefecture < 1 || out->prefecture > 47 ? NUMBER_PREFECTURE : NUMBER_GOOD;
}

enum number_fault
number_insurer(const char *s, struct number *out)
{
	const int n = read_insurer(s, out);
	enum number_fault fault;

	if (n == 0)
		return NUMBER_NONE;
	if (n == KOKUHO_DIGITS)
		return check_common(out, n, 0);
	if (n != INSURER_DIGITS)
		return NUMBER_FORM;
	out->law = two_digits(out->digits);
	out->placeholder = is_placeholder(out->digits);
	if (out->placeholder)
		return NUMBER_GOOD;
	fault = check_common(out, n, 2);
	return fault == NUMBER_GOOD && !law_is_insurance(out->law) ? NUMBER_LAW : fault;
}

enum number_fault
number_public_payer(const char *s, struct number *out)
{
	const int n = read_digits(s, out);
	enum number_fault fault;

	if (n != INSURER_DIGITS)
		return n == 0 ? NUMBER_NONE : NUMBER_FORM;
	out->law = two_digits(out->digits);
	fault = check_common(out, n, 2);
	return fault == NUMBER_GOOD && !law_is_public(out->law) ? NUMBER_LAW : fault;
}

enum number_fault
number_public_recipient(const char *s)
{
	struct number out;
	const int n = read_digits(s, &out);
	size_t left, len;
	int chars = 0;

	if (n == 0)
		return NUMBER_NONE;
	if (n == RECIPIENT_DIGITS)
		return check_digit_right(out.digits, n) ? NUMBER_GOOD : NUMBER_CHECK_DIGIT;
	s = skip_blanks(s);
	for (left = strlen(s); left > 0; left -= len, s += len, chars++)
		if ((len = text_char_len(s, left)) == 0)
			return NUMBER_FORM;
	return chars <= RECIPIENT_CHARS_MAX ? NUMBER_GOOD : NUMBER_FORM;
}

enum number_fault
number_institution(const char *s, struct number *out)
{
	const int n = read_digits(s, out);
	enum number_fault fault;

	if (n != NUMBER_DIGITS_MAX)
		return n == 0 ? NUMBER_NONE : NUMBER_FORM;
	fault = check_common(out, n, 0);
	return fault == NUMBER_GOOD && strchr("1346", out->digits[2]) == NULL ? NUMBER_FEE_TABLE :
	    fault;
}

enum scheme
number_scheme(const char *s)
{
	struct number number;
	const char *d = number.digits;

	switch (read_insurer(s, &number)) {
	case KOKUHO_DIGITS:
		return d[2] == '3' ? SCHEME_KOKUHO_UNION : SCHEME_KOKUHO;
	case INSURER_DIGITS:
		if (is_placeholder(d))
			return SCHEME_UNKNOWN;
		return d[0] == '3' && d[1] == '9' ? SCHEME_KOUKI : SCHEME_OTHER;
	default:
		return SCHEME_UNKNOWN;
	}
}

bool
number_differs(const char *a, const char *b)
{
	struct number na, nb;
	int n, m;

	if (a == NULL || b == NULL || strcmp(a, b) == 0)
		return false;
	n = read_insurer(a, &na);
	m = read_insurer(b, &nb);
	if (n == 0 || m == 0)
		return false;
	/* what is no number is only ever the same as itself */
	if (n < 0 || m < 0)
		return strcmp(skip_blanks(a), skip_blanks(b)) != 0;
	return strcmp(na.digits, nb.digits) != 0;
}

int
number_branch(const char *s)
{
	struct number out;

	switch (read_digits(s, &out)) {
	case 1:
		return out.digits[0] - '0';
	case 2:
		return two_digits(out.digits);
	default:
		return -1;
	}
}

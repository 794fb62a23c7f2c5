#include "engine/number.h"

#include <string.h>

/* Beside or above each other on a keypad whose zero lies under the one and the two. */
static bool
near_on_keypad(char a, char b)
{
	static const char *const near[] = { "12", "024", "0135", "26", "157", "2468", "359", "48",
		"579", "68" };

	return strchr(near[a - '0'], b) != NULL;
}

static bool
looks_alike(char a, char b)
{
	static const char *const alike[] = { "689", "47", "7", "589", "19", "368", "058", "12",
		"0356", "034" };

	return strchr(alike[a - '0'], b) != NULL;
}

static enum slip
slip_of(char was, char is)
{
	if (near_on_keypad(was, is))
		return SLIP_KEYPAD;
	return looks_alike(was, is) ? SLIP_SHAPE : SLIP_OTHER;
}

/* Adds digits in the order of the slips, if they are a good number. */
static void
add(struct candidate *list, int *n, const char *digits, enum slip slip)
{
	struct number number;
	int at = *n;

	if (number_insurer(digits, &number) != NUMBER_GOOD || number.placeholder)
		return;
	for (; at > 0 && list[at - 1].slip > slip; at--)
		list[at] = list[at - 1];
	strcpy(list[at].digits, number.digits);
	list[at].slip = slip;
	(*n)++;
}

static void
add_swap(struct candidate *list, int *n, const char *digits, size_t at)
{
	char s[NUMBER_DIGITS_MAX + 1];

	strcpy(s, digits);
	if (s[at + 1] == '\0')
		return;
	s[at] = digits[at + 1];
	s[at + 1] = digits[at];
	add(list, n, s, SLIP_SWAP);
}

/* At each place one digit, if any, makes the check digit right. */
static void
add_replaced(struct candidate *list, int *n, const char *digits, size_t at)
{
	char s[NUMBER_DIGITS_MAX + 1];

	strcpy(s, digits);
	for (s[at] = '0'; s[at] <= '9'; s[at]++)
		if (s[at] != digits[at])
			add(list, n, s, slip_of(s[at], digits[at]));
}

/* A lost zero leaves an odd number of digits, a good number has an even one. */
static void
add_zero(struct candidate *list, int *n, const char *digits)
{
	char s[NUMBER_DIGITS_MAX + 1] = "0";

	if (strlen(digits) < NUMBER_DIGITS_MAX)
		add(list, n, strcat(s, digits), SLIP_ZERO);
}

int
number_candidates(const char *s, struct candidate out[static CANDIDATES_MAX])
{
	char digits[2 + NUMBER_DIGITS_MAX + 1];
	struct number number;
	int n = 0;

	switch (number_insurer(s, &number)) {
	case NUMBER_GOOD:
	case NUMBER_NONE:
		return 0;
	case NUMBER_FORM:
		add_zero(out, &n, number.digits);
		return n;
	default:
		break;
	}
	/* the zeros of a padded number may be the digits that are wrong */
	strcpy(digits, number.padded ? "00" : "");
	strcat(digits, number.digits);
	for (size_t i = 0; digits[i] != '\0'; i++) {
		add_swap(out, &n, digits, i);
		add_replaced(out, &n, digits, i);
	}
	return n;
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/number.h"

static int failures;

static void
check(bool good, const char *what, const char *name)
{
	if (!good) {
		failures++;
		print_error("failed: %s: %s\n", what, name);
	}
}

#define COUNT(a) (sizeof(a) / sizeof(a[0]))

/* The list of a wrong number as "digits slip digits slip ...". */
static void
list_candidates(const char *s, char *out, size_t size)
{
	static const char slips[] = { [SLIP_SWAP] = 's', [SLIP_ZERO] = 'z', [SLIP_KEYPAD] = 'k',
		[SLIP_SHAPE] = 'l', [SLIP_OTHER] = 'o' };
	struct candidate c[CANDIDATES_MAX];
	const int n = number_candidates(s, c);
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s %c", i > 0 ? " " : "",
		    c[i].digits, slips[c[i].slip]);
}

static void
test_num_3_candidates(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "60132013", "06132013 s 63132013 o" },
		{ "6132013", "06132013 z" }, { "10017", "010017 z" },
		{ "06132013", "" }, { "", "" }, { "x", "" }, { "061320130", "" },
		{ "0613201300", "" },
		{ "138061", "183061 s 138016 s 135061 k 138081 l 338061 o 178061 o 138461 o "
		    "138065 o" },
		/* as 国保 padded with zeros, and as eight digits whose first ones are wrong */
		{ "00132013", "432013 k 130013 k 132043 k 06132013 l 192013 l 132613 l 132019 l" },
		{ "0138016", "138016 z" },
	};
	char got[400];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		list_candidates(cases[i].in, got, sizeof(got));
		check(strcmp(got, cases[i].want) == 0, got, cases[i].in);
	}
	assert_int_equal(number_candidates(NULL, (struct candidate[CANDIDATES_MAX]){ 0 }), 0);
	assert_int_equal(failures, 0);
}

/* What happens to a number on its way, counted. */
struct tally { long made, found, cut, rank; };

static void
count_slip(struct tally *t, const char *meant, const char *wrong)
{
	struct candidate c[CANDIDATES_MAX];
	const int n = number_candidates(wrong, c);

	t->made++;
	for (int i = 0; i < n; i++)
		if (strcmp(c[i].digits, meant) == 0) {
			t->found++;
			t->cut += i < 3;
			t->rank += i == 0;
		}
}

/* The good number of law, prefecture and insurer: its check digit is found by trying. */
static void
good_number(int law, int prefecture, int insurer, char out[static 9])
{
	struct number got;

	for (int cd = 0; cd < 10; cd++) {
		snprintf(out, 9, "%02u%02u%03u%u", (unsigned)law % 100, (unsigned)prefecture % 100,
		    (unsigned)insurer % 1000, (unsigned)cd % 10);
		if (number_insurer(out, &got) == NUMBER_GOOD)
			return;
	}
	fail_msg("no check digit for %s", out);
}

static void
slip_every_way(const char *good, struct tally *replaced, struct tally *swapped, long *missed)
{
	struct number got;
	char s[32];

	for (int at = 0; at < 8; at++) {
		strcpy(s, good);
		for (s[at] = '0'; s[at] <= '9'; s[at]++)
			if (s[at] != good[at])
				count_slip(replaced, good, s);
		strcpy(s, good);
		if (at == 7 || s[at] == s[at + 1])
			continue;
		s[at] = good[at + 1];
		s[at + 1] = good[at];
		if (number_insurer(s, &got) == NUMBER_GOOD)
			(*missed)++;
		else
			count_slip(swapped, good, s);
	}
}

/* NUM-3 over whole ranges: what the check digit and the candidates are worth. */
static void
test_num_3_every_slip(void **state)
{
	static const int laws[] = { 1, 2, 3, 4, 6, 7, 31, 32, 33, 34, 39, 63, 67, 72, 73, 74, 75 };
	struct tally replaced = { 0 }, swapped = { 0 };
	long missed = 0, numbers = 0;
	char good[9];

	(void)state;
	for (size_t i = 0; i < COUNT(laws); i++)
		for (int prefecture = 1; prefecture <= 47; prefecture++)
			for (int insurer = (int)i; insurer < 1000; insurer += 293, numbers++) {
				good_number(laws[i], prefecture, insurer, good);
				slip_every_way(good, &replaced, &swapped, &missed);
			}
	print_message("%ld numbers: %ld digits replaced, meant first %ld, in three %ld; "
	    "%ld swapped, meant first %ld, in three %ld, not seen %ld\n", numbers, replaced.made,
	    replaced.rank, replaced.cut, swapped.made, swapped.rank, swapped.cut, missed);
	assert_int_equal(replaced.found, replaced.made);
	assert_int_equal(swapped.found, swapped.made);
}

/* Every single-digit error of every number of 組合健保 and of 後期 is seen. */
static void
test_num_3_every_digit(void **state)
{
	static const int laws[] = { 6, 39 };
	struct number got;
	long passed = 0;
	char good[9], s[9];

	(void)state;
	for (int k = 0; k < 2 * 47 * 1000; k++) {
		good_number(laws[k / 47000], k / 1000 % 47 + 1, k % 1000, good);
		strcpy(s, good);
		for (int at = 0; at < 8; at++) {
			for (s[at] = '0'; s[at] <= '9'; s[at]++)
				passed += number_insurer(s, &got) == NUMBER_GOOD;
			s[at] = good[at];
		}
	}
	/* at each of the eight places only the digit that was there */
	assert_int_equal(passed, 2L * 47 * 1000 * 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_num_3_candidates), cmocka_unit_test(test_num_3_every_slip),
		cmocka_unit_test(test_num_3_every_digit),
	};

	return cmocka_run_group_tests_name("number_slip", tests, NULL, NULL);
}

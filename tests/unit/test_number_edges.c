#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "engine/number.h"

/* Characters that begin as a blank does are none. */
static void
test_no_blanks(void **state)
{
	static const char *const others[] = { "\u00a1", "\u00bf", "\u3001", "\u303f", "\u2003" };
	struct number n;

	(void)state;
	assert_int_equal(number_insurer("\u00a0\u300039131016\u3000\u00a0", &n), NUMBER_GOOD);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char before[16], after[16];

		snprintf(before, sizeof(before), "%s39131016", others[i]);
		snprintf(after, sizeof(after), "39131016%s", others[i]);
		assert_int_equal(number_insurer(before, &n), NUMBER_FORM);
		assert_int_equal(number_insurer(after, &n), NUMBER_FORM);
	}
}

static void
test_recipient_between_blanks(void **state)
{
	(void)state;
	assert_int_equal(number_public_recipient("1234566"),
	    number_public_recipient(" \u30001234566\u3000 "));
	assert_int_equal(number_public_recipient("1234567"),
	    number_public_recipient("\t1234567"));
	assert_int_not_equal(number_public_recipient("1234566"),
	    number_public_recipient("1234567"));
	/* thirty characters of a local scheme, blanks before them not counted */
	assert_int_equal(number_public_recipient("\u3000 ABCDEFGHIJABCDEFGHIJABCDEFGHIJ"),
	    NUMBER_GOOD);
	assert_int_equal(number_public_recipient("ABCDEFGHIJABCDEFGHIJABCDEFGHIJK"), NUMBER_FORM);
}

/* ー is a letter after kana alone: this kanji's second byte is that of kana. */
static void
test_long_vowel(void **state)
{
	(void)state;
	assert_false(number_part_differs(PART_SYMBOL, "\u5041\u30fc1", "\u5041-1"));
	assert_true(number_part_differs(PART_SYMBOL, "\u30a2\u30fc1", "\u30a2-1"));
	assert_false(number_part_differs(PART_SYMBOL, "\u30fc1", "-1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_blanks),
		cmocka_unit_test(test_recipient_between_blanks),
		cmocka_unit_test(test_long_vowel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

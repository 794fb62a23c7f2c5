/* The shapes of a kanji: a table that is well made, and what it keeps apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/kanji.h"
#include "base/text.h"

static void
pairs_of_an_old_shape_and_a_new_one(void **state)
{
	size_t n = 0;

	(void)state;
	while (kanji_shapes[n] != 0) {
		assert_true(kanji_is(kanji_shapes[n]));
		n++;
	}
	assert_int_equal(n % 2, 0);
	for (size_t i = 0; i < n; i += 2) {
		assert_true(kanji_alike(kanji_shapes[i], kanji_shapes[i + 1]));
		for (size_t j = 0; j < n; j++)
			if (j != i && kanji_shapes[j] == kanji_shapes[i])
				fail_msg("U+%04X stands at %zu and at %zu", (unsigned int)kanji_shapes[i],
				    i, j);
	}
}

/* A row that NFKC changes would never be met. */
static void
as_nfkc_leaves_them(void **state)
{
	(void)state;
	for (const char32_t *p = kanji_shapes; *p != 0; p++) {
		const uint32_t c = *p;
		char s[5] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
			(char)(0x80 | (c & 0x3f)) };
		char *normal;

		if (c > 0xffff) {
			s[0] = (char)(0xf0 | c >> 18);
			s[1] = (char)(0x80 | (c >> 12 & 0x3f));
			s[2] = (char)(0x80 | (c >> 6 & 0x3f));
			s[3] = (char)(0x80 | (c & 0x3f));
		}
		normal = text_nfkc(s);
		assert_non_null(normal);
		assert_string_equal(normal, s);
		free(normal);
	}
}

static void
alike(void **state)
{
	static const char32_t same[] = U"邊辺邊邉髙高𠮷吉亞亜辯瓣灣湾",
	    other[] = U"斎斉齋齊太大己巳島鳥藤籐萩荻未末土士祇祗弁井";

	(void)state;
	for (const char32_t *p = same; *p != 0; p += 2)
		if (!kanji_alike(p[0], p[1]) || !kanji_alike(p[1], p[0]))
			fail_msg("U+%04X", (unsigned int)*p);
	for (const char32_t *p = other; *p != 0; p += 2)
		if (kanji_alike(p[0], p[1]) || kanji_alike(p[1], p[0]))
			fail_msg("U+%04X", (unsigned int)*p);
	assert_false(kanji_alike('A', 'B'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_of_an_old_shape_and_a_new_one),
		cmocka_unit_test(as_nfkc_leaves_them),
		cmocka_unit_test(alike),
	};

	return cmocka_run_group_tests_name("kanji", tests, NULL, NULL);
}

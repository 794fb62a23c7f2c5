#include "base/same.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/kanji.h"
#include "base/text.h"

/* The code point at *s, of well-formed UTF-8, moved past it; 0 at the end. */
static uint32_t
take_char(const char **s)
{
	static const unsigned char bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *p = (const unsigned char *)*s;
	const size_t len = *p < 0x80 ? *p != 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = p[0] & bits[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	*s += len;
	return c;
}

/*
 * What stands where a character could not be shown: ● of the service (A.8-8),
 * 〓 of printers, U+FFFD of programs, and 外字, the private use areas.
 */
static bool
is_stand_in(uint32_t c)
{
	return c == 0x25cf || c == 0x3013 || c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff) ||
	    c >= 0xf0000;
}

/* Blanks, and marks that choose between two shapes of one kanji. */
static bool
says_nothing(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0xe0100 && c <= 0xe01ef);
}

/*
 * What stands between the parts of a foreign name, written or not at will; and
 * blanks and format characters (General_Category Cf) that nobody can see.
 */
static bool
sets_apart(uint32_t c)
{
	static const uint32_t signs[] = { ',', '.', '=', 0xb7, 0x2022, 0x2027, 0x3001, 0x30a0,
		0x30fb };
	static const uint32_t unseen[][2] = { { 0xa0, 0xa0 }, { 0xad, 0xad }, { 0x61c, 0x61c },
		{ 0x1680, 0x1680 }, { 0x180b, 0x180f }, { 0x2000, 0x200f }, { 0x2028, 0x202f },
		{ 0x205f, 0x206f }, { 0x3000, 0x3000 }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0001, 0xe007f } };

	if (kanji_is(c))
		return false;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i] == c)
			return true;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (c >= unseen[i][0] && c <= unseen[i][1])
			return true;
	return false;
}

static bool
is_kana(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc;
}

/* Small kana large: the insurers' systems have no small ones. */
static uint32_t
large_kana(uint32_t c)
{
	static const uint32_t small[][2] = {
		{ 0x30a1, 0x30a2 }, { 0x30a3, 0x30a4 }, { 0x30a5, 0x30a6 }, { 0x30a7, 0x30a8 },
		{ 0x30a9, 0x30aa }, { 0x30c3, 0x30c4 }, { 0x30e3, 0x30e4 }, { 0x30e5, 0x30e6 },
		{ 0x30e7, 0x30e8 }, { 0x30ee, 0x30ef }, { 0x30f5, 0x30ab }, { 0x30f6, 0x30b1 },
	};
	const uint32_t hiragana = c < 0x30a1 ? 0x60 : 0;

	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (small[i][0] == c + hiragana)
			return small[i][1] - hiragana;
	return c;
}

static bool
is_dash(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2500;
}

static bool
is_apostrophe(uint32_t c)
{
	return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2b9 || c == 0x2bc ||
	    c == 0x2032;
}

/* ゝ and ヽ repeat the kana before them without its voice, ゞ and ヾ with it. */
static uint32_t
repeated(uint32_t mark, uint32_t before)
{
	static const char32_t pairs[] = U"かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとど"
	    U"はばひびふぶへべほぼ";
	const uint32_t katakana = is_kana(before) && before >= 0x30a1 ? 0x60 : 0;
	const bool voiced = mark == 0x309e || mark == 0x30fe;

	for (const char32_t *p = pairs; *p != 0; p += 2)
		if (p[0] + katakana == before || p[1] + katakana == before)
			return p[voiced] + katakana;
	return !voiced && (is_kana(before) || is_stand_in(before)) ? before : mark;
}

static uint32_t
fold_name(uint32_t c, uint32_t before)
{
	if (kanji_is(c))
		return c;
	if (c == 0x309d || c == 0x309e || c == 0x30fd || c == 0x30fe)
		return repeated(c, before);
	if (is_dash(c))
		return is_kana(before) ? 0x30fc : '-';	/* ー, as it was meant */
	if (is_kana(c))
		return large_kana(c);
	if (c == 0x3005 || c == 0x303b)	/* 々, 〻 */
		return kanji_is(before) || is_stand_in(before) ? before : c;
	return is_apostrophe(c) ? '\'' : text_upper(c);
}

/* Hiragana as katakana, too. */
static uint32_t
fold_kana(uint32_t c, uint32_t before)
{
	return fold_name(c >= 0x3041 && c <= 0x3096 ? c + 0x60 : c, before);
}

static uint32_t
no_fold(uint32_t c, uint32_t before)
{
	(void)before;
	return c;
}

struct how {
	uint32_t	(*fold)(uint32_t, uint32_t);
	bool		 name;		/* or reading: not any text */
};

static const struct how as_name = { fold_name, true }, as_kana = { fold_kana, true },
    as_text = { no_fold, false };

/* Latin, large, with or without accents. */
static bool
is_letter(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0x24f);
}

static uint32_t
next_char(const char **s, const struct how *how, uint32_t *before)
{
	uint32_t c;

	do {
		c = take_char(s);
	} while (says_nothing(c) || (how->name && (sets_apart(c) ||
	    (is_letter(*before) && (is_dash(c) || is_apostrophe(c))))));
	return *before = how->fold(c, *before);
}

/* How many characters agree that can be read; -1 if there are others. */
static int
agreement(const char *a, const char *b, const struct how *how)
{
	uint32_t ca, cb, before_a = 0, before_b = 0;
	int n = 0;

	for (;;) {
		ca = next_char(&a, how, &before_a);
		cb = next_char(&b, how, &before_b);
		if (ca == 0 || cb == 0)
			return ca == cb ? n : -1;
		if (is_stand_in(ca) || is_stand_in(cb))
			continue;
		if (ca != cb && !(how->name && kanji_alike(ca, cb)))
			return -1;
		n++;
	}
}

/* Whether there is a character in it that can be read; what is no UTF-8 is left to others. */
static bool
is_legible(const char *s)
{
	size_t left = strlen(s), len;

	for (; (len = text_char_len(s, left)) > 0; left -= len) {
		const uint32_t c = take_char(&s);

		if (!is_stand_in(c) && !says_nothing(c) && !sets_apart(c))
			return true;
	}
	return left > 0;
}

bool
same_is_shown(const char *s)
{
	while (text_char_len(s, strlen(s)) > 0)
		if (is_stand_in(take_char(&s)))
			return false;
	return *s == '\0';
}

static int
same_names(const char *a, const char *b, const struct how *how)
{
	char *na, *nb;
	int rc = -1;

	if (strcmp(a, b) == 0)
		return is_legible(a) ? NAMES_AGREE : NAMES_UNTOLD;
	na = text_nfkc_solid(a);
	nb = text_nfkc_solid(b);
	if (na != NULL && nb != NULL) {
		const int n = agreement(na, nb, how);

		if (n > 0)
			rc = NAMES_AGREE;
		else
			rc = n < 0 && is_legible(na) && is_legible(nb) ? NAMES_DIFFER : NAMES_UNTOLD;
	}
	free(na);
	free(nb);
	return rc;
}

int
same_name(const char *a, const char *b)
{
	return same_names(a, b, &as_name);
}

int
same_kana(const char *a, const char *b)
{
	return same_names(a, b, &as_kana);
}

int
same_shown(const char *a, const char *b)
{
	return agreement(a, b, &as_text) >= 0;
}

int
same_text(const char *a, const char *b)
{
	char *na, *nb;
	int rc = -1;

	if (strcmp(a, b) == 0)
		return 1;
	na = text_nfkc_solid(a);
	nb = text_nfkc_solid(b);
	if (na != NULL && nb != NULL)
		rc = same_shown(na, nb);
	free(na);
	free(nb);
	return rc;
}

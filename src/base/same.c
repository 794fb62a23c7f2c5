#include "base/same.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
 * Kanji that Shift_JIS has only as a vendor's extension, or not at all, beside
 * the one that systems without it write (高 for 髙).
 */
static uint32_t
fold_kanji(uint32_t c)
{
	static const uint32_t shape[][2] = {
		{ 0x9ad9, 0x9ad8 },	/* 髙 高 */
		{ 0xfa11, 0x5d0e },	/* 﨑 崎 */
		{ 0x20bb7, 0x5409 },	/* 𠮷 吉 */
		{ 0x5fb7, 0x5fb3 },	/* 德 徳 */
		{ 0x7028, 0x702c },	/* 瀨 瀬 */
		{ 0x6801, 0x67f3 },	/* 栁 柳 */
		{ 0x6852, 0x6851 },	/* 桒 桑 */
		{ 0x66fb, 0x6607 },	/* 曻 昇 */
		{ 0x6ff5, 0x6d5c },	/* 濵 浜 */
		{ 0x9751, 0x9752 },	/* 靑 青 */
		{ 0x9ed1, 0x9ed2 },	/* 黑 黒 */
		{ 0x6df8, 0x6e05 },	/* 淸 清 */
		{ 0x589e, 0x5897 },	/* 增 増 */
		{ 0x6a6b, 0x6a2a },	/* 橫 横 */
		{ 0x5bec, 0x5bdb },	/* 寬 寛 */
	};

	for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++)
		if (shape[i][0] == c)
			return shape[i][1];
	return c;
}

static uint32_t
fold_name(uint32_t c, uint32_t before)
{
	(void)before;
	return fold_kanji(c);
}

/* Hiragana as katakana, small ones large: the insurers' systems have no small ones. */
static uint32_t
fold_kana(uint32_t c, uint32_t before)
{
	static const uint32_t small[][2] = {
		{ 0x30a1, 0x30a2 }, { 0x30a3, 0x30a4 }, { 0x30a5, 0x30a6 }, { 0x30a7, 0x30a8 },
		{ 0x30a9, 0x30aa }, { 0x30c3, 0x30c4 }, { 0x30e3, 0x30e4 }, { 0x30e5, 0x30e6 },
		{ 0x30e7, 0x30e8 }, { 0x30ee, 0x30ef }, { 0x30f5, 0x30ab }, { 0x30f6, 0x30b1 },
	};
	const bool dash = c == '-' || c == 0x2010 || c == 0x2013 || c == 0x2014 || c == 0x2015 ||
	    c == 0x2212;

	if (dash && before >= 0x30a1)
		return 0x30fc;		/* ー, as it was meant */
	if (c >= 0x3041 && c <= 0x3096)
		c += 0x60;
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (small[i][0] == c)
			return small[i][1];
	return c >= 'a' && c <= 'z' ? c - 0x20 : c;
}

static uint32_t
next_char(const char **s, uint32_t (*fold)(uint32_t, uint32_t), uint32_t *before)
{
	uint32_t c;

	do {
		c = take_char(s);
	} while (says_nothing(c));
	return *before = fold(c, *before);
}

static bool
same_chars(const char *a, const char *b, uint32_t (*fold)(uint32_t, uint32_t))
{
	uint32_t ca, cb, before_a = 0, before_b = 0;

	do {
		ca = next_char(&a, fold, &before_a);
		cb = next_char(&b, fold, &before_b);
		if (ca == 0 || cb == 0)
			return ca == cb;
	} while (ca == cb || is_stand_in(ca) || is_stand_in(cb));
	return false;
}

static int
same(const char *a, const char *b, uint32_t (*fold)(uint32_t, uint32_t))
{
	char *na, *nb;
	int rc = -1;

	if (strcmp(a, b) == 0)
		return 1;
	na = text_nfkc_solid(a);
	nb = text_nfkc_solid(b);
	if (na != NULL && nb != NULL)
		rc = same_chars(na, nb, fold);
	free(na);
	free(nb);
	return rc;
}

int
same_name(const char *a, const char *b)
{
	return same(a, b, fold_name);
}

int
same_kana(const char *a, const char *b)
{
	return same(a, b, fold_kana);
}

static uint32_t
no_fold(uint32_t c, uint32_t before)
{
	(void)before;
	return c;
}

int
same_shown(const char *a, const char *b)
{
	return same_chars(a, b, no_fold);
}

int
same_text(const char *a, const char *b)
{
	return same(a, b, no_fold);
}

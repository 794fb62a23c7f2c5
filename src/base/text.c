#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"

/* Code point at s and its length, or a negative value. */
static utf8proc_ssize_t
decode(const char *s, size_t n, utf8proc_int32_t *cp)
{
	return utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, cp);
}

size_t
text_char_len(const char *s, size_t n)
{
	utf8proc_int32_t cp;
	const utf8proc_ssize_t len = n > 0 ? decode(s, n, &cp) : 0;

	return len > 0 ? (size_t)len : 0;
}

/* How many bytes of ASCII stand at the front. */
static size_t
ascii(const char *s, size_t n)
{
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, s + i, sizeof(eight));
		if ((eight & 0x8080808080808080u) != 0)
			break;
	}
	while (i < n && (s[i] & 0x80) == 0)
		i++;
	return i;
}

bool
text_is_utf8(const char *s, size_t n)
{
	size_t len;

	while ((len = ascii(s, n)) < n) {
		s += len;
		n -= len;
		if ((len = text_char_len(s, n)) == 0)
			return false;
		s += len;
		n -= len;
	}
	return true;
}

bool
text_is_blank(const char *s)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t len;

	for (; *s != '\0'; s += len) {
		if ((len = decode(s, strlen(s), &c)) <= 0)
			return false;
		switch (utf8proc_category(c)) {
		case UTF8PROC_CATEGORY_ZS:
		case UTF8PROC_CATEGORY_ZL:
		case UTF8PROC_CATEGORY_ZP:
			continue;
		default:
			if (c != '\t' && c != '\n' && c != '\r')
				return false;
		}
	}
	return true;
}

uint32_t
text_upper(uint32_t c)
{
	return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}

static bool
is_printable(utf8proc_int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

int
text_width(const char *s)
{
	size_t n = strlen(s);
	int width = 0;

	while (n > 0) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t len = decode(s, n, &cp);

		if (len <= 0)
			len = 1;
		else
			width += utf8proc_charwidth(cp);
		s += len;
		n -= (size_t)len;
	}
	return width;
}

bool
text_is_safe(const char *s, size_t len)
{
	utf8proc_int32_t cp;

	return decode(s, len, &cp) == (utf8proc_ssize_t)len && is_printable(cp);
}

void
text_add_safe(struct buf *b, const char *s)
{
	size_t n = strlen(s);

	while (n > 0) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t len = decode(s, n, &cp);

		if (len > 0 && is_printable(cp)) {
			buf_add(b, s, (size_t)len);
		} else {
			buf_addc(b, '?');
			len = len > 0 ? len : 1;
		}
		s += len;
		n -= (size_t)len;
	}
}

/* Japanese may break anywhere; ASCII words are kept whole while they fit a line of max. */
static size_t
unit_len(const char *s, size_t n, int max)
{
	size_t len = text_char_len(s, n);

	if (len != 1 || *s == ' ')
		return len > 0 ? len : 1;
	while (len < n && s[len] != ' ' && (s[len] & 0x80) == 0 && (int)len < max)
		len++;
	return len;
}

static int
unit_width(const char *s, size_t len)
{
	char unit[256];

	if (len >= sizeof(unit))
		return (int)len;
	memcpy(unit, s, len);
	unit[len] = '\0';
	return text_width(unit);
}

static bool
may_not_start_line(const char *s)
{
	static const char *const closing[] = { "。", "、", "」", "』", ")", "）", "]", "・", "々", "ー",
		":", "：", "，", "．", "？", "！", "ﾞ", "ﾟ" };

	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++)
		if (strncmp(s, closing[i], strlen(closing[i])) == 0)
			return true;
	return false;
}

static void
trim_blanks(struct buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] == ' ')
		b->n--;
}

void
text_add_wrapped(struct buf *b, const char *s, int indent, int width)
{
	struct buf safe = BUF_INIT;
	size_t left, len;
	const char *p;
	int col = indent;

	text_add_safe(&safe, s);
	p = safe.p != NULL ? safe.p : "";
	buf_addf(b, "%*s", indent, "");
	for (left = safe.n; left > 0; p += len, left -= len) {
		int w;

		len = unit_len(p, left, width - indent);
		w = unit_width(p, len);
		/* a closing sign hangs over the edge, but not a row of them or a word behind it */
		if (col + w > width && col > indent &&
		    (col > width || w > 2 || !may_not_start_line(p))) {
			trim_blanks(b);
			buf_addf(b, "\n%*s", indent, "");
			col = indent;
			if (*p == ' ')
				continue;
		}
		buf_add(b, p, len);
		col += w;
	}
	if (col > indent)
		trim_blanks(b);
	buf_addc(b, '\n');
	if (safe.failed)
		buf_fail(b);
	buf_free(&safe);
}

/* Kana and kanji that no mark follows, beside ASCII. */
static bool
is_own_form(utf8proc_int32_t c)
{
	return c < 0x80 || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) ||
	    (c >= 0x4e00 && c <= 0x9fff);
}

/* Most of what is compared is in normal form; utf8proc takes a while to say so. */
static bool
is_nfkc(const char *s, size_t n)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t len;

	for (size_t at = ascii(s, n); at < n; at += (size_t)len)
		if ((len = decode(s + at, n - at, &c)) < 0 || !is_own_form(c))
			return false;
	return true;
}

static char *
copy_of(const char *s)
{
	char *copy = strdup(s);

	if (copy == NULL)
		memory_lost();
	return copy;
}

char *
text_nfkc(const char *s)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t rc;

	if (is_nfkc(s, strlen(s)))
		return copy_of(s);
	rc = utf8proc_map((const utf8proc_uint8_t *)s, 0, &out,
	    UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	if (rc == UTF8PROC_ERROR_NOMEM)
		memory_lost();
	if (rc < 0) {
		free(out);
		return NULL;
	}
	return (char *)out;
}

/* True if there was one. */
static bool
drop_blanks(char *s)
{
	static const char wide[] = "\u3000";
	const char *from = s;
	char *to = s;

	while (*from != '\0')
		if (*from == ' ' || *from == '\t')
			from++;
		else if (strncmp(from, wide, sizeof(wide) - 1) == 0)
			from += sizeof(wide) - 1;
		else
			*to++ = *from++;
	*to = '\0';
	return to != from;
}

char *
text_nfkc_solid(const char *s)
{
	char *solid, *once = NULL, *twice;

	/* without a blank between them, parts of a character could become one */
	if (!text_is_utf8(s, strlen(s)))
		return NULL;
	if ((solid = copy_of(s)) != NULL) {
		drop_blanks(solid);
		once = text_nfkc(solid);
	}
	free(solid);
	/* there are marks that NFKC writes as a blank and one that joins */
	if (once == NULL || !drop_blanks(once))
		return once;
	twice = text_nfkc(once);
	free(once);
	return twice;
}

#include "batch/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"

static bool
is_ascii(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0x80)
			return false;
	return true;
}

static int
open_iconv(struct charset *c)
{
	iconv_t cd;

	if (c->cd != NULL)
		return 0;
	if ((cd = iconv_open("UTF-8", "CP932")) == (iconv_t)-1)
		return -1;
	c->cd = cd;
	return 0;
}

/* Puts p in UTF-8 into c->text; 0, 1 for what is not CP932, -1 without iconv or memory. */
static int
convert(struct charset *c, const char *p, size_t n)
{
	char out[4096], *in = (char *)(uintptr_t)p;
	size_t rc;

	buf_reset(&c->text);
	if (open_iconv(c) < 0)
		return -1;
	(void)iconv(c->cd, NULL, NULL, NULL, NULL);
	do {
		char *to = out;
		size_t room = sizeof(out);

		rc = iconv(c->cd, &in, &n, &to, &room);
		buf_add(&c->text, out, sizeof(out) - room);
	} while (rc == (size_t)-1 && errno == E2BIG);
	explicit_bzero(out, sizeof(out));
	return c->text.failed ? -1 : rc == (size_t)-1;
}

/* Kana of half width may look like two bytes of UTF-8, but not like three. */
static bool
is_surely_utf8(const char *p, size_t n)
{
	if (!text_is_utf8(p, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0xe0)
			return true;
	return false;
}

/* What a text shows beyond doubt; LIST_ASCII for nothing. */
static enum list_encoding
encoding_of(struct charset *c, const char *p, size_t n)
{
	if (text_is_utf8(p, n))
		return is_surely_utf8(p, n) ? LIST_UTF8 : LIST_ASCII;
	return convert(c, p, n) == 0 ? LIST_CP932 : LIST_ASCII;
}

void
charset_guess(struct charset *c, const char *p, size_t n, bool whole)
{
	const char *last = whole ? NULL : memrchr(p, '\n', n);
	size_t lines[LIST_CP932 + 1] = { 0 }, len;

	if (last != NULL)
		n = (size_t)(last - p) + 1;
	for (; n > 0; p += len, n -= len) {
		const char *end = memchr(p, '\n', n);

		len = end != NULL ? (size_t)(end - p) + 1 : n;
		lines[encoding_of(c, p, len)]++;
	}
	if (lines[LIST_CP932] > lines[LIST_UTF8])
		c->encoding = LIST_CP932;
	else if (lines[LIST_UTF8] > 0)
		c->encoding = LIST_UTF8;
}

static char *
from_cp932(struct charset *c, char *p, size_t *n, enum row_fault *fault)
{
	if (is_surely_utf8(p, *n)) {
		*fault = ROW_NOT_CP932;
		return NULL;
	}
	switch (convert(c, p, *n)) {
	case 0:
		*n = c->text.n;
		return c->text.p;
	case 1:
		*fault = ROW_NOT_CP932;
		/* FALLTHROUGH */
	default:
		return NULL;
	}
}

char *
charset_read(struct charset *c, char *p, size_t *n, enum row_fault *fault)
{
	*fault = ROW_NUL;
	if (memchr(p, '\0', *n) != NULL)
		return NULL;
	*fault = ROW_NONE;
	if (is_ascii(p, *n))
		return p;
	if (c->encoding == LIST_ASCII)
		c->encoding = encoding_of(c, p, *n);
	if (c->encoding == LIST_CP932)
		return from_cp932(c, p, n, fault);
	if (text_is_utf8(p, *n))
		return p;
	*fault = ROW_NOT_UTF8;
	return NULL;
}

void
charset_close(struct charset *c)
{
	if (c->cd != NULL)
		(void)iconv_close(c->cd);
	buf_free(&c->text);
	*c = (struct charset)CHARSET_INIT;
}

#include "form/sheet.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CUT_CHARS	5	/* of SHEET_CUT */

void
sheet_free(struct sheet *s)
{
	for (size_t i = 0; i < s->owned; i++) {
		explicit_bzero(s->own[i], strlen(s->own[i]));
		free(s->own[i]);
	}
	free(s->own);
	js_free(s->doc);
	*s = (struct sheet)SHEET_INIT;
}

static const char *
own(struct sheet *s, char *text)
{
	char **more = text != NULL ?
	    reallocarray(s->own, s->owned + 1, sizeof(*more)) : NULL;

	if (more == NULL) {
		free(text);
		s->failed = true;
		return NULL;
	}
	s->own = more;
	return s->own[s->owned++] = text;
}

/* Of one line: U+3000 is a blank that people mean, and stays. */
static bool
is_blank(char c)
{
	return c != '\0' && strchr(" \t\r\n\v\f", c) != NULL;
}

bool
sheet_can_show(const char *s, size_t n)
{
	size_t len;

	for (int chars = 0; n > 0; s += len, n -= len)
		if ((len = text_char_len(s, n)) == 0 || !text_is_safe(s, len) ||
		    ++chars > SHEET_TEXT_MAX)
			return false;
	return true;
}

/* The character at text, as it may stand on a sheet; its length. */
static size_t
add_clean(struct buf *b, const char *text, size_t left, struct sheet_lost *lost)
{
	const size_t len = text_char_len(text, left);

	if (is_blank(*text)) {
		if (b->n > 0 && b->p[b->n - 1] != ' ')
			buf_addc(b, ' ');
	} else if (len > 0 && text_is_safe(text, len)) {
		buf_add(b, text, len);
	} else {
		buf_adds(b, "〓");
		lost->unseen++;
	}
	return len > 0 ? len : 1;
}

const char *
sheet_clean(struct sheet *s, const char *text, struct sheet_lost *lost)
{
	struct buf b = BUF_INIT;
	size_t left = strlen(text), len;

	for (int chars = CUT_CHARS; left > 0 && chars < SHEET_VALUE_MAX; chars++) {
		len = add_clean(&b, text, left, lost);
		text += len;
		left -= len;
	}
	while (b.n > 0 && b.p[b.n - 1] == ' ')
		b.p[--b.n] = '\0';
	if (left > 0 && b.n > 0) {
		buf_adds(&b, SHEET_CUT);
		lost->cut = true;
	}
	if (b.n == 0 || b.failed) {
		s->failed |= b.failed != 0;
		buf_free(&b);
		return NULL;
	}
	return own(s, b.p);
}

const char *
sheet_printf(struct sheet *s, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return own(s, n < 0 ? NULL : text);
}

struct block *
sheet_add(struct sheet *s, enum block_kind kind)
{
	struct block *b = &s->block[s->blocks];

	assert(s->blocks < SHEET_BLOCKS);
	s->blocks++;
	*b = (struct block){ .kind = kind, .lines = 1 };
	return b;
}

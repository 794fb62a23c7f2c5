/*
 * Whatever a card, a service or a file says, as it reaches a terminal: the
 * first byte is the indent, the second the width, the rest the text.  What is
 * written holds no control character and nothing ill-formed; a line is no
 * wider than the width but for a closing sign that hangs over it, or one
 * character that is wider itself; and no character is lost but blanks.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_clean(const struct buf *b, const char *but)
{
	must(!b->failed && (b->n == 0 || text_is_utf8(b->p, b->n)));
	for (size_t i = 0; i < b->n; i++) {
		const unsigned char c = (unsigned char)b->p[i];

		must((c >= 0x20 && c != 0x7f) || (c != '\0' && strchr(but, b->p[i]) != NULL));
		/* C1 controls, as U+0080..U+009F are written; U+2028, U+202E and the like */
		must(!(c == 0xc2 && (unsigned char)b->p[i + 1] < 0xa0));
		must(strncmp(b->p + i, "\u202e", 3) != 0 && strncmp(b->p + i, "\u2028", 3) != 0 &&
		    strncmp(b->p + i, "\u2066", 3) != 0 && strncmp(b->p + i, "\u200f", 3) != 0);
	}
}

/* Bytes that are neither blank nor line end. */
static size_t
without_blanks(const struct buf *b, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != ' ' && b->p[i] != '\n')
			out[n++] = b->p[i];
	return n;
}

static void
check_same(const struct buf *wrapped, const struct buf *safe)
{
	char *a = malloc(wrapped->n + 1), *b = malloc(safe->n + 1);
	size_t n;

	must(a != NULL && b != NULL);
	n = without_blanks(wrapped, a);
	must(n == without_blanks(safe, b) && memcmp(a, b, n) == 0);
	free(a);
	free(b);
}

static void
check_lines(const struct buf *b, int indent, int width)
{
	const char *line = b->p;

	must(b->n > 0 && b->p[b->n - 1] == '\n');
	while (*line != '\0') {
		const size_t n = strcspn(line, "\n");
		char *copy = strndup(line, n);

		must(copy != NULL);
		/* a sign that closes hangs over by its own width */
		must(text_width(copy) <= width + 2 || text_width(copy) <= indent + 2);
		must((int)strspn(copy, " ") >= (n > (size_t)indent ? indent : 0));
		free(copy);
		line += n + 1;
	}
}

static void
check_nfkc(const char *s, bool good)
{
	char *once = text_nfkc(s), *solid = text_nfkc_solid(s), *twice;

	must((once != NULL) == good && (solid != NULL) == good);
	if (good) {
		must((twice = text_nfkc(once)) != NULL && strcmp(once, twice) == 0);
		free(twice);
		must((twice = text_nfkc_solid(solid)) != NULL && strcmp(solid, twice) == 0);
		free(twice);
	}
	free(once);
	free(solid);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf safe = BUF_INIT, wrapped = BUF_INIT;
	int indent, width;
	char *s;

	if (size < 2 || (s = strndup((const char *)data + 2, size - 2)) == NULL)
		return 0;
	indent = data[0] % 40;
	width = indent + 4 + data[1] % 80;
	text_add_safe(&safe, s);
	check_clean(&safe, "");
	text_add_wrapped(&wrapped, s, indent, width);
	check_clean(&wrapped, "\n");
	check_lines(&wrapped, indent, width);
	check_same(&wrapped, &safe);
	check_nfkc(s, text_is_utf8(s, strlen(s)));
	buf_free(&safe);
	buf_free(&wrapped);
	free(s);
	return 0;
}

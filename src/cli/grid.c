#include "cli/grid.h"

#include <string.h>

#include "base/text.h"

static const char *
text_of(const struct buf *b)
{
	return b->n > 0 ? b->p : "";
}

void
grid_cut(struct buf *b, const char *s, int width)
{
	struct buf safe = BUF_INIT;
	const char *p;
	int left = width - 1;

	text_add_safe(&safe, s);
	p = text_of(&safe);
	if (text_width(p) <= width) {
		buf_adds(b, p);
		buf_free(&safe);
		return;
	}
	while (*p != '\0') {
		char one[8] = "";
		const size_t n = text_char_len(p, strlen(p));

		memcpy(one, p, n);
		if ((left -= text_width(one)) < 0)
			break;
		buf_add(b, p, n);
		p += n;
	}
	buf_adds(b, "…");
	buf_free(&safe);
}

void
grid_pad(struct buf *b, const char *s, int width)
{
	struct buf safe = BUF_INIT;
	int pad;

	text_add_safe(&safe, s);
	pad = width - text_width(text_of(&safe));
	buf_adds(b, text_of(&safe));
	buf_addf(b, "%*s", pad > 0 ? pad : 0, "");
	buf_free(&safe);
}

/* The text in lines of at most width columns, one after the other. */
static void
wrap(struct buf *out, const char *s, int width)
{
	for (const char *end; *s != '\0'; s = *end == '\0' ? end : end + 1) {
		struct buf line = BUF_INIT;

		end = strchrnul(s, '\n');
		buf_add(&line, s, (size_t)(end - s));
		text_add_wrapped(out, text_of(&line), 0, width);
		buf_free(&line);
	}
}

/* The next line of a wrapped cell; s moves on. */
static void
take_line(struct buf *line, const char **s)
{
	const char *end = strchrnul(*s, '\n');

	buf_reset(line);
	buf_add(line, *s, (size_t)(end - *s));
	*s = *end == '\0' ? end : end + 1;
}

void
grid_row(struct buf *b, const char *const *cells, const int *widths, int n)
{
	struct buf wrapped[GRID_MAX], line = BUF_INIT;
	const char *rest[GRID_MAX];
	bool more = true;

	for (int i = 0; i < n; i++) {
		wrapped[i] = (struct buf)BUF_INIT;
		wrap(&wrapped[i], cells[i], widths[i]);
		rest[i] = text_of(&wrapped[i]);
	}
	while (more) {
		more = false;
		for (int i = 0; i < n; i++) {
			take_line(&line, &rest[i]);
			grid_pad(b, text_of(&line), widths[i] + (i + 1 < n ? GRID_GAP : 0));
			more = more || *rest[i] != '\0';
		}
		while (b->n > 0 && b->p[b->n - 1] == ' ')
			b->n--;
		buf_addc(b, '\n');
	}
	for (int i = 0; i < n; i++)
		buf_free(&wrapped[i]);
	buf_free(&line);
}

void
grid_entry(struct buf *b, const char *head, int indent, const char *s, int width)
{
	/* two columns are left for a mark that may not begin a line */
	const int widths[] = { indent - GRID_GAP, width - indent - GRID_GAP };
	const char *const cells[] = { head, s };

	grid_row(b, cells, widths, 2);
}

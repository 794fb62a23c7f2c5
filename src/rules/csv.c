#include "rules/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char bom[] = "\xef\xbb\xbf";

/* Line ends and tabs are all the control characters that a table may hold. */
static bool
is_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)p[i];

		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

int
csv_open(struct csv *c, const char *p, size_t n, struct err *e)
{
	*c = (struct csv){ .line = 1 };
	if (n >= strlen(bom) && memcmp(p, bom, strlen(bom)) == 0) {
		p += strlen(bom);
		n -= strlen(bom);
	}
	if (!text_is_utf8(p, n))
		return err_set(e, ERR_MALFORMED, "not UTF-8: save it as \"CSV UTF-8\"");
	if (!is_text(p, n))
		return err_set(e, ERR_MALFORMED, "control characters");
	if ((c->text = malloc(n + 1)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(c->text, p, n);
	c->text[n] = '\0';
	c->n = n;
	return 0;
}

void
csv_close(struct csv *c)
{
	free(c->text);
	*c = (struct csv){ .line = 1 };
}

/* At the end of a cell: says what ends it, moves past that, cuts the cell off. */
enum end { END_CELL, END_ROW, END_BAD };

static enum end
end_cell(struct csv *c, char *cut)
{
	const char *p = &c->text[c->at];
	const size_t crlf = *p == '\r' && p[1] == '\n' ? 2 : *p == '\n' ? 1 : 0;
	enum end end = END_BAD;

	if (c->at == c->n || crlf > 0)
		end = END_ROW;
	else if (*p == ',')
		end = END_CELL;
	if (crlf > 0)
		c->line++;
	c->at += crlf > 0 ? crlf : end == END_CELL ? 1 : 0;
	*cut = '\0';
	return end;
}

/* A quoted cell, from behind its first quote; it shrinks, so it is cut in place. */
static int
quoted_cell(struct csv *c, char **cut)
{
	char *to = &c->text[c->at];

	for (; c->at < c->n; c->at++) {
		if (c->text[c->at] == '"' && c->text[++c->at] != '"') {
			*cut = to;
			return 0;
		}
		c->line += c->text[c->at] == '\n';
		*to++ = c->text[c->at];
	}
	return -1;
}

int
csv_next(struct csv *c, struct csv_row *row, struct err *e)
{
	enum end end = END_CELL;
	char *cut;

	row->line = c->line;
	row->n = 0;
	if (c->at == c->n)
		return 0;
	while (end == END_CELL) {
		const bool quoted = c->text[c->at] == '"';

		if (row->n == CSV_CELLS_MAX)
			return err_set(e, ERR_MALFORMED, "line %d: more than %d cells", row->line,
			    CSV_CELLS_MAX);
		c->at += quoted;
		row->cell[row->n++] = &c->text[c->at];
		if (quoted && quoted_cell(c, &cut) < 0)
			return err_set(e, ERR_MALFORMED, "line %d: a quote is not closed",
			    row->line);
		if (!quoted) {
			c->at += strcspn(&c->text[c->at], ",\r\n\"");
			cut = &c->text[c->at];
		}
		if ((end = end_cell(c, cut)) == END_BAD)
			return err_set(e, ERR_MALFORMED, "line %d: a stray quote or carriage return",
			    c->line);
	}
	return 1;
}

void
csv_add(struct buf *b, const char *cell)
{
	if (cell[strcspn(cell, ",\"\r\n")] == '\0') {
		buf_adds(b, cell);
		return;
	}
	buf_addc(b, '"');
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			buf_addc(b, '"');
		buf_addc(b, *cell);
	}
	buf_addc(b, '"');
}

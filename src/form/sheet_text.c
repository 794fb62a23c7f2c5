#include "form/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MARGIN		2
#define FIELD		24			/* where what is written begins */
#define EDGE		(SHEET_COLUMNS - 2)	/* a closing sign may hang over it */
#define CHOICE_GAP	2
#define ON		"[x] "
#define OFF		"[ ] "
#define TICK		4			/* columns of either */

static void
pad(struct buf *b, int columns)
{
	buf_addf(b, "%*s", columns > 0 ? columns : 0, "");
}

static void
rule(struct buf *b, char c, int from, int to)
{
	pad(b, from);
	for (; from < to; from++)
		buf_addc(b, c);
	buf_addc(b, '\n');
}

static void
centred(struct buf *b, const char *s)
{
	const int room = (SHEET_COLUMNS - text_width(s)) / 2;

	text_add_wrapped(b, s, room > 0 ? room : 0, EDGE);
}

/* The first line of what follows begins with the label. */
static void
put_label(struct buf *b, const char *label)
{
	const int room = FIELD - MARGIN - text_width(label);

	if (room > 0) {
		pad(b, MARGIN);
		buf_adds(b, label);
		pad(b, room);
	} else {
		text_add_wrapped(b, label, MARGIN, EDGE);
		pad(b, FIELD);
	}
}

/* Wrapped at the field's left edge, where the first line has begun; its end is left open. */
static void
put_field(struct buf *b, const char *s, int edge)
{
	struct buf lines = BUF_INIT;

	text_add_wrapped(&lines, s, FIELD, edge);
	if (!lines.failed)
		buf_add(b, lines.p + FIELD, lines.n - FIELD - 1);
	buf_free(&lines);
}

static void
put_choices(const struct block *block, struct buf *b)
{
	int col = FIELD;

	for (int i = 0; i < block->choices; i++) {
		const struct choice *c = &block->choice[i];
		const int width = TICK + text_width(c->text);

		if (i > 0 && col + CHOICE_GAP + width > EDGE) {
			buf_addc(b, '\n');
			pad(b, col = FIELD);
		} else if (i > 0) {
			pad(b, CHOICE_GAP);
			col += CHOICE_GAP;
		}
		buf_adds(b, c->on ? ON : OFF);
		put_field(b, c->text, EDGE - TICK);
		col = FIELD + width > EDGE ? EDGE : col + width;
	}
	buf_addc(b, '\n');
}

/* What can be written in: a blank of its own, and lines. */
static void
put_blank(const struct block *block, struct buf *b)
{
	if (block->blank != NULL) {
		put_field(b, block->blank, EDGE);
		buf_addc(b, '\n');
	} else {
		rule(b, '_', 0, EDGE - FIELD);
	}
	for (int i = 1; i < block->lines; i++)
		rule(b, '_', FIELD, EDGE);
}

static void
put_row(const struct block *block, struct buf *b)
{
	put_label(b, block->label);
	if (block->choices > 0) {
		put_choices(block, b);
	} else if (block->text != NULL) {
		put_field(b, block->text, EDGE);
		buf_addc(b, '\n');
	} else {
		put_blank(block, b);
	}
	if (block->hint != NULL)
		text_add_wrapped(b, block->hint, FIELD, EDGE);
}

static void
put_note(const char *text, struct buf *b)
{
	struct buf lines = BUF_INIT;

	text_add_wrapped(&lines, text, MARGIN + 2, EDGE);
	pad(b, MARGIN);
	if (!lines.failed)
		buf_addf(b, "* %s", lines.p + MARGIN + 2);
	buf_free(&lines);
}

static void
put_to(const char *text, struct buf *b)
{
	struct buf to = BUF_INIT;

	if (text == NULL)
		rule(&to, '_', 0, FIELD);
	else
		buf_addf(&to, "%s\n", text);
	if (!to.failed)
		to.p[to.n - 1] = ' ';
	buf_adds(&to, "御中");
	text_add_wrapped(b, to.failed ? "" : to.p, MARGIN, EDGE);
	buf_free(&to);
}

static void
put_block(const struct block *block, struct buf *b)
{
	switch (block->kind) {
	case BLOCK_TO:
		put_to(block->text, b);
		break;
	case BLOCK_PARAGRAPH:
		buf_addc(b, '\n');
		text_add_wrapped(b, block->text, MARGIN, EDGE);
		break;
	case BLOCK_HEADING:
		buf_addc(b, '\n');
		text_add_wrapped(b, block->text, 0, EDGE);
		rule(b, '-', 0, SHEET_COLUMNS);
		break;
	case BLOCK_ROW:
		put_row(block, b);
		break;
	case BLOCK_NOTE:
		put_note(block->text, b);
		break;
	}
}

void
sheet_text(const struct sheet *s, struct buf *out)
{
	centred(out, s->title);
	buf_addc(out, '\n');
	for (int i = 0; i < s->blocks; i++)
		put_block(&s->block[i], out);
	buf_addc(out, '\n');
	text_add_wrapped(out, s->footer, 0, EDGE);
}

#include "form/page.h"

#include <stdlib.h>
#include <string.h>

#include "form/pen.h"
#include "form/sift.h"

/* Points.  The page is LEFT .. LEFT + WIDE. */
#define LEFT		45.0
#define WIDE		(PEN_WIDTH - 2 * LEFT)
#define TOP		36.0
#define BOTTOM		(PEN_HEIGHT - 30.0)
#define LABEL		112.0	/* cell of a label */
#define LABEL_BESIDE	60.0
#define HALF		310.0	/* of two rows in one line, the first */
#define PAD		4.0
#define GAP		6.0	/* before a heading, after a paragraph */

#define TITLE		((struct style){ FACE_PRINTED, 17 })
#define HEADING		((struct style){ FACE_PRINTED, 10.5 })
#define PROSE		((struct style){ FACE_PRINTED, 10 })
#define SMALL		((struct style){ FACE_PRINTED, 9 })
#define FINE		((struct style){ FACE_PRINTED, 8 })
#define NAME		((struct style){ FACE_PRINTED, 10.5 })	/* of a row */
#define ENTRY		11.0	/* what is written, */
#define READABLE	7.5	/* smaller only when there is no more room, */
#define SMALLEST	3.5	/* and cut when that does not help */
#define ROOM		19.0	/* for one line of handwriting, */
#define ROOM_MORE	15.0	/* for each further one, */
#define ROOM_SPARE	12.0	/* and at most so much more if the page has it */

struct line {
	int	first, n;	/* blocks: 1, or 2 rows beside each other */
	double	height, want;	/* want: more, for a long text */
	bool	is_row;
};

struct page {
	const struct sheet	*sheet;
	struct pen		*pen;
	struct line		 line[SHEET_BLOCKS];
	int			 lines;
};

struct cell { double x, label, width; };	/* width: of what is written */

static struct cell
cell_of(const struct line *l, int i)
{
	const double split = l->n == 2 ? HALF : WIDE;

	return i == 0 ? (struct cell){ LEFT, LABEL, split - LABEL } :
	    (struct cell){ LEFT + split, LABEL_BESIDE, WIDE - split - LABEL_BESIDE };
}

static double
height_of(struct page *p, const char *text, struct style style, double width)
{
	const struct wording t = { .text = text };

	return pen_height(p->pen, &t, style, width);
}

static void
put_text(struct page *p, const char *text, struct style style, double x, double y, double width)
{
	const struct wording t = { .text = text };

	pen_write(p->pen, &t, style, x, y, width);
}

/* What stands in the box: choices in one text, each kept in one line if it is short. */
static struct wording
entry_of(const struct block *b, struct buf *text)
{
	struct wording t = { .text = b->text != NULL ? b->text : b->blank != NULL ? b->blank : "" };

	for (int i = 0; i < b->choices; i++) {
		buf_adds(text, i > 0 ? "　 " : "");
		t.keep[t.keeps].from = (unsigned)text->n;
		buf_adds(text, b->choice[i].on ? "■ " : "□ ");
		buf_adds(text, b->choice[i].text);
		t.keep[t.keeps].to = (unsigned)text->n;
		if (strlen(b->choice[i].text) < 48)
			t.keeps++;
	}
	if (b->choices > 0)
		t.text = text->failed ? "" : text->p;
	return t;
}

static struct style
entry_style(const struct block *b, double size)
{
	return (struct style){ b->text != NULL ? FACE_WRITTEN : FACE_PRINTED, size };
}

static double
room_for(const struct block *b)
{
	return ROOM + (b->lines - 1) * ROOM_MORE;
}

static double
label_height(struct page *p, const struct block *b, const struct cell *c)
{
	double h = height_of(p, b->label, NAME, c->label - 2 * PAD);

	if (b->hint != NULL)
		h += height_of(p, b->hint, FINE, c->label - 2 * PAD);
	return h + PAD;
}

static void
measure_row(struct page *p, struct line *l, const struct block *b, const struct cell *c)
{
	struct buf text = BUF_INIT;
	const struct wording t = entry_of(b, &text);
	const double width = c->width - 2 * PAD, room = room_for(b);
	const double label = label_height(p, b, c);
	double least = label > room ? label : room;
	const double easy = pen_height(p->pen, &t, entry_style(b, ENTRY), width) + PAD;
	const double tight = pen_height(p->pen, &t, entry_style(b, READABLE), width) + PAD;

	if (b->choices > 0 && easy <= 3 * room && easy > least)
		least = easy;
	if (least > l->height)
		l->height = least;
	if (tight > l->height && tight - l->height > l->want)
		l->want = tight - l->height;
	buf_free(&text);
}

static void
measure(struct page *p, struct line *l)
{
	const struct block *b = &p->sheet->block[l->first];

	switch (b->kind) {
	case BLOCK_TO:
		l->height = 24;
		break;
	case BLOCK_PARAGRAPH:
		l->height = height_of(p, b->text, PROSE, WIDE) + GAP;
		break;
	case BLOCK_HEADING:
		l->height = GAP + height_of(p, b->text, HEADING, WIDE - 8) + 3;
		break;
	case BLOCK_NOTE:
		l->height = height_of(p, b->text, SMALL, WIDE - 12) + 1.5;
		break;
	case BLOCK_ROW:
		l->is_row = true;
		for (int i = 0; i < l->n; i++) {
			const struct cell c = cell_of(l, i);

			measure_row(p, l, b + i, &c);
		}
		break;
	}
}

static double
measure_all(struct page *p)
{
	const struct sheet *s = p->sheet;
	double total = 0;

	for (int i = 0; i < s->blocks; i += p->line[p->lines++].n) {
		struct line *l = &p->line[p->lines];

		*l = (struct line){ .first = i, .n = 1 };
		if (i + 1 < s->blocks && s->block[i + 1].beside)
			l->n = 2;
		measure(p, l);
		total += l->height;
	}
	return total;
}

/* Long texts first; what is left makes every row a little higher. */
static void
share_out(struct page *p, double spare)
{
	double want = 0;
	int rows = 0;

	for (int i = 0; i < p->lines; i++) {
		want += p->line[i].want;
		rows += p->line[i].is_row;
	}
	for (int i = 0; i < p->lines && want > 0; i++)
		p->line[i].height += p->line[i].want * (want > spare ? spare / want : 1);
	spare -= want;
	for (int i = 0; i < p->lines && spare > 0; i++)
		if (p->line[i].is_row)
			p->line[i].height += spare / rows < ROOM_SPARE ? spare / rows : ROOM_SPARE;
}

/* The longest beginning of a text that fits, with the mark behind it; in out. */
static void
cut_to_fit(struct page *p, const char *text, struct style style, double width, double height,
    struct buf *out)
{
	size_t fits = 0, over = strlen(text);

	while (over - fits > 1) {
		size_t half = fits + (over - fits) / 2;

		while (half > fits && (text[half] & 0xc0) == 0x80)
			half--;
		if (half == fits)
			break;
		buf_reset(out);
		buf_add(out, text, half);
		buf_adds(out, SHEET_CUT);
		if (height_of(p, out->failed ? "" : out->p, style, width) <= height)
			fits = half;
		else
			over = half;
	}
	buf_reset(out);
	buf_add(out, text, fits);
	buf_adds(out, SHEET_CUT);
}

/* In the middle of its box, as large as it fits; true if it had to be cut. */
static bool
put_fitting(struct page *p, struct wording *t, struct style style, double x, double y,
    double width, double height, bool at_top)
{
	struct buf part = BUF_INIT;
	double h;
	bool cut;

	while ((h = pen_height(p->pen, t, style, width)) > height && style.size > SMALLEST)
		style.size -= 0.25;
	if ((cut = h > height)) {
		t->keeps = 0;
		cut_to_fit(p, t->text, style, width, height, &part);
		t->text = part.failed ? "" : part.p;
		h = pen_height(p->pen, t, style, width);
	}
	pen_write(p->pen, t, style, x, at_top ? y : y + (height - h) / 2, width);
	buf_free(&part);
	return cut;
}

static void
put_label(struct page *p, const struct block *b, const struct cell *c, double y, double height)
{
	const double width = c->label - 2 * PAD;
	const double hint = b->hint != NULL ? height_of(p, b->hint, FINE, width) : 0;
	const double top = y + (height - hint - height_of(p, b->label, NAME, width)) / 2;

	pen_fill(p->pen, c->x, y, c->label, height, 0.93);
	put_text(p, b->label, NAME, c->x + PAD, top, width);
	if (b->hint != NULL)
		put_text(p, b->hint, FINE, c->x + PAD,
		    top + height_of(p, b->label, NAME, width), width);
	pen_box(p->pen, c->x, y, c->label, height, 0.5);
}

static void
put_row(struct page *p, struct block *b, const struct cell *c, double y, double height)
{
	struct buf text = BUF_INIT;
	struct wording t = entry_of(b, &text);
	const bool at_top = b->text == NULL && b->choices == 0 && b->lines > 1;

	put_label(p, b, c, y, height);
	b->lost.cut |= put_fitting(p, &t, entry_style(b, ENTRY), c->x + c->label + PAD,
	    y + PAD / 2, c->width - 2 * PAD, height - PAD, at_top);
	pen_box(p->pen, c->x + c->label, y, c->width, height, 0.5);
	buf_free(&text);
}

static void
put_to(struct page *p, struct block *b, double y)
{
	const struct style name = { FACE_WRITTEN, 12 }, sir = { FACE_PRINTED, 11 };
	struct wording t = { .text = b->text != NULL ? b->text : "" };

	b->lost.cut |= put_fitting(p, &t, name, LEFT + PAD, y, 240, 18, false);
	pen_line(p->pen, LEFT, y + 18, LEFT + 248, y + 18, 0.5);
	put_text(p, "御中", sir, LEFT + 254, y + 3, 60);
}

static void
put_line(struct page *p, struct sheet *s, const struct line *l, double y)
{
	struct block *b = &s->block[l->first];

	switch (b->kind) {
	case BLOCK_TO:
		put_to(p, b, y);
		break;
	case BLOCK_PARAGRAPH:
		put_text(p, b->text, PROSE, LEFT, y, WIDE);
		break;
	case BLOCK_HEADING:
		pen_fill(p->pen, LEFT, y + GAP + 1, 3, l->height - GAP - 4, 0);
		put_text(p, b->text, HEADING, LEFT + 8, y + GAP, WIDE - 8);
		break;
	case BLOCK_NOTE:
		put_text(p, "・", SMALL, LEFT, y, 12);
		put_text(p, b->text, SMALL, LEFT + 12, y, WIDE - 12);
		break;
	case BLOCK_ROW:
		for (int i = 0; i < l->n; i++) {
			const struct cell c = cell_of(l, i);

			put_row(p, b + i, &c, y, l->height);
		}
		break;
	}
}

static void
draw(struct page *p, struct sheet *s)
{
	const double title = height_of(p, s->title, TITLE, WIDE) + 8;
	const double footer = height_of(p, s->footer, FINE, WIDE) + 10;
	const double total = title + measure_all(p) + footer;
	const double wide = pen_width(p->pen, s->title, TITLE);
	double y = TOP;

	if (total > BOTTOM - TOP) {
		pen_shrink(p->pen, (BOTTOM - TOP) / total);
		y = TOP * total / (BOTTOM - TOP);
	} else {
		share_out(p, BOTTOM - TOP - total);
	}
	put_text(p, s->title, TITLE, wide < WIDE ? LEFT + (WIDE - wide) / 2 : LEFT, y, WIDE);
	y += title;
	for (int i = 0; i < p->lines; i++) {
		put_line(p, s, &p->line[i], y);
		y += p->line[i].height;
	}
	if (total <= BOTTOM - TOP)
		y = BOTTOM - footer;
	put_text(p, s->footer, FINE, LEFT, y + 10, WIDE);
}

int
page_draw(struct sheet *s, struct buf *out, struct page_report *r, struct err *e)
{
	struct page *p = calloc(1, sizeof(*p));
	int rc = -1;

	if (p == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	p->sheet = s;
	if ((p->pen = pen_open(s->title, s->day, e)) == NULL)
		goto out;
	sift(s, p->pen);
	r->rare_missing = pen_rare_missing(p->pen);
	draw(p, s);
	rc = pen_close(p->pen, out, e);
	if (rc == 0 && s->failed)
		rc = err_set(e, ERR_NOMEM, "out of memory");
out:
	free(p);
	return rc;
}

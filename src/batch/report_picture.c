#include <limits.h>
#include <string.h>

#include "batch/report_impl.h"

/*
 * The day from top to bottom, as an appointment book has it: a bar for each
 * stretch of time, or for each day, and its numbers beside it.  Narrow enough
 * for a telephone; units are those of the drawing.
 */
#define WIDTH		340
#define BAR_LEFT	76
#define BAR_WIDTH	108
#define BAR_HEIGHT	11
#define HEAD_HEIGHT	20
#define LINE_HEIGHT	16
#define LINES_MAX	34	/* the days, those later, those without a time */
#define WIDE_MAX	26	/* lines that a day may take before its steps become coarser */
#define COMPACT_FROM	100000	/* no room for more digits */
#define MOST_MIN	5	/* people that fill a bar, so that one person alone does not */

struct line {
	struct buf	label;	/* text */
	struct tally	tally;
	bool		has_bar;	/* those later have none, it would dwarf every day */
};

struct picture {
	struct line	line[LINES_MAX];
	int		lines;
	int		step;	/* minutes a line; 0: a line a day */
	long		most;	/* people that fill a bar */
};

const enum words care_words[CARE_MAX] = { WORDS_CARE_CALL, WORDS_CARE_DESK, WORDS_CARE_FAILED,
	WORDS_CARE_FINE };

const char *
care_name(enum care care)
{
	static const char *const names[CARE_MAX] = { "call", "desk", "failed", "fine" };

	return names[care];
}

static void
tally_add(struct tally *t, const struct tally *more)
{
	for (int i = 0; i < CARE_MAX; i++)
		t->n[i] += more->n[i];
}

static long
tally_sum(const struct tally *t)
{
	long sum = 0;

	for (int i = 0; i < CARE_MAX; i++)
		sum += t->n[i];
	return sum;
}

/*
 * The tally of a day, in their order.  When there is no room the latest day goes
 * to those later, and whatever comes for it thereafter does, too.
 */
static struct tally *
tally_of(struct timeline *t, int day)
{
	int at = t->days;

	while (at > 0 && t->day[at - 1].day > day)
		at--;
	if (at > 0 && t->day[at - 1].day == day)
		return &t->day[at - 1].tally;
	if (at == REPORT_DAYS_MAX)
		return &t->later;
	if (t->days == REPORT_DAYS_MAX)
		tally_add(&t->later, &t->day[--t->days].tally);
	memmove(&t->day[at + 1], &t->day[at], sizeof(t->day[0]) * (size_t)(t->days - at));
	memset(&t->day[at], 0, sizeof(t->day[at]));
	t->day[at].day = day;
	t->days++;
	return &t->day[at].tally;
}

void
timeline_add(struct timeline *t, const struct person *p)
{
	if (p->day == INT_MAX) {
		t->nowhere++;
		return;
	}
	if (t->last < p->day)
		t->last = p->day;
	tally_of(t, p->day)->n[p->care]++;
	if (p->minute == MINUTE_NONE)
		t->untimed.n[p->care]++;
	else
		t->quarter[p->minute / 15].n[p->care]++;
}

bool
timeline_has_one_day(const struct timeline *t)
{
	return t->days == 1;
}

/* A new line with that many people; its label is to be written. */
static struct buf *
add_line(struct picture *p, const struct tally *tally, bool has_bar)
{
	struct line *line = &p->line[p->lines++];
	const long sum = tally_sum(tally);

	*line = (struct line){ .label = BUF_INIT, .tally = *tally, .has_bar = has_bar };
	if (has_bar && p->most < sum)
		p->most = sum;
	return &line->label;
}

/* Quarters of an hour a line, so that the lines from first to last are few enough. */
static int
quarters_of_line(int first, int last)
{
	if (last - first < WIDE_MAX / 2)
		return 1;
	return last / 2 - first / 2 < WIDE_MAX ? 2 : 4;
}

/* Empty stretches between the first and the last are drawn, too: the picture is to scale. */
static void
layout_day(const struct timeline *t, struct picture *p)
{
	int first = 0, last = QUARTERS - 1, each;

	while (last > 0 && tally_sum(&t->quarter[last]) == 0)
		last--;
	while (first < last && tally_sum(&t->quarter[first]) == 0)
		first++;
	each = quarters_of_line(first, last);
	p->step = 15 * each;
	if (tally_sum(&t->quarter[first]) == 0)
		return;
	for (int i = first / each * each; i <= last; i += each) {
		struct tally sum = { { 0 } };

		for (int k = 0; k < each; k++)
			tally_add(&sum, &t->quarter[i + k]);
		html_minute(add_line(p, &sum, true), i * 15);
	}
}

static void
layout(const struct timeline *t, bool ja, struct picture *p)
{
	if (timeline_has_one_day(t)) {
		layout_day(t, p);
		if (tally_sum(&t->untimed) > 0)
			buf_adds(add_line(p, &t->untimed, true), words(WORDS_NO_TIME, ja));
		return;
	}
	for (int i = 0; i < t->days; i++)
		plain_day(add_line(p, &t->day[i].tally, true), ja, t->day[i].day, false);
	if (tally_sum(&t->later) > 0)
		buf_adds(add_line(p, &t->later, false), words(WORDS_LATER, ja));
}

void
patterns_write(struct buf *b)
{
	buf_adds(b, "<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\n"
	    "<pattern id=\"p-desk\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(45)\"><rect class=\"under\" width=\"5\" height=\"5\"/>"
	    "<rect class=\"desk\" width=\"2.5\" height=\"5\"/></pattern>\n"
	    "<pattern id=\"p-failed\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">"
	    "<rect class=\"under\" width=\"4\" height=\"4\"/>"
	    "<circle class=\"failed\" cx=\"2\" cy=\"2\" r=\"1.1\"/></pattern>\n"
	    "</defs></svg>\n");
}

void
swatch_write(enum care care, struct buf *b)
{
	buf_addf(b, "<svg class=\"swatch\" viewBox=\"0 0 14 14\" width=\"14\" height=\"14\" "
	    "aria-hidden=\"true\"><rect class=\"bar %s\" x=\"1\" y=\"1\" width=\"12\" "
	    "height=\"12\"/></svg>", care_name(care));
}

static void
add_compact(struct buf *b, bool ja, long n)
{
	if (n < COMPACT_FROM)
		html_number(b, n);
	else
		buf_addf(b, ja ? "%ld万" : "%ldk", ja ? n / 10000 : n / 1000);
}

/* What the picture shows, for those who can not see it. */
static void
describe(const struct picture *p, bool ja, struct buf *b)
{
	buf_adds(b, "<desc id=\"picture-desc\">");
	for (int i = 0; i < p->lines; i++) {
		const struct line *line = &p->line[i];

		buf_addf(b, "%s%s: ", i > 0 ? "; " : "", line->label.p);
		html_words(b, WORDS_PEOPLE, ja, tally_sum(&line->tally));
		for (int c = 0; c < CARE_MAX; c++)
			if (line->tally.n[c] > 0) {
				buf_addf(b, ", %s ", words(care_words[c], ja));
				html_number(b, line->tally.n[c]);
			}
	}
	buf_adds(b, "</desc>\n");
}

#define COLUMNS	4

/* Right edges of the numbers: all, call, desk, failed. */
static const int column_right[COLUMNS] = { 224, 258, 292, 338 };

static void
draw_head(bool ja, struct buf *b)
{
	static const enum words heads[COLUMNS] = { WORDS_SHORT_ALL, WORDS_SHORT_CALL,
		WORDS_SHORT_DESK, WORDS_SHORT_FAILED };

	for (int i = 0; i < COLUMNS; i++)
		buf_addf(b, "<text class=\"head\" x=\"%d\" y=\"14\">%s</text>", column_right[i],
		    words(heads[i], ja));
	buf_addf(b, "\n<path class=\"rule\" d=\"M0 %d.5H%d\"/>\n", HEAD_HEIGHT - 2, WIDTH);
}

/* Its kinds from left to right; even one among very many can be seen. */
static void
draw_bar(const struct line *line, long most, int y, struct buf *b)
{
	int x = BAR_LEFT;

	for (int c = 0; c < CARE_MAX; c++) {
		int width = (int)((line->tally.n[c] * BAR_WIDTH + most / 2) / most);

		if (line->tally.n[c] == 0)
			continue;
		if (width < 3)
			width = 3;
		buf_addf(b, "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
		    care_name((enum care)c), x, y + 2, width, BAR_HEIGHT);
		x += width;
	}
}

static void
draw_line(const struct picture *p, int i, bool ja, struct buf *b)
{
	const struct line *line = &p->line[i];
	const int y = HEAD_HEIGHT + i * LINE_HEIGHT, base = y + 12;

	buf_addf(b, "<text x=\"0\" y=\"%d\">%s</text>", base, line->label.p);
	if (line->has_bar)
		draw_bar(line, p->most, y, b);
	for (int c = 0; c < COLUMNS; c++) {
		const long n = c == 0 ? tally_sum(&line->tally) : line->tally.n[c - 1];

		if (n == 0)
			continue;
		buf_addf(b, "<text class=\"n%s\" x=\"%d\" y=\"%d\">", c == 1 ? " strong" : "",
		    column_right[c], base);
		add_compact(b, ja, n);
		buf_adds(b, "</text>");
	}
	buf_addf(b, "<path class=\"rule\" d=\"M0 %d.5H%d\"/>\n", y + LINE_HEIGHT - 1, WIDTH);
}

static void
write_title(const struct picture *p, bool ja, struct buf *b)
{
	html_words(b, p->step > 0 ? WORDS_PICTURE_STEP : WORDS_PICTURE_DAYS, ja, p->step);
}

static void
draw(const struct picture *p, bool ja, struct buf *b)
{
	buf_addf(b, "<svg class=\"picture\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"picture-title picture-desc\">\n<title id=\"picture-title\">", WIDTH,
	    HEAD_HEIGHT + p->lines * LINE_HEIGHT);
	write_title(p, ja, b);
	buf_adds(b, "</title>\n");
	describe(p, ja, b);
	draw_head(ja, b);
	for (int i = 0; i < p->lines; i++)
		draw_line(p, i, ja, b);
	buf_adds(b, "</svg>\n");
}

static void
write_caption(const struct picture *p, bool ja, struct buf *b)
{
	buf_adds(b, "<figcaption>");
	if (p->lines > 0) {
		buf_adds(b, "<strong>");
		write_title(p, ja, b);
		buf_addf(b, "</strong> %s", words(WORDS_PICTURE_HOW, ja));
	} else {
		buf_adds(b, words(WORDS_NO_PICTURE, ja));
	}
	buf_adds(b, "</figcaption>\n");
}

static void
write_figure(const struct timeline *t, const struct picture *p, bool ja, struct buf *b)
{
	buf_adds(b, "<figure>\n");
	write_caption(p, ja, b);
	if (p->lines > 0)
		draw(p, ja, b);
	if (t->nowhere > 0) {
		buf_adds(b, "<p>");
		html_words(b, WORDS_NOWHERE, ja, t->nowhere);
		buf_adds(b, "</p>\n");
	}
	buf_adds(b, "</figure>\n");
}

void
timeline_write(const struct timeline *t, bool ja, struct buf *b)
{
	struct picture p = { .most = MOST_MIN };

	layout(t, ja, &p);
	for (int i = 0; i < p.lines; i++)
		if (p.line[i].label.failed)
			b->failed = 1;
	if (!b->failed)
		write_figure(t, &p, ja, b);
	for (int i = 0; i < p.lines; i++)
		buf_free(&p.line[i].label);
}

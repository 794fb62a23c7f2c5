#include "cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/out_decision.h"

#define FEWEST_LINES	12	/* a window of fewer is scrolled: the verdict needs them */

int
screen_lines(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_row == 0)
		return SCREEN_LINES;
	return w.ws_row < FEWEST_LINES ? FEWEST_LINES : w.ws_row;
}

struct buf *
screen_block(struct screen *s, enum rank rank)
{
	if (s->n < SCREEN_BLOCKS)
		s->n++;
	s->block[s->n - 1].rank = rank;
	return &s->block[s->n - 1].text;
}

void
screen_release(struct screen *s)
{
	for (int i = 0; i < s->n; i++)
		buf_free(&s->block[i].text);
	*s = (struct screen){ .n = 0 };
}

static int
lines_of(const struct buf *b)
{
	int lines = 0;

	for (size_t i = 0; i < b->n; i++)
		lines += b->p[i] == '\n';
	return lines;
}

/* The last block of the last rank that is still there; -1: only what stays. */
static int
least(const struct screen *s)
{
	int found = -1;

	for (int i = 0; i < s->n; i++)
		if (s->block[i].text.n > 0 && s->block[i].rank > ACTION &&
		    (found < 0 || s->block[i].rank >= s->block[found].rank))
			found = i;
	return found;
}

/* Takes the last line off the longest block. */
static void
shorten(struct screen *s)
{
	struct buf *b;
	int longest = 0;

	for (int i = 1; i < s->n; i++)
		if (lines_of(&s->block[i].text) > lines_of(&s->block[longest].text))
			longest = i;
	b = &s->block[longest].text;
	do {
		b->n--;
	} while (b->n > 0 && b->p[b->n - 1] != '\n');
}

enum rank
screen_fit(struct screen *s, int lines)
{
	enum rank first = RANKS;
	int used = 0, i;

	for (i = 0; i < s->n; i++)
		used += lines_of(&s->block[i].text);
	/* one line for the prompt, and one that says how many gave way */
	while (used > lines - 1 - (s->left_out > 0) && (i = least(s)) >= 0) {
		used -= lines_of(&s->block[i].text);
		first = s->block[i].rank;
		buf_free(&s->block[i].text);
		s->left_out++;
	}
	/* whatever a name or the texts of a rule file are, the counter's screen is not scrolled */
	if (used > lines - 1 - (s->left_out > 0))
		s->left_out++;
	for (; used > lines - 1 - (s->left_out > 0) && used > s->n; used--)
		shorten(s);
	return first;
}

void
screen_show(struct screen *s, bool ja, struct buf *out)
{
	char more[80];

	for (int i = 0; i < s->n; i++)
		if (s->block[i].text.n > 0)
			buf_add(out, s->block[i].text.p, s->block[i].text.n);
	if (s->left_out > 0) {
		msg_with_int(more, sizeof(more), MSG_MORE, ja, s->left_out);
		out_paragraph(out, MSG_RULER, ja, more);
	}
	screen_release(s);
}

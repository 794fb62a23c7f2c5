#include "cli/board.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define LINES	24	/* where the terminal does not say */
#define COLUMNS	80
#define FOOT	2

/* Home, all of the screen, and then what was scrolled out of it: the second may scroll. */
#define CLEAR	"\033[H\033[2J\033[3J"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static void
on_signal(int sig)
{
	if (write(STDERR_FILENO, CLEAR, sizeof(CLEAR) - 1) < 0)
		_exit(128 + sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
on_resize(int sig)
{
	(void)sig;	/* that a wait ends is all it is for */
}

static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal }, was;

	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	/* a program that is stopped can not clear its screen */
	signal(SIGTSTP, SIG_IGN);
	sa = (struct sigaction){ .sa_handler = on_resize, .sa_flags = SA_RESTART };
	sigaction(SIGWINCH, &sa, NULL);
}

static void
leave_signals(void)
{
	struct sigaction was;

	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler == on_signal)
			signal(signals[i], SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
}

void
board_begin(struct board *b, bool on)
{
	const char *term = getenv("TERM");

	*b = (struct board){ .on = on, .pages = on && term != NULL && *term != '\0' &&
		strcmp(term, "dumb") != 0 };
	if (b->pages)
		catch_signals();
}

void
board_end(struct board *b)
{
	if (b->pages) {
		board_clear(b);
		leave_signals();
	}
	buf_free(&b->page);
	buf_free(&b->state);
	buf_free(&b->keys);
	b->on = b->pages = false;
}

static struct winsize
size(void)
{
	struct winsize w = { .ws_col = 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0 || w.ws_row == 0)
		w = (struct winsize){ .ws_row = LINES, .ws_col = COLUMNS };
	return w;
}

int
board_lines(const struct board *b)
{
	const int lines = b->pages ? size().ws_row : LINES;

	return lines > 2 * FOOT ? lines - FOOT : FOOT;
}

/* As much of a line as the terminal is wide: one that wraps would move the others. */
static void
put_cut(const char *line, int columns)
{
	int width = 0;
	size_t n = 0, len;

	while (line[n] != '\0' && (len = text_char_len(line + n, strlen(line + n))) > 0) {
		char one[8] = "";

		memcpy(one, line + n, len);
		if ((width += text_width(one)) >= columns)
			break;
		n += len;
	}
	fprintf(stderr, "%.*s", (int)n, line);
}

static const char *
text_of(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

/* Over what stands there, line by line, so that nothing flickers. */
static void
paint(struct board *b)
{
	const struct winsize w = size();
	const char *line = text_of(&b->page), *end;
	int lines = 0;

	b->rows = w.ws_row;
	b->columns = w.ws_col;
	fputs("\033[H", stderr);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1, lines++)
		fprintf(stderr, "%.*s\033[K\n", (int)(end - line), line);
	if (lines + FOOT < w.ws_row)
		fputs("\033[K\n", stderr);
	fprintf(stderr, "%s  ", b->clock);
	put_cut(text_of(&b->state), w.ws_col - (int)strlen(b->clock) - 2);
	fputs("\033[K\n", stderr);
	put_cut(text_of(&b->keys), w.ws_col);
	fputs("\033[J", stderr);
	fflush(stderr);
}

void
board_clear(struct board *b)
{
	if (b->pages)
		fputs(CLEAR, stderr);
	fflush(stderr);
	buf_free(&b->page);
	b->personal = b->painted = false;
}

static void
set(struct buf *b, const char *text)
{
	buf_reset(b);
	buf_adds(b, text);
}

void
board_show(struct board *b, const struct buf *page, bool personal)
{
	if (b->personal == personal && strcmp(text_of(&b->page), text_of(page)) == 0)
		return;
	if (b->personal || personal)
		board_clear(b);
	set(&b->page, text_of(page));
	b->personal = personal;
	b->painted = false;
	if (b->on && !b->pages)
		fputs(text_of(page), stderr);
}

void
board_foot(struct board *b, const char *clock, const char *state, const char *keys)
{
	const struct winsize w = size();
	const bool same = b->painted && strcmp(text_of(&b->state), state) == 0 &&
	    strcmp(text_of(&b->keys), keys) == 0;

	if (same && (!b->pages || (strcmp(b->clock, clock) == 0 && b->rows == w.ws_row &&
	    b->columns == w.ws_col)))
		return;
	snprintf(b->clock, sizeof(b->clock), "%s", clock);
	set(&b->state, state);
	set(&b->keys, keys);
	if (b->pages)
		paint(b);
	else
		fprintf(stderr, "%s  %s\n%s%s", clock, state, keys, *keys != '\0' ? "\n" : "");
	b->painted = true;
}

void
board_ring(const struct board *b)
{
	if (b->on)
		fputc('\a', stderr);
}

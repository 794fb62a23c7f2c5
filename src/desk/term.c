#include "desk/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define LATE_ENTER_MS	400	/* between a key and the Enter that habit adds */
#define REST_OF_KEY_MS	50	/* the other bytes of a character or a function key are there */
#define LINE_MAX_BYTES	240

enum { CTRL_D = 4, CTRL_U = 21, ESCAPE = 27, RUB_OUT = 127 };

/* What a handler puts back; it has no other way to be told. */
static struct termios found;
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

struct mode {
	bool			 on;
	struct sigaction	 was[SIGNALS];
};

/* The terminal as it was, on a line of its own; then what the signal would have done. */
static void
on_signal(int sig)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	if (write(STDERR_FILENO, "\n", 1) < 0)
		_exit(128 + sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Ctrl-Z would leave the shell with a terminal that shows nothing: it is an ordinary key here. */
static void
begin(struct mode *m)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct termios keys;

	m->on = tcgetattr(STDIN_FILENO, &found) == 0;
	if (!m->on)
		return;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &m->was[i]) == 0 &&
		    m->was[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	keys = found;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_iflag |= ICRNL;
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	keys.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
}

static void
end(struct mode *m)
{
	if (!m->on)
		return;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &m->was[i], NULL);
}

/* A byte, TERM_END, or -2 when none came in time; ms < 0: for ever. */
static int
next_byte(int ms)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	unsigned char c;
	ssize_t n;
	int ready;

	while ((ready = poll(&p, 1, ms)) < 0 && errno == EINTR)
		continue;
	if (ready == 0)
		return -2;
	while ((n = read(STDIN_FILENO, &c, 1)) < 0 && errno == EINTR)
		continue;
	return n == 1 ? c : TERM_END;
}

/* What a function key sends after its escape: "[" or "O", then up to a letter or "~". */
static void
skip_function_key(void)
{
	int c = next_byte(REST_OF_KEY_MS);

	if (c != '[' && c != 'O')
		return;
	do {
		c = next_byte(REST_OF_KEY_MS);
	} while (c >= ' ' && c < '@');
}

/*
 * One key: a character in out, or a control key as its number and out empty;
 * TERM_END, or -2 as next_byte().
 */
static int
next_key(char out[static 5], int ms)
{
	const int c = next_byte(ms);
	size_t n = 1, want;

	out[0] = '\0';
	if (c == ESCAPE)
		skip_function_key();
	if (c < ' ' || c == RUB_OUT)
		return c;
	want = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	out[0] = (char)c;
	while (n < want) {
		const int more = next_byte(REST_OF_KEY_MS);

		if (more < 0)
			break;
		out[n++] = (char)more;
	}
	out[text_char_len(out, n) == n ? n : 0] = '\0';
	return ' ';
}

/* The plain, small letter or digit that a character stands for, or 0. */
static int
plain(const char *character)
{
	char *norm = text_nfkc(character);
	int c = norm != NULL && norm[0] != '\0' && norm[1] == '\0' ? norm[0] : 0;

	free(norm);
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

int
term_key(const char *prompt, const char *keys)
{
	struct mode m;
	char character[5];
	int c;

	/* before the prompt, so that the terminal does not show a key pressed at once */
	begin(&m);
	fputs(prompt, stderr);
	for (;;) {
		c = next_key(character, -1);
		if (c == TERM_END || c == CTRL_D) {
			c = TERM_END;
			break;
		}
		if (c == '\n')
			continue;
		if (character[0] != '\0' && (c = plain(character)) != 0 &&
		    strchr(keys, c) != NULL)
			break;
		fputc('\a', stderr);
	}
	end(&m);
	return c;
}

int
term_until_key(const char *keys, int (*turn)(void *ctx), void *ctx)
{
	struct mode m;
	char character[5];
	int rc, c = 0, pressed;

	begin(&m);
	while ((rc = turn(ctx)) == 0 && c == 0)
		while (c == 0 && (pressed = next_key(character, 0)) >= 0)
			if (pressed == CTRL_D || (character[0] != '\0' &&
			    plain(character) != 0 && strchr(keys, plain(character)) != NULL))
				c = 1;
	end(&m);
	return rc;
}

static void
rub_out(struct buf *line, size_t from)
{
	size_t at = line->n;
	int width;

	if (at == from)
		return;
	do {
		at--;
	} while (at > from && (line->p[at] & 0xc0) == 0x80);
	for (width = text_width(line->p + at); width > 0; width--)
		fputs("\b \b", stderr);
	line->n = at;
	line->p[at] = '\0';
}

static long long
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One key of a line that began at from: 0 when the line goes on, 1 when it ends, TERM_END. */
static int
edit(struct buf *line, size_t from, int c, const char *character, bool late)
{
	const bool empty = line->n == from;

	if (c == TERM_END || (c == CTRL_D && empty))
		return TERM_END;
	if (c == '\n')
		return !empty || !late;
	if (c == RUB_OUT || c == '\b')
		rub_out(line, from);
	while (c == CTRL_U && line->n > from)
		rub_out(line, from);
	if (character[0] != '\0' && line->n - from < LINE_MAX_BYTES) {
		const size_t at = line->n;

		text_add_safe(line, character);
		fputs(line->p != NULL ? line->p + at : "", stderr);
	}
	return 0;
}

int
term_line(const char *prompt, struct buf *out)
{
	const long long asked = clock_ms();
	const size_t from = out->n;
	struct mode m;
	char character[5];
	int rc = 0;

	begin(&m);
	fputs(prompt, stderr);
	while (rc == 0) {
		const int c = next_key(character, -1);

		rc = edit(out, from, c, character, clock_ms() - asked < LATE_ENTER_MS);
	}
	fputc('\n', stderr);
	end(&m);
	return rc == TERM_END ? TERM_END : 0;
}

void
term_swallow_enter(void)
{
	const long long until = clock_ms() + LATE_ENTER_MS;
	struct mode m;
	char character[5];
	long long left;
	int c;

	begin(&m);
	while ((left = until - clock_ms()) > 0) {
		c = next_key(character, (int)left);
		if (c == '\n' || c == TERM_END || c == -2)
			break;
	}
	end(&m);
}

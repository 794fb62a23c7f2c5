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
#define AFTER_PIN_MS	1000	/* in which who thinks that it was not taken begins once more */
#define SETTLED_MS	1000	/* who types a PIN has stopped */
#define REST_OF_KEY_MS	50	/* the other bytes of a character or a function key are there */
#define LINE_MAX_BYTES	240

enum { CTRL_D = 4, CTRL_U = 21, ESCAPE = 27, RUB_OUT = 127 };

static void on_signal(int sig), on_stop(int sig), on_continue(int sig);
static const struct {
	int	  number;
	void	(*handler)(int);
} signals[] = {
	{ SIGINT, on_signal }, { SIGTERM, on_signal }, { SIGHUP, on_signal },
	{ SIGQUIT, on_signal }, { SIGTSTP, on_stop }, { SIGCONT, on_continue },
};
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/* What a handler puts back; it has no other way to be told. */
static struct termios found, silent, wanted;
static struct sigaction was[SIGNALS];
static volatile sig_atomic_t waiting, quiet;

struct mode {
	bool	on;
};

/* The terminal as it was, on a line of its own; then what the signal would have done. */
static void
on_signal(int sig)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	if (write(STDERR_FILENO, "\n", 1) < 0)
		_exit(128 + sig);
	for (size_t i = 0; i < SIGNALS; i++)
		if (signals[i].number == sig)
			sigaction(sig, &was[i], NULL);
	raise(sig);
}

/* Whoever stops the process has the terminal meanwhile. */
static void
on_stop(int sig)
{
	const int before = errno;

	(void)sig;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	raise(SIGSTOP);
	errno = before;
}

static void
on_continue(int sig)
{
	const int before = errno;

	(void)sig;
	if (waiting || quiet)
		tcsetattr(STDIN_FILENO, TCSADRAIN, waiting ? &wanted : &silent);
	errno = before;
}

/*
 * Takes the terminal.  Ctrl-Z would leave the shell with one that shows nothing:
 * it is an ordinary key here.
 */
static bool
seize(void)
{
	struct sigaction sa = { .sa_flags = 0 };

	if (tcgetattr(STDIN_FILENO, &found) < 0)
		return false;
	silent = found;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	silent.c_cc[VSUSP] = _POSIX_VDISABLE;
	wanted = silent;
	wanted.c_lflag &= ~(tcflag_t)ICANON;
	wanted.c_iflag |= ICRNL;
	wanted.c_cc[VMIN] = 1;
	wanted.c_cc[VTIME] = 0;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++) {
		sa.sa_handler = signals[i].handler;
		if (sigaction(signals[i].number, NULL, &was[i]) == 0 &&
		    was[i].sa_handler != SIG_IGN)
			sigaction(signals[i].number, &sa, NULL);
	}
	return true;
}

static void
give_back(int when)
{
	tcsetattr(STDIN_FILENO, when, &found);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i].number, &was[i], NULL);
}

static void
begin(struct mode *m)
{
	m->on = quiet || seize();
	if (!m->on)
		return;
	waiting = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &wanted);
}

static void
end(struct mode *m)
{
	if (!m->on)
		return;
	waiting = 0;
	if (quiet)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
	else
		give_back(TCSADRAIN);
}

static long long
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A byte that was read and belongs to the next key, or -1. */
static int put_back = -1;

/*
 * A byte, TERM_END, or -2 when none came in time; ms < 0: for ever.  A NUL is
 * what Linux has left of a Ctrl-D that was pressed between two waits.
 */
static int
next_byte(int ms)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	unsigned char c;
	ssize_t n;
	int ready;

	if (put_back >= 0) {
		c = (unsigned char)put_back;
		put_back = -1;
		return c;
	}
	while ((ready = poll(&p, 1, ms)) < 0 && errno == EINTR)
		continue;
	if (ready == 0)
		return -2;
	while ((n = read(STDIN_FILENO, &c, 1)) < 0 && errno == EINTR)
		continue;
	return n != 1 ? TERM_END : c == '\0' ? CTRL_D : c;
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
	want = c < 0xc0 || c >= 0xf8 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	out[0] = (char)c;
	while (n < want) {
		const int more = next_byte(REST_OF_KEY_MS);

		if (more < 0)
			break;
		if ((more & 0xc0) != 0x80) {
			put_back = more;
			break;
		}
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

/* What was typed, or is begun within ms, until nobody has typed for a while. */
static void
hush(int ms)
{
	struct mode m;
	char character[5];
	int c;

	begin(&m);
	if (m.on)
		for (c = next_key(character, ms); c != -2 && c != TERM_END;)
			c = next_key(character, SETTLED_MS);
	end(&m);
}

void
term_quiet(void)
{
	if (quiet || !seize())
		return;
	quiet = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
}

void
term_loud(void)
{
	if (!quiet)
		return;
	hush(0);
	quiet = 0;
	give_back(TCSAFLUSH);
}

static long long pin_typed_ms = -AFTER_PIN_MS;

void
term_pin_typed(void)
{
	pin_typed_ms = clock_ms();
}

void
term_settle(void)
{
	const long long left = pin_typed_ms + AFTER_PIN_MS - clock_ms();

	hush(left > 0 ? (int)left : 0);
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

/* The one of keys that was pressed, TERM_END, or 0 when nothing more is there to read. */
static int
key_at_hand(const char *keys)
{
	char character[5];
	int c;

	while ((c = next_key(character, 0)) != -2) {
		if (c == TERM_END || c == CTRL_D)
			return TERM_END;
		if (character[0] != '\0' && (c = plain(character)) != 0 &&
		    strchr(keys, c) != NULL)
			return c;
	}
	return 0;
}

int
term_wait(const char *keys, const int *fds, size_t n, int ms)
{
	struct pollfd p[1 + TERM_FDS_MAX] = { { STDIN_FILENO, POLLIN, 0 } };
	struct mode m = { false };
	int c = 0;

	for (size_t i = 0; i < n; i++)
		p[1 + i] = (struct pollfd){ fds[i], POLLIN, 0 };
	if (keys == NULL)
		p[0].fd = -1;
	else
		begin(&m);
	if (poll(p, (nfds_t)(1 + n), ms) > 0 && p[0].revents != 0)
		c = key_at_hand(keys);
	end(&m);
	return c;
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
term_until_enter(const char *prompt)
{
	struct mode m;
	char character[5];
	int c;

	begin(&m);
	fputs(prompt, stderr);
	do {
		c = next_key(character, -1);
	} while (c != '\n' && c != TERM_END && c != CTRL_D);
	fputc('\n', stderr);
	end(&m);
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

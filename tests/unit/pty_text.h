#ifndef TESTS_UNIT_PTY_TEXT_H
#define TESTS_UNIT_PTY_TEXT_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * A person at a terminal: a child runs what is tested on the slave, the test
 * types on the master.  What the child answers comes by a pipe.
 */
#define PATIENCE_MS	10000
#define PATIENCE_S	30	/* for one child: then the test is killed */

struct pty {
	int		master, slave, answer;
	pid_t		pid;
	struct termios	was;
	char		shown[65536];
	size_t		n;
};

/* The child's part: what it answers, one line. */
static int answer_fd = -1;

static void __attribute__((format(printf, 1, 2)))
answer(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(answer_fd, fmt, ap);
	va_end(ap);
}

static void
pty_child(struct pty *t, int out, void (*run)(void *ctx), void *ctx)
{
	static const int defaults[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT };

	/* the tests may run where these are ignored */
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		signal(defaults[i], SIG_DFL);
	setsid();
	ioctl(t->slave, TIOCSCTTY, 0);
	dup2(t->slave, STDIN_FILENO);
	dup2(t->slave, STDERR_FILENO);
	close(t->slave);
	close(t->master);
	answer_fd = out;
	run(ctx);
	close(out);
	_exit(0);
}

static void
pty_start(struct pty *t, void (*run)(void *ctx), void *ctx)
{
	int ends[2];

	alarm(PATIENCE_S);
	memset(t, 0, sizeof(*t));
	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0 && grantpt(t->master) == 0 && unlockpt(t->master) == 0);
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0 && pipe(ends) == 0);
	assert_int_equal(tcgetattr(t->slave, &t->was), 0);
	t->pid = fork();
	assert_true(t->pid >= 0);
	if (t->pid == 0)
		pty_child(t, ends[1], run, ctx);
	close(ends[1]);
	t->answer = ends[0];
}

/* Reads what is shown within ms; 0 when there was nothing. */
static size_t
pty_read(struct pty *t, int ms)
{
	struct pollfd p = { t->master, POLLIN, 0 };
	ssize_t n = 0;

	if (poll(&p, 1, ms) > 0 && t->n < sizeof(t->shown) - 1 &&
	    (n = read(t->master, t->shown + t->n, sizeof(t->shown) - 1 - t->n)) > 0)
		t->n += (size_t)n;
	return n > 0 ? (size_t)n : 0;
}

/* Waits until the text is shown behind what was waited for before. */
static void
pty_expect(struct pty *t, const char *text)
{
	const char *at;

	for (int waited = 0; (at = strstr(t->shown, text)) == NULL; waited += 20) {
		if (waited > PATIENCE_MS)
			fail_msg("did not see \"%s\" in \"%s\"", text, t->shown);
		(void)pty_read(t, 20);
	}
	t->n -= (size_t)(at - t->shown) + strlen(text);
	memmove(t->shown, at + strlen(text), t->n);
	memset(t->shown + t->n, 0, sizeof(t->shown) - t->n);
}

static void
pty_type_bytes(struct pty *t, const char *bytes, size_t n)
{
	assert_int_equal(write(t->master, bytes, n), (ssize_t)n);
}

static void
pty_type(struct pty *t, const char *text)
{
	pty_type_bytes(t, text, strlen(text));
}

static int
pty_is_as_found(const struct pty *t)
{
	struct termios now;

	return tcgetattr(t->slave, &now) == 0 && now.c_lflag == t->was.c_lflag &&
	    now.c_iflag == t->was.c_iflag && now.c_oflag == t->was.c_oflag &&
	    memcmp(now.c_cc, t->was.c_cc, sizeof(now.c_cc)) == 0;
}

/* The child's answer, its end, and the terminal as it was found; the wait status. */
static int
pty_end(struct pty *t, char *said, size_t size)
{
	size_t n = 0;
	ssize_t got;
	int status;

	while (n < size - 1 && (got = read(t->answer, said + n, size - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	while (waitpid(t->pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	assert_true(pty_is_as_found(t));
	while (pty_read(t, 0) > 0)
		continue;
	alarm(0);
	close(t->answer);
	close(t->slave);
	close(t->master);
	return status;
}

#endif

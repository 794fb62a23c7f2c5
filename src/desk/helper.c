#include "desk/helper.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "desk/launcher.h"

#define STOPPED_LOOKS	25	/* at 2 ms each */
#define TERM_GRACE_MS	300	/* for leaving the card at a deadline */

static long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
helper_find(const char *name, char path[static PATH_MAX], struct err *e)
{
	static const char *const where[] = { "", "../libexec/shikaku/" };
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int len;

	if (n <= 0)
		return err_set(e, ERR_READER_HELPER, "cannot tell where this program is");
	self[n] = '\0';
	*(strrchr(self, '/') + 1) = '\0';
	for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		len = snprintf(path, PATH_MAX, "%s%s%s", self, where[i], name);
		if (len > 0 && len < PATH_MAX && access(path, X_OK) == 0)
			return 0;
	}
	return err_set(e, ERR_READER_HELPER, "%s is not installed beside this program", name);
}

int
helper_start(struct helper *h, const char *name, struct err *e)
{
	char path[PATH_MAX];
	int sv[2], rc;

	*h = (struct helper){ -1, -1 };
	if (helper_find(name, path, e) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return err_set(e, ERR_READER_HELPER, "socketpair: %s", strerror(errno));
	rc = launcher_start(path, sv[1], &h->pid);
	close(sv[1]);
	if (rc != 0) {
		close(sv[0]);
		return err_set(e, ERR_READER_HELPER, "%s: %s", name, strerror(rc));
	}
	h->fd = sv[0];
	return 0;
}

static bool
ended_within(pid_t pid, int ms)
{
	const struct timespec tick = { 0, 2000000 };
	const long long until = now_ms() + ms;
	pid_t got;

	for (;;) {
		got = waitpid(pid, NULL, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return true;
		if (now_ms() >= until)
			return false;
		nanosleep(&tick, NULL);
	}
}

/* Did the filter of system calls end it?  Its end is known a moment after that of its socket. */
static bool
was_stopped(struct helper *h)
{
	siginfo_t how = { 0 };

	for (int i = 0; i < STOPPED_LOOKS && h->pid > 0 && how.si_pid == 0; i++) {
		const struct timespec tick = { 0, 2000000 };

		if (i > 0)
			nanosleep(&tick, NULL);
		if (waitid(P_PID, (id_t)h->pid, &how, WEXITED | WNOHANG | WNOWAIT) < 0)
			break;
	}
	return how.si_pid != 0 && how.si_code != CLD_EXITED && how.si_status == SIGSYS;
}

/* SIGTERM first: a helper that is only slow still leaves the card. */
static void
put_down(struct helper *h)
{
	if (h->pid > 0) {
		kill(h->pid, SIGTERM);
		if (!ended_within(h->pid, TERM_GRACE_MS)) {
			kill(h->pid, SIGKILL);
			while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
				continue;
		}
	}
	if (h->fd >= 0)
		close(h->fd);
	*h = (struct helper){ -1, -1 };
}

void
helper_stop(struct helper *h, int grace_ms)
{
	if (h->fd >= 0)
		shutdown(h->fd, SHUT_RDWR);
	if (h->pid > 0 && ended_within(h->pid, grace_ms))
		h->pid = -1;
	put_down(h);
}

static int
send_packet(const struct helper *h, struct span packet, int fd)
{
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec iov = { .iov_len = packet.n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	memcpy(&iov.iov_base, &packet.p, sizeof(packet.p));
	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(h->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)packet.n ? 0 : -1;
}

/* 1 when fd can be read, 0 at the deadline; signals do not shorten it. */
static int
await(int fd, int timeout_ms)
{
	const long long until = now_ms() + timeout_ms;
	struct pollfd p = { fd, POLLIN, 0 };
	long long left = timeout_ms;
	int n;

	for (;;) {
		n = poll(&p, 1, timeout_ms == HELPER_FOREVER ? -1 : (int)left);
		if (n > 0)
			return 1;
		if (timeout_ms != HELPER_FOREVER && (left = until - now_ms()) <= 0)
			return 0;
	}
}

int
helper_send(struct helper *h, struct span packet, int fd, struct err *e)
{
	if (h->fd < 0)
		return err_set(e, ERR_READER_HELPER, "the reader program is not running");
	if (send_packet(h, packet, fd) == 0)
		return 0;
	put_down(h);
	return err_set(e, ERR_READER_HELPER, "the reader program does not listen");
}

int
helper_take(struct helper *h, int timeout_ms, char *out, size_t max, size_t *n, struct err *e)
{
	ssize_t got;

	if (h->fd < 0)
		return err_set(e, ERR_READER_HELPER, "the reader program is not running");
	if (!await(h->fd, timeout_ms)) {
		put_down(h);
		return err_set(e, ERR_READER_TIMEOUT, "no answer within %d ms", timeout_ms);
	}
	while ((got = recv(h->fd, out, max, MSG_TRUNC)) < 0 && errno == EINTR)
		continue;
	if (got <= 0 || (size_t)got > max) {
		if (was_stopped(h))
			err_set(e, ERR_READER_HELPER, "the reader program was stopped by its "
			    "sandbox: it asked for what it is not allowed (SIGSYS)");
		put_down(h);
		return err_set(e, ERR_READER_HELPER, "the reader program ended without an answer");
	}
	*n = (size_t)got;
	return 0;
}

int
helper_ask(struct helper *h, struct span packet, int fd, int timeout_ms, char *out, size_t max,
    size_t *n, struct err *e)
{
	if (helper_send(h, packet, fd, e) < 0)
		return -1;
	return helper_take(h, timeout_ms, out, max, n, e);
}

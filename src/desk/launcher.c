#include "desk/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/helper.h"

#define CHILD_FD	3
#define DEADLINE_MS	5000	/* for the start of a program */

static struct helper launcher = { -1, -1 };
static bool begun;

struct started {
	pid_t	pid;
	int	error;		/* errno; 0: it runs */
};

/* In the new process, with every signal blocked, up to the program: only calls that need no lock. */
static void
become(const char *path, int fd, int failed)
{
	char number[] = { '0' + CHILD_FD, '\0' }, option[] = "--socket";
	char name[PATH_MAX];
	char *argv[] = { name, option, number, NULL };
	sigset_t none;
	int error;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	strcpy(name, path);
	/* out of the way of the descriptor it gets */
	failed = fcntl(failed, F_DUPFD_CLOEXEC, CHILD_FD + 1);
	if (fd == CHILD_FD)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, CHILD_FD);
	if (failed > CHILD_FD + 1)
		close_range(CHILD_FD + 1, (unsigned)failed - 1, 0);
	close_range((unsigned)failed + 1, ~0u, 0);
	execve(path, argv, environ);
	error = errno;
	(void)!write(failed, &error, sizeof(error));
	_exit(127);
}

/* flags: CLONE_PARENT for a brother: our parent waits for it, and it sees that one's end. */
static struct started
start(const char *path, int fd, unsigned long flags)
{
	struct started s = { .pid = -1 };
	sigset_t all, was;
	int failed[2];

	if (strlen(path) >= PATH_MAX)
		return (struct started){ -1, ENAMETOOLONG };
	if (pipe2(failed, O_CLOEXEC) < 0)
		return (struct started){ -1, errno };
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &was);
	s.pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	if (s.pid == 0)
		become(path, fd, failed[1]);
	if (s.pid < 0)
		s.error = errno;
	sigprocmask(SIG_SETMASK, &was, NULL);
	close(failed[1]);
	/* the end of the pipe, and nothing in it: the program runs */
	while (s.error == 0 && read(failed[0], &s.error, sizeof(s.error)) < 0 && errno == EINTR)
		continue;
	close(failed[0]);
	return s;
}

/* One of our helpers?  The parent may have been taken over by somebody since. */
static bool
is_ours(const char *path)
{
	static const char *const names[] = { "shikaku-reader", "shikaku-form" };
	char known[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct err ignored = ERR_INIT;

		if (helper_find(names[i], known, &ignored) == 0 && strcmp(known, path) == 0)
			return true;
	}
	return false;
}

static ssize_t
take(int parent, char path[static PATH_MAX], int *fd)
{
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { path, PATH_MAX - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	const ssize_t n = recvmsg(parent, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*fd = -1;
	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	if (n > 0)
		path[n] = '\0';
	return n;
}

/* Until the parent is gone; Ctrl-C is the parent's affair. */
static void
serve(int parent)
{
	char path[PATH_MAX];
	struct started s;
	ssize_t n;
	int fd;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_NAME, "shikaku-starter");
	for (;;) {
		if ((n = take(parent, path, &fd)) < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		s = is_ours(path) ? start(path, fd, CLONE_PARENT) :
		    (struct started){ -1, EACCES };
		if (fd >= 0)
			close(fd);
		if (send(parent, &s, sizeof(s), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

int
launcher_begin(struct err *e)
{
	int sv[2];

	if (begun)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return err_set(e, ERR_INTERNAL, "socketpair: %s", strerror(errno));
	if ((launcher.pid = fork()) == 0) {
		int parent;

		/* whose end it would never see: where stdin is closed it is not above 3 */
		close(sv[0]);
		parent = dup2(sv[1], CHILD_FD);
		close_range(CHILD_FD + 1, ~0u, 0);
		fcntl(parent, F_SETFD, FD_CLOEXEC);
		serve(parent);
	}
	close(sv[1]);
	if (launcher.pid < 0) {
		close(sv[0]);
		return err_set(e, ERR_INTERNAL, "fork: %s", strerror(errno));
	}
	launcher.fd = sv[0];
	begun = true;
	return 0;
}

static struct started
ask_for(const char *path, int fd)
{
	const struct span name = { (const uint8_t *)path, strlen(path) };
	struct err ignored = ERR_INIT;
	struct started s;
	size_t n;

	if (helper_ask(&launcher, name, fd, DEADLINE_MS, (char *)&s, sizeof(s), &n, &ignored) < 0 ||
	    n != sizeof(s))
		return (struct started){ -1, ECHILD };
	return s;
}

int
launcher_start(const char *path, int fd, pid_t *pid)
{
	const struct started s = begun ? ask_for(path, fd) : start(path, fd, 0);

	if (s.error != 0 && s.pid > 0)
		(void)waitpid(s.pid, NULL, 0);
	*pid = s.error == 0 ? s.pid : -1;
	return s.error;
}

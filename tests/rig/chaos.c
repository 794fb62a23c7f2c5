/*
 * LD_PRELOAD for tests/batch-chaos: the process kills itself at one of its steps on disk, sees
 * another clock, or a name service that does not answer.
 *
 *	CHAOS_NEAR=PATH          steps are those on files whose path begins like this
 *	CHAOS_ONLY=WHAT:REST     only those of that kind on PATHREST are counted
 *	CHAOS_LOG=FILE           one line a step: its number, what, how many bytes, REST
 *	CHAOS_KILL=N:before|half|after	SIGKILL at step N, half: with half of its bytes written
 * One write of several lines into a journal is as many steps: it may end behind each, and in each.
 *	CHAOS_TIME=SECONDS       what time() says
 *	CHAOS_DNS=SECONDS        getaddrinfo() takes so long and fails
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *near_path, *only, *log_path, *how;
static long kill_at, steps;

__attribute__((constructor)) static void
begin(void)
{
	const char *at = getenv("CHAOS_KILL");
	char *end;

	near_path = getenv("CHAOS_NEAR");
	only = getenv("CHAOS_ONLY");
	log_path = getenv("CHAOS_LOG");
	if (at != NULL) {
		kill_at = strtol(at, &end, 10);
		how = *end == ':' ? end + 1 : "before";
	}
	/* for this process only */
	unsetenv("LD_PRELOAD");
}

static void
die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* What of the path is behind near_path; NULL: another file. */
static const char *
behind(const char *path)
{
	const size_t n = near_path != NULL ? strlen(near_path) : 0;

	return n > 0 && strncmp(path, near_path, n) == 0 ? path + n : NULL;
}

static const char *
behind_fd(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((n = readlink(link, path, PATH_MAX - 1)) < 0)
		return NULL;
	path[n] = '\0';
	return behind(path);
}

static void
note(const char *what, size_t bytes, const char *name)
{
	char line[PATH_MAX];
	int fd, n;

	if (log_path == NULL)
		return;
	n = snprintf(line, sizeof(line), "%ld %s %zu %s\n", steps, what, bytes,
	    *name != '\0' ? name : "-");
	if ((fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		abort();
	if (syscall(SYS_write, fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

static int
counts(const char *what, const char *name)
{
	const size_t n = strlen(what);

	return name != NULL && (only == NULL ||
	    (strncmp(only, what, n) == 0 && only[n] == ':' && strcmp(only + n + 1, name) == 0));
}

/* Is this the step?  Counts it. */
static int
is_step(const char *what, size_t bytes, const char *name)
{
	if (!counts(what, name))
		return 0;
	steps++;
	note(what, bytes, name);
	return kill_at == steps;
}

/* The same; does not come back when it is to end before it. */
static int
step(const char *what, const char *name)
{
	const int mine = is_step(what, 0, name);

	if (mine && strcmp(how, "before") == 0)
		die();
	return mine;
}

static int
is_journal(const char *name)
{
	static const char end[] = "journal";
	const size_t n = name != NULL ? strlen(name) : 0;

	return n >= sizeof(end) - 1 && strcmp(name + n - (sizeof(end) - 1), end) == 0;
}

/* The step that ends the process, if it is one of this write's: how much is written until then; else -1. */
static ssize_t
cut(const char *p, size_t n, const char *name)
{
	const int by_line = is_journal(name);

	for (size_t at = 0, len; at < n; at += len) {
		const char *end = by_line ? memchr(p + at, '\n', n - at) : NULL;

		len = end != NULL ? (size_t)(end - p) + 1 - at : n - at;
		if (is_step("write", len, name))
			return (ssize_t)(at + (strcmp(how, "before") == 0 ? 0 :
			    strcmp(how, "half") == 0 ? len / 2 : len));
	}
	return -1;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	char path[PATH_MAX];
	const ssize_t until = cut(p, n, behind_fd(fd, path));
	const ssize_t rc = syscall(SYS_write, fd, p, until >= 0 ? (size_t)until : n);

	if (until >= 0)
		die();
	return rc;
}

#define STEP_ON_FD(name, what, args, pass)				\
	int								\
	name args							\
	{								\
		char path[PATH_MAX];					\
		const int mine = step(what, behind_fd(fd, path));	\
		int (*real) args = (int (*) args)dlsym(RTLD_NEXT, #name); \
		const int rc = real pass;				\
									\
		if (mine)						\
			die();						\
		return rc;						\
	}

STEP_ON_FD(ftruncate, "truncate", (int fd, off_t n), (fd, n))
STEP_ON_FD(fsync, "sync", (int fd), (fd))
STEP_ON_FD(fdatasync, "sync", (int fd), (fd))
STEP_ON_FD(fchmod, "chmod", (int fd, mode_t mode), (fd, mode))

int
rename(const char *from, const char *to)
{
	const int mine = step("rename", behind(to));
	const int rc = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);

	if (mine)
		die();
	return rc;
}

int
unlink(const char *path)
{
	const int mine = step("unlink", behind(path));
	const int rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);

	if (mine)
		die();
	return rc;
}

time_t
time(time_t *out)
{
	const char *s = getenv("CHAOS_TIME");
	struct timespec now;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &now);
	t = s != NULL ? (time_t)strtoll(s, NULL, 10) : now.tv_sec;
	if (out != NULL)
		*out = t;
	return t;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
	const char *s = getenv("CHAOS_DNS");
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
	    (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))
	    dlsym(RTLD_NEXT, "getaddrinfo");

	if (s == NULL)
		return real(node, service, hints, out);
	sleep((unsigned)atoi(s));
	return EAI_AGAIN;
}

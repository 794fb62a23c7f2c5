/*
 * LD_PRELOAD for tests/cli/sandbox.bats: what somebody would do who has taken over one of our programs.
 *
 *	INTRUDER_IN=NAME	the program it is; not what that forks
 *	INTRUDER_DOES=WHAT	unix, inet, write or program, at the first packet that it takes from another process
 *	INTRUDER_LOG=FILE	opened before; what came of it, if it lives to tell
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *does;
static int to = -1;
static pid_t taken;

__attribute__((constructor)) static void
begin(void)
{
	const char *in = getenv("INTRUDER_IN"), *log = getenv("INTRUDER_LOG");

	if (in == NULL || log == NULL || strcmp(in, program_invocation_short_name) != 0)
		return;
	does = getenv("INTRUDER_DOES");
	taken = getpid();
	to = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static int
attempt(void)
{
	char name[] = "true";
	char *argv[] = { name, NULL };

	if (strcmp(does, "unix") == 0)
		return socket(AF_UNIX, SOCK_STREAM, 0);
	if (strcmp(does, "inet") == 0)
		return socket(AF_INET, SOCK_STREAM, 0);
	if (strcmp(does, "write") == 0)
		return open("stolen", O_WRONLY | O_CREAT, 0600);
	return execv("/bin/true", argv);
}

static void
intrude(void)
{
	static int once;
	int rc;

	if (does == NULL || to < 0 || getpid() != taken || once++)
		return;
	dprintf(to, "tried\n");
	rc = attempt();
	dprintf(to, "%s\n", rc < 0 ? strerrorname_np(errno) : "done");
}

ssize_t
recvmsg(int fd, struct msghdr *m, int flags)
{
	ssize_t (*real)(int, struct msghdr *, int) =
	    (ssize_t (*)(int, struct msghdr *, int))dlsym(RTLD_NEXT, "recvmsg");

	intrude();
	return real(fd, m, flags);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	ssize_t (*real)(int, void *, size_t, int) =
	    (ssize_t (*)(int, void *, size_t, int))dlsym(RTLD_NEXT, "recv");

	intrude();
	return real(fd, p, n, flags);
}

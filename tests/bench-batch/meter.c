/*
 * meter FD COMMAND [ARGUMENT]...: runs it and writes to FD how long it took, its
 * processor time (both in microseconds) and its largest resident set in KB;
 * exits as it did.  A program of its own, because a process begins with the
 * resident set of the one that forked it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long
us(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

static long long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	const long long from = now_us();
	const int fd = argc > 2 ? atoi(argv[1]) : -1;
	struct rusage u;
	int status;
	pid_t pid;

	if (fd < 0 || (pid = fork()) < 0)
		return 125;
	if (pid == 0) {
		close(fd);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &u) != pid)
		return 125;
	dprintf(fd, "%lld %lld %ld\n", now_us() - from, us(u.ru_utime) + us(u.ru_stime),
	    u.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

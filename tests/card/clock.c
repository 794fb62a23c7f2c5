/*
 * Waiting without time passing: nanosleep() and SCardGetStatusChange() move
 * the clock that clock_gettime() tells, so that 3 s of patience cost nothing
 * and how long somebody would have waited can be counted.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

static long long waited_ns;

int
clock_gettime(clockid_t id, struct timespec *t)
{
	const int rc = (int)syscall(SYS_clock_gettime, id, t);

	if (rc == 0 && id == CLOCK_MONOTONIC) {
		const long long ns = t->tv_nsec + waited_ns;

		t->tv_sec += ns / 1000000000;
		t->tv_nsec = ns % 1000000000;
	}
	return rc;
}

int
nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	waited_ns += t->tv_sec * 1000000000LL + t->tv_nsec;
	return 0;
}

void
clock_wait(long long ms)
{
	waited_ns += ms * 1000000;
}

long long
clock_ms(void)
{
	return waited_ns / 1000000;
}

#include "reader/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FAREWELL_S	3

static volatile sig_atomic_t terminated, is_idle;
static sigset_t open_mask;	/* the mask while waiting: nothing blocked */

static void
on_signal(int sig)
{
	if (sig != SIGTERM)
		return;
	if (is_idle)
		_exit(0);
	terminated = 1;
	alarm(FAREWELL_S);
}

bool
signals_told_to_end(void)
{
	return terminated != 0;
}

void
signals_idle(bool idle)
{
	is_idle = idle;
	if (idle && terminated)
		_exit(0);
}

int
signals_init(struct err *e)
{
	static const int caught[] = { SIGINT, SIGHUP, SIGQUIT, SIGTERM };
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigset_t blocked;

	sigemptyset(&open_mask);
	sigemptyset(&blocked);
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		if (sigaction(caught[i], &sa, NULL) < 0)
			return err_set(e, ERR_INTERNAL, "sigaction: %s", strerror(errno));
		if (caught[i] != SIGTERM)
			sigaddset(&blocked, caught[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a line of the APDU log that has no room is told */
	signal(SIGTTOU, SIG_IGN);
	if (sigprocmask(SIG_SETMASK, &blocked, NULL) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return err_set(e, ERR_INTERNAL, "signals: %s", strerror(errno));
	return 0;
}

int
signals_wait(int fd, int parent)
{
	struct pollfd p[] = { { fd, POLLIN, 0 }, { parent, 0, 0 } };
	int n = 0;

	if (!terminated)
		n = ppoll(p, 2, NULL, &open_mask);
	if (terminated || (n > 0 && (p[1].revents & (POLLHUP | POLLERR)) != 0))
		return -1;
	return n > 0;
}

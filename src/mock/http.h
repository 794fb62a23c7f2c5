#ifndef MOCK_HTTP_H
#define MOCK_HTTP_H

#include <stdbool.h>

#include "mock/faults.h"
#include "mock/service.h"
#include "mock/tls.h"

/*
 * The service on a socket: one thread, one epoll loop.  Bounded: 256
 * connections, 32 KiB and a body of 64 KiB each, 10 s of silence, 30 s for
 * a body.
 */
struct http {
	struct service	*service;
	const struct tls *tls;		/* NULL: --plain */
	struct faults	*faults;	/* NULL: none */
	long long	 latency_ms;	/* added to every answer */
	bool		 verbose;	/* a line per request on stderr */
};

/*
 * Serves the listening socket until a byte or a hang-up can be read from
 * stop_fd.  Calls ready() once it accepts connections.  Closes listen_fd.
 */
int	http_serve(const struct http *h, int listen_fd, int stop_fd,
	    void (*ready)(void *arg), void *arg, struct err *e);

#endif

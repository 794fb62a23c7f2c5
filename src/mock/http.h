#ifndef MOCK_HTTP_H
#define MOCK_HTTP_H

#include <stdbool.h>

#include "mock/faults.h"
#include "mock/service.h"
#include "mock/tls.h"

/*
 * The service on a socket: one thread, one epoll loop.  Bounded: 256
 * connections, 32 KiB each and a body of service_body_max(), 256 MiB of bodies
 * and answers in all (beyond that OVERLOADED), 10 s of silence, 30 s for a
 * body.
 */
struct http {
	struct service	*service;
	const struct tls *tls;		/* NULL: --plain */
	struct faults	*faults;	/* NULL: none */
	long long	 latency_ms;	/* added to every answer */
	bool		 verbose;	/* a line per request on stderr */
};

/* What the program wants to hear of, and say, while it is served. */
struct http_control {
	int	  fd;
	void	(*ready)(void *arg);		/* connections are accepted */
	bool	(*goes_on)(void *arg);		/* fd can be read; false: stop */
	void	 *arg;
};

/* Serves the listening socket until c says stop.  Closes listen_fd. */
int	http_serve(const struct http *h, int listen_fd, const struct http_control *c,
	    struct err *e);

#endif

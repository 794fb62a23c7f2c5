#ifndef MOCK_LISTEN_H
#define MOCK_LISTEN_H

#include <stdbool.h>

#include "base/err.h"

#define LISTEN_TEXT	80	/* "[IPv6]:PORT" and NUL */

struct listener {
	int	fd;
	bool	loopback;
	char	host[LISTEN_TEXT];	/* as in a URL: an IPv6 address in brackets */
	int	port;
};

/*
 * Listens on ADDR:PORT, numeric, IPv6 in brackets; port 0: any free one.
 * With only_loopback another address is refused.  ERR_USAGE when it is no
 * such text, ERR_CONFIG when it cannot be had.
 */
int	listen_open(struct listener *l, const char *spec, bool only_loopback, struct err *e);

#endif

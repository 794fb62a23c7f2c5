#ifndef DESK_HELPER_H
#define DESK_HELPER_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A program of ours that runs beside this one and answers packets on a
 * socket (SOCK_SEQPACKET, descriptor 3 on its side).
 */
struct helper {
	pid_t	pid;	/* -1 when it is not running */
	int	fd;	/* -1 when it is not running */
};

#define HELPER_FOREVER	(-1)

/* Where the program of that name is: beside the running one, or in ../libexec/shikaku. */
int	helper_find(const char *name, char path[static PATH_MAX], struct err *e);

/* Found beside the running program, or in ../libexec/shikaku. */
int	helper_start(struct helper *h, const char *name, struct err *e);

/*
 * Sends a packet, with a descriptor if fd is not -1, and waits timeout_ms for
 * the answer, which goes to a buffer of max bytes.  ERR_READER_TIMEOUT or
 * ERR_READER_HELPER leave the helper dead.
 */
int	helper_ask(struct helper *h, struct span packet, int fd, int timeout_ms, char *out,
	    size_t max, size_t *n, struct err *e);

/* The two halves of it; in between h->fd becomes readable when there is something to take. */
int	helper_send(struct helper *h, struct span packet, int fd, struct err *e);
int	helper_take(struct helper *h, int timeout_ms, char *out, size_t max, size_t *n,
	    struct err *e);

/* Hangs up and waits grace_ms for its end; then it is killed. */
void	helper_stop(struct helper *h, int grace_ms);

#endif

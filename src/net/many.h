#ifndef NET_MANY_H
#define NET_MANY_H

#include "net/https.h"

/*
 * Several requests at a time to one peer as one identity: https.h with
 * libcurl's multi interface.  Each line carries one request at a time, and
 * there are never more connections than lines; they are kept and used again.
 * For one thread, no callbacks.
 */
struct many;

#define MANY_LINES_MAX	16

/* Since many_open(). */
struct many_traffic {
	long long	requests;
	long long	connections;	/* made, with TLS: handshakes completed */
};

/*
 * lines is 1..MANY_LINES_MAX.  wake_fd, -1 for none, ends a wait when it
 * becomes readable.  Opens no connection yet.  Errors as https_open().
 */
int	many_open(struct many **out, const struct https_config *c, int lines, int wake_fd,
	    struct err *e);
void	many_close(struct many *m);	/* gives up what is under way; harmless on NULL */

/*
 * Begins a request on a free line and returns the line; -1 with e set when it
 * can not begin.  One line must be free.  json (NULL: GET) is borrowed until
 * the line is done.
 */
int	many_start(struct many *m, const char *path, const struct buf *json,
	    long long deadline_ms, struct err *e);
bool	many_has_free(const struct many *m);

/* Sends what was started, without waiting for anything. */
int	many_push(struct many *m, struct err *e);

/*
 * Waits until something happens on a line, wake_fd is readable, a signal came
 * or it is until_ms, and carries on with what can be.  1: woken by wake_fd or
 * a signal, else 0; -1 when libcurl fails.
 */
int	many_run(struct many *m, long long until_ms, struct err *e);

/*
 * A line that is done, now free again; -1 when there is none.  *rc and e are
 * what https_post() would have returned; *reply is good until the next
 * many_start().
 */
int	many_next(struct many *m, int *rc, const struct https_reply **reply, struct err *e);

/* Gives up what is under way on the line; false when nothing is (it may be done). */
bool	many_stop(struct many *m, int line);

const struct many_traffic *many_traffic(const struct many *m);

#endif

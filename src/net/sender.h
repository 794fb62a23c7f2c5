#ifndef NET_SENDER_H
#define NET_SENDER_H

#include "net/https.h"
#include "net/many.h"
#include "net/retry.h"

/*
 * Sends requests to one service over a few kept connections and sees them
 * through: a transport failure (no connection, no answer in time, a reply cut
 * short), 429, 502, 503 and 504 are tried again as the policy says; any other
 * end is final.  While a Retry-After runs, nobody is asked.  A service of which only
 * these come is left alone by a circuit breaker and probed with GET /v1/health;
 * one of which nothing else comes for longer than the policy's patience, or that
 * asks to wait so long, fails whatever still waits.  One thread; everything
 * happens inside these calls.
 */
struct sender;

struct sender_config {
	struct https_config	https;
	struct retry_policy	retry;
	int			connections;	/* 1..MANY_LINES_MAX */
	int			timeout_ms;	/* of one attempt, connection included */
	int			wake_fd;	/* readable: a wait ends; -1 for none */
};

/* One request, its caller's own; borrowed until sender_wait() gives it back. */
struct sender_item {
	const char		*path;
	const struct buf	*json;		/* NULL: GET */

	/*
	 * What came of it: as https_post() would have returned it.  reply is
	 * NULL when there was no last attempt, and good until the next call.
	 */
	int			 rc;
	struct err		 err;
	const struct https_reply *reply;
	int			 attempts;	/* that were begun */

	struct sender_item	*next;		/* the sender's */
	long long		 due;
};

/* For a display; instants are of https_clock_ms(). */
struct sender_state {
	int		waiting;	/* not under way: first time or again */
	int		in_flight;
	long long	done;		/* given back */
	long long	retries;	/* attempts that were not the first */
	long long	requests;	/* begun, probes included */
	long long	handshakes;	/* connections made */
	bool		breaker_open;
	long long	probe_at;	/* next probe, while open */
	int		probes;		/* since something was answered */
	long long	hold_until;	/* of Retry-After; 0 or past: none */
};

/* Opens no connection yet.  c's strings are borrowed only meanwhile. */
int	sender_open(struct sender **out, const struct sender_config *c, struct err *e);
void	sender_close(struct sender *s);	/* gives up what is under way; harmless on NULL */

/* Takes it and begins as soon as may be. */
void	sender_submit(struct sender *s, struct sender_item *it);

/*
 * The next that is finished.  1: *out is it; 0: nothing until until_ms, or
 * woken before; -1: libcurl fails, and so will every other call.  What is
 * finished and not fetched keeps its connection: never more requests than
 * connections have been sent whose answers the caller does not have.
 */
int	sender_wait(struct sender *s, long long until_ms, struct sender_item **out,
	    struct err *e);

/* Another that is finished already, or NULL; nothing is sent, nor waited for. */
struct sender_item *sender_next(struct sender *s);

/*
 * Gives up everything under way and asks nothing any more: what was answered
 * already, and then the rest with ERR_INTERRUPTED, comes from sender_wait().
 */
void	sender_cancel(struct sender *s);

struct sender_state sender_state(const struct sender *s);

#endif

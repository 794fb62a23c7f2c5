#ifndef NET_POOL_H
#define NET_POOL_H

#include "net/elig.h"
#include "net/sender.h"

/*
 * Enquiries by number, many at a time: elig_by_number() for a list.  What is
 * tried again, when nobody is asked and how a dead service is treated is
 * sender.h's.  One thread, no callbacks:
 *
 *	while (pool_has_room(p) && (another question))
 *		pool_submit(p, &question, tag, e);
 *	while (pool_wait(p, timeout_ms, &done, e) == 1)
 *		use done.tag, done.answer; elig_answer_free(&done.answer);
 */
struct pool;

#define POOL_QUESTIONS_MAX	64

struct pool_config {
	struct retry_policy	retry;
	int			connections;	/* 1..MANY_LINES_MAX */
	int			timeout_ms;	/* of one attempt */
	int			wake_fd;	/* readable: pool_wait() ends; -1 for none */
};

#define POOL_CONFIG_INIT							\
	{ .retry = RETRY_POLICY_INIT, .connections = 6, .timeout_ms = 10000, .wake_fd = -1 }

struct pool_done {
	void			*tag;
	struct elig_answer	 answer;	/* filled in always; the caller frees it */
	struct err		 err;		/* ERR_NONE with ELIG_ANSWERED */
	int			 attempts;	/* requests that were begun for it */
};

/* Contacts nobody.  s is borrowed only meanwhile. */
int	pool_open(struct pool **out, const struct elig_service *s, const struct pool_config *c,
	    struct err *e);
void	pool_close(struct pool *p);	/* gives up what is under way; harmless on NULL */

/*
 * Takes a question; q's strings are borrowed until it comes back with its tag.
 * 1: taken; 0: full, pool_wait() first; -1: it can not be asked (ERR_USAGE).
 */
int	pool_submit(struct pool *p, const struct elig_number_request *q, void *tag,
	    struct err *e);
bool	pool_has_room(const struct pool *p);

/*
 * The next that is finished, in any order.  1: *out; 0: none within timeout_ms
 * or before it was woken (wake_fd, a signal); -1: the pool is broken.  When
 * the caller has recorded what it has got before it submits or waits again,
 * then a crash costs at most `connections` answers that the service gave and
 * nobody has.
 */
int	pool_wait(struct pool *p, int timeout_ms, struct pool_done *out, struct err *e);

/* Another that is finished already, 1, or 0; nothing is sent, nor waited for. */
int	pool_next(struct pool *p, struct pool_done *out);

/*
 * For Ctrl-C: gives up everything under way at once.  What was answered, and
 * then the rest with ERR_INTERRUPTED, still comes from pool_wait().
 */
void	pool_cancel(struct pool *p);

/* Its own, to be waited for while no question is under way. */
struct sender *pool_sender(struct pool *p);

struct sender_state pool_state(const struct pool *p);

#endif

#ifndef NET_RETRY_H
#define NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When to ask, when to ask again and when to stop: arithmetic without clock or
 * I/O.  Instants and lengths are milliseconds of https_clock_ms().
 */
struct retry_policy {
	int	attempts;	/* of one question, the first counted */
	int	backoff_ms;	/* before the second attempt; doubles with each */
	int	backoff_max_ms;
	int	breaker_after;	/* failures of the line in a row, whosever they are */
	int	pause_ms;	/* from there to the first probe; doubles with each */
	int	pause_max_ms;
	int	patience_ms;	/* so long one that does not answer is waited for */
	int	rate;		/* requests a second; 0: as many as it takes */
};

#define RETRY_POLICY_INIT {							\
	.attempts = 4, .backoff_ms = 200, .backoff_max_ms = 10000,		\
	.breaker_after = 5, .pause_ms = 500, .pause_max_ms = 30000,		\
	.patience_ms = 300000, .rate = 0 }

/*
 * The n-th wait (1, 2, ...): first_ms doubled n - 1 times, at most max_ms, and
 * of that a random part from a half to all, so that many clinics that were
 * thrown off together do not come back together.
 */
int	retry_wait(int first_ms, int max_ms, int n, uint32_t random);

/*
 * Circuit breaker.  It opens when the line has failed often enough in a row;
 * then nobody is asked but a probe now and then, until something is answered.
 */
struct breaker {
	int		failures;	/* in a row */
	bool		open;
	long long	since;		/* the first of these failures, or since when they are waited for */
	int		probes;		/* since something was answered */
	long long	probe_at;	/* not before this instant */
};

void	breaker_failed(struct breaker *b, const struct retry_policy *p, long long now,
	    uint32_t random);
void	breaker_answered(struct breaker *b);
/* A probe has come back with success: all may be asked, and one more failure opens it again. */
void	breaker_half_open(struct breaker *b);
/* A probe has come back without success. */
void	breaker_probed(struct breaker *b, const struct retry_policy *p, long long now,
	    uint32_t random);

/*
 * Token bucket: rate requests a second on the average, and after a lull at
 * most those of 1/20 s (but one at least) at once.  Zeroed before use.
 */
struct bucket {
	long long	due_us;		/* when the bucket is full again */
};

/* The instant from which on the next request may go; now or before: at once. */
long long bucket_next(const struct bucket *b, int rate, long long now);
void	bucket_take(struct bucket *b, int rate, long long now);

#endif

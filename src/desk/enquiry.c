#include "desk/enquiry.h"

#include <pthread.h>
#include <stdlib.h>

#define CHALLENGE_FRESH_MS	45000	/* of the 60 s that the service gives */

struct enquiry {
	struct elig		*service;
	long long		 deadline_ms;
	pthread_t		 thread;
	bool			 running;	/* thread not yet joined */
	struct elig_challenge	 challenge;
	long long		 fetched_ms;
	bool			 spent;
	int			 rc;
	struct err		 error;
	/* the thread and its owner both let go; the last one frees */
	pthread_mutex_t		 lock;
	int			 owners;
};

static void
release(struct enquiry *q)
{
	int left;

	pthread_mutex_lock(&q->lock);
	left = --q->owners;
	pthread_mutex_unlock(&q->lock);
	if (left > 0)
		return;
	pthread_mutex_destroy(&q->lock);
	elig_close(q->service);
	free(q);
}

static void *
fetch(void *arg)
{
	struct enquiry *q = arg;

	q->rc = elig_challenge(q->service, q->deadline_ms, &q->challenge, &q->error);
	q->fetched_ms = https_clock_ms();
	release(q);
	return NULL;
}

int
enquiry_start(struct enquiry **out, const struct elig_service *s, long long deadline_ms,
    struct err *e)
{
	struct enquiry *q = calloc(1, sizeof(*q));

	*out = NULL;
	if (q == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (elig_open(&q->service, s, e) < 0) {
		free(q);
		return -1;
	}
	q->deadline_ms = deadline_ms;
	q->owners = 2;
	q->error = (struct err)ERR_INIT;
	pthread_mutex_init(&q->lock, NULL);
	if (pthread_create(&q->thread, NULL, fetch, q) != 0) {
		q->owners = 1;
		release(q);
		return err_set(e, ERR_INTERNAL, "no thread");
	}
	q->running = true;
	*out = q;
	return 0;
}

int
enquiry_challenge(struct enquiry *q, long long deadline_ms, struct elig_challenge *out,
    struct err *e)
{
	if (q->running)
		pthread_join(q->thread, NULL);
	q->running = false;
	if (q->rc == 0 && (q->spent ||
	    https_clock_ms() - q->fetched_ms > CHALLENGE_FRESH_MS)) {
		q->rc = elig_challenge(q->service, deadline_ms, &q->challenge, &q->error);
		q->fetched_ms = https_clock_ms();
		q->spent = false;
	}
	if (q->rc < 0) {
		*e = q->error;
		return -1;
	}
	*out = q->challenge;
	return 0;
}

void
enquiry_spend(struct enquiry *q)
{
	q->spent = true;
}

struct elig *
enquiry_service(struct enquiry *q)
{
	return q->service;
}

bool
enquiry_stop(struct enquiry *q)
{
	const bool left = q != NULL && q->running;

	if (left)
		pthread_detach(q->thread);
	if (q != NULL)
		release(q);
	return left;
}

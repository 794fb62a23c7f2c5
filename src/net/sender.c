#include "net/sender.h"

#include <stdlib.h>

#include "base/secret.h"

struct queue {
	struct sender_item	*first;
	struct sender_item	**last;
	int			 n;
};

struct sender {
	struct sender_config	 k;
	struct many		*many;
	struct sender_item	*line[MANY_LINES_MAX];	/* under way or to be fetched */
	int			 in_flight;
	struct queue		 waiting;
	struct queue		 failed;	/* to be given back without a reply */
	struct sender_item	 probe;
	bool			 probing;
	struct breaker		 breaker;
	struct bucket		 bucket;
	long long		 hold_until;
	struct err		 why;		/* of the failure that counts as the service's */
	struct err		 broken;	/* of libcurl */
	bool			 cancelled;
	long long		 done, retries;
};

static void
queue_init(struct queue *q)
{
	q->first = NULL;
	q->last = &q->first;
	q->n = 0;
}

static void
queue_put(struct queue *q, struct sender_item *it)
{
	it->next = NULL;
	*q->last = it;
	q->last = &it->next;
	q->n++;
}

static struct sender_item *
queue_take(struct queue *q, struct sender_item **at)
{
	struct sender_item *it = *at;

	*at = it->next;
	if (q->last == &it->next)
		q->last = at;
	q->n--;
	return it;
}

static uint32_t
random_number(void)
{
	uint32_t n;

	secret_random((uint8_t *)&n, sizeof(n));
	return n;
}

int
sender_open(struct sender **out, const struct sender_config *c, struct err *e)
{
	struct sender *s;

	*out = NULL;
	if (c->connections < 1 || c->connections > MANY_LINES_MAX || c->timeout_ms < 1 ||
	    c->retry.attempts < 1)
		return err_set(e, ERR_CONFIG,
		    "connections must be 1 to %d, attempts and timeout 1 or more", MANY_LINES_MAX);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	queue_init(&s->waiting);
	queue_init(&s->failed);
	s->k = *c;
	s->probe.path = "/v1/health";
	err_clear(&s->why);
	err_clear(&s->broken);
	if (many_open(&s->many, &c->https, c->connections, c->wake_fd, e) < 0) {
		free(s);
		return -1;
	}
	s->k.https = (struct https_config){ 0 };
	*out = s;
	return 0;
}

void
sender_close(struct sender *s)
{
	if (s == NULL)
		return;
	many_close(s->many);
	free(s);
}

/* To be given back without a reply, for this reason. */
static void
fail_item(struct sender *s, struct sender_item *it, const struct err *why)
{
	it->rc = -1;
	it->err = *why;
	it->reply = NULL;
	queue_put(&s->failed, it);
}

static void
fail_waiting(struct sender *s, const struct err *why)
{
	while (s->waiting.first != NULL)
		fail_item(s, queue_take(&s->waiting, &s->waiting.first), why);
}

static void
start(struct sender *s, struct sender_item *it, long long now)
{
	int line;

	err_clear(&it->err);
	line = many_start(s->many, it->path, it->json, now + s->k.timeout_ms, &it->err);
	if (line < 0) {
		if (it != &s->probe)
			fail_item(s, it, &it->err);
		return;
	}
	if (it->attempts++ > 0)
		s->retries++;
	s->line[line] = it;
	s->in_flight++;
	s->probing = s->probing || it == &s->probe;
}

/* Nobody is asked now. */
static bool
is_paused(const struct sender *s, long long now)
{
	return s->breaker.open || now < s->hold_until;
}

/* Nothing has been answered for so long that nobody is waited for any more. */
static bool
is_given_up(const struct sender *s, long long now)
{
	return s->breaker.failures > 0 && now - s->breaker.since >= s->k.retry.patience_ms;
}

static bool
is_past_patience(const struct sender *s, long long now)
{
	return (is_paused(s, now) && is_given_up(s, now)) ||
	    s->hold_until - now > s->k.retry.patience_ms;
}

static struct sender_item **
find_due(struct sender *s, long long now)
{
	struct sender_item **at = &s->waiting.first;

	while (*at != NULL && (*at)->due > now)
		at = &(*at)->next;
	return *at != NULL ? at : NULL;
}

static void
start_probe(struct sender *s, long long now)
{
	if (s->probing || now < s->breaker.probe_at || now < s->hold_until)
		return;
	s->probe.attempts = 0;
	start(s, &s->probe, now);
}

/* Begins whatever may begin now. */
static int
pump(struct sender *s, long long now, struct err *e)
{
	const int before = s->in_flight;
	struct sender_item **at;

	if (is_past_patience(s, now))
		fail_waiting(s, &s->why);
	if (s->cancelled || !many_has_free(s->many))
		return 0;
	if (s->breaker.open)
		start_probe(s, now);
	else if (now >= s->hold_until)
		while (many_has_free(s->many) && (at = find_due(s, now)) != NULL &&
		    bucket_next(&s->bucket, s->k.retry.rate, now) <= now) {
			bucket_take(&s->bucket, s->k.retry.rate, now);
			start(s, queue_take(&s->waiting, at), now);
		}
	return s->in_flight > before ? many_push(s->many, e) : 0;
}

void
sender_submit(struct sender *s, struct sender_item *it)
{
	const long long now = https_clock_ms();
	struct err interrupted = ERR_INIT;

	it->rc = -1;
	err_clear(&it->err);
	it->reply = NULL;
	it->attempts = 0;
	it->due = now;
	if (s->cancelled) {
		err_set(&interrupted, ERR_INTERRUPTED, "given up");
		fail_item(s, it, &interrupted);
		return;
	}
	/* patience is with what is waited for: a failure of long ago says nothing of now */
	if (s->in_flight == 0 && s->waiting.first == NULL && !is_paused(s, now))
		s->breaker.since = now;
	queue_put(&s->waiting, it);
	pump(s, now, &s->broken);
}

static bool
is_transport_failure(const struct sender_item *it)
{
	return it->rc < 0 && (it->err.code == ERR_SERVICE_UNREACHABLE ||
	    it->err.code == ERR_SERVICE_TIMEOUT || it->reply->cut);
}

/* 502 and 504 are of a gateway that does not reach the service, 503 may be. */
static bool
is_no_answer(const struct sender_item *it)
{
	if (it->rc < 0)
		return is_transport_failure(it);
	return it->reply->status == 429 ||
	    (it->reply->status >= 502 && it->reply->status <= 504);
}

/* What those who still wait would fail with: what reply_read_error() makes of it. */
static void
blame(struct sender *s, const struct sender_item *it)
{
	const struct https_reply *r = it->reply;
	const bool own = it->rc == 0 && r->is_json && (r->status == 429 || r->status == 503);

	s->why = it->err;
	if (it->rc == 0)
		err_set(&s->why, own ? ERR_SERVICE_MAINTENANCE : ERR_SERVICE_UNREACHABLE,
		    "service: HTTP %ld, asks to wait %ld s", r->status, r->retry_after);
}

static long long
asked_to_wait(const struct sender_item *it)
{
	return it->rc == 0 ? 1000LL * it->reply->retry_after : 0;
}

static void
hold(struct sender *s, const struct sender_item *it, long long now)
{
	const long long until = now + asked_to_wait(it);

	if (until > s->hold_until)
		s->hold_until = until;
	blame(s, it);
}

/* What an end says about the service. */
static void
learn(struct sender *s, const struct sender_item *it, long long now)
{
	if (is_no_answer(it)) {
		hold(s, it, now);
		breaker_failed(&s->breaker, &s->k.retry, now, random_number());
	} else if (it->rc == 0) {
		breaker_answered(&s->breaker);
	}
}

static void
settle_probe(struct sender *s, long long now)
{
	const struct sender_item *it = &s->probe;

	s->probing = false;
	if (it->rc == 0 && it->reply->status == 200) {
		breaker_half_open(&s->breaker);
		return;
	}
	if (it->rc < 0 || is_no_answer(it))
		hold(s, it, now);
	breaker_probed(&s->breaker, &s->k.retry, now, random_number());
}

/* True when it is final; else it waits again. */
static bool
settle(struct sender *s, struct sender_item *it, long long now)
{
	const struct retry_policy *p = &s->k.retry;

	learn(s, it, now);
	if (!is_no_answer(it) || it->attempts >= p->attempts || s->cancelled ||
	    is_given_up(s, now))
		return true;
	it->due = now + asked_to_wait(it) +
	    retry_wait(p->backoff_ms, p->backoff_max_ms, it->attempts, random_number());
	it->reply = NULL;
	queue_put(&s->waiting, it);
	return false;
}

struct sender_item *
sender_next(struct sender *s)
{
	const struct https_reply *reply;
	struct err e = ERR_INIT;
	int line, rc;

	while ((line = many_next(s->many, &rc, &reply, &e)) >= 0) {
		struct sender_item *it = s->line[line];

		s->line[line] = NULL;
		s->in_flight--;
		it->rc = rc;
		it->err = e;
		it->reply = reply;
		err_clear(&e);
		if (it == &s->probe)
			settle_probe(s, https_clock_ms());
		else if (settle(s, it, https_clock_ms())) {
			s->done++;
			return it;
		}
	}
	if (s->failed.first == NULL)
		return NULL;
	s->done++;
	return queue_take(&s->failed, &s->failed.first);
}

static long long
sooner(long long a, long long b)
{
	return a < b ? a : b;
}

/* When something may be to do that no line tells of. */
static long long
next_event(const struct sender *s, long long now, long long until)
{
	const struct retry_policy *p = &s->k.retry;
	long long first = until;

	if (s->waiting.first == NULL)
		return until;
	if (is_past_patience(s, now))
		return now;
	if (is_paused(s, now) && s->breaker.failures > 0)
		until = sooner(until, s->breaker.since + p->patience_ms);
	if (s->breaker.open) {
		if (s->probing)
			return until;
		first = s->breaker.probe_at;
		return sooner(until, first > s->hold_until ? first : s->hold_until);
	}
	if (!many_has_free(s->many))
		return until;
	for (const struct sender_item *it = s->waiting.first; it != NULL; it = it->next)
		first = sooner(first, it->due);
	if (first < s->hold_until)
		first = s->hold_until;
	if (first < bucket_next(&s->bucket, p->rate, now))
		first = bucket_next(&s->bucket, p->rate, now);
	return sooner(until, first);
}

int
sender_wait(struct sender *s, long long until_ms, struct sender_item **out, struct err *e)
{
	bool woken = false;

	for (;;) {
		const long long now = https_clock_ms();
		int rc;

		if (s->broken.code != ERR_NONE || pump(s, now, &s->broken) < 0)
			break;
		if ((*out = sender_next(s)) != NULL)
			return 1;
		if (woken || now >= until_ms)
			return 0;
		rc = many_run(s->many, next_event(s, now, until_ms), &s->broken);
		if (rc < 0)
			break;
		woken = rc == 1;
	}
	*e = s->broken;
	return -1;
}

void
sender_cancel(struct sender *s)
{
	struct err why = ERR_INIT;

	if (s->cancelled)
		return;
	s->cancelled = true;
	err_set(&why, ERR_INTERRUPTED, "given up");
	for (int i = 0; i < s->k.connections; i++) {
		struct sender_item *it = s->line[i];

		if (it == NULL || !many_stop(s->many, i))
			continue;
		s->line[i] = NULL;
		s->in_flight--;
		if (it != &s->probe)
			fail_item(s, it, &why);
	}
	fail_waiting(s, &why);
}

struct sender_state
sender_state(const struct sender *s)
{
	const struct many_traffic *t = many_traffic(s->many);

	return (struct sender_state){
		.waiting = s->waiting.n,
		.in_flight = s->in_flight,
		.done = s->done,
		.retries = s->retries,
		.requests = t->requests,
		.handshakes = t->connections,
		.breaker_open = s->breaker.open,
		.probe_at = s->breaker.probe_at,
		.probes = s->breaker.probes,
		.hold_until = s->hold_until,
	};
}

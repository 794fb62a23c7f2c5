/*
 * Asks a service many questions the way `shikaku batch` does and prints what
 * came of it, "KEY VALUE" a line.  Test tool; the request is a JSON file:
 *
 *	{"mode": "pool", "url": "...", "client_cert": F, "client_key": F, "ca": F,
 *	 "plain": false, "as_of": "2026-11-22", "questions": 1000,
 *	 "ask": [{"insurer_number": "...", "symbol": "...", "number": "...",
 *	          "birthdate": "1980-02-17"}],
 *	 "connections": 6, "timeout_ms": 10000, "attempts": 4, ...}
 *
 * mode: pool, loop (elig_by_number() one after the other) or bulk (one file).
 * The questions of "ask" are asked in turn, with ArbitraryIdentifier "q1", "q2"
 * and so on.  The other keys are the members of struct pool_config, bulk_config
 * and retry_policy; file_id and reception are those of an earlier run, stop_at
 * "accepted" ends as a crash would.  After cancel_after_ms all is given up, as
 * after Ctrl-C.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/date.h"
#include "net/bulk.h"
#include "net/pool.h"

struct probe {
	const struct json	*in;
	struct elig_service	 service;
	struct pool_config	 config;
	struct bulk_config	 bulk;
	long long		 questions;
	long long		 asked, back;	/* submitted, come back */
	long long		 codes[ERR_MAX];
	long long		 validity[8];
	long long		 attempts_max;
	long long		 first_ms;	/* the first answer came after */
	long long		 cancelled_ms;	/* from there to the last question back */
	bool			 was_open;	/* the breaker was seen open */
	int			 in_flight_max;
	char			(*id)[24];	/* of each question */
};

static int
number_of(const struct json *in, const char *key, int otherwise)
{
	long long v;

	return js_int(in, key, &v) ? (int)v : otherwise;
}

static void
read_config(struct probe *p)
{
	struct pool_config *c = &p->config;
	struct retry_policy *r = &c->retry;

	*c = (struct pool_config)POOL_CONFIG_INIT;
#define READ(from, key) (from)->key = number_of(p->in, #key, (from)->key)
	READ(c, connections);
	READ(c, timeout_ms);
	READ(r, attempts);
	READ(r, backoff_ms);
	READ(r, backoff_max_ms);
	READ(r, breaker_after);
	READ(r, pause_ms);
	READ(r, pause_max_ms);
	READ(r, patience_ms);
	READ(r, rate);
	p->bulk = (struct bulk_config)BULK_CONFIG_INIT;
	p->bulk.retry = *r;
	READ(&p->bulk, timeout_ms);
	READ(&p->bulk, poll_floor_ms);
	READ(&p->bulk, poll_ceiling_ms);
	READ(&p->bulk, polls_max);
#undef READ
	p->service.url = js_str(p->in, "url");
	p->service.client_cert = js_str(p->in, "client_cert");
	p->service.client_key = js_str(p->in, "client_key");
	p->service.ca = js_str(p->in, "ca");
	js_bool(p->in, "plain", &p->service.plain);
	p->questions = number_of(p->in, "questions", 1);
}

static int
day_of(const struct json *o, const char *key)
{
	const char *s = js_str(o, key);

	return s != NULL ? date_parse_iso(s, strlen(s)) : DATE_NONE;
}

static struct elig_number_request
question(const struct probe *p, long long i)
{
	const struct json *all = js_get(p->in, "ask"), *o = js_at(all, (size_t)i % js_len(all));

	return (struct elig_number_request){
		.as_of = day_of(p->in, "as_of"),
		.insurer_number = js_str(o, "insurer_number"),
		.symbol = js_str(o, "symbol"),
		.number = js_str(o, "number"),
		.branch = js_str(o, "branch"),
		.birthdate = day_of(o, "birthdate"),
		.id = p->id[i],
	};
}

static void
note(struct probe *p, const struct elig_answer *a, const struct err *e, long long ms)
{
	if (p->back++ == 0)
		p->first_ms = ms;
	p->codes[e->code]++;
	p->validity[a->validity != 0 ? a->validity - '0' : 0]++;
	if (e->code != ERR_NONE && js_has(p->in, "verbose"))
		printf("error %s\n", e->msg);
}

static int
loop(struct probe *p, struct err *e)
{
	const long long from = https_clock_ms();
	struct elig *s;

	if (elig_open(&s, &p->service, e) < 0)
		return -1;
	while (p->asked < p->questions) {
		const struct elig_number_request q = question(p, p->asked++);
		struct elig_answer a = ELIG_ANSWER_INIT;
		struct err why = ERR_INIT;

		elig_by_number(s, &q, https_clock_ms() + p->config.timeout_ms, &a, &why);
		note(p, &a, &why, https_clock_ms() - from);
		elig_answer_free(&a);
	}
	elig_close(s);
	return 0;
}

static int
submit(struct probe *p, struct pool *pool, struct err *e)
{
	while (p->asked < p->questions && pool_has_room(pool)) {
		const struct elig_number_request q = question(p, p->asked);

		if (pool_submit(pool, &q, p->id[p->asked], e) < 0)
			return -1;
		p->asked++;
	}
	return 0;
}

static void
watch(struct probe *p, const struct pool *pool)
{
	const struct sender_state s = pool_state(pool);

	p->was_open = p->was_open || s.breaker_open;
	if (s.in_flight > p->in_flight_max)
		p->in_flight_max = s.in_flight;
}

static bool
is_time_to_cancel(const struct probe *p)
{
	uint64_t times;

	return p->config.wake_fd >= 0 &&
	    read(p->config.wake_fd, &times, sizeof(times)) == sizeof(times);
}

static int
run_pool(struct probe *p, struct pool *pool, struct err *e)
{
	const long long from = https_clock_ms();
	/* to see the state change; but not where wake_fd has to do it */
	const int wait_ms = p->config.wake_fd < 0 ? 50 : 60000;
	long long cancelled_at = 0;
	struct pool_done d;
	int rc = 0;

	while (rc >= 0 && p->back < p->asked + (p->asked < p->questions)) {
		if (is_time_to_cancel(p) && cancelled_at == 0) {
			cancelled_at = https_clock_ms();
			pool_cancel(pool);
			p->questions = p->asked;
		}
		if (submit(p, pool, e) < 0)
			return -1;
		watch(p, pool);
		if ((rc = pool_wait(pool, wait_ms, &d, e)) != 1)
			continue;
		note(p, &d.answer, &d.err, https_clock_ms() - from);
		if (d.attempts > p->attempts_max)
			p->attempts_max = d.attempts;
		elig_answer_free(&d.answer);
	}
	if (cancelled_at != 0)
		p->cancelled_ms = https_clock_ms() - cancelled_at;
	return rc < 0 ? -1 : 0;
}

static void
print_state(const struct probe *p, const struct pool *pool)
{
	const struct sender_state s = pool_state(pool);

	printf("requests %lld\nretries %lld\nhandshakes %lld\n", s.requests, s.retries,
	    s.handshakes);
	printf("attempts_max %lld\nbreaker_seen_open %d\nin_flight_max %d\n", p->attempts_max,
	    p->was_open, p->in_flight_max);
	printf("left %d\ncancelled_ms %lld\n", s.waiting + s.in_flight, p->cancelled_ms);
}

static int
ask_pool(struct probe *p, struct err *e)
{
	struct pool *pool;
	int rc;

	if (pool_open(&pool, &p->service, &p->config, e) < 0)
		return -1;
	rc = run_pool(p, pool, e);
	print_state(p, pool);
	pool_close(pool);
	return rc;
}

static void
print_bulk(const struct bulk *b)
{
	const struct bulk_state s = bulk_state(b);

	printf("requests %lld\nretries %lld\nhandshakes %lld\npolls %d\nworked_off %ld\n",
	    s.sender.requests, s.sender.retries, s.sender.handshakes, s.polls, s.worked_off);
	printf("strangers %zu\nrepeated %zu\ncontradicted %zu\nleft %zu\n", s.odd->strangers,
	    s.odd->repeated, s.odd->contradicted, s.left);
}

/* True when there is more to come. */
static bool
note_event(struct probe *p, const struct bulk *b, int event, const struct bulk_event_data *d,
    long long ms)
{
	static int polls;

	if (bulk_state(b).polls > polls) {
		polls = bulk_state(b).polls;
		printf("poll_ms %lld\n", ms);
	}
	if (event == BULK_ACCEPTED)
		printf("accepted_ms %lld\nreception %s\n", ms, d->reception);
	if (event == BULK_UNIT)
		note(p, &d->answer, &d->err, ms);
	if (event == BULK_UNIT && d->err.code != ERR_NONE)
		printf("unit%zu %s %s retryable=%d\n", d->index + 1, err_name(d->err.code),
		    d->answer.code != NULL ? d->answer.code : "-", d->answer.retryable);
	if (event == BULK_END)
		printf("end %s %s\n", err_name(d->err.code), d->answer.refusal_code != NULL ?
		    d->answer.refusal_code : d->answer.code != NULL ? d->answer.code : "-");
	return event != BULK_END && (event != BULK_ACCEPTED || js_str(p->in, "stop_at") == NULL);
}

static int
ask_bulk(struct probe *p, struct err *e)
{
	struct elig_number_request *q = calloc((size_t)p->questions, sizeof(*q));
	const struct bulk_file f = { .as_of = day_of(p->in, "as_of"), .q = q,
		.n = (size_t)p->questions, .file_id = js_str(p->in, "file_id"),
		.reception = js_str(p->in, "reception") };
	const long long from = https_clock_ms();
	struct bulk_event_data d;
	struct sender *line = NULL;
	struct bulk *b;
	int event;

	for (long long i = 0; q != NULL && i < p->questions; i++)
		q[i] = question(p, i);
	if (bulk_connect(&line, &p->service, &p->bulk, f.n, e) < 0 ||
	    bulk_open(&b, line, &p->service, &p->bulk, &f, e) < 0) {
		sender_close(line);
		free(q);
		return -1;
	}
	printf("file %s\n", bulk_file_id(b));
	do
		event = bulk_wait(b, 10, &d, e);
	while (event >= 0 && note_event(p, b, event, &d, https_clock_ms() - from));
	print_bulk(b);
	bulk_close(b);
	sender_close(line);
	free(q);
	return event < 0 ? -1 : 0;
}

static long long
cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL + u.ru_utime.tv_usec +
	    u.ru_stime.tv_usec;
}

static void
print_all(const struct probe *p, long long ms, long long cpu)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("back %lld\nfirst_ms %lld\nms %lld\ncpu_us_each %lld\nrss_kb %ld\n", p->back,
	    p->first_ms, ms, p->back > 0 ? cpu / p->back : 0, u.ru_maxrss);
	for (int i = 0; i < ERR_MAX; i++)
		if (p->codes[i] > 0)
			printf("%s %lld\n", err_name((enum err_code)i), p->codes[i]);
	for (int i = 1; i < 8; i++)
		if (p->validity[i] > 0)
			printf("validity%d %lld\n", i, p->validity[i]);
}

static int
run(struct probe *p, struct err *e)
{
	const char *mode = js_str(p->in, "mode");
	const int ms = number_of(p->in, "cancel_after_ms", 0);
	const struct itimerspec timer = { .it_value = { ms / 1000, ms % 1000 * 1000000L } };

	p->id = calloc((size_t)p->questions, sizeof(*p->id));
	if (p->id == NULL || js_len(js_get(p->in, "ask")) == 0)
		return err_set(e, ERR_USAGE, "nothing to ask");
	for (long long i = 0; i < p->questions; i++)
		snprintf(p->id[i], sizeof(p->id[i]), "q%lld", i + 1);
	if (ms > 0) {
		p->config.wake_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
		timerfd_settime(p->config.wake_fd, 0, &timer, NULL);
	}
	if (mode != NULL && strcmp(mode, "bulk") == 0)
		return ask_bulk(p, e);
	return mode != NULL && strcmp(mode, "loop") == 0 ? loop(p, e) : ask_pool(p, e);
}

int
main(int argc, char **argv)
{
	struct probe p = { 0 };
	struct err e = ERR_INIT;
	long long from, cpu;
	struct json *in;

	if (argc != 2 || (in = js_parse_file(argv[1], 1 << 20, &e)) == NULL) {
		fprintf(stderr, "usage: pool-probe REQUEST.json %s\n", e.msg);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	p.in = in;
	read_config(&p);
	from = https_clock_ms();
	cpu = cpu_us();
	if (run(&p, &e) < 0)
		printf("failed %s %s\n", err_name(e.code), e.msg);
	print_all(&p, https_clock_ms() - from, cpu_us() - cpu);
	free(p.id);
	js_free(in);
	return err_exit_status(e.code);
}

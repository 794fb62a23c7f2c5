#include "desk/outage.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/secret.h"
#include "net/retry.h"

#define PROBE_MS	5000	/* how long a probe may take */
#define QUIET_MS	300000	/* nothing heard for so long: is it still there? */

static const struct retry_policy policy = {
	.breaker_after = 1, .pause_ms = 2000, .pause_max_ms = 30000,
};

/* What thread and owner share; the last of them frees it. */
struct probe {
	struct elig	*service;
	int		 done;		/* eventfd */
	long long	 deadline_ms;
	int		 rc;
	struct err	 error;
	pthread_mutex_t	 lock;
	int		 owners;
};

struct outage {
	struct probe	*probe;		/* NULL: offline */
	pthread_t	 thread;
	bool		 running;	/* thread not yet joined */
	struct breaker	 breaker;
	long long	 ask_at;	/* while the service is up: when to probe */
	bool		 known;
	struct err	 last;		/* what is wrong, ERR_NONE: nothing */
	time_t		 since;
};

static void
release(struct probe *p)
{
	int left;

	pthread_mutex_lock(&p->lock);
	left = --p->owners;
	pthread_mutex_unlock(&p->lock);
	if (left > 0)
		return;
	pthread_mutex_destroy(&p->lock);
	close(p->done);
	elig_close(p->service);
	free(p);
}

static void *
ask(void *arg)
{
	struct probe *p = arg;

	p->error = (struct err)ERR_INIT;
	p->rc = elig_health(p->service, p->deadline_ms, &p->error);
	/* a counter that is not full takes it */
	(void)eventfd_write(p->done, 1);
	release(p);
	return NULL;
}

static int
probe_new(struct probe **out, const struct elig_service *s, struct err *e)
{
	struct probe *p = calloc(1, sizeof(*p));

	if ((*out = p) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	p->owners = 1;
	pthread_mutex_init(&p->lock, NULL);
	p->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->done >= 0 && elig_open(&p->service, s, e) == 0)
		return 0;
	if (p->done < 0)
		err_set(e, ERR_INTERNAL, "eventfd");
	release(p);
	return -1;
}

int
outage_open(struct outage **out, const struct elig_service *s, struct err *e)
{
	struct outage *o = calloc(1, sizeof(*o));

	*out = NULL;
	if (o == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	o->last = (struct err)ERR_INIT;
	if (s != NULL && probe_new(&o->probe, s, e) < 0) {
		free(o);
		return -1;
	}
	*out = o;
	return 0;
}

bool
outage_close(struct outage *o)
{
	const bool left = o != NULL && o->running;

	if (left)
		pthread_detach(o->thread);
	if (o != NULL && o->probe != NULL)
		release(o->probe);
	free(o);
	return left;
}

static uint32_t
dice(void)
{
	uint8_t b[4];

	secret_random(b, sizeof(b));
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Nobody is there: asking the next patient's question would only take time. */
static bool
is_down(enum err_code code)
{
	return code == ERR_SERVICE_UNREACHABLE || code == ERR_SERVICE_TIMEOUT ||
	    code == ERR_SERVICE_MAINTENANCE;
}

static void
learn(struct outage *o, const struct err *e, long long now)
{
	if (!o->known || is_down(o->last.code) != is_down(e->code) ||
	    (!is_down(e->code) && o->last.code != e->code))
		o->since = time(NULL);
	o->known = true;
	o->last = *e;
	o->ask_at = now + QUIET_MS;
	if (!is_down(e->code))
		breaker_answered(&o->breaker);
}

void
outage_learn(struct outage *o, const struct check *c, long long now)
{
	const struct err fine = ERR_INIT;

	if (o->probe == NULL || !c->asked)
		return;
	if (is_down(c->error.code)) {
		learn(o, &c->error, now);
		breaker_failed(&o->breaker, &policy, now, dice());
	} else if (c->answer.outcome == ELIG_ANSWERED || c->answer.refusal != REFUSAL_NONE) {
		learn(o, &fine, now);
	} else if (c->error.code != ERR_NONE) {
		learn(o, &c->error, now);
	}
}

static void
take_probe(struct outage *o, long long now)
{
	eventfd_t n;

	if (!o->running || eventfd_read(o->probe->done, &n) < 0)
		return;
	pthread_join(o->thread, NULL);
	o->running = false;
	learn(o, &o->probe->error, now);
	if (!is_down(o->probe->error.code))
		return;
	if (o->breaker.open)
		breaker_probed(&o->breaker, &policy, now, dice());
	else
		breaker_failed(&o->breaker, &policy, now, dice());
}

static void
begin_probe(struct outage *o, long long now)
{
	o->probe->deadline_ms = now + PROBE_MS;
	o->probe->owners++;
	if (pthread_create(&o->thread, NULL, ask, o->probe) == 0) {
		o->running = true;
		return;
	}
	o->probe->owners--;
	o->ask_at = now + QUIET_MS;
	o->breaker.probe_at = now + policy.pause_max_ms;
}

int
outage_turn(struct outage *o, long long now)
{
	long long due;

	if (o->probe == NULL)
		return -1;
	take_probe(o, now);
	if (o->running)
		return -1;
	due = o->breaker.open ? o->breaker.probe_at : o->ask_at;
	if (due > now)
		return (int)(due - now);
	begin_probe(o, now);
	return o->running ? -1 : policy.pause_max_ms;
}

int
outage_fd(const struct outage *o)
{
	return o->probe != NULL ? o->probe->done : -1;
}

const struct err *
outage_why(const struct outage *o)
{
	return o->breaker.open ? &o->last : NULL;
}

struct outage_state
outage_state(const struct outage *o)
{
	return (struct outage_state){ o->probe == NULL, o->known, is_down(o->last.code),
		o->last.code, o->since };
}

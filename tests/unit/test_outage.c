/* The service between patients: when it is asked, when it is left alone. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/elig.h"

/* A service that answers what a test says. */
static enum err_code health;
static int asked;
static struct elig *const service = (struct elig *)&asked;

static int
fake_open(struct elig **out, const struct elig_service *s, struct err *e)
{
	(void)s;
	*out = health == ERR_CONFIG ? NULL : service;
	return health == ERR_CONFIG ? err_set(e, ERR_CONFIG, "no certificate") : 0;
}

static void
fake_close(struct elig *s)
{
	(void)s;
}

static int
fake_health(struct elig *s, long long deadline_ms, struct err *e)
{
	(void)s;
	(void)deadline_ms;
	asked++;
	return health == ERR_NONE ? 0 : err_set(e, health, "as told");
}

#define elig_open	fake_open
#define elig_close	fake_close
#define elig_health	fake_health

/* nothing of desk is linked into these tests */
#include "desk/outage.c"

static const struct elig_service somewhere = { .url = "https://localhost:1" };

static struct outage *
begin(void)
{
	struct outage *o = NULL;
	struct err e = ERR_INIT;

	health = ERR_NONE;
	asked = 0;
	assert_int_equal(outage_open(&o, &somewhere, &e), 0);
	return o;
}

/* Begins a probe at now and takes what it found. */
static void
probe(struct outage *o, long long now, enum err_code found)
{
	struct pollfd p = { outage_fd(o), POLLIN, 0 };
	const int before = asked;

	health = found;
	assert_int_equal(outage_turn(o, now), -1);
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_int_equal(asked, before + 1);
	outage_turn(o, now);
}

/* What came of a patient's enquiry. */
static void
learn_of(struct outage *o, enum elig_outcome outcome, enum elig_refusal refusal,
    enum err_code code, long long now)
{
	struct check c = { .asked = true, .answer = ELIG_ANSWER_INIT, .error = ERR_INIT };

	c.answer.outcome = outcome;
	c.answer.refusal = refusal;
	c.error.code = code;
	outage_learn(o, &c, now);
}

static void
test_probes(void **state)
{
	struct outage *o = begin();

	(void)state;
	assert_false(outage_state(o).known);
	probe(o, 0, ERR_NONE);
	assert_true(outage_state(o).known);
	assert_null(outage_why(o));
	/* what was heard of lately is not asked */
	assert_int_equal(outage_turn(o, 1000), QUIET_MS - 1000);
	learn_of(o, ELIG_ANSWERED, REFUSAL_NONE, ERR_NONE, 200000);
	assert_int_equal(outage_turn(o, QUIET_MS), 200000);
	assert_int_equal(asked, 1);
	probe(o, 200000 + QUIET_MS, ERR_SERVICE_TIMEOUT);
	assert_int_equal(outage_why(o)->code, ERR_SERVICE_TIMEOUT);
	assert_true(outage_state(o).down);
	assert_false(outage_close(o));
}

/* One failure is enough, and the pause between two probes grows up to its limit. */
static void
test_down(void **state)
{
	struct outage *o = begin();
	long long now = 1000;
	int pause = 0;

	(void)state;
	learn_of(o, ELIG_UNREACHABLE, REFUSAL_NONE, ERR_SERVICE_UNREACHABLE, now);
	assert_int_equal(outage_why(o)->code, ERR_SERVICE_UNREACHABLE);
	for (int i = 0; i < 8; i++) {
		pause = outage_turn(o, now);
		assert_in_range(pause, i < 4 ? 1000 << i : 15000, i < 4 ? 2000 << i : 30000);
		now += pause;
		probe(o, now, ERR_SERVICE_UNREACHABLE);
	}
	/* a patient for whom somebody asked all the same, in vain */
	learn_of(o, ELIG_TIMEOUT, REFUSAL_NONE, ERR_SERVICE_TIMEOUT, now);
	assert_int_equal(outage_why(o)->code, ERR_SERVICE_TIMEOUT);
	now += outage_turn(o, now);
	probe(o, now, ERR_NONE);
	assert_null(outage_why(o));
	/* and one who got an answer */
	learn_of(o, ELIG_TIMEOUT, REFUSAL_NONE, ERR_SERVICE_TIMEOUT, now);
	learn_of(o, ELIG_ANSWERED, REFUSAL_NONE, ERR_NONE, now);
	assert_null(outage_why(o));
	assert_false(outage_state(o).down);
	assert_int_equal(outage_state(o).code, ERR_NONE);
	assert_false(outage_close(o));
}

/* What of an enquiry's ends leaves the next patient without one. */
static void
test_ends(void **state)
{
	static const struct {
		enum elig_outcome	outcome;
		enum elig_refusal	refusal;
		enum err_code		code, shown;
		bool			down;
	} ends[] = {
		{ ELIG_ANSWERED, REFUSAL_NONE, ERR_NONE, ERR_NONE, false },
		{ ELIG_UNREACHABLE, REFUSAL_NONE, ERR_SERVICE_UNREACHABLE, ERR_SERVICE_UNREACHABLE, true },
		{ ELIG_TIMEOUT, REFUSAL_NONE, ERR_SERVICE_TIMEOUT, ERR_SERVICE_TIMEOUT, true },
		{ ELIG_MAINTENANCE, REFUSAL_MAINTENANCE, ERR_SERVICE_MAINTENANCE, ERR_SERVICE_MAINTENANCE, true },
		{ ELIG_ERROR, REFUSAL_CARD_NOT_REGISTERED, ERR_SERVICE_REFUSED, ERR_NONE, false },
		{ ELIG_ERROR, REFUSAL_NONE, ERR_TLS_PEER_MISMATCH, ERR_TLS_PEER_MISMATCH, false },
		{ ELIG_ERROR, REFUSAL_NONE, ERR_REPLY_MALFORMED, ERR_REPLY_MALFORMED, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct outage *o = begin();

		learn_of(o, ends[i].outcome, ends[i].refusal, ends[i].code, 0);
		assert_int_equal(outage_why(o) != NULL, ends[i].down);
		assert_int_equal(outage_state(o).down, ends[i].down);
		assert_int_equal(outage_state(o).code, ends[i].shown);
		assert_false(outage_close(o));
	}
}

static void
test_offline(void **state)
{
	struct outage *o = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(outage_open(&o, NULL, &e), 0);
	assert_true(outage_state(o).offline);
	assert_int_equal(outage_turn(o, 0), -1);
	assert_int_equal(outage_fd(o), -1);
	learn_of(o, ELIG_UNREACHABLE, REFUSAL_NONE, ERR_SERVICE_UNREACHABLE, 0);
	assert_null(outage_why(o));
	assert_false(outage_close(o));
	health = ERR_CONFIG;
	assert_int_equal(outage_open(&o, &somewhere, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_null(o);
	assert_false(outage_close(NULL));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_offline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

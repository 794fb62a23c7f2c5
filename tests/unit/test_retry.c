/* When to ask again: back-off, circuit breaker, token bucket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/retry.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const struct wait_row {
	int		first, max, n;
	uint32_t	random;
	int		want;
} waits[] = {
	{ 200, 10000, 1, UINT32_MAX, 200 },
	{ 200, 10000, 1, 0, 100 },
	{ 200, 10000, 2, UINT32_MAX, 400 },
	{ 200, 10000, 2, 0, 200 },
	{ 200, 10000, 6, UINT32_MAX, 6400 },
	{ 200, 10000, 7, UINT32_MAX, 10000 },
	{ 200, 10000, 7, 0, 5000 },
	{ 200, 10000, 1000000, UINT32_MAX, 10000 },
	{ 2000000000, 2000000000, 50, UINT32_MAX, 2000000000 },
	{ 500, 100, 1, UINT32_MAX, 100 },
	{ 1, 1, 1, 0, 1 },
	{ 0, 10000, 9, UINT32_MAX, 0 },
};

static void
test_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(waits); i++) {
		const struct wait_row *r = &waits[i];

		assert_int_equal(retry_wait(r->first, r->max, r->n, r->random), r->want);
	}
}

static void
test_wait_is_between_half_and_all(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		const int ms = retry_wait(300, 10000, 2, i * 4294967u);

		assert_in_range(ms, 300, 600);
	}
}

static const struct retry_policy policy = { .breaker_after = 3, .pause_ms = 100,
	.pause_max_ms = 350 };

static void
test_breaker_opens_in_a_row(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	breaker_failed(&b, &policy, 1000, UINT32_MAX);
	breaker_failed(&b, &policy, 1001, UINT32_MAX);
	assert_false(b.open);
	breaker_answered(&b);
	breaker_failed(&b, &policy, 1002, UINT32_MAX);
	breaker_failed(&b, &policy, 1003, UINT32_MAX);
	assert_false(b.open);
	breaker_failed(&b, &policy, 1004, UINT32_MAX);
	assert_true(b.open);
	assert_int_equal(b.since, 1002);
	assert_int_equal(b.probe_at, 1104);
}

/* What was under way when it opened and fails later does not put the probe off. */
static void
test_breaker_keeps_its_time(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	for (int i = 0; i < 9; i++)
		breaker_failed(&b, &policy, 1000 + i, UINT32_MAX);
	assert_int_equal(b.since, 1000);
	assert_int_equal(b.probe_at, 1102);
}

static void
test_breaker_probes_ever_later(void **state)
{
	static const int pauses[] = { 200, 350, 350, 350 };
	struct breaker b = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		breaker_failed(&b, &policy, 0, UINT32_MAX);
	for (size_t i = 0; i < N(pauses); i++) {
		breaker_probed(&b, &policy, 5000, UINT32_MAX);
		assert_int_equal(b.probe_at, 5000 + pauses[i]);
		assert_int_equal(b.probes, i + 1);
		assert_true(b.open);
	}
	breaker_answered(&b);
	assert_false(b.open);
	assert_int_equal(b.failures, 0);
}

/* A service that only says that it is well is asked less and less. */
static void
test_breaker_half_open(void **state)
{
	static const int pauses[] = { 100, 200, 350, 350 };
	struct breaker b = { 0 };

	(void)state;
	breaker_failed(&b, &policy, 0, UINT32_MAX);
	breaker_failed(&b, &policy, 0, UINT32_MAX);
	for (size_t i = 0; i < N(pauses); i++) {
		breaker_failed(&b, &policy, 1000, UINT32_MAX);
		assert_true(b.open);
		assert_int_equal(b.probe_at, 1000 + pauses[i]);
		breaker_half_open(&b);
		assert_false(b.open);
		assert_int_equal(b.since, 0);
	}
	breaker_answered(&b);
	/* an answer has overtaken the probe */
	breaker_half_open(&b);
	assert_int_equal(b.probes, 0);
	breaker_failed(&b, &policy, 2000, UINT32_MAX);
	assert_false(b.open);
	assert_int_equal(b.since, 2000);
}

/* How many can go in the first so many ms, asked for each ms. */
static int
taken(struct bucket *b, int rate, long long from, int ms)
{
	int n = 0;

	for (long long now = from; now < from + ms; now++)
		while (n < 1000000 && bucket_next(b, rate, now) <= now) {
			bucket_take(b, rate, now);
			n++;
		}
	return n;
}

static const struct rate_row {
	int	rate, ms;
	int	least, most;
} rates[] = {
	{ 1, 1000, 1, 1 },
	{ 1, 1001, 2, 2 },
	{ 3, 1000, 3, 3 },
	{ 20, 1000, 20, 20 },
	{ 40, 1000, 41, 41 },		/* two at once */
	{ 100, 1000, 104, 104 },	/* five at once */
	{ 100, 10000, 1004, 1004 },
	{ 3000, 10000, 30080, 30150 },
	{ 1000000, 10, 50000, 60000 },
};

static void
test_rate(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rates); i++) {
		const struct rate_row *r = &rates[i];
		struct bucket b = { 0 };

		assert_in_range(taken(&b, r->rate, 1000000, r->ms), r->least, r->most);
	}
}

static void
test_rate_after_a_lull(void **state)
{
	struct bucket b = { 0 };

	(void)state;
	taken(&b, 100, 0, 1000);
	/* a minute of silence is worth no more than a burst */
	assert_int_equal(taken(&b, 100, 60000, 1), 5);
}

static void
test_rate_says_when(void **state)
{
	struct bucket b = { 0 };

	(void)state;
	assert_int_equal(bucket_next(&b, 0, 77), 77);
	bucket_take(&b, 0, 77);
	assert_int_equal(bucket_next(&b, 4, 77), 77);
	bucket_take(&b, 4, 77);
	assert_int_equal(bucket_next(&b, 4, 77), 327);
	bucket_take(&b, 3, 400);
	assert_int_equal(bucket_next(&b, 3, 400), 734);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_wait_is_between_half_and_all),
		cmocka_unit_test(test_breaker_opens_in_a_row),
		cmocka_unit_test(test_breaker_keeps_its_time),
		cmocka_unit_test(test_breaker_probes_ever_later),
		cmocka_unit_test(test_breaker_half_open),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_rate_after_a_lull),
		cmocka_unit_test(test_rate_says_when),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

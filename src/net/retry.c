#include "net/retry.h"

#define BURST_PARTS	20	/* of a second */

int
retry_wait(int first_ms, int max_ms, int n, uint32_t random)
{
	long long ms = first_ms;

	while (n-- > 1 && ms < max_ms)
		ms *= 2;
	if (ms > max_ms)
		ms = max_ms;
	return (int)(ms - ms / 2 + (ms / 2) * (long long)(random >> 16) / 65535);
}

void
breaker_failed(struct breaker *b, const struct retry_policy *p, long long now, uint32_t random)
{
	if (b->failures++ == 0)
		b->since = now;
	if (b->open || b->failures < p->breaker_after)
		return;
	b->open = true;
	b->probe_at = now + retry_wait(p->pause_ms, p->pause_max_ms, b->probes + 1, random);
}

void
breaker_half_open(struct breaker *b)
{
	b->probes += b->open;
	b->open = false;
}

void
breaker_answered(struct breaker *b)
{
	*b = (struct breaker){ 0 };
}

void
breaker_probed(struct breaker *b, const struct retry_policy *p, long long now, uint32_t random)
{
	b->probes++;
	b->probe_at = now + retry_wait(p->pause_ms, p->pause_max_ms, b->probes + 1, random);
}

/* Rounded up: rather a little less than the rate. */
static long long
interval_us(int rate)
{
	return (1000000 + rate - 1) / rate;
}

static long long
burst_us(int rate)
{
	const long long burst = rate / BURST_PARTS;

	return burst > 1 ? (burst - 1) * interval_us(rate) : 0;
}

long long
bucket_next(const struct bucket *b, int rate, long long now)
{
	if (rate == 0 || b->due_us - burst_us(rate) <= now * 1000)
		return now;
	return (b->due_us - burst_us(rate) + 999) / 1000;
}

void
bucket_take(struct bucket *b, int rate, long long now)
{
	if (rate == 0)
		return;
	if (b->due_us < now * 1000)
		b->due_us = now * 1000;
	b->due_us += interval_us(rate);
}

#include "reader/soft.h"

#include <string.h>

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	static uint8_t answer[SOFTCARD_RSP_MAX];	/* one card a process, one thread */
	size_t got = 0;

	*rsp_len = 0;
	if (softcard_transmit(ctx, cmd, n, answer, sizeof(answer), &got, e) < 0)
		return -1;
	/* As PC/SC does it when the card leaves in the middle. */
	if (got == 0)
		return err_set(e, ERR_CARD_REMOVED, "an empty answer");
	if (got > rsp_max)
		return err_set(e, ERR_CARD_UNREADABLE, "%zu bytes for at most %zu", got, rsp_max);
	memcpy(rsp, answer, got);
	*rsp_len = got;
	return 0;
}

static int
begin(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return 0;
}

static void
end(void *ctx, bool unpower)
{
	if (unpower)
		softcard_power(ctx, SOFTCARD_ON);
}

static int
power_cycle(void *ctx, struct err *e)
{
	(void)e;
	softcard_power(ctx, SOFTCARD_ON);
	return 0;
}

struct transport
soft_transport(struct softcard *sc)
{
	softcard_power(sc, SOFTCARD_ON);
	return (struct transport){ { transmit, sc }, sc, begin, end, power_cycle };
}

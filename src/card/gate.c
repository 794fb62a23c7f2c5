#include "card/gate.h"

#define VERIFY_QUERY_LEN	4	/* with more it has a PIN */

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct gate *g = ctx;
	uint16_t sw = 0;
	int rc;

	if (!apdu_fits(g->at, cmd, n))
		return err_set(e, ERR_INTERNAL, "refused: not to be sent where the card is now");
	if (n > VERIFY_QUERY_LEN && cmd[1] == 0x20 && g->told_to_end != NULL && g->told_to_end())
		return err_set(e, ERR_INTERRUPTED, "told to end before the PIN was sent");
	rc = g->below->transmit(g->below->ctx, cmd, n, rsp, rsp_max, rsp_len, e);
	if (rc == 0 && *rsp_len >= 2 && *rsp_len <= rsp_max)
		sw = (uint16_t)(rsp[*rsp_len - 2] << 8 | rsp[*rsp_len - 1]);
	g->at = apdu_after(g->at, cmd, n, sw);
	return rc;
}

struct card_io
gate_io(struct gate *g)
{
	return (struct card_io){ transmit, g };
}

void
gate_reset(struct gate *g)
{
	g->at = APDU_NOWHERE;
}

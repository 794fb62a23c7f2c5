#ifndef CARD_CARD_IO_H
#define CARD_CARD_IO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * How bytes reach a card.  The PC/SC reader, the software card, the tracer,
 * the replay of the tests and the fuzzers each fill one of these; nothing in
 * this directory knows which.
 */
struct card_io {
	/*
	 * Sends cmd once and puts the answer, status word included, in rsp.
	 * An answer longer than rsp_max is an error, never cut.  0, or -1
	 * with e set (ERR_CARD_REMOVED, ERR_CARD_UNREADABLE, ERR_PCSC_DOWN,
	 * ...); after -1 nobody knows whether the card acted on cmd.
	 */
	int	(*transmit)(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp,
		    size_t rsp_max, size_t *rsp_len, struct err *e);
	void	*ctx;
};

#endif

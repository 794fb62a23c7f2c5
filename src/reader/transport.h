#ifndef READER_TRANSPORT_H
#define READER_TRANSPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "card/card_io.h"

/*
 * A connected card, in a PC/SC reader or in this process.  begin() gives this
 * process the card for itself, and makes it answer again when it was reset or
 * taken away and put back since; whoever begins must select anew and must end.
 */
struct transport {
	struct card_io	io;
	void		*ctx;
	int		(*begin)(void *ctx, struct err *e);
	/* Others may have the card again; unpower clears what it remembers of a PIN. */
	void		(*end)(void *ctx, bool unpower);
	/* Power off and on, between begin and end. */
	int		(*power_cycle)(void *ctx, struct err *e);
};

#endif

#ifndef CARD_GATE_H
#define CARD_GATE_H

#include "card/apdu.h"

/*
 * A card_io through which everything goes that this program sends to a card:
 * it keeps track of the application and file that are selected and lets
 * through what the list of card/apdu.h has for that place.  What it refuses is
 * ERR_INTERNAL, or ERR_INTERRUPTED for a PIN after the program was told to end,
 * and was not sent.
 */
struct gate {
	const struct card_io	*below;
	enum apdu_place		 at;
	bool			(*told_to_end)(void);	/* NULL: it never is */
};

struct card_io	gate_io(struct gate *g);

/* The card was reset, or was somebody else's meanwhile: an application is selected first. */
void	gate_reset(struct gate *g);

#endif

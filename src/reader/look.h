#ifndef READER_LOOK_H
#define READER_LOOK_H

#include "reader/session.h"

/*
 * Reads what is free to read of the connected card into s: token, tries left,
 * certificate.  ERR_CARD_NOT_JPKI when it is no card this program works with.
 * The card is held only meanwhile.
 */
int	look_at_card(struct session *s, struct err *e);

/*
 * Holds the card again and sees that it is the one whose certificate was
 * read.  On failure it is not held.
 */
int	look_again(struct session *s, struct err *e);

/* The same without a look at the tries left of the PIN. */
int	look_hold(struct session *s, struct err *e);

/* That the card whose JPKI AP is selected is the one whose certificate was read. */
int	look_same_card(struct session *s, struct err *e);

/*
 * The tries left of a PIN, by ask, -1 where they are not known.  Of a card whose
 * PIN some program left verified the power is cut first: select then brings it
 * back to where the PIN is.
 */
struct look_pin {
	int	(*select)(struct session *s, struct err *e);
	int	(*ask)(const struct card_io *io, int *left, struct err *e);
};
int	look_tries(struct session *s, const struct look_pin *pin, int *left, struct err *e);

/* Leaves a held card without power and without the PIN. */
void	look_away(struct session *s);

#endif

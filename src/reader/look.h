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

/* Leaves a held card without power and without the PIN. */
void	look_away(struct session *s);

#endif

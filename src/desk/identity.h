#ifndef DESK_IDENTITY_H
#define DESK_IDENTITY_H

#include "desk/reader.h"

struct identity_request {
	bool	ja;
	bool	interactive;
	bool	visual;		/* 目視 is how the clerk wants it */
	bool	last_try;	/* a PIN entry with one try left is allowed */
	int	pin_fd;		/* -1: the terminal */
};

/*
 * Whether a PIN is not to be entered: with 1 try left, or a number of them that
 * nobody knows (-1), and nobody who wants to risk the last.
 */
bool	identity_keeps_try(int tries_left, bool last_try);

/*
 * A PIN from the terminal, for reader_verify() or reader_person().  Where the
 * helper ends while somebody types, the rest of the PIN is no answer to another
 * question: it is waited for.
 */
int	identity_ask_pin(struct reader *r, enum reader_pin which, const char *prompt, bool ja,
	    struct err *e);

/*
 * Proves that the person is the card's: by PIN or by 目視.  Tries are shown
 * before every entry, each entry is one VERIFY, and nothing is ever repeated
 * without a person typing.
 *
 * Returns 0 with *identity one of IDENTITY_PIN, IDENTITY_VISUAL; 1 with
 * *identity IDENTITY_PIN_LOCKED (the PIN is no way now, others are) or
 * IDENTITY_FAILED (given up; with ERR_CARD_OF_ANOTHER the photo is not the
 * person's), and e saying why; -1 with e when card or reader
 * failed.  What people take moves *deadline_ms on (https_clock_ms()), which is
 * of machine time.  card->tries_left is what is known of it then: -1 after a PIN that
 * was right, too, which gave back those that were spent.
 */
int	identity_prove(struct reader *r, struct reader_card *card,
	    const struct identity_request *rq, long long *deadline_ms, int *identity,
	    struct err *e);

#endif

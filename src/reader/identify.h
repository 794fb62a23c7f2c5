#ifndef READER_IDENTIFY_H
#define READER_IDENTIFY_H

#include "card/person.h"
#include "reader/session.h"

/*
 * Whose card it is: the 基本4情報, behind the PIN 券面事項入力補助用.  What was
 * verified in JPKI is given up first, since the card forgets it then; what is
 * signed is signed before.  The card is open, and is held only meanwhile.
 */

/* What is free to be known: the tries left of that PIN and which certificates there are. */
struct inspection {
	bool	has_text_ap;	/* false: a phone */
	int	text_tries_left;	/* 0 blocked, -1 not known */
	bool	availability;	/* the card told; else the next two say nothing */
	bool	sign, auth;	/* certificates for signing, for authentication */
};
int	identify_inspect(struct session *s, struct inspection *out, struct err *e);

/*
 * One VERIFY, of the card that was opened, with the PIN that was entered for
 * it; then the object, as it is on the card.  As session_verify() in all that
 * concerns the PIN.  The card is left without power and without the PIN.
 */
int	identify_person(struct session *s, bool last_try,
	    uint8_t out[static PERSON_OBJECT_MAX], size_t *n, struct err *e);

#endif

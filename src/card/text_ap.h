#ifndef CARD_TEXT_AP_H
#define CARD_TEXT_AP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/ef.h"
#include "card/person.h"

/*
 * 券面事項入力補助AP: the 基本4情報 behind a PIN of its own, with a counter of
 * its own.  Selecting it ends what was verified in JPKI, so that is done
 * first, or anew afterwards; jpki_leave() comes last here too.  Its file with
 * the individual number has no name in this program (card/apdu.h).
 */

/* *there is false where the card has no such application: a phone. */
int	text_ap_select(const struct card_io *io, bool *there, struct err *e);

/* As jpki_tries() and jpki_verify(), of the PIN 券面事項入力補助用. */
int	text_ap_tries(const struct card_io *io, int *left, struct err *e);
int	text_ap_verify(const struct card_io *io, const uint8_t pin[static EF_PIN_LEN],
	    struct err *e);

/* After the VERIFY: the object as it is on the card, for person_parse(). */
int	text_ap_person(const struct card_io *io, uint8_t out[static PERSON_OBJECT_MAX], size_t *n,
	    struct err *e);

#endif

#ifndef CARD_EF_H
#define CARD_EF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/apdu.h"

/*
 * The files of the application that is selected: what every application on
 * the card has in common.  Errors name the file and the status word.
 */
#define EF_PIN_LEN	4

/* Values of ef_tries(): 0 is blocked. */
#define EF_TRIES_UNKNOWN	(-1)
#define EF_TRIES_VERIFIED	(-2)

int	ef_select(const struct card_io *io, uint8_t fid, struct err *e);

/* READ BINARY of at most want (1..256) bytes of the current EF; 0 for any status word. */
int	ef_read(const struct card_io *io, size_t offset, size_t want, struct apdu_answer *a,
	    struct err *e);
bool	ef_read_ok(const struct apdu_answer *a);

/* The first n bytes of an EF, exactly. */
int	ef_head(const struct card_io *io, uint8_t fid, size_t n, struct apdu_answer *a,
	    struct err *e);

/* The first len bytes of the current EF, in as many pieces as it takes. */
int	ef_read_all(const struct card_io *io, uint8_t *out, size_t len, struct err *e);

/* Selects the PIN and asks for the tries left of it; costs none. */
int	ef_tries(const struct card_io *io, uint8_t pin_fid, int *left, struct err *e);

/* Selects the PIN and makes one attempt: jpki_verify() says how it can end. */
int	ef_verify(const struct card_io *io, uint8_t pin_fid, const uint8_t pin[static EF_PIN_LEN],
	    struct err *e);

/* ERR_CARD_UNREADABLE. */
int	ef_sw_error(struct err *e, const char *what, uint16_t sw);

#endif

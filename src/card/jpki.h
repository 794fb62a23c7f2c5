#ifndef CARD_JPKI_H
#define CARD_JPKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/ef.h"

/*
 * 公的個人認証 on the patient's card: the user authentication certificate,
 * its PIN and its key.  jpki_select() comes first, jpki_leave() last, also
 * after a failure.  Nothing here is sent twice to a card, but for the first
 * SELECT; retrying is the caller's decision and VERIFY is never retried.
 */
#define JPKI_TOKEN_LEN		32	/* label of EF 0006 */
#define JPKI_CERTIFICATE_MAX	4096	/* bytes of DER */
#define JPKI_PIN_LEN		EF_PIN_LEN
#define JPKI_DIGEST_LEN		32
#define JPKI_SIGNATURE_MAX	512

/* Values of jpki_tries(): 0 is blocked. */
#define JPKI_TRIES_UNKNOWN	EF_TRIES_UNKNOWN
#define JPKI_TRIES_VERIFIED	EF_TRIES_VERIFIED	/* some program left it verified: cycle power, ask again */

/* What the token label says the JPKI AP lives in; the name is stable. */
#define JPKI_MEDIUM_LIST(X)						\
	X(CARD,  "card",  "JPKIAPICCTOKEN2")				\
	X(PHONE, "phone", "JPKIAPGPSETOKEN")				\
	X(PHONE_IOS, "phone", "JPKIAPIOSTOKEN")				\
	X(JUKI,  "juki",  "JPKIAPICCTOKEN")	/* 旧住民基本台帳カード */ \
	X(OTHER, "other", "")

enum jpki_medium {
#define X(id, name, label) JPKI_##id,
	JPKI_MEDIUM_LIST(X)
#undef X
};

const char	*jpki_medium_name(enum jpki_medium m);
enum jpki_medium jpki_medium_of(const char *token);
bool		 jpki_is_phone(enum jpki_medium m);

/* ERR_CARD_NOT_JPKI when the card answers but has no such application. */
int	jpki_select(const struct card_io *io, struct err *e);
/* The same; *absent: the card said in so many words that it has no such application. */
int	jpki_select_told(const struct card_io *io, bool *absent, struct err *e);

/* The label without its padding; bytes that are not printable become '?'. */
int	jpki_token(const struct card_io *io, char out[static JPKI_TOKEN_LEN + 1], struct err *e);

/* Which certificates the card holds (EF 0008). */
int	jpki_availability(const struct card_io *io, bool *sign, bool *auth, struct err *e);

/* Asks for the tries left of the authentication PIN; costs none. */
int	jpki_tries(const struct card_io *io, int *left, struct err *e);

/*
 * The user authentication certificate, without the filler behind it.
 * *needs_pin is set, and *n is 0, where the card keeps it back until the PIN
 * was verified (Android).
 */
int	jpki_certificate(const struct card_io *io, uint8_t out[static JPKI_CERTIFICATE_MAX],
	    size_t *n, bool *needs_pin, struct err *e);

/*
 * One attempt.  -1 with ERR_PIN_WRONG or ERR_PIN_BLOCKED is the card's word,
 * with e->tries_left as it gave them; any other code means that nobody knows
 * whether the attempt was counted.  A PIN that is not four ASCII digits is
 * ERR_PIN_FORMAT and not sent.
 */
int	jpki_verify(const struct card_io *io, const uint8_t pin[static JPKI_PIN_LEN],
	    struct err *e);

/* Signs the DigestInfo of a SHA-256 digest with the authentication key. */
int	jpki_sign(const struct card_io *io, const uint8_t digest[static JPKI_DIGEST_LEN],
	    uint8_t *sig, size_t sig_max, size_t *sig_len, struct err *e);

/*
 * Selects the ISD: drops the security status on the card, and the command is
 * long enough to overwrite the PIN in the driver's buffer.
 */
int	jpki_leave(const struct card_io *io, struct err *e);

#endif

#ifndef SHIKAKU_CARD_H
#define SHIKAKU_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <shikaku/error.h>
#include <shikaku/message.h>

/*
 * The patient's My Number card: 公的個人認証 (JPKI), its 利用者証明用電子証明書
 * and the 4-digit PIN of that.  The individual number (個人番号), the signing
 * certificate and every other application are never touched: a list in the
 * library holds the commands that may be sent, and they are not on it.
 *
 *	shikaku_card_open()	what card it is, tries left, certificate
 *	shikaku_card_verify()	the PIN, one attempt a call
 *	shikaku_card_sign()	any number of times after that
 *	shikaku_card_close()	the card forgets the PIN
 */

/* What a transport says of one exchange. */
enum shikaku_io {
	SHIKAKU_IO_OK,
	SHIKAKU_IO_REMOVED,	/* the card is gone, or was reset by somebody */
	SHIKAKU_IO_MUTE,	/* it did not answer in time */
	SHIKAKU_IO_BROKEN,	/* an answer that is none, or longer than rsp_max */
	SHIKAKU_IO_READER	/* reader or driver failed */
};

/*
 * How bytes reach the card: the host's own reader code, PC/SC as a rule.  It
 * keeps the card to itself (SCardBeginTransaction, or an exclusive
 * connection) from open to close, or lets go after open while a person is
 * asked and takes it again before verify, which notices another card.  After
 * close it cuts the card's power (SCARD_UNPOWER_CARD).
 */
struct shikaku_card_io {
	/*
	 * Sends the n bytes of cmd once, never twice, and puts the answer,
	 * status word included, in rsp: at most rsp_max (258) bytes, never
	 * cut.  cmd may hold the PIN: it is not logged or kept.
	 */
	enum shikaku_io	(*transmit)(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp,
			    size_t rsp_max, size_t *rsp_len);
	/*
	 * Takes the card's power and gives it again.  Used when another
	 * program left the PIN verified, which hides the tries left.  NULL:
	 * they count as not known then.
	 */
	enum shikaku_io	(*power_cycle)(void *ctx);
	void		*ctx;
};

enum shikaku_medium {
	SHIKAKU_MEDIUM_CARD,
	SHIKAKU_MEDIUM_PHONE	/* its certificate wants the phone's own PIN: not read here */
};

#define SHIKAKU_PIN_LEN		4
#define SHIKAKU_SIGNATURE_MAX	512	/* bytes; RSA 2048 makes 256 */

#define SHIKAKU_TRIES_UNKNOWN	(-1)	/* of shikaku_card_tries_left(); 0 is blocked */

struct shikaku_card;

/*
 * Reads all that needs no PIN; costs no try.  io is copied, its ctx must
 * live until close.  CARD_NOT_JPKI (no My Number card, or a 住基カード),
 * CARD_UNREADABLE, CARD_REMOVED, READER_TIMEOUT, PCSC_DOWN.
 */
SHIKAKU_API int		 shikaku_card_open(struct shikaku_card **out,
			    const struct shikaku_card_io *io, struct shikaku_error *e);

/* The label of the token, printable ASCII; borrowed from c. */
SHIKAKU_API const char	*shikaku_card_token(const struct shikaku_card *c);
SHIKAKU_API enum shikaku_medium shikaku_card_medium(const struct shikaku_card *c);

/* As the card told it last: 0 to 15, or SHIKAKU_TRIES_UNKNOWN. */
SHIKAKU_API int		 shikaku_card_tries_left(const struct shikaku_card *c);

/* DER of the certificate, *n bytes, borrowed from c; NULL and 0 for a phone. */
SHIKAKU_API const uint8_t *shikaku_card_certificate(const struct shikaku_card *c, size_t *n);

/*
 * One attempt with the SHIKAKU_PIN_LEN ASCII digits at pin, which stay the
 * host's: the library keeps no copy, and wiping them is the host's work.
 * First it makes sure that the card is still the one that was opened.
 *
 *	PIN_WRONG, PIN_BLOCKED	the card's word; tries_left says what is left
 *	PIN_FORMAT, PIN_NONE	not four digits, NULL: nothing was sent
 *	PIN_LAST_TRY		refused, nothing was sent: one try is left, or
 *				nobody knows how many, and last_try is false
 *	any other		with pin_sent nobody knows whether it was counted
 *
 * Never repeat a PIN without asking the person again.
 */
SHIKAKU_API int		 shikaku_card_verify(struct shikaku_card *c, const uint8_t *pin,
			    bool last_try, struct shikaku_error *e);

/*
 * Signs the message with the card's key, and checks the signature before it
 * says so.  *len is at most SHIKAKU_SIGNATURE_MAX, the room sig must have.
 * USAGE without a PIN, or when a field of m has not its form; CARD_SIGNATURE
 * when the card signs wrongly.  After any failure the PIN is wanted again.
 */
SHIKAKU_API int		 shikaku_card_sign(struct shikaku_card *c, const struct shikaku_message *m,
			    uint8_t *sig, size_t *len, struct shikaku_error *e);

/* Makes the card forget the PIN, also after a failure; wipes and frees c. */
SHIKAKU_API void	 shikaku_card_close(struct shikaku_card *c);

#endif

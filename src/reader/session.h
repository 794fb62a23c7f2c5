#ifndef READER_SESSION_H
#define READER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "card/gate.h"
#include "card/jpki.h"
#include "card/message.h"
#include "card/trace.h"
#include "reader/pcsc.h"
#include "reader/transport.h"
#include "softcard/softcard.h"

/*
 * One patient's card from the first look to the last signature.
 *
 *	open	reads the certificate and the tries left; the card is free again
 *	verify	takes the card, sees that it is the same one, one VERIFY
 *	sign	any number of times, while the card is held
 *	close	leaves the card without power and without the PIN; always allowed
 *
 * and, with what was verified so far given up, reader/identify.h:
 *
 *	person	another PIN, another counter: whose card it is
 *
 * After any failure of verify, sign or person the card is left as by close, but
 * stays open: the person may enter the PIN again.
 */
enum session_pin { SESSION_PIN_AUTH, SESSION_PIN_TEXT };	/* 利用者証明用, 券面事項入力補助用 */

struct session {
	struct pcsc	*pcsc;
	struct softcard	*soft;
	struct transport transport;
	struct trace	 trace;
	struct card_io	 traced;	/* the transport's, traced if asked */
	struct gate	 gate;
	struct card_io	 io;		/* the gate's: everything goes through it */
	int		 trace_fd;	/* -1 if not traced */
	bool		 trace_lost;	/* a line could not be written */
	int		 back_ms;	/* under 1000: between looks for a card that was lifted */
	struct secret	 pin;		/* what was entered, until it is used */
	enum session_pin pin_for;	/* which of the card's PINs it was asked for */
	struct reader_list watched;	/* what session_watch() told last */
	struct reader_list others;	/* where a card of another kind lay while one was awaited */

	bool		 open;
	bool		 no_jpki;	/* what the card selected last said of itself */
	bool		 held;		/* the card is this process's: begun, not ended */
	char		 reader[READER_NAME_MAX];
	char		 token[JPKI_TOKEN_LEN + 1];
	enum jpki_medium medium;
	int		 tries_left;	/* 0 blocked, -1 not known */
	bool		 has_text_ap;	/* text_tries_left counts: reader/identify.h */
	int		 text_tries_left;
	bool		 no_sign_certificate;	/* looked at only when blocked */
	bool		 needs_pin;	/* the certificate could not be read without */
	uint8_t		 certificate[JPKI_CERTIFICATE_MAX];
	size_t		 certificate_len;
};

struct session_request {
	const char	*reader;	/* part of the name; NULL: where a My Number card answers */
	const char	*card;		/* fixture file in place of PC/SC, or NULL */
	int		 trace_fd;	/* of the APDU log, the caller's; -1: none */
	int		 wait_ms;	/* how long to wait for a card to be presented: find.h */
};

void	session_init(struct session *s);
int	session_open(struct session *s, const struct session_request *rq, struct err *e);
int	session_verify(struct session *s, bool last_try, struct err *e);
int	session_sign(struct session *s, const struct sign_fields *f, uint8_t *sig, size_t sig_max,
	    size_t *sig_len, struct err *e);
/*
 * After a VERIFY that nobody knows the end of: asks the same card for its
 * counter, by look, as soon as it answers; -1 where it does not.
 */
void	session_ask_again(struct session *s, int (*look)(struct session *, struct err *));
/* Whether an attempt may be made with so many tries left: 0, or -1 with e. */
int	session_may_try(int tries_left, bool last_try, struct err *e);
/* Whether that error is the card's own word on the attempt. */
bool	session_card_said_no(const struct err *e);

void	session_close(struct session *s);	/* wipes the PIN; harmless when repeated */
void	session_free(struct session *s);

/* The readers there are and where some card lies. */
int	session_readers(struct session *s, struct reader_list *out, struct err *e);

/*
 * The same, once it is not what was told here last, or at once with first.
 * Only without an open card; waits without limit.
 */
int	session_watch(struct session *s, bool first, struct reader_list *out, struct err *e);

#endif

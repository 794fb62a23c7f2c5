#ifndef DESK_CHECK_IMPL_H
#define DESK_CHECK_IMPL_H

#include "desk/check.h"
#include "desk/enquiry.h"
#include "desk/msg.h"

/* What the parts of a check share: the card (check.c), the service, the registration. */
struct session {
	const struct check_request	*rq;
	struct check			*c;
	struct reader			*reader;
	struct enquiry			*enquiry;	/* NULL: no service */
	long long			 deadline_ms;	/* of machine time; moved on for people */
	struct elig_challenge		 challenge;
	bool				 held;		/* the PIN was verified, the card not left */
	bool				 inspected;	/* more is filled in, or its error kept */
	struct reader_inspection	 more;
};

void	check_progress(const struct check_request *rq, enum msg m);
int	check_left_ms(const struct session *s);
/* People were asked since then: that is none of the machine's time. */
void	check_waited(struct session *s, long long since_ms);
void	check_warn(struct check *c, const char *code);

/* A failure that is a fact: the first one is kept for the output. */
void	check_keep(struct check *c, const struct err *e);

/* What a failure of card or reader says about the card. */
void	check_card_failed(struct check *c, const struct err *e);

/*
 * The challenge, before anybody is asked for a PIN: no try is spent for a
 * service that does not answer.  0, 1 when it can not be had, -1 with e.
 */
int	check_challenge(struct session *s, struct err *e);

/* There is none, for that reason: 1 with the fact, -1 with e. */
int	check_no_service(struct session *s, const struct err *why, struct err *e);

/*
 * Asks the service about the card whose person was proved, and leaves the
 * card.  0 with what came of it among the facts, -1 with e as check_run().
 */
int	check_ask(struct session *s, struct err *e);

/* What the card signed, as it is sent: q borrows from the rest, and from the session. */
struct signed_request {
	struct sign_fields		fields;
	uint8_t				signature[JPKI_SIGNATURE_MAX];
	struct elig_card_request	q;
};

/* The card's signature over the challenge, checked before it is sent. */
int	check_sign(struct session *s, enum sign_purpose purpose, struct signed_request *out,
	    struct err *e);

/* As much of it as max_ms, and half of it at the most: the rest is for what follows. */
int	check_share_ms(const struct session *s, int max_ms);
/* Leaves the card, once; harmless when it is not held.  With --identify it stays open. */
void	check_leave_card(struct session *s);

/*
 * check_identify.c: reads whose card it is, if that was asked for and there is
 * an answer to compare with, and compares.  Whatever fails is told and changes
 * nothing else; -1 with e only for an interrupt.  Once nobody is asked about the
 * service any more: selecting the other application ends what was verified.
 */
int	check_identify(struct session *s, struct err *e);
/* Ends what was verified and looks at the other PIN's tries; once. */
void	check_inspect(struct session *s);

/*
 * check_register.c: the service refused the card as not registered.  Asks the
 * patient (SIT-14), or takes --register for the answer where nobody can be
 * asked; without a yes nothing is sent.  0 when the card is registered and a
 * fresh challenge is there to enquire again with; 1 when the card stays as it
 * is, the refusal still standing; 2 when the card failed; -1 with se when the
 * service did, which is then what came of the enquiry.
 */
int	check_register(struct session *s, struct err *se);

#endif

#ifndef DESK_CARD_LOOK_H
#define DESK_CARD_LOOK_H

#include "card/x509.h"
#include "desk/reader.h"

/*
 * What a card's certificate says, and whether this desk takes the card: the
 * same for a check, the doctor and the commands that only look.
 */
enum card_refusal {
	CARD_TAKEN,
	CARD_CERT_UNREADABLE,
	CARD_NOT_AUTHENTICATION,	/* another of the certificates there are */
	CARD_UNKNOWN_KEY,		/* of the next generation of cards */
	CARD_OF_TESTS,
	CARD_UNKNOWN_ISSUER,
};

struct card_look {
	bool			 readable;	/* the certificate: else cert is empty */
	struct x509_info	 cert;
	const char		*generation;	/* of the CA: x509_generation() */
	int			 known_issuer;	/* 1, 0; -1: there are no anchors to go by */
	enum card_refusal	 why;
	struct err		 refused;	/* ERR_NONE: it is taken */
};

/*
 * anchors may be NULL or empty: then the issuer is the service's to judge.
 * why is the first reason there is, in the order of the enum.
 * refused is ERR_CARD_CERT for a certificate that can not be read, is not for
 * authentication or has an unknown kind of key, ERR_CARD_NOT_JPKI for one of
 * another hierarchy, that of the tests included unless test_mode.
 */
void	card_look(const struct reader_card *card, const struct x509_anchors *anchors,
	    bool test_mode, struct card_look *out);

/*
 * Where a card was opened by rq that this desk can not take, a phone's
 * included, and another that it takes lies in one more reader that rq means:
 * opens that one.  card and look are then its; without one they are those of
 * the card that was opened first, which is open again if it is still there.
 * look is empty for a phone.  timeout_ms is for all of it.
 */
void	card_choose(struct reader *r, const struct reader_request *rq,
	    const struct x509_anchors *anchors, bool test_mode, int timeout_ms,
	    struct reader_card *card, struct card_look *look);

#endif

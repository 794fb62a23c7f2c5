#ifndef MOCK_CARD_H
#define MOCK_CARD_H

#include "mock/enquiry.h"
#include "mock/reply.h"
#include "mock/service.h"

/* How long a card certificate serves for eligibility, as of a day (JST). */
enum lifetime {
	LIFETIME_NOT_YET,
	LIFETIME_GOOD,
	LIFETIME_ENDS_SOON,	/* within three months */
	LIFETIME_IN_GRACE,	/* to the end of the third month after the one it ended in */
	LIFETIME_OVER
};

/* Both are the certificate's, as Unix time; the last second still counts. */
enum lifetime card_lifetime(long long not_before, long long not_after, long long now);

/* What the checks of a card enquiry find out. */
struct card_proof {
	const struct person	*person;
	uint8_t			 hash[HASH_SHA256_LEN];
	enum remark		 remark;
};

/*
 * The checks of an enquiry in their order: chain, lifetime, person, revoked,
 * registered, signature, time of signature, challenge.  A registration wants a
 * certificate before its end, and no registration.  The challenge is
 * spent whatever they find.  0, or -1 with r set.
 */
int	card_prove(struct service *s, const struct request *q, const struct card_enquiry *c,
	    bool with_signature, struct card_proof *out, struct refusal *r);

#endif

#ifndef NET_REPLY_H
#define NET_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/answer.h"
#include "net/https.h"
#include "net/request.h"

/*
 * Bytes of the service to values; no I/O.  Whatever is missing, contradicts
 * itself or belongs to another enquiry is ERR_REPLY_MALFORMED, so that it can
 * never pass for "insured" or "not insured".  Unknown keys are tolerated.
 */

#define CHALLENGE_LIFE_MAX	3600	/* seconds; more is no challenge's life */

/* What was asked, and so what the answer has to repeat.  All borrowed. */
struct reply_expect {
	const struct elig_header		*header;
	const uint8_t				*challenge;	/* by card, else NULL */
	struct span				 cert;		/* by card: DER */
	const struct elig_number_request	*search;	/* by number, else NULL */
};

/* The service's challenge: single use, good for that many seconds. */
struct elig_challenge {
	uint8_t	bytes[ELIG_CHALLENGE_LEN];
	int	expires_in;
};

/*
 * Reads the answer to an enquiry (HTTP 200).  *out is ELIG_ANSWER_INIT before.
 * 0: outcome ELIG_ANSWERED.  ERR_SERVICE_REFUSED: it is well-formed and says
 * that there is no answer (code and message are set).  Else as above.
 */
int	reply_read(const char *text, size_t n, const struct reply_expect *x,
	    struct elig_answer *out, struct err *e);

/*
 * The same for one BulkConfirmUnit, which has to be the answer to q.  *out
 * points into the unit and owns nothing: its doc is NULL.
 */
int	reply_read_unit(const struct json *unit, const struct elig_number_request *q,
	    struct elig_answer *out, struct err *e);

/*
 * Reads the answer to a registration (HTTP 200).  0: the card is registered,
 * and *out is as it was.  Else as reply_read().
 */
int	reply_read_registration(const char *text, size_t n, const struct reply_expect *x,
	    struct elig_answer *out, struct err *e);

/*
 * Reads the error object of any other status and sets the refusal, its texts
 * and retryable.  Always -1: ERR_SERVICE_MAINTENANCE, ERR_SERVICE_REFUSED, or,
 * when it is no error object or not of that status, ERR_REPLY_MALFORMED; but with
 * 502, 503 or 504, then a gateway's before the service, ERR_SERVICE_UNREACHABLE.
 */
int	reply_read_error(long status, const char *text, size_t n, struct elig_answer *out,
	    struct err *e);

/* A complete reply: 0 when it is JSON of that status, else -1 and what it refuses, in *out. */
int	reply_accept(const struct https_reply *r, long status, struct elig_answer *out,
	    struct err *e);

/*
 * All of it for one enquiry: rc and e are the transport's.  0 and
 * ELIG_ANSWERED, or -1 and why not; *out is filled in both cases.
 */
int	reply_take(int rc, const struct https_reply *r, const struct reply_expect *x,
	    struct elig_answer *out, struct err *e);

int	reply_read_challenge(const char *text, size_t n, struct elig_challenge *out,
	    struct err *e);
int	reply_read_health(const char *text, size_t n, struct err *e);

#endif

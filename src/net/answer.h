#ifndef NET_ANSWER_H
#define NET_ANSWER_H

#include <stdbool.h>

#include "base/err.h"
#include "json/json.h"
#include "net/httpdate.h"

/* How an enquiry was made; the value is its ReferenceClassification. */
enum elig_by {
	ELIG_BY_CARD = 1,
	ELIG_BY_NUMBER = 2
};

/* online.outcome of the decision's facts. */
#define ELIG_OUTCOME_LIST(X)						\
	X(ERROR,       "error")						\
	X(ANSWERED,    "answered")					\
	X(UNREACHABLE, "unreachable")					\
	X(TIMEOUT,     "timeout")					\
	X(MAINTENANCE, "maintenance")

#define X(name, text) ELIG_##name,
enum elig_outcome { ELIG_OUTCOME_LIST(X) ELIG_OUTCOME_MAX };
#undef X

/*
 * Error codes of the service and the HTTP status that goes with each
 * (docs/service.md, "Errors").  REFUSAL_NONE: it did not refuse.
 * REFUSAL_OTHER: it refused with a code that is not in the list.
 */
#define ELIG_REFUSAL_LIST(X)						\
	X(CLIENT_CERTIFICATE_REQUIRED, 401)				\
	X(INSTITUTION_MISMATCH,        403)				\
	X(REQUEST_MALFORMED,           400)				\
	X(REQUEST_TOO_LARGE,           413)				\
	X(METHOD_NOT_ALLOWED,          405)				\
	X(NOT_FOUND,                   404)				\
	X(CHALLENGE_UNKNOWN,           409)				\
	X(SIGNATURE_INVALID,           422)				\
	X(SIGNED_TIME_SKEWED,          422)				\
	X(CERTIFICATE_MALFORMED,       422)				\
	X(CERTIFICATE_UNTRUSTED,       422)				\
	X(CERTIFICATE_EXPIRED,         422)				\
	X(CERTIFICATE_REVOKED,         422)				\
	X(CARD_NOT_REGISTERED,         422)				\
	X(CARD_UNKNOWN,                422)				\
	X(FACE_NOT_CONFIRMED,          422)				\
	X(FILE_IDENTIFIER_REUSED,      409)				\
	X(RECEPTION_UNKNOWN,           404)				\
	X(MAINTENANCE,                 503)				\
	X(OVERLOADED,                  429)				\
	X(INTERNAL,                    500)

#define X(name, status) REFUSAL_##name,
enum elig_refusal { REFUSAL_NONE, ELIG_REFUSAL_LIST(X) REFUSAL_OTHER };
#undef X

#define ELIG_NO_DATE	HTTPDATE_NONE
#define ELIG_RESULTS_MAX 20

/*
 * What came of one enquiry.  The strings and results point into doc; they are
 * the service's own and untrusted: text_add_safe() before a terminal.
 */
struct elig_answer {
	enum elig_outcome	 outcome;
	enum elig_by		 by;

	/* ANSWERED: */
	char			 validity;	/* OQSCD006, '1'..'6' */
	const struct json	*results;	/* array of objects, or NULL for none */

	/*
	 * ProcessingResultCode and -Message: a warning beside an answer, else
	 * the reason why there is none.  NULL when not given.
	 */
	const char		*code;
	const char		*message;

	/* An error object; the texts are NULL without one. */
	enum elig_refusal	 refusal;
	const char		*refusal_code;	/* as the service wrote it */
	const char		*text_desk;
	const char		*text_technician;
	bool			 retryable;	/* the service's word, else the error's */
	long			 retry_after;	/* seconds, 0 when not said */

	long long		 server_date;	/* Date header, Unix time, or ELIG_NO_DATE */
	struct json		*doc;		/* owned */
};

#define ELIG_ANSWER_INIT { .outcome = ELIG_ERROR, .by = ELIG_BY_CARD, .server_date = ELIG_NO_DATE }

/* Frees what it owns and sets it back to ELIG_ANSWER_INIT. */
void		 elig_answer_free(struct elig_answer *a);

/*
 * Sets outcome and retryable from a failure; for an enquiry that could not
 * even be asked (no challenge to be had), also by, and nothing else.
 */
void		 elig_answer_fail(struct elig_answer *a, enum elig_by by, const struct err *e);

const char	*elig_outcome_name(enum elig_outcome o);

/* The code of that name: REFUSAL_OTHER for a stranger; *status is its HTTP status. */
enum elig_refusal elig_refusal_of(const char *name, long *status);

/* Writes the answer as the "online" object of the decision's facts. */
void		 elig_answer_write(const struct elig_answer *a, const char *key, struct jw *w);

/*
 * Seconds by which this machine's clock is ahead of the service's (negative:
 * behind).  false when the service did not say what time it has.
 */
bool		 elig_clock_skew(const struct elig_answer *a, long long local_unix,
		    long long *ahead);

#endif

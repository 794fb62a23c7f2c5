#ifndef NET_ELIG_H
#define NET_ELIG_H

#include <stdbool.h>

#include "base/err.h"
#include "net/answer.h"
#include "net/clinic.h"
#include "net/https.h"
#include "net/origin.h"
#include "net/reply.h"
#include "net/request.h"

/*
 * The client of the online-eligibility service (docs/service.md): one clinic,
 * one connection.  An enquiry by card takes two requests, the challenge first,
 * which also warms the connection while the card is being read.
 *
 * Every deadline is an instant of https_clock_ms(), one for the whole check.
 */
struct elig;

/* Borrowed only while elig_open() runs. */
struct elig_service {
	const char	*url;
	const char	*client_cert;	/* PEM files; see https.h */
	const char	*client_key;
	const char	*ca;
	bool		 plain;		/* tests: http:// to this machine, without key and CA */
};

/* The origin to ask and the clinic's code, of its certificate; ERR_CONFIG. */
int		 elig_service_resolve(const struct elig_service *s,
		    char origin[static ORIGIN_MAX],
		    char institution[static CLINIC_CODE_LEN + 1], struct err *e);

/* Contacts nobody.  The clinic's code is read from the client certificate. */
int		 elig_open(struct elig **out, const struct elig_service *s, struct err *e);
void		 elig_close(struct elig *s);	/* harmless on NULL */

/* "https://host:port" as it is signed, and the clinic's ten digits. */
const char	*elig_origin(const struct elig *s);
const char	*elig_institution(const struct elig *s);

/* Is it there?  Also a way to warm the connection. */
int		 elig_health(struct elig *s, long long deadline_ms, struct err *e);

int		 elig_challenge(struct elig *s, long long deadline_ms,
		    struct elig_challenge *out, struct err *e);

/*
 * The enquiries.  0 and ELIG_ANSWERED, or -1 with e set; *out is filled in
 * both cases (ELIG_ANSWER_INIT before) and is the caller's to free.
 */
int		 elig_by_card(struct elig *s, const struct elig_card_request *q,
		    long long deadline_ms, struct elig_answer *out, struct err *e);
int		 elig_by_visual(struct elig *s, const struct elig_visual_request *q,
		    long long deadline_ms, struct elig_answer *out, struct err *e);
int		 elig_by_number(struct elig *s, const struct elig_number_request *q,
		    long long deadline_ms, struct elig_answer *out, struct err *e);

/*
 * Registers the card as 保険証 (利用登録), as the patient wants: q was signed for
 * that (SIGN_REGISTRATION).  0 and *out empty but for the service's time; or -1
 * and *out as of an enquiry that failed.
 */
int		 elig_register(struct elig *s, const struct elig_card_request *q,
		    long long deadline_ms, struct elig_answer *out, struct err *e);

#endif

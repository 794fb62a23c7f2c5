#ifndef SHIKAKU_CLIENT_H
#define SHIKAKU_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <shikaku/error.h>
#include <shikaku/message.h>

/*
 * The client of the online eligibility service (docs/service.md): TLS 1.3
 * with the clinic's certificate, one connection that is kept.  Every call
 * that waits has a timeout in milliseconds of its own, and ends within it.
 */
struct shikaku_client;

/* PEM files.  Borrowed only while shikaku_client_open() runs. */
struct shikaku_service {
	const char	*url;		/* https://HOST[:PORT] */
	const char	*client_cert;	/* its subject carries the 医療機関コード */
	const char	*client_key;	/* not encrypted, nobody else may read it */
	const char	*ca;		/* the only CA that is trusted */
};

/* Contacts nobody.  CONFIG when the URL or a file is of no use. */
SHIKAKU_API int		 shikaku_client_open(struct shikaku_client **out,
			    const struct shikaku_service *s, struct shikaku_error *e);
SHIKAKU_API void	 shikaku_client_close(struct shikaku_client *c);

/*
 * Of this and every other call that asks the service:
 *
 *	SERVICE_UNREACHABLE, SERVICE_TIMEOUT, SERVICE_MAINTENANCE
 *	TLS_PEER_MISMATCH	it could not prove to be the service
 *	SERVICE_REFUSED		it does not take the question
 *	REPLY_MALFORMED		no answer to this question
 *	CONFIG			a certificate, key or CA file is of no use
 */
SHIKAKU_API int		 shikaku_client_health(struct shikaku_client *c, int timeout_ms,
			    struct shikaku_error *e);

/*
 * Fetches a challenge and fills the message that the card has to sign; now
 * is Unix time in seconds, within 300 s of the service's.  The challenge
 * lives *expires_in seconds (60 as a rule; NULL if that is of no interest)
 * and serves for one enquiry by card or one registration.  Ask before the patient types a PIN.
 */
SHIKAKU_API int		 shikaku_client_challenge(struct shikaku_client *c, long long now,
			    int timeout_ms, struct shikaku_message *out, int *expires_in,
			    struct shikaku_error *e);

/* What came of an enquiry; a failure is a fact for the decision as well. */
struct shikaku_answer;

enum shikaku_outcome {
	SHIKAKU_OUTCOME_ERROR,
	SHIKAKU_OUTCOME_ANSWERED,
	SHIKAKU_OUTCOME_UNREACHABLE,
	SHIKAKU_OUTCOME_TIMEOUT,
	SHIKAKU_OUTCOME_MAINTENANCE
};

/*
 * The enquiries.  visit_date is "YYYY-MM-DD", the day eligibility is asked
 * for; limit_consent is the patient's consent to giving 限度額 information.
 * All pointers are borrowed during the call.
 */
struct shikaku_card_enquiry {
	const char			*visit_date;
	const uint8_t			*certificate;	/* DER */
	size_t				 certificate_len;
	const struct shikaku_message	*message;	/* as it was signed */
	const uint8_t			*signature;
	size_t				 signature_len;
	bool				 limit_consent;
};

/* 目視確認: staff compared the face, no PIN and no signature (an assumed interface). */
struct shikaku_visual_enquiry {
	const char			*visit_date;
	const uint8_t			*certificate;
	size_t				 certificate_len;
	const struct shikaku_message	*message;	/* for its challenge */
	const char			*operator_id;	/* 1 to 64 bytes */
	bool				 face_compared;	/* the operator's statement */
	bool				 limit_consent;
};

struct shikaku_number_enquiry {
	const char	*visit_date;
	const char	*insurer_number;
	const char	*symbol;	/* NULL: none */
	const char	*number;
	const char	*branch;	/* NULL: none */
	const char	*birthdate;	/* "YYYY-MM-DD" */
	bool		 limit_consent;
};

/*
 * 0: the service answered, *out holds it.  -1: it did not, e says why, and
 * *out is the failed answer, yours to free as well; or NULL when nothing was
 * asked (USAGE: a field of q has not its form; NOMEM).
 */
SHIKAKU_API int		 shikaku_client_by_card(struct shikaku_client *c,
			    const struct shikaku_card_enquiry *q, int timeout_ms,
			    struct shikaku_answer **out, struct shikaku_error *e);
SHIKAKU_API int		 shikaku_client_by_visual(struct shikaku_client *c,
			    const struct shikaku_visual_enquiry *q, int timeout_ms,
			    struct shikaku_answer **out, struct shikaku_error *e);
SHIKAKU_API int		 shikaku_client_by_number(struct shikaku_client *c,
			    const struct shikaku_number_enquiry *q, int timeout_ms,
			    struct shikaku_answer **out, struct shikaku_error *e);

/*
 * Registers the card as 保険証 on the spot (利用登録), after an enquiry that was
 * refused with CARD_NOT_REGISTERED and only with the patient's yes: a fresh
 * challenge, its message with the purpose SHIKAKU_PURPOSE_REGISTRATION, signed
 * in the same card session; then the enquiry again with another challenge.
 * All pointers are borrowed during the call.
 *
 * 0: it is registered, and *out is NULL.  -1 as an enquiry's: *out is what the
 * failure means for the decision.
 */
struct shikaku_registration {
	const uint8_t			*certificate;	/* DER */
	size_t				 certificate_len;
	const struct shikaku_message	*message;	/* as it was signed */
	const uint8_t			*signature;
	size_t				 signature_len;
};

SHIKAKU_API int		 shikaku_client_register(struct shikaku_client *c,
			    const struct shikaku_registration *q, int timeout_ms,
			    struct shikaku_answer **out, struct shikaku_error *e);

SHIKAKU_API enum shikaku_outcome shikaku_answer_outcome(const struct shikaku_answer *a);

/*
 * The "online" member of the facts, as JSON: put it into the object that
 * shikaku_decide() gets.  Not so after the two refusals that speak of the
 * card and not of the service: CARD_NOT_REGISTERED is "registered": false
 * and CERTIFICATE_REVOKED is "certificate_revoked": true in "card".
 */
SHIKAKU_API const char	*shikaku_answer_online(const struct shikaku_answer *a);

/* The service's code for refusing (docs/service.md, "Errors"), or NULL. */
SHIKAKU_API const char	*shikaku_answer_refusal(const struct shikaku_answer *a);
/* A warning of the service beside its answer, or NULL. */
SHIKAKU_API const char	*shikaku_answer_warning(const struct shikaku_answer *a);
SHIKAKU_API bool	 shikaku_answer_retryable(const struct shikaku_answer *a);
/* Seconds to wait before that, a day at most; 0 when the service did not say. */
SHIKAKU_API long	 shikaku_answer_retry_after(const struct shikaku_answer *a);
/* What time the service has, Unix seconds, or -1: compare it with your clock. */
SHIKAKU_API long long	 shikaku_answer_server_time(const struct shikaku_answer *a);

SHIKAKU_API void	 shikaku_answer_free(struct shikaku_answer *a);

#endif

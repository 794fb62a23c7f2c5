#ifndef CARD_MESSAGE_H
#define CARD_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

/*
 * What the card signs (docs/service.md, "The signed message"): built here
 * from its fields, so that no service ever chooses the hash.
 */
#define MESSAGE_CHALLENGE_LEN	32
#define MESSAGE_ORIGIN_MAX	280	/* "https://", a host name of 253, ":65535" and some */
#define MESSAGE_TIME_LEN	15	/* "YYYYMMDDHHMMSSZ" */

/*
 * What is asked for with the signature: the first field of the message, so
 * that one given for an enquiry registers nothing, and the other way round.
 */
#define SIGN_PURPOSE_LIST(X)						\
	X(ENQUIRY,      "enquiry",      "shikaku eligibility enquiry v1")	\
	X(REGISTRATION, "registration", "shikaku card registration v1")

#define X(name, word, context) SIGN_##name,
enum sign_purpose { SIGN_PURPOSE_LIST(X) SIGN_PURPOSE_MAX };
#undef X

struct sign_fields {
	enum sign_purpose purpose;
	char	origin[MESSAGE_ORIGIN_MAX + 1];	/* "https://host:port", lower case, port always */
	uint8_t	challenge[MESSAGE_CHALLENGE_LEN];
	char	institution[10 + 1];		/* 医療機関コード */
	char	time[MESSAGE_TIME_LEN + 1];	/* UTC */
};

/* "enquiry" or "registration"; and back, SIGN_PURPOSE_MAX for any other word or NULL. */
const char	*message_purpose_name(enum sign_purpose p);
enum sign_purpose message_purpose_of(const char *word);

/* 0, or -1 with e set (ERR_INTERNAL) when a field has not its form. */
int	message_check(const struct sign_fields *f, struct err *e);

/* Appends the message; der is the certificate it will be verified with. */
int	message_build(const struct sign_fields *f, const uint8_t *der, size_t der_len,
	    struct buf *out, struct err *e);

/* SHA-256 of the message. */
int	message_digest(const struct sign_fields *f, const uint8_t *der, size_t der_len,
	    uint8_t out[static HASH_SHA256_LEN], struct err *e);

/* RFC 8017 DigestInfo of a SHA-256 digest: the card pads what it is given. */
#define DIGEST_INFO_LEN	51
void	digest_info(const uint8_t digest[static HASH_SHA256_LEN],
	    uint8_t out[static DIGEST_INFO_LEN]);

#endif

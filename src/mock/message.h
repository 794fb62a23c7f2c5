#ifndef MOCK_MESSAGE_H
#define MOCK_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "mock/challenge.h"

/* What for: the context of the message. */
enum purpose {
	PURPOSE_ENQUIRY,
	PURPOSE_REGISTRATION
};

/* What the card signs (docs/service.md, "The signed message"). */
struct message {
	enum purpose	 purpose;
	const char	*origin;		/* https://HOST:PORT */
	const uint8_t	*challenge;		/* CHALLENGE_LEN */
	const char	*institution;		/* 10 digits */
	const uint8_t	*certificate_hash;	/* HASH_SHA256_LEN */
	const char	*signed_at;		/* YYYYMMDDHHMMSSZ */
};

void	message_build(const struct message *m, struct buf *out);

/* Unix time of YYYYMMDDHHMMSSZ; -1 if it is no such time. */
long long message_time(const char *signed_at);

#endif

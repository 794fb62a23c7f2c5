#ifndef SHIKAKU_MESSAGE_H
#define SHIKAKU_MESSAGE_H

#include <stdint.h>

/*
 * The fields of the message that the card signs, in the form of
 * docs/service.md, "The signed message".  shikaku_client_challenge() fills it
 * for an enquiry; for a registration the host changes its purpose.
 * shikaku_card_sign() signs it, shikaku_client_by_card() or
 * shikaku_client_register() sends what came of it: a signature for one
 * purpose serves for no other.  Nothing in it is secret; the challenge serves
 * once.
 */
#define SHIKAKU_CHALLENGE_LEN	32

enum shikaku_purpose {
	SHIKAKU_PURPOSE_ENQUIRY,
	SHIKAKU_PURPOSE_REGISTRATION	/* 利用登録: only with the patient's yes */
};

struct shikaku_message {
	enum shikaku_purpose purpose;
	char	origin[281];	/* "https://host:port", host in lower case, port always */
	uint8_t	challenge[SHIKAKU_CHALLENGE_LEN];
	char	institution[11];	/* 医療機関コード, 10 digits */
	char	time[16];	/* "YYYYMMDDHHMMSSZ", UTC */
};

#endif

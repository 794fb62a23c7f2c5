#ifndef SHIKAKU_MESSAGE_H
#define SHIKAKU_MESSAGE_H

#include <stdint.h>

/*
 * The fields of the message that the card signs for an enquiry, in the form
 * of docs/service.md, "The signed message".  shikaku_client_challenge() fills
 * it, shikaku_card_sign() signs it, shikaku_client_by_card() sends what came
 * of it.  Nothing in it is secret; the challenge serves once.
 */
#define SHIKAKU_CHALLENGE_LEN	32

struct shikaku_message {
	char	origin[281];	/* "https://host:port", host in lower case, port always */
	uint8_t	challenge[SHIKAKU_CHALLENGE_LEN];
	char	institution[11];	/* 医療機関コード, 10 digits */
	char	time[16];	/* "YYYYMMDDHHMMSSZ", UTC */
};

#endif

#ifndef MOCK_CHALLENGE_H
#define MOCK_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mock/client.h"

#define CHALLENGE_LEN		32
#define CHALLENGE_SECONDS	60
#define CHALLENGE_SLOTS		1024
#define CHALLENGE_PER_CLIENT	64

/* The challenges given and not yet used.  Zeroed before use. */
struct challenges {
	struct challenge {
		uint8_t		bytes[CHALLENGE_LEN];
		uint8_t		client[HASH_SHA256_LEN];
		long long	expires;	/* Unix time; 0: free */
	} slot[CHALLENGE_SLOTS];
};

/*
 * A new one for this client.  A client that already has its share loses its
 * oldest, so that none can take the others' room.  -1: no room at all.
 */
int	challenge_give(struct challenges *c, const struct client *client, long long now,
	    uint8_t out[static CHALLENGE_LEN]);

/* Spends it: true once, for the client it was given to, within its time. */
bool	challenge_take(struct challenges *c, const struct client *client, long long now,
	    const uint8_t bytes[static CHALLENGE_LEN]);

#endif

#include "mock/challenge.h"

#include <string.h>

#include "base/secret.h"

static bool
is_live(const struct challenge *s, long long now)
{
	return now < s->expires;
}

static bool
is_of(const struct challenge *s, const struct client *client)
{
	return memcmp(s->client, client->hash, HASH_SHA256_LEN) == 0;
}

/* A free slot, or the oldest of this client's when it has its share. */
static struct challenge *
find_room(struct challenges *c, const struct client *client, long long now)
{
	struct challenge *room = NULL, *oldest = NULL;
	int held = 0;

	for (size_t i = 0; i < CHALLENGE_SLOTS; i++) {
		struct challenge *s = &c->slot[i];

		if (!is_live(s, now)) {
			room = s;
		} else if (is_of(s, client)) {
			held++;
			if (oldest == NULL || s->expires < oldest->expires)
				oldest = s;
		}
	}
	return held >= CHALLENGE_PER_CLIENT ? oldest : room;
}

int
challenge_give(struct challenges *c, const struct client *client, long long now,
    uint8_t out[static CHALLENGE_LEN])
{
	struct challenge *s = find_room(c, client, now);

	if (s == NULL)
		return -1;
	secret_random(s->bytes, CHALLENGE_LEN);
	memcpy(s->client, client->hash, HASH_SHA256_LEN);
	s->expires = now + CHALLENGE_SECONDS;
	memcpy(out, s->bytes, CHALLENGE_LEN);
	return 0;
}

bool
challenge_take(struct challenges *c, const struct client *client, long long now,
    const uint8_t bytes[static CHALLENGE_LEN])
{
	for (size_t i = 0; i < CHALLENGE_SLOTS; i++) {
		struct challenge *s = &c->slot[i];

		if (!is_live(s, now) || !is_of(s, client) ||
		    memcmp(s->bytes, bytes, CHALLENGE_LEN) != 0)
			continue;
		s->expires = 0;
		return true;
	}
	return false;
}

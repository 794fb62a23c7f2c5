#include "base/hash.h"

#include <assert.h>
#include <sodium.h>

void
hash_sha256(const void *p, size_t n, uint8_t out[static HASH_SHA256_LEN])
{
	crypto_hash_sha256(out, p, n);
}

void
hash_short(const void *p, size_t n, uint8_t out[static HASH_SHORT_LEN])
{
	static const uint8_t key[crypto_shorthash_KEYBYTES];

	static_assert(HASH_SHORT_LEN == crypto_shorthash_BYTES, "of 64 bits");
	crypto_shorthash(out, p, n, key);
}

#include "base/hash.h"

#include <sodium.h>

void
hash_sha256(const void *p, size_t n, uint8_t out[static HASH_SHA256_LEN])
{
	crypto_hash_sha256(out, p, n);
}

void
hash_short(const void *p, size_t n, uint8_t out[static HASH_SHORT_LEN])
{
	crypto_generichash(out, HASH_SHORT_LEN, p, n, NULL, 0);
}

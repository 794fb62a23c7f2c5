#include "base/hash.h"

#include <sodium.h>

void
hash_sha256(const void *p, size_t n, uint8_t out[static HASH_SHA256_LEN])
{
	crypto_hash_sha256(out, p, n);
}

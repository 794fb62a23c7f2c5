#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SHA256_LEN	32

void	hash_sha256(const void *p, size_t n, uint8_t out[static HASH_SHA256_LEN]);

/* SipHash-2-4 with a key of zeros: against damage, and only that. */
#define HASH_SHORT_LEN	8
void	hash_short(const void *p, size_t n, uint8_t out[static HASH_SHORT_LEN]);

#endif

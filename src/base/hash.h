#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SHA256_LEN	32

void	hash_sha256(const void *p, size_t n, uint8_t out[static HASH_SHA256_LEN]);

/* BLAKE2b: against damage, quicker than SHA-256. */
#define HASH_SHORT_LEN	16
void	hash_short(const void *p, size_t n, uint8_t out[static HASH_SHORT_LEN]);

#endif

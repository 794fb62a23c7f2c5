#ifndef SOFTCARD_CRYPTO_H
#define SOFTCARD_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* An RSA private key of the card; the only user of libcrypto here. */
struct crypto_key;

#define CRYPTO_SIG_MAX	512	/* bytes; RSA-4096 */

/* What 80 2A does with its input, in the order of its P1. */
enum crypto_mode {
	CRYPTO_PKCS1,			/* padded as it is */
	CRYPTO_HASH,			/* SHA-256 of it, padded bare */
	CRYPTO_DIGESTINFO,		/* it is a SHA-256: DigestInfo, padded */
	CRYPTO_HASH_DIGESTINFO,		/* SHA-256 of it: DigestInfo, padded */
	CRYPTO_PSS,			/* it is a SHA-256: PSS */
	CRYPTO_HASH_PSS,		/* SHA-256 of it: PSS */
	CRYPTO_MODES
};

/* A PEM or DER file; NULL with e set. */
struct crypto_key *crypto_key_load(const char *path, struct err *e);
void	crypto_key_free(struct crypto_key *k);	/* harmless on NULL */

/*
 * Appends the certificate of a PEM file as DER.  A file that is not PEM is
 * taken as it is, so that a card can hold anything.
 */
int	crypto_certificate_load(const char *path, struct buf *der, struct err *e);

/* -1 when the input does not suit the mode or the key. */
int	crypto_sign(const struct crypto_key *k, enum crypto_mode mode, struct span in,
	    uint8_t sig[static CRYPTO_SIG_MAX], size_t *n);

#endif

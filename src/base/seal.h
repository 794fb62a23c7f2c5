#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What is kept about patients is sealed: XChaCha20-Poly1305 under a random
 * nonce, bound to what stands around it in clear.  Keys are 32 bytes; the
 * caller keeps them in a struct secret.
 */
#define SEAL_KEY_LEN	32
#define SEAL_HASH_LEN	16
#define SEAL_SALT_LEN	16
#define SEAL_OVERHEAD	40	/* bytes more than what is sealed: nonce and tag */

/* The key of a master key for one use; other uses tell nothing of it. */
void	seal_derive(const uint8_t master[static SEAL_KEY_LEN], uint64_t use,
	    uint8_t out[static SEAL_KEY_LEN]);

/* Appends the sealed form of plain to out; ad is needed again to open it. */
void	seal_add(struct buf *out, const uint8_t key[static SEAL_KEY_LEN], struct span ad,
	    struct span plain);

/* Appends what was sealed; -1 when it, ad or the key is another, or no memory (then out->failed). */
int	seal_open(struct buf *out, const uint8_t key[static SEAL_KEY_LEN], struct span ad,
	    struct span sealed);

/* BLAKE2b under a key: who has it not can neither make nor guess one. */
void	seal_hash(const uint8_t key[static SEAL_KEY_LEN], struct span what,
	    uint8_t out[static SEAL_HASH_LEN]);

/* Argon2id, 64 MiB: the key of a passphrase; ERR_NOMEM. */
int	seal_passphrase(struct span passphrase, const uint8_t salt[static SEAL_SALT_LEN],
	    uint8_t out[static SEAL_KEY_LEN], struct err *e);

/* Ed25519.  The public key is the last half of the secret one. */
#define SIGN_PUBLIC_LEN	32
#define SIGN_SECRET_LEN	64
#define SIGN_LEN	64
void	sign_keys(uint8_t secret[static SIGN_SECRET_LEN]);
void	sign_add(const uint8_t secret[static SIGN_SECRET_LEN], struct span what,
	    uint8_t out[static SIGN_LEN]);
bool	sign_good(const uint8_t public[static SIGN_PUBLIC_LEN], struct span what,
	    const uint8_t sig[static SIGN_LEN]);

/* BLAKE2b-256 without a key. */
#define DIGEST_LEN	32
void	seal_digest(struct span what, uint8_t out[static DIGEST_LEN]);

#endif

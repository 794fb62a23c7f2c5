#include "base/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#define NONCE_LEN	crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN		crypto_aead_xchacha20poly1305_ietf_ABYTES

static_assert(SEAL_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
static_assert(SEAL_KEY_LEN == crypto_kdf_KEYBYTES, "key");
static_assert(SEAL_OVERHEAD == NONCE_LEN + TAG_LEN, "overhead");
static_assert(SEAL_SALT_LEN == crypto_pwhash_argon2id_SALTBYTES, "salt");

void
seal_derive(const uint8_t master[static SEAL_KEY_LEN], uint64_t use,
    uint8_t out[static SEAL_KEY_LEN])
{
	crypto_kdf_derive_from_key(out, SEAL_KEY_LEN, use, "shikaku", master);
}

void
seal_add(struct buf *out, const uint8_t key[static SEAL_KEY_LEN], struct span ad,
    struct span plain)
{
	uint8_t nonce[NONCE_LEN], *sealed = malloc(plain.n + TAG_LEN);
	unsigned long long n;

	if (sealed == NULL) {
		buf_free(out);
		out->failed = 1;
		return;
	}
	randombytes_buf(nonce, sizeof(nonce));
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, &n, plain.p, plain.n, ad.p, ad.n, NULL,
	    nonce, key);
	buf_add(out, nonce, sizeof(nonce));
	buf_add(out, sealed, (size_t)n);
	free(sealed);
}

int
seal_open(struct buf *out, const uint8_t key[static SEAL_KEY_LEN], struct span ad,
    struct span sealed)
{
	unsigned long long n = 0;
	int rc;

	if (sealed.n < SEAL_OVERHEAD || buf_reserve(out, sealed.n) < 0)
		return -1;
	rc = crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out->p + out->n, &n, NULL,
	    sealed.p + NONCE_LEN, sealed.n - NONCE_LEN, ad.p, ad.n, sealed.p, key);
	if (rc == 0)
		out->n += (size_t)n;
	out->p[out->n] = '\0';
	return rc;
}

void
seal_hash(const uint8_t key[static SEAL_KEY_LEN], struct span what,
    uint8_t out[static SEAL_HASH_LEN])
{
	crypto_generichash(out, SEAL_HASH_LEN, what.p, what.n, key, SEAL_KEY_LEN);
}

int
seal_passphrase(struct span passphrase, const uint8_t salt[static SEAL_SALT_LEN],
    uint8_t out[static SEAL_KEY_LEN], struct err *e)
{
	if (crypto_pwhash(out, SEAL_KEY_LEN, (const char *)passphrase.p, passphrase.n, salt,
	    crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0)
		return 0;
	return err_set(e, ERR_NOMEM, "no memory to turn the passphrase into a key");
}

static_assert(SIGN_SECRET_LEN == crypto_sign_SECRETKEYBYTES, "secret key");
static_assert(SIGN_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "public key");
static_assert(SIGN_LEN == crypto_sign_BYTES, "signature");

void
sign_keys(uint8_t secret[static SIGN_SECRET_LEN])
{
	uint8_t public[SIGN_PUBLIC_LEN];

	crypto_sign_keypair(public, secret);
}

void
sign_add(const uint8_t secret[static SIGN_SECRET_LEN], struct span what,
    uint8_t out[static SIGN_LEN])
{
	crypto_sign_detached(out, NULL, what.p, what.n, secret);
}

bool
sign_good(const uint8_t public[static SIGN_PUBLIC_LEN], struct span what,
    const uint8_t sig[static SIGN_LEN])
{
	return crypto_sign_verify_detached(sig, what.p, what.n, public) == 0;
}

void
seal_digest(struct span what, uint8_t out[static DIGEST_LEN])
{
	crypto_generichash(out, DIGEST_LEN, what.p, what.n, NULL, 0);
}

#include "softcard/crypto.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX	32767	/* no EF is larger: READ BINARY has 15-bit offsets */

/* struct crypto_key is an EVP_PKEY under a name of our own. */
static EVP_PKEY *
pkey(const struct crypto_key *k)
{
	return (EVP_PKEY *)(uintptr_t)k;
}

static int
file_read(const char *path, struct buf *out, struct err *e)
{
	char chunk[4096];
	size_t n;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0 && out->n <= FILE_MAX)
		buf_add(out, chunk, n);
	if (ferror(f))
		err_set(e, ERR_CONFIG, "%s: read error", path);
	else if (out->n > FILE_MAX)
		err_set(e, ERR_MALFORMED, "%s: larger than %d bytes", path, FILE_MAX);
	else if (out->failed)
		err_set(e, ERR_NOMEM, "out of memory");
	fclose(f);
	explicit_bzero(chunk, sizeof(chunk));
	return e->code == ERR_NONE ? 0 : -1;
}

static bool
is_pem(const struct buf *b)
{
	return b->n > 0 && strstr(b->p, "-----BEGIN ") != NULL;
}

/* The caller's key file has no passphrase; never ask a terminal for one. */
static int
no_passphrase(char *out, int size, int writing, void *ctx)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)ctx;
	return 0;
}

static EVP_PKEY *
key_parse(const struct buf *b)
{
	EVP_PKEY *k = NULL;
	BIO *bio;

	if ((bio = BIO_new_mem_buf(b->p, (int)b->n)) == NULL)
		return NULL;
	k = is_pem(b) ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) :
	    d2i_PrivateKey_bio(bio, NULL);
	BIO_free(bio);
	return k;
}

struct crypto_key *
crypto_key_load(const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	EVP_PKEY *k = NULL;

	if (file_read(path, &b, e) == 0 && (k = key_parse(&b)) == NULL)
		err_set(e, ERR_MALFORMED, "%s: not a private key", path);
	buf_free(&b);
	if (k != NULL && (!EVP_PKEY_is_a(k, "RSA") || EVP_PKEY_get_size(k) > CRYPTO_SIG_MAX)) {
		err_set(e, ERR_MALFORMED, "%s: not an RSA key of at most 4096 bits", path);
		EVP_PKEY_free(k);
		k = NULL;
	}
	return (struct crypto_key *)k;
}

void
crypto_key_free(struct crypto_key *k)
{
	EVP_PKEY_free(pkey(k));
}

static int
pem_to_der(const struct buf *pem, struct buf *der)
{
	unsigned char *p = NULL;
	X509 *x = NULL;
	int n = -1;
	BIO *bio;

	if ((bio = BIO_new_mem_buf(pem->p, (int)pem->n)) == NULL)
		return -1;
	if ((x = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL)
		n = i2d_X509(x, &p);
	if (n > 0)
		buf_add(der, p, (size_t)n);
	OPENSSL_free(p);
	X509_free(x);
	BIO_free(bio);
	return n > 0 ? 0 : -1;
}

int
crypto_certificate_load(const char *path, struct buf *der, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (file_read(path, &b, e) < 0)
		goto out;
	if (!is_pem(&b))
		buf_add(der, b.p, b.n);
	else if (pem_to_der(&b, der) < 0) {
		err_set(e, ERR_MALFORMED, "%s: not a certificate", path);
		goto out;
	}
	rc = 0;
out:
	buf_free(&b);
	return rc;
}

/* Without a digest set, OpenSSL pads with PKCS #1 v1.5 what it is given. */
static int
ctx_set(EVP_PKEY_CTX *ctx, enum crypto_mode mode)
{
	const bool pss = mode == CRYPTO_PSS || mode == CRYPTO_HASH_PSS;
	const bool bare = mode == CRYPTO_PKCS1 || mode == CRYPTO_HASH;

	if (EVP_PKEY_sign_init(ctx) <= 0)
		return -1;
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) <= 0)
		return -1;
	if (!bare && EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) <= 0)
		return -1;
	if (pss && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) <= 0)
		return -1;
	return 0;
}

int
crypto_sign(const struct crypto_key *k, enum crypto_mode mode, struct span in,
    uint8_t sig[static CRYPTO_SIG_MAX], size_t *n)
{
	const bool hash = mode == CRYPTO_HASH || mode == CRYPTO_HASH_DIGESTINFO ||
	    mode == CRYPTO_HASH_PSS;
	uint8_t md[SHA256_DIGEST_LENGTH];
	EVP_PKEY_CTX *ctx;
	int rc = -1;

	if (hash)
		in = (struct span){ SHA256(in.p, in.n, md), sizeof(md) };
	*n = CRYPTO_SIG_MAX;
	if ((ctx = EVP_PKEY_CTX_new(pkey(k), NULL)) != NULL && ctx_set(ctx, mode) == 0 &&
	    EVP_PKEY_sign(ctx, sig, n, in.p, in.n) > 0)
		rc = 0;
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

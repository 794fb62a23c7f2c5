#ifndef CARD_X509_H
#define CARD_X509_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/*
 * The card's certificate.  It comes from an untrusted card: the DER goes to
 * libcrypto under a size cap and no byte of it is read here.  Nothing says
 * whether it was revoked; only the service can.
 */
#define X509_DER_MAX	4096	/* bytes */
#define X509_PEM_MAX	65536	/* bytes of one file of anchors */
#define X509_ORG_TEST	"JPKI-TEST"

/*
 * Once, before any other use of libcrypto: from then on memory.h is told when
 * libcrypto finds no memory, for which its functions have no word of their own.
 * For programs: it changes libcrypto for the whole process.
 */
void	x509_watch_memory(void);

/*
 * After that, for a process that may not load code later: libcrypto without the
 * machine's openssl.cnf, which may name modules.
 */
int	x509_without_modules(struct err *e);

struct x509_info {
	int	not_before;		/* day numbers (base/date.h) in Japan */
	int	not_after;		/* the last day it holds */
	char	issuer_org[64];		/* O of the issuer: "JPKI", "JPKI-TEST", ... */
	char	issuer_key[2 * 20 + 1];	/* authorityKeyIdentifier in hexadecimal; "": none */
	char	serial[2 * 20 + 1];	/* lower-case hexadecimal; changes at each renewal */
	bool	authentication;		/* keyUsage digitalSignature alone, no CA */
	bool	test;			/* of the test hierarchy: refused in production */
	bool	known_key;		/* of a kind whose signatures can be checked here */
};

/* 0, or -1 with ERR_CARD_CERT when der is not one whole certificate. */
int	x509_info(const uint8_t *der, size_t n, struct x509_info *out, struct err *e);

/*
 * Which of the CAs of 利用者証明用 that share one name issued it: "01", "02" or
 * "03", by key identifier; NULL for any other, and for 02 where it is not among
 * the anchors (which may be NULL), since its identifier is known from nowhere
 * else (card.md 7.1).
 */
struct x509_anchors;
const char	*x509_generation(const struct x509_info *info, const struct x509_anchors *a);

/* Trust anchors: CA certificates given by the clinic's configuration. */
struct x509_anchors *x509_anchors_new(struct err *e);
void	x509_anchors_free(struct x509_anchors *a);	/* harmless on NULL */
/* Adds every certificate of a PEM text; ERR_CONFIG when there is none or one is no CA. */
int	x509_anchors_add(struct x509_anchors *a, const void *pem, size_t n, struct err *e);
size_t	x509_anchors_count(const struct x509_anchors *a);

/*
 * That an anchor issued the certificate: by name, by key identifier where
 * both have one, and by signature (all generations of JPKI share one name).
 * Dates are not looked at: the grace after not_after is the engine's matter.
 */
int	x509_check_issuer(const uint8_t *der, size_t n, const struct x509_anchors *a,
	    struct err *e);

/* That sig signs the SHA-256 digest with the certificate's key; ERR_CARD_SIGNATURE. */
int	x509_verify_digest(const uint8_t *der, size_t n,
	    const uint8_t digest[static HASH_SHA256_LEN], const uint8_t *sig, size_t sig_len,
	    struct err *e);

#endif

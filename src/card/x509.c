#include "card/x509.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/memory.h"

#define ANCHORS_MAX	16
#define SECURITY_BITS	112	/* NIST SP 800-57: RSA-2048, SHA-256 */

struct x509_anchors {
	X509	*ca[ANCHORS_MAX];
	size_t	 n;
};

static void *
watched_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n > 0 ? memory_malloc(n) : NULL;
}

static void *
watched_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n > 0)
		return memory_realloc(p, n);
	free(p);
	return NULL;
}

static void
watched_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

void
x509_watch_memory(void)
{
	/* refused when libcrypto has memory already: then it goes on as it was */
	(void)CRYPTO_set_mem_functions(watched_malloc, watched_realloc, watched_free);
}

int
x509_without_modules(struct err *e)
{
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 ? 0 :
	    err_set(e, ERR_NOMEM, "out of memory");
}

static X509 *
parse(const uint8_t *der, size_t n, struct err *e)
{
	const uint8_t *p = der;
	X509 *x = NULL;

	if (n > 0 && n <= X509_DER_MAX)
		x = d2i_X509(NULL, &p, (long)n);
	if (x != NULL && p != der + n) {
		X509_free(x);
		x = NULL;
	}
	ERR_clear_error();
	if (x == NULL)
		err_set(e, ERR_CARD_CERT, "%zu bytes that are not a certificate", n);
	return x;
}

static int
jst_day(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return DATE_NONE;
	return date_of_unix_jst(timegm(&tm));
}

/* The only O of a name, in UTF-8; an empty string when absent, repeated or too long. */
static void
organization(const X509_NAME *name, char *out, size_t max)
{
	const int i = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	unsigned char *utf8 = NULL;
	int n;

	out[0] = '\0';
	if (i < 0 || X509_NAME_get_index_by_NID(name, NID_organizationName, i) >= 0)
		return;
	n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
	if (n > 0 && (size_t)n < max && memchr(utf8, '\0', (size_t)n) == NULL) {
		memcpy(out, utf8, (size_t)n);
		out[n] = '\0';
	}
	OPENSSL_free(utf8);
}

static int
serial_number(const X509 *x, char *out, size_t max, struct err *e)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	const int n = ASN1_STRING_length(serial);

	if (n <= 0 || 2 * (size_t)n + 1 > max)
		return err_set(e, ERR_CARD_CERT, "a serial number of %d bytes", n);
	hex_encode(ASN1_STRING_get0_data(serial), (size_t)n, out);
	return 0;
}

/* Of a key identifier that is none of 1 to 20 bytes: an empty string. */
static void
key_identifier(const ASN1_OCTET_STRING *id, char out[static 2 * 20 + 1])
{
	const int n = id != NULL ? ASN1_STRING_length(id) : 0;

	out[0] = '\0';
	if (n > 0 && n <= 20)
		hex_encode(ASN1_STRING_get0_data(id), (size_t)n, out);
}

/* The cards to come have P-384, whose commands nobody has published. */
static bool
is_known(const EVP_PKEY *key)
{
	return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_security_bits(key) >= SECURITY_BITS;
}

static bool
is_authentication(X509 *x)
{
	return (X509_get_extension_flags(x) & (EXFLAG_KUSAGE | EXFLAG_CA | EXFLAG_INVALID)) ==
	    EXFLAG_KUSAGE && X509_get_key_usage(x) == KU_DIGITAL_SIGNATURE;
}

int
x509_info(const uint8_t *der, size_t n, struct x509_info *out, struct err *e)
{
	X509 *x;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if ((x = parse(der, n, e)) == NULL)
		return -1;
	out->not_before = jst_day(X509_get0_notBefore(x));
	out->not_after = jst_day(X509_get0_notAfter(x));
	if (out->not_before == DATE_NONE || out->not_after == DATE_NONE) {
		err_set(e, ERR_CARD_CERT, "the certificate's dates make no sense");
		goto out;
	}
	if (serial_number(x, out->serial, sizeof(out->serial), e) < 0)
		goto out;
	key_identifier(X509_get0_authority_key_id(x), out->issuer_key);
	organization(X509_get_issuer_name(x), out->issuer_org, sizeof(out->issuer_org));
	out->authentication = is_authentication(x);
	out->known_key = is_known(X509_get0_pubkey(x));
	out->test = strcmp(out->issuer_org, X509_ORG_TEST) == 0;
	rc = 0;
out:
	X509_free(x);
	ERR_clear_error();
	return rc;
}

struct x509_anchors *
x509_anchors_new(struct err *e)
{
	struct x509_anchors *a = calloc(1, sizeof(*a));

	if (a == NULL)
		err_set(e, ERR_NOMEM, "trust anchors");
	return a;
}

void
x509_anchors_free(struct x509_anchors *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		X509_free(a->ca[i]);
	free(a);
}

size_t
x509_anchors_count(const struct x509_anchors *a)
{
	return a->n;
}

/* Takes x over, whatever happens. */
static int
anchor_add(struct x509_anchors *a, X509 *x, struct err *e)
{
	if (X509_check_ca(x) != 1) {
		X509_free(x);
		return err_set(e, ERR_CONFIG, "a trust anchor is not a CA certificate");
	}
	if (a->n == ANCHORS_MAX) {
		X509_free(x);
		return err_set(e, ERR_CONFIG, "more than %d trust anchors", ANCHORS_MAX);
	}
	a->ca[a->n++] = x;
	return 0;
}

int
x509_anchors_add(struct x509_anchors *a, const void *pem, size_t n, struct err *e)
{
	const size_t before = a->n;
	int rc = -1;
	BIO *in;
	X509 *x;

	if (n > X509_PEM_MAX)
		return err_set(e, ERR_CONFIG, "trust anchors: more than %d bytes", X509_PEM_MAX);
	if ((in = BIO_new_mem_buf(pem, (int)n)) == NULL)
		return err_set(e, ERR_NOMEM, "trust anchors");
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		if (anchor_add(a, x, e) < 0)
			goto out;
	/* The loop ends at the end of the text, or at something that is no certificate. */
	if (a->n == before || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		err_set(e, ERR_CONFIG, "trust anchors: not a PEM file of certificates");
	else
		rc = 0;
out:
	BIO_free(in);
	ERR_clear_error();
	return rc;
}

/* The serial number of the anchor with that key, as the certificate has it; "" if none has. */
static void
anchor_serial(const struct x509_anchors *a, const char *key, char *out, size_t max)
{
	struct err ignored = ERR_INIT;
	char id[2 * 20 + 1];

	out[0] = '\0';
	for (size_t i = 0; a != NULL && i < a->n; i++) {
		key_identifier(X509_get0_subject_key_id(a->ca[i]), id);
		if (strcmp(id, key) == 0 && serial_number(a->ca[i], out, max, &ignored) == 0)
			return;
	}
}

const char *
x509_generation(const struct x509_info *info, const struct x509_anchors *a)
{
	static const struct {
		const char	*name;
		const char	*key;		/* subjectKeyIdentifier */
		const char	*serial;	/* looked at only without it */
	} ca[] = {
		{ "01", "9567951b5ca70d84a0fff1d85a87f1aab1340385", "01" },
		{ "02", NULL, "0133c349" },
		{ "03", "1ac100f596a3bc8c4b3df195e32699249e9e308a", "06d18006" },
	};
	char serial[2 * 20 + 1];

	if (strcmp(info->issuer_org, "JPKI") != 0 || info->issuer_key[0] == '\0')
		return NULL;
	anchor_serial(a, info->issuer_key, serial, sizeof(serial));
	for (size_t i = 0; i < sizeof(ca) / sizeof(ca[0]); i++)
		if (ca[i].key != NULL ? strcmp(ca[i].key, info->issuer_key) == 0 :
		    strcmp(ca[i].serial, serial) == 0)
			return ca[i].name;
	return NULL;
}

static bool
signed_well(X509 *x)
{
	int bits = 0;

	return X509_get_signature_info(x, NULL, NULL, &bits, NULL) == 1 && bits >= SECURITY_BITS;
}

/* X509_check_issued compares name, key identifier and the anchor's key usage. */
static bool
issued_by(X509 *x, X509 *ca)
{
	EVP_PKEY *key = X509_get0_pubkey(ca);

	return X509_check_issued(ca, x) == X509_V_OK && key != NULL && X509_verify(x, key) == 1;
}

int
x509_check_issuer(const uint8_t *der, size_t n, const struct x509_anchors *a, struct err *e)
{
	bool found = false;
	X509 *x;
	int rc;

	if ((x = parse(der, n, e)) == NULL)
		return -1;
	for (size_t i = 0; i < a->n && !found; i++)
		found = issued_by(x, a->ca[i]);
	if (!found)
		rc = err_set(e, ERR_CARD_CERT, "no trust anchor issued the card's certificate");
	else if (!signed_well(x))
		rc = err_set(e, ERR_CARD_CERT, "the card's certificate is signed too weakly");
	else
		rc = 0;
	X509_free(x);
	ERR_clear_error();
	return rc;
}

/* Whether sig is right: 1; 0 if not; -1 if the key is of no kind known here. */
static int
verify_with(EVP_PKEY *key, const uint8_t *digest, const uint8_t *sig, size_t sig_len)
{
	EVP_PKEY_CTX *ctx;
	int rc;

	if (!is_known(key))
		return -1;
	if (sig_len != (size_t)EVP_PKEY_get_size(key))
		return 0;
	if ((ctx = EVP_PKEY_CTX_new(key, NULL)) == NULL)
		return 0;
	rc = EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_verify(ctx, sig, sig_len, digest, HASH_SHA256_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

int
x509_verify_digest(const uint8_t *der, size_t n, const uint8_t digest[static HASH_SHA256_LEN],
    const uint8_t *sig, size_t sig_len, struct err *e)
{
	X509 *x;
	int rc;

	if ((x = parse(der, n, e)) == NULL)
		return -1;
	switch (verify_with(X509_get0_pubkey(x), digest, sig, sig_len)) {
	case 1:
		rc = 0;
		break;
	case 0:
		rc = err_set(e, ERR_CARD_SIGNATURE, "the card's signature does not verify");
		break;
	default:
		rc = err_set(e, ERR_CARD_CERT, "a key of a kind this version does not know");
		break;
	}
	X509_free(x);
	ERR_clear_error();
	return rc;
}

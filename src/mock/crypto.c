#include "mock/crypto.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANCHORS_MAX	32
#define RSA_BITS_MIN	2048

struct anchors {
	X509	*cert[ANCHORS_MAX];
	size_t	 n;
};

struct card_cert {
	X509	*x;
};

struct anchors *
anchors_new(void)
{
	return calloc(1, sizeof(struct anchors));
}

void
anchors_free(struct anchors *a)
{
	for (size_t i = 0; a != NULL && i < a->n; i++)
		X509_free(a->cert[i]);
	free(a);
}

static int
anchors_add(struct anchors *a, X509 *x, const char *path, struct err *e)
{
	if (a->n == ANCHORS_MAX)
		return err_set(e, ERR_CONFIG, "%s: more than %d card CAs", path, ANCHORS_MAX);
	if (X509_check_ca(x) != 1)
		return err_set(e, ERR_CONFIG, "%s: not a CA certificate", path);
	a->cert[a->n++] = x;
	return 0;
}

int
anchors_add_file(struct anchors *a, const char *path, struct err *e)
{
	const size_t before = a->n;
	X509 *x = NULL;
	int rc = -1;
	FILE *f;

	if ((f = fopen(path, "r")) == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	while ((x = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
		if (anchors_add(a, x, path, e) < 0)
			goto out;
	if (a->n == before) {
		err_set(e, ERR_CONFIG, "%s: no PEM certificate", path);
		goto out;
	}
	rc = 0;
out:
	X509_free(x);
	ERR_clear_error();
	fclose(f);
	return rc;
}

struct card_cert *
card_cert_parse(struct span der)
{
	const unsigned char *p = der.p;
	struct card_cert *c;

	if (der.n > 0xffff || (c = calloc(1, sizeof(*c))) == NULL)
		return NULL;
	c->x = d2i_X509(NULL, &p, (long)der.n);
	ERR_clear_error();
	if (c->x == NULL || p != der.p + der.n) {
		card_cert_free(c);
		return NULL;
	}
	return c;
}

void
card_cert_free(struct card_cert *c)
{
	if (c == NULL)
		return;
	X509_free(c->x);
	free(c);
}

/* Can this CA have issued it, by name and, where both carry one, by key id? */
static bool
names_issuer(X509 *x, X509 *ca)
{
	const ASN1_OCTET_STRING *aki = X509_get0_authority_key_id(x);
	const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(ca);

	if (X509_NAME_cmp(X509_get_issuer_name(x), X509_get_subject_name(ca)) != 0)
		return false;
	return aki == NULL || ski == NULL || ASN1_OCTET_STRING_cmp(aki, ski) == 0;
}

/* Every generation of the card CA has the same name: the signature decides. */
static bool
has_anchor(X509 *x, const struct anchors *a)
{
	bool found = false;

	for (size_t i = 0; i < a->n && !found; i++)
		found = names_issuer(x, a->cert[i]) &&
		    X509_verify(x, X509_get0_pubkey(a->cert[i])) == 1;
	ERR_clear_error();
	return found;
}

const char *
card_cert_distrust(const struct card_cert *c, const struct anchors *a)
{
	const EVP_PKEY *key = X509_get0_pubkey(c->x);
	const uint32_t usage = X509_get_key_usage(c->x);

	if (!has_anchor(c->x, a))
		return "no chain to a trusted card CA";
	if (X509_check_ca(c->x) != 0)
		return "a CA certificate";
	/* both absent (all bits set) and the signing certificate fail here */
	if ((usage & KU_DIGITAL_SIGNATURE) == 0 || (usage & KU_NON_REPUDIATION) != 0)
		return "key usage is not that of an authentication certificate";
	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    EVP_PKEY_get_bits(key) < RSA_BITS_MIN)
		return "not an RSA key of 2048 bits or more";
	return NULL;
}

static long long
unix_time(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	return ASN1_TIME_to_tm(t, &tm) == 1 ? (long long)timegm(&tm) : 0;
}

long long
card_cert_not_before(const struct card_cert *c)
{
	return unix_time(X509_get0_notBefore(c->x));
}

long long
card_cert_not_after(const struct card_cert *c)
{
	return unix_time(X509_get0_notAfter(c->x));
}

bool
card_cert_verifies(const struct card_cert *c, struct span msg, struct span sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, X509_get0_pubkey(c->x)) == 1 &&
	    EVP_DigestVerify(ctx, sig.p, sig.n, msg.p, msg.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

#include <shikaku/certificate.h>

#include <stdio.h>

#include "base/date.h"
#include "card/x509.h"
#include "lib/lib.h"

_Static_assert(SHIKAKU_CERTIFICATE_MAX == X509_DER_MAX, "the header's number");
_Static_assert(SHIKAKU_PEM_MAX == X509_PEM_MAX, "the header's number");

int
shikaku_certificate_read(const uint8_t *der, size_t n, struct shikaku_certificate *out,
    struct shikaku_error *error)
{
	struct err e = ERR_INIT;
	struct x509_info info;

	if (x509_info(der, n, &info, &e) < 0)
		return lib_fail(&e, error);
	date_format_iso(info.not_before, out->not_before);
	date_format_iso(info.not_after, out->not_after);
	snprintf(out->issuer_org, sizeof(out->issuer_org), "%s", info.issuer_org);
	snprintf(out->serial, sizeof(out->serial), "%s", info.serial);
	out->authentication = info.authentication;
	out->test = info.test;
	return 0;
}

/* The public type is only ever the private one. */
static struct x509_anchors *
anchors_in(struct shikaku_anchors *a)
{
	return (struct x509_anchors *)a;
}

struct shikaku_anchors *
shikaku_anchors_new(struct shikaku_error *error)
{
	struct err e = ERR_INIT;
	struct x509_anchors *a = x509_anchors_new(&e);

	if (a == NULL)
		lib_fail(&e, error);
	return (struct shikaku_anchors *)a;
}

int
shikaku_anchors_add(struct shikaku_anchors *a, const char *pem, size_t n,
    struct shikaku_error *error)
{
	struct err e = ERR_INIT;

	return x509_anchors_add(anchors_in(a), pem, n, &e) < 0 ? lib_fail(&e, error) : 0;
}

void
shikaku_anchors_free(struct shikaku_anchors *a)
{
	x509_anchors_free(anchors_in(a));
}

int
shikaku_certificate_check(const uint8_t *der, size_t n, const struct shikaku_anchors *a,
    struct shikaku_error *error)
{
	struct err e = ERR_INIT;
	struct x509_info info;

	if (x509_info(der, n, &info, &e) < 0)
		return lib_fail(&e, error);
	if (!info.authentication)
		err_set(&e, ERR_CARD_CERT, "not an authentication certificate");
	else if (!info.known_key)
		err_set(&e, ERR_CARD_CERT, "a key of a kind this version does not know");
	else if (x509_check_issuer(der, n, (const struct x509_anchors *)a, &e) == 0)
		return 0;
	return lib_fail(&e, error);
}

int
shikaku_signature_check(const uint8_t *der, size_t n, const struct shikaku_message *m,
    const uint8_t *sig, size_t sig_len, struct shikaku_error *error)
{
	uint8_t digest[HASH_SHA256_LEN];
	struct err e = ERR_INIT;
	struct sign_fields f;

	if (lib_message(m, &f, &e) < 0 || message_digest(&f, der, n, digest, &e) < 0 ||
	    x509_verify_digest(der, n, digest, sig, sig_len, &e) < 0)
		return lib_fail(&e, error);
	return 0;
}

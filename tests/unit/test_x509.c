/*
 * The card's certificate: against a throw-away hierarchy made here, of two CA
 * generations that share one name as those of JPKI do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/date.h"
#include "card/x509.h"

struct der {
	uint8_t	p[X509_DER_MAX];
	size_t	n;
};

static EVP_PKEY *old_key, *new_key, *card_key;
static X509 *old_ca, *new_ca;

static void
add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

static void
set_name(X509_NAME *name, const char *o, const char *cn)
{
	X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, (const uint8_t *)"JP", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)o, -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)cn, -1, -1, 0);
}

static X509 *
new_certificate(const char *o, const char *cn, EVP_PKEY *key, const char *until)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 0x0705d990);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20251027000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x), until);
	set_name(X509_get_subject_name(x), o, cn);
	X509_set_pubkey(x, key);
	return x;
}

static X509 *
make_ca(EVP_PKEY *key, bool ca)
{
	X509 *x = new_certificate("JPKI-TEST", "ca", key, "20330715145959Z");

	X509_set_issuer_name(x, X509_get_subject_name(x));
	add_extension(x, x, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(x, x, NID_subject_key_identifier, "hash");
	X509_sign(x, key, EVP_sha256());
	return x;
}

static struct der
make_card(X509 *ca, EVP_PKEY *ca_key, const char *usage, const char *until, const EVP_MD *md)
{
	X509 *x = new_certificate("JPKI-TEST", "997794E9AGCIEG13221003A", card_key, until);
	struct der d = { { 0 }, 0 };
	uint8_t *p = d.p;

	X509_set_issuer_name(x, X509_get_subject_name(ca));
	if (usage != NULL)
		add_extension(x, ca, NID_key_usage, usage);
	add_extension(x, ca, NID_authority_key_identifier, "keyid");
	X509_sign(x, ca_key, md);
	d.n = (size_t)i2d_X509(x, &p);
	X509_free(x);
	return d;
}

static struct der
good_card(void)
{
	return make_card(new_ca, new_key, "critical,digitalSignature", "20300217145959Z",
	    EVP_sha256());
}

static int
set_up(void **state)
{
	(void)state;
	old_key = EVP_RSA_gen(2048);
	new_key = EVP_RSA_gen(2048);
	card_key = EVP_RSA_gen(2048);
	old_ca = make_ca(old_key, true);
	new_ca = make_ca(new_key, true);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	X509_free(old_ca);
	X509_free(new_ca);
	EVP_PKEY_free(old_key);
	EVP_PKEY_free(new_key);
	EVP_PKEY_free(card_key);
	return 0;
}

static int
add_anchor(struct x509_anchors *a, X509 *ca, struct err *e)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *pem;
	long n;
	int rc;

	PEM_write_bio_X509(b, ca);
	n = BIO_get_mem_data(b, &pem);
	rc = x509_anchors_add(a, pem, (size_t)n, e);
	BIO_free(b);
	return rc;
}

static void
what_it_says(void **state)
{
	const struct der d = good_card();
	struct err e = ERR_INIT;
	struct x509_info i;

	(void)state;
	assert_int_equal(x509_info(d.p, d.n, &i, &e), 0);
	assert_int_equal(i.not_before, date_from_ymd(2025, 10, 27));
	assert_int_equal(i.not_after, date_from_ymd(2030, 2, 17));
	assert_string_equal(i.issuer_org, "JPKI-TEST");
	assert_string_equal(i.serial, "0705d990");
	assert_true(i.test);
	assert_true(i.authentication);
}

static void
the_day_is_the_one_in_japan(void **state)
{
	static const struct {
		const char	*until;
		int		 y, m, d;
	} cases[] = {
		{ "20300217145959Z", 2030, 2, 17 },
		{ "20300217150000Z", 2030, 2, 18 },
		{ "20291231150000Z", 2030, 1, 1 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		const struct der d = make_card(new_ca, new_key, NULL, cases[k].until, EVP_sha256());
		struct err e = ERR_INIT;
		struct x509_info i;

		assert_int_equal(x509_info(d.p, d.n, &i, &e), 0);
		assert_int_equal(i.not_after, date_from_ymd(cases[k].y, cases[k].m, cases[k].d));
		assert_false(i.authentication);
	}
}

static void
other_uses(void **state)
{
	static const char *const usage[] = { "critical,digitalSignature,nonRepudiation",
	    "critical,keyEncipherment", "critical,digitalSignature,keyCertSign" };

	(void)state;
	for (size_t k = 0; k < sizeof(usage) / sizeof(usage[0]); k++) {
		const struct der d = make_card(new_ca, new_key, usage[k], "20300217145959Z",
		    EVP_sha256());
		struct err e = ERR_INIT;
		struct x509_info i;

		assert_int_equal(x509_info(d.p, d.n, &i, &e), 0);
		assert_false(i.authentication);
	}
}

static int
issuer_of(const struct der *d, X509 *ca1, X509 *ca2)
{
	struct err e = ERR_INIT;
	struct x509_anchors *a = x509_anchors_new(&e);
	int rc;

	if (ca1 != NULL)
		assert_int_equal(add_anchor(a, ca1, &e), 0);
	if (ca2 != NULL)
		assert_int_equal(add_anchor(a, ca2, &e), 0);
	rc = x509_check_issuer(d->p, d->n, a, &e);
	assert_int_equal(e.code, rc < 0 ? ERR_CARD_CERT : ERR_NONE);
	x509_anchors_free(a);
	return rc;
}

static void
issuers(void **state)
{
	const struct der good = good_card();
	const struct der weak = make_card(new_ca, new_key, NULL, "20300217145959Z", EVP_sha1());
	const struct der forged = make_card(new_ca, old_key, NULL, "20300217145959Z", EVP_sha256());
	struct der bent = good;

	(void)state;
	bent.p[bent.n - 1] ^= 1;
	assert_int_equal(issuer_of(&good, new_ca, NULL), 0);
	assert_int_equal(issuer_of(&good, old_ca, new_ca), 0);
	assert_int_equal(issuer_of(&good, new_ca, old_ca), 0);
	assert_int_equal(issuer_of(&good, old_ca, NULL), -1);
	assert_int_equal(issuer_of(&good, NULL, NULL), -1);
	assert_int_equal(issuer_of(&weak, new_ca, NULL), -1);
	assert_int_equal(issuer_of(&forged, new_ca, old_ca), -1);
	assert_int_equal(issuer_of(&bent, new_ca, NULL), -1);
}

static void
anchors_that_are_none(void **state)
{
	static const char *const text[] = { "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n",
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" };
	X509 *no_ca = make_ca(old_key, false);

	(void)state;
	for (size_t k = 0; k < sizeof(text) / sizeof(text[0]); k++) {
		struct err e = ERR_INIT;
		struct x509_anchors *a = x509_anchors_new(&e);

		assert_int_equal(x509_anchors_add(a, text[k], strlen(text[k]), &e), -1);
		assert_int_equal(e.code, ERR_CONFIG);
		if (k == 0) {
			struct err e2 = ERR_INIT;

			assert_int_equal(add_anchor(a, no_ca, &e2), -1);
			assert_int_equal(e2.code, ERR_CONFIG);
		}
		assert_int_equal(x509_anchors_count(a), 0);
		x509_anchors_free(a);
	}
	X509_free(no_ca);
}

static void
broken_der(void **state)
{
	const struct der good = good_card();
	struct x509_info i;
	uint8_t more[X509_DER_MAX + 1] = { 0 };

	(void)state;
	memcpy(more, good.p, good.n);
	for (size_t n = 0; n <= good.n + 1; n++) {
		struct err e = ERR_INIT;

		assert_int_equal(x509_info(more, n, &i, &e), n == good.n ? 0 : -1);
	}
	for (size_t n = X509_DER_MAX; n <= X509_DER_MAX + 1; n++) {
		struct err e = ERR_INIT;

		assert_int_equal(x509_info(more, n, &i, &e), -1);
		assert_int_equal(e.code, ERR_CARD_CERT);
	}
}

static size_t
sign(const uint8_t *digest, uint8_t *sig, size_t max)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(card_key, NULL);

	EVP_PKEY_sign_init(ctx);
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
	EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256());
	assert_int_equal(EVP_PKEY_sign(ctx, sig, &max, digest, 32), 1);
	EVP_PKEY_CTX_free(ctx);
	return max;
}

static enum err_code
verify(const struct der *d, const uint8_t *digest, const uint8_t *sig, size_t n)
{
	struct err e = ERR_INIT;

	x509_verify_digest(d->p, d->n, digest, sig, n, &e);
	return e.code;
}

static void
signatures(void **state)
{
	const struct der d = good_card();
	uint8_t digest[HASH_SHA256_LEN], sig[257] = { 0 };
	size_t n;

	(void)state;
	hash_sha256("x", 1, digest);
	n = sign(digest, sig, sizeof(sig));
	assert_int_equal(verify(&d, digest, sig, n), ERR_NONE);
	assert_int_equal(verify(&d, digest, sig, n - 1), ERR_CARD_SIGNATURE);
	assert_int_equal(verify(&d, digest, sig, n + 1), ERR_CARD_SIGNATURE);
	assert_int_equal(verify(&d, digest, sig, 0), ERR_CARD_SIGNATURE);
	sig[0] ^= 1;
	assert_int_equal(verify(&d, digest, sig, n), ERR_CARD_SIGNATURE);
	sig[0] ^= 1;
	digest[31] ^= 1;
	assert_int_equal(verify(&d, digest, sig, n), ERR_CARD_SIGNATURE);
}

static bool
knows_key(const struct der *d)
{
	struct err e = ERR_INIT;
	struct x509_info i;

	assert_int_equal(x509_info(d->p, d->n, &i, &e), 0);
	return i.known_key;
}

static void
keys_of_other_kinds(void **state)
{
	EVP_PKEY *rsa = card_key;
	uint8_t digest[HASH_SHA256_LEN] = { 0 }, sig[256] = { 0 };
	EVP_PKEY *keys[2];
	struct der d;

	(void)state;
	d = good_card();
	assert_true(knows_key(&d));
	keys[0] = EVP_EC_gen("P-384");
	keys[1] = EVP_RSA_gen(1024);
	for (size_t k = 0; k < 2; k++) {
		card_key = keys[k];
		d = good_card();
		assert_int_equal(verify(&d, digest, sig, sizeof(sig)), ERR_CARD_CERT);
		assert_false(knows_key(&d));
		EVP_PKEY_free(keys[k]);
	}
	card_key = rsa;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(the_day_is_the_one_in_japan),
		cmocka_unit_test(other_uses),
		cmocka_unit_test(issuers),
		cmocka_unit_test(anchors_that_are_none),
		cmocka_unit_test(broken_der),
		cmocka_unit_test(signatures),
		cmocka_unit_test(keys_of_other_kinds),
	};

	return cmocka_run_group_tests_name("x509", tests, set_up, tear_down);
}

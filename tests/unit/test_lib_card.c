/*
 * libshikaku's card as a program that embeds it sees it: public headers only,
 * and a card that is the host's own code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <shikaku/card.h>
#include <shikaku/certificate.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* What a host's card is: a few files, a PIN with tries, and a key. */
struct card {
	uint8_t		cert[4096];
	size_t		cert_len;
	const char	*token;
	EVP_PKEY	*key;
	uint8_t		file;		/* low byte of the current EF */
	int		tries;
	bool		verified;
	int		verifies;	/* VERIFY commands with a PIN */
	bool		needs_pin;	/* the certificate, as on a phone */
	bool		left_verified;	/* by another program, until the power goes */
	int		power_cycles;
	int		left;		/* SELECT of the ISD */
	int		broken_after;	/* commands; -1 never */
	enum shikaku_io	broken_as;
	bool		lose_verify;	/* it counts, but its answer is lost */
	bool		overlong;	/* claims more bytes than there is room for */
	uint8_t		spoil;		/* xored into the signature */
};

static EVP_PKEY *ca_key, *card_key;
static X509 *ca, *leaf, *other_leaf;

static void
set_name(X509_NAME *name, const char *cn)
{
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const uint8_t *)"JPKI-TEST", -1, -1,
	    0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)cn, -1, -1, 0);
}

static void
add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(ext);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

static X509 *
new_certificate(EVP_PKEY *key, bool is_ca, long serial)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20221122000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20270217145959Z");
	set_name(X509_get_subject_name(x), is_ca ? "CA" : "card");
	set_name(X509_get_issuer_name(x), "CA");
	X509_set_pubkey(x, key);
	if (is_ca)
		add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, NID_key_usage, is_ca ? "critical,keyCertSign" :
	    "critical,digitalSignature");
	assert_true(X509_sign(x, ca_key, EVP_sha256()) > 0);
	return x;
}

static int
make_certificates(void **state)
{
	(void)state;
	ca_key = EVP_RSA_gen(2048);
	card_key = EVP_RSA_gen(2048);
	ca = new_certificate(ca_key, true, 1);
	leaf = new_certificate(card_key, false, 2);
	other_leaf = new_certificate(card_key, false, 3);
	return 0;
}

static int
free_certificates(void **state)
{
	(void)state;
	X509_free(ca);
	X509_free(leaf);
	X509_free(other_leaf);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(card_key);
	return 0;
}

static void
insert(struct card *c, X509 *x)
{
	uint8_t *p = c->cert;
	const int n = i2d_X509(x, NULL);

	assert_in_range(n, 1, sizeof(c->cert));
	c->cert_len = (size_t)i2d_X509(x, &p);
}

static struct card
healthy(void)
{
	struct card c = { .token = "JPKIAPICCTOKEN2", .key = card_key, .tries = 3,
		.broken_after = -1 };

	insert(&c, leaf);
	return c;
}

static size_t
sw(uint8_t *rsp, size_t n, unsigned value)
{
	rsp[n] = (uint8_t)(value >> 8);
	rsp[n + 1] = (uint8_t)value;
	return n + 2;
}

static size_t
read_binary(const struct card *c, const uint8_t *cmd, uint8_t *rsp)
{
	const size_t at = (size_t)cmd[2] << 8 | cmd[3], le = cmd[4] == 0 ? 256 : cmd[4];
	uint8_t token[160];
	const uint8_t *p = c->cert;
	size_t n = c->cert_len;

	if (c->file == 0x0a && c->needs_pin)
		return sw(rsp, 0, 0x6982);
	if (c->file == 0x06) {
		memset(token, ' ', sizeof(token));
		memcpy(token, c->token, strlen(c->token));
		p = token;
		n = sizeof(token);
	}
	n = at + le <= n ? le : n - at;
	memcpy(rsp, p + at, n);
	return sw(rsp, n, 0x9000);
}

static size_t
verify(struct card *c, const uint8_t *cmd, size_t n, uint8_t *rsp)
{
	if (c->left_verified)
		return sw(rsp, 0, 0x9000);
	if (n == 4)
		return sw(rsp, 0, 0x63c0u | (unsigned)c->tries);
	c->verifies++;
	if (c->tries == 0)
		return sw(rsp, 0, 0x6983);
	c->verified = memcmp(cmd + 5, "1234", 4) == 0;
	c->tries = c->verified ? 3 : c->tries - 1;
	return sw(rsp, 0, c->verified ? 0x9000 : 0x63c0u | (unsigned)c->tries);
}

/* PKCS #1 v1.5 of the DigestInfo as it came. */
static size_t
sign(const struct card *c, const uint8_t *cmd, uint8_t *rsp)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(c->key, NULL);
	size_t n = 256;

	if (!c->verified) {
		EVP_PKEY_CTX_free(ctx);
		return sw(rsp, 0, 0x6982);
	}
	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, rsp, &n, cmd + 5, cmd[4]), 1);
	EVP_PKEY_CTX_free(ctx);
	rsp[17] ^= c->spoil;
	return sw(rsp, n, 0x9000);
}

static size_t
select_file(struct card *c, const uint8_t *cmd, uint8_t *rsp)
{
	c->file = cmd[2] == 0x02 ? cmd[6] : 0;
	if (cmd[2] == 0x04 && cmd[5] == 0xa0) {
		c->verified = false;
		c->left++;
	}
	return sw(rsp, 0, 0x9000);
}

static enum shikaku_io
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len)
{
	struct card *c = ctx;

	assert_int_equal(rsp_max, 258);
	if (c->broken_after == 0)
		return c->broken_as;
	if (c->broken_after > 0)
		c->broken_after--;
	switch (cmd[1]) {
	case 0xa4:
		*rsp_len = select_file(c, cmd, rsp);
		break;
	case 0xb0:
		*rsp_len = read_binary(c, cmd, rsp);
		break;
	case 0x20:
		*rsp_len = verify(c, cmd, n, rsp);
		if (n > 4 && c->lose_verify)
			return SHIKAKU_IO_REMOVED;
		break;
	default:
		*rsp_len = sign(c, cmd, rsp);
		break;
	}
	if (c->overlong)
		*rsp_len = rsp_max + 1;
	return SHIKAKU_IO_OK;
}

static enum shikaku_io
power_cycle(void *ctx)
{
	struct card *c = ctx;

	c->power_cycles++;
	c->left_verified = false;
	return SHIKAKU_IO_OK;
}

static struct shikaku_card_io
io_of(struct card *c)
{
	return (struct shikaku_card_io){ transmit, power_cycle, c };
}

static struct shikaku_card *
open_card(struct card *c)
{
	const struct shikaku_card_io io = io_of(c);
	struct shikaku_error e = { .message = "" };
	struct shikaku_card *card;

	if (shikaku_card_open(&card, &io, &e) < 0)
		fail_msg("%s: %s", e.code, e.message);
	return card;
}

static struct shikaku_message
message(void)
{
	struct shikaku_message m = { .origin = "https://qs.example.jp:443",
		.institution = "1310000011", .time = "20261122001500Z" };

	memset(m.challenge, 0x5a, sizeof(m.challenge));
	return m;
}

static void
assert_error(const struct shikaku_error *e, const char *code, int tries_left)
{
	if (strcmp(e->code, code) != 0 || e->tries_left != tries_left)
		fail_msg("%s, %d tries, not %s, %d: %s", e->code, e->tries_left, code, tries_left,
		    e->message);
	assert_true(e->exit_status > 0);
	assert_true(*shikaku_error_text(e, SHIKAKU_JA) != '\0');
}

static void
test_card_from_open_to_close(void **state)
{
	const struct shikaku_message m = message();
	uint8_t pin[SHIKAKU_PIN_LEN] = { '1', '2', '3', '4' }, sig[SHIKAKU_SIGNATURE_MAX];
	struct card host = healthy();
	struct shikaku_card *c = open_card(&host);
	struct shikaku_error e;
	const uint8_t *der;
	size_t n, len;

	(void)state;
	assert_string_equal(shikaku_card_token(c), "JPKIAPICCTOKEN2");
	assert_int_equal(shikaku_card_medium(c), SHIKAKU_MEDIUM_CARD);
	assert_int_equal(shikaku_card_tries_left(c), 3);
	assert_non_null(der = shikaku_card_certificate(c, &n));
	assert_int_equal(n, host.cert_len);
	assert_memory_equal(der, host.cert, n);
	assert_int_equal(host.verifies, 0);

	assert_int_equal(shikaku_card_sign(c, &m, sig, &len, &e), -1);
	assert_error(&e, "USAGE", -1);
	assert_int_equal(shikaku_card_verify(c, pin, false, &e), 0);
	assert_memory_equal(pin, "1234", sizeof(pin));
	assert_int_equal(shikaku_card_verify(c, pin, false, &e), -1);
	assert_error(&e, "USAGE", -1);
	assert_int_equal(shikaku_card_sign(c, &m, sig, &len, &e), 0);
	assert_int_equal(shikaku_card_sign(c, &m, sig, &len, &e), 0);
	assert_int_equal(len, 256);
	assert_int_equal(shikaku_signature_check(der, n, &m, sig, len, &e), 0);
	assert_int_equal(host.verifies, 1);
	assert_true(host.verified);
	shikaku_card_close(c);
	assert_false(host.verified);
}

static void
test_wrong_pins(void **state)
{
	static const uint8_t right[] = "1234", wrong[] = "9999", letters[] = "12a4";
	static const struct {
		const uint8_t	*pin;
		bool		 last_try;
		const char	*code;
		int		 said, left, verifies;
	} steps[] = {
		{ NULL, false, "PIN_NONE", -1, 3, 0 },
		{ letters, false, "PIN_FORMAT", -1, 3, 0 },
		{ wrong, false, "PIN_WRONG", 2, 2, 1 },
		{ wrong, false, "PIN_WRONG", 1, 1, 2 },
		{ right, false, "PIN_LAST_TRY", 1, 1, 2 },
		{ wrong, true, "PIN_BLOCKED", 0, 0, 3 },
		{ right, true, "PIN_BLOCKED", 0, 0, 3 },
	};
	struct card host = healthy();
	struct shikaku_card *c = open_card(&host);

	(void)state;
	for (size_t i = 0; i < N(steps); i++) {
		struct shikaku_error e;

		assert_int_equal(shikaku_card_verify(c, steps[i].pin, steps[i].last_try, &e), -1);
		assert_error(&e, steps[i].code, steps[i].said);
		assert_int_equal(shikaku_card_tries_left(c), steps[i].left);
		assert_int_equal(host.verifies, steps[i].verifies);
	}
	shikaku_card_close(c);
}

static void
test_card_exchanged_before_the_pin(void **state)
{
	struct card host = healthy();
	struct shikaku_card *c = open_card(&host);
	struct shikaku_error e;

	(void)state;
	insert(&host, other_leaf);
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"1234", false, &e), -1);
	assert_error(&e, "CARD_REMOVED", -1);
	assert_true(shikaku_error_retryable(&e));
	assert_int_equal(host.verifies, 0);
	shikaku_card_close(c);
}

static void
test_pin_left_verified_by_another(void **state)
{
	struct shikaku_card_io io;
	struct shikaku_error e;
	struct shikaku_card *c;
	struct card host = healthy();

	(void)state;
	host.left_verified = true;
	c = open_card(&host);
	assert_int_equal(host.power_cycles, 1);
	assert_int_equal(shikaku_card_tries_left(c), 3);
	shikaku_card_close(c);

	host.left_verified = true;
	io = io_of(&host);
	io.power_cycle = NULL;
	assert_int_equal(shikaku_card_open(&c, &io, &e), 0);
	assert_int_equal(shikaku_card_tries_left(c), SHIKAKU_TRIES_UNKNOWN);
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"1234", false, &e), -1);
	assert_error(&e, "PIN_LAST_TRY", -1);
	assert_int_equal(host.verifies, 0);
	shikaku_card_close(c);
}

static void
test_transport_failures(void **state)
{
	static const struct {
		enum shikaku_io	 io;
		const char	*code;
	} cases[] = {
		{ SHIKAKU_IO_REMOVED, "CARD_REMOVED" }, { SHIKAKU_IO_MUTE, "READER_TIMEOUT" },
		{ SHIKAKU_IO_BROKEN, "CARD_UNREADABLE" }, { SHIKAKU_IO_READER, "PCSC_DOWN" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		for (int after = 0; after < 8; after++) {
			struct card host = healthy();
			const struct shikaku_card_io io = io_of(&host);
			struct shikaku_card *c = NULL;
			struct shikaku_error e;

			host.broken_after = after;
			host.broken_as = cases[i].io;
			assert_int_equal(shikaku_card_open(&c, &io, &e), -1);
			assert_null(c);
			assert_error(&e, cases[i].code, -1);
		}
	}
}

/* A VERIFY that got no answer may have counted: only the card can tell. */
static void
test_verify_without_answer(void **state)
{
	struct card host = healthy();
	struct shikaku_card *c = open_card(&host);
	struct shikaku_error e;

	(void)state;
	host.lose_verify = true;
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"9999", false, &e), -1);
	assert_error(&e, "CARD_REMOVED", -1);
	assert_true(e.pin_sent);
	assert_false(shikaku_error_retryable(&e));
	assert_int_equal(host.verifies, 1);
	assert_int_equal(shikaku_card_tries_left(c), SHIKAKU_TRIES_UNKNOWN);
	host.lose_verify = false;
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"9999", false, &e), -1);
	assert_error(&e, "PIN_WRONG", 1);
	assert_int_equal(host.verifies, 2);
	shikaku_card_close(c);
}

static void
test_cards_that_are_no_use(void **state)
{
	struct card host = healthy();
	struct shikaku_card_io io = io_of(&host);
	const struct shikaku_message m = message();
	uint8_t sig[SHIKAKU_SIGNATURE_MAX];
	struct shikaku_error e;
	struct shikaku_card *c;
	size_t n;

	(void)state;
	host.token = "JPKIAPICCTOKEN";
	assert_int_equal(shikaku_card_open(&c, &io, &e), -1);
	assert_error(&e, "CARD_NOT_JPKI", -1);
	assert_int_equal(e.exit_status, 24);
	host.overlong = true;
	assert_int_equal(shikaku_card_open(&c, &io, &e), -1);
	assert_error(&e, "CARD_UNREADABLE", -1);

	host = healthy();
	host.token = "JPKIAPGPSETOKEN";
	host.needs_pin = true;
	c = open_card(&host);
	assert_int_equal(shikaku_card_medium(c), SHIKAKU_MEDIUM_PHONE);
	assert_null(shikaku_card_certificate(c, &n));
	assert_int_equal(n, 0);
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"1234", false, &e), -1);
	assert_error(&e, "CARD_CERT", -1);
	assert_int_equal(host.verifies, 0);
	shikaku_card_close(c);

	host = healthy();
	host.spoil = 1;
	c = open_card(&host);
	assert_int_equal(shikaku_card_verify(c, (const uint8_t *)"1234", false, &e), 0);
	assert_int_equal(shikaku_card_sign(c, &m, sig, &n, &e), -1);
	assert_error(&e, "CARD_SIGNATURE", -1);
	assert_int_equal(n, 0);
	assert_false(host.verified);
	shikaku_card_close(c);
}

static struct shikaku_anchors *
anchors_of(X509 *x)
{
	struct shikaku_anchors *a = shikaku_anchors_new(NULL);
	BIO *out = BIO_new(BIO_s_mem());
	char *pem;
	long n;

	assert_non_null(a);
	PEM_write_bio_X509(out, x);
	n = BIO_get_mem_data(out, &pem);
	assert_int_equal(shikaku_anchors_add(a, pem, (size_t)n, NULL), 0);
	BIO_free(out);
	return a;
}

static void
test_certificate(void **state)
{
	struct shikaku_anchors *good = anchors_of(ca), *empty = shikaku_anchors_new(NULL);
	struct shikaku_certificate info;
	struct card host = healthy();
	struct shikaku_error e;

	(void)state;
	assert_int_equal(shikaku_certificate_read(host.cert, host.cert_len, &info, &e), 0);
	assert_string_equal(info.not_after, "2027-02-17");
	assert_string_equal(info.not_before, "2022-11-22");
	assert_string_equal(info.issuer_org, "JPKI-TEST");
	assert_string_equal(info.serial, "02");
	assert_true(info.authentication);
	assert_true(info.test);
	assert_int_equal(shikaku_certificate_check(host.cert, host.cert_len, good, &e), 0);
	assert_int_equal(shikaku_certificate_check(host.cert, host.cert_len, empty, &e), -1);
	assert_error(&e, "CARD_CERT", -1);
	assert_int_equal(shikaku_certificate_read(host.cert, host.cert_len - 1, &info, &e), -1);
	assert_error(&e, "CARD_CERT", -1);
	insert(&host, ca);
	assert_int_equal(shikaku_certificate_check(host.cert, host.cert_len, good, &e), -1);
	assert_error(&e, "CARD_CERT", -1);
	assert_int_equal(shikaku_anchors_add(empty, "nothing", 7, &e), -1);
	assert_error(&e, "CONFIG", -1);
	shikaku_anchors_free(good);
	shikaku_anchors_free(empty);
}

/* Fields filled to the brim have no NUL; none may be read beyond its end. */
static void
test_message_fields(void **state)
{
	struct card host = healthy();
	struct shikaku_message m = message();
	uint8_t sig[256] = { 0 };
	struct shikaku_error e;

	(void)state;
	assert_int_equal(shikaku_signature_check(host.cert, host.cert_len, &m, sig, sizeof(sig),
	    &e), -1);
	assert_error(&e, "CARD_SIGNATURE", -1);
	memset(m.origin, 'a', sizeof(m.origin));
	memset(m.institution, '1', sizeof(m.institution));
	memset(m.time, '1', sizeof(m.time));
	assert_int_equal(shikaku_signature_check(host.cert, host.cert_len, &m, sig, sizeof(sig),
	    &e), -1);
	assert_error(&e, "USAGE", -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_card_from_open_to_close),
		cmocka_unit_test(test_wrong_pins),
		cmocka_unit_test(test_card_exchanged_before_the_pin),
		cmocka_unit_test(test_pin_left_verified_by_another),
		cmocka_unit_test(test_transport_failures),
		cmocka_unit_test(test_verify_without_answer),
		cmocka_unit_test(test_cards_that_are_no_use),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_message_fields),
	};

	return cmocka_run_group_tests_name("library: card", tests, make_certificates,
	    free_certificates);
}

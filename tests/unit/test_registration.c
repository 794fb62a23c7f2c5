/* 利用登録 without a network: the request, and every way its reply may be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/hash.h"
#include "net/elig.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const uint8_t cert[] = "not a certificate, but hashed as one";
static uint8_t challenge[ELIG_CHALLENGE_LEN];
static const struct elig_header header = { "", "1310000011", "a1b2" };
static struct buf good = BUF_INIT;

static int
make_reply(void **state)
{
	uint8_t hash[HASH_SHA256_LEN];
	char hex[2 * HASH_SHA256_LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(challenge); i++)
		challenge[i] = (uint8_t)(5 * i);
	hash_sha256(cert, sizeof(cert), hash);
	hex_encode(hash, sizeof(hash), hex);
	buf_adds(&good, "{\"XmlMsg\":{\"MessageHeader\":{"
	    "\"ProcessExecutionTime\":\"20261122091504\",\"MedicalInstitutionCode\":\"1310000011\","
	    "\"ArbitraryFileIdentifier\":\"a1b2\",\"CharacterCodeIdentifier\":\"0\"},"
	    "\"MessageBody\":{\"ProcessingResultStatus\":\"1\",\"ProcessingResultCode\":\"\","
	    "\"ProcessingResultMessage\":\"\"}},\"Binding\":{\"Challenge\":\"");
	base64_add(&good, challenge, sizeof(challenge));
	buf_addf(&good, "\",\"CertificateSha256\":\"%s\"}}", hex);
	return good.failed;
}

static int
free_reply(void **state)
{
	(void)state;
	buf_free(&good);
	return 0;
}

/* Reads it and holds what comes of it to the header: registered and nothing else, or why not. */
static enum err_code
read_reply(const char *text, size_t n, struct elig_answer *a)
{
	const struct reply_expect x = { &header, challenge, { cert, sizeof(cert) }, NULL };
	struct err e = ERR_INIT;
	const int rc = reply_read_registration(text, n, &x, a, &e);

	assert_int_equal(rc == 0, e.code == ERR_NONE);
	assert_int_equal(a->outcome, ELIG_ERROR);
	assert_int_equal(a->validity, 0);
	assert_null(a->results);
	if (e.code != ERR_SERVICE_REFUSED) {
		assert_null(a->doc);
		assert_null(a->code);
	}
	return e.code;
}

static enum err_code
read_once(const char *text, size_t n)
{
	struct elig_answer a = ELIG_ANSWER_INIT;
	const enum err_code code = read_reply(text, n, &a);

	elig_answer_free(&a);
	return code;
}

/* The reply with the first from made to. */
static char *
replaced(const char *from, const char *to)
{
	const char *at = strstr(good.p, from);
	char *text = NULL;

	assert_non_null(at);
	if (asprintf(&text, "%.*s%s%s", (int)(at - good.p), good.p, to, at + strlen(from)) < 0)
		abort();
	return text;
}

static const struct change_row {
	const char	*name;
	const char	*from, *to;
	enum err_code	 want;
} changes[] = {
#define BAD ERR_REPLY_MALFORMED
	{ "as agreed", "", "", ERR_NONE },
	{ "with a remark", "ProcessingResultCode\":\"\"",
	    "ProcessingResultCode\":\"CERTIFICATE_ENDS_SOON\"", ERR_NONE },
	{ "a stranger beside it", "\"MessageBody\"", "\"SomethingNew\":{\"x\":[1]},\"MessageBody\"",
	    ERR_NONE },
	{ "not registered", "Status\":\"1\",\"ProcessingResultCode\":\"\"",
	    "Status\":\"2\",\"ProcessingResultCode\":\"E7\"", ERR_SERVICE_REFUSED },
	{ "another status", "Status\":\"1\"", "Status\":\"3\"", BAD },
	{ "another institution", "1310000011", "1310000029", BAD },
	{ "another request", "a1b2", "a1b3", BAD },
	{ "another challenge", "Challenge\":\"AA", "Challenge\":\"AB", BAD },
	{ "no time", "20261122091504", "20261322091504", BAD },
	{ "another character set", "CharacterCodeIdentifier\":\"0\"",
	    "CharacterCodeIdentifier\":\"1\"", BAD },
	{ "the status twice", "\"ProcessingResultStatus\"",
	    "\"ProcessingResultStatus\":\"1\",\"ProcessingResultStatus\"", BAD },
	{ "a list around it", "{\"XmlMsg\"", "[{\"XmlMsg\"", BAD },
	{ "XmlMsg missing", "\"XmlMsg\"", "\"x\"", BAD },
	{ "MessageHeader missing", "\"MessageHeader\"", "\"x\"", BAD },
	{ "ProcessExecutionTime missing", "\"ProcessExecutionTime\"", "\"x\"", BAD },
	{ "MedicalInstitutionCode missing", "\"MedicalInstitutionCode\"", "\"x\"", BAD },
	{ "ArbitraryFileIdentifier missing", "\"ArbitraryFileIdentifier\"", "\"x\"", BAD },
	{ "CharacterCodeIdentifier missing", "\"CharacterCodeIdentifier\"", "\"x\"", BAD },
	{ "MessageBody missing", "\"MessageBody\"", "\"x\"", BAD },
	{ "ProcessingResultStatus missing", "\"ProcessingResultStatus\"", "\"x\"", BAD },
	{ "ProcessingResultCode missing", "\"ProcessingResultCode\"", "\"x\"", BAD },
	{ "ProcessingResultMessage missing", "\"ProcessingResultMessage\"", "\"x\"", BAD },
	{ "Binding missing", "\"Binding\"", "\"x\"", BAD },
	{ "Challenge missing", "\"Challenge\"", "\"x\"", BAD },
	{ "CertificateSha256 missing", "\"CertificateSha256\"", "\"x\"", BAD },
	{ "null in place of the body", "\"MessageBody\":", "\"MessageBody\":null,\"x\":", BAD },
	{ "a number in place of the status", "Status\":\"1\"", "Status\":1", BAD },
#undef BAD
};

static void
reply_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(changes); i++) {
		char *text = replaced(changes[i].from, changes[i].to);
		const enum err_code got = read_once(text, strlen(text));

		if (got != changes[i].want)
			fail_msg("%s: %s, not %s", changes[i].name, err_name(got),
			    err_name(changes[i].want));
		free(text);
	}
}

static void
reply_of_another_certificate(void **state)
{
	char *text = replaced("", ""), *last = text + strlen(text) - 4;

	(void)state;
	*last = *last == '0' ? '1' : '0';
	assert_int_equal(read_once(text, strlen(text)), ERR_REPLY_MALFORMED);
	free(text);
}

static void
reply_cut_anywhere(void **state)
{
	(void)state;
	for (size_t n = 0; n < good.n; n++)
		assert_int_equal(read_once(good.p, n), ERR_REPLY_MALFORMED);
}

/* An enquiry's answer is no registration's: nobody is registered by mistake. */
static void
reply_of_an_enquiry(void **state)
{
	const struct reply_expect x = { &header, challenge, { cert, sizeof(cert) }, NULL };
	struct elig_answer a = ELIG_ANSWER_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(reply_read(good.p, good.n, &x, &a, &e), -1);
	assert_int_equal(e.code, ERR_REPLY_MALFORMED);
	elig_answer_free(&a);
}

static void
reason_is_kept(void **state)
{
	char *text = replaced("Status\":\"1\",\"ProcessingResultCode\":\"\","
	    "\"ProcessingResultMessage\":\"\"", "Status\":\"2\",\"ProcessingResultCode\":\"E7\","
	    "\"ProcessingResultMessage\":\"not now\"");
	struct elig_answer a = ELIG_ANSWER_INIT;

	(void)state;
	assert_int_equal(read_reply(text, strlen(text), &a), ERR_SERVICE_REFUSED);
	assert_string_equal(a.code, "E7");
	assert_string_equal(a.message, "not now");
	assert_int_equal(a.by, ELIG_BY_CARD);
	elig_answer_free(&a);
	free(text);
}

static void
request(void **state)
{
	struct elig_card_request q = { .cert = { cert, 3 }, .signed_at = "20261122001500Z",
	    .signature = { cert, 4 }, .limit_consent = true };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(request_registration(&b, &header, &q, &e), 0);
	assert_string_equal(b.p, "{\"MessageHeader\":{\"MedicalInstitutionCode\":\"1310000011\","
	    "\"ArbitraryFileIdentifier\":\"a1b2\"},\"CardAuthentication\":{"
	    "\"Certificate\":\"bm90\",\"Challenge\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\","
	    "\"SignedAt\":\"20261122001500Z\",\"SignatureAlgorithm\":\"sha256WithRSAEncryption\","
	    "\"Signature\":\"bm90IA==\"}}");
	buf_free(&b);
	q.signature.n = 0;
	assert_int_equal(request_registration(&b, &header, &q, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void
header_of_no_date(void **state)
{
	struct elig_header a, b;

	(void)state;
	request_header_undated(&a, "1310000011", NULL);
	request_header_undated(&b, "1310000011", NULL);
	assert_string_equal(a.date, "");
	assert_string_equal(a.institution, "1310000011");
	assert_int_equal(strlen(a.file_id), ELIG_FILE_ID_LEN);
	assert_string_not_equal(a.file_id, b.file_id);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reply_changed),
		cmocka_unit_test(reply_of_another_certificate),
		cmocka_unit_test(reply_cut_anywhere),
		cmocka_unit_test(reply_of_an_enquiry),
		cmocka_unit_test(reason_is_kept),
		cmocka_unit_test(request),
		cmocka_unit_test(header_of_no_date),
	};

	return cmocka_run_group_tests_name("registration", tests, make_reply, free_reply);
}

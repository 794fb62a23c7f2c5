/*
 * The signed message, against vectors computed apart; and what counts as a PIN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "card/jpki.h"
#include "card/message.h"
#include "reader/pin.h"

#define N(a)		(sizeof(a) / sizeof((a)[0]))

/* SHA-256 of nothing. */
static const uint8_t empty_digest[] = {
	0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
	0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
	0xb8, 0x55
};

static void
what_a_person_types(void **state)
{
	static const struct {
		const char	*in;
		enum err_code	 code;
		const char	*pin;
	} cases[] = {
		{ "1234", ERR_NONE, "1234" }, { "0123\n", ERR_NONE, "0123" },
		{ "0000\r\n", ERR_NONE, "0000" }, { "１２３４\n", ERR_NONE, "1234" },
		{ "1２3４", ERR_NONE, "1234" }, { "", ERR_PIN_NONE, "" },
		{ "\n", ERR_PIN_NONE, "" },
		{ "\r\n", ERR_PIN_NONE, "" }, { "123", ERR_PIN_FORMAT, "" },
		{ "12345", ERR_PIN_FORMAT, "" }, { "1234\n\n", ERR_PIN_FORMAT, "" },
		{ " 1234", ERR_PIN_FORMAT, "" }, { "12a4", ERR_PIN_FORMAT, "" },
		{ "12３", ERR_PIN_FORMAT, "" }, { "１２３\xef\xbc", ERR_PIN_FORMAT, "" },
		{ "+123", ERR_PIN_FORMAT, "" }, { "１２３：", ERR_PIN_FORMAT, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct secret out = { NULL, 0 };
		struct err e = ERR_INIT;
		uint8_t line[64];

		memcpy(line, cases[i].in, strlen(cases[i].in));
		pin_digits(line, strlen(cases[i].in), &out, &e);
		assert_int_equal(e.code, cases[i].code);
		assert_int_equal(out.p != NULL, e.code == ERR_NONE);
		if (out.p != NULL)
			assert_memory_equal(out.p, cases[i].pin, JPKI_PIN_LEN);
		secret_free(&out);
	}
}

/* Computed apart from this program, with Python's struct and hashlib. */
static const char message_hex[] =
    "0000001e7368696b616b7520656c69676962696c69747920656e7175697279207631"
    "0000001968747470733a2f2f736572766963652e746573743a38343433"
    "00000020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "0000000a31333130303030303131"
    "0000002045ad10d6c85707c2a36742a2f0776f88110bb735a108faf94a29ef19cf96c16d"
    "0000000f32303236313132323030313530305a";
static const char message_sha256[] =
    "b976f34043bfa4fb813ceab16528e091046e4e6b6e95c222afe332630dd8a5b5";

static const struct sign_fields fields = { .origin = "https://service.test:8443",
    .challenge = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31 }, .institution = "1310000011",
    .time = "20261122001500Z" };

static void
signed_message(void **state)
{
	uint8_t der[260] = { 0x30, 0x82, 0x01, 0x00 }, digest[HASH_SHA256_LEN];
	struct buf b = BUF_INIT;
	char hex[400];
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 256; i++)
		der[4 + i] = (uint8_t)i;
	assert_int_equal(message_build(&fields, der, sizeof(der), &b, &e), 0);
	hex_encode((const uint8_t *)b.p, b.n, hex);
	assert_string_equal(hex, message_hex);
	buf_free(&b);
	assert_int_equal(message_digest(&fields, der, sizeof(der), digest, &e), 0);
	hex_encode(digest, sizeof(digest), hex);
	assert_string_equal(hex, message_sha256);
}

static void
fields_out_of_form(void **state)
{
	static const char *const origins[] = { "", "https://service.test", "ftp://service.test:21",
	    "https://:443", "https://Service.test:443", "https://service.test:", "https://a:123456",
	    "https://a:44 3", "https://a b:443", "https://a:443/x", "https://user@a:443" };
	static const char *const good[] = { "https://a:1", "http://127.0.0.1:8080",
	    "https://[::1]:443" };
	struct sign_fields f;

	(void)state;
	for (size_t i = 0; i < N(origins); i++) {
		struct err e = ERR_INIT;

		f = fields;
		snprintf(f.origin, sizeof(f.origin), "%s", origins[i]);
		assert_int_equal(message_check(&f, &e), -1);
	}
	for (size_t i = 0; i < N(good); i++) {
		struct err e = ERR_INIT;

		f = fields;
		snprintf(f.origin, sizeof(f.origin), "%s", good[i]);
		assert_int_equal(message_check(&f, &e), 0);
	}
	for (size_t i = 0; i < 2; i++) {
		struct err e = ERR_INIT;

		f = fields;
		snprintf(i ? f.time : f.institution, 11, "131000001X");
		assert_int_equal(message_check(&f, &e), -1);
	}
}

static void
digest_info_vector(void **state)
{
	uint8_t out[DIGEST_INFO_LEN];
	char hex[2 * DIGEST_INFO_LEN + 1];

	(void)state;
	digest_info(empty_digest, out);
	hex_encode(out, sizeof(out), hex);
	assert_string_equal(hex, "3031300d060960864801650304020105000420"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_person_types),
		cmocka_unit_test(signed_message),
		cmocka_unit_test(fields_out_of_form),
		cmocka_unit_test(digest_info_vector),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}

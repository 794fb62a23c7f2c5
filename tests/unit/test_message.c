/*
 * The signed message, against vectors computed apart; and what counts as a PIN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
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
		bool wide;

		memcpy(line, cases[i].in, strlen(cases[i].in));
		pin_digits(line, strlen(cases[i].in), &out, &wide, &e);
		assert_int_equal(e.code, cases[i].code);
		assert_int_equal(out.p != NULL, e.code == ERR_NONE);
		if (out.p != NULL)
			assert_memory_equal(out.p, cases[i].pin, JPKI_PIN_LEN);
		secret_free(&out);
	}
}

/* What pin_digits() makes of n bytes: the digits, or "" with their error. */
static enum err_code
entered(const void *bytes, size_t n, char pin[static JPKI_PIN_LEN + 1], bool *wide)
{
	struct secret out = { NULL, 0 };
	struct err e = ERR_INIT;
	uint8_t line[128];
	int rc;

	assert_true(n <= sizeof(line));
	memcpy(line, bytes, n);
	rc = pin_digits(line, n, &out, wide, &e);
	assert_int_equal(rc, e.code == ERR_NONE ? 0 : -1);
	memset(pin, 0, JPKI_PIN_LEN + 1);
	if (out.p != NULL)
		memcpy(pin, out.p, JPKI_PIN_LEN);
	secret_free(&out);
	return e.code;
}

/* Lengths, NUL, CR and other controls, letters, digits of other scripts, broken UTF-8. */
static void
matrix_of_input(void **state)
{
	static const struct {
		const char	*in;
		size_t		 n;
	} bad[] = {
		{ "\0", 1 }, { "123\0", 4 }, { "1234\0", 5 }, { "\0001234", 5 }, { "12\00034", 5 },
		{ "\r1234", 5 }, { "1234\r\r", 6 }, { "1234\n\r", 6 }, { "1234\n5678\n", 10 },
		{ "1234 ", 5 }, { "\t1234", 5 }, { "1234\b", 5 }, { "1234\x7f", 5 }, { "\x1b[A1", 4 },
		{ "abcd", 4 }, { "ＡＢＣＤ", 12 }, { "1.23", 4 }, { "-123", 4 }, { "0x12", 4 },
		{ "1e10", 4 }, { "１２３４５", 15 }, { "一二三四", 12 }, { "٠١٢٣", 8 }, { "۰۱۲۳", 8 },
		{ "०१२३", 12 }, { "１２３٤", 11 }, { "１２３　", 12 }, { "①②③⑩", 12 },
		{ "\xef\xbb\xbf" "1234", 7 },
		{ "\xe0\x82\xb2" "123", 6 }, { "\xf0\x8f\xbc\x91" "123", 7 },
		{ "\xef\xbc\x91\xef\xbc", 5 }, { "\xff\xfe" "1\0", 4 },
	};
	char pin[JPKI_PIN_LEN + 1], line[128];
	bool wide;

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		assert_int_equal(entered(bad[i].in, bad[i].n, pin, &wide), ERR_PIN_FORMAT);
	memset(line, '7', sizeof(line));
	for (size_t n = 0; n <= sizeof(line); n++)
		assert_int_equal(entered(line, n, pin, &wide), n == 0 ? ERR_PIN_NONE :
		    n == JPKI_PIN_LEN ? ERR_NONE : ERR_PIN_FORMAT);
	assert_int_equal(entered("0042\r\n", 6, pin, &wide), ERR_NONE);
	assert_string_equal(pin, "0042");
	assert_false(wide);
	assert_int_equal(entered("１２３４", 12, pin, &wide), ERR_NONE);
	assert_string_equal(pin, "1234");
	assert_true(wide);
}

static void
every_byte_in_every_place(void **state)
{
	char pin[JPKI_PIN_LEN + 1], line[JPKI_PIN_LEN];
	bool wide;

	(void)state;
	for (size_t at = 0; at < JPKI_PIN_LEN; at++)
		for (int c = 0; c < 256; c++) {
			const bool digit = c >= '0' && c <= '9';

			memcpy(line, "1234", JPKI_PIN_LEN);
			line[at] = (char)c;
			assert_int_equal(entered(line, JPKI_PIN_LEN, pin, &wide),
			    digit ? ERR_NONE : ERR_PIN_FORMAT);
			assert_false(wide);
		}
}

static size_t
utf8(uint32_t c, char *out)
{
	if (c < 0x80)
		return (size_t)snprintf(out, 5, "%c", (int)c);
	if (c < 0x800)
		return (size_t)snprintf(out, 5, "%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 63)));
	if (c < 0x10000)
		return (size_t)snprintf(out, 5, "%c%c%c", (int)(0xe0 | c >> 12),
		    (int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
	return (size_t)snprintf(out, 5, "%c%c%c%c", (int)(0xf0 | c >> 18),
	    (int)(0x80 | (c >> 12 & 63)), (int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
}

/* c and then sevens: what NFKC makes of c, filled up to four, if that is digits. */
static bool
check_character(uint32_t c)
{
	char in[16], pin[JPKI_PIN_LEN + 1], want[JPKI_PIN_LEN + 1] = "7777";
	const size_t n = utf8(c, in);
	char *const nfkc = text_nfkc(in);
	bool digits, wide;
	size_t k;

	assert_non_null(nfkc);
	k = strlen(nfkc);
	digits = k >= 1 && k <= JPKI_PIN_LEN && strspn(nfkc, "0123456789") == k;
	if (digits)
		memcpy(want, nfkc, k);
	memcpy(in + n, "777", 3);
	assert_int_equal(entered(in, n + (digits ? JPKI_PIN_LEN - k : 3), pin, &wide),
	    digits ? ERR_NONE : ERR_PIN_FORMAT);
	if (digits) {
		assert_string_equal(pin, want);
		assert_true(wide);
	}
	free(nfkc);
	return digits;
}

/* Each character of Unicode is a digit of a PIN if it is one after NFKC, and only then. */
static void
every_character_after_nfkc(void **state)
{
	long digits = 0;

	(void)state;
	for (uint32_t c = 0x80; c < 0x110000; c++)
		if (c < 0xd800 || c >= 0xe000)
			digits += check_character(c);
	assert_int_equal(digits, 10 + 3 + 7 + 10 + 20 + 1 + 15 + 15 + 50 + 10);
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

/* Only the first field differs, and so the whole digest. */
static void
signed_for_another_purpose(void **state)
{
	static const char begins[] = "\0\0\0\x1c" "shikaku card registration v1\0\0\0";
	uint8_t digests[2][HASH_SHA256_LEN];
	struct sign_fields f = fields;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	f.purpose = SIGN_REGISTRATION;
	assert_int_equal(message_build(&f, f.challenge, sizeof(f.challenge), &b, &e), 0);
	assert_memory_equal(b.p, begins, sizeof(begins) - 1);
	buf_free(&b);
	assert_int_equal(message_digest(&f, f.challenge, sizeof(f.challenge), digests[0], &e), 0);
	assert_int_equal(message_digest(&fields, f.challenge, sizeof(f.challenge), digests[1], &e),
	    0);
	assert_memory_not_equal(digests[0], digests[1], HASH_SHA256_LEN);
	f.purpose = SIGN_PURPOSE_MAX;
	assert_int_equal(message_check(&f, &e), -1);
}

static void
words_of_purposes(void **state)
{
	(void)state;
	for (int p = 0; p < SIGN_PURPOSE_MAX; p++)
		assert_int_equal(message_purpose_of(message_purpose_name((enum sign_purpose)p)), p);
	assert_string_equal(message_purpose_name(SIGN_REGISTRATION), "registration");
	assert_int_equal(message_purpose_of("register"), SIGN_PURPOSE_MAX);
	assert_int_equal(message_purpose_of(""), SIGN_PURPOSE_MAX);
	assert_int_equal(message_purpose_of(NULL), SIGN_PURPOSE_MAX);
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
		cmocka_unit_test(matrix_of_input),
		cmocka_unit_test(every_byte_in_every_place),
		cmocka_unit_test(every_character_after_nfkc),
		cmocka_unit_test(signed_message),
		cmocka_unit_test(signed_for_another_purpose),
		cmocka_unit_test(words_of_purposes),
		cmocka_unit_test(fields_out_of_form),
		cmocka_unit_test(digest_info_vector),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}

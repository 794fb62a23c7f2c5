/*
 * What is sent to a card at all, and what its status words mean: all 65,536.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "card/apdu.h"
#include "card/jpki.h"

#define N(a)		(sizeof(a) / sizeof((a)[0]))

static size_t
unhex(const char *s, uint8_t *out)
{
	const size_t n = strlen(s) / 2;

	assert_int_equal(hex_decode(s, out, n), 0);
	return n;
}

struct one_answer {
	uint16_t	sw;
	size_t		sent;		/* of the command that is answered with sw */
	uint8_t		ins;
};

/* 9000 to everything but the instruction under test without SELECT. */
static int
one_sw(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct one_answer *o = ctx;
	const bool it = cmd[1] == o->ins;

	(void)n;
	(void)rsp_max;
	(void)e;
	o->sent += it;
	rsp[0] = it ? (uint8_t)(o->sw >> 8) : 0x90;
	rsp[1] = it ? (uint8_t)o->sw : 0x00;
	*rsp_len = 2;
	return 0;
}

static bool
is_blocked(unsigned int sw)
{
	return sw == 0x63c0 || sw == 0x6983 || sw == 0x6984;
}

static void
check_verify(unsigned int sw, int rc, const struct err *e)
{
	const bool count = sw >= 0x63c1 && sw <= 0x63cf;

	assert_int_equal(rc == 0, sw == 0x9000);
	assert_int_equal(e->code == ERR_PIN_BLOCKED, is_blocked(sw));
	assert_int_equal(e->code == ERR_PIN_WRONG, count || sw == 0x6300);
	assert_int_equal(e->tries_left, count ? (int)(sw & 15) : is_blocked(sw) ? 0 : -1);
	if (rc < 0 && !is_blocked(sw) && !count && sw != 0x6300)
		assert_int_equal(e->code, ERR_CARD_UNREADABLE);
}

static void
every_status_word_of_verify(void **state)
{
	static const uint8_t pin[] = { '0', '0', '0', '0' };

	(void)state;
	for (unsigned int sw = 0; sw <= 0xffff; sw++) {
		struct one_answer o = { (uint16_t)sw, 0, 0x20 };
		const struct card_io io = { one_sw, &o };
		struct err e = ERR_INIT;

		check_verify(sw, jpki_verify(&io, pin, &e), &e);
		assert_int_equal(o.sent, 1);
	}
}

static void
every_status_word_of_the_query(void **state)
{
	(void)state;
	for (unsigned int sw = 0; sw <= 0xffff; sw++) {
		struct one_answer o = { (uint16_t)sw, 0, 0x20 };
		const struct card_io io = { one_sw, &o };
		struct err e = ERR_INIT;
		int left = 99;
		const int rc = jpki_tries(&io, &left, &e);
		const bool count = sw >= 0x63c1 && sw <= 0x63cf;

		assert_int_equal(o.sent, 1);
		assert_int_equal(rc == 0,
		    count || is_blocked(sw) || sw == 0x9000 || sw == 0x6300);
		assert_int_equal(left, count ? (int)(sw & 15) : is_blocked(sw) ? 0 :
		    sw == 0x9000 ? JPKI_TRIES_VERIFIED : JPKI_TRIES_UNKNOWN);
	}
}

static bool
says_no_such_ap(unsigned sw)
{
	static const uint16_t words[] = { 0x6999, 0x6a81, 0x6a82, 0x6a86, 0x6d00, 0x6e00 };

	for (size_t i = 0; i < N(words); i++)
		if (words[i] == sw)
			return true;
	return false;
}

/* A card that can not say what it has may be a My Number card. */
static void
every_status_word_of_the_first_select(void **state)
{
	(void)state;
	for (unsigned sw = 0; sw <= 0xffff; sw++) {
		struct one_answer o = { (uint16_t)sw, 0, 0xa4 };
		const struct card_io io = { one_sw, &o };
		struct err e = ERR_INIT;

		assert_int_equal(jpki_select(&io, &e), sw == 0x9000 ? 0 : -1);
		assert_int_equal(e.code, sw == 0x9000 ? ERR_NONE :
		    says_no_such_ap(sw) ? ERR_CARD_NOT_JPKI : ERR_CARD_UNREADABLE);
		assert_int_equal(o.sent, sw == 0x6f00 ? 2 : 1);
	}
}

static void
only_the_list_is_sent(void **state)
{
	static const char *const refused[] = {
		"00A4040C0AD3921000310001010402",	/* 券面事項確認AP */
		"00A4040C0AD3921000310001010401", "00A4040C0AD3921000310001010100",
		"00A4040005D392F00026", "00A4040C04D392F000",
		"00A4020C020001", "00A4020C020005", "00A4020C02001A", "00A4020C02001B",
		"00A4020C02000B", "00A4000C020006", "00A4020C0200", "00A4020C02000A00",
		"00B0810000", "00B0100000", "00B08A0000", "00B000000000", "00B20C0000",
		"0020008000", "00200098", "00200080053132333435", "002000800431323361",
		"00200080043132333A", "0020008003313233", "00200098043132333400",
		"00240180043132333400", "0084000008", "008800800401020304", "80A206C100",
		"802A008020" "00112233445566778899AABBCCDDEEFF"	/* a bare hash */
		    "00112233445566778899AABBCCDDEEFF" "00",
		"00", "", "00A4040C", "00C000000000", "80C0000004",
	};
	struct one_answer o = { 0x9000, 0, 0 };
	const struct card_io io = { one_sw, &o };

	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		struct err e = ERR_INIT;
		uint8_t cmd[APDU_CMD_MAX];
		struct apdu_answer a;

		o.ins = cmd[1] = 0;
		assert_int_equal(apdu_send(&io, cmd, unhex(refused[i], cmd), &a, &e), -1);
		assert_int_equal(e.code, ERR_INTERNAL);
		assert_int_equal(o.sent, 0);
	}
}

static void
a_pin_that_is_none_is_not_sent(void **state)
{
	static const uint8_t pins[][JPKI_PIN_LEN] = { { '1', '2', '3', 0 }, { 0, 0, 0, 0 },
	    { 'a', '2', '3', '4' }, { '1', '2', '3', '\n' } };

	(void)state;
	for (size_t i = 0; i < N(pins); i++) {
		struct one_answer o = { 0x9000, 0, 0x20 };
		const struct card_io io = { one_sw, &o };
		struct err e = ERR_INIT;

		assert_int_equal(jpki_verify(&io, pins[i], &e), -1);
		assert_int_equal(e.code, ERR_PIN_FORMAT);
		assert_int_equal(o.sent, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_word_of_verify),
		cmocka_unit_test(every_status_word_of_the_query),
		cmocka_unit_test(every_status_word_of_the_first_select),
		cmocka_unit_test(only_the_list_is_sent),
		cmocka_unit_test(a_pin_that_is_none_is_not_sent),
	};

	return cmocka_run_group_tests_name("apdu", tests, NULL, NULL);
}

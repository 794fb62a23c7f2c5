/*
 * 基本4情報: what a card may have there and what it may not, the PIN before it,
 * and the gate: over every file of every application nothing is selected but
 * what this program needs.
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
#include "base/date.h"
#include "card/gate.h"
#include "card/jpki.h"
#include "card/person.h"
#include "card/text_ap.h"
#include "card/tlv.h"
#include "card/trace.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* card.md 6, the test vector: 黒桐　幹也, a test card. */
static const char vector[] = "FF2065DF2108000E002000590064"
    "DF220FE9BB92E6A190E38080E5B9B9E4B99F"
    "DF2336E69DB1E4BAACE983BDE6B885E780ACE5B882E8A6B3E5B883E5AD90E58D97"
    "EFBC91EFBC92EFBC8DEFBC97EFBC8DEFBC92EFBC90EFBC92"
    "DF24083139383030323137DF250131";

static size_t
unhex(const char *s, uint8_t *out)
{
	const size_t n = strlen(s) / 2;

	assert_int_equal(hex_decode(s, out, n), 0);
	return n;
}

static int
parse(const char *hex, struct person *out)
{
	uint8_t p[PERSON_OBJECT_MAX];
	struct err e = ERR_INIT;
	const int rc = person_parse(p, unhex(hex, p), out, &e);

	assert_int_equal(e.code, rc < 0 ? ERR_CARD_UNREADABLE : ERR_NONE);
	return rc;
}

static void
the_vector(void **state)
{
	struct person h;

	(void)state;
	assert_int_equal(parse(vector, &h), 0);
	assert_string_equal(h.name, "黒桐　幹也");
	assert_string_equal(h.address, "東京都清瀬市観布子南１２－７－２０２");
	assert_int_equal(h.birthdate, date_from_ymd(1980, 2, 17));
	assert_int_equal(h.sex, '1');
}

/* Every prefix, and every byte changed to every value: no crash, and no name out of nothing. */
static void
cut_and_changed(void **state)
{
	uint8_t p[N(vector) / 2];
	const size_t n = unhex(vector, p);
	struct person h;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;
		static const struct person none;

		assert_int_equal(person_parse(p, i, &h, &e), -1);
		assert_memory_equal(&h, &none, sizeof(h));
	}
	for (size_t i = 0; i < n; i++)
		for (unsigned int v = 0; v < 256; v++) {
			const uint8_t was = p[i];
			struct err e = ERR_INIT;

			p[i] = (uint8_t)v;
			if (person_parse(p, n, &h, &e) == 0)
				assert_true(strlen(h.name) > 0 && strlen(h.name) <= PERSON_NAME_MAX);
			p[i] = was;
		}
}

/* Short ones: a name 山 (E5B1B1), a birth date, and what is under test. */
#define NAME	"DF2203E5B1B1"
#define BIRTH	"DF24083139383030323137"

static void
forms(void **state)
{
	static const struct {
		const char	*hex;
		int		 rc;
	} cases[] = {
		{ "FF2011" NAME BIRTH, 0 },
		{ "FF208111" NAME BIRTH, 0 }, { "FF20820011" NAME BIRTH, 0 },	/* not minimal */
		{ "FF2083000011" NAME BIRTH, 0 }, { "FF208400000011" NAME BIRTH, 0 },
		{ "FF2013" "DF22820003E5B1B1" BIRTH, 0 },
		{ "FF2011" NAME BIRTH "FFFFFFFF", 0 }, { "FF2011" NAME BIRTH "0000", 0 },
		{ "FF2014" NAME "800155" BIRTH, 0 },		/* an unknown tag of one byte */
		{ "FF2015" NAME "DF600155" BIRTH, 0 },		/* and of two */
		{ "FF2011" BIRTH NAME, 0 },			/* any order */
		{ "FF201C" "DF2108000EFFFF0014FFFF" NAME BIRTH, 0 },
		{ "FF201C" "DF2108000FFFFF0014FFFF" NAME BIRTH, -1 },	/* leads elsewhere */
		{ "FF201A" "DF2106000E00140014" NAME BIRTH, -1 },	/* too short */
		{ "FF2006" NAME, -1 }, { "FF200B" BIRTH, -1 },
		{ "FF200E" "DF2200" BIRTH, -1 },		/* an empty name */
		{ "FF2017" NAME NAME BIRTH, -1 },		/* twice */
		{ "FF2011" "DF2203E5B100" BIRTH, -1 }, { "FF2011" "DF2203E5B1FF" BIRTH, -1 },
		{ "FF2011" "DF2203410041" BIRTH, -1 },		/* a NUL in it */
		{ "FF2011" "DF2203C080AA" BIRTH, -1 },		/* an overlong form */
		{ "FF2012" NAME BIRTH, -1 }, { "FF2010" NAME BIRTH, -1 },
		{ "FF2085000000000011" NAME BIRTH, -1 }, { "FF2080" NAME BIRTH, -1 },
		{ "FF1011" NAME BIRTH, -1 }, { "FF10" "0C" "313233343536373839303132", -1 },
		{ "3011" NAME BIRTH, -1 }, { "FFFFFFFF", -1 }, { "", -1 }, { "FF", -1 },
		{ "FF20", -1 }, { "FF2084FFFFFFFF", -1 },
	};
	struct person h;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (parse(cases[i].hex, &h) != cases[i].rc)
			fail_msg("%s", cases[i].hex);
}

static void
birth_date_and_sex(void **state)
{
	static const struct {
		const char	*hex;
		int		 birthdate;
		char		 sex;
	} cases[] = {
		{ "FF2015" NAME BIRTH "DF250131", 3699, '1' },
		{ "FF2015" NAME BIRTH "DF250132", 3699, '2' },
		{ "FF2015" NAME BIRTH "DF250133", 3699, '\0' },
		{ "FF2015" NAME BIRTH "DF250139", 3699, '\0' },
		{ "FF2014" NAME BIRTH "DF2500", 3699, '\0' },
		{ "FF2016" NAME BIRTH "DF25023131", 3699, '\0' },
		{ "FF2011" NAME BIRTH, 3699, '\0' },
		{ "FF2011" NAME "DF24083139383030303030", DATE_NONE, '\0' },	/* 19800000 */
		{ "FF2011" NAME "DF24083139383030323330", DATE_NONE, '\0' },	/* 30 February */
		{ "FF2011" NAME "DF2408414243444546" "4748", DATE_NONE, '\0' },
		{ "FF2010" NAME "DF240731393830303231", DATE_NONE, '\0' },
	};
	struct person h;

	(void)state;
	assert_int_equal(date_from_ymd(1980, 2, 17), 3699);
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(parse(cases[i].hex, &h), 0);
		assert_int_equal(h.birthdate, cases[i].birthdate);
		assert_int_equal(h.sex, cases[i].sex);
	}
}

/* A name of n bytes of A, and a birth date; the lengths in two bytes. */
static int
parse_name_of(size_t n, struct person *h)
{
	uint8_t p[PERSON_OBJECT_MAX + 64] = { 0xff, 0x20, 0x82 };
	struct err e = ERR_INIT;
	const size_t content = 5 + n + 11;

	p[3] = (uint8_t)(content >> 8);
	p[4] = (uint8_t)content;
	p[5] = 0xdf;
	p[6] = 0x22;
	p[7] = 0x82;
	p[8] = (uint8_t)(n >> 8);
	p[9] = (uint8_t)n;
	memset(p + 10, 'A', n);
	unhex(BIRTH, p + 10 + n);
	return person_parse(p, 5 + content, h, &e);
}

static void
how_long_a_name_may_be(void **state)
{
	struct person h;

	(void)state;
	assert_int_equal(parse_name_of(PERSON_NAME_MAX, &h), 0);
	assert_int_equal(strlen(h.name), PERSON_NAME_MAX);
	assert_int_equal(parse_name_of(PERSON_NAME_MAX + 1, &h), -1);
	assert_int_equal(parse_name_of(3000, &h), -1);
}

/* Every pair of first bytes: a tag of one or two bytes, and never read beyond. */
static void
every_tag_and_length(void **state)
{
	(void)state;
	for (unsigned int v = 0; v <= 0xffff; v++) {
		const uint8_t p[] = { (uint8_t)(v >> 8), (uint8_t)v, 0x01, 0x00 };
		const bool two = (p[0] & 0x1f) == 0x1f;
		struct tlv t;
		const int rc = tlv_header(p, sizeof(p), &t);

		if (two && p[1] < 0x80) {
			assert_int_equal(rc, 0);
			assert_int_equal(t.tag, v);
			assert_int_equal(t.header, 3);
			assert_int_equal(t.n, 1);
		} else if (two) {
			assert_int_equal(rc, -1);
		} else if (p[1] < 0x80) {
			assert_int_equal(rc, 0);
			assert_int_equal(t.tag, p[0]);
			assert_int_equal(t.header, 2);
			assert_int_equal(t.n, p[1]);
		} else {
			assert_int_equal(rc, p[1] == 0x81 || p[1] == 0x82 ? 0 : -1);
		}
	}
}

/* --- the application ------------------------------------------------------ */

struct answers {
	uint8_t		ins;	/* that is answered with sw; the others with 9000 */
	uint16_t	sw;
	size_t		sent;
};

static int
answer(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	struct answers *a = ctx;
	const bool it = cmd[1] == a->ins;

	(void)n;
	(void)rsp_max;
	(void)e;
	a->sent += it;
	rsp[0] = it ? (uint8_t)(a->sw >> 8) : 0x90;
	rsp[1] = it ? (uint8_t)a->sw : 0x00;
	*rsp_len = 2;
	return 0;
}

static bool
is_blocked(unsigned int sw)
{
	return sw == 0x63c0 || sw == 0x6983 || sw == 0x6984;
}

static void
every_status_word(void **state)
{
	static const uint8_t pin[] = { '0', '0', '0', '0' };

	(void)state;
	for (unsigned int sw = 0; sw <= 0xffff; sw++) {
		struct answers a = { 0x20, (uint16_t)sw, 0 };
		const struct card_io io = { answer, &a };
		struct err e = ERR_INIT;
		const bool count = sw >= 0x63c1 && sw <= 0x63cf;
		int left = 99;

		assert_int_equal(text_ap_verify(&io, pin, &e) == 0, sw == 0x9000);
		assert_int_equal(a.sent, 1);
		assert_int_equal(e.code == ERR_PIN_BLOCKED, is_blocked(sw));
		assert_int_equal(e.code == ERR_PIN_WRONG, count || sw == 0x6300);
		err_clear(&e);
		(void)text_ap_tries(&io, &left, &e);
		assert_int_equal(a.sent, 2);
		assert_int_equal(left, count ? (int)(sw & 15) : is_blocked(sw) ? 0 :
		    sw == 0x9000 ? EF_TRIES_VERIFIED : EF_TRIES_UNKNOWN);
	}
}

static void
no_such_application(void **state)
{
	(void)state;
	for (unsigned int sw = 0; sw <= 0xffff; sw++) {
		struct answers a = { 0xa4, (uint16_t)sw, 0 };
		const struct card_io io = { answer, &a };
		struct err e = ERR_INIT;
		bool there;

		assert_int_equal(text_ap_select(&io, &there, &e),
		    sw == 0x9000 || sw == 0x6a82 ? 0 : -1);
		assert_int_equal(there, sw == 0x9000);
		assert_int_equal(a.sent, 1);
	}
}

static void
a_pin_that_is_none_is_not_sent(void **state)
{
	static const uint8_t pins[][EF_PIN_LEN] = { { '1', '2', '3', 0 }, { 'a', '2', '3', '4' },
		{ '1', '2', '3', '\n' } };

	(void)state;
	for (size_t i = 0; i < N(pins); i++) {
		struct answers a = { 0x20, 0x9000, 0 };
		const struct card_io io = { answer, &a };
		struct err e = ERR_INIT;

		assert_int_equal(text_ap_verify(&io, pins[i], &e), -1);
		assert_int_equal(e.code, ERR_PIN_FORMAT);
		assert_int_equal(a.sent, 0);
	}
}

/* --- the gate -------------------------------------------------------------- */

static const char *const aids[] = {
	"D392F000260100000001",		/* JPKI */
	"D3921000310001010408",		/* 券面事項入力補助 */
	"D3921000310001010402",		/* 券面事項確認 */
	"D3921000310001010401",		/* 住基 */
	"D3921000310001010100",		/* 共通カード */
	"A0000001510000",		/* GlobalPlatform ISD */
	"D392F000", "D392100031", "A000000231010000000000000000", "D392F0004F02000000000000",
};

/* Which files of which application may be selected, from 0 on. */
static bool
is_needed(size_t aid, unsigned int fid)
{
	static const unsigned int jpki[] = { 0x06, 0x08, 0x0a, 0x17, 0x18 };
	static const unsigned int text[] = { 0x02, 0x11 };
	const unsigned int *list = aid == 0 ? jpki : text;
	const size_t n = aid == 0 ? N(jpki) : aid == 1 ? N(text) : 0;

	for (size_t i = 0; i < n; i++)
		if (list[i] == fid)
			return true;
	return false;
}

static size_t
select_command(const char *aid, uint8_t *cmd)
{
	char hex[64];

	snprintf(hex, sizeof(hex), "00A4040C%02zX%s", strlen(aid) / 2, aid);
	return unhex(hex, cmd);
}

/* Through the gate: whether it was sent. */
static bool
goes_through(const struct card_io *io, struct answers *a, const uint8_t *cmd, size_t n)
{
	uint8_t rsp[APDU_RSP_MAX];
	struct err e = ERR_INIT;
	size_t got = 0;
	int rc;

	a->sent = 0;
	a->ins = cmd[1];
	rc = io->transmit(io->ctx, cmd, n, rsp, sizeof(rsp), &got, &e);
	assert_int_equal(rc == 0, a->sent == 1);
	assert_int_equal(e.code, rc == 0 ? ERR_NONE : ERR_INTERNAL);
	return rc == 0;
}

static void
every_file_of_every_application(void **state)
{
	struct answers a = { 0, 0x9000, 0 };
	const struct card_io below = { answer, &a };
	struct gate g = { .below = &below, .at = APDU_NOWHERE };
	const struct card_io io = gate_io(&g);
	uint8_t cmd[APDU_CMD_MAX];

	(void)state;
	for (size_t i = 0; i < N(aids); i++) {
		const bool ours = i == 0 || i == 1 || i == 5;

		for (unsigned int fid = 0; fid <= 0xffff; fid++) {
			const uint8_t ef[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, (uint8_t)(fid >> 8),
			    (uint8_t)fid };
			const size_t n = select_command(aids[i], cmd);

			gate_reset(&g);
			assert_int_equal(goes_through(&io, &a, cmd, n), ours);
			assert_int_equal(goes_through(&io, &a, ef, sizeof(ef)), is_needed(i, fid));
		}
	}
}

/* In every place, every class and instruction with P1 80 and any P2: nothing chooses a file so. */
static void
with_a_short_file_identifier(void **state)
{
	struct answers a = { 0, 0x9000, 0 };
	const struct card_io below = { answer, &a };
	struct gate g = { .below = &below, .at = APDU_NOWHERE };
	const struct card_io io = gate_io(&g);
	size_t sent = 0;

	(void)state;
	for (int at = 0; at < APDU_PLACES; at++)
		for (unsigned int head = 0; head <= 0xffff; head++)
			for (unsigned int p2 = 0; p2 < 256; p2 += 0x18) {
				const uint8_t cmd[] = { (uint8_t)(head >> 8), (uint8_t)head, 0x80,
				    (uint8_t)p2, 0x00 };

				g.at = (enum apdu_place)at;
				sent += goes_through(&io, &a, cmd, sizeof(cmd));
			}
	assert_int_equal(sent, 0);
}

struct stray {
	const char	*at;	/* hexadecimal of the commands that lead there */
	const char	*cmd;
	bool		 sent;
};

static void
what_may_be_sent_where(void **state)
{
#define JPKI	"00A4040C0AD392F000260100000001"
#define TEXT	"00A4040C0AD3921000310001010408"
#define ISD	"00A4040C07A0000001510000"
	static const struct stray cases[] = {
		{ "", "00A4020C020018", false }, { "", "00200080", false },
		{ "", "00B0000004", false }, { "", TEXT, true },
		{ ISD, "00A4020C020018", false }, { ISD, JPKI, true },
		{ JPKI, "00200080", false }, { JPKI, "002000800431323334", false },
		{ JPKI, "00A4020C020011", false }, { JPKI, "00A4020C020002", false },
		{ TEXT, "00A4020C020018", false }, { TEXT, "00A4020C02000A", false },
		{ TEXT, "00A4020C020001", false }, { TEXT, "00A4020C020014", false },
		{ TEXT, "00A4020C020015", false }, { TEXT, "00A4020C020012", false },
		{ TEXT, "00B0000004", false },
		{ TEXT "," "00A4020C020011", "002000800431323334", true },
		{ TEXT "," "00A4020C020002", "002000800431323334", false },
		{ TEXT "," "00A4020C020011", "00B0000004", false },
		{ TEXT "," "00A4020C020002", "00B0000004", true },
		{ TEXT "," "00A4020C020002", "00B0810004", false },	/* by SFI: 個人番号 */
		{ TEXT "," "00A4020C020002", "00B0010000", true },
		{ JPKI "," "00A4020C020018", "002000800431323334", true },
		{ JPKI "," "00A4020C020018", "00200098", false },
		{ JPKI "," "00A4020C02000A", "00200080", false },
		{ JPKI "," "00A4020C020018" "," TEXT, "002000800431323334", false },
		{ JPKI "," "00A4020C020017", "00B0000004", false },
		{ JPKI "," "00A4020C020017", "00C0000000", true },
		{ JPKI "," "00A4020C020018", "00C0000000", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct answers a = { 0, 0x9000, 0 };
		const struct card_io below = { answer, &a };
		struct gate g = { .below = &below, .at = APDU_NOWHERE };
		const struct card_io io = gate_io(&g);
		char at[256], *rest = at, *one;
		uint8_t cmd[APDU_CMD_MAX];

		snprintf(at, sizeof(at), "%s", cases[i].at);
		while ((one = strsep(&rest, ",")) != NULL && *one != '\0')
			assert_true(goes_through(&io, &a, cmd, unhex(one, cmd)));
		if (goes_through(&io, &a, cmd, unhex(cases[i].cmd, cmd)) != cases[i].sent)
			fail_msg("%s after %s", cases[i].cmd, cases[i].at);
	}
}

/* A SELECT that did not succeed, or whose answer did not come, leads nowhere. */
static void
a_select_that_failed(void **state)
{
	static const uint16_t sw[] = { 0x6a82, 0x6f00, 0x6283, 0x6999, 0x0000 };

	(void)state;
	for (size_t i = 0; i < N(sw); i++) {
		struct answers a = { 0, 0x9000, 0 };
		const struct card_io below = { answer, &a };
		struct gate g = { .below = &below, .at = APDU_NOWHERE };
		const struct card_io io = gate_io(&g);
		uint8_t cmd[APDU_CMD_MAX];

		assert_true(goes_through(&io, &a, cmd, unhex(TEXT, cmd)));
		assert_true(goes_through(&io, &a, cmd, unhex("00A4020C020011", cmd)));
		a.sw = sw[i];
		assert_true(goes_through(&io, &a, cmd, unhex("00A4020C020002", cmd)));
		a.sw = 0x9000;
		assert_false(goes_through(&io, &a, cmd, unhex("00B0000004", cmd)));
		assert_false(goes_through(&io, &a, cmd, unhex("00200080", cmd)));
		assert_true(goes_through(&io, &a, cmd, unhex("00A4020C020011", cmd)));
		a.sw = sw[i];
		assert_true(goes_through(&io, &a, cmd, unhex(JPKI, cmd)));
		a.sw = 0x9000;
		assert_false(goes_through(&io, &a, cmd, unhex("00A4020C020018", cmd)));
		assert_false(goes_through(&io, &a, cmd, unhex("00A4020C020011", cmd)));
	}
}

/* --- the trace ------------------------------------------------------------- */

static int
give_person(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max,
    size_t *rsp_len, struct err *e)
{
	(void)ctx;
	(void)n;
	(void)rsp_max;
	(void)e;
	*rsp_len = cmd[1] == 0xb0 ? unhex("E5B1B19000", rsp) : unhex("9000", rsp);
	return 0;
}

static void
add_line(void *arg, const char *line, size_t n)
{
	buf_add(arg, line, n);
}

static void
the_trace_names_nobody(void **state)
{
	static const char *const cmds[] = { JPKI, "00A4020C020006", "00B0000003", TEXT,
		"00A4020C020011", "002000800435363738", "00A4020C020002", "00B0000003", ISD, JPKI,
		"00B0000003" };
	struct buf lines = BUF_INIT;
	const struct card_io below = { give_person, NULL };
	struct trace t = { .below = &below, .write = add_line, .arg = &lines };
	const struct card_io io = trace_io(&t);
	uint8_t cmd[APDU_CMD_MAX], rsp[APDU_RSP_MAX];

	(void)state;
	for (size_t i = 0; i < N(cmds); i++) {
		struct err e = ERR_INIT;
		size_t n;

		assert_int_equal(io.transmit(io.ctx, cmd, unhex(cmds[i], cmd), rsp, sizeof(rsp), &n,
		    &e), 0);
	}
	assert_string_equal(lines.p,
	    "> " JPKI "\n< 9000\n> 00A4020C020006\n< 9000\n> 00B0000003\n< E5B1B19000\n"
	    "> " TEXT "\n< 9000\n> 00A4020C020011\n< 9000\n> 0020008004 **\n< 9000\n"
	    "> 00A4020C020002\n< 9000\n> 00B0000003\n< ** 9000\n"
	    "> " ISD "\n< 9000\n> " JPKI "\n< 9000\n> 00B0000003\n< E5B1B19000\n");
	buf_free(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector),
		cmocka_unit_test(cut_and_changed),
		cmocka_unit_test(forms),
		cmocka_unit_test(birth_date_and_sex),
		cmocka_unit_test(how_long_a_name_may_be),
		cmocka_unit_test(every_tag_and_length),
		cmocka_unit_test(every_status_word),
		cmocka_unit_test(no_such_application),
		cmocka_unit_test(a_pin_that_is_none_is_not_sent),
		cmocka_unit_test(every_file_of_every_application),
		cmocka_unit_test(with_a_short_file_identifier),
		cmocka_unit_test(what_may_be_sent_where),
		cmocka_unit_test(a_select_that_failed),
		cmocka_unit_test(the_trace_names_nobody),
	};

	return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}

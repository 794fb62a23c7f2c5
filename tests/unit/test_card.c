/*
 * The card protocol against scripted cards: the flow of card.md 2.5 byte for
 * byte, and everything that can be wrong with an answer.
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
#include "card/apdu.h"
#include "card/jpki.h"
#include "card/message.h"
#include "card/trace.h"

#define STEPS_MAX	32
#define ANSWER_MAX	66000
#define N(a)		(sizeof(a) / sizeof((a)[0]))

/* One exchange: cmd must be sent exactly; rsp is answered. */
struct step {
	const char	*cmd;
	const char	*rsp;
};

/* A card that follows a script; spoil changes the answer of one step. */
struct script {
	const struct step	*step;
	size_t			 n;
	size_t			 at;
	size_t			 verifies;	/* VERIFY commands with data seen */
	size_t			 wrong;		/* commands that are not the script's */
	bool			 forgiving;	/* a command off the script gets 6F00 */
	size_t			 spoil_at;	/* SIZE_MAX: none */
	size_t			 cut_to;	/* of the spoilt answer; SIZE_MAX: not cut */
	size_t			 lengthen;	/* by so many bytes, in front of the SW */
};

static size_t
unhex(const char *s, uint8_t *out)
{
	const size_t n = strlen(s) / 2;

	assert_int_equal(hex_decode(s, out, n), 0);
	return n;
}

static size_t
spoil(const struct script *s, uint8_t *rsp, size_t n)
{
	if (s->at != s->spoil_at)
		return n;
	if (s->cut_to != SIZE_MAX)
		return s->cut_to;
	memmove(rsp + n - 2 + s->lengthen, rsp + n - 2, 2);
	memset(rsp + n - 2, 0xaa, s->lengthen);
	return n + s->lengthen;
}

static int
answer(struct script *s, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t *rsp_n)
{
	uint8_t want[APDU_CMD_MAX];

	if (s->at < s->n && unhex(s->step[s->at].cmd, want) == n && memcmp(want, cmd, n) == 0) {
		*rsp_n = spoil(s, rsp, unhex(s->step[s->at].rsp, rsp));
		s->at++;
		return 0;
	}
	s->wrong++;
	*rsp_n = unhex("6F00", rsp);
	return s->forgiving ? 0 : -1;
}

static int
play(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	static uint8_t all[ANSWER_MAX];
	struct script *s = ctx;

	if (n > 5 && cmd[1] == 0x20)
		s->verifies++;
	if (answer(s, cmd, n, all, rsp_len) < 0)
		return err_set(e, ERR_INTERNAL, "off the script at step %zu", s->at);
	if (*rsp_len > rsp_max)
		return err_set(e, ERR_CARD_UNREADABLE, "longer than the buffer");
	memcpy(rsp, all, *rsp_len);
	return 0;
}

static struct script
script(const struct step *step, size_t n)
{
	return (struct script){ .step = step, .n = n, .spoil_at = SIZE_MAX, .cut_to = SIZE_MAX };
}

/* COMPUTE DIGITAL SIGNATURE of SHA-256 of nothing, without its Le: card.md 2.3. */
#define SIGN	"802A0080333031300D060960864801650304020105000420"			\
		"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"

/* The happy path; the certificate is 30 82 02 10 and 528 bytes, the signature 256. */
static char chunk1[2 * 258 + 1], chunk2[2 * 258 + 1], chunk3[2 * 22 + 1];
static char signature[2 * 258 + 1];
static const struct step happy_steps[] = {
	{ "00A4040C0AD392F000260100000001", "9000" },
	{ "00A4020C020006", "9000" },
	{ "00B0000020", "4A504B494150494343544F4B454E3220202020202020202020202020202020209000" },
	{ "00A4020C020018", "9000" },
	{ "00200080", "63C3" },
	{ "00A4020C02000A", "9000" },
	{ "00B0000004", "308202109000" },
	{ "00B0000000", chunk1 },
	{ "00B0010000", chunk2 },
	{ "00B0020014", chunk3 },
	{ "00A4020C020018", "9000" },
	{ "002000800431323334", "9000" },
	{ "00A4020C020017", "9000" },
	{ SIGN "00", signature },
	{ "00A4040C07A0000001510000", "9000" },
};

static void
fill(char *out, const char *head, size_t n)
{
	snprintf(out, 9, "%s", head);
	for (size_t i = strlen(head) / 2; i < n; i++)
		snprintf(out + 2 * i, 3, "%02X", 0xaa);
	snprintf(out + 2 * n, 5, "9000");
}

static int
set_up(void **state)
{
	(void)state;
	fill(chunk1, "30820210", 256);
	fill(chunk2, "", 256);
	fill(chunk3, "", 20);
	fill(signature, "", 256);
	return 0;
}

struct outcome {
	char	token[JPKI_TOKEN_LEN + 1];
	int	left;
	size_t	certificate_len;
	size_t	sig_len;
	bool	needs_pin;
};

/* SHA-256 of nothing. */
static const uint8_t empty_digest[] = {
	0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
	0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
	0xb8, 0x55
};

static int
flow(const struct card_io *io, struct outcome *o, struct err *e)
{
	static const uint8_t pin[] = { '1', '2', '3', '4' };
	uint8_t cert[JPKI_CERTIFICATE_MAX], sig[JPKI_SIGNATURE_MAX];

	memset(o, 0, sizeof(*o));
	if (jpki_select(io, e) < 0 || jpki_token(io, o->token, e) < 0 ||
	    jpki_tries(io, &o->left, e) < 0 ||
	    jpki_certificate(io, cert, &o->certificate_len, &o->needs_pin, e) < 0 ||
	    jpki_verify(io, pin, e) < 0 ||
	    jpki_sign(io, empty_digest, sig, sizeof(sig), &o->sig_len, e) < 0)
		return -1;
	return jpki_leave(io, e);
}

static void
happy_path(void **state)
{
	struct script s = script(happy_steps, N(happy_steps));
	const struct card_io io = { play, &s };
	struct err e = ERR_INIT;
	struct outcome o;

	(void)state;
	assert_int_equal(flow(&io, &o, &e), 0);
	assert_int_equal(s.at, N(happy_steps));
	assert_int_equal(s.verifies, 1);
	assert_string_equal(o.token, "JPKIAPICCTOKEN2");
	assert_int_equal(jpki_medium_of(o.token), JPKI_CARD);
	assert_int_equal(o.left, 3);
	assert_int_equal(o.certificate_len, 532);
	assert_int_equal(o.sig_len, 256);
	assert_false(o.needs_pin);
}

static void
must_fail(struct script *s)
{
	const struct card_io io = { play, s };
	struct err e = ERR_INIT;
	struct outcome o;

	s->forgiving = true;
	assert_int_equal(flow(&io, &o, &e), -1);
	assert_int_not_equal(e.code, ERR_NONE);
	assert_int_not_equal(e.code, ERR_PIN_WRONG);
	assert_int_not_equal(e.code, ERR_PIN_BLOCKED);
	assert_true(s->verifies <= 1);
}

static void
every_answer_cut_at_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(happy_steps); i++)
		for (size_t cut = 0; cut < strlen(happy_steps[i].rsp) / 2; cut++) {
			struct script s = script(happy_steps, N(happy_steps));

			s.spoil_at = i;
			s.cut_to = cut;
			must_fail(&s);
		}
}

static void
every_answer_too_long(void **state)
{
	static const size_t more[] = { 1, 2, 3, 16, 255, 256, 257, 300, 65000 };

	(void)state;
	for (size_t i = 0; i < N(happy_steps); i++)
		for (size_t k = 0; k < N(more); k++) {
			struct script s = script(happy_steps, N(happy_steps));

			s.spoil_at = i;
			s.lengthen = more[k];
			must_fail(&s);
		}
}

static void
random_bytes_in_place_of_every_answer(void **state)
{
	uint32_t x = 1;
	char garbage[2 * 300 + 1];

	(void)state;
	for (size_t i = 0; i < N(happy_steps) * 64; i++) {
		struct step steps[N(happy_steps)];
		struct script s = script(steps, N(happy_steps));
		const size_t n = i % 300;

		memcpy(steps, happy_steps, sizeof(steps));
		for (size_t k = 0; k < n; k++) {
			x = x * 1664525 + 1013904223;
			snprintf(garbage + 2 * k, 3, "%02X", x >> 24);
		}
		garbage[2 * n] = '\0';
		steps[i % N(happy_steps)].rsp = garbage;
		must_fail(&s);
	}
}

/* A card whose certificate begins with head; -1 if refused, else its length. */
static long
certificate_with(const char *head)
{
	const char filler[] = "00";
	char all[2 * 5000 + 1] = "";
	struct script s;
	struct step steps[STEPS_MAX] = { { "00A4020C02000A", "9000" } };
	static char cmds[STEPS_MAX][11], rsps[STEPS_MAX][2 * 258 + 1];
	const struct card_io io = { play, &s };
	uint8_t out[JPKI_CERTIFICATE_MAX];
	struct err e = ERR_INIT;
	bool needs_pin;
	size_t n, at = 0, used = 1;

	for (size_t i = 0; i < 4200; i++)
		memcpy(all + 2 * i, filler, 2);
	memcpy(all, head, strlen(head));
	steps[used++] = (struct step){ "00B0000004", rsps[0] };
	snprintf(rsps[0], sizeof(rsps[0]), "%.8s9000", all);
	while (used < STEPS_MAX) {
		snprintf(cmds[used], sizeof(cmds[used]), "00B0%04zX00", at);
		snprintf(rsps[used], sizeof(rsps[used]), "%.512s9000", all + 2 * at);
		steps[used] = (struct step){ cmds[used], rsps[used] };
		at += 256;
		used++;
		if (at >= 4096)
			break;
	}
	s = script(steps, used);
	if (jpki_certificate(&io, out, &n, &needs_pin, &e) < 0) {
		assert_int_equal(e.code, ERR_CARD_UNREADABLE);
		assert_int_equal(n, 0);
		return -1;
	}
	return (long)n;
}

static void
lengths_of_certificates(void **state)
{
	(void)state;
	assert_int_equal(certificate_with("30820FFC"), 4096);
	assert_int_equal(certificate_with("308200FC"), 256);
	assert_int_equal(certificate_with("30820000"), -1);	/* header only */
	assert_int_equal(certificate_with("30000000"), -1);
	assert_int_equal(certificate_with("3082EA60"), -1);	/* 60,000 */
	assert_int_equal(certificate_with("30820FFD"), -1);
	assert_int_equal(certificate_with("30800000"), -1);	/* indefinite */
	assert_int_equal(certificate_with("30830001"), -1);
	assert_int_equal(certificate_with("FFFFFFFF"), -1);	/* an empty EF */
	assert_int_equal(certificate_with("00000000"), -1);
}

static int
exchange(const struct step *steps, size_t n, const char *cmd, struct apdu_answer *a, size_t *used)
{
	struct script s = script(steps, n);
	const struct card_io io = { play, &s };
	struct err e = ERR_INIT;
	uint8_t bytes[APDU_CMD_MAX];
	const int rc = apdu_send(&io, bytes, unhex(cmd, bytes), a, &e);

	*used = s.at;
	return rc;
}

static void
get_response(void **state)
{
	const struct step ok[] = { { "00B0000004", "6104" }, { "00C0000004", "308202109000" } };
	const struct step two[] = { { "00B0000004", "30826102" }, { "00C0000002", "02109000" } };
	const struct step loop[] = { { "00B0000004", "6104" }, { "00C0000004", "6104" },
	    { "00C0000004", "6104" } };
	const struct step more[] = { { "00B0000004", "6100" }, { "00C0000000", "30820210AA9000" } };
	const struct step select[] = { { "00A4020C02000A", "6104" } };
	struct apdu_answer a;
	size_t used;

	(void)state;
	assert_int_equal(exchange(ok, N(ok), "00B0000004", &a, &used), 0);
	assert_int_equal(a.n, 4);
	assert_int_equal(a.sw, 0x9000);
	assert_int_equal(exchange(two, N(two), "00B0000004", &a, &used), 0);
	assert_int_equal(a.n, 4);
	assert_int_equal(exchange(loop, N(loop), "00B0000004", &a, &used), 0);
	assert_int_equal(used, 2);
	assert_int_equal(a.sw, 0x6104);
	assert_int_equal(exchange(more, N(more), "00B0000004", &a, &used), -1);
	assert_int_equal(exchange(select, N(select), "00A4020C02000A", &a, &used), 0);
	assert_int_equal(used, 1);
}

/* RSA-3072 and RSA-4096 in parts of 256; one byte more than the longest is refused. */
static void
signature_in_parts(void **state)
{
	static char part[2 * 258 + 1], rest[2 * 258 + 1], whole[2 * 258 + 1], over[2 * 3 + 1];
	const struct step longer[] = { { SIGN "00", part }, { "00C0000080", rest } };
	const struct step longest[] = { { SIGN "00", part }, { "00C0000080", whole } };
	const struct step first[] = { { SIGN "00", "6100" }, { "00C0000000", part },
	    { "00C0000080", rest } };
	const struct step drip[] = { { SIGN "00", "616C" }, { "00C000006C", "AA6101" },
	    { "00C0000001", "BB6101" }, { "00C0000001", "6101" }, { "00C0000001", "CC9000" } };
	const struct step more[] = { { SIGN "00", part }, { "00C0000080", whole },
	    { "00C0000001", over } };
	struct apdu_answer a;
	size_t used;

	(void)state;
	fill(part, "", 256);
	memcpy(part + 512, "6180", 4);
	fill(rest, "", 128);
	fill(whole, "", 256);
	fill(over, "", 1);
	assert_int_equal(exchange(longer, N(longer), SIGN "00", &a, &used), 0);
	assert_int_equal(a.n, 384);
	assert_int_equal(exchange(longest, N(longest), SIGN "00", &a, &used), 0);
	assert_int_equal(a.n, 512);
	assert_int_equal(exchange(first, N(first), SIGN "00", &a, &used), 0);
	assert_int_equal(a.n, 384);
	assert_int_equal(exchange(drip, N(drip), SIGN "00", &a, &used), 0);
	assert_int_equal(used, 4);
	assert_int_equal(a.sw, 0x6101);
	memcpy(whole + 512, "6101", 4);
	assert_int_equal(exchange(more, N(more), SIGN "00", &a, &used), 0);
	assert_int_equal(used, 2);
	assert_int_equal(a.sw, 0x6101);
}

static void
right_length(void **state)
{
	const struct step ok[] = { { "00B0000004", "6C02" }, { "00B0000002", "30829000" } };
	const struct step loop[] = { { "00B0000004", "6C02" }, { "00B0000002", "6C02" },
	    { "00B0000002", "6C02" } };
	const struct step more[] = { { "00B0000004", "6C05" } };
	const struct step both[] = { { "00B0000004", "6C02" }, { "00B0000002", "6102" },
	    { "00C0000002", "30829000" } };
	const struct step verify[] = { { "002000800431323334", "6C04" } };
	const struct step sign[] = { { SIGN "00", "6C02" }, { SIGN "02", "AABB9000" } };
	struct apdu_answer a;
	size_t used;

	(void)state;
	assert_int_equal(exchange(ok, N(ok), "00B0000004", &a, &used), 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(exchange(loop, N(loop), "00B0000004", &a, &used), 0);
	assert_int_equal(used, 2);
	assert_int_equal(exchange(more, N(more), "00B0000004", &a, &used), -1);
	assert_int_equal(exchange(both, N(both), "00B0000004", &a, &used), 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(exchange(sign, N(sign), SIGN "00", &a, &used), 0);
	assert_int_equal(a.n, 2);
	assert_int_equal(exchange(verify, N(verify), "002000800431323334", &a, &used), 0);
	assert_int_equal(used, 1);
}

static void
first_command_answered_6f00(void **state)
{
	const struct step once[] = { { "00A4040C0AD392F000260100000001", "6F00" },
	    { "00A4040C0AD392F000260100000001", "9000" } };
	const struct step twice[] = { { "00A4040C0AD392F000260100000001", "6F00" },
	    { "00A4040C0AD392F000260100000001", "6F00" },
	    { "00A4040C0AD392F000260100000001", "9000" } };
	struct script s = script(once, N(once));
	struct card_io io = { play, &s };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(jpki_select(&io, &e), 0);
	s = script(twice, N(twice));
	assert_int_equal(jpki_select(&io, &e), -1);
	assert_int_equal(s.at, 2);
	assert_int_equal(e.code, ERR_CARD_UNREADABLE);
}

static void
media(void **state)
{
	(void)state;
	assert_int_equal(jpki_medium_of("JPKIAPICCTOKEN2"), JPKI_CARD);
	assert_int_equal(jpki_medium_of("JPKIAPICCTOKEN"), JPKI_JUKI);
	assert_int_equal(jpki_medium_of("JPKIAPGPSETOKEN"), JPKI_PHONE);
	assert_int_equal(jpki_medium_of("JPKIAPIOSTOKEN"), JPKI_PHONE_IOS);
	assert_int_equal(jpki_medium_of("JPKIAPICCTOKEN22"), JPKI_OTHER);
	assert_int_equal(jpki_medium_of("JPKIAPICCTOKE"), JPKI_OTHER);
	assert_int_equal(jpki_medium_of(""), JPKI_OTHER);
	assert_true(jpki_is_phone(JPKI_PHONE_IOS));
	assert_false(jpki_is_phone(JPKI_CARD));
}

static void
labels(void **state)
{
	static const struct {
		const char *rsp, *want;
	} cases[] = {
		{ "4A504B494150494343544F4B454E0000000000000000000000000000000000009000",
		    "JPKIAPICCTOKEN" },
		{ "4A504B494150494343544F4B454E2000200000202020202020202020202020209000",
		    "JPKIAPICCTOKEN" },
		{ "1B5B324A414141414141414141414141414141414141414141414141414141419000",
		    "?[2JAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
		{ "20202020202020202020202020202020202020202020202020202020202020209000", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct step steps[] = { { "00A4020C020006", "9000" },
		    { "00B0000020", cases[i].rsp } };
		struct script s = script(steps, N(steps));
		const struct card_io io = { play, &s };
		char token[JPKI_TOKEN_LEN + 1];
		struct err e = ERR_INIT;

		assert_int_equal(jpki_token(&io, token, &e), 0);
		assert_string_equal(token, cases[i].want);
	}
}

static void
phone_keeps_its_certificate(void **state)
{
	const struct step steps[] = { { "00A4020C02000A", "9000" }, { "00B0000004", "6982" } };
	struct script s = script(steps, N(steps));
	const struct card_io io = { play, &s };
	uint8_t out[JPKI_CERTIFICATE_MAX];
	struct err e = ERR_INIT;
	bool needs_pin = false;
	size_t n = 1;

	(void)state;
	assert_int_equal(jpki_certificate(&io, out, &n, &needs_pin, &e), 0);
	assert_true(needs_pin);
	assert_int_equal(n, 0);
}

static void
which_certificates(void **state)
{
	const struct step both[] = { { "00A4020C020008", "9000" }, { "00B0000003", "8F8F009000" } };
	const struct step face[] = { { "00A4020C020008", "9000" }, { "00B0000003", "008F009000" } };
	struct script s = script(both, N(both));
	const struct card_io io = { play, &s };
	struct err e = ERR_INIT;
	bool sign, auth;

	(void)state;
	assert_int_equal(jpki_availability(&io, &sign, &auth, &e), 0);
	assert_true(sign && auth);
	s = script(face, N(face));
	assert_int_equal(jpki_availability(&io, &sign, &auth, &e), 0);
	assert_true(!sign && auth);
}

static void
keep_line(void *arg, const char *line, size_t n)
{
	buf_add(arg, line, n);
}

static void
trace_hides_the_pin(void **state)
{
	struct script s = script(happy_steps, N(happy_steps));
	const struct card_io io = { play, &s };
	struct buf log = BUF_INIT;
	struct trace t = { .below = &io, .write = keep_line, .arg = &log };
	const struct card_io traced = trace_io(&t);
	static const uint8_t change[] = { 0x00, 0x24, 0x01, 0x80, 0x02, 0x39, 0x38 };
	uint8_t rsp[APDU_RSP_MAX];
	struct err e = ERR_INIT;
	struct outcome o;
	size_t n;

	(void)state;
	assert_int_equal(flow(&traced, &o, &e), 0);
	assert_non_null(strstr(log.p, "> 0020008004 **\n< 9000\n"));
	assert_non_null(strstr(log.p, "> 00200080\n< 63C3\n"));
	assert_non_null(strstr(log.p, "> 00B0000004\n< 308202109000\n"));
	assert_null(strstr(log.p, "31323334"));
	s.forgiving = false;
	assert_int_equal(traced.transmit(traced.ctx, change, sizeof(change), rsp, sizeof(rsp), &n,
	    &e), -1);
	assert_non_null(strstr(log.p, "> 0024018002 **\n< no answer\n"));
	buf_free(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(happy_path),
		cmocka_unit_test(every_answer_cut_at_every_length),
		cmocka_unit_test(every_answer_too_long),
		cmocka_unit_test(random_bytes_in_place_of_every_answer),
		cmocka_unit_test(lengths_of_certificates),
		cmocka_unit_test(get_response),
		cmocka_unit_test(signature_in_parts),
		cmocka_unit_test(right_length),
		cmocka_unit_test(first_command_answered_6f00),
		cmocka_unit_test(media),
		cmocka_unit_test(labels),
		cmocka_unit_test(phone_keeps_its_certificate),
		cmocka_unit_test(which_certificates),
		cmocka_unit_test(trace_hides_the_pin),
	};

	return cmocka_run_group_tests_name("card", tests, set_up, NULL);
}

/* The software card: APDU parsing, fixtures, faults.  Runs at the root of the tree. */
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "softcard/apdu.h"
#include "softcard_text.h"

static const struct parse_case {
	const char	*name;
	const char	*cmd;
	int		 rc;
	size_t		 lc, le;
	bool		 extended;
} parses[] = {
	{ "parse: case 1", "00200080", 0, 0, 0, false },
	{ "parse: case 2 short", "00B0000004", 0, 0, 4, false },
	{ "parse: case 2 short, Le 00 is 256", "00B0000000", 0, 0, 256, false },
	{ "parse: case 3 short", "00A4020C02000A", 0, 2, 0, false },
	{ "parse: case 4 short", "00A404000201020A", 0, 2, 10, false },
	{ "parse: case 4 short, Le 00 is 256", "00A4040002010200", 0, 2, 256, false },
	{ "parse: case 2 extended", "00B00000000102", 0, 0, 258, true },
	{ "parse: case 2 extended, Le 0000 is 65536", "00B00000000000", 0, 0, 65536, true },
	{ "parse: case 3 extended", "00A4020C000002000A", 0, 2, 0, true },
	{ "parse: case 4 extended", "802A0080000001AA0100", 0, 1, 256, true },
	{ "parse: case 4 extended, Le 0000 is 65536", "802A0080000001AA0000", 0, 1, 65536, true },
	{ "parse: empty", "", -1, 0, 0, false },
	{ "parse: no header", "00A404", -1, 0, 0, false },
	{ "parse: Lc larger than the data", "00A4020C03000A", -1, 0, 0, false },
	{ "parse: two bytes after the data", "00A4020C01000A0000", -1, 0, 0, false },
	{ "parse: extended cut after one length byte", "00B000000001", -1, 0, 0, false },
	{ "parse: extended Lc larger than the data", "00A4020C000003000A", -1, 0, 0, false },
	{ "parse: extended with half an Le", "802A0080000001AA01", -1, 0, 0, false },
	{ "parse: extended Lc of 0", "802A0080000000AA", -1, 0, 0, false },
};

static void
run_parse(void **state)
{
	const struct parse_case *c = *state;
	struct apdu a = { .le = 0 };
	uint8_t cmd[64];
	const size_t n = from_hex(c->cmd, cmd);

	assert_int_equal(apdu_parse(cmd, n, &a), c->rc);
	if (c->rc < 0)
		return;
	assert_int_equal(a.data.n, c->lc);
	assert_int_equal(a.le, c->le);
	assert_int_equal(a.extended, c->extended);
}

/* --- fixtures --------------------------------------------------------------------------------- */

static const struct fixture_case {
	const char	*name;
	const char	*json;
	enum err_code	 want;
} fixtures[] = {
	{ "fixture: empty is a card with nothing set", "{}", ERR_NONE },
	{ "fixture: an array", "[]", ERR_MALFORMED },
	{ "fixture: not JSON", "{", ERR_MALFORMED },
	{ "fixture: unknown key", "{\"pins\": {}}", ERR_MALFORMED },
	{ "fixture: unknown key within", "{\"pin\": {\"juki\": {}}}", ERR_MALFORMED },
	{ "fixture: a PIN without tries",
	  "{\"pin\": {\"auth\": {\"value\": \"1234\"}}}", ERR_MALFORMED },
	{ "fixture: a PIN of five digits",
	  "{\"pin\": {\"auth\": {\"value\": \"12345\", \"tries_left\": 3}}}", ERR_MALFORMED },
	{ "fixture: a PIN with four tries",
	  "{\"pin\": {\"auth\": {\"value\": \"1234\", \"tries_left\": 4}}}", ERR_MALFORMED },
	{ "fixture: a small letter in the sign PIN",
	  "{\"pin\": {\"sign\": {\"value\": \"abc123\", \"tries_left\": 5}}}", ERR_MALFORMED },
	{ "fixture: no such day",
	  "{\"holder\": {\"name\": \"山田\", \"address\": \"甲\", \"sex\": \"1\", "
	  "\"birthdate\": \"1981-02-29\"}}", ERR_MALFORMED },
	{ "fixture: half a holder", "{\"holder\": {\"name\": \"山田\"}}", ERR_MALFORMED },
	{ "fixture: the individual number has no key",
	  "{\"holder\": {\"number\": \"0\"}}", ERR_MALFORMED },
	{ "fixture: ATR of odd length", "{\"atr\": \"3B8\"}", ERR_MALFORMED },
	{ "fixture: ATR of 34 bytes",
	  "{\"atr\": \"3B00000000000000000000000000000000000000000000000000000000000000000000\"}",
	 ERR_MALFORMED },
	{ "fixture: a token that is a number", "{\"token\": 2}", ERR_MALFORMED },
	{ "fixture: an unknown fault", "{\"faults\": [\"slow\"]}", ERR_MALFORMED },
	{ "fixture: a fault without its number", "{\"faults\": [\"removed after APDU \"]}",
	 ERR_MALFORMED },
	{ "fixture: a fault that is no text", "{\"faults\": [3]}", ERR_MALFORMED },
	{ "fixture: faults that are no list", "{\"faults\": \"blocked\"}", ERR_MALFORMED },
	{ "fixture: an unknown alteration",
	  "{\"alter\": [{\"ins\": \"2A\", \"do\": \"explode\"}]}", ERR_MALFORMED },
	{ "fixture: an alteration of no command",
	  "{\"alter\": [{\"do\": \"corrupt\"}]}", ERR_MALFORMED },
	{ "fixture: an alteration in no application",
	  "{\"alter\": [{\"ap\": \"visual\", \"ins\": \"20\", \"do\": \"corrupt\"}]}", ERR_MALFORMED },
	{ "fixture: an alteration by place and by application",
	  "{\"alter\": [{\"at\": 1, \"ap\": \"text\", \"do\": \"corrupt\"}]}", ERR_MALFORMED },
	{ "fixture: an alteration by place and by command",
	  "{\"alter\": [{\"at\": 1, \"ins\": \"2A\", \"do\": \"corrupt\"}]}", ERR_MALFORMED },
	{ "fixture: an alteration at no place",
	  "{\"alter\": [{\"at\": -1, \"do\": \"corrupt\"}]}", ERR_MALFORMED },
	{ "fixture: a negative time", "{\"timing\": {\"apdu_ms\": -1}}", ERR_MALFORMED },
	{ "fixture: a missing certificate",
	  "{\"auth\": {\"certificate\": \"no/such/file.pem\"}}", ERR_CONFIG },
	{ "fixture: a missing key", "{\"auth\": {\"key\": \"no-such.key\"}}", ERR_CONFIG },
	{ "fixture: a key that is none", "{\"auth\": {\"key\": \"/dev/null\"}}", ERR_MALFORMED },
};

static void
run_fixture(void **state)
{
	const struct fixture_case *c = *state;
	struct err e = ERR_INIT;
	struct softcard *sc = load_text(c->json, &e);

	assert_int_equal(e.code, c->want);
	assert_int_equal(sc != NULL, c->want == ERR_NONE);
	softcard_free(sc);
}

static void
every_fixture_loads(void **state)
{
	struct err e = ERR_INIT;
	struct softcard *sc;
	glob_t g;

	(void)state;
	assert_int_equal(glob("fixtures/cards/*.json", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		if ((sc = softcard_load(g.gl_pathv[i], &e)) == NULL)
			fail_msg("%s", e.msg);
		softcard_free(sc);
	}
	globfree(&g);
}

static void
missing_fixture(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(softcard_load("no/such/card.json", &e));
	assert_int_equal(err_exit_status(e.code), 50);
}

/* What has no header, is random or is cut: an answer, and nothing else. */
static void
any_bytes_are_answered(void **state)
{
	struct softcard *sc = load("fixtures/cards/adult.json");
	uint8_t cmd[300];
	uint32_t r = 1;
	size_t data;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		for (size_t k = 0; k < 12; k++) {
			r = r * 1664525u + 1013904223u;
			cmd[k] = (uint8_t)(r >> 24);
		}
		if (r & 0x10000) {	/* half of them: a command it knows */
			static const uint8_t ins[] = { 0x20, 0x84, 0xa4, 0xb0 };

			cmd[0] = 0;
			cmd[1] = ins[r >> 20 & 3];
		}
		sw_of(sc, cmd, r >> 8 & 15, &data);
	}
	softcard_free(sc);
}

static void
longest_input_to_sign(void **state)
{
	struct softcard *sc = load("fixtures/cards/adult.json");
	uint8_t cmd[300] = { 0x80, 0x2a, 0x00, 0x97 };
	static const uint8_t select[] = { 0x00, 0xa4, 0x04, 0x0c,
	    0x05, 0xd3, 0x92, 0xf0, 0x00, 0x26 };
	static const uint8_t verify[] = { 0x00, 0x20, 0x00, 0x98, 0x04, '1', '2', '3', '4' };
	size_t data;

	(void)state;
	assert_int_equal(sw_of(sc, select, sizeof(select), &data), 0x9000);
	assert_int_equal(sw_of(sc, verify, sizeof(verify), &data), 0x9000);
	cmd[4] = 1;
	assert_int_equal(sw_of(sc, cmd, 5 + 1 + 1, &data), 0x9000);
	cmd[4] = 245;
	assert_int_equal(sw_of(sc, cmd, 5 + 245 + 1, &data), 0x9000);
	assert_int_equal(data, 256);
	cmd[4] = 246;
	assert_int_equal(sw_of(sc, cmd, 5 + 246 + 1, &data), 0x6985);
	softcard_free(sc);
}

static void
mute_card_never_answers(void **state)
{
	struct softcard *sc = load(CARD ", \"faults\": [\"mute after APDU 1\"]}");
	const struct timespec a_while = { 0, 100000000 };
	uint8_t cmd[] = { 0x00, 0xb0, 0x86, 0x00, 0x01 };
	size_t data;
	pid_t pid;

	(void)state;
	sw_of(sc, cmd, sizeof(cmd), &data);
	if ((pid = fork()) == 0) {
		sw_of(sc, cmd, sizeof(cmd), &data);
		_exit(0);
	}
	nanosleep(&a_while, NULL);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	softcard_free(sc);
}

static void
slow_card_takes_its_time(void **state)
{
	struct softcard *sc = load(CARD ", \"timing\": {\"kbps\": 106, \"apdu_ms\": 20}}");
	uint8_t cmd[] = { 0x00, 0xa4, 0x04, 0x0c, 0x05, 0xd3, 0x92, 0xf0, 0x00, 0x26 };
	struct timespec from, to;
	size_t data;
	long long us;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &from);
	sw_of(sc, cmd, sizeof(cmd), &data);
	clock_gettime(CLOCK_MONOTONIC, &to);
	us = (to.tv_sec - from.tv_sec) * 1000000LL + (to.tv_nsec - from.tv_nsec) / 1000;
	assert_true(us >= 20000 + 12 * 94);
	softcard_free(sc);
}

static void
overlong_answer(void **state)
{
	struct softcard *sc = load(CARD ", \"alter\": [{\"ins\": \"B0\", \"do\": \"overlong\"}]}");
	uint8_t cmd[] = { 0x00, 0xb0, 0x00, 0x00, 0x01 }, rsp[SOFTCARD_RSP_MAX];
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	assert_int_equal(softcard_transmit(sc, cmd, sizeof(cmd), rsp, sizeof(rsp), &n, &e), 0);
	assert_int_equal(n, 302);
	assert_int_equal(softcard_transmit(sc, cmd, sizeof(cmd), rsp, 258, &n, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
	softcard_free(sc);
}

static void
atr_is_the_fixtures(void **state)
{
	struct softcard *sc = load("{\"atr\": \"3B02145A\"}");
	const struct span atr = softcard_atr(sc);

	(void)state;
	assert_int_equal(atr.n, 4);
	assert_memory_equal(atr.p, "\x3b\x02\x14\x5a", 4);
	softcard_free(sc);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(every_fixture_loads),
		cmocka_unit_test(missing_fixture),
		cmocka_unit_test(any_bytes_are_answered),
		cmocka_unit_test(longest_input_to_sign),
		cmocka_unit_test(mute_card_never_answers),
		cmocka_unit_test(slow_card_takes_its_time),
		cmocka_unit_test(overlong_answer),
		cmocka_unit_test(atr_is_the_fixtures),
	};
	struct CMUnitTest tests[N(parses) + N(fixtures) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, parses, run_parse);
	ADD_TABLE(tests, n, fixtures, run_fixture);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("softcard fixtures", tests, N(tests), NULL, NULL);
}

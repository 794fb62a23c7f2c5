/* The person's terminal, key by key: what bytes mean, and how it is left. */
#include "pty_text.h"

/* nothing of desk is linked into these tests */
#include "desk/term.c"

#define SIZE	1024

static void
run_key(void *ctx)
{
	answer("%d", term_key("key> ", ctx));
}

static void
run_line(void *ctx)
{
	struct buf line = BUF_INIT;
	int rc;

	(void)ctx;
	rc = term_line("line> ", &line);
	answer("%d:%s", rc, line.p != NULL ? line.p : "");
	buf_free(&line);
}

/* What one of these keys gives, or TERM_END, when that is typed. */
static int
pressed(const char *keys, const char *bytes, size_t n, struct pty *t)
{
	char said[SIZE];

	pty_start(t, run_key, (void *)(uintptr_t)keys);
	pty_expect(t, "key> ");
	pty_type_bytes(t, bytes, n);
	assert_int_equal(pty_end(t, said, sizeof(said)), 0);
	return atoi(said);
}

static int
rings(const struct pty *t)
{
	int n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->shown[i] == '\a';
	return n;
}

static void
test_keys(void **state)
{
	static const struct {
		const char	*bytes;
		int		 want, rings;
	} cases[] = {
		{ "1", '1', 0 }, { "B", 'b', 0 }, { "１", '1', 0 }, { "ｂ", 'b', 0 }, { "Ｂ", 'b', 0 },
		/* not one of them: a letter, kana, 漢字 of three and of four bytes, half-width */
		{ "x1", '1', 1 }, { "あ1", '1', 1 }, { "漢1", '1', 1 }, { "𠮷1", '1', 1 }, { "ｱ1", '1', 1 },
		/* Enter does nothing */
		{ "\r\r1", '1', 0 }, { "\n1", '1', 0 },
		/* arrows, Home, Delete, F1, F5, with Shift, alone with Alt */
		{ "\033[A1", '1', 1 }, { "\033OB1", '1', 1 }, { "\033[H1", '1', 1 }, { "\033[3~1", '1', 1 },
		{ "\033OP1", '1', 1 }, { "\033[15~1", '1', 1 }, { "\033[1;2C1", '1', 1 }, { "\033xb", 'b', 1 },
		/* Tab, Ctrl-U, rub-out, Ctrl-Z */
		{ "\t1", '1', 1 }, { "\0251", '1', 1 }, { "\1771", '1', 1 }, { "\0321", '1', 1 },
		/* bytes that are no character, one that begins one and stops */
		{ "\200" "1", '1', 1 }, { "\377" "1", '1', 1 }, { "\303(" "1", '1', 2 },
		{ "\004", TERM_END, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pty t;
		const int got = pressed("1b", cases[i].bytes, strlen(cases[i].bytes), &t);

		if (got != cases[i].want || rings(&t) != cases[i].rings)
			fail_msg("key %zu: %d, rings %d", i, got, rings(&t));
	}
}

/* A character comes in pieces over a slow line; half of one is given up. */
static void
test_key_in_pieces(void **state)
{
	static const char one[] = "１";
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_key, (void *)(uintptr_t)"1");
	pty_expect(&t, "key> ");
	for (size_t i = 0; i < 3; i++) {
		pty_type_bytes(&t, one + i, 1);
		usleep(1000);
	}
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_int_equal(atoi(said), '1');

	pty_start(&t, run_key, (void *)(uintptr_t)"1");
	pty_expect(&t, "key> ");
	pty_type_bytes(&t, one, 2);
	pty_expect(&t, "\a");
	pty_type(&t, "1");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_int_equal(atoi(said), '1');
}

/* What was typed ahead is taken, not shown, not lost. */
static void
test_typed_ahead(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_key, (void *)(uintptr_t)"1");
	pty_type(&t, "1");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_int_equal(atoi(said), '1');
}

static void
run_late_key(void *ctx)
{
	usleep(100000);
	run_key(ctx);
}

/* So is a Ctrl-D that came while the terminal still made an end of file of it. */
static void
test_end_typed_ahead(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_late_key, (void *)(uintptr_t)"1");
	pty_type(&t, "\004");
	pty_expect(&t, "key> ");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_int_equal(atoi(said), TERM_END);
}

/* The line that is got when that is typed, as "rc:text". */
static void
typed(const char *bytes, useconds_t before, char said[static SIZE], struct pty *t)
{
	pty_start(t, run_line, NULL);
	pty_expect(t, "line> ");
	usleep(before);
	pty_type(t, bytes);
	assert_int_equal(pty_end(t, said, SIZE), 0);
}

static void
test_lines(void **state)
{
	static const struct {
		const char	*bytes, *want;
	} cases[] = {
		{ "S55.2.17\r", "0:S55.2.17" },
		{ "昭和５５年2月17日\r", "0:昭和５５年2月17日" },
		{ "12\1773\r", "0:13" },
		/* one rub-out a character, and none beyond the beginning */
		{ "山田\177𠮷\177\177\177\177x\r", "0:x" },
		{ "wrong\025right\r", "0:right" },
		/* no control character gets in, no function key, no half of a character */
		{ "a\033[Db\tc\001d\r", "0:abcd" },
		{ "a\200\377b\r", "0:ab" },
		/* Ctrl-D ends it where nothing was typed, and nothing else */
		{ "\004", "-1:" },
		{ "a\004b\r", "0:ab" },
		{ "a\177\004", "-1:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char said[SIZE];
		struct pty t;

		typed(cases[i].bytes, 0, said, &t);
		assert_string_equal(said, cases[i].want);
	}
}

/* The Enter that habit adds to a single key does not answer the line that follows. */
static void
test_late_enter(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	typed("\r12\r", 0, said, &t);
	assert_string_equal(said, "0:12");
	typed("\r", (LATE_ENTER_MS + 100) * 1000, said, &t);
	assert_string_equal(said, "0:");
}

/* A pasted page: what is too long is left out, whole characters only. */
static void
test_pasted(void **state)
{
	char said[SIZE], page[3 * 500 + 2] = "", want[SIZE] = "0:";
	struct pty t;

	(void)state;
	for (int i = 0; i < 500; i++)
		memcpy(page + 3 * i, "あ", 3);
	strcpy(page + sizeof(page) - 2, "\r");
	for (int i = 0; i < LINE_MAX_BYTES / 3; i++)
		strcat(want, "あ");
	typed(page, 0, said, &t);
	assert_string_equal(said, want);
}

/* A rub-out takes the columns of a wide character off the screen. */
static void
test_rub_out_columns(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	typed("山a\177\177x\r", 0, said, &t);
	assert_string_equal(said, "0:x");
	assert_non_null(strstr(t.shown, "山a\b \b\b \b\b \bx\r\n"));
}

/* A signal ends the process as it would have, with the terminal as it was found. */
static void
test_signals(void **state)
{
	static const int ending[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(ending) / sizeof(ending[0]); i++) {
		const int sig = ending[i / 2];
		char said[SIZE];
		struct pty t;
		int status;

		pty_start(&t, i % 2 == 0 ? run_key : run_line, (void *)(uintptr_t)"1");
		pty_expect(&t, "> ");
		assert_false(pty_is_as_found(&t));
		kill(t.pid, sig);
		status = pty_end(&t, said, sizeof(said));
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), sig);
		assert_string_equal(said, "");
	}
}

/* Ctrl-C and Ctrl-\ are the terminal's. */
static void
test_signal_keys(void **state)
{
	static const struct {
		const char	*bytes;
		int		 sig;
	} cases[] = { { "\003", SIGINT }, { "\034", SIGQUIT } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char said[SIZE];
		struct pty t;
		int status;

		pty_start(&t, run_line, NULL);
		pty_expect(&t, "line> ");
		pty_type(&t, cases[i].bytes);
		status = pty_end(&t, said, sizeof(said));
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), cases[i].sig);
	}
}

static void
wait_stopped(const struct pty *t)
{
	int status;

	assert_int_equal(waitpid(t->pid, &status, WUNTRACED), t->pid);
	assert_true(WIFSTOPPED(status));
}

/* Waits for the terminal to be as found, or not. */
static void
pty_wait_mode(const struct pty *t, int as_found)
{
	for (int waited = 0; pty_is_as_found(t) != as_found; waited++) {
		assert_true(waited < PATIENCE_MS);
		usleep(1000);
	}
}

/* While it is stopped the shell has its terminal; then the question goes on. */
static void
test_stopped(void **state)
{
	static const int stops[] = { SIGTSTP, SIGSTOP };

	(void)state;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		char said[SIZE];
		struct pty t;

		pty_start(&t, run_line, NULL);
		pty_expect(&t, "line> ");
		pty_type(&t, "12");
		pty_expect(&t, "12");
		kill(t.pid, stops[i]);
		wait_stopped(&t);
		if (stops[i] == SIGTSTP)
			assert_true(pty_is_as_found(&t));
		/* a shell sets its own */
		assert_int_equal(tcsetattr(t.slave, TCSANOW, &t.was), 0);
		kill(t.pid, SIGCONT);
		pty_wait_mode(&t, 0);
		pty_type(&t, "3\r");
		assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
		assert_string_equal(said, "0:123");
	}
}

/* A window of another size is none of the line's business. */
static void
test_resized(void **state)
{
	const struct winsize small = { .ws_row = 10, .ws_col = 40 };
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_line, NULL);
	pty_expect(&t, "line> ");
	pty_type(&t, "12");
	assert_int_equal(ioctl(t.slave, TIOCSWINSZ, &small), 0);
	kill(t.pid, SIGWINCH);
	pty_type(&t, "3\r");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_string_equal(said, "0:123");
}

/* What has an ignored signal keeps it: nohup is obeyed. */
static void
run_ignoring(void *ctx)
{
	signal(SIGHUP, SIG_IGN);
	run_key(ctx);
}

static void
test_ignored(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_ignoring, (void *)(uintptr_t)"1");
	pty_expect(&t, "key> ");
	kill(t.pid, SIGHUP);
	pty_type(&t, "1");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_int_equal(atoi(said), '1');
}

/* Nobody at the terminal: there is none. */
static void
run_without(void *ctx)
{
	const int null = open("/dev/null", O_RDONLY);

	dup2(null, STDIN_FILENO);
	close(null);
	run_key(ctx);
	answer(" ");
	run_line(ctx);
}

static void
test_without(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_without, (void *)(uintptr_t)"1");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_string_equal(said, "-1 -1:");
}

static void
run_swallow(void *ctx)
{
	term_swallow_enter();
	run_line(ctx);
}

static void
test_swallowed(void **state)
{
	char said[SIZE];
	struct pty t;

	(void)state;
	pty_start(&t, run_swallow, NULL);
	pty_wait_mode(&t, 0);
	pty_type(&t, "\r");
	pty_expect(&t, "line> ");
	usleep((LATE_ENTER_MS + 100) * 1000);
	pty_type(&t, "\r");
	assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
	assert_string_equal(said, "0:");
}

static int
take_turn(void *ctx)
{
	int *turns = ctx;

	if (++*turns == 1)
		fputs("turn", stderr);
	usleep(1000);
	return *turns == 5000 ? 7 : 0;
}

static void
run_until(void *ctx)
{
	int turns = 0;

	answer("%d", term_until_key(ctx, take_turn, &turns));
}

static void
test_until_key(void **state)
{
	static const char *const bytes[] = { "n", "Ｎ", "x\rn", "\004" };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		char said[SIZE];
		struct pty t;

		pty_start(&t, run_until, (void *)(uintptr_t)"n");
		pty_expect(&t, "turn");
		pty_type(&t, bytes[i]);
		assert_int_equal(pty_end(&t, said, sizeof(said)), 0);
		assert_string_equal(said, "0");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys), cmocka_unit_test(test_key_in_pieces),
		cmocka_unit_test(test_typed_ahead),
		cmocka_unit_test(test_end_typed_ahead), cmocka_unit_test(test_lines),
		cmocka_unit_test(test_late_enter), cmocka_unit_test(test_pasted),
		cmocka_unit_test(test_rub_out_columns), cmocka_unit_test(test_signals),
		cmocka_unit_test(test_signal_keys), cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_resized), cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_without), cmocka_unit_test(test_swallowed),
		cmocka_unit_test(test_until_key),
	};

	return cmocka_run_group_tests_name("term", tests, NULL, NULL);
}

/* The log of who asked what: what is noticed, what a crash leaves, what the end of it can not tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit.h"

#define DAY	86400LL
#define START	1767193200LL	/* 2026-01-01 00:00 in Japan */
#define LOG	"audit-2026-01.log"

static char folder[] = "/tmp/shikaku-audit-XXXXXX";
static char first[AUDIT_KEY_HEX];

static const char *
in(const char *name)
{
	static char path[4][128];
	static unsigned n;
	char *p = path[n++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

/* With the folder as $D and the log's file as $L. */
static void
run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static struct buf
slurp(const char *path)
{
	struct buf b = BUF_INIT;
	char part[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	return b;
}

static void
spill(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	fclose(f);
}

static const char record[] = "{\"command\":\"check\",\"outcome\":\"insured\"}";

static enum err_code
try_add(const char *name, const char *text, long long when, struct audit_head *head)
{
	const struct span json = { (const uint8_t *)text, strlen(text) };
	struct err e = ERR_INIT;

	return audit_add(in(name), &json, 1, when, NULL, head, &e) == 0 ? ERR_NONE : e.code;
}

static void
add(long long when)
{
	struct audit_head head;

	assert_int_equal(try_add("log", record, when, &head), ERR_NONE);
}

static enum err_code
verify(const char *name, const char *key, const struct audit_head *known, struct audit_state *out)
{
	struct audit_state state;
	struct err e = ERR_INIT;

	return audit_verify(in(name), key, known, NULL, out != NULL ? out : &state, &e) == 0 ?
	    ERR_NONE : e.code;
}

/* Two records on each of four days: three seals. */
static struct audit_head
begin(void)
{
	struct err e = ERR_INIT;
	struct audit_state state;

	run("rm -rf \"$D\"/log");
	assert_int_equal(audit_init(in("log"), START, first, &e), 0);
	for (int day = 0; day < 4; day++) {
		add(START + day * DAY);
		add(START + day * DAY + 60);
	}
	assert_int_equal(verify("log", first, NULL, &state), ERR_NONE);
	assert_int_equal(state.head.records, 8);
	assert_int_equal(state.seals, 3);
	assert_int_equal(state.sealed, 6);
	assert_string_equal(state.first, first);
	return state.head;
}

static void
test_grows(void **state)
{
	const struct audit_head head = begin();
	struct audit_state now;
	struct stat st;

	(void)state;
	add(START + 40 * DAY);		/* another month, another file */
	assert_int_equal(stat(in("log/audit-2026-02.log"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	add(START + 4 * DAY);		/* a clock put back: not into the older file */
	assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
	assert_int_equal(now.head.records, 10);
	for (int i = 0; i < AUDIT_SEAL_EVERY + 1; i++)
		add(START + 50 * DAY);
	assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
	assert_int_equal(now.head.records, 11 + AUDIT_SEAL_EVERY);
	assert_int_equal(now.seals, 7);
}

/* Every other value of every byte. */
static void
test_any_byte(void **state)
{
	const struct audit_head head = begin();
	struct buf whole = slurp(in("log/" LOG));
	long tried = 0;

	(void)state;
	run("rm -rf \"$D\"/other && mkdir \"$D\"/other");
	for (size_t i = 0; i < whole.n; i++)
		for (int bit = 0; bit < 8; bit++, tried++) {
			whole.p[i] = (char)(whole.p[i] ^ (1 << bit));
			spill(in("other/" LOG), whole.p, whole.n);
			/* only the very last line end may be missing: half a line nobody was told of */
			if (verify("other", first, &head, NULL) == ERR_NONE)
				fail_msg("byte %zu, bit %d", i, bit);
			whole.p[i] = (char)(whole.p[i] ^ (1 << bit));
		}
	print_message("# %ld changed bits noticed\n", tried);
	spill(in("other/" LOG), whole.p, whole.n);
	assert_int_equal(verify("other", first, &head, NULL), ERR_NONE);
	buf_free(&whole);
}

static void
test_any_length(void **state)
{
	const struct audit_head head = begin();
	struct buf whole = slurp(in("log/" LOG));
	int alone = 0;

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		spill(in("other/" LOG), whole.p, n);
		if (verify("other", first, &head, NULL) == ERR_NONE)
			fail_msg("cut to %zu bytes", n);
		alone += verify("other", first, NULL, NULL) == ERR_NONE;
	}
	/* the control: without the head that was noted, a cut between lines is not seen */
	assert_true(alone > 0);
	buf_free(&whole);
}

/* What is done to the lines, by a command with awk or sed; line 1 is the beginning, 4 the first seal. */
static void
test_lines(void **state)
{
	static const struct {
		const char *name, *command;
	} cases[] = {
		{ "one left out", "sed -i 3d \"$D/other/$L\"" },
		{ "a seal left out", "sed -i 4d \"$D/other/$L\"" },
		{ "an epoch left out", "sed -i 4,6d \"$D/other/$L\"" },
		{ "two exchanged", "sed -i '2{h;d};3G' \"$D/other/$L\"" },
		{ "one twice", "sed -i 3p \"$D/other/$L\"" },
		{ "the first one gone", "sed -i 1d \"$D/other/$L\"" },
		{ "only the seals", "sed -i -n '/begin\\|seal/p' \"$D/other/$L\"" },
		{ "all behind the second seal gone", "sed -i '8,$d' \"$D/other/$L\"" },
		{ "a line of something else", "sed -i '3i hello' \"$D/other/$L\"" },
		{ "an empty line", "sed -i '3i\\\\' \"$D/other/$L\"" },
	};
	const struct audit_head head = begin();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		run("cp \"$D/log/$L\" \"$D/other/$L\"");
		run(cases[i].command);
		assert_int_equal(verify("other", first, &head, NULL), ERR_INTEGRITY);
	}
}

/* Somebody who holds the machine, its present key and all, writes it anew. */
static void
test_made_anew(void **state)
{
	const struct audit_head head = begin();
	char noted[AUDIT_KEY_HEX];

	(void)state;
	memcpy(noted, first, sizeof(noted));
	run("mv \"$D\"/log \"$D\"/mine");
	begin();
	/* another log, whole in itself */
	assert_int_equal(verify("log", NULL, NULL, NULL), ERR_NONE);
	assert_int_equal(verify("log", noted, NULL, NULL), ERR_INTEGRITY);
	assert_int_equal(verify("log", NULL, &head, NULL), ERR_INTEGRITY);
	/* its lines behind those of ours */
	run("head -n 6 \"$D/mine/$L\" >\"$D/other/$L\"");
	run("tail -n +7 \"$D/log/$L\" >>\"$D/other/$L\"");
	assert_int_equal(verify("other", noted, NULL, NULL), ERR_INTEGRITY);
	run("rm -rf \"$D\"/mine");
}

static void
test_crashes(void **state)
{
	static const char *const left[] = { "half a line", "half a new key, no seal" };

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		const struct audit_head head = begin();
		struct audit_state now;

		print_message("# %s\n", left[i]);
		if (i == 0)
			run("printf abc >>\"$D/log/$L\"");
		else
			spill(in("log/audit.key.new"), "half a key", 10);
		add(START + 9 * DAY);
		assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
		assert_int_equal(now.head.records, 9);
	}
}

/* A seal cut short between its line and its key: the next append goes on with the new key. */
static void
test_seal_cut_short(void **state)
{
	static const char *const left[] = { "the old key", "a piece of it", "nothing of it" };

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		const struct audit_head head = begin();
		struct audit_state now;
		struct buf key, old = slurp(in("log/audit.key"));
		struct err e = ERR_INIT;

		print_message("# %s\n", left[i]);
		add(START + 9 * DAY);		/* makes a seal and a record */
		key = slurp(in("log/audit.key"));
		/* as it was behind the seal: no record yet, the new key beside the old one */
		run("sed -i '$d' \"$D/log/$L\"");
		spill(in("log/audit.key.new"), key.p, key.n);
		chmod(in("log/audit.key.new"), 0600);
		spill(in("log/audit.key"), old.p, i == 0 ? old.n : i == 1 ? 20 : 0);
		assert_int_equal(audit_ready(in("log"), &e), 0);
		add(START + 9 * DAY);
		add(START + 10 * DAY);
		assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
		assert_int_equal(now.head.records, 10);
		buf_free(&key);
		buf_free(&old);
	}
}

/* Not only its name is gone: the file that held the old key holds it no more. */
static void
test_old_key_is_wiped(void **state)
{
	struct buf over;

	(void)state;
	begin();
	/* another name of the file that holds it */
	run("ln \"$D/log/audit.key\" \"$D/old\"");
	add(START + 9 * DAY);
	over = slurp(in("old"));
	assert_true(over.n > 129);
	for (size_t i = over.n - 129; i < over.n - 1; i++)
		assert_int_equal(over.p[i], '0');
	run("rm \"$D/old\"");
	buf_free(&over);
}

/* A beginning that was cut short is made anew; one that was made is not. */
static void
test_begin_cut_short(void **state)
{
	static const char *const left[] = { "audit.key", "audit.begin" };
	char key[AUDIT_KEY_HEX];
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		print_message("# %s\n", left[i]);
		run("rm -rf \"$D/cut\" && mkdir -m 700 \"$D/cut\"");
		for (size_t k = 0; k <= i; k++) {
			char name[32];

			snprintf(name, sizeof(name), "cut/%s", left[k]);
			spill(in(name), "half a line", 11);
			chmod(in(name), 0600);
		}
		assert_int_equal(audit_init(in("cut"), START, key, &e), 0);
		assert_int_equal(verify("cut", key, NULL, NULL), ERR_NONE);
		assert_int_not_equal(access(in("cut/audit.begin"), F_OK), 0);
		assert_int_equal(audit_init(in("cut"), START, key, &e), -1);
		assert_int_equal(e.code, ERR_CONFIG);
		err_clear(&e);
	}
	run("rm -rf \"$D/cut\"");
}

static void
test_old_keys_are_gone(void **state)
{
	struct buf key, now;

	(void)state;
	begin();
	key = slurp(in("log/audit.key"));
	add(START + 9 * DAY);
	now = slurp(in("log/audit.key"));
	assert_int_equal(key.n, now.n);
	assert_memory_not_equal(key.p + key.n - 129, now.p + now.n - 129, 128);
	assert_int_not_equal(access(in("log/audit.key.new"), F_OK), 0);
	buf_free(&key);
	buf_free(&now);
}

static void
test_several_processes(void **state)
{
	enum { PROCESSES = 4, EACH = 25 };
	struct audit_state now;

	(void)state;
	begin();
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			for (int n = 0; n < EACH; n++)
				add(START + 9 * DAY);
			_exit(0);
		}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(verify("log", first, NULL, &now), ERR_NONE);
	assert_int_equal(now.head.records, 8 + PROCESSES * EACH);
}

static void
test_refused(void **state)
{
	char key[AUDIT_KEY_HEX];
	struct err e = ERR_INIT;
	struct audit_head head;

	(void)state;
	begin();
	assert_int_equal(audit_init(in("log"), START, key, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	err_clear(&e);
	assert_int_equal(try_add("nowhere", record, START, &head), ERR_DISK);
	chmod(in("log/audit.key"), 0644);
	assert_int_equal(try_add("log", record, START, &head), ERR_PERMISSION);
	assert_int_equal(verify("other2", first, NULL, NULL), ERR_CONFIG);
}

/* More than one seal's worth at once; the head is what a walk finds. */
static void
test_many_at_once(void **state)
{
	enum { MANY = 3 * AUDIT_SEAL_EVERY };
	struct span json[MANY];
	struct err e = ERR_INIT;
	struct audit_head head;
	struct audit_state now;

	(void)state;
	begin();
	for (int i = 0; i < MANY; i++)
		json[i] = (struct span){ (const uint8_t *)record, sizeof(record) - 1 };
	assert_int_equal(audit_add(in("log"), json, MANY, START + 9 * DAY, NULL, &head, &e), 0);
	assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
	assert_int_equal(now.head.records, 8 + MANY);
	assert_int_equal(now.seals, 3 + 3);
	assert_int_equal(head.records, now.head.records);
	assert_string_equal(head.chain, now.head.chain);
}

/* A month's file that a crash left without its first line. */
static void
test_month_cut_short(void **state)
{
	struct audit_state now;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct audit_head head = begin();

		spill(in("log/audit-2026-02.log"), "half", i == 0 ? 0 : 4);
		assert_int_equal(verify("log", first, &head, NULL), ERR_NONE);
		add(START + 40 * DAY);
		add(START + 70 * DAY);
		assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
		assert_int_equal(now.head.records, 10);
	}
}

static void
purge(const char *month, long long want)
{
	struct err e = ERR_INIT;
	long long n;

	assert_int_equal(audit_purge(in("log"), month, &n, &e), 0);
	assert_int_equal(n, want);
}

static void
test_purge(void **state)
{
	const struct audit_head head = begin();
	struct audit_state now;
	struct buf left;

	(void)state;
	add(START + 40 * DAY);
	/* what is too young: noticed, whatever the log says of it */
	run("cp -r \"$D\"/log \"$D\"/mine");
	purge("2026-02", 8);
	assert_int_equal(verify("log", first, NULL, NULL), ERR_INTEGRITY);
	assert_int_equal(try_add("log", "{\"log_purged_before\":\"2026-02\"}", START + 41 * DAY,
	    &now.head), ERR_NONE);
	assert_int_equal(verify("log", first, NULL, NULL), ERR_INTEGRITY);
	run("rm -rf \"$D\"/log; mv \"$D\"/mine \"$D\"/log");
	/* three years on */
	assert_int_equal(try_add("log", "{\"log_purged_before\":\"2026-02\"}", START + 1130 * DAY,
	    &now.head), ERR_NONE);
	assert_int_equal(verify("log", first, &head, NULL), ERR_NONE);
	purge("2026-02", 8);
	purge("2026-02", 0);
	left = slurp(in("log/" LOG));
	assert_null(memmem(left.p, left.n, "insured", 7));
	buf_free(&left);
	assert_int_equal(verify("log", first, &head, &now), ERR_NONE);
	assert_int_equal(now.purged, 8);
	assert_int_equal(now.head.records, 10);
	add(START + 1131 * DAY);
	/* more than the record says */
	purge("2026-03", 1);
	assert_int_equal(verify("log", first, &head, NULL), ERR_INTEGRITY);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	setenv("D", folder, 1);
	setenv("L", LOG, 1);
	return mkdir(in("other"), 0700);
}

static int
tear_down(void **state)
{
	(void)state;
	run("rm -rf \"$D\"");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows), cmocka_unit_test(test_any_byte),
		cmocka_unit_test(test_any_length), cmocka_unit_test(test_lines),
		cmocka_unit_test(test_made_anew), cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_seal_cut_short),
		cmocka_unit_test(test_old_key_is_wiped), cmocka_unit_test(test_begin_cut_short), cmocka_unit_test(test_old_keys_are_gone),
		cmocka_unit_test(test_several_processes), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_many_at_once), cmocka_unit_test(test_month_cut_short),
		cmocka_unit_test(test_purge),
	};

	return cmocka_run_group_tests_name("audit", tests, set_up, tear_down);
}

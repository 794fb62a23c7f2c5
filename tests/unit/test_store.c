#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/key.h"
#include "store/store.h"

#define DAY 86400LL

static char folder[] = "/tmp/shikaku-store-XXXXXX";
static struct secret master, other;

static const char *
at(const char *name)
{
	static char path[4][128];
	static unsigned n;
	char *p = path[n++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static struct store *
open_store(const char *name)
{
	struct err e = ERR_INIT;
	struct store *s;

	assert_int_equal(store_open(&s, at(name), &master, &e), 0);
	return s;
}

static struct store *
new_store(const char *name)
{
	struct err e = ERR_INIT;

	for (const char *const *end = (const char *const[]){ "", "-wal", "-shm", NULL }; *end; end++) {
		char path[160];

		snprintf(path, sizeof(path), "%s%s", at(name), *end);
		unlink(path);
	}
	assert_int_equal(store_make(at(name), &master, &e), 0);
	return open_store(name);
}

static long long
add(struct store *s, const char *patient, enum store_kind kind, long long when, long long ref,
    const char *text)
{
	const struct store_entry n = { .kind = kind, .at = when, .ref = ref, .patient = patient,
		.text = text_span(text) };
	struct err e = ERR_INIT;
	long long seq = 0;

	assert_int_equal(store_add(s, &n, &seq, &e), 0);
	return seq;
}

/* All that a query gives: seq:patient:text, separated by blanks. */
static const char *
dump(struct store *s, const struct store_query *q)
{
	static struct buf b;
	struct err e = ERR_INIT;
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	buf_reset(&b);
	buf_adds(&b, "");
	assert_int_equal(store_select(s, q, &c, &e), 0);
	while ((rc = store_next(c, &x, &e)) == 1)
		buf_addf(&b, "%s%lld:%s:%.*s", b.n > 0 ? " " : "", x.seq, x.patient, (int)x.text.n,
		    (const char *)x.text.p);
	store_end(c);
	return rc == 0 ? b.p : err_name(e.code);
}

static void
fill(struct store *s)
{
	add(s, "P1", STORE_CONFIRMED, 1 * DAY, 0, "a");
	add(s, "P2", STORE_CONFIRMED, 2 * DAY, 0, "b");
	add(s, "P1", STORE_DEBT, 3 * DAY, 0, "c");
	add(s, "P2", STORE_DEBT, 4 * DAY, 0, "d");
	add(s, "P1", STORE_CLOSED, 5 * DAY, 3, "e");
	add(s, "P1", STORE_CONFIRMED, 6 * DAY, 0, "");
}

static void
test_entries(void **state)
{
	static const struct {
		const char *name;
		struct store_query q;
		const char *want;
	} cases[] = {
		{ "everything", { .kind = 0 }, "1:P1:a 2:P2:b 3:P1:c 4:P2:d 5:P1:e 6:P1:" },
		{ "one patient, newest first", { .patient = "P1", .newest_first = true },
		    "6:P1: 5:P1:e 3:P1:c 1:P1:a" },
		{ "one kind", { .kind = STORE_CONFIRMED }, "1:P1:a 2:P2:b 6:P1:" },
		{ "one patient's kind", { .patient = "P2", .kind = STORE_DEBT }, "4:P2:d" },
		{ "open debts", { .kind = STORE_DEBT, .open = true }, "4:P2:d" },
		{ "nobody", { .patient = "P" }, "" },
	};
	struct store *s = new_store("entries");
	struct store_count n;
	struct err e = ERR_INIT;

	(void)state;
	fill(s);
	store_close(s);
	s = open_store("entries");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		assert_string_equal(dump(s, &cases[i].q), cases[i].want);
	}
	assert_int_equal(store_verify(s, &e), 0);
	assert_int_equal(store_stats(s, &n, &e), 0);
	assert_int_equal(n.of_kind[STORE_CONFIRMED], 3);
	assert_int_equal(n.open_debts, 1);
	assert_int_equal(n.oldest, DAY);
	assert_int_equal(n.newest, 6 * DAY);
	store_close(s);
}

static void
test_together(void **state)
{
	struct store *s = new_store("together");
	struct err e = ERR_INIT;
	struct store_head head;

	(void)state;
	assert_int_equal(store_begin(s, &e), 0);
	fill(s);
	store_abort(s);
	assert_int_equal(store_head(s, &head, &e), 0);
	assert_int_equal(head.seq, 0);
	assert_int_equal(store_begin(s, &e), 0);
	fill(s);
	assert_int_equal(store_commit(s, &e), 0);
	assert_int_equal(store_head(s, &head, &e), 0);
	assert_int_equal(head.seq, 6);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
}

static void
sql(const char *name, const char *text)
{
	sqlite3 *d;

	assert_int_equal(sqlite3_open(at(name), &d), SQLITE_OK);
	assert_int_equal(sqlite3_exec(d, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(d);
}

/* What was done to the file without the key, and what notices it. */
static void
test_tampering(void **state)
{
	static const struct {
		const char *name, *sql;
		bool read;	/* by reading the entries, too */
	} cases[] = {
		{ "another byte sealed", "UPDATE entry SET sealed = CAST(substr(sealed, 1, 30) || x'00' ||"
		    " substr(sealed, 32) AS BLOB) WHERE seq = 2", true },
		{ "another time", "UPDATE entry SET at = at + 1 WHERE seq = 2", true },
		{ "another kind", "UPDATE entry SET kind = 2 WHERE seq = 2", true },
		{ "no kind", "UPDATE entry SET kind = 99 WHERE seq = 2", true },
		{ "another debt closed", "UPDATE entry SET ref = 4 WHERE seq = 5", true },
		{ "another patient's", "UPDATE entry SET patient = (SELECT patient FROM entry WHERE seq = 1)"
		    " WHERE seq = 2", true },
		{ "two exchanged", "UPDATE entry SET sealed = (SELECT sealed FROM entry f WHERE f.seq ="
		    " 3 - entry.seq) WHERE seq IN (1, 2)", true },
		{ "numbers exchanged", "UPDATE entry SET seq = -1 WHERE seq = 1;"
		    "UPDATE entry SET seq = 1 WHERE seq = 2; UPDATE entry SET seq = 2 WHERE seq = -1", true },
		{ "one taken out", "DELETE FROM entry WHERE seq = 3", false },
		{ "the first taken out", "DELETE FROM entry WHERE seq = 1", false },
		{ "one put in again", "INSERT INTO entry SELECT 7, kind, at, ref, patient, sealed, link"
		    " FROM entry WHERE seq = 1", true },
		{ "one emptied", "UPDATE entry SET sealed = x'' WHERE seq = 3", false },
		{ "one made to look purged", "UPDATE entry SET sealed = CAST(substr(link, 1, 16) AS BLOB)"
		    " WHERE seq = 3", false },
		{ "another link", "UPDATE entry SET link = x'00112233445566778899aabbccddeeff'"
		    " WHERE seq = 6", false },
		{ "a short link", "UPDATE entry SET link = x'00' WHERE seq = 6", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct store *s = new_store("tampered");

		fill(s);
		store_close(s);
		sql("tampered", cases[i].sql);
		s = open_store("tampered");
		print_message("# %s\n", cases[i].name);
		if (cases[i].read)
			assert_string_equal(dump(s, &(struct store_query){ .kind = 0 }), "INTEGRITY");
		assert_int_equal(store_verify(s, &e), -1);
		assert_int_equal(e.code, ERR_INTEGRITY);
		/* under new links nobody would see it any more */
		err_clear(&e);
		assert_int_equal(store_rekey(s, &other, &e), -1);
		assert_int_equal(e.code, ERR_INTEGRITY);
		store_close(s);
	}
}

/* What no look at the file alone can tell: the head does. */
static void
test_old_copy(void **state)
{
	struct store *s = new_store("old");
	struct store_head before, after;
	struct err e = ERR_INIT;

	(void)state;
	fill(s);
	assert_int_equal(store_head(s, &before, &e), 0);
	store_close(s);
	sql("old", "DELETE FROM entry WHERE seq = 6");
	s = open_store("old");
	assert_int_equal(store_verify(s, &e), 0);
	assert_int_equal(store_head(s, &after, &e), 0);
	assert_memory_not_equal(before.link, after.link, SEAL_HASH_LEN);
	assert_int_not_equal(before.seq, after.seq);
	store_close(s);
}

static void
test_another_key(void **state)
{
	struct store *s = new_store("mine"), *t;
	struct err e = ERR_INIT;

	(void)state;
	fill(s);
	assert_int_equal(store_open(&t, at("mine"), &other, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_rekey(s, &other, &e), 0);
	assert_int_equal(store_verify(s, &e), 0);
	assert_string_equal(dump(s, &(struct store_query){ .patient = "P2" }), "2:P2:b 4:P2:d");
	add(s, "P3", STORE_SEEN, 9 * DAY, 0, "f");
	store_close(s);
	assert_int_equal(store_open(&t, at("mine"), &master, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_open(&t, at("mine"), &other, &e), 0);
	assert_int_equal(store_verify(t, &e), 0);
	store_close(t);
}

/* Who has the store open while it gets another key reads nothing wrong, and writes nothing. */
static void
test_rekeyed_meanwhile(void **state)
{
	const struct store_entry n = { .kind = STORE_SEEN, .patient = "P1", .text = text_span("x") };
	struct store *s = new_store("meanwhile"), *t = open_store("meanwhile");
	struct buf text = BUF_INIT;
	struct store_head head;
	struct store_entry x;
	struct err e = ERR_INIT;

	(void)state;
	fill(s);
	assert_int_equal(store_head(t, &head, &e), 0);
	assert_int_equal(store_rekey(s, &other, &e), 0);
	assert_int_equal(store_add(t, &n, NULL, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_begin(t, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	assert_string_equal(dump(t, &(struct store_query){ .kind = 0 }), "PERMISSION");
	assert_string_equal(dump(t, &(struct store_query){ .patient = "P1" }), "PERMISSION");
	for (const char *const *p = (const char *const[]){ "P1", "P9", NULL }; *p; p++) {
		err_clear(&e);
		assert_int_equal(store_last(t, *p, STORE_DEBT, 0, &text, &x, &e), -1);
		assert_int_equal(e.code, ERR_PERMISSION);
	}
	err_clear(&e);
	assert_int_equal(store_passed(t, &head, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_head(t, &head, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_verify(t, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_verify(s, &e), 0);
	buf_free(&text);
	store_close(t);
	store_close(s);
}

/* What is written into a file that was moved away nobody would find again. */
static void
test_replaced_meanwhile(void **state)
{
	const struct store_entry n = { .kind = STORE_SEEN, .patient = "P1", .text = text_span("x") };
	struct store *s = new_store("replaced"), *t;
	struct store_head head;
	struct err e = ERR_INIT;

	(void)state;
	fill(s);
	unlink(at("its-copy"));
	assert_int_equal(store_copy(s, at("its-copy"), &e), 0);
	assert_int_equal(rename(at("replaced"), at("moved")), 0);
	for (int back = 0; back < 2; back++) {
		err_clear(&e);
		assert_int_equal(store_add(s, &n, NULL, &e), -1);
		assert_int_equal(e.code, ERR_DISK);
		err_clear(&e);
		assert_int_equal(store_head(s, &head, &e), -1);
		assert_int_equal(e.code, ERR_DISK);
		assert_string_equal(dump(s, &(struct store_query){ .patient = "P9" }), "DISK");
		if (!back)
			assert_int_equal(rename(at("its-copy"), at("replaced")), 0);
	}
	store_close(s);
	unlink(at("replaced-wal"));
	unlink(at("replaced-shm"));
	t = open_store("replaced");
	err_clear(&e);
	assert_int_equal(store_verify(t, &e), 0);
	store_close(t);
}

/* A folder may be a link, as homes on another disk are; the file may not. */
static void
test_links(void **state)
{
	struct store *s = new_store("linked"), *t;
	struct err e = ERR_INIT;
	char path[160];

	(void)state;
	fill(s);
	assert_int_equal(symlink(folder, at("folder")), 0);
	snprintf(path, sizeof(path), "%s/linked", at("folder"));
	assert_int_equal(store_open(&t, path, &master, &e), 0);
	add(t, "P1", STORE_SEEN, DAY, 0, "x");
	store_close(t);
	snprintf(path, sizeof(path), "%s/made", at("folder"));
	assert_int_equal(store_make(path, &master, &e), 0);
	assert_int_equal(symlink("linked", at("link")), 0);
	assert_int_equal(store_open(&t, at("link"), &master, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	store_close(s);
}

/* Another that writes and writes: as if it could not be written, and worth another try. */
static void
test_busy(void **state)
{
	const struct store_entry n = { .kind = STORE_SEEN, .patient = "P1", .text = text_span("x") };
	struct store *s = new_store("busy"), *t = open_store("busy");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(store_begin(s, &e), 0);
	assert_int_equal(store_add(t, &n, NULL, &e), -1);
	assert_int_equal(e.code, ERR_DISK);
	store_close(t);
	store_close(s);
}

static void
test_no_store(void **state)
{
	struct err e = ERR_INIT;
	struct store *s;
	FILE *f;

	(void)state;
	assert_int_equal(store_open(&s, at("nowhere"), &master, &e), -1);
	assert_int_equal(e.code, ERR_DISK);
	err_clear(&e);
	assert_non_null(f = fopen(at("text"), "w"));
	for (int i = 0; i < 1000; i++)
		fputs("no database\n", f);
	fclose(f);
	chmod(at("text"), 0600);
	assert_int_equal(store_open(&s, at("text"), &master, &e), -1);
	assert_int_equal(e.code, ERR_INTEGRITY);
	err_clear(&e);
	store_close(new_store("wide"));
	chmod(at("wide"), 0640);
	assert_int_equal(store_open(&s, at("wide"), &master, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(store_make(at("wide"), &master, &e), -1);
	assert_int_equal(e.code, ERR_DISK);
}

/* Whether a file of the store holds these bytes. */
static bool
holds(const char *name, const char *end, const char *what)
{
	char path[160];
	static char all[1 << 20];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", at(name), end);
	if ((f = fopen(path, "r")) == NULL)
		return false;
	n = fread(all, 1, sizeof(all), f);
	fclose(f);
	return memmem(all, n, what, strlen(what)) != NULL;
}

static void
test_purge(void **state)
{
	struct store *s = new_store("purged");
	struct store_count n;
	struct err e = ERR_INIT;
	long long gone;

	(void)state;
	fill(s);
	add(s, "P3", STORE_DEBT, 1 * DAY, 0, "g");
	assert_int_equal(store_purge(s, &(struct store_purge){ STORE_CONFIRMED, 2 * DAY + 1, 0 },
	    9 * DAY, &gone, &e), 0);
	assert_int_equal(gone, 2);
	assert_string_equal(dump(s, &(struct store_query){ .kind = STORE_CONFIRMED }), "6:P1:");
	/* an open debt stays, a closed one goes with what closed it */
	assert_int_equal(store_purge(s, &(struct store_purge){ STORE_DEBT, 8 * DAY, 0 }, 9 * DAY,
	    &gone, &e), 0);
	assert_int_equal(gone, 2);
	assert_string_equal(dump(s, &(struct store_query){ .kind = STORE_DEBT }), "4:P2:d 7:P3:g");
	/* but for those that nobody will close any more */
	assert_int_equal(store_purge(s, &(struct store_purge){ STORE_DEBT, 0, 2 * DAY }, 9 * DAY,
	    &gone, &e), 0);
	assert_int_equal(gone, 1);
	assert_int_equal(store_purge(s, &(struct store_purge){ STORE_DEBT, 0, 2 * DAY }, 9 * DAY,
	    &gone, &e), 0);
	assert_int_equal(gone, 0);
	assert_int_equal(store_verify(s, &e), 0);
	assert_int_equal(store_stats(s, &n, &e), 0);
	assert_int_equal(n.of_kind[0], 5);
	assert_int_equal(n.of_kind[STORE_PURGED], 3);
	assert_int_equal(store_rekey(s, &other, &e), 0);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	sql("purged", "UPDATE entry SET sealed = (SELECT sealed FROM entry f WHERE f.seq = 2)"
	    " WHERE seq = 1");
	assert_int_equal(store_open(&s, at("purged"), &other, &e), 0);
	assert_int_equal(store_verify(s, &e), -1);
	store_close(s);
}

static void
test_nothing_in_clear(void **state)
{
	static const char *const canary[] = { "PATIENT-CANARY", "NAME-CANARY" };
	struct store *s = new_store("canary");
	struct err e = ERR_INIT;
	long long n;

	(void)state;
	for (int i = 0; i < 50; i++)
		add(s, canary[0], STORE_CONFIRMED, DAY, 0, canary[1]);
	for (int open = 1; open >= 0; open--) {
		for (size_t i = 0; i < 2; i++)
			assert_false(holds("canary", "", canary[i]) || holds("canary", "-wal", canary[i]) ||
			    holds("canary", "-shm", canary[i]));
		if (open)
			store_close(s);
	}
	/* the control: these bytes would be found */
	sql("canary", "INSERT INTO meta VALUES ('NAME-CANARY', x'00')");
	assert_true(holds("canary", "", canary[1]) || holds("canary", "-wal", canary[1]));
	s = open_store("canary");
	assert_int_equal(store_purge(s, &(struct store_purge){ STORE_CONFIRMED, 9 * DAY, 0 }, DAY,
	    &n, &e), 0);
	assert_int_equal(n, 50);
	store_close(s);
}

/* What was sealed is nowhere in the files once it is purged. */
static void
test_purged_is_gone(void **state)
{
	struct store *s = new_store("gone");
	struct err e = ERR_INIT;
	char sealed[41];
	sqlite3_stmt *st;
	sqlite3 *d;
	long long n;

	(void)state;
	add(s, "P1", STORE_ANSWER, DAY, 0, "an answer of some length, so that there is much to find");
	assert_int_equal(sqlite3_open(at("gone"), &d), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(d, "SELECT hex(substr(sealed, 1, 20)) FROM entry", -1, &st,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	snprintf(sealed, sizeof(sealed), "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(d);
	uint8_t bytes[20];
	assert_int_equal(hex_decode(sealed, bytes, sizeof(bytes)), 0);
	for (int purged = 0; purged < 2; purged++) {
		char all[1 << 16];
		bool found = false;

		for (const char *const *end = (const char *const[]){ "", "-wal", NULL }; *end; end++) {
			char path[160];
			FILE *f;

			snprintf(path, sizeof(path), "%s%s", at("gone"), *end);
			if ((f = fopen(path, "r")) == NULL)
				continue;
			const size_t len = fread(all, 1, sizeof(all), f);
			fclose(f);
			found = found || memmem(all, len, bytes, sizeof(bytes)) != NULL;
		}
		assert_int_equal(found, !purged);
		if (!purged)
			assert_int_equal(store_purge(s, &(struct store_purge){ STORE_ANSWER, 2 * DAY, 0 },
			    DAY, &n, &e), 0);
	}
	store_close(s);
}

static void
test_several_processes(void **state)
{
	enum { PROCESSES = 4, EACH = 40 };
	struct err e = ERR_INIT;
	struct store_head head;
	struct store *s = new_store("many");

	(void)state;
	store_close(s);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			s = open_store("many");
			for (int n = 0; n < EACH; n++)
				add(s, "P1", STORE_SEEN, DAY, 0, "x");
			store_close(s);
			_exit(0);
		}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	s = open_store("many");
	assert_int_equal(store_head(s, &head, &e), 0);
	assert_int_equal(head.seq, PROCESSES * EACH);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
}

static void
test_copy(void **state)
{
	struct store *s = new_store("whole"), *t;
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	fill(s);
	unlink(at("copy"));
	assert_int_equal(store_copy(s, at("copy"), &e), 0);
	assert_int_equal(stat(at("copy"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	t = open_store("copy");
	assert_int_equal(store_verify(t, &e), 0);
	assert_string_equal(dump(t, &(struct store_query){ .kind = STORE_DEBT }), "3:P1:c 4:P2:d");
	store_close(t);
	assert_int_equal(store_copy(s, at("copy"), &e), -1);
	assert_int_equal(e.code, ERR_DISK);
	store_close(s);
}

/* The last of a patient and a kind, up to an entry: as "SEQ:TEXT", or "-". */
static const char *
last(struct store *s, const char *patient, enum store_kind kind, long long upto)
{
	static char said[64];
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct store_entry x;
	const int rc = store_last(s, patient, kind, upto, &text, &x, &e);

	assert_true(rc >= 0);
	if (rc == 1)
		snprintf(said, sizeof(said), "%lld:%.*s", x.seq, (int)x.text.n, (const char *)x.text.p);
	buf_free(&text);
	return rc == 1 ? said : "-";
}

static void
test_last(void **state)
{
	struct store *s = new_store("last");
	struct err e = ERR_INIT;
	long long open = -1;

	(void)state;
	assert_string_equal(last(s, "P1", STORE_CONFIRMED, 0), "-");
	fill(s);
	assert_string_equal(last(s, "P1", STORE_CONFIRMED, 0), "6:");
	assert_string_equal(last(s, "P1", STORE_CONFIRMED, 6), "6:");
	assert_string_equal(last(s, "P1", STORE_CONFIRMED, 5), "1:a");
	assert_string_equal(last(s, "P2", STORE_CONFIRMED, 1), "-");
	assert_string_equal(last(s, "P2", STORE_DEBT, 0), "4:d");
	assert_string_equal(last(s, "P3", STORE_DEBT, 0), "-");
	assert_int_equal(store_open_debts(s, &open, &e), 0);
	assert_int_equal(open, 1);
	/* what was given up is none, nor is its number used up */
	assert_int_equal(store_begin(s, &e), 0);
	add(s, "P3", STORE_DEBT, 7 * DAY, 0, "g");
	assert_string_equal(last(s, "P3", STORE_DEBT, 0), "7:g");
	store_abort(s);
	assert_string_equal(last(s, "P3", STORE_DEBT, 0), "-");
	assert_int_equal(add(s, "P3", STORE_DEBT, 7 * DAY, 0, "h"), 7);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
}

static void
write_name(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "left", 4), 4);
	close(fd);
}

/* What an earlier run left half made is no hindrance; the log of another store is one. */
static void
test_left_over(void **state)
{
	struct err e = ERR_INIT;
	struct store *s;

	(void)state;
	write_name(at("left.part"));
	write_name(at("left.part-wal"));
	assert_int_equal(store_make(at("left"), &master, &e), 0);
	assert_int_equal(access(at("left.part"), F_OK), -1);
	assert_int_equal(access(at("left.part-wal"), F_OK), -1);
	s = open_store("left");
	assert_int_equal(store_verify(s, &e), 0);
	write_name(at("beside-wal"));
	assert_int_equal(store_copy(s, at("beside"), &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_int_equal(access(at("beside"), F_OK), -1);
	store_close(s);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		enum err_code want;
	} cases[] = {
		{ "empty", "", 0600, ERR_INTEGRITY },
		{ "no line end", "shikaku-key-1 plain 00", 0600, ERR_INTEGRITY },
		{ "another file", "a text\n", 0600, ERR_INTEGRITY },
		{ "too short", "shikaku-key-1 plain 0011\n", 0600, ERR_INTEGRITY },
		{ "sealed cut", "shikaku-key-1 argon2id 00112233\n", 0600, ERR_INTEGRITY },
		{ "for others", "shikaku-key-1 plain 0011\n", 0640, ERR_PERMISSION },
	};
	struct secret pass, wrong, made, got;
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f;

		print_message("# %s\n", cases[i].name);
		err_clear(&e);
		assert_non_null(f = fopen(at("badkey"), "w"));
		fputs(cases[i].text, f);
		fclose(f);
		chmod(at("badkey"), cases[i].mode);
		assert_int_equal(key_read(at("badkey"), NULL, &got, &e), -1);
		assert_int_equal(e.code, cases[i].want);
	}
	err_clear(&e);
	assert_int_equal(key_make(at("key"), NULL, &made, &e), 0);
	assert_int_equal(key_wants_passphrase(at("key"), &e), 0);
	assert_int_equal(key_read(at("key"), NULL, &got, &e), 0);
	assert_memory_equal(made.p, got.p, SEAL_KEY_LEN);
	secret_free(&made);
	secret_free(&got);
	assert_int_equal(key_make(at("key"), NULL, &made, &e), -1);
	assert_int_equal(e.code, ERR_DISK);
	err_clear(&e);
	assert_int_equal(secret_new(&pass, 14, &e), 0);
	memcpy(pass.p, "thirteen chars", 14);
	assert_int_equal(secret_new(&wrong, 14, &e), 0);
	assert_int_equal(key_make(at("key2"), &pass, &made, &e), 0);
	assert_int_equal(key_wants_passphrase(at("key2"), &e), 1);
	assert_int_equal(key_read(at("key2"), &pass, &got, &e), 0);
	assert_memory_equal(made.p, got.p, SEAL_KEY_LEN);
	secret_free(&got);
	assert_int_equal(key_read(at("key2"), &wrong, &got, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	err_clear(&e);
	assert_int_equal(key_read(at("key2"), NULL, &got, &e), -1);
	assert_int_equal(e.code, ERR_PERMISSION);
	secret_free(&made);
	secret_free(&pass);
	secret_free(&wrong);
}

static int
set_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	if (mkdtemp(folder) == NULL || key_make(at("master"), NULL, &master, &e) < 0 ||
	    key_make(at("other"), NULL, &other, &e) < 0)
		return -1;
	return 0;
}

static int
tear_down(void **state)
{
	char command[160];

	(void)state;
	secret_free(&master);
	secret_free(&other);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries), cmocka_unit_test(test_together),
		cmocka_unit_test(test_tampering), cmocka_unit_test(test_old_copy),
		cmocka_unit_test(test_another_key), cmocka_unit_test(test_no_store),
		cmocka_unit_test(test_rekeyed_meanwhile), cmocka_unit_test(test_replaced_meanwhile),
		cmocka_unit_test(test_links), cmocka_unit_test(test_busy),
		cmocka_unit_test(test_purge), cmocka_unit_test(test_nothing_in_clear),
		cmocka_unit_test(test_purged_is_gone), cmocka_unit_test(test_several_processes),
		cmocka_unit_test(test_copy), cmocka_unit_test(test_last),
		cmocka_unit_test(test_left_over), cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests_name("store", tests, set_up, tear_down);
}

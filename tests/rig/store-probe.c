/*
 * store-probe STORE KEY KIND DAYS [REF [TEXT]]  adds an entry of P1 that is as many days old
 * store-probe append STORE KEY N GROUP     N entries, GROUP a transaction; "ack SEQ" when durable
 * store-probe bare FILE N GROUP            the same into a table of SQLite, as they are: what there is to be compared with
 * store-probe audit FOLDER N GROUP         N records of the audit log, the same; FOLDER is made if need be
 * store-probe walk FOLDER                  verifies the log: "records N"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit.h"
#include "store/db.h"
#include "store/key.h"
#include "store/store.h"

#define GROUP_MAX	1000

/* As long as what a check records. */
static const char text[] = "{\"record\":{\"confirmed_on\":\"2026-11-22\",\"copay_percent\":30,"
    "\"insurer_number\":\"06132013\",\"symbol\":\"12\",\"number\":\"345\",\"branch\":\"00\"},"
    "\"person\":{\"name\":\"A B\",\"kana\":\"A B\",\"birthdate\":\"1980-02-17\"},"
    "\"path\":\"online_card\",\"operator\":\"probe\"}";

static const struct span text_span = { (const uint8_t *)text, sizeof(text) - 1 };

static int
fail(const struct err *e)
{
	fprintf(stderr, "store-probe: %s\n", e->msg);
	return e->code == ERR_DISK ? 41 : 1;
}

static int
open_store(struct store **s, const char *path, const char *key, struct err *e)
{
	struct secret master;
	int rc;

	if (key_read(key, NULL, &master, e) < 0)
		return -1;
	rc = store_open(s, path, &master, e);
	secret_free(&master);
	return rc;
}

/* By one write, so that an acknowledgement is whole or not there. */
static int
ack(long long seq)
{
	char line[40];
	const int n = snprintf(line, sizeof(line), "ack %lld\n", seq);

	return write(STDOUT_FILENO, line, (size_t)n) == n ? 0 : -1;
}

static int
append_group(struct store *s, long n, struct err *e)
{
	const struct store_entry x = { .kind = STORE_CONFIRMED, .at = (long long)time(NULL),
		.patient = "P1", .text = text_span };
	long long seq = 0;

	if (n > 1 && store_begin(s, e) < 0)
		return -1;
	for (long i = 0; i < n; i++)
		if (store_add(s, &x, &seq, e) < 0)
			return -1;
	if (n > 1 && store_commit(s, e) < 0)
		return -1;
	return ack(seq);
}

static int
append(const char *path, const char *key, long n, long group)
{
	struct err e = ERR_INIT;
	struct store *s;

	if (open_store(&s, path, key, &e) < 0)
		return fail(&e);
	for (; n > 0; n -= group)
		if (append_group(s, group, &e) < 0)
			return fail(&e);
	store_close(s);
	return 0;
}

static int
fill_bare(struct db *d, void *ctx, struct err *e)
{
	(void)ctx;
	return db_exec(d, "CREATE TABLE entry (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
	    " at INTEGER NOT NULL, patient TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
	    "CREATE INDEX entry_patient ON entry (patient, kind, seq)", e);
}

static int
bare_group(struct db *d, struct db_row *r, long n, struct err *e)
{
	if (db_exec(d, "BEGIN IMMEDIATE", e) < 0)
		return -1;
	for (long i = 0; i < n; i++) {
		db_bind_int(r, 1, STORE_CONFIRMED);
		db_bind_int(r, 2, (long long)time(NULL));
		if (db_step(r, e) < 0)
			return -1;
		db_reset(r);
	}
	return db_exec(d, "COMMIT", e) < 0 ? -1 : ack(n);
}

static int
bare(const char *path, long n, long group)
{
	struct err e = ERR_INIT;
	struct db_row *r;
	struct db *d;
	char sql[1024];

	snprintf(sql, sizeof(sql), "INSERT INTO entry (kind, at, patient, text) VALUES (?, ?, 'P1', '%s')",
	    text);
	if (db_make(path, fill_bare, NULL, &e) < 0 || db_open(&d, path, &e) < 0 ||
	    db_prepare(d, &r, sql, &e) < 0)
		return fail(&e);
	for (; n > 0; n -= group)
		if (bare_group(d, r, group, &e) < 0)
			return fail(&e);
	db_finish(r);
	db_close(d);
	return 0;
}

static int
audit(const char *folder, long n, long group)
{
	static struct span all[GROUP_MAX];
	char first[AUDIT_KEY_HEX];
	struct err e = ERR_INIT;
	struct audit_head head;

	if (audit_init(folder, (long long)time(NULL), first, &e) < 0 && e.code != ERR_CONFIG)
		return fail(&e);
	err_clear(&e);
	for (long i = 0; i < group; i++)
		all[i] = text_span;
	for (; n > 0; n -= group)
		if (audit_add(folder, all, (size_t)group, (long long)time(NULL), NULL, &head, &e) < 0 ||
		    ack(head.records) < 0)
			return fail(&e);
	return 0;
}

static int
walk(const char *folder)
{
	struct err e = ERR_INIT;
	struct audit_state state;

	if (audit_verify(folder, NULL, NULL, NULL, &state, &e) < 0)
		return fail(&e);
	printf("records %lld\n", state.head.records);
	return 0;
}

static int
add(int argc, char **argv)
{
	struct store_entry n = { .patient = "P1", .text = { (const uint8_t *)"{}", 2 } };
	struct err e = ERR_INIT;
	struct store *s;

	n.kind = (enum store_kind)atoi(argv[3]);
	n.at = (long long)time(NULL) - 86400LL * atoll(argv[4]);
	n.ref = argc > 5 ? atoll(argv[5]) : 0;
	if (argc > 6)
		n.text = (struct span){ (const uint8_t *)argv[6], strlen(argv[6]) };
	if (open_store(&s, argv[1], argv[2], &e) < 0 || store_add(s, &n, NULL, &e) < 0)
		return fail(&e);
	store_close(s);
	return 0;
}

int
main(int argc, char **argv)
{
	const long group = argc > 4 ? atol(argv[argc - 1]) : 1;

	if (argc == 6 && strcmp(argv[1], "append") == 0 && group > 0)
		return append(argv[2], argv[3], atol(argv[4]), group);
	if (argc == 5 && strcmp(argv[1], "bare") == 0 && group > 0)
		return bare(argv[2], atol(argv[3]), group);
	if (argc == 5 && strcmp(argv[1], "audit") == 0 && group > 0 && group <= GROUP_MAX)
		return audit(argv[2], atol(argv[3]), group);
	if (argc == 3 && strcmp(argv[1], "walk") == 0)
		return walk(argv[2]);
	return argc < 5 ? 2 : add(argc, argv);
}

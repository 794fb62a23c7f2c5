#include "store/store_impl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA								\
	"BEGIN;"							\
	"PRAGMA application_id = 0x7368696b;"				\
	"PRAGMA user_version = 1;"					\
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;" \
	"CREATE TABLE entry (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"	\
	" at INTEGER NOT NULL, ref INTEGER NOT NULL, patient BLOB NOT NULL,"	\
	" sealed BLOB NOT NULL, link BLOB NOT NULL) STRICT;"		\
	"CREATE INDEX entry_patient ON entry (patient, kind, seq);"	\
	"CREATE INDEX entry_debt ON entry (seq) WHERE kind = 4;"		\
	"CREATE INDEX entry_ref ON entry (ref) WHERE ref > 0;"

static const struct span check_ad = { (const uint8_t *)"shikaku-store-1 meta", 20 };

int
store_keys(struct store_keys *k, const struct secret *master, struct err *e)
{
	if (secret_new(&k->all, KEY_USES * SEAL_KEY_LEN, e) < 0)
		return -1;
	for (uint64_t use = 0; use < KEY_DERIVED; use++)
		seal_derive(master->p, use + 1, k->all.p + use * SEAL_KEY_LEN);
	return 0;
}

/* Its statements are made when they are first wanted. */
int
store_statement(struct store *s, struct db_row **r, const char *sql, struct err *e)
{
	if (*r == NULL)
		return db_prepare(s->db, r, sql, e);
	db_reset(*r);
	return 0;
}

int
store_write_check(struct store *s, const struct store_keys *k, struct err *e)
{
	const struct span names = { store_key(k, KEY_NAMES), SEAL_KEY_LEN };
	struct buf sealed = BUF_INIT;
	struct db_row *r = NULL;
	int rc = -1;

	seal_add(&sealed, store_key(k, KEY_ROWS), check_ad, names);
	if (sealed.failed)
		err_set(e, ERR_NOMEM, "out of memory");
	else if (db_prepare(s->db, &r, "INSERT OR REPLACE INTO meta VALUES ('check', ?)", e) == 0) {
		db_bind_bytes(r, 1, (struct span){ (const uint8_t *)sealed.p, sealed.n });
		rc = db_step(r, e);
	}
	db_finish(r);
	buf_free(&sealed);
	return rc;
}

/* That it is sealed under this key; its own for names. */
static int
read_check(struct store *s, struct err *e)
{
	const char *const path = db_path(s->db);
	struct buf plain = BUF_INIT;
	int rc;

	if (store_statement(s, &s->check, "SELECT value FROM meta WHERE name = 'check'", e) < 0) {
		if (e->code == ERR_INTERNAL)	/* no such table */
			e->code = ERR_INTEGRITY;
		return -1;
	}
	rc = db_step(s->check, e);
	if (rc == 0)
		rc = err_set(e, ERR_INTEGRITY, "%s: not a store", path);
	else if (rc == 1)
		rc = seal_open(&plain, store_key(&s->keys, KEY_ROWS), check_ad, db_bytes(s->check, 0)) == 0 &&
		    plain.n == SEAL_KEY_LEN ? 0 :
		    plain.failed ? err_set(e, ERR_NOMEM, "out of memory") :
		    err_set(e, ERR_PERMISSION, "%s: sealed under another key", path);
	if (rc == 0)
		memcpy(s->keys.all.p + KEY_NAMES * SEAL_KEY_LEN, plain.p, SEAL_KEY_LEN);
	db_reset(s->check);
	buf_free(&plain);
	return rc;
}

/* Another command may have moved the file away, or given it another key. */
static int
look_again(struct store *s, struct err *e)
{
	return db_in_place(s->db, e) < 0 ? -1 : read_check(s, e);
}

int
store_still(struct store *s, int rc, struct err *e)
{
	struct err why = ERR_INIT;

	/* store_begin() has looked, and since then nobody could */
	if (s->begun || look_again(s, &why) == 0)
		return rc;
	*e = why;
	return -1;
}

static int
fill_new(struct db *d, void *ctx, struct err *e)
{
	struct store s = { .db = d };
	int rc;

	if (store_keys(&s.keys, ctx, e) < 0)
		return -1;
	secret_random(s.keys.all.p + KEY_NAMES * SEAL_KEY_LEN, SEAL_KEY_LEN);
	rc = db_exec(d, SCHEMA, e) < 0 || store_write_check(&s, &s.keys, e) < 0 ? -1 :
	    db_exec(d, "COMMIT", e);
	secret_free(&s.keys.all);
	return rc;
}

int
store_make(const char *path, const struct secret *master, struct err *e)
{
	return db_make(path, fill_new, (void *)(uintptr_t)master, e);
}

int
store_open(struct store **out, const char *path, const struct secret *master, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (store_keys(&s->keys, master, e) == 0 && db_open(&s->db, path, e) == 0 &&
	    read_check(s, e) == 0) {
		*out = s;
		return 0;
	}
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	db_finish(s->add);
	db_finish(s->head);
	db_finish(s->last);
	db_finish(s->check);
	db_close(s->db);
	secret_free(&s->keys.all);
	buf_free(&s->text);
	free(s);
}

int
store_begin(struct store *s, struct err *e)
{
	/* before anything is read, so that what is read is still so when it is written */
	if (db_exec(s->db, "BEGIN IMMEDIATE", e) < 0)
		return -1;
	s->begun = true;
	if (look_again(s, e) == 0 && store_head(s, &s->at, e) == 0)
		return 0;
	store_abort(s);
	return -1;
}

int
store_commit(struct store *s, struct err *e)
{
	struct err ignored = ERR_INIT;
	const int rc = db_exec(s->db, "COMMIT", e);

	if (rc < 0)
		(void)db_exec(s->db, "ROLLBACK", &ignored);
	s->begun = false;
	return rc;
}

void
store_abort(struct store *s)
{
	struct err ignored = ERR_INIT;

	if (s->begun)
		(void)db_exec(s->db, "ROLLBACK", &ignored);
	s->begun = false;
}

int
store_head(struct store *s, struct store_head *out, struct err *e)
{
	struct span link;
	int rc;

	*out = (struct store_head){ .seq = 0 };
	if (store_statement(s, &s->head,
	    "SELECT seq, link FROM entry ORDER BY seq DESC LIMIT 1", e) < 0 ||
	    (rc = db_step(s->head, e)) < 0)
		return -1;
	if (rc == 1) {
		link = db_bytes(s->head, 1);
		if (link.n != SEAL_HASH_LEN)
			rc = err_set(e, ERR_INTEGRITY, "store: entry without its link");
		else
			memcpy(out->link, link.p, SEAL_HASH_LEN);
		out->seq = db_int(s->head, 0);
	}
	db_reset(s->head);
	return store_still(s, rc < 0 ? -1 : 0, e);
}

int
store_passed(struct store *s, const struct store_head *h, struct err *e)
{
	struct db_row *r;
	struct span link;
	int rc;

	if (h->seq == 0)
		return 1;
	if (db_prepare(s->db, &r, "SELECT link FROM entry WHERE seq = ?", e) < 0)
		return -1;
	db_bind_int(r, 1, h->seq);
	if ((rc = db_step(r, e)) == 1) {
		link = db_bytes(r, 0);
		rc = link.n == SEAL_HASH_LEN && memcmp(link.p, h->link, SEAL_HASH_LEN) == 0;
	}
	db_finish(r);
	return store_still(s, rc, e);
}

void
store_pseudonym(const struct store *s, struct span name, uint8_t out[static SEAL_HASH_LEN])
{
	seal_hash(store_key(&s->keys, KEY_NAMES), name, out);
}

static int
insert(struct store *s, const struct stored *row, struct err *e)
{
	int rc;

	if (store_statement(s, &s->add, "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", e) < 0)
		return -1;
	db_bind_int(s->add, 1, row->seq);
	db_bind_int(s->add, 2, row->kind);
	db_bind_int(s->add, 3, row->at);
	db_bind_int(s->add, 4, row->ref);
	db_bind_bytes(s->add, 5, (struct span){ row->patient, SEAL_HASH_LEN });
	db_bind_bytes(s->add, 6, row->sealed);
	db_bind_bytes(s->add, 7, (struct span){ row->link, SEAL_HASH_LEN });
	rc = db_step(s->add, e);
	db_reset(s->add);
	return rc;
}

static int
append(struct store *s, const struct store_entry *n, long long *seq, struct err *e)
{
	struct stored row = { .seq = s->at.seq + 1, .kind = (int)n->kind, .at = n->at,
		.ref = n->ref };
	struct buf sealed = BUF_INIT;
	int rc = -1;

	store_patient(&s->keys, n->patient, row.patient);
	if (stored_seal(&s->keys, &row, n->patient, n->text, &sealed, e) == 0) {
		stored_link(&s->keys, s->at.link, &row);
		rc = insert(s, &row, e);
	}
	buf_free(&sealed);
	if (rc < 0)
		return -1;
	s->at.seq = row.seq;
	memcpy(s->at.link, row.link, SEAL_HASH_LEN);
	if (seq != NULL)
		*seq = row.seq;
	return 0;
}

int
store_add(struct store *s, const struct store_entry *n, long long *seq, struct err *e)
{
	if (s->begun)
		return append(s, n, seq, e);
	if (store_begin(s, e) < 0)
		return -1;
	if (append(s, n, seq, e) == 0)
		return store_commit(s, e);
	store_abort(s);
	return -1;
}

struct store_cursor {
	struct store	*store;
	struct db_row	*r;
	struct buf	 text;
};

int
store_select(struct store *s, const struct store_query *q, struct store_cursor **out,
    struct err *e)
{
	struct store_cursor *c = calloc(1, sizeof(*c));
	struct buf sql = BUF_INIT;

	*out = NULL;
	buf_adds(&sql, ROW_SELECT " WHERE " IS_KEPT);
	buf_adds(&sql, q->patient != NULL ? " AND patient = ?1" : "");
	if (q->kind != 0)	/* as it stands in the condition of an index */
		buf_addf(&sql, " AND kind = %d", q->kind);
	buf_adds(&sql, q->open ? " AND NOT " IS_CLOSED : "");
	buf_addf(&sql, " ORDER BY seq %s", q->newest_first ? "DESC" : "ASC");
	if (c == NULL || sql.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
	} else if (db_prepare(s->db, &c->r, sql.p, e) == 0) {
		c->store = s;
		if (q->patient != NULL) {
			store_patient(&s->keys, q->patient, s->patient);
			db_bind_bytes(c->r, 1, (struct span){ s->patient, SEAL_HASH_LEN });
		}
		*out = c;
	}
	buf_free(&sql);
	if (*out == NULL)
		free(c);
	return *out != NULL ? 0 : -1;
}

int
store_next(struct store_cursor *c, struct store_entry *out, struct err *e)
{
	struct stored row;
	int rc = db_step(c->r, e);

	if (rc == 1 && stored_read(c->r, &row, e) == 0 &&
	    stored_open(&c->store->keys, &row, &c->text, out, e) == 0)
		return 1;
	return store_still(c->store, rc == 1 ? -1 : rc, e);
}

void
store_end(struct store_cursor *c)
{
	if (c == NULL)
		return;
	db_finish(c->r);
	buf_free(&c->text);
	free(c);
}

int
store_last(struct store *s, const char *patient, enum store_kind kind, long long upto,
    struct buf *text, struct store_entry *out, struct err *e)
{
	struct stored row;
	uint8_t hash[SEAL_HASH_LEN];
	int rc;

	if (store_statement(s, &s->last, ROW_SELECT " WHERE " IS_KEPT " AND patient = ?1"
	    " AND kind = ?2 AND (?3 = 0 OR seq <= ?3) ORDER BY seq DESC LIMIT 1", e) < 0)
		return -1;
	store_patient(&s->keys, patient, hash);
	db_bind_bytes(s->last, 1, (struct span){ hash, sizeof(hash) });
	db_bind_int(s->last, 2, kind);
	db_bind_int(s->last, 3, upto);
	if ((rc = db_step(s->last, e)) == 1 && (stored_read(s->last, &row, e) < 0 ||
	    stored_open(&s->keys, &row, text, out, e) < 0))
		rc = -1;
	db_reset(s->last);
	return rc == 1 ? 1 : store_still(s, rc, e);
}

int
store_copy(struct store *s, const char *path, struct err *e)
{
	return db_copy(s->db, path, e);
}

#include <limits.h>
#include <string.h>

#include "store/store_impl.h"

/* Looking after a store: what it holds, whether it is whole, what may go, another key. */

int
store_open_debts(struct store *s, long long *n, struct err *e)
{
	struct db_row *r;
	int rc;

	if (db_prepare(s->db, &r, "SELECT count(*) FROM entry WHERE " IS_DEBT " AND " IS_KEPT
	    " AND NOT " IS_CLOSED, e) < 0)
		return -1;
	if ((rc = db_step(r, e)) == 1)
		*n = db_int(r, 0);
	db_finish(r);
	return rc < 0 ? -1 : 0;
}

int
store_stats(struct store *s, struct store_count *out, struct err *e)
{
	struct db_row *r;
	int rc;

	*out = (struct store_count){ .open_debts = 0 };
	if (db_prepare(s->db, &r, "SELECT iif(" IS_KEPT ", kind, 0), count(*), min(at), max(at)"
	    " FROM entry GROUP BY 1", e) < 0)
		return -1;
	while ((rc = db_step(r, e)) == 1) {
		const long long kind = db_int(r, 0), oldest = db_int(r, 2), newest = db_int(r, 3);

		if (kind < 0 || kind >= STORE_KIND_MAX) {
			rc = err_set(e, ERR_INTEGRITY, "store: entries of no kind");
			break;
		}
		out->of_kind[kind] = db_int(r, 1);
		if (kind > 0 && (out->oldest == 0 || oldest < out->oldest))
			out->oldest = oldest;
		if (kind > 0 && newest > out->newest)
			out->newest = newest;
	}
	db_finish(r);
	return rc < 0 ? -1 : store_open_debts(s, &out->open_debts, e);
}

/* What a walk along the links remembers. */
struct walk {
	struct store_head	head;
	long long		stones;		/* purged entries met */
	long long		told;		/* of which entries say that they were purged */
};

/* "n" of {"kind":...,"n":N}, as store_purge() writes it. */
static long long
told_by(const struct store_entry *x)
{
	static const char key[] = "\"n\":";
	const char *p = x->text.n > 0 ? memmem(x->text.p, x->text.n, key, sizeof(key) - 1) : NULL;
	const char *const end = (const char *)x->text.p + x->text.n;
	long long n = 0;

	if (p == NULL)
		return 0;
	for (p += sizeof(key) - 1; p < end && *p >= '0' && *p <= '9'; p++)
		n = 10 * n + (*p - '0');
	return n;
}

/* *x is what it says, unless it is purged. */
static int
check_row(struct store *s, struct walk *w, struct stored *row, struct store_entry *x,
    struct err *e)
{
	uint8_t link[SEAL_HASH_LEN], stone[SEAL_HASH_LEN];

	memcpy(link, row->link, sizeof(link));
	if (row->seq != w->head.seq + 1)
		return err_set(e, ERR_INTEGRITY, "store: entry %lld is missing", w->head.seq + 1);
	if (stored_is_purged(row)) {
		stored_stone(&s->keys, row, stone);
		if (memcmp(stone, row->sealed.p, sizeof(stone)) != 0)
			return err_set(e, ERR_INTEGRITY, "store: entry %lld was emptied", row->seq);
		w->stones++;
	} else {
		if (stored_open(&s->keys, row, &s->text, x, e) < 0)
			return -1;
		stored_link(&s->keys, w->head.link, row);
		if (memcmp(link, row->link, sizeof(link)) != 0)
			return err_set(e, ERR_INTEGRITY, "store: entry %lld does not follow %lld",
			    row->seq, w->head.seq);
		w->told += x->kind == STORE_PURGED ? told_by(x) : 0;
	}
	w->head.seq = row->seq;
	memcpy(w->head.link, link, sizeof(link));
	return 0;
}

static int
check_end(const struct walk *w, struct err *e)
{
	return w->stones == w->told ? 0 : err_set(e, ERR_INTEGRITY,
	    "store: %lld entries are purged, of %lld it is said", w->stones, w->told);
}

int
store_verify(struct store *s, struct err *e)
{
	struct walk w = { .stones = 0 };
	struct store_entry x;
	struct db_row *r;
	struct stored row;
	int rc;

	if (db_check(s->db, e) < 0 || db_prepare(s->db, &r, ROW_SELECT " ORDER BY seq", e) < 0)
		return -1;
	while ((rc = db_step(r, e)) == 1)
		if (stored_read(r, &row, e) < 0 || check_row(s, &w, &row, &x, e) < 0) {
			rc = -1;
			break;
		}
	db_finish(r);
	buf_free(&s->text);
	if (rc == 0)
		rc = check_end(&w, e);
	return store_still(s, rc, e);
}

/* Those to be purged, one after the other. */
static int
prepare_purge(struct store *s, const struct store_purge *p, struct db_row **r, struct err *e)
{
	static const char debts[] = ROW_SELECT " WHERE " IS_KEPT " AND seq > ?1 AND ((" IS_DEBT
	    " AND (at < ?4 OR EXISTS (SELECT 1 FROM entry c WHERE c.ref = entry.seq AND c.kind = 5"
	    " AND c.at < ?3))) OR " CLOSES_PURGED ")"
	    " AND ?2 = ?2 ORDER BY seq LIMIT 1";
	static const char others[] = ROW_SELECT " WHERE " IS_KEPT " AND seq > ?1 AND kind = ?2"
	    " AND at < ?3 AND ?4 = ?4 ORDER BY seq LIMIT 1";

	return db_prepare(s->db, r, p->kind == STORE_DEBT ? debts : others, e);
}

static int
update(struct store *s, const struct stored *row, struct err *e)
{
	struct db_row *r;
	int rc;

	if (db_prepare(s->db, &r, "UPDATE entry SET patient = ?, sealed = ?, link = ?"
	    " WHERE seq = ?", e) < 0)
		return -1;
	db_bind_bytes(r, 1, (struct span){ row->patient, SEAL_HASH_LEN });
	db_bind_bytes(r, 2, row->sealed);
	db_bind_bytes(r, 3, (struct span){ row->link, SEAL_HASH_LEN });
	db_bind_int(r, 4, row->seq);
	rc = db_step(r, e);
	db_finish(r);
	return rc;
}

static int
empty_row(struct store *s, struct stored *row, struct err *e)
{
	uint8_t stone[SEAL_HASH_LEN];

	stored_stone(&s->keys, row, stone);
	memset(row->patient, 0, sizeof(row->patient));
	row->sealed = (struct span){ stone, sizeof(stone) };
	return update(s, row, e);
}

static int
purge_all(struct store *s, const struct store_purge *p, long long *n, struct err *e)
{
	struct db_row *r;
	struct stored row = { .seq = 0 };
	int rc;

	if (prepare_purge(s, p, &r, e) < 0)
		return -1;
	for (;;) {
		db_bind_int(r, 1, row.seq);
		db_bind_int(r, 2, p->kind);
		db_bind_int(r, 3, p->at);
		db_bind_int(r, 4, p->open_at);
		if ((rc = db_step(r, e)) != 1)
			break;
		rc = stored_read(r, &row, e);
		db_reset(r);
		if (rc < 0 || (rc = empty_row(s, &row, e)) < 0)
			break;
		++*n;
	}
	db_finish(r);
	return rc;
}

/* What was done is done, whether or not the log still has what was overwritten: 1 if so. */
static int
clear_log(struct store *s)
{
	struct err ignored = ERR_INIT;

	return db_checkpoint(s->db, &ignored) != 0;
}

static int
tell_purge(struct store *s, const struct store_purge *p, long long now, long long n,
    struct err *e)
{
	struct buf text = BUF_INIT;
	struct store_entry x = { .kind = STORE_PURGED, .at = now, .patient = "" };
	int rc;

	buf_addf(&text, "{\"kind\":%d,\"before\":%lld,\"n\":%lld}", (int)p->kind, p->at, n);
	x.text = (struct span){ (const uint8_t *)text.p, text.n };
	rc = text.failed ? err_set(e, ERR_NOMEM, "out of memory") : store_add(s, &x, NULL, e);
	buf_free(&text);
	return rc;
}

int
store_purge(struct store *s, const struct store_purge *p, long long now, long long *n,
    struct err *e)
{
	*n = 0;
	if (store_begin(s, e) < 0)
		return -1;
	if (purge_all(s, p, n, e) < 0 || (*n > 0 && tell_purge(s, p, now, *n, e) < 0)) {
		store_abort(s);
		return -1;
	}
	if (store_commit(s, e) < 0)
		return -1;
	return *n > 0 ? clear_log(s) : 0;
}

/* One entry, once it is checked, to other keys; head is the link before, then its own. */
static int
rekey_row(struct store *s, const struct store_keys *to, struct stored *row,
    const struct store_entry *x, uint8_t head[static SEAL_HASH_LEN], struct err *e)
{
	struct buf sealed = BUF_INIT;
	uint8_t stone[SEAL_HASH_LEN];
	int rc;

	if (stored_is_purged(row)) {
		stored_link(to, head, row);
		stored_stone(to, row, stone);
		row->sealed = (struct span){ stone, sizeof(stone) };
	} else {
		store_patient(to, x->patient, row->patient);
		if (stored_seal(to, row, x->patient, x->text, &sealed, e) < 0)
			return -1;
		stored_link(to, head, row);
	}
	memcpy(head, row->link, SEAL_HASH_LEN);
	rc = update(s, row, e);
	buf_free(&sealed);
	return rc;
}

static int
rekey_all(struct store *s, const struct store_keys *to, struct err *e)
{
	uint8_t head[SEAL_HASH_LEN] = { 0 };
	struct walk w = { .stones = 0 };
	struct stored row = { .seq = LLONG_MIN };
	struct store_entry x;
	struct db_row *r;
	int rc;

	if (db_prepare(s->db, &r, ROW_SELECT " WHERE seq > ? ORDER BY seq LIMIT 1", e) < 0)
		return -1;
	for (;;) {
		struct buf kept = BUF_INIT;

		db_bind_int(r, 1, row.seq);
		if ((rc = db_step(r, e)) != 1)
			break;
		rc = stored_read(r, &row, e);
		buf_add(&kept, row.sealed.p, row.sealed.n);
		row.sealed = (struct span){ (const uint8_t *)kept.p, kept.n };
		db_reset(r);
		if (rc == 0)
			rc = kept.failed ? err_set(e, ERR_NOMEM, "out of memory") :
			    check_row(s, &w, &row, &x, e) < 0 ? -1 : rekey_row(s, to, &row, &x, head, e);
		buf_free(&kept);
		if (rc < 0)
			break;
	}
	db_finish(r);
	return rc == 0 ? check_end(&w, e) : rc;
}

int
store_rekey(struct store *s, const struct secret *master, struct err *e)
{
	struct store_keys to;

	if (store_keys(&to, master, e) < 0)
		return -1;
	memcpy(to.all.p + KEY_NAMES * SEAL_KEY_LEN, store_key(&s->keys, KEY_NAMES), SEAL_KEY_LEN);
	if (store_begin(s, e) < 0)
		goto fail;
	if (rekey_all(s, &to, e) < 0 || store_write_check(s, &to, e) < 0) {
		store_abort(s);
		goto fail;
	}
	if (store_commit(s, e) < 0)
		goto fail;
	secret_free(&s->keys.all);
	s->keys = to;
	buf_free(&s->text);
	return clear_log(s);
fail:
	secret_free(&to.all);
	return -1;
}

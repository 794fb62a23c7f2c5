#include "cli/cmd_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the log says of the store, and of the clock. */
struct walk {
	struct store_head	*store;	/* its heads since it was last made anew; owned */
	size_t			n, room;
	long long		furthest;	/* of these */
	long long		at;	/* of the record before */
	long long		back;	/* records that are older than the one before */
};

struct verify {
	struct audit_run	 run;
	const char		*key, *head;
	bool			 no_store;
	struct audit_head	 noted;
	struct walk		 walk;
	struct audit_state	 state;
	struct store		*store;		/* NULL: none, or unopened says why not */
	struct err		 unopened;
	struct store_head	 store_now;
};

static bool
is(const char *command, const char *what)
{
	return command != NULL && strcmp(command, what) == 0;
}

/* After these another chain of links begins, of another key as long as the one before. */
static int
begin_store(struct walk *w, const char *command, const struct json *store, struct err *e)
{
	const bool rekey = is(command, "store rekey");
	long long seq;

	if (!rekey && !is(command, "store init") && !is(command, "store restore"))
		return 0;
	if (rekey && js_int(store, "seq", &seq) && seq < w->furthest)
		return err_set(e, ERR_INTEGRITY, "store: given another key with %lld entries, when the "
		    "log had noted %lld: put back to an older one before", seq, w->furthest);
	w->n = 0;
	if (!rekey)
		w->furthest = 0;
	return 0;
}

static int
add_head(struct walk *w, const struct store_head *head, struct err *e)
{
	struct store_head *more;

	if (w->n > 0 && memcmp(&w->store[w->n - 1], head, sizeof(*head)) == 0)
		return 0;
	if (w->n == w->room) {
		if ((more = reallocarray(w->store, 2 * w->room + 64, sizeof(*more))) == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
		w->store = more;
		w->room = 2 * w->room + 64;
	}
	w->store[w->n++] = *head;
	if (head->seq > w->furthest)
		w->furthest = head->seq;
	return 0;
}

static int
each(void *ctx, const struct json *entry, struct err *e)
{
	const struct json *record = js_get(entry, "record"), *store = js_get(record, "store");
	const char *link = js_str(store, "link");
	struct store_head head = { .seq = 0 };
	struct walk *w = ctx;
	long long at;

	if (js_int(entry, "at", &at)) {
		w->back += at < w->at;
		w->at = at;
	}
	if (begin_store(w, js_str(record, "command"), store, e) < 0)
		return -1;
	if (!js_int(store, "seq", &head.seq) || link == NULL ||
	    hex_decode(link, head.link, SEAL_HASH_LEN) < 0)
		return 0;
	return add_head(w, &head, e);
}

/* Two histories that were written by turns: each knows where the other was. */
static int
compare_store(const struct verify *v, struct err *e)
{
	const struct walk *w = &v->walk;
	int rc;

	if (v->no_store || w->n == 0)
		return 0;
	if (v->unopened.code != ERR_NONE)
		return err_set(e, v->unopened.code, "%s", v->unopened.msg);
	if (v->store == NULL)
		return err_set(e, ERR_INTEGRITY, "store: the log noted it up to entry %lld, and there is "
		    "none (--store, or --no-store for the log alone)", w->furthest);
	for (size_t i = 0; i < w->n; i++) {
		if ((rc = store_passed(v->store, &w->store[i], e)) < 0)
			return -1;
		if (rc == 0)
			return err_set(e, ERR_INTEGRITY, "store: it never had the head of entry %lld, which the "
			    "log noted: put back to an older one, or another", w->store[i].seq);
	}
	if (v->store_now.seq > w->furthest)
		return err_set(e, ERR_INTEGRITY, "audit log: the store is %lld entries ahead of the last "
		    "record: its end was cut off, a record could not be written, or a command is still at "
		    "work (then once more)",
		    v->store_now.seq - w->furthest);
	return 0;
}

/* The log does not know yet of a rekey that was cut short: it is ended first. */
static int
open_store(struct verify *v, struct err *e)
{
	struct records_paths p;
	int lock, rc = 0;

	if (records_paths(&v->run.o, &p, e) < 0)
		return -1;
	if (access(p.store, F_OK) == 0) {
		lock = records_lock(&p, e);
		rc = lock < 0 ? -1 : records_open_locked(&v->run.o, &v->store, e);
		if (lock >= 0)
			close(lock);
	}
	records_paths_free(&p);
	return rc;
}

static int
walk(struct verify *v, struct err *e)
{
	const struct audit_reader reader = { each, &v->walk };

	/* the store first: what is recorded meanwhile is in the log then */
	if (!v->no_store && open_store(v, &v->unopened) == 0 && v->store != NULL &&
	    store_head(v->store, &v->store_now, e) < 0)
		return -1;
	if (audit_verify(v->run.folder, v->key, v->head != NULL ? &v->noted : NULL, &reader,
	    &v->state, e) < 0)
		return -1;
	return compare_store(v, e);
}

/* A sentence that begins with its subject. */
static void
claim(struct buf *b, bool ja, const char *ja_head, const char *en_head)
{
	buf_addf(b, "%s: ", ja ? ja_head : en_head);
}

static void
write_beginning(struct buf *b, const struct verify *v, bool ja)
{
	claim(b, ja, "始まり", "Beginning");
	if (v->key != NULL)
		buf_adds(b, ja ? "控えの鍵で始まっています。\n" : "with the key that was noted.\n");
	else
		buf_addf(b, ja ? "鍵は %s\n  控えと比べてください(--key)。丸ごと作り直されたログは、これだけではわかりません。\n" :
		    "with key %s\n  Compare it with the one noted (--key): that the log was not made anew as a\n"
		    "  whole is not shown by this.\n", v->state.first);
}

static void
write_seals(struct buf *b, const struct audit_state *s, bool ja)
{
	const long long tail = s->head.records - s->sealed;

	claim(b, ja, "封印", "Seals");
	if (s->sealed > 0)
		buf_addf(b, ja ? "%lld件目までは、署名した鍵がもうないので、だれにも作り直せません。\n" :
		    "up to record %lld nobody can make it anew: the keys that signed are gone.\n", s->sealed);
	else
		buf_adds(b, ja ? "まだありません。\n" : "none yet.\n");
	if (tail > 0)
		buf_addf(b, ja ? "  その後の%lld件は、この機械を自由にできる人なら書き換えられます。\n" :
		    "  The %lld behind could be rewritten by whoever has this machine in hand.\n", tail);
}

static void
write_end(struct buf *b, const struct verify *v, bool ja)
{
	claim(b, ja, "末尾", "End");
	if (v->head != NULL)
		buf_addf(b, ja ? "控えの位置(%lld件目)を通っています。" : "it went through the place noted, record %lld.",
		    v->noted.records);
	else
		buf_adds(b, ja ? "切り取られていないことは、syslog か紙の控えと比べて(--head)確かめます。" :
		    "that it was not cut off is shown by a head from syslog or paper (--head).");
	buf_addc(b, '\n');
}

static void
write_store(struct buf *b, const struct verify *v, bool ja)
{
	claim(b, ja, "医院の記録", "Store");
	if (v->no_store)
		buf_adds(b, ja ? "比べていません(--no-store)。\n" : "not compared (--no-store).\n");
	else if (v->unopened.code != ERR_NONE)
		buf_addf(b, ja ? "開けないので比べていません(%s)。\n" : "not compared, it can not be opened (%s).\n",
		    v->unopened.msg);
	else if (v->store == NULL || v->walk.n == 0)
		buf_adds(b, ja ? "比べるものがありません。\n" : "there is nothing to compare.\n");
	else
		buf_addf(b, ja ? "ログの言う末尾(%lld件目)のとおりです。\n" :
		    "it ends where the log says, with entry %lld.\n", v->walk.furthest);
}

static void
write_claims(struct buf *b, const struct verify *v, bool ja)
{
	const struct audit_state *s = &v->state;
	char head[HEAD_TEXT_LEN + 1];

	head_text(&s->head, head);
	buf_addf(b, ja ? "記録 %lld件、封印 %lld個: 書かれたときの内容と順番のままです。\n" :
	    "%lld records, %lld seals: as they were written, in their order.\n", s->head.records,
	    s->seals);
	write_beginning(b, v, ja);
	write_seals(b, s, ja);
	write_end(b, v, ja);
	write_store(b, v, ja);
	if (s->purged > 0) {
		claim(b, ja, "消去", "Purged");
		buf_addf(b, ja ? "保存期間を過ぎた%lld件は、位置だけが残っています。\n" :
		    "of %lld records past their time only the place is left.\n", s->purged);
	}
	if (v->walk.back > 0) {
		claim(b, ja, "時計", "Clock");
		buf_addf(b, ja ? "前の記録より古い時刻の記録が%lld件あります。\n" :
		    "%lld records are older than the one before.\n", v->walk.back);
	}
	buf_addf(b, ja ? "控える位置:\n  %s\n" : "To be noted:\n  %s\n", head);
}

static void
write_json(struct buf *b, const struct verify *v)
{
	const struct audit_state *s = &v->state;
	char head[HEAD_TEXT_LEN + 1];
	struct jw w = { b, false };

	head_text(&s->head, head);
	jw_open(&w, NULL, '{');
	jw_int(&w, "records", s->head.records);
	jw_int(&w, "seals", s->seals);
	jw_int(&w, "sealed_records", s->sealed);
	jw_int(&w, "purged_records", s->purged);
	jw_str(&w, "key", s->first);
	jw_bool(&w, "key_given", v->key != NULL);
	jw_bool(&w, "head_given", v->head != NULL);
	jw_bool(&w, "store_compared", v->store != NULL && v->walk.n > 0);
	jw_int(&w, "clock_back", v->walk.back);
	jw_str(&w, "head", head);
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static int
verify(struct verify *v, struct err *e)
{
	struct buf b = BUF_INIT;
	struct logbook l;

	if (v->head != NULL && head_parse(v->head, &v->noted) < 0)
		return err_set(e, ERR_USAGE, "--head takes a head as verify prints it");
	if (v->key != NULL && (strlen(v->key) != AUDIT_KEY_HEX - 1 ||
	    v->key[strspn(v->key, "0123456789abcdef")] != '\0'))
		return err_set(e, ERR_USAGE, "--key takes a key as init prints it");
	if (walk(v, e) < 0)
		return -1;
	logbook_open(&l, &v->run.o, NULL);
	logbook_anchor(&l, &v->state.head);
	logbook_close(&l);
	if (v->run.app->json)
		write_json(&b, v);
	else
		write_claims(&b, v, v->run.app->ja);
	return cmd_print(&b, e);
}

int
audit_run_verify(struct app *app, int argc, char **argv, struct err *e)
{
	struct verify v = { .run.o = RECORDS_OPTIONS_INIT, .unopened = ERR_INIT };
	const struct opt more[] = {
		{ OPT_STRING, "key", "HEX", &v.key, T("控えた最初の公開鍵", "the first public key, as it was noted") },
		{ OPT_FLAG, "no-store", NULL, &v.no_store, T("ログだけ調べる(記録と比べない)", "the log alone, not compared with the records") },
		{ OPT_STRING, "head", "HEAD", &v.head, T("控えた位置(syslog、紙)", "a head that was noted (syslog, paper)") },
	};
	int rc = audit_run_begin(&v.run, app, more, sizeof(more) / sizeof(more[0]), argc, argv, e);

	if (rc == 0)
		rc = verify(&v, e);
	store_close(v.store);
	free(v.walk.store);
	return audit_run_end(&v.run, rc);
}

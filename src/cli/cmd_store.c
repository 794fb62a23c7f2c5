#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "cli/cmd_store.h"
#include "json/json.h"
#include "store/key.h"

/* How long entries are kept, in days: the clinic's account books are 5 years' (trust.md 3). */
#define ANSWER_DAYS	90
#define RECORD_DAYS	(5 * 365 + 2)
#define DAY_S		86400LL

int
store_run_begin(struct store_run *r, struct app *app, const struct opt *more, size_t n_more,
    int argc, char **argv, int operands, struct err *e)
{
	struct opt opts[OPT_MAX] = { RECORDS_OPTIONS(&r->o) };
	bool seen[OPT_MAX] = { false };
	size_t n = RECORDS_OPTION_COUNT;
	int rc;

	r->app = app;
	for (size_t i = 0; i < n_more; i++)
		opts[n++] = more[i];
	rc = cmd_options(app, opts, n, argc, argv, seen, e);
	if (rc < 0)
		return rc;
	if (rc != operands)
		return err_set(e, ERR_USAGE, "%s takes %d operand(s)", app->cmd->name, operands);
	if (config_read(&r->config, app->config, opts, n, seen, e) < 0 ||
	    records_paths(&r->o, &r->paths, e) < 0)
		return -1;
	return 0;
}

void
store_run_note(struct store_run *r, struct store *s, const char *command,
    const char *purged_before)
{
	const struct deed d = { .command = command, .outcome = "done",
		.purged_before = purged_before };

	r->unlogged = logbook_note(&r->o, s, &d);
}

int
store_run_end(struct store_run *r, int rc)
{
	records_paths_free(&r->paths);
	config_release(&r->config);
	return rc >= 0 && r->unlogged != 0 ? r->unlogged : rc;
}

/* The same, and whoever makes or takes a key waits until *lock is closed. */
static int
store_run_lock(struct store_run *r, struct store **s, int *lock, struct err *e)
{
	if (access(r->paths.store, F_OK) < 0)
		return err_set(e, ERR_CONFIG, "%s: %s (shikaku store init)", r->paths.store,
		    strerror(errno));
	if ((*lock = records_lock(&r->paths, e)) < 0)
		return -1;
	if (records_open_locked(&r->o, s, e) == 0)
		return 0;
	close(*lock);
	*lock = -1;
	return -1;
}

int
store_run_open(struct store_run *r, struct store **s, struct err *e)
{
	int lock;

	return store_run_lock(r, s, &lock, e) < 0 ? -1 : close(lock);
}

static int
make_key(const struct store_run *r, const char *path, struct secret *master, struct err *e)
{
	struct secret passphrase;
	int rc;

	if (!r->passphrase)
		return key_make(path, NULL, master, e);
	if (r->o.passphrase_fd < 0)
		return err_set(e, ERR_USAGE, "--passphrase needs --passphrase-fd");
	if (records_passphrase(r->o.passphrase_fd, true, &passphrase, e) < 0)
		return -1;
	rc = key_make(path, &passphrase, master, e);
	secret_free(&passphrase);
	return rc;
}

static int
say(struct store_run *r, const char *ja, const char *en, struct err *e)
{
	struct buf b = BUF_INIT;

	if (r->app->json) {
		struct jw w = { &b, false };

		jw_open(&w, NULL, '{');
		jw_str(&w, "store", r->paths.store);
		jw_str(&w, "key", r->paths.key);
		jw_close(&w, '}');
		buf_addc(&b, '\n');
	} else {
		buf_addf(&b, r->app->ja ? "%s\n  記録: %s\n  鍵:   %s\n" :
		    "%s\n  records: %s\n  key:     %s\n", r->app->ja ? ja : en, r->paths.store,
		    r->paths.key);
	}
	return cmd_print(&b, e);
}

/* At each moment a store that is there is opened by one of the two files, KEY or KEY.new. */
static int
begin_store(struct store_run *r, const char *beside, struct err *e)
{
	struct secret master;
	int rc;

	(void)unlink(beside);	/* of an init that was cut short */
	if (make_key(r, beside, &master, e) < 0)
		return -1;
	rc = store_make(r->paths.store, &master, e);
	secret_free(&master);
	if (rc == 0)
		return records_take_key(&r->o, &r->paths, "store init", NULL, e);
	/* it may be there though its folder could not be synced, and is nothing without its key */
	if (access(r->paths.store, F_OK) < 0)
		unlink(beside);
	return rc;
}

static int
init_files(struct store_run *r, struct err *e)
{
	char *beside;
	int rc;

	if (access(r->paths.store, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "%s is there already", r->paths.store);
	if (access(r->paths.key, F_OK) == 0)
		return err_set(e, ERR_DISK, "%s is there already", r->paths.key);
	if (asprintf(&beside, "%s" RECORDS_BESIDE, r->paths.key) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = begin_store(r, beside, e);
	free(beside);
	return rc;
}

#define NEW_PASSPHRASE(r) { OPT_FLAG, "passphrase", NULL, &(r)->passphrase,		\
	T("新しい鍵に合言葉を付ける(--passphrase-fd)", "the new key has a passphrase (--passphrase-fd)") }

static int
init(struct store_run *r, struct err *e)
{
	int lock, rc;

	if (records_make_folders(r->paths.store, e) < 0 ||
	    records_make_folders(r->paths.key, e) < 0 || (lock = records_lock(&r->paths, e)) < 0)
		return -1;
	rc = init_files(r, e);
	close(lock);
	return rc;
}

static int
run_init(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	const struct opt more = NEW_PASSPHRASE(&r);
	int rc = store_run_begin(&r, app, &more, 1, argc, argv, 0, e);

	if (rc == 0 && (rc = init(&r, e)) == 0)
		rc = say(&r, "記録を始めます。鍵は記録と別の場所に控えてください(ないと読めません)。",
		    "Records are kept from now on. Keep a copy of the key apart from them:\n"
		    "without it nobody can read them.", e);
	return store_run_end(&r, rc);
}

static const struct {
	const char *key;
	struct text what;
} kinds[STORE_KIND_MAX] = {
	[0] = { "purged", T("消去済み", "purged") },
	[STORE_CONFIRMED] = { "confirmed", T("確認した資格", "eligibilities confirmed") },
	[STORE_ANSWER] = { "answers", T("サービスの回答", "answers of the service") },
	[STORE_SEEN] = { "seen", T("見た書類", "documents seen") },
	[STORE_DEBT] = { "debts", T("後で確かめること", "things to be done later") },
	[STORE_CLOSED] = { "closed", T("済んだこと", "of which done") },
	[STORE_JUDGED] = { "judged", T("医院の判断", "decisions of the clinic") },
	[STORE_PURGED] = { "purges", T("消去の記録", "purges") },
};

static void
add_day(struct buf *b, long long at)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(date_of_unix_jst(at), iso);
	buf_adds(b, iso);
}

static void
print_stats(struct buf *b, const struct store_count *n, bool ja)
{
	for (int k = 1; k <= STORE_KIND_MAX; k++) {
		const int kind = k % STORE_KIND_MAX;
		const char *const what = ja ? kinds[kind].what.ja : kinds[kind].what.en;

		buf_addf(b, "%8lld  %s", n->of_kind[kind], what);
		if (kind == STORE_DEBT)
			buf_addf(b, ja ? "(うち未了 %lld)" : " (%lld open)", n->open_debts);
		buf_addc(b, '\n');
	}
	if (n->oldest == 0)
		return;
	buf_adds(b, ja ? "期間: " : "from ");
	add_day(b, n->oldest);
	buf_adds(b, ja ? " から " : " to ");
	add_day(b, n->newest);
	buf_addc(b, '\n');
}

static void
write_stats(struct buf *b, const struct store_count *n)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	for (int kind = 0; kind < STORE_KIND_MAX; kind++)
		jw_int(&w, kinds[kind].key, n->of_kind[kind]);
	jw_int(&w, "open_debts", n->open_debts);
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static int
run_stats(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	struct buf b = BUF_INIT;
	struct store_count n;
	struct store *s = NULL;
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc == 0 && (rc = store_run_open(&r, &s, e)) == 0 && (rc = store_stats(s, &n, e)) == 0) {
		if (app->json)
			write_stats(&b, &n);
		else
			print_stats(&b, &n, app->ja);
		rc = cmd_print(&b, e);
	}
	store_close(s);
	return store_run_end(&r, rc);
}

static int
run_verify(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	struct store_head head;
	struct store *s = NULL;
	struct buf b = BUF_INIT;
	char link[2 * SEAL_HASH_LEN + 1];
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc == 0 && (rc = store_run_open(&r, &s, e)) == 0 && (rc = store_verify(s, e)) == 0 &&
	    (rc = store_head(s, &head, e)) == 0) {
		hex_encode(head.link, SEAL_HASH_LEN, link);
		if (app->json)
			buf_addf(&b, "{\"seq\":%lld,\"link\":\"%s\"}\n", head.seq, link);
		else
			buf_addf(&b, app->ja ?
			    "%lld件すべて、書かれたときのままです。古い写しとの入れ替えは、次の2つを控えと比べて確かめます。\n"
			    "  件数 %lld\n  末尾 %s\n" :
			    "All %lld entries are as they were written. Whether the file was put back to an\n"
			    "older copy is told by comparing these two with what was noted:\n"
			    "  entries %lld\n  last    %s\n", head.seq, head.seq, link);
		rc = cmd_print(&b, e);
	}
	store_close(s);
	return store_run_end(&r, rc);
}

/* What was erased, or sealed under the old key, is to be read a little longer. */
static void
tell_left(const struct store_run *r)
{
	fprintf(stderr, r->app->ja ?
	    "shikaku: 使用中のコマンドがあるため、前の内容がまだ %s-wal に残っています。ほかの shikaku がすべて終わると消えます。\n" :
	    "shikaku: others have the records open: what was there before still stands in %s-wal,\n"
	    "until the last of them ends.\n", r->paths.store);
}

static int
purge(const struct store_run *r, struct store *s, long long now, long long *total, struct err *e)
{
	const struct store_purge what[] = {
		{ STORE_ANSWER, now - ANSWER_DAYS * DAY_S, 0 },
		{ STORE_CONFIRMED, now - RECORD_DAYS * DAY_S, 0 },
		{ STORE_SEEN, now - RECORD_DAYS * DAY_S, 0 },
		{ STORE_JUDGED, now - RECORD_DAYS * DAY_S, 0 },
		/* those that are done go with the next purge after the answers' time */
		{ STORE_DEBT, now - ANSWER_DAYS * DAY_S, now - RECORD_DAYS * DAY_S },
	};

	int left = 0;

	*total = 0;
	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		long long n;
		const int rc = store_purge(s, &what[i], now, &n, e);

		if (rc < 0)
			return -1;
		left |= rc;
		*total += n;
	}
	if (left)
		tell_left(r);
	return 0;
}

/* The log says first what is to go; where it can not, nothing goes. */
static int
purge_log(struct store_run *r, struct store *s, long long now, long long *n, struct err *e)
{
	char month[AUDIT_MONTH_LEN + 1], *folder;
	int rc = 0;

	*n = 0;
	audit_purge_month(now, month);
	store_run_note(r, s, "store purge", month);
	if (records_audit(&r->o, &folder, e) < 0)
		return -1;
	if (r->unlogged == 0 && access(folder, F_OK) == 0)
		rc = audit_purge(folder, month, n, e);
	free(folder);
	return rc;
}

static int
run_purge(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	struct store *s = NULL;
	struct buf b = BUF_INIT;
	const long long now = (long long)time(NULL);
	long long n, of_log;
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc == 0 && (rc = store_run_open(&r, &s, e)) == 0 && (rc = purge(&r, s, now, &n, e)) == 0 &&
	    (rc = purge_log(&r, s, now, &of_log, e)) == 0) {
		buf_addf(&b, app->json ? "{\"purged\":%lld,\"purged_of_log\":%lld}\n" : app->ja ?
		    "%lld件を消去しました。監査ログからは%lld件\n" :
		    "%lld entries purged, %lld of the audit log\n", n, of_log);
		rc = cmd_print(&b, e);
	}
	store_close(s);
	return store_run_end(&r, rc);
}

static int
run_backup(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	struct store *s = NULL;
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 1, e);

	if (rc == 0 && (rc = store_run_open(&r, &s, e)) == 0 && (rc = store_copy(s, argv[0], e)) == 0)
		store_run_note(&r, s, "store backup", NULL);
	store_close(s);
	return store_run_end(&r, rc);
}

/* The copy is looked through before it becomes the store. */
static int
restore(struct store_run *r, const char *from, struct err *e)
{
	struct secret master;
	struct store *s = NULL;
	int rc;

	if (access(r->paths.store, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "%s is there: move it away first", r->paths.store);
	if (records_key(&r->o, r->paths.key, &master, e) < 0)
		return -1;
	rc = store_open(&s, from, &master, e);
	if (rc == 0 && (rc = store_verify(s, e)) == 0 &&
	    (rc = store_copy(s, r->paths.store, e)) == 0)
		store_run_note(r, s, "store restore", NULL);
	store_close(s);
	secret_free(&master);
	return rc;
}

static int
run_restore(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 1, e);

	return store_run_end(&r, rc < 0 ? rc : restore(&r, argv[0], e));
}

/* What the log could not say the key's taking its place would wait for. */
static int
log_ready(const struct store_run *r, struct err *e)
{
	char *folder;
	int rc;

	if (records_audit(&r->o, &folder, e) < 0)
		return -1;
	rc = access(folder, F_OK) == 0 ? audit_ready(folder, e) : 0;
	free(folder);
	return rc;
}

static int
rekey(struct store_run *r, struct store *s, struct err *e)
{
	struct secret master;
	char *beside;
	int rc;

	if (asprintf(&beside, "%s" RECORDS_BESIDE, r->paths.key) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	(void)unlink(beside);	/* of a rekey that was cut short before the store had it */
	rc = log_ready(r, e) < 0 ? -1 : make_key(r, beside, &master, e);
	if (rc == 0) {
		rc = store_rekey(s, &master, e);
		secret_free(&master);
		if (rc > 0)
			tell_left(r);
		if (rc >= 0)
			rc = records_take_key(&r->o, &r->paths, "store rekey", s, e);
	}
	free(beside);
	return rc;
}

static int
run_rekey(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	const struct opt more = NEW_PASSPHRASE(&r);
	struct store *s = NULL;
	int lock = -1, rc = store_run_begin(&r, app, &more, 1, argc, argv, 0, e);

	if (rc == 0 && (rc = store_run_lock(&r, &s, &lock, e)) == 0 && (rc = rekey(&r, s, e)) == 0)
		rc = say(&r, "鍵を替えました。控えも新しい鍵にしてください。\n"
		    "これまでの写し(backup)は前の鍵でしか読めません。いま写しを取り直すか、\n"
		    "写しを残す間は前の鍵の控えも残してください。",
		    "The key is another one. Keep a copy of the new one. Backups made until now\n"
		    "open with the old key only: make a new one now, or keep the copy of the old\n"
		    "key for as long as them.", e);
	store_close(s);
	if (lock >= 0)
		close(lock);
	return store_run_end(&r, rc);
}

static const struct cmd subs[] = {
	{ "init", "[OPTION]...",
	    T("記録と鍵のファイルを作る", "make the records and their key"), run_init, NULL },
	{ "import", "[OPTION]... LIST",
	    T("医院にある確認済みの資格を取り込む", "take in what the clinic has on file"), store_run_import, NULL },
	{ "stats", "[OPTION]...",
	    T("何が何件あるか", "what there is, and how much"), run_stats, NULL },
	{ "verify", "[OPTION]...",
	    T("書かれたときのままかを調べる", "whether all is as it was written"), run_verify, NULL },
	{ "purge", "[OPTION]...",
	    T("保存期間を過ぎたものを消す", "erase what is past its time"), run_purge, NULL },
	{ "backup", "[OPTION]... FILE",
	    T("封をしたまま写しを取る", "a copy, sealed as it is"), run_backup, NULL },
	{ "restore", "[OPTION]... FILE",
	    T("写しから戻す", "put a copy back"), run_restore, NULL },
	{ "rekey", "[OPTION]...",
	    T("鍵を新しくする", "another key"), run_rekey, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL }
};

const struct cmd cmd_store = {
	"store", "SUBCOMMAND", T("医院の記録(封をしたファイル)", "the clinic's sealed records"), cmd_run_group, subs
};

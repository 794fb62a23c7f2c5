#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/records.h"
#include "json/json.h"
#include "store/key.h"

/* How long entries are kept, in days: the clinic's account books are 5 years' (trust.md 3). */
#define ANSWER_DAYS	90
#define RECORD_DAYS	(5 * 365 + 2)
#define DAY_S		86400LL

struct run {
	struct app		*app;
	struct records_options	 o;
	struct config		 config;
	struct records_paths	 paths;
	bool			 passphrase;	/* init, rekey: the new key is to have one */
};

/* The number of operands, or -1, or -2 as cmd_options(). */
static int
begin(struct run *r, struct app *app, const struct opt *more, size_t n_more, int argc,
    char **argv, int operands, struct err *e)
{
	struct opt opts[8] = { RECORDS_OPTIONS(&r->o) };
	bool seen[OPT_MAX] = { false };
	size_t n = 3;
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
	return rc;
}

static int
end(struct run *r, int rc)
{
	records_paths_free(&r->paths);
	config_release(&r->config);
	return rc;
}

/* Here a store that is not there is an error. */
static int
open_store(struct run *r, struct store **s, struct err *e)
{
	if (access(r->paths.store, F_OK) < 0)
		return err_set(e, ERR_CONFIG, "%s: %s (shikaku store init)", r->paths.store,
		    strerror(errno));
	return records_open(&r->o, s, e);
}

/* The folder a file is to be in, and those above it. */
static int
make_folder(const char *path, struct err *e)
{
	char *copy = strdup(path);
	int rc = 0;

	if (copy == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (char *slash = strchr(copy + 1, '/'); rc == 0 && slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			rc = err_set(e, ERR_DISK, "%s: %s", copy, strerror(errno));
		*slash = '/';
	}
	free(copy);
	return rc;
}

static int
make_key(const struct run *r, const char *path, struct secret *master, struct err *e)
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
say(struct run *r, const char *ja, const char *en, struct err *e)
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

static int
init_files(struct run *r, struct err *e)
{
	struct secret master;
	int rc;

	if (make_folder(r->paths.store, e) < 0 || make_folder(r->paths.key, e) < 0)
		return -1;
	if (access(r->paths.store, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "%s is there already", r->paths.store);
	if (make_key(r, r->paths.key, &master, e) < 0)
		return -1;
	rc = store_make(r->paths.store, &master, e);
	secret_free(&master);
	if (rc < 0)
		unlink(r->paths.key);
	return rc;
}

#define NEW_PASSPHRASE(r) { OPT_FLAG, "passphrase", NULL, &(r)->passphrase,		\
	T("新しい鍵に合言葉を付ける(--passphrase-fd)", "the new key has a passphrase (--passphrase-fd)") }

static int
run_init(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	const struct opt more = NEW_PASSPHRASE(&r);
	int rc = begin(&r, app, &more, 1, argc, argv, 0, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	rc = init_files(&r, e);
	if (rc == 0)
		rc = say(&r, "記録を始めます。鍵は記録と別の場所に控えてください(ないと読めません)。",
		    "Records are kept from now on. Keep a copy of the key apart from them:\n"
		    "without it nobody can read them.", e);
	return end(&r, rc);
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
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	struct buf b = BUF_INIT;
	struct store_count n;
	struct store *s = NULL;
	int rc = begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	if ((rc = open_store(&r, &s, e)) == 0 && (rc = store_stats(s, &n, e)) == 0) {
		if (app->json)
			write_stats(&b, &n);
		else
			print_stats(&b, &n, app->ja);
		rc = cmd_print(&b, e);
	}
	store_close(s);
	return end(&r, rc);
}

static int
run_verify(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	struct store_head head;
	struct store *s = NULL;
	struct buf b = BUF_INIT;
	char link[2 * SEAL_HASH_LEN + 1];
	int rc = begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	if ((rc = open_store(&r, &s, e)) == 0 && (rc = store_verify(s, e)) == 0 &&
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
	return end(&r, rc);
}

static int
purge(struct store *s, long long now, long long *total, struct err *e)
{
	const struct store_purge what[] = {
		{ STORE_ANSWER, now - ANSWER_DAYS * DAY_S, 0 },
		{ STORE_CONFIRMED, now - RECORD_DAYS * DAY_S, 0 },
		{ STORE_SEEN, now - RECORD_DAYS * DAY_S, 0 },
		{ STORE_JUDGED, now - RECORD_DAYS * DAY_S, 0 },
		/* those that are done go with the next purge after the answers' time */
		{ STORE_DEBT, now - ANSWER_DAYS * DAY_S, now - RECORD_DAYS * DAY_S },
	};

	*total = 0;
	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		long long n;

		if (store_purge(s, &what[i], now, &n, e) < 0)
			return -1;
		*total += n;
	}
	return 0;
}

static int
run_purge(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	struct store *s = NULL;
	struct buf b = BUF_INIT;
	long long n;
	int rc = begin(&r, app, NULL, 0, argc, argv, 0, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	if ((rc = open_store(&r, &s, e)) == 0 &&
	    (rc = purge(s, (long long)time(NULL), &n, e)) == 0) {
		buf_addf(&b, app->json ? "{\"purged\":%lld}\n" : app->ja ? "%lld件を消去しました\n" :
		    "%lld entries purged\n", n);
		rc = cmd_print(&b, e);
	}
	store_close(s);
	return end(&r, rc);
}

static int
run_backup(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	struct store *s = NULL;
	int rc = begin(&r, app, NULL, 0, argc, argv, 1, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	if ((rc = open_store(&r, &s, e)) == 0)
		rc = store_copy(s, argv[0], e);
	store_close(s);
	return end(&r, rc);
}

/* The copy is looked through before it becomes the store. */
static int
restore(struct run *r, const char *from, struct err *e)
{
	struct secret master;
	struct store *s = NULL;
	int rc;

	if (access(r->paths.store, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "%s is there: move it away first", r->paths.store);
	if (records_key(&r->o, &r->paths, &master, e) < 0)
		return -1;
	rc = store_open(&s, from, &master, e);
	if (rc == 0 && (rc = store_verify(s, e)) == 0)
		rc = store_copy(s, r->paths.store, e);
	store_close(s);
	secret_free(&master);
	return rc;
}

static int
run_restore(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	int rc = begin(&r, app, NULL, 0, argc, argv, 1, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	return end(&r, restore(&r, argv[0], e));
}

/* At each moment one of the two files, KEY or KEY.new, opens the store. */
static int
rekey(struct run *r, struct store *s, struct err *e)
{
	struct secret master;
	char *path;
	int rc;

	if (asprintf(&path, "%s.new", r->paths.key) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = make_key(r, path, &master, e);
	if (rc == 0) {
		rc = store_rekey(s, &master, e);
		secret_free(&master);
		if (rc < 0)
			unlink(path);
		else if (rename(path, r->paths.key) < 0)
			rc = err_set(e, ERR_DISK, "%s: %s", r->paths.key, strerror(errno));
	}
	free(path);
	return rc;
}

static int
run_rekey(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT };
	const struct opt more = NEW_PASSPHRASE(&r);
	struct store *s = NULL;
	int rc = begin(&r, app, &more, 1, argc, argv, 0, e);

	if (rc < 0)
		return end(&r, rc == -2 ? 0 : -1);
	if ((rc = open_store(&r, &s, e)) == 0 && (rc = rekey(&r, s, e)) == 0)
		rc = say(&r, "鍵を替えました。控えも新しい鍵にしてください。",
		    "The key is another one. Keep a copy of the new one.", e);
	store_close(s);
	return end(&r, rc);
}

static const struct cmd subs[] = {
	{ "init", "[OPTION]...",
	    T("記録と鍵のファイルを作る", "make the records and their key"), run_init, NULL },
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

#include "cli/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/version.h"
#include "cli/out_error.h"

const struct cmd *const cmds[] = { &cmd_check, &cmd_decide, &cmd_batch,
	&cmd_rules, &cmd_help, NULL };

int
cmd_run(struct app *app, const char *name, int argc, char **argv, struct err *e)
{
	for (int i = 0; cmds[i] != NULL; i++)
		if (strcmp(cmds[i]->name, name) == 0) {
			app->cmd = cmds[i];
			return cmds[i]->run(app, argc, argv, e);
		}
	return err_set(e, ERR_USAGE, "no command called %.40s", name);
}

int
cmd_run_sub(struct app *app, int argc, char **argv, struct err *e)
{
	const struct cmd *group = app->cmd;

	for (const struct cmd *c = group->subs; c->name != NULL; c++)
		if (strcmp(c->name, argv[0]) == 0) {
			app->group = group;
			app->cmd = c;
			return c->run(app, argc - 1, argv + 1, e);
		}
	return err_set(e, ERR_USAGE, "%s has no subcommand %.40s", group->name, argv[0]);
}

bool
cmd_default_ja(void)
{
	static const char *const names[] = { "SHIKAKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);

		if (v == NULL || *v == '\0')
			continue;
		if (strncmp(v, "en", 2) == 0)
			return false;
		if (strncmp(v, "ja", 2) == 0 || i == 0)
			return true;
	}
	return true;
}

static int
set_language(struct app *app, const char *lang, struct err *e)
{
	if (lang == NULL)
		return 0;
	if (strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0)
		return err_set(e, ERR_USAGE, "--lang takes ja or en");
	app->ja = lang[0] == 'j';
	return 0;
}

static void
command_help(struct buf *b, const struct app *app, const struct opt *opts, size_t n)
{
	const struct cmd *c = app->cmd, *sub = c->subs;

	buf_addf(b, "%s: shikaku %s%s%s %s\n\n", app->ja ? "使い方" : "usage",
	    app->group != NULL ? app->group->name : "", app->group != NULL ? " " : "", c->name,
	    c->args);
	buf_addf(b, "%s\n\n", app->ja ? c->help.ja : c->help.en);
	for (; sub != NULL && sub->name != NULL; sub++)
		buf_addf(b, "  %-10s%s\n", sub->name, app->ja ? sub->help.ja : sub->help.en);
	buf_adds(b, c->subs != NULL ? "\n" : "");
	opt_help(b, opts, n, app->ja);
}

int
cmd_options(struct app *app, const struct opt *own, size_t n, int argc, char **argv,
    bool *seen, struct err *e)
{
	const char *lang = NULL;
	bool help = false, version = false;
	const struct opt shared[] = {
		{ OPT_FLAG, "json", NULL, &app->json, T("結果もエラーもJSONで出す", "print results and errors as JSON") },
		{ OPT_STRING, "config", "FILE", &app->config, T("設定ファイル", "configuration file") },
		{ OPT_STRING, "lang", "ja|en", &lang, T("表示する言語", "language of the texts") },
		{ OPT_FLAG, "help", NULL, &help, T("この説明", "this help") },
		{ OPT_FLAG, "version", NULL, &version, T("版を表示", "print the version") },
	};
	const size_t shares = sizeof(shared) / sizeof(shared[0]);
	struct opt all[OPT_MAX];
	struct buf b = BUF_INIT;
	int operands;

	/* also for an error in an option that stands before it */
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			app->json = true;
	if (n > 0)
		memcpy(all, own, n * sizeof(*all));
	memcpy(all + n, shared, sizeof(shared));
	operands = opt_parse(all, n + shares, argc, argv, seen, e);
	if (operands < 0 || set_language(app, lang, e) < 0)
		return -1;
	if (!help && !version)
		return operands;
	if (version)
		buf_addf(&b, "shikaku %s\n", SHIKAKU_VERSION);
	else
		command_help(&b, app, all, n + shares);
	return cmd_print(&b, e) < 0 ? -1 : -2;
}

int
cmd_print(struct buf *b, struct err *e)
{
	const bool failed = b->failed;
	const size_t n = b->n;
	const bool written = n == 0 || fwrite(b->p, 1, n, stdout) == n;

	buf_free(b);
	if (failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (!written || fflush(stdout) != 0)
		return err_set(e, ERR_DISK, "standard output cannot be written");
	return 0;
}

void
cmd_print_error(const struct app *app, const struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err ignored = ERR_INIT;

	if (!app->json) {
		buf_addf(&b, "shikaku: %s", err_text(e->code, app->ja));
		if (e->tries_left >= 0)
			buf_addf(&b, app->ja ? "(残り%d回)" : " (%d tries left)", e->tries_left);
		buf_adds(&b, "\n");
		if (e->msg[0] != '\0') {
			buf_adds(&b, "  ");
			text_add_safe(&b, e->msg);
			buf_adds(&b, "\n");
		}
		for (int i = 0; error_next(e->code, i, app->ja) != NULL; i++)
			buf_addf(&b, "  -> %s\n", error_next(e->code, i, app->ja));
		fwrite(b.p != NULL ? b.p : "", 1, b.n, stderr);
		buf_free(&b);
		return;
	}
	jw_open(&w, NULL, '{');
	out_error(&w, "error", e, app->ja);
	jw_close(&w, '}');
	buf_adds(&b, "\n");
	(void)cmd_print(&b, &ignored);
}

void
cmd_usage(struct buf *b, bool ja)
{
	buf_adds(b, ja ? "使い方: shikaku コマンド [オプション]\n\n" :
	    "usage: shikaku COMMAND [OPTION]...\n\n");
	for (int i = 0; cmds[i] != NULL; i++)
		buf_addf(b, "  %-10s%s\n", cmds[i]->name,
		    ja ? cmds[i]->help.ja : cmds[i]->help.en);
	buf_adds(b, ja ? "\nshikaku help コマンド で詳しい説明、shikaku help exit で終了コード\n" :
	    "\nshikaku help COMMAND says more; shikaku help exit lists the exit statuses\n");
}

#include "cli/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/example.h"
#include "cli/out_error.h"

#define COMMON_OPTIONS	5	/* that cmd_options() adds to a command's own */

const struct cmd *const cmds[] = { &cmd_check, &cmd_watch, &cmd_decide, &cmd_batch,
	&cmd_followup, &cmd_form, &cmd_card, &cmd_drill, &cmd_doctor, &cmd_rules, &cmd_store,
	&cmd_audit, &cmd_help, NULL };

/* Also for an error in what stands before it. */
static void
look_for_json(struct app *app, int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			app->json = true;
}

/* What printed its help or version is done. */
static int
run(const struct cmd *c, struct app *app, int argc, char **argv, struct err *e)
{
	const int rc = c->run(app, argc, argv, e);

	return rc == CMD_DONE ? 0 : rc;
}

int
cmd_run(struct app *app, const char *name, int argc, char **argv, struct err *e)
{
	for (int i = 0; cmds[i] != NULL; i++)
		if (strcmp(cmds[i]->name, name) == 0) {
			app->cmd = cmds[i];
			return run(cmds[i], app, argc, argv, e);
		}
	look_for_json(app, argc, argv);
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
			return run(c, app, argc - 1, argv + 1, e);
		}
	look_for_json(app, argc, argv);
	return err_set(e, ERR_USAGE, "%s has no subcommand %.40s", group->name, argv[0]);
}

int
cmd_run_group(struct app *app, int argc, char **argv, struct err *e)
{
	const char *const name = app->cmd->name;
	int n;

	if (argc > 0 && argv[0][0] != '-')
		return cmd_run_sub(app, argc, argv, e);
	n = cmd_options(app, NULL, 0, argc, argv, NULL, e);
	if (n < 0)
		return n;
	return err_set(e, ERR_USAGE, "%s takes a subcommand first: shikaku help %s", name, name);
}

int
cmd_describe(const struct app *app, const struct cmd *group, const struct cmd *c,
    const struct opt_sink *sink, struct err *e)
{
	struct app probe = *app;

	probe.group = group;
	probe.cmd = c;
	probe.sink = sink;
	return run(c, &probe, 0, NULL, e) < 0 ? -1 : 0;
}

struct wanted {
	const char	*name;
	bool		 found;
};

/* A command's own come first; those that all have are of one run, not of a desk. */
static void
take_wanted(void *ctx, const struct opt *opts, size_t n)
{
	struct wanted *w = ctx;

	for (size_t i = 0; i + COMMON_OPTIONS < n; i++)
		w->found = w->found || strcmp(opts[i].name, w->name) == 0;
}

bool
cmd_has_option(const char *name)
{
	struct wanted w = { name, false };
	const struct opt_sink sink = { take_wanted, &w };
	const struct app app = { .ja = true };
	struct err ignored = ERR_INIT;

	for (int i = 0; cmds[i] != NULL; i++) {
		(void)cmd_describe(&app, NULL, cmds[i], &sink, &ignored);
		for (const struct cmd *sub = cmds[i]->subs; sub != NULL && sub->name != NULL; sub++)
			(void)cmd_describe(&app, cmds[i], sub, &sink, &ignored);
	}
	return w.found;
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

#define NAME_COLUMNS	12	/* of the longest command, and two */

static void
add_line(struct buf *b, const char *before, const char *name, const struct text *help, bool ja)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s", before, name);
	help_line(b, left, (int)strlen(before) + NAME_COLUMNS, ja ? help->ja : help->en);
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
		add_line(b, "  ", sub->name, &sub->help, app->ja);
	buf_adds(b, c->subs != NULL ? "\n" : "");
	opt_help(b, opts, n, app->ja);
	example_help(b, app->group, c, app->ja);
}

int
cmd_options(struct app *app, const struct opt *own, size_t n, int argc, char **argv,
    bool *seen, struct err *e)
{
	const char *lang = NULL;
	bool help = false, version = false;
	const struct opt shared[COMMON_OPTIONS] = {
		{ OPT_FLAG, "json", NULL, &app->json, T("結果もエラーもJSONで出す", "print results and errors as JSON") },
		{ OPT_STRING, "config", "FILE", &app->config, T("設定ファイル", "configuration file") },
		{ OPT_STRING, "lang", "ja|en", &lang, T("表示する言語", "language of the texts") },
		{ OPT_FLAG, "help", NULL, &help, T("この説明", "this help") },
		{ OPT_FLAG, "version", NULL, &version, T("版を表示", "print the version") },
	};
	const size_t shares = COMMON_OPTIONS;
	struct opt all[OPT_MAX];
	struct buf b = BUF_INIT;
	int operands;

	look_for_json(app, argc, argv);
	if (n > 0)
		memcpy(all, own, n * sizeof(*all));
	memcpy(all + n, shared, sizeof(shared));
	if (app->sink != NULL) {
		app->sink->take(app->sink->ctx, all, n + shares);
		return CMD_DONE;
	}
	operands = opt_parse(all, n + shares, argc, argv, seen, e);
	/* also for an error in an option that stands behind it */
	if (lang != NULL)
		app->ja = strcmp(lang, "ja") == 0;
	if (operands < 0)
		return -1;
	if (!help && !version)
		return operands;
	if (version)
		buf_addf(&b, "shikaku %s\n", SHIKAKU_VERSION);
	else
		command_help(&b, app, all, n + shares);
	return cmd_print(&b, e) < 0 ? -1 : CMD_DONE;
}

int
cmd_print(struct buf *b, struct err *e)
{
	const bool failed = b->failed || memory_was_lost();
	const size_t n = failed ? 0 : b->n;
	const bool written = (n == 0 || fwrite(b->p, 1, n, stdout) == n) && fflush(stdout) == 0;
	const bool closed = !written && errno == EPIPE;

	buf_free(b);
	if (failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (closed)
		clearerr(stdout);
	return written || closed ? 0 :
	    err_set(e, ERR_DISK, "standard output cannot be written");
}

/* Without memory to say more: none of our texts needs an escape. */
static void
print_bare_error(const struct app *app, const struct err *e)
{
	const char *text = err_text(e->code, app->ja);

	if (app->json)
		printf("{\"error\":{\"code\":\"%s\",\"exit\":%d,\"retryable\":%s,\"text\":\"%s\","
		    "\"reason\":\"\",\"next\":[]}}\n", err_name(e->code), err_exit_status(e->code),
		    err_retryable(e->code) ? "true" : "false", text);
	else
		fprintf(stderr, "shikaku: %s\n", text);
}

void
cmd_print_error(const struct app *app, const struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	if (app->json) {
		jw_open(&w, NULL, '{');
		out_error(&w, "error", e, app->ja);
		jw_close(&w, '}');
		buf_adds(&b, "\n");
	} else {
		out_error_text(&b, e, app->ja);
	}
	if (b.failed)
		print_bare_error(app, e);
	else
		fwrite(b.p, 1, b.n, app->json ? stdout : stderr);
	fflush(stdout);
	buf_free(&b);
}

void
cmd_usage(struct buf *b, bool ja)
{
	buf_adds(b, ja ? "使い方: shikaku コマンド [オプション]\n\n" :
	    "usage: shikaku COMMAND [OPTION]...\n\n");
	for (int i = 0; cmds[i] != NULL; i++)
		add_line(b, "  ", cmds[i]->name, &cmds[i]->help, ja);
	buf_adds(b, ja ? "\nくわしくは:\n  shikaku help コマンド\n" :
	    "\nfor more:\n  shikaku help COMMAND\n");
	for (const struct cmd *c = cmd_help.subs; c->name != NULL; c++)
		add_line(b, "  shikaku help ", c->name, &c->help, ja);
}

#include "cli/cmd_help.h"

#include <string.h>

int
help_operand(struct app *app, int argc, char **argv, const char **operand, struct err *e)
{
	const int n = cmd_options(app, NULL, 0, argc, argv, NULL, e);

	*operand = n > 0 ? argv[0] : NULL;
	return n > 1 ? err_set(e, ERR_USAGE, "help %s takes one word", app->cmd->name) : n;
}

static bool
is_topic(const char *word)
{
	for (const struct cmd *c = cmd_help.subs; c->name != NULL; c++)
		if (strcmp(c->name, word) == 0)
			return true;
	return false;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	static char option[] = "--help";
	struct buf b = BUF_INIT;
	int n;

	if (argc > 0 && is_topic(argv[0]))
		return cmd_run_sub(app, argc, argv, e);
	n = cmd_options(app, NULL, 0, argc, argv, NULL, e);
	if (n < 0)
		return n;
	if (n > 0) {
		/* "help rules list" is "rules list --help" */
		char *args[] = { n > 1 ? argv[1] : option, option, NULL };

		return cmd_run(app, argv[0], n > 1 ? 2 : 1, args, e);
	}
	cmd_usage(&b, app->ja);
	return cmd_print(&b, e);
}

static const struct cmd topics[] = {
	{ "exit", "[OPTION]... [STATUS|CODE]",
	    T("終了コードの一覧、一つについて次にすること", "the exit statuses; of one, what to do next"),
	    help_exit, NULL },
	{ "warnings", "[OPTION]... [CODE]",
	    T("注意と次にすることの一覧", "the warnings and follow-ups, and what to do about them"),
	    help_warnings, NULL },
	{ "completion", "[OPTION]... bash|zsh|fish",
	    T("シェルの補完スクリプト", "the completion script of a shell"),
	    help_completion, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL },
};

const struct cmd cmd_help = {
	"help", "[COMMAND [SUBCOMMAND]]",
	T("コマンド・終了コード・注意の説明", "explain a command, the exit statuses, the warnings"),
	run, topics
};

#include <string.h>

#include "batch/note.h"
#include "batch/row.h"
#include "cli/cmd.h"
#include "rules/rulebase.h"

/* The verdicts of check, which are no errors and so not in ERR_LIST. */
static const struct {
	int		status;
	struct text	text;
} verdicts[] = {
	{ 0,  T("完了。check では保険扱い(負担割合が決まった)", "done; for check: an insured ratio was decided") },
	{ 10, T("check: 10割", "check: decided 10割 (self_pay)") },
	{ 11, T("check: 確認することが残っている", "check: more is needed (need)") },
	{ 12, T("check: 人の判断が必要", "check: a person must look (refer)") },
};

static void
help_exit(struct buf *b, bool ja)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		buf_addf(b, "%4d  %s\n", verdicts[i].status,
		    ja ? verdicts[i].text.ja : verdicts[i].text.en);
	for (int c = ERR_NONE + 1; c < ERR_MAX; c++)
		buf_addf(b, "%4d  %-21s %s\n", err_exit_status((enum err_code)c),
		    err_name((enum err_code)c), err_text((enum err_code)c, ja));
}

/* What only batch says: its own warnings, and what to bring. */
static void
help_notes(struct buf *b, const struct rulebase *rb, bool ja)
{
	for (int i = 0; i < ROW_WARNING_MAX; i++)
		if (rulebase_text(rb, row_warning_code((enum row_warning)i)) == NULL)
			buf_addf(b, "%s\n    batch: %s\n", row_warning_code((enum row_warning)i),
			    row_warning_text((enum row_warning)i, ja));
	for (int i = 0; i < CAUTION_MAX; i++)
		buf_addf(b, "%s\n    batch: %s\n", caution_code((enum caution)i),
		    caution_text((enum caution)i, ja));
	for (int i = 0; i < BRING_MAX; i++)
		buf_addf(b, "%s\n    batch bring: %s\n", bring_code((enum bring)i),
		    bring_text((enum bring)i, ja));
}

static int
help_warnings(struct buf *b, bool ja, struct err *e)
{
	struct rulebase *rb = rulebase_embedded(e);

	if (rb == NULL)
		return -1;
	for (int i = 0; i < rb->texts; i++)
		buf_addf(b, "%s\n    %s\n", rb->text[i].code, ja ? rb->text[i].ja : rb->text[i].en);
	help_notes(b, rb, ja);
	rulebase_free(rb);
	return 0;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	static char option[] = "--help";
	struct buf b = BUF_INIT;
	const int n = cmd_options(app, NULL, 0, argc, argv, NULL, e);

	if (n < 0)
		return n == -2 ? 0 : -1;
	if (n == 0) {
		cmd_usage(&b, app->ja);
	} else if (strcmp(argv[0], "exit") == 0) {
		help_exit(&b, app->ja);
	} else if (strcmp(argv[0], "warnings") == 0) {
		if (help_warnings(&b, app->ja, e) < 0)
			return -1;
	} else {
		/* "help rules list" is "rules list --help" */
		char *args[] = { n > 1 ? argv[1] : option, option, NULL };

		return cmd_run(app, argv[0], n > 1 ? 2 : 1, args, e);
	}
	return cmd_print(&b, e);
}

const struct cmd cmd_help = {
	"help", "[COMMAND [SUBCOMMAND] | exit | warnings]",
	T("コマンド・終了コード・注意の説明", "explain a command, the exit statuses, the warnings"), run, NULL
};

#include "cli/cmd_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int
audit_run_begin(struct audit_run *r, struct app *app, const struct opt *more, size_t n_more,
    int argc, char **argv, struct err *e)
{
	struct opt opts[OPT_MAX] = { RECORDS_OPTIONS(&r->o) };
	bool seen[OPT_MAX] = { false };
	int rc;

	r->app = app;
	for (size_t i = 0; i < n_more; i++)
		opts[RECORDS_OPTION_COUNT + i] = more[i];
	rc = cmd_options(app, opts, RECORDS_OPTION_COUNT + n_more, argc, argv, seen, e);
	if (rc < 0)
		return rc;
	if (rc > 0)
		return err_set(e, ERR_USAGE, "%s takes no operand", app->cmd->name);
	/* the rest is of one run */
	if (config_read(&r->config, app->config, opts, RECORDS_OPTION_COUNT, seen, e) < 0)
		return -1;
	return records_audit(&r->o, &r->folder, e);
}

int
audit_run_end(struct audit_run *r, int rc)
{
	free(r->folder);
	config_release(&r->config);
	return rc;
}

static int
run_init(struct app *app, int argc, char **argv, struct err *e)
{
	struct audit_run r = { .o = RECORDS_OPTIONS_INIT };
	char first[AUDIT_KEY_HEX];
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	int rc = audit_run_begin(&r, app, NULL, 0, argc, argv, e);

	if (rc == 0 && (rc = records_make_folders(r.folder, e)) == 0 &&
	    (rc = audit_init(r.folder, (long long)time(NULL), first, e)) == 0) {
		if (app->json) {
			jw_open(&w, NULL, '{');
			jw_str(&w, "audit_log", r.folder);
			jw_str(&w, "key", first);
			jw_close(&w, '}');
			buf_addc(&b, '\n');
		} else {
			buf_addf(&b, app->ja ?
			    "監査ログを始めます。最初の公開鍵を紙に控え、この機械とは別の所に置いてください。\n"
			    "shikaku audit verify --key で、ログが丸ごと作り直されていないことを確かめます。\n"
			    "  ログ: %s\n  鍵:   %s\n" :
			    "The audit log is kept from now on. Write the first public key down, on paper,\n"
			    "away from this machine: with shikaku audit verify --key it shows that the log\n"
			    "was not made anew as a whole.\n  log: %s\n  key: %s\n", r.folder, first);
		}
		rc = cmd_print(&b, e);
	}
	return audit_run_end(&r, rc);
}

static const struct cmd subs[] = {
	{ "init", "[OPTION]...",
	    T("監査ログを始め、最初の公開鍵を出す", "begin a log, print its first public key"), run_init, NULL },
	{ "show", "[OPTION]...",
	    T("だれが、いつ、どの患者を調べたか", "who asked about which patient, and when"), audit_run_show, NULL },
	{ "verify", "[OPTION]...",
	    T("書かれたときのままかを調べ、言えることと言えないことを出す", "whether it is as it was written, and what that does not show"), audit_run_verify, NULL },
	{ "export", "--csv [OPTION]...",
	    T("表計算や監査のためのCSV", "CSV for a spreadsheet or an auditor"), audit_run_export, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL }
};

const struct cmd cmd_audit = {
	"audit", "SUBCOMMAND", T("監査ログ: だれが何を調べたか。改ざんは見つかる", "the audit log: who asked what, tampering shows"), cmd_run_group, subs
};

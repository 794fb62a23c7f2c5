#ifndef CLI_CMD_AUDIT_H
#define CLI_CMD_AUDIT_H

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/logbook.h"

/* The subcommands of audit, and what they have in common. */
struct audit_run {
	struct app		*app;
	struct records_options	 o;
	struct config		 config;
	char			*folder;	/* of the log */
};

/* Options, configuration, folder: 0, -1, CMD_DONE as cmd_options(). */
int	audit_run_begin(struct audit_run *r, struct app *app, const struct opt *more,
	    size_t n_more, int argc, char **argv, struct err *e);
int	audit_run_end(struct audit_run *r, int rc);

int	audit_run_show(struct app *app, int argc, char **argv, struct err *e);
int	audit_run_export(struct app *app, int argc, char **argv, struct err *e);
int	audit_run_verify(struct app *app, int argc, char **argv, struct err *e);

#endif

#ifndef CLI_CMD_STORE_H
#define CLI_CMD_STORE_H

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/logbook.h"

/* What the subcommands of store share. */
struct store_run {
	struct app		*app;
	struct records_options	 o;
	struct config		 config;
	struct records_paths	 paths;
	bool			 passphrase;	/* init, rekey: the new key is to have one */
	int			 unlogged;	/* the exit status where it could not be logged */
};

/* 0 when that many operands are there; -1, or CMD_DONE, as cmd_options(). */
int	store_run_begin(struct store_run *r, struct app *app, const struct opt *more, size_t n_more,
	    int argc, char **argv, int operands, struct err *e);

/* What was done, into the audit log, before it is told; purged_before as in a deed. */
void	store_run_note(struct store_run *r, struct store *s, const char *command,
	    const char *purged_before);

/* The exit status of what ended with rc, after releasing it: what could not be logged first. */
int	store_run_end(struct store_run *r, int rc);

/* Here a store that is not there is an error. */
int	store_run_open(struct store_run *r, struct store **s, struct err *e);

/* cmd_store_import.c: store import. */
int	store_run_import(struct app *app, int argc, char **argv, struct err *e);

#endif

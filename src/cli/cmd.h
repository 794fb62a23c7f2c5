#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/opt.h"

/* What every command is given. */
struct app {
	bool		 ja;
	bool		 json;		/* --json was given: errors are objects on stdout */
	const char	*config;	/* --config FILE, or NULL */
	const struct cmd *cmd, *group;	/* group: what cmd is a subcommand of, or NULL */
	bool		 thread_left;	/* main() must end by _exit() */
	const struct opt_sink *sink;	/* see cmd_options(); NULL in every real run */
};

/* Takes a command's options, its own and the common ones, as long as the call lasts. */
struct opt_sink {
	void	(*take)(void *ctx, const struct opt *opts, size_t n);
	void	*ctx;
};

#define CMD_DONE	(-2)	/* cmd_options() did all that was asked: help, version */

/*
 * One command, one file.  run returns the exit status or CMD_DONE, or -1 with e
 * set; the error is then printed once, by main().
 */
struct cmd {
	const char	*name;
	const char	*args;
	struct text	 help;
	int		(*run)(struct app *app, int argc, char **argv, struct err *e);
	const struct cmd *subs;		/* its subcommands, the last one without a name; or NULL */
};

extern const struct cmd cmd_batch, cmd_card, cmd_check, cmd_decide, cmd_doctor, cmd_drill, cmd_form, cmd_rules;
extern const struct cmd cmd_followup, cmd_audit, cmd_store, cmd_help;
extern const struct cmd cmd_watch;
extern const struct cmd *const cmds[];	/* NULL-terminated */

/* Runs the command of that name on the arguments behind it. */
int	cmd_run(struct app *app, const char *name, int argc, char **argv, struct err *e);
/* Runs a subcommand of app->cmd, which argv[0] names. */
int	cmd_run_sub(struct app *app, int argc, char **argv, struct err *e);
/* The run of a command that only has subcommands; ERR_USAGE without one. */
int	cmd_run_group(struct app *app, int argc, char **argv, struct err *e);

/*
 * Parses a command's own options together with the common ones (--lang,
 * --help, --version, --json, --config).  Returns the number of operands left
 * in argv; -1 with e set; or CMD_DONE when help or version was printed and the
 * command is done.  seen as in opt_parse(), OPT_MAX long, or NULL.
 * With app->sink it parses nothing: the sink gets the options, and CMD_DONE.
 */
int	cmd_options(struct app *app, const struct opt *own, size_t n, int argc, char **argv,
	    bool *seen, struct err *e);

/*
 * Hands the options of a command, or of a subcommand of group (else NULL), to
 * the sink; -1 with e set.
 */
int	cmd_describe(const struct app *app, const struct cmd *group, const struct cmd *c,
	    const struct opt_sink *sink, struct err *e);

/* Whether some command has this option of its own, so that a configuration may name it. */
bool	cmd_has_option(const char *name);

/* SHIKAKU_LANG, then the locale's language, then Japanese. */
bool	cmd_default_ja(void);

/*
 * Prints the text of b to stdout and frees it; -1 with e set if that fails or
 * if a piece of it may be missing, since memory ran out once (memory.h).  A
 * reader that has seen enough and closed the pipe is no failure.
 */
int	cmd_print(struct buf *b, struct err *e);

/* The error object of the contract, or the sentence on stderr. */
void	cmd_print_error(const struct app *app, const struct err *e);

/* The general help. */
void	cmd_usage(struct buf *b, bool ja);

#endif

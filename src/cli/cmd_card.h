#ifndef CLI_CMD_CARD_H
#define CLI_CMD_CARD_H

#include "cli/cmd.h"
#include "cli/config.h"
#include "desk/card_look.h"

/*
 * The subcommands of "card", one file each.  As run of struct cmd: argv begins
 * after the subcommand's name, app->cmd is the subcommand.  None spends a PIN
 * try, and none says whose card it is.
 */
int	card_list(struct app *app, int argc, char **argv, struct err *e);
int	card_info(struct app *app, int argc, char **argv, struct err *e);
int	card_pin_status(struct app *app, int argc, char **argv, struct err *e);

/* What they share: the options, what is configured, the reader. */
struct card_run {
	struct app		*app;
	struct reader_request	 rq;
	struct opt_list		 card_ca;
	int			 timeout_s;
	struct config		 config;
	struct x509_anchors	*anchors;
	struct reader		*reader;
	long long		 deadline_ms;
};

/* 0; -1 with e set; CMD_DONE when help or version was printed.  card_end() follows whatever it was. */
int	card_begin(struct card_run *r, int argc, char **argv, struct err *e);
/* rc, or the exit status of unrecorded() where all went well but the APDU log. */
int	card_end(struct card_run *r, int rc);

int	card_left_ms(const struct card_run *r);

/* What it is, as people call it. */
const char	*card_medium_word(enum jpki_medium m, bool ja);

#endif

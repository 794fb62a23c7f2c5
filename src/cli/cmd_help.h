#ifndef CLI_CMD_HELP_H
#define CLI_CMD_HELP_H

#include "cli/cmd.h"

/*
 * The topics of "help", one file each.  As run of struct cmd: argv begins
 * behind the topic's name, app->cmd is the topic.
 */
int	help_exit(struct app *app, int argc, char **argv, struct err *e);
int	help_warnings(struct app *app, int argc, char **argv, struct err *e);
int	help_completion(struct app *app, int argc, char **argv, struct err *e);

/*
 * The one operand of a topic, NULL when none is given; returns how many there
 * are, or as cmd_options().
 */
int	help_operand(struct app *app, int argc, char **argv, const char **operand, struct err *e);

#endif

#ifndef CLI_CMD_RULES_H
#define CLI_CMD_RULES_H

#include "cli/cmd.h"
#include "rules/rulebase.h"

/*
 * The subcommands of "rules", one file each.  As run of struct cmd: argv
 * begins after the subcommand's name, app->cmd is the subcommand.
 */
int	rules_list(struct app *app, int argc, char **argv, struct err *e);
int	rules_show(struct app *app, int argc, char **argv, struct err *e);
int	rules_graph(struct app *app, int argc, char **argv, struct err *e);
int	rules_table(struct app *app, int argc, char **argv, struct err *e);
int	rules_verify(struct app *app, int argc, char **argv, struct err *e);
int	rules_diff(struct app *app, int argc, char **argv, struct err *e);

/* The rules of --rules FILE, or the embedded ones where path is NULL. */
struct rulebase *rules_open(const char *path, struct err *e);

/* The value of --OPTION as a day, today in Japan where it is NULL; -1 with e set. */
int	rules_day(const char *value, const char *option, int *day, struct err *e);

/* The stage of that name, -1 where name is NULL; -1 with e set. */
int	rules_stage(const struct rulebase *rb, const char *name, int *stage, struct err *e);

#endif

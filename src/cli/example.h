#ifndef CLI_EXAMPLE_H
#define CLI_EXAMPLE_H

#include "cli/cmd.h"

/*
 * The examples of a command, or of a subcommand of group (else NULL), as the
 * help has them behind the options: what for, and what to type.
 */
void	example_help(struct buf *b, const struct cmd *group, const struct cmd *c, bool ja);

#endif

#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/opt.h"

/*
 * The configuration file: "key = value", key one of the options given, one of
 * another command's, "mode" or "accept_statement".  An unknown or repeated key,
 * one of what is decided anew for each patient, a section, or a value that does
 * not parse is ERR_CONFIG with file and line.
 */
struct config {
	bool	test_mode;		/* mode = test; default production */
	bool	refuse_statement;	/* accept_statement = no; default yes */
	char	*path;			/* owned: the file that was read; NULL: there was none */
	char	*values[OPT_MAX];	/* owned: what options now point to */
	size_t	 n;
};

/*
 * Reads path, or without one $XDG_CONFIG_HOME/shikaku/shikaku.conf, else
 * /etc/shikaku/shikaku.conf, either of which may be missing.  Options that
 * were given on the command line (seen) stay as they are.
 */
int	config_read(struct config *c, const char *path, const struct opt *opts, size_t n,
	    const bool *seen, struct err *e);
void	config_release(struct config *c);

#endif

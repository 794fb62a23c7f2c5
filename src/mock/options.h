#ifndef MOCK_OPTIONS_H
#define MOCK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "mock/bulk.h"

#define OPTIONS_CARD_CA_MAX	16

/* The command line; texts are borrowed from argv. */
struct options {
	const char	*listen;
	const char	*tls_cert, *tls_key, *client_ca;
	const char	*card_ca[OPTIONS_CARD_CA_MAX];
	size_t		 ncard_ca;
	const char	*people;
	const char	*faults;
	const char	*stats;		/* NULL: nothing is counted */
	struct bulk_config bulk;
	long long	 latency_ms;
	long long	 ready_fd;	/* -1: none */
	bool		 plain;
	bool		 verbose;
	bool		 help;
	bool		 version;
};

/* ERR_USAGE with what is wrong; the rest is checked only without --help, --version. */
int	options_parse(struct options *o, int argc, char **argv, struct err *e);

/* Writes the help text. */
void	options_help(void);

#endif

#ifndef BATCH_KEPT_H
#define BATCH_KEPT_H

#include "batch/row.h"

/* A row with everything that it borrows: list_next() lends it only until the next one. */
struct kept {
	struct row	 row;
	struct extra	*extra;		/* of row */
	char		*text;		/* all its strings */
	size_t		 n;
};

#define KEPT_INIT { .text = NULL }

/* 0, or -1 when there is no memory. */
int	kept_copy(struct kept *k, const struct row *row);
void	kept_free(struct kept *k);	/* wipes; harmless on KEPT_INIT */

#endif

#ifndef CLI_BATCH_RECORDS_H
#define CLI_BATCH_RECORDS_H

#include "batch/run.h"
#include "cli/records.h"

/*
 * A list and the clinic's records: what was last confirmed of a patient stands
 * in for what the list leaves blank, and what the service confirms is recorded,
 * so many rows a transaction.  A store that fails is told once and then left
 * alone: the list is more urgent.
 */
#define BATCH_RECORDS_GROUP	256

struct fed;

struct batch_records {
	struct store	*store;		/* NULL: none, or it failed */
	struct err	 why;		/* the failure */
	struct json	*lent;		/* what a row borrows from */
	struct fed	*fed;		/* not written yet */
	int		 n;
	long		 added;		/* to the store */
};

#define BATCH_RECORDS_INIT { .why = ERR_INIT }

void	batch_records_open(struct batch_records *r, const struct records_options *o,
	    struct run_config *c);
void	batch_records_close(struct batch_records *r);

/* A row as it was appraised, asked about on that day; what does not hold today is left alone. */
void	batch_records_feed(struct batch_records *r, const struct row *row,
	    const struct appraisal *a, int today);

/* What was fed is on disk when it returns. */
void	batch_records_flush(struct batch_records *r, int today);

/* The exit status that a failure asks for; 0: there was none. */
int	batch_records_status(const struct batch_records *r);

#endif

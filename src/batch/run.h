#ifndef BATCH_RUN_H
#define BATCH_RUN_H

#include <signal.h>
#include <stdio.h>

#include "batch/appraise.h"
#include "batch/list.h"
#include "net/bulk.h"
#include "net/pool.h"

/*
 * A list from its first row to its last: read, asked, appraised, and handed on
 * in its order.  What came of each question is in the journal before anything
 * is made of it.  One thread; memory does not grow with the list.
 */

/* How many rows may be on their way; the journal's order depends on it. */
#define RUN_RING	1024

/* How things stand; instants are of https_clock_ms(). */
struct run_state {
	long			 rows;		/* handed on */
	long			 of_status[STATUS_MAX];
	long			 replayed;	/* answers taken from the journal */
	long			 retryable;	/* errors that another run may not have */
	long long		 bytes;		/* of the list, up to the last of these */
	bool			 bulk;
	int			 bulk_polls;
	long long		 next_poll;	/* 0: none is waited for */
	struct sender_state	 sender;
};

/* Where the rows go. */
struct run_sink {
	void	*ctx;
	/* A row, final; 0, or -1 with e set, which ends the run. */
	int	(*row)(void *ctx, const struct row *row, const struct appraisal *a, struct err *e);
	/* All rows are final: what they were made into is to be on disk when it returns. */
	int	(*end)(void *ctx, struct err *e);
	/* Now and then; what has been handed on is to be written out now. */
	int	(*tick)(void *ctx, const struct run_state *s, struct err *e);
};

/*
 * Fills in what a row of the list leaves blank, as it stood at the mark: NULL
 * for nobody.  What is filled in is good until the next row; 0, or -1 with e.
 */
struct run_filler {
	void	*ctx;
	int	(*row)(void *ctx, struct row *row, long long mark, struct err *e);
};

struct run_config {
	struct list		*list;		/* opened */
	struct run_filler	 filler;
	long long		 mark;		/* the filler's; of a resumed run, the first one's */
	const char		*journal;	/* path, or NULL for none */
	bool			 resume;
	bool			 bulk;
	size_t			 bulk_size;	/* questions of a file, 1..RUN_RING */
	struct elig_service	 service;
	struct pool_config	 pool;		/* its wake_fd for bulk, too */
	struct bulk_config	 bulk_config;
	struct appraiser	 by;		/* today: of a resumed run, the first one's */
	struct run_sink		 sink;
	int			 tick_ms;
	const volatile sig_atomic_t *stop;	/* set by Ctrl-C together with wake_fd */
};

/*
 * 0 when every row was handed on, failed ones among them; the journal is gone
 * then.  -1 with e set:
 * ERR_INTERRUPTED and whatever concerns the run as a whole (configuration, the
 * service's identity, the clinic not admitted, the disk); a run with a journal
 * can be resumed.  c->by.today and c->mark are set to those of the first run.
 */
int	run_list(struct run_config *c, struct run_state *out, struct err *e);

#endif

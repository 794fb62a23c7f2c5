#ifndef BATCH_RUN_IMPL_H
#define BATCH_RUN_IMPL_H

/* The inside of a run, for run.c and the two ways to ask. */

#include "batch/journal.h"
#include "batch/kept.h"
#include "batch/run.h"
#include "net/bulk_reply.h"

enum slot_state {
	SLOT_WAITING,	/* to be asked about */
	SLOT_ASKED,
	SLOT_FINAL
};

/* A row on its way. */
struct slot {
	enum slot_state	 state;
	struct kept	 kept;
	struct found	 found;
	bool		 left_out;	/* of the open file: was final when that was begun */
	struct json	*doc;		/* what found borrows from */
	char		*code, *message; /* the same */
	long long	 bytes;		/* of the list, up to its end */
	char		 id[24];	/* ArbitraryIdentifier */
	char		 question[JOURNAL_DIGEST_LEN + 1];
};

/* A file that was sent and is not done with. */
struct open_file {
	bool	open;
	bool	resent;			/* its number was not good any more, once */
	char	id[ELIG_FILE_ID_LEN + 1];
	char	reception[BULK_RECEPTION_MAX + 1];	/* "": none yet */
	char	question[JOURNAL_DIGEST_LEN + 1];	/* digest of those of its rows */
	int	as_of;
	long	first, last;		/* rows */
};

/*
 * Rows are counted from 1.  [head, next) are in the ring, [head, emitted) have
 * been handed on and are kept only because the open file has them.
 */
struct run {
	struct run_config	*c;
	struct journal		*journal;	/* NULL: none */
	struct slot		*ring;		/* RUN_RING */
	long			 head, emitted, next;
	bool			 list_ended;
	struct open_file	 file;
	struct sender		*line;		/* of all that is asked */
	struct appraisal	 appraisal;
	struct run_state	 state;
	long long		 last_tick, last_sync;
};

static inline struct slot *
run_slot(const struct run *r, long row)
{
	return &r->ring[row % RUN_RING];
}

static inline bool
run_has_room(const struct run *r)
{
	return r->next - r->head < RUN_RING;
}

/* Reads a row into the ring, which has room; 1, 0 at the end, -1 (ERR_INTERRUPTED: stopped). */
int	run_read(struct run *r, struct err *e);

/*
 * Nothing is under way and a pipe is waited for: whoever reads the output gets
 * what there is, and a service that was given up is looked for meanwhile.  0, or -1.
 */
int	run_await_row(struct run *r, struct err *e);

/* The journal says something of this row that the list does not bear out; or stopped. -1. */
int	run_another_list(const struct run *r, long row, struct err *e);

/* What to ask about the row of a slot. */
struct elig_number_request run_question(const struct slot *s);

/* The digest of text, which is freed; ERR_NOMEM. */
int	run_digest(struct buf *text, char out[static JOURNAL_DIGEST_LEN + 1], struct err *e);

/*
 * Records what came of the question of a row and makes it final.  What answer
 * points into is kept; answer stays the caller's.
 */
int	run_record(struct run *r, long row, struct elig_answer *answer, const struct err *why,
	    struct err *e);

/* The open file begins: what is final by now is not asked again. */
void	run_begin_file(struct run *r);

/* Whether this failure would be everybody's: then the run ends with it. */
bool	run_is_fatal(const struct elig_answer *a, const struct err *why);

/* Hands on what is final, in order; what was recorded is written before. */
int	run_emit(struct run *r, struct err *e);

/* The sink's tick and the journal's sync, when it is time. */
int	run_tick(struct run *r, struct err *e);

static inline bool
run_is_stopped(const struct run *r)
{
	return *r->c->stop != 0;
}

/* From the first row that is not final to the last of the list. */
int	run_single(struct run *r, struct err *e);
int	run_bulk(struct run *r, struct err *e);

#endif

#ifndef BATCH_APPRAISE_H
#define BATCH_APPRAISE_H

#include "base/err.h"
#include "batch/compare.h"
#include "batch/note.h"
#include "batch/out.h"
#include "rules/rulebase.h"

/*
 * A row and what the service said about it, to what will happen at the desk on
 * the day of the appointment.  Nobody is there yet: the patient is taken to
 * come with a card that works as far as the list says, and a valid answer by
 * number to be what the card will bring; any other answer leaves open what it
 * will.  What to bring is what the ladder would ask for, down to where papers
 * no longer help.  docs/list.md, "What is expected".
 */

/* What came of the enquiry; all borrowed. */
struct found {
	enum err_code		 error;		/* ERR_NONE: it answered */
	const char		*code, *message;	/* the service's own words, or NULL */
	bool			 retryable;	/* with an error */
	char			 validity;	/* OQSCD006 */
	const struct json	*results;	/* array of objects, or NULL */
	bool			 by_file;	/* 一括照会 */
};

struct appraiser {
	const struct rulebase	*rb;
	bool			 ja;
	int			 today;		/* day number */
};

#define APPRAISAL_WARNINGS_MAX	64

struct appraisal {
	struct out_row	 out;		/* borrowed from row, found and what follows */
	const struct json *result;	/* of a valid answer the one that counts, or NULL */
	bool		 other_person;	/* it seems to be somebody else's */
	bool		 holds_today;	/* what it says of the day it says of today as well */
	struct changes	 changes;
	struct note	 bring[BRING_MAX], warning[APPRAISAL_WARNINGS_MAX];
	struct buf	 text;
};

#define APPRAISAL_INIT { .text = BUF_INIT }

/* Fills in *a, whatever it held; -1 when there is no memory. */
int	appraise(const struct appraiser *by, const struct row *row, const struct found *found,
	    struct appraisal *a);
void	appraisal_free(struct appraisal *a);	/* wipes */

#endif

#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include "cli/debts.h"
#include "cli/out_check.h"
#include "cli/records.h"

/*
 * One patient and the store: what was last confirmed becomes facts.record,
 * and what a visit brought is kept.  Entries are JSON:
 *
 *	CONFIRMED	confirmed.h
 *	ANSWER		{"results":[...]} of the service, as they came
 *	SEEN		{"visit_date","operator","card":{...},"documents":[{"document","valid_to"}]}:
 *			the card as in the output of check
 *	DEBT, CLOSED	debts.h
 *	JUDGED		{"percent","reason","operator","rules"}: an override beside the verdict
 */
struct recording {
	struct store	*store;		/* NULL: none is kept */
	const char	*patient;	/* NULL: nobody's number was given */
	struct json	*confirmed;	/* what was last confirmed, or NULL */
	struct json	*record, *now;	/* what facts.record and changes borrow from */
	struct changes	 changes;
	struct closed_list closed;	/* debts of earlier visits, by recording_keep() */
	struct err	 why;		/* the first failure: the visit goes on without a store */
};

/*
 * The store and what it knows of the patient; without a store, or when that
 * fails, nothing (r->why).  -1: ERR_USAGE for a number that can not be one.
 */
int	recording_open(struct recording *r, const struct records_options *o, const char *patient,
	    struct err *e);
void	recording_close(struct recording *r);

/* Fills in f->record with what was last confirmed. */
void	recording_recall(struct recording *r, struct facts *f);

/* Of the person who was last confirmed; FACT_UNASKED where none is on file. */
int	recording_birthdate(const struct recording *r);

/*
 * Appends facts with a "form" (form/statement.h): who the patient is, as far as
 * is on file.  1; 0 where nothing is but the number; -1.
 */
int	recording_form(struct recording *r, struct buf *out, struct err *e);

/* Fills in c->changes, unless nothing was confirmed before or is known now; r is borrowed. */
void	recording_compare(struct recording *r, struct checked *c);

/* Keeps what came of the visit, all or nothing. */
enum recorded recording_keep(struct recording *r, const struct checked *c);

#endif

#ifndef CLI_CONFIRMED_H
#define CLI_CONFIRMED_H

#include "batch/row.h"
#include "store/store.h"

/*
 * An eligibility as the clinic confirmed it, STORE_CONFIRMED:
 *
 *	{"record":{...as in decision.md...},"person":{"name","kana","birthdate"},
 *	 "path","operator"}
 *
 * Its path is the verdict's, or "followup", "batch" (the service asked by
 * number) or "import" (what the clinic had on file before).
 */
struct confirmed {
	int			 confirmed_on;
	int			 percent;	/* FACT_ABSENT: none is known */
	struct insured_number	 id;
	const char		*name, *kana;
	int			 birthdate;
	const char		*path, *operator_id;
};

/*
 * Adds it, unless the same or a later day's is the last on file: 1 when it was
 * added, 0, -1.  Of a day after now it becomes today's, and one on file that is
 * yields to any.  Inside store_begin(), so that two windows do not both add it.
 */
int	confirmed_add(struct store *s, const char *patient, const struct confirmed *c,
	    long long now, struct err *e);

/* What a result of the service says, as of a day that the service was asked about. */
struct confirmed confirmed_of(const struct json *result, int day, int percent, const char *path);

/*
 * Fills in what is blank in a row of a list: its numbers where it has none of
 * them, ratio and day where it has neither, name, kana and birth date.  What is
 * filled in borrows from doc.  0, or -1 with the row as it was, when it is
 * nothing that a list could say.
 */
int	confirmed_fill(struct row *row, const struct json *doc);

#endif

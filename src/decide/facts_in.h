#ifndef DECIDE_FACTS_IN_H
#define DECIDE_FACTS_IN_H

#include "engine/facts.h"
#include "json/json.h"

/* What is wrong with a facts object: the dotted key, and why.  No values. */
struct facts_error {
	char	key[160];
	char	reason[160];
};

/*
 * Reads a facts object of the decision's contract over *f (facts_init() it
 * first): keys that are not there leave f as it was, a document, answer,
 * record or statement that is there replaces the whole of it.  The strings of
 * f are borrowed from o.  need_visit_date: an error when there is none.
 * *unknown is set to true when a result has an element we do not know.
 * Returns 0, or -1 with why filled in and f half changed.
 */
int	facts_read(const struct json *o, bool need_visit_date, struct facts *f, bool *unknown,
	    struct facts_error *why);

/*
 * What can only be judged on the whole set: a birth date after the visit.
 * Returns 0, or -1 with why filled in.
 */
int	facts_check(const struct facts *f, struct facts_error *why);

/* The name of facts.documents.NAME. */
const char *document_name(enum document_kind kind);

/* Whether this is an official element name of a result (service.md A.3). */
bool	facts_element_known(const char *name);

#endif

#ifndef BATCH_EXPECT_H
#define BATCH_EXPECT_H

#include "batch/appraise.h"
#include "engine/decide.h"

/* The day of the appointment, as far as it can be foreseen. */
struct expected {
	struct facts		 facts;
	struct decision		 decision;	/* of those facts */
	const struct json	*result;	/* of a valid answer the one that counts, or NULL */
	int			 qualified_from, lost_on;	/* of the result; FACT_ABSENT */
	bool			 ambiguous;	/* valid, and none of several results is for sure it */
	bool			 left_at_75;	/* its insurance ended with the 75th birthday */
	bool			 unknown_element;
};

/* -1 when there is no memory.  x borrows from row and found. */
int	expect(const struct rulebase *rb, const struct row *row, const struct found *found,
	    struct expected *x);

/*
 * What the ladder would ask for that day, each answered with "none" until
 * something else decides: bits of enum bring.
 */
unsigned expected_brings(const struct rulebase *rb, const struct expected *x);

/* The rule that decided, or NULL. */
const struct rule_words *expected_rule(const struct rulebase *rb, const struct decision *d);

#endif

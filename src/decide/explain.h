#ifndef DECIDE_EXPLAIN_H
#define DECIDE_EXPLAIN_H

#include "json/json.h"
#include "rules/rulebase.h"

/*
 * A decision in a few plain sentences.  The trace says all; this says what
 * somebody at the counter would be told.
 */

/* A better rung of the ladder that a single piece of evidence kept shut. */
struct near_miss {
	int		rule;		/* of TABLE_LADDER */
	enum fact	fact;		/* what was missing */
	int		percent;	/* what would be paid; 0: that is not known yet */
};
#define NEAR_MAX	6

/* Fills in at most NEAR_MAX, in the order of the ladder; returns how many. */
int	near_misses(const struct rulebase *rb, const struct facts *f, const struct decision *d,
	    struct near_miss out[static NEAR_MAX]);

/* Appends "AかBがあれば 3割", those with the same ratio together. */
void	near_misses_add(struct buf *b, const struct near_miss *m, int n, bool ja);

/*
 * What the answer said of the ratio and what had to be inferred, as short
 * phrases; both are left empty where there is nothing to say.
 */
void	explain_facts(const struct facts *f, const struct decision *d, bool ja,
	    struct buf *returned, struct buf *inferred);

/* The member "explanation" of a decision. */
void	explanation_write(struct jw *w, const struct rulebase *rb, const struct facts *f,
	    const struct decision *d, bool ja);

#endif

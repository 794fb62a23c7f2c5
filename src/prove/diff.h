#ifndef PROVE_DIFF_H
#define PROVE_DIFF_H

#include "json/json.h"
#include "prove/space.h"
#include "rules/rulebase.h"

/*
 * What changes for whom: two rule bases, or one on two days, compared over
 * all assignments that are possible under both.
 */
struct diff_group {
	struct finding	 a, b;		/* the old and the new outcome, one of the rules each */
	uint32_t	 set, possible;
	struct period	 days;		/* in which it is so; from == until for two days */
	int		 day_a, day_b;	/* on which it was compared first */
	double		 share;		/* of all possible assignments */
	int		 order;		/* as they were found: qsort() by itself keeps none */
	mdd_number	 count;		/* with the facts of both paths */
};

/* A text that is said elsewhere than before, the outcome being the same. */
struct diff_text {
	int		 text;		/* index into rb->text; -1: provisional */
	bool		 added;		/* said where it was not; else no longer said */
	uint32_t	 set, possible;
	double		 share;
	struct period	 days;
};

struct diff {
	const struct rulebase	*a, *b;
	bool			 two_days;
	struct space		 s;
	struct diff_group	*group;
	int			 groups, group_cap;
	struct diff_text	*text;
	int			 texts, text_cap;
	bool			 failed;	/* no memory */
};

/* One rule base on two days. */
int	diff_days(struct diff *d, const struct rulebase *rb, int day_a, int day_b, struct err *e);
/* Two rule bases on one day, or (DATE_NONE) on all. */
int	diff_files(struct diff *d, const struct rulebase *a, const struct rulebase *b, int on,
	    struct err *e);
void	diff_free(struct diff *d);	/* also after a failure */

/* Whether nothing at all is different that a decision depends on. */
bool	diff_equal(const struct diff *d);

/* Appends the report; boxes: how many of a group are written out. */
#define DIFF_BOXES_MAX	50
void	diff_write(struct buf *b, struct diff *d, int boxes, bool ja);
void	diff_write_json(struct jw *w, struct diff *d, int boxes, bool ja);

/* How a rule stands in the other base, or on the other day. */
enum rule_change { RULE_SAME, RULE_ENDED, RULE_BEGAN, RULE_REMOVED, RULE_ADDED, RULE_CHANGED };

/* Of rule i of the old base (of_b: of the new one); *other is where it is there, or -1. */
enum rule_change diff_rule(const struct diff *d, const struct diff_group *g, bool of_b,
	    enum table_id t, int i, int *other);

#endif

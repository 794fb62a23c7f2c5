#ifndef PROVE_CASES_H
#define PROVE_CASES_H

#include "engine/decide.h"
#include "rules/rulebase.h"

/*
 * Examples: a facts object and what must come of it, a line of JSON each, as
 * in tests/decide: {"case", "facts", "expect", "options"}.  Cases whose facts
 * are meant to be refused, or whose options are not known here, are left out.
 * What is expected must be in the answer: of a list in this order, of "need"
 * and of an empty list nothing else; the codes in "unsaid" must not be there.
 */

/* A decision, as far as two of them can differ. */
struct brief {
	int		verdict, path, percent, basis, provisional, claim, needs;
	int		need[NEED_MAX], percents[NEED_MAX];
	uint64_t	warn, follow_up;	/* texts that are said, by index */
	long		dates;			/* of what is said, summed */
	int		stale_from;		/* rules_stale is said, with that date; else 0 */
};

struct kase {
	const char		*name;
	struct json		*doc;
	const struct json	*expect;
	struct facts		 f;
	struct brief		 brief;		/* under the rules as they are */
	uint64_t		 near[TABLE_MAX];	/* rules that decide it or nearly do */
	bool			 unknown;	/* the answer has an element nobody knows */
	bool			 claims;	/* it expects the numbers of a claim */
};

struct cases {
	struct kase	*kase;
	int		 n, cap;
	int		 wrong;		/* are not decided as expected as it is */
	const char	*first_wrong;
};

/* What a decision comes to, under the rules with which it was made. */
void	brief_of(const struct rulebase *rb, const struct facts *f, const struct decision *d,
	    struct brief *out);
bool	brief_same(const struct brief *a, const struct brief *b);

/* Adds the cases of a file; errors name file and line. */
int	cases_load(struct cases *c, const char *path, struct err *e);
/* Decides all of them; counts those that are not as expected. */
int	cases_decide(struct cases *c, const struct rulebase *rb, struct err *e);
void	cases_free(struct cases *c);

/* Whether one is decided as expected. */
bool	kase_holds(const struct kase *k, const struct rulebase *rb, const struct decision *d);

#endif

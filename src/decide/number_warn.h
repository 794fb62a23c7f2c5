#ifndef DECIDE_NUMBER_WARN_H
#define DECIDE_NUMBER_WARN_H

#include "rules/rulebase.h"

struct said;	/* decide/verdict_out.h */

/* The detail of the warning; must live as long as the list that it is said in. */
struct number_warning {
	char	text[1024];	/* all the sources of a visit, each with three candidates */
};

/*
 * Adds insurer_number_check to the list when a 保険者番号 of the facts can not
 * be right (NUM-1 to NUM-5): which source has it, what is wrong, and what it
 * was likely meant to be, a number that another source has before all others.
 * The same number is named once, for the first source.  It decides nothing.
 */
void	number_warn(const struct rulebase *rb, const struct facts *f, bool ja,
	    struct number_warning *w, struct said *list, int *n);

#endif

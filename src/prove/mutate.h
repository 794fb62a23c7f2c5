#ifndef PROVE_MUTATE_H
#define PROVE_MUTATE_H

#include "prove/cases.h"
#include "prove/verify.h"

/*
 * How well the examples hold the rules: each small change of a rule or a
 * parameter is either the same over all that is possible, or an example must
 * notice it.  For one that none notices, a patient is looked for who is
 * decided otherwise: whoever knows what is right makes an example of it.
 * What can not be decides nothing, and is not changed.
 */
struct mutant {
	enum table_id	table;		/* TABLE_MAX: of the parameters */
	int		rule;
	char		what[96];	/* "certificate: without ends_soon" */
};

struct survivor {
	char		*rule;		/* id, or "parameters" */
	char		*what;
	char		*patient;	/* facts as JSON; NULL: none found, or shown before */
	int		 number;	/* of the patient who tells it, from 1; 0: none found */
};
#define SURVIVORS_MAX	1000		/* further ones are only counted */

struct mutation_run {
	long		 all, killed, same, left;
	struct survivor	 survivor[SURVIVORS_MAX];
	int		 survivors;
};

/* Tries every mutant of the rules that v proved. */
int	mutate(struct verify *v, const struct cases *c, struct mutation_run *out, struct err *e);
void	mutation_run_free(struct mutation_run *r);

/*
 * Calls each for every mutant of rb, with a copy that is changed (and
 * compiled); the copy is good for that call alone.
 */
int	mutate_each(const struct rulebase *rb,
	    void (*each)(void *arg, const struct mutant *m, const struct rulebase *changed),
	    void *arg, struct err *e);

#endif

#ifndef PROVE_VERIFY_OUT_H
#define PROVE_VERIFY_OUT_H

#include "prove/mutate.h"
#include "prove/verify.h"

/*
 * The report of a proof.  file is how violations name the rule file; boxes:
 * how many of what is left to the last stage are written out for a period;
 * run is NULL where no examples were given.
 */
struct verify_report {
	struct verify			*v;
	const struct mutation_run	*run;
	const char			*file;
	int				 boxes;	/* 0 .. VERIFY_BOXES_MAX */
	double				 seconds;	/* that all of it took */
};
#define VERIFY_BOXES_MAX	100

void	verify_write(struct buf *b, const struct verify_report *r);
/* The members of one object. */
void	verify_write_json(struct jw *w, const struct verify_report *r);

#endif

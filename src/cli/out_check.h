#ifndef CLI_OUT_CHECK_H
#define CLI_OUT_CHECK_H

#include "desk/check.h"

/* What was decided of one patient, for the two printers. */
struct checked {
	const struct rulebase	*rb;
	const struct check	*check;
	const struct decision	*decision;
	bool			 ja;
	bool			 trace;
	bool			 test_mode;
	int			 points;	/* 診療報酬点数; 0: none given */
};

/* For a counter: ratio and patient first, at most 24 lines of 80 columns. */
void	out_check_text(struct buf *b, const struct checked *c);

/* The output object of the contract, with a "check" part beside. */
void	out_check_json(struct buf *b, const struct checked *c);

/* What the patient pays at the desk, in yen (RND-1): to the nearest 10. */
long long	pays_yen(int points, int percent);

#endif

#ifndef CLI_OUT_CHECK_H
#define CLI_OUT_CHECK_H

#include "desk/check.h"

/* The clinic's own decision beside the rules' (LAW-4, SIT-20). */
struct override {
	int		 percent;	/* 10, 20, 30; 0: there is none */
	const char	*reason;
	const char	*operator_id;
};

/* What was decided of one patient, for the printers. */
struct checked {
	const struct rulebase	*rb;
	const struct check	*check;
	const struct decision	*decision;	/* what the rules decided */
	struct override		 override;
	bool			 ja;
	bool			 trace;
	bool			 test_mode;
	bool			 colour;
	int			 points;	/* 診療報酬点数; 0: none given */
};

/*
 * For a counter: ratio and patient first, at most 24 lines of 80 columns with
 * the prompt below.  What gives way when there is more: the sources, then what
 * was returned and inferred, then the rest as out_check.c ranks it.
 */
void	out_check_text(struct buf *b, const struct checked *c);

/* The output object of the contract, with a "check" part beside. */
void	out_check_json(struct buf *b, const struct checked *c);

/* out_patient.c: what the patient is told, as a sentence or two ... */
void	out_patient(struct buf *b, const struct checked *c);
/* ... and on paper, with the day and the name. */
void	out_handout(struct buf *b, const struct checked *c);

/* How the patient gets money back after full cost (REF-1 to REF-4), one paragraph each. */
void	out_refund(struct buf *b, const struct checked *c);

/* The patient's 限度額 category, or that it can not be known this way (LIM-1 to LIM-4). */
void	out_limit(struct buf *b, const struct checked *c);
/* Its OQSCD012 code as the answer has it; NULL: not returned. */
const char *limit_code(const struct checked *c);

/* The one of the answer that counts, or NULL. */
const struct json *answered_person(const struct check *c);

/* The ratio the patient pays: the clinic's where it decided, else the rules'; 0: open. */
int	ratio_to_pay(const struct checked *c);

/* What the patient pays at the desk, in yen (RND-1): to the nearest 10. */
long long	pays_yen(int points, int percent);

#endif

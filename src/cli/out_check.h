#ifndef CLI_OUT_CHECK_H
#define CLI_OUT_CHECK_H

#include "batch/compare.h"
#include "cli/debts.h"
#include "cli/screen.h"
#include "desk/check.h"

/* The clinic's own decision beside the rules' (LAW-4, SIT-20). */
struct override {
	int		 percent;	/* 10, 20, 30; 0: there is none */
	const char	*reason;
	const char	*operator_id;
};

/* Whether the visit is in the clinic's store. */
enum recorded {
	RECORDED_NOT_WANTED,	/* no patient's number was given */
	RECORDED_NO_STORE,
	RECORDED_YES,
	RECORDED_FAILED
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
	int			 lines;		/* of the screen; 0: SCREEN_LINES */
	enum recorded		 recorded;
	enum recorded		 logged;	/* in the audit log; NO_STORE: none is kept */
	const struct changes	*changes;	/* since what was last confirmed; NULL: nothing was */
	int			 changed_since;	/* its day */
	const struct closed_list *closed;	/* debts of earlier visits; NULL: none */
};

/*
 * For a counter: ratio and patient first, at most so many lines of 80 columns
 * with the prompt below.  Where there is more, warnings and follow-ups are
 * written closer, down to the mere steps; then what fill() ranks last gives way.
 */
void	out_check_text(struct buf *b, const struct checked *c);

/* Card, reader or service do not work; a refusal is an answer, though not a good one. */
bool	is_outage(const struct check *k);
/* Another card tells which of card and reader it is that failed. */
bool	is_card_or_chip(const struct check *k);
/* Appends what the service says of it to the desk, if it does, as a sentence. */
void	out_service_says(struct buf *b, const struct check *k, bool ja);
/* Appends the first step of what failed; nothing where lines of the outage or a warning have it. */
void	out_failure_step(struct buf *b, const struct check *k, bool ja);

/*
 * out_advice.c: warnings, each with what the desk does about it, and
 * follow-ups.  Apart, each step is on a line of its own; beside, it follows its
 * warning, and the follow-ups each other; as steps, the words of a warning that
 * has a step are left out and counted as such.
 */
enum advice { ADVICE_APART, ADVICE_BESIDE, ADVICE_STEPS };
void	out_advice(struct screen *s, const struct checked *c, enum advice style);

/*
 * Until when a follow-up is to be done: its own day, or for what must be known
 * before the claim goes out about that of the claim (REF-3); FACT_ABSENT.
 */
int	follow_up_day(const struct checked *c, const struct said *said);
/* About when the claim of a visit goes out: the 10th of the next month. */
int	claim_day(int visit_date);

/* out_identify.c: what came of --identify, and what differs side by side. */
void	out_identify(struct screen *s, const struct checked *c);
void	out_identify_json(struct jw *w, const struct check *c, bool ja);

/* out_changes.c: what the clinic has on file and no longer holds; and below. */
void	out_changes(struct screen *s, const struct checked *c);
void	out_changes_json(struct jw *w, const struct checked *c);

/* What is to be collected or given back for an earlier visit, now that its ratio is known. */
void	out_settle(struct screen *s, const struct checked *c);
void	out_settle_json(struct jw *w, const struct checked *c);

/* The "card" part of the output object. */
void	out_card_json(struct jw *w, const struct check *c);

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

/* Whether the answer is known to be about another person: nothing of it belongs to this one. */
bool	answered_another(const struct check *c);

/* The ratio the patient pays: the clinic's where it decided, else the rules'; 0: open. */
int	ratio_to_pay(const struct checked *c);

/* What the patient pays at the desk, in yen (RND-1): to the nearest 10. */
long long	pays_yen(int points, int percent);

#endif

#ifndef DESK_DRILL_H
#define DESK_DRILL_H

#include <stdint.h>

#include "json/json.h"
#include "rules/rulebase.h"

/*
 * Training: situations at the desk (src/desk/drill.json; policy.md 1.3), played
 * against the engine.  A situation says what is known when the patient stands
 * there, and what comes to light when the right thing is asked; what the right
 * thing is, decide() says.
 */
#define PLAYS_MAX	96
#define PLAY_SITUATION	6	/* bytes of an id that name the situation: "SIT-01" of "SIT-01a" */

struct play {
	const char	*id;
	const char	*title_ja, *title_en;
	const char	*scene_ja, *scene_en;
	struct facts	 facts;		/* at the beginning */
	struct facts	 truth;		/* everything; what is not there is absent */
};

struct drill {
	struct json	*doc;		/* what the plays borrow from */
	struct play	 play[PLAYS_MAX];
	int		 n;
};

/* The built-in situations; NULL with e set. */
struct drill	*drill_load(struct err *e);
void		 drill_free(struct drill *d);	/* harmless on NULL */

/*
 * What can be done next: put a question, or settle what the patient pays.
 * proofs: one question for マイナポータル screen, PDF and お知らせ, which with a
 * card are asked for together (docs/decision.md, "How much is asked").
 */
struct step {
	bool		ask;
	enum question	question;	/* ask */
	bool		proofs;		/* ask: question is Q_PORTAL */
	enum value	verdict;	/* V_VERDICT_*, else */
	enum value	path;		/* V_PATH_*, of insured and self_pay */
	int		percent;	/* likewise */
};

bool		step_equal(const struct step *a, const struct step *b);

/* The one right step for what is known, and the decision it comes from. */
struct step	drill_next(const struct ruleset *r, const struct facts *f, struct decision *d);

/* Fills into f what the truth says to that question. */
void		drill_reveal(struct facts *f, const struct facts *truth, const struct step *s);

/* Numbers that look random, the same for the same seed. */
struct rng { uint64_t state; };
int		rng_below(struct rng *r, int n);	/* 0 .. n - 1 */

#define CHOICES	4

/*
 * The right step, in a random place, among wrong ones that the ladder holds:
 * the step that would come later, a rung that one fact keeps shut, a question
 * that is not the next one, full cost at once.  Returns the place of the right one.
 */
int		drill_choices(const struct rulebase *rb, const struct play *p,
		    const struct facts *f, struct rng *rng, struct step out[static CHOICES]);

/* What it is called on a choice. */
void		step_add(struct buf *b, const struct step *s, bool ja);

/* Why the wrong step is wrong, by the rules as they were found; one sentence. */
void		drill_why_not(struct buf *b, const struct rulebase *rb, const struct decision *d,
		    const struct step *right, const struct step *wrong, bool ja);

/* What is known of the patient so far, in the words of the rule file; before: only what is new. */
void		drill_known(struct buf *b, const struct facts *f, const struct decision *d,
		    const struct state *before, bool ja);

/* "初診" or "再診". */
const char	*drill_visit(const struct facts *f, bool ja);

/* Completed years on the day of the visit, or -1. */
int		drill_age(const struct facts *f);

/*
 * All ways out of a situation, in the order of the ladder: each with the
 * questions besides those for papers that lead there, and how it is decided.
 */
#define WAYS_MAX	16
#define WAY_QUESTIONS	4

struct way {
	enum question	question[WAY_QUESTIONS];
	int		questions;
	enum question	need;		/* what there is no verdict without; Q_MAX: nothing */
	enum value	verdict, path, basis;
	int		percent;
	bool		provisional;
	enum claim	claim;
	int		ladder, ratio;	/* rules of those tables, or -1 */
};

int		drill_ways(const struct ruleset *r, const struct facts *f,
		    struct way out[static WAYS_MAX]);

#endif

#ifndef DESK_TALK_H
#define DESK_TALK_H

#include "desk/ask.h"
#include "rules/rulebase.h"

/*
 * The conversation that settles a visit: the engine's questions one by one,
 * then the numbers that the claim needs and nobody gave.  What the person does
 * not know stays unknown, and the question is not put again.  Every answer can
 * be taken back, however many facts it filled in.
 */
struct talk;

/* NULL when memory ran out.  The facts borrow from it what was typed. */
struct talk	*talk_new(const struct rulebase *rb, bool ja);
void		 talk_free(struct talk *t);	/* harmless on NULL */

/*
 * Decides f, asks, decides again, until nothing is left to ask or the person
 * ends it; *d is then the decision of f.  True when card and service are to be
 * tried once more: earlier answers can then no longer be taken back.
 */
bool		 talk_run(struct talk *t, struct facts *f, struct decision *d);

/*
 * The patient said no to 利用登録 before the conversation: an answer in f that can
 * be taken back there like any other.
 */
void		 talk_declined(struct talk *t, const struct facts *f);

#endif

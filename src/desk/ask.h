#ifndef DESK_ASK_H
#define DESK_ASK_H

#include "engine/decide.h"

/* Questions to the person at the terminal: put on stderr, read from stdin. */

/* 1..n, or 0 for Enter, the end of input or anything that is no choice. */
int	ask_choice(int n, bool ja);

/*
 * Puts one question of the engine, with the values that it takes, and fills in
 * the fact.  With the card there, the portal screen, its PDF and the notice are
 * one question, which fills in as many of them as its answer settles.  Returns
 * 0, or 1 when the person does not know, or when it is no question for a person.
 */
int	ask_fact(const struct need *need, const struct decision *d, struct facts *f, bool ja);

#endif

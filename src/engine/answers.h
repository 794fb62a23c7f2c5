#ifndef ENGINE_ANSWERS_H
#define ENGINE_ANSWERS_H

#include "engine/derived.h"

/*
 * The answers that a question can get, one of every kind that any rule could
 * tell apart on the day of the visit: each as the facts with it filled in.
 */
struct answer_iter {
	enum question		 question;
	const struct facts	*facts;
	int			 next;
};

struct answer_iter answers(enum question q, const struct facts *f);

/* Writes the facts with the next answer to *out; false when there is none left. */
bool	answers_next(struct answer_iter *it, struct facts *out);

#endif

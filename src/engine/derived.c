#include "engine/derived.h"

#include <stddef.h>

#define F(id, name, ja, en) [F_##id] = FIRST_##id,
#define V(id, v, name, ja, en)
const int fact_first[F_MAX + 1] = { DERIVED(F, V) [F_MAX] = VALUE_MAX };
#undef F
#undef V

/* The words of each fact, followed by those of its values. */
#define F(id, name, ja, en) { name, ja, en },
#define V(id, v, name, ja, en) { name, ja, en },
static const struct words words[] = { DERIVED(F, V) };
#undef F
#undef V

const struct words *
fact_words(enum fact f)
{
	return &words[fact_first[f]];
}

const struct words *
value_words(enum fact f, int index)
{
	return &words[fact_first[f] + 1 + index];
}

const struct question_info *
question_info(enum question q)
{
#define Q(id, name, values, ja, en) [Q_##id] = { name, values, ja, en },
	static const struct question_info info[] = { QUESTIONS(Q) };
#undef Q

	return &info[q];
}

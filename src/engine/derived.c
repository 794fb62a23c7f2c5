#include "engine/derived.h"

#include <stddef.h>

#define F(id, name, ja, en) [F_##id] = FIRST_##id,
#define V(id, v, name, ja, en)
static const int first[F_MAX + 1] = { DERIVED(F, V) [F_MAX] = VALUE_MAX };
#undef F
#undef V

/* The words of each fact, followed by those of its values. */
#define F(id, name, ja, en) { name, ja, en },
#define V(id, v, name, ja, en) { name, ja, en },
static const struct words words[] = { DERIVED(F, V) };
#undef F
#undef V

int
value_index(enum fact f, enum value v)
{
	return (int)v - first[f] - 1;
}

valueset
value_bit(enum fact f, enum value v)
{
	return (valueset)(1U << value_index(f, v));
}

valueset
value_all(enum fact f)
{
	return (valueset)((1U << fact_values(f)) - 1);
}

const struct words *
fact_words(enum fact f)
{
	return &words[first[f]];
}

const struct words *
value_words(enum fact f, int index)
{
	return &words[first[f] + 1 + index];
}

int
fact_values(enum fact f)
{
	return first[f + 1] - first[f] - 1;
}

const struct question_info *
question_info(enum question q)
{
#define Q(id, name, values, ja, en) [Q_##id] = { name, values, ja, en },
	static const struct question_info info[] = { QUESTIONS(Q) };
#undef Q

	return &info[q];
}

void
state_set(struct state *s, enum fact f, enum value v)
{
	s->can[f] = value_bit(f, v);
}

int
state_only(const struct state *s, enum fact f)
{
	const unsigned can = s->can[f];

	return (can & (can - 1)) == 0 ? __builtin_ctz(can) : -1;
}

#include <limits.h>
#include <string.h>

#include "engine/decide.h"

static uint64_t
rules_testing(const struct table *t, int fact)
{
	uint64_t m = 0;

	for (int i = 0; i < t->rules; i++)
		for (int k = 0; k < t->rule[i].tests; k++)
			m |= (uint64_t)(t->rule[i].test[k] == fact) << i;
	return m;
}

/* The facts that most rules test come first: they leave the fewest to go on with. */
static void
order_tests(struct table *t)
{
	int weight[F_MAX];

	for (int f = 0; f < F_MAX; f++) {
		const uint64_t testing = rules_testing(t, f);
		int i = t->tests;

		if (f >= F_PATH)
			t->late |= testing;
		if ((weight[f] = __builtin_popcountll(testing)) == 0)
			continue;
		for (; i > 0 && weight[t->test[i - 1]] < weight[f]; i--)
			t->test[i] = t->test[i - 1];
		t->test[i] = (uint8_t)f;
		t->tests++;
	}
}

static void
compile_table(struct table *t)
{
	memset(t->accept, 0, sizeof(t->accept));
	t->tests = 0;
	t->provisional = t->late = 0;
	for (int i = 0; i < t->rules; i++) {
		t->provisional |= (uint64_t)t->rule[i].provisional << i;
		for (int f = 0; f < F_MAX; f++)
			for (int v = 0; v < VALUES_PER_FACT; v++)
				if (t->rule[i].accept[f] >> v & 1)
					t->accept[f][v] |= (uint64_t)1 << i;
	}
	order_tests(t);
}

/* Adds a day on which a segment begins, in order and once. */
static void
add_border(struct ruleset *r, int day)
{
	int i = r->segments;

	while (i > 0 && r->segment[i - 1].first > day)
		i--;
	if (i > 0 && r->segment[i - 1].first == day)
		return;
	memmove(&r->segment[i + 1], &r->segment[i],
	    (size_t)(r->segments - i) * sizeof(r->segment[0]));
	r->segment[i].first = day;
	r->segments++;
}

static uint64_t
in_force(const struct table *t, int day)
{
	uint64_t m = 0;

	for (int i = 0; i < t->rules; i++)
		m |= (uint64_t)fact_covers(t->rule[i].from, t->rule[i].until, day) << i;
	return m;
}

void
ruleset_compile(struct ruleset *r)
{
	r->segments = 0;
	add_border(r, INT_MIN);
	for (int t = 0; t < TABLE_MAX; t++) {
		const struct table *table = &r->table[t];

		compile_table(&r->table[t]);
		for (int i = 0; i < table->rules; i++) {
			if (fact_known(table->rule[i].from))
				add_border(r, table->rule[i].from);
			if (fact_known(table->rule[i].until))
				add_border(r, table->rule[i].until + 1);
		}
	}
	for (int i = 0; i < r->segments; i++)
		for (int t = 0; t < TABLE_MAX; t++)
			r->segment[i].in_force[t] = in_force(&r->table[t], r->segment[i].first);
}

const struct segment *
ruleset_segment(const struct ruleset *r, int day)
{
	int i = r->segments - 1;

	while (i > 0 && r->segment[i].first > day)
		i--;
	return &r->segment[i];
}

/* The rules that accept some, and those that accept all of these values. */
static inline struct match
accepting(const uint64_t *accept, unsigned can)
{
	struct match m;

	m.may = m.must = accept[__builtin_ctz(can)];
	while ((can &= can - 1) != 0) {
		m.may |= accept[__builtin_ctz(can)];
		m.must &= accept[__builtin_ctz(can)];
	}
	return m;
}

struct match
table_match(const struct table *t, const struct state *s, uint64_t live)
{
	struct match m = { live, live };

	for (int i = 0; i < t->tests; i++) {
		const int f = t->test[i];
		const struct match a = accepting(t->accept[f], s->can[f]);

		m.may &= a.may;
		m.must &= a.must;
	}
	return m;
}

uint64_t
table_must(const struct table *t, const struct state *s, uint64_t live)
{
	for (int i = 0; i < t->tests && live != 0; i++)
		live &= accepting(t->accept[t->test[i]], s->can[t->test[i]]).must;
	return live;
}

void
table_fare(const struct table *t, const struct state *s, uint64_t live, struct fare *f)
{
	struct match m = { live, live };
	uint64_t once = 0, twice = 0;

	for (int i = 0; i < t->tests; i++) {
		const int fact = t->test[i];
		const struct match a = accepting(t->accept[fact], s->can[fact]);
		const uint64_t bad = live & ~a.may;

		f->refused[fact] = bad;
		twice |= once & bad;
		once |= bad;
		m.must &= a.must;
	}
	m.may = live & ~once;
	f->in_force = live;
	f->match = m;
	f->near = once & ~twice;
}

enum rule_status
fare_status(const struct fare *f, int rule)
{
	if (f->skipped || (f->hit >= 0 && rule > f->hit))
		return RULE_NOT_REACHED;
	if (rule == f->hit)
		return f->asks ? RULE_UNKNOWN : RULE_APPLIED;
	if ((f->in_force >> rule & 1) == 0)
		return RULE_NOT_IN_FORCE;
	return (f->match.may & ~f->match.must) >> rule & 1 ? RULE_UNKNOWN : RULE_NO_MATCH;
}

#include "prove/mdd_impl.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MAX	(1U << 22)
#define CACHE_SIZE	(1U << 18)	/* a power of two */
#define FIRST_SERIAL	16		/* operations with a test of their own get a number */

enum op { OP_NONE, OP_AND, OP_OR, OP_MINUS, OP_ITE, OP_FIX };

struct mdd *
mdd_new(const uint8_t *domain, int vars)
{
	struct mdd *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	memcpy(m->domain, domain, (size_t)vars);
	m->vars = vars;
	m->buckets = 1U << 12;
	m->serial = FIRST_SERIAL;
	m->bucket = calloc(m->buckets, sizeof(*m->bucket));
	m->cache = calloc(CACHE_SIZE, sizeof(*m->cache));
	if (m->bucket == NULL || m->cache == NULL) {
		mdd_free(m);
		return NULL;
	}
	return m;
}

void
mdd_free(struct mdd *m)
{
	if (m == NULL)
		return;
	free(m->node);
	free(m->kid);
	free(m->bucket);
	free(m->cache);
	free(m->stamp);
	free(m);
}

bool
mdd_failed(const struct mdd *m)
{
	return m->failed;
}

size_t
mdd_nodes(const struct mdd *m)
{
	return m->nodes;
}

int
mdd_domain(const struct mdd *m, int var)
{
	return m->domain[var];
}

int
mdd_vars(const struct mdd *m)
{
	return m->vars;
}

static uint32_t
mix(uint32_t h, uint32_t x)
{
	h = (h ^ x) * 0x9e3779b1U;
	return h ^ h >> 15;
}

static uint32_t
node_hash(const struct mdd *m, int var, const uint32_t *kids)
{
	uint32_t h = (uint32_t)var + 1;

	for (int i = 0; i < m->domain[var]; i++)
		h = mix(h, kids[i]);
	return h;
}

static void *
grown(struct mdd *m, void *p, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap != 0 ? *cap : 1024;
	void *q;

	while (n < need)
		n *= 2;
	if ((q = realloc(p, n * size)) == NULL) {
		m->failed = true;
		return p;
	}
	*cap = n;
	return q;
}

static void
rehash(struct mdd *m)
{
	const size_t n = m->buckets * 4;
	uint32_t *bucket = calloc(n, sizeof(*bucket));

	if (bucket == NULL) {
		m->failed = true;
		return;
	}
	free(m->bucket);
	m->bucket = bucket;
	m->buckets = n;
	for (size_t i = 0; i < m->nodes; i++) {
		struct mdd_node *node = &m->node[i];
		const size_t h = node_hash(m, node->var, m->kid + node->kids) & (n - 1);

		node->next = bucket[h];
		bucket[h] = (uint32_t)i + 1;
	}
}

/* Room for one more node and its children. */
static bool
make_room(struct mdd *m, int kids)
{
	if (m->nodes == m->node_cap)
		m->node = grown(m, m->node, &m->node_cap, m->nodes + 1, sizeof(*m->node));
	if (m->kids + (size_t)kids > m->kid_cap)
		m->kid = grown(m, m->kid, &m->kid_cap, m->kids + (size_t)kids, sizeof(*m->kid));
	if (m->nodes >= m->buckets)
		rehash(m);
	if (m->nodes >= NODES_MAX)
		m->failed = true;
	return !m->failed;
}

/* The one node with these children. */
static uint32_t
make(struct mdd *m, int var, const uint32_t *kids)
{
	const int n = m->domain[var];
	uint32_t h;
	int same = 1;

	while (same < n && kids[same] == kids[0])
		same++;
	if (same == n)
		return kids[0];
	if (!make_room(m, n))
		return MDD_EMPTY;
	h = node_hash(m, var, kids) & (uint32_t)(m->buckets - 1);
	for (uint32_t i = m->bucket[h]; i != 0; i = m->node[i - 1].next)
		if (m->node[i - 1].var == var && memcmp(m->kid + m->node[i - 1].kids, kids,
		    (size_t)n * sizeof(*kids)) == 0)
			return MDD_TERMINALS + i - 1;
	memcpy(m->kid + m->kids, kids, (size_t)n * sizeof(*kids));
	m->node[m->nodes] = (struct mdd_node){ (uint32_t)m->kids, m->bucket[h], (uint8_t)var };
	m->kids += (size_t)n;
	m->bucket[h] = (uint32_t)++m->nodes;
	return MDD_TERMINALS + (uint32_t)m->nodes - 1;
}

static struct mdd_entry *
cache_slot(struct mdd *m, uint32_t op, uint32_t a, uint32_t b, uint32_t c)
{
	return &m->cache[mix(mix(mix(mix(7, op), a), b), c) & (CACHE_SIZE - 1)];
}

static bool
cached(const struct mdd_entry *s, uint32_t op, uint32_t a, uint32_t b, uint32_t c)
{
	return s->op == op && s->a == a && s->b == b && s->c == c;
}

/* Where an operation on sets needs no look into its operands. */
static bool
shortcut(enum op op, uint32_t a, uint32_t b, uint32_t *out)
{
	switch (op) {
	case OP_AND:
		*out = a == MDD_EMPTY || b == MDD_EMPTY ? MDD_EMPTY : a == MDD_ALL ? b : a;
		return a <= MDD_ALL || b <= MDD_ALL || a == b;
	case OP_OR:
		*out = a == MDD_ALL || b == MDD_ALL ? MDD_ALL : a == MDD_EMPTY ? b : a;
		return a <= MDD_ALL || b <= MDD_ALL || a == b;
	default:
		*out = b == MDD_EMPTY ? a : MDD_EMPTY;
		return a == MDD_EMPTY || b <= MDD_ALL || a == b;
	}
}

static uint32_t
set_op(struct mdd *m, enum op op, uint32_t a, uint32_t b)
{
	uint32_t kids[MDD_VALUES], r;
	struct mdd_entry *s;
	int var;

	if (m->failed || shortcut(op, a, b, &r))
		return m->failed ? MDD_EMPTY : r;
	s = cache_slot(m, op, a, b, 0);
	if (cached(s, op, a, b, 0))
		return s->result;
	var = mdd_level(m, a) < mdd_level(m, b) ? mdd_level(m, a) : mdd_level(m, b);
	for (int v = 0; v < m->domain[var]; v++)
		kids[v] = set_op(m, op, mdd_child(m, a, var, v), mdd_child(m, b, var, v));
	r = make(m, var, kids);
	*s = (struct mdd_entry){ op, a, b, 0, r };
	return r;
}

uint32_t
mdd_and(struct mdd *m, uint32_t a, uint32_t b)
{
	return a < b ? set_op(m, OP_AND, a, b) : set_op(m, OP_AND, b, a);
}

uint32_t
mdd_or(struct mdd *m, uint32_t a, uint32_t b)
{
	return a < b ? set_op(m, OP_OR, a, b) : set_op(m, OP_OR, b, a);
}

uint32_t
mdd_minus(struct mdd *m, uint32_t a, uint32_t b)
{
	return set_op(m, OP_MINUS, a, b);
}

uint32_t
mdd_not(struct mdd *m, uint32_t a)
{
	return mdd_minus(m, MDD_ALL, a);
}

uint32_t
mdd_ite(struct mdd *m, uint32_t set, uint32_t a, uint32_t b)
{
	uint32_t kids[MDD_VALUES], r;
	struct mdd_entry *s;
	int var;

	if (m->failed)
		return MDD_EMPTY;
	if (set <= MDD_ALL || a == b)
		return set == MDD_EMPTY ? b : a;
	s = cache_slot(m, OP_ITE, set, a, b);
	if (cached(s, OP_ITE, set, a, b))
		return s->result;
	var = mdd_level(m, set);
	var = mdd_level(m, a) < var ? mdd_level(m, a) : var;
	var = mdd_level(m, b) < var ? mdd_level(m, b) : var;
	for (int v = 0; v < m->domain[var]; v++)
		kids[v] = mdd_ite(m, mdd_child(m, set, var, v), mdd_child(m, a, var, v),
		    mdd_child(m, b, var, v));
	r = make(m, var, kids);
	*s = (struct mdd_entry){ OP_ITE, set, a, b, r };
	return r;
}

uint32_t
mdd_literal(struct mdd *m, int var, uint16_t values)
{
	uint32_t kids[MDD_VALUES];

	for (int v = 0; v < m->domain[var]; v++)
		kids[v] = values >> v & 1;
	return m->failed ? MDD_EMPTY : make(m, var, kids);
}

uint32_t
mdd_cube(struct mdd *m, const struct cube *c)
{
	uint32_t r = MDD_ALL;

	for (int var = m->vars - 1; var >= 0 && !m->failed; var--) {
		const unsigned all = (1U << m->domain[var]) - 1;
		uint32_t kids[MDD_VALUES];

		if ((c->set[var] & all) == all)
			continue;
		for (int v = 0; v < m->domain[var]; v++)
			kids[v] = c->set[var] >> v & 1 ? r : MDD_EMPTY;
		r = make(m, var, kids);
	}
	return m->failed ? MDD_EMPTY : r;
}

uint32_t
mdd_fix(struct mdd *m, uint32_t a, int var, int value)
{
	const uint32_t key = (uint32_t)(var * MDD_VALUES + value);
	uint32_t kids[MDD_VALUES], r;
	struct mdd_entry *s;
	int top;

	if (m->failed || mdd_level(m, a) >= var)
		return m->failed ? MDD_EMPTY : mdd_child(m, a, var, value);
	s = cache_slot(m, OP_FIX, a, key, 0);
	if (cached(s, OP_FIX, a, key, 0))
		return s->result;
	top = mdd_level(m, a);
	for (int v = 0; v < m->domain[top]; v++)
		kids[v] = mdd_fix(m, mdd_child(m, a, top, v), var, value);
	r = make(m, top, kids);
	*s = (struct mdd_entry){ OP_FIX, a, key, 0, r };
	return r;
}

static uint32_t
quantify(struct mdd *m, uint32_t op, uint32_t a, const struct varset *vars, bool all)
{
	uint32_t kids[MDD_VALUES], r;
	struct mdd_entry *s;
	int var;

	if (m->failed || mdd_is_terminal(a))
		return m->failed ? MDD_EMPTY : a;
	s = cache_slot(m, op, a, 0, 0);
	if (cached(s, op, a, 0, 0))
		return s->result;
	var = mdd_level(m, a);
	for (int v = 0; v < m->domain[var]; v++)
		kids[v] = quantify(m, op, mdd_child(m, a, var, v), vars, all);
	if (!varset_has(vars, var)) {
		r = make(m, var, kids);
	} else {
		r = all ? MDD_ALL : MDD_EMPTY;
		for (int v = 0; v < m->domain[var]; v++)
			r = all ? mdd_and(m, r, kids[v]) : mdd_or(m, r, kids[v]);
	}
	*s = (struct mdd_entry){ op, a, 0, 0, r };
	return r;
}

uint32_t
mdd_exists(struct mdd *m, uint32_t a, const struct varset *vars)
{
	return quantify(m, m->serial++, a, vars, false);
}

uint32_t
mdd_forall(struct mdd *m, uint32_t a, const struct varset *vars)
{
	return quantify(m, m->serial++, a, vars, true);
}

/* A test of values, of one function or of two. */
struct test {
	bool		(*one)(const void *arg, uint32_t v);
	bool		(*both)(const void *arg, uint32_t v, uint32_t w);
	const void	*arg;
	uint32_t	op;
};

static uint32_t
where(struct mdd *m, const struct test *t, uint32_t a, uint32_t b)
{
	uint32_t kids[MDD_VALUES], r;
	struct mdd_entry *s;
	int var;

	if (m->failed)
		return MDD_EMPTY;
	if (mdd_is_terminal(a) && mdd_is_terminal(b))
		return t->one != NULL ? t->one(t->arg, a) : t->both(t->arg, a, b);
	s = cache_slot(m, t->op, a, b, 0);
	if (cached(s, t->op, a, b, 0))
		return s->result;
	var = mdd_level(m, a) < mdd_level(m, b) ? mdd_level(m, a) : mdd_level(m, b);
	for (int v = 0; v < m->domain[var]; v++)
		kids[v] = where(m, t, mdd_child(m, a, var, v), mdd_child(m, b, var, v));
	r = make(m, var, kids);
	*s = (struct mdd_entry){ t->op, a, b, 0, r };
	return r;
}

uint32_t
mdd_where(struct mdd *m, uint32_t a, bool (*test)(const void *arg, uint32_t v), const void *arg)
{
	const struct test t = { test, NULL, arg, m->serial++ };

	return where(m, &t, a, MDD_EMPTY);
}

uint32_t
mdd_where_both(struct mdd *m, uint32_t a, uint32_t b,
    bool (*test)(const void *arg, uint32_t v, uint32_t w), const void *arg)
{
	const struct test t = { NULL, test, arg, m->serial++ };

	return where(m, &t, a, b);
}

static bool
is_value(const void *arg, uint32_t v)
{
	return v == *(const uint32_t *)arg;
}

uint32_t
mdd_equal(struct mdd *m, uint32_t a, uint32_t value)
{
	return mdd_where(m, a, is_value, &value);
}

#include <stdlib.h>

#include "base/memory.h"
#include "prove/mdd_impl.h"

/* One pass over a diagram; its memory goes by node. */
struct pass {
	struct mdd	*m;
	void		*memory;
	void		*arg;
};

static bool
pass_init(struct pass *p, struct mdd *m, size_t size)
{
	*p = (struct pass){ .m = m };
	if (m->stamps < m->nodes + 1) {
		const size_t n = 2 * m->nodes + 1024;

		free(m->stamp);
		m->stamp = calloc(n, sizeof(*m->stamp));
		m->stamps = m->stamp != NULL ? n : 0;
		m->pass = 0;
	}
	m->pass++;
	p->memory = size != 0 ? calloc(m->nodes + 1, size) : NULL;
	if (m->stamp == NULL || (size != 0 && p->memory == NULL)) {
		memory_lost();
		m->failed = true;
	}
	return !m->failed;
}

static void
pass_free(struct pass *p)
{
	free(p->memory);
}

/* Whether the pass has met the node before; from now on it has. */
static bool
met(struct pass *p, uint32_t a)
{
	uint32_t *stamp = &p->m->stamp[a - MDD_TERMINALS];
	const bool before = *stamp == p->m->pass;

	*stamp = p->m->pass;
	return before;
}

/* Numbers of assignments of the variables asked for from each level on. */
struct products {
	mdd_number	from[MDD_VARS + 1];
};

static mdd_number
count(struct pass *p, uint32_t a)
{
	const struct products *products = p->arg;
	const struct mdd *m = p->m;
	mdd_number *memory = p->memory, n = 0;
	int var;

	if (mdd_is_terminal(a))
		return a;
	if (met(p, a))
		return memory[a - MDD_TERMINALS];
	var = mdd_level(m, a);
	for (int v = 0; v < m->domain[var]; v++) {
		const uint32_t kid = mdd_child(m, a, var, v);

		if (kid != MDD_EMPTY)
			n += count(p, kid) * (products->from[var + 1] /
			    products->from[mdd_level(m, kid)]);
	}
	return memory[a - MDD_TERMINALS] = n;
}

mdd_number
mdd_count(struct mdd *m, uint32_t set, const struct varset *vars)
{
	struct products products;
	struct pass p;
	mdd_number n = 0;

	products.from[m->vars] = 1;
	for (int i = m->vars - 1; i >= 0; i--)
		products.from[i] = products.from[i + 1] * (varset_has(vars, i) ? m->domain[i] : 1);
	if (pass_init(&p, m, sizeof(mdd_number))) {
		p.arg = &products;
		n = count(&p, set) * (products.from[0] / products.from[mdd_level(m, set)]);
	}
	pass_free(&p);
	return n;
}

static double
share(struct pass *p, uint32_t a)
{
	const struct mdd *m = p->m;
	double *memory = p->memory, sum = 0;
	int var;

	if (mdd_is_terminal(a))
		return a;
	if (met(p, a))
		return memory[a - MDD_TERMINALS];
	var = mdd_level(m, a);
	for (int v = 0; v < m->domain[var]; v++)
		sum += share(p, mdd_child(m, a, var, v));
	return memory[a - MDD_TERMINALS] = sum / m->domain[var];
}

double
mdd_share(struct mdd *m, uint32_t set)
{
	struct pass p;
	double r = 0;

	if (pass_init(&p, m, sizeof(double)))
		r = share(&p, set);
	pass_free(&p);
	return r;
}

static void
values(struct pass *p, uint32_t a, bool *seen)
{
	const struct mdd *m = p->m;
	const int var = mdd_level(m, a);

	if (mdd_is_terminal(a)) {
		seen[a] = true;
		return;
	}
	if (met(p, a))
		return;
	for (int v = 0; v < m->domain[var]; v++)
		values(p, mdd_child(m, a, var, v), seen);
}

void
mdd_values(struct mdd *m, uint32_t a, void (*found)(void *arg, uint32_t value), void *arg)
{
	bool *seen = calloc(MDD_TERMINALS, sizeof(*seen));
	struct pass p;

	if (seen == NULL) {
		memory_lost();
		m->failed = true;
	}
	if (pass_init(&p, m, 0)) {
		values(&p, a, seen);
		for (uint32_t i = 0; i < MDD_TERMINALS; i++)
			if (seen[i])
				found(arg, i);
	}
	pass_free(&p);
	free(seen);
}

static void
support(struct pass *p, uint32_t a, struct varset *out)
{
	const struct mdd *m = p->m;
	const int var = mdd_level(m, a);

	if (mdd_is_terminal(a) || met(p, a))
		return;
	varset_add(out, var);
	for (int v = 0; v < m->domain[var]; v++)
		support(p, mdd_child(m, a, var, v), out);
}

struct varset
mdd_support(struct mdd *m, uint32_t a)
{
	struct varset out = { { 0 } };
	struct pass p;

	if (pass_init(&p, m, 0))
		support(&p, a, &out);
	pass_free(&p);
	return out;
}

/* Whether nothing but want is met in the box; the first value met becomes *want if it is open. */
static bool
only_value(struct pass *p, uint32_t a, const struct cube *box, uint32_t *want)
{
	const struct mdd *m = p->m;
	const int var = mdd_level(m, a);

	if (mdd_is_terminal(a)) {
		if (*want == MDD_OPEN)
			*want = a;
		return a == *want;
	}
	/* a node met before held: else the pass had ended there */
	if (met(p, a))
		return true;
	for (int v = 0; v < m->domain[var]; v++)
		if ((box->set[var] >> v & 1) && !only_value(p, mdd_child(m, a, var, v), box, want))
			return false;
	return true;
}

uint32_t
mdd_value(struct mdd *m, uint32_t a, const struct cube *box)
{
	uint32_t want = MDD_OPEN;
	struct pass p;
	bool one;

	one = pass_init(&p, m, 0) && only_value(&p, a, box, &want);
	pass_free(&p);
	return one ? want : MDD_OPEN;
}

bool
mdd_holds(struct mdd *m, uint32_t set, const struct cube *box)
{
	return mdd_value(m, set, box) == MDD_ALL;
}

bool
mdd_pick(const struct mdd *m, uint32_t set, unsigned seed, struct cube *out)
{
	for (int var = 0; var < m->vars; var++)
		out->set[var] = (uint16_t)((1U << m->domain[var]) - 1);
	if (set == MDD_EMPTY)
		return false;
	while (!mdd_is_terminal(set)) {
		const int var = mdd_level(m, set), n = m->domain[var];
		int v = (int)(seed % (unsigned)n);

		/* another order for every seed, the same one in every run */
		seed = seed != 0 ? seed * 1103515245U + 12345U : 0;
		while (mdd_child(m, set, var, v) == MDD_EMPTY)
			v = (v + 1) % n;
		out->set[var] = (uint16_t)(1U << v);
		set = mdd_child(m, set, var, v);
	}
	return true;
}

/* Gives a box all the values it can have inside the set. */
static void
widen(struct mdd *m, uint32_t set, const uint8_t *order, struct cube *box)
{
	for (int i = 0; i < m->vars; i++)
		for (int var = order[i], v = 0; v < m->domain[var]; v++) {
			struct cube slab = *box;

			if (box->set[var] >> v & 1)
				continue;
			slab.set[var] = (uint16_t)(1U << v);
			if (mdd_holds(m, set, &slab))
				box->set[var] |= slab.set[var];
		}
}

/* Of the variables that matter, takes away what does not occur in the set. */
static void
tighten(struct mdd *m, uint32_t set, struct cube *box)
{
	for (int var = 0; var < m->vars; var++) {
		const unsigned was = box->set[var], all = (1U << m->domain[var]) - 1;
		unsigned occur = 0;

		if ((was & all) == all)
			continue;
		for (unsigned left = was & all; left != 0; left &= left - 1) {
			box->set[var] = (uint16_t)(left & -left);
			if (mdd_and(m, set, mdd_cube(m, box)) != MDD_EMPTY)
				occur |= left & -left;
		}
		box->set[var] = (uint16_t)occur;
	}
}

int
mdd_boxes(struct mdd *m, uint32_t set, uint32_t wide, const uint8_t *order, struct cube *out,
    int max, uint32_t *rest)
{
	int n = 0;

	*rest = set;
	while (n < max && mdd_pick(m, *rest, 0, &out[n])) {
		widen(m, wide, order, &out[n]);
		*rest = mdd_minus(m, *rest, mdd_cube(m, &out[n]));
		tighten(m, set, &out[n++]);
	}
	return n;
}

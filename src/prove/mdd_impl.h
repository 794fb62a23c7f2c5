#ifndef PROVE_MDD_IMPL_H
#define PROVE_MDD_IMPL_H

#include "prove/mdd.h"

/* How diagrams are kept: for mdd*.c alone. */
struct mdd_node {
	uint32_t	kids;	/* index into kid[] of the first child */
	uint32_t	next;	/* in the chain of its hash: node + 1, or 0 */
	uint8_t		var;
};

struct mdd_entry {
	uint32_t	op, a, b, c, result;
};

struct mdd {
	uint8_t			 domain[MDD_VARS];
	int			 vars;
	struct mdd_node		*node;
	size_t			 nodes, node_cap;
	uint32_t		*kid;
	size_t			 kids, kid_cap;
	uint32_t		*bucket;	/* first node of the chain + 1 */
	size_t			 buckets;	/* a power of two */
	struct mdd_entry	*cache;		/* of operations; forgets */
	uint32_t		 serial;
	uint32_t		*stamp;		/* of each node: the last pass that met it */
	size_t			 stamps;
	uint32_t		 pass;
	bool			 failed;
};

static inline bool
mdd_is_terminal(uint32_t a)
{
	return a < MDD_TERMINALS;
}

/* The variable a tests, or one behind the last. */
static inline int
mdd_level(const struct mdd *m, uint32_t a)
{
	return mdd_is_terminal(a) ? m->vars : m->node[a - MDD_TERMINALS].var;
}

static inline uint32_t
mdd_child(const struct mdd *m, uint32_t a, int var, int value)
{
	if (mdd_level(m, a) != var)
		return a;
	return m->kid[m->node[a - MDD_TERMINALS].kids + (uint32_t)value];
}

#endif

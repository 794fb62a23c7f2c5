#ifndef PROVE_MDD_H
#define PROVE_MDD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Multi-valued decision diagrams: functions from assignments of a fixed list
 * of variables, each with a handful of values, to small numbers.  A function
 * has one diagram only, so equality is equality of two numbers.  A set is a
 * function with the values 0 and 1.
 *
 * Nothing is freed before mdd_free().  When memory or the limit of nodes runs
 * out, mdd_failed() is true from then on and every result is MDD_EMPTY: ask
 * before any result is believed.
 */
#define MDD_VARS	192
#define MDD_VALUES	16
#define MDD_TERMINALS	65536	/* numbers below it stand for themselves */

enum { MDD_EMPTY, MDD_ALL };

struct mdd;

/* Exact for any product of domains that is counted here. */
__extension__ typedef unsigned __int128 mdd_number;

/* A set of variables. */
struct varset {
	uint64_t	bits[MDD_VARS / 64];
};

static inline void
varset_add(struct varset *s, int var)
{
	s->bits[var / 64] |= (uint64_t)1 << (var % 64);
}

static inline bool
varset_has(const struct varset *s, int var)
{
	return (s->bits[var / 64] >> (var % 64)) & 1;
}

/* The values each variable may have: a box; all bits of a domain: it does not matter. */
struct cube {
	uint16_t	set[MDD_VARS];
};

/* Variable i has the values 0 .. domain[i] - 1; it is tested before i + 1. NULL: no memory. */
struct mdd	*mdd_new(const uint8_t *domain, int vars);
void		 mdd_free(struct mdd *m);	/* harmless on NULL */
bool		 mdd_failed(const struct mdd *m);
size_t		 mdd_nodes(const struct mdd *m);	/* made so far */
int		 mdd_domain(const struct mdd *m, int var);
int		 mdd_vars(const struct mdd *m);

/* Those assignments whose variable is in the set of values. */
uint32_t	mdd_literal(struct mdd *m, int var, uint16_t values);
uint32_t	mdd_cube(struct mdd *m, const struct cube *c);

/* Of sets. */
uint32_t	mdd_and(struct mdd *m, uint32_t a, uint32_t b);
uint32_t	mdd_or(struct mdd *m, uint32_t a, uint32_t b);
uint32_t	mdd_minus(struct mdd *m, uint32_t a, uint32_t b);
uint32_t	mdd_not(struct mdd *m, uint32_t a);
uint32_t	mdd_exists(struct mdd *m, uint32_t a, const struct varset *vars);
uint32_t	mdd_forall(struct mdd *m, uint32_t a, const struct varset *vars);

/* Of any functions: a where set holds, else b. */
uint32_t	mdd_ite(struct mdd *m, uint32_t set, uint32_t a, uint32_t b);
/* a with one variable fixed: it no longer depends on it. */
uint32_t	mdd_fix(struct mdd *m, uint32_t a, int var, int value);

/*
 * The set where a's value, or the values of a and b, satisfy the test.
 * The test may be asked in any order, and more than once for the same values.
 */
uint32_t	mdd_where(struct mdd *m, uint32_t a, bool (*test)(const void *arg, uint32_t v),
		    const void *arg);
uint32_t	mdd_where_both(struct mdd *m, uint32_t a, uint32_t b,
		    bool (*test)(const void *arg, uint32_t v, uint32_t w), const void *arg);
/* The set where a has this value. */
uint32_t	mdd_equal(struct mdd *m, uint32_t a, uint32_t value);

/* Calls found once for each value that a takes, in growing order. */
void		mdd_values(struct mdd *m, uint32_t a, void (*found)(void *arg, uint32_t value),
		    void *arg);
/* The variables a depends on. */
struct varset	mdd_support(struct mdd *m, uint32_t a);

/* How many assignments of these variables are in the set; it depends on no others. */
mdd_number	mdd_count(struct mdd *m, uint32_t set, const struct varset *vars);
/* The same as a part of all assignments, 0 to 1. */
double		mdd_share(struct mdd *m, uint32_t set);

/* Whether every assignment in the box is in the set. */
bool		mdd_holds(struct mdd *m, uint32_t set, const struct cube *box);
/* The value of a where the box leaves no choice, else MDD_OPEN. */
#define MDD_OPEN	UINT32_MAX
uint32_t	mdd_value(struct mdd *m, uint32_t a, const struct cube *box);

/*
 * A box inside the set: one way through its diagram.  With seed 0 the first
 * values; any other seed is another order of trying.  false: the set is empty.
 */
bool		mdd_pick(const struct mdd *m, uint32_t set, unsigned seed, struct cube *out);

/*
 * Writes up to max boxes that together cover the set; they may overlap.  Each
 * is as wide as it can be made inside wide, which holds the set and whatever
 * does not matter; order, of all variables, says which is widened first.  Of
 * a variable that matters only the values that occur in the set are left.
 * Returns how many; *rest is what they leave uncovered (MDD_EMPTY: nothing).
 */
int		mdd_boxes(struct mdd *m, uint32_t set, uint32_t wide, const uint8_t *order,
		    struct cube *out, int max, uint32_t *rest);

#endif

#ifndef PROVE_SPACE_H
#define PROVE_SPACE_H

#include "engine/decide.h"
#include "prove/mdd.h"

/*
 * The space in which the rules are proved: every assignment of the derived
 * facts.  The facts of the ladder are a variable each.  Those that depend on
 * the path (band, ratios ...) are one for each path, since a walk that passes
 * goes on to another path, which has ratios of its own.  F_PATH is no
 * variable: the ladder's rule says it.  Neither are F_BASIS and F_VERDICT.
 *
 * A map gives each assignment what the rules in force on a day make of it: a
 * number of a finding.
 */

/* What a decision comes to, as far as the rules say it. */
struct result_of {
	int	verdict;	/* enum value V_VERDICT_* */
	int	path;		/* V_PATH_*, or -1 with need and refer */
	int	percent;	/* 10, 20, 30, 100; 0 for none */
	int	basis;		/* V_BASIS_* */
	int	claim;		/* enum claim */
	int	needs;
	int	need[NEED_MAX];
};

struct finding {
	struct result_of out;
	int	ladder;		/* the rule that decided, or -1: a gap */
	int	ratio;		/* the ratio table's rule, or -1 */
	int	path;		/* the path tried, V_PATH_*; -1: the ladder alone decided */
	int	seen;		/* the last path tried, whose facts the advice sees, or -1 */
	int	gap;		/* 1: no rule holds, so nobody decided */
};

/* Values of a map that are no finding. */
enum { SPACE_IMPOSSIBLE = 2, SPACE_OPEN, SPACE_FINDINGS };

struct speaking;

struct space {
	struct mdd	*m;
	struct finding	*finding;	/* numbered from SPACE_FINDINGS on */
	int		 findings, cap;
	int		*hashed;	/* by hash: number + 1 */
	int		 hash_size;
	bool		 failed;	/* no memory for another finding */
	struct speaking	*speaking;	/* space_speaks() of before */
};

struct period {
	int	from, until;	/* inclusive day numbers */
};
/* A day of the period on which an example is best set: its first, if it has one. */
int	space_day(const struct period *p);
#define PERIODS_MAX	1100
#define SPACE_DAY_MIN	(-25567)	/* 1900-01-01 */
#define SPACE_DAY_MAX	47846		/* 2100-12-31 */

int	space_init(struct space *s);	/* 0, or -1: no memory */
void	space_free(struct space *s);
/* Results are to be believed only while this is false. */
bool	space_failed(const struct space *s);

/* The variable of a fact; of a path's fact, that of the path. */
int	space_var(enum fact f, enum value path);
/* The fact of a variable; *path is -1 for the ladder's. */
enum fact space_fact(int var, int *path);
/* The variables of the ladder's facts, and those of one path's (-1: none). */
struct varset space_ladder_vars(void);
struct varset space_path_vars(int path);
/* All the variables of a fact. */
void	space_add_fact(struct varset *vars, enum fact f);

/* The finding with that number in a map. */
const struct finding *space_finding(const struct space *s, uint32_t number);
/* Its number, a new one if need be. */
uint32_t space_intern(struct space *s, const struct finding *f);
/* Whether two values of maps are the same outcome, whatever rule it comes from. */
bool	space_same(const struct space *s, uint32_t a, uint32_t b);

/*
 * The box of a rule as one for this path (-1: of the ladder).  Conditions on
 * facts that do not exist there make it empty.  Those on open facts are left
 * out, and *hangs is set if there are any: the rule may hold, and need not.
 */
uint32_t space_box(struct space *s, const struct rule *r, int path, const struct varset *open,
	    bool *hangs);

bool	space_in_force(const struct rule *r, int day);

/*
 * What can not be on that day: whatever the path, or, with a path, in the
 * facts of that path when it is tried.
 */
uint32_t space_impossible(struct space *s, const struct ruleset *r, int day, int path);

/* The map of a day.  open: facts nobody knows yet (SPACE_OPEN where it matters), or NULL. */
uint32_t space_map(struct space *s, const struct ruleset *r, int day, const struct varset *open);

/*
 * The same up to the first path: where the ratio table passes, the finding is
 * that rule (verdict -1), not what comes of it.
 */
uint32_t space_map_tried(struct space *s, const struct ruleset *r, int day);

/* Where an advice rule speaks, the outcomes being those of the map. */
uint32_t space_speaks(struct space *s, const struct rule *r, uint32_t map);

/*
 * Where the facts of two paths can be those of one person: of one age, and of
 * one word about the ratio.  All, for one path or none.
 */
uint32_t space_one_person(struct space *s, int path, int other_path);

/* How many assignments of the ladder's facts and of these paths' (-1: none) a set has. */
mdd_number space_count(struct space *s, uint32_t set, int path, int other_path);

/* The set where a map has a finding at all. */
uint32_t space_possible(struct space *s, uint32_t map);

/*
 * Boxes of a set of possible assignments as mdd_boxes() finds them: what is
 * not possible is left out of account, so that they say no more than needed.
 */
int	space_boxes(struct space *s, uint32_t set, uint32_t possible, struct cube *out, int max,
	    uint32_t *rest);

/*
 * The stretches of days between 1900 and 2100 within which none of the sets of
 * rules changes; out has room for PERIODS_MAX.  Returns how many.
 */
int	space_periods(const struct ruleset *const *sets, int n, struct period *out);

#endif

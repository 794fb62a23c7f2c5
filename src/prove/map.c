#include <stdlib.h>
#include <string.h>

#include "prove/space.h"

/* The building of one map. */
struct builder {
	struct space		*s;
	const struct ruleset	*r;
	int			 day;
	const struct varset	*open;
	bool			 tried_only;	/* a pass ends the walk */
	/* what the ladder makes of it from a rule on, by the path seen last (0: none) */
	uint32_t		 below[RULES_MAX + 1][MDD_VALUES + 1];
	bool			 built[RULES_MAX + 1][MDD_VALUES + 1];
};

static uint32_t ladder_from(struct builder *b, int i, int seen);

static struct finding
finding_of(int verdict, int ladder, int ratio, int path, int seen)
{
	struct finding f;

	/* all of it, since findings are compared as bytes */
	memset(&f, 0, sizeof(f));
	f.out = (struct result_of){ .verdict = verdict, .path = -1, .basis = V_BASIS_NONE,
		.claim = CLAIM_NONE, .need = { -1, -1 } };
	f.ladder = ladder;
	f.ratio = ratio;
	f.path = path;
	f.seen = seen;
	return f;
}

static uint32_t
gap(struct builder *b, int ladder, int path, int seen)
{
	struct finding f = finding_of(V_VERDICT_REFER, ladder, -1, path, seen);

	f.gap = 1;
	return space_intern(b->s, &f);
}

/* What a rule says that neither finds a path, nor passes, nor takes a ratio from a fact. */
static uint32_t
said(struct builder *b, const struct rule *rule, struct finding f)
{
	switch (rule->action) {
	case ACTION_SELF_PAY:
		f.out.verdict = V_VERDICT_SELF_PAY;
		f.out.path = (int)rule->path;
		f.out.percent = 100;
		f.out.basis = V_BASIS_RULE;
		f.out.claim = (int)rule->claim;
		break;
	case ACTION_NEED:
		f.out.verdict = V_VERDICT_NEED;
		f.out.needs = rule->needs;
		for (int i = 0; i < rule->needs; i++)
			f.out.need[i] = rule->need[i];
		break;
	default:
		f.out.verdict = V_VERDICT_REFER;
		break;
	}
	return space_intern(b->s, &f);
}

/* A ratio that the rule names, or the one that a fact of the path has. */
static uint32_t
ratio(struct builder *b, const struct rule *ladder, const struct rule *rule, struct finding f)
{
	const int var = rule->percent == 0 ? space_var(rule->ratio_fact, ladder->path) : -1;
	uint32_t map;

	/* there is a ratio, but which one nobody knows yet */
	if (var >= 0 && b->open != NULL && varset_has(b->open, var))
		return SPACE_OPEN;
	f.out.verdict = V_VERDICT_INSURED;
	f.out.path = (int)ladder->path;
	f.out.percent = rule->percent;
	f.out.basis = (int)rule->basis;
	f.out.claim = (int)ladder->claim;
	if (var < 0)
		return space_intern(b->s, &f);
	/* the sources hold none, 10, 20, 30 in this order, staff's also "not asked" */
	map = gap(b, f.ladder, f.path, f.seen);
	for (int v = 1; v <= 3; v++) {
		f.out.percent = 10 * v;
		map = mdd_ite(b->s->m, mdd_literal(b->s->m, var, (uint16_t)(1U << v)),
		    space_intern(b->s, &f), map);
	}
	return map;
}

/* What the i-th rule of the ladder makes of it with its j-th ratio rule. */
static uint32_t
ratio_rule(struct builder *b, int i, int j)
{
	const struct rule *ladder = &b->r->table[TABLE_LADDER].rule[i];
	const struct rule *rule = &b->r->table[TABLE_RATIO].rule[j];
	const int path = (int)ladder->path;
	struct finding f = finding_of(-1, i, j, path, path);

	if (rule->action == ACTION_PASS)
		return b->tried_only ? space_intern(b->s, &f) : ladder_from(b, i + 1, path);
	if (rule->action == ACTION_RATIO)
		return ratio(b, ladder, rule, f);
	return said(b, rule, f);
}

/*
 * The ratio table for the path of the i-th rule.  hangs: that rule itself is
 * not sure to hold, so that nothing but going on can be known.
 */
static uint32_t
path_map(struct builder *b, int i, bool hangs)
{
	const struct table *t = &b->r->table[TABLE_RATIO];
	const int path = (int)b->r->table[TABLE_LADDER].rule[i].path;
	struct mdd *m = b->s->m;
	uint32_t map = hangs ? (uint32_t)SPACE_OPEN : gap(b, i, path, path);

	for (int j = t->rules - 1; j >= 0; j--) {
		const struct rule *rule = &t->rule[j];
		bool open = hangs && rule->action != ACTION_PASS;
		uint32_t box;

		if (!space_in_force(rule, b->day))
			continue;
		box = space_box(b->s, rule, path, b->open, &open);
		map = mdd_ite(m, box, open ? (uint32_t)SPACE_OPEN : ratio_rule(b, i, j), map);
	}
	return mdd_ite(m, space_impossible(b->s, b->r, b->day, path), SPACE_IMPOSSIBLE, map);
}

static uint32_t
ladder_rule(struct builder *b, int i, int seen)
{
	const struct rule *rule = &b->r->table[TABLE_LADDER].rule[i];
	const uint32_t below = ladder_from(b, i + 1, seen);
	bool hangs = false;
	uint32_t box, here;

	if (!space_in_force(rule, b->day))
		return below;
	box = space_box(b->s, rule, -1, b->open, &hangs);
	if (rule->action == ACTION_PATH)
		here = path_map(b, i, hangs);
	else
		here = hangs ? (uint32_t)SPACE_OPEN :
		    said(b, rule, finding_of(-1, i, -1, -1, seen));
	return mdd_ite(b->s->m, box, here, below);
}

static uint32_t
ladder_from(struct builder *b, int i, int seen)
{
	const int slot = seen < 0 ? 0 : 1 + value_index(F_PATH, (enum value)seen);

	if (!b->built[i][slot]) {
		b->below[i][slot] = i == b->r->table[TABLE_LADDER].rules ?
		    gap(b, -1, -1, seen) : ladder_rule(b, i, seen);
		b->built[i][slot] = true;
	}
	return b->below[i][slot];
}

static uint32_t
build(struct builder *b)
{
	return mdd_ite(b->s->m, space_impossible(b->s, b->r, b->day, -1), SPACE_IMPOSSIBLE,
	    ladder_from(b, 0, -1));
}

uint32_t
space_map(struct space *s, const struct ruleset *r, int day, const struct varset *open)
{
	struct builder b = { .s = s, .r = r, .day = day, .open = open };

	return build(&b);
}

uint32_t
space_map_tried(struct space *s, const struct ruleset *r, int day)
{
	struct builder b = { .s = s, .r = r, .day = day, .tried_only = true };

	return build(&b);
}

static bool
is_possible(const void *arg, uint32_t v)
{
	(void)arg;
	return v != SPACE_IMPOSSIBLE;
}

uint32_t
space_possible(struct space *s, uint32_t map)
{
	return mdd_where(s->m, map, is_possible, NULL);
}

/* The findings in which an advice may speak, by the path whose facts it sees. */
struct audience {
	const struct space	*s;
	const struct rule	*rule;
	int			 seen;
};

static bool
accepts(const struct rule *r, enum fact f, int value)
{
	return (r->accept[f] & value_bit(f, (enum value)value)) != 0;
}

static bool
listens(const void *arg, uint32_t number)
{
	const struct audience *a = arg;
	const struct rule *r = a->rule;
	const struct finding *f;

	if (number < SPACE_FINDINGS)
		return false;
	f = space_finding(a->s, number);
	if (f->seen != a->seen || !accepts(r, F_VERDICT, f->out.verdict) ||
	    !accepts(r, F_BASIS, f->out.basis))
		return false;
	/* a path is known to the advice where the verdict has one */
	return f->out.path >= 0 ? accepts(r, F_PATH, f->out.path) :
	    (r->accept[F_PATH] & value_all(F_PATH)) == value_all(F_PATH);
}

/* What was found before; the rule bases of proofs ask the same again and again. */
#define SPEAKING_MAX	4096	/* a power of two */

struct speaking {
	uint32_t	map, set;
	valueset	accept[F_MAX];
	bool		used;
};

static struct speaking *
spoken_before(struct space *s, const struct rule *r, uint32_t map)
{
	unsigned h = map * 2654435761U;

	if (s->speaking == NULL &&
	    (s->speaking = calloc(SPEAKING_MAX, sizeof(*s->speaking))) == NULL) {
		s->failed = true;
		return NULL;
	}
	for (int f = 0; f < F_MAX; f++)
		h = (h ^ r->accept[f]) * 16777619U;
	return &s->speaking[(h ^ h >> 16) & (SPEAKING_MAX - 1)];
}

static uint32_t
speaks(struct space *s, const struct rule *r, uint32_t map)
{
	struct rule anywhere = *r;
	uint32_t set = MDD_EMPTY;

	/* listens() has seen to the path */
	anywhere.accept[F_PATH] = value_all(F_PATH);
	for (int i = -1; i < fact_values(F_PATH); i++) {
		const int path = i < 0 ? -1 : (int)V_PATH_NONE + i;
		const struct audience a = { s, r, path };
		const uint32_t box = space_box(s, &anywhere, path, NULL, NULL);

		if (box != MDD_EMPTY)
			set = mdd_or(s->m, set, mdd_and(s->m, box,
			    mdd_where(s->m, map, listens, &a)));
	}
	return set;
}

uint32_t
space_speaks(struct space *s, const struct rule *r, uint32_t map)
{
	struct speaking *k = spoken_before(s, r, map);

	if (k == NULL)
		return MDD_EMPTY;
	if (!k->used || k->map != map || memcmp(k->accept, r->accept, sizeof(k->accept)) != 0) {
		k->used = true;
		k->map = map;
		memcpy(k->accept, r->accept, sizeof(k->accept));
		k->set = speaks(s, r, map);
	}
	return k->set;
}

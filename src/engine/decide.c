#include "engine/decide.h"

#include <string.h>

#include "base/date.h"

void
ruleset_compile(struct ruleset *r)
{
	for (int t = 0; t < TABLE_MAX; t++) {
		struct table *table = &r->table[t];

		memset(table->accept, 0, sizeof(table->accept));
		for (int i = 0; i < table->rules; i++)
			for (int f = 0; f < F_MAX; f++)
				for (int v = 0; v < VALUES_PER_FACT; v++)
					if (table->rule[i].accept[f] >> v & 1)
						table->accept[f][v] |= (uint64_t)1 << i;
	}
}

/* Rules that can hold, and rules that hold whatever is still open. */
struct match {
	uint64_t	may;
	uint64_t	must;
};

static bool
in_force(const struct rule *rule, int day)
{
	return (!fact_known(rule->from) || rule->from <= day) &&
	    (!fact_known(rule->until) || day <= rule->until);
}

static uint64_t
rules_in_force(const struct table *t, int day)
{
	uint64_t m = 0;

	for (int i = 0; i < t->rules; i++)
		m |= (uint64_t)in_force(&t->rule[i], day) << i;
	return m;
}

static struct match
match(const struct table *t, const struct state *s, uint64_t live)
{
	struct match m = { live, live };

	for (int f = 0; f < F_MAX && m.may != 0; f++) {
		uint64_t any = 0, all = ~(uint64_t)0;

		for (unsigned can = s->can[f]; can != 0; can &= can - 1) {
			const uint64_t accept = t->accept[f][__builtin_ctz(can)];

			any |= accept;
			all &= accept;
		}
		m.may &= any;
		m.must &= all;
	}
	return m;
}

/* The question that the first open condition of a rule hangs on. */
static enum question
open_question(const struct rule *rule, const struct state *s)
{
	for (int i = 0; i < rule->tests; i++)
		if ((s->can[rule->test[i]] & ~rule->accept[rule->test[i]]) != 0)
			return (enum question)s->ask[rule->test[i]];
	return Q_MAX;
}

/* What a walk came to.  A need is never equal to anything. */
struct finding {
	enum action	action;		/* PASS, SELF_PAY, REFER, NEED or RATIO */
	const struct rule *rule;	/* the ladder's rule */
	const struct rule *ratio;	/* the ratio table's rule, or NULL */
	int		percent;
	int		needs;
	struct need	need[NEED_MAX];
};

struct walk {
	const struct ruleset	*r;
	const struct facts	*f;
	struct decision		*d;
	uint64_t		 in_force[TABLE_MAX];
};

static struct finding
finding_ask(enum question q, const struct state *s)
{
	struct finding o = { .action = ACTION_NEED, .needs = 1 };

	o.need[0] = (struct need){ q, s->legal };
	return o;
}

static struct finding
finding_of_rule(const struct rule *rule, const struct state *s)
{
	struct finding o = { .action = rule->action, .percent = rule->percent };

	if (rule->action == ACTION_SELF_PAY)
		o.percent = 100;
	if (rule->action == ACTION_RATIO && rule->percent == 0) {
		const int v = state_only(s, rule->ratio_fact);

		/* unknown which: the sources hold none, 10, 20, 30 in this order */
		o.percent = v > 0 ? 10 * v : 0;
	}
	for (; rule->action == ACTION_NEED && o.needs < rule->needs; o.needs++)
		o.need[o.needs] = (struct need){ (enum question)rule->need[o.needs], s->legal };
	return o;
}

static bool
same(const struct finding *a, const struct finding *b)
{
	const bool settled = a->action == ACTION_SELF_PAY || a->action == ACTION_REFER ||
	    (a->action == ACTION_RATIO && a->percent != 0);

	return settled && a->action == b->action && a->percent == b->percent &&
	    a->rule->path == b->rule->path &&
	    (a->ratio != NULL ? a->ratio->basis : a->rule->basis) ==
	    (b->ratio != NULL ? b->ratio->basis : b->rule->basis);
}

/* Runs the ratio table for the path of a ladder rule. */
static struct finding
walk_ratio(struct walk *w, const struct rule *ladder)
{
	const struct table *t = &w->r->table[TABLE_RATIO];
	struct finding o = { .action = ACTION_REFER };
	struct match m;

	state_derive_path(&w->d->state, w->f, &w->r->parameters, ladder->path);
	m = match(t, &w->d->state, w->in_force[TABLE_RATIO]);
	for (uint64_t may = m.may; may != 0; may &= may - 1) {
		const int i = __builtin_ctzll(may);
		const bool holds = m.must >> i & 1;

		o = holds ? finding_of_rule(&t->rule[i], &w->d->state) :
		    finding_ask(open_question(&t->rule[i], &w->d->state), &w->d->state);
		o.rule = ladder;
		o.ratio = &t->rule[i];
		return o;
	}
	o.rule = ladder;
	return o;
}

static struct finding
walk_rule(struct walk *w, const struct rule *rule)
{
	struct finding o;

	if (rule->action == ACTION_PATH)
		return walk_ratio(w, rule);
	o = finding_of_rule(rule, &w->d->state);
	o.rule = rule;
	return o;
}

/*
 * Walks the rules of may from the top.  A rule that only may hold is a
 * question, unless all that it could change gives the same outcome.
 */
static struct finding
walk_ladder(struct walk *w, uint64_t may, uint64_t must)
{
	const struct table *t = &w->r->table[TABLE_LADDER];

	while (may != 0) {
		const int i = __builtin_ctzll(may);
		const struct rule *rule = &t->rule[i];
		const uint64_t rest = may & (may - 1);
		struct finding below, here = walk_rule(w, rule);

		if (here.action == ACTION_PASS) {
			may = rest;
			continue;
		}
		if (must >> i & 1)
			return here;
		if (here.action != ACTION_NEED) {
			below = walk_ladder(w, rest, must);
			if (same(&here, &below))
				return below;
		}
		here = finding_ask(open_question(rule, &w->d->state), &w->d->state);
		here.rule = rule;
		return here;
	}
	return (struct finding){ .action = ACTION_REFER };
}

static void
trace_table(const struct walk *w, enum table_id id, const struct rule *applied, bool open)
{
	const struct table *t = &w->r->table[id];
	const struct match m = match(t, &w->d->state, ~(uint64_t)0);
	uint8_t *trace = w->d->trace[id];
	bool reached = true;

	for (int i = 0; i < t->rules; i++) {
		const bool hit = &t->rule[i] == applied;

		if (!reached)
			trace[i] = RULE_NOT_REACHED;
		else if (hit)
			trace[i] = open ? RULE_UNKNOWN : RULE_APPLIED;
		else if ((w->in_force[id] >> i & 1) == 0)
			trace[i] = RULE_NOT_IN_FORCE;
		else
			trace[i] = (m.may & ~m.must) >> i & 1 ? RULE_UNKNOWN : RULE_NO_MATCH;
		reached = reached && !hit;
	}
}

static void
settle(struct walk *w, const struct finding *o)
{
	struct decision *d = w->d;

	switch (o->action) {
	case ACTION_RATIO:
		d->verdict = V_VERDICT_INSURED;
		d->percent = o->percent;
		d->basis = o->ratio->basis;
		d->claim = o->rule->claim;
		break;
	case ACTION_SELF_PAY:
		d->verdict = V_VERDICT_SELF_PAY;
		d->percent = 100;
		d->basis = V_BASIS_RULE;
		d->claim = (o->ratio != NULL ? o->ratio : o->rule)->claim;
		break;
	case ACTION_NEED:
		d->verdict = V_VERDICT_NEED;
		d->needs = o->needs;
		memcpy(d->need, o->need, sizeof(d->need));
		break;
	default:
		d->verdict = V_VERDICT_REFER;
		break;
	}
	if (d->percent != 0) {
		d->source = state_source(&d->state, w->f);
		d->path = o->ratio != NULL && o->ratio->action == ACTION_SELF_PAY ?
		    o->ratio->path : o->rule->path;
		d->has_path = true;
	}
}

static void
advise(struct walk *w)
{
	const struct table *t = &w->r->table[TABLE_ADVICE];
	struct state *s = &w->d->state;

	state_set(s, F_VERDICT, w->d->verdict);
	state_set(s, F_BASIS, w->d->basis);
	if (w->d->has_path)
		state_set(s, F_PATH, w->d->path);
	else
		s->can[F_PATH] = value_all(F_PATH);
	w->d->advice = match(t, s, w->in_force[TABLE_ADVICE]).must;
	for (int i = 0; i < t->rules; i++)
		if ((w->d->advice >> i & 1) && t->rule[i].provisional)
			w->d->provisional = true;
}

void
decide(const struct ruleset *r, const struct facts *f, struct decision *out)
{
	struct walk w = { .r = r, .f = f, .d = out };
	struct finding o;
	struct match m;

	*out = (struct decision){ .path = V_PATH_NONE, .basis = V_BASIS_NONE, .claim = CLAIM_NONE };
	for (int t = 0; t < TABLE_MAX; t++)
		w.in_force[t] = rules_in_force(&r->table[t], f->visit_date);
	state_derive(&out->state, f, &r->parameters);
	m = match(&r->table[TABLE_LADDER], &out->state, w.in_force[TABLE_LADDER]);
	o = walk_ladder(&w, m.may, m.must);
	/* a look ahead leaves the facts of its own path behind */
	if (o.ratio != NULL && o.rule != NULL)
		walk_ratio(&w, o.rule);
	settle(&w, &o);
	trace_table(&w, TABLE_LADDER, o.rule,
	    o.rule != NULL && o.action == ACTION_NEED && o.ratio == NULL &&
	    o.rule->action != ACTION_NEED);
	if (o.ratio != NULL)
		trace_table(&w, TABLE_RATIO, o.ratio,
		    o.action == ACTION_NEED && o.ratio->action != ACTION_NEED);
	advise(&w);
}

#include "engine/decide.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "engine/answers.h"

/* How many walks a look ahead may take before the question is simply put. */
#define LOOK_AHEAD_MAX	20000

/* The question that the first open condition of a rule hangs on. */
static enum question
open_question(const struct rule *rule, const struct state *s)
{
	for (int i = 0; i < rule->tests; i++)
		if ((s->can[rule->test[i]] & ~rule->accept[rule->test[i]]) != 0)
			return (enum question)s->ask[rule->test[i]];
	return Q_MAX;
}

/* What a walk came to. */
struct finding {
	enum action	action;		/* PASS, SELF_PAY, REFER, NEED or RATIO */
	const struct rule *refused;	/* the combination that can not be, or NULL */
	const struct rule *rule;	/* the ladder's rule */
	const struct rule *ratio;	/* the ratio table's rule, or NULL */
	bool		open;		/* a NEED because the rule hangs on its answer */
	bool		ahead;		/* found by looking through a question */
	int		percent;
	int		needs;
	struct need	need[NEED_MAX];
};

/* One walk: over these facts, with this state. */
struct walk {
	const struct ruleset	*r;
	const struct facts	*f;
	struct state		*s;
	const uint64_t		*in_force;	/* of each table */
	struct fare		*fare;		/* of ladder and ratio table; NULL: not wanted */
};

static struct match
match_table(const struct walk *w, enum table_id id)
{
	const struct table *t = &w->r->table[id];

	if (w->fare == NULL)
		return table_match(t, w->s, w->in_force[id]);
	table_fare(t, w->s, w->in_force[id], &w->fare[id]);
	return w->fare[id].match;
}

/* The first of these combinations, which can not be, that is there all the same; or NULL. */
static const struct rule *
impossible(const struct walk *w, uint64_t which)
{
	const struct table *t = &w->r->table[TABLE_IMPOSSIBLE];
	const uint64_t must = table_must(t, w->s, which & w->in_force[TABLE_IMPOSSIBLE]);

	return must != 0 ? &t->rule[__builtin_ctzll(must)] : NULL;
}

static struct finding
finding_ask(enum question q, const struct state *s)
{
	struct finding o = { .action = ACTION_NEED, .open = true, .needs = 1 };

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

		/* there is a ratio, but which one is still open */
		if (v <= 0)
			return finding_ask((enum question)s->ask[rule->ratio_fact], s);
		/* the sources hold none, 10, 20, 30 in this order */
		o.percent = 10 * v;
	}
	for (; rule->action == ACTION_NEED && o.needs < rule->needs; o.needs++)
		o.need[o.needs] = (struct need){ (enum question)rule->need[o.needs], s->legal };
	return o;
}

/* Runs the ratio table for the path of a ladder rule. */
static struct finding
walk_ratio(const struct walk *w, const struct rule *ladder)
{
	const struct table *t = &w->r->table[TABLE_RATIO];
	struct finding o = { .action = ACTION_REFER };
	const struct rule *rule = NULL;
	struct match m;

	state_derive_path(w->s, w->f, &w->r->parameters, ladder->path);
	if ((rule = impossible(w, w->r->table[TABLE_IMPOSSIBLE].late)) != NULL)
		return (struct finding){ .action = ACTION_REFER, .refused = rule };
	m = match_table(w, TABLE_RATIO);
	if (m.may != 0) {
		const int i = __builtin_ctzll(m.may);

		rule = &t->rule[i];
		o = (m.must >> i & 1) ? finding_of_rule(rule, w->s) :
		    finding_ask(open_question(rule, w->s), w->s);
	}
	o.rule = ladder;
	o.ratio = rule;
	return o;
}

static struct finding
walk_rule(const struct walk *w, const struct rule *rule)
{
	struct finding o;

	if (rule->action == ACTION_PATH)
		return walk_ratio(w, rule);
	o = finding_of_rule(rule, w->s);
	o.rule = rule;
	return o;
}

/* From the top to the first rule that holds or hangs on a question, without those of skip. */
static struct finding
walk(const struct walk *w, uint64_t skip)
{
	const struct table *t = &w->r->table[TABLE_LADDER];
	const struct rule *refusing;
	struct match m;

	state_derive(w->s, w->f, &w->r->parameters);
	if ((refusing = impossible(w, ~(uint64_t)0)) != NULL)
		return (struct finding){ .action = ACTION_REFER, .refused = refusing };
	m = match_table(w, TABLE_LADDER);
	for (uint64_t may = m.may & ~skip; may != 0; may &= may - 1) {
		const int i = __builtin_ctzll(may);
		struct finding o = walk_rule(w, &t->rule[i]);

		if (o.action == ACTION_PASS)
			continue;
		if ((m.must >> i & 1) == 0) {
			o = finding_ask(open_question(&t->rule[i], w->s), w->s);
			o.rule = &t->rule[i];
		}
		return o;
	}
	return (struct finding){ .action = ACTION_REFER };
}

/* The rule that says path and claim: of a marked paper, the ratio table's. */
static const struct rule *
saying(const struct finding *o)
{
	return o->ratio != NULL && o->ratio->action == ACTION_SELF_PAY ? o->ratio : o->rule;
}

/* Whether two findings are the same verdict; a question is none. */
static bool
same(const struct finding *a, const struct finding *b)
{
	if (a->action != b->action || a->action == ACTION_NEED)
		return false;
	return a->action == ACTION_REFER || (a->percent == b->percent &&
	    saying(a)->path == saying(b)->path && saying(a)->claim == saying(b)->claim &&
	    (a->ratio != NULL ? a->ratio->basis : a->rule->basis) ==
	    (b->ratio != NULL ? b->ratio->basis : b->rule->basis));
}

/* What all the answers to one question come to. */
struct ahead {
	bool		any;
	bool		agree;		/* all the same verdict: it is first */
	bool		past;		/* none holds at, or hangs on, the rule that asks */
	struct finding	first;
};

static void
ahead_add(struct ahead *a, const struct finding *asking, const struct finding *here)
{
	if (!a->any)
		a->first = *here;
	a->agree = a->agree && same(&a->first, here);
	a->past = a->past && here->rule > asking->rule;
	a->any = true;
}

static struct finding resolve(const struct walk *w, int *budget);

/*
 * Tries every kind of answer that can be.  The first round only walks: where an
 * answer is still open there, it says nothing.  The second one looks behind
 * those too.  Without any answer the question itself is what it comes to.
 */
static struct ahead
look_ahead(const struct walk *w, const struct finding *asking, bool deep, int *budget)
{
	struct answer_iter it = answers(asking->need[0].question, w->f);
	struct ahead a = { .agree = true, .past = asking->ratio == NULL, .first = *asking };
	struct facts f;
	struct state s;
	const struct walk tried = { w->r, &f, &s, w->in_force, NULL };

	while ((a.agree || a.past) && answers_next(&it, &f)) {
		struct finding here;

		if (--*budget < 0)
			return (struct ahead){ .agree = false };
		here = deep ? resolve(&tried, budget) : walk(&tried, 0);
		if (here.refused == NULL && (deep || !here.open))
			ahead_add(&a, asking, &here);
	}
	return a;
}

/*
 * The walk, with its questions looked through: one whose answers all end the
 * same is not put, and a rule that no answer can make true is passed.
 */
static struct finding
resolve(const struct walk *w, int *budget)
{
	const struct rule *ladder = w->r->table[TABLE_LADDER].rule;
	uint64_t skip = 0;

	for (;;) {
		struct finding o = walk(w, skip);
		struct ahead a;

		if (!o.open)
			return o;
		a = look_ahead(w, &o, false, budget);
		if (a.agree || a.past)
			a = look_ahead(w, &o, true, budget);
		if (a.agree) {
			a.first.ahead = true;
			return a.first;
		}
		if (!a.past)
			return o;
		skip |= (uint64_t)1 << (o.rule - ladder);
	}
}

/* Which rule of a table ended its walk. */
static void
trace_table(const struct walk *w, enum table_id id, const struct rule *hit, bool asks,
    bool refused)
{
	struct fare *fare = &w->fare[id];

	fare->run = true;
	fare->skipped = refused;
	fare->asks = asks;
	fare->hit = hit != NULL ? (int)(hit - w->r->table[id].rule) : -1;
}

/* Until when the rules that decided were known to be the law. */
static int
verified_until(const struct walk *w, const struct finding *o)
{
	const struct rule *const used[] = { o->refused, o->rule, o->ratio };
	int day = INT_MAX - w->r->parameters.stale_after_days;

	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		if (used[i] != NULL && used[i]->verified_on < day)
			day = used[i]->verified_on;
	return day + w->r->parameters.stale_after_days;
}

static void
settle(const struct walk *w, const struct finding *o, struct decision *d)
{
	switch (o->action) {
	case ACTION_RATIO:
		d->verdict = V_VERDICT_INSURED;
		d->percent = o->percent;
		d->basis = o->ratio->basis;
		d->claim = saying(o)->claim;
		break;
	case ACTION_SELF_PAY:
		d->verdict = V_VERDICT_SELF_PAY;
		d->percent = 100;
		d->basis = V_BASIS_RULE;
		d->claim = saying(o)->claim;
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
		d->path = saying(o)->path;
		d->has_path = true;
	}
}

static void
advise(const struct walk *w, struct decision *d)
{
	const struct table *t = &w->r->table[TABLE_ADVICE];
	struct state *s = &d->state;

	state_set(s, F_VERDICT, d->verdict);
	state_set(s, F_BASIS, d->basis);
	if (d->has_path)
		state_set(s, F_PATH, d->path);
	else
		s->can[F_PATH] = value_all(F_PATH);
	d->advice = table_must(t, s, w->in_force[TABLE_ADVICE]);
	d->provisional = (d->advice & t->provisional) != 0;
}

static void
begin(struct decision *d)
{
	/* all but the state, which is written whole, and the trace */
	memset(d, 0, offsetof(struct decision, state));
	memset(&d->fare[TABLE_LADDER], 0, offsetof(struct fare, refused));
	d->path = V_PATH_NONE;
	d->basis = V_BASIS_NONE;
	d->claim = CLAIM_NONE;
	d->fare[TABLE_RATIO].run = false;
}

void
decide(const struct ruleset *r, const struct facts *f, struct decision *out)
{
	const struct segment *seg = ruleset_segment(r, f->visit_date);
	const struct walk w = { r, f, &out->state, seg->in_force, out->fare };
	int budget = LOOK_AHEAD_MAX;
	struct finding o;

	begin(out);
	o = resolve(&w, &budget);
	/* the facts of its path, from what is really known */
	if (o.ratio != NULL && o.ahead) {
		state_derive_path(&out->state, f, &r->parameters, o.rule->path);
		match_table(&w, TABLE_RATIO);
	}
	out->impossible = o.refused != NULL ?
	    (int)(o.refused - r->table[TABLE_IMPOSSIBLE].rule) : -1;
	out->verified_until = verified_until(&w, &o);
	settle(&w, &o, out);
	trace_table(&w, TABLE_LADDER, o.rule, o.open && o.ratio == NULL, o.refused != NULL);
	if (o.ratio != NULL)
		trace_table(&w, TABLE_RATIO, o.ratio, o.open, false);
	advise(&w, out);
}

int
decide_path(const struct ruleset *r, const struct facts *f, enum value path)
{
	const struct rule ladder = { .path = path };
	struct state s;
	const struct walk w = { r, f, &s, ruleset_segment(r, f->visit_date)->in_force, NULL };
	struct finding o;

	state_derive(&s, f, &r->parameters);
	o = walk_ratio(&w, &ladder);
	return o.action == ACTION_RATIO || o.action == ACTION_SELF_PAY ? o.percent : 0;
}

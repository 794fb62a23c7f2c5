#include "prove/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "prove/example.h"
#include "prove/words.h"

/* In how many of the periods where a mutant differs a patient is looked for. */
#define PERIODS_TRIED	2

struct trial {
	struct verify		*v;
	const struct cases	*c;
	struct mutation_run	*out;
	struct facts		*patient;	/* found for other mutants so far */
	int			 patients;
};

/* Whether the rule, as it was or as it is changed, is in force that day. */
static bool
concerns(const struct trial *t, const struct mutant *m, const struct rulebase *changed, int day)
{
	const struct table *now, *then;

	if (m->table == TABLE_MAX)
		return true;
	now = &t->v->rb->set.table[m->table];
	then = &changed->set.table[m->table];
	/* a change of order is one of two rules */
	for (int i = m->rule; i <= m->rule + 1 && i < now->rules; i++)
		if (space_in_force(&now->rule[i], day) || space_in_force(&then->rule[i], day))
			return true;
	return false;
}

static bool
notices(const struct kase *k, const struct rulebase *changed)
{
	struct decision d;
	struct brief b;

	decide(&changed->set, &k->f, &d);
	brief_of(changed, &k->f, &d, &b);
	/* the numbers of a claim are no part of a decision, but are of the answer */
	return (!brief_same(&b, &k->brief) || k->claims) && !kase_holds(k, changed, &d);
}

/* First those cases that the rule decides or nearly decides, then the others. */
static bool
killed(const struct trial *t, const struct mutant *m, const struct rulebase *changed)
{
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < t->c->n; i++) {
			const struct kase *k = &t->c->kase[i];
			const bool near = m->table < TABLE_IMPOSSIBLE &&
			    (k->near[m->table] >> m->rule & 1);

			if (near == (round == 0) && concerns(t, m, changed, k->f.visit_date) &&
			    notices(k, changed))
				return true;
		}
	return false;
}

static bool
tells_apart(const void *arg, uint32_t a, uint32_t b)
{
	const struct space *s = arg;

	if (a == b || a == SPACE_IMPOSSIBLE)
		return false;
	return !space_same(s, a, b);
}

/* The same outcome, but the advice sees another path's facts. */
static bool
sees_apart(const void *arg, uint32_t a, uint32_t b)
{
	return a >= SPACE_FINDINGS && b >= SPACE_FINDINGS &&
	    space_finding(arg, a)->seen != space_finding(arg, b)->seen;
}

/* Whether a rule says a text, or, with text < 0, makes the verdict provisional. */
static bool
says(const struct rule *r, int text)
{
	bool found = text < 0 && r->provisional;

	for (int k = 0; k < r->warnings; k++)
		found = found || (int)r->warning[k].text == text;
	for (int k = 0; k < r->follow_ups; k++)
		found = found || (int)r->follow_up[k].text == text;
	return found;
}

/* Where a text is said in the outcomes of a map. */
static uint32_t
said_where(struct verify *v, const struct ruleset *r, uint32_t map, int day, int text)
{
	const struct table *t = &r->table[TABLE_ADVICE];
	uint32_t set = MDD_EMPTY;

	for (int i = 0; i < t->rules; i++)
		if (says(&t->rule[i], text) && space_in_force(&t->rule[i], day))
			set = mdd_or(v->s.m, set, space_speaks(&v->s, &t->rule[i], map));
	return set;
}

/* Where something is said, of the texts that only says (NULL: all), in one of two cases alone. */
static uint32_t
advice_apart(struct verify *v, const struct ruleset *changed, uint32_t before, uint32_t after,
    int day, const struct rule *only)
{
	struct mdd *m = v->s.m;
	uint32_t set = MDD_EMPTY;

	for (int text = -1; text < v->rb->texts && set == MDD_EMPTY; text++) {
		uint32_t a, b;

		if (only != NULL && text >= 0 && !says(only, text))
			continue;
		a = said_where(v, &v->rb->set, before, day, text);
		b = said_where(v, changed, after, day, text);
		set = mdd_or(m, mdd_minus(m, a, b), mdd_minus(m, b, a));
	}
	return set;
}

/* Where a mutant is decided otherwise, or told something else, on a day. */
static uint32_t
apart(struct verify *v, const struct mutant *m, const struct rulebase *changed, uint32_t before,
    int day)
{
	struct mdd *d = v->s.m;
	uint32_t after, set;

	if (m->table == TABLE_ADVICE)
		return advice_apart(v, &changed->set, before, before, day,
		    &v->rb->set.table[TABLE_ADVICE].rule[m->rule]);
	after = space_map(&v->s, &changed->set, day, NULL);
	set = mdd_where_both(d, before, after, tells_apart, &v->s);
	if (set != MDD_EMPTY || after == before)
		return set;
	set = mdd_where_both(d, before, after, sees_apart, &v->s);
	return set == MDD_EMPTY ? set : advice_apart(v, &changed->set,
	    mdd_ite(d, set, before, MDD_EMPTY), mdd_ite(d, set, after, MDD_EMPTY), day, NULL);
}

/* The map of the rules as they are, on that day. */
static uint32_t
map_on(const struct verify *v, int day)
{
	int k = v->periods - 1;

	while (k > 0 && v->period[k].days.from > day)
		k--;
	return v->period[k].map;
}

/* The two rule sets that an example is to tell apart. */
struct two_sets {
	const struct rulebase	*a, *b;
};

static bool
decided_apart(const void *arg, const struct facts *f)
{
	const struct two_sets *t = arg;
	struct decision d;
	struct brief a, b;

	decide(&t->a->set, f, &d);
	brief_of(t->a, f, &d, &a);
	decide(&t->b->set, f, &d);
	brief_of(t->b, f, &d, &b);
	return !brief_same(&a, &b);
}

static char *
patient(const struct facts *f)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	jw_open(&w, NULL, '{');
	example_write(&w, f);
	jw_close(&w, '}');
	return b.failed ? NULL : b.p;
}

/* The number of a patient who was found for another mutant and tells this one as well, or 0. */
static int
told_already(const struct trial *t, const struct example_test *test)
{
	for (int i = 0; i < t->patients; i++)
		if (test->accept(test->arg, &t->patient[i]))
			return i + 1;
	return 0;
}

static void
survives(const struct trial *t, const struct mutant *m, char *facts, int number)
{
	struct mutation_run *r = t->out;
	const char *id = m->table == TABLE_MAX ? "parameters" :
	    t->v->rb->words[m->table][m->rule].id;

	r->left++;
	if (r->survivors == SURVIVORS_MAX) {
		free(facts);
		return;
	}
	r->survivor[r->survivors++] = (struct survivor){ strdup(id), strdup(m->what), facts,
		number };
}

/* No example notices it: the same everywhere, or a survivor with a patient. */
static void
settle(struct trial *t, const struct mutant *m, const struct rulebase *changed)
{
	struct verify *v = t->v;
	const struct ruleset *sets[] = { &v->rb->set, &changed->set };
	const struct example_test test = { decided_apart, &(struct two_sets){ v->rb, changed } };
	struct period *list = malloc(PERIODS_MAX * sizeof(*list));
	const int n = list != NULL ? space_periods(sets, 2, list) : 0;
	bool same = m->table != TABLE_MAX;
	char *facts = NULL;
	int tries = 0, number;

	if ((number = told_already(t, &test)) != 0) {
		survives(t, m, NULL, number);
		free(list);
		return;
	}
	if (list == NULL)
		v->s.failed = true;
	for (int k = 0; facts == NULL && tries < PERIODS_TRIED && k < n; k++) {
		const int day = space_day(&list[k]);
		const uint32_t before = map_on(v, day);
		struct facts f;
		uint32_t set;

		if (m->table == TABLE_MAX || !concerns(t, m, changed, day) ||
		    (set = apart(v, m, changed, before, day)) == MDD_EMPTY)
			continue;
		same = false;
		tries++;
		if (example_find(&v->s, set, space_possible(&v->s, before),
		    &v->rb->set.parameters, day, &test, &f)) {
			facts = patient(&f);
			if (t->patients < SURVIVORS_MAX)
				t->patient[t->patients++] = f;
			number = t->patients;
		}
	}
	free(list);
	if (same)
		t->out->same++;
	else
		survives(t, m, facts, number);
}

static void
try(void *arg, const struct mutant *m, const struct rulebase *changed)
{
	struct trial *t = arg;

	t->out->all++;
	if (killed(t, m, changed))
		t->out->killed++;
	else
		settle(t, m, changed);
}

int
mutate(struct verify *v, const struct cases *c, struct mutation_run *out, struct err *e)
{
	struct trial t = { .v = v, .c = c, .out = out };
	int rc;

	memset(out, 0, sizeof(*out));
	if ((t.patient = calloc(SURVIVORS_MAX, sizeof(*t.patient))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = mutate_each(v->rb, try, &t, e);
	free(t.patient);
	if (rc < 0)
		return -1;
	return space_failed(&v->s) ?
	    err_set(e, ERR_NOMEM, "the rules are too large to be proved") : 0;
}

void
mutation_run_free(struct mutation_run *r)
{
	for (int i = 0; i < r->survivors; i++) {
		free(r->survivor[i].rule);
		free(r->survivor[i].what);
		free(r->survivor[i].patient);
	}
}

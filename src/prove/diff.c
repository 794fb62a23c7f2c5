#include "prove/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

static void *
room(struct diff *d, void *list, int n, int *cap, size_t size)
{
	const int more = *cap != 0 ? 2 * *cap : 64;
	void *grown;

	if (n < *cap)
		return list;
	if ((grown = realloc(list, (size_t)more * size)) == NULL) {
		d->failed = true;
		return list;
	}
	*cap = more;
	return grown;
}

/* The two maps of one period that are compared. */
struct pair {
	struct diff	*d;
	struct period	 days;
	int		 day_a, day_b;
	uint32_t	 a, b;		/* where they differ, else MDD_EMPTY */
	uint32_t	 possible;	/* under both */
	double		 whole;
	uint32_t	 old;		/* the old value being looked at, and where it is */
	uint32_t	 where;
};

static const char *
id_of(const struct rulebase *rb, enum table_id t, int i)
{
	return i >= 0 ? rb->words[t][i].id : "-";
}

/*
 * Where the path's rule is another one, it does not matter how the ratio was
 * found: only which it is.
 */
static void
simplify(const struct diff *d, struct finding *a, struct finding *b)
{
	if (strcmp(id_of(d->a, TABLE_LADDER, a->ladder), id_of(d->b, TABLE_LADDER, b->ladder)) == 0)
		return;
	a->ratio = b->ratio = -1;
	a->out.basis = b->out.basis = V_BASIS_NONE;
}

/* The same outcomes from the same rules. */
static bool
same_group(const struct diff_group *g, const struct finding *a, const struct finding *b)
{
	return memcmp(&g->a.out, &a->out, sizeof(a->out)) == 0 &&
	    memcmp(&g->b.out, &b->out, sizeof(b->out)) == 0 && g->a.ladder == a->ladder &&
	    g->b.ladder == b->ladder && g->a.ratio == a->ratio && g->b.ratio == b->ratio;
}

/* A group of this period so far; groups of one period stand at the end of the list. */
static void
add_to_group(struct pair *p, struct finding a, struct finding b, uint32_t set)
{
	struct diff *d = p->d;

	simplify(d, &a, &b);
	for (int i = d->groups - 1; i >= 0 && d->group[i].days.from == p->days.from; i--)
		if (same_group(&d->group[i], &a, &b)) {
			d->group[i].set = mdd_or(d->s.m, d->group[i].set, set);
			return;
		}
	d->group = room(d, d->group, d->groups, &d->group_cap, sizeof(*d->group));
	if (d->failed)
		return;
	d->group[d->groups++] = (struct diff_group){ .a = a, .b = b, .set = set,
		.possible = p->possible, .days = p->days, .day_a = p->day_a, .day_b = p->day_b };
}

static void
each_new(void *arg, uint32_t number)
{
	struct pair *p = arg;
	struct space *s = &p->d->s;
	uint32_t set;

	if (number < SPACE_FINDINGS)
		return;
	set = mdd_and(s->m, p->where, mdd_equal(s->m, p->b, number));
	set = mdd_and(s->m, set, space_one_person(s, space_finding(s, p->old)->path,
	    space_finding(s, number)->path));
	if (set != MDD_EMPTY)
		add_to_group(p, *space_finding(s, p->old), *space_finding(s, number), set);
}

static void
each_old(void *arg, uint32_t number)
{
	struct pair *p = arg;
	struct mdd *m = p->d->s.m;

	if (number < SPACE_FINDINGS)
		return;
	p->old = number;
	p->where = mdd_equal(m, p->a, number);
	mdd_values(m, mdd_ite(m, p->where, p->b, MDD_EMPTY), each_new, p);
}

/* The figures of the groups of a period; one that goes on from the period before is one. */
static void
finish_groups(struct pair *p, int first)
{
	struct diff *d = p->d;
	int kept = first;

	for (int i = first; i < d->groups; i++) {
		struct diff_group *g = &d->group[i];
		bool goes_on = false;

		for (int k = 0; k < first && !goes_on; k++) {
			struct diff_group *before = &d->group[k];

			goes_on = before->days.until == g->days.from - 1 &&
			    before->set == g->set && same_group(before, &g->a, &g->b);
			if (goes_on)
				before->days.until = g->days.until;
		}
		if (goes_on)
			continue;
		g->share = mdd_share(d->s.m, g->set) / p->whole;
		g->count = space_count(&d->s, g->set, g->a.path, g->b.path);
		d->group[kept++] = *g;
	}
	d->groups = kept;
}

static bool
says(const struct rule *r, const struct rulebase *rb, const char *code)
{
	bool found = code == NULL && r->provisional;

	for (int k = 0; code != NULL && k < r->warnings; k++)
		found = found || strcmp(rb->text[r->warning[k].text].code, code) == 0;
	for (int k = 0; code != NULL && k < r->follow_ups; k++)
		found = found || strcmp(rb->text[r->follow_up[k].text].code, code) == 0;
	return found;
}

static uint32_t
said_where(struct diff *d, const struct rulebase *rb, uint32_t map, int day, const char *code)
{
	const struct table *t = &rb->set.table[TABLE_ADVICE];
	uint32_t set = MDD_EMPTY;

	for (int i = 0; i < t->rules; i++)
		if (says(&t->rule[i], rb, code) && space_in_force(&t->rule[i], day))
			set = mdd_or(d->s.m, set, space_speaks(&d->s, &t->rule[i], map));
	return set;
}

static void
add_text(struct pair *p, int text, bool added, uint32_t set)
{
	struct diff *d = p->d;

	if (set == MDD_EMPTY)
		return;
	for (int i = 0; i < d->texts; i++)
		if (d->text[i].text == text && d->text[i].added == added &&
		    d->text[i].set == set && d->text[i].days.until == p->days.from - 1) {
			d->text[i].days.until = p->days.until;
			return;
		}
	d->text = room(d, d->text, d->texts, &d->text_cap, sizeof(*d->text));
	if (!d->failed)
		d->text[d->texts++] = (struct diff_text){ text, added, set,
			p->possible, mdd_share(d->s.m, set) / p->whole, p->days };
}

/* Texts of the old base that are said elsewhere, where the outcome is what it was. */
static void
compare_texts(struct pair *p, uint32_t map_a, uint32_t map_b, uint32_t same)
{
	struct diff *d = p->d;
	struct mdd *m = d->s.m;

	map_a = mdd_ite(m, same, map_a, MDD_EMPTY);
	map_b = mdd_ite(m, same, map_b, MDD_EMPTY);
	for (int text = -1; text < d->a->texts; text++) {
		const char *code = text < 0 ? NULL : d->a->text[text].code;
		const uint32_t before = said_where(d, d->a, map_a, p->day_a, code);
		const uint32_t after = said_where(d, d->b, map_b, p->day_b, code);

		add_text(p, text, false, mdd_minus(m, before, after));
		add_text(p, text, true, mdd_minus(m, after, before));
	}
}

static bool
apart(const void *arg, uint32_t a, uint32_t b)
{
	return a != SPACE_IMPOSSIBLE && b != SPACE_IMPOSSIBLE && !space_same(arg, a, b);
}

static void
compare(struct diff *d, const struct period *days, int day_a, int day_b)
{
	struct mdd *m = d->s.m;
	struct pair p = { .d = d, .days = *days, .day_a = day_a, .day_b = day_b };
	const uint32_t a = space_map(&d->s, &d->a->set, day_a, NULL);
	const uint32_t b = space_map(&d->s, &d->b->set, day_b, NULL);
	const int first = d->groups;
	uint32_t differ;

	p.possible = mdd_and(m, space_possible(&d->s, a), space_possible(&d->s, b));
	p.whole = mdd_share(m, p.possible);
	differ = mdd_where_both(m, a, b, apart, &d->s);
	p.a = mdd_ite(m, differ, a, MDD_EMPTY);
	p.b = mdd_ite(m, differ, b, MDD_EMPTY);
	mdd_values(m, p.a, each_old, &p);
	finish_groups(&p, first);
	compare_texts(&p, a, b, mdd_minus(m, p.possible, differ));
}

static int
by_share(const void *x, const void *y)
{
	const struct diff_group *a = x, *b = y;

	if (a->share != b->share)
		return a->share < b->share ? 1 : -1;
	return a->order - b->order;
}

static int
begin(struct diff *d, const struct rulebase *a, const struct rulebase *b, bool two_days,
    struct err *e)
{
	*d = (struct diff){ .a = a, .b = b, .two_days = two_days };
	return space_init(&d->s) == 0 ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

static int
end(struct diff *d, struct err *e)
{
	if (d->failed || space_failed(&d->s))
		return err_set(e, ERR_NOMEM, "the rules are too large to be compared");
	for (int i = 0; i < d->groups; i++)
		d->group[i].order = i;
	if (d->groups > 0)
		qsort(d->group, (size_t)d->groups, sizeof(*d->group), by_share);
	return 0;
}

int
diff_days(struct diff *d, const struct rulebase *rb, int day_a, int day_b, struct err *e)
{
	const struct period both = { day_b, day_b };

	if (begin(d, rb, rb, true, e) < 0)
		return -1;
	compare(d, &both, day_a, day_b);
	return end(d, e);
}

int
diff_files(struct diff *d, const struct rulebase *a, const struct rulebase *b, int on,
    struct err *e)
{
	const struct ruleset *sets[] = { &a->set, &b->set };
	struct period *list = malloc(PERIODS_MAX * sizeof(*list));
	int n = list != NULL ? space_periods(sets, 2, list) : 0;

	if (begin(d, a, b, false, e) < 0) {
		free(list);
		return -1;
	}
	d->failed = list == NULL;
	if (on != DATE_NONE && list != NULL) {
		list[0] = (struct period){ on, on };
		n = 1;
	}
	for (int i = 0; i < n; i++)
		compare(d, &list[i], space_day(&list[i]), space_day(&list[i]));
	free(list);
	return end(d, e);
}

void
diff_free(struct diff *d)
{
	free(d->group);
	free(d->text);
	space_free(&d->s);
}

/* Whether two rules decide alike on the days on which they are in force. */
static bool
same_rule(const struct rule *a, const struct rule *b)
{
	bool same = a->action == b->action && a->path == b->path && a->claim == b->claim &&
	    a->percent == b->percent && a->ratio_fact == b->ratio_fact && a->basis == b->basis &&
	    a->from == b->from && a->until == b->until && a->needs == b->needs &&
	    memcmp(a->need, b->need, sizeof(a->need)) == 0;

	for (int f = 0; f < F_MAX; f++)
		same = same && ((a->accept[f] ^ b->accept[f]) & value_all((enum fact)f)) == 0;
	return same;
}

enum rule_change
diff_rule(const struct diff *d, const struct diff_group *g, bool of_b, enum table_id t, int i,
    int *other)
{
	const struct rulebase *mine = of_b ? d->b : d->a, *theirs = of_b ? d->a : d->b;
	const struct rule *r = &mine->set.table[t].rule[i];

	*other = -1;
	if (d->two_days) {
		*other = i;
		if (space_in_force(r, of_b ? g->day_a : g->day_b))
			return RULE_SAME;
		return of_b ? RULE_BEGAN : RULE_ENDED;
	}
	for (int k = 0; k < theirs->set.table[t].rules && *other < 0; k++)
		if (strcmp(theirs->words[t][k].id, mine->words[t][i].id) == 0)
			*other = k;
	if (*other < 0)
		return of_b ? RULE_ADDED : RULE_REMOVED;
	return same_rule(r, &theirs->set.table[t].rule[*other]) ? RULE_SAME : RULE_CHANGED;
}

bool
diff_equal(const struct diff *d)
{
	return d->groups == 0 && d->texts == 0 &&
	    memcmp(&d->a->set.parameters, &d->b->set.parameters, sizeof(struct parameters)) == 0;
}

#include <string.h>

#include "prove/verify.h"
#include "prove/words.h"

/* What is wrong in the tables themselves: gaps, overlaps, dead rules, sources. */

static const char *
id_of(const struct verify *v, enum table_id t, int rule)
{
	return rule >= 0 ? v->rb->words[t][rule].id : "-";
}

static const struct rule *
rule_of(const struct verify *v, enum table_id t, int i)
{
	return &v->rb->set.table[t].rule[i];
}

static bool
in_period(const struct verify *v, const struct rule *r, int period)
{
	return space_in_force(r, v->period[period].days.from);
}

void
verify_gaps(struct verify *v)
{
	for (int k = 0; k < v->periods; k++)
		for (int i = 0; i < v->s.findings; i++) {
			const struct finding *f = &v->s.finding[i];
			const char *why = v->ja ? "この経路の割合を決める規則がない" :
			    "no rule finds the ratio for this path";
			uint32_t set;

			if (!f->gap || (set = mdd_equal(v->s.m, v->period[k].map,
			    (uint32_t)i + SPACE_FINDINGS)) == MDD_EMPTY)
				continue;
			if (f->ladder < 0)
				why = v->ja ? "どの規則も当てはまらない" : "no rule holds";
			verify_found(v, PROVE_GAP, k, id_of(v, TABLE_LADDER, f->ladder),
			    f->ratio >= 0 ? id_of(v, TABLE_RATIO, f->ratio) : NULL, set, why);
		}
}

/* Where both rules hold on that path (-1: in the ladder), whatever comes first. */
static uint32_t
both(struct verify *v, enum table_id t, int i, int j, int path, int period)
{
	const struct ruleset *r = &v->rb->set;
	const int day = v->period[period].days.from;
	struct mdd *m = v->s.m;
	uint32_t set = mdd_and(m, space_box(&v->s, rule_of(v, t, i), path, NULL, NULL),
	    space_box(&v->s, rule_of(v, t, j), path, NULL, NULL));

	if (set == MDD_EMPTY)
		return set;
	set = mdd_minus(m, set, space_impossible(&v->s, r, day, -1));
	return path < 0 ? set : mdd_minus(m, set, space_impossible(&v->s, r, day, path));
}

/* Whether a rule of the ladder in force that day opens the path. */
static bool
path_opens(const struct verify *v, int path, int period)
{
	const struct table *t = &v->rb->set.table[TABLE_LADDER];

	for (int i = 0; i < t->rules; i++)
		if (t->rule[i].action == ACTION_PATH && (int)t->rule[i].path == path &&
		    in_period(v, &t->rule[i], period))
			return true;
	return false;
}

static uint32_t
overlap(struct verify *v, enum table_id t, int i, int j, int period)
{
	uint32_t set = MDD_EMPTY;

	if (!in_period(v, rule_of(v, t, i), period) || !in_period(v, rule_of(v, t, j), period))
		return MDD_EMPTY;
	if (t == TABLE_LADDER)
		return both(v, t, i, j, -1, period);
	for (int p = 0; p < fact_values(F_PATH) && set == MDD_EMPTY; p++)
		if (path_opens(v, (int)V_PATH_NONE + p, period))
			set = both(v, t, i, j, (int)V_PATH_NONE + p, period);
	return set;
}

/* Rules i and j of a stage: apart, or i a named exception that happens. */
static void
verify_pair(struct verify *v, enum table_id t, int i, int j)
{
	const bool named = v->rb->beats[t][i] >> j & 1;

	for (int k = 0; k < v->periods; k++) {
		const uint32_t set = overlap(v, t, i, j, k);

		if (set == MDD_EMPTY)
			continue;
		if (!named)
			verify_found(v, PROVE_OVERLAP, k, id_of(v, t, i), id_of(v, t, j), set,
			    v->ja ? "同じ段の二つの規則が同時に当てはまり、beats にない" :
			    "both rules of a stage hold, and no beats says which wins");
		return;
	}
	if (named)
		verify_found(v, PROVE_OVERLAP, -1, id_of(v, t, i), id_of(v, t, j), MDD_EMPTY,
		    v->ja ? "beats の例外が起こりえない" : "the exception in beats never happens");
}

void
verify_overlaps(struct verify *v)
{
	static const enum table_id tables[] = { TABLE_LADDER, TABLE_RATIO };

	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++) {
		const enum table_id t = tables[k];

		for (int i = 0; i < v->rb->set.table[t].rules; i++)
			for (int j = i + 1; j < v->rb->set.table[t].rules; j++)
				if (v->rb->words[t][i].stage == v->rb->words[t][j].stage)
					verify_pair(v, t, i, j);
	}
}

/* Which rules are found in maps. */
struct winners {
	const struct verify	*v;
	uint64_t		 ladder, ratio;
};

static void
note_winner(void *arg, uint32_t number)
{
	struct winners *w = arg;
	const struct finding *f;

	if (number < SPACE_FINDINGS)
		return;
	f = space_finding(&w->v->s, number);
	if (f->ladder >= 0)
		w->ladder |= (uint64_t)1 << f->ladder;
	if (f->ratio >= 0)
		w->ratio |= (uint64_t)1 << f->ratio;
}

/* The rules that win in the place of a dead one. */
static void
dead(struct verify *v, enum table_id t, int rule)
{
	struct winners w = { .v = v };
	struct buf why = BUF_INIT;
	uint64_t cover;

	for (int k = 0; k < v->periods; k++) {
		uint32_t box = MDD_EMPTY;

		if (!in_period(v, rule_of(v, t, rule), k))
			continue;
		if (t == TABLE_LADDER)
			box = space_box(&v->s, rule_of(v, t, rule), -1, NULL, NULL);
		for (int p = 0; t == TABLE_RATIO && p < fact_values(F_PATH); p++)
			if (path_opens(v, (int)V_PATH_NONE + p, k))
				box = mdd_or(v->s.m, box, space_box(&v->s, rule_of(v, t, rule),
				    (int)V_PATH_NONE + p, NULL, NULL));
		mdd_values(v->s.m, mdd_ite(v->s.m, box, v->period[k].tried, MDD_EMPTY),
		    note_winner, &w);
	}
	cover = (t == TABLE_LADDER ? w.ladder : w.ratio) & (((uint64_t)1 << rule) - 1);
	buf_adds(&why, v->ja ? "一度も働かない" : "never decides");
	for (uint64_t rest = cover; rest != 0; rest &= rest - 1)
		buf_addf(&why, "%s%s", rest != cover ? ", " : v->ja ? "。先に決める規則: " :
		    "; decided before by ", id_of(v, t, __builtin_ctzll(rest)));
	verify_found(v, PROVE_DEAD, -1, id_of(v, t, rule), NULL, MDD_EMPTY,
	    why.p != NULL ? why.p : "");
	buf_free(&why);
}

static void
verify_dead_advice(struct verify *v)
{
	for (int i = 0; i < v->rb->set.table[TABLE_ADVICE].rules; i++) {
		const struct rule *r = rule_of(v, TABLE_ADVICE, i);
		bool speaks = false;

		for (int k = 0; k < v->periods && !speaks; k++)
			speaks = in_period(v, r, k) &&
			    space_speaks(&v->s, r, v->period[k].map) != MDD_EMPTY;
		if (!speaks)
			verify_found(v, PROVE_DEAD, -1, id_of(v, TABLE_ADVICE, i), NULL, MDD_EMPTY,
			    v->ja ? "この助言が出ることはない" : "this advice is never given");
	}
}

/* Whether one rule of the impossible adds nothing to the others on any day. */
static bool
adds_nothing(struct verify *v, int rule)
{
	struct ruleset *others = v->scratch;
	const struct rule *r = rule_of(v, TABLE_IMPOSSIBLE, rule);

	*others = v->rb->set;
	others->table[TABLE_IMPOSSIBLE].rule[rule].until = SPACE_DAY_MIN - 1;
	for (int k = 0; k < v->periods; k++)
		for (int p = -1; in_period(v, r, k) && p < fact_values(F_PATH); p++) {
			const int path = p < 0 ? -1 : (int)V_PATH_NONE + p;
			const int day = v->period[k].days.from;
			uint32_t left = space_impossible(&v->s, others, day, -1);

			if (path >= 0)
				left = mdd_or(v->s.m, left,
				    space_impossible(&v->s, others, day, path));
			if (mdd_minus(v->s.m, space_box(&v->s, r, path, NULL, NULL), left) !=
			    MDD_EMPTY)
				return false;
		}
	return true;
}

void
verify_dead(struct verify *v)
{
	struct winners w = { .v = v };

	for (int k = 0; k < v->periods; k++) {
		mdd_values(v->s.m, v->period[k].map, note_winner, &w);
		mdd_values(v->s.m, v->period[k].tried, note_winner, &w);
	}
	for (int i = 0; i < v->rb->set.table[TABLE_LADDER].rules; i++)
		if ((w.ladder >> i & 1) == 0)
			dead(v, TABLE_LADDER, i);
	for (int i = 0; i < v->rb->set.table[TABLE_RATIO].rules; i++)
		if ((w.ratio >> i & 1) == 0)
			dead(v, TABLE_RATIO, i);
	verify_dead_advice(v);
	for (int i = 0; i < v->rb->set.table[TABLE_IMPOSSIBLE].rules; i++)
		if (adds_nothing(v, i))
			verify_found(v, PROVE_DEAD, -1, id_of(v, TABLE_IMPOSSIBLE, i), NULL,
			    MDD_EMPTY, v->ja ? "ほかの「ありえない組み合わせ」に含まれる" :
			    "other impossible combinations hold it already");
}

/* Whether one of the sources that a rule cites is somebody else's word. */
static bool
sourced(const struct rulebase *rb, const struct json *rule)
{
	const struct json *list = js_get(rule, "source"), *sources = js_get(rb->doc, "sources");

	for (size_t i = 0; i < js_len(list); i++) {
		const char *key = js_as_str(js_at(js_at(list, i), 0));
		const struct json *source = key != NULL ? js_get(sources, key) : NULL;
		bool own = false;

		(void)js_bool(source, "own", &own);
		if (source != NULL && !own)
			return true;
	}
	return false;
}

void
verify_sources(struct verify *v)
{
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < v->rb->set.table[t].rules; i++)
			if (rule_of(v, (enum table_id)t, i)->action == ACTION_SELF_PAY &&
			    !sourced(v->rb, v->rb->words[t][i].json))
				verify_found(v, PROVE_SOURCE, -1, id_of(v, (enum table_id)t, i),
				    NULL, MDD_EMPTY, v->ja ?
				    "10割にするのに、根拠がこちらの解釈だけ" :
				    "full cost, and the only source is our own reading");
}

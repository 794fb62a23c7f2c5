#include "prove/verify.h"

#include <stddef.h>

/* What happens when a fact changes, is left open, or the day goes on. */

/*
 * A paper more: a fact that goes to another value.  A genuine one does not
 * change who the patient is; it brings a path of its own, of which nothing
 * was known, and on the other paths another ratio.
 */
struct addition {
	enum fact	fact;
	uint16_t	from;		/* bits of its values, 0: every other one */
	enum value	to;
	enum value	path;		/* whose facts may be anything now */
	enum fact	ratio;		/* which there may be now, or another one */
	bool		temporary;	/* it is presented, for 4b, too */
	const char	*ja, *en;
};

#define PAPER(id, path, to, ratio, temp, ja, en) \
	{ F_##id, 0, V_##id##_##to, V_PATH_##path, F_RATIO_##ratio, temp, ja, en }
static const struct addition additions[] = {
	PAPER(ELIGIBILITY_CERTIFICATE, ELIGIBILITY_CERTIFICATE, VALID, DOCUMENT, false,
	    "資格確認書を足すと10割になる", "a 資格確認書 more makes it full cost"),
	PAPER(PORTAL, PORTAL, VALID, DOCUMENT, false, "マイナポータル画面を足すと10割になる",
	    "a マイナポータル screen more makes it full cost"),
	PAPER(PORTAL_PDF, PORTAL, VALID, DOCUMENT, false, "マイナポータルPDFを足すと10割になる",
	    "a マイナポータル PDF more makes it full cost"),
	PAPER(NOTICE, NOTICE, VALID, DOCUMENT, true, "資格情報のお知らせを足すと10割になる",
	    "a お知らせ more makes it full cost"),
	PAPER(OLD_CARD, OLD_CARD, VALID, DOCUMENT, true, "期限内の従来の保険証を足すと10割になる",
	    "an old card in date makes it full cost"),
	PAPER(STATEMENT, STATEMENT, GIVEN, DECLARED, false, "申立書を足すと10割になる",
	    "a 申立書 more makes it full cost"),
	PAPER(DISASTER, DISASTER, STATED, DECLARED, false, "災害の申し立てを足すと10割になる",
	    "the items stated after a disaster make it full cost"),
	/* a record where there was none */
	{ F_COURSE, 1U << (V_COURSE_NO_RECORD - V_COURSE_FIRST), V_COURSE_UNCHANGED, V_PATH_ORAL,
	    F_RATIO_RECORD, false, "変更なしの記録を足すと10割になる", "an unchanged record makes it full cost" },
};
#undef PAPER

static bool
is_insured(const void *arg, uint32_t number)
{
	return number >= SPACE_FINDINGS &&
	    space_finding(arg, number)->out.verdict == V_VERDICT_INSURED;
}

static bool
is_full_cost(const void *arg, uint32_t number)
{
	const struct finding *f = number >= SPACE_FINDINGS ? space_finding(arg, number) : NULL;

	return f != NULL && f->out.verdict == V_VERDICT_SELF_PAY &&
	    f->out.path != V_PATH_SPECIAL_MEDICAL;
}

/*
 * From where one gets into the set when a source of ratios is added: another
 * ratio, or one where there was none; none is lost.
 */
static uint32_t
gains(struct verify *v, uint32_t set, enum fact ratio)
{
	struct mdd *m = v->s.m;

	for (int i = 0; i < fact_values(F_PATH); i++) {
		const int var = space_var(ratio, V_PATH_NONE + (enum value)i);
		const uint32_t none = mdd_literal(m, var, 1);
		struct varset one = { { 0 } };

		varset_add(&one, var);
		set = mdd_or(m, mdd_and(m, set, none),
		    mdd_exists(m, mdd_minus(m, set, none), &one));
	}
	return set;
}

/* Where an insured patient pays in full once the paper is there. */
static uint32_t
cliff(struct verify *v, const struct addition *a, uint32_t map)
{
	struct mdd *m = v->s.m;
	const int var = space_var(a->fact, V_PATH_NONE);
	const uint16_t other = value_all(a->fact) & (uint16_t)~value_bit(a->fact, a->to);
	struct varset moved = space_path_vars((int)a->path);
	uint32_t after = mdd_where(m, map, is_full_cost, &v->s);

	space_add_fact(&moved, F_RATIO_CHECK);
	space_add_fact(&moved, F_RATIO_LEGAL);
	after = gains(v, mdd_exists(m, after, &moved), a->ratio);
	after = mdd_fix(m, after, var, value_index(a->fact, a->to));
	if (a->temporary)
		after = mdd_fix(m, after, space_var(F_TEMPORARY_DOCUMENT, V_PATH_NONE),
		    value_index(F_TEMPORARY_DOCUMENT, V_TEMPORARY_DOCUMENT_YES));
	return mdd_and(m, mdd_and(m, after, mdd_where(m, map, is_insured, &v->s)),
	    mdd_literal(m, var, a->from != 0 ? a->from : other));
}

/* A rule by which one of them pays in full. */
static const char *
full_cost_rule(struct verify *v, const struct addition *a, uint32_t set, uint32_t map)
{
	uint32_t after;
	struct cube box;
	int path;

	(void)mdd_pick(v->s.m, set, 0, &box);
	for (int var = 0; var < mdd_vars(v->s.m); var++)
		if (space_fact(var, &path) >= F_BAND)
			box.set[var] = UINT16_MAX;
	box.set[space_var(a->fact, V_PATH_NONE)] = value_bit(a->fact, a->to);
	if (a->temporary)
		box.set[space_var(F_TEMPORARY_DOCUMENT, V_PATH_NONE)] =
		    value_bit(F_TEMPORARY_DOCUMENT, V_TEMPORARY_DOCUMENT_YES);
	after = mdd_and(v->s.m, mdd_cube(v->s.m, &box),
	    mdd_where(v->s.m, map, is_full_cost, &v->s));
	if (!mdd_pick(v->s.m, after, 0, &box))
		return "-";
	return v->rb->words[TABLE_LADDER][space_finding(&v->s,
	    mdd_value(v->s.m, map, &box))->ladder].id;
}

void
verify_cliffs(struct verify *v)
{
	for (int k = 0; k < v->periods; k++)
		for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]); i++) {
			const struct addition *a = &additions[i];
			const uint32_t map = v->period[k].map, set = cliff(v, a, map);

			if (set != MDD_EMPTY)
				verify_found(v, PROVE_CLIFF, k, full_cost_rule(v, a, set, map),
				    NULL, set, v->ja ? a->ja : a->en);
		}
}

/* An early verdict that is not what an answer would have made of it. */
static bool
contradicts(const void *arg, uint32_t early, uint32_t full)
{
	return early >= SPACE_FINDINGS && full != SPACE_IMPOSSIBLE &&
	    !space_same(arg, early, full);
}

static void
verify_open(struct verify *v, int period, enum question q, enum question other)
{
	const struct varset a = verify_moved(q), b = verify_moved(other);
	struct varset open = a;
	uint32_t early, set;

	for (int i = 0; i < MDD_VARS / 64; i++)
		open.bits[i] |= b.bits[i];
	early = space_map(&v->s, &v->rb->set, v->period[period].days.from, &open);
	set = mdd_where_both(v->s.m, early, v->period[period].map, contradicts, &v->s);
	v->combinations++;
	if (set != MDD_EMPTY)
		verify_found(v, PROVE_ORDER, period, question_info(q)->name,
		    other != q ? question_info(other)->name : NULL, set,
		    v->ja ? "聞かずに決めた判定が、答えによって変わる" :
		    "the verdict without the answer is not that of every answer");
}

void
verify_order(struct verify *v)
{
	for (int k = 0; k < v->periods; k++)
		for (int q = 0; q < Q_MAX; q++)
			verify_open(v, k, (enum question)q, (enum question)q);
	/* pairs where the rules are those of today and of what is to come */
	for (int q = 0; q < Q_MAX; q++)
		for (int other = q + 1; other < Q_MAX; other++)
			verify_open(v, v->periods - 1, (enum question)q, (enum question)other);
}

static bool
differs(const void *arg, uint32_t before, uint32_t after)
{
	return !space_same(arg, before, after);
}

/* Whether a rule begins on this day, or ended the day before. */
static bool
turns(const struct rule *r, int day)
{
	return r->from == day || (fact_known(r->until) && r->until == day - 1);
}

/* What the rules that begin or end that day look at. */
static uint32_t
dated_boxes(struct verify *v, int day)
{
	uint32_t set = MDD_EMPTY;

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; t != TABLE_ADVICE && i < v->rb->set.table[t].rules; i++) {
			const struct rule *r = &v->rb->set.table[t].rule[i];

			for (int p = -1; turns(r, day) && p < fact_values(F_PATH); p++)
				set = mdd_or(v->s.m, set, space_box(&v->s, r,
				    p < 0 ? -1 : (int)V_PATH_NONE + p, NULL, NULL));
		}
	return set;
}

void
verify_continuity(struct verify *v)
{
	for (int k = 1; k < v->periods; k++) {
		struct verified_period *p = &v->period[k];
		uint32_t set;

		p->changed = mdd_where_both(v->s.m, v->period[k - 1].map, p->map, differs, &v->s);
		set = mdd_minus(v->s.m, p->changed, dated_boxes(v, p->days.from));
		if (set != MDD_EMPTY)
			verify_found(v, PROVE_CONTINUITY, k, "-", NULL, set, v->ja ?
			    "その日に始まる規則も終わった規則もないのに判定が変わる" :
			    "changes though no rule begins or has ended there");
	}
}

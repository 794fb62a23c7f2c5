#include <stdlib.h>

#include "prove/example.h"
#include "prove/verify.h"

/*
 * The proof is about a model of the engine; here the engine itself decides
 * an invented patient for each outcome, also with questions left unasked: for
 * those of the last period, and wherever a period changes what was before.
 */

/* The facts as they were before these questions were asked. */
static void
unask(struct facts *f, enum question q)
{
	switch (q) {
	case Q_MEDIUM:
		f->card.medium = FACT_UNASKED;
		break;
	case Q_READ:
		f->card.read = FACT_UNASKED;
		break;
	case Q_VISIT:
		f->visit = FACT_UNASKED;
		break;
	case Q_RECORD:
		f->record.presence = FACT_UNASKED;
		break;
	case Q_UNCHANGED:
		f->record.unchanged = FACT_UNASKED;
		break;
	case Q_STATED:
		f->disaster.presence = FACT_UNASKED;
		break;
	case Q_STATEMENT:
		f->statement.presence = FACT_UNASKED;
		break;
	case Q_BIRTHDATE:
		f->birthdate = FACT_UNASKED;
		break;
	case Q_COPAY_PERCENT:
		f->copay_percent = FACT_UNASKED;
		break;
	case Q_ELIGIBILITY_CERTIFICATE:
	case Q_PORTAL:
	case Q_PORTAL_PDF:
	case Q_NOTICE:
	case Q_OLD_CARD:
		f->document[q - Q_ELIGIBILITY_CERTIFICATE].presence = FACT_UNASKED;
		break;
	default:
		break;	/* reported by machines: what is missing there is another fact */
	}
}

static bool
same_verdict(const struct decision *a, const struct decision *b)
{
	return a->verdict == b->verdict && a->has_path == b->has_path && a->path == b->path &&
	    a->percent == b->percent && a->basis == b->basis && a->claim == b->claim;
}

static bool
as_proved(const struct decision *d, const struct result_of *out)
{
	if ((int)d->verdict != out->verdict || d->percent != out->percent ||
	    (d->has_path ? (int)d->path : -1) != out->path || (int)d->basis != out->basis ||
	    (int)d->claim != out->claim || d->needs != out->needs)
		return false;
	for (int i = 0; i < d->needs; i++)
		if ((int)d->need[i].question != out->need[i])
			return false;
	return true;
}

struct patients {
	struct verify	*v;
	int		 period;
	uint32_t	 map;
};

/*
 * What counts where it is there, though nobody asks for it: the 申立書 on an
 * online path, the reading of a phone, a birth date that the answer has too.
 */
static bool
unasked_for(const struct facts *f, const struct decision *whole, enum question q)
{
	if (q == Q_READ)
		return f->card.medium == MEDIUM_PHONE;
	if (q == Q_BIRTHDATE)
		return fact_known(f->online.result.birthdate);
	return q == Q_STATEMENT && whole->basis == V_BASIS_STATEMENT &&
	    (whole->path == V_PATH_ONLINE_CARD || whole->path == V_PATH_ONLINE_PHONE ||
	    whole->path == V_PATH_ONLINE_NUMBER || whole->path == V_PATH_SPECIAL_MEDICAL);
}

/* Leaves out each question, in the last period also every two of them. */
static void
leave_out(struct verify *v, int period, uint32_t set, const struct facts *f,
    const struct decision *whole)
{
	const bool pairs = period == v->periods - 1;

	for (int q = 0; q < Q_MAX; q++)
		for (int other = q; other < (pairs ? (int)Q_MAX : q + 1); other++) {
			struct facts less = *f;
			struct decision d;

			if (unasked_for(f, whole, (enum question)q) ||
			    unasked_for(f, whole, (enum question)other))
				continue;
			unask(&less, (enum question)q);
			unask(&less, (enum question)other);
			decide(&v->rb->set, &less, &d);
			if (d.verdict == V_VERDICT_NEED || same_verdict(&d, whole))
				continue;
			verify_found(v, PROVE_ENGINE, period, question_info((enum question)q)->name,
			    question_info((enum question)other)->name, set, v->ja ?
			    "聞かずに決めた判定が、聞いたときと違う" :
			    "the verdict without the answers is not that with them");
			return;
		}
}

static void
verify_patient(void *arg, uint32_t number)
{
	const struct patients *p = arg;
	struct verify *v = p->v;
	const struct period *days = &v->period[p->period].days;
	struct decision d;
	struct facts f;
	uint32_t set;

	if (number < SPACE_FINDINGS)
		return;
	set = mdd_equal(v->s.m, p->map, number);
	if (!example_find(&v->s, set, MDD_ALL, &v->rb->set.parameters, space_day(days), NULL, &f)) {
		v->unmet++;
		return;
	}
	decide(&v->rb->set, &f, &d);
	v->patients++;
	if (!as_proved(&d, &space_finding(&v->s, number)->out))
		verify_found(v, PROVE_ENGINE, p->period, v->rb->words[TABLE_LADDER][
		    space_finding(&v->s, number)->ladder].id, NULL, set, v->ja ?
		    "判定の実行結果が証明と違う" : "the engine decides otherwise than proved");
	else if (d.verdict != V_VERDICT_NEED)
		leave_out(v, p->period, set, &f, &d);
}

void
verify_engine(struct verify *v)
{
	for (int k = 0; k < v->periods; k++) {
		struct patients p = { v, k, v->period[k].map };

		/* before the last period, those for whom its first day changes something */
		if (k + 1 < v->periods)
			p.map = mdd_ite(v->s.m, v->period[k].changed, p.map, MDD_EMPTY);
		mdd_values(v->s.m, p.map, verify_patient, &p);
	}
}

/* Findings of a path; it is tried there. */
struct tried {
	const struct space	*s;
	int			 path;
};

static bool
tries(const void *arg, uint32_t number)
{
	const struct tried *t = arg;

	return number >= SPACE_FINDINGS && (t->path < 0 ||
	    space_finding(t->s, number)->path == t->path);
}

/* Whether a patient comes into the box of a rule of the impossible, on any path. */
static bool
found_in(struct verify *v, const struct rule *r, uint32_t map, int day, uint32_t *set)
{
	struct facts f;

	for (int i = -1; i < fact_values(F_PATH); i++) {
		const struct tried t = { &v->s, i < 0 ? -1 : (int)V_PATH_NONE + i };

		*set = mdd_and(v->s.m, space_box(&v->s, r, t.path, NULL, NULL),
		    mdd_where(v->s.m, map, tries, &t));
		if (*set != MDD_EMPTY && example_find(&v->s, *set, MDD_ALL,
		    &v->rb->set.parameters, day, NULL, &f))
			return true;
		/* a box of the ladder's facts is the same on every path */
		if (*set != MDD_EMPTY && i < 0)
			break;
	}
	return false;
}

void
verify_impossible(struct verify *v)
{
	const struct table *t = &v->rb->set.table[TABLE_IMPOSSIBLE];
	uint32_t *map = calloc((size_t)v->periods, sizeof(*map));

	if (map == NULL)
		v->s.failed = true;
	*v->scratch = v->rb->set;
	v->scratch->table[TABLE_IMPOSSIBLE].rules = 0;
	for (int i = 0; map != NULL && i < t->rules; i++) {
		int k = v->periods - 1;
		uint32_t set;

		/* the last period in which it is in force */
		while (k > 0 && !space_in_force(&t->rule[i], v->period[k].days.from))
			k--;
		if (map[k] == MDD_EMPTY)
			map[k] = space_map(&v->s, v->scratch, v->period[k].days.from, NULL);
		if (found_in(v, &t->rule[i], map[k], space_day(&v->period[k].days), &set))
			verify_found(v, PROVE_IMPOSSIBLE, k, v->rb->words[TABLE_IMPOSSIBLE][i].id,
			    NULL, set, v->ja ? "この組み合わせになる患者がいる" :
			    "there is a patient of this combination");
	}
	free(map);
}

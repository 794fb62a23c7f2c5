#include <string.h>

#include "prove/verify.h"

/*
 * That every question ends.  A question is modelled by the derived facts that
 * its answers can change; whoever answers "no" to everything gets the answer
 * of last resort (null, none, declined, failed).
 */
struct effect {
	enum fact	fact;
	int		last;	/* V_*: what it is after the last resort; -1: derived anew */
};

#define EFFECTS_MAX	20

/* What the paths' facts hang on besides: all of them may change with a document or an answer. */
static int
effects_of(enum question q, struct effect out[EFFECTS_MAX])
{
	static const struct { enum question q; enum fact fact; int last; } list[] = {
		{ Q_MEDIUM, F_MEDIUM, V_MEDIUM_NONE }, { Q_MEDIUM, F_CHIP, -1 },
		{ Q_MEDIUM, F_PHYSICAL_CARD, V_PHYSICAL_CARD_NO },
		{ Q_MEDIUM, F_PHONE, V_PHONE_NONE },
		{ Q_READ, F_CHIP, V_CHIP_FAILED }, { Q_READ, F_PHYSICAL_CARD, -1 },
		{ Q_READ, F_MEDIUM, -1 }, { Q_READ, F_PHONE, -1 },
		{ Q_IDENTITY, F_IDENTITY, V_IDENTITY_FAILED },
		{ Q_REGISTERED, F_REGISTERED, V_REGISTERED_DECLINED },
		{ Q_REGISTERED, F_PHYSICAL_CARD, -1 },
		{ Q_ONLINE, F_ENQUIRY, V_ENQUIRY_NO_ANSWER },
		{ Q_ONLINE, F_ANSWER_CLASS, V_ANSWER_CLASS_NONE },
		{ Q_ONLINE, F_ENDED_NUMBER, V_ENDED_NUMBER_NONE },
		{ Q_ONLINE, F_CONTRADICTION, V_CONTRADICTION_NONE },
		{ Q_ONLINE, F_CHIP, -1 }, { Q_ONLINE, F_IDENTITY, -1 }, { Q_ONLINE, F_PHONE, -1 },
		{ Q_ONLINE, F_PHYSICAL_CARD, -1 },
		{ Q_ELIGIBILITY_CERTIFICATE, F_ELIGIBILITY_CERTIFICATE,
		    V_ELIGIBILITY_CERTIFICATE_NONE },
		{ Q_PORTAL, F_PORTAL, V_PORTAL_NONE },
		{ Q_PORTAL_PDF, F_PORTAL_PDF, V_PORTAL_PDF_NONE },
		{ Q_NOTICE, F_NOTICE, V_NOTICE_NONE }, { Q_NOTICE, F_TEMPORARY_DOCUMENT, -1 },
		{ Q_OLD_CARD, F_OLD_CARD, V_OLD_CARD_NONE },
		{ Q_OLD_CARD, F_TEMPORARY_DOCUMENT, -1 },
		{ Q_VISIT, F_COURSE, V_COURSE_FIRST }, { Q_RECORD, F_COURSE, V_COURSE_NO_RECORD },
		{ Q_UNCHANGED, F_COURSE, V_COURSE_CHANGED },
		{ Q_STATED, F_DISASTER, V_DISASTER_NOT_STATED },
		{ Q_STATEMENT, F_STATEMENT, V_STATEMENT_NONE },
		{ Q_BIRTHDATE, F_BAND, V_BAND_UNKNOWN }, { Q_BIRTHDATE, F_MINOR, -1 },
		{ Q_BIRTHDATE, F_COURSE, -1 }, { Q_BIRTHDATE, F_CONTRADICTION, -1 },
		{ Q_COPAY_PERCENT, F_RATIO_STAFF, V_RATIO_STAFF_NONE },
		{ Q_COPAY_PERCENT, F_RATIO_LEGAL, -1 },
	};
	int n = 0;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].q == q)
			out[n++] = (struct effect){ list[i].fact, list[i].last };
	return n;
}

/* Whether an answer may change the facts of paths: who, and which ratios. */
static bool
moves_paths(enum question q)
{
	return q >= Q_ONLINE && q != Q_VISIT && q != Q_STATED && q != Q_COPAY_PERCENT;
}

/* The variables that the answers to a question can change. */
struct varset
verify_moved(enum question q)
{
	struct effect effects[EFFECTS_MAX];
	const int n = effects_of(q, effects);
	struct varset vars = { { 0 } };

	for (int i = 0; i < n; i++)
		space_add_fact(&vars, effects[i].fact);
	for (int f = F_BAND; moves_paths(q) && f < F_BASIS; f++)
		space_add_fact(&vars, (enum fact)f);
	return vars;
}

/* One rule that asks, in one period. */
struct asking {
	enum question	q;
	uint32_t	where;	/* it asks there */
	int		ladder, ratio;
	struct varset	free;	/* what an answer can change, and what no walk has looked at */
};
#define ASKING_MAX	512

/* Where no answer at all leads away from the rule. */
static uint32_t
stuck(struct verify *v, const struct asking *a, int period)
{
	struct mdd *m = v->s.m;
	const uint32_t away = mdd_minus(m, v->period[period].possible, a->where);

	return mdd_minus(m, a->where, mdd_exists(m, away, &a->free));
}

/* Where the answer of last resort leads into the set, whatever is derived anew. */
static uint32_t
before(struct verify *v, const struct asking *a, uint32_t set, int period)
{
	struct effect effects[EFFECTS_MAX];
	const int n = effects_of(a->q, effects);
	struct mdd *m = v->s.m;
	uint32_t after = v->period[period].possible, out;

	for (int i = 0; i < n; i++)
		for (int p = 0; effects[i].last >= 0 && p < fact_values(F_PATH); p++) {
			const enum fact f = effects[i].fact;

			after = mdd_and(m, after, mdd_literal(m, space_var(f, V_PATH_NONE +
			    (enum value)p), value_bit(f, (enum value)effects[i].last)));
		}
	out = mdd_exists(m, mdd_minus(m, after, set), &a->free);
	return mdd_minus(m, mdd_and(m, a->where, mdd_exists(m, after, &a->free)), out);
}

/* What may be otherwise after an answer: the facts of paths that were not tried, too. */
static struct varset
free_after(const struct finding *f)
{
	struct varset vars = verify_moved((enum question)f->out.need[0]);

	for (int i = 0; i < fact_values(F_PATH); i++) {
		const int path = (int)V_PATH_NONE + i;
		const struct varset of_path = space_path_vars(path);

		for (int k = 0; path != f->path && path != f->seen && k < MDD_VARS / 64; k++)
			vars.bits[k] |= of_path.bits[k];
	}
	return vars;
}

static int
list_asking(struct verify *v, int period, struct asking *out)
{
	int n = 0;

	for (int i = 0; i < v->s.findings && n < ASKING_MAX; i++) {
		const struct finding *f = &v->s.finding[i];
		const uint32_t where = f->out.verdict != V_VERDICT_NEED ? MDD_EMPTY :
		    mdd_equal(v->s.m, v->period[period].map, (uint32_t)i + SPACE_FINDINGS);

		if (where != MDD_EMPTY)
			out[n++] = (struct asking){ (enum question)f->out.need[0], where,
				f->ladder, f->ratio, free_after(f) };
	}
	return n;
}

static const char *
asking_id(const struct verify *v, const struct asking *a)
{
	return a->ratio >= 0 ? v->rb->words[TABLE_RATIO][a->ratio].id :
	    v->rb->words[TABLE_LADDER][a->ladder].id;
}

static void
note_stays(struct verify *v, const struct asking *a)
{
	if (a->ratio >= 0)
		v->stays[TABLE_RATIO] |= (uint64_t)1 << a->ratio;
	else
		v->stays[TABLE_LADDER] |= (uint64_t)1 << a->ladder;
}

/*
 * Follows the answers of last resort backwards from what needs no question.
 * A rule that its own last resort leaves asking stays until something is
 * brought: that is an end too, and is noted.
 */
static void
verify_chains(struct verify *v, const struct asking *list, int n, int period)
{
	struct mdd *m = v->s.m;
	uint32_t asks = MDD_EMPTY, done, step;
	int chain = 0;

	for (int i = 0; i < n; i++)
		asks = mdd_or(m, asks, list[i].where);
	done = mdd_minus(m, v->period[period].possible, asks);
	for (int i = 0; i < n; i++) {
		const uint32_t same = before(v, &list[i], list[i].where, period);

		if (same != MDD_EMPTY)
			note_stays(v, &list[i]);
		done = mdd_or(m, done, same);
	}
	do {
		step = done;
		for (int i = 0; i < n; i++)
			step = mdd_or(m, step, before(v, &list[i], done, period));
		if (step == done)
			break;
		done = step;
		chain++;
	} while (chain < ASKING_MAX);
	v->chain = chain > v->chain ? chain : v->chain;
	for (int i = 0; i < n; i++) {
		const uint32_t endless = mdd_minus(m, list[i].where, done);

		if (endless != MDD_EMPTY)
			verify_found(v, PROVE_QUESTION, period, asking_id(v, &list[i]), NULL,
			    endless, v->ja ? "「ない」と答え続けると質問が終わらない" :
			    "answering no to everything never comes to an end");
	}
}

void
verify_questions(struct verify *v)
{
	static struct asking list[ASKING_MAX];

	for (int k = 0; k < v->periods; k++) {
		const int n = list_asking(v, k, list);
		bool clean = true;

		for (int i = 0; i < n; i++) {
			const uint32_t set = stuck(v, &list[i], k);

			if (set == MDD_EMPTY)
				continue;
			clean = false;
			verify_found(v, PROVE_QUESTION, k, asking_id(v, &list[i]), NULL, set,
			    v->ja ? "どう答えても同じ規則が同じことを聞く" :
			    "whatever the answer, the same rule asks again");
		}
		if (clean)
			verify_chains(v, list, n, k);
	}
}

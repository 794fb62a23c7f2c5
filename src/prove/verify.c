#include "prove/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "prove/example.h"
#include "prove/words.h"

const struct words *
property_words(enum property p)
{
#define X(id, name, ja, en) [PROVE_##id] = { name, ja, en },
	static const struct words list[] = { PROPERTIES(X) };
#undef X

	return &list[p];
}

static char *
taken(struct buf *b)
{
	return b->failed ? NULL : b->p;
}

static char *
patient_text(struct verify *v, uint32_t set, const struct verified_period *p)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct facts f;

	if (!example_find(&v->s, set, MDD_ALL, &v->rb->set.parameters, space_day(&p->days), NULL,
	    &f))
		return NULL;
	jw_open(&w, NULL, '{');
	example_write(&w, &f);
	jw_close(&w, '}');
	return taken(&b);
}

static char *
box_text(struct verify *v, uint32_t set, uint32_t possible)
{
	struct buf b = BUF_INIT;
	struct cube box;
	uint32_t rest;

	if (space_boxes(&v->s, set, possible, &box, 1, &rest) == 1)
		words_box(&b, &v->s, &box, v->ja);
	return taken(&b);
}

void
verify_found(struct verify *v, enum property p, int period, const char *rule, const char *other,
    uint32_t set, const char *why)
{
	const struct period *days = period >= 0 ? &v->period[period].days : NULL;
	struct buf ids = BUF_INIT, when = BUF_INIT;
	struct violation *n = &v->violation[v->found];

	v->wrong[p]++;
	if (v->found == VIOLATIONS_MAX)
		return;
	v->found++;
	buf_addf(&ids, "%s%s%s", rule, other != NULL ? ", " : "", other != NULL ? other : "");
	if (days != NULL)
		words_period(&when, days);
	*n = (struct violation){ .property = p, .rule = taken(&ids), .why = strdup(why),
		.days = taken(&when) };
	if (set != MDD_EMPTY) {
		n->box = box_text(v, set, v->period[period].possible);
		n->patient = patient_text(v, set, &v->period[period]);
	}
}

static bool
is_residual(const void *arg, uint32_t number)
{
	const struct verify *v = arg;
	const struct rulebase *rb = v->rb;
	const int rule = number >= SPACE_FINDINGS ? space_finding(&v->s, number)->ladder : -1;

	return rule >= 0 && rb->stage[rb->words[TABLE_LADDER][rule].stage].residual;
}

/* Findings of one path (-1: of none), or those where that path passes. */
struct kind {
	const struct space	*s;
	int			 path;
	bool			 passes;
};

static bool
is_kind(const void *arg, uint32_t number)
{
	const struct kind *k = arg;
	const struct finding *f;

	if (number < SPACE_FINDINGS)
		return false;
	f = space_finding(k->s, number);
	return f->path == k->path && (f->out.verdict < 0) == k->passes;
}

/*
 * How many assignments there are, each with the facts of the path it tries,
 * and of the one that comes after where that passes.
 */
static mdd_number
count_covered(struct verify *v, const struct verified_period *p)
{
	struct space *s = &v->s;
	mdd_number n = 0;

	for (int i = -1; i < fact_values(F_PATH); i++) {
		const int path = i < 0 ? -1 : (int)V_PATH_NONE + i;
		const struct kind stops = { s, path, false }, passes = { s, path, true };
		const uint32_t on = mdd_where(s->m, p->tried, is_kind, &passes);

		n += space_count(s, mdd_where(s->m, p->tried, is_kind, &stops), path, -1);
		for (int k = -1; on != MDD_EMPTY && k < fact_values(F_PATH); k++) {
			const int next = k < 0 ? -1 : (int)V_PATH_NONE + k;
			const struct kind ends = { s, next, false };

			n += space_count(s, mdd_and(s->m, on,
			    mdd_where(s->m, p->map, is_kind, &ends)), path, next);
		}
	}
	return n;
}

static void
build_period(struct verify *v, struct verified_period *p)
{
	p->map = space_map(&v->s, &v->rb->set, p->days.from, NULL);
	p->tried = space_map_tried(&v->s, &v->rb->set, p->days.from);
	p->possible = space_possible(&v->s, p->map);
	p->residual = mdd_where(v->s.m, p->map, is_residual, v);
	p->changed = MDD_EMPTY;
	p->covered = count_covered(v, p);
}

int
verify_init(struct verify *v, const struct rulebase *rb, bool ja, struct err *e)
{
	const struct ruleset *set = &rb->set;
	struct period *list = malloc(PERIODS_MAX * sizeof(*list));

	*v = (struct verify){ .rb = rb, .ja = ja };
	v->scratch = malloc(sizeof(*v->scratch));
	if (space_init(&v->s) < 0 || list == NULL || v->scratch == NULL)
		goto out;
	v->periods = space_periods(&set, 1, list);
	if ((v->period = calloc((size_t)v->periods, sizeof(*v->period))) == NULL)
		goto out;
	for (int i = 0; i < v->periods; i++) {
		v->period[i].days = list[i];
		build_period(v, &v->period[i]);
	}
out:
	free(list);
	if (v->period == NULL || space_failed(&v->s))
		return err_set(e, ERR_NOMEM, "the rules are too large to be proved");
	return 0;
}

void
verify_free(struct verify *v)
{
	for (int i = 0; i < v->found; i++) {
		free(v->violation[i].rule);
		free(v->violation[i].why);
		free(v->violation[i].box);
		free(v->violation[i].patient);
		free(v->violation[i].days);
	}
	free(v->scratch);
	free(v->period);
	space_free(&v->s);
}

int
verify_run(struct verify *v, struct err *e)
{
	static void (*const proofs[])(struct verify *) = { verify_gaps, verify_overlaps,
		verify_dead, verify_sources, verify_questions, verify_cliffs, verify_order,
		verify_continuity, verify_impossible, verify_engine };

	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		proofs[i](v);
		if (space_failed(&v->s))
			return err_set(e, ERR_NOMEM, "the rules are too large to be proved");
	}
	return 0;
}

bool
verify_sound(const struct verify *v)
{
	int wrong = 0;

	for (int i = 0; i < PROVE_MAX; i++)
		wrong += v->wrong[i];
	return wrong == 0;
}

mdd_number
verify_covered(const struct verify *v)
{
	mdd_number n = 0;

	for (int i = 0; i < v->periods; i++)
		n += v->period[i].covered;
	return n;
}

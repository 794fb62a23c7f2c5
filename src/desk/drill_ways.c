#include "desk/drill.h"

#include <string.h>

struct search {
	const struct ruleset	*r;
	struct way		*out;
	int			 n;
};

/* Questions that the path's own name does not already tell. */
static bool
is_told(enum question q)
{
	return q == Q_MEDIUM || q == Q_READ || q == Q_IDENTITY || q == Q_REGISTERED;
}

/* From 70 on a paper that proves anything has the ratio on it. */
static int
printed(const struct facts *f)
{
	return drill_age(f) >= 70 ? 20 : FACT_ABSENT;
}

static void
answer_online(struct facts *f)
{
	f->online.presence = PRESENT;
	f->online.outcome = OUTCOME_ANSWERED;
	f->online.by = f->card.medium == MEDIUM_NONE ? BY_NUMBER : BY_CARD;
	f->online.validity = 1;
	f->online.results = 1;
	f->online.outside = false;
	f->online.result.card_class = CLASS_ORDINARY;
}

static void
answer_document(struct facts *f, enum question q, bool yes)
{
	static const enum document_kind kinds[] = { DOC_ELIGIBILITY_CERTIFICATE, DOC_PORTAL,
		DOC_PORTAL_PDF, DOC_NOTICE, DOC_OLD_CARD };
	struct document *d = &f->document[kinds[q - Q_ELIGIBILITY_CERTIFICATE]];

	d->presence = yes ? PRESENT : FACT_ABSENT;
	d->copay_percent = yes ? printed(f) : FACT_ABSENT;
}

static void
answer(struct facts *f, enum question q, bool yes)
{
	switch (q) {
	case Q_MEDIUM:
		f->card.medium = yes ? MEDIUM_CARD : MEDIUM_NONE;
		if (yes && f->card.read == FACT_UNASKED)
			f->card.read = READ_OK;
		break;
	case Q_READ:
		f->card.read = yes ? READ_OK : READ_UNREADABLE;
		break;
	case Q_IDENTITY:
		f->card.identity = yes ? IDENTITY_FACE : IDENTITY_FAILED;
		break;
	case Q_REGISTERED:
		f->card.registered = yes ? REGISTERED_YES : REGISTERED_DECLINED;
		break;
	case Q_ONLINE:
		answer_online(f);
		break;
	case Q_VISIT:
		f->visit = yes ? VISIT_RETURN : VISIT_FIRST;
		break;
	case Q_RECORD:
		f->record.presence = yes ? PRESENT : FACT_ABSENT;
		f->record.confirmed_on = f->visit_date - 30;
		f->record.copay_percent = printed(f);
		break;
	case Q_UNCHANGED:
		f->record.unchanged = yes;
		break;
	case Q_STATED:
		f->disaster.presence = yes ? PRESENT : FACT_ABSENT;
		f->disaster.copay_percent = printed(f);
		break;
	case Q_STATEMENT:
		f->statement.presence = yes ? PRESENT : FACT_ABSENT;
		f->statement.copay_percent = printed(f);
		break;
	case Q_BIRTHDATE:
		f->birthdate = FACT_ABSENT;
		break;
	default:
		answer_document(f, q, yes);
		break;
	}
}

static bool
same_end(const struct way *a, const struct way *b)
{
	return a->verdict == b->verdict && a->need == b->need && a->path == b->path &&
	    a->percent == b->percent && a->claim == b->claim && a->questions == b->questions &&
	    memcmp(a->question, b->question, (size_t)a->questions * sizeof(a->question[0])) == 0;
}

static int
rule_of(const struct decision *d, enum table_id t)
{
	return d->fare[t].run ? d->fare[t].hit : -1;
}

static void
add_way(struct search *s, struct way *w, const struct decision *d)
{
	w->verdict = d->verdict;
	w->need = d->verdict == V_VERDICT_NEED ? d->need[0].question : Q_MAX;
	w->path = d->path;
	w->basis = d->basis;
	w->percent = d->percent;
	w->provisional = d->provisional;
	w->claim = d->claim;
	w->ladder = rule_of(d, TABLE_LADDER);
	w->ratio = rule_of(d, TABLE_RATIO);
	for (int i = 0; i < s->n; i++)
		if (same_end(&s->out[i], w))
			return;
	if (s->n < WAYS_MAX)
		s->out[s->n++] = *w;
}

static bool
is_end(const struct decision *d, uint32_t asked)
{
	return d->verdict != V_VERDICT_NEED || d->needs == 0 ||
	    d->need[0].question == Q_COPAY_PERCENT || (asked >> d->need[0].question & 1) != 0;
}

/*
 * The answer that helps first, so that the ways come as the ladder has them.
 * An enquiry that is still open is taken to be answered: what happens when it
 * is not is a situation of its own.  What is asked for a second time is what
 * there is no way without.
 */
static void
follow(struct search *s, const struct facts *f, struct way w, uint32_t asked)
{
	struct facts yes = *f, no = *f;
	struct decision d;
	struct way more = w;
	enum question q;

	decide(s->r, f, &d);
	if (is_end(&d, asked)) {
		add_way(s, &w, &d);
		return;
	}
	q = d.need[0].question;
	asked |= UINT32_C(1) << q;
	answer(&yes, q, true);
	answer(&no, q, false);
	if (is_told(q) && more.questions < WAY_QUESTIONS)
		more.question[more.questions++] = q;
	follow(s, &yes, more, asked);
	if (q != Q_ONLINE)
		follow(s, &no, w, asked);
}

int
drill_ways(const struct ruleset *r, const struct facts *f, struct way out[static WAYS_MAX])
{
	struct search s = { r, out, 0 };

	follow(&s, f, (struct way){ .ladder = -1, .ratio = -1 }, 0);
	return s.n;
}

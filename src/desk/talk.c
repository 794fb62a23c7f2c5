#include "desk/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/age.h"

#define ANSWERS_MAX	40	/* more than the ladder can ask */

/* What the numbers on a paper are asked for by, beside the engine's questions. */
enum { PAPER_RECORD = DOC_MAX, PAPERS };

/* How it stood when a question was put. */
struct turn {
	struct facts	facts;
	unsigned	unknown;	/* bit of enum question: answered with "not known" */
	unsigned	typed;		/* bit of a paper: its numbers were asked for */
};

struct talk {
	const struct rulebase	*rb;
	struct asker		 asker;
	struct turn		 now;		/* its facts are not used */
	struct turn		 turn[ANSWERS_MAX];
	int			 turns;
};

struct talk *
talk_new(const struct rulebase *rb, bool ja)
{
	struct talk *t = calloc(1, sizeof(*t));

	if (t != NULL) {
		t->rb = rb;
		t->asker.ja = ja;
	}
	return t;
}

void
talk_free(struct talk *t)
{
	if (t == NULL)
		return;
	asker_release(&t->asker);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

/* The first question that was not answered with "not known"; NULL: none. */
static const struct need *
open_need(const struct talk *t, const struct decision *d)
{
	for (int i = 0; i < d->needs; i++)
		if ((t->now.unknown >> d->need[i].question & 1) == 0)
			return &d->need[i];
	return NULL;
}

/* The paper whose numbers go on the claim and are not there, or PAPERS. */
static int
open_paper(const struct talk *t, const struct decision *d)
{
	const int document = (int)state_document(&d->state);
	const int paper = d->path == V_PATH_ORAL ? PAPER_RECORD :
	    document < DOC_MAX ? document : PAPERS;

	if (d->verdict != V_VERDICT_INSURED || d->claim != CLAIM_CURRENT ||
	    d->source.insurer_number != NULL || paper == PAPERS ||
	    (t->now.typed >> paper & 1) != 0)
		return PAPERS;
	return paper;
}

static const char *
paper_name(int paper, bool ja)
{
	static const enum fact facts[DOC_MAX] = { F_ELIGIBILITY_CERTIFICATE, F_PORTAL,
		F_PORTAL_PDF, F_NOTICE, F_OLD_CARD };

	if (paper == PAPER_RECORD)
		return msg(MSG_THE_RECORD, ja);
	return ja ? fact_words(facts[paper])->ja : fact_words(facts[paper])->en;
}

/* Whether the ratio printed on a paper was asked for with it (DEC-9). */
static bool
ratio_was_asked(const struct facts *f, const struct decision *d)
{
	return fact_known(d->state.birthdate) &&
	    f->visit_date >= age_borders(d->state.birthdate).elderly_first;
}

static int
put_paper(struct talk *t, int paper, const struct decision *d, struct facts *f)
{
	struct insured_number *id = paper == PAPER_RECORD ? &f->record.id : &f->document[paper].id;
	int *percent = paper == PAPER_RECORD ? &f->record.copay_percent :
	    &f->document[paper].copay_percent;

	t->now.typed |= 1U << paper;
	return ask_numbers(&t->asker, paper_name(paper, t->asker.ja), id,
	    ratio_was_asked(f, d) ? NULL : percent);
}

/* The stage of the ladder, or of the ratio, whose rule asks. */
static void
say_where(const struct talk *t, const struct decision *d)
{
	const bool ratio = d->fare[TABLE_RATIO].run && d->fare[TABLE_RATIO].asks;
	const enum table_id id = ratio ? TABLE_RATIO : TABLE_LADDER;
	const int hit = d->fare[id].hit;
	const struct rule_words *last =
	    &t->rb->words[TABLE_LADDER][t->rb->set.table[TABLE_LADDER].rules - 1];
	const struct stage_words *s;

	if (hit < 0)
		return;
	s = &t->rb->stage[t->rb->words[id][hit].stage];
	if (ratio)
		fprintf(stderr, "\n(%s)\n", t->asker.ja ? s->ja : s->en);
	else
		fprintf(stderr, "\n(%s/%s %s)\n", s->name, t->rb->stage[last->stage].name,
		    t->asker.ja ? s->ja : s->en);
}

static void
remember(struct talk *t, const struct facts *f)
{
	t->now.facts = *f;
	t->turn[t->turns++] = t->now;
}

/* Back to how it stood when the last question was put. */
static void
take_back(struct talk *t, struct facts *f)
{
	t->now = t->turn[--t->turns];
	*f = t->now.facts;
}

/* Puts one question: ASK_*. */
static int
put(struct talk *t, const struct need *need, int paper, const struct decision *d,
    struct facts *f)
{
	if (need == NULL)
		return put_paper(t, paper, d, f);
	say_where(t, d);
	return ask_fact(&t->asker, need, d, f);
}

/* What an answer does to the facts; false when it ends the conversation. */
static bool
take(struct talk *t, int answer, const struct need *need, struct facts *f)
{
	switch (answer) {
	case ASK_UNKNOWN:
		if (need != NULL)
			t->now.unknown |= 1U << need->question;
		return true;
	case ASK_BACK:
		/* out of the middle of a question, to its beginning */
		take_back(t, f);
		if (t->asker.answers == 0)
			take_back(t, f);
		return true;
	case ASK_QUIT:
		take_back(t, f);
		return false;
	case ASK_AGAIN:
		t->turns = 0;
		t->now = (struct turn){ .unknown = 0 };
		return false;
	default:
		return true;
	}
}

void
talk_declined(struct talk *t, const struct facts *f)
{
	remember(t, f);
	t->turn[t->turns - 1].facts.card.registered = REGISTERED_NO;
}

bool
talk_run(struct talk *t, struct facts *f, struct decision *d)
{
	for (;;) {
		struct need need;
		const struct need *open;
		int paper, answer;

		decide(&t->rb->set, f, d);
		open = open_need(t, d);
		paper = open_paper(t, d);
		if ((open == NULL && paper == PAPERS) || t->turns == ANSWERS_MAX)
			return false;
		if (open != NULL)
			need = *open;
		t->asker.can_go_back = t->turns > 0;
		remember(t, f);
		answer = put(t, open != NULL ? &need : NULL, paper, d, f);
		if (!take(t, answer, open != NULL ? &need : NULL, f)) {
			decide(&t->rb->set, f, d);
			return answer == ASK_AGAIN;
		}
	}
}

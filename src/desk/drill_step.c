#include "desk/drill.h"

#include <string.h>

#include "base/date.h"
#include "rules/terms.h"

#define WALK_MAX	24	/* steps; more than any situation takes */

static void
add_value(struct buf *b, enum fact f, enum value v, bool ja)
{
	buf_adds(b, word(value_words(f, value_index(f, v)), ja));
}

void
step_add(struct buf *b, const struct step *s, bool ja)
{
	const struct question_info *q = s->ask ? question_info(s->question) : NULL;

	if (s->ask && s->proofs) {
		buf_adds(b, ja ?
		    "マイナポータルの画面・PDF、資格情報のお知らせのどれかをお持ちですか" :
		    "Is there a マイナポータル screen, its PDF or a 資格情報のお知らせ?");
	} else if (s->ask) {
		buf_adds(b, ja ? q->ja : q->en);
	} else if (s->verdict == V_VERDICT_REFER) {
		buf_adds(b, ja ? "受付では決めず、責任者に相談する" :
		    "Do not decide at the desk: ask the person in charge");
	} else {
		if (s->percent == 100)
			buf_adds(b, ja ? "10割をもらう(" : "Take the full cost (");
		else
			buf_addf(b, ja ? "%d割で受け付ける(" : "Take %d%% (",
			    ja ? s->percent / 10 : s->percent);
		add_value(b, F_PATH, s->path, ja);
		buf_addc(b, ')');
	}
}

/* What is told of a patient, unless it is the value that goes without saying. */
static const struct {
	enum fact	fact;
	enum value	plain;
} tells[] = {
	{ F_MEDIUM, FIRST_MEDIUM },
	{ F_CHIP, FIRST_CHIP },
	{ F_CERTIFICATE, V_CERTIFICATE_NOT_GIVEN },
	{ F_REGISTERED, V_REGISTERED_NO_OBJECTION },
	{ F_IDENTITY, V_IDENTITY_OPEN },
	{ F_ENQUIRY, FIRST_ENQUIRY },
	{ F_ANSWER_CLASS, V_ANSWER_CLASS_NONE },
	{ F_ELIGIBILITY_CERTIFICATE, FIRST_ELIGIBILITY_CERTIFICATE },
	{ F_PORTAL, FIRST_PORTAL },
	{ F_PORTAL_PDF, FIRST_PORTAL_PDF },
	{ F_NOTICE, FIRST_NOTICE },
	{ F_OLD_CARD, FIRST_OLD_CARD },
	{ F_STATEMENT, FIRST_STATEMENT },
	{ F_COURSE, V_COURSE_FIRST },	/* it stands beside the age */
	{ F_DISASTER, V_DISASTER_NONE },
};

/* Without a card there is no chip, certificate or registration to tell of. */
static bool
is_of_card(enum fact f)
{
	return f == F_CHIP || f == F_CERTIFICATE || f == F_REGISTERED || f == F_IDENTITY;
}

void
drill_known(struct buf *b, const struct facts *f, const struct decision *d,
    const struct state *before, bool ja)
{
	const struct state *s = &d->state;
	const char *between = "";

	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++) {
		const enum fact t = tells[i].fact;
		const int v = state_only(s, t);

		if (v < 0 || fact_first[t] + 1 + v == (int)tells[i].plain ||
		    (before != NULL && before->can[t] == s->can[t]) ||
		    (is_of_card(t) && f->card.medium == MEDIUM_NONE))
			continue;
		buf_addf(b, "%s%s: %s", between, word(fact_words(t), ja),
		    word(value_words(t, v), ja));
		between = ja ? "、" : ", ";
	}
}

/* --- choices -------------------------------------------------------------- */

struct pool {
	const struct rulebase	*rb;
	const struct facts	*f;
	struct decision		 d;
	struct step		 step[CHOICES];
	int			 n;
};

/* Not what is right, nor another way to put the same right question. */
static void
offer(struct pool *p, const struct step *s)
{
	if (p->n == CHOICES)
		return;
	for (int i = 0; i < p->n; i++)
		if (step_equal(s, &p->step[i]))
			return;
	for (int i = 0; s->ask && i < p->d.needs; i++)
		if (p->d.need[i].question == s->question)
			return;
	p->step[p->n++] = *s;
}

/* Of what would be done later: the question after the next, and how it ends. */
static void
offer_later(struct pool *p, const struct facts *truth)
{
	struct step s = p->step[0], second = s;
	struct facts f = *p->f;
	struct decision d;

	for (int i = 0; s.ask && i < WALK_MAX; i++) {
		drill_reveal(&f, truth, &s);
		s = drill_next(&p->rb->set, &f, &d);
		if (i == 0)
			second = s;
	}
	offer(p, &second);
	if (!s.ask)
		offer(p, &s);
}

static bool
is_paper(enum fact f)
{
	return (f >= F_ELIGIBILITY_CERTIFICATE && f <= F_OLD_CARD) || f == F_STATEMENT;
}

/* A rung that nobody would think of: its paper is not there, it is for phones, for a disaster. */
static bool
is_far(const struct rule *r, const struct state *s)
{
	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];

		if ((s->can[f] & r->accept[f]) != 0)
			continue;
		if (f == F_MEDIUM || f == F_DISASTER || f == F_TEMPORARY_DOCUMENT ||
		    (is_paper(f) && (s->can[f] & 1) != 0))
			return true;
	}
	return false;
}

/* Rungs that are shut, near ones (by one fact alone) or all, each at what it would cost. */
static void
offer_rungs(struct pool *p, bool near, struct rng *rng)
{
	const struct table *t = &p->rb->set.table[TABLE_LADDER];
	const struct fare *fare = &p->d.fare[TABLE_LADDER];
	const int first = rng_below(rng, t->rules);

	for (int k = 0; fare->run && k < t->rules; k++) {
		const int i = (first + k) % t->rules;
		const struct rule *r = &t->rule[i];
		struct step s = { .verdict = V_VERDICT_INSURED, .path = r->path };

		if (r->action != ACTION_PATH || (fare->in_force >> i & 1) == 0 ||
		    (near && (fare->near >> i & 1) == 0) || is_far(r, &p->d.state))
			continue;
		s.percent = decide_path(&p->rb->set, p->f, r->path);
		if (s.percent == 0 || s.percent == 100)
			continue;
		offer(p, &s);
		if (near)
			return;
	}
}

/* Papers and words of the patient that were not asked for yet. */
static void
offer_questions(struct pool *p, struct rng *rng)
{
	const struct facts *f = p->f;
	const struct { enum question q; bool open; } all[] = {
		{ Q_ELIGIBILITY_CERTIFICATE,
		    f->document[DOC_ELIGIBILITY_CERTIFICATE].presence == FACT_UNASKED },
		{ Q_NOTICE, f->document[DOC_NOTICE].presence == FACT_UNASKED },
		{ Q_STATEMENT, f->statement.presence == FACT_UNASKED },
		{ Q_RECORD, f->record.presence == FACT_UNASKED && f->visit == VISIT_RETURN },
		{ Q_OLD_CARD, f->document[DOC_OLD_CARD].presence == FACT_UNASKED },
	};
	const int n = (int)(sizeof(all) / sizeof(all[0])), first = rng_below(rng, n);
	const bool proofs = p->step[0].proofs;

	for (int k = 0; k < n; k++) {
		const int i = (first + k) % n;
		const struct step s = { .ask = true, .question = all[i].q };

		if (all[i].open && !(proofs && s.question == Q_NOTICE))
			offer(p, &s);
	}
}

int
drill_choices(const struct rulebase *rb, const struct play *play, const struct facts *f,
    struct rng *rng, struct step out[static CHOICES])
{
	static const struct step full = { .verdict = V_VERDICT_SELF_PAY, .path = V_PATH_NONE,
		.percent = 100 };
	struct pool p = { .rb = rb, .f = f };
	int right = 0;

	p.step[p.n++] = drill_next(&rb->set, f, &p.d);
	offer(&p, &full);
	offer_later(&p, &play->truth);
	offer_rungs(&p, true, rng);
	offer_questions(&p, rng);
	offer_rungs(&p, false, rng);
	for (int i = p.n - 1; i > 0; i--) {
		const int k = rng_below(rng, i + 1);
		const struct step s = p.step[i];

		p.step[i] = p.step[k];
		p.step[k] = s;
		right = right == i ? k : right == k ? i : right;
	}
	memcpy(out, p.step, sizeof(p.step));
	return right;
}

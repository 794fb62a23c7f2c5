#include "desk/drill.h"

#include "rules/phrase.h"
#include "rules/terms.h"

/* The rung that a step leads to. */
static enum value
rung_of(const struct step *s)
{
	if (!s->ask)
		return s->path;
	switch (s->question) {
	case Q_ELIGIBILITY_CERTIFICATE:
		return V_PATH_ELIGIBILITY_CERTIFICATE;
	case Q_PORTAL:
	case Q_PORTAL_PDF:
		return V_PATH_PORTAL;
	case Q_NOTICE:
		return V_PATH_NOTICE;
	case Q_OLD_CARD:
		return V_PATH_OLD_CARD;
	case Q_VISIT:
	case Q_RECORD:
	case Q_UNCHANGED:
		return V_PATH_ORAL;
	case Q_STATED:
		return V_PATH_DISASTER;
	case Q_STATEMENT:
		return V_PATH_STATEMENT;
	default:
		return V_PATH_ONLINE_CARD;
	}
}

static int
refusals(const struct rule *r, const struct state *s)
{
	int n = 0;

	for (int i = 0; i < r->tests; i++)
		n += (s->can[r->test[i]] & r->accept[r->test[i]]) == 0;
	return n;
}

/* Of the rules of the rung the one that fewest facts refuse; those in force before others. */
static int
best_rule(const struct rulebase *rb, const struct decision *d, enum value path)
{
	const struct table *t = &rb->set.table[TABLE_LADDER];
	const uint64_t in_force = d->fare[TABLE_LADDER].in_force;
	int best = -1, cost = 0;

	for (int i = 0; i < t->rules; i++) {
		const int own = refusals(&t->rule[i], &d->state) +
		    ((in_force >> i & 1) != 0 ? 0 : F_MAX);

		if (t->rule[i].action != ACTION_PATH || t->rule[i].path != path ||
		    (best >= 0 && own >= cost))
			continue;
		best = i;
		cost = own;
	}
	return best;
}

/* What the fact can be, of which nothing is what the rule wants. */
static void
add_values(struct buf *b, enum fact f, valueset can, bool ja)
{
	const char *between = "";

	for (int v = 0; v < fact_values(f); v++)
		if ((can >> v & 1) != 0) {
			buf_addf(b, "%s%s", between, word(value_words(f, v), ja));
			between = ja ? "か" : " or ";
		}
}

static void
add_refusals(struct buf *b, const struct rule *r, const struct state *s, bool ja)
{
	const char *between = "";

	for (int i = 0; i < r->tests; i++) {
		const enum fact f = (enum fact)r->test[i];

		if ((s->can[f] & r->accept[f]) != 0)
			continue;
		buf_addf(b, "%s%s: ", between, word(fact_words(f), ja));
		add_values(b, f, s->can[f], ja);
		between = ja ? "、" : ", ";
	}
}

static void
add_title(struct buf *b, const struct rulebase *rb, int rule, bool ja)
{
	const struct rule_words *w = &rb->words[TABLE_LADDER][rule];

	buf_addf(b, ja ? "%s(%s)" : "%s (%s)", ja ? w->ja : w->en, w->id);
}

static void
add_instead(struct buf *b, const struct step *right, bool ja)
{
	if (right->ask)
		buf_adds(b, ja ? "その前に確かめることがあります。" :
		    "Something has to be found out first.");
	else
		buf_adds(b, ja ? "もう決まっています。" : "It is decided already.");
}

static int
last_rung(const struct rulebase *rb)
{
	const struct table *t = &rb->set.table[TABLE_LADDER];

	for (int i = t->rules - 1; i >= 0; i--)
		if (t->rule[i].action == ACTION_SELF_PAY && t->rule[i].path == V_PATH_NONE)
			return i;
	return -1;
}

void
drill_why_not(struct buf *b, const struct rulebase *rb, const struct decision *d,
    const struct step *right, const struct step *wrong, bool ja)
{
	const struct table *t = &rb->set.table[TABLE_LADDER];
	const bool full = !wrong->ask && wrong->path == V_PATH_NONE;
	const int i = full ? last_rung(rb) : best_rule(rb, d, rung_of(wrong));

	if (i < 0) {
		add_instead(b, right, ja);
		return;
	}
	add_title(b, rb, i, ja);
	if (full) {
		buf_adds(b, ja ? "は最後です。" : " comes last. ");
		add_instead(b, right, ja);
	} else if ((d->fare[TABLE_LADDER].in_force >> i & 1) == 0) {
		buf_adds(b, ja ? "はこの日は使えません(" : " is not in force that day (");
		phrase_period(b, &t->rule[i], "..");
		buf_adds(b, ja ? ")。" : ").");
	} else if (refusals(&t->rule[i], &d->state) > 0) {
		buf_adds(b, ja ? "は使えません。" : " does not hold. ");
		add_refusals(b, &t->rule[i], &d->state, ja);
	} else {
		buf_adds(b, ja ? "は、" : ": ");
		add_instead(b, right, ja);
	}
}

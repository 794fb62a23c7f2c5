#include "batch/expect.h"

#include <string.h>

#include "decide/result_in.h"

#define ASKS_MAX	16	/* more than there are papers */

/* What the list knows: the person, the certificate, what was confirmed before. */
static void
facts_of_row(const struct row *row, struct facts *f)
{
	facts_init(f, row->appointment);
	f->visit = fact_known(row->visit) ? row->visit : FACT_UNASKED;
	f->birthdate = row->birthdate;
	f->card.medium = MEDIUM_CARD;
	f->card.read = READ_OK;
	f->card.identity = IDENTITY_PIN;
	f->card.certificate_not_after = row->certificate_not_after;
	if (!fact_known(row->last_confirmed_on))
		return;
	f->record.presence = PRESENT;
	f->record.confirmed_on = row->last_confirmed_on;
	f->record.copay_percent = fact_known(row->last_copay_percent) &&
	    row->last_copay_percent <= 30 ? row->last_copay_percent : FACT_ABSENT;
	f->record.id = (struct insured_number){
		*row->insurer_number != '\0' ? row->insurer_number : NULL,
		row->given[COLUMN_SYMBOL], row->given[COLUMN_NUMBER],
		*row->branch != '\0' ? row->branch : NULL,
	};
}

/*
 * Which result counts, how many could: the only one there is, else the only one
 * that covers the day, else the only one of this patient; of what is left none
 * is picked.  -1: no memory.
 */
static int
choose(const struct row *row, const struct json *results, size_t *at)
{
	struct result_found r;
	int covering = 0, found;

	*at = 0;
	if (js_len(results) <= 1)
		return (int)js_len(results);
	for (size_t i = 0; i < js_len(results); i++)
		if (result_read(js_at(results, i), &r) == NULL &&
		    result_covers(&r, row->appointment)) {
			*at = i;
			covering++;
		}
	if (covering == 1)
		return 1;
	if ((found = compare_find(row, results, at)) < 0)
		return -1;
	return found;
}

static void
take_result(struct expected *x, const struct json *result, int visit)
{
	struct result_found r;

	/* the client has refused what can not be read */
	if (result_read(result, &r) != NULL)
		return;
	x->facts.online.result = r.result;
	x->facts.online.results = 1;
	x->facts.online.outside = !result_covers(&r, visit);
	x->qualified_from = r.qualified_from;
	x->lost_on = r.lost_on;
	x->unknown_element = r.unknown;
}

static bool
card_is_of_use(const struct decision *d)
{
	return d->state.can[F_CERTIFICATE] != value_bit(F_CERTIFICATE, V_CERTIFICATE_ENDED);
}

/* A valid answer is taken to be what the card brings, as long as it works. */
static void
decide_answer(const struct rulebase *rb, int validity, struct expected *x)
{
	struct facts *f = &x->facts;

	f->online.presence = PRESENT;
	f->online.outcome = OUTCOME_ANSWERED;
	f->online.validity = validity;
	f->online.by = validity == 1 || validity == 6 ? BY_CARD : BY_NUMBER;
	decide(&rb->set, f, &x->decision);
	if (f->online.by == BY_CARD && !card_is_of_use(&x->decision)) {
		f->online.by = BY_NUMBER;
		decide(&rb->set, f, &x->decision);
	}
}

static int
take_answer(const struct rulebase *rb, const struct row *row, const struct found *found,
    struct expected *x)
{
	const bool valid = found->validity == '1' || found->validity == '6';
	size_t at;
	const int n = choose(row, found->results, &at);

	if (n < 0)
		return -1;
	x->ambiguous = valid && n != 1 && js_len(found->results) > 0;
	if (n == 1) {
		take_result(x, js_at(found->results, at), row->appointment);
		x->result = valid ? js_at(found->results, at) : NULL;
	}
	/* several in a valid answer are no more than what 複数該当 (5) says */
	decide_answer(rb, x->ambiguous ? 5 : found->validity - '0', x);
	return 0;
}

static bool
is_kouki_or_open(const char *insurer_number)
{
	const enum scheme scheme = number_scheme(insurer_number);

	return scheme == SCHEME_KOUKI || scheme == SCHEME_UNKNOWN;
}

int
expect(const struct rulebase *rb, const struct row *row, const struct found *found,
    struct expected *x)
{
	const struct state *s = &x->decision.state;

	x->result = NULL;
	x->qualified_from = x->lost_on = FACT_ABSENT;
	x->ambiguous = x->unknown_element = false;
	facts_of_row(row, &x->facts);
	if (found->error != ERR_NONE || found->validity == 0)
		decide(&rb->set, &x->facts, &x->decision);
	else if (take_answer(rb, row, found, x) < 0)
		return -1;
	x->left_at_75 = fact_known(s->birthdate) && row->appointment >= s->age.kouki_first &&
	    !is_kouki_or_open(x->result != NULL ? x->facts.online.result.id.insurer_number :
	    row->insurer_number);
	return 0;
}

static unsigned
bit(enum bring b)
{
	return 1U << b;
}

/* The paper that would answer the question, and the answer that it is not there. */
static unsigned
paper(struct facts *f, enum question q)
{
	static const struct {
		enum question		q;
		enum document_kind	document;
		enum bring		bring;
	} papers[] = {
		{ Q_ELIGIBILITY_CERTIFICATE, DOC_ELIGIBILITY_CERTIFICATE, BRING_CERTIFICATE },
		{ Q_PORTAL, DOC_PORTAL, BRING_PORTAL },
		{ Q_PORTAL_PDF, DOC_PORTAL_PDF, BRING_PORTAL_PDF },
		{ Q_NOTICE, DOC_NOTICE, BRING_NOTICE },
		{ Q_OLD_CARD, DOC_OLD_CARD, BRING_OLD_CARD },
	};

	for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
		if (papers[i].q == q) {
			f->document[papers[i].document].presence = FACT_ABSENT;
			return bit(papers[i].bring);
		}
	return 0;
}

/* Nobody can log in to マイナポータル without a certificate in date; a saved PDF may be there. */
static bool
portal_is_open(const struct expected *x)
{
	const valueset closed = value_bit(F_CERTIFICATE, V_CERTIFICATE_GRACE) |
	    value_bit(F_CERTIFICATE, V_CERTIFICATE_ENDED);

	return (x->decision.state.can[F_CERTIFICATE] & closed) == 0;
}

/* The papers of what ended with the 75th birthday are of no use any more. */
static unsigned
sort_out(const struct expected *x, unsigned brings)
{
	if (!portal_is_open(x))
		brings &= ~bit(BRING_PORTAL);
	if (x->left_at_75)
		return (brings & ~bit(BRING_CERTIFICATE)) | bit(BRING_KOUKI);
	if ((brings & bit(BRING_CERTIFICATE)) && x->result != NULL &&
	    value_bit(F_BAND, V_BAND_ELDERLY) == x->decision.state.can[F_BAND] &&
	    card_is_of_use(&x->decision))
		brings |= bit(BRING_ELDERLY);
	return brings;
}

unsigned
expected_brings(const struct rulebase *rb, const struct expected *x)
{
	struct decision d = x->decision;
	struct facts f = x->facts;
	unsigned brings = 0, one;

	for (int i = 0; i < ASKS_MAX && d.verdict == V_VERDICT_NEED; i++) {
		if (d.need[0].question == Q_ONLINE && f.online.by == BY_NUMBER) {
			/* by card it may be another answer; if not, papers have to help */
			one = bit(BRING_CARD);
			f.online.by = BY_CARD;
		} else if ((one = paper(&f, d.need[0].question)) == 0) {
			break;
		}
		brings |= one;
		decide(&rb->set, &f, &d);
	}
	return sort_out(x, brings);
}

const struct rule_words *
expected_rule(const struct rulebase *rb, const struct decision *d)
{
	const struct fare *ratio = &d->fare[TABLE_RATIO], *ladder = &d->fare[TABLE_LADDER];

	if (d->impossible >= 0)
		return &rb->words[TABLE_IMPOSSIBLE][d->impossible];
	if (ratio->run && ratio->hit >= 0)
		return &rb->words[TABLE_RATIO][ratio->hit];
	return ladder->hit >= 0 ? &rb->words[TABLE_LADDER][ladder->hit] : NULL;
}

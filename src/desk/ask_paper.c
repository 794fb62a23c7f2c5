#include <stdio.h>
#include <string.h>

#include "desk/ask.h"
#include "engine/age.h"
#include "engine/number.h"

/*
 * Whether a ratio can matter: not for those under 70, whose age decides.  Asks
 * for the birth date first where it is not known.  ASK_UNKNOWN: it can not.
 */
static int
ratio_matters(struct asker *a, const struct decision *d, struct facts *f)
{
	int birth = fact_known(f->birthdate) ? f->birthdate : d->state.birthdate;

	if (birth == FACT_UNASKED) {
		const int rc = ask_birthdate(a, f);

		if (rc < 0)
			return rc;
		birth = f->birthdate;
	}
	return !fact_known(birth) || f->visit_date >= age_borders(birth).elderly_first;
}

/* 1 with *percent, FACT_ABSENT where 0 was pressed; or ASK_BACK, ASK_QUIT. */
static int
ask_percent(struct asker *a, enum msg question, enum msg unknown, int *percent)
{
	const char *const labels[] = { msg(MSG_SAY_10, a->ja), msg(MSG_SAY_20, a->ja),
		msg(MSG_SAY_30, a->ja) };
	int choice;

	fprintf(stderr, "%s\n", msg(question, a->ja));
	choice = ask_labels(a, labels, 3, unknown);
	if (choice < 0)
		return choice;
	*percent = choice == 0 ? FACT_ABSENT : 10 * choice;
	return 1;
}

/* The ratio, where it matters: 1, ASK_BACK or ASK_QUIT. */
static int
ask_ratio(struct asker *a, enum msg question, enum msg unknown, const struct decision *d,
    struct facts *f, int *percent)
{
	const int rc = ratio_matters(a, d, f);

	return rc == 1 ? ask_percent(a, question, unknown, percent) : rc < 0 ? rc : 1;
}

static int
ask_printed(struct asker *a, struct document *doc, const struct decision *d, struct facts *f)
{
	const int rc = ask_date(a, MSG_VALID_TO, MSG_KEY_NOT_PRINTED, f->visit_date, false,
	    &doc->valid_to);

	if (rc < 0)
		return rc;
	if (fact_known(doc->valid_to) && doc->valid_to < f->visit_date)
		/* the engine will pass it: nothing else on it matters */
		return fprintf(stderr, "  %s\n", msg(MSG_PAPER_ENDED, a->ja)), 1;
	return ask_ratio(a, MSG_RATIO_ASK, MSG_KEY_NOT_PRINTED, d, f, &doc->copay_percent);
}

int
ask_document(struct asker *a, const struct need *need, enum document_kind kind,
    const struct decision *d, struct facts *f)
{
	const char *const labels[] = { msg(MSG_SAY_YES, a->ja), msg(MSG_SAY_NO, a->ja),
		msg(MSG_SAY_SPECIAL, a->ja) };
	struct document *doc = &f->document[kind];
	/* the mark makes it 10割 (SIT-24), and nothing else on the paper shows it */
	const int choice = kind == DOC_ELIGIBILITY_CERTIFICATE ?
	    ask_labels(a, labels, 3, MSG_KEY_UNKNOWN) : ask_values(a, need, f);

	if (choice <= 0)
		return choice;
	doc->presence = choice == 2 ? FACT_ABSENT : PRESENT;
	doc->special_medical = choice == 3;
	return choice == 2 ? 1 : ask_printed(a, doc, d, f);
}

/* What proves eligibility together with the card, in the order of the ladder. */
static const struct {
	enum document_kind	kind;
	enum msg		name;
} proofs[] = {
	{ DOC_PORTAL, MSG_PROOF_PORTAL },
	{ DOC_PORTAL_PDF, MSG_PROOF_PDF },
	{ DOC_NOTICE, MSG_PROOF_NOTICE },
};
#define PROOFS	(sizeof(proofs) / sizeof(proofs[0]))

/* How many of them were not asked for yet; open[] says which. */
static size_t
open_proofs(const struct facts *f, size_t open[static PROOFS])
{
	size_t n = 0;

	for (size_t i = 0; i < PROOFS; i++)
		if (f->document[proofs[i].kind].presence == FACT_UNASKED)
			open[n++] = i;
	return n;
}

/*
 * One question for all of them: the ladder tries one after the other, but a
 * patient can say at once what there is.  Those before the one chosen are
 * absent, those behind it stay open.
 */
int
ask_proofs(struct asker *a, const struct decision *d, struct facts *f)
{
	const char *labels[PROOFS + 1];
	size_t open[PROOFS];
	const size_t n = open_proofs(f, open);
	struct document *doc;
	int choice;

	for (size_t i = 0; i < n; i++)
		labels[i] = msg(proofs[open[i]].name, a->ja);
	labels[n] = msg(MSG_PROOF_NONE, a->ja);
	fprintf(stderr, "%s\n", msg(MSG_PROOFS, a->ja));
	if ((choice = ask_labels(a, labels, (int)n + 1, MSG_KEY_UNKNOWN)) <= 0)
		return choice;
	for (int i = 0; i < choice - 1; i++)
		f->document[proofs[open[i]].kind].presence = FACT_ABSENT;
	if ((size_t)choice > n)
		return 1;
	doc = &f->document[proofs[open[choice - 1]].kind];
	doc->presence = PRESENT;
	return ask_printed(a, doc, d, f);
}

/* Whether several proofs are still open that count, because the card is there. */
bool
ask_is_about_proofs(enum question q, const struct decision *d, const struct facts *f)
{
	size_t open[PROOFS];

	return (q == Q_PORTAL || q == Q_PORTAL_PDF || q == Q_NOTICE) && open_proofs(f, open) > 1 &&
	    d->state.can[F_PHYSICAL_CARD] == value_bit(F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);
}

int
ask_record(struct asker *a, const struct need *need, const struct decision *d, struct facts *f)
{
	int rc = ask_values(a, need, f);

	if (rc <= 0)
		return rc;
	f->record.presence = rc == 1 ? PRESENT : FACT_ABSENT;
	if (rc != 1)
		return 1;
	do {
		rc = ask_date(a, MSG_CONFIRMED_ON, MSG_KEY_UNKNOWN, f->visit_date, false,
		    &f->record.confirmed_on);
		if (rc < 0)
			return rc;
		if (f->record.confirmed_on > f->visit_date)
			fprintf(stderr, "  %s\n", msg(MSG_DATE_LATE, a->ja));
	} while (f->record.confirmed_on > f->visit_date);
	f->record.copay_percent = FACT_ABSENT;
	return ask_ratio(a, MSG_RATIO_RECORD, MSG_KEY_NOT_PRINTED, d, f, &f->record.copay_percent);
}

int
ask_statement(struct asker *a, const struct need *need, const struct decision *d, struct facts *f)
{
	const int rc = ask_values(a, need, f);

	if (rc <= 0)
		return rc;
	f->statement.presence = rc == 1 ? PRESENT : FACT_ABSENT;
	return rc != 1 ? 1 : ask_ratio(a, MSG_RATIO_DECLARED, MSG_KEY_UNKNOWN, d, f,
	    &f->statement.copay_percent);
}

/* What is wrong with a 保険者番号. */
static enum msg
fault_msg(enum number_fault fault)
{
	switch (fault) {
	case NUMBER_CHECK_DIGIT:
		return MSG_FAULT_CHECK_DIGIT;
	case NUMBER_PREFECTURE:
		return MSG_FAULT_PREFECTURE;
	case NUMBER_LAW:
		return MSG_FAULT_LAW;
	default:
		return MSG_FAULT_FORM;
	}
}

#define CANDIDATES_SAID	3

/* 1 with a number to be kept as it is or corrected, 2 to type it again, or ASK_*. */
static int
ask_candidate(struct asker *a, enum number_fault fault, const char **number)
{
	struct candidate c[CANDIDATES_MAX];
	const char *labels[CANDIDATES_SAID + 2];
	int n = fault == NUMBER_FORM ? 0 : number_candidates(*number, c);
	int choice;

	n = n < CANDIDATES_SAID ? n : CANDIDATES_SAID;
	for (int i = 0; i < n; i++)
		labels[i] = c[i].digits;
	labels[n] = msg(MSG_SAY_RETYPE, a->ja);
	/* what has not even the form of one is of no use on a claim */
	labels[n + 1] = fault == NUMBER_FORM ? NULL : msg(MSG_SAY_AS_TYPED, a->ja);
	fprintf(stderr, "  %s\n", msg(fault_msg(fault), a->ja));
	choice = ask_labels(a, labels, n + 2, MSG_KEY_LATER);
	if (choice > 0 && choice <= n && (*number = ask_keep(a, c[choice - 1].digits)) == NULL)
		return ASK_QUIT;
	return choice <= 0 ? choice : choice == n + 1 ? 2 : 1;
}

static int
ask_insurer(struct asker *a, const char **out)
{
	const char *typed;
	int rc;

	do {
		struct number number;
		enum number_fault fault;

		if ((rc = ask_text(a, MSG_TYPE_INSURER, MSG_KEY_LATER, &typed)) != 1)
			return rc;
		if ((fault = number_insurer(typed, &number)) == NUMBER_GOOD)
			break;
		rc = ask_candidate(a, fault, &typed);
	} while (rc == 2);
	if (rc == 1)
		*out = typed;
	return rc;
}

/* 記号 or 番号: at most 20 characters (NUM-7). */
static int
ask_part(struct asker *a, enum msg prompt, enum number_part part, const char **out)
{
	char key[NUMBER_KEY_SIZE];
	const char *typed;
	int rc;

	while ((rc = ask_text(a, prompt, MSG_KEY_NOT_PRINTED, &typed)) == 1 &&
	    number_key(part, typed, key) <= 0)
		fprintf(stderr, "  %s\n", msg(MSG_FAULT_LENGTH, a->ja));
	if (rc == 1)
		*out = typed;
	return rc;
}

static int
ask_branch(struct asker *a, const char **out)
{
	const char *typed;
	char two[16];
	int rc, branch = -1;

	while ((rc = ask_text(a, MSG_TYPE_BRANCH, MSG_KEY_NOT_PRINTED, &typed)) == 1 &&
	    (branch = number_branch(typed)) < 0)
		fprintf(stderr, "  %s\n", msg(MSG_FAULT_BRANCH, a->ja));
	if (rc != 1)
		return rc;
	/* two digits (CLM-11) */
	snprintf(two, sizeof(two), "%02d", branch);
	*out = ask_keep(a, two);
	return 1;
}

int
ask_numbers(struct asker *a, const char *paper, struct insured_number *id, int *copay_percent)
{
	char line[160];
	enum scheme scheme;
	int rc;

	a->answers = 0;
	msg_with(line, sizeof(line), MSG_TYPE_NUMBERS, a->ja, paper);
	fprintf(stderr, "\n%s\n", line);
	if ((rc = ask_insurer(a, &id->insurer_number)) != 1)
		return rc;
	scheme = number_scheme(id->insurer_number);
	/* 後期 has neither 記号 nor 枝番 (NUM-7) */
	if (scheme != SCHEME_KOUKI &&
	    (rc = ask_part(a, MSG_TYPE_SYMBOL, PART_SYMBOL, &id->symbol)) < 0)
		return rc;
	if ((rc = ask_part(a, MSG_TYPE_NUMBER, PART_NUMBER, &id->number)) < 0)
		return rc;
	if (scheme != SCHEME_KOUKI && (rc = ask_branch(a, &id->branch)) < 0)
		return rc;
	/* under 70 only these two can have another ratio than the age's (RAT-6, INC-7) */
	if (copay_percent != NULL &&
	    (scheme == SCHEME_KOUKI || scheme == SCHEME_KOKUHO_UNION))
		return ask_percent(a, MSG_RATIO_ASK, MSG_KEY_NOT_PRINTED, copay_percent);
	return 1;
}

#include "desk/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "desk/msg.h"
#include "engine/age.h"

/* One line in NFKC without its newline (full-width digits are digits); NULL at the end. */
static char *
ask_line(enum msg prompt, bool ja)
{
	char *line = NULL, *norm = NULL;
	size_t cap = 0;

	fprintf(stderr, "%s", msg(prompt, ja));
	if (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		norm = text_nfkc(line);
	}
	free(line);
	return norm;
}

int
ask_choice(int n, bool ja)
{
	char *line = ask_line(MSG_CHOICE, ja);
	const int choice = line != NULL && strlen(line) == 1 ? line[0] - '0' : 0;

	free(line);
	return choice >= 1 && choice <= n ? choice : 0;
}

/* FACT_ABSENT for Enter; asks again for what is no date. */
static int
ask_date(enum msg prompt, bool ja)
{
	for (;;) {
		char *line = ask_line(prompt, ja);
		const int day = line != NULL && *line != '\0' ? date_parse_any(line) : FACT_ABSENT;

		free(line);
		if (day != DATE_NONE)
			return day;
		fprintf(stderr, "%s\n", msg(MSG_DATE_WRONG, ja));
	}
}

static int
ask_percent(enum msg question, bool ja)
{
	int choice;

	fprintf(stderr, "%s\n", msg(question, ja));
	choice = ask_choice(3, ja);
	return choice == 0 ? FACT_ABSENT : 10 * choice;
}

static int
ask_birthdate(struct facts *f, bool ja)
{
	f->birthdate = ask_date(MSG_DATE_PROMPT, ja);
	if (f->birthdate > f->visit_date) {
		fprintf(stderr, "%s\n", msg(MSG_DATE_WRONG, ja));
		f->birthdate = FACT_UNASKED;
		return 1;
	}
	return f->birthdate == FACT_ABSENT;
}

/*
 * Whether a ratio can matter: not for those under 70, whose age decides.  Asks
 * for the birth date first where it is not known.
 */
static bool
ratio_matters(const struct decision *d, struct facts *f, bool ja)
{
	int birth = fact_known(f->birthdate) ? f->birthdate : d->state.birthdate;

	if (birth == FACT_UNASKED) {
		fprintf(stderr, "%s\n", ja ? question_info(Q_BIRTHDATE)->ja :
		    question_info(Q_BIRTHDATE)->en);
		(void)ask_birthdate(f, ja);
		birth = f->birthdate;
	}
	return !fact_known(birth) || f->visit_date >= age_borders(birth).elderly_first;
}

/* What a value of need[] is called. */
static enum msg
value_label(enum question q, const char *word)
{
	static const struct {
		const char	*word;
		enum msg	label;
	} labels[] = {
		{ "card", MSG_SAY_CARD }, { "phone", MSG_SAY_PHONE }, { "none", MSG_SAY_NONE },
		{ "ok", MSG_SAY_OK }, { "unreadable", MSG_SAY_UNREADABLE },
		{ "reader_fault", MSG_SAY_READER_FAULT },
		{ "not_my_number", MSG_SAY_NOT_MY_NUMBER },
		{ "face", MSG_SAY_FACE }, { "visual", MSG_SAY_VISUAL }, { "failed", MSG_SAY_FAILED },
		{ "true", MSG_SAY_YES }, { "object", MSG_SAY_YES },
		{ "declined", MSG_SAY_DECLINED },
		{ "first", MSG_SAY_FIRST }, { "return", MSG_SAY_RETURN },
		{ "10", MSG_SAY_10 }, { "20", MSG_SAY_20 }, { "30", MSG_SAY_30 },
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].word, word) == 0)
			return labels[i].label;
	/* what is left is false and null: no, or for a ratio that nobody can tell */
	return q == Q_COPAY_PERCENT ? MSG_SAY_UNKNOWN : MSG_SAY_NO;
}

/* Of the ratios, in the order 10, 20, 30, only those that the law allows at that age. */
static bool
offered(const struct need *need, int place)
{
	return need->question != Q_COPAY_PERCENT || place >= 3 ||
	    (need->percents >> (place + 1) & 1) != 0;
}

/*
 * Lists the values of a question, each with its place, and returns the place
 * chosen, from 0; -1 when the person does not know.  Ratios that the law does
 * not allow are left out; the others keep their places, so that 2 is 2割.
 */
static int
ask_values(const struct need *need, bool ja)
{
	const char *p = question_info(need->question)->values;
	char word[32];
	int n = 0, used, choice;

	for (; sscanf(p, "%31s%n", word, &used) == 1; p += used, n++)
		if (offered(need, n))
			fprintf(stderr, "%d %s  ", n + 1, msg(value_label(need->question, word), ja));
	fputc('\n', stderr);
	choice = ask_choice(n, ja) - 1;
	return choice >= 0 && offered(need, choice) ? choice : -1;
}

/* "object" or null: fills in PRESENT or FACT_ABSENT; 1 when the person does not know. */
static int
ask_presence(const struct need *need, int *presence, bool ja)
{
	const int choice = ask_values(need, ja);

	if (choice < 0)
		return 1;
	*presence = choice == 0 ? PRESENT : FACT_ABSENT;
	return 0;
}

/* A fact whose numbers are the places of its values. */
static int
ask_enum(const struct need *need, int *fact, bool ja)
{
	const int choice = ask_values(need, ja);

	if (choice < 0)
		return 1;
	*fact = choice;
	return 0;
}

/*
 * Only the last value, a refusal, is a fact: any other has to be done first,
 * and then checked again.
 */
static int
ask_refused(const struct need *need, int last, int *fact, int refused, bool ja)
{
	if (ask_values(need, ja) != last)
		return 1;
	*fact = refused;
	return 0;
}

/* What is printed on a document that is there. */
static void
ask_printed(struct document *doc, const struct decision *d, struct facts *f, bool ja)
{
	doc->valid_to = ask_date(MSG_VALID_TO, ja);
	if (ratio_matters(d, f, ja))
		doc->copay_percent = ask_percent(MSG_RATIO_ASK, ja);
}

static int
ask_document(const struct need *need, enum document_kind kind, const struct decision *d,
    struct facts *f, bool ja)
{
	struct document *doc = &f->document[kind];

	if (ask_presence(need, &doc->presence, ja) != 0)
		return 1;
	if (doc->presence == PRESENT)
		ask_printed(doc, d, f, ja);
	return 0;
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
static int
ask_proofs(const struct decision *d, struct facts *f, bool ja)
{
	size_t open[PROOFS], chosen;
	const size_t n = open_proofs(f, open);

	fprintf(stderr, "\n%s\n", msg(MSG_PROOFS, ja));
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%zu %s  ", i + 1, msg(proofs[open[i]].name, ja));
	fprintf(stderr, "%zu %s\n", n + 1, msg(MSG_PROOF_NONE, ja));
	if ((chosen = (size_t)ask_choice((int)n + 1, ja)) == 0)
		return 1;
	for (size_t i = 0; i < chosen - 1; i++)
		f->document[proofs[open[i]].kind].presence = FACT_ABSENT;
	if (chosen <= n) {
		struct document *doc = &f->document[proofs[open[chosen - 1]].kind];

		doc->presence = PRESENT;
		ask_printed(doc, d, f, ja);
	}
	return 0;
}

/* Whether several proofs are still open that count, because the card is there. */
static bool
is_about_proofs(enum question q, const struct decision *d, const struct facts *f)
{
	size_t open[PROOFS];

	return (q == Q_PORTAL || q == Q_PORTAL_PDF || q == Q_NOTICE) && open_proofs(f, open) > 1 &&
	    d->state.can[F_PHYSICAL_CARD] == value_bit(F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);
}

static int
ask_record(const struct need *need, struct facts *f, bool ja)
{
	if (ask_presence(need, &f->record.presence, ja) != 0)
		return 1;
	if (f->record.presence == PRESENT)
		f->record.confirmed_on = ask_date(MSG_CONFIRMED_ON, ja);
	return 0;
}

static int
ask_statement(const struct need *need, const struct decision *d, struct facts *f, bool ja)
{
	if (ask_presence(need, &f->statement.presence, ja) != 0)
		return 1;
	if (f->statement.presence == PRESENT && ratio_matters(d, f, ja))
		f->statement.copay_percent = ask_percent(MSG_RATIO_DECLARED, ja);
	return 0;
}

static int
ask_unchanged(const struct need *need, struct facts *f, bool ja)
{
	const int choice = ask_values(need, ja);

	if (choice < 0)
		return 1;
	f->record.unchanged = choice == 0;
	return 0;
}

static int
ask_staff(const struct need *need, struct facts *f, bool ja)
{
	const int choice = ask_values(need, ja);

	if (choice < 0)
		return 1;
	f->copay_percent = choice < 3 ? 10 * (choice + 1) : FACT_ABSENT;
	return 0;
}

int
ask_fact(const struct need *need, const struct decision *d, struct facts *f, bool ja)
{
	const struct question_info *q = question_info(need->question);

	if (is_about_proofs(need->question, d, f))
		return ask_proofs(d, f, ja);
	if (need->question != Q_ONLINE)
		fprintf(stderr, "\n%s\n", ja ? q->ja : q->en);
	switch (need->question) {
	case Q_MEDIUM:
		return ask_enum(need, &f->card.medium, ja);
	case Q_READ:
		return ask_enum(need, &f->card.read, ja);
	case Q_IDENTITY:
		return ask_refused(need, 2, &f->card.identity, IDENTITY_FAILED, ja);
	case Q_REGISTERED:
		return ask_refused(need, 2, &f->card.registered, REGISTERED_DECLINED, ja);
	case Q_ELIGIBILITY_CERTIFICATE:
		return ask_document(need, DOC_ELIGIBILITY_CERTIFICATE, d, f, ja);
	case Q_PORTAL:
		return ask_document(need, DOC_PORTAL, d, f, ja);
	case Q_PORTAL_PDF:
		return ask_document(need, DOC_PORTAL_PDF, d, f, ja);
	case Q_NOTICE:
		return ask_document(need, DOC_NOTICE, d, f, ja);
	case Q_OLD_CARD:
		return ask_document(need, DOC_OLD_CARD, d, f, ja);
	case Q_VISIT:
		return ask_enum(need, &f->visit, ja);
	case Q_RECORD:
		return ask_record(need, f, ja);
	case Q_UNCHANGED:
		return ask_unchanged(need, f, ja);
	case Q_STATED:
		return ask_presence(need, &f->disaster.presence, ja);
	case Q_STATEMENT:
		return ask_statement(need, d, f, ja);
	case Q_BIRTHDATE:
		return ask_birthdate(f, ja);
	case Q_COPAY_PERCENT:
		return ask_staff(need, f, ja);
	case Q_ONLINE:
	case Q_MAX:
		break;
	}
	return 1;
}

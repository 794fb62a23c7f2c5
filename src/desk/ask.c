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

/* Fills in PRESENT or FACT_ABSENT; 1, and nothing, when the person does not know. */
static int
ask_presence(int *presence, bool ja)
{
	fprintf(stderr, "%s\n", msg(MSG_YES_NO, ja));
	switch (ask_choice(2, ja)) {
	case 1:
		*presence = PRESENT;
		return 0;
	case 2:
		*presence = FACT_ABSENT;
		return 0;
	default:
		return 1;
	}
}

static int
ask_document(enum document_kind kind, const struct decision *d, struct facts *f, bool ja)
{
	struct document *doc = &f->document[kind];

	if (ask_presence(&doc->presence, ja) != 0)
		return 1;
	if (doc->presence != PRESENT)
		return 0;
	doc->valid_to = ask_date(MSG_VALID_TO, ja);
	if (ratio_matters(d, f, ja))
		doc->copay_percent = ask_percent(MSG_RATIO_ASK, ja);
	return 0;
}

static int
ask_record(struct facts *f, bool ja)
{
	if (ask_presence(&f->record.presence, ja) != 0)
		return 1;
	if (f->record.presence == PRESENT)
		f->record.confirmed_on = ask_date(MSG_CONFIRMED_ON, ja);
	return 0;
}

static int
ask_statement(const struct decision *d, struct facts *f, bool ja)
{
	if (ask_presence(&f->statement.presence, ja) != 0)
		return 1;
	if (f->statement.presence == PRESENT && ratio_matters(d, f, ja))
		f->statement.copay_percent = ask_percent(MSG_RATIO_DECLARED, ja);
	return 0;
}

/* A numbered list of words; the n-th sets *fact to n - 1. */
static int
ask_one_of(enum msg list, int n, int *fact, bool ja)
{
	int choice;

	fprintf(stderr, "%s\n", msg(list, ja));
	if ((choice = ask_choice(n, ja)) == 0)
		return 1;
	*fact = choice - 1;
	return 0;
}

/* Only a "no" is a fact: a "yes" has to be done first, and then checked again. */
static int
ask_refused(int *fact, int refused, bool ja)
{
	int answer = FACT_UNASKED;

	if (ask_presence(&answer, ja) != 0 || answer == PRESENT)
		return 1;
	*fact = refused;
	return 0;
}

static int
ask_unchanged(struct facts *f, bool ja)
{
	int answer = FACT_UNASKED;

	if (ask_presence(&answer, ja) != 0)
		return 1;
	f->record.unchanged = answer == PRESENT;
	return 0;
}

static int
ask_staff(struct facts *f, bool ja)
{
	f->copay_percent = ask_percent(MSG_RATIO_STAFF, ja);
	return f->copay_percent == FACT_ABSENT;
}

int
ask_fact(const struct need *need, const struct decision *d, struct facts *f, bool ja)
{
	const struct question_info *q = question_info(need->question);

	if (need->question != Q_ONLINE)
		fprintf(stderr, "\n%s\n", ja ? q->ja : q->en);
	switch (need->question) {
	case Q_MEDIUM:
		return ask_one_of(MSG_MEDIA, 3, &f->card.medium, ja);
	case Q_READ:
		return ask_one_of(MSG_READS, 4, &f->card.read, ja);
	case Q_IDENTITY:
		return ask_refused(&f->card.identity, IDENTITY_FAILED, ja);
	case Q_REGISTERED:
		return ask_refused(&f->card.registered, REGISTERED_DECLINED, ja);
	case Q_ELIGIBILITY_CERTIFICATE:
		return ask_document(DOC_ELIGIBILITY_CERTIFICATE, d, f, ja);
	case Q_PORTAL:
		return ask_document(DOC_PORTAL, d, f, ja);
	case Q_PORTAL_PDF:
		return ask_document(DOC_PORTAL_PDF, d, f, ja);
	case Q_NOTICE:
		return ask_document(DOC_NOTICE, d, f, ja);
	case Q_OLD_CARD:
		return ask_document(DOC_OLD_CARD, d, f, ja);
	case Q_VISIT:
		return ask_one_of(MSG_VISITS, 2, &f->visit, ja);
	case Q_RECORD:
		return ask_record(f, ja);
	case Q_UNCHANGED:
		return ask_unchanged(f, ja);
	case Q_STATED:
		return ask_presence(&f->disaster.presence, ja);
	case Q_STATEMENT:
		return ask_statement(d, f, ja);
	case Q_BIRTHDATE:
		return ask_birthdate(f, ja);
	case Q_COPAY_PERCENT:
		return ask_staff(f, ja);
	case Q_ONLINE:
	case Q_MAX:
		break;
	}
	return 1;
}

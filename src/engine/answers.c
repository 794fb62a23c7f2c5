#include "engine/answers.h"

#include <stddef.h>

#include "base/date.h"
#include "engine/age.h"

/*
 * Answers are numbered in a mixed radix: digit() takes the next digit, so that
 * every combination comes once.  The last digit is what is left of the number.
 */
static int
digit(int *n, int radix)
{
	const int d = *n % radix;

	*n /= radix;
	return d;
}

static const char *
a_number(int n)
{
	/* one of each scheme: 健保, 国保, 国保組合, 後期 */
	static const char *const numbers[] = { NULL, "06132013", "138016", "133033", "39131016" };

	return numbers[n];
}

static int
a_percent(int n)
{
	return n == 0 ? FACT_ABSENT : 10 * n;
}

/*
 * A day in each age band, and the two borders that a record can lie across as
 * late as can be: 75 today (a day less on 29 February, on which nobody turns
 * 75), in the band from 70 on since the first of the month.  0 is not to be had.
 */
#define BIRTHDATES	9

static int
a_birthdate(int day, int n)
{
	static const int ages[] = { 3, 12, 40, 67, 72, 80, 75 };

	if (n == 0)
		return FACT_ABSENT;
	return n < BIRTHDATES - 1 ? date_add_months(day, -12 * ages[n - 1]) :
	    date_end_of_month_after(day, -12 * 70 - 1);
}

/* How many birth dates on a document matter: any, unless one is known. */
static int
document_birthdates(const struct facts *f)
{
	return fact_known(f->birthdate) ? 1 : BIRTHDATES;
}

static void
answer_document(struct document *d, int day, int n)
{
	d->presence = n == 0 ? FACT_ABSENT : PRESENT;
	if (n == 0)
		return;
	n--;
	d->copay_percent = a_percent(digit(&n, 4));
	d->id.insurer_number = a_number(digit(&n, 5));
	d->special_medical = digit(&n, 2);
	d->valid_to = digit(&n, 2) ? day - 1 : FACT_ABSENT;
	d->birthdate = a_birthdate(day, n);
}

static void
answer_record(struct facts *f, int n)
{
	const int given = f->record.unchanged;

	f->record.presence = n == 0 ? FACT_ABSENT : PRESENT;
	if (n == 0)
		return;
	n--;
	f->record.unchanged = given != FACT_UNASKED ? given : digit(&n, 2);
	f->record.copay_percent = a_percent(digit(&n, 4));
	f->record.id.insurer_number = a_number(digit(&n, 5));
	/* that day, or before every border there can be */
	f->record.confirmed_on = n != 0 ? f->visit_date - 36500 : f->visit_date;
}

static void
answer_statement(struct declaration *d, int n)
{
	d->presence = n == 0 ? FACT_ABSENT : PRESENT;
	if (n == 0)
		return;
	n--;
	d->copay_percent = a_percent(digit(&n, 4));
	d->kouki = n != 0;
}

static int
answer_count(enum question q, const struct facts *f)
{
	switch (q) {
	case Q_MEDIUM:
		return 4;
	case Q_READ:
		return 3;
	case Q_ELIGIBILITY_CERTIFICATE:
	case Q_PORTAL:
	case Q_PORTAL_PDF:
	case Q_NOTICE:
	case Q_OLD_CARD:
		return 1 + 4 * 5 * 2 * 2 * document_birthdates(f);
	case Q_RECORD:
		return 1 + 2 * 4 * 5 * 2;
	case Q_STATEMENT:
		return 1 + 4 * 2;
	case Q_BIRTHDATE:
		return BIRTHDATES;
	case Q_COPAY_PERCENT:
		return 4;
	case Q_VISIT:
	case Q_UNCHANGED:
	case Q_STATED:
		return 2;
	default:
		return 0;	/* asked for by a rule of its own: it can always matter */
	}
}

static void
answer_document_question(struct facts *f, enum question q, int n)
{
	static const enum document_kind kinds[] = { DOC_ELIGIBILITY_CERTIFICATE, DOC_PORTAL,
		DOC_PORTAL_PDF, DOC_NOTICE, DOC_OLD_CARD };

	answer_document(&f->document[kinds[q - Q_ELIGIBILITY_CERTIFICATE]], f->visit_date, n);
}

static void
fill_in(struct facts *f, enum question q, int n)
{
	static const int reads[] = { READ_OK, READ_UNREADABLE, READ_NOT_MY_NUMBER };

	switch (q) {
	case Q_MEDIUM:
		/* a card that is laid down tells at once whether it can be read */
		f->card.medium = n < 3 ? n : MEDIUM_CARD;
		if (n == 3 && f->card.read == FACT_UNASKED)
			f->card.read = READ_OK;
		break;
	case Q_READ:
		f->card.read = reads[n];
		break;
	case Q_VISIT:
		f->visit = n;
		break;
	case Q_UNCHANGED:
		f->record.unchanged = n;
		break;
	case Q_STATED:
		f->disaster.presence = n == 0 ? FACT_ABSENT : PRESENT;
		break;
	case Q_RECORD:
		answer_record(f, n);
		break;
	case Q_STATEMENT:
		answer_statement(&f->statement, n);
		break;
	case Q_BIRTHDATE:
		f->birthdate = a_birthdate(f->visit_date, n);
		break;
	case Q_COPAY_PERCENT:
		f->copay_percent = a_percent(n);
		break;
	default:
		answer_document_question(f, q, n);
		break;
	}
}

struct answer_iter
answers(enum question q, const struct facts *f)
{
	return (struct answer_iter){ q, f, 0 };
}

bool
answers_next(struct answer_iter *it, struct facts *out)
{
	if (it->next >= answer_count(it->question, it->facts))
		return false;
	*out = *it->facts;
	fill_in(out, it->question, it->next++);
	return true;
}

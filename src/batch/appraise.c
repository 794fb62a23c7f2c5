#include "batch/appraise.h"

#include <string.h>

#include "base/date.h"
#include "batch/expect.h"
#include "decide/result_in.h"
#include "decide/verdict_out.h"

/* One row being appraised. */
struct work {
	const struct appraiser	*by;
	const struct row	*row;
	const struct found	*found;
	struct appraisal	*a;
	struct expected		 expected;
	size_t			 bring_at[BRING_MAX];	/* of its text in a->text */
	size_t			 warning_at[APPRAISAL_WARNINGS_MAX];
};

/* Begins a warning, whose text is then appended; at the limit it is the last one that is lost. */
static struct buf *
warn(struct work *w, const char *code, int until)
{
	struct out_row *out = &w->a->out;
	struct buf *text = &w->a->text;

	if (out->warnings == APPRAISAL_WARNINGS_MAX)
		out->warnings--;
	buf_add(text, "", 1);
	w->warning_at[out->warnings] = text->n;
	w->a->warning[out->warnings++] = (struct note){ .code = code, .until = until };
	return text;
}

static void
caution(struct work *w, enum caution c, const char *about, int until)
{
	const char *text = caution_text(c, w->by->ja), *gap = strstr(text, "{}");
	struct buf *b = warn(w, caution_code(c), until);

	buf_add(b, text, gap != NULL ? (size_t)(gap - text) : strlen(text));
	if (gap != NULL) {
		buf_adds(b, about);
		buf_adds(b, gap + 2);
	}
}

static bool
warned(const struct work *w, const char *code)
{
	for (size_t i = 0; i < w->a->out.warnings; i++)
		if (strcmp(w->a->warning[i].code, code) == 0)
			return true;
	return false;
}

static void
bring(struct work *w, enum bring b)
{
	struct out_row *out = &w->a->out;
	struct buf *text = &w->a->text;

	buf_add(text, "", 1);
	w->bring_at[out->brings] = text->n;
	w->a->bring[out->brings++] = (struct note){ .code = bring_code(b), .until = FACT_ABSENT };
	buf_adds(text, bring_text(b, w->by->ja));
}

static enum status
status_of(const struct found *found)
{
	static const enum status of_validity[] = { STATUS_VALID, STATUS_INVALID,
		STATUS_INVALID_NEW, STATUS_NOT_FOUND, STATUS_MULTIPLE, STATUS_VALID };

	if (found->validity < '1' || found->validity > '6')
		return STATUS_ERROR;
	return of_validity[found->validity - '1'];
}

/* Why there is no answer about this row. */
static void
warn_error(struct work *w)
{
	const enum column missing = row_unaskable(w->row);
	struct buf about = BUF_INIT, *b;

	if (w->row->fault != ROW_NONE) {
		row_reason(w->row, w->by->ja, &about);
		caution(w, CAUTION_BAD_ROW, about.p != NULL ? about.p : "", FACT_ABSENT);
	} else if (missing != COLUMN_MAX) {
		caution(w, CAUTION_NOT_ASKABLE, w->by->ja ? column_name_ja(missing) :
		    column_name(missing), FACT_ABSENT);
	} else {
		b = warn(w, err_name(w->found->error), FACT_ABSENT);
		buf_adds(b, err_text(w->found->error, w->by->ja));
		if (w->found->code != NULL)
			buf_addf(b, " (%s %s)", w->found->code,
			    w->found->message != NULL ? w->found->message : "");
	}
	if (about.failed)
		w->a->text.failed = 1;
	buf_free(&about);
}

static void
warn_row(struct work *w)
{
	for (unsigned left = w->row->unread; left != 0; left &= left - 1) {
		const enum column c = (enum column)__builtin_ctz(left);

		caution(w, CAUTION_CELL_UNREAD, w->by->ja ? column_name_ja(c) : column_name(c),
		    FACT_ABSENT);
	}
	for (int i = 0; i < ROW_WARNING_MAX; i++) {
		const char *code = row_warning_code((enum row_warning)i);

		if ((w->row->warnings >> i & 1) && !warned(w, code))
			buf_adds(warn(w, code, FACT_ABSENT),
			    row_warning_text((enum row_warning)i, w->by->ja));
	}
}

/* What the rules have to say to the day's decision. */
static void
warn_rules(struct work *w)
{
	const struct rulebase *rb = w->by->rb;
	const struct expected *x = &w->expected;
	struct said list[SAID_MAX];
	struct number_warning numbers;
	int n = decision_warnings(rb, &x->facts, &x->decision, w->by->ja, &numbers, list);

	if (x->unknown_element)
		said_by_program(rb, "unknown_element", NULL, list, &n);
	if (w->found->error == ERR_NONE && w->found->message != NULL && *w->found->message != '\0')
		said_by_program(rb, "service_warning", w->found->message, list, &n);
	for (int i = 0; i < n; i++)
		said_add(warn(w, list[i].code, list[i].date), &list[i], w->by->ja);
}

/* What happens on a day; the words have it, since "until" is for what lasts until then. */
static void
caution_of_day(struct work *w, enum caution c, int day)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	caution(w, c, iso, FACT_ABSENT);
}

/* A border that lies between what is on file and the visit. */
static void
warn_border(struct work *w, enum caution c, int day)
{
	const int since = fact_known(w->row->last_confirmed_on) ? w->row->last_confirmed_on :
	    w->by->today;

	if (since < day && day <= w->row->appointment)
		caution_of_day(w, c, day);
}

/* The day on which the ratio that is in force at the visit was set. */
static int
ratio_year(const struct work *w)
{
	const struct parameters *p = &w->by->rb->set.parameters;
	const int visit = w->row->appointment, year = date_to_ymd(visit).y;
	const int day = date_number(year, p->ratio_year_month, p->ratio_year_day);

	return day <= visit ? day :
	    date_number(year - 1, p->ratio_year_month, p->ratio_year_day);
}

/* Those from 70 on, and of 後期: their ratio is set anew each year. */
static bool
goes_by_year(const struct work *w, const char *insurer_number)
{
	return number_scheme(insurer_number) == SCHEME_KOUKI ||
	    w->row->appointment >= w->expected.decision.state.age.elderly_first;
}

static void
warn_borders(struct work *w)
{
	const struct state *s = &w->expected.decision.state;

	if (!fact_known(s->birthdate))
		return;
	warn_border(w, CAUTION_STARTS_SCHOOL, s->age.preschool_last + 1);
	if (number_scheme(w->row->insurer_number) != SCHEME_KOUKI) {
		warn_border(w, CAUTION_TURNS_70, s->age.elderly_first);
		warn_border(w, CAUTION_TURNS_75, s->age.kouki_first);
	}
	if (goes_by_year(w, w->row->insurer_number))
		warn_border(w, CAUTION_RATIO_YEAR, ratio_year(w));
}

/* Whether the answer, which is of the day of the visit, says the same of today. */
static bool
holds_today(const struct work *w)
{
	const struct expected *x = &w->expected;
	const struct result *r = &x->facts.online.result;
	const struct age_borders *age = &x->decision.state.age;
	const int today = w->by->today, visit = w->row->appointment;
	const int borders[] = { age->preschool_last + 1, age->elderly_first, age->kouki_first,
	    x->qualified_from, r->kouki_from, r->elderly_from };

	for (size_t i = 0; i < sizeof(borders) / sizeof(borders[0]); i++)
		if (today < borders[i] && borders[i] <= visit)
			return false;
	return visit <= today || !goes_by_year(w, r->id.insurer_number) || ratio_year(w) <= today;
}

/* The last day of the ratio that the answer gives; FACT_ABSENT of one that goes by age. */
static int
ratio_end(const struct expected *x, int visit)
{
	const struct result *r = &x->facts.online.result;

	if (number_scheme(r->id.insurer_number) == SCHEME_KOUKI)
		return r->kouki_to;
	return visit >= x->decision.state.age.elderly_first ? r->elderly_to : FACT_ABSENT;
}

static void
warn_result(struct work *w)
{
	const struct expected *x = &w->expected;
	const int visit = w->row->appointment, end = ratio_end(x, visit);

	if (fact_known(x->lost_on) && x->lost_on <= visit)
		caution_of_day(w, CAUTION_LOST_ON, x->lost_on);
	if (w->a->out.status != STATUS_VALID)
		return;
	if (fact_known(end) && end < visit)
		caution(w, CAUTION_RATIO_ENDED, "", end);
	if (x->result == NULL)
		caution(w, CAUTION_NO_RESULT, "", FACT_ABSENT);
	if (w->a->other_person)
		caution(w, CAUTION_OTHER_PERSON, "", FACT_ABSENT);
	if (w->found->by_file)
		caution(w, CAUTION_BULK_WITHOUT_LIMIT, "", FACT_ABSENT);
}

/* A valid answer that comes to no ratio says why. */
static void
warn_verdict(struct work *w)
{
	const struct decision *d = &w->expected.decision;
	const bool ja = w->by->ja;
	const struct rule_words *words = expected_rule(w->by->rb, d);

	if (w->a->out.status != STATUS_VALID)
		return;
	if (d->verdict == V_VERDICT_NEED) {
		const struct question_info *q = question_info(d->need[0].question);

		caution(w, CAUTION_RATIO_OPEN, ja ? q->ja : q->en, FACT_ABSENT);
	} else if (d->verdict == V_VERDICT_REFER) {
		caution(w, CAUTION_PERSON_MUST_LOOK, words == NULL ? "" : ja ? words->ja :
		    words->en, FACT_ABSENT);
	}
}

static void
settle_answered(struct work *w)
{
	const struct decision *d = &w->expected.decision;
	struct out_row *out = &w->a->out;

	if (w->expected.ambiguous)
		out->status = STATUS_MULTIPLE;
	if (out->status == STATUS_VALID && d->percent != 0) {
		out->copay_percent = d->percent;
		out->path = path_name(d);
	}
}

/* A marriage may change both, too: it is for a person to find out. */
static bool
is_other_person(const struct changes *c)
{
	int names = 0;

	for (int i = 0; i < c->n; i++)
		names += c->item[i].field == CHANGE_NAME || c->item[i].field == CHANGE_KANA;
	return names == 2;
}

static int
settle_changes(struct work *w)
{
	struct appraisal *a = w->a;

	if (a->out.status != STATUS_VALID || w->expected.result == NULL)
		return 0;
	if (compare_row(w->row, w->expected.result, a->out.copay_percent, &a->changes) < 0)
		return -1;
	a->out.change = a->changes.item;
	a->out.changes = (size_t)a->changes.n;
	a->other_person = is_other_person(&a->changes);
	a->holds_today = holds_today(w);
	return 0;
}

/* The texts have stopped moving. */
static int
place_texts(struct work *w)
{
	struct appraisal *a = w->a;

	buf_add(&a->text, "", 1);
	if (a->text.failed)
		return -1;
	for (size_t i = 0; i < a->out.brings; i++)
		a->bring[i].text = a->text.p + w->bring_at[i];
	for (size_t i = 0; i < a->out.warnings; i++)
		a->warning[i].text = a->text.p + w->warning_at[i];
	a->out.bring = a->bring;
	a->out.warning = a->warning;
	return 0;
}

int
appraise(const struct appraiser *by, const struct row *row, const struct found *found,
    struct appraisal *a)
{
	struct work w = { .by = by, .row = row, .found = found, .a = a };
	unsigned brings;

	buf_reset(&a->text);
	a->changes.n = 0;
	a->result = NULL;
	a->other_person = a->holds_today = false;
	a->out = (struct out_row){
		.patient_id = row->given[COLUMN_PATIENT_ID],
		.status = status_of(found),
		.copay_percent = FACT_ABSENT,
		.retryable = found->error != ERR_NONE && found->retryable,
		.extra = row->extra, .extras = row->extras,
	};
	if (row->fault == ROW_NONE) {
		if (expect(by->rb, row, found, &w.expected) < 0)
			return -1;
		a->result = w.expected.result;
		settle_answered(&w);
		if (settle_changes(&w) < 0)
			return -1;
		brings = expected_brings(by->rb, &w.expected);
		for (int b = 0; b < BRING_MAX; b++)
			if (brings >> b & 1)
				bring(&w, (enum bring)b);
	}
	if (a->out.status == STATUS_ERROR)
		warn_error(&w);
	if (row->fault == ROW_NONE) {
		warn_verdict(&w);
		warn_rules(&w);
		warn_row(&w);
		warn_borders(&w);
		warn_result(&w);
	}
	return place_texts(&w);
}

void
appraisal_free(struct appraisal *a)
{
	buf_free(&a->text);
	explicit_bzero(a, sizeof(*a));
}

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/out_check.h"
#include "cli/out_decision.h"
#include "desk/msg.h"

#define HANDOUT_COLUMNS	60
#define REFUND_YEARS	2	/* REF-2: from the day after payment */

long long
pays_yen(int points, int percent)
{
	/* points are 10 yen each; under 5 yen is dropped, 5 and more is raised */
	const long long yen = (long long)points * 10 * percent / 100;

	return (yen + 5) / 10 * 10;
}

int
ratio_to_pay(const struct checked *c)
{
	return c->override.percent != 0 ? c->override.percent : c->decision->percent;
}

const struct json *
answered_person(const struct check *c)
{
	return c->answer.outcome == ELIG_ANSWERED && c->facts.online.results >= 1 ?
	    js_at(c->answer.results, (size_t)c->facts.online.chosen) : NULL;
}

bool
answered_another(const struct check *c)
{
	const struct facts *f = &c->facts;
	const int told = f->online.result.birthdate;

	return f->online.same_person == 0 ||
	    (fact_known(f->birthdate) && fact_known(told) && f->birthdate != told);
}

/* Appends a sentence of the list with a day, or a text, for its {}. */
static void
add_day(struct buf *b, enum msg m, bool ja, int day)
{
	char date[DATE_ISO_LEN + 1], line[400];

	date_format_iso(day, date);
	msg_with(line, sizeof(line), m, ja, date);
	buf_adds(b, line);
}

/* The last day on which what was paid on the day of the visit can be claimed. */
static int
refund_until(const struct checked *c)
{
	return date_add_years(c->check->facts.visit_date, REFUND_YEARS);
}

void
out_refund(struct buf *b, const struct checked *c)
{
	struct buf line = BUF_INIT;
	const bool special = c->decision->path == V_PATH_SPECIAL_MEDICAL;

	if (ratio_to_pay(c) != 100)
		return;
	add_day(&line, special ? MSG_REFUND_SPECIAL : MSG_REFUND, c->ja, refund_until(c));
	out_paragraph(b, MSG_REFUND_HEAD, c->ja, line.p != NULL ? line.p : "");
	buf_reset(&line);
	if (!special) {
		add_day(&line, MSG_REFUND_MONTH, c->ja,
		    date_end_of_month(c->check->facts.visit_date));
		out_paragraph(b, MSG_REFUND_HEAD, c->ja, line.p != NULL ? line.p : "");
	}
	buf_free(&line);
}

/* "3割", "30%". */
static void
add_share(struct buf *b, int percent, bool ja)
{
	if (ja)
		buf_addf(b, "%d割", percent / 10);
	else
		buf_addf(b, "%d%%", percent);
}

/* What there is to pay. */
static void
add_pay(struct buf *b, const struct checked *c)
{
	const int percent = ratio_to_pay(c);
	struct buf share = BUF_INIT;
	char line[400];

	add_share(&share, percent, c->ja);
	msg_with(line, sizeof(line), percent == 100 ? MSG_TELL_ALL : MSG_TELL_PAY, c->ja,
	    share.p != NULL ? share.p : "");
	buf_adds(b, line);
	buf_free(&share);
	if (c->points != 0) {
		msg_with_int(line, sizeof(line), MSG_TELL_YEN, c->ja,
		    pays_yen(c->points, percent));
		buf_adds(b, line);
	}
	buf_adds(b, msg(MSG_TELL_STOP, c->ja));
}

/* What the patient has to do, the most pressing thing; MSG_MAX: nothing. */
static enum msg
patients_part(const struct checked *c)
{
	const struct decision *d = c->decision;

	if (ratio_to_pay(c) == 100)
		return d->path == V_PATH_SPECIAL_MEDICAL ? MSG_TELL_SPECIAL : MSG_TELL_REFUND;
	if (c->override.percent != 0)
		return MSG_TELL_BRING;
	if (d->claim == CLAIM_UNKNOWN || d->claim == CLAIM_DISASTER || d->claim == CLAIM_PAST)
		return MSG_TELL_NUMBER;
	if (d->state.can[F_CERTIFICATE] == value_bit(F_CERTIFICATE, V_CERTIFICATE_GRACE))
		return MSG_TELL_GRACE;
	if (d->state.can[F_CERTIFICATE] == value_bit(F_CERTIFICATE, V_CERTIFICATE_SOON))
		return MSG_TELL_SOON;
	return d->provisional ? MSG_TELL_BRING : MSG_MAX;
}

static int
day_of(const struct checked *c, enum msg part)
{
	switch (part) {
	case MSG_TELL_GRACE:
		return c->decision->state.grace_end;
	case MSG_TELL_SOON:
		return c->check->facts.card.certificate_not_after;
	default:
		return refund_until(c);
	}
}

void
out_patient(struct buf *b, const struct checked *c)
{
	const enum msg part = patients_part(c);

	if (ratio_to_pay(c) == 0) {
		buf_adds(b, msg(MSG_TELL_WAIT, c->ja));
		return;
	}
	add_pay(b, c);
	if (part == MSG_MAX)
		return;
	buf_adds(b, c->ja ? "" : " ");
	add_day(b, part, c->ja, day_of(c, part));
}

void
out_handout(struct buf *b, const struct checked *c)
{
	const char *name = js_str(answered_person(c->check), "Name");
	char date[DATE_ERA_LEN + 1], iso[DATE_ISO_LEN + 1];
	struct buf text = BUF_INIT;

	date_format_era(c->check->facts.visit_date, date);
	date_format_iso(c->check->facts.visit_date, iso);
	buf_addf(b, "%s  %s\n\n", msg(MSG_HANDOUT_HEAD, c->ja), c->ja ? date : iso);
	/* another person's name goes on no paper */
	if (name != NULL && !answered_another(c->check)) {
		char line[400];

		msg_with(line, sizeof(line), MSG_HANDOUT_TO, c->ja, name);
		text_add_wrapped(b, line, 0, HANDOUT_COLUMNS);
		buf_addc(b, '\n');
	}
	out_patient(&text, c);
	text_add_wrapped(b, text.p != NULL ? text.p : "", 0, HANDOUT_COLUMNS);
	buf_reset(&text);
	if (ratio_to_pay(c) == 100 && c->decision->path != V_PATH_SPECIAL_MEDICAL)
		add_day(&text, MSG_HANDOUT_MONTH, c->ja,
		    date_end_of_month(c->check->facts.visit_date));
	if (c->decision->verdict == V_VERDICT_INSURED && c->decision->provisional)
		buf_adds(&text, msg(MSG_HANDOUT_LATER, c->ja));
	if (text.n > 0)
		text_add_wrapped(b, text.p, 0, HANDOUT_COLUMNS);
	buf_free(&text);
}

/* OQSCD012 (LIM-1): what the category is called. */
static const struct limit_words {
	const char	*code, *ja, *en;
} limits[] = {
	{ "A01", "ア", "ア" }, { "A02", "イ", "イ" }, { "A03", "ウ", "ウ" }, { "A04", "エ", "エ" },
	{ "A05", "オ", "オ" }, { "A06", "オ(境)", "オ(境)" },
	{ "B01", "現役並み3", "現役並み3" }, { "B02", "現役並み2", "現役並み2" },
	{ "B03", "現役並み1", "現役並み1" }, { "B04", "一般(70〜74歳)", "一般 (70 to 74)" },
	{ "B05", "低所得2", "低所得2" }, { "B06", "低所得1", "低所得1" },
	{ "B07", "低所得1(老福)", "低所得1(老福)" }, { "B08", "低所得1(境)", "低所得1(境)" },
	{ "B09", "一般2(後期)", "一般2 (後期)" }, { "B10", "一般1(後期)", "一般1 (後期)" },
};

static const struct json *
limit_info(const struct checked *c)
{
	return js_get(answered_person(c->check), "LimitApplicationCertificateRelatedInfo");
}

const char *
limit_code(const struct checked *c)
{
	return js_str(limit_info(c), "LimitApplicationCertificateClassificationFlag");
}

/* A date of the answer, or FACT_ABSENT. */
static int
limit_day(const struct checked *c, const char *key)
{
	const char *text = js_str(limit_info(c), key);
	const int day = text != NULL ? date_parse_compact(text, strlen(text)) : DATE_NONE;

	return day != DATE_NONE ? day : FACT_ABSENT;
}

static void
add_limit(struct buf *b, const struct checked *c, const char *code)
{
	const int from = limit_day(c, "LimitApplicationCertificateValidStartDate");
	const int to = limit_day(c, "LimitApplicationCertificateValidEndDate");
	const char *name = code;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(limits[i].code, code) == 0)
			name = c->ja ? limits[i].ja : limits[i].en;
	buf_addf(b, c->ja ? "区分 %s" : "category %s", name);
	if (fact_known(to))
		add_day(b, MSG_LIMIT_UNTIL, c->ja, to);
	buf_adds(b, msg(fact_covers(from, to, c->check->facts.visit_date) ? MSG_LIMIT_APPLIES :
	    MSG_LIMIT_ENDED, c->ja));
}

/* Only a confirmation by card says anything; a category is a cap, never a ratio (LIM-4). */
void
out_limit(struct buf *b, const struct checked *c)
{
	const struct decision *d = c->decision;
	const char *code = limit_code(c);
	struct buf line = BUF_INIT;

	if (ratio_to_pay(c) == 0 || ratio_to_pay(c) == 100)
		return;
	if (code != NULL && d->verdict == V_VERDICT_INSURED)
		add_limit(&line, c, code);
	else if (d->path != V_PATH_ONLINE_CARD && d->path != V_PATH_ONLINE_PHONE)
		buf_adds(&line, msg(MSG_LIMIT_NOT_THIS_WAY, c->ja));
	else
		buf_adds(&line, msg(c->check->limit_consent ? MSG_LIMIT_NOT_RETURNED :
		    MSG_LIMIT_NO_CONSENT, c->ja));
	out_paragraph(b, MSG_LIMIT, c->ja, line.p != NULL ? line.p : "");
	buf_free(&line);
}

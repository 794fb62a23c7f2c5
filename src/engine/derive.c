#include "base/date.h"
#include "engine/derived.h"
#include "engine/number.h"

/* Adds one value to what a fact can be. */
static void
may_be(struct state *s, enum fact f, enum value v)
{
	s->can[f] |= value_bit(f, v);
}

static bool
can_be(const struct state *s, enum fact f, enum value v)
{
	return (s->can[f] & value_bit(f, v)) != 0;
}

static bool
is(const struct state *s, enum fact f, enum value v)
{
	return s->can[f] == value_bit(f, v);
}

static void
either(struct state *s, enum fact f, enum question q, enum value a, enum value b)
{
	s->can[f] = value_bit(f, a) | value_bit(f, b);
	s->ask[f] = (uint8_t)q;
}

static bool
answered(const struct facts *f)
{
	return f->online.presence == PRESENT && f->online.outcome == OUTCOME_ANSWERED &&
	    fact_known(f->online.validity);
}

enum route { ROUTE_NOT_CARD, ROUTE_CARD, ROUTE_OPEN };

/*
 * Whether the answer is by card.  Not said by what: by card where a card or
 * phone is there, open where that is still to be asked.
 */
static enum route
answer_route(const struct facts *f)
{
	if (!answered(f) || f->online.by == BY_NUMBER)
		return ROUTE_NOT_CARD;
	if (f->online.by == BY_CARD)
		return ROUTE_CARD;
	if (f->card.read == READ_NOT_MY_NUMBER || f->card.medium == MEDIUM_NONE ||
	    f->card.medium == FACT_ABSENT)
		return ROUTE_NOT_CARD;
	return f->card.medium == FACT_UNASKED ? ROUTE_OPEN : ROUTE_CARD;
}

static void
derive_birthdate(struct state *s, const struct facts *f)
{
	s->birthdate = f->birthdate;
	if (!fact_known(s->birthdate) && answered(f) && fact_known(f->online.result.birthdate))
		s->birthdate = f->online.result.birthdate;
	for (int i = 0; i < DOC_MAX && !fact_known(s->birthdate); i++)
		if (f->document[i].presence == PRESENT && fact_known(f->document[i].birthdate))
			s->birthdate = f->document[i].birthdate;
	if (fact_known(s->birthdate))
		s->age = age_borders(s->birthdate);
}

static void
derive_contradiction(struct state *s, const struct facts *f)
{
	enum value v = V_CONTRADICTION_NONE;

	if (answered(f) && f->online.by == BY_CARD && f->card.medium == MEDIUM_NONE)
		v = V_CONTRADICTION_MEDIUM;
	else if (answered(f) && fact_known(f->birthdate) &&
	    fact_known(f->online.result.birthdate) &&
	    f->birthdate != f->online.result.birthdate)
		v = V_CONTRADICTION_BIRTHDATE;
	else if (answered(f) && f->online.validity == 1 &&
	    (f->online.results > 1 || f->online.outside))
		v = V_CONTRADICTION_RESULTS;
	else if (answered(f) && f->online.same_person == 0)
		v = V_CONTRADICTION_PERSON;
	state_set(s, F_CONTRADICTION, v);
}

/* The answer as one by number would be taken. */
static enum value
enquiry_by_number(const struct facts *f)
{
	static const enum value values[] = { V_ENQUIRY_NUMBER_OTHER, V_ENQUIRY_NUMBER_ENDED,
		V_ENQUIRY_NUMBER_NEWER, V_ENQUIRY_NUMBER_ENDED, V_ENQUIRY_NUMBER_MULTIPLE,
		V_ENQUIRY_NUMBER_ENDED };
	const enum scheme scheme = number_scheme(f->online.result.id.insurer_number);

	if (f->online.validity == 1 && scheme != SCHEME_UNKNOWN && scheme != SCHEME_OTHER)
		return V_ENQUIRY_NUMBER_MUNICIPAL;
	return values[f->online.validity - 1];
}

static void
derive_enquiry(struct state *s, const struct facts *f)
{
	/* by validity (OQSCD006) from 1 on; 4 and 6 are as little a valid answer as 2 */
	static const enum value by_card[] = { V_ENQUIRY_CARD_VALID, V_ENQUIRY_CARD_ENDED,
		V_ENQUIRY_CARD_NEWER, V_ENQUIRY_CARD_ENDED, V_ENQUIRY_CARD_MULTIPLE,
		V_ENQUIRY_CARD_ENDED };
	const enum route route = answer_route(f);

	if (f->online.presence == FACT_UNASKED)
		state_set(s, F_ENQUIRY, V_ENQUIRY_NOT_MADE);
	else if (!answered(f))
		state_set(s, F_ENQUIRY, V_ENQUIRY_NO_ANSWER);
	else if (route == ROUTE_NOT_CARD)
		state_set(s, F_ENQUIRY, enquiry_by_number(f));
	else if (route == ROUTE_OPEN)
		either(s, F_ENQUIRY, Q_MEDIUM, by_card[f->online.validity - 1],
		    enquiry_by_number(f));
	else
		state_set(s, F_ENQUIRY, by_card[f->online.validity - 1]);
}

static void
derive_answer(struct state *s, const struct facts *f)
{
	const int validity = answered(f) ? f->online.validity : 0;
	const int card_class = f->online.result.card_class;
	enum value class = validity == 0 ? V_ANSWER_CLASS_NONE : V_ANSWER_CLASS_ORDINARY;

	if (validity == 6 || (validity == 1 && card_class == CLASS_PUBLIC_ASSISTANCE))
		class = V_ANSWER_CLASS_PUBLIC;
	else if (validity == 1 && card_class == CLASS_SPECIAL)
		class = V_ANSWER_CLASS_SPECIAL;
	state_set(s, F_ANSWER_CLASS, class);
	derive_enquiry(s, f);
	/* what could not be a number is none to claim by */
	state_set(s, F_ENDED_NUMBER, (validity == 2 || validity == 3) &&
	    number_scheme(f->online.result.id.insurer_number) != SCHEME_UNKNOWN ?
	    V_ENDED_NUMBER_SHOWN : V_ENDED_NUMBER_NONE);
}

static bool
card_expired(const struct facts *f)
{
	return fact_known(f->card.valid_to) && f->card.valid_to < f->visit_date;
}

static void
derive_medium(struct state *s, const struct facts *f)
{
	const enum route route = answer_route(f);

	/* a phone does not work at all once the physical card has expired (CERT-7) */
	if (f->card.medium == MEDIUM_PHONE && card_expired(f)) {
		state_set(s, F_MEDIUM, V_MEDIUM_NONE);
	} else if (f->card.read == READ_NOT_MY_NUMBER && route == ROUTE_NOT_CARD) {
		state_set(s, F_MEDIUM, V_MEDIUM_NONE);
	} else if (f->card.medium == FACT_UNASKED) {
		either(s, F_MEDIUM, Q_MEDIUM, V_MEDIUM_CARD, V_MEDIUM_PHONE);
		if (route != ROUTE_CARD)
			may_be(s, F_MEDIUM, V_MEDIUM_NONE);
	} else if (f->card.medium == MEDIUM_PHONE) {
		state_set(s, F_MEDIUM, V_MEDIUM_PHONE);
	} else if (route == ROUTE_CARD || f->card.medium == MEDIUM_CARD) {
		state_set(s, F_MEDIUM, V_MEDIUM_CARD);
	} else {
		state_set(s, F_MEDIUM, V_MEDIUM_NONE);
	}
}

static void
derive_chip(struct state *s, const struct facts *f)
{
	/* an answer by card shows that the card was read */
	if (f->card.read == READ_OK || answer_route(f) != ROUTE_NOT_CARD) {
		state_set(s, F_CHIP, V_CHIP_OK);
	} else if (f->card.read != FACT_UNASKED) {
		state_set(s, F_CHIP, V_CHIP_FAILED);
	} else if (f->card.medium == FACT_UNASKED) {
		either(s, F_CHIP, Q_MEDIUM, V_CHIP_OK, V_CHIP_NOT_READ);
		may_be(s, F_CHIP, V_CHIP_FAILED);
	} else {
		state_set(s, F_CHIP, V_CHIP_NOT_READ);
	}
}

static void
derive_certificate(struct state *s, const struct facts *f, const struct parameters *p)
{
	const int end = f->card.certificate_not_after;
	enum value v = V_CERTIFICATE_NOT_GIVEN;

	s->grace_end = FACT_ABSENT;
	if (fact_known(end)) {
		s->grace_end = date_end_of_month_after(end, p->grace_months);
		if (f->visit_date > s->grace_end)
			v = V_CERTIFICATE_ENDED;
		else if (f->visit_date > end)
			v = V_CERTIFICATE_GRACE;
		else if (f->visit_date > date_add_months(end, -p->warn_months))
			v = V_CERTIFICATE_SOON;
		else
			v = V_CERTIFICATE_VALID;
	}
	if (f->card.certificate_revoked == 1)
		v = V_CERTIFICATE_REVOKED;
	state_set(s, F_CERTIFICATE, v);
}

static void
derive_route(struct state *s, const struct facts *f)
{
	enum value v = V_IDENTITY_OPEN;
	const bool by_card = answer_route(f) != ROUTE_NOT_CARD;

	if (!by_card && f->card.identity == IDENTITY_PIN_LOCKED)
		v = V_IDENTITY_LOCKED;
	else if (!by_card && f->card.identity == IDENTITY_FAILED)
		v = V_IDENTITY_FAILED;
	state_set(s, F_IDENTITY, v);

	v = V_REGISTERED_NO_OBJECTION;
	if (f->card.registered == REGISTERED_NO)
		v = V_REGISTERED_NO;
	else if (f->card.registered == REGISTERED_DECLINED)
		v = V_REGISTERED_DECLINED;
	state_set(s, F_REGISTERED, v);

	v = V_ABSENT_UNKNOWN;
	if (f->card.absent_because == ABSENT_FORGOTTEN)
		v = V_ABSENT_FORGOTTEN;
	else if (f->card.absent_because == ABSENT_LOST)
		v = V_ABSENT_LOST;
	else if (f->card.absent_because == ABSENT_NONE_ISSUED)
		v = V_ABSENT_NONE_ISSUED;
	state_set(s, F_ABSENT, v);
}

static void
derive_physical_card(struct state *s, const struct facts *f)
{
	if (!can_be(s, F_MEDIUM, V_MEDIUM_CARD) || f->card.read == READ_NOT_MY_NUMBER)
		state_set(s, F_PHYSICAL_CARD, V_PHYSICAL_CARD_NO);
	else if (is(s, F_REGISTERED, V_REGISTERED_DECLINED))
		state_set(s, F_PHYSICAL_CARD, V_PHYSICAL_CARD_DECLINED);
	else if (card_expired(f))
		state_set(s, F_PHYSICAL_CARD, V_PHYSICAL_CARD_EXPIRED);
	else if (!is(s, F_MEDIUM, V_MEDIUM_CARD))
		either(s, F_PHYSICAL_CARD, Q_MEDIUM, V_PHYSICAL_CARD_YES, V_PHYSICAL_CARD_NO);
	else if (f->card.read == FACT_UNASKED && answer_route(f) == ROUTE_NOT_CARD)
		either(s, F_PHYSICAL_CARD, Q_READ, V_PHYSICAL_CARD_YES, V_PHYSICAL_CARD_NO);
	else
		state_set(s, F_PHYSICAL_CARD, V_PHYSICAL_CARD_YES);
}

static void
derive_phone(struct state *s)
{
	/* it could not be read, or its enquiry got no answer */
	const bool failed = is(s, F_CHIP, V_CHIP_FAILED) || is(s, F_ENQUIRY, V_ENQUIRY_NO_ANSWER);
	const enum value v = failed ? V_PHONE_FAILED : V_PHONE_OPEN;

	if (!can_be(s, F_MEDIUM, V_MEDIUM_PHONE))
		state_set(s, F_PHONE, V_PHONE_NONE);
	else if (is(s, F_MEDIUM, V_MEDIUM_PHONE))
		state_set(s, F_PHONE, v);
	else
		either(s, F_PHONE, Q_MEDIUM, V_PHONE_NONE, v);
}

/* Whether a document that is there proves something on the day of the visit. */
static bool
document_valid(const struct facts *f, enum document_kind kind, const struct parameters *p)
{
	const struct document *d = &f->document[kind];

	return fact_covers(d->valid_from, d->valid_to, f->visit_date) &&
	    (kind != DOC_OLD_CARD || f->visit_date <= p->old_card_last_day);
}

static const struct {
	enum fact	fact;
	enum question	ask;
	enum value	none, valid, ended;
} documents[DOC_MAX] = {
#define D(id) [DOC_##id] = { F_##id, Q_##id, V_##id##_NONE, V_##id##_VALID, V_##id##_ENDED }
	D(ELIGIBILITY_CERTIFICATE), D(PORTAL), D(PORTAL_PDF), D(NOTICE), D(OLD_CARD)
#undef D
};

static void
derive_documents(struct state *s, const struct facts *f, const struct parameters *p)
{
	for (enum document_kind k = 0; k < DOC_MAX; k++) {
		const int presence = f->document[k].presence;
		const enum fact fact = documents[k].fact;

		if (presence == FACT_UNASKED) {
			either(s, fact, documents[k].ask, documents[k].none, documents[k].ended);
			if (k != DOC_OLD_CARD || f->visit_date <= p->old_card_last_day)
				may_be(s, fact, documents[k].valid);
		} else if (presence == FACT_ABSENT) {
			state_set(s, fact, documents[k].none);
		} else {
			state_set(s, fact, document_valid(f, k, p) ? documents[k].valid :
			    documents[k].ended);
		}
	}
	if (f->document[DOC_OLD_CARD].presence == PRESENT ||
	    f->document[DOC_NOTICE].presence == PRESENT)
		state_set(s, F_TEMPORARY_DOCUMENT, V_TEMPORARY_DOCUMENT_YES);
	else if (f->document[DOC_OLD_CARD].presence == FACT_UNASKED)
		either(s, F_TEMPORARY_DOCUMENT, Q_OLD_CARD, V_TEMPORARY_DOCUMENT_NO,
		    V_TEMPORARY_DOCUMENT_YES);
	else if (f->document[DOC_NOTICE].presence == FACT_UNASKED)
		either(s, F_TEMPORARY_DOCUMENT, Q_NOTICE, V_TEMPORARY_DOCUMENT_NO,
		    V_TEMPORARY_DOCUMENT_YES);
	else
		state_set(s, F_TEMPORARY_DOCUMENT, V_TEMPORARY_DOCUMENT_NO);
}

/*
 * Whether a 75th birthday lies between the last confirmation and the visit
 * (RAT-31).  A record that does not say when it was confirmed can not exclude
 * it for a person of 75.
 */
static bool
turned_75(const struct state *s, const struct facts *f)
{
	const int birthday = fact_known(s->birthdate) ? s->age.kouki_first : INT_MAX;

	return birthday <= f->visit_date && (!fact_known(f->record.confirmed_on) ||
	    f->record.confirmed_on < birthday);
}

static void
derive_course_of_record(struct state *s, const struct facts *f)
{
	if (f->record.presence == FACT_UNASKED)
		s->ask[F_COURSE] = Q_RECORD;
	if (f->record.presence != PRESENT)
		may_be(s, F_COURSE, V_COURSE_NO_RECORD);
	if (f->record.presence == FACT_ABSENT)
		return;
	if (f->record.presence == PRESENT && f->record.unchanged == FACT_UNASKED)
		s->ask[F_COURSE] = Q_UNCHANGED;
	if (f->record.unchanged != 1)
		may_be(s, F_COURSE, V_COURSE_CHANGED);
	if (f->record.unchanged == 0 || f->record.unchanged == FACT_ABSENT)
		return;
	if (s->birthdate == FACT_UNASKED || turned_75(s, f))
		may_be(s, F_COURSE, V_COURSE_TURNED_75);
	if (f->record.presence == FACT_UNASKED || !turned_75(s, f))
		may_be(s, F_COURSE, V_COURSE_UNCHANGED);
}

static void
derive_course(struct state *s, const struct facts *f)
{
	s->can[F_COURSE] = 0;
	s->ask[F_COURSE] = Q_BIRTHDATE;
	if (f->visit != VISIT_FIRST)
		derive_course_of_record(s, f);
	if (f->visit != VISIT_RETURN)
		may_be(s, F_COURSE, V_COURSE_FIRST);
	if (f->visit == FACT_UNASKED)
		s->ask[F_COURSE] = Q_VISIT;
}

static void
derive_declarations(struct state *s, const struct facts *f)
{
	if (!f->disaster_in_force)
		state_set(s, F_DISASTER, V_DISASTER_NONE);
	else if (f->disaster.presence == FACT_UNASKED)
		either(s, F_DISASTER, Q_STATED, V_DISASTER_NOT_STATED, V_DISASTER_STATED);
	else
		state_set(s, F_DISASTER, f->disaster.presence == PRESENT ? V_DISASTER_STATED :
		    V_DISASTER_NOT_STATED);

	if (f->statement.presence == FACT_UNASKED)
		either(s, F_STATEMENT, Q_STATEMENT, V_STATEMENT_NONE, V_STATEMENT_GIVEN);
	else
		state_set(s, F_STATEMENT, f->statement.presence == PRESENT ? V_STATEMENT_GIVEN :
		    V_STATEMENT_NONE);
}

void
state_derive(struct state *s, const struct facts *f, const struct parameters *p)
{
	derive_birthdate(s, f);
	derive_contradiction(s, f);
	derive_answer(s, f);
	derive_medium(s, f);
	derive_chip(s, f);
	derive_certificate(s, f, p);
	derive_route(s, f);
	derive_physical_card(s, f);
	derive_phone(s);
	derive_documents(s, f, p);
	derive_course(s, f);
	derive_declarations(s, f);
	for (enum fact k = F_PATH; k < F_MAX; k++)
		s->can[k] = value_all(k);
}

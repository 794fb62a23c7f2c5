#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/date.h"
#include "engine/answers.h"
#include "engine/derived.h"

static const struct parameters parameters = {
	.grace_months = 3, .warn_months = 3, .ratio_year_month = 8, .ratio_year_day = 1,
	.old_card_last_day = 20423, .phone_first_day = 20350,	/* 2025-12-01, 2025-09-19 */
};

static struct facts f;
static struct state s;

static int
begin(void **state)
{
	(void)state;
	facts_init(&f, date_number(2025, 11, 22));
	return 0;
}

/* The value that a fact has, or -1 for several. */
static int
derived(enum fact fact)
{
	memset(&s, 0, sizeof(s));
	state_derive(&s, &f, &parameters);
	return state_only(&s, fact);
}

static int
derived_for(enum value path, enum fact fact)
{
	memset(&s, 0, sizeof(s));
	state_derive(&s, &f, &parameters);
	state_derive_path(&s, &f, &parameters, path);
	return state_only(&s, fact);
}

#define assert_is(got, FACT, value)						\
	assert_int_equal(got, value_index(F_##FACT, V_##FACT##_##value))

static void
test_enquiry(void **state)
{
	static const struct { int validity; enum value by_card, by_number; } cases[] = {
		{ 1, V_ENQUIRY_CARD_VALID, V_ENQUIRY_NUMBER_OTHER },
		{ 2, V_ENQUIRY_CARD_ENDED, V_ENQUIRY_NUMBER_ENDED },
		{ 3, V_ENQUIRY_CARD_NEWER, V_ENQUIRY_NUMBER_NEWER },
		{ 4, V_ENQUIRY_CARD_ENDED, V_ENQUIRY_NUMBER_ENDED },
		{ 5, V_ENQUIRY_CARD_MULTIPLE, V_ENQUIRY_NUMBER_MULTIPLE },
		{ 6, V_ENQUIRY_CARD_ENDED, V_ENQUIRY_NUMBER_ENDED },
	};

	(void)state;
	assert_is(derived(F_ENQUIRY), ENQUIRY, NOT_MADE);
	f.online.presence = FACT_ABSENT;
	assert_is(derived(F_ENQUIRY), ENQUIRY, NO_ANSWER);
	f.online.presence = PRESENT;
	for (int i = OUTCOME_UNREACHABLE; i <= OUTCOME_ERROR; i++) {
		f.online.outcome = i;
		assert_is(derived(F_ENQUIRY), ENQUIRY, NO_ANSWER);
	}
	f.online.outcome = OUTCOME_ANSWERED;
	assert_is(derived(F_ENQUIRY), ENQUIRY, NO_ANSWER);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.online.validity = cases[i].validity;
		f.online.by = BY_CARD;
		assert_int_equal(derived(F_ENQUIRY), value_index(F_ENQUIRY, cases[i].by_card));
		f.online.by = BY_NUMBER;
		assert_int_equal(derived(F_ENQUIRY), value_index(F_ENQUIRY, cases[i].by_number));
		f.online.by = FACT_ABSENT;
		assert_int_equal(derived(F_ENQUIRY), -1);
		assert_int_equal(s.can[F_ENQUIRY], value_bit(F_ENQUIRY, cases[i].by_card) |
		    value_bit(F_ENQUIRY, cases[i].by_number));
		assert_int_equal(s.ask[F_ENQUIRY], Q_MEDIUM);
	}
}

static void
test_enquiry_by_number_of_scheme(void **state)
{
	static const struct { const char *number; enum value want; } cases[] = {
		{ NULL, V_ENQUIRY_NUMBER_OTHER }, { "06132013", V_ENQUIRY_NUMBER_OTHER },
		{ "77777777", V_ENQUIRY_NUMBER_OTHER }, { "138057", V_ENQUIRY_NUMBER_MUNICIPAL },
		{ "133033", V_ENQUIRY_NUMBER_MUNICIPAL },
		{ "39131016", V_ENQUIRY_NUMBER_MUNICIPAL },
	};

	(void)state;
	f.online.presence = PRESENT;
	f.online.outcome = OUTCOME_ANSWERED;
	f.online.by = BY_NUMBER;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.online.validity = 1;
		f.online.result.id.insurer_number = cases[i].number;
		assert_int_equal(derived(F_ENQUIRY), value_index(F_ENQUIRY, cases[i].want));
		f.online.validity = 2;
		assert_is(derived(F_ENQUIRY), ENQUIRY, NUMBER_ENDED);
	}
}

/* CERT-2, CERT-3: the end of the month three months on, and three months before. */
static void
test_certificate(void **state)
{
	static const struct { struct ymd end; enum value want; } cases[] = {
		{ { 2026, 2, 22 }, V_CERTIFICATE_VALID }, { { 2026, 2, 21 }, V_CERTIFICATE_SOON },
		{ { 2025, 11, 22 }, V_CERTIFICATE_SOON }, { { 2025, 11, 21 }, V_CERTIFICATE_GRACE },
		{ { 2025, 8, 1 }, V_CERTIFICATE_GRACE }, { { 2025, 7, 31 }, V_CERTIFICATE_ENDED },
	};

	(void)state;
	assert_is(derived(F_CERTIFICATE), CERTIFICATE, NOT_GIVEN);
	assert_int_equal(s.grace_end, FACT_ABSENT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ymd e = cases[i].end;

		f.card.certificate_not_after = date_number(e.y, e.m, e.d);
		f.card.certificate_revoked = FACT_ABSENT;
		assert_int_equal(derived(F_CERTIFICATE), value_index(F_CERTIFICATE, cases[i].want));
		assert_int_equal(s.grace_end,
		    date_end_of_month_after(f.card.certificate_not_after, 3));
		f.card.certificate_revoked = 1;
		assert_is(derived(F_CERTIFICATE), CERTIFICATE, REVOKED);
	}
}

static void
test_plain(void **state)
{
	static const enum value absent[] = { V_ABSENT_FORGOTTEN, V_ABSENT_LOST,
		V_ABSENT_NONE_ISSUED };

	(void)state;
	assert_is(derived(F_ABSENT), ABSENT, UNKNOWN);
	for (int i = 0; i < 3; i++) {
		f.card.absent_because = i;
		assert_int_equal(derived(F_ABSENT), value_index(F_ABSENT, absent[i]));
	}
	assert_is(derived(F_DISASTER), DISASTER, NONE);
	f.disaster_in_force = true;
	assert_int_equal(derived(F_DISASTER), -1);
	assert_int_equal(s.ask[F_DISASTER], Q_STATED);
	f.disaster.presence = FACT_ABSENT;
	assert_is(derived(F_DISASTER), DISASTER, NOT_STATED);
	f.disaster.presence = PRESENT;
	assert_is(derived(F_DISASTER), DISASTER, STATED);
	f.disaster_in_force = false;
	assert_is(derived(F_DISASTER), DISASTER, NONE);
}

static void
test_course(void **state)
{
	(void)state;
	f.visit = VISIT_RETURN;
	f.record.presence = FACT_ABSENT;
	assert_is(derived(F_COURSE), COURSE, NO_RECORD);
	f.record.presence = PRESENT;
	f.record.unchanged = 0;
	assert_is(derived(F_COURSE), COURSE, CHANGED);
	f.record.unchanged = FACT_ABSENT;
	assert_is(derived(F_COURSE), COURSE, CHANGED);
	f.record.unchanged = 1;
	f.birthdate = FACT_ABSENT;
	assert_is(derived(F_COURSE), COURSE, UNCHANGED);
	/* 75 today; confirmed yesterday, today, at a day not said */
	f.birthdate = date_add_years(f.visit_date, -75);
	f.record.confirmed_on = f.visit_date - 1;
	assert_is(derived(F_COURSE), COURSE, TURNED_75);
	f.record.confirmed_on = f.visit_date;
	assert_is(derived(F_COURSE), COURSE, UNCHANGED);
	f.record.confirmed_on = FACT_ABSENT;
	assert_is(derived(F_COURSE), COURSE, TURNED_75);
	f.birthdate++;
	assert_is(derived(F_COURSE), COURSE, UNCHANGED);
	f.visit = VISIT_FIRST;
	assert_is(derived(F_COURSE), COURSE, FIRST);
}

/* A chip that nobody has seen may be anything; a card tells. */
static void
test_chip(void **state)
{
	(void)state;
	assert_int_equal(derived(F_CHIP), -1);
	assert_int_equal(s.can[F_CHIP], value_all(F_CHIP));
	assert_int_equal(s.ask[F_CHIP], Q_MEDIUM);
	f.card.medium = MEDIUM_CARD;
	assert_is(derived(F_CHIP), CHIP, NOT_READ);
	f.card.read = READ_OK;
	assert_is(derived(F_CHIP), CHIP, OK);
	f.card.read = READ_READER_FAULT;
	assert_is(derived(F_CHIP), CHIP, FAILED);
	f.card.read = FACT_ABSENT;
	assert_is(derived(F_CHIP), CHIP, FAILED);
}

/* Facts of a path are not known before there is one. */
static void
test_path_open(void **state)
{
	(void)state;
	(void)derived(F_PATH);
	for (enum fact k = F_PATH; k < F_MAX; k++)
		assert_int_equal(s.can[k], value_all(k));
}

/* RAT-1 to RAT-6: what the law allows, as the bits that a question offers. */
static void
test_legal(void **state)
{
	static const struct {
		int		 years;
		const char	*number;
		enum value	 band;
		valueset	 legal;
	} cases[] = {
		{ 3, NULL, V_BAND_PRESCHOOL, 4 }, { 40, NULL, V_BAND_GENERAL, 8 },
		{ 72, NULL, V_BAND_ELDERLY, 4 | 8 }, { 80, NULL, V_BAND_KOUKI, 2 | 4 | 8 },
		{ 66, "39131016", V_BAND_KOUKI, 2 | 4 | 8 },
		{ 60, "39131016", V_BAND_KOUKI_UNDER_65, 2 | 4 | 8 },
		{ 80, "138057", V_BAND_OTHER_AT_75, 2 | 4 | 8 },
	};

	(void)state;
	f.document[DOC_NOTICE].presence = PRESENT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.birthdate = date_add_years(f.visit_date, -cases[i].years);
		f.document[DOC_NOTICE].id.insurer_number = cases[i].number;
		assert_int_equal(derived_for(V_PATH_NOTICE, F_BAND),
		    value_index(F_BAND, cases[i].band));
		assert_int_equal(s.legal, cases[i].legal);
	}
	f.birthdate = FACT_UNASKED;
	assert_int_equal(derived_for(V_PATH_NOTICE, F_BAND), -1);
	assert_int_equal(s.ask[F_BAND], Q_BIRTHDATE);
	f.birthdate = FACT_ABSENT;
	assert_is(derived_for(V_PATH_NOTICE, F_BAND), BAND, UNKNOWN);
}

/* statement.insurance_kind: believed from the 65th birthday on, of a source without a number. */
static void
test_declared_kouki(void **state)
{
	(void)state;
	f.statement.presence = PRESENT;
	f.statement.kouki = true;
	f.birthdate = date_add_years(f.visit_date, -65);
	assert_is(derived_for(V_PATH_ORAL, F_BAND), BAND, KOUKI);
	f.birthdate++;
	assert_is(derived_for(V_PATH_ORAL, F_BAND), BAND, GENERAL);
	f.birthdate--;
	f.record.presence = PRESENT;
	f.record.id.insurer_number = "06132013";
	assert_is(derived_for(V_PATH_ORAL, F_BAND), BAND, GENERAL);
	assert_is(derived_for(V_PATH_DISASTER, F_BAND), BAND, KOUKI);
	f.statement.kouki = false;
	assert_is(derived_for(V_PATH_DISASTER, F_BAND), BAND, GENERAL);
	f.disaster.presence = PRESENT;
	f.disaster.kouki = true;
	assert_is(derived_for(V_PATH_DISASTER, F_BAND), BAND, KOUKI);
	assert_is(derived_for(V_PATH_STATEMENT, F_BAND), BAND, GENERAL);
}

/* SIT-21: the screen of a phone that failed, from the first day of phones on. */
static void
test_ratio_on_a_phone(void **state)
{
	(void)state;
	f.birthdate = date_add_years(f.visit_date, -80);
	f.card.medium = MEDIUM_PHONE;
	f.card.read = READ_UNREADABLE;
	for (int k = 0; k < DOC_MAX; k++)
		f.document[k].presence = FACT_ABSENT;
	f.document[DOC_PORTAL].presence = PRESENT;
	f.document[DOC_PORTAL].copay_percent = 20;
	f.visit_date = parameters.phone_first_day;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), RATIO_DOCUMENT, P20);
	f.visit_date--;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), RATIO_DOCUMENT, NONE);
	f.visit_date++;
	f.card.registered = REGISTERED_DECLINED;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), RATIO_DOCUMENT, NONE);
	f.card.registered = FACT_UNASKED;
	f.card.read = READ_OK;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), RATIO_DOCUMENT, NONE);
}

/* Of the papers that count with the card alone the first is ever read. */
static void
test_ratio_that_hangs_on_the_card(void **state)
{
	(void)state;
	f.birthdate = date_add_years(f.visit_date, -80);
	f.card.medium = MEDIUM_CARD;
	for (int k = 0; k < DOC_MAX; k++) {
		f.document[k].presence = PRESENT;
		f.document[k].copay_percent = 10 + 10 * (k % 3);
	}
	f.document[DOC_ELIGIBILITY_CERTIFICATE].presence = FACT_ABSENT;
	/* portal 20, PDF 30, お知らせ 10, old card 20 */
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), RATIO_DOCUMENT, P20);
	f.document[DOC_OLD_CARD].copay_percent = 10;
	assert_int_equal(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), -1);
	assert_int_equal(s.can[F_RATIO_DOCUMENT], 2 | 4);
	assert_int_equal(s.ask[F_RATIO_DOCUMENT], Q_READ);
	f.document[DOC_PORTAL].presence = FACT_UNASKED;
	assert_int_equal(derived_for(V_PATH_ORAL, F_RATIO_DOCUMENT), -1);
	assert_int_equal(s.can[F_RATIO_DOCUMENT], 2 | 4 | 8);
	/* one of several for certain is compared with the answer's, an open one not */
	f.card.read = READ_UNREADABLE;
	f.online.presence = PRESENT;
	f.online.outcome = OUTCOME_ANSWERED;
	f.online.by = BY_NUMBER;
	f.online.validity = 1;
	f.online.result.kouki_percent = 30;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_CHECK), RATIO_CHECK, FINE);
	f.document[DOC_PORTAL].presence = PRESENT;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_CHECK), RATIO_CHECK, DIFFER);
	f.online.result.kouki_percent = 20;
	assert_is(derived_for(V_PATH_ORAL, F_RATIO_CHECK), RATIO_CHECK, FINE);
}

/* On an online path the 申立書 hangs on whether there is a card, not on its reading. */
static void
test_declared_ratio_online(void **state)
{
	(void)state;
	f.birthdate = date_add_years(f.visit_date, -80);
	f.statement.presence = PRESENT;
	f.statement.copay_percent = 10;
	assert_int_equal(derived_for(V_PATH_ONLINE_NUMBER, F_RATIO_DECLARED), -1);
	assert_int_equal(s.ask[F_RATIO_DECLARED], Q_MEDIUM);
	f.card.medium = MEDIUM_CARD;
	assert_is(derived_for(V_PATH_ONLINE_NUMBER, F_RATIO_DECLARED), RATIO_DECLARED, NONE);
	assert_int_equal(derived_for(V_PATH_ORAL, F_RATIO_DECLARED), -1);
	assert_int_equal(s.ask[F_RATIO_DECLARED], Q_READ);
	f.card.read = READ_OK;
	assert_is(derived_for(V_PATH_ONLINE_NUMBER, F_RATIO_DECLARED), RATIO_DECLARED, P10);
	f.statement.presence = FACT_UNASKED;
	assert_is(derived_for(V_PATH_ONLINE_NUMBER, F_RATIO_DECLARED), RATIO_DECLARED, NONE);
	assert_int_equal(derived_for(V_PATH_ORAL, F_RATIO_DECLARED), -1);
	assert_int_equal(s.ask[F_RATIO_DECLARED], Q_STATEMENT);
}

/*
 * What is open is what the answers to its question can bring, and one of them
 * narrows it, or leads to the next question.
 */
static void
assert_narrows(enum value path, enum fact fact)
{
	const valueset can = s.can[fact];
	struct answer_iter it = answers((enum question)s.ask[fact], &f);
	struct facts answered;
	valueset together = 0;
	bool narrower = false;

	while (answers_next(&it, &answered)) {
		struct state t;

		state_derive(&t, &answered, &parameters);
		if (path != V_PATH_NONE)
			state_derive_path(&t, &answered, &parameters, path);
		if ((t.can[fact] & ~can) != 0)
			fail_msg("%s: an answer brings what was impossible", fact_words(fact)->name);
		together |= t.can[fact];
		narrower = narrower || t.can[fact] != can || t.ask[fact] != s.ask[fact];
	}
	if (!narrower)
		fail_msg("%s: its question does not narrow it", fact_words(fact)->name);
	/* a card laid down is read by a machine, which may fail: that is no answer */
	if (together != can && fact != F_CHIP && path == V_PATH_NONE)
		fail_msg("%s: no answer brings what is possible", fact_words(fact)->name);
}

static uint32_t noise = 2463534242;

static int
dice(int n)
{
	noise ^= noise << 13;
	noise ^= noise >> 17;
	noise ^= noise << 5;
	return (int)(noise % (uint32_t)n);
}

/* A fact that is asked for: open, or absent, or one of n. */
static int
any(int n)
{
	const int v = dice(n + 4);

	return v < n ? v : v == n ? FACT_ABSENT : FACT_UNASKED;
}

static void
any_facts(void)
{
	facts_init(&f, date_number(2025, 6, 1) + dice(300));
	f.visit = dice(2) == 0 ? FACT_UNASKED : dice(2);
	f.birthdate = dice(2) == 0 ? FACT_UNASKED : f.visit_date - 365 * dice(95) - 30;
	f.card.medium = any(3);
	f.card.read = any(3);
	f.card.registered = any(3);
	f.online.presence = dice(2) == 0 ? FACT_UNASKED : dice(2) == 0 ? PRESENT : FACT_ABSENT;
	f.online.outcome = OUTCOME_ANSWERED;
	f.online.validity = 1 + dice(6);
	f.online.by = any(2) == FACT_UNASKED ? FACT_ABSENT : dice(2);
	f.record.presence = dice(2) == 0 ? FACT_UNASKED : dice(2) == 0 ? PRESENT : FACT_ABSENT;
	if (f.record.presence == PRESENT) {
		f.record.unchanged = any(2);
		f.record.confirmed_on = f.visit_date - dice(800);
		f.record.copay_percent = 20;
	}
	for (int k = 0; k < DOC_MAX; k++) {
		f.document[k].presence = dice(2) == 0 ? FACT_UNASKED : dice(2) == 0 ? PRESENT :
		    FACT_ABSENT;
		f.document[k].copay_percent = 10 + 10 * dice(3);
	}
	f.statement.presence = dice(2) == 0 ? FACT_UNASKED : dice(2) == 0 ? PRESENT : FACT_ABSENT;
	f.statement.copay_percent = 20;
	f.disaster_in_force = dice(2);
}

static void
test_questions_narrow(void **state)
{
	static const enum value paths[] = { V_PATH_ONLINE_CARD, V_PATH_ONLINE_NUMBER, V_PATH_NOTICE,
		V_PATH_ELIGIBILITY_CERTIFICATE, V_PATH_ORAL, V_PATH_STATEMENT, V_PATH_DISASTER };
	int seen[F_MAX] = { 0 };

	(void)state;
	for (int n = 0; n < 4000; n++) {
		const enum value path = paths[dice(7)];

		any_facts();
		for (enum fact k = 0; k < F_PATH; k++)
			if (derived(k) < 0) {
				assert_narrows(V_PATH_NONE, k);
				seen[k]++;
			}
		/* what the path stands on is there; whom a 申立書 could make 後期 is left out */
		f.document[DOC_NOTICE].presence = f.document[DOC_ELIGIBILITY_CERTIFICATE].presence =
		    f.record.presence = PRESENT;
		if (fact_known(f.birthdate))
			f.birthdate = f.visit_date -
			    366 * (dice(2) == 0 ? dice(60) : 76 + dice(20));
		/* a ratio is open in other ways while the age is */
		for (enum fact k = F_BAND; k <= F_RATIO_DECLARED; k++)
			if ((k <= F_MINOR || fact_known(f.birthdate)) && derived_for(path, k) < 0) {
				assert_narrows(path, k);
				seen[k]++;
			}
	}
	assert_true(seen[F_MEDIUM] > 0 && seen[F_CHIP] > 0 && seen[F_ENQUIRY] > 0);
	assert_true(seen[F_PHYSICAL_CARD] > 0 && seen[F_PHONE] > 0 && seen[F_COURSE] > 0);
	assert_true(seen[F_BAND] > 0 && seen[F_MINOR] > 0 && seen[F_RATIO_DOCUMENT] > 0);
	assert_true(seen[F_RATIO_RECORD] > 0 && seen[F_RATIO_DECLARED] > 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		T(test_enquiry), T(test_enquiry_by_number_of_scheme), T(test_certificate),
		T(test_plain), T(test_course), T(test_chip), T(test_path_open), T(test_legal),
		T(test_declared_kouki), T(test_ratio_on_a_phone),
		T(test_ratio_that_hangs_on_the_card), T(test_declared_ratio_online),
		T(test_questions_narrow),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}

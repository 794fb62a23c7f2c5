#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "rules/rulebase.h"

/*
 * decide() with rule sets of a few rules, made for what the embedded one
 * never brings about.
 */
#define VISIT	20779	/* 2026-11-22 */

static struct ruleset *set;
static struct facts f;
static struct decision d;

static struct rule *
add(enum table_id id, enum action action)
{
	struct table *t = &set->table[id];
	struct rule *r = &t->rule[t->rules++];

	*r = (struct rule){ .action = action, .path = V_PATH_NONE, .basis = V_BASIS_RULE,
		.claim = CLAIM_NONE, .from = FACT_ABSENT, .until = FACT_ABSENT,
		.verified_on = VISIT };
	memset(r->accept, 0xff, sizeof(r->accept));
	return r;
}

static void
when(struct rule *r, enum fact fact, valueset values)
{
	r->accept[fact] = values;
	r->test[r->tests++] = (uint8_t)fact;
}

static int
begin(void **state)
{
	(void)state;
	set = calloc(1, sizeof(*set));
	assert_non_null(set);
	set->parameters = (struct parameters){ .grace_months = 3, .warn_months = 3,
		.old_card_last_day = VISIT, .phone_first_day = VISIT, .ratio_year_month = 8,
		.ratio_year_day = 1, .stale_after_days = 180 };
	facts_init(&f, VISIT);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(set);
	return 0;
}

static void
run(void)
{
	/* nothing of an earlier decision, or of the stack, stays in it */
	memset(&d, 0xff, sizeof(d));
	ruleset_compile(set);
	decide(set, &f, &d);
}

/* First and return visit come to two verdicts that differ in one thing, if at all. */
static struct rule *
add_two(void)
{
	struct rule *first = add(TABLE_LADDER, ACTION_SELF_PAY);

	when(first, F_COURSE, value_bit(F_COURSE, V_COURSE_FIRST));
	return add(TABLE_LADDER, ACTION_SELF_PAY);
}

static void
assert_asks_visit(bool asks)
{
	run();
	assert_int_equal(d.verdict, asks ? V_VERDICT_NEED : V_VERDICT_SELF_PAY);
	assert_int_equal(d.needs, asks);
	assert_int_equal(d.path, V_PATH_NONE);
	assert_int_equal(d.basis, asks ? V_BASIS_NONE : V_BASIS_RULE);
	assert_int_equal(d.has_path, !asks);
	if (asks)
		assert_int_equal(d.need[0].question, Q_VISIT);
}

static void
test_same_verdict_is_not_asked_for(void **state)
{
	(void)state;
	f.birthdate = VISIT - 15000;
	add_two();
	assert_asks_visit(false);
	/* what belongs to a path stays open where no path was found */
	assert_int_equal(d.state.can[F_BAND], value_all(F_BAND));
}

static void
test_another_claim_is(void **state)
{
	(void)state;
	add_two()->claim = CLAIM_UNKNOWN;
	assert_asks_visit(true);
}

static void
test_another_path_is(void **state)
{
	(void)state;
	add_two()->path = V_PATH_ORAL;
	assert_asks_visit(true);
}

static void
test_another_basis_is(void **state)
{
	(void)state;
	add_two()->basis = V_BASIS_AGE;
	assert_asks_visit(true);
}

static void
test_another_action_is(void **state)
{
	(void)state;
	add_two()->action = ACTION_REFER;
	assert_asks_visit(true);
}

/* What would take too long to look through is simply asked. */
static void
test_bound(void **state)
{
	struct rule *r = add(TABLE_LADDER, ACTION_SELF_PAY);

	(void)state;
	when(r, F_ELIGIBILITY_CERTIFICATE, value_bit(F_ELIGIBILITY_CERTIFICATE,
	    V_ELIGIBILITY_CERTIFICATE_VALID));
	add(TABLE_LADDER, ACTION_SELF_PAY);
	run();
	assert_int_equal(d.verdict, V_VERDICT_SELF_PAY);
	/* every birth date on one paper with every one on another */
	when(r, F_PORTAL, value_bit(F_PORTAL, V_PORTAL_VALID));
	run();
	assert_int_equal(d.verdict, V_VERDICT_NEED);
	assert_int_equal(d.need[0].question, Q_ELIGIBILITY_CERTIFICATE);
	f.birthdate = VISIT - 15000;
	run();
	assert_int_equal(d.verdict, V_VERDICT_SELF_PAY);
}

/* Two paths whose ratios differ, or whose bases do. */
static void
add_paths(int percent, enum value basis)
{
	struct rule *r = add(TABLE_LADDER, ACTION_PATH);

	when(r, F_COURSE, value_bit(F_COURSE, V_COURSE_FIRST));
	r->path = V_PATH_NOTICE;
	add(TABLE_LADDER, ACTION_PATH)->path = V_PATH_NOTICE;
	r = add(TABLE_RATIO, ACTION_RATIO);
	when(r, F_COURSE, value_bit(F_COURSE, V_COURSE_FIRST));
	r->percent = 20;
	r->basis = V_BASIS_AGE;
	r = add(TABLE_RATIO, ACTION_RATIO);
	r->percent = percent;
	r->basis = basis;
}

static void
test_another_ratio_is(void **state)
{
	(void)state;
	f.birthdate = VISIT - 15000;
	add_paths(30, V_BASIS_AGE);
	assert_asks_visit(true);
}

static void
test_another_basis_of_the_ratio_is(void **state)
{
	(void)state;
	f.birthdate = VISIT - 15000;
	add_paths(20, V_BASIS_DOCUMENT);
	assert_asks_visit(true);
}

static void
test_the_same_ratio_is_not(void **state)
{
	(void)state;
	f.birthdate = VISIT - 15000;
	add_paths(20, V_BASIS_AGE);
	run();
	assert_int_equal(d.verdict, V_VERDICT_INSURED);
	assert_int_equal(d.percent, 20);
}

/* A ladder with a gap: a person must look, and nothing is as old as anything. */
static void
test_gap(void **state)
{
	(void)state;
	when(add(TABLE_LADDER, ACTION_SELF_PAY), F_MEDIUM, value_bit(F_MEDIUM, V_MEDIUM_PHONE));
	f.card.medium = MEDIUM_NONE;
	run();
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_int_equal(d.impossible, -1);
	assert_int_equal(d.fare[TABLE_LADDER].hit, -1);
	assert_int_equal(d.verified_until, INT_MAX);
	assert_int_equal(fare_status(&d.fare[TABLE_LADDER], 0), RULE_NO_MATCH);
}

static void
test_gap_in_the_ratios(void **state)
{
	(void)state;
	add(TABLE_LADDER, ACTION_PATH)->path = V_PATH_DISASTER;
	f.birthdate = VISIT - 15000;
	run();
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_false(d.fare[TABLE_RATIO].run);
	assert_int_equal(d.verified_until, VISIT + 180);
	assert_int_equal(decide_path(set, &f, V_PATH_DISASTER), 0);
}

/* No ratio is no ratio of 0 %, whatever a rule says. */
static void
test_ratio_of_none(void **state)
{
	struct rule *r;

	(void)state;
	add(TABLE_LADDER, ACTION_PATH)->path = V_PATH_DISASTER;
	r = add(TABLE_RATIO, ACTION_RATIO);
	r->ratio_fact = F_RATIO_ONLINE;
	f.birthdate = VISIT - 15000;
	run();
	assert_int_equal(d.verdict, V_VERDICT_NEED);
	assert_int_equal(decide_path(set, &f, V_PATH_DISASTER), 0);
}

/* What can not be is refused before the ladder is walked ... */
static void
test_impossible(void **state)
{
	(void)state;
	add(TABLE_LADDER, ACTION_SELF_PAY);
	when(add(TABLE_IMPOSSIBLE, ACTION_REFER), F_MEDIUM, value_bit(F_MEDIUM, V_MEDIUM_CARD));
	when(add(TABLE_IMPOSSIBLE, ACTION_REFER), F_MEDIUM, value_bit(F_MEDIUM, V_MEDIUM_PHONE));
	set->table[TABLE_IMPOSSIBLE].rule[1].verified_on = VISIT - 100;
	f.card.medium = MEDIUM_PHONE;
	run();
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_int_equal(d.impossible, 1);
	assert_int_equal(fare_status(&d.fare[TABLE_LADDER], 0), RULE_NOT_REACHED);
	assert_int_equal(d.fare[TABLE_LADDER].in_force, 0);
	assert_int_equal(d.fare[TABLE_LADDER].near, 0);
	assert_int_equal(d.verified_until, VISIT - 100 + 180);
	f.card.medium = MEDIUM_NONE;
	run();
	assert_int_equal(d.verdict, V_VERDICT_SELF_PAY);
	assert_int_equal(d.impossible, -1);
}

/* An answer that can not be given is no answer: the others agree. */
static void
test_impossible_answer(void **state)
{
	const valueset first = value_bit(F_COURSE, V_COURSE_FIRST);

	(void)state;
	add_two()->claim = CLAIM_UNKNOWN;
	when(add(TABLE_IMPOSSIBLE, ACTION_REFER), F_COURSE, first);
	run();
	assert_int_equal(d.verdict, V_VERDICT_SELF_PAY);
	assert_int_equal(d.claim, CLAIM_UNKNOWN);
	/* with no answer left the question stands */
	when(add(TABLE_IMPOSSIBLE, ACTION_REFER), F_COURSE, (valueset)~first);
	assert_asks_visit(true);
}

/* ... or once a path is found, if it is about the path; not where it only may be. */
static void
test_impossible_path(void **state)
{
	struct rule *r;

	(void)state;
	add(TABLE_LADDER, ACTION_PATH)->path = V_PATH_DISASTER;
	r = add(TABLE_RATIO, ACTION_RATIO);
	r->percent = 30;
	r->basis = V_BASIS_AGE;
	when(add(TABLE_IMPOSSIBLE, ACTION_REFER), F_PATH, value_bit(F_PATH, V_PATH_ORAL));
	r = add(TABLE_IMPOSSIBLE, ACTION_REFER);
	when(r, F_BAND, value_bit(F_BAND, V_BAND_GENERAL));
	f.birthdate = VISIT - 15000;
	run();
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_int_equal(d.impossible, 1);
	assert_int_equal(decide_path(set, &f, V_PATH_DISASTER), 0);
	f.birthdate = VISIT - 700;
	run();
	assert_int_equal(d.verdict, V_VERDICT_INSURED);
	assert_int_equal(d.impossible, -1);
	set->table[TABLE_LADDER].rule[0].path = V_PATH_ORAL;
	run();
	assert_int_equal(d.verdict, V_VERDICT_REFER);
	assert_int_equal(d.impossible, 0);
}

/* A path that can not be used after all: on from the next rule, were it the first of all. */
static void
test_pass(void **state)
{
	(void)state;
	add(TABLE_LADDER, ACTION_PATH)->path = V_PATH_ONLINE_NUMBER;
	add(TABLE_LADDER, ACTION_SELF_PAY);
	add(TABLE_RATIO, ACTION_PASS);
	run();
	assert_int_equal(d.verdict, V_VERDICT_SELF_PAY);
	assert_int_equal(d.fare[TABLE_LADDER].hit, 1);
}

/* The days are cut at every rule's, and compiling again leaves nothing of the rules before. */
static void
test_compiled_again(void **state)
{
	struct rule *r = add(TABLE_LADDER, ACTION_SELF_PAY);
	struct table *t = &set->table[TABLE_LADDER];

	(void)state;
	r->from = VISIT - 10;
	r->until = VISIT + 10;
	r->provisional = true;
	when(r, F_BAND, value_bit(F_BAND, V_BAND_GENERAL));
	ruleset_compile(set);
	assert_int_equal(set->segments, 3);
	assert_int_equal(set->segment[1].first, VISIT - 10);
	assert_int_equal(set->segment[2].first, VISIT + 11);
	assert_int_equal(ruleset_segment(set, VISIT)->in_force[TABLE_LADDER], 1);
	assert_int_equal(ruleset_segment(set, VISIT + 11)->in_force[TABLE_LADDER], 0);
	assert_int_equal(t->tests, 1);
	assert_int_equal(t->test[0], F_BAND);
	assert_int_equal(t->late, 1);
	assert_int_equal(t->provisional, 1);
	t->rules = 0;
	ruleset_compile(set);
	assert_int_equal(set->segments, 1);
	assert_int_equal(t->tests, 0);
	assert_int_equal(t->late, 0);
	assert_int_equal(t->provisional, 0);
	assert_int_equal(t->accept[F_BAND][value_index(F_BAND, V_BAND_GENERAL)], 0);
}

/* INC-6 is data: another day of the month than the first. */
static void
test_ratio_year(void **state)
{
	static const struct { int m, d; int confirmed_m, confirmed_d; bool serves; } cases[] = {
		{ 11, 21, 11, 20, false }, { 11, 21, 11, 21, true }, { 11, 22, 11, 21, false },
		{ 11, 22, 11, 22, true }, { 11, 23, 11, 22, true }, { 12, 1, 11, 22, true },
		{ 10, 31, 10, 30, false }, { 10, 31, 10, 31, true },
	};

	(void)state;
	f.birthdate = date_number(1954, 1, 15);
	f.record.presence = PRESENT;
	f.record.unchanged = 1;
	f.record.copay_percent = 20;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct state s;

		set->parameters.ratio_year_month = cases[i].m;
		set->parameters.ratio_year_day = cases[i].d;
		f.record.confirmed_on =
		    date_number(2026, cases[i].confirmed_m, cases[i].confirmed_d);
		/* the year that began before the visit, if it has not yet begun this year */
		if (cases[i].m * 100 + cases[i].d > 1122)
			f.record.confirmed_on = date_number(2025, cases[i].m, cases[i].d) -
			    !cases[i].serves;
		state_derive(&s, &f, &set->parameters);
		state_derive_path(&s, &f, &set->parameters, V_PATH_ORAL);
		assert_int_equal(s.can[F_RATIO_RECORD], value_bit(F_RATIO_RECORD,
		    cases[i].serves ? V_RATIO_RECORD_P20 : V_RATIO_RECORD_NONE));
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_same_verdict_is_not_asked_for), T(test_another_claim_is),
		T(test_another_path_is), T(test_another_basis_is), T(test_another_action_is),
		T(test_bound),
		T(test_another_ratio_is), T(test_another_basis_of_the_ratio_is),
		T(test_the_same_ratio_is_not), T(test_gap), T(test_gap_in_the_ratios),
		T(test_ratio_of_none),
		T(test_impossible), T(test_impossible_answer), T(test_impossible_path),
		T(test_pass), T(test_compiled_again), T(test_ratio_year),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}

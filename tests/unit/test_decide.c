#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "base/date.h"
#include "rules/rulebase.h"

#define PATIENTS	20000

static struct rulebase *rb;
static uint32_t noise;

/* 0 .. n-1, the same in every run. */
static int
dice(int n)
{
	noise ^= noise << 13;
	noise ^= noise >> 17;
	noise ^= noise << 5;
	return (int)(noise % (uint32_t)n);
}

/* One of n values from 0 on; now and then absent, or left unasked. */
static int
any(int n)
{
	const int v = dice(n + 3);

	return v < n ? v : v == n ? FACT_ABSENT : FACT_UNASKED;
}

static int
any_percent(void)
{
	return dice(3) == 0 ? FACT_ABSENT : 10 + 10 * dice(3);
}

static const char *
any_number(void)
{
	static const char *const numbers[] = { NULL, "06132013", "138057", "133033", "39131016" };

	return numbers[dice(5)];
}

static void
any_papers(struct facts *f)
{
	for (int k = 0; k < DOC_MAX; k++) {
		struct document *d = &f->document[k];

		d->presence = dice(3) == 0 ? PRESENT : any(1) == FACT_UNASKED ? FACT_UNASKED :
		    FACT_ABSENT;
		d->valid_to = dice(2) == 0 ? FACT_ABSENT : f->visit_date + dice(3) - 1;
		d->copay_percent = any_percent();
		d->special_medical = dice(12) == 0;
		d->id.insurer_number = any_number();
	}
}

static void
any_patient(struct facts *f)
{
	const int ages[] = { 3, 10, 17, 40, 66, 69, 70, 72, 75, 80 };

	facts_init(f, date_number(2024, 11, 20) + dice(900));
	f->visit = dice(3) == 0 ? FACT_UNASKED : dice(2);
	f->birthdate = dice(8) == 0 ? any(0) :
	    date_add_years(f->visit_date, -ages[dice(10)]) + dice(3) - 1;
	f->copay_percent = dice(4) == 0 ? any_percent() : FACT_UNASKED;
	f->card.medium = any(3);
	f->card.read = any(4);
	f->card.registered = any(3);
	f->card.identity = any(5);
	f->card.certificate_not_after = dice(2) == 0 ? FACT_ABSENT :
	    f->visit_date - 130 + dice(300);
	f->card.certificate_revoked = any(2);
	f->online.presence = dice(2) == 0 ? PRESENT : any(0);
	f->online.outcome = dice(4) == 0 ? dice(5) : OUTCOME_ANSWERED;
	f->online.by = any(2);
	f->online.validity = dice(2) == 0 ? 1 : 1 + dice(6);
	f->online.results = 1;
	f->online.result.id.insurer_number = any_number();
	f->online.result.kouki_percent = any_percent();
	f->online.result.elderly_percent = any_percent();
	f->online.result.card_class = dice(10) == 0 ? dice(3) : CLASS_ORDINARY;
	any_papers(f);
	f->record.presence = dice(2) == 0 ? PRESENT : any(0);
	f->record.unchanged = any(2);
	f->record.confirmed_on = f->visit_date - dice(400);
	f->record.copay_percent = any_percent();
	f->statement.presence = dice(2) == 0 ? PRESENT : any(0);
	f->statement.copay_percent = any_percent();
	f->disaster_in_force = dice(6) == 0;
	f->disaster.presence = dice(2) == 0 ? PRESENT : any(0);
}

static bool
rule_in_force(const struct rule *r, int day)
{
	return (r->from == FACT_ABSENT || r->from <= day) &&
	    (r->until == FACT_ABSENT || day <= r->until);
}

/* How many facts refuse a rule, and how many leave it open. */
static void
count_conditions(const struct rule *r, const struct state *s, int *refused, int *open)
{
	*refused = *open = 0;
	for (int f = 0; f < F_MAX; f++) {
		*refused += (s->can[f] & r->accept[f]) == 0;
		*open += (s->can[f] & r->accept[f]) != 0 && (s->can[f] & ~r->accept[f]) != 0;
	}
}

/* Whether the rule that was hit is one that hangs on the question put. */
static bool
hangs(const struct rule *hit, enum table_id id, const struct decision *d)
{
	int refused, open;

	count_conditions(hit, &d->state, &refused, &open);
	return d->verdict == V_VERDICT_NEED &&
	    (open > 0 || (id == TABLE_RATIO && hit->action == ACTION_RATIO));
}

static enum rule_status
status(const struct rule *r, int i, const struct fare *fare, const struct decision *d, int day)
{
	int refused, open;

	if (i == fare->hit)
		return fare->asks ? RULE_UNKNOWN : RULE_APPLIED;
	if (fare->hit >= 0 && i > fare->hit)
		return RULE_NOT_REACHED;
	if (!rule_in_force(r, day))
		return RULE_NOT_IN_FORCE;
	count_conditions(r, &d->state, &refused, &open);
	return refused == 0 && open > 0 ? RULE_UNKNOWN : RULE_NO_MATCH;
}

/* The advice is given last and overwrites these; the tables were run without them. */
static void
before_advice(struct decision *d, enum table_id id, enum value path)
{
	d->state.can[F_VERDICT] = value_all(F_VERDICT);
	d->state.can[F_BASIS] = value_all(F_BASIS);
	d->state.can[F_PATH] = id == TABLE_LADDER ? value_all(F_PATH) : value_bit(F_PATH, path);
}

static void
check_table(const struct facts *f, struct decision *d, enum table_id id)
{
	const struct table *t = &rb->set.table[id];
	const struct fare *fare = &d->fare[id];

	assert_int_equal(fare->asks, hangs(&t->rule[fare->hit], id, d));
	for (int i = 0; i < t->rules; i++) {
		const bool live = rule_in_force(&t->rule[i], f->visit_date);
		int refused, open;

		assert_int_equal(fare_status(fare, i),
		    status(&t->rule[i], i, fare, d, f->visit_date));
		assert_int_equal(fare->in_force >> i & 1, live);
		count_conditions(&t->rule[i], &d->state, &refused, &open);
		assert_int_equal(fare->near >> i & 1, live && refused == 1);
		for (int k = 0; k < t->tests; k++) {
			const int fact = t->test[k];

			assert_int_equal(fare->refused[fact] >> i & 1, live &&
			    (d->state.can[fact] & t->rule[i].accept[fact]) == 0);
		}
	}
}

/* The trace says of every rule what is so, whatever became of the patient. */
static void
test_trace(void **state)
{
	int ratios = 0, asked = 0;

	(void)state;
	noise = 2463534242;
	for (int n = 0; n < PATIENTS; n++) {
		struct decision d;
		struct facts f;

		any_patient(&f);
		decide(&rb->set, &f, &d);
		assert_true(d.fare[TABLE_LADDER].run);
		/* of a path the ratio table is the last that ran, and the state is its */
		if (d.fare[TABLE_RATIO].run) {
			const int hit = d.fare[TABLE_LADDER].hit;

			before_advice(&d, TABLE_RATIO, rb->set.table[TABLE_LADDER].rule[hit].path);
			check_table(&f, &d, TABLE_RATIO);
			assert_int_equal(fare_status(&d.fare[TABLE_LADDER], hit), RULE_APPLIED);
			ratios++;
		} else {
			before_advice(&d, TABLE_LADDER, V_PATH_NONE);
			check_table(&f, &d, TABLE_LADDER);
		}
		asked += d.verdict == V_VERDICT_NEED;
		/* what can not be is not */
		assert_int_equal(d.impossible, -1);
	}
	assert_in_range(ratios, PATIENTS / 10, PATIENTS);
	assert_in_range(asked, PATIENTS / 10, PATIENTS);
}

static const struct rule *
hit_of(const struct decision *d, enum table_id id)
{
	if (id == TABLE_LADDER && d->impossible >= 0)
		return &rb->set.table[TABLE_IMPOSSIBLE].rule[d->impossible];
	return d->fare[id].run && d->fare[id].hit >= 0 ?
	    &rb->set.table[id].rule[d->fare[id].hit] : NULL;
}

/* A decision is as old as the older of the rules that made it. */
static void
test_verified_until(void **state)
{
	struct ruleset *set = &rb->set;
	int ladder = 0, ratio = 0;

	(void)state;
	noise = 88675123;
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < set->table[t].rules; i++)
			set->table[t].rule[i].verified_on = 20000 + dice(1000);
	for (int n = 0; n < PATIENTS / 4; n++) {
		const struct rule *a, *b;
		struct decision d;
		struct facts f;
		int day;

		any_patient(&f);
		decide(set, &f, &d);
		a = hit_of(&d, TABLE_LADDER);
		b = hit_of(&d, TABLE_RATIO);
		assert_non_null(a);
		day = b != NULL && b->verified_on < a->verified_on ? b->verified_on :
		    a->verified_on;
		assert_int_equal(d.verified_until, day + set->parameters.stale_after_days);
		ladder += b != NULL && day == a->verified_on;
		ratio += b != NULL && day == b->verified_on;
	}
	assert_in_range(ladder, 1, PATIENTS);
	assert_in_range(ratio, 1, PATIENTS);
}

/* The days are cut where a rule begins or ends, and nowhere else matters. */
static void
test_segments(void **state)
{
	const struct ruleset *set = &rb->set;

	(void)state;
	assert_int_equal(set->segment[0].first, INT_MIN);
	for (int i = 1; i < set->segments; i++)
		assert_true(set->segment[i - 1].first < set->segment[i].first);
	for (int day = date_number(2024, 1, 1); day < date_number(2029, 1, 1); day++) {
		const struct segment *seg = ruleset_segment(set, day);

		assert_true(seg->first <= day);
		assert_true(seg == &set->segment[set->segments - 1] || day < seg[1].first);
		for (int t = 0; t < TABLE_MAX; t++)
			for (int i = 0; i < set->table[t].rules; i++)
				assert_int_equal(seg->in_force[t] >> i & 1,
				    rule_in_force(&set->table[t].rule[i], day));
	}
}

/* What a path would come to: what it does come to where the ladder leads there. */
static void
test_path(void **state)
{
	int insured = 0, special = 0, open = 0;

	(void)state;
	noise = 362436069;
	for (int n = 0; n < PATIENTS; n++) {
		const struct rule *hit;
		struct decision d;
		struct facts f;
		int percent;

		any_patient(&f);
		decide(&rb->set, &f, &d);
		if (!d.fare[TABLE_RATIO].run)
			continue;
		hit = hit_of(&d, TABLE_LADDER);
		percent = decide_path(&rb->set, &f, hit->path);
		/* a question that was looked through is still one for the path alone */
		if (d.verdict != V_VERDICT_NEED && d.verdict != V_VERDICT_REFER && percent != 0)
			assert_int_equal(percent, d.percent);
		if (d.verdict == V_VERDICT_NEED || d.verdict == V_VERDICT_REFER)
			assert_int_equal(percent, 0);
		insured += d.verdict == V_VERDICT_INSURED && percent != 0;
		special += percent == 100;
		open += percent == 0;
	}
	assert_in_range(insured, PATIENTS / 20, PATIENTS);
	assert_in_range(special, 1, PATIENTS);
	assert_in_range(open, 1, PATIENTS);
}

static int
setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	rb = rulebase_embedded(&e);
	return rb == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	rulebase_free(rb);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_verified_until),	/* changes the rules: last */
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

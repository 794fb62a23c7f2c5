#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "decide/facts_in.h"
#include "prove/diff.h"
#include "prove/example.h"
#include "prove/mutate.h"
#include "prove/words.h"

/* The same numbers in every run. */
static unsigned seed = 1;

static int
any(int n)
{
	seed = seed * 1103515245U + 12345U;
	return (int)((seed >> 16) % (unsigned)n);
}

/* --- diagrams against lists ------------------------------------------------ */

#define VARS	5
static const uint8_t domains[VARS] = { 2, 3, 4, 2, 3 };
#define POINTS	(2 * 3 * 4 * 2 * 3)

/* The n-th assignment as a box. */
static struct cube
point(int n)
{
	struct cube c = { { 0 } };

	for (int i = 0; i < VARS; i++) {
		c.set[i] = (uint16_t)(1U << n % domains[i]);
		n /= domains[i];
	}
	return c;
}

struct listed {
	uint32_t	set;
	bool		in[POINTS];
};

/* A union of random boxes, as diagram and as list. */
static struct listed
random_set(struct mdd *m)
{
	struct listed s = { .set = MDD_EMPTY };

	for (int k = any(4); k >= 0; k--) {
		struct cube box;

		memset(&box, 0, sizeof(box));
		for (int i = 0; i < VARS; i++)
			box.set[i] = (uint16_t)(1 + any((1 << domains[i]) - 1));
		s.set = mdd_or(m, s.set, mdd_cube(m, &box));
		for (int n = 0; n < POINTS; n++) {
			const struct cube p = point(n);
			bool in = true;

			for (int i = 0; i < VARS; i++)
				in = in && (p.set[i] & box.set[i]) != 0;
			s.in[n] = s.in[n] || in;
		}
	}
	return s;
}

static void
assert_listed(struct mdd *m, uint32_t set, const bool *in)
{
	const struct varset all = { { (1U << VARS) - 1 } };
	unsigned count = 0;

	for (int n = 0; n < POINTS; n++) {
		const struct cube p = point(n);

		assert_int_equal(mdd_value(m, set, &p), in[n]);
		assert_int_equal(mdd_holds(m, set, &p), in[n]);
		count += in[n];
	}
	assert_true(mdd_count(m, set, &all) == count);
	assert_true(mdd_share(m, set) > count / (double)POINTS - 1e-9 &&
	    mdd_share(m, set) < count / (double)POINTS + 1e-9);
}

/* All or some of the values of one variable, the others kept. */
static bool
quantified(const bool *in, int n, int var, bool all)
{
	int step = 1, v;
	bool found = all;

	for (int i = 0; i < var; i++)
		step *= domains[i];
	v = n / step % domains[var];
	for (int w = 0; w < domains[var]; w++) {
		const bool here = in[n + (w - v) * step];

		found = all ? found && here : found || here;
	}
	return found;
}

static void
test_sets_are_lists(void **state)
{
	struct mdd *m = mdd_new(domains, VARS);

	(void)state;
	assert_non_null(m);
	for (int round = 0; round < 200; round++) {
		const struct listed a = random_set(m), b = random_set(m), c = random_set(m);
		const int var = any(VARS);
		struct varset one = { { 0 } };
		bool in[6][POINTS];

		varset_add(&one, var);
		for (int n = 0; n < POINTS; n++) {
			in[0][n] = a.in[n] && b.in[n];
			in[1][n] = a.in[n] && !b.in[n];
			in[2][n] = c.in[n] ? a.in[n] : b.in[n];
			in[3][n] = !a.in[n];
			in[4][n] = quantified(a.in, n, var, false);
			in[5][n] = quantified(a.in, n, var, true);
		}
		assert_listed(m, a.set, a.in);
		assert_listed(m, mdd_and(m, a.set, b.set), in[0]);
		assert_listed(m, mdd_minus(m, a.set, b.set), in[1]);
		assert_listed(m, mdd_ite(m, c.set, a.set, b.set), in[2]);
		assert_listed(m, mdd_not(m, a.set), in[3]);
		assert_listed(m, mdd_exists(m, a.set, &one), in[4]);
		assert_listed(m, mdd_forall(m, a.set, &one), in[5]);
		/* one diagram for each function */
		assert_int_equal(mdd_not(m, mdd_not(m, a.set)), a.set);
		assert_int_equal(mdd_or(m, mdd_and(m, a.set, b.set), mdd_minus(m, a.set, b.set)),
		    a.set);
	}
	assert_false(mdd_failed(m));
	mdd_free(m);
}

static void
test_boxes_cover_and_are_maximal(void **state)
{
	static const uint8_t order[VARS] = { 4, 3, 2, 1, 0 };
	struct mdd *m = mdd_new(domains, VARS);

	(void)state;
	for (int round = 0; round < 100; round++) {
		const struct listed a = random_set(m);
		uint32_t covered = MDD_EMPTY, rest;
		struct cube box[POINTS];
		const int n = mdd_boxes(m, a.set, a.set, order, box, POINTS, &rest);

		assert_int_equal(rest, MDD_EMPTY);
		for (int i = 0; i < n; i++) {
			assert_true(mdd_holds(m, a.set, &box[i]));
			covered = mdd_or(m, covered, mdd_cube(m, &box[i]));
			for (int var = 0; var < VARS; var++) {
				struct cube wider = box[i];

				/* one value more does not fit */
				for (int v = 0; v < domains[var]; v++) {
					wider.set[var] = (uint16_t)(box[i].set[var] | 1U << v);
					assert_true(wider.set[var] == box[i].set[var] ||
					    !mdd_holds(m, a.set, &wider));
				}
			}
		}
		assert_int_equal(covered, a.set);
	}
	mdd_free(m);
}

/* --- maps against walking a random table ----------------------------------- */

static const enum fact ladder_facts[] = { F_MEDIUM, F_DISASTER, F_STATEMENT };
static const enum fact path_facts[] = { F_BAND, F_MINOR };

static void
add_condition(struct rule *r, enum fact f)
{
	valueset set = (valueset)(1 + any((1 << fact_values(f)) - 1));

	if (any(3) == 0 || set == value_all(f))
		return;
	r->accept[f] = set;
	r->test[r->tests++] = (uint8_t)f;
}

static void
random_rule(struct rule *r, enum table_id t)
{
	static const enum value paths[] = { V_PATH_NOTICE, V_PATH_ORAL };

	*r = (struct rule){ .action = ACTION_REFER, .from = FACT_ABSENT, .until = FACT_ABSENT };
	for (int f = 0; f < F_MAX; f++)
		r->accept[f] = (valueset)~0;
	for (size_t i = 0; i < 3; i++)
		add_condition(r, ladder_facts[i]);
	for (size_t i = 0; t != TABLE_LADDER && i < 2; i++)
		add_condition(r, path_facts[i]);
	if (t == TABLE_LADDER && any(4) > 0) {
		r->action = ACTION_PATH;
		r->path = paths[any(2)];
		r->claim = (enum claim)any(3);
	} else if (t == TABLE_RATIO) {
		r->action = any(3) == 0 ? ACTION_PASS : ACTION_RATIO;
		r->percent = 10 * (1 + any(3));
		r->basis = V_BASIS_AGE;
	}
}

/* The first rule that accepts the values; path facts only where there is a path. */
static int
first_that_holds(const struct table *t, const int *v, int from)
{
	for (int i = from; i < t->rules; i++) {
		bool holds = true;

		for (int k = 0; k < t->rule[i].tests; k++) {
			const int f = t->rule[i].test[k];

			holds = holds && (t->rule[i].accept[f] >> v[f] & 1);
		}
		if (holds)
			return i;
	}
	return -1;
}

/* What the walk comes to: ladder rule and ratio rule, -1 for a gap; -2: it can not be. */
static void
walk_by_hand(const struct ruleset *r, int *v, int (*of_path)[2], int *ladder, int *ratio)
{
	const struct table *impossible = &r->table[TABLE_IMPOSSIBLE];

	*ladder = -1;
	do {
		const struct rule *rule;
		int path;

		*ratio = -1;
		*ladder = first_that_holds(&r->table[TABLE_LADDER], v, *ladder + 1);
		if (*ladder < 0)
			return;
		rule = &r->table[TABLE_LADDER].rule[*ladder];
		if (rule->action != ACTION_PATH)
			return;
		path = rule->path == V_PATH_NOTICE ? 0 : 1;
		v[F_BAND] = of_path[path][0];
		v[F_MINOR] = of_path[path][1];
		if (first_that_holds(impossible, v, 0) >= 0) {
			*ladder = -2;
			return;
		}
		*ratio = first_that_holds(&r->table[TABLE_RATIO], v, 0);
	} while (*ratio >= 0 && r->table[TABLE_RATIO].rule[*ratio].action == ACTION_PASS);
}

static void
assert_point(struct space *s, const struct ruleset *r, uint32_t map, int n)
{
	int v[F_MAX] = { 0 }, of_path[2][2], ladder, ratio;
	struct cube c;
	uint32_t number;

	memset(&c, 0xff, sizeof(c));
	for (size_t i = 0; i < 3; i++) {
		v[ladder_facts[i]] = n % fact_values(ladder_facts[i]);
		c.set[ladder_facts[i]] = (uint16_t)(1U << v[ladder_facts[i]]);
		n /= fact_values(ladder_facts[i]);
	}
	for (int p = 0; p < 2; p++)
		for (size_t i = 0; i < 2; i++) {
			of_path[p][i] = n % fact_values(path_facts[i]);
			n /= fact_values(path_facts[i]);
			c.set[space_var(path_facts[i], p == 0 ? V_PATH_NOTICE : V_PATH_ORAL)] =
			    (uint16_t)(1U << of_path[p][i]);
		}
	walk_by_hand(r, v, of_path, &ladder, &ratio);
	number = mdd_value(s->m, map, &c);
	if (ladder == -2) {
		assert_int_equal(number, SPACE_IMPOSSIBLE);
		return;
	}
	assert_true(number >= SPACE_FINDINGS && number != MDD_OPEN);
	assert_int_equal(space_finding(s, number)->ladder, ladder);
	assert_int_equal(space_finding(s, number)->ratio, ratio);
}

static void
test_maps_are_walks(void **state)
{
	struct ruleset *r = calloc(1, sizeof(*r));
	const int points = 3 * 3 * 2 * 14 * 14;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct space s;
		uint32_t map, sum = 0;

		r->table[TABLE_LADDER].rules = 1 + any(6);
		r->table[TABLE_RATIO].rules = any(6);
		r->table[TABLE_IMPOSSIBLE].rules = any(2);
		for (int t = 0; t < TABLE_MAX; t++)
			for (int i = 0; i < r->table[t].rules; i++)
				random_rule(&r->table[t].rule[i], (enum table_id)t);
		/* one that no path has to do with would hold at once */
		if (r->table[TABLE_IMPOSSIBLE].rules > 0) {
			r->table[TABLE_IMPOSSIBLE].rule[0].accept[F_BAND] = 2;
			r->table[TABLE_IMPOSSIBLE].rule[0].test[
			    r->table[TABLE_IMPOSSIBLE].rule[0].tests++] = F_BAND;
		}
		assert_int_equal(space_init(&s), 0);
		map = space_map(&s, r, 20000, NULL);
		for (int n = 0; n < points; n++)
			assert_point(&s, r, map, n);
		for (int i = 0; i < s.findings; i++)
			sum += (uint32_t)(1e6 * mdd_share(s.m,
			    mdd_equal(s.m, map, (uint32_t)i + SPACE_FINDINGS)) + 0.5);
		sum += (uint32_t)(1e6 * mdd_share(s.m,
		    mdd_equal(s.m, map, SPACE_IMPOSSIBLE)) + 0.5);
		assert_true(sum > 999900 && sum < 1000100);
		assert_false(space_failed(&s));
		space_free(&s);
	}
	free(r);
}

/* --- the embedded rules ------------------------------------------------------ */

static int
any_percent(void)
{
	const int n = any(4);

	return n == 0 ? FACT_ABSENT : 10 * n;
}

static void
any_papers(struct facts *f, const char *const *numbers)
{
	for (int k = 0; k < DOC_MAX; k++) {
		f->document[k].presence = any(3) == 0 ? PRESENT : FACT_ABSENT;
		f->document[k].valid_to = any(3) == 0 ? f->visit_date - 1 : FACT_ABSENT;
		f->document[k].copay_percent = any_percent();
		f->document[k].special_medical = any(8) == 0;
		f->document[k].id.insurer_number = numbers[any(5)];
	}
	f->record.presence = any(2) ? PRESENT : FACT_ABSENT;
	f->record.confirmed_on = any(3) ? f->visit_date : f->visit_date - 4000;
	f->record.copay_percent = any_percent();
	f->record.unchanged = any(3) > 0;
	f->record.id.insurer_number = numbers[any(5)];
	f->statement.presence = any(2) ? PRESENT : FACT_ABSENT;
	f->statement.copay_percent = any_percent();
	f->disaster_in_force = any(3) == 0;
	f->disaster.presence = any(2) ? PRESENT : FACT_ABSENT;
	f->disaster.copay_percent = any_percent();
}

/* Somebody of whom everything is known. */
static void
anybody(struct facts *f, int day)
{
	static const char *const numbers[] = { NULL, "06132013", "138016", "133033", "39131016" };
	static const int ages[] = { 3, 12, 40, 67, 72, 76 };

	facts_init(f, day);
	f->visit = any(2);
	f->birthdate = date_add_years(day, -ages[any(6)]) - any(30);
	f->copay_percent = any_percent();
	f->card.medium = any(3);
	f->card.read = any(4);
	f->card.identity = any(5);
	f->card.registered = any(3);
	f->card.certificate_not_after = day - 1000 + any(5) * 300;
	f->card.valid_to = any(4) == 0 ? day - 1 : FACT_ABSENT;
	f->online.presence = any(5) == 0 ? FACT_ABSENT : PRESENT;
	f->online.outcome = any(5) == 0 ? OUTCOME_TIMEOUT : OUTCOME_ANSWERED;
	f->online.by = any(2);
	f->online.validity = any(2) ? 1 : 1 + any(6);
	f->online.results = 1 + (any(9) == 0);
	f->online.result.id.insurer_number = numbers[any(5)];
	f->online.result.card_class = any(6) == 0 ? any(3) : CLASS_ORDINARY;
	f->online.result.kouki_percent = any_percent();
	f->online.result.elderly_percent = any_percent();
	any_papers(f, numbers);
}

static void
assert_decided_as_mapped(const struct decision *d, const struct finding *f)
{
	assert_int_equal(d->verdict, f->out.verdict);
	assert_int_equal(d->percent, f->out.percent);
	assert_int_equal(d->has_path ? (int)d->path : -1, f->out.path);
	assert_int_equal(d->basis, f->out.basis);
	assert_int_equal(d->claim, f->out.claim);
	assert_int_equal(d->needs, f->out.needs);
	for (int i = 0; i < d->needs; i++)
		assert_int_equal(d->need[i].question, f->out.need[i]);
}

/* The proofs are about the engine: for anybody, the map says what it decides. */
static void
test_the_engine_is_the_map(void **state)
{
	static const int days[][3] = { { 2024, 12, 1 }, { 2024, 12, 2 }, { 2025, 9, 18 },
		{ 2025, 11, 3 }, { 2026, 7, 31 }, { 2026, 8, 1 } };
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	struct space s;
	int decided = 0;

	(void)state;
	assert_non_null(rb);
	assert_int_equal(space_init(&s), 0);
	for (size_t k = 0; k < sizeof(days) / sizeof(days[0]); k++) {
		const int day = date_from_ymd(days[k][0], days[k][1], days[k][2]);
		const uint32_t map = space_map(&s, &rb->set, day, NULL);

		for (int n = 0; n < 4000; n++) {
			struct decision d;
			struct facts f;
			struct cube c;
			uint32_t number;

			anybody(&f, day);
			memset(&c, 0xff, sizeof(c));
			example_derive(&f, &rb->set.parameters, value_all(F_PATH), &c);
			number = mdd_value(s.m, map, &c);
			assert_int_not_equal(number, SPACE_IMPOSSIBLE);
			if (number == MDD_OPEN)
				continue;
			decide(&rb->set, &f, &d);
			assert_decided_as_mapped(&d, space_finding(&s, number));
			decided++;
		}
	}
	assert_true(decided > 20000);
	space_free(&s);
	rulebase_free(rb);
}

/* An example, written out and read back, is decided as it was. */
static void
test_examples_can_be_read(void **state)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	const int day = date_from_ymd(2026, 7, 31);
	struct space s;
	uint32_t map;
	int found = 0;

	(void)state;
	assert_int_equal(space_init(&s), 0);
	map = space_map(&s, &rb->set, day, NULL);
	for (int i = 0; i < s.findings; i++) {
		const uint32_t set = mdd_equal(s.m, map, (uint32_t)i + SPACE_FINDINGS);
		struct facts_error why;
		struct facts f, read;
		struct buf b = BUF_INIT;
		struct jw w = { &b, false };
		struct json *doc;
		struct decision d;
		bool unknown = false;

		if (set == MDD_EMPTY ||
		    !example_find(&s, set, MDD_ALL, &rb->set.parameters, day, NULL, &f))
			continue;
		jw_open(&w, NULL, '{');
		example_write(&w, &f);
		jw_close(&w, '}');
		assert_non_null(doc = js_parse(b.p, b.n, &e));
		facts_init(&read, FACT_UNASKED);
		assert_int_equal(facts_read(doc, true, &read, &unknown, &why), 0);
		decide(&rb->set, &read, &d);
		assert_decided_as_mapped(&d, space_finding(&s, (uint32_t)i + SPACE_FINDINGS));
		js_free(doc);
		buf_free(&b);
		found++;
	}
	assert_true(found > 100);
	space_free(&s);
	rulebase_free(rb);
}

/* A mutant is another rule base, and the copy is what it was after each. */
struct counted { const struct rulebase *rb; long n, unlike; };

static void
count_mutant(void *arg, const struct mutant *m, const struct rulebase *changed)
{
	struct counted *c = arg;

	c->n++;
	assert_true(m->what[0] != '\0');
	if (m->table == TABLE_MAX)
		c->unlike += memcmp(&changed->set.parameters, &c->rb->set.parameters,
		    sizeof(struct parameters)) != 0;
	else
		c->unlike += memcmp(changed->set.table[m->table].rule,
		    c->rb->set.table[m->table].rule, sizeof(struct rule) * RULES_MAX) != 0;
	for (int t = 0; t < TABLE_MAX; t++)
		if (t != (int)m->table)
			assert_memory_equal(changed->set.table[t].rule, c->rb->set.table[t].rule,
			    sizeof(struct rule) * RULES_MAX);
}

static void
test_every_mutant_is_one_change(void **state)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rulebase_embedded(&e);
	struct counted c = { .rb = rb };

	(void)state;
	assert_int_equal(mutate_each(rb, count_mutant, &c, &e), 0);
	assert_true(c.n > 1000);
	assert_int_equal(c.unlike, c.n);
	rulebase_free(rb);
}

static void
test_numbers_in_words(void **state)
{
	static const struct { mdd_number n; const char *text; } cases[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 1234567, "1,234,567" },
		{ (mdd_number)1000000000000 * 1000000000000, "1,000,000,000,000,000,000,000,000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		words_number(&b, cases[i].n);
		assert_string_equal(b.p, cases[i].text);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets_are_lists),
		cmocka_unit_test(test_boxes_cover_and_are_maximal),
		cmocka_unit_test(test_maps_are_walks),
		cmocka_unit_test(test_the_engine_is_the_map),
		cmocka_unit_test(test_examples_can_be_read),
		cmocka_unit_test(test_every_mutant_is_one_change),
		cmocka_unit_test(test_numbers_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "engine/age.h"
#include "engine/answers.h"
#include "engine/number.h"
#include "rules/rulebase.h"

/* Every fact that can be asked about, and what a field of something there is before it is read. */
static void
collect(struct facts *f, int *asked[32], int *inner[64], int *n_asked, int *n_inner)
{
	int *const a[] = { &f->visit, &f->birthdate, &f->copay_percent, &f->card.medium,
		&f->card.absent_because, &f->card.read, &f->card.certificate_not_after,
		&f->card.valid_to, &f->card.certificate_revoked, &f->card.identity,
		&f->card.registered, &f->online.presence, &f->record.presence,
		&f->record.unchanged, &f->statement.presence, &f->disaster.presence };
	int *const i[] = { &f->online.outcome, &f->online.by, &f->online.validity,
		&f->online.result.birthdate, &f->online.result.card_class,
		&f->online.result.kouki_percent, &f->online.result.kouki_from,
		&f->online.result.kouki_to, &f->online.result.elderly_percent,
		&f->online.result.elderly_from, &f->online.result.elderly_to,
		&f->record.confirmed_on, &f->record.copay_percent, &f->statement.copay_percent,
		&f->disaster.copay_percent };

	*n_asked = sizeof(a) / sizeof(a[0]);
	*n_inner = sizeof(i) / sizeof(i[0]);
	memcpy(asked, a, sizeof(a));
	memcpy(inner, i, sizeof(i));
	for (int k = 0; k < DOC_MAX; k++) {
		asked[(*n_asked)++] = &f->document[k].presence;
		inner[(*n_inner)++] = &f->document[k].valid_from;
		inner[(*n_inner)++] = &f->document[k].valid_to;
		inner[(*n_inner)++] = &f->document[k].copay_percent;
		inner[(*n_inner)++] = &f->document[k].birthdate;
	}
}

static void
test_facts_nothing_asked(void **state)
{
	struct { struct facts f; int after; } guarded;
	int *asked[32], *inner[64], n, m;

	(void)state;
	memset(&guarded, 0x5a, sizeof(guarded));
	facts_init(&guarded.f, 20000);
	assert_int_equal(guarded.f.visit_date, 20000);
	collect(&guarded.f, asked, inner, &n, &m);
	for (int i = 0; i < n; i++)
		assert_int_equal(*asked[i], FACT_UNASKED);
	for (int i = 0; i < m; i++)
		assert_int_equal(*inner[i], FACT_ABSENT);
	assert_int_equal(guarded.after, 0x5a5a5a5a);
}

static void
test_facts_assumed_none(void **state)
{
	int *asked[32], *inner[64], n, m;
	struct facts f;

	(void)state;
	facts_init(&f, 20000);
	facts_assume_none(&f);
	collect(&f, asked, inner, &n, &m);
	assert_int_equal(f.visit, VISIT_FIRST);
	assert_int_equal(f.record.unchanged, 0);
	for (int i = 0; i < n; i++)
		if (asked[i] != &f.visit && asked[i] != &f.record.unchanged)
			assert_int_equal(*asked[i], FACT_ABSENT);
	/* what is known stays as it is */
	for (int i = 0; i < n; i++)
		*asked[i] = 1;
	facts_assume_none(&f);
	for (int i = 0; i < n; i++)
		assert_int_equal(*asked[i], 1);
}

/* The birthday; born on 29 February, in a common year 1 March. */
static int
birthday(struct ymd born, int age)
{
	const int day = date_from_ymd(born.y + age, born.m, born.d);

	return day != DATE_NONE ? day : date_from_ymd(born.y + age, 3, 1);
}

/* AGE-1, RAT-1: the first 31 March on or after the day before the birthday. */
static int
school_year_end(struct ymd born, int age)
{
	const int reached = birthday(born, age) - 1;
	const int y = date_to_ymd(reached).y, end = date_from_ymd(y, 3, 31);

	return end >= reached ? end : date_from_ymd(y + 1, 3, 31);
}

static void
test_age_borders(void **state)
{
	(void)state;
	for (int birth = date_from_ymd(1951, 1, 1); birth < date_from_ymd(1957, 1, 1); birth++) {
		const struct ymd born = date_to_ymd(birth);
		const struct age_borders a = age_borders(birth);

		assert_int_equal(a.preschool_last, school_year_end(born, 6));
		assert_int_equal(a.minor_last, school_year_end(born, 18));
		assert_int_equal(a.kouki_earliest, birthday(born, 65));
		assert_int_equal(a.kouki_first, birthday(born, 75));
		/* RAT-3: the month after the one in which 70 is reached */
		assert_int_equal(a.elderly_first, date_end_of_month(birthday(born, 70) - 1) + 1);
	}
}

/* The test vectors of policy 2.1. */
static void
test_age_vectors(void **state)
{
	static const struct { struct ymd born; int border; struct ymd day; } cases[] = {
		{ { 2020, 4, 1 }, 6, { 2026, 3, 31 } }, { { 2020, 4, 2 }, 6, { 2027, 3, 31 } },
		{ { 2019, 12, 31 }, 6, { 2026, 3, 31 } }, { { 2020, 2, 29 }, 6, { 2026, 3, 31 } },
		{ { 2020, 3, 31 }, 6, { 2026, 3, 31 } }, { { 2020, 11, 22 }, 6, { 2027, 3, 31 } },
		{ { 1956, 11, 1 }, 70, { 2026, 11, 1 } }, { { 1956, 11, 2 }, 70, { 2026, 12, 1 } },
		{ { 1956, 11, 30 }, 70, { 2026, 12, 1 } },
		{ { 1956, 10, 31 }, 70, { 2026, 11, 1 } },
		{ { 1956, 12, 1 }, 70, { 2026, 12, 1 } },
		{ { 1951, 11, 22 }, 75, { 2026, 11, 22 } },
		{ { 1951, 11, 23 }, 75, { 2026, 11, 23 } }, { { 1952, 2, 29 }, 75, { 2027, 3, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ymd b = cases[i].born, d = cases[i].day;
		const struct age_borders a = age_borders(date_from_ymd(b.y, b.m, b.d));
		const int day = cases[i].border == 6 ? a.preschool_last :
		    cases[i].border == 70 ? a.elderly_first : a.kouki_first;

		assert_int_equal(day, date_from_ymd(d.y, d.m, d.d));
	}
}

/* All the answers to a question, in an array to be freed. */
static struct facts *
all_answers(enum question q, const struct facts *f, int *n)
{
	struct answer_iter it = answers(q, f);
	struct facts *list = calloc(1000, sizeof(*list));

	assert_non_null(list);
	for (*n = 0; answers_next(&it, &list[*n]); ++*n)
		assert_true(*n < 999);
	assert_false(answers_next(&it, &list[*n]));
	return list;
}

/* That an answer is the facts with one of them changed, which is put back. */
static void
assert_changed_only(struct facts *answer, const struct facts *f, int *field, int want)
{
	assert_int_equal(*field, want);
	*field = *(const int *)((const char *)f + ((char *)field - (char *)answer));
	assert_memory_equal(answer, f, sizeof(*f));
}

/* The kinds of answer by place of percent, number, mark, period and birth date. */
static int
document_kind(const struct facts *f, enum document_kind k)
{
	const struct document *d = &f->document[k];
	const int percent = d->copay_percent == FACT_ABSENT ? 0 : d->copay_percent / 10;
	const bool ended = fact_known(d->valid_to) && d->valid_to < f->visit_date;

	assert_int_equal(d->presence, PRESENT);
	assert_int_equal(d->valid_from, FACT_ABSENT);
	assert_int_equal(d->valid_to, ended ? f->visit_date - 1 : FACT_ABSENT);
	assert_in_range(percent, 0, 3);
	return ((percent * 5 + (int)number_scheme(d->id.insurer_number)) * 2 + d->special_medical) *
	    2 + ended;
}

static void
test_answers_documents(void **state)
{
	struct facts f;

	(void)state;
	facts_init(&f, date_from_ymd(2026, 11, 22));
	f.birthdate = date_from_ymd(1980, 2, 17);
	for (enum document_kind k = 0; k < DOC_MAX; k++) {
		bool seen[80] = { false };
		int n;
		struct facts *list = all_answers(Q_ELIGIBILITY_CERTIFICATE + k, &f, &n);

		assert_int_equal(n, 81);
		assert_changed_only(&list[0], &f, &list[0].document[k].presence, FACT_ABSENT);
		/* the first one says nothing, the others all that there is to say */
		assert_int_equal(document_kind(&list[1], k), 0);
		for (int i = 1; i < n; i++) {
			const int kind = document_kind(&list[i], k);

			assert_false(seen[kind]);
			seen[kind] = true;
			assert_int_equal(list[i].document[k].birthdate, FACT_ABSENT);
			list[i].document[k] = f.document[k];
			assert_memory_equal(&list[i], &f, sizeof(f));
		}
		free(list);
	}
}

/* Whether a birth date is of the nth kind that a rule could tell apart on that day. */
static bool
birth_is(int birth, int day, int kind)
{
	const struct age_borders a = age_borders(birth);

	switch (kind) {
	case 0:
		return birth <= day && day <= a.preschool_last;
	case 1:
		return day > a.preschool_last && day <= a.minor_last;
	case 2:
		return day > a.minor_last && day < a.kouki_earliest;
	case 3:
		return day >= a.kouki_earliest && day < a.elderly_first;
	case 4:
		return day > a.elderly_first + 365 && day < a.kouki_first;
	case 5:
		return a.elderly_first == date_end_of_month_after(day, -1) + 1;
	case 6:
		/* nobody turns 75 on 29 February: born on the day before */
		return a.kouki_first <= day && age_borders(birth + 1).kouki_first > day;
	default:
		return day > a.kouki_first + 365;
	}
}

static void
test_answers_birth_dates(void **state)
{
	static const struct ymd days[] = { { 2026, 11, 22 }, { 2028, 2, 29 }, { 2026, 3, 31 },
		{ 2026, 12, 1 }, { 2027, 3, 1 } };

	(void)state;
	for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
		struct facts f;
		int n, m;
		struct facts *list, *papers;

		facts_init(&f, date_from_ymd(days[d].y, days[d].m, days[d].d));
		list = all_answers(Q_BIRTHDATE, &f, &n);
		assert_int_equal(list[0].birthdate, FACT_ABSENT);
		for (int kind = 0; kind < 8; kind++) {
			bool any = false;

			for (int i = 1; i < n; i++)
				any |= birth_is(list[i].birthdate, f.visit_date, kind);
			if (!any)
				fail_msg("no birth date of kind %d on day %zu", kind, d);
		}
		/* a document may bring any of them along, where none is known */
		papers = all_answers(Q_NOTICE, &f, &m);
		assert_int_equal(m, 1 + 80 * n);
		for (int i = 0; i < n; i++)
			assert_int_equal(papers[1 + 80 * i].document[DOC_NOTICE].birthdate,
			    list[i].birthdate);
		free(list);
		free(papers);
	}
}

static void
test_answers_record(void **state)
{
	static const int given[] = { FACT_UNASKED, 0, 1 };
	struct facts f;

	(void)state;
	facts_init(&f, 20000);
	for (size_t g = 0; g < 3; g++) {
		bool seen[2][80] = { { false } };
		int n, found = 0;
		struct facts *list;

		f.record.unchanged = given[g];
		list = all_answers(Q_RECORD, &f, &n);
		assert_int_equal(n, 81);
		assert_changed_only(&list[0], &f, &list[0].record.presence, FACT_ABSENT);
		assert_int_equal(list[1].record.copay_percent, FACT_ABSENT);
		assert_null(list[1].record.id.insurer_number);
		assert_int_equal(list[1].record.confirmed_on, 20000);
		for (int i = 1; i < n; i++) {
			const int p = list[i].record.copay_percent;
			const int on = list[i].record.confirmed_on;
			const char *number = list[i].record.id.insurer_number;
			const int kind = ((p == FACT_ABSENT ? 0 : p / 10) * 5 +
			    (int)number_scheme(number)) * 2 + (on < 20000);

			assert_int_equal(list[i].record.presence, PRESENT);
			assert_in_range(list[i].record.unchanged, 0, 1);
			/* a hundred years ago is before any border */
			assert_true(on == 20000 || on == 20000 - 36500);
			found += !seen[list[i].record.unchanged][kind];
			seen[list[i].record.unchanged][kind] = true;
			if (given[g] != FACT_UNASKED)
				assert_int_equal(list[i].record.unchanged, given[g]);
		}
		assert_int_equal(found, given[g] == FACT_UNASKED ? 80 : 40);
		free(list);
	}
}

static void
test_answers_statement(void **state)
{
	bool seen[4][2] = { { false } };
	struct facts f, *list;
	int n;

	(void)state;
	facts_init(&f, 20000);
	list = all_answers(Q_STATEMENT, &f, &n);
	assert_int_equal(n, 9);
	assert_changed_only(&list[0], &f, &list[0].statement.presence, FACT_ABSENT);
	assert_int_equal(list[1].statement.copay_percent, FACT_ABSENT);
	assert_false(list[1].statement.kouki);
	for (int i = 1; i < n; i++) {
		const int p = list[i].statement.copay_percent;
		bool *at = &seen[p == FACT_ABSENT ? 0 : p / 10 % 4][list[i].statement.kouki];

		assert_int_equal(list[i].statement.presence, PRESENT);
		assert_true(p == FACT_ABSENT || (p >= 10 && p <= 30));
		assert_false(*at);
		*at = true;
	}
	free(list);
}

/* A fact of one value each. */
static void
test_answers_plain(void **state)
{
	static const struct {
		enum question	q;
		size_t		at;
		int		n, want[5];
	} cases[] = {
#define AT(field) offsetof(struct facts, field)
		{ Q_MEDIUM, AT(card.medium), 4,
		    { MEDIUM_CARD, MEDIUM_PHONE, MEDIUM_NONE, MEDIUM_CARD } },
		{ Q_READ, AT(card.read), 3, { READ_OK, READ_UNREADABLE, READ_NOT_MY_NUMBER } },
		{ Q_VISIT, AT(visit), 2, { VISIT_FIRST, VISIT_RETURN } },
		{ Q_UNCHANGED, AT(record.unchanged), 2, { 0, 1 } },
		{ Q_STATED, AT(disaster.presence), 2, { FACT_ABSENT, PRESENT } },
		{ Q_COPAY_PERCENT, AT(copay_percent), 4, { FACT_ABSENT, 10, 20, 30 } },
		{ Q_ONLINE, AT(online.presence), 0, { 0 } },
		{ Q_IDENTITY, AT(card.identity), 0, { 0 } },
		{ Q_REGISTERED, AT(card.registered), 0, { 0 } },
#undef AT
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct facts f, *list;
		int n;

		facts_init(&f, 20000);
		list = all_answers(cases[c].q, &f, &n);
		assert_int_equal(n, cases[c].n);
		/* the card laid down last is one that was read */
		if (cases[c].q == Q_MEDIUM) {
			assert_int_equal(list[3].card.read, READ_OK);
			list[3].card.read = FACT_UNASKED;
		}
		for (int i = 0; i < n; i++)
			assert_changed_only(&list[i], &f,
			    (int *)((char *)&list[i] + cases[c].at), cases[c].want[i]);
		free(list);
	}
}

/* A card whose reading is known to have failed is not read by laying it down. */
static void
test_answers_medium_read(void **state)
{
	struct facts f, *list;
	int n;

	(void)state;
	facts_init(&f, 20000);
	f.card.read = READ_UNREADABLE;
	list = all_answers(Q_MEDIUM, &f, &n);
	assert_int_equal(list[3].card.read, READ_UNREADABLE);
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts_nothing_asked),
		cmocka_unit_test(test_facts_assumed_none),
		cmocka_unit_test(test_age_borders),
		cmocka_unit_test(test_age_vectors),
		cmocka_unit_test(test_answers_documents),
		cmocka_unit_test(test_answers_birth_dates),
		cmocka_unit_test(test_answers_record),
		cmocka_unit_test(test_answers_statement),
		cmocka_unit_test(test_answers_plain),
		cmocka_unit_test(test_answers_medium_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

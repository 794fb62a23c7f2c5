#ifndef UNIT_ROWS_H
#define UNIT_ROWS_H

/* Tests made of tables, each row under its own name; included after cmocka.h. */

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define ROWS_MAX 600

static struct CMUnitTest tests[ROWS_MAX];
static size_t n_tests;

static void
add(CMUnitTestFunction run, const void *row, const char *group, const char *name)
{
	char *full = NULL;

	assert_true(n_tests < ROWS_MAX);
	if (asprintf(&full, "%s: %s", group, name) < 0)
		abort();
	tests[n_tests++] = (struct CMUnitTest){ full, run, NULL, NULL, (void *)(uintptr_t)row };
}

#define ADD_ALL(run, rows, group)					\
	for (size_t i_ = 0; i_ < N(rows); i_++)				\
		add(run, &(rows)[i_], group, (rows)[i_].name)

#endif

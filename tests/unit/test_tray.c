/* Which card is the next patient's, as cards and readers come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* nothing of desk is linked into these tests */
#include "desk/tray.c"

/*
 * A day as words: "A1+" reader A, its count of changes, a card there ("-": none);
 * "done", "again"; "=N" the next card is on the N-th reader, "=-" there is none;
 * "#N" so many new cards; "lies", "free" whether one lies there that was dealt with.
 */
static const struct { const char *name, *part, *day; } days[] = {
	{ "nothing", NULL, " | =- #0 free" },
	{ "a card", NULL, "A0- | =- ; A1+ | =0 #1 free" },
	{ "left lying", NULL, "A1+ | =0 done =- lies ; A1+ | =- lies" },
	{ "taken, and the next", NULL, "A1+ | done ; A2- | =- free ; A3+ | =0" },
	{ "changed between two looks", NULL, "A1+ | done ; A3+ | =0 free" },
	{ "once more", NULL, "A1+ | done =- again =0 free" },
	{ "two at once", NULL, "A1+ B1+ | =0 #2 done =- #0" },
	{ "the second reader", NULL, "A1+ B0- | done ; A1+ B1+ | =1 #1 lies" },
	{ "the reader is unplugged and comes back", NULL, "A1+ | done ; | free ; A1+ | =0" },
	{ "readers change places", NULL, "A1+ B0- | done ; B1+ A1+ | =0 #1 lies" },
	{ "the reader that is named", "B", "A1+ B0- | =- #0 done free ; A1+ B1+ | =0 #1" },
};

static void
look(struct tray *t, const char *part, char **word)
{
	struct reader_list l = { .n = 0 };

	for (; *word != NULL && strcmp(*word, "|") != 0; *word = strtok(NULL, " ")) {
		l.reader[l.n].name[0] = (*word)[0];
		l.reader[l.n].changes = (*word)[1] - '0';
		l.reader[l.n++].present = (*word)[2] == '+';
	}
	tray_update(t, &l, part);
}

static void
play(const char *name, const char *part, char *day)
{
	struct tray t = { .dones = 0 };
	char *word = strtok(day, " ");
	size_t cards;
	int next;

	print_message("%s\n", name);
	look(&t, part, &word);
	while ((word = strtok(NULL, " ")) != NULL) {
		next = tray_next(&t, &cards);
		if (strcmp(word, ";") == 0) {
			word = strtok(NULL, " ");
			look(&t, part, &word);
		} else if (strcmp(word, "done") == 0) {
			tray_done(&t);
		} else if (strcmp(word, "again") == 0) {
			tray_again(&t);
		} else if (word[0] == '=') {
			assert_int_equal(next, word[1] == '-' ? -1 : word[1] - '0');
		} else if (word[0] == '#') {
			assert_int_equal(cards, word[1] - '0');
		} else {
			assert_string_equal(word, tray_lies(&t) ? "lies" : "free");
		}
	}
}

static void
test_days(void **state)
{
	char day[200];

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		assert_true(strlen(days[i].day) < sizeof(day));
		strcpy(day, days[i].day);
		play(days[i].name, days[i].part, day);
	}
}

/* As many readers as there can be, each with a card. */
static void
test_many(void **state)
{
	struct reader_list l = { .n = READER_MAX };
	struct tray t = { .dones = 0 };
	size_t cards;

	(void)state;
	for (size_t i = 0; i < l.n; i++) {
		l.reader[i].name[0] = (char)('a' + i);
		l.reader[i].present = true;
	}
	tray_update(&t, &l, NULL);
	assert_int_equal(tray_next(&t, &cards), 0);
	assert_int_equal(cards, READER_MAX);
	tray_done(&t);
	assert_int_equal(tray_next(&t, &cards), -1);
	l.reader[READER_MAX - 1].changes = 7;
	tray_update(&t, &l, NULL);
	assert_int_equal(tray_next(&t, &cards), READER_MAX - 1);
	assert_int_equal(cards, 1);
}

/* What the helper opens by that name and what the desk looks at are the same readers. */
static void
test_names(void **state)
{
	static const struct { const char *part; const char *kept; } cases[] = {
		{ NULL, "Desk 1,Desk 10,Back" },
		{ "", "Desk 1,Desk 10,Back" },
		{ "Desk", "Desk 1,Desk 10" },
		{ "Desk 1", "Desk 1" },
		{ "esk 1", "Desk 1,Desk 10" },
		{ "Desk 10", "Desk 10" },
		{ "desk", "" },
	};
	const struct reader_list l = { .n = 3,
		.reader = { { .name = "Desk 1" }, { .name = "Desk 10" }, { .name = "Back" } } };
	struct tray t = { .dones = 0 };
	char kept[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		kept[0] = '\0';
		tray_update(&t, &l, cases[i].part);
		for (size_t k = 0; k < t.list.n; k++)
			snprintf(kept + strlen(kept), sizeof(kept) - strlen(kept), "%s%s",
			    k > 0 ? "," : "", t.list.reader[k].name);
		assert_string_equal(kept, cases[i].kept);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

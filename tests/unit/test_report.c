/* The page for the morning meeting: who is on it in what order; that it is harmless and small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>

#include "report_text.h"

struct text_case {
	const char	*name;
	const char	*text;
	int		 max;
	const char	*html;
};

static const struct text_case texts[] = {
	{ "text", "山田 太郎", 80, "山田 太郎" },
	{ "nothing", "", 80, "" },
	{ "element", "<script>", 80, "&lt;script&gt;" },
	{ "ampersand", "&lt;", 80, "&amp;lt;" },
	{ "quotes", "\"'", 80, "&quot;&#39;" },
	{ "control characters", "a\x01\x1b[2J\x7f\xc2\x85", 80, "a??[2J??" },
	{ "line end", "a\r\nb", 80, "a??b" },
	{ "bidi overrides", "\u202egnp\u202c\u200f\u061c", 80, "?gnp???" },
	{ "bidi isolates", "\u2066x\u2069", 80, "?x?" },
	{ "no width", "a\u200bb\u00adc\ufeff", 80, "a?b?c?" },
	{ "line separators", "a\u2028b\u2029", 80, "a?b?" },
	{ "ill-formed", "a\xff\xc0\x80\xed\xa0\x80", 80, "a??????" },
	{ "letters from right to left", "عمر", 80, "عمر" },
	{ "own characters and planes", "𠮷\ue000●", 80, "𠮷\ue000●" },
	{ "as long as may be", "あいう", 3, "あいう" },
	{ "longer", "あいうえ", 3, "あいう…" },
	{ "longer, escaped", "<<<<", 2, "&lt;&lt;…" },
};

static void
run_text(void **state)
{
	const struct text_case *c = *state;
	struct buf b = BUF_INIT;

	buf_adds(&b, "");
	html_text(&b, c->text, c->max);
	assert_string_equal(b.p, c->html);
	buf_free(&b);
}

/* Wherever a text of somebody else's may stand. */
static void
run_text_in_page(void **state)
{
	const struct text_case *c = *state;
	struct report_head head = japanese;
	struct change change = { CHANGE_NAME, c->text, c->text };
	struct note note = { "x", c->text, FACT_ABSENT };
	struct row row = row_at(1, TODAY, 540);
	struct out_row out = out_of(c->text, STATUS_INVALID);
	struct report *r;
	char *page;
	int found = 0;

	head.list = head.edition = c->text;
	row.given[COLUMN_NAME] = row.given[COLUMN_KANA] = c->text;
	out.change = &change;
	out.bring = out.warning = &note;
	out.changes = out.brings = out.warnings = 1;
	r = open_report(&head);
	assert_int_equal(report_add(r, &row, &out), 0);
	page = page_of(r);
	check_tags(page);
	if (c->max == 80 && *c->html != '\0')
		for (const char *p = page; (p = strstr(p, c->html)) != NULL; p++)
			found++;
	/* head: 2, patient: 3, change: 2, notes: 2 */
	assert_true(found >= 9 || c->max < 80 || *c->html == '\0');
	if (strpbrk(c->text, "<&\"'") != NULL && c->max == 80)
		has_not(page, *c->text == '&' ? ">&lt;<" : c->text);
	free(page);
}

struct care_case {
	const char		*name;
	enum status		 status;
	const struct note	*bring, *warning;
	const struct change	*change;
	enum row_fault		 fault;
	const char		*part;	/* NULL: not named at all */
};

static const struct care_case cares[] = {
	{ "valid", STATUS_VALID, NULL, NULL, NULL, ROW_NONE, NULL },
	{ "valid, a bulk run", STATUS_VALID, NULL, &general, NULL, ROW_NONE, NULL },
	{ "valid, a warning", STATUS_VALID, NULL, &ends, NULL, ROW_NONE, "desk" },
	{ "valid, a change", STATUS_VALID, NULL, NULL, &symbol, ROW_NONE, "desk" },
	{ "valid, to bring", STATUS_VALID, &something, NULL, NULL, ROW_NONE, "call" },
	{ "to bring, and a change", STATUS_VALID, &something, NULL, &symbol, ROW_NONE, "call" },
	{ "invalid, to bring", STATUS_INVALID, &something, NULL, NULL, ROW_NONE, "call" },
	{ "invalid and nothing else", STATUS_INVALID, NULL, NULL, NULL, ROW_NONE, "desk" },
	{ "several", STATUS_MULTIPLE, NULL, NULL, NULL, ROW_NONE, "desk" },
	{ "not found, a bulk run", STATUS_NOT_FOUND, NULL, &general, NULL, ROW_NONE, "desk" },
	{ "not asked", STATUS_ERROR, NULL, NULL, NULL, ROW_NONE, "failed" },
	{ "not asked, to bring", STATUS_ERROR, &something, NULL, NULL, ROW_NONE, "call" },
	{ "not read", STATUS_ERROR, NULL, &bad_row, NULL, ROW_DATE, "failed" },
};

static void
run_care(void **state)
{
	static const char *const parts[] = { "call", "desk", "failed" };
	const struct care_case *c = *state;
	struct row row = row_at(1, TODAY, 540);
	struct out_row out = out_of("P1", c->status);
	struct report *r = open_report(&japanese);
	char *page;

	row.fault = c->fault;
	out.bring = c->bring;
	out.warning = c->warning;
	out.change = c->change;
	out.brings = c->bring != NULL;
	out.warnings = c->warning != NULL;
	out.changes = c->change != NULL;
	assert_int_equal(report_add(r, &row, &out), 0);
	page = page_of(r);
	check_tags(page);
	for (size_t i = 0; i < N(parts); i++)
		assert_string_equal(people_of(page, parts[i]),
		    c->part != NULL && strcmp(c->part, parts[i]) == 0 ? "P1" : "");
	has(page, c->part != NULL ? "<td class=\"when\">" : "電話の必要な人はいません");
	has_not(page, "<span>理由</span>");
	free(page);
}

static void
test_order(void **state)
{
	struct report *r = open_report(&japanese);
	char *page;

	(void)state;
	add_person(r, 1, "k", STATUS_VALID, true, TODAY, 540);
	add_person(r, 2, "f", STATUS_INVALID, true, TODAY + 1, 480);
	add_person(r, 3, "h", STATUS_INVALID_NEW, true, TODAY, 540);
	add_person(r, 4, "e", STATUS_INVALID, true, TODAY, FACT_ABSENT);
	add_person(r, 5, "g", STATUS_NOT_FOUND, true, TODAY, 540);
	add_person(r, 6, "c", STATUS_INVALID, true, TODAY, 600);
	add_person(r, 7, "d", STATUS_INVALID, true, TODAY, 600);
	add_person(r, 8, "i", STATUS_MULTIPLE, true, TODAY, 540);
	add_person(r, 9, "j", STATUS_ERROR, true, TODAY, 540);
	add_person(r, 10, "b", STATUS_INVALID, true, TODAY, 540);
	add_person(r, 11, "y", STATUS_VALID, false, TODAY, 0);
	add_person(r, 12, "x", STATUS_INVALID, false, TODAY, 1439);
	add_person(r, 13, "z", STATUS_ERROR, false, TODAY, 0);
	page = page_of(r);
	assert_string_equal(people_of(page, "call"), "b c d e f g h i j k");
	assert_string_equal(people_of(page, "desk"), "x y");
	assert_string_equal(people_of(page, "failed"), "z");
	has(page, "<time datetime=\"2026-11-25\">11/25(水)</time>");
	has(page, "時刻なし");
	free(page);
}

/* 700 to call and 300 for the desk in a mixed order: the 500 worst are those that stay. */
static void
test_worst_are_kept(void **state)
{
	struct report *r = open_report(&japanese);
	char *page, want[8192] = "";
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		const int place = i * 617 % 1000;
		char id[12];

		snprintf(id, sizeof(id), "%d", place);
		add_person(r, i + 1, id, STATUS_INVALID, place < 700, TODAY, place % 700);
	}
	for (int i = 0; i < REPORT_PEOPLE_MAX; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s%d", i > 0 ? " " : "", i);
	page = page_of(r);
	check_tags(page);
	assert_string_equal(people_of(page, "call"), want);
	assert_string_equal(people_of(page, "desk"), "");
	has(page, "ほかに200人います。この紙には急ぐ順に500人まで");
	has(page, "ほかに300人います。");
	has(page, "<span class=\"many\">700</span>");
	free(page);
}

/* Rows that are all worse than those before, each with texts as long as a row may have. */
static size_t
fill(struct report *r, long from, long to)
{
	static char longest[60000];
	const struct change change = { CHANGE_NAME, longest, longest };

	memset(longest, '<', sizeof(longest) - 1);
	for (long i = from; i < to; i++) {
		struct row row = row_at(i + 1, TODAY + (int)(to - i) / 1440,
		    (int)((to - i) % 1440));
		struct out_row out = out_of("P1", STATUS_INVALID);

		if (i % 100 == 0) {
			row.given[COLUMN_NAME] = longest;
			out.change = &change;
			out.changes = 1;
		}
		out.bring = &something;
		out.brings = 1;
		assert_int_equal(report_add(r, &row, &out), 0);
	}
	return mallinfo2().uordblks;
}

static void
test_memory_is_flat(void **state)
{
	struct report *r = open_report(&japanese);
	const size_t few = fill(r, 0, 10000);
	const size_t many = fill(r, 10000, 50000);

	(void)state;
	assert_int_equal(r->people, REPORT_PEOPLE_MAX);
	assert_true(many < few + 256 * 1024);
	report_free(r);
}

static void
test_million(void **state)
{
	struct report *r = open_report(&japanese);
	struct out_row out = out_of("P1", STATUS_VALID);
	const size_t before = mallinfo2().uordblks;
	char *page;

	(void)state;
	out.warning = &ends;
	for (long i = 0; i < 1000000; i++) {
		const struct row row = row_at(i + 1, TODAY, (int)(i * 7 % 1440));

		out.warnings = i % 10 == 0;
		assert_int_equal(report_add(r, &row, &out), 0);
	}
	assert_true(mallinfo2().uordblks < before + 1024 * 1024);
	page = page_of(r);
	has(page, "<strong>1,000,000人</strong>");
	has(page, "ほかに99,500人います。");
	assert_true(strlen(page) < 512 * 1024);
	free(page);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_worst_are_kept),
		cmocka_unit_test(test_memory_is_flat),
		cmocka_unit_test(test_million),
	};
	struct CMUnitTest tests[2 * N(texts) + N(cares) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, texts, run_text);
	ADD_TABLE(tests, n, texts, run_text_in_page);
	ADD_TABLE(tests, n, cares, run_care);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("report", tests, N(tests), NULL, NULL);
}

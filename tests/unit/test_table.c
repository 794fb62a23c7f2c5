#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/csv.h"
#include "rules/table.h"
#include "rules/write.h"

extern const char rules_json[], rules_json_end[];

static struct rulebase *rb;

static int
load(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	rb = rulebase_embedded(&e);
	return rb != NULL ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	rulebase_free(rb);
	return 0;
}

/* Each word of a vocabulary, in each language and as a name, means one thing only. */
static void
each_is_itself(const struct vocab *v, const char *which)
{
	assert_in_range(v->n, 1, VOCAB_MAX - 1);
	for (int i = 0; i < v->n; i++) {
		const struct words *w = &v->item[i].w;
		const char *const forms[] = { w->name, w->ja, w->en };

		for (int k = 0; k < 3; k++)
			if (vocab_find(v, forms[k]) != v->item[i].id)
				fail_msg("%s: \"%s\" means something else", which, forms[k]);
		for (int ja = 0; ja < 2; ja++)
			assert_string_equal(vocab_word(v, v->item[i].id, ja), word(w, ja));
	}
	assert_int_equal(vocab_find(v, "まさか"), -1);
	assert_null(vocab_word(v, 9999, true));
}

static void
test_vocabularies(void **state)
{
	static struct vocab v;

	(void)state;
	vocab_columns(&v);
	assert_int_equal(v.n, COLUMNS_ALL);
	each_is_itself(&v, "columns");
	for (int f = 0; f < F_MAX; f++) {
		vocab_values(&v, rb, (enum fact)f);
		each_is_itself(&v, fact_words((enum fact)f)->name);
	}
	vocab_actions(&v, TABLE_LADDER);
	each_is_itself(&v, "outcomes of the ladder");
	assert_int_equal(vocab_find(&v, "ratio"), -1);
	vocab_actions(&v, TABLE_RATIO);
	each_is_itself(&v, "outcomes of the ratio table");
	assert_int_equal(vocab_find(&v, "path"), -1);
	vocab_facts(&v);
	each_is_itself(&v, "facts");
	vocab_paths(&v);
	each_is_itself(&v, "paths");
	vocab_bases(&v);
	each_is_itself(&v, "bases");
	vocab_ratios(&v);
	each_is_itself(&v, "ratios");
	vocab_claims(&v);
	each_is_itself(&v, "claims");
	vocab_questions(&v);
	each_is_itself(&v, "questions");
	vocab_say_dates(&v);
	each_is_itself(&v, "dates");
	vocab_afters(&v);
	each_is_itself(&v, "afters");
	vocab_confidences(&v);
	each_is_itself(&v, "confidences");
	vocab_texts(&v, rb);
	assert_int_equal(v.n, rb->texts);
	vocab_stages(&v, rb);
	assert_int_equal(v.n, rb->stages);
}

/* A word that means two things is written by its name; one that would break a cell, too. */
static void
test_vocabulary_falls_back(void **state)
{
	static struct vocab v = { .n = 4, .item = {
		{ { "a", "同じ", "x|y" }, 1 }, { { "b", "同じ", "=sum" }, 2 },
		{ { "c", "一", "１" }, 3 }, { { "a", "二", "two" }, 4 },
	} };

	(void)state;
	assert_string_equal(vocab_word(&v, 1, true), "同じ");
	assert_string_equal(vocab_word(&v, 2, true), "b");
	assert_string_equal(vocab_word(&v, 1, false), "a");
	assert_string_equal(vocab_word(&v, 2, false), "b");
	assert_int_equal(vocab_find(&v, "1"), 3);
	assert_string_equal(vocab_word(&v, 4, true), "二");
	v.item[3].w.ja = "同じ";
	assert_null(vocab_word(&v, 4, true));
}

static void
test_trim(void **state)
{
	static const struct { const char *in, *want; bool plain; } cases[] = {
		{ "x", "x", true }, { "  x\t", "x", false }, { "　x　", "x", false }, { "", "", false },
		{ "　", "", false }, { " 　 a b 　", "a b", false }, { "あ", "あ", true },
		{ "=1", "=1", false }, { "+1", "+1", false }, { "-1", "-1", false }, { "@x", "@x", false },
		{ "a|b", "a|b", false }, { "a@b", "a@b", false }, { "a\nb", "a\nb", false },
		{ "a-b", "a-b", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char s[32];

		snprintf(s, sizeof(s), "%s", cases[i].in);
		assert_string_equal(vocab_trim(s), cases[i].want);
		if (vocab_plain(cases[i].in) != cases[i].plain)
			fail_msg("\"%s\" plain?", cases[i].in);
	}
}

/* The rows of a CSV as [a][b]/[c]; or what is wrong with it. */
static void
csv_rows(const char *in, size_t n, struct buf *out)
{
	struct err e = ERR_INIT;
	struct csv_row row;
	struct csv c = { 0 };
	int rc = csv_open(&c, in, n, &e);

	while (rc == 0 && (rc = csv_next(&c, &row, &e)) > 0) {
		buf_addf(out, "%s%d:", out->n > 0 ? "/" : "", row.line);
		for (int i = 0; i < row.n; i++)
			buf_addf(out, "[%s]", row.cell[i]);
		rc = 0;
	}
	if (rc < 0)
		buf_addf(out, "!%s", e.msg);
	csv_close(&c);
}

static void
test_csv(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "", "" }, { "a", "1:[a]" }, { "a\n", "1:[a]" }, { "a,b\r\nc\r\n", "1:[a][b]/2:[c]" },
		{ "\xef\xbb\xbf" "a,", "1:[a][]" }, { "\n\na", "1:[]/2:[]/3:[a]" }, { ",", "1:[][]" },
		{ "\"a,b\",c", "1:[a,b][c]" }, { "\"a\"\"b\"", "1:[a\"b]" }, { "\"\"", "1:[]" },
		{ "\"a\nb\"\nc", "1:[a\nb]/3:[c]" }, { "\"a\r\nb\",\"\"\"\"", "1:[a\r\nb][\"]" },
		{ "x\n\"a", "1:[x]!line 2: a quote is not closed" },
		{ "\"a\"b", "!line 1: a stray quote or carriage return" },
		{ "a\"b", "!line 1: a stray quote or carriage return" },
		{ "a\rb", "!line 1: a stray quote or carriage return" },
		{ "a\x01", "!control characters" }, { "a\x7f", "!control characters" },
		{ "\x8b\x4b\x91\xa5", "!not UTF-8: save it as \"CSV UTF-8\"" },
	};
	struct buf b = BUF_INIT;
	char wide[CSV_CELLS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&b);
		csv_rows(cases[i].in, strlen(cases[i].in), &b);
		if (strcmp(b.n > 0 ? b.p : "", cases[i].want) != 0)
			fail_msg("case %zu: \"%s\", not \"%s\"", i, b.p, cases[i].want);
	}
	buf_reset(&b);
	csv_rows("a\0b", 3, &b);
	assert_string_equal(b.p, "!control characters");
	memset(wide, ',', CSV_CELLS_MAX);
	buf_reset(&b);
	csv_rows(wide, CSV_CELLS_MAX, &b);
	assert_string_equal(b.p, "!line 1: more than 96 cells");
	buf_reset(&b);
	csv_rows(wide, CSV_CELLS_MAX - 1, &b);
	assert_int_equal(b.n, 2 + 2 * CSV_CELLS_MAX);
	buf_free(&b);
}

static void
test_csv_cells(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "a", "a" }, { "", "" }, { "a b", "a b" }, { "a,b", "\"a,b\"" },
		{ "a\"b", "\"a\"\"b\"" }, { "a\nb", "\"a\nb\"" }, { "a\rb", "\"a\rb\"" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&b);
		csv_add(&b, cases[i].in);
		assert_string_equal(b.n > 0 ? b.p : "", cases[i].want);
	}
	buf_free(&b);
}

/* The embedded file is in the one layout. */
static void
test_write_embedded(void **state)
{
	struct buf b = BUF_INIT;
	const size_t n = (size_t)(rules_json_end - rules_json);
	size_t i = 0, line = 1;

	(void)state;
	rules_write(&b, rb->doc);
	for (; i < n && i < b.n && b.p[i] == rules_json[i]; i++)
		line += b.p[i] == '\n';
	if (i != n || i != b.n)
		fail_msg("rules.json is not in its layout from line %zu on", line);
	buf_free(&b);
}

static void
export(const struct rulebase *from, int stage, bool ja, struct buf *b)
{
	struct err e = ERR_INIT;

	for (int s = 0; s < from->stages; s++)
		if ((stage < 0 || s == stage) && table_csv(b, from, s, ja, &e) < 0)
			fail_msg("%s", e.msg);
}

/* Out in either language, whole or a page of it, and back in: the same file. */
static void
test_round_trip(void **state)
{
	struct buf want = BUF_INIT, csv = BUF_INIT, out = BUF_INIT, wrong = BUF_INIT;
	const struct table_import im = { rb, "x.csv", NULL, true, &wrong };
	struct err e = ERR_INIT;

	(void)state;
	rules_write(&want, rb->doc);
	for (int s = -1; s < rb->stages; s++)
		for (int ja = 0; ja < 2; ja++) {
			buf_reset(&csv);
			buf_reset(&out);
			export(rb, s, ja, &csv);
			if (table_import(&im, csv.p, csv.n, &out, &e) < 0)
				fail_msg("%s\n%s", e.msg, wrong.n > 0 ? wrong.p : "");
			assert_string_equal(out.p, want.p);
		}
	buf_free(&want);
	buf_free(&csv);
	buf_free(&out);
	buf_free(&wrong);
}

/* The embedded rules with some text replaced. */
static struct rulebase *
amended(const char *from, const char *to, struct err *e)
{
	const char *at = strstr(rules_json, from);
	struct rulebase *out;
	char *s = NULL;
	int n;

	assert_non_null(at);
	n = asprintf(&s, "%.*s%s%s", (int)(at - rules_json), rules_json, to, at + strlen(from));
	assert_true(n > 0);
	out = rulebase_parse(s, (size_t)n, e);
	free(s);
	return out;
}

/* A rule that tests its facts in another order than its page says so, and keeps it. */
static void
test_order(void **state)
{
	static const char was[] = "\"when\": {\"physical_card\": [\"yes\"], \"portal\": [\"valid\"]}";
	static const char now[] = "\"when\": {\"portal\": [\"valid\"], \"physical_card\": [\"yes\"]}";
	struct err e = ERR_INIT;
	struct rulebase *other = amended(was, now, &e);
	struct buf csv = BUF_INIT, out = BUF_INIT, want = BUF_INIT, wrong = BUF_INIT;
	const struct table_import im = { rb, "x.csv", NULL, false, &wrong };

	(void)state;
	assert_non_null(other);
	export(other, -1, false, &csv);
	assert_non_null(strstr(csv.p, ",order of the conditions,"));
	assert_int_equal(table_import(&im, csv.p, csv.n, &out, &e), 0);
	rules_write(&want, other->doc);
	assert_string_equal(out.p, want.p);
	rulebase_free(other);
	buf_free(&csv);
	buf_free(&out);
	buf_free(&want);
	buf_free(&wrong);
}

/* An exception with its reason goes out and back in. */
static void
test_beats(void **state)
{
	static const char was[] = "\"then\": {\"path\": \"portal\", \"claim\": \"current\"}";
	static const char now[] = "\"beats\": {\"DOC-7\": \"the screen is newer\"}, "
	    "\"then\": {\"path\": \"portal\", \"claim\": \"current\"}";
	struct err e = ERR_INIT;
	struct rulebase *other = amended(was, now, &e);
	struct buf csv = BUF_INIT, out = BUF_INIT, want = BUF_INIT, wrong = BUF_INIT;
	const struct table_import im = { rb, "x.csv", NULL, false, &wrong };

	(void)state;
	assert_non_null(other);
	export(other, -1, true, &csv);
	assert_non_null(strstr(csv.p, ",DOC-7: the screen is newer,"));
	assert_int_equal(table_import(&im, csv.p, csv.n, &out, &e), 0);
	rules_write(&want, other->doc);
	assert_string_equal(out.p, want.p);
	rulebase_free(other);
	buf_free(&csv);
	buf_free(&out);
	buf_free(&want);
	buf_free(&wrong);
}

/* What cannot stand in a cell is not written as something else. */
static void
test_export_refuses(void **state)
{
	static const struct { const char *from, *to; } cases[] = {
		{ "\"en\": \"by card, valid\"", "\"en\": \"=1+1\"" },
		{ "\"en\": \"by card, valid\"", "\"en\": \"a|b\"" },
		{ "\"en\": \"by card, valid\"", "\"en\": \" valid\"" },
		{ "[[\"FC\", \"1\"]", "[[\"FC\", \"a|b\"]" },
	};
	struct buf csv = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct rulebase *other = amended(cases[i].from, cases[i].to, &e);
		int rc = 0;

		assert_non_null(other);
		for (int s = 0; s < other->stages && rc == 0; s++)
			rc = table_csv(&csv, other, s, true, &e);
		assert_int_equal(rc, -1);
		assert_int_equal(e.code, ERR_RULES);
		assert_non_null(strstr(e.msg, "FLOW-1: can not stand in a cell"));
		rulebase_free(other);
	}
	buf_free(&csv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vocabularies), cmocka_unit_test(test_vocabulary_falls_back),
		cmocka_unit_test(test_trim), cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_cells), cmocka_unit_test(test_write_embedded),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_order),
		cmocka_unit_test(test_beats), cmocka_unit_test(test_export_refuses),
	};

	return cmocka_run_group_tests_name("table", tests, load, unload);
}

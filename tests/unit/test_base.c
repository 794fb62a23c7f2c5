#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "json/json.h"

static int failures;

static void
check(bool good, const char *what, const char *name)
{
	if (!good) {
		failures++;
		print_error("failed: %s: %s\n", what, name);
	}
}

static void
test_date_typed(void **state)
{
	static const struct { const char *in, *want; } cases[] = {
		{ "2026-11-22", "2026-11-22" }, { "20261122", "2026-11-22" },
		{ "R8.11.22", "2026-11-22" }, { "r8/11/22", "2026-11-22" },
		{ "令和8年11月22日", "2026-11-22" }, { "令和元年5月1日", "2019-05-01" },
		{ "S55.2.17", "1980-02-17" }, { "昭和55年2月17日", "1980-02-17" },
		{ "H31.4.30", "2019-04-30" }, { "H1.1.8", "1989-01-08" },
		{ "T15.12.24", "1926-12-24" }, { "S1.12.25", "1926-12-25" },
		{ "M45.7.29", "1912-07-29" }, { "T1.7.30", "1912-07-30" },
		{ "H31.5.1", NULL }, { "R1.4.30", NULL }, { "S64.1.8", NULL },
		{ "S55.2.30", NULL }, { "R8.13.1", NULL }, { "R8.11", NULL },
		{ "R8.11.22x", NULL }, { "", NULL }, { "R", NULL }, { "X8.1.1", NULL },
		{ "2026-11-31", NULL }, { "2026-1-1", "2026-01-01" }, { "1899-12-31", NULL },
		{ "2100-12-31", "2100-12-31" }, { "2101-01-01", NULL }, { "2024-02-29", "2024-02-29" },
		{ "2023-02-29", NULL }, { "2000-02-29", "2000-02-29" }, { "1900-02-29", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int day = date_parse_any(cases[i].in);
		char out[DATE_ISO_LEN + 1] = "";

		if (day != DATE_NONE)
			date_format_iso(day, out);
		check(cases[i].want == NULL ? day == DATE_NONE : strcmp(out, cases[i].want) == 0,
		    "date", cases[i].in);
	}
	assert_int_equal(failures, 0);
}

static void
test_date_round_trip(void **state)
{
	const int last = date_from_ymd(2100, 12, 31);
	struct ymd was = { 1899, 12, 31 };

	(void)state;
	for (int day = date_from_ymd(1900, 1, 1); day <= last; day++) {
		const struct ymd t = date_to_ymd(day);

		assert_int_equal(date_from_ymd(t.y, t.m, t.d), day);
		assert_true(t.y * 10000 + t.m * 100 + t.d > was.y * 10000 + was.m * 100 + was.d);
		was = t;
	}
	assert_int_equal(date_from_ymd(1970, 1, 1), 0);
	assert_int_equal(date_from_ymd(2000, 3, 1), 11017);
}

static void
test_date_months(void **state)
{
	static const struct { const char *from; int months; const char *end, *same; } cases[] = {
		{ "2026-08-10", 3, "2026-11-30", "2026-11-10" },
		{ "2026-07-31", 3, "2026-10-31", "2026-10-31" },
		{ "2026-11-22", 3, "2027-02-28", "2027-02-22" },
		{ "2023-11-30", 3, "2024-02-29", "2024-02-29" },
		{ "2026-03-31", -1, "2026-02-28", "2026-02-28" },
		{ "2026-01-15", -3, "2025-10-31", "2025-10-15" },
	};
	char out[DATE_ISO_LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int day = date_parse_any(cases[i].from);

		date_format_iso(date_end_of_month_after(day, cases[i].months), out);
		check(strcmp(out, cases[i].end) == 0, "end of month", cases[i].from);
		date_format_iso(date_add_months(day, cases[i].months), out);
		check(strcmp(out, cases[i].same) == 0, "add months", cases[i].from);
	}
	assert_int_equal(date_of_unix_jst(1795273199), date_parse_any("2026-11-21"));
	assert_int_equal(failures, 0);
}

static void
test_json_strict(void **state)
{
	static const struct { const char *name, *in; size_t n; bool good; } cases[] = {
#define J(name, s, good) { name, s, sizeof(s) - 1, good }
		J("object", "{\"a\":1}", true),
		J("space around", " \n{\"a\" : [1, 2.5, true, null]}\r\n\t ", true),
		J("same key in two objects", "[{\"a\":1},{\"a\":2}]", true),
		J("key as value", "{\"a\":\"b\",\"b\":\"a\"}", true),
		J("empty", "", false),
		J("only space", "  \n", false),
		J("repeated key", "{\"a\":1,\"b\":2,\"a\":3}", false),
		J("repeated key deep", "[[{\"x\":{\"a\":1,\"a\":1}}]]", false),
		J("escaped key", "{\"\\u0061\":1}", false),
		J("trailing text", "{} x", false),
		J("two values", "{}{}", false),
		J("trailing comma", "{\"a\":1,}", false),
		J("single quotes", "{'a':1}", false),
		J("comment", "{/* */}", false),
		J("NaN", "[NaN]", false),
		J("leading zero", "[01]", false),
		J("bare word", "tru", false),
		J("unterminated string", "{\"a", false),
		J("unterminated object", "{\"a\":1", false),
		J("NUL byte", "{\"a\0\":1}", false),
		J("BOM", "\xef\xbb\xbf{}", false),
		J("broken UTF-8", "{\"a\":\"\xc3\"}", false),
		J("overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", false),
		J("surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", false),
		J("control in a string", "{\"a\":\"\x01\"}", false),
		J("UTF-16", "{\0}\0", false),
		J("stray bracket", "]", false),
		J("crossed brackets", "{\"a\":[}]", false),
#undef J
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;
		struct json *doc = js_parse(cases[i].in, cases[i].n, &e);

		check((doc != NULL) == cases[i].good && (e.code == ERR_NONE) == cases[i].good,
		    "json", cases[i].name);
		js_free(doc);
	}
	assert_int_equal(failures, 0);
}

static void
test_json_depth(void **state)
{
	static const int depths[] = { 32, 33, 100000 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const size_t n = (size_t)depths[i];
		struct err e = ERR_INIT;
		struct json *doc;
		char *s = malloc(2 * n);

		assert_non_null(s);
		memset(s, '[', n);
		memset(s + n, ']', n);
		doc = js_parse(s, 2 * n, &e);
		assert_int_equal(doc != NULL, depths[i] <= JS_DEPTH_MAX);
		js_free(doc);
		free(s);
	}
}

static void
test_json_write(void **state)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct json *doc;

	(void)state;
	jw_open(&w, NULL, '{');
	jw_str(&w, "s", "a\"\\\n\x1b\x7f\xc3髙");
	jw_str(&w, "n", NULL);
	jw_open(&w, "l", '[');
	jw_int(&w, NULL, -1);
	jw_bool(&w, NULL, true);
	jw_close(&w, ']');
	jw_close(&w, '}');
	assert_string_equal(b.p, "{\"s\":\"a\\\"\\\\\\u000a\\u001b\\u007f\xef\xbf\xbd髙\","
	    "\"n\":null,\"l\":[-1,true]}");
	doc = js_parse(b.p, b.n, &e);
	assert_non_null(doc);
	js_free(doc);
	buf_free(&b);
}

/* Whatever stands behind whatever: no line is wider than it may be, but for a closing sign. */
static void
test_wrapped_width(void **state)
{
	static const char claim[] = "摘要欄 不詳 住所:東京都架空区見本一丁目2番3号 事業所名:架空商事(株)、"
	    "連絡先:090-0000-0000 連絡先090-0000-0000)、(03-0000-0000)。「abc」:def：ghi。。。)";

	(void)state;
	for (int width = 12; width <= 80; width++)
		for (int indent = 0; indent <= 9; indent++) {
			struct buf b = BUF_INIT;
			char *line, *rest = NULL;

			text_add_wrapped(&b, claim, indent, width);
			for (line = strtok_r(b.p, "\n", &rest); line != NULL;
			    line = strtok_r(NULL, "\n", &rest)) {
				assert_true(text_width(line) <= width + 2);
				assert_true(line[strlen(line) - 1] != ' ');
			}
			buf_free(&b);
		}
}

static void
test_text_blank(void **state)
{
	static const char *const blank[] = { "", " ", "\t\r\n", "　　", "\u00a0\u2003\u2028" },
	    *const filled[] = { "a", "　a", "●", "\u200b", " \xff", "\xe3\x80" };

	(void)state;
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		assert_true(text_is_blank(blank[i]));
	for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++)
		assert_false(text_is_blank(filled[i]));
	assert_int_equal(text_upper('a'), 'A');
	assert_int_equal(text_upper(0xe9), 0xc9);
	assert_int_equal(text_upper(0x3042), 0x3042);
}

static void
test_text(void **state)
{
	struct buf b = BUF_INIT;
	char *s;

	(void)state;
	text_add_safe(&b, "a\x1b[31m\nb\xe2\x80\xae\xff" "𠮷");
	assert_string_equal(b.p, "a?[31m?b??𠮷");
	assert_int_equal(text_width("山田 ab𠮷"), 9);
	buf_reset(&b);
	text_add_wrapped(&b, "あいうえおかきくけこ。さ", 2, 22);
	assert_string_equal(b.p, "  あいうえおかきくけこ。\n  さ\n");
	/* one sign hangs over the edge, not a row of them, nor a word behind one */
	buf_reset(&b);
	text_add_wrapped(&b, "あいう。。。。え", 2, 8);
	assert_string_equal(b.p, "  あいう。\n  。。。\n  え\n");
	buf_reset(&b);
	text_add_wrapped(&b, "あいう)abc", 2, 8);
	assert_string_equal(b.p, "  あいう\n  )abc\n");
	/* nor is a blank left at the end */
	buf_reset(&b);
	text_add_wrapped(&b, "あいう。 ", 2, 12);
	assert_string_equal(b.p, "  あいう。\n");
	buf_reset(&b);
	/* a mark that is part of the kana before it */
	text_add_wrapped(&b, "ｴﾘｻﾞﾍﾞｽ", 2, 7);
	assert_string_equal(b.p, "  ｴﾘｻﾞﾍﾞ\n  ｽ\n");
	buf_reset(&b);
	text_add_wrapped(&b, "あいうえ：お", 2, 10);
	assert_string_equal(b.p, "  あいうえ：\n  お\n");
	/* a word that no line can hold is broken */
	buf_reset(&b);
	text_add_wrapped(&b, "あ abcdefghijklmnop", 2, 8);
	assert_string_equal(b.p, "  あ\n  abcdef\n  ghijkl\n  mnop\n");
	s = text_nfkc("１２３４");
	assert_string_equal(s, "1234");
	free(s);
	assert_null(text_nfkc("\xff"));
	assert_null(text_nfkc("山\xe7\x94"));
	s = text_nfkc("か\u3099山");
	assert_string_equal(s, "が山");
	free(s);
	s = text_nfkc_solid(" か \u309b\u3000山\t１ ");
	assert_string_equal(s, "が山1");
	free(s);
	assert_null(text_nfkc_solid("a\xff"));
	assert_null(text_nfkc_solid("\xef\xbe\u3000\x88"));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date_typed), cmocka_unit_test(test_date_round_trip),
		cmocka_unit_test(test_date_months), cmocka_unit_test(test_json_strict),
		cmocka_unit_test(test_json_depth), cmocka_unit_test(test_json_write),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_blank), cmocka_unit_test(test_wrapped_width),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}

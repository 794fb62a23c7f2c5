/* The rows that go out: CSV for scripts and for spreadsheets, NDJSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "list_text.h"

#include "batch/out.h"

/* A cell of somebody else's, as it is written for a script and for a spreadsheet. */
struct cell_case {
	const char	*name;
	const char	*cell;
	const char	*plain;
	const char	*spreadsheet;
};

#define SAME(s)	s, s, s
#define AS_TEXT(s) s, s, "\"=\"\"" s "\"\"\""

static const struct cell_case cells[] = {
	{ "text", SAME("内科") },
	{ "nothing", SAME("") },
	{ "comma", "a,b", "\"a,b\"", "\"a,b\"" },
	{ "quote", "a\"b", "\"a\"\"b\"", "\"a\"\"b\"" },
	{ "line end", "a\r\nb", "\"a\r\nb\"", "\"a\r\nb\"" },
	{ "blank before", " a", "\" a\"", "\" a\"" },
	{ "number", SAME("123") },
	{ "zero", SAME("0") },
	{ "eleven digits", SAME("12345678901") },
	{ "leading zero", AS_TEXT("012") },
	{ "twelve digits", AS_TEXT("123456789012") },
	{ "leading zero of full width", AS_TEXT("０１２") },
	{ "date", AS_TEXT("1-2") },
	{ "month and day", AS_TEXT("5月1日") },
	{ "era", AS_TEXT("R8.1.1") },
	{ "time", AS_TEXT("9:30") },
	{ "exponent", AS_TEXT("1E5") },
	{ "negative in brackets", AS_TEXT("(5)") },
	{ "fraction with a comma", "1,5", "\"1,5\"", "\"=\"\"1,5\"\"\"" },
	{ "digits and a quote", "5\"", "\"5\"\"\"", "\"5\"\"\"" },
	{ "words that begin as an era", SAME("Tokyo") },
	{ "formula", "=1+1", "\"'=1+1\"", "\"'=1+1\"" },
	{ "formula that calls", "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"",
	    "\"'=cmd|' /C calc'!A0\"" },
	{ "formula with quotes", "=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
	    "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
	{ "plus", "+81", "\"'+81\"", "\"'+81\"" },
	{ "minus", "-1", "\"'-1\"", "\"'-1\"" },
	{ "at", "@SUM(1)", "\"'@SUM(1)\"", "\"'@SUM(1)\"" },
	{ "tab", "\t=1", "\"'\t=1\"", "\"'\t=1\"" },
	{ "carriage return", "\r=1", "\"'\r=1\"", "\"'\r=1\"" },
	{ "line feed", "\n=1", "\"'\n=1\"", "\"'\n=1\"" },
	{ "blanks before a formula", " \u3000\u00a0=1", "\"' \u3000\u00a0=1\"",
	    "\"' \u3000\u00a0=1\"" },
	{ "formula of full width", "＝1+1", "\"'＝1+1\"", "\"'＝1+1\"" },
	{ "minus of full width", "－1", "\"'－1\"", "\"'－1\"" },
	{ "plus of full width", "＋1", "\"'＋1\"", "\"'＋1\"" },
	{ "at of full width", "＠a", "\"'＠a\"", "\"'＠a\"" },
	{ "equals within", SAME("a=1") },
};

#define PLAIN_HEAD "patient_id,status,copay_percent,path,changes,bring,warnings,retryable"

/* As patient, as extra, as the extra's name. */
static void
run_cell(void **state)
{
	const struct cell_case *c = *state;
	const struct extra extra = { c->cell, c->cell, NULL };
	const struct out_row row = { .patient_id = c->cell, .status = STATUS_VALID,
	    .copay_percent = 30, .path = "online_number", .extra = &extra, .extras = 1 };

	for (int sheet = 0; sheet < 2; sheet++) {
		const char *want = sheet ? c->spreadsheet : c->plain;
		const char *const end = sheet ? "\r\n" : "\n";
		const struct out_form form = { .spreadsheet = sheet, .name = &extra.name,
		    .names = 1 };
		struct buf got = BUF_INIT, all = BUF_INIT;

		out_csv_head(&got, &form);
		out_csv_row(&got, &form, &row);
		buf_addf(&all, "%s" PLAIN_HEAD ",%s%s", sheet ? "\xef\xbb\xbf" : "", want, end);
		buf_addf(&all, "%s,valid,30,online_number,,,,false,%s%s", want, want, end);
		assert_string_equal(got.p, all.p);
		buf_free(&got);
		buf_free(&all);
	}
}

static const struct change changes[] = {
	{ CHANGE_SYMBOL, NULL, "12" }, { CHANGE_NAME, "山田 \"太郎\"", "=1,2" },
};
static const struct note bring[] = { { "card", "マイナンバーカード", FACT_ABSENT } };
static const struct note warnings[] = {
	{ "certificate_grace", "電子証明書の期限", 20779 },	/* 2026-11-22 */
	{ "insurer_number_zero", "0を補った", FACT_ABSENT },
};

static struct out_row
full_row(void)
{
	return (struct out_row){ .patient_id = "P1", .status = STATUS_INVALID_NEW,
	    .copay_percent = FACT_ABSENT, .change = changes, .changes = N(changes),
	    .bring = bring, .brings = N(bring), .warning = warnings, .warnings = N(warnings),
	    .retryable = true };
}

static void
test_csv_lists(void **state)
{
	const struct out_form codes = { .ja = true }, texts = { .texts = true, .ja = true },
	    english = { .texts = true };
	const struct out_row row = full_row();
	struct buf got = BUF_INIT;

	(void)state;
	out_csv_row(&got, &codes, &row);
	out_csv_row(&got, &texts, &row);
	out_csv_row(&got, &english, &row);
	assert_string_equal(got.p,
	    "P1,invalid_new,,,\"symbol: (blank) -> 12; name: 山田 \"\"太郎\"\" -> =1,2\",card,"
	    "certificate_grace 2026-11-22; insurer_number_zero,true\n"
	    "P1,invalid_new,,,\"記号: (空欄) → 12; 氏名: 山田 \"\"太郎\"\" → =1,2\","
	    "マイナンバーカード,電子証明書の期限; 0を補った,true\n"
	    "P1,invalid_new,,,\"symbol: (blank) -> 12; name: 山田 \"\"太郎\"\" -> =1,2\","
	    "マイナンバーカード,電子証明書の期限; 0を補った,true\n");
	buf_free(&got);
}

static void
test_ndjson(void **state)
{
	const struct out_row nobody = { .status = STATUS_ERROR, .copay_percent = 100,
	    .path = "none" };
	const struct out_row row = full_row();
	struct buf got = BUF_INIT;

	(void)state;
	out_ndjson_row(&got, &row);
	out_ndjson_row(&got, &nobody);
	assert_string_equal(got.p, "{\"patient_id\":\"P1\",\"status\":\"invalid_new\","
	    "\"copay_percent\":null,\"path\":null,\"changes\":[{\"field\":\"symbol\",\"list\":null,"
	    "\"answer\":\"12\"},{\"field\":\"name\",\"list\":\"山田 \\\"太郎\\\"\","
	    "\"answer\":\"=1,2\"}],\"bring\":[{\"code\":\"card\",\"text\":\"マイナンバーカード\"}],"
	    "\"warnings\":[{\"code\":\"certificate_grace\",\"until\":\"2026-11-22\","
	    "\"text\":\"電子証明書の期限\"},{\"code\":\"insurer_number_zero\","
	    "\"text\":\"0を補った\"}],\"retryable\":true}\n"
	    "{\"patient_id\":null,\"status\":\"error\",\"copay_percent\":100,\"path\":\"none\","
	    "\"changes\":[],\"bring\":[],\"warnings\":[],\"retryable\":false}\n");
	buf_free(&got);
}

/* Names of ours stay ours; a name that was made so is told apart again. */
static void
test_extra_names(void **state)
{
	static const struct { const char *in, *out; } names[] = {
		{ "診療科", "診療科" }, { "name", "name" }, { "status", "list.status" },
		{ "extra", "list.extra" }, { "list.status", "list.list.status" },
		{ "list.list.status", "list.list.list.status" }, { "list.memo", "list.memo" },
		{ "Status", "Status" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(names); i++) {
		struct buf got = BUF_INIT;

		buf_adds(&got, "");
		out_extra_name(&got, names[i].in);
		assert_string_equal(got.p, names[i].out);
		buf_free(&got);
	}
}

/* Writes every row of a list as CSV and as NDJSON, extras only. */
static void
carry(const char *list, bool more, struct buf *csv, struct buf *ndjson)
{
	FILE *f = file_of(list, strlen(list));
	struct err e = ERR_INIT;
	struct list *l = list_open(f, &e);
	struct out_form form = { .more = more };
	struct row row;

	assert_non_null(l);
	form.name = list_extras(l, &form.names);
	out_csv_head(csv, &form);
	while (list_next(l, &row) != 0) {
		const struct out_row out = { .patient_id = row.given[COLUMN_PATIENT_ID],
		    .status = STATUS_VALID, .copay_percent = FACT_ABSENT, .extra = row.extra,
		    .extras = row.extras };

		out_csv_row(csv, &form, &out);
		out_ndjson_row(ndjson, &out);
	}
	assert_int_equal(list_close(l, &e), 0);
	fclose(f);
}

#define JSON_PART "\"status\":\"valid\",\"copay_percent\":null,\"path\":null,\"changes\":[],"	\
    "\"bring\":[],\"warnings\":[],\"retryable\":false"

static void
test_extras_of_csv(void **state)
{
	struct buf csv = BUF_INIT, ndjson = BUF_INIT;

	(void)state;
	carry("診療科," NEEDED ",status\n\"内科,①\"," ROW1 ", x \n,bad,,,,,\n", false, &csv, &ndjson);
	assert_string_equal(csv.p, PLAIN_HEAD ",診療科,list.status\n"
	    "P1,valid,,,,,,false,\"内科,①\",\" x \"\nbad,valid,,,,,,false,,\n");
	assert_string_equal(ndjson.p, "{\"patient_id\":\"P1\"," JSON_PART
	    ",\"診療科\":\"内科,①\",\"list.status\":\" x \"}\n"
	    "{\"patient_id\":\"bad\"," JSON_PART ",\"診療科\":\"\",\"list.status\":\"\"}\n");
	buf_free(&csv);
	buf_free(&ndjson);
}

/* A header's cell that Excel broke into lines, or that has quotes in it. */
static void
test_names_of_csv(void **state)
{
	struct buf csv = BUF_INIT, ndjson = BUF_INIT;

	(void)state;
	carry(NEEDED ",\"連絡\n事項\",\"\"\"急\"\"\\\"\n" ROW1 ",a,b\n", false, &csv, &ndjson);
	assert_string_equal(csv.p, PLAIN_HEAD ",\"連絡\n事項\",\"\"\"急\"\"\\\"\n"
	    "P1,valid,,,,,,false,a,b\n");
	assert_string_equal(ndjson.p, "{\"patient_id\":\"P1\"," JSON_PART
	    ",\"連絡\\u000a事項\":\"a\",\"\\\"急\\\"\\\\\":\"b\"}\n");
	buf_free(&csv);
	buf_free(&ndjson);
}

static void
test_extras_of_ndjson(void **state)
{
	struct buf csv = BUF_INIT, ndjson = BUF_INIT;

	(void)state;
	carry("{\"patient_id\":\"P1\",\"a\":\"x\",\"b\":1.50}\n"
	    "{\"b\":null,\"c\":[1,\"二\"],\"patient_id\":\"P2\",\"d\":\"y\"}\n", true, &csv,
	    &ndjson);
	assert_string_equal(csv.p, PLAIN_HEAD ",a,b,extra\n"
	    "P1,valid,,,,,,false,x,1.50,\n"
	    "P2,valid,,,,,,false,,,\"{\"\"c\"\":[1,\"\"二\"\"],\"\"d\"\":\"\"y\"\"}\"\n");
	assert_string_equal(ndjson.p,
	    "{\"patient_id\":\"P1\"," JSON_PART ",\"a\":\"x\",\"b\":1.50}\n"
	    "{\"patient_id\":\"P2\"," JSON_PART ",\"b\":null,\"c\":[1,\"二\"],\"d\":\"y\"}\n");
	buf_free(&csv);
	buf_free(&ndjson);
}

static void
test_status_names(void **state)
{
	static const char *const names[STATUS_MAX] = { "valid", "invalid", "invalid_new",
		"not_found", "multiple", "error" };

	(void)state;
	for (int s = 0; s < STATUS_MAX; s++) {
		assert_string_equal(status_name((enum status)s, false), names[s]);
		assert_string_not_equal(status_name((enum status)s, true), names[s]);
	}
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_csv_lists),
		cmocka_unit_test(test_ndjson),
		cmocka_unit_test(test_extra_names),
		cmocka_unit_test(test_extras_of_csv),
		cmocka_unit_test(test_names_of_csv),
		cmocka_unit_test(test_extras_of_ndjson),
		cmocka_unit_test(test_status_names),
	};
	struct CMUnitTest tests[N(cells) + N(others)];
	size_t n = 0;

	ADD_TABLE(tests, n, cells, run_cell);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests("rows that go out", tests, N(tests), NULL, NULL);
}

/* The strict reader: one row for each thing json-c alone would let pass, or nearly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const struct row {
	const char	*text;	/* also the name of the case */
	bool		 good;
} rows[] = {
	{ "{}", true },
	{ "[]", true },
	{ "\"x\"", true },
	{ "1", true },
	{ "true", true },
	{ " [1, true ,false,null]\r\n\t", true },
	{ "[0,-0,10,-1.5,0.5e3,1E-2,2e+10]", true },
	{ "[9223372036854775808]", true },
	{ "[\"\\/\\b\\u00e9\"]", true },
	{ "[\"\x7f\"]", true },
	{ "{\"a\":{\"b\":1},\"b\":1}", true },
	{ "{\"\":1}", true },
	{ "", false },
	{ " ", false },
	{ "null", false },
	{ "[1]x", false },
	{ "{}{}", false },
	{ "[1,]", false },
	{ "{\"a\":1,}", false },
	{ "{\"a\" 1}", false },
	{ "{a:1}", false },
	{ "{'a':1}", false },
	{ "{'a':1,'a':2}", false },
	{ "['a']", false },
	{ "[00]", false },
	{ "[012]", false },
	{ "[-01]", false },
	{ "[-00.1]", false },
	{ "[1.]", false },
	{ "[2.e3]", false },
	{ "[.5]", false },
	{ "[-.5]", false },
	{ "[+1]", false },
	{ "[-]", false },
	{ "[1e]", false },
	{ "[1e+]", false },
	{ "[0x1]", false },
	{ "[1 2]", false },
	{ "[1.2.3]", false },
	{ "[NaN]", false },
	{ "[nan]", false },
	{ "[Infinity]", false },
	{ "[-Infinity]", false },
	{ "[TRUE]", false },
	{ "[nUll]", false },
	{ "[tru]", false },
	{ "[truefalse]", false },
	{ "[\"\t\"]", false },
	{ "[\"\n\"]", false },
	{ "[\"\x1f\"]", false },
	{ "[\"\\x\"]", false },
	{ "[\"\\u12\"]", false },
	{ "[\"x]", false },
	{ "[\"x\\", false },
	{ "[1\f]", false },
	{ "//x\n[1]", false },
	{ "[/**/1]", false },
	{ "\xef\xbb\xbf[1]", false },
	{ "[\"\xff\"]", false },
	{ "{\"a\":1,\"a\":2}", false },
	{ "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}", false },
	{ "{\"\\u0061\":1}", false },
	{ "{\"\x7f\":1}", false },
	{ "]", false },
	{ "{]", false },
};

static void
test_row(void **state)
{
	const struct row *r = *state;
	struct err e = ERR_INIT;
	struct json *doc = js_parse(r->text, strlen(r->text), &e);

	assert_int_equal(doc != NULL, r->good);
	assert_int_equal(e.code, r->good ? ERR_NONE : ERR_MALFORMED);
	js_free(doc);
}

static void
test_depth(void **state)
{
	char text[2 * JS_DEPTH_MAX + 2];
	struct err e = ERR_INIT;
	struct json *doc;

	(void)state;
	memset(text, '[', JS_DEPTH_MAX + 1);
	memset(text + JS_DEPTH_MAX + 1, ']', JS_DEPTH_MAX + 1);
	assert_null(js_parse(text, sizeof(text), &e));
	err_clear(&e);
	doc = js_parse(text + 1, 2 * JS_DEPTH_MAX, &e);
	assert_non_null(doc);
	js_free(doc);
}

static void
test_nul(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(js_parse("[1]\0", 4, &e));
}

#define KEY_63	"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

/* What js_parse() reads itself when no string has an escape, and json-c otherwise. */
static const char *const both[] = {
	"0", "7", "-7", "-0", "999999999999999999", "1000000000000000000", "9223372036854775807",
	"9223372036854775808", "1.50", "1e3", "true", "false", "null", "\"\"", "\"\x7f\"", "\"山\"",
	"[]", "{}", "[ ]", "{ }", "[[],[null,[true,{}]],1,2,3,4,5,6]", "{\"\":null,\"a\":{\"a\":[1]}}",
	" {\t\"a\" :\r\n1 , \"b\": [ 2 ,3 ] } ", "{\"" KEY_63 "\":1}", "{\"" KEY_63 "h\":1}",
};

/* [TEXT,"/"], its stroke with an escape or without, as it is written again. */
static void
read_beside(const char *text, bool escape, struct buf *out)
{
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	struct jw w = { out, false };
	struct json *doc;

	buf_addf(&b, "[%s,\"%s/\"]", text, escape ? "\\" : "");
	doc = js_parse(b.p, b.n, &e);
	assert_non_null(doc);
	jw_json(&w, NULL, doc);
	js_free(doc);
	buf_free(&b);
}

static void
test_both(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(both); i++) {
		struct buf plain = BUF_INIT, escaped = BUF_INIT;

		read_beside(both[i], false, &plain);
		read_beside(both[i], true, &escaped);
		assert_string_equal(plain.p, escaped.p);
		buf_free(&plain);
		buf_free(&escaped);
	}
}

/* Keys k1, k2 and so on, the last of them k2 once more. */
static void
test_many_keys(void **state)
{
	(void)state;
	for (int n = 3; n < 100; n++)
		for (int twice = 0; twice < 2; twice++) {
			struct err e = ERR_INIT;
			struct buf b = BUF_INIT;
			struct json *doc;

			for (int i = 1; i <= n; i++)
				buf_addf(&b, "%c\"k%d\":1", i == 1 ? '{' : ',',
				    i == n && twice ? 2 : i);
			buf_addc(&b, '}');
			doc = js_parse(b.p, b.n, &e);
			assert_int_equal(doc == NULL, twice);
			assert_string_equal(e.msg, twice ? "line 1: key \"k2\" stands twice" : "");
			js_free(doc);
			buf_free(&b);
		}
}

int
main(void)
{
	static struct CMUnitTest tests[N(rows) + 4];
	size_t n = 0;

	for (; n < N(rows); n++)
		tests[n] = (struct CMUnitTest){ rows[n].text, test_row, NULL, NULL,
		    (void *)(uintptr_t)&rows[n] };
	tests[n++] = (struct CMUnitTest){ "depth limit", test_depth, NULL, NULL, NULL };
	tests[n++] = (struct CMUnitTest){ "a NUL after the document", test_nul, NULL, NULL, NULL };
	tests[n++] = (struct CMUnitTest){ "read by itself and by json-c", test_both, NULL, NULL,
	    NULL };
	tests[n++] = (struct CMUnitTest){ "few keys and many, one of them twice", test_many_keys,
	    NULL, NULL, NULL };
	return _cmocka_run_group_tests("json", tests, n, NULL, NULL);
}

/*
 * RFC 8259 case by case: what must be read, what must be refused, and what it
 * leaves to an implementation with what this one does (json/json.h).  The
 * groups are those a grammar has: structure, strings, numbers, literals,
 * blanks, encoding.  A name is the text where that can be shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

struct text {
	const char	*p;
	size_t		 n;
};
#define T(s)	{ s, sizeof(s) - 1 }

static const struct text accept[] = {
	/* structure */
	T("[]"), T("{}"), T("[[]]"), T("[[],[]]"), T("[{}]"), T("{\"a\":{}}"), T("{\"a\":[]}"),
	T("[1,2,3]"), T("{\"a\":1,\"b\":2}"), T("{\"\":0}"), T("{\"a\":null}"), T("[null]"),
	T("[null,1,\"2\",{},[],true,false]"), T("{\"a\":\"b\",\"c\":\"b\"}"),
	T("{\"a\":{\"a\":{\"a\":1}}}"), T("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"),
	/* a scalar alone */
	T("0"), T("-1"), T("\"\""), T("\"a\""), T("true"), T("false"), T("1.5e3"),
	/* blanks */
	T(" []"), T("[] "), T("\t[\t]\t"), T("\n[\n]\n"), T("\r\n[\r\n1\r\n]\r\n"),
	T("[ 1 , 2 ]"), T("{ \"a\" : 1 }"), T(" 1 "), T("[]\n\n"),
	/* numbers */
	T("[0]"), T("[-0]"), T("[10]"), T("[123456789]"), T("[0.0]"), T("[-0.0]"), T("[1.0]"),
	T("[0.00000000001]"), T("[1e0]"), T("[1E5]"), T("[1e+5]"), T("[1E-5]"), T("[0e0]"),
	T("[0e+1]"), T("[1.5e10]"), T("[-1.5E+10]"), T("[1.50]"), T("[20e1]"), T("[1e00005]"),
	T("[0.1e1]"),
	/* strings */
	T("[\"\"]"), T("[\" \"]"), T("[\"a\"]"), T("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
	T("[\"\\u0041\"]"), T("[\"\\u00e9\\u00E9\"]"), T("[\"\\u3042\"]"),
	T("[\"\\ud834\\udd1e\"]"), T("[\"\\uFFFF\"]"), T("[\"/\"]"), T("[\"\x7f\"]"),
	T("[\"\xc2\x80\"]"), T("[\"\xe2\x80\xa8\xe2\x80\xa9\"]"),
	T("[\"\xe5\xb1\xb1\xe7\x94\xb0\"]"), T("[\"\xf0\x9d\x84\x9e\"]"),
	T("[\"\xef\xbb\xbf\"]"), T("[\"\xef\xbf\xbe\"]"), T("[\"\xf4\x8f\xbf\xbf\"]"),
	T("[\"'\"]"), T("[\"// no comment\"]"), T("[\"[]{},:\"]"), T("[\"null\"]"),
	T("{\"\xe5\xb1\xb1\":1}"), T("[\"\\u0001\\u001f\"]"), T("[\"a\\\\\"]"),
	T("[\"\\\\u0000\"]"), T("[\"\\u0022\\u005c\"]"),
};

static const struct text reject[] = {
	/* nothing, or not all of it */
	T(""), T(" "), T("\n"), T("["), T("]"), T("{"), T("}"), T("[1"), T("[1,"), T("{\"a\""),
	T("{\"a\":"), T("{\"a\":1"), T("{\"a\":1,"), T("[[1]"), T("[\"a"), T("[\"a\\"),
	T("[\"a\\\""), T("[\"\\u00"), T("\""), T("[tru"), T("nul"), T("{\"a\":\"b"), T("[{"),
	T("[{\"a\":1"),
	/* too much */
	T("[]]"), T("[][]"), T("{}{}"), T("[] x"), T("1 2"), T("true false"), T("\"a\"\"b\""),
	T("{}}"), T("[],"), T("[]#"), T("[]\xe3\x80\x80"), T("1]"), T("null,"), T("[1]\"\""),
	T("{\"a\":1}:2"),
	/* commas and colons */
	T("[,]"), T("[1,]"), T("[,1]"), T("[1,,2]"), T("[1,,]"), T("[1 2]"), T("[1;2]"),
	T("{,}"), T("{\"a\":1,}"), T("{,\"a\":1}"), T("{\"a\":1,,\"b\":2}"), T("{\"a\" 1}"),
	T("{\"a\"::1}"), T("{\"a\",1}"), T("{\"a\":}"), T("{:1}"), T("{\"a\":1 \"b\":2}"),
	T("{\"a\":1:2}"), T("[1:2]"), T("[\"a\":1]"), T(","), T(":"), T("{\"a\"}"),
	T("{\"a\",\"b\"}"), T("[\"a\",\n1\n,"), T("{\"a\"=1}"), T("[1,\n,2]"),
	/* brackets that do not match */
	T("[}"), T("{]"), T("[{]}"), T("{\"a\":[}"), T("[1}"), T("{\"a\":1]"), T("[[1}]"),
	T("(1)"), T("<1>"),
	/* keys that are none */
	T("{a:1}"), T("{1:1}"), T("{null:1}"), T("{true:1}"), T("{'a':1}"), T("{[]:1}"),
	T("{{}:1}"), T("{\"a\":1,b:2}"), T("{*:1}"), T("{\"a\"\"b\":1}"), T("{ : 1}"),
	/* literals */
	T("[True]"), T("[TRUE]"), T("[False]"), T("[Null]"), T("[NULL]"), T("[nil]"),
	T("[undefined]"), T("[tRue]"), T("[truee]"), T("[truetrue]"), T("[true1]"), T("[nulll]"),
	T("[falsey]"), T("[yes]"), T("[t]"), T("[n]"), T("[fals]"), T("True"), T("NULL"),
	T("[true\"a\"]"), T("[null{}]"), T("[*]"), T("[$]"), T("[a]"), T("[\\u006eull]"),
	/* numbers */
	T("[+1]"), T("[-]"), T("[--1]"), T("[- 1]"), T("[01]"), T("[-01]"), T("[00]"),
	T("[-00]"), T("[0123]"), T("[1.]"), T("[.1]"), T("[-.1]"), T("[-1.]"), T("[0.]"),
	T("[1.e1]"), T("[1..2]"), T("[1.2.3]"), T("[1e]"), T("[1e+]"), T("[1E-]"), T("[1ee1]"),
	T("[1e1.5]"), T("[1e+-1]"), T("[e1]"), T("[0e]"), T("[0.3e]"), T("[0x10]"), T("[0xg]"),
	T("[0b1]"), T("[0o7]"), T("[1_000]"), T("[1,000.]"), T("[1a]"), T("[1.5f]"), T("[1L]"),
	T("[NaN]"), T("[nan]"), T("[-NaN]"), T("[Infinity]"), T("[-Infinity]"), T("[inf]"),
	T("[+Infinity]"), T("[1/2]"), T("[1+1]"), T("[1 000]"), T("[\xef\xbc\x91]"),
	T("[\xd9\xa1]"), T("[-a]"), T("[2.e+3]"), T("[1e0e]"), T("[9.e+]"), T("+1"), T(".5"),
	T("012"), T("-"), T("[1-1]"), T("[-1x]"), T("[1 .5]"),
	/* strings */
	T("['a']"), T("[a\"]"), T("[\"a]"), T("[`a`]"), T("[\"\\x41\"]"), T("[\"\\a\"]"),
	T("[\"\\v\"]"), T("[\"\\0\"]"), T("[\"\\'\"]"), T("[\"\\u\"]"), T("[\"\\u1\"]"),
	T("[\"\\u12\"]"), T("[\"\\u123\"]"), T("[\"\\u12g4\"]"), T("[\"\\U0041\"]"),
	T("[\"\\u 041\"]"), T("[\"\\u{41}\"]"), T("[\"\\u+041\"]"), T("[\"\\\"]"),
	T("[\"\\ \"]"), T("[\"\\\n\"]"), T("[\"\t\"]"), T("[\"\n\"]"), T("[\"\r\"]"),
	T("[\"\x01\"]"), T("[\"\x1f\"]"), T("[\"a\nb\"]"), T("\"a\nb\""), T("[\"\\N\"]"),
	T("[\"\\8\"]"), T("[\"\\u-123\"]"), T("[\"\\uD8\"]"), T("[\"\\\xe5\xb1\xb1\"]"),
	T("[\xe2\x80\x9c" "a\xe2\x80\x9d]"), T("[\\\"a\\\"]"), T("[\"\\u00A\"]"), T("[\"\\e\"]"),
	/* what is no blank */
	T("[\f]"), T("[\v]"), T("[\b1]"), T("\f[]"), T("[\xc2\xa0]"), T("[\xe3\x80\x80]"),
	T("\xe2\x81\xa0[]"), T("[1\x0c]"), T("[1\x1c]"), T("[\x01]"), T("\x7f[]"),
	T("[\xe2\x80\xa8]"), T("[\xc2\x85]"),
	/* comments */
	T("//\n[]"), T("[]//"), T("[/**/]"), T("/**/[]"), T("[]/**/"), T("[1/*,2*/]"),
	T("#\n[]"), T("{\"a\":/**/1}"), T("[1]/"), T("<!-- -->[]"),
	/* NUL */
	T("\0"), T("[]\0"), T("\0[]"), T("[1\0]"), T("[\"a\0b\"]"), T("{\"a\0\":1}"),
	T("[\0" "1]"), T("1\0"),
	/* what is no UTF-8 */
	T("[\"\xff\"]"), T("[\"\xfe\"]"), T("[\"\x80\"]"), T("[\"\xbf\"]"), T("[\"\xc3\"]"),
	T("[\"\xc3\x28\"]"), T("[\"\xe5\xb1\"]"), T("[\"\xe5\x28\xb1\"]"),
	T("[\"\xf0\x9d\x84\"]"), T("[\"\xc0\xaf\"]"), T("[\"\xc1\xbf\"]"),
	T("[\"\xe0\x80\xaf\"]"), T("[\"\xf0\x80\x80\xaf\"]"), T("[\"\xed\xa0\x80\"]"),
	T("[\"\xed\xbf\xbf\"]"), T("[\"\xf4\x90\x80\x80\"]"), T("[\"\xf5\x80\x80\x80\"]"),
	T("[\"\xf8\x88\x80\x80\x80\"]"), T("[\"\xfc\x84\x80\x80\x80\x80\"]"), T("{\"\xff\":1}"),
	T("[\xe9]"), T("[\"\x8e\x52\x93\x63\"]"), T("\xff"), T("[1]\xff"), T("\xff\xfe[\0]\0"),
	T("\xfe\xff\0[\0]"), T("[\0]\0"), T("\0[\0]"),
	/* other notations */
	T("<a/>"), T("a=1"), T("---\n- 1"), T("[1..3]"), T("(null)"), T("{\"a\":b}"), T("[,,]"),
	T("[\"a\"+\"b\"]"), T("callback([])"), T("[1,2,...]"), T("{a}"), T("[a: 1]"), T("@"),
	T("\\n"), T("[\\]"), T("[&]"),
};

/* Left open by the RFC; every one of these is documented in json/json.h. */
static const struct choice {
	const char	*name;
	struct text	 text;
	bool		 read;
	const char	*again;		/* as it is written again, NULL: as it was */
} choices[] = {
	{ "a null alone is refused", T("null"), false, NULL },
	{ "a byte-order mark is refused", T("\xef\xbb\xbf[]"), false, NULL },
	{ "a key that stands twice is refused", T("{\"a\":1,\"a\":1}"), false, NULL },
	{ "the same in an inner object", T("[{\"a\":{\"b\":1,\"b\":2}}]"), false, NULL },
	{ "a key with an escape is refused", T("{\"\\u0061\":1}"), false, NULL },
	{ "a key with a DEL is refused", T("{\"\x7f\":1}"), false, NULL },
	{ "a number beyond 64 bits is written as it was", T("[123456789012345678901234567890]"), true, NULL },
	{ "the same below zero", T("[-123456789012345678901234567890]"), true, NULL },
	{ "the same among others, and behind what looks like one",
	    T("{\"a 1\":[-3,1.50,\"7\\\"8\",12345678901234567890123,null,{\"b\":18446744073709551616}],"
	    "\"c\":9223372036854775808,\"d\":-9223372036854775808,\"e\":true}"), true, NULL },
	{ "the same alone", T("12345678901234567890123"), true, NULL },
	{ "a small difference survives", T("[1.0000000000000002]"), true, NULL },
	{ "an exponent that is too large is infinite", T("[1e999]"), true, NULL },
	{ "an exponent that is too small is zero", T("[1e-999]"), true, NULL },
	{ "minus zero", T("[-0]"), true, "[0]" },
	{ "a half of a pair becomes U+FFFD", T("[\"\\ud834\"]"), true, "[\"\xef\xbf\xbd\"]" },
	{ "the other half, too", T("[\"\\udd1e\"]"), true, "[\"\xef\xbf\xbd\"]" },
	{ "halves in the wrong order", T("[\"\\udd1e\\ud834\"]"), true, "[\"\xef\xbf\xbd\xef\xbf\xbd\"]" },
	{ "a half and a letter", T("[\"\\ud834x\"]"), true, "[\"\xef\xbf\xbdx\"]" },
	{ "a half and another escape", T("[\"\\ud834\\n\"]"), true, "[\"\xef\xbf\xbd\\u000a\"]" },
	{ "a string that holds a NUL is no string", T("[\"\\u0000\"]"), true, "[null]" },
	{ "a noncharacter", T("[\"\\ufffe\"]"), true, "[\"\xef\xbf\xbe\"]" },
};

static struct json *
read_text(const struct text *t, struct err *e)
{
	/* as long as the text and no longer, so that a sanitizer sees its end */
	char *copy = malloc(t->n + (t->n == 0));
	struct json *doc;

	assert_non_null(copy);
	memcpy(copy, t->p, t->n);
	doc = js_parse(copy, t->n, e);
	free(copy);
	return doc;
}

static void
run_accept(void **state)
{
	struct err e = ERR_INIT;
	struct json *doc = read_text(*state, &e);

	assert_non_null(doc);
	assert_int_equal(e.code, ERR_NONE);
	js_free(doc);
}

static void
run_reject(void **state)
{
	struct err e = ERR_INIT;

	assert_null(read_text(*state, &e));
	assert_int_equal(e.code, ERR_MALFORMED);
	assert_true(e.msg[0] != '\0');
}

static void
run_choice(void **state)
{
	const struct choice *c = *state;
	struct err e = ERR_INIT;
	struct json *doc = read_text(&c->text, &e);
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	assert_int_equal(doc != NULL, c->read);
	assert_int_equal(e.code, c->read ? ERR_NONE : ERR_MALFORMED);
	if (doc != NULL) {
		jw_json(&w, NULL, doc);
		assert_string_equal(b.p, c->again != NULL ? c->again : c->text.p);
	}
	buf_free(&b);
	js_free(doc);
}

static size_t added;
static struct CMUnitTest tests[N(accept) + N(reject) + N(choices)];

/* "accept 3: [1,2]", with what cannot be shown as '.' */
static char *
name_of(const char *group, size_t i, const struct text *t)
{
	char shown[48], *name = NULL;
	size_t n = 0;

	for (; n < t->n && n < sizeof(shown) - 1; n++)
		shown[n] = t->p[n] > ' ' && t->p[n] < 0x7f && t->p[n] != '#' ? t->p[n] : '.';
	shown[n] = '\0';
	if (asprintf(&name, "%s %zu: %s", group, i + 1, shown) < 0)
		abort();
	return name;
}

static void
add(const char *name, CMUnitTestFunction run, const void *state)
{
	tests[added++] = (struct CMUnitTest){ name, run, NULL, NULL, (void *)(uintptr_t)state };
}

int
main(void)
{
	int failed;

	for (size_t i = 0; i < N(accept); i++)
		add(name_of("accept", i, &accept[i]), run_accept, &accept[i]);
	for (size_t i = 0; i < N(reject); i++)
		add(name_of("reject", i, &reject[i]), run_reject, &reject[i]);
	for (size_t i = 0; i < N(choices); i++)
		add(choices[i].name, run_choice, &choices[i]);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < N(accept) + N(reject); i++)
		free((char *)(uintptr_t)tests[i].name);
	return failed;
}

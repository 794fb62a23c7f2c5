/*
 * The strict reader of JSON beside two others.  A recogniser of RFC 8259 that
 * was written for this file says what is JSON at all: nothing else may be
 * taken, and what is JSON and refused must be for a reason that json.h names.
 * json-c says what the value is: where it reads the text too, both are equal.
 * And what is written out again is read as the same.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/json.h"
#include "must.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of a text. */
struct rest {
	const char	*p;
	const char	*end;
	int		 depth;
	int		 deepest;
	bool		 odd_key;	/* one with an escape or a DEL */
};

static bool	is_value(struct rest *r);

static char
peek(const struct rest *r)
{
	return r->p < r->end ? *r->p : '\0';
}

static bool
is_char(struct rest *r, char c)
{
	if (peek(r) != c || r->p == r->end)
		return false;
	r->p++;
	return true;
}

static void
skip_blanks(struct rest *r)
{
	while (r->p < r->end && memchr(" \t\n\r", *r->p, 4) != NULL)
		r->p++;
}

static bool
is_word(struct rest *r, const char *word)
{
	const size_t n = strlen(word);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
		return false;
	r->p += n;
	return true;
}

/* How many digits; a hexadecimal one is one only where base is 16. */
static int
digits(struct rest *r, int base, int max)
{
	int n = 0;

	for (; n < max && r->p < r->end; n++, r->p++) {
		const char c = *r->p;
		const bool hex = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (!(c >= '0' && c <= '9') && !(base == 16 && hex))
			break;
	}
	return n;
}

static bool
is_escape(struct rest *r)
{
	if (is_char(r, 'u'))
		return digits(r, 16, 4) == 4;
	if (r->p == r->end || memchr("\"\\/bfnrt", *r->p, 8) == NULL)
		return false;
	r->p++;
	return true;
}

/* *odd: it holds what a key may not. */
static bool
is_string(struct rest *r, bool *odd)
{
	if (!is_char(r, '"'))
		return false;
	while (r->p < r->end && *r->p != '"') {
		const unsigned char c = (unsigned char)*r->p++;

		if (c < 0x20)
			return false;
		*odd |= c == '\\' || c == 0x7f;
		if (c == '\\' && !is_escape(r))
			return false;
	}
	return is_char(r, '"');
}

static bool
is_number(struct rest *r)
{
	(void)is_char(r, '-');
	if (!is_char(r, '0') && digits(r, 10, INT32_MAX) == 0)
		return false;
	if (is_char(r, '.') && digits(r, 10, INT32_MAX) == 0)
		return false;
	if (!is_char(r, 'e') && !is_char(r, 'E'))
		return true;
	if (!is_char(r, '+'))
		(void)is_char(r, '-');
	return digits(r, 10, INT32_MAX) > 0;
}

static bool
is_member(struct rest *r)
{
	skip_blanks(r);
	if (!is_string(r, &r->odd_key))
		return false;
	skip_blanks(r);
	return is_char(r, ':') && is_value(r);
}

/* The opening bracket has been taken. */
static bool
is_rest_of(struct rest *r, char closing)
{
	if (++r->depth > r->deepest)
		r->deepest = r->depth;
	skip_blanks(r);
	if (!is_char(r, closing)) {
		do {
			if (!(closing == '}' ? is_member(r) : is_value(r)))
				return false;
		} while (is_char(r, ','));
		if (!is_char(r, closing))
			return false;
	}
	r->depth--;
	return true;
}

static bool
is_value(struct rest *r)
{
	bool ignored = false, good;

	skip_blanks(r);
	if (is_char(r, '{'))
		good = is_rest_of(r, '}');
	else if (is_char(r, '['))
		good = is_rest_of(r, ']');
	else if (peek(r) == '"')
		good = is_string(r, &ignored);
	else
		good = is_word(r, "true") || is_word(r, "false") || is_word(r, "null") || is_number(r);
	skip_blanks(r);
	return good;
}

/* Is it JSON?  With its depth, and whether it has such keys. */
static bool
is_json(const char *text, size_t n, struct rest *r)
{
	*r = (struct rest){ text, text + n, 0, 0, false };
	return text_is_utf8(text, n) && is_value(r) && r->p == r->end;
}

/* What json-c makes of it when it must end there; NULL also for a null. */
static struct json_object *
read_other(const char *text, size_t n)
{
	struct json_tokener *tok = json_tokener_new_ex(JS_DEPTH_MAX + 1);
	struct json_object *o;

	must(tok != NULL);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text, (int)n);
	if (o == NULL && json_tokener_get_error(tok) == json_tokener_continue)
		o = json_tokener_parse_ex(tok, "\n", 1);
	if (json_tokener_get_error(tok) != json_tokener_success) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

static struct json_object *
of(struct json *doc)
{
	return (struct json_object *)doc;
}

static void
check_written(struct json *doc)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct rest r;
	struct json *again;
	struct buf twice = BUF_INIT;
	struct jw w2 = { &twice, false };

	jw_json(&w, NULL, doc);
	must(!b.failed && is_json(b.p, b.n, &r));
	/* a string that holds a NUL is written as null, and a document of it is refused */
	if ((again = js_parse(b.p, b.n, &e)) != NULL) {
		jw_json(&w2, NULL, again);
		must(b.n == twice.n && memcmp(b.p, twice.p, b.n) == 0);
	} else {
		must(strcmp(b.p, "null") == 0);
	}
	js_free(again);
	buf_free(&b);
	buf_free(&twice);
}

static void
check_refusal(const struct err *e, bool json, const struct rest *r)
{
	must(e->code == ERR_MALFORMED && e->msg[0] != '\0');
	if (!json)
		return;
	must(r->odd_key || r->deepest > JS_DEPTH_MAX || strstr(e->msg, "stands twice") != NULL ||
	    strcmp(e->msg, "null document") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct err e = ERR_INIT;
	struct json *doc = js_parse(text, size, &e);
	struct json_object *other;
	struct rest r;
	const bool json = is_json(text, size, &r);

	must((doc == NULL) == (e.code != ERR_NONE));
	if (doc == NULL) {
		check_refusal(&e, json, &r);
		return 0;
	}
	must(json && !r.odd_key && r.deepest <= JS_DEPTH_MAX);
	if ((other = read_other(text, size)) != NULL)
		must(json_object_equal(of(doc), other));
	json_object_put(other);
	check_written(doc);
	js_free(doc);
	return 0;
}

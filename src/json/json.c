#include "json/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/scan.h"

/* struct json is json-c's object under a name of our own. */
static struct json_object *
jc(const struct json *v)
{
	return (struct json_object *)(uintptr_t)v;
}

static const struct json *
from_jc(struct json_object *o)
{
	return (const struct json *)o;
}

#define KEY_MAX		63	/* bytes; with a longer one a document is json-c's to read */
#define DIGITS_MAX	18
#define ELEMENTS	4	/* for which an array has room at first */

/* What is left of a document that scan_document() has passed, without an escape. */
struct build {
	const char	*p;
	const char	*end;
};

/* What comes next, blanks aside; '\0' at the end. */
static char
build_peek(struct build *b)
{
	while (b->p < b->end && scan_is_space(*b->p))
		b->p++;
	return b->p < b->end ? *b->p : '\0';
}

static bool
build_token(struct build *b, char c)
{
	if (build_peek(b) != c)
		return false;
	b->p++;
	return true;
}

/* Up to the closing quote; the opening one has been taken. */
static bool
build_text(struct build *b, const char **s, size_t *n)
{
	const char *end = memchr(b->p, '"', (size_t)(b->end - b->p));

	if (end == NULL)
		return false;
	*s = b->p;
	*n = (size_t)(end - b->p);
	b->p = end + 1;
	return true;
}

static bool	build_value(struct build *b, struct json_object **out);

static bool
build_member(struct build *b, struct json_object *o)
{
	struct json_object *v = NULL;
	char key[KEY_MAX + 1];
	const char *s;
	size_t n;

	if (!build_token(b, '"') || !build_text(b, &s, &n) || n > KEY_MAX)
		return false;
	memcpy(key, s, n);
	key[n] = '\0';
	/* the scan has seen to it that no key stands twice */
	if (build_token(b, ':') && build_value(b, &v) &&
	    json_object_object_add_ex(o, key, v, JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0)
		return true;
	json_object_put(v);
	return false;
}

static bool
build_element(struct build *b, struct json_object *a)
{
	struct json_object *v = NULL;

	if (build_value(b, &v) && json_object_array_add(a, v) == 0)
		return true;
	json_object_put(v);
	return false;
}

/* Members or elements up to the bracket that closes o. */
static bool
build_all(struct build *b, struct json_object *o, char closing)
{
	if (o == NULL)
		return false;
	if (build_token(b, closing))
		return true;
	do {
		if (!(closing == '}' ? build_member(b, o) : build_element(b, o)))
			return false;
	} while (build_token(b, ','));
	return build_token(b, closing);
}

/* Whole numbers that fit for certain; others are json-c's to read. */
static bool
build_number(struct build *b, struct json_object **out)
{
	const char *from = b->p;
	int64_t v = 0;

	while (b->p < b->end && *b->p >= '0' && *b->p <= '9' && b->p - from < DIGITS_MAX)
		v = 10 * v + (*b->p++ - '0');
	if (b->p == from || b->p == b->end || strchr(".eE0123456789", *b->p) != NULL)
		return false;
	return (*out = json_object_new_int64(v)) != NULL;
}

/* One of null, true and false: the scan has passed it. */
static bool
build_literal(struct build *b, struct json_object **out)
{
	const char first = *b->p;

	b->p += first == 'f' ? strlen("false") : strlen("true");
	*out = first == 'n' ? NULL : json_object_new_boolean(first == 't');
	return first == 'n' || *out != NULL;
}

/* On failure what *out holds is still the caller's. */
static bool
build_value(struct build *b, struct json_object **out)
{
	const char *s;
	size_t n;

	switch (build_peek(b)) {
	case '"':
		b->p++;
		return build_text(b, &s, &n) &&
		    (*out = json_object_new_string_len(s, (int)n)) != NULL;
	case '{':
		b->p++;
		return build_all(b, *out = json_object_new_object(), '}');
	case '[':
		b->p++;
		return build_all(b, *out = json_object_new_array_ext(ELEMENTS), ']');
	case 'n':
	case 't':
	case 'f':
		return build_literal(b, out);
	default:
		return build_number(b, out);
	}
}

/*
 * json-c's objects without its reader, which takes several times as long: for
 * the plain documents that nearly all are.  NULL: it is not one, or json-c has
 * something to say of it.
 */
static struct json_object *
build(const char *text, size_t n)
{
	struct build b = { text, text + n };
	struct json_object *o = NULL;

	if (build_value(&b, &o) && build_peek(&b) == '\0')
		return o;
	json_object_put(o);
	return NULL;
}

static struct json_object *
read_any(const char *text, size_t n, struct err *e)
{
	struct json_tokener *tok;
	struct json_object *o;
	enum json_tokener_error why;

	if ((tok = json_tokener_new_ex(JS_DEPTH_MAX + 1)) == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	/* that it is UTF-8 is known */
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, text, (int)n);
	why = json_tokener_get_error(tok);
	if (why == json_tokener_continue && o == NULL) {
		/* a bare number or literal ends only when something follows it */
		o = json_tokener_parse_ex(tok, "\n", 1);
		why = json_tokener_get_error(tok);
		if (why == json_tokener_continue)
			err_set(e, ERR_MALFORMED, "ends too early");
	}
	if (why != json_tokener_success && e->code == ERR_NONE)
		err_set(e, ERR_MALFORMED, "line %d: %s",
		    scan_line(text, n, json_tokener_get_parse_end(tok)),
		    json_tokener_error_desc(why));
	json_tokener_free(tok);
	if (e->code != ERR_NONE || o == NULL) {
		json_object_put(o);
		if (e->code == ERR_NONE)
			err_set(e, ERR_MALFORMED, "null document");
		return NULL;
	}
	return o;
}

/* The next number, and how long it is. */
static size_t
next_number(struct build *b, const char **from)
{
	while (b->p < b->end && strchr("-0123456789", *b->p) == NULL) {
		if (*b->p++ != '"')
			continue;
		while (b->p < b->end && *b->p != '"')
			b->p += *b->p == '\\' ? 2 : 1;
		b->p++;
	}
	*from = b->p;
	while (b->p < b->end && strchr("-+.eE0123456789", *b->p) != NULL)
		b->p++;
	return (size_t)(b->p - *from);
}

static int
keep_spelling(struct json_object *o, struct build *b)
{
	const char *from;
	const size_t n = next_number(b, &from);
	char *spelling;

	if (n <= DIGITS_MAX || json_object_get_type(o) != json_type_int)
		return 0;
	if ((spelling = strndup(from, n)) == NULL)
		return -1;
	json_object_set_serializer(o, json_object_userdata_to_json_string, spelling,
	    json_object_free_userdata);
	return 0;
}

/* json-c makes a whole number fit; as they were they stand in the text, in the same order. */
static int
keep_spellings(struct json_object *o, struct build *b)
{
	struct js_iter it;
	int rc = 0;

	switch (json_object_get_type(o)) {
	case json_type_int:
	case json_type_double:
		return keep_spelling(o, b);
	case json_type_array:
		for (size_t i = 0; rc == 0 && i < json_object_array_length(o); i++)
			rc = keep_spellings(json_object_array_get_idx(o, i), b);
		return rc;
	case json_type_object:
		it = js_members(from_jc(o));
		while (rc == 0 && js_next(&it))
			rc = keep_spellings(jc(it.value), b);
		return rc;
	default:
		return 0;
	}
}

static struct json_object *
read_all(const char *text, size_t n, struct err *e)
{
	struct json_object *o = read_any(text, n, e);
	struct build b = { text, text + n };

	if (o == NULL || keep_spellings(o, &b) == 0)
		return o;
	json_object_put(o);
	err_set(e, ERR_NOMEM, "out of memory");
	return NULL;
}

struct json *
js_parse(const char *text, size_t n, struct err *e)
{
	struct json_object *o = NULL;
	bool escapes;

	if (n > 0x7ffffff0) {
		err_set(e, ERR_MALFORMED, "too large");
		return NULL;
	}
	if (scan_document(text, n, &escapes, e) < 0)
		return NULL;
	if (!escapes)
		o = build(text, n);
	return (struct json *)(o != NULL ? o : read_all(text, n, e));
}

struct json *
js_parse_file(const char *path, size_t max, struct err *e)
{
	struct json *doc = NULL;
	struct buf b = BUF_INIT;
	char chunk[4096];
	size_t n;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL) {
		err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path,
		    strerror(errno));
		return NULL;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0 && b.n <= max)
		buf_add(&b, chunk, n);
	if (ferror(f))
		err_set(e, ERR_CONFIG, "%s: read error", path);
	else if (b.n > max)
		err_set(e, ERR_MALFORMED, "%s: larger than %zu bytes", path, max);
	else if (b.failed)
		err_set(e, ERR_NOMEM, "out of memory");
	else if ((doc = js_parse(b.p != NULL ? b.p : "", b.n, e)) == NULL)
		err_prefix(e, "%s", path);
	fclose(f);
	buf_free(&b);
	return doc;
}

void
js_free(struct json *doc)
{
	json_object_put(jc(doc));
}

struct json *
js_keep(const struct json *v)
{
	return (struct json *)json_object_get(jc(v));
}

enum js_type
js_type(const struct json *v)
{
	switch (json_object_get_type(jc(v))) {
	case json_type_boolean:
		return JS_BOOL;
	case json_type_int:
		return JS_INT;
	case json_type_double:
		return JS_REAL;
	case json_type_string:
		return JS_STRING;
	case json_type_array:
		return JS_ARRAY;
	case json_type_object:
		return JS_OBJECT;
	case json_type_null:
		break;
	}
	return JS_NULL;
}

const char *
js_type_name(enum js_type t)
{
	static const char *const names[] = {
		"null", "boolean", "integer", "number", "string", "array", "object"
	};

	return names[t];
}

const struct json *
js_get(const struct json *o, const char *key)
{
	struct json_object *v;

	if (js_type(o) != JS_OBJECT || !json_object_object_get_ex(jc(o), key, &v))
		return NULL;
	return from_jc(v);
}

bool
js_has(const struct json *o, const char *key)
{
	return js_type(o) == JS_OBJECT && json_object_object_get_ex(jc(o), key, NULL);
}

const char *
js_as_str(const struct json *v)
{
	const char *s;

	if (js_type(v) != JS_STRING)
		return NULL;
	s = json_object_get_string(jc(v));
	return strlen(s) == (size_t)json_object_get_string_len(jc(v)) ? s : NULL;
}

bool
js_as_int(const struct json *v, long long *out)
{
	if (js_type(v) != JS_INT)
		return false;
	*out = json_object_get_int64(jc(v));
	return true;
}

bool
js_as_bool(const struct json *v, bool *out)
{
	if (js_type(v) != JS_BOOL)
		return false;
	*out = json_object_get_boolean(jc(v));
	return true;
}

const char *
js_str(const struct json *o, const char *key)
{
	return js_as_str(js_get(o, key));
}

const char *
js_filled(const struct json *o, const char *key)
{
	const char *s = js_str(o, key);

	return s != NULL && !text_is_blank(s) ? s : NULL;
}

bool
js_int(const struct json *o, const char *key, long long *out)
{
	return js_as_int(js_get(o, key), out);
}

bool
js_bool(const struct json *o, const char *key, bool *out)
{
	return js_as_bool(js_get(o, key), out);
}

void
js_add_number(struct buf *b, const struct json *v)
{
	buf_adds(b, json_object_to_json_string(jc(v)));
}

size_t
js_len(const struct json *a)
{
	return js_type(a) == JS_ARRAY ? json_object_array_length(jc(a)) : 0;
}

const struct json *
js_at(const struct json *a, size_t i)
{
	return from_jc(json_object_array_get_idx(jc(a), i));
}

struct js_iter
js_members(const struct json *o)
{
	struct js_iter it = { NULL, NULL, NULL };

	if (js_type(o) == JS_OBJECT)
		it.entry = json_object_get_object(jc(o))->head;
	return it;
}

bool
js_next(struct js_iter *it)
{
	struct lh_entry *entry = it->entry;

	if (entry == NULL)
		return false;
	it->key = lh_entry_k(entry);
	it->value = from_jc(lh_entry_v(entry));
	it->entry = entry->next;
	return true;
}

int
js_only(const struct json *o, const char *where, const char *const *allowed, struct err *e)
{
	struct js_iter it = js_members(o);

	while (js_next(&it)) {
		size_t i = 0;

		while (allowed[i] != NULL && strcmp(allowed[i], it.key) != 0)
			i++;
		if (allowed[i] == NULL)
			return err_set(e, ERR_MALFORMED, "%s%sunknown key \"%.60s\"", where,
			    *where ? ": " : "", it.key);
	}
	return 0;
}

#include "json/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

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

/*
 * Looks for what json-c lets pass even when strict: repeated keys, deep nesting,
 * NULs, a BOM, control characters, 'single quotes', NaN, numbers such as 1. and
 * -01.  It judges the tokens; json-c judges their order afterwards.
 */
struct scan {
	const char	*p;
	size_t		 n;
	size_t		 at;
	struct err	*e;
};

static int
scan_line(const struct scan *s)
{
	int line = 1;

	for (size_t i = 0; i < s->at && i < s->n; i++)
		line += s->p[i] == '\n';
	return line;
}

/* Up to what ends a string or means more than itself; never past the end. */
static void
skip_plain(struct scan *s)
{
	const char *p = s->p + s->at, *const end = s->p + s->n;

	if (s->at >= s->n)
		return;
	while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	s->at = (size_t)(p - s->p);
}

static int
scan_string(struct scan *s, struct span *out, bool *escaped)
{
	const size_t from = ++s->at;

	*escaped = false;
	while (skip_plain(s), s->at < s->n && s->p[s->at] != '"') {
		if (s->p[s->at] != '\\')
			return err_set(s->e, ERR_MALFORMED,
			    "line %d: a control character in a string", scan_line(s));
		*escaped = true;
		s->at += 2;
	}
	if (s->at >= s->n)
		return err_set(s->e, ERR_MALFORMED, "line %d: unterminated string", scan_line(s));
	*out = (struct span){ (const uint8_t *)s->p + from, s->at - from };
	s->at++;
	return 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
scan_space(struct scan *s)
{
	while (s->at < s->n && is_space(s->p[s->at]))
		s->at++;
}

static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	const int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

#define PAIRWISE_MAX	24	/* keys that are compared each with each */

/* The keys of the objects now open, innermost last. */
struct keys {
	struct span	*key;
	size_t		 n, cap;
	size_t		 first[JS_DEPTH_MAX];
	char		 bracket[JS_DEPTH_MAX];
	size_t		 depth;
};

static int
keys_add(struct keys *k, struct span key, struct scan *s)
{
	if (k->n == k->cap) {
		const size_t cap = k->cap ? 2 * k->cap : 64;
		struct span *p = reallocarray(k->key, cap, sizeof(*p));

		if (p == NULL)
			return err_set(s->e, ERR_NOMEM, "out of memory");
		k->key = p;
		k->cap = cap;
	}
	k->key[k->n++] = key;
	return 0;
}

/* A key that stands twice, or NULL; sorts them where that is less work. */
static const struct span *
repeated(struct span *key, size_t n)
{
	if (n > PAIRWISE_MAX)
		qsort(key, n, sizeof(*key), by_bytes);
	for (size_t i = 1; i < n; i++)
		for (size_t k = n > PAIRWISE_MAX ? i - 1 : 0; k < i; k++)
			if (key[k].n == key[i].n && memcmp(key[k].p, key[i].p, key[i].n) == 0)
				return &key[i];
	return NULL;
}

static int
keys_close(struct keys *k, struct scan *s)
{
	const size_t first = k->first[--k->depth];
	const struct span *twice = repeated(k->key + first, k->n - first);

	if (twice != NULL)
		return err_set(s->e, ERR_MALFORMED, "line %d: key \"%.*s\" stands twice",
		    scan_line(s), (int)(twice->n > 40 ? 40 : twice->n), (const char *)twice->p);
	k->n = first;
	return 0;
}

/* Steps over one or more digits. */
static bool
scan_digits(struct scan *s)
{
	const size_t from = s->at;

	while (s->at < s->n && s->p[s->at] >= '0' && s->p[s->at] <= '9')
		s->at++;
	return s->at > from;
}

static bool
scan_one_of(struct scan *s, const char *set)
{
	if (s->at >= s->n || strchr(set, s->p[s->at]) == NULL)
		return false;
	s->at++;
	return true;
}

/* RFC 8259, section 6. */
static bool
scan_number(struct scan *s)
{
	scan_one_of(s, "-");
	if (!scan_one_of(s, "0") && !scan_digits(s))
		return false;
	if (scan_one_of(s, ".") && !scan_digits(s))
		return false;
	if (!scan_one_of(s, "eE"))
		return true;
	scan_one_of(s, "+-");
	return scan_digits(s);
}

static bool
scan_literal(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t len = strlen(words[i]);

		if (s->n - s->at >= len && memcmp(s->p + s->at, words[i], len) == 0) {
			s->at += len;
			return true;
		}
	}
	return false;
}

/* A number or literal, up to where another token may begin. */
static int
scan_scalar(struct scan *s)
{
	if ((scan_literal(s) || scan_number(s)) &&
	    (s->at == s->n || strchr(" \t\r\n,:]}", s->p[s->at]) != NULL))
		return 0;
	return err_set(s->e, ERR_MALFORMED, "line %d: neither number nor literal", scan_line(s));
}

static int
scan_token(struct scan *s, struct keys *k)
{
	const char c = s->p[s->at];
	struct span str = { NULL, 0 };
	bool escaped;

	switch (c) {
	case '{':
	case '[':
		if (k->depth == JS_DEPTH_MAX)
			return err_set(s->e, ERR_MALFORMED, "line %d: nested deeper than %d",
			    scan_line(s), JS_DEPTH_MAX);
		k->bracket[k->depth] = c;
		k->first[k->depth++] = k->n;
		s->at++;
		return 0;
	case '}':
	case ']':
		s->at++;
		if (k->depth == 0)
			return err_set(s->e, ERR_MALFORMED, "line %d: unexpected %c",
			    scan_line(s), c);
		return keys_close(k, s);
	case '"':
		if (scan_string(s, &str, &escaped) < 0)
			return -1;
		scan_space(s);
		if (s->at >= s->n || s->p[s->at] != ':')
			return 0;
		if (escaped || memchr(str.p, 0x7f, str.n) != NULL)
			return err_set(s->e, ERR_MALFORMED, "line %d: a key with an escape or DEL",
			    scan_line(s));
		return keys_add(k, str, s);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
	case ':':
		s->at++;
		return 0;
	default:
		return scan_scalar(s);
	}
}

static int
scan_document(const char *text, size_t n, struct err *e)
{
	struct scan s = { text, n, 0, e };
	struct keys k = { 0 };
	int rc = 0;

	if (n > 0 && memchr(text, '\0', n) != NULL)
		return err_set(e, ERR_MALFORMED, "a NUL byte");
	if (!text_is_utf8(text, n))
		return err_set(e, ERR_MALFORMED, "not UTF-8");
	while (rc == 0 && s.at < n)
		rc = scan_token(&s, &k);
	free(k.key);
	return rc;
}

struct json *
js_parse(const char *text, size_t n, struct err *e)
{
	struct json_tokener *tok;
	struct json_object *o = NULL;
	enum json_tokener_error why;

	if (n > 0x7ffffff0) {
		err_set(e, ERR_MALFORMED, "too large");
		return NULL;
	}
	if (scan_document(text, n, e) < 0)
		return NULL;
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
	if (why != json_tokener_success && e->code == ERR_NONE) {
		struct scan s = { text, n, json_tokener_get_parse_end(tok), e };

		err_set(e, ERR_MALFORMED, "line %d: %s", scan_line(&s),
		    json_tokener_error_desc(why));
	}
	json_tokener_free(tok);
	if (e->code != ERR_NONE || o == NULL) {
		json_object_put(o);
		if (e->code == ERR_NONE)
			err_set(e, ERR_MALFORMED, "null document");
		return NULL;
	}
	return (struct json *)o;
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
		err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
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

#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * JSON in: a strict reading of one whole UTF-8 document.  Refused: anything
 * RFC 8259 refuses, a second value, a byte-order mark, NUL bytes, nesting
 * deeper than JS_DEPTH_MAX, an object with the same key twice (json-c would
 * silently keep the last), and a key written with an escape (so that equal
 * keys are equal bytes) or with a DEL (which the writer would escape), and a
 * null that is the whole document.  Of what RFC 8259 leaves open: a whole number
 * beyond 64 bits is read as the nearest that fits, and written as it was; any
 * other number keeps its spelling, and half a surrogate pair is U+FFFD.
 */
#define JS_DEPTH_MAX	32

/* Opaque; a value inside a document lives as long as the document. */
struct json;

enum js_type {
	JS_NULL, JS_BOOL, JS_INT, JS_REAL, JS_STRING, JS_ARRAY, JS_OBJECT
};

/* The document, or NULL with e set (ERR_MALFORMED, ERR_NOMEM). */
struct json	*js_parse(const char *text, size_t n, struct err *e);
/* Reads a whole file of at most max bytes; errors name the file. */
struct json	*js_parse_file(const char *path, size_t max, struct err *e);
void		 js_free(struct json *doc);	/* harmless on NULL */
/* Keeps a value beyond its document, until js_free(); NULL stays NULL. */
struct json	*js_keep(const struct json *v);

enum js_type	 js_type(const struct json *v);	/* NULL counts as JS_NULL */
const char	*js_type_name(enum js_type t);

/* The member, or NULL when o is no object or has none of that name. */
const struct json *js_get(const struct json *o, const char *key);
/* Is there a member of that name, be it null?  js_get() does not tell. */
bool		 js_has(const struct json *o, const char *key);

/*
 * Typed members.  NULL / -1 / false when missing or of another type; the
 * string is NUL-terminated, and one that contains a NUL counts as missing.
 */
const char	*js_str(const struct json *o, const char *key);
/* The same, and NULL when there is nothing but blanks in it. */
const char	*js_filled(const struct json *o, const char *key);
bool		 js_int(const struct json *o, const char *key, long long *out);
bool		 js_bool(const struct json *o, const char *key, bool *out);

/* The value itself, under the same rules. */
const char	*js_as_str(const struct json *v);
bool		 js_as_int(const struct json *v, long long *out);
bool		 js_as_bool(const struct json *v, bool *out);

/* Elements of an array; 0 for anything else. */
size_t		 js_len(const struct json *a);
const struct json *js_at(const struct json *a, size_t i);

/*
 * Walks the members of an object in their order.
 *	struct js_iter it = js_members(o);
 *	while (js_next(&it)) ... it.key, it.value
 */
struct js_iter {
	const char		*key;
	const struct json	*value;
	void			*entry;
};
struct js_iter js_members(const struct json *o);
bool		 js_next(struct js_iter *it);

/*
 * Says that key is none of allowed (NULL-terminated list); the error names
 * where and the key.  Returns 0 when every member of o is allowed.
 */
int		 js_only(const struct json *o, const char *where,
		    const char *const *allowed, struct err *e);

/*
 * JSON out: a writer over a buf that puts the commas itself.  Give it {&b}.
 * key is NULL inside an array or at the top.  A NULL string writes null;
 * bytes that are not UTF-8 are written as U+FFFD.
 */
struct jw {
	struct buf	*b;
	bool		 comma;
};
void	jw_open(struct jw *w, const char *key, char bracket);	/* '{' or '[' */
void	jw_close(struct jw *w, char bracket);			/* '}' or ']' */
void	jw_str(struct jw *w, const char *key, const char *s);
void	jw_int(struct jw *w, const char *key, long long v);
void	jw_bool(struct jw *w, const char *key, bool v);
void	jw_null(struct jw *w, const char *key);
/* Appends a number in its own spelling. */
void	js_add_number(struct buf *b, const struct json *v);
/* A parsed value as it was, compact. */
void	jw_json(struct jw *w, const char *key, const struct json *v);

#endif

#include "json/json.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"

/* What stands in a string as it is: ASCII that needs no escape, and whole UTF-8 characters. */
static size_t
plain(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		const unsigned char c = (unsigned char)s[i];

		if (c < 0x80) {
			if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
				break;
			i++;
		} else if ((len = text_char_len(s + i, n - i)) > 0) {
			i += len;
		} else {
			break;
		}
	}
	return i;
}

static void
quoted(struct buf *b, const char *s)
{
	size_t n = strlen(s), len;

	buf_addc(b, '"');
	while (n > 0) {
		const unsigned char c = (unsigned char)*s;

		if ((len = plain(s, n)) > 0) {
			buf_add(b, s, len);
		} else if (c == '"' || c == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, *s);
			len = 1;
		} else if (c < 0x20 || c == 0x7f) {
			buf_addf(b, "\\u%04x", c);
			len = 1;
		} else {
			buf_adds(b, "\xef\xbf\xbd");
			len = 1;
		}
		s += len;
		n -= len;
	}
	buf_addc(b, '"');
}

static void
start(struct jw *w, const char *key)
{
	if (w->comma)
		buf_addc(w->b, ',');
	w->comma = true;
	if (key != NULL) {
		quoted(w->b, key);
		buf_addc(w->b, ':');
	}
}

void
jw_open(struct jw *w, const char *key, char bracket)
{
	start(w, key);
	buf_addc(w->b, bracket);
	w->comma = false;
}

void
jw_close(struct jw *w, char bracket)
{
	buf_addc(w->b, bracket);
	w->comma = true;
}

void
jw_str(struct jw *w, const char *key, const char *s)
{
	start(w, key);
	if (s == NULL)
		buf_adds(w->b, "null");
	else
		quoted(w->b, s);
}

void
jw_int(struct jw *w, const char *key, long long v)
{
	start(w, key);
	buf_addf(w->b, "%lld", v);
}

void
jw_bool(struct jw *w, const char *key, bool v)
{
	start(w, key);
	buf_adds(w->b, v ? "true" : "false");
}

void
jw_null(struct jw *w, const char *key)
{
	start(w, key);
	buf_adds(w->b, "null");
}

void
jw_json(struct jw *w, const char *key, const struct json *v)
{
	struct js_iter it;
	long long i;
	bool flag;

	switch (js_type(v)) {
	case JS_NULL:
		jw_null(w, key);
		return;
	case JS_BOOL:
		jw_bool(w, key, js_as_bool(v, &flag) && flag);
		return;
	case JS_INT:
		if (js_as_int(v, &i) && i != LLONG_MAX && i != LLONG_MIN) {
			jw_int(w, key, i);
			return;
		}
		/* FALLTHROUGH */
	case JS_REAL:
		start(w, key);
		js_add_number(w->b, v);
		return;
	case JS_STRING:
		jw_str(w, key, js_as_str(v));
		return;
	case JS_ARRAY:
		jw_open(w, key, '[');
		for (size_t k = 0; k < js_len(v); k++)
			jw_json(w, NULL, js_at(v, k));
		jw_close(w, ']');
		return;
	case JS_OBJECT:
		jw_open(w, key, '{');
		it = js_members(v);
		while (js_next(&it))
			jw_json(w, it.key, it.value);
		jw_close(w, '}');
		return;
	}
}

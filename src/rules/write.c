#include "rules/write.h"

#include <string.h>

static void add_inline(struct buf *b, const struct json *v);

static void
add_key(struct buf *b, const char *key)
{
	jw_str(&(struct jw){ b, false }, NULL, key);
	buf_adds(b, ": ");
}

static void
add_list(struct buf *b, const struct json *v)
{
	for (size_t i = 0; i < js_len(v); i++) {
		buf_adds(b, i > 0 ? ", " : "");
		add_inline(b, js_at(v, i));
	}
}

static void
add_members(struct buf *b, const struct json *v)
{
	struct js_iter it = js_members(v);
	const char *between = "";

	while (js_next(&it)) {
		buf_adds(b, between);
		add_key(b, it.key);
		add_inline(b, it.value);
		between = ", ";
	}
}

/* A value on one line, with a space after each comma and colon. */
static void
add_inline(struct buf *b, const struct json *v)
{
	if (js_type(v) == JS_ARRAY) {
		buf_addc(b, '[');
		add_list(b, v);
		buf_addc(b, ']');
	} else if (js_type(v) == JS_OBJECT) {
		buf_addc(b, '{');
		add_members(b, v);
		buf_addc(b, '}');
	} else {
		jw_json(&(struct jw){ b, false }, NULL, v);
	}
}

/* An array with each element on a line of its own; margin is that of the line it begins on. */
static void
add_lines(struct buf *b, const struct json *list, int margin)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < js_len(list); i++) {
		buf_addf(b, "%s\n%*s", i > 0 ? "," : "", margin + 2, "");
		add_inline(b, js_at(list, i));
	}
	buf_addf(b, "\n%*s]", margin, "");
}

static void
add_stage(struct buf *b, const struct json *stage)
{
	struct js_iter it = js_members(stage);
	const char *between = "";

	buf_addc(b, '{');
	while (js_next(&it)) {
		buf_adds(b, between);
		add_key(b, it.key);
		if (strcmp(it.key, "rules") == 0)
			add_lines(b, it.value, 4);
		else
			add_inline(b, it.value);
		between = ", ";
	}
	buf_addc(b, '}');
}

static void
add_stages(struct buf *b, const struct json *stages)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < js_len(stages); i++) {
		buf_addf(b, "%s\n    ", i > 0 ? "," : "");
		add_stage(b, js_at(stages, i));
	}
	buf_adds(b, "\n  ]");
}

/* An object with each member on a line of its own. */
static void
add_member_lines(struct buf *b, const struct json *o)
{
	struct js_iter it = js_members(o);
	const char *between = "";

	buf_addc(b, '{');
	while (js_next(&it)) {
		buf_addf(b, "%s\n    ", between);
		add_key(b, it.key);
		add_inline(b, it.value);
		between = ",";
	}
	buf_adds(b, "\n  }");
}

static void
add_top(struct buf *b, const char *key, const struct json *v)
{
	if (strcmp(key, "ladder") == 0 || strcmp(key, "ratio") == 0)
		add_stages(b, v);
	else if (js_type(v) == JS_ARRAY)
		add_lines(b, v, 2);
	else if (js_type(v) == JS_OBJECT && strcmp(key, "title") != 0)
		add_member_lines(b, v);
	else
		add_inline(b, v);
}

void
rules_write(struct buf *b, const struct json *doc)
{
	struct js_iter it = js_members(doc);
	const char *between = "";

	buf_addc(b, '{');
	while (js_next(&it)) {
		buf_addf(b, "%s\n  ", between);
		add_key(b, it.key);
		add_top(b, it.key, it.value);
		between = ",";
	}
	buf_adds(b, "\n}\n");
}

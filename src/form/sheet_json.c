#include "form/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

static const char *const kinds[] = {
	[BLOCK_TO] = "to", [BLOCK_PARAGRAPH] = "paragraph", [BLOCK_HEADING] = "heading", [BLOCK_ROW] = "row",
	[BLOCK_NOTE] = "note", NULL
};

static void
put(struct jw *w, const char *key, const char *s)
{
	if (s != NULL)
		jw_str(w, key, s);
}

static void
write_choices(const struct block *b, struct jw *w)
{
	if (b->choices == 0)
		return;
	jw_open(w, "choices", '[');
	for (int i = 0; i < b->choices; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "text", b->choice[i].text);
		jw_bool(w, "on", b->choice[i].on);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
write_block(const struct block *b, struct jw *w)
{
	jw_open(w, NULL, '{');
	jw_str(w, "kind", kinds[b->kind]);
	put(w, "text", b->text);
	if (b->kind == BLOCK_ROW) {
		jw_str(w, "label", b->label);
		put(w, "hint", b->hint);
		put(w, "blank", b->blank);
		jw_bool(w, "beside", b->beside);
		jw_int(w, "lines", b->lines);
		write_choices(b, w);
	}
	jw_close(w, '}');
}

void
sheet_write(const struct sheet *s, struct buf *out)
{
	char day[DATE_ISO_LEN + 1];
	struct jw w = { out, false };

	date_format_iso(s->day, day);
	jw_open(&w, NULL, '{');
	jw_str(&w, "title", s->title);
	jw_str(&w, "footer", s->footer);
	jw_str(&w, "day", day);
	jw_open(&w, "blocks", '[');
	for (int i = 0; i < s->blocks; i++)
		write_block(&s->block[i], &w);
	jw_close(&w, ']');
	jw_close(&w, '}');
}

/* A string of o, which may be left out unless needed. */
static int
take(const struct json *o, const char *where, const char *key, bool needed, const char **out,
    struct err *e)
{
	*out = js_str(o, key);
	if (*out == NULL && (needed || js_has(o, key)))
		return err_set(e, ERR_MALFORMED, "%s.%s must be a text", where, key);
	if (*out != NULL && (**out == '\0' || **out == ' ' ||
	    !sheet_can_show(*out, strlen(*out))))
		return err_set(e, ERR_MALFORMED, "%s.%s can not be shown", where, key);
	return 0;
}

static int
read_choice(const struct json *o, const char *where, struct choice *c, struct err *e)
{
	static const char *const keys[] = { "text", "on", NULL };

	if (js_type(o) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "%s.choices", where);
	if (js_only(o, where, keys, e) < 0 || take(o, where, "text", true, &c->text, e) < 0)
		return -1;
	return js_bool(o, "on", &c->on) ? 0 :
	    err_set(e, ERR_MALFORMED, "%s.choices.on must be true or false", where);
}

static int
read_choices(const struct json *list, const char *where, struct block *b, struct err *e)
{
	const size_t n = js_len(list);

	if (list == NULL)
		return 0;
	if (js_type(list) != JS_ARRAY || n < 1 || n > SHEET_CHOICES || b->text != NULL ||
	    b->blank != NULL)
		return err_set(e, ERR_MALFORMED, "%s.choices", where);
	for (size_t i = 0; i < n; i++)
		if (read_choice(js_at(list, i), where, &b->choice[i], e) < 0)
			return -1;
	b->choices = (int)n;
	return 0;
}

static int
read_row(const struct json *o, const char *where, struct block *b, struct err *e)
{
	static const char *const keys[] = { "kind", "text", "label", "hint", "blank", "beside",
		"lines", "choices", NULL };
	long long lines;

	if (js_only(o, where, keys, e) < 0 ||
	    take(o, where, "text", false, &b->text, e) < 0 ||
	    take(o, where, "label", true, &b->label, e) < 0 ||
	    take(o, where, "hint", false, &b->hint, e) < 0 ||
	    take(o, where, "blank", false, &b->blank, e) < 0)
		return -1;
	if (!js_bool(o, "beside", &b->beside))
		return err_set(e, ERR_MALFORMED, "%s.beside must be true or false", where);
	if (!js_int(o, "lines", &lines) || lines < 1 || lines > SHEET_LINES)
		return err_set(e, ERR_MALFORMED, "%s.lines must be 1 to %d", where, SHEET_LINES);
	b->lines = (int)lines;
	return read_choices(js_get(o, "choices"), where, b, e);
}

static int
read_block(const struct json *o, const char *where, struct block *b, struct err *e)
{
	static const char *const keys[] = { "kind", "text", NULL };
	const char *kind = js_str(o, "kind");
	int k = 0;

	while (kinds[k] != NULL && (kind == NULL || strcmp(kinds[k], kind) != 0))
		k++;
	if (kinds[k] == NULL)
		return err_set(e, ERR_MALFORMED, "%s.kind", where);
	*b = (struct block){ .kind = (enum block_kind)k, .lines = 1 };
	if (b->kind == BLOCK_ROW)
		return read_row(o, where, b, e);
	return js_only(o, where, keys, e) < 0 ? -1 :
	    take(o, where, "text", b->kind != BLOCK_TO, &b->text, e);
}

/* Beside another row there must be one, itself not beside a third. */
static bool
is_beside_one(const struct sheet *s, int i)
{
	const struct block *b = &s->block[i];

	return !b->beside || (i > 0 && b[-1].kind == BLOCK_ROW && !b[-1].beside);
}

static int
read_blocks(struct sheet *s, const struct json *list, struct err *e)
{
	const size_t n = js_len(list);
	char where[32];

	if (js_type(list) != JS_ARRAY || n < 1 || n > SHEET_BLOCKS)
		return err_set(e, ERR_MALFORMED, "sheet.blocks must be a list of 1 to %d",
		    SHEET_BLOCKS);
	for (; s->blocks < (int)n; s->blocks++) {
		snprintf(where, sizeof(where), "sheet.blocks[%d]", s->blocks);
		if (read_block(js_at(list, (size_t)s->blocks), where, &s->block[s->blocks], e) < 0)
			return -1;
		if (!is_beside_one(s, s->blocks))
			return err_set(e, ERR_MALFORMED, "%s.beside", where);
	}
	return 0;
}

int
sheet_read(struct sheet *s, const char *json, size_t n, struct err *e)
{
	static const char *const keys[] = { "title", "footer", "day", "blocks", NULL };
	const char *day;

	if (n > SHEET_JSON_MAX)
		return err_set(e, ERR_MALFORMED, "sheet: more than %d bytes", SHEET_JSON_MAX);
	if ((s->doc = js_parse(json, n, e)) == NULL)
		return err_prefix(e, "sheet");
	if (js_type(s->doc) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "sheet must be an object");
	if (js_only(s->doc, "sheet", keys, e) < 0 ||
	    take(s->doc, "sheet", "title", true, &s->title, e) < 0 ||
	    take(s->doc, "sheet", "footer", true, &s->footer, e) < 0)
		return -1;
	day = js_str(s->doc, "day");
	if (day == NULL || (s->day = date_parse_iso(day, strlen(day))) == DATE_NONE)
		return err_set(e, ERR_MALFORMED, "sheet.day must be a date YYYY-MM-DD");
	return read_blocks(s, js_get(s->doc, "blocks"), e);
}

#include <string.h>

#include "base/date.h"
#include "batch/out.h"
#include "json/json.h"

/* The blanks that a spreadsheet may skip before it looks for a formula. */
static const char *
skip_blanks(const char *s)
{
	for (;;) {
		if (*s == ' ')
			s++;
		else if (strncmp(s, "\u00a0", 2) == 0)
			s += 2;
		else if (strncmp(s, "\u3000", 3) == 0)
			s += 3;
		else
			return s;
	}
}

/* A formula, or an end of a cell that may become one; a Japanese Excel takes full width, too. */
static bool
runs(const char *s)
{
	static const char *const begins[] = { "=", "+", "-", "@", "\t", "\r", "\n", "＝",
		"＋", "－", "＠" };

	s = skip_blanks(s);
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* Bytes of the digit at s, ASCII or full width; 0 if there is none. */
static size_t
digit_len(const char *s)
{
	if (*s >= '0' && *s <= '9')
		return 1;
	/* U+FF10 to U+FF19 */
	return strncmp(s, "\xef\xbc", 2) == 0 && s[2] >= '\x90' && s[2] <= '\x99' ? 3 : 0;
}

#define LITERAL_MAX	255	/* characters of a text in a formula */

/*
 * What a spreadsheet shows as another thing than was written: 012, more digits
 * than it shows (11), 1-2, 3/4, 9:30, 1E5, (5), 5%, 5月1日, R8.1.1.
 */
static bool
is_reshaped(const char *s)
{
	const size_t n = strlen(s);

	if (strspn(s, "0123456789") == n)
		return n > 11 || (n > 1 && *s == '0');
	if (n > LITERAL_MAX || strpbrk(s, "\"\r\n") != NULL)
		return false;
	s += *s != '\0' && strchr("(.MTSHRmtshr", *s) != NULL;
	return digit_len(s) > 0;
}

/* before stands at the beginning of the cell. */
static void
add_quoted(struct buf *b, const char *s, const char *before)
{
	buf_addc(b, '"');
	buf_adds(b, before);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_addc(b, '"');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

void
out_csv_cell(struct buf *b, const struct out_form *f, const char *s)
{
	if (runs(s)) {
		add_quoted(b, s, "'");
	} else if (f->spreadsheet && is_reshaped(s)) {
		/* no quote can be in it */
		buf_addf(b, "\"=\"\"%s\"\"\"", s);
	} else if (s[strcspn(s, ",\"\r\n")] != '\0' || (*s != '\0' && skip_blanks(s) != s)) {
		add_quoted(b, s, "");
	} else {
		buf_adds(b, s);
	}
}

static void
end_row(struct buf *b, const struct out_form *f)
{
	buf_adds(b, f->spreadsheet ? "\r\n" : "\n");
}

void
out_csv_head(struct buf *b, const struct out_form *f)
{
	struct buf name = BUF_INIT;

	if (f->spreadsheet)
		buf_adds(b, "\xef\xbb\xbf");
	buf_adds(b, "patient_id,status,copay_percent,path,changes,bring,warnings,retryable");
	for (size_t i = 0; i < f->names; i++) {
		buf_reset(&name);
		out_extra_name(&name, f->name[i]);
		buf_addc(b, ',');
		out_csv_cell(b, f, name.p != NULL ? name.p : "");
	}
	if (f->more)
		buf_adds(b, ",extra");
	end_row(b, f);
	if (name.failed)
		b->failed = 1;
	buf_free(&name);
}

/* "insurer_number: 06132013 -> 06132021; ..." */
static void
add_changes(struct buf *b, const struct out_form *f, const struct out_row *row)
{
	const bool ja = f->texts && f->ja;

	for (size_t i = 0; i < row->changes; i++) {
		const struct change *c = &row->change[i];

		buf_addf(b, "%s%s: %s %s %s", i > 0 ? "; " : "", change_name(c->field, ja),
		    c->was != NULL ? c->was : ja ? "(空欄)" : "(blank)", ja ? "→" : "->", c->now);
	}
}

static void
add_notes(struct buf *b, const struct out_form *f, const struct note *note, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i > 0 ? "; " : "");
		buf_adds(b, f->texts ? note[i].text : note[i].code);
		if (!f->texts && fact_known(note[i].until)) {
			char iso[DATE_ISO_LEN + 1];

			date_format_iso(note[i].until, iso);
			buf_addf(b, " %s", iso);
		}
	}
}

/* The extra of that name, which is mostly the one in that place. */
static const struct extra *
find_extra(const struct out_row *row, const char *name, size_t at)
{
	if (at < row->extras && strcmp(row->extra[at].name, name) == 0)
		return &row->extra[at];
	for (size_t i = 0; i < row->extras; i++)
		if (strcmp(row->extra[i].name, name) == 0)
			return &row->extra[i];
	return NULL;
}

static void
add_extra(struct buf *b, const struct extra *x)
{
	struct jw w = { b, false };

	if (x == NULL || (x->text == NULL && js_type(x->json) == JS_NULL))
		return;
	if (x->text != NULL)
		buf_adds(b, x->text);
	else
		jw_json(&w, NULL, x->json);
}

static bool
has_name(const struct out_form *f, const char *name, size_t at)
{
	if (at < f->names && strcmp(f->name[at], name) == 0)
		return true;
	for (size_t i = 0; i < f->names; i++)
		if (strcmp(f->name[i], name) == 0)
			return true;
	return false;
}

/* Those that have no column of their own, as an object; nothing if there are none. */
static void
add_others(struct buf *b, const struct out_form *f, const struct out_row *row)
{
	struct jw w = { b, false };
	bool any = false;

	for (size_t i = 0; i < row->extras; i++) {
		const struct extra *x = &row->extra[i];

		if (has_name(f, x->name, i))
			continue;
		if (!any)
			jw_open(&w, NULL, '{');
		any = true;
		if (x->text != NULL)
			jw_str(&w, x->name, x->text);
		else
			jw_json(&w, x->name, x->json);
	}
	if (any)
		jw_close(&w, '}');
}

/* A comma and the cell that was put together; the cell is emptied. */
static void
next_cell(struct buf *b, const struct out_form *f, struct buf *cell)
{
	buf_addc(b, ',');
	if (cell->n > 0)
		out_csv_cell(b, f, cell->p);
	buf_reset(cell);
}

void
out_csv_row(struct buf *b, const struct out_form *f, const struct out_row *row)
{
	struct buf cell = BUF_INIT;

	out_csv_cell(b, f, row->patient_id != NULL ? row->patient_id : "");
	buf_addf(b, ",%s,", status_name(row->status, false));
	if (fact_known(row->copay_percent))
		buf_addf(b, "%d", row->copay_percent);
	buf_addf(b, ",%s", row->path != NULL ? row->path : "");
	add_changes(&cell, f, row);
	next_cell(b, f, &cell);
	add_notes(&cell, f, row->bring, row->brings);
	next_cell(b, f, &cell);
	add_notes(&cell, f, row->warning, row->warnings);
	next_cell(b, f, &cell);
	buf_adds(b, row->retryable ? ",true" : ",false");
	for (size_t i = 0; i < f->names; i++) {
		add_extra(&cell, find_extra(row, f->name[i], i));
		next_cell(b, f, &cell);
	}
	if (f->more) {
		add_others(&cell, f, row);
		next_cell(b, f, &cell);
	}
	end_row(b, f);
	if (cell.failed)
		b->failed = 1;
	buf_free(&cell);
}

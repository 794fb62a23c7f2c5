#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "batch/list_impl.h"

/* The column of that key, spelt as it is; COLUMN_MAX for one of the caller's own. */
static enum column
key_column(const char *key)
{
	int c = 0;

	while (c < COLUMN_MAX && strcmp(key, column_name((enum column)c)) != 0)
		c++;
	return (enum column)c;
}

#define INT_CHARS	20	/* of a long long; with its sign */

/*
 * Copies a value to at, where there is room for all of a line; its text or NULL.
 * The largest integers stand for any that are larger still.
 */
static char *
copy_value(const struct json *v, char *at)
{
	const char *s = js_as_str(v);
	long long n;

	if (s != NULL)
		return strcpy(at, s);
	if (!js_as_int(v, &n) || n == LLONG_MIN || n == LLONG_MAX)
		return NULL;
	snprintf(at, INT_CHARS + 1, "%lld", n);
	return at;
}

static void
set_fault(struct row *row, enum column c, enum row_fault fault)
{
	if (row->fault == ROW_NONE && fault != ROW_NONE) {
		row->fault = fault;
		row->column = c;
	}
}

/* Takes a value we know; *at moves behind its copy. */
static void
take_value(struct row *row, enum column c, const struct json *v, char **at)
{
	enum row_fault fault = ROW_NONE;
	char *s;

	row->has |= 1u << c;
	if (js_type(v) == JS_NULL)
		return;
	if ((s = copy_value(v, *at)) == NULL) {
		if (column_spare(c))
			row->unread |= 1u << c;
		else
			set_fault(row, c, ROW_JSON_TYPE);
		return;
	}
	*at += strlen(s) + 1;
	row->given[c] = list_value(s, &fault);
	set_fault(row, c, fault);
}

static void
take_members(struct list *l, struct row *row)
{
	struct js_iter it = js_members(l->doc);
	char *at = l->values;

	while (js_next(&it)) {
		const enum column c = key_column(it.key);

		if (c != COLUMN_MAX)
			take_value(row, c, it.value, &at);
		else if (row->extras == ROW_CELLS_MAX)
			set_fault(row, COLUMN_MAX, ROW_CELLS_MORE);
		else
			l->extra[row->extras++] = (struct extra){ it.key, js_as_str(it.value),
			    it.value };
	}
	row->extra = l->extra;
}

/* The character of the four digits behind \u at s; -1: there are not four. */
static int
escaped(const char *s)
{
	char digits[5] = "";
	uint8_t c[2];

	if (s[0] != '\\' || s[1] != 'u')
		return -1;
	strncpy(digits, s + 2, 4);
	return hex_decode(digits, c, sizeof(c)) < 0 ? -1 : c[0] << 8 | c[1];
}

/* Writes what is not ASCII in UTF-8; behind it. */
static char *
put_utf8(char *to, int c)
{
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/*
 * Writes \u5099 as the character that it is, but for ASCII and halves of a pair.
 * Some programs write all Japanese so, and our strict reader takes no such key.
 */
static void
unescape(struct record *r)
{
	const char *p = memchr(r->p, '\\', r->n), *const end = r->p + r->n;
	char *to = r->p + (p != NULL ? p - r->p : 0);

	while (p != NULL && p < end) {
		const int c = escaped(p), low = c >> 10 == 0x36 ? escaped(p + 6) : -1;

		if (low >> 10 == 0x37) {
			to = put_utf8(to, 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff)));
			p += 12;
		} else if (c >= 0x80 && c >> 11 != 0x1b) {
			to = put_utf8(to, c);
			p += 6;
		} else {
			if (*p == '\\' && p + 1 < end)
				*to++ = *p++;
			*to++ = *p++;
		}
	}
	if (p == NULL)
		return;
	r->n = (size_t)(to - r->p);
	r->p[r->n] = '\0';
}

static bool
is_empty(const struct record *r)
{
	return strspn(r->p, " \t") == r->n;
}

int
ndjson_row(struct list *l, struct row *row)
{
	struct err e = ERR_INIT;
	struct record r;
	int rc;

	do {
		if ((rc = list_record(l, row, &r)) != 1)
			return rc;
	} while (is_empty(&r));
	js_free(l->doc);
	unescape(&r);
	if ((l->doc = js_parse(r.p, r.n, &e)) == NULL) {
		l->nomem = e.code == ERR_NOMEM;
		return l->nomem ? 0 : list_fault(row, ROW_JSON);
	}
	if (js_type(l->doc) != JS_OBJECT)
		return list_fault(row, ROW_JSON);
	take_members(l, row);
	return row->fault != ROW_NONE || row_read(row) < 0 ? -1 : 1;
}

int
ndjson_begin(struct list *l, struct err *e)
{
	l->ahead_rc = ndjson_row(l, &l->ahead);
	for (size_t i = 0; i < l->ahead.extras; i++)
		if (list_add_extra(l, l->ahead.extra[i].name) < 0)
			return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

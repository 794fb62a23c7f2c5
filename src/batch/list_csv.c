#include <string.h>

#include "batch/list_impl.h"

/* Cuts a quoted cell, from its first quote, and gives where its last one stood. */
static char *
cut_quoted(char *p, char **to)
{
	for (*to = p++; *p != '\0'; p++) {
		if (*p == '"' && *++p != '"')
			break;
		*(*to)++ = *p;
	}
	return p;
}

/* Cuts a row whose form is good into l->cell; how many, ROW_CELLS_MAX + 1 for too many. */
static size_t
cut_cells(struct list *l, char *p)
{
	size_t n = 0;

	for (;;) {
		char *to, end;

		if (n == ROW_CELLS_MAX)
			return n + 1;
		if (p[0] == '=' && p[1] == '"')
			p++;
		l->cell[n++] = p;
		if (*p == '"')
			p = cut_quoted(p, &to);
		else
			to = p += strcspn(p, ",");
		end = *p;
		*to = '\0';
		if (end == '\0')
			return n;
		p++;
	}
}

static bool
is_blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

static bool
all_blank(const struct list *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_blank(l->cell[i]))
			return false;
	return true;
}

/* Rows without a word are none: a spreadsheet writes its empty ones, too. */
static int
next_cells(struct list *l, struct row *row, struct record *r, size_t *n)
{
	int rc;

	do {
		if ((rc = list_record(l, row, r)) != 1)
			return rc;
		*n = cut_cells(l, r->p);
	} while (*n <= ROW_CELLS_MAX && all_blank(l, *n));
	return *n <= ROW_CELLS_MAX ? 1 : list_fault(row, ROW_CELLS_MORE);
}

/* Errors name no cell: a list without a header has a patient there. */
static int
map_extra(struct list *l, size_t i, long line, struct err *e)
{
	for (size_t k = 0; k < i; k++)
		if (l->map[k] >= COLUMN_MAX && strcmp(l->name[l->map[k] - COLUMN_MAX],
		    l->cell[i]) == 0)
			return err_set(e, ERR_MALFORMED,
			    "line %ld: columns %zu and %zu have the same name", line, k + 1, i + 1);
	l->map[i] = COLUMN_MAX + (int)l->names;
	if (list_add_extra(l, l->cell[i]) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

static int
map_cell(struct list *l, size_t i, long line, struct err *e)
{
	const enum column c = column_find(l->cell[i]);

	if (is_blank(l->cell[i])) {
		l->map[i] = UNNAMED;
		return 0;
	}
	if (c == COLUMN_MAX)
		return map_extra(l, i, line, e);
	if ((l->has & 1u << c) != 0)
		return err_set(e, ERR_MALFORMED, "line %ld: column %s (%s) stands twice", line,
		    column_name(c), column_name_ja(c));
	l->has |= 1u << c;
	l->map[i] = (int)c;
	return 0;
}

static int
check_needed(const struct list *l, long line, struct err *e)
{
	if (l->has == 0)
		return err_set(e, ERR_MALFORMED,
		    "line %ld: not a header: none of its %zu cells is a column of a list", line,
		    l->columns);
	for (int c = 0; c < COLUMN_MAX; c++)
		if (column_needed((enum column)c) && c != (int)l->without && (l->has & 1u << c) == 0)
			return err_set(e, ERR_MALFORMED, "line %ld: no column %s (%s)", line,
			    column_name((enum column)c), column_name_ja((enum column)c));
	return 0;
}

int
csv_begin(struct list *l, struct err *e)
{
	struct record r;
	struct row row;
	const int rc = next_cells(l, &row, &r, &l->columns);

	if (rc == 0)
		return err_set(e, ERR_MALFORMED, "empty: a list has a header");
	if (rc < 0) {
		struct buf reason = BUF_INIT;

		row_reason(&row, false, &reason);
		err_set(e, ERR_MALFORMED, "the header: %s", reason.p != NULL ? reason.p : "");
		buf_free(&reason);
		return -1;
	}
	for (size_t i = 0; i < l->columns; i++)
		if (map_cell(l, i, row.line, e) < 0)
			return -1;
	for (size_t i = 0; i < l->names; i++)
		l->extra[i].name = l->name[i];
	return check_needed(l, row.line, e);
}

/* One cell to its place; the fault is that of the first column that has one. */
static void
take_cell(struct list *l, size_t i, struct row *row)
{
	const int to = i < l->columns ? l->map[i] : UNNAMED;
	enum row_fault fault = ROW_NONE;

	if (to >= COLUMN_MAX) {
		l->extra[to - COLUMN_MAX].text = l->cell[i];
	} else if (to == UNNAMED) {
		if (row->fault == ROW_NONE && !is_blank(l->cell[i]))
			list_fault(row, ROW_CELLS_MORE);
	} else {
		row->given[to] = list_value(l->cell[i], &fault);
		if (row->fault == ROW_NONE && fault != ROW_NONE) {
			row->fault = fault;
			row->column = (enum column)to;
		}
	}
}

/*
 * Excel leaves empty cells out at the end of some rows.  What is needed, and
 * the end of the last line of a file that was cut off, are not among these.
 */
static bool
may_be_missing(const struct list *l, size_t i, const struct record *r)
{
	const int c = l->map[i];

	return !r->cut && (c == UNNAMED || c >= COLUMN_MAX || !column_needed((enum column)c));
}

int
csv_row(struct list *l, struct row *row)
{
	struct record r;
	size_t n;
	const int rc = next_cells(l, row, &r, &n);

	row->has = l->has;
	if (rc != 1)
		return rc;
	row->extra = l->extra;
	row->extras = l->names;
	for (size_t i = 0; i < l->names; i++)
		l->extra[i].text = "";
	for (size_t i = 0; i < n; i++)
		take_cell(l, i, row);
	for (size_t i = n; i < l->columns && row->fault == ROW_NONE; i++)
		if (!may_be_missing(l, i, &r))
			list_fault(row, ROW_CELLS_FEWER);
	return row->fault != ROW_NONE || row_read(row) < 0 ? -1 : 1;
}

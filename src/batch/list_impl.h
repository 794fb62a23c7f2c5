#ifndef BATCH_LIST_IMPL_H
#define BATCH_LIST_IMPL_H

/* The inside of struct list, for list.c and the readers of its two formats. */

#include "batch/charset.h"
#include "batch/feed.h"
#include "batch/list.h"

struct list {
	struct feed		 feed;
	struct charset		 charset;
	enum list_format	 format;
	long			 rows;
	bool			 nomem;

	char			*name[ROW_CELLS_MAX];	/* of the extras of list_extras(), owned */
	size_t			 names;
	struct extra		 extra[ROW_CELLS_MAX];	/* of the row */

	/* CSV: what each column is: an enum column, COLUMN_MAX + i for extra i, or UNNAMED */
	int			 map[ROW_CELLS_MAX];
	size_t			 columns;
	unsigned		 has;
	enum column		 without;	/* that may be missing though it is needed; COLUMN_MAX */
	char			*cell[ROW_CELLS_MAX];

	/* NDJSON: the row and its known values */
	struct json		*doc;
	char			 values[ROW_BYTES_MAX + COLUMN_MAX * 24];

	/* a row read before it is asked for: NDJSON's first, and what a pipe had */
	struct row		 ahead;
	int			 ahead_rc;	/* of list_next(); 0 once it was handed out */
	bool			 hurried;	/* a pipe is not waited for: FEED_DRY */
};

#define UNNAMED	(-1)

/* Reads the header, or the first row; 0, or -1 with e set. */
int	csv_begin(struct list *l, struct err *e);
int	ndjson_begin(struct list *l, struct err *e);

/* list_next() without number; or FEED_DRY. */
int	csv_row(struct list *l, struct row *row);
int	ndjson_row(struct list *l, struct row *row);

/*
 * The next row of the file in UTF-8, with a NUL behind it; row is emptied and
 * gets its line.  1; 0 at the end; -1 with row->fault set; FEED_DRY.  number is
 * given by the caller, since the row may turn out to be empty.
 */
int	list_record(struct list *l, struct row *row, struct record *r);

/* Adds a name to those of list_extras(); 0, or -1 when there is no memory. */
int	list_add_extra(struct list *l, const char *name);

/*
 * The value of a column we know, without blanks around, ="..." and line ends;
 * NULL when it is blank.  *fault is ROW_CONTROL for a control character in it.
 */
char	*list_value(char *s, enum row_fault *fault);

/* Sets the fault of the row as a whole; -1. */
int	list_fault(struct row *row, enum row_fault fault);

#endif

#ifndef RULES_CSV_H
#define RULES_CSV_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Comma-separated values (RFC 4180) in UTF-8, as spreadsheets write them: a
 * byte-order mark is skipped, lines end with CRLF or LF, a quoted cell may
 * hold commas, quotes (doubled) and line ends.
 */
#define CSV_CELLS_MAX	96

struct csv {
	char	*text;	/* a copy that is cut into cells */
	size_t	 n, at;
	int	 line;	/* of the next byte, from 1 */
};

struct csv_row {
	int	 line;	/* where it begins */
	int	 n;
	char	*cell[CSV_CELLS_MAX];	/* lives until csv_close() */
};

/* 0, or -1: not UTF-8, a NUL or another control character (ERR_MALFORMED), ERR_NOMEM. */
int	csv_open(struct csv *c, const char *p, size_t n, struct err *e);
/* 1 with a row, 0 at the end, -1 with e set; an empty line is a row of one empty cell. */
int	csv_next(struct csv *c, struct csv_row *row, struct err *e);
void	csv_close(struct csv *c);

/* Appends a cell, quoted where it has to be; the comma is the caller's. */
void	csv_add(struct buf *b, const char *cell);

#endif

#ifndef BATCH_LIST_H
#define BATCH_LIST_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "batch/row.h"

/*
 * Reads an appointment list, row by row, in memory that does not grow with it;
 * from a pipe as well as from a file.  What it is shows in what it holds: NDJSON
 * begins with a brace, all else is CSV with a header; UTF-8, with or without
 * a byte-order mark, or CP932.  docs/list.md has the details.
 *
 * The encoding is that of most lines of the first 128 KiB that can be in one of
 * the two only, or, if there is none, of the first such row.  A row that is in
 * the other one is a bad row.
 */
enum list_format { LIST_CSV, LIST_NDJSON };
enum list_encoding { LIST_ASCII, LIST_UTF8, LIST_CP932 };	/* ASCII: nothing told so far */

struct list;

/*
 * NULL with e set when it is no list (ERR_MALFORMED): empty, UTF-16, a workbook,
 * a column repeated or missing.  in is borrowed until list_close().
 */
struct list	*list_open(FILE *in, struct err *e);
/* The same of a list that may do without that column. */
struct list	*list_open_without(FILE *in, enum column without, struct err *e);

/* 1 with a row, -1 with one that has a fault, 0 at the end of what could be read. */
int		 list_next(struct list *l, struct row *row);

/* At the end: -1 with e set when it was none, since reading (ERR_MALFORMED) or memory failed. */
int		 list_check(const struct list *l, struct err *e);

/* Wipes and frees; NULL is harmless.  It returns what list_check() would have. */
int		 list_close(struct list *l, struct err *e);

/* Whether list_next() would wait for a pipe.  What the last row borrowed is no more then. */
bool		   list_would_wait(struct list *l);

/* Bytes of the input up to the end of the last row. */
long long	   list_bytes(const struct list *l);

enum list_format   list_format(const struct list *l);
enum list_encoding list_encoding(const struct list *l);

/*
 * The names of the columns we do not know, in their order; of NDJSON those of
 * the first line, other lines may have more.  Borrowed from the list.
 */
const char *const *list_extras(const struct list *l, size_t *n);

#endif

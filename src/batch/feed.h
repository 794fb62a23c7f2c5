#ifndef BATCH_FEED_H
#define BATCH_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "batch/row.h"

/*
 * The bytes of a list and where its rows end: a window that slides over the
 * input, large enough for the longest row.
 */
#define FEED_BLOCK	65536

struct feed {
	FILE	*in;	/* borrowed */
	char	*p;	/* FEED_BLOCK + ROW_BYTES_MAX and a little; wiped at the end */
	size_t	 at, n;	/* what is there and not yet taken: [at, n) */
	long	 line;	/* physical line at at, from 1; ends in CRLF, LF or CR */
	bool	 eof;	/* there is nothing behind n */
	bool	 dropping;	/* at is in a line whose row was handed out as wrong */
	bool	 failed;	/* because reading failed */
	long long bytes;	/* read so far */
};

/* The text of one row, without its line end; it may be written to, one byte behind it too. */
struct record {
	char		*p;
	size_t		 n;
	long		 line;		/* where it begins */
	bool		 cut;		/* the input ended before its line did */
	enum row_fault	 fault;		/* of its form; p and n are then not to be used */
};

/* 0 with the first block read, or -1 when there is no memory. */
int	feed_open(struct feed *f, FILE *in);
void	feed_close(struct feed *f);

/*
 * The next row: of CSV, where quotes may hold line ends, or a line as it is.
 * 1, or 0 at the end.  A row whose form is wrong is one physical line: what
 * comes after a quote that is never closed is not lost.  Without wait FEED_DRY
 * where not all of a row has come by a pipe; no part of it is taken.
 */
#define FEED_DRY	2
int	feed_record(struct feed *f, bool csv, bool wait, struct record *r);

#endif

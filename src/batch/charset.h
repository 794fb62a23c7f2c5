#ifndef BATCH_CHARSET_H
#define BATCH_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "batch/list.h"
#include "batch/row.h"

/*
 * From CP932 as Windows has it (WAVE DASH is U+FF5E, the rows of NEC and IBM
 * are there, the user's own characters are U+E000 on) to UTF-8, and which of
 * the two a text is in.  The C library's iconv(3) has the table.
 */
struct charset {
	enum list_encoding	 encoding;
	void			*cd;	/* iconv_t, NULL until it is needed */
	struct buf		 text;	/* the last row, converted; wiped by charset_close() */
};

#define CHARSET_INIT { .encoding = LIST_ASCII, .cd = NULL, .text = BUF_INIT }

/*
 * Decides by the lines of the first block: what more of those that can be only
 * one of the two are in.  whole: the block ends where the input does; else what
 * follows its last line end does not count.
 */
void	charset_guess(struct charset *c, const char *p, size_t n, bool whole);

/*
 * The row in UTF-8 and NUL-terminated, in place or in c->text; it may be
 * written to.  A list that said nothing so far is decided by the first row that
 * does.  NULL with *fault set: ROW_NUL, ROW_NOT_UTF8, ROW_NOT_CP932; or with
 * ROW_NONE when there is no memory or no iconv.
 */
char	*charset_read(struct charset *c, char *p, size_t *n, enum row_fault *fault);

void	charset_close(struct charset *c);

#endif

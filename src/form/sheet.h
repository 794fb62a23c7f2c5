#ifndef FORM_SHEET_H
#define FORM_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

/*
 * A sheet of paper to be filled in, of one A4 page: what stands on it, and
 * nothing of how it looks.  shikaku makes one and prints it as text, or hands
 * it as JSON to shikaku-form, which draws it.  Strings are UTF-8 in which every
 * character can be seen: no control or format character, no line end.
 */
#define SHEET_BLOCKS	48
#define SHEET_CHOICES	12
#define SHEET_LINES	4
#define SHEET_TEXT_MAX	2100		/* characters of one string */
#define SHEET_VALUE_MAX	2048		/* of one that came from elsewhere; longer ones are cut */
#define SHEET_JSON_MAX	(160 * 1024)	/* bytes of a sheet as JSON */

enum block_kind {
	BLOCK_TO,		/* text: whom the sheet is for; NULL: to be written */
	BLOCK_PARAGRAPH,	/* text */
	BLOCK_HEADING,		/* text */
	BLOCK_ROW,		/* label, and what is known, to be ticked or to be written */
	BLOCK_NOTE		/* text, one of a list */
};

struct choice {
	const char	*text;
	bool		 on;
};

/* What of a text is not on the sheet. */
struct sheet_lost {
	int	unseen;		/* characters shown as 〓 */
	bool	cut;
};

struct block {
	enum block_kind	 kind;
	const char	*text;		/* row: what is known; NULL: nothing */
	struct sheet_lost lost;		/* of its texts; no part of the JSON */
	/* Of a row only: */
	const char	*label;
	const char	*hint;		/* small, below the label; NULL if none */
	const char	*blank;		/* in place of text, such as "年  月  日"; NULL if none */
	bool		 beside;	/* in one line with the row before */
	int		 lines;		/* room for so many lines of handwriting, 1..SHEET_LINES */
	struct choice	 choice[SHEET_CHOICES];	/* then there is no text and no blank */
	int		 choices;
};

struct sheet {
	const char	*title;
	const char	*footer;
	int		 day;		/* on which it was made (base/date.h) */
	struct block	 block[SHEET_BLOCKS];
	int		 blocks;
	char		**own;		/* strings made for it */
	size_t		 owned;
	bool		 failed;	/* memory ran out on the way */
	struct json	*doc;		/* that its strings lie in */
};

#define SHEET_INIT { .day = 0 }

void	sheet_free(struct sheet *s);	/* harmless on SHEET_INIT and when repeated */

/*
 * A copy that lives as long as the sheet, in which blanks and line ends are
 * single blanks and everything else that can not be seen is 〓, cut to
 * SHEET_VALUE_MAX with a mark at the end.  NULL when nothing is left.
 */
const char *sheet_clean(struct sheet *s, const char *text, struct sheet_lost *lost);

/* A text put together, which lives as long as the sheet. */
const char *sheet_printf(struct sheet *s, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Another block with nothing in it; there must be room. */
struct block *sheet_add(struct sheet *s, enum block_kind kind);

/* Whether a string of that many bytes may stand on a sheet. */
bool	sheet_can_show(const char *s, size_t n);

/* As JSON; sheet_write(sheet_read(x)) is x for what was written so. */
void	sheet_write(const struct sheet *s, struct buf *out);

/*
 * Reads what sheet_write() wrote into *s (SHEET_INIT before), which is to be
 * freed in any case.  Everything said above is checked.  0, or -1 with e set
 * (ERR_MALFORMED: a key or place, never a text).
 */
int	sheet_read(struct sheet *s, const char *json, size_t n, struct err *e);

/* The same sheet on a terminal or typewriter: lines of at most 80 columns. */
#define SHEET_COLUMNS	80
void	sheet_text(const struct sheet *s, struct buf *out);

#define SHEET_CUT	"(以下略)"

#endif

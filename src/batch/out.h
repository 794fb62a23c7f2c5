#ifndef BATCH_OUT_H
#define BATCH_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "batch/compare.h"
#include "batch/row.h"

/* What became of a row (cli.md, "batch"). */
#define STATUS_LIST(X)							\
	X(VALID,       "valid",       "有効")				\
	X(INVALID,     "invalid",     "無効")				\
	X(INVALID_NEW, "invalid_new", "無効(新しい資格あり)")		\
	X(NOT_FOUND,   "not_found",   "該当資格なし")			\
	X(MULTIPLE,    "multiple",    "複数該当")			\
	X(ERROR,       "error",       "確認できず")

#define X(name, en, ja) STATUS_##name,
enum status { STATUS_LIST(X) STATUS_MAX };
#undef X

const char	*status_name(enum status s, bool ja);

/* One thing to bring, or a warning. */
struct note {
	const char	*code;	/* stable */
	const char	*text;	/* for people */
	int		 until;	/* day number or FACT_ABSENT */
};

/* One row of the output; all of it borrowed. */
struct out_row {
	const char		*patient_id;	/* NULL: could not be read */
	enum status		 status;
	int			 copay_percent;	/* FACT_ABSENT: none */
	const char		*path;		/* NULL: none */
	const struct change	*change;
	size_t			 changes;
	const struct note	*bring;
	size_t			 brings;
	const struct note	*warning;
	size_t			 warnings;
	bool			 retryable;
	const struct extra	*extra;
	size_t			 extras;
};

/*
 * How it is written.  names are the columns that follow ours (list_extras());
 * more says that rows may have others besides, as NDJSON has: these share a last
 * column "extra", as a JSON object.
 */
struct out_form {
	bool			 spreadsheet;	/* CSV that Excel opens as it is meant */
	bool			 texts;		/* CSV: texts, not codes, of the notes */
	bool			 ja;		/* CSV: names of changes in Japanese, with texts */
	const char *const	*name;
	size_t			 names;
	bool			 more;
};

/*
 * CSV (RFC 4180, UTF-8): docs/list.md, "Output".  For a spreadsheet with
 * a byte-order mark, CRLF, and what it would turn into numbers or dates as
 * ="012".  Always: a cell of somebody else's text that would run as a formula
 * gets an apostrophe before it.
 */
void	out_csv_cell(struct buf *b, const struct out_form *f, const char *s);
void	out_csv_head(struct buf *b, const struct out_form *f);
void	out_csv_row(struct buf *b, const struct out_form *f, const struct out_row *row);

/* NDJSON: one object and a line feed. */
void	out_ndjson_row(struct buf *b, const struct out_row *row);

/*
 * The name of an extra in the output, where ours come first: one that is called
 * as one of ours gets "list." before it.
 */
void	out_extra_name(struct buf *b, const char *name);

#endif

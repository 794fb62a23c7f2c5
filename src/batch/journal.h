#ifndef BATCH_JOURNAL_H
#define BATCH_JOURNAL_H

#include <stdbool.h>

#include "base/err.h"
#include "batch/appraise.h"

/*
 * What a run has already been told, so that --resume asks nothing twice: one
 * record a line, appended before anything is made of it.
 *
 *	HASH SPACE JSON LF	HASH: hash_short() of the JSON, hexadecimal
 *
 * The first line says what run it is.  Every row that was asked has one record,
 * and its rows stand at most a ring (run.h) apart from the order of the list, so
 * that it can be read beside the list in flat memory.  A last line that was cut
 * off by a crash is dropped; any other damage is ERR_INTEGRITY.
 *
 * It holds answers of the service, so it is 0600 and removed when the run ends.
 */
struct journal;

#define JOURNAL_DIGEST_LEN	16	/* hexadecimal digits of hash_short() */

enum journal_kind { JOURNAL_HEAD, JOURNAL_ROW, JOURNAL_FILE, JOURNAL_RECEPTION, JOURNAL_END };

struct journal_record {
	enum journal_kind	 kind;
	bool			 bulk;		/* HEAD */
	int			 today;		/* HEAD: day number of the first run */
	long long		 mark;		/* HEAD: run_config.mark */
	long			 row;		/* ROW */
	const char		*question;	/* ROW, FILE: digest of what was asked */
	struct found		 found;		/* ROW */
	const char		*file;		/* FILE, RECEPTION, END: ArbitraryFileIdentifier */
	const char		*reception;	/* RECEPTION */
	int			 as_of;		/* FILE: day number */
	long			 first, last;	/* FILE: its first and last row */
	struct json		*doc;		/* owned; what the rest borrows from */
};

/*
 * Opens or makes it; that nobody else has it is the caller's to see to.  With
 * resume, what is there is read first by journal_next() and *head becomes its
 * head; otherwise it begins anew with *head.  ERR_DISK, ERR_INTEGRITY.
 */
int	journal_open(struct journal **out, const char *path, bool resume,
	    struct journal_record *head, struct err *e);

/*
 * 1 with a record, whose doc is the caller's; 0 when all was read, and from then
 * on it can be appended to; -1 with e set.
 */
int	journal_next(struct journal *j, struct journal_record *r, struct err *e);

/* Adds a record, to be appended by the next journal_write(); ERR_NOMEM. */
int	journal_add(struct journal *j, const struct journal_record *r, struct err *e);

/* Appends what was added by one write(2), so that a crash of this program loses none; ERR_DISK. */
int	journal_write(struct journal *j, struct err *e);

/* journal_write(), and then what was written since the last time is on disk; ERR_DISK. */
int	journal_sync(struct journal *j, struct err *e);

/* done: the run has ended and the file is removed.  Harmless on NULL. */
void	journal_close(struct journal *j, bool done);

/* One line without its LF, as it stands in the file; 0 or -1 with e set (ERR_INTEGRITY). */
int	journal_read_line(const char *line, size_t n, struct journal_record *r, struct err *e);

#endif

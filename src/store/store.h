#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>

#include "base/seal.h"
#include "base/secret.h"

/*
 * What the clinic knows of its patients, entry after entry: nothing is changed
 * but by purging.  Of an entry stand in clear only its number, kind, time and
 * a keyed hash of the patient's number; the rest is sealed and bound to these.
 * Each entry carries a link, the keyed hash of the link before and itself, so
 * that one taken out, put back, exchanged or from elsewhere is noticed; that
 * the whole file is an old one is told by its head alone, which others keep
 * (the audit log).  Several processes may use one store at once.
 *
 * Errors besides those of db.h: ERR_PERMISSION (77), another key's store, also
 * when it got that key since it was opened; ERR_DISK, when another file has
 * taken its place since.  Then nothing more is read or written.
 */
struct store;

enum store_kind {
	STORE_CONFIRMED = 1,	/* an eligibility as it was confirmed */
	STORE_ANSWER,		/* the service's answer as it came */
	STORE_SEEN,		/* what document was seen, by whom */
	STORE_DEBT,		/* what a provisional verdict leaves to be done */
	STORE_CLOSED,		/* of a debt: ref */
	STORE_JUDGED,		/* the clinic's own decision */
	STORE_PURGED,		/* what was purged until then */
	STORE_KIND_MAX
};

struct store_entry {
	long long	 seq;		/* from 1, in the order they were made */
	enum store_kind	 kind;
	long long	 at;		/* Unix time, seconds */
	long long	 ref;		/* CLOSED: the debt's seq; else 0 */
	const char	*patient;	/* the clinic's number; "" for PURGED */
	struct span	 text;		/* JSON, as its writer made it */
};

/* The last entry.  Whoever noted an earlier head can tell an old copy of the file. */
struct store_head {
	long long	 seq;		/* 0: nothing was ever stored */
	uint8_t		 link[SEAL_HASH_LEN];
};

/* Makes an empty store for this master key; the file must not be there. */
int	store_make(const char *path, const struct secret *master, struct err *e);
int	store_open(struct store **out, const char *path, const struct secret *master,
	    struct err *e);
void	store_close(struct store *s);	/* gives up what was begun; harmless on NULL */

/* Several entries, all or none; without it each store_add() is durable when it returns. */
int	store_begin(struct store *s, struct err *e);
int	store_commit(struct store *s, struct err *e);
void	store_abort(struct store *s);

/* n's seq is not looked at; *seq (or NULL) becomes it. */
int	store_add(struct store *s, const struct store_entry *n, long long *seq, struct err *e);

struct store_query {
	const char	*patient;	/* NULL: everybody's */
	enum store_kind	 kind;		/* 0: every kind */
	bool		 open;		/* DEBT: only those without a CLOSED */
	bool		 newest_first;
};

/* Entries one by one; what store_next() gives is good until it is called again. */
struct store_cursor;
int	store_select(struct store *s, const struct store_query *q, struct store_cursor **out,
	    struct err *e);
int	store_next(struct store_cursor *c, struct store_entry *out, struct err *e);	/* 1, 0, -1 */
void	store_end(struct store_cursor *c);	/* harmless on NULL */

/*
 * The last of a patient's entries of a kind, of those up to the number upto
 * (0: of all); text is where it is opened, and what *out borrows from.  1, 0, -1.
 */
int	store_last(struct store *s, const char *patient, enum store_kind kind, long long upto,
	    struct buf *text, struct store_entry *out, struct err *e);

int	store_head(struct store *s, struct store_head *out, struct err *e);
/* Whether that once was its head, under the present key: 1, 0, -1. */
int	store_passed(struct store *s, const struct store_head *h, struct err *e);

/* Stands for somebody elsewhere: a keyed hash, the same as long as the store lives. */
void	store_pseudonym(const struct store *s, struct span name,
	    uint8_t out[static SEAL_HASH_LEN]);

struct store_count {
	long long	of_kind[STORE_KIND_MAX];	/* [0]: purged ones */
	long long	open_debts;
	long long	oldest, newest;			/* Unix time; 0: none */
};
/* How many debts are open; whatever else there is costs no time. */
int	store_open_debts(struct store *s, long long *n, struct err *e);
int	store_stats(struct store *s, struct store_count *out, struct err *e);

/* Opens every entry and follows every link; ERR_INTEGRITY names the first that is wrong. */
int	store_verify(struct store *s, struct err *e);

/*
 * Takes the content of entries of a kind made before at; debts when they were
 * closed before at (with what closed them) or made before open_at.  An entry
 * says how many it was.  Not inside store_begin().  1: done, but what was taken
 * still stands in the log beside the file, until the last who has it open closes it.
 */
struct store_purge {
	enum store_kind	kind;
	long long	at, open_at;
};
int	store_purge(struct store *s, const struct store_purge *p, long long now, long long *n,
	    struct err *e);

int	store_copy(struct store *s, const char *path, struct err *e);	/* a backup, sealed as it is */

/*
 * All of it under another master key, in one step; ERR_INTEGRITY as
 * store_verify() when it is not as it was written.  1: done, as store_purge().
 */
int	store_rekey(struct store *s, const struct secret *master, struct err *e);

#endif

#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * SQLite: what is committed survives a power cut (WAL, synchronous FULL), what
 * is deleted is overwritten (secure_delete).  Errors are ERR_DISK (41),
 * ERR_INTEGRITY (40: damaged, or no database of ours), ERR_NOMEM, and
 * ERR_DISK also when another process has been writing for DB_BUSY_MS.
 */
#define DB_BUSY_MS	10000

struct db;
struct db_row;	/* a prepared statement: its parameters, then its rows */

/* The folder may be reached by links, the file is none (ERR_CONFIG). */
int	db_open(struct db **out, const char *path, struct err *e);
void	db_close(struct db *d);		/* harmless on NULL */

/*
 * What the log has goes into the file, and the log is emptied: 0; 1 when
 * somebody was reading for DB_BUSY_MS, and it goes with the last who closes it.
 */
int	db_checkpoint(struct db *d, struct err *e);

/* Whether the file that is open is still the one of that name; ERR_DISK when not. */
int	db_in_place(const struct db *d, struct err *e);
const char *db_path(const struct db *d);	/* as it was given */

/* One or more statements without parameters or rows. */
int	db_exec(struct db *d, const char *sql, struct err *e);

int	db_prepare(struct db *d, struct db_row **out, const char *sql, struct err *e);
void	db_finish(struct db_row *r);	/* harmless on NULL */

/* Parameters from 1; bytes are borrowed until db_reset(). */
void	db_bind_int(struct db_row *r, int i, long long v);
void	db_bind_bytes(struct db_row *r, int i, struct span v);

/* 1: a row is there; 0: no more; -1.  db_reset() before it is used again. */
int	db_step(struct db_row *r, struct err *e);
void	db_reset(struct db_row *r);

/* Columns from 0; bytes are good until the next step or reset.  NULL is 0, or no bytes. */
long long	 db_int(struct db_row *r, int i);
struct span	 db_bytes(struct db_row *r, int i);

/*
 * A new file of mode 0600, filled by fill (0, -1): whole and durable, or not
 * there at all.  It must not be there yet (ERR_DISK).
 */
int	db_make(const char *path, int (*fill)(struct db *d, void *ctx, struct err *e), void *ctx,
	    struct err *e);

/* All of it to a new file, as db_make(); others may read and write meanwhile. */
int	db_copy(struct db *d, const char *path, struct err *e);

/* SQLite's own look at the file: ERR_INTEGRITY. */
int	db_check(struct db *d, struct err *e);

#endif

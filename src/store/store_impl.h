#ifndef STORE_STORE_IMPL_H
#define STORE_STORE_IMPL_H

/* The inside of the store, for store.c, stored.c and care.c. */

#include <assert.h>

#include "store/db.h"
#include "store/store.h"

enum {
	KEY_ROWS, KEY_PATIENTS, KEY_LINKS,
	KEY_DERIVED,			/* of the master key so far */
	KEY_NAMES = KEY_DERIVED,	/* stands in the store, and stays when the master key is another */
	KEY_USES
};

struct store_keys {
	struct secret	all;	/* KEY_USES of them, behind one another */
};

static inline const uint8_t *
store_key(const struct store_keys *k, int use)
{
	return k->all.p + use * SEAL_KEY_LEN;
}

struct store {
	struct db	*db;
	struct store_keys keys;
	struct db_row	*add, *head, *last, *check;	/* NULL until they are wanted */
	bool		 begun;
	struct store_head at;		/* begun: the last entry, with those of this transaction */
	struct buf	 text;		/* what store_verify() opens */
	uint8_t		 patient[SEAL_HASH_LEN];	/* what a cursor asks for */
};

/* An entry as it stands in the table. */
struct stored {
	long long	 seq, at, ref;
	int		 kind;
	uint8_t		 patient[SEAL_HASH_LEN];
	struct span	 sealed;	/* borrowed */
	uint8_t		 link[SEAL_HASH_LEN];
};

/* Conditions on a row; the figures are SEAL_OVERHEAD and enum store_kind. */
#define IS_KEPT		"length(entry.sealed) >= 40"
#define IS_DEBT		"entry.kind = 4"
#define IS_CLOSED	"EXISTS (SELECT 1 FROM entry c WHERE c.ref = entry.seq AND c.kind = 5)"
#define CLOSES_PURGED	"(entry.kind = 5 AND EXISTS (SELECT 1 FROM entry d WHERE d.seq = entry.ref" \
			" AND length(d.sealed) < 40))"
static_assert(SEAL_OVERHEAD == 40 && STORE_DEBT == 4 && STORE_CLOSED == 5, "see above");

#define ROW_SELECT "SELECT seq, kind, at, ref, patient, sealed, link FROM entry"

int	store_keys(struct store_keys *k, const struct secret *master, struct err *e);
int	store_statement(struct store *s, struct db_row **r, const char *sql, struct err *e);
/*
 * For what a reader came to: rc, or -1 when since it was opened another file
 * took the store's place or it got another key.  Then nothing was found, or was
 * found wrong, that says anything; looked at behind the reading, as neither is undone.
 */
int	store_still(struct store *s, int rc, struct err *e);
int	store_write_check(struct store *s, const struct store_keys *k, struct err *e);
void	store_patient(const struct store_keys *k, const char *patient,
	    uint8_t out[static SEAL_HASH_LEN]);

/* From a statement that stands on a row of ROW_SELECT; ERR_INTEGRITY. */
int	stored_read(struct db_row *r, struct stored *out, struct err *e);

/* Fills in row->sealed, which borrows from out. */
int	stored_seal(const struct store_keys *k, struct stored *row, const char *patient,
	    struct span text, struct buf *out, struct err *e);

/* What was sealed, into text, from which out borrows; ERR_INTEGRITY. */
int	stored_open(const struct store_keys *k, const struct stored *row, struct buf *text,
	    struct store_entry *out, struct err *e);

/* Fills in row->link. */
void	stored_link(const struct store_keys *k, const uint8_t before[static SEAL_HASH_LEN],
	    struct stored *row);

/* What stands in the place of purged content: nobody without the key can purge. */
void	stored_stone(const struct store_keys *k, const struct stored *row,
	    uint8_t out[static SEAL_HASH_LEN]);
bool	stored_is_purged(const struct stored *row);

#endif

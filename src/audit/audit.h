#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <stdbool.h>

#include "base/seal.h"

/*
 * Who asked what, when: an append-only file a month, a line a record,
 *
 *	CHAIN SPACE JSON LF	CHAIN: BLAKE2b-256 of the chain before and that of JSON, hexadecimal
 *	CHAIN SPACE #DIGEST LF	a record that was purged: of its JSON only the BLAKE2b-256 is left
 *
 * and now and then a seal among them, {"seal":N,"next":KEY,"sign":SIG}, signed
 * by its epoch's Ed25519 key over the chain before it and the next public key;
 * then the old secret key is gone.  So what stands before a seal can not be
 * made anew by whoever gets at the machine later.  What stands behind the last
 * seal can, and so can the end be cut off: the head, noted elsewhere, tells.
 *
 * In the folder: audit-YYYY-MM.log, audit.key (0600: the secret key of now).
 * Errors: ERR_DISK, ERR_INTEGRITY, ERR_PERMISSION (others may get at folder or key), ERR_NOMEM.
 */
#define AUDIT_SEAL_EVERY	256	/* records, and at the first of each day */
#define AUDIT_KEY_HEX		(2 * SIGN_PUBLIC_LEN + 1)

/* Begins a log in an empty folder of mode 0700; first is the public key to be noted. */
int	audit_init(const char *folder, long long now, char first[static AUDIT_KEY_HEX],
	    struct err *e);

/* Whether a record could be appended: none is, and the chain is not followed; what a crash left is cleared away. */
int	audit_ready(const char *folder, struct err *e);

/* Where a log stands; what can be noted elsewhere, and compared later. */
struct audit_head {
	long long	records;	/* seals not counted */
	char		chain[2 * DIGEST_LEN + 1];
};

/* What is to be done when it is this process's turn to append: json may be filled then. */
struct audit_turn {
	int	(*come)(void *ctx, struct err *e);
	void	*ctx;
};

/*
 * Appends n records, durable when it returns; each is one object without line
 * ends.  now: Unix time.  Several processes may append, by turns: what a record
 * says of the moment it is written at is found out in turn (NULL: nothing is).
 */
int	audit_add(const char *folder, const struct span *json, size_t n, long long now,
	    const struct audit_turn *turn, struct audit_head *head, struct err *e);

/*
 * What stands in the records of months before this one ("2023-11") is taken
 * out; their place in the chain and the seals stay.  Only when a record with
 * "log_purged_before": "2023-11" was added, and the month ended AUDIT_KEEP_YEARS
 * before, is such a log a good one.  *n: how many records.
 */
#define AUDIT_KEEP_YEARS	3
#define AUDIT_MONTH_LEN		7
int	audit_purge(const char *folder, const char month[static AUDIT_MONTH_LEN + 1],
	    long long *n, struct err *e);

/* The month whose predecessors may be taken out at that time. */
void	audit_purge_month(long long now, char out[static AUDIT_MONTH_LEN + 1]);

/* What a walk through the log has found. */
struct audit_state {
	struct audit_head head;
	long long	seals;
	long long	sealed;		/* records before the last seal */
	long long	purged;		/* records whose content was taken out */
	char		first[AUDIT_KEY_HEX];	/* the first public key, as the log has it */
};

/*
 * Follows the chain and the seals through all files, from the first public key
 * (NULL: as it stands in the log's first line, which proves less).  known, or
 * NULL: a head noted before, which the log must have gone through.  each, or
 * NULL, is given every record that was not purged, in order: an object with
 * seq, at and record.  Where it fails, e names file and line.
 */
struct json;
struct audit_reader {
	int	(*each)(void *ctx, const struct json *entry, struct err *e);
	void	*ctx;
};
int	audit_verify(const char *folder, const char *first, const struct audit_head *known,
	    const struct audit_reader *reader, struct audit_state *out, struct err *e);

#endif

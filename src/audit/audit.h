#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include <stdbool.h>

#include "base/seal.h"

/*
 * Who asked what, when: an append-only file a month, a line a record,
 *
 *	CHAIN SPACE JSON LF	CHAIN: BLAKE2b-256 of the chain before and that of JSON, hexadecimal
 *
 * and now and then a seal among them, {"seal":N,"next":KEY,"sign":SIG}, signed
 * by its epoch's Ed25519 key over the chain before it and the next public key;
 * then the old secret key is gone.  So what stands before a seal can not be
 * made anew by whoever gets at the machine later.  What stands behind the last
 * seal can, and so can the end be cut off: the head, noted elsewhere, tells.
 *
 * In the folder: audit-YYYY-MM.log, audit.key (0600: the secret key of now).
 * Errors: ERR_DISK, ERR_INTEGRITY, ERR_PERMISSION, ERR_NOMEM.
 */
#define AUDIT_SEAL_EVERY	256	/* records, and at the first of each day */
#define AUDIT_KEY_HEX		(2 * SIGN_PUBLIC_LEN + 1)

/* Begins a log in an empty folder of mode 0700; first is the public key to be noted. */
int	audit_init(const char *folder, long long now, char first[static AUDIT_KEY_HEX],
	    struct err *e);

/*
 * Appends a record, durable when it returns; json is one object without line
 * ends and without "seal".  now: Unix time.  Several processes may append.
 */
int	audit_add(const char *folder, struct span json, long long now, struct err *e);

/* Where the log stands now; what can be noted elsewhere, and compared later. */
struct audit_head {
	long long	records;	/* seals not counted */
	long long	seals;
	char		chain[2 * DIGEST_LEN + 1];
};

/*
 * Follows the chain and the seals through all files, from the first public key
 * (NULL: as it stands in the log's first line, which proves less).  known, or
 * NULL: a head noted before, which the log must have gone through.  each, or
 * NULL, is given every record in order.  Where it fails, e names file and line.
 */
struct audit_reader {
	int	(*each)(void *ctx, struct span json, struct err *e);
	void	*ctx;
};
int	audit_verify(const char *folder, const char *first, const struct audit_head *known,
	    const struct audit_reader *reader, struct audit_head *out, struct err *e);

#endif

#ifndef AUDIT_AUDIT_IMPL_H
#define AUDIT_AUDIT_IMPL_H

/* The inside of the log, for audit.c, verify.c and purge.c. */

#include "audit/audit.h"
#include "json/json.h"

#define CHAIN_HEX	(2 * DIGEST_LEN)
#define LINE_MAX_LEN	16384	/* bytes of a line */
#define SEGMENT_LEN	17	/* audit-YYYY-MM.log */
#define SEGMENT_MONTH	6	/* where in it the month begins */
#define PURGED_LEN	(CHAIN_HEX + 2 + 2 * DIGEST_LEN)	/* CHAIN SPACE #DIGEST */
#define FORMAT		"shikaku-audit-1"
#define RECORD_BEGIN	"{\"seq\":"	/* of a record's JSON, and of no seal's */

/* The chain of a line, of whose text this is the digest, behind the one before; in place or not. */
void	line_chain(const char before[static CHAIN_HEX], const uint8_t digest[static DIGEST_LEN],
	    char out[static CHAIN_HEX + 1]);

/* What a seal signs. */
void	seal_text(const char before[static CHAIN_HEX], const char *next, long long number,
	    struct buf *out);

/* Others wait from here until *lock is closed; the folder is its owner's alone.  Both are the caller's to close, also after -1. */
int	lock_folder(const char *folder, int *dir, int *lock, struct err *e);

/* The names of the segments in their order, malloced; *n of them. */
int	segments(const char *folder, char (**out)[SEGMENT_LEN + 1], size_t *n, struct err *e);

#endif

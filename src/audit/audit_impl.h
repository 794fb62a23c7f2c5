#ifndef AUDIT_AUDIT_IMPL_H
#define AUDIT_AUDIT_IMPL_H

/* The inside of the log, for audit.c and verify.c. */

#include "audit/audit.h"
#include "json/json.h"

#define CHAIN_HEX	(2 * DIGEST_LEN)
#define LINE_MAX_LEN	16384	/* bytes of a line */
#define SEGMENT_LEN	17	/* audit-YYYY-MM.log */
#define FORMAT		"shikaku-audit-1"

/* The chain of a line behind the one before. */
void	line_chain(const char before[static CHAIN_HEX], struct span json,
	    char out[static CHAIN_HEX + 1]);

/* What a seal signs. */
void	seal_text(const char before[static CHAIN_HEX], const char *next, long long number,
	    struct buf *out);

/* The names of the segments in their order, malloced; *n of them. */
int	segments(const char *folder, char (**out)[SEGMENT_LEN + 1], size_t *n, struct err *e);

#endif

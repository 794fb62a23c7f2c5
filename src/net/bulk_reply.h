#ifndef NET_BULK_REPLY_H
#define NET_BULK_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "json/json.h"
#include "net/request.h"

/*
 * The replies of the bulk enquiry (一括照会; docs/service.md, "Many at once") to
 * values; no I/O.  As net/reply.h: what is missing, contradicts itself or
 * belongs to another file is ERR_REPLY_MALFORMED.
 */

#define BULK_RECEPTION_MAX	40	/* bytes of a ReceptionNumber */

struct bulk_receipt {
	char	reception[BULK_RECEPTION_MAX + 1];
	char	time[14 + 1];		/* ReceptionDateTime, YYYYMMDDhhmmss */
};

enum bulk_segment {
	BULK_DONE = 1,			/* OQSCD003 */
	BULK_WORKING = 2,		/* units may be there all the same */
	BULK_FAILED = 9
};

struct bulk_result {
	enum bulk_segment	 segment;
	const struct json	*units;		/* BulkConfirmUnit; NULL for none */
	long			 worked_off;	/* NumberOfProcessingResult */
	const char		*code;		/* BULK_FAILED: ErrorCode, -Message */
	const char		*message;
	struct json		*doc;		/* owned; the rest points into it */
};

/* May s be a ReceptionNumber?  One to BULK_RECEPTION_MAX digits. */
bool	bulk_is_reception(const char *s);

/* h is the header that was sent. */
int	bulk_read_receipt(const char *text, size_t n, const struct elig_header *h,
	    struct bulk_receipt *out, struct err *e);

/*
 * 0 for each of the three segments, and out->doc is the caller's to js_free();
 * the units themselves are not looked at.
 */
int	bulk_read_result(const char *text, size_t n, const struct elig_header *h,
	    const char *reception, struct bulk_result *out, struct err *e);

/* The ArbitraryIdentifier of a unit, NULL when it has none. */
const char *bulk_unit_id(const struct json *unit);

#endif

#ifndef MOCK_BULK_H
#define MOCK_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "mock/enquiry.h"
#include "mock/people.h"
#include "mock/refusal.h"

/*
 * 一括照会 (docs/service.md, "Many at once"): files of questions, taken in at
 * once, worked off after a while and kept for whoever has the ReceptionNumber.
 * The limits and times of the real service are not public: all are assumed.
 */
#define BULK_FILES_MAX		1024
#define BULK_BYTES_MAX		(256u << 20)	/* all files kept */
#define BULK_RECEPTION_LEN	16		/* decimal digits */

struct bulk_config {
	long long	units_max;	/* units a file may have */
	long long	ms;		/* to work off a file */
	long long	unit_ms;	/* and for each unit of it, one after the other */
	long long	keep_s;		/* a ReceptionNumber is good for so long */
	bool		partial;	/* what is done so far is given before the end */
};

#define BULK_CONFIG_INIT { .units_max = 10000, .keep_s = 86400 }

/* One question of a file and what was found; texts stand in the file's own. */
struct bulk_unit {
	const struct record	*record;	/* NULL: no result is given */
	enum validity		 validity;	/* 0: the question is an error */
	bool			 changed;	/* LimitApplicationCertificateChanged */
	size_t			 echo, necho;	/* QualificationConfirmSearchInfo */
	size_t			 fault;		/* what is wrong with it, NUL-terminated */
};

struct bulk_file {
	struct bulk_file	*next;		/* taken in later */
	char			 institution[11];
	char			 reception[BULK_RECEPTION_LEN + 1];
	char			 date[9];	/* QualificationConfirmationDate */
	char			*id;		/* ArbitraryFileIdentifier */
	uint8_t			 hash[HASH_SHA256_LEN];	/* of date and questions */
	long long		 taken;		/* Unix time */
	long long		 taken_ms;	/* monotonic */
	bool			 delivered;	/* its whole result was given */
	struct buf		 text;
	struct bulk_unit	*unit;
	size_t			 n;
};

/* The files kept, the oldest first.  Zeroed before use. */
struct bulk {
	struct bulk_config	 config;
	struct bulk_file	*first;
	size_t			 n;
	size_t			 bytes;
	size_t			 taken;		/* files ever kept, repeats not counted */
};

void	bulk_free(struct bulk *b);	/* all files; harmless when repeated */

/*
 * A file of these questions, each looked up as of the header's date; NULL
 * with r set without memory.  The caller's until bulk_take().
 */
struct bulk_file *bulk_file_new(const struct people *p, const struct bulk_enquiry *q,
		    struct refusal *r);
void	bulk_file_free(struct bulk_file *f);	/* harmless on NULL */

/*
 * Keeps f and gives it a ReceptionNumber.  Of an institution that has sent
 * this ArbitraryFileIdentifier before, the earlier file is returned and f is
 * freed; but a file with other questions is refused (FILE_IDENTIFIER_REUSED).
 * Where there is no room, the oldest that were delivered go; when there are
 * none, OVERLOADED.  NULL: refused, f is freed.
 */
struct bulk_file *bulk_take(struct bulk *b, struct bulk_file *f, long long now,
		    long long now_ms, struct refusal *r);

/* The institution's file of that number; NULL: none, or no longer kept. */
struct bulk_file *bulk_find(struct bulk *b, const char *institution, const char *reception,
		    long long now_ms);

/* Is the whole file worked off?  done: how many units are. */
bool	bulk_is_done(const struct bulk *b, const struct bulk_file *f, long long now_ms,
	    size_t *done);

/* The answer to the upload, and the one to the question for its result. */
void	bulk_write_receipt(struct buf *out, const struct bulk_file *f, long long now);
void	bulk_write_result(struct buf *out, const struct bulk *b, const struct bulk_file *f,
	    long long now, long long now_ms);

#endif

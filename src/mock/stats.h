#ifndef MOCK_STATS_H
#define MOCK_STATS_H

#include <stddef.h>

#include "base/err.h"

/*
 * How often each question was asked and each file sent, for tests of a client
 * that must not ask twice (docs/mock.md, "Counting").  Holds identifiers that
 * the client chose and nothing of what was asked.  Flat but for 60 to 120 bytes
 * a question, depending on its identifier and on how full the table is.
 */
#define COUNTER_LIST(X)							\
	X(SINGLE, "question", "single")	/* enquiries by number answered */ \
	X(BULK,   "question", "bulk")	/* units taken in, repeats of a file not counted */ \
	X(UPLOAD, "file", "uploads")	/* repeats too */		\
	X(POLL,   "file", "polls")	/* answered while it was worked on */ \
	X(RESULT, "file", "results")	/* answered with the whole result */

#define X(name, kind, key) COUNTER_##name,
enum counter { COUNTER_LIST(X) COUNTER_MAX };
#undef X

struct stats;

/* NULL with e set: no memory. */
struct stats	*stats_new(struct err *e);
void		 stats_free(struct stats *s);		/* harmless on NULL */

/* Of this identifier once more; harmless with s NULL. */
void	stats_count(struct stats *s, enum counter what, const char *id);
/* Of something without: known again by a hash that this run alone can make. */
void	stats_count_unnamed(struct stats *s, enum counter what, const char *text, size_t n);
/* A connection accepted, a request answered; path is service_path_name()'s. */
void	stats_connection(struct stats *s);
void	stats_request(struct stats *s, const char *path, int status);

/*
 * Writes all as NDJSON to path.part, mode 0600, and renames that, so that a
 * reader sees it whole.  ERR_DISK.
 */
int	stats_write(const struct stats *s, const char *path, struct err *e);

#endif

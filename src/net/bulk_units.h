#ifndef NET_BULK_UNITS_H
#define NET_BULK_UNITS_H

#include "net/answer.h"
#include "net/bulk_reply.h"
#include "net/request.h"

/*
 * The questions of one bulk file and what has become of each: brings the units
 * of the results, which come in any order, in parts and again, to the
 * questions they answer.  No I/O.
 *
 * A unit is final as it comes, also in the result of a file that is still
 * worked on.  The same unit twice in a result counts once if both are equal,
 * and is an error if not; one that is final already stays as it was.
 */
struct bulk_units;

/* Things a result should not have; counted, without effect on other units. */
struct bulk_oddities {
	size_t	strangers;	/* units that answer no question of this file */
	size_t	repeated;	/* the same again, equal */
	size_t	contradicted;	/* the same again, different */
};

/*
 * n > 0 questions, borrowed; as_of is not looked at.  ERR_USAGE when one has
 * no ArbitraryIdentifier, or two have the same.
 */
int	bulk_units_new(struct bulk_units **out, const struct elig_number_request *q, size_t n,
	    struct err *e);
void	bulk_units_free(struct bulk_units *u);	/* harmless on NULL */

/* Takes a result that has not failed over, with its doc. */
int	bulk_units_take(struct bulk_units *u, struct bulk_result *r, struct err *e);

/* What is not final yet ends like this; the strings of like are borrowed. */
void	bulk_units_fail(struct bulk_units *u, const struct elig_answer *like,
	    const struct err *why);

/*
 * The next that has become final: its index, and what reply_read_unit() makes
 * of it; one that a finished file does not have is ERR_REPLY_MALFORMED and
 * retryable.  *a points into the result: good until the next one is taken.
 */
bool	bulk_units_next(struct bulk_units *u, size_t *index, struct elig_answer *a,
	    struct err *e);

/* How many have not been given by bulk_units_next(). */
size_t	bulk_units_left(const struct bulk_units *u);

const struct bulk_oddities *bulk_units_oddities(const struct bulk_units *u);

#endif

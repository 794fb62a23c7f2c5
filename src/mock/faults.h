#ifndef MOCK_FAULTS_H
#define MOCK_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

/*
 * Wrong answers on demand (docs/mock.md).  Early ones stand for a service
 * that did not even look at the request; the others spoil a finished answer.
 */
#define FAULT_LIST(X)			\
	X(STATUS,         "status",         true)	\
	X(MAINTENANCE,    "maintenance",    true)	\
	X(OVERLOADED,     "overloaded",     true)	\
	X(REDIRECT,       "redirect",       true)	\
	X(LATENCY,        "latency",        false)	\
	X(DATE_SKEW,      "date_skew",      false)	\
	X(MISSING_FIELD,  "missing_field",  false)	\
	X(WRONG_TYPES,    "wrong_types",    false)	\
	X(UNKNOWN_CODE,   "unknown_code",   false)	\
	X(DUPLICATE_KEYS, "duplicate_keys", false)	\
	X(WRONG_ECHO,     "wrong_echo",     false)	\
	X(REPLACE,        "replace",        false)	\
	X(DEEP_NESTING,   "deep_nesting",   false)	\
	X(CUT_BODY,       "cut_body",       false)	\
	X(BIG_BODY,       "big_body",       false)	\
	X(NOT_JSON,       "not_json",       false)	\
	X(EMPTY_BODY,     "empty_body",     false)	\
	X(BOM,            "bom",            false)	\
	X(INVALID_UTF8,   "invalid_utf8",   false)	\
	X(BODY,           "body",           false)	\
	X(SLOW_DRIP,      "slow_drip",      false)	\
	X(BULK_PENDING,   "bulk_pending",   false)	\
	X(BULK_FAILED,    "bulk_failed",    false)	\
	X(UNITS_SHUFFLED, "units_shuffled", false)	\
	X(UNIT_MISSING,   "unit_missing",   false)	\
	X(UNIT_TWICE,     "unit_twice",     false)	\
	X(UNIT_ERROR,     "unit_error",     false)

#define X(name, text, early) FAULT_##name,
enum fault_kind { FAULT_LIST(X) FAULT_MAX };
#undef X

struct fault {
	enum fault_kind		 kind;
	const char		*path;		/* NULL: any */
	const char		*person;	/* id in the people file, NULL: any */
	long long		 nth;		/* only this match, from 1; 0: all */
	long long		 first;		/* only the first so many; 0: all */
	long long		 percent;	/* of the matches, at random but always the same */
	long long		 seen;		/* matches so far */
	const char		*field;
	const struct json	*value;		/* REPLACE */
	const char		*text;		/* BODY, Location of REDIRECT, error code */
	long long		 amount;	/* ms, seconds, levels, bytes, status, unit, seed */
	long long		 retry_after;	/* seconds; -1: no such header */
};

struct faults;

/* ERR_CONFIG when unreadable, ERR_MALFORMED naming the entry. */
struct faults	*faults_load(const char *path, struct err *e);
void		 faults_free(struct faults *f);	/* harmless on NULL */

/*
 * The first fault that applies to this request, or NULL; counts the matches.
 * Asked before the answer, with person NULL, for the faults of any person;
 * and, if there was none, after it for those of this person.
 */
const struct fault *faults_pick(struct faults *f, const char *path, const char *person);

/* Does it answer instead of the service?  Never when it is of one person. */
bool		 fault_is_early(const struct fault *f);

/* What a fault makes of an answer, besides its body. */
struct spoiled {
	int		 status;
	const char	*location;
	long long	 retry_after;	/* -1: none */
	long long	 latency_ms;
	long long	 date_skew;	/* seconds, 0: the true date */
	long long	 cut_at;	/* -1: whole body */
	long long	 fill;		/* bytes of white space behind the body */
	long long	 drip;		/* bytes a second, 0: as fast as they go */
};

#define SPOILED_INIT(st) { .status = (st), .retry_after = -1, .cut_at = -1 }

void	fault_apply(const struct fault *f, struct spoiled *s, struct buf *body);

/* The part of it that is for the result of a bulk enquiry; others stay as they are. */
void	fault_apply_bulk(const struct fault *f, struct buf *body);

#endif

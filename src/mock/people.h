#ifndef MOCK_PEOPLE_H
#define MOCK_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "json/json.h"
#include "mock/client.h"

/* QualificationValidity, OQSCD006. */
enum validity {
	VALIDITY_IN_FORCE = '1',
	VALIDITY_ENDED = '2',
	VALIDITY_SUPERSEDED = '3',
	VALIDITY_NOT_FOUND = '4',
	VALIDITY_MULTIPLE = '5',
	VALIDITY_UNREGISTERED = '6'
};

/*
 * The numbers by which a result is searched, in the form in which they are
 * compared: NFKC, insurer number without spaces, that, number and branch
 * without leading zeros.
 */
struct numbers {
	char	insurer[16];
	char	symbol[80];
	char	number[80];
	char	branch[16];
	bool	any_branch;	/* the request named none */
	int	birthdate;
};

/* Fills n from the five texts; symbol and branch may be NULL.  -1: too long, no such date. */
int	numbers_set(struct numbers *n, const char *insurer, const char *symbol, const char *number,
	    const char *branch, const char *birthdate);

struct record {
	struct numbers		 numbers;
	int			 from;	/* first day, DATE_NONE: always */
	int			 until;	/* first day without, DATE_NONE: never */
	const struct json	*json;	/* NULL: stands in source */
	struct source		*source;
	size_t			 at;	/* there, of all its results */
};

/* The ResultOfQualificationConfirmation; NULL, and memory.h is told, without memory. */
const struct json *record_json(const struct record *r);

struct person {
	const char	*id;
	bool		 registered;
	bool		 revoked;
	char		 forced;	/* QualificationValidity, 0: follows from the dates */
	struct record	*record;
	size_t		 nrecords;	/* known; behind them those that come later */
};

struct people;

/*
 * A document with all of them, or NDJSON, a person a line: of those only the
 * numbers are kept, and who is asked for is read again from the file, which
 * stays open.  ERR_CONFIG when unreadable, ERR_MALFORMED naming person and
 * element.
 */
struct people	*people_load(const char *path, struct err *e);
struct people	*people_parse(const char *text, size_t n, struct err *e);
void		 people_free(struct people *p);	/* harmless on NULL */

/* It is now_ms (monotonic): makes known what is by then.  Counts from its first call. */
void		 people_tick(struct people *p, long long now_ms);

/* Somebody who has a result with this birth date. */
struct birth {
	int			 date;
	const struct person	*person;
};

/*
 * Those of this birth date, each once, in the order of the file: the first of
 * *n neighbours.
 */
const struct birth *people_born(const struct people *p, int date, size_t *n);

/* What is known of an enquiry's person as of a date. */
struct finding {
	const struct person	*person;	/* NULL: none, or several */
	const struct record	*record;	/* NULL: no result is given */
	enum validity		 validity;
};

/* Who holds this certificate, or NULL. */
const struct person *people_by_certificate(const struct people *p,
		    const uint8_t hash[static HASH_SHA256_LEN]);

/* 利用登録: from now on this person's certificates are registered; in memory only. */
void		 people_register(struct people *p, const struct person *who);

struct finding	 people_of_card(const struct person *who, int date);
struct finding	 people_by_number(const struct people *p, const struct numbers *n, int date);

#endif

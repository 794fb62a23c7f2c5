#ifndef MOCK_PEOPLE_IMPL_H
#define MOCK_PEOPLE_IMPL_H

#include <stdio.h>

#include "base/hash.h"
#include "mock/people.h"

/* For people.c, which knows a person, and people_lines.c, which reads many. */

/* A line of the file, read again when its person is first asked for. */
struct source {
	int		 fd;
	off_t		 offset;
	size_t		 n;
	struct json	*doc;	/* NULL: not yet */
};

/* Results that become known later. */
struct pending {
	struct person	*who;
	size_t		 n;
	long long	 after_ms;
};

struct holder {
	uint8_t			 hash[HASH_SHA256_LEN];
	const struct person	*person;
};

struct people {
	struct json	*doc;
	struct person	*person;
	size_t		 n;
	struct holder	*holder;	/* sorted by hash */
	size_t		 nholders;
	struct birth	*birth;		/* sorted by date and person, each pair once */
	size_t		 nbirths;
	struct pending	*pending;
	size_t		 npending;
	long long	 begun_ms;	/* of the first tick */
	FILE		*lines;		/* NULL: all is in doc */
	struct source	*source;	/* a line each */
};

/* Checks one more and takes it in; it is as p->person has room for it, and borrows from o. */
int		 people_take(struct people *p, const struct json *o, struct err *e);

/* When all are taken in. */
int		 people_index(struct people *p, struct err *e);

/* The file, if its first line is a person; else NULL. */
FILE		*lines_open(const char *path);
struct people	*lines_load(FILE *f, struct err *e);	/* closes f, at once or at the end */
void		 lines_free(struct people *p);

#endif

#ifndef BATCH_REPORT_IMPL_H
#define BATCH_REPORT_IMPL_H

#include "batch/report.h"
#include "batch/report_html.h"

/* What a row asks of the staff; the order is that of the page and of a bar. */
enum care { CARE_CALL, CARE_DESK, CARE_FAILED, CARE_FINE, CARE_MAX };

struct tally {
	long	n[CARE_MAX];
};

#define QUARTERS	96	/* of an hour in a day */

/* How many appointments there are when; report_picture.c draws it. */
struct timeline {
	struct {
		int		day;	/* day number, ascending */
		struct tally	tally;
	}		day[REPORT_DAYS_MAX];
	int		days;
	struct tally	later;		/* of all days after those */
	int		last;		/* latest day of all; FACT_ABSENT: no day at all */
	struct tally	quarter[QUARTERS];	/* by the time of day, whatever the day */
	struct tally	untimed;	/* a day without a time */
	long		nowhere;	/* rows whose day could not be told */
};

/* A row that somebody must look at. */
struct person {
	enum care	 care;
	enum status	 status;
	int		 day;		/* INT_MAX: could not be told */
	int		 minute;	/* MINUTE_NONE: none is given */
	long		 number;	/* of the row */
	int		 copay_percent;	/* or FACT_ABSENT */
	bool		 bad;		/* the list is to be mended */
	bool		 retryable;
	struct buf	 who, why;	/* HTML of two cells */
};

#define MINUTE_NONE	1440	/* sorts after every time of its day */

struct report {
	struct report_head	 head;
	char			*list, *edition;	/* what head points to */
	struct tally		 care;
	long			 status[STATUS_MAX];
	long			 rows;
	long			 retryable;	/* of care.n[CARE_FAILED] */
	long			 bad;		/* the same: the list is to be mended */
	struct timeline		 timeline;
	struct person		*person[REPORT_PEOPLE_MAX];	/* a heap, the mildest first */
	int			 people;
};

/* < 0: a is worse than b. */
int	person_compare(const struct person *a, const struct person *b);

/* NULL when there is no memory. */
struct person *person_new(const struct row *row, const struct out_row *out, bool ja);
void	person_free(struct person *p);

/* What of a row matters for its place, without the cells. */
struct person person_key(const struct row *row, const struct out_row *out);

void	timeline_add(struct timeline *t, const struct person *p);
bool	timeline_has_one_day(const struct timeline *t);
/* The picture, and what is not in it. */
void	timeline_write(const struct timeline *t, bool ja, struct buf *b);
/* The patterns that the picture and the squares are filled with; once, before either. */
void	patterns_write(struct buf *b);
/* The small square that stands for one kind in the picture. */
void	swatch_write(enum care care, struct buf *b);

/* "call", for id and class. */
const char *care_name(enum care care);
extern const enum words care_words[CARE_MAX];

#endif

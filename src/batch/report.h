#ifndef BATCH_REPORT_H
#define BATCH_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "batch/out.h"
#include "batch/row.h"

/*
 * The page for the morning meeting: who needs a call today and why, what the
 * desk looks at, what could not be asked, and the day as a picture.  One HTML
 * file that needs nothing else: no script, nothing fetched, its one style
 * element allowed by its hash.  docs/list.md, "The report".
 *
 * Memory does not grow with the list: of those who need anybody's attention the
 * REPORT_PEOPLE_MAX worst are kept, of all others only how many there are.
 */
#define REPORT_PEOPLE_MAX	500
#define REPORT_DAYS_MAX		31	/* days with a bar of their own, the earliest ones */
#define REPORT_CHARS_MAX	80	/* of a cell of the list that are shown */

struct report;

struct report_head {
	bool		 ja;		/* else English */
	int		 today;		/* when it is made: day number, in Japan */
	int		 minute;	/* and minute of the day */
	const char	*list;		/* name of the list's file; untrusted; NULL: none */
	bool		 bulk;		/* asked with 一括照会: says what that leaves open */
	const char	*edition;	/* of the rules; NULL: none */
};

/* Copies what it needs.  NULL when there is no memory. */
struct report	*report_new(const struct report_head *h);

/*
 * One row, in the order of the list.  Whoever is to bring something gets a call
 * today; who differs from the list, has a warning (bulk_without_limit, which
 * every row of a bulk run has, is none) or is anything but valid is for the desk;
 * a row that could not be read or asked is told with its line.  Copies what it
 * keeps; 0, or -1 when there is no memory.
 */
int		 report_add(struct report *r, const struct row *row, const struct out_row *out);

/* Appends the page; b is failed when there is no memory. */
void		 report_write(const struct report *r, struct buf *b);

/* Wipes and frees; NULL is harmless. */
void		 report_free(struct report *r);

#endif

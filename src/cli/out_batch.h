#ifndef CLI_OUT_BATCH_H
#define CLI_OUT_BATCH_H

#include "batch/report.h"
#include "batch/run.h"

/* Where the rows of a run go: the output, and the page for the meeting. */
struct out_batch {
	const char	*name;		/* of the output; NULL or "-": standard output */
	const char	*report_name;	/* NULL: no page */
	bool		 ndjson;	/* else CSV, of this form */
	struct out_form	 form;
	long		 changed, to_bring;	/* rows so far */
	void		(*before)(void *ctx);	/* rows are written out: NULL, or what must come first */
	void		*ctx;			/* of before */

	int		 fd;		/* while it is open */
	bool		 is_file;	/* a regular one */

	/* private */
	bool		 begun;		/* the file has lost what it held before */
	struct buf	 text;		/* not yet written out */
	struct report	*report;
	char		*page;		/* the page's file until it is done, or NULL */
	int		 page_fd;
};

#define OUT_BATCH_INIT { .fd = -1, .page_fd = -1, .text = BUF_INIT }

bool	out_batch_is_file(int fd);	/* a regular one */

/* Whether what is open there is the file of that name; NULL: no. */
bool	out_batch_is_at(int fd, const char *path);
/* Whether an output of that name, as in struct out_batch, is the file that is open there. */
bool	out_batch_goes_to(const char *name, int fd);
/* Whether both are one name; of a file that need not be there. */
bool	out_batch_is_name(const char *a, const char *b);

/* A regular file that another run has is ERR_BUSY. */
int	out_batch_lock(int fd, const char *name, struct err *e);

/*
 * Opens both, 0600; ERR_DISK, ERR_BUSY.  What is written to the output shows up
 * now and then, and takes the place of what it held with the first rows; the
 * page is not there before it is whole.
 */
int	out_batch_open(struct out_batch *o, const struct report_head *head, struct err *e);

/* The members of struct run_sink; ctx is the struct out_batch. */
int	out_batch_row(void *ctx, const struct row *row, const struct appraisal *a, struct err *e);
int	out_batch_end(void *ctx, struct err *e);

int	out_batch_flush(struct out_batch *o, struct err *e);

/* Removes the page that did not come to its end. */
void	out_batch_close(struct out_batch *o);

#endif

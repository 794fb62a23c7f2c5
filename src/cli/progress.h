#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "batch/run.h"

/*
 * How far a run is, on stderr: a bar on a terminal, redrawn in place, else a
 * plain line every so often.  Counts only, nothing of a patient.
 */
struct progress {
	bool		 ja;
	bool		 quiet;
	bool		 bar;		/* stderr is a terminal */
	int		 every_ms;	/* plain lines */
	long long	 total;		/* bytes of the list, 0: not known */
	long long	 begun, last;	/* instants of https_clock_ms() */
	bool		 drawn;
};

/* list: to see how long it is. */
void	progress_begin(struct progress *p, FILE *list, bool ja, bool quiet, int every_s);
void	progress_show(struct progress *p, const struct run_state *s);
/* Removes the bar; what is printed next has the line for itself. */
void	progress_clear(struct progress *p);

/* "24行: 有効 18, 無効 2" for the bar, the plain lines and the summary. */
void	progress_counts(struct buf *b, const struct run_state *s, bool ja);

#endif

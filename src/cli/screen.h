#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>

#include "base/buf.h"

#define SCREEN_LINES	24	/* where nothing says how many there are */

/* The lines of the terminal that standard output is. */
int	screen_lines(void);

/*
 * A screen as blocks in their order.  Where there are too many lines those give
 * way whose rank comes last; ALWAYS and ACTION stay whatever happens.
 */
enum rank { ALWAYS, ACTION, STEP, MONEY, SCOPE, REASON, BETTER, INFERRED, SOURCES, RANKS };

#define SCREEN_BLOCKS	96

struct screen {
	struct {
		struct buf	text;	/* whole lines; empty: nothing */
		enum rank	rank;
	} block[SCREEN_BLOCKS];
	int	n;
	int	left_out;	/* blocks that gave way, and what the writer counts to them */
};

/* Where the next block is written; what no longer fits is written to the last one. */
struct buf	*screen_block(struct screen *s, enum rank rank);

/*
 * Takes out what does not fit on so many lines (the last is left for a prompt);
 * where that is not enough, the longest blocks lose lines.  Returns the first
 * rank of what gave way; RANKS: nothing did.
 */
enum rank	 screen_fit(struct screen *s, int lines);

/* Appends it, with a last line that says how many blocks gave way, and releases the blocks. */
void		 screen_show(struct screen *s, bool ja, struct buf *out);

void		 screen_release(struct screen *s);

#endif

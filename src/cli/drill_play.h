#ifndef CLI_DRILL_PLAY_H
#define CLI_DRILL_PLAY_H

#include <stdio.h>

#include "desk/drill.h"

/* A round of training: put to the person at the terminal, or to lines of standard input. */
struct drilling {
	const struct rulebase	*rb;
	struct rng		*rng;
	FILE			*out;
	bool			 ja;
	bool			 keys;		/* a terminal on both sides: single keys */
	int			 total;		/* situations of the round */
	/* counted: */
	int			 played, asked, right;
};

/* Plays one situation to its end.  True when the person wants to stop. */
bool	drill_play(struct drilling *g, const struct play *p);

/* All situations as a table, one row for what is done alike: csv, markdown, or for a terminal. */
enum poster_form { POSTER_TEXT, POSTER_MARKDOWN, POSTER_CSV };
void	drill_poster(struct buf *b, const struct rulebase *rb, const struct play *const *plays,
	    int n, enum poster_form form, int width, bool ja);

/* The same as an array of objects. */
void	drill_poster_json(struct buf *b, const struct rulebase *rb, const struct play *const *plays,
	    int n, bool ja);

#endif

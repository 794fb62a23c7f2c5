#ifndef CLI_BOARD_H
#define CLI_BOARD_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The terminal of `watch`, standard error: one page at a time, under it two
 * lines, the state of things and the keys.  Where nobody sits, or the terminal
 * can not be cleared, lines come one after the other.
 *
 * From board_begin() on a signal that ends the program clears the screen first.
 */
struct board {
	bool		on;		/* a person sits there */
	bool		pages;		/* and the terminal can be cleared */
	bool		painted;	/* page and foot are there, on a screen of that size */
	int		rows, columns;
	bool		personal;	/* the page is about a patient */
	struct buf	page;		/* whole lines */
	struct buf	state, keys;	/* the foot; no line breaks in it */
	char		clock[8];	/* "14:07" */
};

void	board_begin(struct board *b, bool on);
/* Leaves nothing about a patient on the screen; harmless when repeated. */
void	board_end(struct board *b);

/* The lines that a page may have. */
int	board_lines(const struct board *b);

/*
 * Another page in place of the last one, of which nothing stays if it was
 * personal.  It is there with the next board_foot().
 */
void	board_show(struct board *b, const struct buf *page, bool personal);

/* What stands under it; nothing happens where it stands there already. */
void	board_foot(struct board *b, const char *clock, const char *state, const char *keys);

/* An empty screen, and nothing left to scroll back to: for a conversation. */
void	board_clear(struct board *b);

void	board_ring(const struct board *b);

#endif

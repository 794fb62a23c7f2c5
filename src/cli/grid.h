#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "base/buf.h"

/* Tables on a terminal: cells by display width, made safe as in base/text.h. */
#define GRID_GAP	2	/* columns between two cells */
#define GRID_MAX	12	/* cells of a row */

/* Appends s, cut to width columns with an ellipsis where it is longer. */
void	grid_cut(struct buf *b, const char *s, int width);

/* Appends s and blanks up to width columns. */
void	grid_pad(struct buf *b, const char *s, int width);

/*
 * Appends a row of n cells, each wrapped within its width and at its own line
 * ends; as many lines as the longest cell needs.
 */
void	grid_row(struct buf *b, const char *const *cells, const int *widths, int n);

/* Appends s wrapped behind a head that is indent columns wide. */
void	grid_entry(struct buf *b, const char *head, int indent, const char *s, int width);

#endif

#ifndef FORM_PEN_H
#define FORM_PEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Draws on one A4 page of a PDF.  Lengths are points (1/72 inch), from the
 * upper left corner.  The only user of cairo and pango.
 */
#define PEN_WIDTH	595.276
#define PEN_HEIGHT	841.890

/*
 * What is printed is in IPAexGothic, what was written in IPAexMincho; names
 * with rare characters take them from IPAmjMincho, which is loaded when one is
 * met.  No other font is ever used, whatever is installed.
 */
enum face { FACE_PRINTED, FACE_WRITTEN };

struct style {
	enum face	face;
	double		size;	/* points */
};

/* Bytes of a text between which no line ends. */
#define PEN_KEEPS	12
struct wording {
	const char	*text;
	struct { unsigned from, to; } keep[PEN_KEEPS];
	int		 keeps;
};

struct pen;

/*
 * day (base/date.h) is the date that the document bears: the same page of the
 * same day is the same file.  NULL with e set: ERR_FORM_HELPER when a font is
 * missing, ERR_NOMEM.
 */
struct pen	*pen_open(const char *title, int day, struct err *e);

/*
 * Whether the fonts have that character (Unicode); a variation selector counts
 * as had.  rare_missing: not, and IPAmjMincho, which may have it, is not there.
 */
bool	pen_has(struct pen *p, unsigned character);
bool	pen_rare_missing(const struct pen *p);

/* Everything after it is drawn so much smaller, and kept to the left. */
void	pen_shrink(struct pen *p, double factor);

void	pen_line(struct pen *p, double x, double y, double to_x, double to_y, double width);
void	pen_box(struct pen *p, double x, double y, double w, double h, double width);
/* grey: 0 black .. 1 white */
void	pen_fill(struct pen *p, double x, double y, double w, double h, double grey);

/* How high a text is when it is broken into lines of that width. */
double	pen_height(struct pen *p, const struct wording *t, struct style style, double width);
/* How wide it is in one line. */
double	pen_width(struct pen *p, const char *text, struct style style);
void	pen_write(struct pen *p, const struct wording *t, struct style style, double x, double y,
	    double width);

/* The file, into out; p is gone in any case.  0, or -1 with e set. */
int	pen_close(struct pen *p, struct buf *out, struct err *e);

#endif

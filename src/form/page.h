#ifndef FORM_PAGE_H
#define FORM_PAGE_H

#include "form/sheet.h"

/* What could not be printed as it was. */
struct page_report {
	bool	rare_missing;	/* the font of rare characters is not installed */
};

/*
 * Draws the sheet on one A4 page, into out.  Characters that no font has become
 * 〓, and a text that does not fit in the smallest print is cut: the blocks'
 * lost says so.  0, or -1 with e set.
 */
int	page_draw(struct sheet *s, struct buf *out, struct page_report *r, struct err *e);

#endif

#ifndef DESK_PRINTER_H
#define DESK_PRINTER_H

#include "form/sheet.h"

/*
 * Has shikaku-form draw the sheet: the PDF, into out.  What could not be
 * printed as it was is added to the blocks' lost; *rare_missing: because the
 * font of rare characters is not installed.  It is handed a piece of memory to
 * write to, and no file.  0, or -1 with e set: ERR_FORM_HELPER when it is not
 * there, died, or gave no PDF.
 */
int	printer_draw(struct sheet *s, struct buf *out, bool *rare_missing, struct err *e);

#endif

#ifndef CARD_TRACE_H
#define CARD_TRACE_H

#include "card/card_io.h"

/*
 * A card_io that writes what passes through it to the card below: one line
 * per command ("> ...") and per answer ("< ..."), in hexadecimal.  What
 * follows the header and Lc of VERIFY (INS 20) and CHANGE (INS 24) is
 * written as "**" whatever its length.
 */
struct trace {
	const struct card_io	*below;
	/* Takes one line, with its newline. */
	void			(*write)(void *arg, const char *line, size_t n);
	void			*arg;
};

struct card_io	trace_io(struct trace *t);

#endif

#ifndef CARD_TRACE_H
#define CARD_TRACE_H

#include <stdbool.h>

#include "card/card_io.h"

/*
 * A card_io that writes what passes through it to the card below: one line
 * per command ("> ...") and per answer ("< ..."), in hexadecimal.  What
 * follows the header and Lc of VERIFY (INS 20) and CHANGE (INS 24) is
 * written as "**" whatever its length, and so is the data of every answer in
 * the 券面事項入力補助AP, where a person's name and address are.
 */
struct trace {
	const struct card_io	*below;
	/* Takes one line, with its newline. */
	void			(*write)(void *arg, const char *line, size_t n);
	void			*arg;
	bool			 personal;	/* set by the tracer */
};

struct card_io	trace_io(struct trace *t);

#endif

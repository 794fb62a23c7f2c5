#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>

/*
 * A text put together of texts has a hole where memory ran out for one of
 * them, and the last buffer, which is whole, does not know; a comparison of
 * texts says "not the same".  So every such loss of this thread is noted, and
 * who has work to show asks first: what may have a hole is not shown as done.
 */
void	memory_lost(void);

/* Was any lost since this was last asked? */
bool	memory_was_lost(void);

#endif

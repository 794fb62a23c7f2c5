#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A text put together of texts has a hole where memory ran out for one of
 * them, and the last buffer, which is whole, does not know; a comparison of
 * texts says "not the same".  So every such loss of this thread is noted, and
 * who has work to show asks first: what may have a hole is not shown as done.
 */
void	memory_lost(void);

/* Was any lost since this was last asked? */
bool	memory_was_lost(void);

/*
 * As libc's, and note what was not to be had: for a library that makes
 * something else of it.  Of 0 bytes there is one; free() frees it.
 */
void	*memory_malloc(size_t n);
void	*memory_calloc(size_t n, size_t size);
void	*memory_realloc(void *p, size_t n);
char	*memory_strdup(const char *s);

#endif

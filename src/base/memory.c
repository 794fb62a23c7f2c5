#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local bool lost;

void
memory_lost(void)
{
	lost = true;
}

bool
memory_was_lost(void)
{
	const bool was = lost;

	lost = false;
	return was;
}

static void *
noted(void *p)
{
	if (p == NULL)
		lost = true;
	return p;
}

void *
memory_malloc(size_t n)
{
	return noted(malloc(n > 0 ? n : 1));
}

void *
memory_calloc(size_t n, size_t size)
{
	return noted(n > 0 && size > 0 ? calloc(n, size) : calloc(1, 1));
}

void *
memory_realloc(void *p, size_t n)
{
	return noted(realloc(p, n > 0 ? n : 1));
}

char *
memory_strdup(const char *s)
{
	return noted(strdup(s));
}

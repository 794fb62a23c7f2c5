#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdio.h>
#include <stdlib.h>

/* What holds for every input; a fuzzer keeps one for which it does not. */
#define must(what) ((what) ? (void)0 : must_failed(__FILE__, __LINE__, #what))

static inline void
must_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

#endif

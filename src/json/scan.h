#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Looks for what json-c lets pass even when strict: repeated keys, deep nesting,
 * NULs, a BOM, control characters, 'single quotes', NaN, numbers such as 1. and
 * -01.  It judges the tokens; who reads the document afterwards judges their
 * order.  0 with *escapes: is there a \ in any string; or -1 with e set
 * (ERR_MALFORMED, ERR_NOMEM).
 */
int	scan_document(const char *text, size_t n, bool *escapes, struct err *e);

/* The line, from 1, in which the byte at stands. */
int	scan_line(const char *text, size_t n, size_t at);

static inline bool
scan_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif

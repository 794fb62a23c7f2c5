#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Base64 of RFC 4648 section 4: the standard alphabet, padded, no line breaks. */

/* Appends the encoding of n bytes. */
void	base64_add(struct buf *b, const uint8_t *p, size_t n);

/*
 * Decodes the whole string s into out, which has room for cap bytes.  Returns
 * the number of bytes, or -1 when s is anything but the one canonical
 * encoding of at most cap bytes: no white space, padding complete, unused
 * bits zero.
 */
int	base64_decode(const char *s, uint8_t *out, size_t cap);

#endif

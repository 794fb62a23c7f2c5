#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * UTF-8 text.  Whatever comes from a card, a service or a file is untrusted:
 * it reaches a terminal only through text_add_safe().
 */

/* Bytes of the well-formed character at s (1..4), or 0 if there is none. */
size_t	text_char_len(const char *s, size_t n);
bool	text_is_utf8(const char *s, size_t n);

/* Nothing but blanks, of whatever width, and line breaks; nothing at all is blank, too. */
bool	text_is_blank(const char *s);

/* A letter's capital, with its accents; anything else is its own. */
uint32_t text_upper(uint32_t c);

/* Terminal columns of a well-formed string; wide characters count two. */
int	text_width(const char *s);

/*
 * Appends s with every control, format and ill-formed byte replaced by '?',
 * so that no escape sequence can get through.
 */
void	text_add_safe(struct buf *b, const char *s);

/* Would it leave the well-formed character of len bytes at s as it is? */
bool	text_is_safe(const char *s, size_t len);

/*
 * Appends s broken into lines of at most width columns, each begun with
 * indent spaces; always ends with a newline.  s is made safe first.  A closing
 * bracket, comma or full stop that would begin a line hangs over the edge.
 */
void	text_add_wrapped(struct buf *b, const char *s, int indent, int width);

/*
 * NFKC form of s, as a malloced string the caller frees, or NULL when s is
 * ill-formed or memory ran out (memory.h).  Full-width digits and letters become ASCII.
 */
char	*text_nfkc(const char *s);

/* The same without blanks (but line breaks): か ゛ and が are one. */
char	*text_nfkc_solid(const char *s);

#endif

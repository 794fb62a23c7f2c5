#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed run of bytes: never freed through this type. */
struct span {
	const uint8_t	*p;
	size_t		 n;
};

/*
 * A growing byte string, always followed by a NUL that is not counted.
 * BUF_INIT before use.  When memory runs out it becomes failed: what it held
 * is freed, further appends do nothing, failed stays 1 until buf_free(), and
 * memory.h is told.
 */
struct buf {
	char	*p;	/* NULL while empty */
	size_t	 n;
	size_t	 cap;
	int	 failed;
};

#define BUF_INIT { NULL, 0, 0, 0 }

void	buf_add(struct buf *b, const void *p, size_t n);
void	buf_adds(struct buf *b, const char *s);
void	buf_addc(struct buf *b, char c);
void	buf_addf(struct buf *b, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Makes it failed, for a part of it that could not be had. */
void	buf_fail(struct buf *b);
/* Writes all of it, signals or not; 0, or -1 with errno set. */
int	buf_write(const struct buf *b, int fd);
/* Makes sure of room for n more bytes, so that nothing fails later; 0 or -1. */
int	buf_reserve(struct buf *b, size_t n);
/* Empties it and keeps the memory. */
void	buf_reset(struct buf *b);
/* Wipes and frees; harmless when repeated. */
void	buf_free(struct buf *b);

/* Lower-case hexadecimal of n bytes and a NUL: out has 2 * n + 1 bytes. */
void	hex_encode(const uint8_t *p, size_t n, char *out);
/* Reads exactly 2 * n digits of either case; 0, or -1 if s is anything else. */
int	hex_decode(const char *s, uint8_t *out, size_t n);

#endif

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

void
buf_fail(struct buf *b)
{
	memory_lost();
	buf_free(b);
	b->failed = 1;
}

/* Makes room for more bytes and a NUL. */
static int
grow(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;
	char *p;

	if (b->failed)
		return -1;
	while (cap - b->n <= more)
		cap *= 2;
	if ((p = malloc(cap)) == NULL) {
		buf_fail(b);
		return -1;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->n);
		explicit_bzero(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return 0;
}

static inline int
room(struct buf *b, size_t more)
{
	return more < b->cap - b->n ? 0 : grow(b, more);
}

int
buf_reserve(struct buf *b, size_t n)
{
	return room(b, n);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (room(b, n) < 0)
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	if (room(b, 1) < 0)
		return;
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	/* what does not fit is cut off here, and written once more */
	n = vsnprintf(b->p != NULL ? b->p + b->n : NULL, b->cap - b->n, fmt, ap);
	if (n >= 0 && (size_t)n >= b->cap - b->n && grow(b, (size_t)n) == 0)
		n = vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	if (n >= 0 && !b->failed)
		b->n += (size_t)n;
}

int
buf_write(const struct buf *b, int fd)
{
	size_t done = 0;
	ssize_t n;

	while (done < b->n)
		if ((n = write(fd, b->p + done, b->n - done)) >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -1;
	return 0;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_free(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	free(b->p);
	*b = (struct buf)BUF_INIT;
}

void
hex_encode(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
hex_decode(const char *s, uint8_t *out, size_t n)
{
	if (strlen(s) != 2 * n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

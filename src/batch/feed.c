#include "batch/feed.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FEED_SIZE	(FEED_BLOCK + ROW_BYTES_MAX + 4)	/* CR, LF, a NUL */

/* Whether a pipe has nothing by now. */
static bool
is_dry(const struct feed *f)
{
	struct pollfd in = { .fd = fileno(f->in), .events = POLLIN };

	return in.fd >= 0 && poll(&in, 1, 0) == 0;
}

/* Moves what is left to the front and reads on behind it, as much as there is by now. */
static void
fill(struct feed *f)
{
	const int fd = fileno(f->in);
	ssize_t got;

	memmove(f->p, f->p + f->at, f->n - f->at);
	f->n -= f->at;
	f->at = 0;
	/* fread() would wait until a pipe has filled all of it; but a stream may be memory */
	if (fd >= 0)
		got = read(fd, f->p + f->n, FEED_SIZE - 1 - f->n);
	else
		got = (ssize_t)fread(f->p + f->n, 1, FEED_SIZE - 1 - f->n, f->in);
	f->failed = got < 0 || ferror(f->in) != 0;
	f->eof = got <= 0;
	if (got > 0) {
		f->n += (size_t)got;
		f->bytes += got;
	}
}

int
feed_open(struct feed *f, FILE *in)
{
	*f = (struct feed){ .in = in, .line = 1 };
	if ((f->p = malloc(FEED_SIZE)) == NULL)
		return -1;
	/* the encoding is told by a whole block */
	while (!f->eof && f->n < FEED_SIZE - 1)
		fill(f);
	return 0;
}

void
feed_close(struct feed *f)
{
	if (f->p != NULL)
		explicit_bzero(f->p, FEED_SIZE);
	free(f->p);
	f->p = NULL;
}

/* A row as far as it was looked at. */
struct scan {
	size_t		 n;	/* bytes */
	long		 lines;	/* line ends inside quotes */
	bool		 more;	/* its end is not in the window */
	enum row_fault	 fault;
};

enum place { AT_START, AFTER_EQUALS, IN_CELL, IN_QUOTES, AFTER_QUOTE };

/* Where in a row one is behind c, which ends no row. */
static enum place
step(enum place at, char c, enum row_fault *fault)
{
	if (at == IN_QUOTES)
		return c == '"' ? AFTER_QUOTE : IN_QUOTES;
	if (c == ',')
		return AT_START;
	if (c == '"' && at != IN_CELL)
		return IN_QUOTES;
	if (c == '"' || at == AFTER_QUOTE)
		*fault = ROW_QUOTE_STRAY;
	/* ="001" is how a number is kept as text, for a spreadsheet */
	return at == AT_START && c == '=' ? AFTER_EQUALS : IN_CELL;
}

static bool
ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* Finds the end of the CSV row at p. */
static struct scan
scan_csv(const char *p, size_t n, bool eof)
{
	struct scan s = { .more = true };
	enum place at = AT_START;

	for (; s.n < n && s.n <= ROW_BYTES_MAX && s.fault == ROW_NONE; s.n++) {
		const char c = p[s.n];

		if (ends_line(c) && at != IN_QUOTES) {
			s.more = false;
			return s;
		}
		if (c == '\n' || (c == '\r' && (s.n + 1 == n || p[s.n + 1] != '\n')))
			s.lines++;
		at = step(at, c, &s.fault);
	}
	if (s.fault == ROW_NONE && s.n > ROW_BYTES_MAX)
		s.fault = s.lines > 0 ? ROW_QUOTE_OPEN : ROW_TOO_LONG;
	if (s.fault == ROW_NONE && eof && at == IN_QUOTES)
		s.fault = ROW_QUOTE_OPEN;
	s.more = s.fault == ROW_NONE && !eof;
	return s;
}

static struct scan
scan_line(const char *p, size_t n, bool eof)
{
	struct scan s = { .more = !eof };

	for (; s.n < n; s.n++) {
		if (s.n > ROW_BYTES_MAX)
			s.fault = ROW_TOO_LONG;
		if (s.fault != ROW_NONE || ends_line(p[s.n])) {
			s.more = false;
			break;
		}
	}
	return s;
}

/* Steps over the line end, CRLF, LF or CR, unless the input ends here. */
static bool
take_line_end(struct feed *f)
{
	bool cr;

	if (f->at == f->n)
		return false;
	cr = f->p[f->at++] == '\r';
	if (cr && f->at < f->n && f->p[f->at] == '\n')
		f->at++;
	f->line++;
	return true;
}

/* Whether the line at p ends there.  A CR needs the byte behind it: it may be half a CRLF. */
static bool
has_line_end(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ends_line(p[i]))
			return p[i] == '\n' || i + 1 < n;
	return false;
}

/* Steps over the rest of the physical line, however long it is; false: not all of it has come. */
static bool
drop_line(struct feed *f, bool wait)
{
	while (!f->eof && !has_line_end(f->p + f->at, f->n - f->at)) {
		/* what was read is of no use but for a CR at its end */
		f->at = f->n - (f->n > f->at && f->p[f->n - 1] == '\r');
		if (!wait && is_dry(f))
			return false;
		fill(f);
	}
	while (f->at < f->n && !ends_line(f->p[f->at]))
		f->at++;
	(void)take_line_end(f);
	return true;
}

/* Whether the row has come with its line end; of one whose form is wrong no more is needed. */
static bool
is_whole(const struct feed *f, const struct scan *s)
{
	const size_t end = f->at + s->n;

	return s->fault != ROW_NONE || (!s->more && has_line_end(f->p + end, f->n - end));
}

int
feed_record(struct feed *f, bool csv, bool wait, struct record *r)
{
	struct scan (*const scan)(const char *, size_t, bool) = csv ? scan_csv : scan_line;
	struct scan s;

	if (f->dropping && (f->dropping = !drop_line(f, wait)))
		return FEED_DRY;
	s = scan(f->p + f->at, f->n - f->at, f->eof);
	while (!f->eof && !is_whole(f, &s)) {
		if (!wait && is_dry(f))
			return FEED_DRY;
		fill(f);
		s = scan(f->p, f->n, f->eof);
	}
	if (f->at == f->n)
		return 0;
	*r = (struct record){ .p = f->p + f->at, .n = s.n, .line = f->line, .fault = s.fault };
	if (s.fault != ROW_NONE) {
		f->dropping = !drop_line(f, false);
		return 1;
	}
	f->at += s.n;
	f->line += s.lines;
	r->cut = !take_line_end(f);
	r->p[r->n] = '\0';
	return 1;
}

#include "batch/list.h"

#include <stdlib.h>
#include <string.h>

#include "batch/list_impl.h"

static const char bom[] = "\xef\xbb\xbf";

static bool
begins(const struct feed *f, const char *magic, size_t n)
{
	return f->n >= n && memcmp(f->p, magic, n) == 0;
}

/* What clinics send by mistake, told by its first bytes. */
static int
refuse_others(const struct feed *f, struct err *e)
{
	if (begins(f, "\xff\xfe", 2) || begins(f, "\xfe\xff", 2))
		return err_set(e, ERR_MALFORMED, "UTF-16: save it as \"CSV UTF-8\"");
	if (begins(f, "PK\3\4", 4) || begins(f, "\xd0\xcf\x11\xe0", 4))
		return err_set(e, ERR_MALFORMED, "a workbook: save it as \"CSV UTF-8\"");
	return 0;
}

static bool
begins_with_brace(const struct feed *f)
{
	size_t at = f->at;

	while (at < f->n && strchr(" \t\r\n", f->p[at]) != NULL && f->p[at] != '\0')
		at++;
	return at < f->n && f->p[at] == '{';
}

static int
begin(struct list *l, FILE *in, struct err *e)
{
	if (feed_open(&l->feed, in) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (refuse_others(&l->feed, e) < 0)
		return -1;
	if (begins(&l->feed, bom, strlen(bom))) {
		l->feed.at = strlen(bom);
		l->charset.encoding = LIST_UTF8;
	} else {
		charset_guess(&l->charset, l->feed.p, l->feed.n, l->feed.eof);
	}
	l->format = begins_with_brace(&l->feed) ? LIST_NDJSON : LIST_CSV;
	return l->format == LIST_CSV ? csv_begin(l, e) : ndjson_begin(l, e);
}

struct list *
list_open(FILE *in, struct err *e)
{
	return list_open_without(in, COLUMN_MAX, e);
}

struct list *
list_open_without(FILE *in, enum column without, struct err *e)
{
	struct list *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	l->without = without;
	l->charset = (struct charset)CHARSET_INIT;
	if (begin(l, in, e) < 0) {
		/* a failure to read is the cause of what it looks like */
		if (l->feed.failed || l->nomem)
			err_clear(e);
		(void)list_close(l, e);
		return NULL;
	}
	return l;
}

static int
read_row(struct list *l, struct row *row)
{
	return l->format == LIST_CSV ? csv_row(l, row) : ndjson_row(l, row);
}

int
list_next(struct list *l, struct row *row)
{
	int rc;

	if (l->ahead_rc != 0) {
		*row = l->ahead;
		rc = l->ahead_rc;
		l->ahead_rc = 0;
	} else {
		rc = read_row(l, row);
	}
	if (rc != 0)
		row->number = ++l->rows;
	return rc;
}

int
list_check(const struct list *l, struct err *e)
{
	if (l->feed.failed)
		return err_set(e, ERR_MALFORMED, "line %ld: can not be read", l->feed.line);
	return l->nomem ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}

int
list_close(struct list *l, struct err *e)
{
	int rc;

	if (l == NULL)
		return 0;
	rc = list_check(l, e);
	feed_close(&l->feed);
	charset_close(&l->charset);
	js_free(l->doc);
	for (size_t i = 0; i < l->names; i++)
		free(l->name[i]);
	explicit_bzero(l, sizeof(*l));
	free(l);
	return rc;
}

bool
list_would_wait(struct list *l)
{
	if (l->ahead_rc != 0)
		return false;
	l->hurried = true;
	l->ahead_rc = read_row(l, &l->ahead);
	l->hurried = false;
	if (l->ahead_rc != FEED_DRY)
		return false;
	l->ahead_rc = 0;
	return true;
}

long long
list_bytes(const struct list *l)
{
	return l->feed.bytes - (long long)(l->feed.n - l->feed.at);
}

enum list_format
list_format(const struct list *l)
{
	return l->format;
}

enum list_encoding
list_encoding(const struct list *l)
{
	return l->charset.encoding;
}

const char *const *
list_extras(const struct list *l, size_t *n)
{
	*n = l->names;
	return (const char *const *)l->name;
}

int
list_add_extra(struct list *l, const char *name)
{
	if ((l->name[l->names] = strdup(name)) == NULL) {
		l->nomem = true;
		return -1;
	}
	l->names++;
	return 0;
}

int
list_fault(struct row *row, enum row_fault fault)
{
	row->fault = fault;
	return -1;
}

int
list_record(struct list *l, struct row *row, struct record *r)
{
	int rc;

	*row = (struct row){ .column = COLUMN_MAX };
	if (l->nomem || (rc = feed_record(&l->feed, l->format == LIST_CSV, !l->hurried, r)) == 0)
		return 0;
	if (rc == FEED_DRY)
		return rc;
	row->line = r->line;
	if (r->fault == ROW_NONE)
		r->p = charset_read(&l->charset, r->p, &r->n, &r->fault);
	if (r->fault != ROW_NONE)
		return list_fault(row, r->fault);
	l->nomem = r->p == NULL;
	if (!l->nomem && r->n > ROW_BYTES_MAX)
		return list_fault(row, ROW_TOO_LONG);
	return !l->nomem;
}

/* Bytes of the blank at s: also U+00A0 and U+3000. */
static size_t
blank_len(const char *s)
{
	if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
		return 1;
	if (strncmp(s, "\u00a0", 2) == 0)
		return 2;
	return strncmp(s, "\u3000", 3) == 0 ? 3 : 0;
}

/* Cuts the blanks off both ends. */
static char *
trim(char *s)
{
	char *end, *p;
	size_t len;

	while ((len = blank_len(s)) > 0)
		s += len;
	for (p = end = s; *p != '\0';) {
		len = blank_len(p);
		p += len > 0 ? len : 1;
		if (len == 0)
			end = p;
	}
	*end = '\0';
	return s;
}

/* C0, DEL and C1; what separates lines or words becomes a space. */
static bool
has_control(char *s)
{
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)s[0], d = (unsigned char)s[1];

		if (c == '\t' || c == '\r' || c == '\n')
			*s = ' ';
		else if (c < 0x20 || c == 0x7f || (c == 0xc2 && d < 0xa0))
			return true;
	}
	return false;
}

char *
list_value(char *s, enum row_fault *fault)
{
	size_t n;

	s = trim(s);
	n = strlen(s);
	/* how a number is kept as text, for a spreadsheet */
	if (n >= 3 && s[0] == '=' && s[1] == '"' && s[n - 1] == '"') {
		s[n - 1] = '\0';
		s = trim(s + 2);
	}
	if (has_control(s))
		*fault = ROW_CONTROL;
	return *s != '\0' ? s : NULL;
}

#include "json/scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/json.h"

struct scan {
	const char	*p;
	size_t		 n;
	size_t		 at;
	bool		 plain;		/* neither a backslash in it nor a control character */
	bool		 escapes;	/* there was one */
	struct err	*e;
};

int
scan_line(const char *text, size_t n, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at && i < n; i++)
		line += text[i] == '\n';
	return line;
}

static int
line_of(const struct scan *s)
{
	return scan_line(s->p, s->n, s->at);
}

/* Whether each string ends at the next quote: what a program writes on one line. */
static bool
is_plain(const char *p, size_t n)
{
	uint64_t eight, low = 0;
	size_t i = 0;

	for (; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		/* the high bit of a byte under 0x20, and perhaps of those over one */
		low |= (eight - 0x2020202020202020u) & ~eight;
	}
	for (; i < n; i++)
		low |= (unsigned char)p[i] < 0x20 ? 0x80 : 0;
	return (low & 0x8080808080808080u) == 0 && memchr(p, '\\', n) == NULL;
}

/* Up to what ends a string or means more than itself; never past the end. */
static void
skip_plain(struct scan *s)
{
	const char *p = s->p + s->at, *const end = s->p + s->n;

	if (s->at >= s->n)
		return;
	if (s->plain) {
		p = memchr(p, '"', (size_t)(end - p));
		s->at = p != NULL ? (size_t)(p - s->p) : s->n;
		return;
	}
	while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	s->at = (size_t)(p - s->p);
}

static int
scan_string(struct scan *s, struct span *out, bool *escaped)
{
	const size_t from = ++s->at;

	*escaped = false;
	while (skip_plain(s), s->at < s->n && s->p[s->at] != '"') {
		if (s->p[s->at] != '\\')
			return err_set(s->e, ERR_MALFORMED,
			    "line %d: a control character in a string", line_of(s));
		*escaped = s->escapes = true;
		s->at += 2;
	}
	if (s->at >= s->n)
		return err_set(s->e, ERR_MALFORMED, "line %d: unterminated string", line_of(s));
	*out = (struct span){ (const uint8_t *)s->p + from, s->at - from };
	s->at++;
	return 0;
}

static void
scan_space(struct scan *s)
{
	while (s->at < s->n && scan_is_space(s->p[s->at]))
		s->at++;
}

static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	const int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

#define PAIRWISE_MAX	24	/* keys that are compared each with each */

/* The keys of the objects now open, innermost last. */
struct keys {
	struct span	*key;
	size_t		 n, cap;
	size_t		 first[JS_DEPTH_MAX];
	char		 bracket[JS_DEPTH_MAX];
	size_t		 depth;
};

static int
keys_add(struct keys *k, struct span key, struct scan *s)
{
	if (k->n == k->cap) {
		const size_t cap = k->cap ? 2 * k->cap : 64;
		struct span *p = reallocarray(k->key, cap, sizeof(*p));

		if (p == NULL)
			return err_set(s->e, ERR_NOMEM, "out of memory");
		k->key = p;
		k->cap = cap;
	}
	k->key[k->n++] = key;
	return 0;
}

/* A key that stands twice, or NULL; sorts them where that is less work. */
static const struct span *
repeated(struct span *key, size_t n)
{
	if (n > PAIRWISE_MAX)
		qsort(key, n, sizeof(*key), by_bytes);
	for (size_t i = 1; i < n; i++)
		for (size_t k = n > PAIRWISE_MAX ? i - 1 : 0; k < i; k++)
			if (key[k].n == key[i].n && memcmp(key[k].p, key[i].p, key[i].n) == 0)
				return &key[i];
	return NULL;
}

static int
keys_close(struct keys *k, struct scan *s)
{
	const size_t first = k->first[--k->depth];
	const struct span *twice = k->n > first ? repeated(k->key + first, k->n - first) : NULL;

	if (twice != NULL)
		return err_set(s->e, ERR_MALFORMED, "line %d: key \"%.*s\" stands twice",
		    line_of(s), (int)(twice->n > 40 ? 40 : twice->n), (const char *)twice->p);
	k->n = first;
	return 0;
}

/* Steps over one or more digits. */
static bool
scan_digits(struct scan *s)
{
	const size_t from = s->at;

	while (s->at < s->n && s->p[s->at] >= '0' && s->p[s->at] <= '9')
		s->at++;
	return s->at > from;
}

static bool
scan_one_of(struct scan *s, const char *set)
{
	if (s->at >= s->n || strchr(set, s->p[s->at]) == NULL)
		return false;
	s->at++;
	return true;
}

/* RFC 8259, section 6. */
static bool
scan_number(struct scan *s)
{
	scan_one_of(s, "-");
	if (!scan_one_of(s, "0") && !scan_digits(s))
		return false;
	if (scan_one_of(s, ".") && !scan_digits(s))
		return false;
	if (!scan_one_of(s, "eE"))
		return true;
	scan_one_of(s, "+-");
	return scan_digits(s);
}

static bool
scan_literal(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t len = strlen(words[i]);

		if (s->n - s->at >= len && memcmp(s->p + s->at, words[i], len) == 0) {
			s->at += len;
			return true;
		}
	}
	return false;
}

/* A number or literal, up to where another token may begin. */
static int
scan_scalar(struct scan *s)
{
	if ((scan_literal(s) || scan_number(s)) &&
	    (s->at == s->n || strchr(" \t\r\n,:]}", s->p[s->at]) != NULL))
		return 0;
	return err_set(s->e, ERR_MALFORMED, "line %d: neither number nor literal", line_of(s));
}

static int
scan_token(struct scan *s, struct keys *k)
{
	const char c = s->p[s->at];
	struct span str = { NULL, 0 };
	bool escaped;

	switch (c) {
	case '{':
	case '[':
		if (k->depth == JS_DEPTH_MAX)
			return err_set(s->e, ERR_MALFORMED, "line %d: nested deeper than %d",
			    line_of(s), JS_DEPTH_MAX);
		k->bracket[k->depth] = c;
		k->first[k->depth++] = k->n;
		s->at++;
		return 0;
	case '}':
	case ']':
		s->at++;
		if (k->depth == 0)
			return err_set(s->e, ERR_MALFORMED, "line %d: unexpected %c",
			    line_of(s), c);
		return keys_close(k, s);
	case '"':
		if (scan_string(s, &str, &escaped) < 0)
			return -1;
		scan_space(s);
		if (s->at >= s->n || s->p[s->at] != ':')
			return 0;
		if (escaped || memchr(str.p, 0x7f, str.n) != NULL)
			return err_set(s->e, ERR_MALFORMED, "line %d: a key with an escape or DEL",
			    line_of(s));
		return keys_add(k, str, s);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
	case ':':
		s->at++;
		return 0;
	default:
		return scan_scalar(s);
	}
}

int
scan_document(const char *text, size_t n, bool *escapes, struct err *e)
{
	struct scan s = { .p = text, .n = n, .e = e };
	struct keys k = { 0 };
	int rc = 0;

	if (n > 0 && memchr(text, '\0', n) != NULL)
		return err_set(e, ERR_MALFORMED, "a NUL byte");
	if (!text_is_utf8(text, n))
		return err_set(e, ERR_MALFORMED, "not UTF-8");
	s.plain = n > 0 && is_plain(text, n);
	while (rc == 0 && s.at < n)
		rc = scan_token(&s, &k);
	free(k.key);
	*escapes = s.escapes;
	return rc;
}

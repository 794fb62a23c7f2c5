#ifndef NET_FIELD_H
#define NET_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "json/json.h"

/*
 * Members of a reply.  Each returns 0, or -1 with ERR_REPLY_MALFORMED that
 * names the member and never its value.
 */

#define FIELD_STRING_MAX	2048	/* bytes of one string outside the results */

/* ERR_REPLY_MALFORMED, "reply: KEY: WHY". */
int	field_malformed(struct err *e, const char *key, const char *why);

/* The document, or NULL with e set (ERR_REPLY_MALFORMED, ERR_NOMEM). */
struct json *field_document(const char *text, size_t n, struct err *e);

/* Members that must be there: a string, an object. */
int	field_str(const struct json *o, const char *key, const char **out, struct err *e);
int	field_object(const struct json *o, const char *key, const struct json **out,
	    struct err *e);
/* A string that repeats what was asked. */
int	field_echo(const struct json *o, const char *key, const char *want, struct err *e);
/* A string of one character out of codes. */
int	field_code(const struct json *o, const char *key, const char *codes, char *out,
	    struct err *e);
/* A string YYYYMMDDhhmmss. */
int	field_time(const struct json *o, const char *key, const char **out, struct err *e);
/* A string of one to nine digits. */
int	field_count(const struct json *o, const char *key, long *out, struct err *e);

#endif

#include "net/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

struct json *
field_document(const char *text, size_t n, struct err *e)
{
	struct err why = ERR_INIT;
	struct json *doc = js_parse(text, n, &why);

	if (doc == NULL)
		err_set(e, why.code == ERR_NOMEM ? ERR_NOMEM : ERR_REPLY_MALFORMED,
		    "reply: %s", why.msg);
	return doc;
}

int
field_malformed(struct err *e, const char *key, const char *why)
{
	return err_set(e, ERR_REPLY_MALFORMED, "reply: %s: %s", key, why);
}

int
field_str(const struct json *o, const char *key, const char **out, struct err *e)
{
	const struct json *v = js_get(o, key);

	if (v == NULL)
		return field_malformed(e, key, "missing");
	if ((*out = js_as_str(v)) == NULL)
		return field_malformed(e, key, "not a string");
	if (strlen(*out) > FIELD_STRING_MAX)
		return field_malformed(e, key, "too long");
	return 0;
}

int
field_object(const struct json *o, const char *key, const struct json **out, struct err *e)
{
	*out = js_get(o, key);
	return js_type(*out) == JS_OBJECT ? 0 :
	    field_malformed(e, key, "missing or not an object");
}

int
field_echo(const struct json *o, const char *key, const char *want, struct err *e)
{
	const char *s;

	if (field_str(o, key, &s, e) < 0)
		return -1;
	return strcmp(s, want) == 0 ? 0 : field_malformed(e, key, "not what was asked");
}

int
field_code(const struct json *o, const char *key, const char *codes, char *out, struct err *e)
{
	const char *s;

	if (field_str(o, key, &s, e) < 0)
		return -1;
	if (strlen(s) != 1 || strchr(codes, *s) == NULL)
		return field_malformed(e, key, "not in its code table");
	*out = *s;
	return 0;
}

int
field_time(const struct json *o, const char *key, const char **out, struct err *e)
{
	const char *s;

	if (field_str(o, key, out, e) < 0)
		return -1;
	s = *out;
	if (strlen(s) == 14 && strspn(s, "0123456789") == 14 &&
	    date_parse_compact(s, 8) != DATE_NONE && strncmp(s + 8, "24", 2) < 0 &&
	    s[10] < '6' && s[12] < '6')
		return 0;
	return field_malformed(e, key, "not a time");
}

int
field_count(const struct json *o, const char *key, long *out, struct err *e)
{
	const char *s;
	size_t n;

	if (field_str(o, key, &s, e) < 0)
		return -1;
	n = strspn(s, "0123456789");
	if (n == 0 || n > 9 || s[n] != '\0')
		return field_malformed(e, key, "not a number");
	*out = strtol(s, NULL, 10);
	return 0;
}

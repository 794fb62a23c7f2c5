#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int		 status;
	bool		 retryable;
	const char	*name;
	const char	*ja;
	const char	*en;
} table[] = {
#define X(name, status, retry, ja, en) [ERR_##name] = { status, retry, #name, ja, en },
	ERR_LIST(X)
#undef X
};

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e->code != ERR_NONE)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

enum err_code
err_of_file(enum err_code otherwise)
{
	return errno == ENOMEM ? ERR_NOMEM : otherwise;
}

int
err_prefix(struct err *e, const char *fmt, ...)
{
	char was[sizeof(e->msg)];
	va_list ap;
	size_t n;

	memcpy(was, e->msg, sizeof(was));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", was);
	return -1;
}

void
err_clear(struct err *e)
{
	*e = (struct err)ERR_INIT;
}

int
err_exit_status(enum err_code code)
{
	return table[code].status;
}

bool
err_retryable(enum err_code code)
{
	return table[code].retryable;
}

const char *
err_name(enum err_code code)
{
	return table[code].name;
}

const char *
err_text(enum err_code code, bool ja)
{
	return ja ? table[code].ja : table[code].en;
}

enum err_code
err_from_name(const char *name)
{
	for (int i = 0; i < ERR_MAX; i++)
		if (strcmp(table[i].name, name) == 0)
			return (enum err_code)i;
	return ERR_INTERNAL;
}

#include <shikaku/error.h>

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "lib/lib.h"

int
lib_fail(const struct err *from, struct shikaku_error *to)
{
	if (to == NULL)
		return -1;
	to->exit_status = err_exit_status(from->code);
	to->tries_left = from->tries_left;
	to->pin_sent = from->pin_sent;
	snprintf(to->code, sizeof(to->code), "%s", err_name(from->code));
	snprintf(to->message, sizeof(to->message), "%s", from->msg);
	/* a message may quote a key of the input, which is anything */
	for (char *p = to->message; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return -1;
}

bool
shikaku_error_retryable(const struct shikaku_error *e)
{
	return !e->pin_sent && err_retryable(err_from_name(e->code));
}

const char *
shikaku_error_text(const struct shikaku_error *e, enum shikaku_language language)
{
	return err_text(err_from_name(e->code), language == SHIKAKU_JA);
}

const char *
shikaku_version(void)
{
	return SHIKAKU_VERSION;
}

/* Copies a field that the host may have filled to the brim. */
static void
copy_field(char *to, size_t size, const char *from, size_t from_size)
{
	snprintf(to, size, "%.*s", (int)strnlen(from, from_size), from);
}

int
lib_message(const struct shikaku_message *m, struct sign_fields *out, struct err *e)
{
	_Static_assert(sizeof(m->origin) == sizeof(out->origin), "of one size");
	_Static_assert(sizeof(m->challenge) == sizeof(out->challenge), "of one size");
	struct err why = ERR_INIT;

	out->purpose = (enum sign_purpose)m->purpose;
	copy_field(out->origin, sizeof(out->origin), m->origin, sizeof(m->origin));
	copy_field(out->institution, sizeof(out->institution), m->institution,
	    sizeof(m->institution));
	copy_field(out->time, sizeof(out->time), m->time, sizeof(m->time));
	memcpy(out->challenge, m->challenge, sizeof(out->challenge));
	return message_check(out, &why) < 0 ? err_set(e, ERR_USAGE, "%s", why.msg) : 0;
}

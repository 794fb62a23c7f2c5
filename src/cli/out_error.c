#include "cli/out_error.h"

#include <stddef.h>

#include "base/text.h"
#include "cli/next.h"
#include "desk/msg.h"

#define COLUMNS		80
#define INDENT		5	/* "  -> " */

void
out_step(struct buf *b, const char *step)
{
	struct buf body = BUF_INIT;

	/* two columns are left for a mark that may not begin a line */
	text_add_wrapped(&body, step, INDENT, COLUMNS - 2);
	buf_addf(b, "  -> %s", body.p != NULL ? body.p + INDENT : "\n");
	buf_free(&body);
}

/* A PIN was sent, and the card's word on it did not come. */
static bool
is_perhaps_spent(const struct err *e)
{
	return e->tries_left < 0 && e->pin_sent;
}

void
out_tries(struct buf *b, const struct err *e, bool ja)
{
	if (e->tries_left >= 0)
		buf_addf(b, ja ? "(残り%d回)" : e->tries_left == 1 ? " (%d try left)" :
		    " (%d tries left)", e->tries_left);
	else if (is_perhaps_spent(e))
		buf_adds(b, msg(MSG_TRY_PERHAPS_SPENT, ja));
}

void
out_error_text(struct buf *b, const struct err *e, bool ja)
{
	const char *step;

	buf_addf(b, "shikaku: %s", err_text(e->code, ja));
	out_tries(b, e, ja);
	buf_adds(b, "\n");
	if (e->msg[0] != '\0') {
		buf_adds(b, "  ");
		text_add_safe(b, e->msg);
		buf_adds(b, "\n");
	}
	if (is_perhaps_spent(e))
		out_step(b, msg(MSG_SEE_TRIES, ja));
	for (int i = 0; (step = error_next(e->code, i, ja)) != NULL; i++)
		out_step(b, step);
}

void
out_error(struct jw *w, const char *key, const struct err *e, bool ja)
{
	const char *next;

	jw_open(w, key, '{');
	jw_str(w, "code", err_name(e->code));
	jw_int(w, "exit", err_exit_status(e->code));
	jw_bool(w, "retryable", err_retryable(e->code) && !e->pin_sent);
	jw_str(w, "text", err_text(e->code, ja));
	if (e->tries_left >= 0)
		jw_int(w, "tries_left", e->tries_left);
	if (is_perhaps_spent(e))
		jw_bool(w, "pin_sent", true);
	jw_str(w, "reason", e->msg);
	jw_open(w, "next", '[');
	if (is_perhaps_spent(e))
		jw_str(w, NULL, msg(MSG_SEE_TRIES, ja));
	for (int i = 0; (next = error_next(e->code, i, ja)) != NULL; i++)
		jw_str(w, NULL, next);
	jw_close(w, ']');
	jw_close(w, '}');
}

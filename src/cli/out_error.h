#ifndef CLI_OUT_ERROR_H
#define CLI_OUT_ERROR_H

#include "base/err.h"
#include "json/json.h"

/*
 * The error object of the contract: stable code and exit status, the sentence
 * for the desk, what to do next.
 */
void	out_error(struct jw *w, const char *key, const struct err *e, bool ja);

/* The same for people, on lines of at most 80 columns but for the reason. */
void	out_error_text(struct buf *b, const struct err *e, bool ja);

/* Behind the sentence: the PIN's tries that are left, or that one may be gone; nothing for no PIN. */
void	out_tries(struct buf *b, const struct err *e, bool ja);

/* "  -> ...", wrapped: one step. */
void	out_step(struct buf *b, const char *step);

#endif

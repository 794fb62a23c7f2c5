#ifndef CLI_OUT_ERROR_H
#define CLI_OUT_ERROR_H

#include "base/err.h"
#include "json/json.h"

/*
 * The error object of the contract: stable code and exit status, the sentence
 * for the desk, what to do next.
 */
void	out_error(struct jw *w, const char *key, const struct err *e, bool ja);

/* What to do about it, one sentence after the other; NULL when there is no more. */
const char *error_next(enum err_code code, int i, bool ja);

#endif

#ifndef CLI_NEXT_H
#define CLI_NEXT_H

#include <stdbool.h>

#include "base/err.h"

/*
 * What the desk can lawfully do about an error, one sentence after the other:
 * at least one for every code but ERR_NONE; NULL when there is no more.
 */
const char	*error_next(enum err_code code, int i, bool ja);

/*
 * What the desk does about a warning (docs/decision.md, docs/list.md).  NULL for
 * a follow-up, whose own text is the step, and for a code of somebody's own rules.
 */
const char	*warning_next(const char *code, bool ja);

#endif

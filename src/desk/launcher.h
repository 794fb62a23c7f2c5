#ifndef DESK_LAUNCHER_H
#define DESK_LAUNCHER_H

#include "base/err.h"

/*
 * Starts our helper programs for a process that is going to forbid itself to
 * start any, and whose helpers must not inherit that (sandbox/sandbox.h): a
 * process of its own, forked while nothing is forbidden yet, which does nothing
 * else, holds nothing of a patient and ends with its parent.  What it starts
 * are children of the parent, as if that had started them.
 */

/* From now on helper_start() starts by it.  Call it before any thread exists; harmless when repeated. */
int	launcher_begin(struct err *e);

#endif

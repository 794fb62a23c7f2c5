#ifndef DESK_LAUNCHER_H
#define DESK_LAUNCHER_H

#include <sys/types.h>

#include "base/err.h"

/*
 * Starts our helper programs, also for a process that is going to forbid itself
 * to start any and whose helpers must not inherit that (sandbox/sandbox.h): for
 * that one a process of its own does it, forked while nothing is forbidden yet,
 * which does nothing else, holds nothing of a patient and ends with its parent.
 * What it starts are children of the parent, as if that had started them.
 */

/* From now on by a process of its own.  Call it before any thread exists; harmless when repeated. */
int	launcher_begin(struct err *e);

/*
 * The program path, with fd as its descriptor 3 and no other above 2, and every
 * signal as at login.  0 with its pid, or an errno.
 */
int	launcher_start(const char *path, int fd, pid_t *pid);

#endif

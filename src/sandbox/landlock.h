#ifndef SANDBOX_LANDLOCK_H
#define SANDBOX_LANDLOCK_H

#include "base/err.h"

/*
 * From now on this thread and what comes of it may open files only to read
 * them, and make no TCP connection, as far as the kernel has Landlock (0 also
 * where it has none).  What is open stays as it is.
 */
int	landlock_read_only(struct err *e);

#endif

#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/err.h"

/* The names in the folder of path, made, renamed or removed, survive a power cut; ERR_DISK. */
int	folder_sync(const char *path, struct err *e);

#endif

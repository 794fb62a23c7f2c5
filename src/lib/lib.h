#ifndef LIB_LIB_H
#define LIB_LIB_H

#include <shikaku/error.h>
#include <shikaku/message.h>

#include "base/err.h"
#include "card/message.h"

/* Hands an error to the host, which may not want it (NULL); returns -1. */
int	lib_fail(const struct err *from, struct shikaku_error *to);

/* 0; ERR_USAGE when a field of the host's has not its form. */
int	lib_message(const struct shikaku_message *m, struct sign_fields *out, struct err *e);

#endif

#ifndef CLI_OUT_CLOSED_H
#define CLI_OUT_CLOSED_H

#include "cli/debts.h"
#include "json/json.h"

/* Appends the ratio as it was told and as it is, and who owes whom what. */
void	out_closed(struct buf *b, const struct closed *c, bool ja);

/* The same as members of an object: what was told, and yen, where they are known. */
void	out_closed_json(struct jw *w, const struct closed *c);

#endif

#ifndef RULES_WRITE_H
#define RULES_WRITE_H

#include "base/buf.h"
#include "json/json.h"

/*
 * A rule file in its one layout: a member of parameters, groups, sources and
 * texts on a line of its own, and a rule on a line of its own, so that a
 * difference of two files is a difference of rules.  What is in the document
 * and its order are kept.  What this writes, reads back as the same document,
 * and is written again byte for byte.
 */
void	rules_write(struct buf *b, const struct json *doc);

#endif

#ifndef DECIDE_TRACE_OUT_H
#define DECIDE_TRACE_OUT_H

#include "json/json.h"
#include "rules/rulebase.h"

/*
 * The member "trace" of a decision: one line a rule of the ladder and, if a
 * path was tried, of the ratio table, then the advice that spoke.  A combination
 * that can not be comes first.
 */
void	trace_write(struct jw *w, const struct rulebase *rb, const struct decision *d, bool ja);

#endif

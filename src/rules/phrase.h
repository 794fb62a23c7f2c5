#ifndef RULES_PHRASE_H
#define RULES_PHRASE_H

#include "rules/terms.h"

/*
 * Rules in words, for people.  All append to b; a line of a multi-line text
 * is ended by what between says, the last one by nothing.
 */

/* The words of values and groups of a fact as a rule lists them, e.g. "card | phone". */
void	phrase_items(struct buf *b, const struct rulebase *rb, enum fact f,
	    const struct json *list, const char *between, bool ja);

/* One condition of a rule, without the fact's name. */
void	phrase_condition(struct buf *b, const struct rulebase *rb, const struct rule_words *w,
	    enum fact f, bool ja);

/* All conditions, "fact: values" each; "always" where there are none. */
void	phrase_when(struct buf *b, const struct rulebase *rb, enum table_id t, int i,
	    const char *between, bool ja);

/* What the rule does, up to the sentences that advice says. */
void	phrase_outcome(struct buf *b, const struct rulebase *rb, enum table_id t, int i,
	    const char *between, bool ja);

/* "2025-08-01 - 2026-07-31", open ends left out; nothing when both are open. */
void	phrase_period(struct buf *b, const struct rule *r, const char *between);

/* The sources with their places, by key or by title. */
void	phrase_sources(struct buf *b, const struct rulebase *rb, const struct rule_words *w,
	    bool titles, const char *between, bool ja);

/* A day as YYYY-MM-DD; nothing for FACT_ABSENT. */
void	phrase_day(struct buf *b, int day);

/* The title of a source of the file, in its own language where it has no other. */
const char *source_title(const struct rulebase *rb, const char *key, bool ja);

#endif

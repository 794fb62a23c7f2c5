#ifndef RULES_TERMS_H
#define RULES_TERMS_H

#include "rules/rulebase.h"

/*
 * How a rule file's own words are called, besides facts and values
 * (engine/derived.h): name as the file spells it, and what a person reads.
 */
#define CONFIDENCES	5

const struct words *action_words(enum action a);
const struct words *claim_words(enum claim c);
const struct words *after_words(enum after a);		/* AFTER_OPEN: nothing follows */
const struct words *confidence_words(int i);		/* 0 .. CONFIDENCES - 1, best first */
const struct words *confidence_named(const char *name);	/* NULL if there is none */
const struct words *say_date_words(enum say_date d);

/* The one of the language. */
const char	*word(const struct words *w, bool ja);

#endif

#ifndef RULES_LOADER_H
#define RULES_LOADER_H

#include "rules/rulebase.h"

/* A rule file being read. */
struct loader {
	struct rulebase		*rb;
	const char		*text;		/* the file, for the line of an error */
	size_t			 n;
	const struct json	*sources;
	const struct json	*groups;
	const char		*rule;		/* id of what is being read, NULL for the file */
	struct err		*e;
};

/*
 * Sets ERR_RULES with line, rule, what is wrong and, if not NULL, which word;
 * the line is that of the word where it stands in the rule.  Returns -1.
 */
int	loader_bad(struct loader *l, const char *what, const char *which);

/* 0 when o is an object that has no other keys than these (NULL-terminated). */
int	loader_only(struct loader *l, const struct json *o, const char *const *allowed);

/* A date member; FACT_ABSENT when it is not there. */
int	loader_date(struct loader *l, const struct json *o, const char *key, int *out);

/* A group by its name: the values it stands for, of which fact. */
int	loader_group(struct loader *l, const struct json *group, enum fact *f, valueset *set);

/* The conditions of a rule; facts that its table can not know are refused. */
int	loader_when(struct loader *l, const struct json *when, enum table_id id, struct rule *r);

/* What the rule does: "then" of a rule that stands in that table. */
int	loader_then(struct loader *l, const struct json *o, enum table_id id, struct rule *r);

/* Adds one rule of the file to a table. */
int	loader_rule(struct loader *l, const struct json *o, enum table_id id, int stage);

/* Resolves `beats` of the rules of a stage, once all of them are there. */
int	loader_beats(struct loader *l, enum table_id id, int stage);

#endif

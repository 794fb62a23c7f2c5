#ifndef SHIKAKU_DECIDE_H
#define SHIKAKU_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include <shikaku/error.h>

/*
 * The decision engine: facts about one visit in, a verdict out.  Facts and
 * verdict are the JSON of docs/decision.md (facts.schema.json and
 * decision.schema.json describe both).  Pure: the same rules and facts give
 * the same bytes, whatever day it is.
 */

/* The rules, with their legal sources: docs/rules.md. */
struct shikaku_rules;

/* Those the library was built with. */
SHIKAKU_API struct shikaku_rules *shikaku_rules_embedded(struct shikaku_error *e);

/*
 * A rule file, or its text (n bytes, not kept).  CONFIG: not to be read;
 * PERMISSION: group or others may write it; RULES: no good, and the message
 * names the rule.
 */
SHIKAKU_API struct shikaku_rules *shikaku_rules_load(const char *path, struct shikaku_error *e);
SHIKAKU_API struct shikaku_rules *shikaku_rules_parse(const char *json, size_t n,
				    struct shikaku_error *e);

/* Which rules they are: the file's edition, and SHA-256 of its bytes in hexadecimal. */
SHIKAKU_API const char	*shikaku_rules_edition(const struct shikaku_rules *r);
SHIKAKU_API const char	*shikaku_rules_digest(const struct shikaku_rules *r);

SHIKAKU_API void	 shikaku_rules_free(struct shikaku_rules *r);

/* All zero (or a NULL pointer) is the default of each. */
struct shikaku_decide_options {
	enum shikaku_language	language;	/* of the texts */
	bool			assume_none;	/* a fact not given is absent, not a question */
	bool			trace;		/* one line for every rule, with its source */
};

enum shikaku_verdict_kind {
	SHIKAKU_INSURED,	/* shikaku_verdict_copay_percent() is 10, 20 or 30 */
	SHIKAKU_SELF_PAY,	/* 100 */
	SHIKAKU_NEED,		/* ask for "need.0.fact", add the answer, decide again */
	SHIKAKU_REFER		/* a person must look; no ratio */
};

struct shikaku_verdict;

/*
 * Decides one facts object of n bytes.  MALFORMED when it is not JSON, has a
 * key that the contract does not know, or a value that can not be: message
 * is "KEY: REASON", without the value.  There is no other failure but NOMEM:
 * what can not be decided is a verdict too (SHIKAKU_NEED, SHIKAKU_REFER).
 */
SHIKAKU_API struct shikaku_verdict *shikaku_decide(const struct shikaku_rules *r,
				    const char *facts, size_t n,
				    const struct shikaku_decide_options *options,
				    struct shikaku_error *e);

/* The whole of it as one line of JSON without a newline. */
SHIKAKU_API const char	*shikaku_verdict_json(const struct shikaku_verdict *v);

SHIKAKU_API enum shikaku_verdict_kind shikaku_verdict_kind(const struct shikaku_verdict *v);

/* What the patient pays, 10, 20, 30 or 100; 0 when there is no ratio. */
SHIKAKU_API int		 shikaku_verdict_copay_percent(const struct shikaku_verdict *v);

/* Whether something must still be learnt before the claim is safe. */
SHIKAKU_API bool	 shikaku_verdict_provisional(const struct shikaku_verdict *v);

/*
 * Any member for a host without a JSON reader: a dotted path with list
 * places from 0 ("path", "claim.insurer_number", "warnings.0.text").  NULL
 * when there is none, or it is null or no string.
 */
SHIKAKU_API const char	*shikaku_verdict_string(const struct shikaku_verdict *v,
			    const char *path);

/* How many elements the list at path has ("need", "warnings"); 0 for no list. */
SHIKAKU_API size_t	 shikaku_verdict_count(const struct shikaku_verdict *v, const char *path);

SHIKAKU_API void	 shikaku_verdict_free(struct shikaku_verdict *v);

#endif

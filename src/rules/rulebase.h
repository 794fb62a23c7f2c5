#ifndef RULES_RULEBASE_H
#define RULES_RULEBASE_H

#include "base/hash.h"
#include "engine/decide.h"
#include "json/json.h"

/*
 * The rule file: what the engine runs, and the words beside it.  All strings
 * live as long as the rule base.
 */
#define TEXTS_MAX	64
#define STAGES_MAX	40

/* What is expected once a rule's last day has passed. */
enum after { AFTER_OPEN, AFTER_EXPIRES, AFTER_REPLACED, AFTER_EXPECTED };

struct rule_words {
	const char	*id, *ja, *en;
	int		stage;			/* index into stage[] */
	const char	*confidence;
	enum after	after;			/* AFTER_OPEN: it has no last day */
	char		*source;		/* the sources with their places, joined */
	const struct json *json;		/* the rule as it stands in the file */
	/* Its line of a trace, ready as JSON text: before "outcome", the title, after "because". */
	char		*trace_head, *trace_ja, *trace_en, *trace_tail;
};

struct stage_words {
	const char	*name, *ja, *en;
	bool		residual;	/* what is left when no other stage decided */
};

struct text_words { const char *code, *ja, *en; };

struct rulebase {
	struct ruleset		set;
	struct rule_words	words[TABLE_MAX][RULES_MAX];
	struct stage_words	stage[STAGES_MAX];	/* of all tables, in the file's order */
	int			stages;
	/* beats[t][i]: the later rules of its stage that rule i is a named exception to. */
	uint64_t		beats[TABLE_MAX][RULES_MAX];
	struct text_words	text[TEXTS_MAX];
	int			texts;
	const char		*edition;
	char			digest[2 * HASH_SHA256_LEN + 1];	/* SHA-256 of the file */
	struct json		*doc;
};

/* The embedded rules, or NULL with e set. */
struct rulebase	*rulebase_embedded(struct err *e);

/*
 * A rule file.  Refused when group or others may write it (ERR_PERMISSION);
 * errors name the file, the rule and the reason.
 */
struct rulebase	*rulebase_load(const char *path, struct err *e);
struct rulebase	*rulebase_parse(const char *json, size_t n, struct err *e);

void		 rulebase_free(struct rulebase *rb);	/* harmless on NULL */

/* The words of a warning or follow-up code, or NULL. */
const struct text_words *rulebase_text(const struct rulebase *rb, const char *code);

#endif

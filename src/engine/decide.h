#ifndef ENGINE_DECIDE_H
#define ENGINE_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/derived.h"

/*
 * The rules as the engine runs them, and the engine.  Pure: no clock, no I/O,
 * no allocation; the same facts and rules always give the same decision.
 *
 * A rule is a box: a set of allowed values for some of the derived facts, and
 * the days on which it is in force.  There are three tables: the ladder, whose
 * first rule that holds finds a path (or ends the walk); the ratio table, run
 * for that path; and the advice, all of whose rules that hold speak.
 */
#define RULES_MAX	64	/* a table; its rules are the bits of a word */
#define NEED_MAX	2
#define SAY_MAX		3

enum table_id { TABLE_LADDER, TABLE_RATIO, TABLE_ADVICE, TABLE_MAX };

enum claim { CLAIM_CURRENT, CLAIM_PAST, CLAIM_UNKNOWN, CLAIM_DISASTER, CLAIM_SPECIAL, CLAIM_NONE };

enum action {
	ACTION_PATH,		/* go on to the ratio table with this path */
	ACTION_SELF_PAY,	/* 100 %, from a rule that names its source */
	ACTION_REFER,
	ACTION_NEED,
	ACTION_RATIO,		/* the ratio is found: percent, or from a RATIO_* fact */
	ACTION_PASS,		/* the path can not be used after all: on down the ladder */
	ACTION_ADVICE
};

enum say_date { SAY_NO_DATE, SAY_GRACE_END, SAY_CERTIFICATE_END };

/* A warning or a follow-up: an index into the rule file's texts. */
struct say {
	uint8_t		text;
	enum say_date	date;
};

struct rule {
	enum action	action;
	enum value	path;		/* ACTION_PATH, and of ACTION_SELF_PAY */
	enum claim	claim;
	int		percent;	/* ACTION_RATIO; 0: the value of ratio_fact */
	enum fact	ratio_fact;
	enum value	basis;
	bool		provisional;	/* advice: makes the verdict provisional */
	uint8_t		needs;
	uint8_t		need[NEED_MAX];	/* enum question */
	uint8_t		warnings, follow_ups;
	struct say	warning[SAY_MAX], follow_up[SAY_MAX];
	int		from, until;	/* inclusive day numbers; FACT_ABSENT: open */
	valueset	accept[F_MAX];	/* every bit set where the rule does not care */
	uint8_t		test[F_MAX];	/* the facts it cares for, in the file's order */
	uint8_t		tests;
};

struct table {
	int		rules;
	struct rule	rule[RULES_MAX];
	/* accept[f][v]: the rules that accept value v of fact f. */
	uint64_t	accept[F_MAX][VALUES_PER_FACT];
};

struct ruleset {
	struct parameters	parameters;
	struct table		table[TABLE_MAX];
};

/* Compiles accept[][] of every table from its rules. */
void ruleset_compile(struct ruleset *r);

enum rule_status { RULE_NOT_REACHED, RULE_APPLIED, RULE_NO_MATCH, RULE_NOT_IN_FORCE, RULE_UNKNOWN };

struct need {
	enum question	question;
	valueset	percents;	/* Q_COPAY_PERCENT: which are possible, as RATIO_* bits */
};

struct decision {
	enum value	verdict;	/* V_VERDICT_* */
	enum value	path;		/* V_PATH_*; V_PATH_NONE also with need and refer */
	bool		has_path;
	int		percent;	/* 10, 20, 30, 100; 0 for none */
	enum value	basis;		/* V_BASIS_* */
	bool		provisional;
	enum claim	claim;
	struct insured_number source;	/* the numbers the path stands on; borrowed */
	int		needs;
	struct need	need[NEED_MAX];
	uint64_t	advice;		/* the rules of TABLE_ADVICE that speak */
	struct state	state;		/* as at the end: what the trace refers to */
	uint8_t		trace[TABLE_MAX - 1][RULES_MAX];	/* enum rule_status */
};

/* Never fails: an undecided case is a verdict too. */
void decide(const struct ruleset *r, const struct facts *f, struct decision *out);

#endif

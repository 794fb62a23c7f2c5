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
 * for that path; and the advice, all of whose rules that hold speak.  A fourth
 * one holds what can not be: combinations that no patient can bring about.
 * Proofs leave them out, and a decision that meets one is refused.
 */
#define RULES_MAX	64	/* a table; its rules are the bits of a word */
#define NEED_MAX	2
#define SAY_MAX		3

enum table_id { TABLE_LADDER, TABLE_RATIO, TABLE_ADVICE, TABLE_IMPOSSIBLE, TABLE_MAX };

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

/* SAY_DAY_BEFORE: before the rule began. */
enum say_date { SAY_NO_DATE, SAY_GRACE_END, SAY_CERTIFICATE_END, SAY_DAY_BEFORE, SAY_DATES };

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
	int		verified_on;	/* day number: its sources were last read then */
	valueset	accept[F_MAX];	/* every bit set where the rule does not care */
	uint8_t		test[F_MAX];	/* the facts it cares for, in the file's order */
	uint8_t		tests;
};

/* The rules of a table as sets of rules: bit i is rule[i]. */
struct table {
	int		rules;
	struct rule	rule[RULES_MAX];
	/* The rest is compiled.  accept[f][v]: the rules that accept value v of fact f. */
	uint64_t	accept[F_MAX][VALUES_PER_FACT];
	uint8_t		test[F_MAX];	/* the facts that some rule cares for */
	int		tests;
	uint64_t	provisional;
	uint64_t	late;		/* rules that test PATH or a fact that depends on it */
};

/* Days between which the same rules are in force. */
#define SEGMENTS_MAX	(2 * TABLE_MAX * RULES_MAX + 1)

struct segment {
	int		first;		/* day number; it lasts to the day before the next one's */
	uint64_t	in_force[TABLE_MAX];
};

struct ruleset {
	struct parameters	parameters;
	struct table		table[TABLE_MAX];
	struct segment		segment[SEGMENTS_MAX];	/* compiled, in order of time */
	int			segments;
};

/* Fills in what is compiled from the rules.  Must be called after any change of them. */
void ruleset_compile(struct ruleset *r);

/* The segment of a day. */
const struct segment *ruleset_segment(const struct ruleset *r, int day);

/* Rules that can hold, and rules that hold whatever is still open. */
struct match {
	uint64_t	may;
	uint64_t	must;
};

/* Matches the live rules of a table with what is known. */
struct match table_match(const struct table *t, const struct state *s, uint64_t live);
/* Only those that must: sooner known. */
uint64_t table_must(const struct table *t, const struct state *s, uint64_t live);

/* How the rules of a table fared in a decision. */
struct fare {
	bool		run;
	bool		skipped;	/* what can not be was refused before its rules were reached */
	bool		asks;		/* hit hangs on a question */
	int		hit;		/* the rule that ended the walk, or -1 */
	uint64_t	in_force;
	struct match	match;		/* of the rules in force */
	uint64_t	near;		/* in force, and refused by exactly one fact */
	uint64_t	refused[F_MAX];	/* by that fact; only of facts the table tests */
};

/* The same match, with why not: in_force, match, near and refused of *f. */
void table_fare(const struct table *t, const struct state *s, uint64_t live, struct fare *f);

enum rule_status { RULE_NOT_REACHED, RULE_APPLIED, RULE_NO_MATCH, RULE_NOT_IN_FORCE, RULE_UNKNOWN };

enum rule_status fare_status(const struct fare *f, int rule);

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
	int		impossible;	/* the rule of TABLE_IMPOSSIBLE that refused it, or -1 */
	int		verified_until;	/* last day for which the deciding rules are verified */
	struct state	state;		/* as at the end: what the trace refers to */
	struct fare	fare[TABLE_RATIO + 1];	/* the trace: of the ladder and the ratio table */
};

/* Never fails: an undecided case is a verdict too. */
void decide(const struct ruleset *r, const struct facts *f, struct decision *out);

/*
 * What a path would come to with these facts, had the ladder led there: the
 * ratio in percent (100: full cost), or 0 when that is open or no ratio is found.
 */
int  decide_path(const struct ruleset *r, const struct facts *f, enum value path);

#endif

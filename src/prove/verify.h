#ifndef PROVE_VERIFY_H
#define PROVE_VERIFY_H

#include "prove/space.h"
#include "rules/rulebase.h"

/*
 * The proof of a rule base: the properties of decision.md section 6 over all
 * possible assignments of the derived facts and all days from 1900 to 2100.
 */
#define PROPERTIES(X)								\
	X(GAP, "gap", "抜けがない(どの場合もちょうど一つの判定)",		\
	    "no gap: every case gets exactly one verdict")			\
	X(OVERLAP, "overlap", "段の中で規則が重ならない(明示した例外を除く)",	\
	    "no overlap inside a stage, named exceptions aside")		\
	X(DEAD, "dead_rule", "働かない規則がない", "no dead rule")		\
	X(QUESTION, "endless_question", "どの質問も終わる", "every question ends")	\
	X(SOURCE, "unsourced_self_pay", "10割にする規則には外の根拠がある",	\
	    "full cost only from a rule with a source that is not our own")	\
	X(CLIFF, "cliff", "有効な書類を足して保険扱いが10割に変わらない",		\
	    "a valid document more never turns insured into full cost")		\
	X(ORDER, "order", "聞かずに決めた判定は、どう答えても同じ",		\
	    "a verdict with questions left open is that of every answer")	\
	X(CONTINUITY, "continuity", "日付で変わるのは、その日付の規則がある所だけ",	\
	    "from one day to the next only dated rules change anything")	\
	X(IMPOSSIBLE, "impossible", "「ありえない組み合わせ」に入る患者が見つからない",	\
	    "no patient is found for what can not be")			\
	X(ENGINE, "engine", "例の患者で、判定の実行結果が証明と一致",		\
	    "example patients are decided as proved")

#define X(id, name, ja, en) PROVE_##id,
enum property { PROPERTIES(X) PROVE_MAX };
#undef X

const struct words *property_words(enum property p);

/* One thing that is wrong.  The strings are its own. */
struct violation {
	enum property	property;
	char		*rule;		/* id, or two: "A, B" */
	char		*why;
	char		*box;		/* where, in words; NULL: everywhere */
	char		*patient;	/* facts as JSON, NULL when none was found */
	char		*days;		/* the period in which it is so */
};
#define VIOLATIONS_MAX	40	/* further ones are only counted */

/* What the rules make of the days of one period. */
struct verified_period {
	struct period	days;
	uint32_t	map, tried;	/* space_map(), space_map_tried() */
	uint32_t	possible;
	mdd_number	covered;	/* assignments, with the facts of the paths tried */
	uint32_t	residual;	/* what no stage but the residual one decides */
	uint32_t	changed;	/* against the period before */
};

struct verify {
	const struct rulebase	*rb;
	bool			 ja;	/* language of what is found */
	struct space		 s;
	struct ruleset		*scratch;	/* for a changed copy */
	struct verified_period	*period;
	int			 periods;
	struct violation	 violation[VIOLATIONS_MAX];
	int			 found;			/* kept in violation[] */
	int			 wrong[PROVE_MAX];	/* how many of each property */
	int			 chain;		/* longest run of questions without good news */
	uint64_t		 stays[TABLE_MAX];	/* rules that keep asking: bring something */
	long			 combinations;	/* of questions left open */
	long			 patients;	/* decided by the engine as proved */
	long			 unmet;		/* outcomes for which no patient was found */
};

/* Builds the maps of all periods.  verify_free() also after a failure. */
int	verify_init(struct verify *v, const struct rulebase *rb, bool ja, struct err *e);
void	verify_free(struct verify *v);

/* Proves everything; -1 only when it could not be done.  verify_sound() says the result. */
int	verify_run(struct verify *v, struct err *e);
bool	verify_sound(const struct verify *v);

/* The single proofs, for verify_run(). */
void	verify_gaps(struct verify *v);
void	verify_overlaps(struct verify *v);
void	verify_dead(struct verify *v);
void	verify_sources(struct verify *v);
void	verify_questions(struct verify *v);
void	verify_cliffs(struct verify *v);
void	verify_order(struct verify *v);
void	verify_continuity(struct verify *v);
void	verify_impossible(struct verify *v);
void	verify_engine(struct verify *v);

/* The variables that the answers to a question can change. */
struct varset verify_moved(enum question q);

/*
 * Notes a violation: in which period, by which rules (ids, the second may be
 * NULL), the set where it is so (MDD_EMPTY: no box), and why.
 */
void	verify_found(struct verify *v, enum property p, int period, const char *rule,
	    const char *other, uint32_t set, const char *why);

/* The whole of the possible assignments of all periods. */
mdd_number verify_covered(const struct verify *v);

#endif

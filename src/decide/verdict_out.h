#ifndef DECIDE_VERDICT_OUT_H
#define DECIDE_VERDICT_OUT_H

#include "decide/facts_in.h"
#include "decide/number_warn.h"
#include "json/json.h"
#include "rules/rulebase.h"

/* What is to be put on the claim.  Borrowed strings; NULL where nothing is. */
struct claim_text {
	const char	*basis;
	struct insured_number id;
	struct buf	 remarks;	/* 摘要欄; empty: none */
};

void	claim_text(const struct rulebase *rb, const struct facts *f, const struct decision *d,
	    struct claim_text *out);
void	claim_text_free(struct claim_text *c);

/* A warning or follow-up ready to be shown. */
struct said {
	const char	*code;
	const char	*ja, *en;	/* with {date} or {text} still in them */
	int		 date;		/* FACT_ABSENT: none */
	const char	*detail;	/* for {text}; borrowed, NULL: none */
};
#define SAID_MAX	48

/*
 * What the advice of a decision says; out has room for SAID_MAX.  Among the
 * warnings are those about the rules' age and about numbers that can not be
 * right, whose words are kept in w.
 */
int	decision_warnings(const struct rulebase *rb, const struct facts *f,
	    const struct decision *d, bool ja, struct number_warning *w, struct said *out);
int	decision_follow_ups(const struct rulebase *rb, const struct facts *f,
	    const struct decision *d, struct said *out);

/* Appends the sentence with its date or detail put in. */
void	said_add(struct buf *b, const struct said *s, bool ja);

/* A code of the rule file's texts said by the program itself. */
void	said_by_program(const struct rulebase *rb, const char *code, const char *detail,
	    struct said *list, int *n);

/* Names of the contract. */
const char *verdict_name(enum value verdict);
const char *path_name(const struct decision *d);	/* NULL: null */
const char *basis_name(const struct decision *d);	/* NULL: null */

struct verdict_options {
	bool		 ja;		/* language of the texts */
	bool		 trace;
	const struct said *more;	/* warnings of the program besides the rules' */
	int		 mores;
};

/*
 * Writes the members of the output object into w, the brackets left to the
 * caller so that it can add members of its own.
 */
void	verdict_write(struct jw *w, const struct rulebase *rb, const struct facts *f,
	    const struct decision *d, const struct verdict_options *o);

/*
 * One whole decision: a facts object as text to one line of JSON (without a
 * newline), a verdict or an error object.  line is named in errors.
 * Returns 0, or -1 when it wrote an error; out is failed when memory ran out.
 */
struct decide_options {
	bool	ja;
	bool	trace;
	bool	assume_none;
	/* Writes the verdict in another form than the contract's JSON; NULL: JSON. */
	void	(*write)(struct buf *out, const struct rulebase *rb, const struct facts *f,
		    const struct decision *d, bool ja);
};
int	decide_text(const struct rulebase *rb, const char *text, size_t n, long line,
	    const struct decide_options *o, struct buf *out);

#endif

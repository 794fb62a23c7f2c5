#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rules/vocab.h"

/*
 * The rules as tables that somebody reviews who reads no JSON: a page for
 * each stage, a line for each rule.  As CSV a page is
 *
 *	stage,4b,(title in Japanese),(title in English)
 *	rule,title,...,(a column for each fact that is tested),...,result,...
 *	TMP-3,...
 *
 * All cells are words of vocab.h but for ids, titles, days, the places in
 * the sources and the reasons of exceptions.  A cell of a fact lists its
 * values and groups as the rule does, "|" between them, "not:" before a list
 * of refused ones; an empty one does not matter.  The columns of the facts
 * stand in the order in which a rule tests them, which is the order of
 * asking; a rule that deviates says so in the column "order".
 */
struct page {
	int		stage;		/* index into rb->stage */
	enum table_id	table;
	int		first, rules;	/* its rules in that table */
	enum fact	fact[F_MAX];	/* those that are tested */
	int		facts;
};

void	page_of(const struct rulebase *rb, int stage, struct page *out);
/* Does the rule test its facts in the order of the page's columns? */
bool	page_in_order(const struct page *p, const struct rule *r);

/* Before a list of refused values. */
const char *table_not(bool ja);

/* Appends a page as CSV; -1 with e set when a text can not stand in a cell. */
int	table_csv(struct buf *b, const struct rulebase *rb, int stage, bool ja, struct err *e);

/*
 * Reads pages as table_csv() writes them, in either language or in names,
 * and appends the rule file that base becomes with these pages in place of
 * its own.  What a cell may not hold is told in wrong, a line each, with
 * file, line, column, rule and the words that are allowed.  Returns 0, or -1
 * with e set (ERR_MALFORMED: no table; ERR_RULES: wrong cells or rules).
 */
struct table_import {
	const struct rulebase *base;
	const char	*name;		/* of the file, for messages */
	const char	*edition;	/* NULL: the base's */
	bool		 ja;		/* language of wrong */
	struct buf	*wrong;
};
int	table_import(const struct table_import *im, const char *csv, size_t n, struct buf *out,
	    struct err *e);

#endif

#ifndef PROVE_WORDS_H
#define PROVE_WORDS_H

#include "prove/space.h"
#include "rules/rulebase.h"

/*
 * Sets and outcomes in words.  All append to b; the words are those of
 * engine/derived.h in the language asked for.
 */

/*
 * A box: "応答=… かつ カード=…".  Facts that do not matter are left out, and a
 * path's facts name the path where the box knows several.
 */
void	words_box(struct buf *b, struct space *s, const struct cube *box, bool ja);

/* "保険扱い 3割(カードによる資格確認、請求 current、根拠 …)", "確認が必要: …", "人の判断が必要". */
void	words_result(struct buf *b, const struct result_of *out, bool ja);

/* The id of a rule, or of both tables' rules: "FLOW-1/RAT-2"; "-" where there is none. */
void	words_rules(struct buf *b, const struct rulebase *rb, const struct finding *f);

/* A whole number with commas. */
void	words_number(struct buf *b, mdd_number n);

/* A part of the whole, in percent. */
void	words_share(struct buf *b, double part, double whole);

/* A period; the first and the last day of all are left out. */
void	words_period(struct buf *b, const struct period *p);

#endif

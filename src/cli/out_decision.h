#ifndef CLI_OUT_DECISION_H
#define CLI_OUT_DECISION_H

#include "decide/verdict_out.h"
#include "desk/msg.h"

/* A decision to be told in words, with what it was made from. */
struct told {
	const struct rulebase	*rb;
	const struct facts	*f;
	const struct decision	*d;
	bool			 ja;
};

/* A head in a column of its own, then text that is wrapped beside it. */
void	out_paragraph(struct buf *b, enum msg head, bool ja, const char *text);

/* A warning and what the desk does about it (NULL: nothing), on a line of its own or behind it. */
void	out_note(struct buf *b, const char *text, const char *step, bool apart, bool ja);

/* "[30%] " or 【3割】; 0: open. */
void	out_ratio(struct buf *b, int percent, bool ja);

/* One line: the ratio, the verdict, and what it stands on. */
void	out_verdict(struct buf *b, const struct told *t);

/* The same without the ratio and the end of the line. */
void	out_verdict_words(struct buf *b, const struct told *t);

/*
 * Which rules decided (after what is said before them), their sources, what
 * was returned and what inferred, what would have been better, the claim and
 * the questions: one by one, and all of them.
 */
void	out_why(struct buf *b, const struct told *t, const char *before);
void	out_sources(struct buf *b, const struct told *t);
void	out_inferred(struct buf *b, const struct told *t);
void	out_better(struct buf *b, const struct told *t);
void	out_claim(struct buf *b, const struct told *t);
void	out_questions(struct buf *b, const struct told *t);
void	out_reasons(struct buf *b, const struct told *t, const char *before);

/* Warnings with their steps, or follow-ups, one paragraph each. */
void	out_says(struct buf *b, const struct said *list, int n, enum msg head, bool ja);

#endif

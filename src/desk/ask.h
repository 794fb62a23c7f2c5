#ifndef DESK_ASK_H
#define DESK_ASK_H

#include <stdbool.h>

#include "base/buf.h"
#include "desk/msg.h"
#include "engine/decide.h"

/*
 * Questions to the person at the terminal: put on stderr, answered by one key,
 * or by a line where a date or a number is typed.  In a conversation 0 is "not
 * known", b goes back and q ends it; so does the end of input.
 */
enum { ASK_UNKNOWN = 0, ASK_BACK = -1, ASK_QUIT = -2 };	/* any other answer is above 0 */

/* A conversation as its questions see it. */
struct asker {
	bool	 ja;
	bool	 can_go_back;	/* there is an answer to go back to */
	int	 answers;	/* given to the question at hand: one can ask for several things */
	char	**kept;		/* what was typed and facts borrow; owned */
	size_t	 keeps;
};

void	asker_release(struct asker *a);

/* A copy in NFKC that lives as long as the asker; NULL when memory ran out. */
const char *ask_keep(struct asker *a, const char *text);

/*
 * Several answers, each its label (NULL: not offered, the others keep their
 * places).  Returns 1..n or ASK_*; the answer's label is shown.
 */
int	ask_labels(struct asker *a, const char *const *labels, int n, enum msg unknown);

/* A question outside a conversation: 1..n, or 0 at the end of input. */
int	ask_plain(enum msg question, const enum msg *answers, int n, bool ja);

/*
 * A day, shown as it was understood.  born: with the age that makes on the day
 * of the visit, after which it can not be.  1, or ASK_*; *day is FACT_ABSENT with
 * ASK_UNKNOWN.
 */
int	ask_date(struct asker *a, enum msg prompt, enum msg unknown, int visit_date, bool born,
	    int *day);

/* A line, kept by the asker: 1, or ASK_*.  "" is asked again. */
int	ask_text(struct asker *a, enum msg prompt, enum msg unknown, const char **text);

/*
 * Puts one question of the engine, with the values that it takes, and fills in
 * the fact.  With the card there, the portal screen, its PDF and the notice are
 * one question, which fills in as many of them as its answer settles.  Returns
 * 1, ASK_UNKNOWN with the facts as they were, ASK_BACK or ASK_QUIT with the facts
 * half changed; ASK_AGAIN when card and service are to be tried once more.
 */
enum { ASK_AGAIN = 2 };
int	ask_fact(struct asker *a, const struct need *need, const struct decision *d,
	    struct facts *f);

/*
 * The numbers on the paper that a claim stands on, 保険者番号 first and checked
 * at once, then the ratio printed there if the number makes it matter (NULL: it
 * was asked for).  As ask_fact(); ASK_UNKNOWN when they are not wanted now.
 */
int	ask_numbers(struct asker *a, const char *paper, struct insured_number *id,
	    int *copay_percent);

/* ask_paper.c: what is printed on a document that is there, or on file. */
int	ask_document(struct asker *a, const struct need *need, enum document_kind kind,
	    const struct decision *d, struct facts *f);
int	ask_proofs(struct asker *a, const struct decision *d, struct facts *f);
bool	ask_is_about_proofs(enum question q, const struct decision *d, const struct facts *f);
int	ask_record(struct asker *a, const struct need *need, const struct decision *d,
	    struct facts *f);
int	ask_statement(struct asker *a, const struct need *need, const struct decision *d,
	    struct facts *f);

/* The birth date: 1, or ASK_*. */
int	ask_birthdate(struct asker *a, struct facts *f);

/* The place of the value chosen among those of the question, from 1, or ASK_*. */
int	ask_values(struct asker *a, const struct need *need, const struct facts *f);

#endif

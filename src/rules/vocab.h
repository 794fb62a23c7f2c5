#ifndef RULES_VOCAB_H
#define RULES_VOCAB_H

#include "rules/terms.h"

/*
 * The words that a cell of a rule table may hold: each by its name in the
 * rule file, in Japanese or in English, whatever the width of its letters.
 */
#define VOCAB_MAX	192	/* more than a rule file can bring; further ones are left out */

struct vocab {
	struct { struct words w; int id; } item[VOCAB_MAX];
	int	 n;
};

/* The id of the word, or -1. */
int	vocab_find(const struct vocab *v, const char *cell);
/*
 * What to write for an id: the word of the language, or the name where that
 * word would be read as another one or would break the cell; NULL where the
 * name would be, too, or there is no such id.
 */
const char *vocab_word(const struct vocab *v, int id, bool ja);
/* All of them, for an error. */
void	vocab_list(struct buf *b, const struct vocab *v, bool ja);

/* Whether s can stand in a cell: no "|", "@", line end, nothing that a spreadsheet computes. */
bool	vocab_plain(const char *s);
/* Cuts blanks off both ends, wide ones too. */
char	*vocab_trim(char *s);

/* The columns of a table that are not facts; those of facts are COLUMN_MAX + fact. */
enum column {
	COLUMN_ID, COLUMN_TITLE_JA, COLUMN_TITLE_EN, COLUMN_FROM, COLUMN_UNTIL, COLUMN_AFTER,
	COLUMN_ORDER, COLUMN_BEATS, COLUMN_OUTCOME, COLUMN_RATIO, COLUMN_BASIS, COLUMN_PATH,
	COLUMN_CLAIM, COLUMN_NEED, COLUMN_PROVISIONAL, COLUMN_WARN, COLUMN_FOLLOW_UP,
	COLUMN_SOURCE, COLUMN_CONFIDENCE, COLUMN_VERIFIED_ON, COLUMN_MAX
};
#define COLUMNS_ALL	(COLUMN_MAX + F_MAX)

/* The vocabularies; the ids are those of the enumerations but where it is said. */
void	vocab_columns(struct vocab *v);
void	vocab_head(struct vocab *v);	/* the word that begins a page: 0 */
void	vocab_stages(struct vocab *v, const struct rulebase *rb);	/* by name: indices into rb->stage */
void	vocab_facts(struct vocab *v);
/* Values by index, then groups: VALUES_PER_FACT + their place among the file's groups. */
void	vocab_values(struct vocab *v, const struct rulebase *rb, enum fact f);
void	vocab_actions(struct vocab *v, enum table_id t);
void	vocab_ratios(struct vocab *v);	/* 10, 20, 30; facts: RATIO_FACT + fact */
#define RATIO_FACT	100
void	vocab_paths(struct vocab *v);	/* values of F_PATH by index */
void	vocab_bases(struct vocab *v);	/* values of F_BASIS by index */
void	vocab_claims(struct vocab *v);
void	vocab_questions(struct vocab *v);
void	vocab_texts(struct vocab *v, const struct rulebase *rb);
void	vocab_say_dates(struct vocab *v);
void	vocab_afters(struct vocab *v);
void	vocab_confidences(struct vocab *v);
void	vocab_yes(struct vocab *v);	/* 1 */
void	vocab_sources(struct vocab *v, const struct rulebase *rb);	/* by their place in the file */

#endif

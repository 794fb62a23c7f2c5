#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/cmd.h"

/*
 * Completion scripts, made from the tables of commands and options and from
 * nothing else.  What may stand behind an option or as an operand follows from
 * its placeholder in the help: lower-case words between bars are all there is,
 * FILE, PEM and LIST are files, and of anything else nothing is known.
 */

/* A place on a command line: behind the words of a command, where its options begin. */
#define PLACE_NEXT_MAX	48
struct place {
	char			 words[64];	/* "rules list"; "" behind the program's name */
	const char		*args;		/* as in the help: operands stand behind "[OPTION]..." */
	const struct cmd	*next[PLACE_NEXT_MAX];	/* what may follow as the next word */
	size_t			 nexts;
	const struct opt	*opts;
	size_t			 n;
};

/* How a shell's script is written: the head, each place, the tail. */
struct shell {
	const char	*name;
	void		(*head)(struct buf *b);
	void		(*place)(struct buf *b, const struct place *p, bool ja);
	void		(*tail)(struct buf *b);
};

extern const struct shell shell_bash, shell_zsh, shell_fish;

/* The words of a placeholder, blanks between them; false if it has none. */
bool	placeholder_words(const char *placeholder, struct buf *out);
bool	placeholder_is_file(const char *placeholder);

/* The placeholders of a place's operands; "" where none, or a next word, may follow. */
const char *place_operands(const struct place *p);

/* Appends s for use between two ', any of the characters in escaped behind a \. */
void	completion_quote(struct buf *b, const char *s, const char *escaped);

#endif

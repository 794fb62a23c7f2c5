#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* A sentence in both languages; leaving one out does not compile. */
struct text { const char *ja, *en; };
#define T(ja, en) { ja, en }

/*
 * One long option: how it is written, what it fills, its line in the help.
 * The same option twice is an error, but for OPT_LIST.
 */
enum opt_type {
	OPT_FLAG,	/* bool * */
	OPT_STRING,	/* const char ** */
	OPT_INT,	/* int *, 0 .. 2147483647 */
	OPT_LIST	/* struct opt_list *, repeatable */
};

#define OPT_LIST_MAX	8
struct opt_list {
	const char	*item[OPT_LIST_MAX];
	size_t		 n;
};

struct opt {
	enum opt_type	 type;
	const char	*name;
	const char	*arg;		/* placeholder in the help; NULL for a flag; "a|b": no other */
	void		*dst;
	struct text	 help;
};

#define OPT_MAX	48

/*
 * Takes the options out of argv (from argv[0] on; "--" ends them, -o and -h are
 * short for --output and --help) and leaves the operands in argv[0..]; returns how many, or -1 with e set (ERR_USAGE).
 * seen, if not NULL, has room for n and says which were given.
 */
int	opt_parse(const struct opt *opts, size_t n, int argc, char **argv, bool *seen,
	    struct err *e);

/* The letter that is short for the option of that name; 0 for none. */
char	opt_short(const char *name);

/* Sets one option from its text, as a configuration file does. */
int	opt_set(const struct opt *o, const char *value, struct err *e);

/*
 * Appends left and beside it, from column at on, the text, wrapped for a
 * terminal of 80 columns; under it where left is too long.
 */
void	help_line(struct buf *b, const char *left, int at, const char *text);

/* The lines of the help, one per option, columns aligned. */
void	opt_help(struct buf *b, const struct opt *opts, size_t n, bool ja);

#endif

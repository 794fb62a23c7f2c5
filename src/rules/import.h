#ifndef RULES_IMPORT_H
#define RULES_IMPORT_H

#include "rules/csv.h"
#include "rules/table.h"

/* Inside table_import(): a file of tables being read, a row at a time. */
struct importer {
	const struct table_import *im;
	struct csv_row	 row;
	int		 stage;			/* whose rows these are */
	enum table_id	 table;
	int		 columns;
	int		 column[CSV_CELLS_MAX];	/* what stands where, as in vocab_columns() */
	int		 place[COLUMNS_ALL];	/* and where what stands, or -1 */
	struct vocab	 vocab;			/* of the cell being read */
	int		 wrong;			/* cells */
};

/* The cell of this row in that column; "" where there is none. */
char	*import_cell(const struct importer *im, int column);

/*
 * Tells that a text in a column is wrong: what is the matter with it, or NULL
 * for the words in im->vocab being those that are allowed.
 */
void	import_wrong(struct importer *im, int column, const char *text, const char *why_ja,
	    const char *why_en);

/* Writes this row as a rule; what is wrong with it is told. */
void	import_rule(struct importer *im, struct jw *w);

#endif

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "batch/row.h"

static const struct {
	const char	*name;
	const char	*ja;
	bool		 needed;
} columns[] = {
#define X(name, en, ja, needed) [COLUMN_##name] = { en, ja, needed },
	COLUMN_LIST(X)
#undef X
};

const char *
column_name(enum column c)
{
	return columns[c].name;
}

const char *
column_name_ja(enum column c)
{
	return columns[c].ja;
}

bool
column_needed(enum column c)
{
	return columns[c].needed;
}

static void
drop_blanks(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (strchr(" \t\r\n", *s) == NULL)
			*to++ = *s;
	*to = '\0';
}

enum column
column_find(const char *header)
{
	char *key = text_nfkc(header);
	int c = 0;

	if (key == NULL)
		return COLUMN_MAX;
	drop_blanks(key);
	while (c < COLUMN_MAX && strcasecmp(key, columns[c].name) != 0 &&
	    strcmp(key, columns[c].ja) != 0)
		c++;
	free(key);
	return (enum column)c;
}

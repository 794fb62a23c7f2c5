#include "batch/kept.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t
size_of(const struct row *row)
{
	size_t n = 1;

	for (int c = 0; c < COLUMN_MAX; c++)
		n += row->given[c] != NULL ? strlen(row->given[c]) + 1 : 0;
	for (size_t i = 0; i < row->extras; i++) {
		n += strlen(row->extra[i].name) + 1;
		n += row->extra[i].text != NULL ? strlen(row->extra[i].text) + 1 : 0;
	}
	return n;
}

/* Copies to *at, which moves behind it; NULL stays NULL. */
static const char *
put(char **at, const char *s)
{
	char *to = *at;
	size_t n;

	if (s == NULL)
		return NULL;
	n = strlen(s) + 1;
	memcpy(to, s, n);
	*at += n;
	return to;
}

int
kept_copy(struct kept *k, const struct row *row)
{
	char *at;

	k->row = *row;
	k->n = size_of(row);
	k->text = malloc(k->n);
	k->extra = calloc(row->extras > 0 ? row->extras : 1, sizeof(*k->extra));
	if (k->text == NULL || k->extra == NULL) {
		k->row.extras = 0;
		kept_free(k);
		return -1;
	}
	at = k->text;
	for (int c = 0; c < COLUMN_MAX; c++)
		k->row.given[c] = put(&at, row->given[c]);
	for (size_t i = 0; i < row->extras; i++)
		k->extra[i] = (struct extra){
			.name = put(&at, row->extra[i].name),
			.text = put(&at, row->extra[i].text),
			.json = js_keep(row->extra[i].json),
		};
	k->row.extra = k->extra;
	return 0;
}

void
kept_free(struct kept *k)
{
	for (size_t i = 0; i < k->row.extras; i++)
		js_free((struct json *)(uintptr_t)k->extra[i].json);
	if (k->text != NULL)
		explicit_bzero(k->text, k->n);
	free(k->text);
	free(k->extra);
	explicit_bzero(k, sizeof(*k));
}

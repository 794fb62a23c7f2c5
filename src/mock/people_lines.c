#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "mock/people_impl.h"

#define LINE_MAX_LEN	65536

/* The numbers of a line's results stay, and where it stands. */
static int
let_go(struct people *p, struct person *who, struct err *e)
{
	struct source *s = &p->source[who - p->person];

	if ((who->id = strdup(who->id)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < who->nrecords; i++) {
		who->record[i].json = NULL;
		who->record[i].source = s;
		who->record[i].at = i;
	}
	return 0;
}

static struct json *
read_again(const struct source *s)
{
	char line[LINE_MAX_LEN];
	struct err e = ERR_INIT;

	if (pread(s->fd, line, s->n, s->offset) != (ssize_t)s->n)
		return NULL;
	return js_parse(line, s->n, &e);
}

const struct json *
record_json(const struct record *r)
{
	struct source *s = r->source;
	const struct json *results;

	if (r->json != NULL)
		return r->json;
	if (s->doc == NULL && (s->doc = read_again(s)) == NULL)
		memory_lost();
	results = js_get(s->doc, "results");
	if (r->at < js_len(results))
		return js_at(results, r->at);
	return js_at(js_get(js_get(s->doc, "later"), "results"), r->at - js_len(results));
}

static int
load_line(struct people *p, const char *line, size_t n, off_t offset, struct err *e)
{
	struct json *doc = n < LINE_MAX_LEN ? js_parse(line, n, e) : NULL;
	int rc;

	if (doc == NULL)
		return e->code != ERR_NONE ? err_prefix(e, "line %zu", p->n + 1) :
		    err_set(e, ERR_MALFORMED, "line %zu is too long", p->n + 1);
	p->source[p->n] = (struct source){ fileno(p->lines), offset, n, NULL };
	rc = people_take(p, doc, e);
	if (rc == 0)
		rc = let_go(p, &p->person[p->n - 1], e);
	js_free(doc);
	return rc;
}

/* Twice through the file: to count the lines, and to read them. */
static int
read_lines(struct people *p, struct err *e)
{
	size_t cap = 0, lines = 0;
	char *line = NULL;
	ssize_t n;
	int rc = 0;

	while (getline(&line, &cap, p->lines) > 0)
		lines++;
	rewind(p->lines);
	p->person = calloc(lines + 1, sizeof(*p->person));
	p->source = calloc(lines + 1, sizeof(*p->source));
	if (p->person == NULL || p->source == NULL)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	for (off_t at = 0; rc == 0 && p->n < lines; at += n) {
		if ((n = getline(&line, &cap, p->lines)) <= 0)
			break;
		rc = load_line(p, line, (size_t)n, at, e);
	}
	free(line);
	return rc == 0 ? people_index(p, e) : -1;
}

FILE *
lines_open(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[LINE_MAX_LEN];
	struct err e = ERR_INIT;
	struct json *doc = NULL;
	bool person;

	if (f != NULL && fgets(line, sizeof(line), f) != NULL)
		doc = js_parse(line, strlen(line), &e);
	person = js_has(doc, "id");
	js_free(doc);
	if (person) {
		rewind(f);
		return f;
	}
	if (f != NULL)
		fclose(f);
	return NULL;
}

struct people *
lines_load(FILE *f, struct err *e)
{
	struct people *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fclose(f);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->lines = f;
	if (read_lines(p, e) < 0) {
		people_free(p);
		return NULL;
	}
	return p;
}

void
lines_free(struct people *p)
{
	for (size_t i = 0; i < p->n; i++) {
		js_free(p->source[i].doc);
		free((char *)(uintptr_t)p->person[i].id);
	}
	free(p->source);
	fclose(p->lines);
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mock/bulk.h"

#define KNOWN_LIMIT	"LimitApplicationCertificateRelatedInfo"

static bool
has_all(const struct json *a, const struct json *b)
{
	struct js_iter it = js_members(a);

	while (js_next(&it)) {
		const char *s = js_as_str(it.value), *other = js_str(b, it.key);

		if (s == NULL || other == NULL || strcmp(s, other) != 0)
			return false;
	}
	return true;
}

/*
 * OQSCD014: changed, or cannot be told.  The clinic says what it knows, {}
 * for nothing; without that it cannot be told.
 */
static bool
is_limit_changed(const struct json *question, const struct record *r)
{
	const struct json *known = js_get(question, KNOWN_LIMIT);
	const struct json *held = r != NULL ? js_get(record_json(r), KNOWN_LIMIT) : NULL;

	return known == NULL || !has_all(known, held) || !has_all(held, known);
}

/* The question as it came, without what the clinic knows of 限度額. */
static void
add_echo(struct bulk_file *f, struct bulk_unit *u, const struct json *question)
{
	struct js_iter it = js_members(question);
	struct jw w = { &f->text, false };

	u->echo = f->text.n;
	jw_open(&w, NULL, '{');
	while (js_next(&it))
		if (strcmp(it.key, KNOWN_LIMIT) != 0)
			jw_json(&w, it.key, it.value);
	jw_close(&w, '}');
	u->necho = f->text.n - u->echo;
}

static void
add_unit(struct bulk_file *f, const struct people *p, const struct json *question, int day)
{
	struct bulk_unit *u = &f->unit[f->n++];
	struct number_enquiry q = { 0 };
	struct refusal why = REFUSAL_INIT;
	struct finding found;

	add_echo(f, u, question);
	if (enquiry_read_unit(question, &q, &why) < 0) {
		u->fault = f->text.n;
		buf_add(&f->text, why.detail, strlen(why.detail) + 1);
		return;
	}
	found = people_by_number(p, &q.numbers, day);
	u->record = found.record;
	u->validity = found.validity;
	u->changed = is_limit_changed(question, found.record);
}

/* Over what makes two uploads the same file, however they were spelt. */
static void
hash_questions(const struct bulk_enquiry *q, uint8_t out[static HASH_SHA256_LEN])
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	buf_adds(&b, q->header.date);
	jw_json(&w, NULL, q->units);
	hash_sha256(b.p, b.n, out);
	buf_free(&b);
}

struct bulk_file *
bulk_file_new(const struct people *p, const struct bulk_enquiry *q, struct refusal *r)
{
	const size_t n = js_len(q->units);
	struct bulk_file *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->unit = calloc(n, sizeof(*f->unit))) == NULL ||
	    (f->id = strdup(q->header.file_id)) == NULL) {
		refuse(r, REFUSAL_INTERNAL, NULL);
		bulk_file_free(f);
		return NULL;
	}
	snprintf(f->institution, sizeof(f->institution), "%s", q->header.institution);
	snprintf(f->date, sizeof(f->date), "%s", q->header.date);
	hash_questions(q, f->hash);
	for (size_t i = 0; i < n; i++)
		add_unit(f, p, js_at(q->units, i), q->header.day);
	/* also where it is of the hash, or somebody was not found, for want of it */
	if (f->text.failed || memory_was_lost()) {
		refuse(r, REFUSAL_INTERNAL, NULL);
		bulk_file_free(f);
		return NULL;
	}
	return f;
}

void
bulk_file_free(struct bulk_file *f)
{
	if (f == NULL)
		return;
	buf_free(&f->text);
	free(f->unit);
	free(f->id);
	free(f);
}

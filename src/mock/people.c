#include "mock/people_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "mock/elements.h"

#define FILE_MAX	(32u << 20)
#define RESULTS_MAX	20
#define HASHES_MAX	20
#define LATER_MAX	(30 * 86400)

static int
load_record(struct record *r, const struct json *result, struct err *e)
{
	const char *from = js_str(result, "QualificationDate");
	const char *until = js_str(result, "DisqualificationDate");

	if (elements_check(result, e) < 0)
		return -1;
	r->json = result;
	r->from = from != NULL ? date_parse_compact(from, 8) : DATE_NONE;
	r->until = until != NULL ? date_parse_compact(until, 8) : DATE_NONE;
	if (numbers_set(&r->numbers, js_str(result, "InsurerNumber"),
	    js_str(result, "InsuredCardSymbol"), js_str(result, "InsuredIdentificationNumber"),
	    js_str(result, "InsuredBranchNumber"), js_str(result, "Birthdate")) < 0)
		return err_set(e, ERR_MALFORMED, "result: a number is too long");
	return 0;
}

static int
load_records(struct person *who, const struct json *results, struct err *e)
{
	const size_t n = js_len(results), before = who->nrecords;
	struct record *more;

	if (js_type(results) != JS_ARRAY || n > RESULTS_MAX)
		return err_set(e, ERR_MALFORMED, "\"results\": not an array of at most %d",
		    RESULTS_MAX);
	if (n == 0)
		return 0;
	if ((more = reallocarray(who->record, before + n, sizeof(*more))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	who->record = more;
	memset(more + before, 0, n * sizeof(*more));
	for (; who->nrecords < before + n; who->nrecords++)
		if (load_record(&more[who->nrecords], js_at(results, who->nrecords - before), e) < 0)
			return -1;
	return 0;
}

/* A change of insurance that is still being registered. */
static int
load_later(struct people *p, struct person *who, const struct json *o, struct err *e)
{
	static const char *const allowed[] = { "after_seconds", "results", NULL };
	const struct json *later = js_get(o, "later");
	const size_t known = who->nrecords;
	struct pending *more;
	long long s;

	if (!js_has(o, "later"))
		return 0;
	if (js_type(later) != JS_OBJECT || js_only(later, "later", allowed, e) < 0 ||
	    !js_int(later, "after_seconds", &s) || s < 0 || s > LATER_MAX)
		return err_set(e, ERR_MALFORMED, "\"later\": not after_seconds and results");
	if (load_records(who, js_get(later, "results"), e) < 0)
		return -1;
	if ((more = reallocarray(p->pending, p->npending + 1, sizeof(*more))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	p->pending = more;
	p->pending[p->npending++] = (struct pending){ who, who->nrecords - known, 1000 * s };
	return 0;
}

static int
load_flag(const struct json *o, const char *key, bool absent, bool *out, struct err *e)
{
	*out = absent;
	if (js_has(o, key) && !js_bool(o, key, out))
		return err_set(e, ERR_MALFORMED, "\"%s\": not true or false", key);
	return 0;
}

static int
load_validity(struct person *who, const struct json *o, struct err *e)
{
	const char *s = js_str(o, "QualificationValidity");

	if (!js_has(o, "QualificationValidity"))
		return 0;
	if (s == NULL || !elements_is_validity(s))
		return err_set(e, ERR_MALFORMED, "QualificationValidity: not a code of its table");
	who->forced = s[0];
	return 0;
}

static int
load_hashes(struct people *p, const struct person *who, const struct json *o, struct err *e)
{
	const struct json *a = js_get(o, "certificate_sha256");
	const size_t n = js_len(a);
	struct holder *more;

	if (!js_has(o, "certificate_sha256"))
		return 0;
	if (js_type(a) != JS_ARRAY || n > HASHES_MAX)
		return err_set(e, ERR_MALFORMED, "\"certificate_sha256\": not an array of at most %d",
		    HASHES_MAX);
	if (n == 0)
		return 0;
	if ((more = reallocarray(p->holder, p->nholders + n, sizeof(*more))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	p->holder = more;
	for (size_t i = 0; i < n; i++) {
		struct holder *h = &p->holder[p->nholders++];
		const char *hex = js_as_str(js_at(a, i));

		h->person = who;
		if (hex == NULL || hex_decode(hex, h->hash, HASH_SHA256_LEN) < 0)
			return err_set(e, ERR_MALFORMED,
			    "\"certificate_sha256\": not 64 hexadecimal digits");
	}
	return 0;
}

static int
load_person(struct people *p, struct person *who, const struct json *o, struct err *e)
{
	static const char *const allowed[] = { "id", "certificate_sha256", "registered",
		"revoked", "QualificationValidity", "results", "later", NULL };

	if ((who->id = js_str(o, "id")) == NULL || *who->id == '\0')
		return err_set(e, ERR_MALFORMED, "\"id\" is missing or not a text");
	if (js_only(o, "", allowed, e) < 0 ||
	    load_flag(o, "registered", true, &who->registered, e) < 0 ||
	    load_flag(o, "revoked", false, &who->revoked, e) < 0 ||
	    load_validity(who, o, e) < 0 ||
	    load_hashes(p, who, o, e) < 0 ||
	    load_records(who, js_get(o, "results"), e) < 0)
		return -1;
	return load_later(p, who, o, e);
}

static int
by_hash(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return memcmp(x->hash, y->hash, HASH_SHA256_LEN);
}

static int
by_id(const void *a, const void *b)
{
	const struct person *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

static int
check_ids(const struct people *p, struct err *e)
{
	const struct person **who = calloc(p->n + 1, sizeof(*who));
	int rc = 0;

	if (who == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n; i++)
		who[i] = &p->person[i];
	qsort(who, p->n, sizeof(*who), by_id);
	for (size_t i = 1; i < p->n && rc == 0; i++)
		if (strcmp(who[i - 1]->id, who[i]->id) == 0)
			rc = err_set(e, ERR_MALFORMED, "person \"%.40s\" stands twice", who[i]->id);
	free(who);
	return rc;
}

static int
sort_holders(struct people *p, struct err *e)
{
	if (p->nholders > 0)
		qsort(p->holder, p->nholders, sizeof(*p->holder), by_hash);
	for (size_t i = 1; i < p->nholders; i++)
		if (by_hash(&p->holder[i - 1], &p->holder[i]) == 0)
			return err_set(e, ERR_MALFORMED,
			    "persons \"%.40s\" and \"%.40s\" hold one certificate",
			    p->holder[i - 1].person->id, p->holder[i].person->id);
	return 0;
}

static int
by_birth(const void *a, const void *b)
{
	const struct birth *x = a, *y = b;

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	return (x->person > y->person) - (x->person < y->person);
}

static int
index_births(struct people *p, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->person[i].nrecords;
	if ((p->birth = calloc(n + 1, sizeof(*p->birth))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	n = 0;
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->person[i].nrecords; k++)
			p->birth[n++] = (struct birth){ p->person[i].record[k].numbers.birthdate,
				&p->person[i] };
	qsort(p->birth, n, sizeof(*p->birth), by_birth);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_birth(&p->birth[i - 1], &p->birth[i]) != 0)
			p->birth[p->nbirths++] = p->birth[i];
	return 0;
}

int
people_take(struct people *p, const struct json *o, struct err *e)
{
	struct person *who = &p->person[p->n];

	if (load_person(p, who, o, e) < 0) {
		free(who->record);
		return err_prefix(e, "person %zu (%.40s)", p->n + 1,
		    who->id != NULL ? who->id : "no id");
	}
	p->n++;
	return 0;
}

static void
hide_pending(struct people *p)
{
	for (size_t i = 0; i < p->npending; i++)
		p->pending[i].who->nrecords -= p->pending[i].n;
}

int
people_index(struct people *p, struct err *e)
{
	if (check_ids(p, e) < 0 || sort_holders(p, e) < 0 || index_births(p, e) < 0)
		return -1;
	hide_pending(p);
	return 0;
}

static int
load_all(struct people *p, struct err *e)
{
	static const char *const allowed[] = { "people", NULL };
	const struct json *list = js_get(p->doc, "people");
	const size_t n = js_len(list);

	if (js_only(p->doc, "", allowed, e) < 0)
		return -1;
	if (js_type(list) != JS_ARRAY)
		return err_set(e, ERR_MALFORMED, "\"people\" is missing or not an array");
	if ((p->person = calloc(n + 1, sizeof(*p->person))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		if (people_take(p, js_at(list, i), e) < 0)
			return -1;
	return people_index(p, e);
}

void
people_tick(struct people *p, long long now_ms)
{
	if (p->begun_ms == 0)
		p->begun_ms = now_ms;
	for (size_t i = 0; i < p->npending;) {
		const struct pending *it = &p->pending[i];

		if (now_ms - p->begun_ms < it->after_ms) {
			i++;
			continue;
		}
		it->who->nrecords += it->n;
		p->pending[i] = p->pending[--p->npending];
	}
}

static struct people *
from_document(struct json *doc, struct err *e)
{
	struct people *p;

	if (doc == NULL)
		return NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		js_free(doc);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	p->doc = doc;
	if (load_all(p, e) < 0) {
		people_free(p);
		return NULL;
	}
	return p;
}

struct people *
people_parse(const char *text, size_t n, struct err *e)
{
	return from_document(js_parse(text, n, e), e);
}

struct people *
people_load(const char *path, struct err *e)
{
	FILE *lines = lines_open(path);
	struct people *p = lines != NULL ? lines_load(lines, e) :
	    from_document(js_parse_file(path, FILE_MAX, e), e);

	if (p == NULL && strncmp(e->msg, path, strlen(path)) != 0)
		err_prefix(e, "%s", path);
	return p;
}

void
people_free(struct people *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->person[i].record);
	if (p->lines != NULL)
		lines_free(p);
	free(p->person);
	free(p->holder);
	free(p->birth);
	free(p->pending);
	js_free(p->doc);
	free(p);
}

const struct person *
people_by_certificate(const struct people *p, const uint8_t hash[static HASH_SHA256_LEN])
{
	const struct holder *found;
	struct holder key = { .person = NULL };

	if (p->nholders == 0)
		return NULL;
	memcpy(key.hash, hash, HASH_SHA256_LEN);
	found = bsearch(&key, p->holder, p->nholders, sizeof(*p->holder), by_hash);
	return found != NULL ? found->person : NULL;
}

void
people_register(struct people *p, const struct person *who)
{
	p->person[who - p->person].registered = true;
}

const struct birth *
people_born(const struct people *p, int date, size_t *n)
{
	size_t low = 0, high = p->nbirths;

	while (low < high) {
		const size_t mid = (low + high) / 2;

		if (p->birth[mid].date < date)
			low = mid + 1;
		else
			high = mid;
	}
	*n = 0;
	while (low + *n < p->nbirths && p->birth[low + *n].date == date)
		++*n;
	return &p->birth[low];
}

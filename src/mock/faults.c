#include "mock/faults.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX	(4u << 20)

struct faults {
	struct json	*doc;
	struct fault	*fault;
	size_t		 n;
};

static const struct {
	const char	*name;
	bool		 early;
} kinds[] = {
#define X(name, text, early) [FAULT_##name] = { text, early },
	FAULT_LIST(X)
#undef X
};

/* Per kind: the key of its amount, what it may be, and its default. */
static const struct amount {
	enum fault_kind	 kind;
	const char	*key;
	long long	 min, max, def;
} amounts[] = {
	{ FAULT_STATUS,       "status",            400, 599,       500 },
	{ FAULT_REDIRECT,     "status",            301, 308,       302 },
	{ FAULT_LATENCY,      "latency_ms",        0, 600000,      1000 },
	{ FAULT_DATE_SKEW,    "date_skew_seconds", -2000000000, 2000000000, 3600 },
	{ FAULT_DEEP_NESTING, "levels",            1, 1000000,     100000 },
	{ FAULT_CUT_BODY,     "at",                0, 1000000,     100 },
	{ FAULT_BIG_BODY,     "bytes",             1, 1LL << 34,   64LL << 20 },
	{ FAULT_BODY,         "status",            200, 599,       200 },
	{ FAULT_SLOW_DRIP,    "bytes_per_second",  1, 1000000,     1 },
	{ FAULT_BULK_PENDING, "units",             0, 1000000,     0 },
	{ FAULT_UNITS_SHUFFLED, "seed",            0, 1000000,     1 },
	{ FAULT_UNIT_MISSING, "unit",              1, 1000000,     1 },
	{ FAULT_UNIT_TWICE,   "unit",              1, 1000000,     1 },
	{ FAULT_UNIT_ERROR,   "unit",              1, 1000000,     1 },
	{ FAULT_MAX, NULL, 0, 0, 0 }
};

static const struct amount *
find_amount(enum fault_kind kind)
{
	const struct amount *a = amounts;

	while (a->key != NULL && a->kind != kind)
		a++;
	return a->key != NULL ? a : NULL;
}

static int
take_number(const struct json *o, const char *key, long long min, long long max, long long def,
    long long *out, struct err *e)
{
	*out = def;
	if (!js_has(o, key))
		return 0;
	if (!js_int(o, key, out) || *out < min || *out > max)
		return err_set(e, ERR_MALFORMED, "\"%s\": not a number %lld..%lld", key, min, max);
	return 0;
}

static int
take_text(const struct json *o, const char *key, const char **out, struct err *e)
{
	*out = js_str(o, key);
	if (js_has(o, key) && *out == NULL)
		return err_set(e, ERR_MALFORMED, "\"%s\": not a text", key);
	return 0;
}

static int
take_kind(const struct json *o, struct fault *f, struct err *e)
{
	const char *name = js_str(o, "fault");

	for (f->kind = 0; name != NULL && f->kind < FAULT_MAX; f->kind++)
		if (strcmp(kinds[f->kind].name, name) == 0)
			return 0;
	return err_set(e, ERR_MALFORMED, "\"fault\": %s", name == NULL ? "missing" : "no such fault");
}

static int
load_match(const struct json *o, struct fault *f, struct err *e)
{
	static const char *const allowed[] = { "path", "person", "nth", "first", "percent", NULL };

	if (o != NULL && js_type(o) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "\"match\": not an object");
	if (js_only(o, "match", allowed, e) < 0 ||
	    take_text(o, "path", &f->path, e) < 0 || take_text(o, "person", &f->person, e) < 0 ||
	    take_number(o, "nth", 1, 1000000000, 0, &f->nth, e) < 0 ||
	    take_number(o, "percent", 0, 100, 100, &f->percent, e) < 0)
		return -1;
	return take_number(o, "first", 1, 1000000000, 0, &f->first, e);
}

/* Per kind: the key of its text, and its default; NULL: it is needed. */
static const struct wording {
	enum fault_kind	 kind;
	const char	*key;
	const char	*def;
} wordings[] = {
	{ FAULT_REDIRECT,    "location", NULL },
	{ FAULT_BODY,        "body",     NULL },
	{ FAULT_BULK_FAILED, "code",     "FILE_FAILED" },
	{ FAULT_UNIT_ERROR,  "code",     "UNIT_FAILED" },
	{ FAULT_MAX, NULL, NULL }
};

static const struct wording *
find_wording(enum fault_kind kind)
{
	const struct wording *t = wordings;

	while (t->key != NULL && t->kind != kind)
		t++;
	return t->key != NULL ? t : NULL;
}

static int
load_wording(const struct json *o, const struct wording *t, struct fault *f, struct err *e)
{
	if (take_text(o, t->key, &f->text, e) < 0)
		return -1;
	if (f->text == NULL)
		f->text = t->def;
	return f->text != NULL ? 0 : err_set(e, ERR_MALFORMED, "%s: \"%s\" is missing",
	    kinds[f->kind].name, t->key);
}

/* A fault needs these keys of its own, and may have no others. */
static int
load_details(const struct json *o, struct fault *f, struct err *e)
{
	const struct amount *a = find_amount(f->kind);
	const struct wording *t = find_wording(f->kind);
	const bool field = f->kind >= FAULT_MISSING_FIELD && f->kind <= FAULT_REPLACE;
	const bool retry = f->kind <= FAULT_OVERLOADED;
	const char *allowed[8] = { "match", "fault" };
	size_t n = 2;

	if (a != NULL)
		allowed[n++] = a->key;
	if (field)
		allowed[n++] = "field";
	if (retry)
		allowed[n++] = "retry_after";
	if (t != NULL)
		allowed[n++] = t->key;
	if (f->kind == FAULT_REPLACE)
		allowed[n++] = "value";
	if (js_only(o, kinds[f->kind].name, allowed, e) < 0)
		return -1;
	if (a != NULL && take_number(o, a->key, a->min, a->max, a->def, &f->amount, e) < 0)
		return -1;
	if (take_number(o, "retry_after", 0, 86400, -1, &f->retry_after, e) < 0 ||
	    take_text(o, "field", &f->field, e) < 0 ||
	    (t != NULL && load_wording(o, t, f, e) < 0))
		return -1;
	f->value = js_get(o, "value");
	if (field && f->field == NULL)
		return err_set(e, ERR_MALFORMED, "%s: \"field\" is missing", kinds[f->kind].name);
	return 0;
}

static int
load_all(struct faults *f, struct err *e)
{
	const size_t n = js_len(f->doc);

	if (js_type(f->doc) != JS_ARRAY)
		return err_set(e, ERR_MALFORMED, "not an array of faults");
	if ((f->fault = calloc(n + 1, sizeof(*f->fault))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (; f->n < n; f->n++) {
		const struct json *o = js_at(f->doc, f->n);
		struct fault *one = &f->fault[f->n];

		if (take_kind(o, one, e) < 0 || load_match(js_get(o, "match"), one, e) < 0 ||
		    load_details(o, one, e) < 0)
			return err_prefix(e, "fault %zu", f->n + 1);
	}
	return 0;
}

struct faults *
faults_load(const char *path, struct err *e)
{
	struct json *doc = js_parse_file(path, FILE_MAX, e);
	struct faults *f;

	if (doc == NULL)
		return NULL;
	if ((f = calloc(1, sizeof(*f))) == NULL) {
		js_free(doc);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	f->doc = doc;
	if (load_all(f, e) < 0) {
		err_prefix(e, "%s", path);
		faults_free(f);
		return NULL;
	}
	return f;
}

void
faults_free(struct faults *f)
{
	if (f == NULL)
		return;
	free(f->fault);
	js_free(f->doc);
	free(f);
}

static bool
is_same(const char *want, const char *have)
{
	return want == NULL || (have != NULL && strcmp(want, have) == 0);
}

/* Drawn for this match?  A hash of its number, so that every run draws the same. */
static bool
is_drawn(const struct fault *f)
{
	uint64_t x = (uint64_t)f->seen * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9u;
	return (long long)((x ^ x >> 29) % 100) < f->percent;
}

bool
fault_is_early(const struct fault *f)
{
	return kinds[f->kind].early && f->person == NULL;
}

const struct fault *
faults_pick(struct faults *f, const char *path, const char *person)
{
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		struct fault *one = &f->fault[i];

		if ((one->person != NULL) != (person != NULL) || !is_same(one->path, path) ||
		    !is_same(one->person, person))
			continue;
		one->seen++;
		if (is_drawn(one) && (one->nth == 0 || one->nth == one->seen) &&
		    (one->first == 0 || one->seen <= one->first))
			return one;
	}
	return NULL;
}

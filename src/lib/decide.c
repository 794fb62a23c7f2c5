#include <shikaku/decide.h>

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "decide/verdict_out.h"
#include "lib/lib.h"

struct shikaku_rules {
	struct rulebase	*base;
};

struct shikaku_verdict {
	struct buf	 text;
	struct json	*doc;
};

/* Takes base over; NULL when it is, with e, or when memory runs out. */
static struct shikaku_rules *
rules_of(struct rulebase *base, struct err *e, struct shikaku_error *out)
{
	struct shikaku_rules *r = base != NULL ? malloc(sizeof(*r)) : NULL;

	if (r == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		rulebase_free(base);
		lib_fail(e, out);
		return NULL;
	}
	r->base = base;
	return r;
}

struct shikaku_rules *
shikaku_rules_embedded(struct shikaku_error *out)
{
	struct err e = ERR_INIT;

	return rules_of(rulebase_embedded(&e), &e, out);
}

struct shikaku_rules *
shikaku_rules_load(const char *path, struct shikaku_error *out)
{
	struct err e = ERR_INIT;

	return rules_of(rulebase_load(path, &e), &e, out);
}

struct shikaku_rules *
shikaku_rules_parse(const char *json, size_t n, struct shikaku_error *out)
{
	struct err e = ERR_INIT;

	return rules_of(rulebase_parse(json, n, &e), &e, out);
}

const char *
shikaku_rules_edition(const struct shikaku_rules *r)
{
	return r->base->edition;
}

const char *
shikaku_rules_digest(const struct shikaku_rules *r)
{
	return r->base->digest;
}

void
shikaku_rules_free(struct shikaku_rules *r)
{
	if (r == NULL)
		return;
	rulebase_free(r->base);
	free(r);
}

/* Why the engine wrote an error object instead of a verdict. */
static int
refused(const struct shikaku_verdict *v, struct err *e)
{
	const struct json *error = js_get(v->doc, "error");
	const char *key = js_str(error, "key"), *reason = js_str(error, "reason");

	return err_set(e, ERR_MALFORMED, "%s%s%s", key != NULL ? key : "",
	    key != NULL && *key != '\0' ? ": " : "", reason != NULL ? reason : "facts");
}

static int
run(struct shikaku_verdict *v, const struct shikaku_rules *r, const char *facts, size_t n,
    const struct decide_options *o, struct err *e)
{
	int rc;

	(void)memory_was_lost();	/* of others */
	rc = decide_text(r->base, facts, n, 1, o, &v->text);
	if (v->text.failed || memory_was_lost())
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((v->doc = js_parse(v->text.p, v->text.n, e)) == NULL)
		return -1;
	return rc < 0 ? refused(v, e) : 0;
}

struct shikaku_verdict *
shikaku_decide(const struct shikaku_rules *r, const char *facts, size_t n,
    const struct shikaku_decide_options *options, struct shikaku_error *out)
{
	static const struct shikaku_decide_options defaults;
	const struct shikaku_decide_options *given = options != NULL ? options : &defaults;
	const struct decide_options o = { .ja = given->language == SHIKAKU_JA,
		.trace = given->trace, .assume_none = given->assume_none };
	struct shikaku_verdict *v = calloc(1, sizeof(*v));
	struct err e = ERR_INIT;

	if (v == NULL)
		err_set(&e, ERR_NOMEM, "out of memory");
	else if (run(v, r, facts != NULL ? facts : "", facts != NULL ? n : 0, &o, &e) == 0)
		return v;
	shikaku_verdict_free(v);
	lib_fail(&e, out);
	return NULL;
}

const char *
shikaku_verdict_json(const struct shikaku_verdict *v)
{
	return v->text.p;
}

enum shikaku_verdict_kind
shikaku_verdict_kind(const struct shikaku_verdict *v)
{
	static const struct {
		enum value			 verdict;
		enum shikaku_verdict_kind	 kind;
	} kinds[] = {
		{ V_VERDICT_INSURED, SHIKAKU_INSURED }, { V_VERDICT_SELF_PAY, SHIKAKU_SELF_PAY },
		{ V_VERDICT_NEED, SHIKAKU_NEED }, { V_VERDICT_REFER, SHIKAKU_REFER },
	};
	const char *name = js_str(v->doc, "verdict");

	for (size_t i = 0; name != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(verdict_name(kinds[i].verdict), name) == 0)
			return kinds[i].kind;
	return SHIKAKU_REFER;
}

int
shikaku_verdict_copay_percent(const struct shikaku_verdict *v)
{
	long long percent;

	return js_int(v->doc, "copay_percent", &percent) ? (int)percent : 0;
}

bool
shikaku_verdict_provisional(const struct shikaku_verdict *v)
{
	bool provisional;

	return js_bool(v->doc, "provisional", &provisional) && provisional;
}

/* The element of a list whose place is written in digits, or NULL. */
static const struct json *
element(const struct json *list, const char *place)
{
	const size_t digits = strspn(place, "0123456789");
	size_t i = 0;

	if (digits == 0 || digits > 4 || place[digits] != '\0')
		return NULL;
	for (; *place != '\0'; place++)
		i = 10 * i + (size_t)(*place - '0');
	return js_at(list, i);
}

static const struct json *
member(const struct json *v, const char *path)
{
	char name[64];

	for (;;) {
		const size_t n = strcspn(path, ".");

		if (v == NULL || n == 0 || n >= sizeof(name))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		v = js_type(v) == JS_ARRAY ? element(v, name) : js_get(v, name);
		if (path[n] == '\0')
			return v;
		path += n + 1;
	}
}

const char *
shikaku_verdict_string(const struct shikaku_verdict *v, const char *path)
{
	return js_as_str(member(v->doc, path));
}

size_t
shikaku_verdict_count(const struct shikaku_verdict *v, const char *path)
{
	return js_len(member(v->doc, path));
}

void
shikaku_verdict_free(struct shikaku_verdict *v)
{
	if (v == NULL)
		return;
	js_free(v->doc);
	buf_free(&v->text);
	free(v);
}

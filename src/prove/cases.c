#include "prove/cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide/verdict_out.h"

static void
say(const struct say *list, int n, const struct facts *f, const struct decision *d,
    uint64_t *texts, long *dates)
{
	for (int i = 0; i < n; i++) {
		const uint64_t bit = (uint64_t)1 << list[i].text;

		if ((*texts & bit) == 0 && list[i].date == SAY_GRACE_END)
			*dates += d->state.grace_end;
		if ((*texts & bit) == 0 && list[i].date == SAY_CERTIFICATE_END)
			*dates += f->card.certificate_not_after;
		*texts |= bit;
	}
}

void
brief_of(const struct rulebase *rb, const struct facts *f, const struct decision *d,
    struct brief *out)
{
	const struct table *t = &rb->set.table[TABLE_ADVICE];

	memset(out, 0, sizeof(*out));
	out->verdict = (int)d->verdict;
	out->path = d->has_path ? (int)d->path : -1;
	out->percent = d->percent;
	out->basis = (int)d->basis;
	out->provisional = d->provisional;
	out->claim = (int)d->claim;
	out->needs = d->needs;
	for (int i = 0; i < d->needs; i++) {
		out->need[i] = (int)d->need[i].question;
		if (d->need[i].question == Q_COPAY_PERCENT)
			out->percents[i] = d->need[i].percents;
	}
	for (uint64_t rest = d->advice; rest != 0; rest &= rest - 1) {
		const struct rule *r = &t->rule[__builtin_ctzll(rest)];

		say(r->warning, r->warnings, f, d, &out->warn, &out->dates);
		say(r->follow_up, r->follow_ups, f, d, &out->follow_up, &out->dates);
	}
	if (f->visit_date > d->verified_until)
		out->stale_from = d->verified_until;
}

bool
brief_same(const struct brief *a, const struct brief *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Options as the tests give them on the command line. */
static bool
take_options(const struct json *options, struct facts *f)
{
	for (size_t i = 0; i < js_len(options); i++) {
		const char *o = js_as_str(js_at(options, i));

		if (o == NULL || strcmp(o, "--assume-none") != 0)
			return false;
		facts_assume_none(f);
	}
	return true;
}

static int
add_line(struct cases *c, const char *line, size_t n, struct err *e)
{
	struct facts_error why = { "", "" };
	struct kase k = { .doc = NULL };

	if ((k.doc = js_parse(line, n, e)) == NULL)
		return -1;
	k.name = js_str(k.doc, "case");
	k.expect = js_get(k.doc, "expect");
	facts_init(&k.f, 0);
	if (k.name == NULL || js_get(k.doc, "facts") == NULL || js_type(k.expect) != JS_OBJECT) {
		js_free(k.doc);
		return err_set(e, ERR_MALFORMED, "a case has \"case\", \"facts\" and \"expect\"");
	}
	if (js_get(k.expect, "error") != NULL ||
	    facts_read(js_get(k.doc, "facts"), true, &k.f, &k.unknown, &why) < 0 ||
	    facts_check(&k.f, &why) < 0 || !take_options(js_get(k.doc, "options"), &k.f)) {
		js_free(k.doc);
		return 0;
	}
	if (c->n == c->cap) {
		const int cap = c->cap != 0 ? 2 * c->cap : 256;
		struct kase *grown = realloc(c->kase, (size_t)cap * sizeof(*grown));

		if (grown == NULL) {
			js_free(k.doc);
			return err_set(e, ERR_NOMEM, "out of memory");
		}
		c->kase = grown;
		c->cap = cap;
	}
	c->kase[c->n++] = k;
	return 0;
}

int
cases_load(struct cases *c, const char *path, struct err *e)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	if (f == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", path, strerror(errno));
	for (long number = 1; rc == 0 && (n = getline(&line, &cap, f)) > 0; number++) {
		if (strspn(line, " \t\r\n") == (size_t)n)
			continue;
		if ((rc = add_line(c, line, (size_t)n, e)) < 0)
			err_prefix(e, "%s:%ld", path, number);
	}
	if (rc == 0 && ferror(f))
		rc = err_set(e, ERR_CONFIG, "%s: cannot be read", path);
	/* getline() tells of no other reason */
	if (rc == 0 && !feof(f))
		rc = err_set(e, ERR_NOMEM, "out of memory");
	free(line);
	fclose(f);
	return rc;
}

static bool matches(const struct json *want, const struct json *got, bool whole);

static bool
matches_object(const struct json *want, const struct json *got)
{
	struct js_iter it = js_members(want);

	if (js_type(got) != JS_OBJECT)
		return false;
	while (js_next(&it)) {
		const bool whole = strcmp(it.key, "need") == 0 || strcmp(it.key, "values") == 0;

		/* of the answer as a whole, looked at by unsaid() */
		if (strcmp(it.key, "unsaid") == 0)
			continue;
		if (!js_has(got, it.key) || !matches(it.value, js_get(got, it.key), whole))
			return false;
	}
	return true;
}

/* All of want in got, in this order; whole, and where it is empty: and nothing else. */
static bool
matches_list(const struct json *want, const struct json *got, bool whole)
{
	size_t at = 0;

	whole = whole || js_len(want) == 0;
	if (js_type(got) != JS_ARRAY || (whole && js_len(want) != js_len(got)))
		return false;
	for (size_t i = 0; i < js_len(want); i++) {
		while (at < js_len(got) && !matches(js_at(want, i), js_at(got, at), false)) {
			if (whole)
				return false;
			at++;
		}
		if (at++ >= js_len(got))
			return false;
	}
	return true;
}

/* Every member of an expected object is there. */
static bool
matches(const struct json *want, const struct json *got, bool whole)
{
	long long a, b;
	bool p, q;

	switch (js_type(want)) {
	case JS_OBJECT:
		return matches_object(want, got);
	case JS_ARRAY:
		return matches_list(want, got, whole);
	case JS_STRING:
		return js_as_str(got) != NULL && strcmp(js_as_str(want), js_as_str(got)) == 0;
	case JS_BOOL:
		return js_as_bool(want, &p) && js_as_bool(got, &q) && p == q;
	case JS_NULL:
		return js_type(got) == JS_NULL;
	default:
		return js_as_int(want, &a) && js_as_int(got, &b) && a == b;
	}
}

static bool
said_in(const struct json *list, const char *code)
{
	for (size_t i = 0; i < js_len(list); i++) {
		const char *said = js_str(js_at(list, i), "code");

		if (said != NULL && strcmp(said, code) == 0)
			return true;
	}
	return false;
}

/* Whether none of the codes that must not be said is said. */
static bool
unsaid(const struct json *codes, const struct json *got)
{
	for (size_t i = 0; i < js_len(codes); i++) {
		const char *code = js_as_str(js_at(codes, i));

		if (code != NULL && (said_in(js_get(got, "warnings"), code) ||
		    said_in(js_get(got, "follow_up"), code)))
			return false;
	}
	return true;
}

bool
kase_holds(const struct kase *k, const struct rulebase *rb, const struct decision *d)
{
	struct said more[1];
	struct verdict_options o = { .ja = true, .trace = true, .more = more };
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct json *got;
	bool holds;

	if (k->unknown)
		said_by_program(rb, "unknown_element", NULL, more, &o.mores);
	jw_open(&w, NULL, '{');
	verdict_write(&w, rb, &k->f, d, &o);
	jw_close(&w, '}');
	got = b.failed ? NULL : js_parse(b.p, b.n, &e);
	holds = got != NULL && matches(k->expect, got, false) &&
	    unsaid(js_get(k->expect, "unsaid"), got);
	js_free(got);
	buf_free(&b);
	return holds;
}

int
cases_decide(struct cases *c, const struct rulebase *rb, struct err *e)
{
	struct decision d;

	if (c->n == 0)
		return err_set(e, ERR_MALFORMED, "the examples hold no case");
	for (int i = 0; i < c->n; i++) {
		struct kase *k = &c->kase[i];

		decide(&rb->set, &k->f, &d);
		brief_of(rb, &k->f, &d, &k->brief);
		for (int t = TABLE_LADDER; t <= TABLE_RATIO; t++)
			if (d.fare[t].run)
				k->near[t] = d.fare[t].near | (d.fare[t].hit < 0 ? 0 :
				    (uint64_t)1 << d.fare[t].hit);
		k->near[TABLE_ADVICE] = d.advice;
		k->claims = js_get(js_get(k->expect, "claim"), "insurer_number") != NULL ||
		    js_get(js_get(k->expect, "claim"), "number") != NULL;
		if (kase_holds(k, rb, &d))
			continue;
		if (c->wrong++ == 0)
			c->first_wrong = k->name;
	}
	return 0;
}

void
cases_free(struct cases *c)
{
	for (int i = 0; i < c->n; i++)
		js_free(c->kase[i].doc);
	free(c->kase);
}

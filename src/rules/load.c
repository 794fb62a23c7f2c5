#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "rules/rulebase.h"

#define RULE_FILE_MAX	(1 << 20)

extern const char rules_json[], rules_json_end[];

struct loader {
	struct rulebase		*rb;
	const struct json	*sources;
	const struct json	*groups;
	const char		*rule;		/* id of the rule being read, for errors */
	struct err		*e;
};

static int
bad(struct loader *l, const char *what, const char *which)
{
	return err_set(l->e, ERR_RULES, "rule %s: %s%s%s", l->rule != NULL ? l->rule : "-", what,
	    which != NULL ? ": " : "", which != NULL ? which : "");
}

static int
only(struct loader *l, const struct json *o, const char *const *allowed)
{
	if (js_type(o) != JS_OBJECT)
		return bad(l, "an object is missing", NULL);
	if (js_only(o, l->rule != NULL ? l->rule : "rules", allowed, l->e) < 0) {
		l->e->code = ERR_RULES;
		return -1;
	}
	return 0;
}

static int
lookup(const char *name, int n, const struct words *(*words)(int))
{
	for (int i = 0; i < n; i++)
		if (strcmp(words(i)->name, name) == 0)
			return i;
	return -1;
}

static const struct words *
fact_by_number(int f)
{
	return fact_words((enum fact)f);
}

static int add_value(struct loader *l, enum fact f, const struct json *v, valueset *set);

/* "@name": all the values of a group, which must be one of this fact. */
static int
add_group(struct loader *l, enum fact f, const char *name, valueset *set)
{
	const struct json *group = js_get(l->groups, name + 1), *in = js_get(group, "in");
	const char *fact = js_str(group, "fact");

	if (fact == NULL || strcmp(fact, fact_words(f)->name) != 0 || js_len(in) == 0)
		return bad(l, "no such group of this fact", name);
	for (size_t i = 0; i < js_len(in); i++) {
		const char *value = js_as_str(js_at(in, i));

		/* groups do not nest */
		if (value == NULL || *value == '@' || add_value(l, f, js_at(in, i), set) < 0)
			return bad(l, "not a group of values", name);
	}
	return 0;
}

/* Accepts "value" of fact f in the set. */
static int
add_value(struct loader *l, enum fact f, const struct json *v, valueset *set)
{
	const char *name = js_as_str(v);

	if (name != NULL && *name == '@')
		return add_group(l, f, name, set);
	for (int i = 0; name != NULL && i < fact_values(f); i++)
		if (strcmp(value_words(f, i)->name, name) == 0) {
			if (*set >> i & 1)
				return bad(l, "value stands twice", name);
			*set |= (valueset)(1U << i);
			return 0;
		}
	return bad(l, "unknown value", name);
}

static int
read_set(struct loader *l, enum fact f, const struct json *v, valueset *out)
{
	static const char *const keys[] = { "not", NULL };
	const valueset all = value_all(f);
	const struct json *list = js_type(v) == JS_OBJECT ? js_get(v, "not") : v;
	valueset set = 0;

	if (js_type(v) == JS_OBJECT && only(l, v, keys) < 0)
		return -1;
	if (js_type(list) != JS_ARRAY)
		return bad(l, "a condition is a list of values", fact_words(f)->name);
	for (size_t i = 0; i < js_len(list); i++)
		if (add_value(l, f, js_at(list, i), &set) < 0)
			return -1;
	*out = list == v ? set : all & (valueset)~set;
	if (*out == 0 || *out == all)
		return bad(l, "a condition that is always or never true", fact_words(f)->name);
	return 0;
}

static int
read_when(struct loader *l, const struct json *when, struct rule *r)
{
	struct js_iter it = js_members(when);

	for (int f = 0; f < F_MAX; f++)
		r->accept[f] = (valueset)~0;
	if (js_type(when) != JS_OBJECT)
		return bad(l, "\"when\" is missing", NULL);
	while (js_next(&it)) {
		const int f = lookup(it.key, F_MAX, fact_by_number);

		if (f < 0)
			return bad(l, "unknown fact", it.key);
		if (read_set(l, (enum fact)f, it.value, &r->accept[f]) < 0)
			return -1;
		r->test[r->tests++] = (uint8_t)f;
	}
	return 0;
}

static int
read_date(struct loader *l, const struct json *o, const char *key, int *out)
{
	const struct json *v = js_get(o, key);
	const char *s = js_as_str(v);

	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	if (s == NULL || (*out = date_parse_iso(s, strlen(s))) == DATE_NONE)
		return bad(l, "not a date", key);
	return 0;
}

static int
value_named(struct loader *l, enum fact f, const char *name, enum value first, enum value *out)
{
	for (int i = 0; name != NULL && i < fact_values(f); i++)
		if (strcmp(value_words(f, i)->name, name) == 0) {
			*out = first + (enum value)i;
			return 0;
		}
	return bad(l, fact_words(f)->name, name != NULL ? name : "missing");
}

static int
read_claim(struct loader *l, const struct json *then, struct rule *r)
{
	static const char *const names[] = { "current", "past", "unknown", "disaster", "special",
		"none" };
	const char *name = js_str(then, "claim");

	for (int i = 0; name != NULL && i <= CLAIM_NONE; i++)
		if (strcmp(names[i], name) == 0) {
			r->claim = (enum claim)i;
			return 0;
		}
	return bad(l, "unknown claim", name);
}

static int
read_needs(struct loader *l, const struct json *list, struct rule *r)
{
	if (js_len(list) < 1 || js_len(list) > NEED_MAX)
		return bad(l, "\"need\" is a list of one or two facts", NULL);
	for (size_t i = 0; i < js_len(list); i++) {
		const char *name = js_as_str(js_at(list, i));
		int q = 0;

		while (q < Q_MAX && (name == NULL ||
		    strcmp(question_info((enum question)q)->name, name) != 0))
			q++;
		if (q == Q_MAX)
			return bad(l, "nobody can be asked for", name);
		r->need[r->needs++] = (uint8_t)q;
	}
	return 0;
}

static int
read_ratio(struct loader *l, const struct json *then, struct rule *r)
{
	static const enum fact sources[] = { F_RATIO_ONLINE, F_RATIO_DOCUMENT, F_RATIO_RECORD,
		F_RATIO_STAFF, F_RATIO_DECLARED };
	const struct json *ratio = js_get(then, "ratio");
	const char *name = js_as_str(ratio);
	long long percent;

	if (value_named(l, F_BASIS, js_str(then, "basis"), V_BASIS_NONE, &r->basis) < 0)
		return -1;
	if (js_as_int(ratio, &percent)) {
		r->percent = (int)percent;
		return percent == 10 || percent == 20 || percent == 30 ? 0 :
		    bad(l, "a ratio is 10, 20 or 30", NULL);
	}
	for (size_t i = 0; name != NULL && i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(fact_words(sources[i])->name, name) == 0) {
			r->ratio_fact = sources[i];
			if (r->accept[sources[i]] & 1)
				return bad(l, "uses a ratio it does not require", name);
			return 0;
		}
	return bad(l, "unknown ratio", name);
}

/* "code" or "code@date": a text of the file, and the date it names. */
static int
read_say(struct loader *l, const char *s, struct say *out)
{
	static const struct { const char *name; enum say_date date; } dates[] = {
		{ "grace_end", SAY_GRACE_END }, { "certificate_end", SAY_CERTIFICATE_END },
	};
	const char *at = s != NULL ? strchr(s, '@') : NULL;
	const size_t n = at != NULL ? (size_t)(at - s) : s != NULL ? strlen(s) : 0;

	out->date = SAY_NO_DATE;
	for (size_t i = 0; at != NULL && i < sizeof(dates) / sizeof(dates[0]); i++)
		if (strcmp(dates[i].name, at + 1) == 0)
			out->date = dates[i].date;
	if (at != NULL && out->date == SAY_NO_DATE)
		return bad(l, "unknown date", at);
	for (int i = 0; s != NULL && i < l->rb->texts; i++)
		if (strlen(l->rb->text[i].code) == n && strncmp(l->rb->text[i].code, s, n) == 0) {
			out->text = (uint8_t)i;
			return 0;
		}
	return bad(l, "no such text", s);
}

static int
read_says(struct loader *l, const struct json *list, struct say out[SAY_MAX], uint8_t *count)
{
	if (js_len(list) > SAY_MAX)
		return bad(l, "too many texts", NULL);
	for (size_t i = 0; i < js_len(list); i++)
		if (read_say(l, js_as_str(js_at(list, i)), &out[(*count)++]) < 0)
			return -1;
	return 0;
}

static int
read_advice(struct loader *l, const struct json *then, struct rule *r)
{
	static const char *const keys[] = { "warn", "follow_up", "provisional", NULL };

	r->action = ACTION_ADVICE;
	(void)js_bool(then, "provisional", &r->provisional);
	if (only(l, then, keys) < 0 ||
	    read_says(l, js_get(then, "warn"), r->warning, &r->warnings) < 0 ||
	    read_says(l, js_get(then, "follow_up"), r->follow_up, &r->follow_ups) < 0)
		return -1;
	return 0;
}

static int
one_outcome(struct loader *l, const struct json *then)
{
	static const char *const outcomes[] = { "path", "self_pay", "refer", "need", "ratio", "pass" };
	int n = 0;

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		n += js_get(then, outcomes[i]) != NULL;
	return n <= 1 ? 0 : bad(l, "more than one outcome", NULL);
}

/* The ladder finds paths, the ratio table ratios; neither does the other's work. */
static int
fits_table(struct loader *l, enum table_id id, const struct rule *r)
{
	const bool wrong = id == TABLE_LADDER ?
	    r->action == ACTION_RATIO || r->action == ACTION_PASS : r->action == ACTION_PATH;

	return wrong ? bad(l, "not an outcome of this table", NULL) : 0;
}

static int
read_then(struct loader *l, const struct json *then, struct rule *r)
{
	static const char *const keys[] = { "path", "self_pay", "refer", "need", "ratio", "basis",
		"pass", "claim", NULL };

	if (only(l, then, keys) < 0 || one_outcome(l, then) < 0)
		return -1;
	if (js_get(then, "path") != NULL) {
		r->action = ACTION_PATH;
		return value_named(l, F_PATH, js_str(then, "path"), V_PATH_NONE, &r->path) < 0 ?
		    -1 : read_claim(l, then, r);
	}
	if (js_get(then, "self_pay") != NULL) {
		r->action = ACTION_SELF_PAY;
		r->basis = V_BASIS_RULE;
		return value_named(l, F_PATH, js_str(then, "self_pay"), V_PATH_NONE, &r->path) < 0 ?
		    -1 : read_claim(l, then, r);
	}
	if (js_get(then, "need") != NULL) {
		r->action = ACTION_NEED;
		return read_needs(l, js_get(then, "need"), r);
	}
	if (js_get(then, "ratio") != NULL) {
		r->action = ACTION_RATIO;
		return read_ratio(l, then, r);
	}
	r->action = js_get(then, "pass") != NULL ? ACTION_PASS : ACTION_REFER;
	if (r->action == ACTION_REFER && js_get(then, "refer") == NULL)
		return bad(l, "\"then\" says nothing", NULL);
	return 0;
}

static int
read_sources(struct loader *l, const struct json *list, struct rule_words *w)
{
	struct buf b = BUF_INIT;

	if (js_len(list) == 0)
		return bad(l, "no source", NULL);
	for (size_t i = 0; i < js_len(list); i++) {
		const struct json *pair = js_at(list, i);
		const char *key = js_as_str(js_at(pair, 0)), *at = js_as_str(js_at(pair, 1));
		const char *title = key != NULL ? js_str(l->sources, key) : NULL;

		if (js_len(pair) != 2 || title == NULL || at == NULL) {
			buf_free(&b);
			return bad(l, "unknown source", key);
		}
		buf_addf(&b, "%s%s%s%s", i > 0 ? "; " : "", title, *at ? " " : "", at);
	}
	if (b.failed)
		return err_set(l->e, ERR_NOMEM, "out of memory");
	w->source = b.p;
	return 0;
}

static int
read_words(struct loader *l, const struct json *o, bool advice, struct rule_words *w)
{
	static const char *const levels[] = { "official", "seed", "secondary", "inferred",
		"inferred-recall" };
	const struct json *title = js_get(o, "title");

	w->id = l->rule;
	w->ja = js_str(title, "ja");
	w->en = js_str(title, "en");
	if (!advice && (w->ja == NULL || w->en == NULL))
		return bad(l, "a title is missing", NULL);
	w->confidence = js_str(o, "confidence");
	for (size_t i = 0; !advice && i < sizeof(levels) / sizeof(levels[0]); i++)
		if (w->confidence != NULL && strcmp(levels[i], w->confidence) == 0)
			advice = true;
	if (!advice)
		return bad(l, "confidence", w->confidence);
	return read_sources(l, js_get(o, "source"), w);
}

static bool
id_is_new(const struct rulebase *rb, const char *id)
{
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++)
			if (strcmp(rb->words[t][i].id, id) == 0)
				return false;
	return true;
}

static int
read_rule(struct loader *l, const struct json *o, enum table_id id, const char *stage)
{
	static const char *const keys[] = { "id", "title", "from", "until", "when", "then",
		"source", "confidence", NULL };
	struct table *t = &l->rb->set.table[id];
	struct rule_words *w = &l->rb->words[id][t->rules];
	struct rule *r = &t->rule[t->rules];

	l->rule = js_str(o, "id");
	if (l->rule == NULL)
		return bad(l, "a rule without id", NULL);
	if (t->rules == RULES_MAX)
		return bad(l, "too many rules", NULL);
	if (!id_is_new(l->rb, l->rule))
		return bad(l, "id stands twice", NULL);
	w->stage = stage;
	if (only(l, o, keys) < 0 || read_words(l, o, id == TABLE_ADVICE, w) < 0)
		return -1;
	t->rules++;
	if (read_date(l, o, "from", &r->from) < 0 || read_date(l, o, "until", &r->until) < 0 ||
	    read_when(l, js_get(o, "when"), r) < 0)
		return -1;
	if (fact_known(r->from) && fact_known(r->until) && r->from > r->until)
		return bad(l, "ends before it begins", NULL);
	if (id == TABLE_ADVICE)
		return read_advice(l, js_get(o, "then"), r);
	return read_then(l, js_get(o, "then"), r) < 0 ? -1 : fits_table(l, id, r);
}

static int
read_stages(struct loader *l, const struct json *stages, enum table_id id)
{
	static const char *const keys[] = { "stage", "title", "rules", "residual", NULL };

	if (js_len(stages) == 0)
		return bad(l, "a table is missing", NULL);
	for (size_t i = 0; i < js_len(stages); i++) {
		const struct json *stage = js_at(stages, i), *rules = js_get(stage, "rules");

		l->rule = js_str(stage, "stage");
		if (l->rule == NULL || only(l, stage, keys) < 0)
			return bad(l, "a stage without a name", NULL);
		for (size_t k = 0; k < js_len(rules); k++)
			if (read_rule(l, js_at(rules, k), id, js_str(stage, "stage")) < 0)
				return -1;
	}
	return 0;
}

static int
read_texts(struct loader *l, const struct json *texts)
{
	struct js_iter it = js_members(texts);

	while (js_next(&it)) {
		struct text_words *t = &l->rb->text[l->rb->texts];

		l->rule = it.key;
		if (l->rb->texts == TEXTS_MAX)
			return bad(l, "too many texts", NULL);
		*t = (struct text_words){ it.key, js_str(it.value, "ja"), js_str(it.value, "en") };
		if (t->ja == NULL || t->en == NULL)
			return bad(l, "a translation is missing", NULL);
		l->rb->texts++;
	}
	l->rule = NULL;
	return 0;
}

static int
read_digits(struct loader *l, const struct json *o, const char *key, char *out, size_t size)
{
	const char *s = js_str(o, key);

	if (s == NULL || strlen(s) + 1 != size || strspn(s, "0123456789") + 1 != size)
		return bad(l, "wrong number of digits", key);
	memcpy(out, s, size);
	return 0;
}

static int
read_parameters(struct loader *l, const struct json *o)
{
	static const char *const keys[] = { "certificate_grace_months",
		"certificate_warning_months", "old_card_last_day", "phone_first_day",
		"ratio_year_start",
		"unknown_insurer_number", "unknown_number", "disaster_insurer_number",
		"disaster_number", NULL };
	struct parameters *p = &l->rb->set.parameters;
	const char *year = js_str(o, "ratio_year_start");
	long long grace, warn;

	l->rule = "parameters";
	if (only(l, o, keys) < 0 ||
	    read_date(l, o, "old_card_last_day", &p->old_card_last_day) < 0 ||
	    read_date(l, o, "phone_first_day", &p->phone_first_day) < 0 ||
	    read_digits(l, o, "unknown_insurer_number", p->unknown_insurer, 9) < 0 ||
	    read_digits(l, o, "unknown_number", p->unknown_number, 10) < 0 ||
	    read_digits(l, o, "disaster_insurer_number", p->disaster_insurer, 9) < 0 ||
	    read_digits(l, o, "disaster_number", p->disaster_number, 10) < 0)
		return -1;
	if (!js_int(o, "certificate_grace_months", &grace) || grace < 0 || grace > 24 ||
	    !js_int(o, "certificate_warning_months", &warn) || warn < 0 || warn > 24)
		return bad(l, "months are 0 to 24", NULL);
	p->grace_months = (int)grace;
	p->warn_months = (int)warn;
	if (year == NULL || sscanf(year, "%2d-%2d", &p->ratio_year_month,
	    &p->ratio_year_day) != 2 ||
	    date_from_ymd(2025, p->ratio_year_month, p->ratio_year_day) == DATE_NONE)
		return bad(l, "ratio_year_start is MM-DD", NULL);
	return 0;
}

static int
read_file(struct loader *l)
{
	static const char *const keys[] = { "format", "edition", "title", "parameters", "groups",
		"sources", "texts", "ladder", "ratio", "advice", NULL };
	const struct json *doc = l->rb->doc, *advice = js_get(doc, "advice");
	const char *format = js_str(doc, "format");

	if (only(l, doc, keys) < 0)
		return -1;
	if (format == NULL || strcmp(format, "shikaku-rules/1") != 0)
		return bad(l, "format is not shikaku-rules/1", NULL);
	if ((l->rb->edition = js_str(doc, "edition")) == NULL)
		return bad(l, "no edition", NULL);
	l->sources = js_get(doc, "sources");
	l->groups = js_get(doc, "groups");
	if (read_parameters(l, js_get(doc, "parameters")) < 0 ||
	    read_texts(l, js_get(doc, "texts")) < 0 ||
	    read_stages(l, js_get(doc, "ladder"), TABLE_LADDER) < 0 ||
	    read_stages(l, js_get(doc, "ratio"), TABLE_RATIO) < 0)
		return -1;
	for (size_t i = 0; i < js_len(advice); i++)
		if (read_rule(l, js_at(advice, i), TABLE_ADVICE, "advice") < 0)
			return -1;
	return 0;
}

struct rulebase *
rulebase_parse(const char *json, size_t n, struct err *e)
{
	uint8_t hash[HASH_SHA256_LEN];
	struct loader l = { .e = e };

	if ((l.rb = calloc(1, sizeof(*l.rb))) == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	if ((l.rb->doc = js_parse(json, n, e)) == NULL || read_file(&l) < 0) {
		if (e->code == ERR_MALFORMED)
			e->code = ERR_RULES;
		rulebase_free(l.rb);
		return NULL;
	}
	hash_sha256(json, n, hash);
	hex_encode(hash, sizeof(hash), l.rb->digest);
	ruleset_compile(&l.rb->set);
	return l.rb;
}

struct rulebase *
rulebase_embedded(struct err *e)
{
	return rulebase_parse(rules_json, (size_t)(rules_json_end - rules_json), e);
}

struct rulebase *
rulebase_load(const char *path, struct err *e)
{
	struct rulebase *rb = NULL;
	struct buf b = BUF_INIT;
	struct stat st;
	char chunk[8192];
	size_t n;
	FILE *f;

	if ((f = fopen(path, "rb")) == NULL || fstat(fileno(f), &st) < 0) {
		err_set(e, ERR_CONFIG, "%s: cannot be read", path);
		goto out;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		err_set(e, ERR_PERMISSION, "%s: writable by group or others", path);
		goto out;
	}
	while (b.n <= RULE_FILE_MAX && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	if (ferror(f) || b.failed || b.n > RULE_FILE_MAX)
		err_set(e, ERR_RULES, "%s: unreadable or too large", path);
	else if ((rb = rulebase_parse(b.p != NULL ? b.p : "", b.n, e)) == NULL)
		err_prefix(e, "%s", path);
out:
	if (f != NULL)
		fclose(f);
	buf_free(&b);
	return rb;
}

void
rulebase_free(struct rulebase *rb)
{
	if (rb == NULL)
		return;
	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < RULES_MAX; i++)
			free(rb->words[t][i].source);
	js_free(rb->doc);
	free(rb);
}

const struct text_words *
rulebase_text(const struct rulebase *rb, const char *code)
{
	for (int i = 0; i < rb->texts; i++)
		if (strcmp(rb->text[i].code, code) == 0)
			return &rb->text[i];
	return NULL;
}

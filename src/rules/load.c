#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "rules/loader.h"

#define RULE_FILE_MAX	(1 << 20)

extern const char rules_json[], rules_json_end[];

/* The last place of the word, as a whole, between two; NULL if none. */
static const char *
last(const char *from, const char *end, const char *word)
{
	const char *at = NULL;

	while ((from = memmem(from, (size_t)(end - from), word, strlen(word))) != NULL)
		at = from++;
	return at;
}

/* Where it is defined: a rule by its id, anything else as a key. */
static const char *
definition(const struct loader *l)
{
	static const struct { const char *before, *after; } forms[] = {
		{ "\"id\": \"", "\"" }, { "\"id\":\"", "\"" }, { "\"stage\": \"", "\"" }, { "\"", "\":" },
	};
	const char *at = NULL;

	for (size_t i = 0; at == NULL && i < sizeof(forms) / sizeof(forms[0]); i++) {
		char word[128];

		snprintf(word, sizeof(word), "%s%.100s%s", forms[i].before, l->rule, forms[i].after);
		at = last(l->text, l->text + l->n, word);
	}
	return at;
}

/* The line of the word in the rule, or of the rule; 0 if there is no telling. */
static int
line_of(const struct loader *l, const char *which)
{
	const char *end = l->text + l->n, *at, *next, *word;
	int line = 1;

	if (l->rule == NULL || (at = definition(l)) == NULL)
		return 0;
	if ((next = memmem(at + 1, (size_t)(end - at) - 1, "\"id\"", 4)) == NULL)
		next = end;
	if (which != NULL && (word = memmem(at, (size_t)(next - at), which, strlen(which))) != NULL)
		at = word;
	for (const char *p = l->text; p < at; p++)
		line += *p == '\n';
	return line;
}

int
loader_bad(struct loader *l, const char *what, const char *which)
{
	const int line = line_of(l, which);
	char place[32] = "";

	if (line > 0)
		snprintf(place, sizeof(place), "line %d: ", line);
	return err_set(l->e, ERR_RULES, "%s%s%s%s%s%s", place,
	    l->rule != NULL ? l->rule : "rules", ": ", what, which != NULL ? ": " : "",
	    which != NULL ? which : "");
}

int
loader_only(struct loader *l, const struct json *o, const char *const *allowed)
{
	struct js_iter it = js_members(o);

	if (js_type(o) != JS_OBJECT)
		return loader_bad(l, "an object is missing", NULL);
	while (js_next(&it)) {
		size_t i = 0;

		while (allowed[i] != NULL && strcmp(allowed[i], it.key) != 0)
			i++;
		if (allowed[i] == NULL)
			return loader_bad(l, "unknown key", it.key);
	}
	return 0;
}

/* A stage of the file, or the one that all rules of a table without stages are in. */
static int
add_stage(struct loader *l, const char *name, const struct json *title, bool residual)
{
	struct stage_words *s = &l->rb->stage[l->rb->stages];

	if (l->rb->stages == STAGES_MAX)
		return loader_bad(l, "too many stages", NULL);
	for (int i = 0; i < l->rb->stages; i++)
		if (strcmp(l->rb->stage[i].name, name) == 0)
			return loader_bad(l, "a stage stands twice", name);
	*s = (struct stage_words){ name, js_str(title, "ja"), js_str(title, "en"), residual };
	if (s->ja == NULL || s->en == NULL)
		return loader_bad(l, "a title is missing", NULL);
	return l->rb->stages++;
}

static int
read_rules(struct loader *l, const struct json *rules, enum table_id id, int stage)
{
	if (stage < 0)
		return -1;
	for (size_t k = 0; k < js_len(rules); k++)
		if (loader_rule(l, js_at(rules, k), id, stage) < 0)
			return -1;
	return loader_beats(l, id, stage);
}

static int
read_stages(struct loader *l, const struct json *stages, enum table_id id)
{
	static const char *const keys[] = { "stage", "title", "rules", "residual", NULL };

	if (js_len(stages) == 0)
		return loader_bad(l, "a table is missing", NULL);
	for (size_t i = 0; i < js_len(stages); i++) {
		const struct json *stage = js_at(stages, i);
		const char *name = js_str(stage, "stage");
		bool residual = false;

		l->rule = name;
		if (name == NULL || loader_only(l, stage, keys) < 0)
			return loader_bad(l, "a stage without a name", NULL);
		(void)js_bool(stage, "residual", &residual);
		if (residual && i + 1 < js_len(stages))
			return loader_bad(l, "the residual stage is the last one", NULL);
		if (read_rules(l, js_get(stage, "rules"), id,
		    add_stage(l, name, js_get(stage, "title"), residual)) < 0)
			return -1;
	}
	return 0;
}

/* A table whose rules stand in no stage. */
static int
read_list(struct loader *l, const struct json *list, enum table_id id, const char *name,
    const char *ja, const char *en)
{
	const int stage = l->rb->stages;

	if (stage == STAGES_MAX)
		return loader_bad(l, "too many stages", NULL);
	l->rb->stage[l->rb->stages++] = (struct stage_words){ name, ja, en, false };
	return read_rules(l, list, id, stage);
}

static int
read_groups(struct loader *l, const struct json *groups)
{
	struct js_iter it = js_members(groups);
	enum fact fact;
	valueset set;

	while (js_next(&it)) {
		l->rule = it.key;
		if (loader_group(l, it.value, &fact, &set) < 0)
			return -1;
	}
	return 0;
}

static int
read_source_titles(struct loader *l, const struct json *sources)
{
	static const char *const keys[] = { "ja", "en", "own", NULL };
	struct js_iter it = js_members(sources);

	while (js_next(&it)) {
		l->rule = it.key;
		if (loader_only(l, it.value, keys) < 0)
			return -1;
		if (js_str(it.value, "ja") == NULL)
			return loader_bad(l, "a source without its title", NULL);
	}
	return 0;
}

static int
read_texts(struct loader *l, const struct json *texts)
{
	static const char *const keys[] = { "ja", "en", NULL };
	struct js_iter it = js_members(texts);

	while (js_next(&it)) {
		struct text_words *t = &l->rb->text[l->rb->texts];

		l->rule = it.key;
		if (l->rb->texts == TEXTS_MAX)
			return loader_bad(l, "too many texts", NULL);
		*t = (struct text_words){ it.key, js_str(it.value, "ja"), js_str(it.value, "en") };
		if (t->ja == NULL || t->en == NULL)
			return loader_bad(l, "a translation is missing", NULL);
		if (loader_only(l, it.value, keys) < 0)
			return -1;
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
		return loader_bad(l, "wrong number of digits", key);
	memcpy(out, s, size);
	return 0;
}

static int
read_parameters(struct loader *l, const struct json *o)
{
	static const char *const keys[] = { "certificate_grace_months",
		"certificate_warning_months", "old_card_last_day", "phone_first_day",
		"ratio_year_start", "stale_after_days", "unknown_insurer_number", "unknown_number",
		"disaster_insurer_number", "disaster_number", NULL };
	struct parameters *p = &l->rb->set.parameters;
	const char *year = js_str(o, "ratio_year_start");
	long long grace, warn, stale;

	l->rule = "parameters";
	if (loader_only(l, o, keys) < 0 ||
	    loader_date(l, o, "old_card_last_day", &p->old_card_last_day) < 0 ||
	    loader_date(l, o, "phone_first_day", &p->phone_first_day) < 0 ||
	    read_digits(l, o, "unknown_insurer_number", p->unknown_insurer, 9) < 0 ||
	    read_digits(l, o, "unknown_number", p->unknown_number, 10) < 0 ||
	    read_digits(l, o, "disaster_insurer_number", p->disaster_insurer, 9) < 0 ||
	    read_digits(l, o, "disaster_number", p->disaster_number, 10) < 0)
		return -1;
	if (!js_int(o, "certificate_grace_months", &grace) || grace < 0 || grace > 24 ||
	    !js_int(o, "certificate_warning_months", &warn) || warn < 0 || warn > 24)
		return loader_bad(l, "months are 0 to 24", NULL);
	if (!js_int(o, "stale_after_days", &stale) || stale < 0 || stale > 3660)
		return loader_bad(l, "days are 0 to 3660", "stale_after_days");
	p->grace_months = (int)grace;
	p->stale_after_days = (int)stale;
	p->warn_months = (int)warn;
	if (year == NULL || sscanf(year, "%2d-%2d", &p->ratio_year_month,
	    &p->ratio_year_day) != 2 ||
	    date_from_ymd(2025, p->ratio_year_month, p->ratio_year_day) == DATE_NONE)
		return loader_bad(l, "ratio_year_start is MM-DD", NULL);
	return 0;
}

static int
read_file(struct loader *l)
{
	static const char *const keys[] = { "format", "edition", "title", "parameters", "groups",
		"sources", "texts", "impossible", "ladder", "ratio", "advice", NULL };
	const struct json *doc = l->rb->doc;
	const char *format = js_str(doc, "format");

	if (loader_only(l, doc, keys) < 0)
		return -1;
	if (format == NULL || strcmp(format, "shikaku-rules/2") != 0)
		return loader_bad(l, "format is not shikaku-rules/2", NULL);
	if ((l->rb->edition = js_str(doc, "edition")) == NULL)
		return loader_bad(l, "no edition", NULL);
	l->sources = js_get(doc, "sources");
	l->groups = js_get(doc, "groups");
	return read_parameters(l, js_get(doc, "parameters")) < 0 ||
	    read_groups(l, l->groups) < 0 || read_source_titles(l, l->sources) < 0 ||
	    read_texts(l, js_get(doc, "texts")) < 0 ||
	    read_list(l, js_get(doc, "impossible"), TABLE_IMPOSSIBLE, "impossible",
		"ありえない組み合わせ", "impossible") < 0 ||
	    read_stages(l, js_get(doc, "ladder"), TABLE_LADDER) < 0 ||
	    read_stages(l, js_get(doc, "ratio"), TABLE_RATIO) < 0 ||
	    read_list(l, js_get(doc, "advice"), TABLE_ADVICE, "advice", "助言", "advice") < 0 ?
	    -1 : 0;
}

struct rulebase *
rulebase_parse(const char *json, size_t n, struct err *e)
{
	uint8_t hash[HASH_SHA256_LEN];
	struct loader l = { .text = json, .n = n, .e = e };

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
		err_set(e, err_of_file(ERR_CONFIG), "%s: cannot be read", path);
		goto out;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		err_set(e, ERR_PERMISSION, "%s: writable by group or others", path);
		goto out;
	}
	while (b.n <= RULE_FILE_MAX && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	if (b.failed)
		err_set(e, ERR_NOMEM, "out of memory");
	else if (ferror(f) || b.n > RULE_FILE_MAX)
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
		for (int i = 0; i < RULES_MAX; i++) {
			struct rule_words *w = &rb->words[t][i];

			free(w->source);
			free(w->trace_head);
			free(w->trace_ja);
			free(w->trace_en);
			free(w->trace_tail);
		}
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

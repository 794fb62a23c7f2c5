#include <string.h>

#include "base/date.h"
#include "rules/loader.h"
#include "rules/terms.h"

int
loader_date(struct loader *l, const struct json *o, const char *key, int *out)
{
	const struct json *v = js_get(o, key);
	const char *s = js_as_str(v);

	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	if (s == NULL || (*out = date_parse_iso(s, strlen(s))) == DATE_NONE)
		return loader_bad(l, "not a date", s != NULL ? s : key);
	return 0;
}

static int
read_sources(struct loader *l, const struct json *list, bool *own, struct rule_words *w)
{
	struct buf b = BUF_INIT;

	if (js_len(list) == 0)
		return loader_bad(l, "no source", NULL);
	*own = true;
	for (size_t i = 0; i < js_len(list); i++) {
		const struct json *pair = js_at(list, i);
		const char *key = js_as_str(js_at(pair, 0)), *at = js_as_str(js_at(pair, 1));
		const struct json *source = key != NULL ? js_get(l->sources, key) : NULL;
		bool ours = false;

		if (js_len(pair) != 2 || source == NULL || at == NULL || *at == '\0') {
			buf_free(&b);
			return loader_bad(l, source == NULL ? "unknown source" :
			    "a source without the place in it", key);
		}
		(void)js_bool(source, "own", &ours);
		*own = *own && ours;
		buf_addf(&b, "%s%s %s", i > 0 ? "; " : "", js_str(source, "ja"), at);
	}
	if (b.failed)
		return err_set(l->e, ERR_NOMEM, "out of memory");
	w->source = b.p;
	return 0;
}

static int
read_words(struct loader *l, const struct json *o, struct rule_words *w)
{
	const struct json *title = js_get(o, "title");

	w->json = o;
	w->id = l->rule;
	w->ja = js_str(title, "ja");
	w->en = js_str(title, "en");
	if (w->ja == NULL || w->en == NULL)
		return loader_bad(l, "a title is missing", NULL);
	w->confidence = js_str(o, "confidence");
	return w->confidence != NULL && confidence_named(w->confidence) != NULL ? 0 :
	    loader_bad(l, "confidence", w->confidence);
}

/* A last day must say what comes after it, and nothing else may. */
static int
read_period(struct loader *l, const struct json *o, struct rule *r, struct rule_words *w)
{
	const char *after = js_str(o, "after");

	if (loader_date(l, o, "from", &r->from) < 0 || loader_date(l, o, "until", &r->until) < 0 ||
	    loader_date(l, o, "verified_on", &r->verified_on) < 0)
		return -1;
	if (!fact_known(r->verified_on))
		return loader_bad(l, "no date on which its sources were verified", NULL);
	if (fact_known(r->from) && fact_known(r->until) && r->from > r->until)
		return loader_bad(l, "ends before it begins", js_str(o, "until"));
	if (!fact_known(r->until))
		return !js_has(o, "after") ? 0 : loader_bad(l, "has no last day to come after",
		    "after");
	for (int a = AFTER_EXPIRES; after != NULL && a <= AFTER_EXPECTED; a++)
		if (strcmp(after_words((enum after)a)->name, after) == 0) {
			w->after = (enum after)a;
			return 0;
		}
	return loader_bad(l, "after its last day: expires, replaced or expected", after);
}

/* The text of a writer that has put a comma or bracket before it, as a string to be freed. */
static char *
taken(struct buf *b)
{
	char *s = b->p;

	*b = (struct buf)BUF_INIT;
	return s;
}

/* s as the inside of a JSON string. */
static char *
escaped(const char *s)
{
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };

	jw_str(&w, NULL, s);
	if (b.failed)
		return NULL;
	b.p[b.n - 1] = '\0';
	memmove(b.p, b.p + 1, b.n - 1);
	return taken(&b);
}

static int
read_trace(struct loader *l, struct rule_words *w)
{
	struct buf b = BUF_INIT;
	struct jw jw = { &b, false };

	jw_open(&jw, NULL, '{');
	jw_str(&jw, "rule", w->id);
	jw_str(&jw, "stage", l->rb->stage[w->stage].name);
	buf_adds(&b, ",\"outcome\":");
	w->trace_head = taken(&b);
	buf_addc(&b, '"');
	jw = (struct jw){ &b, true };
	jw_str(&jw, "source", w->source);
	jw_str(&jw, "confidence", w->confidence);
	jw_close(&jw, '}');
	w->trace_tail = taken(&b);
	w->trace_ja = escaped(w->ja);
	w->trace_en = escaped(w->en);
	return w->trace_head != NULL && w->trace_tail != NULL && w->trace_ja != NULL &&
	    w->trace_en != NULL ? 0 : err_set(l->e, ERR_NOMEM, "out of memory");
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

int
loader_rule(struct loader *l, const struct json *o, enum table_id id, int stage)
{
	static const char *const keys[] = { "id", "title", "from", "until", "after", "when",
		"beats", "then", "source", "confidence", "verified_on", NULL };
	struct table *t = &l->rb->set.table[id];
	struct rule_words *w = &l->rb->words[id][t->rules];
	struct rule *r = &t->rule[t->rules];
	bool own = true;

	l->rule = js_str(o, "id");
	if (l->rule == NULL)
		return loader_bad(l, "a rule without id", NULL);
	if (t->rules == RULES_MAX)
		return loader_bad(l, "too many rules", NULL);
	if (!id_is_new(l->rb, l->rule))
		return loader_bad(l, "id stands twice", NULL);
	w->stage = stage;
	if (loader_only(l, o, keys) < 0 || read_words(l, o, w) < 0 ||
	    read_sources(l, js_get(o, "source"), &own, w) < 0)
		return -1;
	t->rules++;
	if (read_trace(l, w) < 0)
		return -1;
	if (read_period(l, o, r, w) < 0 || loader_when(l, js_get(o, "when"), id, r) < 0 ||
	    loader_then(l, o, id, r) < 0)
		return -1;
	if (r->action == ACTION_SELF_PAY && own)
		return loader_bad(l, "self_pay needs a source that is not our own reading",
		    "self_pay");
	return 0;
}

/* A later rule of the stage of that one, which is the last read so far; -1 if none. */
static int
beaten(struct loader *l, enum table_id id, int by, const char *name)
{
	const struct rule_words *w = l->rb->words[id];

	for (int i = by + 1; i < l->rb->set.table[id].rules; i++)
		if (strcmp(w[i].id, name) == 0)
			return i;
	return -1;
}

int
loader_beats(struct loader *l, enum table_id id, int stage)
{
	const struct rule_words *w = l->rb->words[id];

	for (int i = 0; i < l->rb->set.table[id].rules; i++) {
		struct js_iter it = js_members(js_get(w[i].json, "beats"));

		while (w[i].stage == stage && js_next(&it)) {
			const int loser = beaten(l, id, i, it.key);
			const char *reason = js_as_str(it.value);

			l->rule = w[i].id;
			if (loser < 0)
				return loader_bad(l, "beats no later rule of its stage", it.key);
			if (reason == NULL || *reason == '\0')
				return loader_bad(l, "beats a rule without a reason", it.key);
			l->rb->beats[id][i] |= (uint64_t)1 << loser;
		}
	}
	return 0;
}

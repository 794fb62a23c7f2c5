#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cli/cmd_rules.h"
#include "cli/grid.h"
#include "rules/phrase.h"

#define SCREEN		80
#define NEAREST		3	/* ids offered in place of an unknown one */
#define ID_MAX		32	/* bytes of an id that are compared */

/* The heads beside the paragraphs. */
#define HEADS(X)						\
	X(STAGE, "段", "stage")					\
	X(PERIOD, "期間", "period")				\
	X(WHEN, "条件", "conditions")				\
	X(BEATS, "優先", "goes before")				\
	X(THEN, "結果", "result")				\
	X(SOURCES, "根拠", "sources")				\
	X(CONFIDENCE, "確度", "confidence")			\
	X(VERIFIED, "確認日", "verified on")			\
	X(RULES, "規則", "rules")				\
	X(VALUES, "値", "values")				\
	X(KIND, "種類", "kind")
#define X(id, ja, en) HEAD_##id,
enum head { HEADS(X) HEAD_MAX };
#undef X

struct shown {
	const struct rulebase	*rb;
	struct buf		*out;
	bool			 ja;
};

/* Takes the text from b. */
static void
entry(const struct shown *s, enum head head, struct buf *b)
{
#define X(id, ja, en) { #id, ja, en },
	static const struct words heads[] = { HEADS(X) };
#undef X
	const int indent = s->ja ? 8 : 13;

	if (b->n > 0)
		grid_entry(s->out, word(&heads[head], s->ja), indent, b->p, SCREEN);
	buf_free(b);
}

/* The name, then the titles, the one of the language first; a source may have no English one. */
static void
add_title(const struct shown *s, const char *id, const char *ja, const char *en)
{
	const int indent = text_width(id) + GRID_GAP;

	if (en == NULL)
		en = ja;
	grid_entry(s->out, id, indent, s->ja ? ja : en, SCREEN);
	if (strcmp(ja, en) != 0)
		grid_entry(s->out, "", indent, s->ja ? en : ja, SCREEN);
	buf_addc(s->out, '\n');
}

static void
add_stage(const struct shown *s, enum table_id t, int i)
{
	const struct stage_words *stage = &s->rb->stage[s->rb->words[t][i].stage];
	struct buf b = BUF_INIT;

	buf_addf(&b, "%s %s", stage->name, s->ja ? stage->ja : stage->en);
	if (stage->residual)
		buf_adds(&b, s->ja ? "(ほかの段で決まらなかったとき)" :
		    " (what no other stage decided)");
	entry(s, HEAD_STAGE, &b);
}

static void
add_period(const struct shown *s, enum table_id t, int i)
{
	const struct rule *r = &s->rb->set.table[t].rule[i];
	const struct rule_words *w = &s->rb->words[t][i];
	struct buf b = BUF_INIT;

	if (!fact_known(r->from) && !fact_known(r->until))
		buf_adds(&b, s->ja ? "期限なし" : "open");
	phrase_period(&b, r, s->ja ? " 〜 " : " .. ");
	if (w->after != AFTER_OPEN)
		buf_addf(&b, s->ja ? "、期間後: %s" : ", afterwards: %s",
		    word(after_words(w->after), s->ja));
	entry(s, HEAD_PERIOD, &b);
}

/* "(group = its values)" for each group that a condition uses. */
static void
add_groups(const struct shown *s, const struct json *set, enum fact f, struct buf *b)
{
	const struct json *list = js_has(set, "not") ? js_get(set, "not") : set;

	for (size_t i = 0; i < js_len(list); i++) {
		const char *name = js_as_str(js_at(list, i));
		const struct json *group = *name != '@' ? NULL :
		    js_get(js_get(s->rb->doc, "groups"), name + 1);

		if (group == NULL)
			continue;
		buf_addf(b, "\n(%s = ", js_str(group, s->ja ? "ja" : "en"));
		phrase_items(b, s->rb, f, js_get(group, "in"), " / ", s->ja);
		buf_addc(b, ')');
	}
}

static void
add_when(const struct shown *s, enum table_id t, int i)
{
	const struct rule *r = &s->rb->set.table[t].rule[i];
	const struct rule_words *w = &s->rb->words[t][i];
	struct buf b = BUF_INIT;

	if (r->tests == 0)
		phrase_when(&b, s->rb, t, i, "\n", s->ja);
	for (int k = 0; k < r->tests; k++) {
		const enum fact f = (enum fact)r->test[k];

		buf_addf(&b, "%s%s: ", k > 0 ? "\n" : "", word(fact_words(f), s->ja));
		phrase_condition(&b, s->rb, w, f, s->ja);
		add_groups(s, js_get(js_get(w->json, "when"), fact_words(f)->name), f, &b);
	}
	entry(s, HEAD_WHEN, &b);
}

static void
add_beats(const struct shown *s, const struct rule_words *w)
{
	struct js_iter it = js_members(js_get(w->json, "beats"));
	struct buf b = BUF_INIT;

	while (js_next(&it))
		buf_addf(&b, "%s%s: %s", b.n > 0 ? "\n" : "", it.key, js_as_str(it.value));
	entry(s, HEAD_BEATS, &b);
}

static void
add_verified(const struct shown *s, const struct rule *r)
{
	const int days = s->rb->set.parameters.stale_after_days;
	struct buf b = BUF_INIT;

	phrase_day(&b, r->verified_on);
	buf_adds(&b, s->ja ? "(" : " (a verdict warns ");
	phrase_day(&b, r->verified_on + days + 1);
	buf_adds(&b, s->ja ? " からの判定は rules_stale を出す)" : " and later: rules_stale)");
	entry(s, HEAD_VERIFIED, &b);
}

static void
show_rule(const struct shown *s, enum table_id t, int i)
{
	const struct rule_words *w = &s->rb->words[t][i];
	struct buf b = BUF_INIT;

	add_title(s, w->id, w->ja, w->en);
	add_stage(s, t, i);
	add_period(s, t, i);
	add_when(s, t, i);
	add_beats(s, w);
	phrase_outcome(&b, s->rb, t, i, "\n", s->ja);
	entry(s, HEAD_THEN, &b);
	phrase_sources(&b, s->rb, w, true, "\n", s->ja);
	entry(s, HEAD_SOURCES, &b);
	buf_adds(&b, word(confidence_named(w->confidence), s->ja));
	entry(s, HEAD_CONFIDENCE, &b);
	add_verified(s, &s->rb->set.table[t].rule[i]);
}

/* Which rules have something to do with what is shown. */
typedef bool uses(const struct rulebase *rb, enum table_id t, int i, const char *name);

static bool
cites(const struct rulebase *rb, enum table_id t, int i, const char *key)
{
	const struct json *list = js_get(rb->words[t][i].json, "source");

	for (size_t k = 0; k < js_len(list); k++)
		if (strcmp(js_as_str(js_at(js_at(list, k), 0)), key) == 0)
			return true;
	return false;
}

static bool
says(const struct rulebase *rb, enum table_id t, int i, const char *code)
{
	const struct rule *r = &rb->set.table[t].rule[i];

	for (int k = 0; k < r->warnings; k++)
		if (strcmp(rb->text[r->warning[k].text].code, code) == 0)
			return true;
	for (int k = 0; k < r->follow_ups; k++)
		if (strcmp(rb->text[r->follow_up[k].text].code, code) == 0)
			return true;
	return false;
}

static bool
names_group(const struct rulebase *rb, enum table_id t, int i, const char *name)
{
	struct js_iter it = js_members(js_get(rb->words[t][i].json, "when"));

	while (js_next(&it)) {
		const struct json *list = js_has(it.value, "not") ? js_get(it.value, "not") : it.value;

		for (size_t k = 0; k < js_len(list); k++) {
			const char *item = js_as_str(js_at(list, k));

			if (*item == '@' && strcmp(item + 1, name) == 0)
				return true;
		}
	}
	return false;
}

static void
add_users(const struct shown *s, uses *fn, const char *name)
{
	struct buf b = BUF_INIT;

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < s->rb->set.table[t].rules; i++)
			if (fn(s->rb, (enum table_id)t, i, name))
				buf_addf(&b, "%s%s", b.n > 0 ? " " : "", s->rb->words[t][i].id);
	if (b.n == 0)
		buf_adds(&b, s->ja ? "なし(プログラムが言う)" : "none: the program says it");
	entry(s, HEAD_RULES, &b);
}

static void
show_source(const struct shown *s, const char *key, const struct json *source)
{
	struct buf b = BUF_INIT;
	bool own = false;

	add_title(s, key, js_str(source, "ja"), js_str(source, "en"));
	(void)js_bool(source, "own", &own);
	buf_adds(&b, own ? (s->ja ? "私たちの読み方" : "our own reading") : "");
	entry(s, HEAD_KIND, &b);
	add_users(s, cites, key);
}

static void
show_group(const struct shown *s, const char *key, const struct json *group)
{
	struct buf b = BUF_INIT;

	add_title(s, key, js_str(group, "ja"), js_str(group, "en"));
	for (int f = 0; f < F_MAX; f++)
		if (strcmp(fact_words((enum fact)f)->name, js_str(group, "fact")) == 0) {
			buf_addf(&b, "%s: ", word(fact_words((enum fact)f), s->ja));
			phrase_items(&b, s->rb, (enum fact)f, js_get(group, "in"), " / ", s->ja);
		}
	entry(s, HEAD_VALUES, &b);
	add_users(s, names_group, key);
}

static void
show_parameter(const struct shown *s, const char *key, const struct json *value)
{
	struct jw w = { s->out, false };

	buf_addf(s->out, "%s = ", key);
	jw_json(&w, NULL, value);
	buf_addc(s->out, '\n');
}

/* A rule, a text, a source, a group or a parameter; false when there is nothing of that name. */
static bool
show(const struct shown *s, const char *name)
{
	const struct json *doc = s->rb->doc;
	const struct json *source = js_get(js_get(doc, "sources"), name);
	const struct json *group = js_get(js_get(doc, "groups"), *name == '@' ? name + 1 : name);
	const struct json *parameter = js_get(js_get(doc, "parameters"), name);
	const struct text_words *text = rulebase_text(s->rb, name);

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < s->rb->set.table[t].rules; i++)
			if (strcasecmp(s->rb->words[t][i].id, name) == 0) {
				show_rule(s, (enum table_id)t, i);
				return true;
			}
	if (source != NULL) {
		show_source(s, name, source);
	} else if (group != NULL) {
		show_group(s, *name == '@' ? name + 1 : name, group);
	} else if (text != NULL) {
		add_title(s, name, text->ja, text->en);
		add_users(s, says, name);
	} else if (parameter != NULL) {
		show_parameter(s, name, parameter);
	} else {
		return false;
	}
	return true;
}

/* How many letters have to be put in, taken out or changed to make one of the other. */
static int
distance(const char *a, const char *b)
{
	const int n = (int)strlen(b);
	int row[ID_MAX + 1];

	for (int k = 0; k <= n; k++)
		row[k] = k;
	for (int i = 1; *a != '\0'; a++, i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int k = 1; k <= n; k++) {
			const int change = diagonal + ((*a | 0x20) != (b[k - 1] | 0x20));
			int best = row[k] < row[k - 1] ? row[k] + 1 : row[k - 1] + 1;

			diagonal = row[k];
			row[k] = change < best ? change : best;
		}
	}
	return row[n];
}

struct near { const char *id; int distance; };

static void
add_near(struct near *list, const char *id, int d)
{
	for (int i = 0; i < NEAREST; i++)
		if (list[i].id == NULL || d < list[i].distance) {
			memmove(&list[i + 1], &list[i], (size_t)(NEAREST - 1 - i) * sizeof(*list));
			list[i] = (struct near){ id, d };
			return;
		}
}

static int
unknown(const struct rulebase *rb, const char *name, struct err *e)
{
	struct near list[NEAREST] = { { NULL, 0 } };

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++) {
			const char *id = rb->words[t][i].id;

			if (strlen(id) <= ID_MAX)
				add_near(list, id, distance(name, id));
		}
	return err_set(e, ERR_USAGE, "nothing is called %.40s; near: %s %s %s", name,
	    list[0].id != NULL ? list[0].id : "", list[1].id != NULL ? list[1].id : "",
	    list[2].id != NULL ? list[2].id : "");
}

/* The rule as it stands in the file, with its stage. */
static bool
show_json(const struct rulebase *rb, const char *name, struct buf *out)
{
	struct jw w = { out, false };

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++) {
			if (strcasecmp(rb->words[t][i].id, name) != 0)
				continue;
			jw_open(&w, NULL, '{');
			jw_str(&w, "edition", rb->edition);
			jw_str(&w, "stage", rb->stage[rb->words[t][i].stage].name);
			jw_json(&w, "rule", rb->words[t][i].json);
			jw_close(&w, '}');
			buf_addc(out, '\n');
			return true;
		}
	return false;
}

int
rules_show(struct app *app, int argc, char **argv, struct err *e)
{
	const char *path = NULL;
	const struct opt opts[] = {
		{ OPT_STRING, "rules", "FILE", &path, T("別の規則ファイル", "other rules") },
	};
	const int n = cmd_options(app, opts, sizeof(opts) / sizeof(opts[0]), argc, argv, NULL, e);
	struct buf out = BUF_INIT;
	struct shown s = { .out = &out, .ja = app->ja };
	struct rulebase *rb;
	int rc;

	if (n < 0)
		return n;
	if (n != 1)
		return err_set(e, ERR_USAGE, "rules show takes one id");
	if ((rb = rules_open(path, e)) == NULL)
		return -1;
	s.rb = rb;
	if (app->json ? show_json(rb, argv[0], &out) : show(&s, argv[0]))
		rc = cmd_print(&out, e);
	else
		rc = unknown(rb, argv[0], e);
	rulebase_free(rb);
	return rc;
}

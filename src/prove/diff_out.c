#include <string.h>

#include "base/date.h"
#include "prove/diff.h"
#include "prove/example.h"
#include "prove/words.h"

/* Whether a patient comes out as the group says, before and after. */
struct shown {
	const struct diff	*d;
	const struct diff_group	*g;
};

static bool
comes_out(const struct rulebase *rb, const struct facts *f, int day, const struct result_of *out)
{
	struct facts that_day = *f;
	struct decision d;

	that_day.visit_date = day;
	decide(&rb->set, &that_day, &d);
	return (int)d.verdict == out->verdict && d.percent == out->percent &&
	    (d.has_path ? (int)d.path : -1) == out->path &&
	    (out->basis == V_BASIS_NONE || (int)d.basis == out->basis) &&
	    (int)d.claim == out->claim && d.needs == out->needs &&
	    (d.needs == 0 || (int)d.need[0].question == out->need[0]);
}

static bool
shows(const void *arg, const struct facts *f)
{
	const struct shown *s = arg;

	return comes_out(s->d->a, f, s->g->day_a, &s->g->a.out) &&
	    comes_out(s->d->b, f, s->g->day_b, &s->g->b.out);
}

/* The patient as JSON on the new day, or nothing. */
static void
add_patient(struct buf *b, struct diff *d, const struct diff_group *g)
{
	const struct shown shown = { d, g };
	const struct example_test test = { shows, &shown };
	struct jw w = { b, false };
	struct facts f;

	if (!example_find(&d->s, g->set, g->possible, &d->a->set.parameters, g->day_a, &test, &f))
		return;
	f.visit_date = g->day_b;
	jw_open(&w, NULL, '{');
	example_write(&w, &f);
	jw_close(&w, '}');
}

static void
add_day(struct buf *b, int day)
{
	char s[DATE_ISO_LEN + 1];

	if (!fact_known(day))
		return;
	date_format_iso(day, s);
	buf_adds(b, s);
}

/* "規則 TMP-3 が 2026-07-31 で終了": why a rule decides no more, or now. */
static bool
add_change(struct buf *b, const struct diff *d, const struct diff_group *g, bool of_b,
    enum table_id t, int i, bool ja)
{
	static const char *const ja_words[] = { "", "終了", "開始", "削除", "追加", "変更" };
	static const char *const en_words[] = { "", "ended", "begins", "removed", "added",
		"changed" };
	const struct rulebase *rb = of_b ? d->b : d->a;
	enum rule_change change;
	int other;

	if (i < 0 || (change = diff_rule(d, g, of_b, t, i, &other)) == RULE_SAME)
		return false;
	buf_addf(b, "%s%s %s", b->n > 0 ? ", " : "", rb->words[t][i].id,
	    ja ? ja_words[change] : en_words[change]);
	if (change == RULE_ENDED || change == RULE_BEGAN) {
		buf_adds(b, " ");
		add_day(b, change == RULE_ENDED ? rb->set.table[t].rule[i].until :
		    rb->set.table[t].rule[i].from);
	}
	return true;
}

/* All the rules that began, ended or were changed. */
static void
add_all_changes(struct buf *b, const struct diff *d, const struct diff_group *g, bool ja)
{
	for (int t = 0; t < TABLE_MAX; t++) {
		if (t == TABLE_ADVICE)
			continue;
		for (int i = 0; i < d->a->set.table[t].rules; i++)
			if (!d->two_days || space_in_force(&d->a->set.table[t].rule[i], g->day_a))
				(void)add_change(b, d, g, false, (enum table_id)t, i, ja);
		for (int i = 0; i < d->b->set.table[t].rules; i++) {
			int other;
			const enum rule_change change = diff_rule(d, g, true, (enum table_id)t, i,
			    &other);

			/* a changed one is there already */
			if (change == RULE_ADDED || (change == RULE_BEGAN &&
			    space_in_force(&d->b->set.table[t].rule[i], g->day_b)))
				(void)add_change(b, d, g, true, (enum table_id)t, i, ja);
		}
	}
}

/* Why: the rules that decided and decide, or else whatever was changed. */
static void
add_cause(struct buf *b, const struct diff *d, const struct diff_group *g, bool ja)
{
	const bool named[] = {
		add_change(b, d, g, false, TABLE_LADDER, g->a.ladder, ja),
		add_change(b, d, g, false, TABLE_RATIO, g->a.ratio, ja),
		/* a changed rule that decides before and after is named once */
		g->b.ladder >= 0 && strcmp(d->b->words[TABLE_LADDER][g->b.ladder].id,
		    g->a.ladder >= 0 ? d->a->words[TABLE_LADDER][g->a.ladder].id : "") != 0 &&
		    add_change(b, d, g, true, TABLE_LADDER, g->b.ladder, ja),
		g->b.ratio >= 0 && strcmp(d->b->words[TABLE_RATIO][g->b.ratio].id,
		    g->a.ratio >= 0 ? d->a->words[TABLE_RATIO][g->a.ratio].id : "") != 0 &&
		    add_change(b, d, g, true, TABLE_RATIO, g->b.ratio, ja),
	};

	if (!named[0] && !named[1] && !named[2] && !named[3])
		add_all_changes(b, d, g, ja);
}

static void
add_arrow(struct buf *b, const struct diff *d, const struct diff_group *g, bool ja)
{
	words_result(b, &g->a.out, ja);
	buf_adds(b, " -> ");
	words_result(b, &g->b.out, ja);
	buf_adds(b, "  [");
	words_rules(b, d->a, &g->a);
	buf_adds(b, " -> ");
	words_rules(b, d->b, &g->b);
	buf_adds(b, "]");
}

static void
write_group(struct buf *b, struct diff *d, const struct diff_group *g, int boxes, bool ja)
{
	struct cube box[DIFF_BOXES_MAX];
	struct buf cause = BUF_INIT, patient = BUF_INIT;
	uint32_t rest;
	const int n = space_boxes(&d->s, g->set, g->possible, box, boxes, &rest);

	add_arrow(b, d, g, ja);
	buf_adds(b, "\n  ");
	if (!d->two_days && g->days.from != g->days.until) {
		words_period(b, &g->days);
		buf_adds(b, ja ? "、" : ", ");
	}
	words_number(b, g->count);
	buf_adds(b, ja ? " 通り、" : " assignments, ");
	words_share(b, g->share, 1);
	add_cause(&cause, d, g, ja);
	if (cause.p != NULL)
		buf_addf(b, ja ? "、原因: %s" : ", because: %s", cause.p);
	buf_adds(b, "\n");
	for (int i = 0; i < n; i++) {
		buf_adds(b, "  * ");
		words_box(b, &d->s, &box[i], ja);
		buf_adds(b, "\n");
	}
	if (rest != MDD_EMPTY && boxes > 0)
		buf_adds(b, ja ? "  * ほかにもある\n" : "  * and others\n");
	add_patient(&patient, d, g);
	if (patient.p != NULL)
		buf_addf(b, ja ? "  例: %s\n" : "  example: %s\n", patient.p);
	else
		buf_adds(b, ja ? "  例の患者は見つからない\n" : "  no patient was found\n");
	buf_free(&cause);
	buf_free(&patient);
}

static const char *
text_code(const struct diff *d, const struct diff_text *t)
{
	return t->text < 0 ? "provisional" : d->a->text[t->text].code;
}

static void
write_text(struct buf *b, struct diff *d, const struct diff_text *t, bool ja)
{
	struct cube box;
	uint32_t rest;

	buf_addf(b, "%c%s  ", t->added ? '+' : '-', text_code(d, t));
	if (!d->two_days && t->days.from != t->days.until) {
		words_period(b, &t->days);
		buf_adds(b, ja ? "、" : ", ");
	}
	words_share(b, t->share, 1);
	buf_adds(b, "\n");
	if (space_boxes(&d->s, t->set, t->possible, &box, 1, &rest) == 1) {
		buf_adds(b, "  * ");
		words_box(b, &d->s, &box, ja);
		buf_adds(b, "\n");
	}
}

static void
add_json(struct buf *b, const struct json *v)
{
	struct jw w = { b, false };

	jw_json(&w, NULL, v);
}

/* Whether a member is not the same in both; what is not there is as null. */
static bool
member_differs(const struct json *a, const struct json *b, const char *key)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	bool differs;

	add_json(&x, js_get(a, key));
	add_json(&y, js_get(b, key));
	differs = x.p == NULL || y.p == NULL || strcmp(x.p, y.p) != 0;
	buf_free(&x);
	buf_free(&y);
	return differs;
}

/* Calls found for each name whose words, sources or values are not what they were. */
static void
each_word(const struct diff *d, void (*found)(void *arg, const char *kind, const char *name),
    void *arg)
{
	static const char *const words[] = { "title", "source", "confidence", "verified_on",
		"after" };
	static const char *const parts[] = { "parameters", "texts", "sources", "groups" };

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < d->a->set.table[t].rules; i++) {
			const struct diff_group none = { .day_a = 0 };
			int k, changed = 0;

			(void)diff_rule(d, &none, false, (enum table_id)t, i, &k);
			for (size_t n = 0; k >= 0 && n < sizeof(words) / sizeof(words[0]); n++)
				changed += member_differs(d->a->words[t][i].json,
				    d->b->words[t][k].json, words[n]);
			if (changed > 0)
				found(arg, "rule", d->a->words[t][i].id);
		}
	for (size_t n = 0; n < sizeof(parts) / sizeof(parts[0]); n++) {
		const struct json *a = js_get(d->a->doc, parts[n]);
		const struct json *b = js_get(d->b->doc, parts[n]);
		struct js_iter it = js_members(a), other = js_members(b);

		while (js_next(&it))
			if (member_differs(a, b, it.key))
				found(arg, parts[n], it.key);
		while (js_next(&other))
			if (!js_has(a, other.key))
				found(arg, parts[n], other.key);
	}
}

static void
write_word(void *arg, const char *kind, const char *name)
{
	buf_addf(arg, "  %s %s\n", kind, name);
}

void
diff_write(struct buf *b, struct diff *d, int boxes, bool ja)
{
	struct buf words = BUF_INIT;

	if (!d->two_days)
		each_word(d, write_word, &words);
	if (diff_equal(d))
		buf_adds(b, ja ? "判定は同じ\n" : "the decisions are the same\n");
	for (int i = 0; i < d->groups; i++)
		write_group(b, d, &d->group[i], boxes, ja);
	if (d->texts > 0)
		buf_adds(b, ja ? "判定は同じで、言うことが変わるもの\n" :
		    "the same decision, but something else is said\n");
	for (int i = 0; i < d->texts; i++)
		write_text(b, d, &d->text[i], ja);
	if (words.p != NULL)
		buf_addf(b, ja ? "言葉・出典・値の変更\n%s" : "changed words, sources and values\n%s",
		    words.p);
	buf_free(&words);
}

static void
json_string(struct jw *w, const char *key, struct buf *b)
{
	jw_str(w, key, b->p);
	buf_free(b);
}

static void
json_outcome(struct jw *w, const char *key, const struct rulebase *rb, const struct finding *f,
    bool ja)
{
	struct buf b = BUF_INIT;

	jw_open(w, key, '{');
	words_rules(&b, rb, f);
	json_string(w, "rules", &b);
	words_result(&b, &f->out, ja);
	json_string(w, "outcome", &b);
	jw_str(w, "verdict", value_words(F_VERDICT, value_index(F_VERDICT,
	    (enum value)f->out.verdict))->name);
	if (f->out.percent != 0)
		jw_int(w, "copay_percent", f->out.percent);
	jw_close(w, '}');
}

static void
json_group(struct jw *w, struct diff *d, const struct diff_group *g, int boxes, bool ja)
{
	struct cube box[DIFF_BOXES_MAX];
	struct buf b = BUF_INIT;
	uint32_t rest;
	const int n = space_boxes(&d->s, g->set, g->possible, box, boxes, &rest);

	jw_open(w, NULL, '{');
	json_outcome(w, "from", d->a, &g->a, ja);
	json_outcome(w, "to", d->b, &g->b, ja);
	words_period(&b, &g->days);
	json_string(w, "days", &b);
	words_number(&b, g->count);
	json_string(w, "assignments", &b);
	words_share(&b, g->share, 1);
	json_string(w, "share", &b);
	add_cause(&b, d, g, ja);
	json_string(w, "cause", &b);
	jw_open(w, "boxes", '[');
	for (int i = 0; i < n; i++) {
		words_box(&b, &d->s, &box[i], ja);
		json_string(w, NULL, &b);
	}
	jw_close(w, ']');
	jw_bool(w, "all_boxes", rest == MDD_EMPTY);
	add_patient(&b, d, g);
	json_string(w, "example", &b);
	jw_close(w, '}');
}

static void
json_word(void *arg, const char *kind, const char *name)
{
	struct jw *w = arg;

	jw_open(w, NULL, '{');
	jw_str(w, "kind", kind);
	jw_str(w, "name", name);
	jw_close(w, '}');
}

void
diff_write_json(struct jw *w, struct diff *d, int boxes, bool ja)
{
	jw_bool(w, "equal", diff_equal(d));
	jw_open(w, "changes", '[');
	for (int i = 0; i < d->groups; i++)
		json_group(w, d, &d->group[i], boxes, ja);
	jw_close(w, ']');
	jw_open(w, "texts", '[');
	for (int i = 0; i < d->texts; i++) {
		struct buf b = BUF_INIT;

		jw_open(w, NULL, '{');
		jw_str(w, "code", text_code(d, &d->text[i]));
		jw_bool(w, "added", d->text[i].added);
		words_share(&b, d->text[i].share, 1);
		json_string(w, "share", &b);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	jw_open(w, "words", '[');
	if (!d->two_days)
		each_word(d, json_word, w);
	jw_close(w, ']');
}

#include "rules/phrase.h"

#include <string.h>

#include "base/date.h"

static const char *
item_word(const struct rulebase *rb, enum fact f, const char *name, bool ja)
{
	const struct json *group = *name == '@' ? js_get(js_get(rb->doc, "groups"), name + 1) : NULL;
	const char *words = js_str(group, ja ? "ja" : "en");

	if (group != NULL)
		return words != NULL ? words : name;
	for (int i = 0; i < fact_values(f); i++)
		if (strcmp(value_words(f, i)->name, name) == 0)
			return word(value_words(f, i), ja);
	return name;
}

void
phrase_items(struct buf *b, const struct rulebase *rb, enum fact f, const struct json *list,
    const char *between, bool ja)
{
	for (size_t i = 0; i < js_len(list); i++)
		buf_addf(b, "%s%s", i > 0 ? between : "",
		    item_word(rb, f, js_as_str(js_at(list, i)), ja));
}

void
phrase_condition(struct buf *b, const struct rulebase *rb, const struct rule_words *w, enum fact f,
    bool ja)
{
	const struct json *set = js_get(js_get(w->json, "when"), fact_words(f)->name);
	const struct json *refused = js_get(set, "not");

	if (refused != NULL && !ja)
		buf_adds(b, "not ");
	phrase_items(b, rb, f, refused != NULL ? refused : set, " / ", ja);
	if (refused != NULL && ja)
		buf_adds(b, " 以外");
}

void
phrase_when(struct buf *b, const struct rulebase *rb, enum table_id t, int i, const char *between,
    bool ja)
{
	const struct rule *r = &rb->set.table[t].rule[i];

	if (r->tests == 0)
		buf_adds(b, ja ? "いつも" : "always");
	for (int k = 0; k < r->tests; k++) {
		const enum fact f = (enum fact)r->test[k];

		buf_addf(b, "%s%s: ", k > 0 ? between : "", word(fact_words(f), ja));
		phrase_condition(b, rb, &rb->words[t][i], f, ja);
	}
}

static const char *
path_word(enum value path, bool ja)
{
	return word(value_words(F_PATH, value_index(F_PATH, path)), ja);
}

static void
add_claim(struct buf *b, const struct rule *r, const char *between, bool ja)
{
	buf_addf(b, "%s%s: %s", between, ja ? "請求" : "claim", word(claim_words(r->claim), ja));
}

static void
add_ratio(struct buf *b, const struct rule *r, const char *between, bool ja)
{
	if (r->percent == 0)
		buf_adds(b, word(fact_words(r->ratio_fact), ja));
	else if (ja)
		buf_addf(b, "%d割", r->percent / 10);
	else
		buf_addf(b, "%d%%", r->percent);
	buf_addf(b, "%s%s: %s", between, word(fact_words(F_BASIS), ja),
	    word(value_words(F_BASIS, value_index(F_BASIS, r->basis)), ja));
}

static void
add_says(struct buf *b, const struct rulebase *rb, const struct say *say, int says,
    const char *head, const char *between, bool ja)
{
	for (int i = 0; i < says; i++) {
		const struct text_words *t = &rb->text[say[i].text];

		buf_addf(b, "%s%s: %s", i > 0 ? between : "", head, ja ? t->ja : t->en);
		if (say[i].date != SAY_NO_DATE)
			buf_addf(b, " {date} = %s", word(say_date_words(say[i].date), ja));
	}
}

static void
add_advice(struct buf *b, const struct rulebase *rb, const struct rule *r, const char *between,
    bool ja)
{
	if (r->provisional)
		buf_adds(b, ja ? "暫定の判定にする" : "makes the verdict provisional");
	if (r->provisional && r->warnings + r->follow_ups > 0)
		buf_adds(b, between);
	add_says(b, rb, r->warning, r->warnings, ja ? "注意" : "warning", between, ja);
	if (r->warnings > 0 && r->follow_ups > 0)
		buf_adds(b, between);
	add_says(b, rb, r->follow_up, r->follow_ups, ja ? "後で" : "afterwards", between, ja);
}

void
phrase_outcome(struct buf *b, const struct rulebase *rb, enum table_id t, int i,
    const char *between, bool ja)
{
	const struct rule *r = &rb->set.table[t].rule[i];

	if (t == TABLE_IMPOSSIBLE) {
		buf_adds(b, ja ? "ありえない: 人の判断" : "can not be: a person decides");
		return;
	}
	switch (r->action) {
	case ACTION_PATH:
		buf_addf(b, "%s: %s", word(action_words(r->action), ja), path_word(r->path, ja));
		add_claim(b, r, between, ja);
		break;
	case ACTION_SELF_PAY:
		buf_addf(b, "%s: %s", word(action_words(r->action), ja), path_word(r->path, ja));
		add_claim(b, r, between, ja);
		break;
	case ACTION_NEED:
		for (int k = 0; k < r->needs; k++) {
			const struct question_info *q = question_info((enum question)r->need[k]);

			buf_addf(b, "%s%s: %s", k > 0 ? between : "",
			    word(action_words(ACTION_NEED), ja), ja ? q->ja : q->en);
		}
		break;
	case ACTION_RATIO:
		add_ratio(b, r, between, ja);
		break;
	case ACTION_ADVICE:
		add_advice(b, rb, r, between, ja);
		break;
	case ACTION_REFER:
	case ACTION_PASS:
		buf_adds(b, word(action_words(r->action), ja));
		break;
	}
}

void
phrase_day(struct buf *b, int day)
{
	char date[DATE_ISO_LEN + 1];

	if (!fact_known(day))
		return;
	date_format_iso(day, date);
	buf_adds(b, date);
}

void
phrase_period(struct buf *b, const struct rule *r, const char *between)
{
	if (!fact_known(r->from) && !fact_known(r->until))
		return;
	phrase_day(b, r->from);
	buf_adds(b, between);
	phrase_day(b, r->until);
}

const char *
source_title(const struct rulebase *rb, const char *key, bool ja)
{
	const struct json *source = js_get(js_get(rb->doc, "sources"), key);
	const char *en = ja ? NULL : js_str(source, "en");

	return en != NULL ? en : js_str(source, "ja");
}

void
phrase_sources(struct buf *b, const struct rulebase *rb, const struct rule_words *w, bool titles,
    const char *between, bool ja)
{
	const struct json *list = js_get(w->json, "source");

	for (size_t i = 0; i < js_len(list); i++) {
		const char *key = js_as_str(js_at(js_at(list, i), 0));

		buf_addf(b, "%s%s %s", i > 0 ? between : "",
		    titles ? source_title(rb, key, ja) : key, js_as_str(js_at(js_at(list, i), 1)));
	}
}

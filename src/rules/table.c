#include "rules/table.h"

#include <string.h>

#include "rules/csv.h"
#include "rules/phrase.h"

static enum table_id
stage_table(const struct rulebase *rb, int stage)
{
	const struct json *ladder = js_get(rb->doc, "ladder");
	const char *name = rb->stage[stage].name;

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++)
			if (rb->words[t][i].stage == stage)
				return (enum table_id)t;
	/* a stage without rules: its name is borrowed from the document */
	for (size_t i = 0; i < js_len(ladder); i++)
		if (js_str(js_at(ladder, i), "stage") == name)
			return TABLE_LADDER;
	return strcmp(name, "impossible") == 0 ? TABLE_IMPOSSIBLE :
	    strcmp(name, "advice") == 0 ? TABLE_ADVICE : TABLE_RATIO;
}

static int
position(const struct page *p, int f)
{
	for (int i = 0; i < p->facts; i++)
		if ((int)p->fact[i] == f)
			return i;
	return -1;
}

/* Takes in the facts of a rule, each new one behind the one that it tests before. */
static void
add_facts(struct page *p, const struct rule *r)
{
	int last = -1;

	for (int k = 0; k < r->tests; k++) {
		const int at = position(p, r->test[k]);

		if (at < 0) {
			last++;
			memmove(&p->fact[last + 1], &p->fact[last],
			    (size_t)(p->facts++ - last) * sizeof(p->fact[0]));
			p->fact[last] = (enum fact)r->test[k];
		} else if (at > last) {
			last = at;
		}
	}
}

void
page_of(const struct rulebase *rb, int stage, struct page *out)
{
	const enum table_id t = stage_table(rb, stage);

	*out = (struct page){ .stage = stage, .table = t };
	for (int i = 0; i < rb->set.table[t].rules; i++) {
		if (rb->words[t][i].stage != stage)
			continue;
		if (out->rules++ == 0)
			out->first = i;
		add_facts(out, &rb->set.table[t].rule[i]);
	}
}

bool
page_in_order(const struct page *p, const struct rule *r)
{
	for (int k = 1; k < r->tests; k++)
		if (position(p, r->test[k]) < position(p, r->test[k - 1]))
			return false;
	return true;
}

const char *
table_not(bool ja)
{
	return ja ? "以外:" : "not:";
}

/* A page being written. */
struct writer {
	struct buf		*b;
	const struct rulebase	*rb;
	const struct page	*page;
	bool			 ja;
	struct vocab		 vocab;
	struct err		*e;
};

static int
refuse(struct writer *w, const char *id, const char *text)
{
	return err_set(w->e, ERR_RULES, "%.60s: can not stand in a cell: %.100s", id, text);
}

/* One word of a cell; id as in vocab.h. */
static int
add_word(struct writer *w, struct buf *cell, int id, const char *rule)
{
	const char *s = vocab_word(&w->vocab, id, w->ja);

	if (s == NULL)
		return refuse(w, rule, "an ambiguous word");
	buf_adds(cell, s);
	return 0;
}

static void
between(struct buf *cell, size_t i)
{
	buf_adds(cell, i > 0 ? "|" : "");
}

static int
add_text(struct writer *w, struct buf *cell, const char *rule, const char *s)
{
	if (!vocab_plain(s))
		return refuse(w, rule, s);
	buf_adds(cell, s);
	return 0;
}

static int
fact_cell(struct writer *w, struct buf *cell, const struct rule_words *r, enum fact f)
{
	const struct json *set = js_get(js_get(r->json, "when"), fact_words(f)->name);
	const struct json *refused = js_get(set, "not"), *list = refused != NULL ? refused : set;

	vocab_values(&w->vocab, w->rb, f);
	if (refused != NULL)
		buf_adds(cell, table_not(w->ja));
	for (size_t i = 0; i < js_len(list); i++) {
		const char *name = js_as_str(js_at(list, i));

		between(cell, i);
		if (add_word(w, cell, vocab_find(&w->vocab, name + (*name == '@')), r->id) < 0)
			return -1;
	}
	return 0;
}

static int
order_cell(struct writer *w, struct buf *cell, const struct rule *r, const char *id)
{
	vocab_facts(&w->vocab);
	for (int k = 0; k < r->tests && !page_in_order(w->page, r); k++) {
		between(cell, (size_t)k);
		if (add_word(w, cell, r->test[k], id) < 0)
			return -1;
	}
	return 0;
}

static int
needs_cell(struct writer *w, struct buf *cell, const struct rule *r, const char *id)
{
	vocab_questions(&w->vocab);
	for (int k = 0; k < r->needs; k++) {
		between(cell, (size_t)k);
		if (add_word(w, cell, r->need[k], id) < 0)
			return -1;
	}
	return 0;
}

/* "sentence|sentence@date": what advice says. */
static int
says_cell(struct writer *w, struct buf *cell, const struct say *say, int says, const char *id)
{
	for (int k = 0; k < says; k++) {
		between(cell, (size_t)k);
		vocab_texts(&w->vocab, w->rb);
		if (add_word(w, cell, say[k].text, id) < 0)
			return -1;
		if (say[k].date == SAY_NO_DATE)
			continue;
		buf_addc(cell, '@');
		vocab_say_dates(&w->vocab);
		if (add_word(w, cell, (int)say[k].date, id) < 0)
			return -1;
	}
	return 0;
}

static int
sources_cell(struct writer *w, struct buf *cell, const struct rule_words *r)
{
	const struct json *list = js_get(r->json, "source");

	for (size_t i = 0; i < js_len(list); i++) {
		const char *key = js_as_str(js_at(js_at(list, i), 0));

		between(cell, i);
		if (strpbrk(key, " \t") != NULL)
			return refuse(w, r->id, key);
		if (add_text(w, cell, r->id, key) < 0)
			return -1;
		buf_addc(cell, ' ');
		if (add_text(w, cell, r->id, js_as_str(js_at(js_at(list, i), 1))) < 0)
			return -1;
	}
	return 0;
}

static int
beats_cell(struct writer *w, struct buf *cell, const struct rule_words *r)
{
	struct js_iter it = js_members(js_get(r->json, "beats"));

	while (js_next(&it)) {
		between(cell, cell->n);
		if (strchr(it.key, ':') != NULL)
			return refuse(w, r->id, it.key);
		if (add_text(w, cell, r->id, it.key) < 0)
			return -1;
		buf_adds(cell, ": ");
		if (add_text(w, cell, r->id, js_as_str(it.value)) < 0)
			return -1;
	}
	return 0;
}

static int
outcome_cell(struct writer *w, struct buf *cell, enum column c, const struct rule *r,
    const char *id)
{
	const bool path = r->action == ACTION_PATH || r->action == ACTION_SELF_PAY;
	const bool ratio = r->action == ACTION_RATIO;

	switch (c) {
	case COLUMN_OUTCOME:
		vocab_actions(&w->vocab, w->page->table);
		return add_word(w, cell, (int)r->action, id);
	case COLUMN_RATIO:
		vocab_ratios(&w->vocab);
		return !ratio ? 0 : add_word(w, cell,
		    r->percent != 0 ? r->percent : RATIO_FACT + (int)r->ratio_fact, id);
	case COLUMN_BASIS:
		vocab_bases(&w->vocab);
		return !ratio ? 0 : add_word(w, cell, value_index(F_BASIS, r->basis), id);
	case COLUMN_PATH:
		vocab_paths(&w->vocab);
		return !path ? 0 : add_word(w, cell, value_index(F_PATH, r->path), id);
	case COLUMN_CLAIM:
		vocab_claims(&w->vocab);
		return !path ? 0 : add_word(w, cell, (int)r->claim, id);
	default:
		vocab_yes(&w->vocab);
		return !r->provisional ? 0 : add_word(w, cell, 1, id);
	}
}

static int
after_cell(struct writer *w, struct buf *cell, const struct rule_words *r)
{
	vocab_afters(&w->vocab);
	return r->after == AFTER_OPEN ? 0 : add_word(w, cell, (int)r->after, r->id);
}

static int
confidence_cell(struct writer *w, struct buf *cell, const struct rule_words *r)
{
	vocab_confidences(&w->vocab);
	return add_word(w, cell, vocab_find(&w->vocab, r->confidence), r->id);
}

static int
add_cell(struct writer *w, struct buf *cell, int column, const struct rule *r,
    const struct rule_words *words)
{
	if (column >= COLUMN_MAX)
		return fact_cell(w, cell, words, (enum fact)(column - COLUMN_MAX));
	switch ((enum column)column) {
	case COLUMN_ID:
		return add_text(w, cell, words->id, words->id);
	case COLUMN_TITLE_JA:
		return add_text(w, cell, words->id, words->ja);
	case COLUMN_TITLE_EN:
		return add_text(w, cell, words->id, words->en);
	case COLUMN_FROM:
		phrase_day(cell, r->from);
		return 0;
	case COLUMN_UNTIL:
		phrase_day(cell, r->until);
		return 0;
	case COLUMN_VERIFIED_ON:
		phrase_day(cell, r->verified_on);
		return 0;
	case COLUMN_AFTER:
		return after_cell(w, cell, words);
	case COLUMN_ORDER:
		return order_cell(w, cell, r, words->id);
	case COLUMN_BEATS:
		return beats_cell(w, cell, words);
	case COLUMN_NEED:
		return needs_cell(w, cell, r, words->id);
	case COLUMN_WARN:
		return says_cell(w, cell, r->warning, r->warnings, words->id);
	case COLUMN_FOLLOW_UP:
		return says_cell(w, cell, r->follow_up, r->follow_ups, words->id);
	case COLUMN_SOURCE:
		return sources_cell(w, cell, words);
	case COLUMN_CONFIDENCE:
		return confidence_cell(w, cell, words);
	default:
		return outcome_cell(w, cell, (enum column)column, r, words->id);
	}
}

static bool
has_column(const struct rulebase *rb, const struct page *p, enum column c)
{
	const enum table_id t = p->table;

	switch (c) {
	case COLUMN_ORDER:
		for (int i = p->first; i < p->first + p->rules; i++)
			if (!page_in_order(p, &rb->set.table[t].rule[i]))
				return true;
		return false;
	case COLUMN_OUTCOME:
	case COLUMN_PATH:
	case COLUMN_CLAIM:
	case COLUMN_NEED:
		return t == TABLE_LADDER || t == TABLE_RATIO;
	case COLUMN_RATIO:
	case COLUMN_BASIS:
		return t == TABLE_RATIO;
	case COLUMN_PROVISIONAL:
	case COLUMN_WARN:
	case COLUMN_FOLLOW_UP:
		return t == TABLE_ADVICE;
	default:
		return true;
	}
}

/* The columns of a page in their order: the facts stand before the order of the conditions. */
static int
page_columns(const struct rulebase *rb, const struct page *p, int out[COLUMNS_ALL])
{
	int n = 0;

	for (int c = 0; c < COLUMN_MAX; c++) {
		for (int k = 0; c == COLUMN_ORDER && k < p->facts; k++)
			out[n++] = COLUMN_MAX + (int)p->fact[k];
		if (has_column(rb, p, (enum column)c))
			out[n++] = c;
	}
	return n;
}

static int
add_row(struct writer *w, const int *columns, int n, int i)
{
	const struct rule *r = &w->rb->set.table[w->page->table].rule[i];
	struct buf cell = BUF_INIT;
	int rc = 0;

	for (int k = 0; k < n && rc == 0; k++) {
		buf_reset(&cell);
		rc = add_cell(w, &cell, columns[k], r, &w->rb->words[w->page->table][i]);
		buf_adds(w->b, k > 0 ? "," : "");
		csv_add(w->b, cell.n > 0 ? cell.p : "");
	}
	buf_adds(w->b, "\r\n");
	if (rc == 0 && cell.failed)
		rc = err_set(w->e, ERR_NOMEM, "out of memory");
	buf_free(&cell);
	return rc;
}

static void
add_heads(struct writer *w, const int *columns, int n)
{
	const struct stage_words *s = &w->rb->stage[w->page->stage];

	vocab_head(&w->vocab);
	csv_add(w->b, vocab_word(&w->vocab, 0, w->ja));
	buf_addc(w->b, ',');
	csv_add(w->b, s->name);
	buf_addc(w->b, ',');
	csv_add(w->b, s->ja);
	buf_addc(w->b, ',');
	csv_add(w->b, s->en);
	buf_adds(w->b, "\r\n");
	vocab_columns(&w->vocab);
	for (int k = 0; k < n; k++) {
		buf_adds(w->b, k > 0 ? "," : "");
		csv_add(w->b, vocab_word(&w->vocab, columns[k], w->ja));
	}
	buf_adds(w->b, "\r\n");
}

int
table_csv(struct buf *b, const struct rulebase *rb, int stage, bool ja, struct err *e)
{
	struct page page;
	struct writer w = { .b = b, .rb = rb, .page = &page, .ja = ja, .e = e };
	const struct stage_words *s = &rb->stage[stage];
	int columns[COLUMNS_ALL], n;

	page_of(rb, stage, &page);
	if (!vocab_plain(s->name) || !vocab_plain(s->ja) || !vocab_plain(s->en))
		return refuse(&w, s->name, "the stage's name or title");
	n = page_columns(rb, &page, columns);
	add_heads(&w, columns, n);
	for (int i = page.first; i < page.first + page.rules; i++)
		if (add_row(&w, columns, n, i) < 0)
			return -1;
	return 0;
}

#include "rules/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void
add(struct vocab *v, const struct words *w, int id)
{
	if (v->n == VOCAB_MAX)
		return;
	v->item[v->n].w = *w;
	v->item[v->n++].id = id;
}

static bool
is_any(const struct words *w, const char *s)
{
	return strcmp(w->name, s) == 0 || strcmp(w->ja, s) == 0 || strcmp(w->en, s) == 0;
}

/* Equal but for the width of letters and digits. */
static bool
alike(const char *s, const char *folded)
{
	char *own = text_nfkc(s);
	const bool same = own != NULL && strcmp(own, folded) == 0;

	free(own);
	return same;
}

int
vocab_find(const struct vocab *v, const char *cell)
{
	char *folded;
	int id = -1;

	for (int i = 0; i < v->n; i++)
		if (is_any(&v->item[i].w, cell))
			return v->item[i].id;
	if ((folded = text_nfkc(cell)) == NULL)
		return -1;
	for (int i = 0; i < v->n && id < 0; i++) {
		const struct words *w = &v->item[i].w;

		if (alike(w->name, folded) || alike(w->ja, folded) || alike(w->en, folded))
			id = v->item[i].id;
	}
	free(folded);
	return id;
}

const char *
vocab_word(const struct vocab *v, int id, bool ja)
{
	for (int i = 0; i < v->n; i++) {
		const char *s = word(&v->item[i].w, ja), *name = v->item[i].w.name;

		if (v->item[i].id == id && vocab_plain(s) && vocab_find(v, s) == id)
			return s;
		if (v->item[i].id == id)
			return vocab_plain(name) && vocab_find(v, name) == id ? name : NULL;
	}
	return NULL;
}

void
vocab_list(struct buf *b, const struct vocab *v, bool ja)
{
	for (int i = 0; i < v->n; i++) {
		const char *s = vocab_word(v, v->item[i].id, ja);

		if (s != NULL)
			buf_addf(b, "%s%s", i > 0 ? ", " : "", s);
	}
}

static size_t
blank(const char *s)
{
	static const char wide[] = "\xe3\x80\x80";

	if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')
		return 1;
	return strncmp(s, wide, 3) == 0 ? 3 : 0;
}

char *
vocab_trim(char *s)
{
	size_t n, len;

	while ((n = blank(s)) > 0)
		s += n;
	len = strlen(s);
	while (len > 0 && (blank(s + len - 1) == 1 || (len >= 3 && blank(s + len - 3) == 3)))
		len -= blank(s + len - 1) == 1 ? 1 : 3;
	s[len] = '\0';
	return s;
}

bool
vocab_plain(const char *s)
{
	const size_t n = strlen(s);

	if (n == 0 || strchr("=+-@", *s) != NULL || strpbrk(s, "|@") != NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return blank(s) == 0 && blank(s + n - 1) == 0 && (n < 3 || blank(s + n - 3) != 3);
}

void
vocab_columns(struct vocab *v)
{
	static const struct words list[COLUMN_MAX] = {
		[COLUMN_ID] = { "id", "規則", "rule" },
		[COLUMN_TITLE_JA] = { "title_ja", "題名", "title in Japanese" },
		[COLUMN_TITLE_EN] = { "title_en", "題名(英語)", "title" },
		[COLUMN_FROM] = { "from", "初日", "first day" },
		[COLUMN_UNTIL] = { "until", "最終日", "last day" },
		[COLUMN_AFTER] = { "after", "期間後", "afterwards" },
		[COLUMN_ORDER] = { "order", "条件の順", "order of the conditions" },
		[COLUMN_BEATS] = { "beats", "優先する規則", "goes before" },
		[COLUMN_OUTCOME] = { "outcome", "結果", "result" },
		[COLUMN_RATIO] = { "ratio", "結果の割合", "result: ratio" },
		[COLUMN_BASIS] = { "result_basis", "結果の割合の根拠", "result: basis" },
		[COLUMN_PATH] = { "result_path", "結果の経路", "result: path" },
		[COLUMN_CLAIM] = { "claim", "請求", "claim" },
		[COLUMN_NEED] = { "need", "次に聞くこと", "to be asked" },
		[COLUMN_PROVISIONAL] = { "provisional", "暫定", "makes it provisional" },
		[COLUMN_WARN] = { "warn", "注意", "warnings" },
		[COLUMN_FOLLOW_UP] = { "follow_up", "後ですること", "follow-ups" },
		[COLUMN_SOURCE] = { "source", "根拠", "sources" },
		[COLUMN_CONFIDENCE] = { "confidence", "確度", "confidence of the sources" },
		[COLUMN_VERIFIED_ON] = { "verified_on", "確認日", "verified on" },
	};

	v->n = 0;
	for (int i = 0; i < COLUMN_MAX; i++)
		add(v, &list[i], i);
	for (int f = 0; f < F_MAX; f++)
		add(v, fact_words((enum fact)f), COLUMN_MAX + f);
}

void
vocab_head(struct vocab *v)
{
	static const struct words head = { "stage", "段", "stage of the ladder" };

	v->n = 0;
	add(v, &head, 0);
}

void
vocab_stages(struct vocab *v, const struct rulebase *rb)
{
	v->n = 0;
	for (int i = 0; i < rb->stages; i++)
		add(v, &(struct words){ rb->stage[i].name, rb->stage[i].name, rb->stage[i].name },
		    i);
}

static void
add_values(struct vocab *v, enum fact f)
{
	for (int i = 0; i < fact_values(f); i++)
		add(v, value_words(f, i), i);
}

void
vocab_facts(struct vocab *v)
{
	v->n = 0;
	for (int f = 0; f < F_MAX; f++)
		add(v, fact_words((enum fact)f), f);
}

void
vocab_values(struct vocab *v, const struct rulebase *rb, enum fact f)
{
	struct js_iter it = js_members(js_get(rb->doc, "groups"));

	v->n = 0;
	add_values(v, f);
	for (int i = 0; js_next(&it); i++) {
		const char *fact = js_str(it.value, "fact");
		const char *ja = js_str(it.value, "ja"), *en = js_str(it.value, "en");

		if (fact != NULL && strcmp(fact, fact_words(f)->name) == 0)
			add(v, &(struct words){ it.key, ja != NULL ? ja : it.key,
			    en != NULL ? en : it.key }, VALUES_PER_FACT + i);
	}
}

void
vocab_paths(struct vocab *v)
{
	v->n = 0;
	add_values(v, F_PATH);
}

void
vocab_bases(struct vocab *v)
{
	v->n = 0;
	add_values(v, F_BASIS);
}

void
vocab_actions(struct vocab *v, enum table_id t)
{
	v->n = 0;
	for (int a = 0; a < ACTION_ADVICE; a++)
		if (a != (t == TABLE_LADDER ? ACTION_RATIO : ACTION_PATH) &&
		    (a != ACTION_PASS || t == TABLE_RATIO))
			add(v, action_words((enum action)a), a);
}

void
vocab_ratios(struct vocab *v)
{
	static const enum fact facts[] = { F_RATIO_ONLINE, F_RATIO_DOCUMENT, F_RATIO_RECORD,
		F_RATIO_STAFF, F_RATIO_DECLARED };

	v->n = 0;
	/* the values of a ratio are none, 10, 20, 30 */
	for (int i = 1; i <= 3; i++)
		add(v, value_words(F_RATIO_ONLINE, i), 10 * i);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		add(v, fact_words(facts[i]), RATIO_FACT + (int)facts[i]);
}

void
vocab_claims(struct vocab *v)
{
	v->n = 0;
	for (int c = 0; c <= CLAIM_NONE; c++)
		add(v, claim_words((enum claim)c), c);
}

void
vocab_questions(struct vocab *v)
{
	v->n = 0;
	for (int i = 0; i < Q_MAX; i++) {
		const struct question_info *q = question_info((enum question)i);

		add(v, &(struct words){ q->name, q->ja, q->en }, i);
	}
}

void
vocab_texts(struct vocab *v, const struct rulebase *rb)
{
	v->n = 0;
	for (int i = 0; i < rb->texts; i++)
		add(v, &(struct words){ rb->text[i].code, rb->text[i].ja, rb->text[i].en }, i);
}

void
vocab_say_dates(struct vocab *v)
{
	v->n = 0;
	for (int d = SAY_GRACE_END; d < SAY_DATES; d++)
		add(v, say_date_words((enum say_date)d), d);
}

void
vocab_afters(struct vocab *v)
{
	v->n = 0;
	for (int a = AFTER_EXPIRES; a <= AFTER_EXPECTED; a++)
		add(v, after_words((enum after)a), a);
}

void
vocab_confidences(struct vocab *v)
{
	v->n = 0;
	for (int i = 0; i < CONFIDENCES; i++)
		add(v, confidence_words(i), i);
}

void
vocab_yes(struct vocab *v)
{
	static const struct words yes = { "yes", "はい", "yes" };

	v->n = 0;
	add(v, &yes, 1);
}

void
vocab_sources(struct vocab *v, const struct rulebase *rb)
{
	struct js_iter it = js_members(js_get(rb->doc, "sources"));

	v->n = 0;
	for (int i = 0; js_next(&it); i++)
		add(v, &(struct words){ it.key, it.key, it.key }, i);
}

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "rules/import.h"

/* The next of the items that stand between bars; NULL behind the last one. */
static char *
next_item(char **rest)
{
	static const char wide[] = "\xef\xbd\x9c";
	char *item = *rest, *bar, *wide_bar;

	if (item == NULL)
		return NULL;
	bar = strchr(item, '|');
	wide_bar = strstr(item, wide);
	if (wide_bar != NULL && (bar == NULL || wide_bar < bar)) {
		*rest = wide_bar + strlen(wide);
		*wide_bar = '\0';
	} else {
		*rest = bar != NULL ? bar + 1 : NULL;
		if (bar != NULL)
			*bar = '\0';
	}
	return vocab_trim(item);
}

/* The items of a cell; none in an empty one. */
static char *
items(const struct importer *im, int column)
{
	char *cell = import_cell(im, column);

	return *cell != '\0' ? cell : NULL;
}

/* The id of a word by im->vocab, or -1 after telling that it is wrong. */
static int
find(struct importer *im, int column, const char *text)
{
	const int id = vocab_find(&im->vocab, text);

	if (id < 0)
		import_wrong(im, column, text, NULL, NULL);
	return id;
}

/* A cell of one word: its id, or -1. */
static int
one(struct importer *im, int column)
{
	return find(im, column, import_cell(im, column));
}

/* A day as people and spreadsheets write it. */
static int
read_day(const char *s)
{
	int y, m, d, n = -1;

	if (sscanf(s, "%4d/%2d/%2d%n", &y, &m, &d, &n) == 3 && n == (int)strlen(s))
		return date_from_ymd(y, m, d);
	return date_parse_any(s);
}

static void
put_day(struct importer *im, struct jw *w, int column, const char *key)
{
	const char *s = import_cell(im, column);
	const int day = read_day(s);
	char iso[DATE_ISO_LEN + 1];

	if (*s == '\0')
		return;
	if (day == DATE_NONE) {
		import_wrong(im, column, s, "日付ではない(例 2026-07-31)", "no day (as 2026-07-31)");
		return;
	}
	date_format_iso(day, iso);
	jw_str(w, key, iso);
}

/* What follows "not:" in a cell, or NULL when it does not begin so. */
static char *
behind_not(char *cell)
{
	static const char *const marks[] = { "以外:", "以外\xef\xbc\x9a", "not:", "not\xef\xbc\x9a" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(cell, marks[i], strlen(marks[i])) == 0)
			return cell + strlen(marks[i]);
	return NULL;
}

static const struct json *
group_at(const struct rulebase *rb, int place, const char **key)
{
	struct js_iter it = js_members(js_get(rb->doc, "groups"));

	for (int i = 0; js_next(&it); i++)
		if (i == place) {
			*key = it.key;
			return it.value;
		}
	return NULL;
}

static valueset
group_set(const struct json *group, enum fact f)
{
	const struct json *in = js_get(group, "in");
	valueset set = 0;

	for (size_t k = 0; k < js_len(in); k++)
		for (int v = 0; v < fact_values(f); v++)
			if (strcmp(js_as_str(js_at(in, k)), value_words(f, v)->name) == 0)
				set |= (valueset)(1U << v);
	return set;
}

/* The group that is exactly these values, by its place in the file; -1: none. */
static int
group_of(const struct rulebase *rb, enum fact f, valueset set)
{
	struct js_iter it = js_members(js_get(rb->doc, "groups"));

	for (int i = 0; js_next(&it); i++)
		if (strcmp(js_str(it.value, "fact"), fact_words(f)->name) == 0 &&
		    group_set(it.value, f) == set)
			return i;
	return -1;
}

#define LIST_MAX	32

/* A list of values and groups, as ids of vocab_values(). */
struct list { int id[LIST_MAX], n; };

static void
read_list(struct importer *im, int column, char *rest, struct list *l)
{
	const enum fact f = (enum fact)(column - COLUMN_MAX);
	valueset set = 0;
	int group;
	char *item;

	vocab_values(&im->vocab, im->im->base, f);
	while ((item = next_item(&rest)) != NULL) {
		const int id = find(im, column, item);

		if (id < 0 || l->n == LIST_MAX)
			return;
		l->id[l->n++] = id;
		set |= (valueset)(id < VALUES_PER_FACT ? 1U << id : 0);
	}
	/* only where all of them are values, and there are some */
	if (__builtin_popcount(set) != l->n || l->n < 2 ||
	    (group = group_of(im->im->base, f, set)) < 0)
		return;
	*l = (struct list){ { VALUES_PER_FACT + group }, 1 };
}

static void
put_list(struct importer *im, struct jw *w, const char *key, enum fact f, const struct list *l)
{
	jw_open(w, key, '[');
	for (int i = 0; i < l->n; i++) {
		const char *name = NULL;
		char group[128];

		if (l->id[i] < VALUES_PER_FACT) {
			jw_str(w, NULL, value_words(f, l->id[i])->name);
		} else {
			(void)group_at(im->im->base, l->id[i] - VALUES_PER_FACT, &name);
			snprintf(group, sizeof(group), "@%s", name);
			jw_str(w, NULL, group);
		}
	}
	jw_close(w, ']');
}

static void
put_condition(struct importer *im, struct jw *w, int column)
{
	const enum fact f = (enum fact)(column - COLUMN_MAX);
	const char *name = fact_words(f)->name;
	char *cell = import_cell(im, column), *refused = behind_not(cell);
	struct list l = { { 0 }, 0 };

	if (*cell == '\0')
		return;
	read_list(im, column, refused != NULL ? refused : cell, &l);
	if (refused == NULL) {
		put_list(im, w, name, f, &l);
		return;
	}
	jw_open(w, name, '{');
	put_list(im, w, "not", f, &l);
	jw_close(w, '}');
}

/* The conditions in the order that the row gives; each fact with a cell must be in it. */
static void
put_ordered(struct importer *im, struct jw *w)
{
	char *rest = items(im, COLUMN_ORDER), *item;
	bool put[F_MAX] = { false };

	while ((item = next_item(&rest)) != NULL) {
		int f;

		vocab_facts(&im->vocab);
		if ((f = find(im, COLUMN_ORDER, item)) < 0)
			return;
		if (put[f])
			import_wrong(im, COLUMN_ORDER, item, "二度ある", "stands twice");
		else
			put_condition(im, w, COLUMN_MAX + f);
		put[f] = true;
	}
	for (int f = 0; f < F_MAX; f++)
		if (!put[f] && *import_cell(im, COLUMN_MAX + f) != '\0')
			import_wrong(im, COLUMN_ORDER, fact_words((enum fact)f)->name,
			    "条件にあるのに順にない", "is a condition, but not in the order");
}

static void
put_when(struct importer *im, struct jw *w)
{
	jw_open(w, "when", '{');
	if (*import_cell(im, COLUMN_ORDER) != '\0')
		put_ordered(im, w);
	else
		for (int i = 0; i < im->columns; i++)
			if (im->column[i] >= COLUMN_MAX)
				put_condition(im, w, im->column[i]);
	jw_close(w, '}');
}

/* "rule: reason|rule: reason". */
static void
put_beats(struct importer *im, struct jw *w)
{
	char *rest = items(im, COLUMN_BEATS), *item;

	if (rest == NULL)
		return;
	jw_open(w, "beats", '{');
	while ((item = next_item(&rest)) != NULL) {
		char *reason = strchr(item, ':');

		if (reason == NULL) {
			import_wrong(im, COLUMN_BEATS, item, "「規則: 理由」と書く",
			    "is written \"rule: reason\"");
			break;
		}
		*reason++ = '\0';
		jw_str(w, vocab_trim(item), vocab_trim(reason));
	}
	jw_close(w, '}');
}

static void
put_needs(struct importer *im, struct jw *w)
{
	char *rest = items(im, COLUMN_NEED), *item;

	vocab_questions(&im->vocab);
	if (rest == NULL)
		import_wrong(im, COLUMN_NEED, "", NULL, NULL);
	jw_open(w, "need", '[');
	while ((item = next_item(&rest)) != NULL) {
		const int id = find(im, COLUMN_NEED, item);

		if (id >= 0)
			jw_str(w, NULL, question_info((enum question)id)->name);
	}
	jw_close(w, ']');
}

static void
put_path(struct importer *im, struct jw *w, enum action a)
{
	int id;

	vocab_paths(&im->vocab);
	if ((id = one(im, COLUMN_PATH)) >= 0)
		jw_str(w, action_words(a)->name, value_words(F_PATH, id)->name);
	vocab_claims(&im->vocab);
	if ((id = one(im, COLUMN_CLAIM)) >= 0)
		jw_str(w, "claim", claim_words((enum claim)id)->name);
}

static void
put_ratio(struct importer *im, struct jw *w)
{
	int id;

	vocab_ratios(&im->vocab);
	if ((id = one(im, COLUMN_RATIO)) >= RATIO_FACT)
		jw_str(w, "ratio", fact_words((enum fact)(id - RATIO_FACT))->name);
	else
		jw_int(w, "ratio", id);
	vocab_bases(&im->vocab);
	if ((id = one(im, COLUMN_BASIS)) >= 0)
		jw_str(w, "basis", value_words(F_BASIS, id)->name);
}

/* The columns that only some outcomes fill. */
static void
stay_empty(struct importer *im, enum action a)
{
	static const struct { int column; unsigned actions; } filled[] = {
		{ COLUMN_PATH, 1U << ACTION_PATH | 1U << ACTION_SELF_PAY },
		{ COLUMN_CLAIM, 1U << ACTION_PATH | 1U << ACTION_SELF_PAY },
		{ COLUMN_RATIO, 1U << ACTION_RATIO }, { COLUMN_BASIS, 1U << ACTION_RATIO },
		{ COLUMN_NEED, 1U << ACTION_NEED },
	};

	for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++)
		if ((filled[i].actions >> a & 1) == 0 &&
		    *import_cell(im, filled[i].column) != '\0')
			import_wrong(im, filled[i].column, import_cell(im, filled[i].column),
			    "この結果では空にする", "stays empty with this result");
}

static void
put_outcome(struct importer *im, struct jw *w)
{
	int id;

	vocab_actions(&im->vocab, im->table);
	if ((id = one(im, COLUMN_OUTCOME)) < 0)
		return;
	stay_empty(im, (enum action)id);
	switch ((enum action)id) {
	case ACTION_PATH:
	case ACTION_SELF_PAY:
		put_path(im, w, (enum action)id);
		break;
	case ACTION_NEED:
		put_needs(im, w);
		break;
	case ACTION_RATIO:
		put_ratio(im, w);
		break;
	default:
		jw_bool(w, action_words((enum action)id)->name, true);
		break;
	}
}

/* "sentence" or "sentence@date". */
static void
put_say(struct importer *im, struct jw *w, int column, char *item)
{
	char *at = strrchr(item, '@'), code[128];
	int text, date = SAY_NO_DATE;

	if (at != NULL) {
		*at++ = '\0';
		vocab_say_dates(&im->vocab);
		if ((date = find(im, column, vocab_trim(at))) < 0)
			return;
	}
	vocab_texts(&im->vocab, im->im->base);
	if ((text = find(im, column, vocab_trim(item))) < 0)
		return;
	snprintf(code, sizeof(code), "%s%s%s", im->im->base->text[text].code, at != NULL ? "@" : "",
	    say_date_words((enum say_date)date)->name);
	jw_str(w, NULL, code);
}

static void
put_says(struct importer *im, struct jw *w, int column)
{
	char *rest = items(im, column), *item;

	if (rest == NULL)
		return;
	jw_open(w, column == COLUMN_WARN ? "warn" : "follow_up", '[');
	while ((item = next_item(&rest)) != NULL)
		put_say(im, w, column, item);
	jw_close(w, ']');
}

static void
put_advice(struct importer *im, struct jw *w)
{
	vocab_yes(&im->vocab);
	if (*import_cell(im, COLUMN_PROVISIONAL) != '\0' && one(im, COLUMN_PROVISIONAL) >= 0)
		jw_bool(w, "provisional", true);
	put_says(im, w, COLUMN_WARN);
	put_says(im, w, COLUMN_FOLLOW_UP);
}

/* "KEY place|KEY place". */
static void
put_sources(struct importer *im, struct jw *w)
{
	char *rest = items(im, COLUMN_SOURCE), *item;

	vocab_sources(&im->vocab, im->im->base);
	jw_open(w, "source", '[');
	while ((item = next_item(&rest)) != NULL) {
		char *place = strchr(item, ' ');

		if (place == NULL) {
			import_wrong(im, COLUMN_SOURCE, item, "「出典 場所」と書く",
			    "is written \"source place\"");
			break;
		}
		*place++ = '\0';
		if (find(im, COLUMN_SOURCE, item) < 0)
			break;
		jw_open(w, NULL, '[');
		jw_str(w, NULL, item);
		jw_str(w, NULL, vocab_trim(place));
		jw_close(w, ']');
	}
	jw_close(w, ']');
}

static void
put_period(struct importer *im, struct jw *w)
{
	int id;

	put_day(im, w, COLUMN_FROM, "from");
	put_day(im, w, COLUMN_UNTIL, "until");
	vocab_afters(&im->vocab);
	if (*import_cell(im, COLUMN_AFTER) != '\0' && (id = one(im, COLUMN_AFTER)) >= 0)
		jw_str(w, "after", after_words((enum after)id)->name);
}

void
import_rule(struct importer *im, struct jw *w)
{
	int id;

	jw_open(w, NULL, '{');
	jw_str(w, "id", import_cell(im, COLUMN_ID));
	jw_open(w, "title", '{');
	jw_str(w, "ja", import_cell(im, COLUMN_TITLE_JA));
	jw_str(w, "en", import_cell(im, COLUMN_TITLE_EN));
	jw_close(w, '}');
	put_period(im, w);
	put_when(im, w);
	put_beats(im, w);
	if (im->table != TABLE_IMPOSSIBLE) {
		jw_open(w, "then", '{');
		if (im->table == TABLE_ADVICE)
			put_advice(im, w);
		else
			put_outcome(im, w);
		jw_close(w, '}');
	}
	put_sources(im, w);
	vocab_confidences(&im->vocab);
	if ((id = one(im, COLUMN_CONFIDENCE)) >= 0)
		jw_str(w, "confidence", confidence_words(id)->name);
	put_day(im, w, COLUMN_VERIFIED_ON, "verified_on");
	jw_close(w, '}');
}

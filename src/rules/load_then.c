#include <string.h>

#include "rules/loader.h"
#include "rules/terms.h"

/* What a rule does when it holds. */
static int
value_named(struct loader *l, enum fact f, const char *name, enum value first, enum value *out)
{
	for (int i = 0; name != NULL && i < fact_values(f); i++)
		if (strcmp(value_words(f, i)->name, name) == 0) {
			*out = first + (enum value)i;
			return 0;
		}
	return loader_bad(l, fact_words(f)->name, name != NULL ? name : "missing");
}

static int
read_claim(struct loader *l, const struct json *then, struct rule *r)
{
	const char *name = js_str(then, "claim");

	for (int i = 0; name != NULL && i <= CLAIM_NONE; i++)
		if (strcmp(claim_words((enum claim)i)->name, name) == 0) {
			r->claim = (enum claim)i;
			return 0;
		}
	return loader_bad(l, "unknown claim", name);
}

static int
read_needs(struct loader *l, const struct json *list, struct rule *r)
{
	if (js_len(list) < 1 || js_len(list) > NEED_MAX)
		return loader_bad(l, "\"need\" is a list of one or two facts", NULL);
	for (size_t i = 0; i < js_len(list); i++) {
		const char *name = js_as_str(js_at(list, i));
		int q = 0;

		while (q < Q_MAX && (name == NULL ||
		    strcmp(question_info((enum question)q)->name, name) != 0))
			q++;
		if (q == Q_MAX)
			return loader_bad(l, "nobody can be asked for", name);
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
		    loader_bad(l, "a ratio is 10, 20 or 30", NULL);
	}
	for (size_t i = 0; name != NULL && i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(fact_words(sources[i])->name, name) == 0) {
			r->ratio_fact = sources[i];
			/* they hold none, 10, 20, 30 in this order */
			if ((r->accept[sources[i]] & value_all(sources[i]) & ~(2 | 4 | 8)) != 0)
				return loader_bad(l, "uses a ratio it does not require", name);
			return 0;
		}
	return loader_bad(l, "unknown ratio", name);
}

/* "code" or "code@date": a text of the file, and the date it names. */
static int
read_say(struct loader *l, const char *s, struct say *out)
{
	const char *at = s != NULL ? strchr(s, '@') : NULL;
	const size_t n = at != NULL ? (size_t)(at - s) : s != NULL ? strlen(s) : 0;

	out->date = SAY_NO_DATE;
	for (int i = SAY_NO_DATE + 1; at != NULL && i < SAY_DATES; i++)
		if (strcmp(say_date_words((enum say_date)i)->name, at + 1) == 0)
			out->date = (enum say_date)i;
	if (at != NULL && out->date == SAY_NO_DATE)
		return loader_bad(l, "unknown date", at);
	for (int i = 0; s != NULL && i < l->rb->texts; i++)
		if (strlen(l->rb->text[i].code) == n && strncmp(l->rb->text[i].code, s, n) == 0) {
			out->text = (uint8_t)i;
			return 0;
		}
	return loader_bad(l, "no such text", s);
}

static int
read_says(struct loader *l, const struct json *list, struct say out[SAY_MAX], uint8_t *count)
{
	if (js_len(list) > SAY_MAX)
		return loader_bad(l, "too many texts", NULL);
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
	if (loader_only(l, then, keys) < 0 ||
	    read_says(l, js_get(then, "warn"), r->warning, &r->warnings) < 0 ||
	    read_says(l, js_get(then, "follow_up"), r->follow_up, &r->follow_ups) < 0)
		return -1;
	for (int i = 0; i < r->warnings + r->follow_ups; i++)
		if ((i < r->warnings ? r->warning[i] : r->follow_up[i - r->warnings]).date ==
		    SAY_DAY_BEFORE && !fact_known(r->from))
			return loader_bad(l, "has no first day to be before", "day_before");
	return 0;
}

static int
one_outcome(struct loader *l, const struct json *then)
{
	static const char *const outcomes[] = { "path", "self_pay", "refer", "need", "ratio", "pass" };
	int n = 0;

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		n += js_get(then, outcomes[i]) != NULL;
	return n <= 1 ? 0 : loader_bad(l, "more than one outcome", NULL);
}

/* The ladder finds paths, the ratio table ratios; neither does the other's work. */
static int
fits_table(struct loader *l, enum table_id id, const struct rule *r)
{
	const bool wrong = id == TABLE_LADDER ?
	    r->action == ACTION_RATIO || r->action == ACTION_PASS : r->action == ACTION_PATH;

	return wrong ? loader_bad(l, "not an outcome of this table", NULL) : 0;
}

static int
read_outcome(struct loader *l, const struct json *then, struct rule *r)
{
	static const char *const keys[] = { "path", "self_pay", "refer", "need", "ratio", "basis",
		"pass", "claim", NULL };

	if (loader_only(l, then, keys) < 0 || one_outcome(l, then) < 0)
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
		return loader_bad(l, "\"then\" says nothing", NULL);
	return 0;
}

int
loader_then(struct loader *l, const struct json *o, enum table_id id, struct rule *r)
{
	const struct json *then = js_get(o, "then");

	if (id == TABLE_IMPOSSIBLE) {
		r->action = ACTION_REFER;
		return then == NULL ? 0 : loader_bad(l, "an impossible combination has no", "then");
	}
	if (id == TABLE_ADVICE)
		return read_advice(l, then, r);
	return read_outcome(l, then, r) < 0 ? -1 : fits_table(l, id, r);
}

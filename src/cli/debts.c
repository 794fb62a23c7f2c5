#include "cli/debts.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "batch/appraise.h"
#include "cli/entry.h"
#include "cli/out_check.h"
#include "decide/result_in.h"

static void
write_debt(struct buf *b, const struct debt *d)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, "code", d->code);
	entry_write_day(&w, "by", d->by);
	entry_write_day(&w, "visit_date", d->visit_date);
	jw_int(&w, "percent", d->percent);
	jw_int(&w, "points", d->points);
	if (d->key.insurer_number != NULL && d->key.number != NULL) {
		jw_open(&w, "key", '{');
		jw_str(&w, "insurer_number", d->key.insurer_number);
		jw_str(&w, "symbol", d->key.symbol);
		jw_str(&w, "number", d->key.number);
		jw_str(&w, "branch", d->key.branch);
		jw_close(&w, '}');
	}
	entry_write_day(&w, "birthdate", d->birthdate);
	jw_close(&w, '}');
}

static int
read_int(const struct json *o, const char *key)
{
	long long v = 0;

	return js_int(o, key, &v) && v > 0 && v < 10000000 ? (int)v : 0;
}

static int
read_debt(const struct store_entry *x, struct debt *d, struct err *e)
{
	const struct json *key;

	*d = (struct debt){ .id = x->seq };
	d->doc = js_parse((const char *)x->text.p, x->text.n, e);
	d->owner = strdup(x->patient);
	if (d->doc == NULL || d->owner == NULL) {
		js_free(d->doc);
		free(d->owner);
		return e->code != ERR_NONE ? -1 : err_set(e, ERR_NOMEM, "out of memory");
	}
	key = js_get(d->doc, "key");
	d->patient = d->owner;
	d->code = js_str(d->doc, "code");
	d->by = entry_read_day(d->doc, "by");
	d->visit_date = entry_read_day(d->doc, "visit_date");
	d->percent = read_int(d->doc, "percent");
	d->points = read_int(d->doc, "points");
	d->birthdate = entry_read_day(d->doc, "birthdate");
	d->key = (struct insured_number){ js_str(key, "insurer_number"), js_str(key, "symbol"),
		js_str(key, "number"), js_str(key, "branch") };
	return 0;
}

static int
add_debt(struct debts *all, const struct store_entry *x, struct err *e)
{
	struct debt *more;

	if ((all->n & (all->n - 1)) == 0) {
		more = reallocarray(all->item, all->n > 0 ? 2 * all->n : 1, sizeof(*more));
		if (more == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
		all->item = more;
	}
	if (read_debt(x, &all->item[all->n], e) < 0)
		return -1;
	all->n++;
	return 0;
}

static int
read_debts(struct store *s, const char *patient, bool open, struct debts *out, struct err *e)
{
	const struct store_query q = { .patient = patient, .kind = STORE_DEBT, .open = open };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	*out = (struct debts){ .n = 0 };
	if (store_select(s, &q, &c, e) < 0)
		return -1;
	while ((rc = store_next(c, &x, e)) == 1)
		if (add_debt(out, &x, e) < 0) {
			rc = -1;
			break;
		}
	store_end(c);
	if (rc < 0)
		debts_free(out);
	return rc;
}

int
debts_open(struct store *s, const char *patient, struct debts *out, struct err *e)
{
	return read_debts(s, patient, true, out, e);
}

static int
by_id(const void *id, const void *debt)
{
	const long long a = *(const long long *)id, b = ((const struct debt *)debt)->id;

	return (a > b) - (a < b);
}

/* What closed one, beside it. */
static int
add_closing(struct debts *all, const struct store_entry *x, struct err *e)
{
	struct debt *d = all->n > 0 ?
	    bsearch(&x->ref, all->item, all->n, sizeof(*d), by_id) : NULL;

	if (d == NULL || d->closing != NULL)
		return 0;
	d->closed_on = date_of_unix_jst(x->at);
	d->closing = js_parse((const char *)x->text.p, x->text.n, e);
	return d->closing != NULL ? 0 : -1;
}

/* The others are dropped. */
static void
keep_closed(struct debts *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].closing != NULL) {
			d->item[n++] = d->item[i];
		} else {
			js_free(d->item[i].doc);
			free(d->item[i].owner);
		}
	d->n = n;
}

int
debts_closed(struct store *s, struct debts *out, struct err *e)
{
	const struct store_query q = { .kind = STORE_CLOSED };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	if (read_debts(s, NULL, false, out, e) < 0)
		return -1;
	if ((rc = store_select(s, &q, &c, e)) == 0)
		while ((rc = store_next(c, &x, e)) == 1 && (rc = add_closing(out, &x, e)) == 0)
			;
	store_end(c);
	if (rc < 0)
		debts_free(out);
	else
		keep_closed(out);
	return rc;
}

void
debts_free(struct debts *d)
{
	for (size_t i = 0; i < d->n; i++) {
		js_free(d->item[i].closing);
		js_free(d->item[i].doc);
		free(d->item[i].owner);
	}
	free(d->item);
	*d = (struct debts){ .n = 0 };
}

/* The result counts only where it says that it holds on that day. */
static void
take_result(const struct appraisal *a, int day, struct answered_day *out)
{
	struct result_found r;

	if (a->out.status != STATUS_VALID || a->result == NULL ||
	    result_read(a->result, &r) != NULL || !result_covers(&r, day))
		return;
	out->result = a->result;
	out->percent = fact_known(a->out.copay_percent) ? a->out.copay_percent : 0;
}

int
answered_day(const struct rulebase *rb, const struct json *results, int day, int birthdate,
    struct answered_day *out, struct err *e)
{
	const struct appraiser by = { rb, false, day };
	const struct found found = { .validity = '1', .results = results };
	struct row row = { .column = COLUMN_MAX, .appointment = day, .minute = FACT_ABSENT,
		.birthdate = birthdate, .visit = FACT_ABSENT, .last_copay_percent = FACT_ABSENT,
		.last_confirmed_on = FACT_ABSENT, .certificate_not_after = FACT_ABSENT };
	struct appraisal a = APPRAISAL_INIT;
	int rc = 0;

	*out = (struct answered_day){ NULL, 0 };
	if (appraise(&by, &row, &found, &a) < 0)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	else
		take_result(&a, day, out);
	appraisal_free(&a);
	return rc;
}

struct closed
debt_closed(const struct debt *d, int percent, const char *how)
{
	struct closed c = { .id = d->id, .how = how, .visit_date = d->visit_date, .told = d->percent,
		.percent = percent };

	if (d->percent == 0)
		return c;
	c.difference = percent - d->percent;
	c.has_yen = d->points > 0;
	if (c.has_yen)
		c.yen = pays_yen(d->points, percent) - pays_yen(d->points, d->percent);
	return c;
}

void
closed_list_free(struct closed_list *l)
{
	free(l->item);
	*l = (struct closed_list){ .n = 0 };
}

static int
add_closed(struct closed_list *l, const struct closed *c, struct err *e)
{
	struct closed *more = reallocarray(l->item, l->n + 1, sizeof(*more));

	if (more == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	l->item = more;
	l->item[l->n++] = *c;
	return 0;
}

int
debt_close(struct store *s, const struct debt *d, const char *how, const struct closed *c,
    const char *note, long long now, struct err *e)
{
	const struct store_entry x = { .kind = STORE_CLOSED, .at = now, .ref = d->id,
		.patient = d->patient };
	struct buf text = BUF_INIT;
	struct jw w = { &text, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, "how", how);
	if (c != NULL) {
		jw_int(&w, "percent", c->percent);
		jw_int(&w, "difference_percent", c->difference);
		if (c->has_yen)
			jw_int(&w, "difference_yen", c->yen);
	}
	if (note != NULL)
		jw_str(&w, "note", note);
	jw_close(&w, '}');
	return entry_add(s, &x, &text, e);
}

/* 1, 0, -1: a check that was made twice owes it once. */
static int
is_open(struct store *s, const char *patient, const struct buf *text, struct err *e)
{
	const struct store_query q = { .patient = patient, .kind = STORE_DEBT, .open = true };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	if (store_select(s, &q, &c, e) < 0)
		return -1;
	while ((rc = store_next(c, &x, e)) == 1 && !entry_is(&x, text))
		;
	store_end(c);
	return rc;
}

static bool
is_same_visit(const struct debt *a, const struct debt *b)
{
	return a->code != NULL && b->code != NULL && strcmp(a->code, b->code) == 0 &&
	    a->visit_date == b->visit_date;
}

static void
take_over(struct debt *d, const struct debt *earlier)
{
	if (d->points == 0)
		d->points = earlier->points;
	if (d->key.insurer_number == NULL || d->key.number == NULL)
		d->key = earlier->key;
	if (!fact_known(d->birthdate))
		d->birthdate = earlier->birthdate;
}

static int
replace(struct store *s, const struct debt *earlier, const struct debt *d, long long now,
    struct closed_list *done, struct err *e)
{
	struct closed c = debt_closed(earlier, d->percent, "replaced");

	if (debt_close(s, earlier, c.how, d->percent > 0 ? &c : NULL, NULL, now, e) < 0)
		return -1;
	return d->percent > 0 ? add_closed(done, &c, e) : 0;
}

static int
add_over(struct store *s, struct debt *d, const struct debts *open, long long now,
    struct closed_list *done, struct err *e)
{
	const struct store_entry x = { .kind = STORE_DEBT, .at = now, .patient = d->patient };
	struct buf text = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < open->n; i++)
		if (is_same_visit(&open->item[i], d))
			take_over(d, &open->item[i]);
	write_debt(&text, d);
	if (!text.failed && (rc = is_open(s, d->patient, &text, e)) != 0) {
		buf_free(&text);
		return rc < 0 ? -1 : 0;
	}
	for (size_t i = 0; rc == 0 && i < open->n; i++)
		if (is_same_visit(&open->item[i], d))
			rc = replace(s, &open->item[i], d, now, done, e);
	if (rc == 0)
		return entry_add(s, &x, &text, e);
	buf_free(&text);
	return -1;
}

int
debt_add(struct store *s, const struct debt *d, long long now, struct closed_list *done,
    struct err *e)
{
	struct debt whole = *d;
	struct debts open;
	int rc;

	if (debts_open(s, d->patient, &open, e) < 0)
		return -1;
	rc = add_over(s, &whole, &open, now, done, e);
	debts_free(&open);
	return rc;
}

bool
debt_is_answered(const struct debt *d, bool by_card)
{
	static const struct {
		const char	*code;
		bool		 wants_card;
	} answered[] = {
		{ DEBT_VERIFY, false }, { "tell_number", false }, { "copy_card_face", false },
		{ "bring_card", true },
	};

	for (size_t i = 0; d->code != NULL && i < sizeof(answered) / sizeof(answered[0]); i++)
		if (strcmp(d->code, answered[i].code) == 0)
			return by_card || !answered[i].wants_card;
	return false;
}

/* With a ratio still open it is not answered. */
static int
answer_one(struct store *s, const struct debts_answer *a, const struct debt *d,
    struct closed_list *done, struct err *e)
{
	const int birthdate = fact_known(a->birthdate) ? a->birthdate : d->birthdate;
	struct answered_day at;
	struct closed c;

	if (answered_day(a->rb, a->results, d->visit_date, birthdate, &at, e) < 0)
		return -1;
	if (at.percent == 0)
		return 0;
	c = debt_closed(d, at.percent, a->how);
	return debt_close(s, d, a->how, &c, NULL, a->now, e) < 0 ? -1 : add_closed(done, &c, e);
}

int
debts_answer(struct store *s, const struct debts_answer *a, struct closed_list *done, struct err *e)
{
	struct debts all;
	int rc;

	if ((rc = debts_open(s, a->patient, &all, e)) < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < all.n; i++)
		if (debt_is_answered(&all.item[i], a->by_card) &&
		    fact_known(all.item[i].visit_date) &&
		    (!fact_known(a->day) || all.item[i].visit_date == a->day))
			rc = answer_one(s, a, &all.item[i], done, e);
	debts_free(&all);
	return rc;
}

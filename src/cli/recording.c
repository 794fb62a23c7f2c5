#include "cli/recording.h"

#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/text.h"

int
recording_open(struct recording *r, const struct records_options *o, const char *patient,
    struct err *e)
{
	struct buf safe = BUF_INIT;
	bool plain;

	*r = (struct recording){ .patient = patient, .why = ERR_INIT };
	if (patient == NULL)
		return 0;
	text_add_safe(&safe, patient);
	plain = safe.n > 0 && safe.n <= PATIENT_MAX && strcmp(safe.p, patient) == 0;
	buf_free(&safe);
	if (!plain)
		return err_set(e, ERR_USAGE, "--patient takes 1 to %d printable bytes", PATIENT_MAX);
	(void)records_open(o, &r->store, &r->why);
	return 0;
}

void
recording_close(struct recording *r)
{
	store_close(r->store);
	js_free(r->doc);
	*r = (struct recording){ .why = ERR_INIT };
}

/* The last entry of that kind, if there is one, as a document of the caller's. */
static int
last(struct recording *r, enum store_kind kind, struct json **doc, struct err *e)
{
	const struct store_query q = { .patient = r->patient, .kind = kind, .newest_first = true };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	*doc = NULL;
	if (store_select(r->store, &q, &c, e) < 0)
		return -1;
	rc = store_next(c, &x, e);
	if (rc == 1 && (*doc = js_parse((const char *)x.text.p, x.text.n, e)) == NULL)
		rc = -1;
	store_end(c);
	return rc < 0 ? -1 : 0;
}

/* The reader of facts takes facts alone. */
static struct json *
record_alone(const struct json *doc, struct err *e)
{
	struct buf only = BUF_INIT;
	struct jw w = { &only, false };
	struct json *record;

	jw_open(&w, NULL, '{');
	jw_json(&w, "record", js_get(doc, "record"));
	jw_close(&w, '}');
	record = js_parse(only.failed ? "" : only.p, only.n, e);
	buf_free(&only);
	return record;
}

static int
recall(struct recording *r, struct facts *f, struct err *e)
{
	struct facts_error why = { "", "" };
	struct json *record;
	bool unknown = false;

	/* that this program never confirmed it does not say that the clinic never did */
	if (last(r, STORE_CONFIRMED, &r->doc, e) < 0 || r->doc == NULL)
		return r->doc == NULL && e->code == ERR_NONE ? 0 : -1;
	if ((record = record_alone(r->doc, e)) == NULL)
		return -1;
	js_free(r->doc);
	r->doc = record;
	if (facts_read(record, false, f, &unknown, &why) < 0)
		return err_set(e, ERR_INTEGRITY, "store: a record with %s: %s", why.key, why.reason);
	return 0;
}

void
recording_recall(struct recording *r, struct facts *f)
{
	const struct facts before = *f;

	if (r->store != NULL && recall(r, f, &r->why) < 0)
		*f = before;
}

/* The person as the service has last told; its answers are kept for a shorter time than who it was. */
static void
write_person(struct jw *w, const struct json *answer, const struct json *confirmed)
{
	const struct json *person = js_get(confirmed, "person"), *results = js_get(answer, "results");

	if (js_str(person, "birthdate") != NULL)
		jw_str(w, "birthdate", js_str(person, "birthdate"));
	jw_open(w, "online", '{');
	jw_str(w, "outcome", "answered");
	if (js_len(results) > 0) {
		jw_json(w, "results", results);
	} else {
		jw_open(w, "results", '[');
		jw_open(w, NULL, '{');
		jw_str(w, "Name", js_str(person, "name"));
		jw_str(w, "NameKana", js_str(person, "kana"));
		jw_close(w, '}');
		jw_close(w, ']');
	}
	jw_close(w, '}');
}

int
recording_form(struct recording *r, struct buf *out, struct err *e)
{
	struct json *answer = NULL, *confirmed = NULL;
	struct jw w = { out, false };
	int rc = -1;

	if (last(r, STORE_ANSWER, &answer, e) < 0 || last(r, STORE_CONFIRMED, &confirmed, e) < 0)
		goto out;
	rc = answer != NULL || confirmed != NULL;
	jw_open(&w, NULL, '{');
	if (rc == 1)
		write_person(&w, answer, confirmed);
	jw_open(&w, "form", '{');
	jw_str(&w, "patient", r->patient);
	jw_close(&w, '}');
	jw_close(&w, '}');
out:
	js_free(answer);
	js_free(confirmed);
	return rc;
}

static void
write_day(struct jw *w, const char *key, int day)
{
	char iso[DATE_ISO_LEN + 1];

	if (day == FACT_ABSENT || day == FACT_UNASKED) {
		jw_null(w, key);
		return;
	}
	date_format_iso(day, iso);
	jw_str(w, key, iso);
}

static void
write_confirmed(struct buf *b, const struct checked *c)
{
	const struct json *person = answered_person(c->check);
	const struct decision *d = c->decision;
	struct jw w = { b, false };
	struct claim_text claim;

	claim_text(c->rb, &c->check->facts, d, &claim);
	jw_open(&w, NULL, '{');
	jw_open(&w, "record", '{');
	write_day(&w, "confirmed_on", c->check->facts.visit_date);
	jw_int(&w, "copay_percent", d->percent);
	jw_str(&w, "insurer_number", claim.id.insurer_number);
	jw_str(&w, "symbol", claim.id.symbol);
	jw_str(&w, "number", claim.id.number);
	jw_str(&w, "branch", claim.id.branch);
	jw_close(&w, '}');
	jw_open(&w, "person", '{');
	jw_str(&w, "name", js_str(person, "Name"));
	jw_str(&w, "kana", js_str(person, "NameKana"));
	write_day(&w, "birthdate", d->state.birthdate);
	jw_close(&w, '}');
	jw_str(&w, "path", path_name(d));
	jw_str(&w, "operator", c->override.operator_id);
	jw_close(&w, '}');
	claim_text_free(&claim);
}

static void
write_judged(struct buf *b, const struct checked *c)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	write_day(&w, "visit_date", c->check->facts.visit_date);
	jw_int(&w, "percent", c->override.percent);
	jw_str(&w, "reason", c->override.reason);
	jw_str(&w, "operator", c->override.operator_id);
	jw_str(&w, "rules", verdict_name(c->decision->verdict));
	jw_close(&w, '}');
}

static void
write_answer(struct buf *b, const struct checked *c)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_json(&w, "results", c->check->answer.results);
	jw_close(&w, '}');
}

static void
write_debt(struct buf *b, const struct checked *c, const struct said *s)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, "code", s->code);
	write_day(&w, "by", s->date);
	write_day(&w, "visit_date", c->check->facts.visit_date);
	jw_int(&w, "percent", ratio_to_pay(c));
	jw_int(&w, "points", c->points);
	jw_close(&w, '}');
}

/* The text is used up. */
static int
add(struct recording *r, enum store_kind kind, long long now, struct buf *text, struct err *e)
{
	const struct store_entry x = { .kind = kind, .at = now, .patient = r->patient,
		.text = { (const uint8_t *)text->p, text->n } };
	const int rc = text->failed ? err_set(e, ERR_NOMEM, "out of memory") :
	    store_add(r->store, &x, NULL, e);

	buf_reset(text);
	return rc;
}

static int
add_all(struct recording *r, const struct checked *c, long long now, struct buf *text,
    struct err *e)
{
	const struct decision *d = c->decision;
	struct said said[SAID_MAX];
	int n;

	if (c->check->answer.results != NULL) {
		write_answer(text, c);
		if (add(r, STORE_ANSWER, now, text, e) < 0)
			return -1;
	}
	if (c->override.percent != 0) {
		write_judged(text, c);
		if (add(r, STORE_JUDGED, now, text, e) < 0)
			return -1;
	} else if (d->verdict == V_VERDICT_INSURED && !d->provisional) {
		write_confirmed(text, c);
		if (add(r, STORE_CONFIRMED, now, text, e) < 0)
			return -1;
	}
	n = decision_follow_ups(c->rb, &c->check->facts, d, said);
	for (int i = 0; i < n; i++) {
		write_debt(text, c, &said[i]);
		if (add(r, STORE_DEBT, now, text, e) < 0)
			return -1;
	}
	return 0;
}

static int
keep(struct recording *r, const struct checked *c, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	if (store_begin(r->store, e) < 0)
		return -1;
	rc = add_all(r, c, (long long)time(NULL), &text, e);
	buf_free(&text);
	if (rc == 0)
		return store_commit(r->store, e);
	store_abort(r->store);
	return -1;
}

enum recorded
recording_keep(struct recording *r, const struct checked *c)
{
	if (r->patient == NULL)
		return RECORDED_NOT_WANTED;
	if (r->why.code != ERR_NONE)
		return RECORDED_FAILED;
	if (r->store == NULL)
		return RECORDED_NO_STORE;
	return keep(r, c, &r->why) == 0 ? RECORDED_YES : RECORDED_FAILED;
}

#include "cli/recording.h"

#include <string.h>
#include <time.h>

#include "base/date.h"
#include "cli/confirmed.h"
#include "cli/debts.h"
#include "cli/entry.h"

int
recording_open(struct recording *r, const struct records_options *o, const char *patient,
    struct err *e)
{
	*r = (struct recording){ .patient = patient, .why = ERR_INIT };
	if (patient == NULL)
		return 0;
	if (!entry_is_patient(patient))
		return err_set(e, ERR_USAGE, "--patient takes 1 to %d printable bytes", PATIENT_MAX);
	(void)records_open(o, &r->store, &r->why);
	return 0;
}

void
recording_close(struct recording *r)
{
	store_close(r->store);
	closed_list_free(&r->closed);
	js_free(r->confirmed);
	js_free(r->record);
	js_free(r->now);
	*r = (struct recording){ .why = ERR_INIT };
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
	bool unknown = false;

	/* that this program never confirmed it does not say that the clinic never did */
	if (entry_last(r->store, r->patient, STORE_CONFIRMED, 0, &r->confirmed, e) < 0)
		return -1;
	if (r->confirmed == NULL)
		return 0;
	if ((r->record = record_alone(r->confirmed, e)) == NULL)
		return -1;
	if (facts_read(r->record, false, f, &unknown, &why) < 0)
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

int
recording_birthdate(const struct recording *r)
{
	const char *born = js_str(js_get(r->confirmed, "person"), "birthdate");
	const int day = born != NULL ? date_parse_iso(born, strlen(born)) : DATE_NONE;

	return day != DATE_NONE ? day : FACT_UNASKED;
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

	if (entry_last(r->store, r->patient, STORE_ANSWER, 0, &answer, e) < 0 ||
	    entry_last(r->store, r->patient, STORE_CONFIRMED, 0, &confirmed, e) < 0)
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

/* What is known now, as a result of the service would say it. */
static const struct json *
known_now(struct recording *r, const struct checked *c, struct err *e)
{
	const struct json *person = answered_person(c->check);
	struct buf text = BUF_INIT;
	struct jw w = { &text, false };
	struct claim_text claim;

	if (person != NULL && c->check->answer.validity == '1')
		return person;
	if (c->decision->claim != CLAIM_CURRENT)
		return NULL;
	claim_text(c->rb, &c->check->facts, c->decision, &claim);
	jw_open(&w, NULL, '{');
	jw_str(&w, "InsurerNumber", claim.id.insurer_number);
	jw_str(&w, "InsuredCardSymbol", claim.id.symbol);
	jw_str(&w, "InsuredIdentificationNumber", claim.id.number);
	jw_str(&w, "InsuredBranchNumber", claim.id.branch);
	jw_close(&w, '}');
	r->now = js_parse(text.failed ? "" : text.p, text.n, e);
	claim_text_free(&claim);
	buf_free(&text);
	return r->now;
}

void
recording_compare(struct recording *r, struct checked *c)
{
	const struct decision *d = c->decision;
	const bool insured = d->verdict == V_VERDICT_INSURED;
	char today[DATE_ISO_LEN + 1];
	struct row row = { .given = { [COLUMN_PATIENT_ID] = r->patient,
		[COLUMN_APPOINTMENT] = today } };
	const struct json *now;

	if (r->confirmed == NULL || answered_another(c->check) ||
	    (now = known_now(r, c, &r->why)) == NULL)
		return;
	date_format_iso(c->check->facts.visit_date, today);
	if (confirmed_fill(&row, r->confirmed) < 0 ||
	    compare_row(&row, now, insured ? d->percent : FACT_ABSENT, &r->changes) < 0)
		return;
	c->changes = &r->changes;
	c->changed_since = row.last_confirmed_on;
}

static int
add_confirmed(struct recording *r, const struct checked *c, long long now, struct err *e)
{
	const struct json *person = answered_person(c->check);
	struct claim_text claim;
	int rc;

	claim_text(c->rb, &c->check->facts, c->decision, &claim);
	rc = confirmed_add(r->store, r->patient, &(struct confirmed){
		.confirmed_on = c->check->facts.visit_date, .percent = c->decision->percent,
		.id = claim.id, .name = js_str(person, "Name"), .kana = js_str(person, "NameKana"),
		.birthdate = c->decision->state.birthdate, .path = path_name(c->decision),
		.operator_id = c->override.operator_id }, now, e);
	claim_text_free(&claim);
	return rc < 0 ? -1 : 0;
}

static void
write_judged(struct buf *b, const struct checked *c)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	entry_write_day(&w, "visit_date", c->check->facts.visit_date);
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

/* What was seen, and by whom; no images (CLM-14). */
static bool
write_seen(struct buf *b, const struct checked *c)
{
	const struct facts *f = &c->check->facts;
	struct jw w = { b, false };
	bool any = c->check->card_seen;

	jw_open(&w, NULL, '{');
	entry_write_day(&w, "visit_date", f->visit_date);
	jw_str(&w, "operator", c->override.operator_id);
	out_card_json(&w, c->check);
	jw_open(&w, "documents", '[');
	for (int i = 0; i < DOC_MAX; i++)
		if (f->document[i].presence == PRESENT) {
			jw_open(&w, NULL, '{');
			jw_str(&w, "document", document_name((enum document_kind)i));
			entry_write_day(&w, "valid_to", f->document[i].valid_to);
			jw_close(&w, '}');
			any = true;
		}
	jw_close(&w, ']');
	jw_close(&w, '}');
	return any;
}

/* The text is used up. */
static int
add(struct recording *r, enum store_kind kind, long long now, struct buf *text, struct err *e)
{
	const struct store_entry x = { .kind = kind, .at = now, .patient = r->patient };

	return entry_add(r->store, &x, text, e);
}

/* What the service answered, and the debts of earlier visits that it answers. */
static int
add_answer(struct recording *r, const struct checked *c, long long now, struct err *e)
{
	const struct elig_answer *a = &c->check->answer;
	const struct debts_answer answer = { c->rb, r->patient, "check", a->results,
		a->by == ELIG_BY_CARD, FACT_ABSENT, now, FACT_ABSENT };
	struct buf text = BUF_INIT;

	if (a->results == NULL || answered_another(c->check))
		return 0;
	write_answer(&text, c);
	if (add(r, STORE_ANSWER, now, &text, e) < 0)
		return -1;
	/* of one that is doubted nothing follows */
	if (a->validity != '1' || c->decision->verdict != V_VERDICT_INSURED ||
	    c->decision->provisional)
		return 0;
	return debts_answer(r->store, &answer, &r->closed, e);
}

static int
add_debts(struct recording *r, const struct checked *c, long long now, struct err *e)
{
	struct debt d = { .patient = r->patient, .visit_date = c->check->facts.visit_date,
		.percent = ratio_to_pay(c), .points = c->points,
		.birthdate = c->decision->state.birthdate };
	struct said said[SAID_MAX];
	struct claim_text claim;
	bool verify = c->override.percent == 0;
	int rc = 0, n = decision_follow_ups(c->rb, &c->check->facts, c->decision, said);

	claim_text(c->rb, &c->check->facts, c->decision, &claim);
	if (c->decision->claim == CLAIM_CURRENT || c->decision->claim == CLAIM_PAST)
		d.key = claim.id;
	for (int i = 0; rc == 0 && i < n; i++) {
		d.code = said[i].code;
		d.by = follow_up_day(c, &said[i]);
		verify = verify || strcmp(d.code, DEBT_VERIFY) == 0;
		rc = debt_add(r->store, &d, now, &r->closed, e);
	}
	/* the clinic's own decision is provisional, whatever the rules decided */
	if (rc == 0 && !verify) {
		d.code = DEBT_VERIFY;
		d.by = claim_day(d.visit_date);
		rc = debt_add(r->store, &d, now, &r->closed, e);
	}
	claim_text_free(&claim);
	return rc;
}

static int
add_all(struct recording *r, const struct checked *c, long long now, struct err *e)
{
	const struct decision *d = c->decision;
	struct buf text = BUF_INIT;

	if (write_seen(&text, c) && add(r, STORE_SEEN, now, &text, e) < 0)
		return -1;
	buf_free(&text);
	if (add_answer(r, c, now, e) < 0)
		return -1;
	if (c->override.percent != 0) {
		write_judged(&text, c);
		if (add(r, STORE_JUDGED, now, &text, e) < 0)
			return -1;
	} else if (d->verdict == V_VERDICT_INSURED && !d->provisional) {
		if (add_confirmed(r, c, now, e) < 0)
			return -1;
	}
	return add_debts(r, c, now, e);
}

static int
keep(struct recording *r, const struct checked *c, struct err *e)
{
	if (store_begin(r->store, e) < 0)
		return -1;
	if (add_all(r, c, (long long)time(NULL), e) < 0)
		store_abort(r->store);
	else if (store_commit(r->store, e) == 0)
		return 0;
	r->closed.n = 0;
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

#include "form/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "decide/facts_in.h"

#define MONTH_LEN	7	/* "2026-11" */

void
statement_init(struct statement *st)
{
	*st = (struct statement){ .proof = FACT_UNASKED, .issued = FACT_UNASKED,
		.copay_percent = FACT_UNASKED, .birthdate = FACT_UNASKED, .sex = FACT_UNASKED,
		.visit_date = FACT_UNASKED };
}

/* The readers of one member of "form": missing or null leaves *out alone. */
static int
take_text(const struct json *o, const char *key, const char **out, struct err *e)
{
	const struct json *v = js_get(o, key);

	if (js_type(v) == JS_NULL)
		return 0;
	*out = js_as_str(v);
	return *out != NULL ? 0 : err_set(e, ERR_MALFORMED, "form.%s: must be a text", key);
}

static int
take_one_of(const struct json *o, const char *key, const char *const *names, int *out,
    struct err *e)
{
	const char *s = NULL;

	if (take_text(o, key, &s, e) < 0)
		return -1;
	for (int i = 0; s != NULL && names[i] != NULL; i++)
		if (strcmp(s, names[i]) == 0) {
			*out = i;
			return 0;
		}
	return s == NULL ? 0 : err_set(e, ERR_MALFORMED, "form.%s: none of the values it has", key);
}

static int
take_month(const struct json *o, const char *key, int *out, struct err *e)
{
	const char *s = NULL;
	char day[DATE_ISO_LEN + 1] = "";

	if (take_text(o, key, &s, e) < 0)
		return -1;
	if (s == NULL)
		return 0;
	if (strlen(s) == MONTH_LEN) {
		memcpy(day, s, MONTH_LEN);
		memcpy(day + MONTH_LEN, "-01", sizeof("-01"));
		s = day;
	}
	*out = date_parse_iso(s, strlen(s));
	return *out != DATE_NONE ? 0 :
	    err_set(e, ERR_MALFORMED, "form.%s: must be a month YYYY-MM or a date", key);
}

static int
read_form(const struct json *o, struct statement *st, struct err *e)
{
	static const char *const keys[] = { "clinic", "patient", "proof", "issued", "name", "kana", "sex",
		"postal_code", "address", "phone", NULL };
	static const char *const proofs[] = { "have", "none", "pending", "unknown", NULL };
	static const char *const sexes[] = { "male", "female", NULL };

	if (js_type(o) == JS_NULL)
		return 0;
	if (js_type(o) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "form: must be an object or null");
	return js_only(o, "form", keys, e) < 0 ||
	    take_text(o, "clinic", &st->clinic, e) < 0 ||
	    take_text(o, "patient", &st->patient, e) < 0 ||
	    take_one_of(o, "proof", proofs, &st->proof, e) < 0 ||
	    take_month(o, "issued", &st->issued, e) < 0 ||
	    take_text(o, "name", &st->name, e) < 0 ||
	    take_text(o, "kana", &st->kana, e) < 0 ||
	    take_one_of(o, "sex", sexes, &st->sex, e) < 0 ||
	    take_text(o, "postal_code", &st->postal_code, e) < 0 ||
	    take_text(o, "address", &st->address, e) < 0 ||
	    take_text(o, "phone", &st->phone, e) < 0 ? -1 : 0;
}

/* Without "form", which is no fact. */
static int
read_facts(const struct json *doc, int today, struct facts *f, struct json **plain, struct err *e)
{
	struct js_iter it = js_members(doc);
	struct facts_error why = { "", "" };
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	bool unknown = false;

	jw_open(&w, NULL, '{');
	while (js_next(&it))
		if (strcmp(it.key, "form") != 0)
			jw_json(&w, it.key, it.value);
	jw_close(&w, '}');
	*plain = b.failed ? NULL : js_parse(b.p, b.n, e);
	buf_free(&b);
	if (*plain == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	facts_init(f, today);
	if (facts_read(*plain, false, f, &unknown, &why) < 0)
		return err_set(e, ERR_MALFORMED, "%s%s%s", why.key, *why.key != '\0' ? ": " : "",
		    why.reason);
	return 0;
}

/* The 申立書 as far as it was begun: an explicit null ratio is 「わからない」. */
static void
take_statement(const struct json *o, struct statement *st)
{
	long long percent;

	if (js_int(o, "copay_percent", &percent))
		st->copay_percent = (int)percent;
	else if (js_has(o, "copay_percent"))
		st->copay_percent = COPAY_NOT_KNOWN;
	st->insurance_kind = js_str(o, "insurance_kind");
	st->insurer_name = js_str(o, "insurer_name");
	st->employer = js_str(o, "employer");
	if (st->address == NULL)
		st->address = js_str(o, "address");
	if (st->phone == NULL)
		st->phone = js_str(o, "contact");
}

/* What has a ● in it (RAT-28) is better written than corrected. */
static const char *
element(const struct json *result, const char *name)
{
	const char *v = js_str(result, name);

	return v == NULL || *v == '\0' || strstr(v, "●") != NULL ? NULL : v;
}

/* The service writes kana in half width, which on paper look torn. */
static const char *
wide_kana(const char *kana, struct sheet *s)
{
	char *nfkc = kana != NULL ? text_nfkc(kana) : NULL;
	const char *kept = nfkc != NULL ? sheet_printf(s, "%s", nfkc) : NULL;

	free(nfkc);
	return kept;
}

/* Of an answer, also one that shows an eligibility that has ended: the person, not the insurer. */
static void
take_answer(const struct json *doc, const struct facts *f, struct statement *st, struct sheet *s)
{
	const struct json *results = js_get(js_get(doc, "online"), "results");
	const struct json *r = f->online.results > 0 ?
	    js_at(results, (size_t)f->online.chosen) : NULL;
	const char *sex = element(r, "Sex1");

	if (st->name == NULL)
		st->name = element(r, "Name");
	if (st->kana == NULL)
		st->kana = wide_kana(element(r, "NameKana"), s);
	if (!fact_known(st->sex) && sex != NULL)
		st->sex = strcmp(sex, "1") == 0 ? SEX_MALE : strcmp(sex, "2") == 0 ? SEX_FEMALE :
		    FACT_ABSENT;
	if (st->address == NULL) {
		st->address = element(r, "Address");
		if (st->postal_code == NULL)
			st->postal_code = element(r, "PostNumber");
	}
	if (!fact_known(st->birthdate))
		st->birthdate = f->online.result.birthdate;
}

int
statement_read(const struct json *doc, int today, struct statement *st, struct sheet *s,
    struct err *e)
{
	struct json *plain = NULL;
	struct facts f;
	int rc = -1;

	statement_init(st);
	if (js_type(doc) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "must be a JSON object");
	if (read_facts(doc, today, &f, &plain, e) < 0 || read_form(js_get(doc, "form"), st, e) < 0)
		goto out;
	st->birthdate = f.birthdate;
	if (js_has(doc, "visit_date"))
		st->visit_date = f.visit_date;
	take_statement(js_get(doc, "statement"), st);
	take_answer(doc, &f, st, s);
	for (int i = 0; i < DOC_MAX && !fact_known(st->birthdate); i++)
		if (f.document[i].presence == PRESENT)
			st->birthdate = f.document[i].birthdate;
	rc = 0;
out:
	js_free(plain);
	return rc;
}

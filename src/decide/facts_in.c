#include "decide/facts_in.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "decide/result_in.h"

struct reader {
	struct facts_error	*why;
	bool			*unknown;
};

static int
bad(struct reader *r, const char *where, const char *key, const char *reason)
{
	snprintf(r->why->key, sizeof(r->why->key), "%s%s%.60s", where,
	    *where != '\0' && *key != '\0' ? "." : "", key);
	snprintf(r->why->reason, sizeof(r->why->reason), "%s", reason);
	return -1;
}

/* Most keys differ in their first letter. */
static bool
equal(const char *a, const char *b)
{
	return *a == *b && strcmp(a, b) == 0;
}

static int
only(struct reader *r, const char *where, const struct json *o, const char *const *allowed)
{
	struct js_iter it = js_members(o);

	if (js_type(o) != JS_OBJECT)
		return bad(r, where, "", "must be an object or null");
	while (js_next(&it)) {
		size_t i = 0;

		while (allowed[i] != NULL && !equal(allowed[i], it.key))
			i++;
		if (allowed[i] == NULL)
			return bad(r, where, it.key, "unknown key");
	}
	return 0;
}

/* The member, which may be null.  These objects are short: a walk is faster than a hash. */
static bool
member(const struct json *o, const char *key, const struct json **v)
{
	struct js_iter it = js_members(o);

	while (js_next(&it))
		if (equal(it.key, key)) {
			*v = it.value;
			return true;
		}
	return false;
}

/*
 * The readers of one member.  A missing key leaves *out alone, null makes it
 * FACT_ABSENT.
 */
static int
read_enum(struct reader *r, const char *where, const struct json *o, const char *key,
    const char *const *names, int *out)
{
	char list[120] = "must be one of";
	const struct json *v;
	const char *s;

	if (!member(o, key, &v))
		return 0;
	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	s = js_as_str(v);
	for (int i = 0; names[i] != NULL; i++) {
		if (s != NULL && strcmp(names[i], s) == 0) {
			*out = i;
			return 0;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), " %s", names[i]);
	}
	return bad(r, where, key, list);
}

static int
read_date(struct reader *r, const char *where, const struct json *o, const char *key, int *out)
{
	const struct json *v;
	const char *s;

	if (!member(o, key, &v))
		return 0;
	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	s = js_as_str(v);
	if (s == NULL || (*out = date_parse_iso(s, strlen(s))) == DATE_NONE)
		return bad(r, where, key, "must be a date YYYY-MM-DD between 1900 and 2100");
	return 0;
}

static int
read_flag(struct reader *r, const char *where, const struct json *o, const char *key, int *out)
{
	const struct json *v;
	bool flag;

	if (!member(o, key, &v))
		return 0;
	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	if (!js_as_bool(v, &flag))
		return bad(r, where, key, "must be true, false or null");
	*out = flag;
	return 0;
}

static int
read_percent(struct reader *r, const char *where, const struct json *o, const char *key, int *out)
{
	const struct json *v;
	long long n;

	if (!member(o, key, &v))
		return 0;
	*out = FACT_ABSENT;
	if (js_type(v) == JS_NULL)
		return 0;
	if (!js_as_int(v, &n) || (n != 10 && n != 20 && n != 30))
		return bad(r, where, key, "must be 10, 20, 30 or null");
	*out = (int)n;
	return 0;
}

static int
read_string(struct reader *r, const char *where, const struct json *o, const char *key,
    const char **out)
{
	const struct json *v;

	if (!member(o, key, &v))
		return 0;
	*out = js_as_str(v);
	if (js_type(v) != JS_NULL && *out == NULL)
		return bad(r, where, key, "must be a string or null");
	return 0;
}

static int
read_numbers(struct reader *r, const char *where, const struct json *o, struct insured_number *id)
{
	if (read_string(r, where, o, "insurer_number", &id->insurer_number) < 0 ||
	    read_string(r, where, o, "symbol", &id->symbol) < 0 ||
	    read_string(r, where, o, "number", &id->number) < 0 ||
	    read_string(r, where, o, "branch", &id->branch) < 0)
		return -1;
	return 0;
}

static int
read_registered(struct reader *r, const struct json *o, int *out)
{
	const struct json *v;
	const char *s;
	int flag;

	if (!member(o, "registered", &v))
		return 0;
	s = js_as_str(v);
	if (s != NULL && strcmp(s, "declined") == 0) {
		*out = REGISTERED_DECLINED;
		return 0;
	}
	if (read_flag(r, "card", o, "registered", &flag) < 0)
		return bad(r, "card", "registered", "must be true, false, \"declined\" or null");
	*out = flag == FACT_ABSENT ? FACT_ABSENT : flag ? REGISTERED_YES : REGISTERED_NO;
	return 0;
}

static int
read_card(struct reader *r, const struct json *o, struct facts *f)
{
	static const char *const keys[] = { "medium", "absent_because", "read",
		"certificate_not_after", "valid_to", "certificate_revoked", "identity",
		"registered", NULL };
	static const char *const media[] = { "card", "phone", "none", NULL };
	static const char *const absent[] = { "forgotten", "lost", "none_issued", NULL };
	static const char *const reads[] = { "ok", "unreadable", "reader_fault",
		"not_my_number", NULL };
	static const char *const identities[] = { "pin", "face", "visual", "pin_locked",
		"failed", NULL };

	if (only(r, "card", o, keys) < 0 ||
	    read_enum(r, "card", o, "medium", media, &f->card.medium) < 0 ||
	    read_enum(r, "card", o, "absent_because", absent, &f->card.absent_because) < 0 ||
	    read_enum(r, "card", o, "read", reads, &f->card.read) < 0 ||
	    read_date(r, "card", o, "certificate_not_after",
	    &f->card.certificate_not_after) < 0 ||
	    read_date(r, "card", o, "valid_to", &f->card.valid_to) < 0 ||
	    read_flag(r, "card", o, "certificate_revoked", &f->card.certificate_revoked) < 0 ||
	    read_enum(r, "card", o, "identity", identities, &f->card.identity) < 0)
		return -1;
	return read_registered(r, o, &f->card.registered);
}

static int
read_results(struct reader *r, const struct json *list, struct facts *f)
{
	const char *reason;
	int total = 0, covering = 0;
	char where[80];

	if (js_type(list) == JS_NULL)
		return 0;
	if (js_type(list) != JS_ARRAY)
		return bad(r, "online", "results", "must be a list");
	for (size_t i = 0; i < js_len(list); i++) {
		struct result_found found = { 0 };

		snprintf(where, sizeof(where), "online.results[%zu]", i);
		if ((reason = result_read(js_at(list, i), &found)) != NULL)
			return bad(r, where, found.key, reason);
		*r->unknown |= found.unknown;
		if (fact_known(found.result.birthdate) && found.result.birthdate > f->visit_date)
			return bad(r, where, "Birthdate", "is after the visit");
		/* the one that counts: the first that covers the day, else the first */
		covering += result_covers(&found, f->visit_date);
		if (total++ == 0 || (covering == 1 && result_covers(&found, f->visit_date))) {
			f->online.result = found.result;
			f->online.chosen = (int)i;
		}
	}
	f->online.results = covering > 0 ? covering : total;
	f->online.outside = total > 0 && covering == 0;
	return 0;
}

static int
read_online(struct reader *r, const struct json *o, struct facts *f)
{
	static const char *const keys[] = { "outcome", "by", "QualificationValidity", "results",
		"same_person", NULL };
	static const char *const outcomes[] = { "answered", "unreachable", "timeout",
		"maintenance", "error", NULL };
	static const char *const by[] = { "card", "number", NULL };
	static const char *const validities[] = { "0", "1", "2", "3", "4", "5", "6", NULL };
	struct facts fresh;

	facts_init(&fresh, f->visit_date);
	f->online = fresh.online;
	if (js_type(o) == JS_NULL) {
		f->online.presence = FACT_ABSENT;
		return 0;
	}
	f->online.presence = PRESENT;
	if (only(r, "online", o, keys) < 0 ||
	    read_enum(r, "online", o, "outcome", outcomes, &f->online.outcome) < 0 ||
	    read_enum(r, "online", o, "by", by, &f->online.by) < 0 ||
	    read_enum(r, "online", o, "QualificationValidity", validities + 1,
	    &f->online.validity) < 0 ||
	    read_flag(r, "online", o, "same_person", &f->online.same_person) < 0)
		return -1;
	if (fact_known(f->online.validity))
		f->online.validity++;	/* the codes begin at 1 */
	return read_results(r, js_get(o, "results"), f);
}

static int
read_document(struct reader *r, const char *where, const struct json *o, struct document *d)
{
	static const char *const keys[] = { "valid_from", "valid_to", "copay_percent",
		"insurer_number", "symbol", "number", "branch", "birthdate", "special_medical",
		NULL };
	int special = 0;
	struct facts fresh;

	facts_init(&fresh, 0);
	*d = fresh.document[0];
	if (js_type(o) == JS_NULL) {
		d->presence = FACT_ABSENT;
		return 0;
	}
	d->presence = PRESENT;
	if (only(r, where, o, keys) < 0 ||
	    read_date(r, where, o, "valid_from", &d->valid_from) < 0 ||
	    read_date(r, where, o, "valid_to", &d->valid_to) < 0 ||
	    read_percent(r, where, o, "copay_percent", &d->copay_percent) < 0 ||
	    read_date(r, where, o, "birthdate", &d->birthdate) < 0 ||
	    read_flag(r, where, o, "special_medical", &special) < 0 ||
	    read_numbers(r, where, o, &d->id) < 0)
		return -1;
	d->special_medical = special == 1;
	return 0;
}

static const char *const document_names[] = {
	"eligibility_certificate", "portal", "portal_pdf", "notice", "old_card", NULL
};

const char *
document_name(enum document_kind kind)
{
	return document_names[kind];
}

static int
read_documents(struct reader *r, const struct json *o, struct facts *f)
{
	const struct json *v;
	char where[64];

	if (js_type(o) == JS_NULL) {
		for (int i = 0; i < DOC_MAX; i++)
			f->document[i].presence = FACT_ABSENT;
		return 0;
	}
	if (only(r, "documents", o, document_names) < 0)
		return -1;
	for (int i = 0; i < DOC_MAX; i++) {
		if (!member(o, document_names[i], &v))
			continue;
		snprintf(where, sizeof(where), "documents.%s", document_names[i]);
		if (read_document(r, where, v, &f->document[i]) < 0)
			return -1;
	}
	return 0;
}

static int
read_record(struct reader *r, const struct json *o, struct facts *f)
{
	static const char *const keys[] = { "confirmed_on", "copay_percent", "insurer_number",
		"symbol", "number", "branch", "unchanged", NULL };
	struct facts fresh;

	facts_init(&fresh, 0);
	f->record = fresh.record;
	if (js_type(o) == JS_NULL) {
		f->record.presence = FACT_ABSENT;
		return 0;
	}
	f->record.presence = PRESENT;
	if (only(r, "record", o, keys) < 0 ||
	    read_date(r, "record", o, "confirmed_on", &f->record.confirmed_on) < 0 ||
	    read_percent(r, "record", o, "copay_percent", &f->record.copay_percent) < 0 ||
	    read_flag(r, "record", o, "unchanged", &f->record.unchanged) < 0)
		return -1;
	return read_numbers(r, "record", o, &f->record.id);
}

/* 後期 in any of the ways it is written; other kinds need no telling apart. */
static bool
kind_is_kouki(const char *kind)
{
	return kind != NULL && strstr(kind, "後期") != NULL;
}

static int
read_declaration(struct reader *r, const char *where, const struct json *o, struct declaration *d)
{
	const char *kind = NULL;

	if (read_percent(r, where, o, "copay_percent", &d->copay_percent) < 0 ||
	    read_string(r, where, o, "insurance_kind", &kind) < 0 ||
	    read_string(r, where, o, "insurer_name", &d->insurer_name) < 0 ||
	    read_string(r, where, o, "employer", &d->employer) < 0 ||
	    read_string(r, where, o, "address", &d->address) < 0 ||
	    read_string(r, where, o, "contact", &d->contact) < 0)
		return -1;
	d->kouki = kind_is_kouki(kind);
	return 0;
}

static int
read_statement(struct reader *r, const struct json *o, struct facts *f)
{
	static const char *const keys[] = { "copay_percent", "insurance_kind", "insurer_name",
		"employer", "address", "contact", NULL };

	f->statement = (struct declaration){ .presence = FACT_ABSENT, .copay_percent = FACT_ABSENT };
	if (js_type(o) == JS_NULL)
		return 0;
	f->statement.presence = PRESENT;
	if (only(r, "statement", o, keys) < 0)
		return -1;
	return read_declaration(r, "statement", o, &f->statement);
}

static int
read_disaster(struct reader *r, const struct json *o, struct facts *f)
{
	static const char *const keys[] = { "in_force", "stated", "copay_percent",
		"insurance_kind", "insurer_name", "employer", "address", "contact", NULL };
	int in_force = FACT_ABSENT, stated = FACT_UNASKED;

	f->disaster = (struct declaration){ .presence = FACT_UNASKED,
		.copay_percent = FACT_ABSENT };
	f->disaster_in_force = false;
	if (js_type(o) == JS_NULL)
		return 0;
	if (only(r, "disaster", o, keys) < 0 ||
	    read_flag(r, "disaster", o, "in_force", &in_force) < 0 ||
	    read_flag(r, "disaster", o, "stated", &stated) < 0 ||
	    read_declaration(r, "disaster", o, &f->disaster) < 0)
		return -1;
	f->disaster_in_force = in_force == 1;
	f->disaster.presence = stated == 1 ? PRESENT :
	    stated == FACT_UNASKED ? FACT_UNASKED : FACT_ABSENT;
	return 0;
}

static int
read_top(struct reader *r, const struct json *o, bool need_visit_date, struct facts *f)
{
	static const char *const keys[] = { "id", "visit_date", "visit", "birthdate",
		"copay_percent", "card", "online", "documents", "record", "statement", "disaster",
		NULL };
	static const char *const visits[] = { "first", "return", NULL };
	const struct json *v;

	if (js_type(o) != JS_OBJECT)
		return bad(r, "", "", "must be a JSON object");
	/* the id first: it is echoed with an error too */
	if (read_string(r, "", o, "id", &f->id) < 0 || only(r, "", o, keys) < 0 ||
	    read_date(r, "", o, "visit_date", &f->visit_date) < 0)
		return -1;
	if (need_visit_date ? !fact_known(f->visit_date) || !member(o, "visit_date", &v) :
	    f->visit_date == FACT_ABSENT)
		return bad(r, "", "visit_date", "is required");
	if (read_enum(r, "", o, "visit", visits, &f->visit) < 0 ||
	    read_date(r, "", o, "birthdate", &f->birthdate) < 0 ||
	    read_percent(r, "", o, "copay_percent", &f->copay_percent) < 0)
		return -1;
	return f->visit == FACT_ABSENT ? bad(r, "", "visit", "is never null") : 0;
}

/* An object, or null for "everything in it is absent". */
static int
read_card_or_null(struct reader *r, const struct json *o, struct facts *f)
{
	struct facts none = *f;

	if (js_type(o) != JS_NULL)
		return read_card(r, o, f);
	facts_assume_none(&none);
	f->card = none.card;
	return 0;
}

int
facts_read(const struct json *o, bool need_visit_date, struct facts *f, bool *unknown,
    struct facts_error *why)
{
	static const struct {
		const char	*key;
		int		(*read)(struct reader *, const struct json *, struct facts *);
	} parts[] = {
		{ "card", read_card_or_null }, { "online", read_online },
		{ "documents", read_documents }, { "record", read_record },
		{ "statement", read_statement }, { "disaster", read_disaster },
	};
	struct reader r = { why, unknown };
	const struct json *v;

	if (read_top(&r, o, need_visit_date, f) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (member(o, parts[i].key, &v) && parts[i].read(&r, v, f) < 0)
			return -1;
	return facts_check(f, why);
}

int
facts_check(const struct facts *f, struct facts_error *why)
{
	struct reader r = { why, NULL };
	char where[64];

	if (fact_known(f->birthdate) && f->birthdate > f->visit_date)
		return bad(&r, "", "birthdate", "is after the visit");
	for (int i = 0; i < DOC_MAX; i++)
		if (f->document[i].presence == PRESENT &&
		    fact_known(f->document[i].birthdate) &&
		    f->document[i].birthdate > f->visit_date) {
			snprintf(where, sizeof(where), "documents.%s", document_names[i]);
			return bad(&r, where, "birthdate", "is after the visit");
		}
	return 0;
}

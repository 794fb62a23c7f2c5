#include <string.h>

#include "base/date.h"
#include "prove/example.h"

static void
write_day(struct jw *w, const char *key, int day)
{
	char s[DATE_ISO_LEN + 1];

	if (!fact_known(day))
		return;
	date_format_iso(day, s);
	jw_str(w, key, s);
}

static void
write_name(struct jw *w, const char *key, int value, const char *const *names)
{
	if (fact_known(value))
		jw_str(w, key, names[value]);
}

static void
write_percent(struct jw *w, const char *key, int percent)
{
	if (fact_known(percent))
		jw_int(w, key, percent);
}

static void
write_number(struct jw *w, const struct insured_number *id)
{
	if (id->insurer_number != NULL)
		jw_str(w, "insurer_number", id->insurer_number);
}

static void
write_card(struct jw *w, const struct facts *f)
{
	static const char *const media[] = { "card", "phone", "none" };
	static const char *const absent[] = { "forgotten", "lost", "none_issued" };
	static const char *const reads[] = { "ok", "unreadable", "reader_fault", "not_my_number" };
	static const char *const identities[] = { "pin", "face", "visual", "pin_locked", "failed" };

	jw_open(w, "card", '{');
	write_name(w, "medium", f->card.medium, media);
	write_name(w, "absent_because", f->card.absent_because, absent);
	write_name(w, "read", f->card.read, reads);
	write_day(w, "certificate_not_after", f->card.certificate_not_after);
	write_day(w, "valid_to", f->card.valid_to);
	if (fact_known(f->card.certificate_revoked))
		jw_bool(w, "certificate_revoked", f->card.certificate_revoked == 1);
	write_name(w, "identity", f->card.identity, identities);
	if (f->card.registered == REGISTERED_DECLINED)
		jw_str(w, "registered", "declined");
	else if (fact_known(f->card.registered))
		jw_bool(w, "registered", f->card.registered == REGISTERED_YES);
	jw_close(w, '}');
}

/* In the forms of the interface: YYYYMMDD, and percent in three digits. */
static void
write_result(struct jw *w, const struct result *r)
{
	static const char *const classes[] = { "01", "05", "A1" };
	static const char *const percents[] = { "000", "010", "020", "030" };
	char s[DATE_ISO_LEN + 1];

	jw_open(w, NULL, '{');
	write_name(w, "InsuredCardClassification", r->card_class, classes);
	if (r->id.insurer_number != NULL)
		jw_str(w, "InsurerNumber", r->id.insurer_number);
	if (fact_known(r->birthdate)) {
		date_format_iso(r->birthdate, s);
		memmove(s + 4, s + 5, 2);
		memmove(s + 6, s + 8, 3);
		jw_str(w, "Birthdate", s);
	}
	if (fact_known(r->kouki_percent))
		jw_str(w, "InsuredPartialContributionRatio", percents[r->kouki_percent / 10]);
	if (fact_known(r->elderly_percent))
		jw_str(w, "ElderlyRecipientContributionRatio",
		    percents[r->elderly_percent / 10]);
	jw_close(w, '}');
}

static void
write_online(struct jw *w, const struct facts *f)
{
	static const char *const outcomes[] = { "answered", "unreachable", "timeout",
		"maintenance", "error" };
	static const char *const by[] = { "card", "number" };
	static const char *const validities[] = { "0", "1", "2", "3", "4", "5", "6" };

	if (f->online.presence == FACT_UNASKED)
		return;
	if (f->online.presence == FACT_ABSENT) {
		jw_null(w, "online");
		return;
	}
	jw_open(w, "online", '{');
	write_name(w, "outcome", f->online.outcome, outcomes);
	write_name(w, "by", f->online.by, by);
	write_name(w, "QualificationValidity", f->online.validity, validities);
	if (f->online.results > 0) {
		jw_open(w, "results", '[');
		for (int i = 0; i < f->online.results; i++)
			write_result(w, &f->online.result);
		jw_close(w, ']');
	}
	jw_close(w, '}');
}

static void
write_documents(struct jw *w, const struct facts *f)
{
	static const char *const names[DOC_MAX] = { "eligibility_certificate", "portal",
		"portal_pdf", "notice", "old_card" };

	jw_open(w, "documents", '{');
	for (int k = 0; k < DOC_MAX; k++) {
		const struct document *d = &f->document[k];

		if (d->presence == FACT_ABSENT)
			jw_null(w, names[k]);
		if (d->presence != PRESENT)
			continue;
		jw_open(w, names[k], '{');
		write_day(w, "valid_from", d->valid_from);
		write_day(w, "valid_to", d->valid_to);
		write_percent(w, "copay_percent", d->copay_percent);
		write_number(w, &d->id);
		if (d->special_medical)
			jw_bool(w, "special_medical", true);
		jw_close(w, '}');
	}
	jw_close(w, '}');
}

static void
write_record(struct jw *w, const struct facts *f)
{
	if (f->record.presence == FACT_ABSENT)
		jw_null(w, "record");
	if (f->record.presence != PRESENT)
		return;
	jw_open(w, "record", '{');
	write_day(w, "confirmed_on", f->record.confirmed_on);
	write_percent(w, "copay_percent", f->record.copay_percent);
	write_number(w, &f->record.id);
	if (fact_known(f->record.unchanged))
		jw_bool(w, "unchanged", f->record.unchanged == 1);
	jw_close(w, '}');
}

static void
write_declarations(struct jw *w, const struct facts *f)
{
	if (f->statement.presence == FACT_ABSENT)
		jw_null(w, "statement");
	if (f->statement.presence == PRESENT) {
		jw_open(w, "statement", '{');
		write_percent(w, "copay_percent", f->statement.copay_percent);
		if (f->statement.kouki)
			jw_str(w, "insurance_kind", "後期高齢者医療");
		jw_close(w, '}');
	}
	if (!f->disaster_in_force)
		return;
	jw_open(w, "disaster", '{');
	jw_bool(w, "in_force", true);
	if (f->disaster.presence != FACT_UNASKED)
		jw_bool(w, "stated", f->disaster.presence == PRESENT);
	write_percent(w, "copay_percent", f->disaster.copay_percent);
	if (f->disaster.kouki)
		jw_str(w, "insurance_kind", "後期高齢者医療");
	jw_close(w, '}');
}

void
example_write(struct jw *w, const struct facts *f)
{
	static const char *const visits[] = { "first", "return" };

	write_day(w, "visit_date", f->visit_date);
	write_name(w, "visit", f->visit, visits);
	write_day(w, "birthdate", f->birthdate);
	if (f->birthdate == FACT_ABSENT)
		jw_null(w, "birthdate");
	write_percent(w, "copay_percent", f->copay_percent);
	if (f->copay_percent == FACT_ABSENT)
		jw_null(w, "copay_percent");
	write_card(w, f);
	write_online(w, f);
	write_documents(w, f);
	write_record(w, f);
	write_declarations(w, f);
}

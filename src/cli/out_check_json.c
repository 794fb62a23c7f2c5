#include "base/date.h"
#include "cli/out_check.h"
#include "cli/out_error.h"

/* The value a fact was given by the machine, by its name in the contract. */
static void
write_enum(struct jw *w, const char *key, const char *const *names, int v)
{
	jw_str(w, key, fact_known(v) ? names[v] : NULL);
}

static void
write_registered(struct jw *w, int registered)
{
	if (registered == REGISTERED_DECLINED)
		jw_str(w, "registered", "declined");
	else if (fact_known(registered))
		jw_bool(w, "registered", registered == REGISTERED_YES);
	else
		jw_null(w, "registered");
}

void
out_card_json(struct jw *w, const struct check *c)
{
	static const char *const media[] = { "card", "phone", "none" };
	static const char *const reads[] = { "ok", "unreadable", "reader_fault", "not_my_number" };
	static const char *const ids[] = { "pin", "face", "visual", "pin_locked", "failed" };
	const struct facts *f = &c->facts;
	char date[DATE_ISO_LEN + 1];

	jw_open(w, "card", '{');
	jw_str(w, "reader", c->card_seen ? c->card.reader : NULL);
	write_enum(w, "medium", media, f->card.medium);
	write_enum(w, "read", reads, f->card.read);
	write_enum(w, "identity", ids, f->card.identity);
	write_registered(w, f->card.registered);
	if (c->card_seen && c->card.tries_left >= 0)
		jw_int(w, "tries_left", c->card.tries_left);
	else
		jw_null(w, "tries_left");
	if (fact_known(f->card.certificate_not_after)) {
		date_format_iso(f->card.certificate_not_after, date);
		jw_str(w, "certificate_not_after", date);
	} else {
		jw_null(w, "certificate_not_after");
	}
	jw_close(w, '}');
}

/* In the service's own words. */
static void
write_refusal(struct jw *w, const struct elig_answer *a)
{
	if (a->refusal == REFUSAL_NONE) {
		jw_null(w, "refusal");
		return;
	}
	jw_open(w, "refusal", '{');
	jw_str(w, "code", a->refusal_code);
	jw_str(w, "text_desk", a->text_desk);
	jw_str(w, "text_technician", a->text_technician);
	jw_close(w, '}');
}

static void
write_online(struct jw *w, const struct check *c)
{
	const char validity[2] = { c->answer.validity, '\0' };

	if (!c->asked) {
		jw_null(w, "online");
		return;
	}
	jw_open(w, "online", '{');
	jw_str(w, "outcome", elig_outcome_name(c->answer.outcome));
	jw_str(w, "by", c->answer.by == ELIG_BY_CARD ? "card" : "number");
	jw_str(w, "QualificationValidity", c->answer.validity != '\0' ? validity : NULL);
	write_refusal(w, &c->answer);
	jw_close(w, '}');
}

static void
write_override(struct jw *w, const struct override *o)
{
	if (o->percent == 0) {
		jw_null(w, "override");
		return;
	}
	jw_open(w, "override", '{');
	jw_int(w, "copay_percent", o->percent);
	jw_str(w, "reason", o->reason);
	jw_str(w, "operator", o->operator_id);
	jw_close(w, '}');
}

void
out_check_json(struct buf *b, const struct checked *c)
{
	struct said more[CHECK_WARNINGS_MAX];
	struct verdict_options o = { .ja = c->ja, .trace = c->trace, .more = more };
	struct decision d = *c->decision;
	char date[DATE_ISO_LEN + 1];
	struct jw w = { b, false };

	for (int i = 0; i < c->check->warnings; i++)
		said_by_program(c->rb, c->check->warning[i], c->check->answer.message, more,
		    &o.mores);
	/* what the clinic decided is provisional; the verdict is the rules' all the same */
	d.provisional = d.provisional || c->override.percent != 0;
	jw_open(&w, NULL, '{');
	verdict_write(&w, c->rb, &c->check->facts, &d, &o);
	jw_open(&w, "check", '{');
	date_format_iso(c->check->facts.visit_date, date);
	jw_str(&w, "visit_date", date);
	out_card_json(&w, c->check);
	write_online(&w, c->check);
	jw_str(&w, "limit_category", limit_code(c));
	write_override(&w, &c->override);
	out_identify_json(&w, c->check, c->ja);
	if (c->recorded == RECORDED_NOT_WANTED)
		jw_null(&w, "recorded");
	else
		jw_bool(&w, "recorded", c->recorded == RECORDED_YES);
	if (c->logged == RECORDED_NO_STORE)
		jw_null(&w, "logged");
	else
		jw_bool(&w, "logged", c->logged == RECORDED_YES);
	out_changes_json(&w, c);
	out_settle_json(&w, c);
	if (c->check->error.code == ERR_NONE)
		jw_null(&w, "error");
	else
		out_error(&w, "error", &c->check->error, c->ja);
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

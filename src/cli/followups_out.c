#include "cli/followups_out.h"

#include "base/date.h"
#include "cli/entry.h"
#include "cli/out_closed.h"

static const char *const why_texts[WAITING_MAX][3] = {
#define X(name, code, ja, en) [WAITING_##name] = { code, en, ja },
	WAITING_LIST(X)
#undef X
};

static void
write_asked(struct buf *out, const struct asked *a)
{
	const struct debt *d = a->debt;
	struct jw w = { out, false };

	jw_open(&w, NULL, '{');
	jw_int(&w, "id", d->id);
	jw_str(&w, "patient", d->patient);
	entry_write_day(&w, "visit_date", d->visit_date);
	jw_str(&w, "state", a->state == ASKED_CONFIRMED ? "confirmed" :
	    a->state == ASKED_WAITING ? "waiting_for_patient" : "failed");
	if (a->state == ASKED_WAITING)
		jw_str(&w, "because", why_texts[a->why][0]);
	if (a->state == ASKED_FAILED) {
		jw_str(&w, "because", err_name(a->error));
		jw_bool(&w, "retryable", err_retryable(a->error));
	}
	if (a->state == ASKED_CONFIRMED)
		out_closed_json(&w, &a->closed);
	jw_close(&w, '}');
	buf_addc(out, '\n');
}

void
asked_add(struct buf *out, const struct asked *a, bool ja, bool json)
{
	char visit[DATE_ISO_LEN + 1] = "-";

	if (a->state != ASKED_CONFIRMED && a->state != ASKED_WAITING && a->state != ASKED_FAILED)
		return;
	if (json) {
		write_asked(out, a);
		return;
	}
	if (fact_known(a->debt->visit_date))
		date_format_iso(a->debt->visit_date, visit);
	buf_addf(out, "%6lld  %-10s  %-12s  ", a->debt->id, visit, a->debt->patient);
	if (a->state == ASKED_CONFIRMED)
		out_closed(out, &a->closed, ja);
	else if (a->state == ASKED_WAITING)
		buf_addf(out, ja ? "患者に電話: %s" : "call the patient: %s", why_texts[a->why][1 + ja]);
	else
		buf_addf(out, ja ? "照会できず: %s" : "could not be asked: %s", err_text(a->error, ja));
	buf_addc(out, '\n');
}

void
asked_summary(struct buf *out, const struct followups *f)
{
	buf_addf(out, f->ja ? "確認できた %ld件、患者に電話 %ld件、照会できず %ld件\n" :
	    "%ld confirmed, %ld to be called, %ld could not be asked\n", f->confirmed, f->waiting,
	    f->failed);
}

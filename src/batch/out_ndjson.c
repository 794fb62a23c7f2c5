#include "base/date.h"
#include "batch/out.h"
#include "json/json.h"

static void
write_notes(struct jw *w, const char *key, const struct note *note, size_t n)
{
	jw_open(w, key, '[');
	for (size_t i = 0; i < n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "code", note[i].code);
		if (fact_known(note[i].until)) {
			char iso[DATE_ISO_LEN + 1];

			date_format_iso(note[i].until, iso);
			jw_str(w, "until", iso);
		}
		jw_str(w, "text", note[i].text);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
write_changes(struct jw *w, const struct change *change, size_t n)
{
	jw_open(w, "changes", '[');
	for (size_t i = 0; i < n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "field", change_name(change[i].field, false));
		jw_str(w, "list", change[i].was);
		jw_str(w, "answer", change[i].now);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static void
write_extra(struct jw *w, const struct extra *x)
{
	struct buf name = BUF_INIT;

	out_extra_name(&name, x->name);
	if (x->text != NULL)
		jw_str(w, name.p != NULL ? name.p : "", x->text);
	else
		jw_json(w, name.p != NULL ? name.p : "", x->json);
	if (name.failed)
		w->b->failed = 1;
	buf_free(&name);
}

void
out_ndjson_row(struct buf *b, const struct out_row *row)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_str(&w, "patient_id", row->patient_id);
	jw_str(&w, "status", status_name(row->status, false));
	if (fact_known(row->copay_percent))
		jw_int(&w, "copay_percent", row->copay_percent);
	else
		jw_null(&w, "copay_percent");
	jw_str(&w, "path", row->path);
	write_changes(&w, row->change, row->changes);
	write_notes(&w, "bring", row->bring, row->brings);
	write_notes(&w, "warnings", row->warning, row->warnings);
	jw_bool(&w, "retryable", row->retryable);
	for (size_t i = 0; i < row->extras; i++)
		write_extra(&w, &row->extra[i]);
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

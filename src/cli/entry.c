#include "cli/entry.h"

#include "base/date.h"
#include "base/text.h"
#include "engine/facts.h"

void
entry_write_day(struct jw *w, const char *key, int day)
{
	char iso[DATE_ISO_LEN + 1];

	if (!fact_known(day)) {
		jw_null(w, key);
		return;
	}
	date_format_iso(day, iso);
	jw_str(w, key, iso);
}

int
entry_read_day(const struct json *o, const char *key)
{
	const char *s = js_str(o, key);
	const int day = s != NULL ? date_parse_iso(s, strlen(s)) : DATE_NONE;

	return day != DATE_NONE ? day : FACT_ABSENT;
}

bool
entry_is_patient(const char *patient)
{
	struct buf safe = BUF_INIT;
	bool plain;

	text_add_safe(&safe, patient);
	plain = safe.n > 0 && safe.n <= PATIENT_MAX && strcmp(safe.p, patient) == 0;
	buf_free(&safe);
	return plain;
}

int
entry_add(struct store *s, const struct store_entry *x, struct buf *b, struct err *e)
{
	struct store_entry whole = *x;
	int rc;

	whole.text = (struct span){ (const uint8_t *)b->p, b->n };
	rc = b->failed ? err_set(e, ERR_NOMEM, "out of memory") : store_add(s, &whole, NULL, e);
	buf_free(b);
	return rc;
}

int
entry_last(struct store *s, const char *patient, enum store_kind kind, long long upto,
    struct json **doc, struct err *e)
{
	struct buf text = BUF_INIT;
	struct store_entry x;
	int rc = store_last(s, patient, kind, upto, &text, &x, e);

	*doc = NULL;
	if (rc == 1 && (*doc = js_parse((const char *)x.text.p, x.text.n, e)) == NULL)
		rc = -1;
	buf_free(&text);
	return rc < 0 ? -1 : 0;
}

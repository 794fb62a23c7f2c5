#include "cli/confirmed.h"

#include <string.h>

#include "base/date.h"
#include "cli/entry.h"

static void
write_confirmed(struct buf *b, const struct confirmed *c)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "record", '{');
	entry_write_day(&w, "confirmed_on", c->confirmed_on);
	if (fact_known(c->percent))
		jw_int(&w, "copay_percent", c->percent);
	else
		jw_null(&w, "copay_percent");
	jw_str(&w, "insurer_number", c->id.insurer_number);
	jw_str(&w, "symbol", c->id.symbol);
	jw_str(&w, "number", c->id.number);
	jw_str(&w, "branch", c->id.branch);
	jw_close(&w, '}');
	jw_open(&w, "person", '{');
	jw_str(&w, "name", c->name);
	jw_str(&w, "kana", c->kana);
	entry_write_day(&w, "birthdate", c->birthdate);
	jw_close(&w, '}');
	jw_str(&w, "path", c->path);
	jw_str(&w, "operator", c->operator_id);
	jw_close(&w, '}');
}

/* Whether what is on file says the same, or is of a later day, though none to come; -1. */
static int
is_known(struct store *s, const char *patient, const struct confirmed *c, int today,
    const struct buf *text, struct err *e)
{
	struct buf opened = BUF_INIT;
	struct json *doc = NULL;
	struct store_entry x;
	int day, rc = store_last(s, patient, STORE_CONFIRMED, 0, &opened, &x, e);

	if (rc == 1 && !entry_is(&x, text)) {
		doc = js_parse((const char *)x.text.p, x.text.n, e);
		day = entry_read_day(js_get(doc, "record"), "confirmed_on");
		rc = doc == NULL ? -1 : day > c->confirmed_on && day <= today;
	}
	js_free(doc);
	buf_free(&opened);
	return rc;
}

int
confirmed_add(struct store *s, const char *patient, const struct confirmed *c, long long now,
    struct err *e)
{
	const struct store_entry x = { .kind = STORE_CONFIRMED, .at = now, .patient = patient };
	const int today = date_of_unix_jst(now);
	struct confirmed known = *c;
	struct buf text = BUF_INIT;
	int rc = 0;

	/* a day to come was not confirmed on that day */
	if (known.confirmed_on > today)
		known.confirmed_on = today;
	write_confirmed(&text, &known);
	if (!text.failed && (rc = is_known(s, patient, &known, today, &text, e)) != 0) {
		buf_free(&text);
		return rc < 0 ? -1 : 0;
	}
	return entry_add(s, &x, &text, e) < 0 ? -1 : 1;
}

struct confirmed
confirmed_of(const struct json *result, int day, int percent, const char *path)
{
	const char *born = js_str(result, "Birthdate");
	const int birthdate = born != NULL ? date_parse_compact(born, strlen(born)) : DATE_NONE;

	return (struct confirmed){
		.confirmed_on = day, .percent = percent,
		.id = { js_str(result, "InsurerNumber"), js_str(result, "InsuredCardSymbol"),
		    js_str(result, "InsuredIdentificationNumber"),
		    js_str(result, "InsuredBranchNumber") },
		.name = js_str(result, "Name"), .kana = js_str(result, "NameKana"),
		.birthdate = birthdate != DATE_NONE ? birthdate : FACT_ABSENT,
		.path = path,
	};
}

static void
fill(struct row *row, enum column c, const char *s)
{
	if (row->given[c] != NULL || s == NULL || *s == '\0')
		return;
	row->given[c] = s;
	row->has |= 1u << c;
}

static const char *
percent_text(const struct json *record)
{
	static const char *const texts[] = { "10", "20", "30" };
	long long percent;

	if (!js_int(record, "copay_percent", &percent) || percent < 10 || percent > 30)
		return NULL;
	return texts[percent / 10 - 1];
}

int
confirmed_fill(struct row *row, const struct json *doc)
{
	const struct json *record = js_get(doc, "record"), *person = js_get(doc, "person");
	const struct row before = *row;

	if (row->given[COLUMN_INSURER_NUMBER] == NULL && row->given[COLUMN_SYMBOL] == NULL &&
	    row->given[COLUMN_NUMBER] == NULL && row->given[COLUMN_BRANCH] == NULL) {
		fill(row, COLUMN_INSURER_NUMBER, js_str(record, "insurer_number"));
		fill(row, COLUMN_SYMBOL, js_str(record, "symbol"));
		fill(row, COLUMN_NUMBER, js_str(record, "number"));
		fill(row, COLUMN_BRANCH, js_str(record, "branch"));
	}
	if (row->given[COLUMN_LAST_COPAY_PERCENT] == NULL &&
	    row->given[COLUMN_LAST_CONFIRMED_ON] == NULL) {
		fill(row, COLUMN_LAST_COPAY_PERCENT, percent_text(record));
		fill(row, COLUMN_LAST_CONFIRMED_ON, js_str(record, "confirmed_on"));
	}
	fill(row, COLUMN_NAME, js_str(person, "name"));
	fill(row, COLUMN_KANA, js_str(person, "kana"));
	fill(row, COLUMN_BIRTHDATE, js_str(person, "birthdate"));
	if (row_read(row) == 0)
		return 0;
	*row = before;
	return -1;
}

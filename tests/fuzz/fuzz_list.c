/*
 * The bytes are an appointment list.  Whatever they are, the list ends; a row is
 * good or says why not; what was read is clean text; a good row does not differ
 * from an answer that says the same; and what is written of any row is one line
 * of JSON, and a row of CSV with a cell for every column and no formula.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "batch/compare.h"
#include "batch/list.h"
#include "batch/out.h"
#include "rules/csv.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_day(int day)
{
	must(!fact_known(day) || (day >= date_from_ymd(1900, 1, 1) &&
	    day <= date_from_ymd(2100, 12, 31)));
}

static void
check_good(const struct row *row)
{
	must(row->given[COLUMN_PATIENT_ID] != NULL && fact_known(row->appointment));
	must(!fact_known(row->birthdate) || row->birthdate <= row->appointment);
	must(!fact_known(row->minute) || (row->minute >= 0 && row->minute < 24 * 60));
	must(strlen(row->insurer_number) <= 8 && strlen(row->branch) % 2 == 0);
	check_day(row->appointment);
	check_day(row->birthdate);
	check_day(row->last_confirmed_on);
	check_day(row->certificate_not_after);
	for (int c = 0; c < COLUMN_MAX; c++) {
		const char *s = row->given[c];

		if (s == NULL)
			continue;
		must((row->has & 1u << c) != 0 && *s != '\0' && text_is_utf8(s, strlen(s)));
		for (; *s != '\0'; s++)
			must((unsigned char)*s >= 0x20 && *s != 0x7f);
	}
}

static void
check_reason(const struct row *row)
{
	struct buf ja = BUF_INIT, en = BUF_INIT;

	must(row->fault > ROW_NONE && row->fault < ROW_FAULT_MAX);
	row_reason(row, true, &ja);
	row_reason(row, false, &en);
	must(ja.n > 0 && en.n > 0);
	buf_free(&ja);
	buf_free(&en);
}

/* The answer that says what the row does. */
static struct json *
answer_of(const struct row *row)
{
	static const struct { enum column c; const char *element; } of[] = {
		{ COLUMN_INSURER_NUMBER, "InsurerNumber" }, { COLUMN_SYMBOL, "InsuredCardSymbol" },
		{ COLUMN_NUMBER, "InsuredIdentificationNumber" },
		{ COLUMN_BRANCH, "InsuredBranchNumber" }, { COLUMN_NAME, "Name" },
		{ COLUMN_KANA, "NameKana" },
	};
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	struct err e = ERR_INIT;
	struct json *doc;

	jw_open(&w, NULL, '{');
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		jw_str(&w, of[i].element, row->given[of[i].c]);
	jw_close(&w, '}');
	must((doc = js_parse(b.p, b.n, &e)) != NULL);
	buf_free(&b);
	return doc;
}

static void
check_compare(const struct row *row)
{
	struct json *same = answer_of(row);
	struct changes changes;

	must(compare_row(row, same, row->last_copay_percent, &changes) == 0);
	/* a lost zero that was put back is the only thing that is not as written */
	must(changes.n == 0 || (changes.n == 1 && row->warnings != 0 &&
	    changes.item[0].field == CHANGE_INSURER_NUMBER));
	js_free(same);
}

/* A name that our own strict reader takes: one without an escape. */
static bool
names_are_plain(const struct out_row *row)
{
	for (size_t i = 0; i < row->extras; i++)
		for (const char *s = row->extra[i].name; *s != '\0'; s++)
			if ((unsigned char)*s < 0x20 || strchr("\"\\/\x7f", *s) != NULL)
				return false;
	return true;
}

static void
check_ndjson(const struct out_row *row)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *doc;

	out_ndjson_row(&b, row);
	must(b.n > 0 && memchr(b.p, '\n', b.n) == b.p + b.n - 1);
	doc = js_parse(b.p, b.n, &e);
	must(doc != NULL ? js_type(doc) == JS_OBJECT : !names_are_plain(row));
	js_free(doc);
	buf_free(&b);
}

static void
check_cell(const char *s)
{
	must(strncmp(s, "=\"", 2) == 0 || strchr("=+-@\t\r\n", *s) == NULL || *s == '\0');
}

/* Read again by the other reader, which takes no control characters. */
static void
check_csv(const struct out_row *row, struct out_form form, bool spreadsheet)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct csv csv;
	struct csv_row cells;

	form.spreadsheet = spreadsheet;
	out_csv_head(&b, &form);
	out_csv_row(&b, &form, row);
	if (form.names <= 64 && csv_open(&csv, b.p, b.n, &e) == 0) {
		for (int i = 0; i < 2; i++) {
			must(csv_next(&csv, &cells, &e) == 1);
			must(cells.n == 8 + (int)form.names + form.more);
			for (int k = 0; k < cells.n; k++)
				check_cell(cells.cell[k]);
		}
		must(csv_next(&csv, &cells, &e) == 0);
		csv_close(&csv);
	}
	buf_free(&b);
}

static void
check_row(const struct list *l, const struct row *row, int rc)
{
	struct out_form form = { .more = list_format(l) == LIST_NDJSON };
	const struct out_row out = { .patient_id = row->given[COLUMN_PATIENT_ID],
	    .status = STATUS_ERROR, .copay_percent = FACT_ABSENT, .extra = row->extra,
	    .extras = row->extras };

	must((rc < 0) == (row->fault != ROW_NONE));
	if (rc < 0) {
		check_reason(row);
	} else {
		check_good(row);
		check_compare(row);
	}
	form.name = list_extras(l, &form.names);
	check_ndjson(&out);
	check_csv(&out, form, false);
	check_csv(&out, form, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
	struct err e = ERR_INIT;
	long line = 0, number = 0;
	struct list *l;
	struct row row;
	int rc;

	must(in != NULL);
	if ((l = list_open(in, &e)) == NULL)
		must(e.code == ERR_MALFORMED && e.msg[0] != '\0');
	while (l != NULL && (rc = list_next(l, &row)) != 0) {
		must(row.line > line && row.number == ++number);
		line = row.line;
		check_row(l, &row, rc);
	}
	must(list_close(l, &e) == 0);
	fclose(in);
	return 0;
}

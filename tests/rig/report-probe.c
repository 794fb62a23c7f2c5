/*
 * Writes the report page of a list whose rows say themselves what became of
 * them: report-probe [--en] [--bulk] LIST >PAGE.  Test tool.  LIST is NDJSON as
 * `shikaku batch` reads it; each row may also have the keys of its output:
 *
 *	{"patient_id": "1", ..., "status": "invalid", "copay_percent": 30,
 *	 "changes": [{"field": "symbol", "list": "12", "answer": "34"}],
 *	 "bring": [{"code": "c", "text": "...", "until": "2026-11-30"}],
 *	 "warnings": [...], "retryable": true}
 *
 * It is made on the day of DAY, at 6:05.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "batch/list.h"
#include "batch/report.h"

#define DAY	"2026-11-24"
#define NOTES_MAX	8

struct found {
	struct change	change[CHANGE_MAX];
	struct note	bring[NOTES_MAX], warning[NOTES_MAX];
};

static const struct extra *
find(const struct row *row, const char *name)
{
	for (size_t i = 0; i < row->extras; i++)
		if (strcmp(row->extra[i].name, name) == 0)
			return &row->extra[i];
	return NULL;
}

static size_t
read_notes(const struct row *row, const char *name, struct note *note)
{
	const struct extra *x = find(row, name);
	size_t n = 0;

	for (; x != NULL && n < js_len(x->json) && n < NOTES_MAX; n++) {
		const struct json *j = js_at(x->json, n);
		const char *until = js_str(j, "until");

		note[n] = (struct note){ js_str(j, "code"), js_str(j, "text"),
		    until != NULL ? date_parse_iso(until, strlen(until)) : FACT_ABSENT };
	}
	return n;
}

static enum change_field
field_of(const char *name)
{
	int f = 0;

	while (f < CHANGE_MAX - 1 && strcmp(change_name((enum change_field)f, false), name) != 0)
		f++;
	return (enum change_field)f;
}

static size_t
read_changes(const struct row *row, struct change *change)
{
	const struct extra *x = find(row, "changes");
	size_t n = 0;

	for (; x != NULL && n < js_len(x->json) && n < CHANGE_MAX; n++) {
		const struct json *j = js_at(x->json, n);

		change[n] = (struct change){ field_of(js_str(j, "field")), js_str(j, "list"),
		    js_str(j, "answer") };
	}
	return n;
}

static enum status
status_of(const struct extra *x)
{
	int s = 0;

	if (x == NULL || x->text == NULL)
		return STATUS_ERROR;
	while (s < STATUS_ERROR && strcmp(status_name((enum status)s, false), x->text) != 0)
		s++;
	return (enum status)s;
}

static int
add(struct report *r, const struct row *row)
{
	const struct extra *percent = find(row, "copay_percent"), *again = find(row, "retryable");
	long long number;
	struct found f;
	struct out_row out = { .patient_id = row->given[COLUMN_PATIENT_ID],
	    .copay_percent = FACT_ABSENT, .change = f.change, .bring = f.bring,
	    .warning = f.warning };

	out.status = row->fault == ROW_NONE ? status_of(find(row, "status")) : STATUS_ERROR;
	if (percent != NULL && js_as_int(percent->json, &number))
		out.copay_percent = (int)number;
	if (again != NULL && !js_as_bool(again->json, &out.retryable))
		out.retryable = false;
	out.changes = read_changes(row, f.change);
	out.brings = read_notes(row, "bring", f.bring);
	out.warnings = read_notes(row, "warnings", f.warning);
	return report_add(r, row, &out);
}

static int
run(const char *path, bool ja, bool bulk)
{
	const struct report_head head = { .ja = ja, .today = date_parse_iso(DAY, strlen(DAY)),
	    .minute = 6 * 60 + 5, .list = path, .bulk = bulk, .edition = "2026-08-01" };
	struct report *r = report_new(&head);
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;
	FILE *in = fopen(path, "r");
	struct list *l;
	struct row row;
	int rc = -1;

	if (in == NULL || r == NULL || (l = list_open(in, &e)) == NULL)
		return -1;
	while (list_next(l, &row) != 0)
		if (add(r, &row) < 0)
			goto out;
	report_write(r, &page);
	if (!page.failed && fwrite(page.p, 1, page.n, stdout) == page.n)
		rc = 0;
out:
	if (list_close(l, &e) < 0)
		rc = -1;
	report_free(r);
	buf_free(&page);
	fclose(in);
	return rc;
}

int
main(int argc, char **argv)
{
	bool ja = true, bulk = false;
	int i = 1;

	for (; i < argc - 1; i++) {
		ja &= strcmp(argv[i], "--en") != 0;
		bulk |= strcmp(argv[i], "--bulk") == 0;
	}
	if (i >= argc || run(argv[i], ja, bulk) < 0) {
		fputs("report-probe: no page could be made\n", stderr);
		return 1;
	}
	return 0;
}

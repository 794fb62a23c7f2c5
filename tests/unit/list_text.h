#ifndef UNIT_LIST_TEXT_H
#define UNIT_LIST_TEXT_H

/* Lists written out in a test; included after cmocka.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "batch/list.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

#define ADD_TABLE(tests, n, table, fn)						\
	for (size_t i = 0; i < N(table); i++)					\
		(tests)[(n)++] = (struct CMUnitTest){ (table)[i].name, fn, NULL, NULL, \
		    (void *)(uintptr_t)&(table)[i] }

/* The columns that a list needs, in English, and a row for them. */
#define NEEDED	"patient_id,appointment,birthdate,insurer_number,number"
#define ROW1	"P1,2026-11-22 09:30,1980-02-17,06132013,345"
#define ROW2	"P2,2026-11-22,S30.1.2,138016,6"

/* A file that holds these bytes; NULL never. */
static inline FILE *
file_of(const char *p, size_t n)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	rewind(f);
	return f;
}

/* A day as "-" or in full. */
static inline void
dump_day(struct buf *b, int day)
{
	char iso[DATE_ISO_LEN + 1];

	if (!fact_known(day)) {
		buf_addc(b, '-');
		return;
	}
	date_format_iso(day, iso);
	buf_adds(b, iso);
}

static inline void
dump_extras(struct buf *b, const struct row *row)
{
	for (size_t i = 0; i < row->extras; i++) {
		const struct extra *x = &row->extra[i];
		struct jw w = { b, false };

		buf_addf(b, " %s=", x->name);
		if (x->text != NULL)
			buf_adds(b, x->text);
		else
			jw_json(&w, NULL, x->json);
	}
}

/* A row in a line: "2 P1 06132013 345 extra=...", or what is wrong with it. */
static inline void
dump_row(struct buf *b, const struct row *row, int rc)
{
	const char *id = row->given[COLUMN_PATIENT_ID];

	if (rc < 0) {
		row_reason(row, false, b);
		if (id != NULL)
			buf_addf(b, " (%s)", id);
	} else {
		buf_addf(b, "%ld %s %s %s", row->line, id, row->insurer_number,
		    row->given[COLUMN_NUMBER] != NULL ? row->given[COLUMN_NUMBER] : "-");
		if (row->warnings != 0)
			buf_addf(b, " !%u", row->warnings);
		dump_extras(b, row);
	}
	buf_addc(b, '\n');
}

/* All of a list, or the error that ended it. */
static inline void
dump_list(FILE *in, struct buf *b)
{
	struct err e = ERR_INIT;
	struct list *l = list_open(in, &e);
	struct row row;
	long rows = 0;
	int rc;

	while (l != NULL && (rc = list_next(l, &row)) != 0) {
		assert_int_equal(row.number, ++rows);
		dump_row(b, &row, rc);
	}
	if (l != NULL)
		(void)list_close(l, &e);
	if (e.code != ERR_NONE)
		buf_addf(b, "error: %s\n", e.msg);
}

#endif

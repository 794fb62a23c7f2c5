#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "batch/list.h"
#include "cli/cmd_store.h"
#include "cli/confirmed.h"
#include "cli/entry.h"

#define GROUP		256	/* rows of a transaction */
#define BAD_ROWS_TOLD	20	/* on stderr */

/* What a row says, kept until its group is written: the list may be a slow pipe. */
enum { PATIENT, INSURER, SYMBOL, NUMBER, BRANCH, NAME, KANA, TEXTS };
struct taken {
	char	*text[TEXTS];
	int	 confirmed_on, percent, birthdate;
};

struct import {
	struct store_run *run;
	struct store	*store;
	struct list	*list;
	long long	 now;
	struct taken	 taken[GROUP];
	int		 n;
	long		 rows, added, known, bad;
};

static int
missing(struct row *row, enum column c, enum row_fault fault)
{
	row->fault = fault;
	row->column = c;
	return -1;
}

/* What an eligibility on file needs, beyond what a list does; an appointment it needs not. */
static int
check_row(struct row *row, int today)
{
	if (row->fault == ROW_EMPTY && row->column == COLUMN_APPOINTMENT) {
		if (row->given[COLUMN_LAST_CONFIRMED_ON] == NULL)
			return missing(row, COLUMN_LAST_CONFIRMED_ON, ROW_EMPTY);
		row->given[COLUMN_APPOINTMENT] = row->given[COLUMN_LAST_CONFIRMED_ON];
		row->fault = ROW_NONE;
		row->column = COLUMN_MAX;
		(void)row_read(row);
	}
	if (row->fault != ROW_NONE || row_strict(row) < 0)
		return -1;
	if (!entry_is_patient(row->given[COLUMN_PATIENT_ID]))
		return missing(row, COLUMN_PATIENT_ID, ROW_PATIENT);
	if (!fact_known(row->last_confirmed_on))
		return missing(row, COLUMN_LAST_CONFIRMED_ON, ROW_EMPTY);
	if (row->last_confirmed_on > today)
		return missing(row, COLUMN_LAST_CONFIRMED_ON, ROW_FUTURE);
	if (row->insurer_number[0] == '\0')
		return missing(row, COLUMN_INSURER_NUMBER, ROW_EMPTY);
	return 0;
}

static int
take_row(struct import *i, const struct row *row, struct err *e)
{
	const char *const text[TEXTS] = { row->given[COLUMN_PATIENT_ID], row->insurer_number,
		row->given[COLUMN_SYMBOL], row->given[COLUMN_NUMBER],
		*row->branch != '\0' ? row->branch : NULL, row->given[COLUMN_NAME],
		row->given[COLUMN_KANA] };
	struct taken *t = &i->taken[i->n++];

	/* 10割 was paid by somebody who was not confirmed */
	*t = (struct taken){ .confirmed_on = row->last_confirmed_on, .birthdate = row->birthdate,
		.percent = fact_known(row->last_copay_percent) && row->last_copay_percent <= 30 ?
		    row->last_copay_percent : FACT_ABSENT };
	for (int k = 0; k < TEXTS; k++)
		if (text[k] != NULL && (t->text[k] = strdup(text[k])) == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

static void
forget(struct import *i)
{
	for (; i->n > 0; i->n--)
		for (int k = 0; k < TEXTS; k++)
			free(i->taken[i->n - 1].text[k]);
}

static int
write_row(struct import *i, const struct taken *t, struct err *e)
{
	const struct confirmed c = {
		.confirmed_on = t->confirmed_on, .percent = t->percent,
		.id = { t->text[INSURER], t->text[SYMBOL], t->text[NUMBER], t->text[BRANCH] },
		.name = t->text[NAME], .kana = t->text[KANA],
		.birthdate = t->birthdate, .path = "import",
	};
	const int rc = confirmed_add(i->store, t->text[PATIENT], &c, i->now, e);

	if (rc < 0)
		return -1;
	*(rc == 1 ? &i->added : &i->known) += 1;
	return 0;
}

static void
tell_bad(struct import *i, const struct row *row)
{
	struct buf reason = BUF_INIT;

	if (i->bad++ >= BAD_ROWS_TOLD)
		return;
	row_reason(row, i->run->app->ja, &reason);
	if (!reason.failed)
		fprintf(stderr, "%s\n", reason.p);
	buf_free(&reason);
}

/* 1: there may be more; 0: the end; -1. */
static int
take_group(struct import *i, struct err *e)
{
	struct row row;
	int rc = 1;

	for (int n = 0; n < GROUP && (rc = list_next(i->list, &row)) != 0; n++) {
		i->rows++;
		if (check_row(&row, date_of_unix_jst(i->now)) < 0)
			tell_bad(i, &row);
		else if (take_row(i, &row, e) < 0)
			return -1;
	}
	return rc != 0;
}

static int
write_rows(struct import *i, struct err *e)
{
	if (store_begin(i->store, e) < 0)
		return -1;
	for (int n = 0; n < i->n; n++)
		if (write_row(i, &i->taken[n], e) < 0) {
			store_abort(i->store);
			return -1;
		}
	return store_commit(i->store, e);
}

/* An import of which nothing could be used is one, too. */
static int
write_group(struct import *i, struct err *e)
{
	if (i->n > 0 && write_rows(i, e) < 0)
		return -1;
	if (i->run->unlogged == 0 && (i->n > 0 || i->added + i->known == 0))
		store_run_note(i->run, i->store, "store import", NULL);
	return 0;
}

static int
take_all(struct import *i, struct err *e)
{
	int more;

	do {
		more = take_group(i, e);
		if (more >= 0 && write_group(i, e) < 0)
			more = -1;
		forget(i);
	} while (more == 1);
	return more < 0 ? -1 : list_check(i->list, e);
}

static int
say(const struct import *i, struct err *e)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, i->run->app->json ?
	    "{\"rows\":%ld,\"added\":%ld,\"known\":%ld,\"bad\":%ld}\n" : i->run->app->ja ?
	    "%ld行: 取り込み %ld、登録済み %ld、読めない行 %ld\n" :
	    "%ld rows: %ld taken in, %ld on file already, %ld bad\n", i->rows, i->added, i->known,
	    i->bad);
	return cmd_print(&b, e);
}

static int
import(struct import *i, const char *name, struct err *e)
{
	FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "rbe");
	struct err later = ERR_INIT;
	int rc = -1;

	if (in == NULL)
		return err_set(e, err_of_file(ERR_CONFIG), "%s: %s", name, strerror(errno));
	if ((i->list = list_open_without(in, COLUMN_APPOINTMENT, e)) == NULL)
		err_prefix(e, "%s", name);
	else if (store_run_open(i->run, &i->store, e) == 0 && (rc = take_all(i, e)) == 0)
		rc = say(i, e);
	(void)list_close(i->list, &later);
	if (in != stdin)
		fclose(in);
	store_close(i->store);
	return rc == 0 && i->bad > 0 ? err_exit_status(ERR_BATCH_ROWS) : rc;
}

int
store_run_import(struct app *app, int argc, char **argv, struct err *e)
{
	struct store_run r = { .o = RECORDS_OPTIONS_INIT };
	struct import i = { .run = &r, .now = (long long)time(NULL) };
	int rc = store_run_begin(&r, app, NULL, 0, argc, argv, 1, e);

	return store_run_end(&r, rc < 0 ? rc : import(&i, argv[0], e));
}

#include "cli/batch_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/confirmed.h"
#include "cli/entry.h"

/* What a row confirmed, kept until its group is written. */
struct fed {
	char		*patient;
	struct json	*result;
	int		 percent, as_of;
};

static void
forget(struct batch_records *r)
{
	for (; r->n > 0; r->n--) {
		free(r->fed[r->n - 1].patient);
		js_free(r->fed[r->n - 1].result);
	}
}

static void
give_up(struct batch_records *r)
{
	fprintf(stderr, "shikaku: %s\n", r->why.msg);
	forget(r);
	store_close(r->store);
	r->store = NULL;
}

static int
fill_row(void *ctx, struct row *row, long long mark, struct err *e)
{
	struct batch_records *r = ctx;

	(void)e;
	js_free(r->lent);
	r->lent = NULL;
	if (r->store == NULL || mark == 0)
		return 0;
	if (entry_last(r->store, row->given[COLUMN_PATIENT_ID], STORE_CONFIRMED, mark, &r->lent,
	    &r->why) < 0)
		give_up(r);
	else if (r->lent != NULL)
		(void)confirmed_fill(row, r->lent);	/* what no list could say stays blank */
	return 0;
}

void
batch_records_open(struct batch_records *r, const struct records_options *o, struct run_config *c)
{
	struct store_head head;

	if (records_open(o, &r->store, &r->why) < 0 ||
	    (r->store != NULL && store_head(r->store, &head, &r->why) < 0)) {
		give_up(r);
		return;
	}
	if (r->store == NULL)
		return;
	if ((r->fed = calloc(BATCH_RECORDS_GROUP, sizeof(*r->fed))) == NULL) {
		err_set(&r->why, ERR_NOMEM, "out of memory");
		give_up(r);
		return;
	}
	c->filler = (struct run_filler){ r, fill_row };
	c->mark = head.seq;
}

void
batch_records_close(struct batch_records *r)
{
	forget(r);
	free(r->fed);
	js_free(r->lent);
	store_close(r->store);
	*r = (struct batch_records)BATCH_RECORDS_INIT;
}

static int
write_group(struct batch_records *r, int today)
{
	const long long now = (long long)time(NULL);

	if (store_begin(r->store, &r->why) < 0)
		return -1;
	for (int i = 0; i < r->n; i++) {
		const struct fed *f = &r->fed[i];
		/* a day to come was not confirmed on that day */
		const struct confirmed c = confirmed_of(f->result, f->as_of < today ? f->as_of :
		    today, f->percent, "batch");
		const int rc = confirmed_add(r->store, f->patient, &c, now, &r->why);

		if (rc < 0) {
			store_abort(r->store);
			return -1;
		}
		r->added += rc;
	}
	return store_commit(r->store, &r->why);
}

void
batch_records_flush(struct batch_records *r, int today)
{
	if (r->n == 0)
		return;
	if (write_group(r, today) < 0)
		give_up(r);
	else
		forget(r);
}

void
batch_records_feed(struct batch_records *r, const struct row *row, const struct appraisal *a,
    int today)
{
	const char *const patient = row->given[COLUMN_PATIENT_ID];
	struct fed *f;

	if (r->store == NULL || a->out.status != STATUS_VALID || a->result == NULL ||
	    a->other_person || !a->holds_today ||
	    !fact_known(a->out.copay_percent) || a->out.copay_percent > 30 ||
	    !entry_is_patient(patient))
		return;
	f = &r->fed[r->n];
	*f = (struct fed){ strdup(patient), js_keep(a->result), a->out.copay_percent,
		row->appointment };
	if (f->patient == NULL) {
		js_free(f->result);
		err_set(&r->why, ERR_NOMEM, "out of memory");
		give_up(r);
	} else if (++r->n == BATCH_RECORDS_GROUP) {
		batch_records_flush(r, today);
	}
}

int
batch_records_status(const struct batch_records *r)
{
	const int status = err_exit_status(r->why.code);

	if (r->why.code == ERR_NONE)
		return 0;
	return status == 40 || status == 77 ? status : 41;
}

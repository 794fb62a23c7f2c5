#include <stdlib.h>
#include <string.h>

#include "batch/run_impl.h"

/* Reads until a whole file could be made, or no more fits or comes. */
static int
read_on(struct run *r, struct err *e)
{
	size_t waiting = 0;
	int rc = 1;

	for (long row = r->emitted; row < r->next; row++)
		waiting += run_slot(r, row)->state == SLOT_WAITING;
	while (rc > 0 && waiting < r->c->bulk_size && run_has_room(r) && !run_is_stopped(r)) {
		if (run_await_row(r, e) < 0)
			return -1;
		if ((rc = run_read(r, e)) > 0) {
			waiting += run_slot(r, r->next - 1)->state == SLOT_WAITING;
			if (run_emit(r, e) < 0)
				return -1;
		}
	}
	return rc < 0 ? -1 : 0;
}

/* Whether the row goes into the open file. */
static bool
belongs(const struct run *r, long row)
{
	const struct slot *s = run_slot(r, row);

	return *s->question != '\0' && !s->left_out &&
	    s->kept.row.appointment == r->file.as_of;
}

/* The file of the first row that waits, and of those of the same day behind it; 0: none waits. */
static int
choose_file(struct run *r)
{
	struct open_file *f = &r->file;
	size_t n = 0;

	*f = (struct open_file){ .open = false };
	for (long row = r->emitted; row < r->next && n < r->c->bulk_size; row++) {
		if (run_slot(r, row)->state != SLOT_WAITING)
			continue;
		if (n == 0) {
			f->first = row;
			f->as_of = run_slot(r, row)->kept.row.appointment;
		}
		if (belongs(r, row)) {
			f->last = row;
			n++;
		}
	}
	f->open = n > 0;
	return f->open;
}

static int
note_file(struct run *r, enum journal_kind kind, struct err *e)
{
	const struct open_file *f = &r->file;
	const struct journal_record record = { .kind = kind, .file = f->id,
		.question = f->question, .reception = f->reception, .as_of = f->as_of,
		.first = f->first, .last = f->last };

	if (r->journal == NULL)
		return 0;
	return journal_add(r->journal, &record, e) < 0 ? -1 : journal_sync(r->journal, e);
}

/* A file under way: its questions and the rows they are of. */
struct sending {
	struct bulk			*bulk;
	struct elig_number_request	*q;
	long				*row;
	size_t				 n;
	char				 question[JOURNAL_DIGEST_LEN + 1];	/* all of them */
	bool				 forgotten;	/* the service no longer knows the number */
};

/* After a crash the rows behind the last answer are still to be read. */
static int
read_file(struct run *r, struct err *e)
{
	while (r->file.last >= r->next) {
		if (!run_has_room(r))
			return run_another_list(r, r->next, e);
		if (run_read(r, e) <= 0)
			return e->code != ERR_NONE ? -1 : run_another_list(r, r->next, e);
		if (run_emit(r, e) < 0)
			return -1;
	}
	return 0;
}

/* A list that was changed in what the file asks would get the answers of another. */
static int
digest_file(struct run *r, struct sending *s, struct err *e)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->n; i++)
		buf_addf(&b, "%ld %s\n", s->row[i], run_slot(r, s->row[i])->question);
	return run_digest(&b, s->question, e);
}

static int
collect(struct run *r, struct sending *s, struct err *e)
{
	const size_t most = (size_t)(r->file.last - r->file.first + 1);

	if (read_file(r, e) < 0)
		return -1;
	s->q = calloc(most, sizeof(*s->q));
	s->row = calloc(most, sizeof(*s->row));
	if (s->q == NULL || s->row == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (long row = r->file.first; row <= r->file.last; row++)
		if (belongs(r, row)) {
			s->row[s->n] = row;
			s->q[s->n++] = run_question(run_slot(r, row));
		}
	return s->n > 0 ? digest_file(r, s, e) : run_another_list(r, r->file.first, e);
}

static int
take_unit(struct run *r, struct sending *s, struct bulk_event_data *d, struct err *e)
{
	const long row = s->row[d->index];

	if (run_slot(r, row)->state == SLOT_FINAL)
		return 0;
	if (d->answer.refusal == REFUSAL_RECEPTION_UNKNOWN && !r->file.resent) {
		s->forgotten = true;
		return 0;
	}
	if (run_is_fatal(&d->answer, &d->err)) {
		*e = d->err;
		return -1;
	}
	/* another run sends another file */
	if (d->answer.refusal == REFUSAL_RECEPTION_UNKNOWN)
		d->answer.retryable = true;
	if (run_record(r, row, &d->answer, &d->err, e) < 0)
		return -1;
	return run_emit(r, e);
}

/* 1: go on, 0: the file is done with. */
static int
take_event(struct run *r, struct sending *s, int event, struct bulk_event_data *d, struct err *e)
{
	switch (event) {
	case BULK_ACCEPTED:
		snprintf(r->file.reception, sizeof(r->file.reception), "%s", d->reception);
		return note_file(r, JOURNAL_RECEPTION, e) < 0 ? -1 : 1;
	case BULK_UNIT:
		return take_unit(r, s, d, e) < 0 ? -1 : 1;
	case BULK_END:
		return 0;
	default:
		return event < 0 ? -1 : 1;
	}
}

static void
note_state(struct run *r, const struct sending *s)
{
	const struct bulk_state b = bulk_state(s->bulk);

	r->state.sender = b.sender;
	r->state.bulk_polls = b.polls;
	r->state.next_poll = b.next_poll;
}

static int
watch(struct run *r, struct sending *s, struct err *e)
{
	struct bulk_event_data d;
	int rc = 1;

	while (rc > 0) {
		if (run_is_stopped(r))
			return err_set(e, ERR_INTERRUPTED, "interrupted");
		note_state(r, s);
		if (run_tick(r, e) < 0)
			return -1;
		rc = take_event(r, s, bulk_wait(s->bulk, r->c->tick_ms, &d, e), &d, e);
	}
	return rc;
}

/* Sends the open file, or goes on with it. */
static int
send_file(struct run *r, struct sending *s, struct err *e)
{
	const bool again = *r->file.id != '\0';
	struct bulk_file f = { .as_of = r->file.as_of };
	int rc;

	if (!again)
		run_begin_file(r);
	if (collect(r, s, e) < 0)
		return -1;
	if (again && strcmp(s->question, r->file.question) != 0)
		return run_another_list(r, r->file.first, e);
	f.q = s->q;
	f.n = s->n;
	f.file_id = again ? r->file.id : NULL;
	f.reception = *r->file.reception != '\0' ? r->file.reception : NULL;
	if (bulk_open(&s->bulk, r->line, &r->c->service, &r->c->bulk_config, &f, e) < 0)
		return -1;
	if (!again) {
		snprintf(r->file.id, sizeof(r->file.id), "%s", bulk_file_id(s->bulk));
		memcpy(r->file.question, s->question, sizeof(r->file.question));
		if (note_file(r, JOURNAL_FILE, e) < 0)
			return -1;
	}
	rc = watch(r, s, e);
	note_state(r, s);
	return rc;
}

static int
settle_file(struct run *r, struct err *e)
{
	struct sending s = { .bulk = NULL };
	const int rc = send_file(r, &s, e);

	bulk_close(s.bulk);
	free(s.q);
	free(s.row);
	if (rc < 0)
		return -1;
	if (s.forgotten) {
		r->file.resent = true;
		r->file.id[0] = r->file.reception[0] = '\0';
		return 0;
	}
	if (note_file(r, JOURNAL_END, e) < 0)
		return -1;
	r->file.open = false;
	return run_emit(r, e);
}

static int
send_all(struct run *r, struct err *e)
{
	for (;;) {
		if (run_is_stopped(r))
			return err_set(e, ERR_INTERRUPTED, "interrupted");
		if (r->file.open) {
			if (settle_file(r, e) < 0)
				return -1;
			continue;
		}
		if (read_on(r, e) < 0 || run_emit(r, e) < 0 || run_tick(r, e) < 0)
			return -1;
		if (!choose_file(r) && r->list_ended && r->emitted == r->next)
			return 0;
	}
}

int
run_bulk(struct run *r, struct err *e)
{
	int rc;

	/* a resumed run may have begun with larger files */
	if (bulk_connect(&r->line, &r->c->service, &r->c->bulk_config, RUN_RING, e) < 0)
		return -1;
	rc = send_all(r, e);
	sender_close(r->line);
	return rc;
}

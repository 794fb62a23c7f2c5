#include "batch/run_impl.h"

/* Reads a row; of a pipe only if nothing else (busy) is waited for.  As run_read(). */
static int
read_row(struct run *r, bool busy, struct err *e)
{
	if (!run_has_room(r) || (busy && list_would_wait(r->c->list)))
		return 0;
	return !busy && run_await_row(r, e) < 0 ? -1 : run_read(r, e);
}

/* The next row to ask about, or 0: there is none by now. */
static long
next_waiting(struct run *r, long *from, bool busy, struct err *e)
{
	/* what was written is no more in the ring, also when all was at once */
	for (*from = *from < r->emitted ? r->emitted : *from;; ++*from) {
		if (*from == r->next && read_row(r, busy, e) <= 0)
			return 0;
		if (run_slot(r, *from)->state == SLOT_WAITING)
			return *from;
	}
}

static int
submit(struct run *r, struct pool *pool, long *from, int *under_way, struct err *e)
{
	long row;

	while (!run_is_stopped(r) && pool_has_room(pool) &&
	    (row = next_waiting(r, from, *under_way > 0, e)) != 0) {
		struct slot *s = run_slot(r, row);
		const struct elig_number_request q = run_question(s);

		if (pool_submit(pool, &q, s, e) < 0)
			return -1;
		s->state = SLOT_ASKED;
		++*under_way;
	}
	return e->code == ERR_NONE ? 0 : -1;
}

static int
take(struct run *r, struct pool_done *d, struct err *e)
{
	struct slot *s = d->tag;
	int rc = 0;

	if (d->err.code == ERR_INTERRUPTED) {
		s->state = SLOT_WAITING;
	} else if (run_is_fatal(&d->answer, &d->err)) {
		*e = d->err;
		rc = -1;
	} else {
		rc = run_record(r, s->kept.row.number, &d->answer, &d->err, e);
	}
	elig_answer_free(&d->answer);
	return rc;
}

/* Takes what has come, all of it, so that it is written at once; 0 or -1. */
static int
take_all(struct run *r, struct pool *pool, int *under_way, struct err *e)
{
	struct pool_done d;
	int rc;

	for (rc = pool_wait(pool, r->c->tick_ms, &d, e); rc == 1; rc = pool_next(pool, &d)) {
		--*under_way;
		if (take(r, &d, e) < 0)
			return -1;
	}
	return rc;
}

/* Everything under way is given up; what was answered already is still recorded. */
static int
drain(struct run *r, struct pool *pool, int under_way, struct err *e)
{
	struct pool_done d;

	pool_cancel(pool);
	for (; under_way > 0 && pool_wait(pool, 0, &d, e) == 1; under_way--)
		if (take(r, &d, e) < 0)
			return -1;
	if (run_emit(r, e) < 0)
		return -1;
	return err_set(e, ERR_INTERRUPTED, "interrupted");
}

static int
ask(struct run *r, struct pool *pool, struct err *e)
{
	long from = r->emitted;
	int under_way = 0;

	for (;;) {
		if (run_emit(r, e) < 0 ||
		    (submit(r, pool, &from, &under_way, e) < 0 && e->code != ERR_INTERRUPTED))
			return -1;
		if (run_is_stopped(r))
			return drain(r, pool, under_way, e);
		if (under_way == 0 && r->list_ended)
			return run_emit(r, e);
		r->state.sender = pool_state(pool);
		if (run_tick(r, e) < 0)
			return -1;
		if (under_way > 0 && take_all(r, pool, &under_way, e) < 0)
			return -1;
	}
}

int
run_single(struct run *r, struct err *e)
{
	struct pool *pool;
	int rc;

	if (pool_open(&pool, &r->c->service, &r->c->pool, e) < 0)
		return -1;
	r->line = pool_sender(pool);
	rc = ask(r, pool, e);
	r->state.sender = pool_state(pool);
	pool_close(pool);
	return rc;
}

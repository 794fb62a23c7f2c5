#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "batch/run_impl.h"

#define SYNC_MS	1000	/* a power cut costs at most the questions of so long */

struct elig_number_request
run_question(const struct slot *s)
{
	const struct row *row = &s->kept.row;

	return (struct elig_number_request){
		.as_of = row->appointment,
		.insurer_number = row->insurer_number,
		.symbol = row->given[COLUMN_SYMBOL],
		.number = row->given[COLUMN_NUMBER],
		.branch = *row->branch != '\0' ? row->branch : NULL,
		.birthdate = row->birthdate,
		.id = s->id,
	};
}

int
run_digest(struct buf *text, char out[static JOURNAL_DIGEST_LEN + 1], struct err *e)
{
	uint8_t hash[HASH_SHORT_LEN];
	const bool failed = text->failed;

	if (!failed) {
		hash_short(text->p, text->n, hash);
		hex_encode(hash, HASH_SHORT_LEN, out);
	}
	buf_free(text);
	return failed ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}

/* What was asked, so that another list is noticed. */
static int
digest(struct slot *s, struct err *e)
{
	const struct elig_number_request q = run_question(s);
	const char *const text[] = { q.insurer_number, q.symbol, q.number, q.branch };
	struct buf b = BUF_INIT;

	buf_add(&b, (const char *)&q.as_of, sizeof(q.as_of));
	buf_add(&b, (const char *)&q.birthdate, sizeof(q.birthdate));
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		buf_adds(&b, text[i] != NULL ? text[i] : "");
		buf_addc(&b, '\n');
	}
	return run_digest(&b, s->question, e);
}

int
run_read(struct run *r, struct err *e)
{
	struct slot *s = run_slot(r, r->next);
	struct row row;
	int rc;

	if (r->list_ended)
		return 0;
	rc = list_next(r->c->list, &row);
	/* a signal ends the wait for a pipe; that is no end of the list, nor of half a row */
	if (run_is_stopped(r))
		return err_set(e, ERR_INTERRUPTED, "interrupted");
	if (rc == 0) {
		r->list_ended = true;
		return list_check(r->c->list, e);
	}
	if (row.fault == ROW_NONE && r->c->filler.row != NULL &&
	    r->c->filler.row(r->c->filler.ctx, &row, r->c->mark, e) < 0)
		return -1;
	*s = (struct slot){ .kept = KEPT_INIT };
	if (kept_copy(&s->kept, &row) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->bytes = list_bytes(r->c->list);
	r->next++;
	if (row.fault != ROW_NONE || row_unaskable(&row) != COLUMN_MAX) {
		s->found.error = ERR_MALFORMED;
		s->state = SLOT_FINAL;
		return 1;
	}
	snprintf(s->id, sizeof(s->id), "r%ld", row.number);
	return digest(s, e) < 0 ? -1 : 1;
}

int
run_await_row(struct run *r, struct err *e)
{
	struct sender_item *none;

	if (!list_would_wait(r->c->list))
		return 0;
	r->last_tick = r->last_sync = 0;
	if (run_emit(r, e) < 0 || run_tick(r, e) < 0)
		return -1;
	while (sender_state(r->line).breaker_open && list_would_wait(r->c->list)) {
		if (run_is_stopped(r))
			return err_set(e, ERR_INTERRUPTED, "interrupted");
		r->state.sender = sender_state(r->line);
		if (run_tick(r, e) < 0)
			return -1;
		if (sender_wait(r->line, https_clock_ms() + r->c->tick_ms, &none, e) < 0)
			return -1;
	}
	return 0;
}

static void
release(struct run *r)
{
	const long until = r->file.open && r->file.first < r->emitted ? r->file.first :
	    r->emitted;

	for (; r->head < until; r->head++) {
		struct slot *s = run_slot(r, r->head);

		kept_free(&s->kept);
		js_free(s->doc);
		free(s->code);
		free(s->message);
		*s = (struct slot){ .doc = NULL };
	}
}

int
run_emit(struct run *r, struct err *e)
{
	if (r->journal != NULL && journal_write(r->journal, e) < 0)
		return -1;
	while (r->emitted < r->next && run_slot(r, r->emitted)->state == SLOT_FINAL) {
		struct slot *s = run_slot(r, r->emitted);
		const struct out_row *out = &r->appraisal.out;

		if (appraise(&r->c->by, &s->kept.row, &s->found, &r->appraisal) < 0)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (r->c->sink.row(r->c->sink.ctx, &s->kept.row, &r->appraisal, e) < 0)
			return -1;
		r->state.rows++;
		r->state.bytes = s->bytes;
		r->state.of_status[out->status]++;
		r->state.retryable += out->retryable;
		r->emitted++;
	}
	release(r);
	return 0;
}

int
run_tick(struct run *r, struct err *e)
{
	const long long now = https_clock_ms();

	if (r->journal != NULL && now - r->last_sync >= SYNC_MS) {
		r->last_sync = now;
		if (journal_sync(r->journal, e) < 0)
			return -1;
	}
	if (now - r->last_tick < r->c->tick_ms)
		return 0;
	r->last_tick = now;
	return r->c->sink.tick(r->c->sink.ctx, &r->state, e);
}

/* Every refusal that comes as a reply has a code. */
static bool
is_refused_in_tls(const struct elig_answer *a, const struct err *why)
{
	return why->code == ERR_SERVICE_REFUSED && a->refusal == REFUSAL_NONE && a->code == NULL;
}

bool
run_is_fatal(const struct elig_answer *a, const struct err *why)
{
	switch (why->code) {
	case ERR_TLS_PEER_MISMATCH:
	case ERR_CONFIG:
	case ERR_NOMEM:
	case ERR_INTERNAL:
		return true;
	default:
		return a->refusal == REFUSAL_CLIENT_CERTIFICATE_REQUIRED ||
		    a->refusal == REFUSAL_INSTITUTION_MISMATCH || is_refused_in_tls(a, why);
	}
}

void
run_begin_file(struct run *r)
{
	for (long row = r->file.first; row <= r->file.last && row < r->next; row++)
		run_slot(r, row)->left_out = run_slot(r, row)->state == SLOT_FINAL;
}

static const char *
not_empty(const char *s)
{
	return s != NULL && *s != '\0' ? s : NULL;
}

static int
keep_text(const char **borrowed, char **kept)
{
	if (*borrowed != NULL && (*kept = strdup(*borrowed)) == NULL)
		return -1;
	*borrowed = *kept;
	return 0;
}

int
run_record(struct run *r, long row, struct elig_answer *a, const struct err *why, struct err *e)
{
	struct slot *s = run_slot(r, row);
	const bool refused = a->refusal != REFUSAL_NONE;
	const struct journal_record record = {
		.kind = JOURNAL_ROW, .row = row, .question = s->question,
		.found = {
			.error = why->code,
			.code = not_empty(refused ? a->refusal_code : a->code),
			.message = not_empty(refused ? a->text_desk : a->message),
			.retryable = why->code != ERR_NONE && a->retryable,
			.validity = why->code == ERR_NONE ? a->validity : '\0',
			.results = why->code == ERR_NONE ? a->results : NULL,
			.by_file = r->c->bulk,
		},
	};

	if (r->journal != NULL && journal_add(r->journal, &record, e) < 0)
		return -1;
	s->found = record.found;
	s->doc = js_keep(record.found.results);
	if (keep_text(&s->found.code, &s->code) < 0 ||
	    keep_text(&s->found.message, &s->message) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->state = SLOT_FINAL;
	return 0;
}

int
run_another_list(const struct run *r, long row, struct err *e)
{
	if (run_is_stopped(r))
		return err_set(e, ERR_INTERRUPTED, "interrupted");
	return err_set(e, ERR_CONFIG, "%s: of another list (row %ld); start without --resume",
	    r->c->journal, row);
}

/* Takes what the journal has for a row that is in the ring. */
static int
take_row(struct run *r, struct journal_record *rec, struct err *e)
{
	struct slot *s;

	while (rec->row >= r->next) {
		if (!run_has_room(r))
			return err_set(e, ERR_INTEGRITY, "%s: row %ld stands too early",
			    r->c->journal, rec->row);
		if (run_read(r, e) <= 0)
			return e->code != ERR_NONE ? -1 : run_another_list(r, rec->row, e);
		if (run_emit(r, e) < 0)
			return -1;
	}
	s = run_slot(r, rec->row);
	if (rec->row < r->emitted || s->state != SLOT_WAITING ||
	    strcmp(s->question, rec->question) != 0)
		return run_another_list(r, rec->row, e);
	s->found = rec->found;
	s->doc = rec->doc;
	rec->doc = NULL;
	s->state = SLOT_FINAL;
	r->state.replayed++;
	return run_emit(r, e);
}

static int
begin_file(struct run *r, const struct journal_record *rec, struct err *e)
{
	struct open_file *f = &r->file;
	const bool again = f->open && f->first == rec->first && f->last == rec->last;

	if (!r->c->bulk || (f->open && !again) || strlen(rec->file) > ELIG_FILE_ID_LEN ||
	    rec->first < (again ? r->head : r->emitted) || rec->last - rec->first >= RUN_RING)
		return err_set(e, ERR_INTEGRITY, "%s: a file that can not be there",
		    r->c->journal);
	*f = (struct open_file){ .open = true, .resent = again, .as_of = rec->as_of,
		.first = rec->first, .last = rec->last };
	snprintf(f->id, sizeof(f->id), "%s", rec->file);
	snprintf(f->question, sizeof(f->question), "%s", rec->question);
	run_begin_file(r);
	return 0;
}

static int
take_file(struct run *r, const struct journal_record *rec, struct err *e)
{
	struct open_file *f = &r->file;

	if (rec->kind == JOURNAL_FILE)
		return begin_file(r, rec, e);
	if (rec->kind == JOURNAL_HEAD || !f->open || strcmp(f->id, rec->file) != 0)
		return err_set(e, ERR_INTEGRITY, "%s: of a file that was not begun",
		    r->c->journal);
	if (rec->kind == JOURNAL_END) {
		f->open = false;
		release(r);
		return 0;
	}
	if (!bulk_is_reception(rec->reception))
		return err_set(e, ERR_INTEGRITY, "%s: not a ReceptionNumber", r->c->journal);
	snprintf(f->reception, sizeof(f->reception), "%s", rec->reception);
	return 0;
}

/* Brings the run to where the journal ends. */
static int
replay(struct run *r, struct err *e)
{
	struct journal_record rec;
	int rc;

	while ((rc = journal_next(r->journal, &rec, e)) == 1) {
		if (run_is_stopped(r))
			rc = err_set(e, ERR_INTERRUPTED, "interrupted");
		else
			rc = rec.kind == JOURNAL_ROW ? take_row(r, &rec, e) :
			    take_file(r, &rec, e);
		js_free(rec.doc);
		if (rc < 0 || run_tick(r, e) < 0)
			return -1;
	}
	return rc;
}

static int
open_journal(struct run *r, struct err *e)
{
	struct run_config *c = r->c;
	struct journal_record head = { .kind = JOURNAL_HEAD, .bulk = c->bulk,
		.today = c->by.today, .mark = c->mark };

	if (c->journal == NULL)
		return 0;
	if (journal_open(&r->journal, c->journal, c->resume, &head, e) < 0)
		return -1;
	if (head.bulk != c->bulk)
		return err_set(e, ERR_CONFIG, "%s: begun with --mode %s", c->journal,
		    head.bulk ? "bulk" : "single");
	c->by.today = head.today;
	c->mark = head.mark;
	return replay(r, e);
}

static int
run_all(struct run *r, struct err *e)
{
	if (open_journal(r, e) < 0 || (r->c->bulk ? run_bulk(r, e) : run_single(r, e)) < 0)
		return -1;
	return r->c->sink.end(r->c->sink.ctx, e);
}

int
run_list(struct run_config *c, struct run_state *out, struct err *e)
{
	struct run r = { .c = c, .head = 1, .emitted = 1, .next = 1,
		.state.bulk = c->bulk, .appraisal = APPRAISAL_INIT };
	struct err later = ERR_INIT;
	int rc;

	if ((r.ring = calloc(RUN_RING, sizeof(*r.ring))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	rc = run_all(&r, e);
	/* what was recorded is to be there for --resume */
	if (rc < 0 && r.journal != NULL)
		(void)journal_sync(r.journal, &later);
	journal_close(r.journal, rc == 0);
	r.file.open = false;
	r.emitted = r.next;
	release(&r);
	free(r.ring);
	appraisal_free(&r.appraisal);
	*out = r.state;
	return rc;
}

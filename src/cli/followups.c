#include "cli/followups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "cli/confirmed.h"
#include "cli/entry.h"
#include "cli/followups_out.h"
#include "engine/number.h"
#include "net/pool.h"

#define WAIT_MS	1000

/* A run of them. */
struct work {
	struct followups	*f;
	struct debts		 debts;
	struct asked		*asked;		/* as many as debts; others are not asked about */
	struct pool		*pool;
	size_t			 under_way;
};

static void
wait_for_patient(struct asked *a, enum waiting_why why)
{
	a->state = ASKED_WAITING;
	a->why = why;
}

/* The last confirmed numbers of the patient; nothing where none were. */
static int
key_on_file(struct work *w, struct asked *a, struct err *e)
{
	const struct json *record, *person;

	if (entry_last(w->f->store, a->debt->patient, STORE_CONFIRMED, 0, &a->confirmed, e) < 0)
		return -1;
	record = js_get(a->confirmed, "record");
	person = js_get(a->confirmed, "person");
	a->key = (struct insured_number){ js_str(record, "insurer_number"),
		js_str(record, "symbol"), js_str(record, "number"), js_str(record, "branch") };
	if (!fact_known(a->birthdate))
		a->birthdate = entry_read_day(person, "birthdate");
	return 0;
}

static int
find_key(struct work *w, struct asked *a, struct err *e)
{
	const struct followups_key *typed = &w->f->typed;

	a->birthdate = fact_known(typed->birthdate) && typed->id != 0 ? typed->birthdate :
	    a->debt->birthdate;
	if (typed->number.insurer_number != NULL || typed->number.number != NULL)
		a->key = typed->number;
	else if (a->debt->key.insurer_number != NULL)
		a->key = a->debt->key;
	else if (key_on_file(w, a, e) < 0)
		return -1;
	if (a->key.insurer_number == NULL || a->key.number == NULL || !fact_known(a->birthdate))
		wait_for_patient(a, WAITING_NO_KEY);
	return 0;
}

/* As people write them: 枝番 of one digit, numbers of full width. */
static int
ask_one(struct work *w, struct asked *a, struct err *e)
{
	const int branch = number_branch(a->key.branch);
	struct err why = ERR_INIT;
	struct elig_number_request q = { .as_of = a->debt->visit_date,
		.insurer_number = a->insurer.digits, .symbol = a->key.symbol,
		.number = a->key.number, .birthdate = a->birthdate };
	int rc;

	(void)number_insurer(a->key.insurer_number, &a->insurer);
	if (a->key.branch != NULL && branch >= 0) {
		snprintf(a->branch, sizeof(a->branch), "%02d", branch % 100);
		q.branch = a->branch;
	}
	if ((rc = pool_submit(w->pool, &q, a, &why)) == 1) {
		a->state = ASKED_UNDER_WAY;
		w->under_way++;
	} else if (rc < 0 && why.code == ERR_USAGE) {
		wait_for_patient(a, WAITING_BAD_KEY);
	} else if (rc < 0) {
		*e = why;
		return -1;
	}
	return 0;
}

/* What the service confirmed of the visit's day, and the debts it answers, in one step. */
static int
record(struct work *w, struct asked *a, const struct json *results, const struct answered_day *at,
    struct closed_list *done, struct err *e)
{
	const long long now = (long long)time(NULL);
	const struct debt *d = a->debt;
	const struct debts_answer answer = { w->f->rb, d->patient,
		w->f->typed.number.number != NULL ? "numbers" : "followup", results, false,
		d->visit_date, now, a->birthdate };
	const struct confirmed c = confirmed_of(at->result, d->visit_date, at->percent <= 30 ?
	    at->percent : FACT_ABSENT, "followup");

	if (store_begin(w->f->store, e) < 0)
		return -1;
	if (confirmed_add(w->f->store, d->patient, &c, now, e) < 0 ||
	    debts_answer(w->f->store, &answer, done, e) < 0) {
		store_abort(w->f->store);
		return -1;
	}
	return store_commit(w->f->store, e);
}

static int
take_answer(struct work *w, struct asked *a, const struct elig_answer *answer, struct err *e)
{
	static const enum waiting_why why[] = { WAITING_RATIO_OPEN, WAITING_INVALID, WAITING_NEWER,
		WAITING_NOT_FOUND, WAITING_MULTIPLE, WAITING_RATIO_OPEN };
	struct closed_list done = { .n = 0 };
	struct answered_day at;
	int rc;

	wait_for_patient(a, why[answer->validity - '1']);
	if (answer->validity != '1')
		return 0;
	if (answered_day(w->f->rb, answer->results, a->debt->visit_date, a->birthdate, &at, e) < 0)
		return -1;
	if (at.percent == 0)
		return 0;
	if ((rc = record(w, a, answer->results, &at, &done, e)) == 0) {
		a->state = ASKED_CLOSED_BEFORE;
		/* itself, or what has taken its place meanwhile */
		for (size_t i = 0; i < done.n; i++)
			if (i == 0 || done.item[i].id == a->debt->id) {
				a->state = ASKED_CONFIRMED;
				a->closed = done.item[i];
			}
	}
	closed_list_free(&done);
	return rc;
}

static void
log_asked(struct work *w, struct asked *a)
{
	const struct deed d = { .command = "followup run", .patient = a->debt->patient,
		.outcome = a->state == ASKED_CONFIRMED ? "confirmed" :
		    a->state == ASKED_FAILED ? err_name(a->error) :
		    a->state == ASKED_CLOSED_BEFORE ? "closed" : "waiting",
		.edition = w->f->rb->edition };

	if (!a->logged)
		logbook_add(w->f->log, w->f->store, &d);
	a->logged = true;
}

static int
take(struct work *w, struct pool_done *done, struct err *e)
{
	struct asked *a = done->tag;
	int rc = 0;

	w->under_way--;
	switch (done->err.code) {
	case ERR_NONE:
		rc = take_answer(w, a, &done->answer, e);
		break;
	case ERR_TLS_PEER_MISMATCH:
	case ERR_CONFIG:
	case ERR_NOMEM:
	case ERR_INTERNAL:
		*e = done->err;
		rc = -1;
		break;
	default:
		a->state = ASKED_FAILED;
		a->error = done->err.code;
	}
	elig_answer_free(&done->answer);
	if (rc < 0)	/* nothing came of it */
		a->state = ASKED_UNDER_WAY;
	/* the store is not to be ahead of the log for longer than that */
	if (a->state == ASKED_CONFIRMED || a->state == ASKED_CLOSED_BEFORE) {
		log_asked(w, a);
		(void)logbook_write(w->f->log, w->f->store);
	}
	return rc;
}

/* As many at a time as the pool takes. */
static int
ask_all(struct work *w, struct err *e)
{
	struct pool_done done;
	size_t i = 0;
	int rc;

	while (i < w->debts.n || w->under_way > 0) {
		if (w->f->stop != NULL && *w->f->stop)
			return err_set(e, ERR_INTERRUPTED, "what is closed stays closed, "
			    "followup run asks about the rest");
		for (; i < w->debts.n && pool_has_room(w->pool); i++)
			if (w->asked[i].state == ASKED_TO_BE && ask_one(w, &w->asked[i], e) < 0)
				return -1;
		if (w->under_way == 0)
			continue;
		if ((rc = pool_wait(w->pool, WAIT_MS, &done, e)) < 0 ||
		    (rc == 1 && take(w, &done, e) < 0))
			return -1;
	}
	return 0;
}

static bool
is_wanted(const struct work *w, const struct debt *d)
{
	if (w->f->typed.id != 0)
		return d->id == w->f->typed.id && debt_is_answered(d, false);
	return d->code != NULL && strcmp(d->code, DEBT_VERIFY) == 0;
}

static int
prepare(struct work *w, struct err *e)
{
	struct pool_config config = POOL_CONFIG_INIT;
	bool any = false;

	config.wake_fd = w->f->wake_fd;
	if (debts_open(w->f->store, NULL, &w->debts, e) < 0)
		return -1;
	if ((w->asked = calloc(w->debts.n + 1, sizeof(*w->asked))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < w->debts.n; i++) {
		struct asked *a = &w->asked[i];

		a->debt = &w->debts.item[i];
		a->state = is_wanted(w, a->debt) ? ASKED_TO_BE : ASKED_NOT;
		if (a->state == ASKED_TO_BE && find_key(w, a, e) < 0)
			return -1;
		any = any || a->state != ASKED_NOT;
	}
	if (w->f->typed.id != 0 && !any)
		return err_set(e, ERR_USAGE, "nothing open that can be asked about has the number %lld",
		    w->f->typed.id);
	return pool_open(&w->pool, &w->f->service, &config, e);
}

/* Who was asked about, also when the run ends early. */
static void
log_rest(struct work *w)
{
	for (size_t i = 0; w->asked != NULL && i < w->debts.n; i++)
		if (w->asked[i].state != ASKED_NOT && w->asked[i].state != ASKED_TO_BE)
			log_asked(w, &w->asked[i]);
	(void)logbook_write(w->f->log, w->f->store);
}

static void
tell(struct followups *f, const struct asked *a, struct buf *out)
{
	f->confirmed += a->state == ASKED_CONFIRMED;
	f->waiting += a->state == ASKED_WAITING;
	f->failed += a->state == ASKED_FAILED;
	if (!f->quiet || (a->state == ASKED_CONFIRMED && a->closed.difference != 0))
		asked_add(out, a, f->ja, f->json);
}

int
followups_run(struct followups *f, struct buf *out, struct err *e)
{
	struct work w = { .f = f };
	int rc = prepare(&w, e);

	if (rc == 0)
		rc = ask_all(&w, e);
	log_rest(&w);
	for (size_t i = 0; w.asked != NULL && i < w.debts.n; i++)
		tell(f, &w.asked[i], out);
	if (rc == 0 && !f->json && !f->quiet)
		asked_summary(out, f);
	pool_close(w.pool);
	for (size_t i = 0; w.asked != NULL && i < w.debts.n; i++)
		js_free(w.asked[i].confirmed);
	free(w.asked);
	debts_free(&w.debts);
	return rc;
}

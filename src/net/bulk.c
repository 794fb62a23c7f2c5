#include "net/bulk.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/reply.h"

/* Room for each unit in the result, and for what is around them. */
#define RESULT_UNIT_MAX	8192u
#define RESULT_REST_MAX	65536u

enum step {
	STEP_SEND,	/* to be sent */
	STEP_SENDING,
	STEP_WAIT,	/* for the time to ask */
	STEP_ASKING,
	STEP_GIVE,	/* units to the caller */
	STEP_END
};

struct bulk {
	struct sender		*sender;
	struct sender_item	 item;
	struct buf		 body;
	struct elig_header	 header;
	char			 reception[BULK_RECEPTION_MAX + 1];
	struct bulk_config	 k;
	struct bulk_file	 file;
	struct bulk_units	*units;
	enum step		 step;
	long long		 next_poll;
	int			 poll_ms;	/* the wait before it */
	int			 polls;
	long			 worked_off;
	struct elig_answer	 answer;	/* of the file */
	struct err		 why;
	struct json		*failure;	/* what answer's strings point into */
};

static int
check(const struct bulk_config *c, const struct bulk_file *f, struct err *e)
{
	if (c->poll_floor_ms < 0 || c->poll_ceiling_ms < c->poll_floor_ms || c->polls_max < 1)
		return err_set(e, ERR_CONFIG, "the ceiling of polling is below its floor");
	if (f->file_id != NULL && (strlen(f->file_id) == 0 ||
	    strlen(f->file_id) > ELIG_FILE_ID_LEN))
		return err_set(e, ERR_USAGE, "not a file identifier of ours");
	if (f->reception != NULL && (f->file_id == NULL || !bulk_is_reception(f->reception)))
		return err_set(e, ERR_USAGE, "not a reception number with its file identifier");
	return 0;
}

int
bulk_connect(struct sender **out, const struct elig_service *k, const struct bulk_config *b,
    size_t units, struct err *e)
{
	struct sender_config c = { .retry = b->retry, .connections = 1,
		.timeout_ms = b->timeout_ms, .wake_fd = b->wake_fd };
	char origin[ORIGIN_MAX], institution[CLINIC_CODE_LEN + 1];

	*out = NULL;
	/* a file is many questions, and may be worked on already: only patience ends a step */
	c.retry.attempts = INT_MAX;
	if (elig_service_resolve(k, origin, institution, e) < 0)
		return -1;
	c.https = (struct https_config){ .origin = origin, .client_cert = k->client_cert,
		.client_key = k->client_key, .ca = k->ca,
		.body_max = units * RESULT_UNIT_MAX + RESULT_REST_MAX };
	return sender_open(out, &c, e);
}

static int
prepare(struct bulk *b, const struct elig_service *k, struct err *e)
{
	char origin[ORIGIN_MAX], institution[CLINIC_CODE_LEN + 1];

	if (elig_service_resolve(k, origin, institution, e) < 0 ||
	    request_header(&b->header, institution, b->file.as_of, NULL, e) < 0 ||
	    bulk_units_new(&b->units, b->file.q, b->file.n, e) < 0)
		return -1;
	if (b->file.file_id != NULL)
		snprintf(b->header.file_id, sizeof(b->header.file_id), "%s", b->file.file_id);
	return 0;
}

int
bulk_open(struct bulk **out, struct sender *s, const struct elig_service *k,
    const struct bulk_config *c, const struct bulk_file *f, struct err *e)
{
	struct bulk *b;

	*out = NULL;
	if (check(c, f, e) < 0)
		return -1;
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	b->sender = s;
	b->k = *c;
	b->file = *f;
	b->poll_ms = c->poll_floor_ms;
	b->answer = (struct elig_answer)ELIG_ANSWER_INIT;
	err_clear(&b->why);
	if (prepare(b, k, e) < 0) {
		bulk_close(b);
		return -1;
	}
	if (f->reception != NULL) {
		snprintf(b->reception, sizeof(b->reception), "%s", f->reception);
		/* it has had its time */
		b->step = STEP_WAIT;
	}
	*out = b;
	return 0;
}

void
bulk_close(struct bulk *b)
{
	if (b == NULL)
		return;
	/* the sender has the item */
	if (b->step == STEP_SENDING || b->step == STEP_ASKING)
		sender_cancel(b->sender);
	bulk_units_free(b->units);
	elig_answer_free(&b->answer);
	js_free(b->failure);
	buf_free(&b->body);
	free(b);
}

const char *
bulk_file_id(const struct bulk *b)
{
	return b->header.file_id;
}

const char *
bulk_reception(const struct bulk *b)
{
	return b->reception;
}

/* The file ends with b->why; what was not final ends with it. */
static void
fail(struct bulk *b)
{
	elig_answer_fail(&b->answer, ELIG_BY_NUMBER, &b->why);
	bulk_units_fail(b->units, &b->answer, &b->why);
	b->step = STEP_GIVE;
}

static void
submit(struct bulk *b, const char *path, enum step step)
{
	b->item.path = path;
	b->item.json = &b->body;
	b->step = step;
	sender_submit(b->sender, &b->item);
}

static void
send_file(struct bulk *b)
{
	if (request_bulk(&b->body, &b->header, b->file.q, b->file.n, &b->why) < 0)
		fail(b);
	else
		submit(b, "/v1/bulk", STEP_SENDING);
}

static void
ask_result(struct bulk *b)
{
	buf_free(&b->body);
	b->polls++;
	if (request_bulk_result(&b->body, b->header.institution, b->reception, &b->why) < 0)
		fail(b);
	else
		submit(b, "/v1/bulk/result", STEP_ASKING);
}

/* When the result is to be asked for; after the last time the rest is given up. */
static void
wait_for_result(struct bulk *b, long long now)
{
	if (b->polls >= b->k.polls_max) {
		err_set(&b->why, ERR_SERVICE_TIMEOUT,
		    "the file is still worked on after being asked for %d times", b->polls);
		fail(b);
		return;
	}
	if (b->polls > 0)
		b->poll_ms += b->poll_ms / 2;
	if (b->poll_ms > b->k.poll_ceiling_ms)
		b->poll_ms = b->k.poll_ceiling_ms;
	b->next_poll = now + b->poll_ms;
	b->step = STEP_WAIT;
}

/* 0 when there is a reply of that status to be read; else the file has failed. */
static int
accept_step(struct bulk *b, long status)
{
	if (b->item.rc < 0)
		b->why = b->item.err;
	else if (reply_accept(b->item.reply, status, &b->answer, &b->why) == 0)
		return 0;
	fail(b);
	return -1;
}

/* True when the file has been taken in. */
static bool
take_receipt(struct bulk *b)
{
	const struct buf *text;
	struct bulk_receipt receipt;

	if (accept_step(b, 202) < 0)
		return false;
	text = &b->item.reply->body;
	if (bulk_read_receipt(text->n > 0 ? text->p : "", text->n, &b->header, &receipt,
	    &b->why) < 0) {
		fail(b);
		return false;
	}
	memcpy(b->reception, receipt.reception, sizeof(b->reception));
	wait_for_result(b, https_clock_ms());
	return true;
}

static void
take_result(struct bulk *b)
{
	const struct buf *text;
	struct bulk_result r;

	if (accept_step(b, 200) < 0)
		return;
	text = &b->item.reply->body;
	if (bulk_read_result(text->n > 0 ? text->p : "", text->n, &b->header, b->reception, &r,
	    &b->why) < 0) {
		fail(b);
		return;
	}
	if (r.segment == BULK_FAILED) {
		b->failure = r.doc;
		b->answer.code = r.code;
		b->answer.message = r.message;
		err_set(&b->why, ERR_SERVICE_REFUSED, "reply: SegmentOfResult 9");
		fail(b);
		return;
	}
	b->worked_off = r.worked_off;
	b->step = STEP_GIVE;
	if (bulk_units_take(b->units, &r, &b->why) < 0)
		fail(b);
}

/* A unit, or the end; or it has to wait for more. */
static enum bulk_event
give(struct bulk *b, struct bulk_event_data *out)
{
	if (bulk_units_next(b->units, &out->index, &out->answer, &out->err))
		return BULK_UNIT;
	if (bulk_units_left(b->units) > 0) {
		wait_for_result(b, https_clock_ms());
		return BULK_NOTHING;
	}
	b->step = STEP_END;
	if (b->why.code == ERR_NONE)
		b->answer.outcome = ELIG_ANSWERED;
	out->answer = b->answer;
	out->answer.doc = NULL;
	out->err = b->why;
	return BULK_END;
}

/* One step on.  1: *event is one; 0: go on; -1: broken. */
static int
advance(struct bulk *b, long long until, struct bulk_event_data *out, enum bulk_event *event,
    struct err *e)
{
	const long long wait = b->step == STEP_WAIT && b->next_poll < until ? b->next_poll : until;
	struct sender_item *it;
	const int rc = sender_wait(b->sender, wait, &it, e);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		/* the time to ask has come, or the caller's is over */
		*event = BULK_NOTHING;
		return b->step != STEP_WAIT || https_clock_ms() < b->next_poll;
	}
	if (b->step == STEP_ASKING) {
		take_result(b);
		return 0;
	}
	*event = BULK_ACCEPTED;
	out->reception = b->reception;
	return take_receipt(b);
}

int
bulk_wait(struct bulk *b, int timeout_ms, struct bulk_event_data *out, struct err *e)
{
	const long long until = https_clock_ms() + timeout_ms;

	*out = (struct bulk_event_data){ .reception = b->reception, .answer = ELIG_ANSWER_INIT,
		.err = ERR_INIT };
	while (b->step != STEP_END) {
		enum bulk_event event = BULK_NOTHING;
		int rc;

		if (b->step == STEP_GIVE) {
			if ((event = give(b, out)) != BULK_NOTHING)
				return (int)event;
			continue;
		}
		if (b->step == STEP_SEND)
			send_file(b);
		else if (b->step == STEP_WAIT && https_clock_ms() >= b->next_poll)
			ask_result(b);
		else if ((rc = advance(b, until, out, &event, e)) != 0)
			return rc < 0 ? -1 : (int)event;
	}
	return BULK_NOTHING;
}

struct bulk_state
bulk_state(const struct bulk *b)
{
	return (struct bulk_state){
		.sender = sender_state(b->sender),
		.left = bulk_units_left(b->units),
		.worked_off = b->worked_off,
		.polls = b->polls,
		.next_poll = b->step == STEP_WAIT ? b->next_poll : 0,
		.odd = bulk_units_oddities(b->units),
	};
}

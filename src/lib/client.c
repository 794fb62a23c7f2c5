#include <shikaku/client.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "lib/lib.h"
#include "net/elig.h"

_Static_assert(SHIKAKU_CHALLENGE_LEN == ELIG_CHALLENGE_LEN, "the header's number");

struct shikaku_client {
	struct elig	*elig;
};

struct shikaku_answer {
	struct elig_answer	answer;
	struct buf		online;
};

int
shikaku_client_open(struct shikaku_client **out, const struct shikaku_service *s,
    struct shikaku_error *error)
{
	const struct elig_service service = { .url = s->url, .client_cert = s->client_cert,
		.client_key = s->client_key, .ca = s->ca };
	struct shikaku_client *c = calloc(1, sizeof(*c));
	struct err e = ERR_INIT;

	*out = NULL;
	if (c == NULL) {
		err_set(&e, ERR_NOMEM, "out of memory");
	} else if (elig_open(&c->elig, &service, &e) == 0) {
		*out = c;
		return 0;
	}
	free(c);
	return lib_fail(&e, error);
}

void
shikaku_client_close(struct shikaku_client *c)
{
	if (c == NULL)
		return;
	elig_close(c->elig);
	free(c);
}

static long long
deadline(int timeout_ms)
{
	return https_clock_ms() + timeout_ms;
}

int
shikaku_client_health(struct shikaku_client *c, int timeout_ms, struct shikaku_error *error)
{
	struct err e = ERR_INIT;

	return elig_health(c->elig, deadline(timeout_ms), &e) < 0 ? lib_fail(&e, error) : 0;
}

int
shikaku_client_challenge(struct shikaku_client *c, long long now, int timeout_ms,
    struct shikaku_message *out, int *expires_in, struct shikaku_error *error)
{
	const time_t t = (time_t)now;
	struct elig_challenge challenge;
	struct err e = ERR_INIT;
	struct tm tm;

	memset(out, 0, sizeof(*out));
	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out->time, sizeof(out->time), "%Y%m%d%H%M%SZ", &tm) == 0) {
		err_set(&e, ERR_USAGE, "challenge: no such time");
		return lib_fail(&e, error);
	}
	if (elig_challenge(c->elig, deadline(timeout_ms), &challenge, &e) < 0)
		return lib_fail(&e, error);
	snprintf(out->origin, sizeof(out->origin), "%s", elig_origin(c->elig));
	snprintf(out->institution, sizeof(out->institution), "%s", elig_institution(c->elig));
	memcpy(out->challenge, challenge.bytes, sizeof(out->challenge));
	if (expires_in != NULL)
		*expires_in = challenge.expires_in;
	return 0;
}

static int
read_date(const char *s, const char *what, int *out, struct err *e)
{
	*out = s != NULL ? date_parse_iso(s, strlen(s)) : DATE_NONE;
	return *out == DATE_NONE ? err_set(e, ERR_USAGE, "%s is no date YYYY-MM-DD", what) : 0;
}

static struct shikaku_answer *
answer_new(struct err *e)
{
	struct shikaku_answer *a = calloc(1, sizeof(*a));

	if (a == NULL)
		err_set(e, ERR_NOMEM, "out of memory");
	else
		a->answer = (struct elig_answer)ELIG_ANSWER_INIT;
	return a;
}

/* What the enquiries have in common once they were made; takes a over. */
static int
give(struct shikaku_answer *a, int rc, struct err *e, struct shikaku_answer **out,
    struct shikaku_error *error)
{
	struct jw w = { &a->online, false };

	if (rc == 0 || (e->code != ERR_USAGE && e->code != ERR_NOMEM)) {
		elig_answer_write(&a->answer, NULL, &w);
		if (!a->online.failed) {
			*out = a;
			return rc < 0 ? lib_fail(e, error) : 0;
		}
		err_clear(e);
		err_set(e, ERR_NOMEM, "out of memory");
	}
	shikaku_answer_free(a);
	return lib_fail(e, error);
}

static int
read_message(const struct shikaku_message *m, enum sign_purpose want, struct sign_fields *out,
    struct err *e)
{
	if (lib_message(m, out, e) < 0)
		return -1;
	return out->purpose == want ? 0 : err_set(e, ERR_USAGE, "signed for another purpose");
}

int
shikaku_client_by_card(struct shikaku_client *c, const struct shikaku_card_enquiry *q,
    int timeout_ms, struct shikaku_answer **out, struct shikaku_error *error)
{
	struct elig_card_request rq = { .cert = { q->certificate, q->certificate_len },
		.signature = { q->signature, q->signature_len },
		.limit_consent = q->limit_consent };
	struct shikaku_answer *a;
	struct sign_fields f;
	struct err e = ERR_INIT;

	*out = NULL;
	if (read_date(q->visit_date, "visit_date", &rq.as_of, &e) < 0 ||
	    read_message(q->message, SIGN_ENQUIRY, &f, &e) < 0 || (a = answer_new(&e)) == NULL)
		return lib_fail(&e, error);
	memcpy(rq.challenge, f.challenge, sizeof(rq.challenge));
	rq.signed_at = f.time;
	return give(a, elig_by_card(c->elig, &rq, deadline(timeout_ms), &a->answer, &e), &e, out,
	    error);
}

int
shikaku_client_register(struct shikaku_client *c, const struct shikaku_registration *q,
    int timeout_ms, struct shikaku_answer **out, struct shikaku_error *error)
{
	struct elig_card_request rq = { .cert = { q->certificate, q->certificate_len },
		.signature = { q->signature, q->signature_len } };
	struct shikaku_answer *a;
	struct sign_fields f;
	struct err e = ERR_INIT;

	*out = NULL;
	if (read_message(q->message, SIGN_REGISTRATION, &f, &e) < 0 ||
	    (a = answer_new(&e)) == NULL)
		return lib_fail(&e, error);
	memcpy(rq.challenge, f.challenge, sizeof(rq.challenge));
	rq.signed_at = f.time;
	if (elig_register(c->elig, &rq, deadline(timeout_ms), &a->answer, &e) < 0)
		return give(a, -1, &e, out, error);
	shikaku_answer_free(a);
	return 0;
}

int
shikaku_client_by_visual(struct shikaku_client *c, const struct shikaku_visual_enquiry *q,
    int timeout_ms, struct shikaku_answer **out, struct shikaku_error *error)
{
	struct elig_visual_request rq = { .cert = { q->certificate, q->certificate_len },
		.operator_id = q->operator_id, .face_compared = q->face_compared,
		.limit_consent = q->limit_consent };
	struct shikaku_answer *a;
	struct err e = ERR_INIT;

	*out = NULL;
	if (read_date(q->visit_date, "visit_date", &rq.as_of, &e) < 0 ||
	    (a = answer_new(&e)) == NULL)
		return lib_fail(&e, error);
	memcpy(rq.challenge, q->message->challenge, sizeof(rq.challenge));
	return give(a, elig_by_visual(c->elig, &rq, deadline(timeout_ms), &a->answer, &e), &e,
	    out, error);
}

int
shikaku_client_by_number(struct shikaku_client *c, const struct shikaku_number_enquiry *q,
    int timeout_ms, struct shikaku_answer **out, struct shikaku_error *error)
{
	struct elig_number_request rq = { .insurer_number = q->insurer_number,
		.symbol = q->symbol, .number = q->number, .branch = q->branch,
		.limit_consent = q->limit_consent };
	struct shikaku_answer *a;
	struct err e = ERR_INIT;

	*out = NULL;
	if (read_date(q->visit_date, "visit_date", &rq.as_of, &e) < 0 ||
	    read_date(q->birthdate, "birthdate", &rq.birthdate, &e) < 0 ||
	    (a = answer_new(&e)) == NULL)
		return lib_fail(&e, error);
	return give(a, elig_by_number(c->elig, &rq, deadline(timeout_ms), &a->answer, &e), &e,
	    out, error);
}

enum shikaku_outcome
shikaku_answer_outcome(const struct shikaku_answer *a)
{
	switch (a->answer.outcome) {
	case ELIG_ANSWERED:
		return SHIKAKU_OUTCOME_ANSWERED;
	case ELIG_UNREACHABLE:
		return SHIKAKU_OUTCOME_UNREACHABLE;
	case ELIG_TIMEOUT:
		return SHIKAKU_OUTCOME_TIMEOUT;
	case ELIG_MAINTENANCE:
		return SHIKAKU_OUTCOME_MAINTENANCE;
	case ELIG_ERROR:
	case ELIG_OUTCOME_MAX:
		break;
	}
	return SHIKAKU_OUTCOME_ERROR;
}

const char *
shikaku_answer_online(const struct shikaku_answer *a)
{
	return a->online.p;
}

const char *
shikaku_answer_refusal(const struct shikaku_answer *a)
{
	return a->answer.refusal_code;
}

const char *
shikaku_answer_warning(const struct shikaku_answer *a)
{
	return a->answer.outcome == ELIG_ANSWERED ? a->answer.message : NULL;
}

bool
shikaku_answer_retryable(const struct shikaku_answer *a)
{
	return a->answer.retryable;
}

long
shikaku_answer_retry_after(const struct shikaku_answer *a)
{
	return a->answer.retry_after;
}

long long
shikaku_answer_server_time(const struct shikaku_answer *a)
{
	return a->answer.server_date;
}

void
shikaku_answer_free(struct shikaku_answer *a)
{
	if (a == NULL)
		return;
	elig_answer_free(&a->answer);
	buf_free(&a->online);
	free(a);
}

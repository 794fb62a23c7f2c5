#include "net/elig.h"

#include <stdlib.h>

struct elig {
	struct https	*https;
	char		 origin[ORIGIN_MAX];
	char		 institution[CLINIC_CODE_LEN + 1];
};

int
elig_service_resolve(const struct elig_service *k, char origin[static ORIGIN_MAX],
    char institution[static CLINIC_CODE_LEN + 1], struct err *e)
{
	if (k->url == NULL || k->client_cert == NULL)
		return err_set(e, ERR_CONFIG, "no service URL or client certificate is configured");
	if (origin_of_url(k->url, k->plain, origin, e) < 0)
		return -1;
	return clinic_code_of_cert(k->client_cert, institution, e);
}

int
elig_open(struct elig **out, const struct elig_service *k, struct err *e)
{
	struct https_config c = { NULL, k->client_cert, k->client_key, k->ca, 0 };
	struct elig *s;

	*out = NULL;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	c.origin = s->origin;
	if (elig_service_resolve(k, s->origin, s->institution, e) < 0 ||
	    https_open(&s->https, &c, e) < 0) {
		elig_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
elig_close(struct elig *s)
{
	if (s == NULL)
		return;
	https_close(s->https);
	free(s);
}

const char *
elig_origin(const struct elig *s)
{
	return s->origin;
}

const char *
elig_institution(const struct elig *s)
{
	return s->institution;
}

/* What the replies without an answer in them have in common; a NULL body is a GET. */
static int
ask(struct elig *s, const char *path, const struct buf *body, long long deadline_ms,
    struct https_reply *r, struct elig_answer *a, struct err *e)
{
	if ((body != NULL ? https_post(s->https, path, body, deadline_ms, r, e) :
	    https_get(s->https, path, deadline_ms, r, e)) < 0)
		return -1;
	return reply_accept(r, 200, a, e);
}

int
elig_health(struct elig *s, long long deadline_ms, struct err *e)
{
	struct elig_answer ignored = ELIG_ANSWER_INIT;
	struct https_reply r = HTTPS_REPLY_INIT;
	int rc;

	rc = ask(s, "/v1/health", NULL, deadline_ms, &r, &ignored, e);
	if (rc == 0)
		rc = reply_read_health(r.body.n > 0 ? r.body.p : "", r.body.n, e);
	elig_answer_free(&ignored);
	https_reply_free(&r);
	return rc;
}

int
elig_challenge(struct elig *s, long long deadline_ms, struct elig_challenge *out, struct err *e)
{
	struct elig_answer ignored = ELIG_ANSWER_INIT;
	struct https_reply r = HTTPS_REPLY_INIT;
	struct buf body = BUF_INIT;
	int rc = -1;

	buf_adds(&body, "{}");
	if (body.failed) {
		err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (ask(s, "/v1/challenge", &body, deadline_ms, &r, &ignored, e) < 0)
		goto out;
	rc = reply_read_challenge(r.body.n > 0 ? r.body.p : "", r.body.n, out, e);
out:
	elig_answer_free(&ignored);
	https_reply_free(&r);
	buf_free(&body);
	return rc;
}

/* Sends one enquiry and reads what comes; body is wiped and freed. */
static int
enquire(struct elig *s, const char *path, struct buf *body, const struct reply_expect *x,
    long long deadline_ms, struct elig_answer *out, struct err *e)
{
	struct https_reply r = HTTPS_REPLY_INIT;
	int rc;

	rc = https_post(s->https, path, body, deadline_ms, &r, e);
	rc = reply_take(rc, &r, x, out, e);
	https_reply_free(&r);
	buf_free(body);
	return rc;
}

/* A request that could not even be written. */
static int
unasked(struct buf *body, enum elig_by by, struct elig_answer *out, const struct err *e)
{
	elig_answer_fail(out, by, e);
	buf_free(body);
	return -1;
}

int
elig_by_card(struct elig *s, const struct elig_card_request *q, long long deadline_ms,
    struct elig_answer *out, struct err *e)
{
	struct elig_header h;
	const struct reply_expect x = { &h, q->challenge, q->cert, NULL };
	struct buf body = BUF_INIT;

	if (request_header(&h, s->institution, q->as_of, NULL, e) < 0 ||
	    request_by_card(&body, &h, q, e) < 0)
		return unasked(&body, ELIG_BY_CARD, out, e);
	return enquire(s, "/v1/qualification/card", &body, &x, deadline_ms, out, e);
}

int
elig_by_visual(struct elig *s, const struct elig_visual_request *q, long long deadline_ms,
    struct elig_answer *out, struct err *e)
{
	struct elig_header h;
	const struct reply_expect x = { &h, q->challenge, q->cert, NULL };
	struct buf body = BUF_INIT;

	if (request_header(&h, s->institution, q->as_of, NULL, e) < 0 ||
	    request_by_visual(&body, &h, q, e) < 0)
		return unasked(&body, ELIG_BY_CARD, out, e);
	return enquire(s, "/v1/qualification/card/visual", &body, &x, deadline_ms, out, e);
}

int
elig_by_number(struct elig *s, const struct elig_number_request *q, long long deadline_ms,
    struct elig_answer *out, struct err *e)
{
	struct elig_header h;
	const struct reply_expect x = { &h, NULL, { NULL, 0 }, q };
	struct buf body = BUF_INIT;

	if (request_header(&h, s->institution, q->as_of, NULL, e) < 0 ||
	    request_by_number(&body, &h, q, e) < 0)
		return unasked(&body, ELIG_BY_NUMBER, out, e);
	return enquire(s, "/v1/qualification/number", &body, &x, deadline_ms, out, e);
}

int
elig_register(struct elig *s, const struct elig_card_request *q, long long deadline_ms,
    struct elig_answer *out, struct err *e)
{
	struct elig_header h;
	const struct reply_expect x = { &h, q->challenge, q->cert, NULL };
	struct https_reply r = HTTPS_REPLY_INIT;
	struct buf body = BUF_INIT;
	int rc;

	request_header_undated(&h, s->institution, NULL);
	if (request_registration(&body, &h, q, e) < 0)
		return unasked(&body, ELIG_BY_CARD, out, e);
	rc = ask(s, "/v1/registration", &body, deadline_ms, &r, out, e);
	if (rc == 0)
		rc = reply_read_registration(r.body.n > 0 ? r.body.p : "", r.body.n, &x, out, e);
	if (rc < 0)
		elig_answer_fail(out, ELIG_BY_CARD, e);
	out->server_date = r.date;
	https_reply_free(&r);
	buf_free(&body);
	return rc;
}

#include "mock/service.h"

#include <string.h>
#include <strings.h>

#include "mock/card.h"
#include "mock/enquiry.h"
#include "mock/reply.h"

void
service_refuse(struct reply *r, const struct refusal *why)
{
	struct jw w = { &r->body, false };
	const char *detail = why->detail;

	buf_reset(&r->body);
	r->status = refusal_status(why->code);
	jw_open(&w, NULL, '{');
	jw_open(&w, "error", '{');
	jw_str(&w, "code", refusal_name(why->code));
	jw_bool(&w, "retryable", refusal_retryable(why->code));
	jw_str(&w, "text_desk", refusal_desk_text(why->code));
	jw_str(&w, "text_technician", *detail ? detail : refusal_technician_text(why->code));
	jw_close(&w, '}');
	jw_close(&w, '}');
}

/* With --plain there is no certificate to compare with. */
static int
check_institution(const struct request *q, const struct enquiry_header *h, struct refusal *why)
{
	if (q->client->institution[0] == '\0' ||
	    strcmp(q->client->institution, h->institution) == 0)
		return 0;
	return refuse(why, REFUSAL_INSTITUTION_MISMATCH, NULL);
}

static int
answer_health(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	(void)s, (void)q, (void)doc, (void)why;
	buf_adds(&r->body, "{\"status\":\"ok\"}");
	return 0;
}

static int
answer_challenge(struct service *s, const struct request *q, const struct json *doc,
    struct reply *r, struct refusal *why)
{
	static const char *const none[] = { NULL };
	uint8_t challenge[CHALLENGE_LEN];
	struct err e = ERR_INIT;

	if (js_only(doc, "body", none, &e) < 0)
		return refuse(why, REFUSAL_REQUEST_MALFORMED, e.msg);
	if (challenge_give(&s->challenges, q->client, q->now, challenge) < 0)
		return refuse(why, REFUSAL_OVERLOADED, NULL);
	reply_write_challenge(&r->body, challenge);
	return 0;
}

static int
answer_card(struct service *s, const struct request *q, const struct card_enquiry *c,
    bool with_signature, struct reply *r, struct refusal *why)
{
	struct answer a = { .header = &c->header, .now = q->now, .challenge = c->challenge };
	struct card_proof proof;
	int rc;

	if (check_institution(q, &c->header, why) < 0)
		return -1;
	rc = card_prove(s, q, c, with_signature, &proof, why);
	r->person = proof.person != NULL ? proof.person->id : NULL;
	if (rc < 0)
		return -1;
	a.finding = people_of_card(proof.person, c->header.day);
	a.remark = proof.remark;
	a.certificate_hash = proof.hash;
	reply_write(&r->body, &a);
	return 0;
}

static int
answer_signed(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	struct card_enquiry c = { 0 };

	if (enquiry_read_signed(doc, &c, why) < 0)
		return -1;
	return answer_card(s, q, &c, true, r, why);
}

static int
answer_visual(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	struct card_enquiry c = { 0 };

	if (enquiry_read_visual(doc, &c, why) < 0)
		return -1;
	if (!c.face_compared)
		return refuse(why, REFUSAL_FACE_NOT_CONFIRMED, NULL);
	return answer_card(s, q, &c, false, r, why);
}

static int
answer_number(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	struct number_enquiry n = { 0 };
	struct answer a = { .header = &n.header, .now = q->now };

	if (enquiry_read_number(doc, &n, why) < 0 || check_institution(q, &n.header, why) < 0)
		return -1;
	a.finding = people_by_number(s->people, &n.numbers, n.header.day);
	a.search_info = n.search_info;
	r->person = a.finding.person != NULL ? a.finding.person->id : NULL;
	reply_write(&r->body, &a);
	return 0;
}

static const struct endpoint {
	const char	*path;
	const char	*method;
	int		(*answer)(struct service *, const struct request *, const struct json *,
			    struct reply *, struct refusal *);
} endpoints[] = {
	{ "/v1/health", "GET", answer_health },
	{ "/v1/challenge", "POST", answer_challenge },
	{ "/v1/qualification/card", "POST", answer_signed },
	{ "/v1/qualification/card/visual", "POST", answer_visual },
	{ "/v1/qualification/number", "POST", answer_number },
};

static const struct endpoint *
find_endpoint(const char *path)
{
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		if (strcmp(endpoints[i].path, path) == 0)
			return &endpoints[i];
	return NULL;
}

const char *
service_path_name(const char *path)
{
	const struct endpoint *at = find_endpoint(path);

	return at != NULL ? at->path : "(other)";
}

/* application/json, whatever parameters follow. */
static bool
is_json_type(const char *type)
{
	static const char want[] = "application/json";
	const size_t n = sizeof(want) - 1;

	return type != NULL && strncasecmp(type, want, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static int
parse_body(const struct request *q, struct json **doc, struct refusal *why)
{
	struct err e = ERR_INIT;

	if (!is_json_type(q->content_type))
		return refuse(why, REFUSAL_REQUEST_MALFORMED, "Content-Type is not application/json");
	if ((*doc = js_parse(q->body, q->n, &e)) == NULL)
		return refuse(why, e.code == ERR_NOMEM ? REFUSAL_INTERNAL :
		    REFUSAL_REQUEST_MALFORMED, e.msg);
	return js_type(*doc) == JS_OBJECT ? 0 :
	    refuse(why, REFUSAL_REQUEST_MALFORMED, "body: not an object");
}

static int
answer(struct service *s, const struct request *q, struct reply *r, struct refusal *why)
{
	const struct endpoint *at = find_endpoint(q->path);
	struct json *doc = NULL;
	int rc;

	if (at == NULL)
		return refuse(why, REFUSAL_NOT_FOUND, NULL);
	if (strcmp(at->method, q->method) != 0) {
		r->allow = at->method;
		return refuse(why, REFUSAL_METHOD_NOT_ALLOWED, NULL);
	}
	if (strcmp(at->method, "GET") == 0)
		return at->answer(s, q, NULL, r, why);
	rc = parse_body(q, &doc, why);
	if (rc == 0)
		rc = at->answer(s, q, doc, r, why);
	js_free(doc);
	return rc;
}

void
service_answer(struct service *s, const struct request *q, struct reply *r)
{
	struct refusal why = REFUSAL_INIT;

	*r = (struct reply){ .status = 200, .body = BUF_INIT };
	if (answer(s, q, r, &why) < 0)
		service_refuse(r, &why);
	if (r->body.failed) {
		buf_free(&r->body);
		why.code = REFUSAL_INTERNAL;
		why.detail[0] = '\0';
		service_refuse(r, &why);
	}
}

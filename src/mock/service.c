#include "mock/service.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mock/card.h"
#include "mock/enquiry.h"
#include "mock/reply.h"

#define BODY_MAX	65536
#define BULK_BODY_MAX	(8u << 20)

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
check_institution(const struct request *q, const char *code, struct refusal *why)
{
	if (q->client->institution[0] == '\0' || strcmp(q->client->institution, code) == 0)
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

	if (check_institution(q, c->header.institution, why) < 0)
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
answer_registration(struct service *s, const struct request *q, const struct json *doc,
    struct reply *r, struct refusal *why)
{
	struct card_enquiry c = { 0 };
	struct answer a = { .header = &c.header, .now = q->now, .challenge = c.challenge };
	struct card_proof proof;
	int rc;

	if (enquiry_read_registration(doc, &c, why) < 0 ||
	    check_institution(q, c.header.institution, why) < 0)
		return -1;
	rc = card_prove(s, q, &c, true, &proof, why);
	r->person = proof.person != NULL ? proof.person->id : NULL;
	if (rc < 0)
		return -1;
	people_register(s->people, proof.person);
	a.remark = proof.remark;
	a.certificate_hash = proof.hash;
	reply_write_registration(&r->body, &a);
	return 0;
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

/* A question without ArbitraryIdentifier is counted by what it says. */
static void
count_single(const struct service *s, const struct json *question)
{
	const char *id = js_str(question, "ArbitraryIdentifier");
	struct buf text = BUF_INIT;
	struct jw w = { &text, false };

	if (s->stats == NULL)
		return;
	if (id != NULL && *id != '\0') {
		stats_count(s->stats, COUNTER_SINGLE, id);
		return;
	}
	jw_json(&w, NULL, question);
	stats_count_unnamed(s->stats, COUNTER_SINGLE, text.p, text.n);
	buf_free(&text);
}

static void
count_bulk(const struct service *s, const struct json *units)
{
	for (size_t i = 0; s->stats != NULL && i < js_len(units); i++)
		stats_count(s->stats, COUNTER_BULK, js_str(js_at(units, i), "ArbitraryIdentifier"));
}

static int
answer_number(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	struct number_enquiry n = { 0 };
	struct answer a = { .header = &n.header, .now = q->now };

	if (enquiry_read_number(doc, &n, why) < 0 ||
	    check_institution(q, n.header.institution, why) < 0)
		return -1;
	count_single(s, n.search_info);
	a.finding = people_by_number(s->people, &n.numbers, n.header.day);
	a.search_info = n.search_info;
	r->person = a.finding.person != NULL ? a.finding.person->id : NULL;
	reply_write(&r->body, &a);
	return 0;
}

static int
answer_bulk(struct service *s, const struct request *q, const struct json *doc, struct reply *r,
    struct refusal *why)
{
	struct bulk_enquiry b;
	struct bulk_file *f;
	size_t before;

	if (enquiry_read_bulk(doc, s->bulk.config.units_max, &b, why) < 0 ||
	    check_institution(q, b.header.institution, why) < 0 ||
	    (f = bulk_file_new(s->people, &b, why)) == NULL)
		return -1;
	before = s->bulk.taken;
	if ((f = bulk_take(&s->bulk, f, q->now, q->now_ms, why)) == NULL)
		return -1;
	stats_count(s->stats, COUNTER_UPLOAD, f->id);
	if (s->bulk.taken != before)
		count_bulk(s, b.units);
	r->status = 202;
	bulk_write_receipt(&r->body, f, q->now);
	return 0;
}

static int
answer_bulk_result(struct service *s, const struct request *q, const struct json *doc,
    struct reply *r, struct refusal *why)
{
	struct result_enquiry e;
	struct bulk_file *f;
	size_t done;

	if (enquiry_read_result(doc, &e, why) < 0 ||
	    check_institution(q, e.institution, why) < 0)
		return -1;
	if ((f = bulk_find(&s->bulk, e.institution, e.reception, q->now_ms)) == NULL)
		return refuse(why, REFUSAL_RECEPTION_UNKNOWN, NULL);
	f->delivered = bulk_is_done(&s->bulk, f, q->now_ms, &done);
	stats_count(s->stats, f->delivered ? COUNTER_RESULT : COUNTER_POLL, f->id);
	bulk_write_result(&r->body, &s->bulk, f, q->now, q->now_ms);
	return 0;
}

static const struct endpoint {
	const char	*path;
	const char	*method;
	size_t		 body_max;
	int		(*answer)(struct service *, const struct request *, const struct json *,
			    struct reply *, struct refusal *);
} endpoints[] = {
	{ "/v1/health", "GET", BODY_MAX, answer_health },
	{ "/v1/challenge", "POST", BODY_MAX, answer_challenge },
	{ "/v1/qualification/card", "POST", BODY_MAX, answer_signed },
	{ "/v1/qualification/card/visual", "POST", BODY_MAX, answer_visual },
	{ "/v1/registration", "POST", BODY_MAX, answer_registration },
	{ "/v1/qualification/number", "POST", BODY_MAX, answer_number },
	{ "/v1/bulk", "POST", BULK_BODY_MAX, answer_bulk },
	{ "/v1/bulk/result", "POST", BODY_MAX, answer_bulk_result },
};

static const struct endpoint *
find_endpoint(const char *path)
{
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		if (strcmp(endpoints[i].path, path) == 0)
			return &endpoints[i];
	return NULL;
}

size_t
service_body_max(const char *path)
{
	const struct endpoint *at = find_endpoint(path);

	return at != NULL ? at->body_max : BODY_MAX;
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
	(void)memory_was_lost();
	people_tick(s->people, q->now_ms);
	if (answer(s, q, r, &why) < 0)
		service_refuse(r, &why);
	/* also where somebody was not found, or was found to be another, for want of it */
	if (r->body.failed || memory_was_lost()) {
		buf_free(&r->body);
		why.code = REFUSAL_INTERNAL;
		why.detail[0] = '\0';
		service_refuse(r, &why);
	}
}

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "desk/check_impl.h"
#include "engine/number.h"

#define SKEW_WARN_S		30
#define SKEW_REFUSE_S		86400
#define CLOSE_MS		1000	/* for one SELECT, some 15 ms at 106 kbit/s */

static void
utc_now(char out[static MESSAGE_TIME_LEN + 1])
{
	const time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, MESSAGE_TIME_LEN + 1, "%Y%m%d%H%M%SZ", &tm);
}

void
check_leave_card(struct session *s)
{
	struct err ignored = ERR_INIT;

	if (s->held && s->rq->identify)
		check_inspect(s);
	else if (s->held)
		/* a card that does not answer any more does not take the enquiry's time with it */
		(void)reader_close(s->reader, check_share_ms(s, CLOSE_MS), &ignored);
	s->held = false;
}

int
check_sign(struct session *s, enum sign_purpose purpose, struct signed_request *out,
    struct err *e)
{
	const struct reader_card *card = &s->c->card;
	const struct elig *service = enquiry_service(s->enquiry);
	struct sign_fields *f = &out->fields;
	uint8_t digest[HASH_SHA256_LEN];
	size_t n = 0;

	*out = (struct signed_request){ .fields = { .purpose = purpose } };
	snprintf(f->origin, sizeof(f->origin), "%s", elig_origin(service));
	snprintf(f->institution, sizeof(f->institution), "%s", elig_institution(service));
	memcpy(f->challenge, s->challenge.bytes, sizeof(f->challenge));
	utc_now(f->time);
	if (reader_sign(s->reader, f, check_left_ms(s), out->signature, sizeof(out->signature), &n,
	    e) < 0 || message_digest(f, card->certificate, card->certificate_len, digest, e) < 0)
		return -1;
	out->q.cert = (struct span){ card->certificate, card->certificate_len };
	out->q.signature = (struct span){ out->signature, n };
	out->q.signed_at = f->time;
	memcpy(out->q.challenge, s->challenge.bytes, sizeof(out->q.challenge));
	return x509_verify_digest(card->certificate, card->certificate_len, digest, out->signature,
	    n, e);
}

/* 0 and -1 as the enquiry; 2 when the card failed at the last moment. */
static int
ask_signed(struct session *s, struct err *e)
{
	struct signed_request signed_request;
	struct elig_card_request *q = &signed_request.q;
	struct err ce = ERR_INIT;

	if (check_sign(s, SIGN_ENQUIRY, &signed_request, &ce) < 0) {
		check_card_failed(s->c, &ce);
		return 2;
	}
	/* the patient may take the card, unless it may have to sign once more */
	if (!s->rq->interactive && !s->rq->register_card)
		check_leave_card(s);
	q->as_of = s->c->facts.visit_date;
	q->limit_consent = s->c->limit_consent;
	s->c->asked = true;
	return elig_by_card(enquiry_service(s->enquiry), q, s->deadline_ms, &s->c->answer, e);
}

static int
ask_visual(struct session *s, struct err *e)
{
	const struct reader_card *card = &s->c->card;
	struct elig_visual_request q = {
		.as_of = s->c->facts.visit_date,
		.cert = { card->certificate, card->certificate_len },
		.operator_id = s->rq->operator_id, .face_compared = true,
		.limit_consent = s->c->limit_consent,
	};

	memcpy(q.challenge, s->challenge.bytes, sizeof(q.challenge));
	s->c->asked = true;
	check_warn(s->c, "visual_assumed");
	return elig_by_visual(enquiry_service(s->enquiry), &q, s->deadline_ms, &s->c->answer, e);
}

/* A code that can not be right is sent all the same: the service knows its clinics. */
static void
check_institution(struct session *s)
{
	struct number code;

	if (number_institution(elig_institution(enquiry_service(s->enquiry)), &code) !=
	    NUMBER_GOOD)
		check_warn(s->c, "institution_code_check");
}

/* A refusal that says something about the card, and not about the service. */
static bool
refused_because_of_card(struct check *c)
{
	switch (c->answer.refusal) {
	case REFUSAL_CARD_NOT_REGISTERED:
		/* what the patient said to it stands */
		if (!c->declined)
			c->facts.card.registered = REGISTERED_NO;
		return true;
	case REFUSAL_CERTIFICATE_REVOKED:
		c->facts.card.certificate_revoked = 1;
		return true;
	default:
		return false;
	}
}

static int
clock_check(struct check *c, struct err *e)
{
	long long ahead;

	if (!elig_clock_skew(&c->answer, (long long)time(NULL), &ahead))
		return 0;
	if (ahead > SKEW_REFUSE_S || ahead < -SKEW_REFUSE_S)
		return err_set(e, ERR_CLOCK, "this machine's clock is %lld s off the service's",
		    ahead);
	if (ahead > SKEW_WARN_S || ahead < -SKEW_WARN_S)
		check_warn(c, "clock_skew");
	return 0;
}

/* The answer as the contract's "online" object, read as any facts are. */
static int
take_answer(struct check *c, struct err *e)
{
	struct facts_error why;
	struct buf b = BUF_INIT;
	struct jw w = { &b, false };
	bool unknown = false;

	jw_open(&w, NULL, '{');
	elig_answer_write(&c->answer, "online", &w);
	jw_close(&w, '}');
	if (b.failed || (c->online = js_parse(b.p, b.n, e)) == NULL) {
		buf_free(&b);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	buf_free(&b);
	if (facts_read(c->online, false, &c->facts, &unknown, &why) < 0) {
		/* well-formed, but it can not be true: no answer at all */
		struct err re = ERR_INIT;

		err_set(&re, ERR_REPLY_MALFORMED, "%s: %s", why.key, why.reason);
		check_keep(c, &re);
		c->answer.outcome = ELIG_ERROR;
		c->answer.validity = '\0';
		c->facts.online.presence = PRESENT;
		c->facts.online.outcome = OUTCOME_ERROR;
	}
	if (unknown)
		check_warn(c, "unknown_element");
	return 0;
}

/* The service could not even be asked: a fact, as every failure of it. */
static int
service_failed(struct session *s, const struct err *se, struct err *e)
{
	struct check *c = s->c;

	c->asked = true;
	check_keep(c, se);
	if (se->code == ERR_TLS_PEER_MISMATCH)
		check_warn(c, "service_identity");
	return se->code == ERR_CONFIG ? err_set(e, ERR_CONFIG, "%s", se->msg) : 0;
}

/* The enquiry, made once more where the card was registered for it. */
static int
enquire(struct session *s, struct err *se)
{
	int rc;

	if (s->c->facts.card.identity == IDENTITY_VISUAL)
		return ask_visual(s, se);
	s->held = true;
	rc = ask_signed(s, se);
	if (rc < 0 && s->c->answer.refusal == REFUSAL_CARD_NOT_REGISTERED) {
		rc = check_register(s, se);
		if (rc == 0) {
			check_progress(s->rq, MSG_ENQUIRING);
			rc = ask_signed(s, se);
		} else if (rc == 1) {
			rc = -1;
		}
	}
	check_leave_card(s);
	return rc;
}

int
check_ask(struct session *s, struct err *e)
{
	struct check *c = s->c;
	struct err se = ERR_INIT;
	int rc;

	check_progress(s->rq, MSG_ENQUIRING);
	check_institution(s);
	if ((rc = enquire(s, &se)) == 2)
		return 0;
	if (rc < 0 && service_failed(s, &se, e) < 0)
		return -1;
	if (clock_check(c, e) < 0)
		return -1;
	if (rc < 0 && refused_because_of_card(c))
		return 0;
	if (c->answer.outcome == ELIG_ANSWERED && c->answer.message != NULL)
		check_warn(c, "service_warning");
	return take_answer(c, e);
}

int
check_no_service(struct session *s, const struct err *why, struct err *e)
{
	elig_answer_fail(&s->c->answer, ELIG_BY_CARD, why);
	if (service_failed(s, why, e) < 0 || take_answer(s->c, e) < 0)
		return -1;
	return 1;
}

/*
 * The challenge, before anybody is asked for a PIN: no try is spent for a
 * service that does not answer.  0, 1 when it can not be had, -1 with e.
 */
int
check_challenge(struct session *s, struct err *e)
{
	struct err se = ERR_INIT;

	if (enquiry_challenge(s->enquiry, s->deadline_ms, &s->challenge, &se) == 0)
		return 0;
	return check_no_service(s, &se, e);
}

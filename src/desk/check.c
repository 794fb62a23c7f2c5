#include "desk/check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "desk/ask.h"
#include "desk/enquiry.h"
#include "desk/identity.h"
#include "desk/msg.h"
#include "desk/term.h"
#include "engine/number.h"

#define PERSON_WAIT_MS		60000	/* for a card to be laid down */
#define LOOK_MS			300	/* between two looks at the keyboard meanwhile */
#define SKEW_WARN_S		30
#define SKEW_REFUSE_S		86400

struct session {
	const struct check_request	*rq;
	struct check			*c;
	struct reader			*reader;
	struct enquiry			*enquiry;
	long long			 deadline_ms;
	struct x509_info		 cert;
	struct elig_challenge		 challenge;
};

void
check_init(struct check *c, int visit_date)
{
	*c = (struct check){ .answer = ELIG_ANSWER_INIT, .error = ERR_INIT };
	facts_init(&c->facts, visit_date);
}

void
check_release(struct check *c)
{
	elig_answer_free(&c->answer);
	js_free(c->online);
	explicit_bzero(&c->card, sizeof(c->card));
}

void
check_again(struct check *c)
{
	const struct check other = { .answer = ELIG_ANSWER_INIT, .error = ERR_INIT,
		.facts = c->facts };
	struct facts blank;

	check_release(c);
	*c = other;
	facts_init(&blank, c->facts.visit_date);
	c->facts.card = blank.card;
	c->facts.online = blank.online;
}

static void
progress(const struct check_request *rq, enum msg m)
{
	if (!rq->quiet)
		fprintf(stderr, "%s\n", msg(m, rq->ja));
}

static int
left_ms(const struct session *s)
{
	const long long left = s->deadline_ms - https_clock_ms();

	return left > 1 ? (int)left : 1;
}

static void
warn(struct check *c, const char *code)
{
	if (c->warnings < CHECK_WARNINGS_MAX)
		c->warning[c->warnings++] = code;
}

/* A failure that is a fact: the first one is kept for the output. */
static void
keep(struct check *c, const struct err *e)
{
	if (c->error.code == ERR_NONE)
		c->error = *e;
}

/* What a failure of card or reader says about the card. */
static void
card_failed(struct check *c, const struct err *e)
{
	keep(c, e);
	if (!fact_known(c->facts.card.medium))
		c->facts.card.medium = MEDIUM_CARD;
	switch (e->code) {
	case ERR_CARD_NONE:
		/* nothing lies there: whether there is a card is still to be asked */
		c->facts.card.medium = FACT_UNASKED;
		break;
	case ERR_CARD_NOT_JPKI:
		c->facts.card.read = READ_NOT_MY_NUMBER;
		break;
	case ERR_CARD_REMOVED:
	case ERR_CARD_UNREADABLE:
	case ERR_CARD_CERT:
	case ERR_CARD_SIGNATURE:
		c->facts.card.read = READ_UNREADABLE;
		break;
	default:
		c->facts.card.read = READ_READER_FAULT;
		break;
	}
}

/* A card whose certificate is not of the real hierarchy is no My Number card. */
static int
check_certificate(struct session *s, struct err *e)
{
	const struct reader_card *card = &s->c->card;
	const struct x509_anchors *anchors = s->rq->anchors;

	if (x509_info(card->certificate, card->certificate_len, &s->cert, e) < 0)
		return -1;
	if (!s->cert.authentication)
		return err_set(e, ERR_CARD_CERT, "not an authentication certificate");
	if (s->cert.test && !s->rq->test_mode)
		return err_set(e, ERR_CARD_NOT_JPKI, "a card of the test hierarchy");
	if (anchors == NULL || x509_anchors_count(anchors) == 0)
		return 0;
	if (x509_check_issuer(card->certificate, card->certificate_len, anchors, e) < 0) {
		e->code = ERR_CARD_NOT_JPKI;
		return -1;
	}
	return 0;
}

/* A card that may still be laid down. */
struct waiting {
	struct session	*s;
	long long	 until_ms;
	struct err	*e;
};

/* One look: 1 when the card is open, -1 with e, 0 when none lies there yet. */
static int
look_for_card(void *ctx)
{
	const struct waiting *w = ctx;
	struct reader_request request = w->s->rq->card;
	const long long began_ms = https_clock_ms();

	err_clear(w->e);
	request.wait_ms = LOOK_MS;
	if (reader_open(w->s->reader, &request, left_ms(w->s), &w->s->c->card, w->e) == 0)
		return 1;
	if (w->e->code != ERR_CARD_NONE || https_clock_ms() >= w->until_ms)
		return -1;
	w->s->deadline_ms += https_clock_ms() - began_ms;
	return 0;
}

/* 0, -1 with e, or 1 when the person says that there is none. */
static int
open_card(struct session *s, struct err *e)
{
	struct waiting w = { s, https_clock_ms() + PERSON_WAIT_MS, e };
	int rc;

	if (!s->rq->interactive || s->rq->card.card_file != NULL) {
		progress(s->rq, MSG_READING_CARD);
		return reader_open(s->reader, &s->rq->card, left_ms(s), &s->c->card, e);
	}
	progress(s->rq, MSG_PLACE_CARD);
	rc = term_until_key("n", look_for_card, &w);
	if (rc == 0)
		err_clear(e);
	return rc == 1 ? 0 : rc == 0 ? 1 : -1;
}

/* As open_card(). */
static int
read_card(struct session *s, struct err *e)
{
	struct check *c = s->c;
	const int rc = open_card(s, e);

	if (rc != 0)
		return rc;
	c->card_seen = true;
	c->facts.card.medium = jpki_is_phone(c->card.medium) ? MEDIUM_PHONE : MEDIUM_CARD;
	if (c->card.certificate_needs_pin)
		return err_set(e, ERR_CARD_UNREADABLE, "a phone: this reader reads cards only");
	if (check_certificate(s, e) < 0)
		return -1;
	c->facts.card.read = READ_OK;
	c->facts.card.certificate_not_after = s->cert.not_after;
	return 0;
}

static void
utc_now(char out[static MESSAGE_TIME_LEN + 1])
{
	const time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(out, MESSAGE_TIME_LEN + 1, "%Y%m%d%H%M%SZ", &tm);
}

/* The card's signature over the challenge, checked here before it is sent. */
static int
sign(struct session *s, struct sign_fields *f, uint8_t *sig, size_t sig_max, size_t *sig_len,
    struct err *e)
{
	const struct reader_card *card = &s->c->card;
	const struct elig *service = enquiry_service(s->enquiry);
	uint8_t digest[HASH_SHA256_LEN];

	snprintf(f->origin, sizeof(f->origin), "%s", elig_origin(service));
	snprintf(f->institution, sizeof(f->institution), "%s", elig_institution(service));
	memcpy(f->challenge, s->challenge.bytes, sizeof(f->challenge));
	utc_now(f->time);
	if (reader_sign(s->reader, f, left_ms(s), sig, sig_max, sig_len, e) < 0 ||
	    message_digest(f, card->certificate, card->certificate_len, digest, e) < 0)
		return -1;
	return x509_verify_digest(card->certificate, card->certificate_len, digest, sig, *sig_len,
	    e);
}

static int
ask_signed(struct session *s, struct err *e)
{
	const struct reader_card *card = &s->c->card;
	struct sign_fields f = { .origin = "" };
	struct elig_card_request q = { .as_of = s->c->facts.visit_date };
	uint8_t sig[1024];
	size_t sig_len = 0;
	struct err ce = ERR_INIT;

	if (sign(s, &f, sig, sizeof(sig), &sig_len, &ce) < 0) {
		card_failed(s->c, &ce);
		return 0;
	}
	/* the patient may take the card; what is left is between us and the service */
	(void)reader_close(s->reader, left_ms(s), &ce);
	q.cert = (struct span){ card->certificate, card->certificate_len };
	q.signature = (struct span){ sig, sig_len };
	q.signed_at = f.time;
	q.limit_consent = s->c->limit_consent;
	memcpy(q.challenge, s->challenge.bytes, sizeof(q.challenge));
	s->c->asked = true;
	return elig_by_card(enquiry_service(s->enquiry), &q, s->deadline_ms, &s->c->answer, e);
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
	warn(s->c, "visual_assumed");
	return elig_by_visual(enquiry_service(s->enquiry), &q, s->deadline_ms, &s->c->answer, e);
}

/* A code that can not be right is sent all the same: the service knows its clinics. */
static void
check_institution(struct session *s)
{
	struct number code;

	if (number_institution(elig_institution(enquiry_service(s->enquiry)), &code) !=
	    NUMBER_GOOD)
		warn(s->c, "institution_code_check");
}

/* A refusal that says something about the card, and not about the service. */
static bool
refused_because_of_card(struct check *c)
{
	switch (c->answer.refusal) {
	case REFUSAL_CARD_NOT_REGISTERED:
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
		warn(c, "clock_skew");
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
		keep(c, &re);
		c->answer.outcome = ELIG_ERROR;
		c->answer.validity = '\0';
		c->facts.online.presence = PRESENT;
		c->facts.online.outcome = OUTCOME_ERROR;
	}
	if (unknown)
		warn(c, "unknown_element");
	return 0;
}

/* The service could not even be asked: a fact, as every failure of it. */
static int
service_failed(struct session *s, const struct err *se, struct err *e)
{
	struct check *c = s->c;

	c->asked = true;
	keep(c, se);
	if (se->code == ERR_TLS_PEER_MISMATCH)
		warn(c, "service_identity");
	return se->code == ERR_CONFIG ? err_set(e, ERR_CONFIG, "%s", se->msg) : 0;
}

static int
ask_service(struct session *s, struct err *e)
{
	struct check *c = s->c;
	struct err se = ERR_INIT;
	int rc;

	progress(s->rq, MSG_ENQUIRING);
	check_institution(s);
	rc = c->facts.card.identity == IDENTITY_VISUAL ? ask_visual(s, &se) : ask_signed(s, &se);
	if (!c->asked)
		return 0;	/* the card failed at the last moment */
	if (rc < 0 && service_failed(s, &se, e) < 0)
		return -1;
	if (clock_check(c, e) < 0)
		return -1;
	if (rc < 0 && refused_because_of_card(c))
		return 0;
	if (c->answer.outcome == ELIG_ANSWERED && c->answer.message != NULL)
		warn(c, "service_warning");
	return take_answer(c, e);
}

/*
 * The challenge, before anybody is asked for a PIN: no try is spent for a
 * service that does not answer.  0, 1 when it can not be had, -1 with e.
 */
static int
have_challenge(struct session *s, struct err *e)
{
	struct err se = ERR_INIT;

	if (enquiry_challenge(s->enquiry, s->deadline_ms, &s->challenge, &se) == 0)
		return 0;
	elig_answer_fail(&s->c->answer, ELIG_BY_CARD, &se);
	if (service_failed(s, &se, e) < 0 || take_answer(s->c, e) < 0)
		return -1;
	return 1;
}

/* An APDU log that cannot be written or a fixture that is none says nothing about a card. */
static bool
about_the_card(const struct err *e)
{
	switch (e->code) {
	case ERR_INTERRUPTED:
	case ERR_DISK:
	case ERR_CONFIG:
	case ERR_MALFORMED:
		return false;
	default:
		return true;
	}
}

/* The consent is the patient's to give: asked for when nobody gave the clinic's answer. */
static void
ask_consent(struct session *s)
{
	static const enum msg answers[] = { MSG_SAY_YES, MSG_SAY_NO };

	s->c->limit_consent = s->rq->limit_consent;
	if (!s->rq->interactive || !s->rq->ask_consent)
		return;
	s->c->limit_consent = ask_plain(MSG_CONSENT_ASK, answers, 2, s->rq->ja) == 1;
	if (s->rq->auth == AUTH_PIN && s->rq->pin_fd < 0)
		/* it would cancel the PIN */
		term_swallow_enter();
}

/* The reader's part.  0 when the service may be asked, 1 when not, -1 with e. */
static int
card_part(struct session *s, struct err *e)
{
	struct identity_request iq = {
		.ja = s->rq->ja, .interactive = s->rq->interactive, .pin_fd = s->rq->pin_fd,
		.visual = s->rq->auth == AUTH_VISUAL, .last_try = s->rq->last_try,
	};
	struct err ce = ERR_INIT;
	long long asked_ms;
	int rc;

	if ((rc = read_card(s, &ce)) == 1)
		return 1;	/* what there is instead is the first question */
	if (rc < 0) {
		if (!about_the_card(&ce)) {
			*e = ce;
			return -1;
		}
		card_failed(s->c, &ce);
		return 1;
	}
	if (s->enquiry == NULL)
		return 1;	/* nothing to sign for */
	progress(s->rq, MSG_CONNECTING);
	if ((rc = have_challenge(s, e)) != 0)
		return rc;
	asked_ms = https_clock_ms();
	ask_consent(s);
	rc = identity_prove(s->reader, &s->c->card, &iq, left_ms(s), &s->c->facts.card.identity,
	    &ce);
	s->deadline_ms += s->rq->interactive ? https_clock_ms() - asked_ms : 0;
	if (ce.code == ERR_INTERRUPTED)
		return err_set(e, ERR_INTERRUPTED, "%s", ce.msg);
	if (rc == 0)
		/* people may have taken longer than the challenge lives */
		return have_challenge(s, e);
	keep(s->c, &ce);
	if (ce.tries_left >= 0)
		s->c->card.tries_left = ce.tries_left;
	if (rc < 0)
		card_failed(s->c, &ce);
	return 1;
}

int
check_run(const struct check_request *rq, struct check *c, struct err *e)
{
	struct session s = { .rq = rq, .c = c };
	struct err re = ERR_INIT;
	int rc = -1;

	s.deadline_ms = https_clock_ms() + rq->timeout_ms;
	if (rq->offline)
		c->facts.online.presence = FACT_ABSENT;
	if (rq->absent_because >= 0) {
		c->facts.card.medium = MEDIUM_NONE;
		c->facts.card.absent_because = rq->absent_because;
		return 0;
	}
	/* the helper before the thread: it is started with posix_spawn */
	if (reader_start(&s.reader, &re) < 0) {
		card_failed(c, &re);
		return 0;
	}
	if (!rq->offline && enquiry_start(&s.enquiry, &rq->service, s.deadline_ms, e) < 0)
		goto out;
	rc = card_part(&s, e);
	if (rc == 0)
		rc = ask_service(&s, e);
	else if (rc == 1)
		rc = 0;
out:
	reader_stop(s.reader);
	c->thread_left = enquiry_stop(s.enquiry);
	return rc;
}

#include "desk/check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "desk/ask.h"
#include "desk/card_look.h"
#include "desk/check_impl.h"
#include "desk/identity.h"
#include "desk/term.h"

#define PERSON_WAIT_MS		60000	/* for a card to be laid down */
#define LOOK_MS			300	/* between two looks at the keyboard meanwhile */

void
check_init(struct check *c, int visit_date)
{
	*c = (struct check){ .answer = ELIG_ANSWER_INIT, .error = ERR_INIT,
		.identified = { .error = ERR_INIT } };
	facts_init(&c->facts, visit_date);
}

void
check_release(struct check *c)
{
	elig_answer_free(&c->answer);
	js_free(c->online);
	explicit_bzero(&c->card, sizeof(c->card));
	secret_free(&c->identified.person);
}

/* What was seen of a card, as if it had not been. */
static void
forget_card(struct check *c)
{
	struct facts blank;

	facts_init(&blank, c->facts.visit_date);
	c->facts.card = blank.card;
	c->card_seen = false;
	explicit_bzero(&c->card, sizeof(c->card));
}

void
check_again(struct check *c)
{
	const struct check other = { .answer = ELIG_ANSWER_INIT, .error = ERR_INIT,
		.identified = { .error = ERR_INIT },
		.facts = c->facts };
	struct facts blank;

	check_release(c);
	*c = other;
	facts_init(&blank, c->facts.visit_date);
	forget_card(c);
	c->facts.online = blank.online;
}

void
check_progress(const struct check_request *rq, enum msg m)
{
	if (!rq->quiet)
		fprintf(stderr, "%s\n", msg(m, rq->ja));
}

int
check_left_ms(const struct session *s)
{
	return https_left_ms(s->deadline_ms);
}

void
check_waited(struct session *s, long long since_ms)
{
	s->deadline_ms += https_clock_ms() - since_ms;
}

int
check_share_ms(const struct session *s, int max_ms)
{
	const int half = check_left_ms(s) / 2 + 1;

	return half < max_ms ? half : max_ms;
}

void
check_warn(struct check *c, const char *code)
{
	if (c->warnings < CHECK_WARNINGS_MAX)
		c->warning[c->warnings++] = code;
}

/* A failure that is a fact: the first one is kept for the output. */
void
check_keep(struct check *c, const struct err *e)
{
	if (c->error.code == ERR_NONE)
		c->error = *e;
}

/* What a failure of card or reader says about the card. */
void
check_card_failed(struct check *c, const struct err *e)
{
	check_keep(c, e);
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
	case ERR_CARD_PHONE:
	case ERR_CARD_CERT:
	case ERR_CARD_SIGNATURE:
		c->facts.card.read = READ_UNREADABLE;
		break;
	default:
		c->facts.card.read = READ_READER_FAULT;
		break;
	}
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
	/* the last look counts a card of another kind too */
	request.wait_ms = https_clock_ms() < w->until_ms ? LOOK_MS : 0;
	if (reader_open(w->s->reader, &request, check_left_ms(w->s), &w->s->c->card, w->e) == 0)
		return 1;
	if (w->e->code != ERR_CARD_NONE || request.wait_ms == 0)
		return -1;
	check_waited(w->s, began_ms);
	return 0;
}

/* 0, -1 with e, or 1 when the person says that there is none. */
static int
open_card(struct session *s, struct err *e)
{
	struct waiting w = { s, https_clock_ms() + PERSON_WAIT_MS, e };
	int rc;

	if (!s->rq->interactive || s->rq->card.card_file != NULL ||
	    s->rq->card_is == CHECK_CARD_THERE) {
		check_progress(s->rq, MSG_READING_CARD);
		return reader_open(s->reader, &s->rq->card, check_left_ms(s), &s->c->card, e);
	}
	check_progress(s->rq, MSG_PLACE_CARD);
	rc = term_until_key("n", look_for_card, &w);
	if (rc == 0)
		err_clear(e);
	return rc == 1 ? 0 : rc == 0 ? 1 : -1;
}

/* The PIN of one patient must not be tried on the card that another forgot. */
static void
say_which(const struct session *s)
{
	struct err ignored = ERR_INIT;
	struct buf name = BUF_INIT;
	struct reader_list l;
	char line[256];
	int cards = 0;

	if (s->rq->card.card_file != NULL ||
	    reader_readers(s->reader, check_left_ms(s), &l, &ignored) < 0)
		return;
	for (size_t i = 0; i < l.n; i++)
		cards += l.reader[i].present && reader_is_meant(&l, i, s->rq->card.reader_name);
	if (cards < 2)
		return;
	text_add_safe(&name, s->c->card.reader);
	msg_with(line, sizeof(line), MSG_SEVERAL_CARDS, s->rq->ja, name.p != NULL ? name.p : "");
	fprintf(stderr, "%s\n", line);
	buf_free(&name);
}

/* As open_card(). */
static int
read_card(struct session *s, struct err *e)
{
	struct check *c = s->c;
	const int rc = open_card(s, e);
	struct card_look look;

	if (rc != 0)
		return rc;
	card_choose(s->reader, &s->rq->card, s->rq->anchors, s->rq->test_mode, check_left_ms(s),
	    &c->card, &look);
	say_which(s);
	c->card_seen = true;
	c->facts.card.medium = jpki_is_phone(c->card.medium) ? MEDIUM_PHONE : MEDIUM_CARD;
	if (c->card.certificate_needs_pin)
		return err_set(e, ERR_CARD_PHONE, "its certificate is kept back until the PIN was verified");
	if (look.refused.code != ERR_NONE) {
		*e = look.refused;
		return -1;
	}
	c->facts.card.read = READ_OK;
	c->facts.card.certificate_not_after = look.cert.not_after;
	return 0;
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
	const long long asked_ms = https_clock_ms();

	s->c->limit_consent = s->rq->limit_consent;
	if (!s->rq->interactive || !s->rq->ask_consent)
		return;
	term_settle();
	s->c->limit_consent = ask_plain(MSG_CONSENT_ASK, answers, 2, s->rq->ja) == 1;
	if (s->rq->auth == AUTH_PIN && s->rq->pin_fd < 0)
		/* it would cancel the PIN */
		term_swallow_enter();
	check_waited(s, asked_ms);
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
	int rc;

	if ((rc = read_card(s, &ce)) == 1)
		return 1;	/* what there is instead is the first question */
	if (rc < 0) {
		if (!about_the_card(&ce)) {
			*e = ce;
			return -1;
		}
		check_card_failed(s->c, &ce);
		return 1;
	}
	if (s->rq->service_down != NULL)
		return check_no_service(s, s->rq->service_down, e);
	if (s->enquiry == NULL)
		return 1;	/* nothing to sign for */
	check_progress(s->rq, MSG_CONNECTING);
	if ((rc = check_challenge(s, e)) != 0)
		return rc;
	ask_consent(s);
	rc = identity_prove(s->reader, &s->c->card, &iq, &s->deadline_ms,
	    &s->c->facts.card.identity, &ce);
	if (ce.code == ERR_INTERRUPTED)
		return err_set(e, ERR_INTERRUPTED, "%s", ce.msg);
	if (rc == 0)
		/* people may have taken longer than the challenge lives */
		return check_challenge(s, e);
	check_keep(s->c, &ce);
	if (rc < 0)
		check_card_failed(s->c, &ce);
	if (ce.code == ERR_CARD_OF_ANOTHER)
		forget_card(s->c);	/* it shows nothing of this patient, whose own may be there */
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
	if (rq->card_is == CHECK_CARD_NONE)
		return 0;	/* why there is none is the first question */
	/* the helper before the thread: it is started with posix_spawn */
	if (reader_start(&s.reader, &re) < 0) {
		check_card_failed(c, &re);
		return 0;
	}
	if (!rq->offline && rq->service_down == NULL &&
	    enquiry_start(&s.enquiry, &rq->service, s.deadline_ms, e) < 0)
		goto out;
	rc = card_part(&s, e);
	if (rc == 0)
		rc = check_ask(&s, e);
	else if (rc == 1)
		rc = 0;
	if (rc == 0)
		rc = check_identify(&s, e);
out:
	reader_stop(s.reader);
	c->thread_left = enquiry_stop(s.enquiry);
	return rc;
}

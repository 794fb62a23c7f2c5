#include "desk/identity.h"

#include <stdio.h>

#include "desk/ask.h"
#include "desk/msg.h"
#include "desk/term.h"
#include "engine/facts.h"
#include "net/https.h"

struct proof {
	struct reader			*reader;
	struct reader_card		*card;
	const struct identity_request	*rq;
	long long			*deadline_ms;
	int				*identity;
};

/* The clock stands still while people think. */
static int
ask_people(struct proof *p, enum msg question, const enum msg *answers, int n)
{
	const long long asked_ms = https_clock_ms();
	const int said = ask_plain(question, answers, n, p->rq->ja);

	*p->deadline_ms += https_clock_ms() - asked_ms;
	return said;
}

/* Before what came of a PIN, or a question, is shown: who types still may be typing it once more. */
static void
settle(struct proof *p)
{
	const long long from_ms = https_clock_ms();

	term_settle();
	*p->deadline_ms += https_clock_ms() - from_ms;
}

static int
by_sight(struct proof *p, struct err *e)
{
	static const enum msg answers[] = { MSG_SAY_YES, MSG_SAY_NO, MSG_VISUAL_CANNOT };
	const int said = p->rq->interactive ?
	    ask_people(p, MSG_VISUAL_ASK, answers, 3) : 1;

	*p->identity = said == 1 ? IDENTITY_VISUAL : IDENTITY_FAILED;
	if (said == 1)
		return 0;
	if (said == 2) {
		err_clear(e);	/* why not by PIN is no matter now */
		err_set(e, ERR_CARD_OF_ANOTHER, "compared with the photo on the card");
	} else {
		err_set(e, ERR_PIN_NONE, "the person was not confirmed");
	}
	return 1;
}

/* No way by PIN: 0, 1 as identity_prove(). */
static int
without_pin(struct proof *p, enum msg why, struct err *e)
{
	if (p->rq->interactive) {
		settle(p);
		fprintf(stderr, "%s\n", msg(why, p->rq->ja));
		return by_sight(p, e);
	}
	*p->identity = IDENTITY_PIN_LOCKED;
	return 1;
}

int
identity_ask_pin(struct reader *r, enum reader_pin which, const char *prompt, bool ja,
    struct err *e)
{
	int rc;

	term_settle();
	term_loud();
	rc = reader_pin_tty(r, which, prompt, e);
	term_quiet();
	term_pin_typed();
	if (rc < 0 && e->code == ERR_READER_HELPER && reader_pin_asked(r))
		term_until_enter(msg(MSG_PIN_READER_ENDED, ja));
	return rc;
}

static int
enter_pin(struct proof *p, struct err *e)
{
	const long long asked_ms = https_clock_ms();
	char prompt[256];
	int rc;

	if (p->rq->pin_fd < 0 && !p->rq->interactive)
		return err_set(e, ERR_PIN_NONE, "no terminal and no --pin-fd");
	if (p->rq->pin_fd >= 0) {
		rc = reader_pin_fd(p->reader, READER_PIN_AUTH, p->rq->pin_fd,
		    https_left_ms(*p->deadline_ms), e);
	} else {
		msg_with_tries(prompt, sizeof(prompt), MSG_PIN_PROMPT, p->rq->ja, p->card->tries_left);
		rc = identity_ask_pin(p->reader, READER_PIN_AUTH, prompt, p->rq->ja, e);
		*p->deadline_ms += https_clock_ms() - asked_ms;
	}
	if (rc == 0 && reader_pin_wide(p->reader))
		fprintf(stderr, "%s\n", msg(MSG_PIN_WIDE, p->rq->ja));
	return rc;
}

bool
identity_keeps_try(int tries_left, bool last_try)
{
	return tries_left <= 1 && !last_try;
}

/*
 * After a PIN that did not do: 0, 1 as identity_prove(), 2 for what can be done with the tries
 * that are left.
 */
static int
after_wrong(struct proof *p, const struct err *why, struct err *e)
{
	static const enum msg answers[] = { MSG_PIN_AGAIN, MSG_PIN_BY_SIGHT, MSG_PIN_GIVE_UP };
	char line[256];

	if (!p->rq->interactive || p->rq->pin_fd >= 0) {
		*p->identity = IDENTITY_PIN_LOCKED;
		*e = *why;
		return 1;
	}
	settle(p);
	msg_with_tries(line, sizeof(line), why->code == ERR_PIN_WRONG ? MSG_PIN_WRONG :
	    why->code == ERR_PIN_FORMAT ? MSG_PIN_FORMAT : MSG_PIN_NOT_GIVEN, p->rq->ja,
	    p->card->tries_left);
	fprintf(stderr, "%s\n", line);
	if (identity_keeps_try(p->card->tries_left, p->rq->last_try))
		return 2;
	switch (ask_people(p, MSG_PIN_WHAT_NOW, answers, 3)) {
	case 1:
		/* it would cancel the PIN */
		term_swallow_enter();
		return 2;
	case 2:
		return by_sight(p, e);
	default:
		*p->identity = IDENTITY_FAILED;
		*e = *why;
		return 1;
	}
}

/* What is said of a try that is, or may be, the last. */
static enum msg
last_word(const struct proof *p)
{
	return p->card->tries_left == 1 ? MSG_PIN_LAST : MSG_PIN_NOT_TOLD;
}

static int
by_pin_once(struct proof *p, struct err *e)
{
	struct err pe = ERR_INIT;

	if (p->card->tries_left == 0) {
		err_set(e, ERR_PIN_BLOCKED, p->card->no_sign_certificate ?
		    "no tries left and no signature certificate: likely a card without a PIN" :
		    "the card reports no tries left");
		e->tries_left = 0;
		return without_pin(p, p->card->no_sign_certificate ? MSG_PIN_UNUSABLE :
		    MSG_PIN_BLOCKED, e);
	}
	if (identity_keeps_try(p->card->tries_left, p->rq->last_try)) {
		err_set(e, ERR_PIN_LAST_TRY, p->card->tries_left == 1 ? "one try left" :
		    "the card does not tell how many tries are left");
		e->tries_left = p->card->tries_left;
		return without_pin(p, last_word(p), e);
	}
	if (enter_pin(p, &pe) == 0 &&
	    reader_verify(p->reader, p->rq->last_try, https_left_ms(*p->deadline_ms), &pe) == 0) {
		p->card->tries_left = -1;
		*p->identity = IDENTITY_PIN;
		return 0;
	}
	/* what was not sent was not counted */
	if (pe.code != ERR_PIN_FORMAT && pe.code != ERR_PIN_NONE)
		p->card->tries_left = pe.tries_left;
	switch (pe.code) {
	case ERR_PIN_WRONG:
	case ERR_PIN_FORMAT:
	case ERR_PIN_NONE:
		return after_wrong(p, &pe, e);
	case ERR_PIN_BLOCKED:
		*e = pe;
		return without_pin(p, MSG_PIN_BLOCKED, e);
	case ERR_PIN_LAST_TRY:
		*e = pe;
		return without_pin(p, last_word(p), e);
	default:
		*e = pe;
		return -1;
	}
}

int
identity_prove(struct reader *r, struct reader_card *card,
    const struct identity_request *rq, long long *deadline_ms, int *identity, struct err *e)
{
	struct proof p = { r, card, rq, deadline_ms, identity };
	int rc;

	if (rq->visual) {
		if (rq->interactive)
			settle(&p);
		return by_sight(&p, e);
	}
	do {
		rc = by_pin_once(&p, e);
	} while (rc == 2);
	return rc;
}

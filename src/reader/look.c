#include "reader/look.h"

#include <string.h>

static int
token(struct session *s, struct err *e)
{
	if (jpki_token(&s->io, s->token, e) < 0)
		return -1;
	s->medium = jpki_medium_of(s->token);
	if (s->medium == JPKI_JUKI)
		return err_set(e, ERR_CARD_NOT_JPKI, "token %s: a Basic Resident Register card",
		    s->token);
	if (s->medium == JPKI_OTHER)
		/* its application answered: newer than this program, or read wrongly */
		return err_set(e, ERR_CARD_UNREADABLE, "an unknown token: %s", s->token);
	return 0;
}

static int
begin(struct session *s, struct err *e)
{
	gate_reset(&s->gate);
	return s->transport.begin(s->transport.ctx, e);
}

static int
power_cycle(struct session *s, struct err *e)
{
	gate_reset(&s->gate);
	return s->transport.power_cycle(s->transport.ctx, e);
}

/* A PIN that some program left verified hides the counter: cut the power, ask again. */
int
look_tries(struct session *s, const struct look_pin *pin, int *left, struct err *e)
{
	int said;

	*left = JPKI_TRIES_UNKNOWN;
	if (pin->ask(&s->io, &said, e) < 0)
		return -1;
	if (said == JPKI_TRIES_VERIFIED &&
	    (power_cycle(s, e) < 0 || pin->select(s, e) < 0 || pin->ask(&s->io, &said, e) < 0))
		return -1;
	if (said != JPKI_TRIES_VERIFIED)
		*left = said;
	return 0;
}

static int
select_jpki(struct session *s, struct err *e)
{
	return jpki_select(&s->io, e);
}

static int
tries(struct session *s, struct err *e)
{
	static const struct look_pin pin = { select_jpki, jpki_tries };

	return look_tries(s, &pin, &s->tries_left, e);
}

/*
 * A card without a PIN (顔認証マイナンバーカード) looks blocked and has no
 * signature certificate.  Only a hint: a card that does not tell is none.
 */
static void
availability(struct session *s)
{
	struct err ignored = ERR_INIT;
	bool sign, auth;

	s->no_sign_certificate = s->tries_left == 0 &&
	    jpki_availability(&s->io, &sign, &auth, &ignored) == 0 && !sign;
}

/*
 * Another desk that leaves a shared card cuts its power, at times just after
 * our transaction began: the first SELECT then finds a dead card.  Once more
 * with power; nothing was asked of the card yet.
 */
static int
select_awake(struct session *s, struct err *e)
{
	struct err first = ERR_INIT;

	if (jpki_select_told(&s->io, &s->no_jpki, &first) == 0)
		return 0;
	if (first.code == ERR_CARD_UNREADABLE && power_cycle(s, e) == 0)
		return jpki_select_told(&s->io, &s->no_jpki, e);
	*e = first;
	return -1;
}

/* As for the card that was read: one that knows of no application is not that one. */
static int
select_known(struct session *s, struct err *e)
{
	if (select_awake(s, e) == 0)
		return 0;
	if (e->code == ERR_CARD_NOT_JPKI) {
		err_clear(e);
		err_set(e, ERR_CARD_REMOVED, "a card of another kind lies on the reader now");
	}
	return -1;
}

static int
read_all(struct session *s, struct err *e)
{
	if (select_awake(s, e) < 0 || token(s, e) < 0 || tries(s, e) < 0)
		return -1;
	availability(s);
	return jpki_certificate(&s->io, s->certificate, &s->certificate_len, &s->needs_pin, e);
}

int
look_at_card(struct session *s, struct err *e)
{
	int rc;

	if (begin(s, e) < 0)
		return -1;
	rc = read_all(s, e);
	s->transport.end(s->transport.ctx, false);
	return rc;
}

int
look_same_card(struct session *s, struct err *e)
{
	uint8_t now[JPKI_CERTIFICATE_MAX];
	bool needs_pin;
	size_t n;

	if (jpki_certificate(&s->io, now, &n, &needs_pin, e) < 0)
		return -1;
	if (n == 0 || n != s->certificate_len || memcmp(now, s->certificate, n) != 0)
		return err_set(e, ERR_CARD_REMOVED, "another card lies on the reader now");
	return 0;
}

/* The certificate last: the tries may take a power cycle, in which the card could be changed. */
int
look_again(struct session *s, struct err *e)
{
	if (begin(s, e) < 0)
		return -1;
	s->held = true;
	if (select_known(s, e) == 0 && tries(s, e) == 0 && look_same_card(s, e) == 0)
		return 0;
	s->tries_left = JPKI_TRIES_UNKNOWN;
	look_away(s);
	return -1;
}

int
look_hold(struct session *s, struct err *e)
{
	if (begin(s, e) < 0)
		return -1;
	s->held = true;
	if (select_known(s, e) == 0 && look_same_card(s, e) == 0)
		return 0;
	look_away(s);
	return -1;
}

void
look_away(struct session *s)
{
	struct err ignored = ERR_INIT;

	if (!s->held)
		return;
	jpki_leave(&s->io, &ignored);
	s->transport.end(s->transport.ctx, true);
	s->held = false;
}

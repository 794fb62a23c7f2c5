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
		return err_set(e, ERR_CARD_NOT_JPKI, "an unknown token: %s", s->token);
	return 0;
}

/* A PIN that some program left verified hides the counter: cut the power, ask again. */
static int
tries(struct session *s, struct err *e)
{
	if (jpki_tries(&s->io, &s->tries_left, e) < 0)
		return -1;
	if (s->tries_left != JPKI_TRIES_VERIFIED)
		return 0;
	if (s->transport.power_cycle(s->transport.ctx, e) < 0 || jpki_select(&s->io, e) < 0 ||
	    jpki_tries(&s->io, &s->tries_left, e) < 0)
		return -1;
	if (s->tries_left == JPKI_TRIES_VERIFIED)
		s->tries_left = JPKI_TRIES_UNKNOWN;
	return 0;
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

	if (jpki_select(&s->io, &first) == 0)
		return 0;
	if (first.code == ERR_CARD_UNREADABLE &&
	    s->transport.power_cycle(s->transport.ctx, e) == 0)
		return jpki_select(&s->io, e);
	*e = first;
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

	if (s->transport.begin(s->transport.ctx, e) < 0)
		return -1;
	rc = read_all(s, e);
	s->transport.end(s->transport.ctx, false);
	return rc;
}

static int
same_card(struct session *s, struct err *e)
{
	uint8_t now[JPKI_CERTIFICATE_MAX];
	bool needs_pin;
	size_t n;

	if (select_awake(s, e) < 0 || jpki_certificate(&s->io, now, &n, &needs_pin, e) < 0)
		return -1;
	if (n == 0 || n != s->certificate_len || memcmp(now, s->certificate, n) != 0)
		return err_set(e, ERR_CARD_REMOVED, "another card lies on the reader now");
	return 0;
}

int
look_again(struct session *s, struct err *e)
{
	if (s->transport.begin(s->transport.ctx, e) < 0)
		return -1;
	s->held = true;
	if (same_card(s, e) == 0 && tries(s, e) == 0)
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

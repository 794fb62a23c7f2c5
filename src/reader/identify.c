#include "reader/identify.h"

#include "card/text_ap.h"
#include "reader/look.h"

static int
select_text(struct session *s, struct err *e)
{
	return text_ap_select(&s->io, &s->has_text_ap, e);
}

/* After a power cut it may be another card that answers. */
static int
select_again(struct session *s, struct err *e)
{
	if (jpki_select(&s->io, e) < 0 || look_same_card(s, e) < 0)
		return -1;
	return select_text(s, e);
}

/* Of the held card. */
static int
tries(struct session *s, struct err *e)
{
	static const struct look_pin pin = { select_again, text_ap_tries };

	s->text_tries_left = EF_TRIES_UNKNOWN;
	if (select_text(s, e) < 0 || !s->has_text_ap)
		return e->code == ERR_NONE ? 0 : -1;
	return look_tries(s, &pin, &s->text_tries_left, e);
}

static int
hold(struct session *s, struct err *e)
{
	if (!s->open)
		return err_set(e, ERR_INTERNAL, "identify: no card is open");
	if (s->needs_pin)
		return err_set(e, ERR_CARD_CERT,
		    "identify: the certificate could not be read first");
	look_away(s);
	return look_hold(s, e);
}

int
identify_inspect(struct session *s, struct inspection *out, struct err *e)
{
	struct err ignored = ERR_INIT;
	int rc;

	*out = (struct inspection){ .text_tries_left = EF_TRIES_UNKNOWN };
	if (hold(s, e) < 0)
		return -1;
	out->availability = jpki_availability(&s->io, &out->sign, &out->auth, &ignored) == 0;
	rc = tries(s, e);
	look_away(s);
	out->has_text_ap = s->has_text_ap;
	out->text_tries_left = s->text_tries_left;
	/* an application that does not answer takes nothing from the other one */
	if (rc < 0 && e->code == ERR_CARD_UNREADABLE) {
		out->has_text_ap = true;
		err_clear(e);
		rc = 0;
	}
	return rc;
}

static int
look_again_text(struct session *s, struct err *e)
{
	if (look_hold(s, e) < 0)
		return -1;
	return tries(s, e);
}

static int
verify_held(struct session *s, bool last_try, struct err *e)
{
	int rc;

	if (tries(s, e) < 0)
		return -1;
	if (!s->has_text_ap)
		return err_set(e, ERR_CARD_UNREADABLE, "no text AP on this card");
	if (session_may_try(s->text_tries_left, last_try, e) < 0)
		return -1;
	rc = text_ap_verify(&s->io, s->pin.p, e);
	secret_free(&s->pin);
	if (rc == 0 || session_card_said_no(e))
		return rc;
	s->text_tries_left = EF_TRIES_UNKNOWN;
	session_ask_again(s, look_again_text);
	e->tries_left = s->text_tries_left;
	return -1;
}

int
identify_person(struct session *s, bool last_try, uint8_t out[static PERSON_OBJECT_MAX], size_t *n,
    struct err *e)
{
	int rc = -1;

	*n = 0;
	if (s->pin.p == NULL)
		err_set(e, ERR_PIN_NONE, "identify: no PIN was entered");
	else if (s->pin_for != SESSION_PIN_TEXT)
		err_set(e, ERR_INTERNAL, "identify: the PIN that was entered is another one");
	else if (hold(s, e) == 0 && verify_held(s, last_try, e) == 0)
		rc = text_ap_person(&s->io, out, n, e);
	secret_free(&s->pin);
	look_away(s);
	return rc;
}

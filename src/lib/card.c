#include <shikaku/card.h>

#include <stdlib.h>
#include <string.h>

#include "card/gate.h"
#include "card/jpki.h"
#include "card/x509.h"
#include "lib/lib.h"

_Static_assert(SHIKAKU_PIN_LEN == JPKI_PIN_LEN, "the header's number");
_Static_assert(SHIKAKU_SIGNATURE_MAX == JPKI_SIGNATURE_MAX, "the header's number");
_Static_assert(SHIKAKU_TRIES_UNKNOWN == JPKI_TRIES_UNKNOWN, "the header's number");

struct shikaku_card {
	struct shikaku_card_io	 host;
	struct card_io		 plain;		/* host's, as the protocol wants it */
	struct gate		 gate;
	struct card_io		 io;		/* the gate's: everything goes through it */
	char			 token[JPKI_TOKEN_LEN + 1];
	enum jpki_medium	 medium;
	int			 tries_left;
	bool			 verified;
	uint8_t			 certificate[JPKI_CERTIFICATE_MAX];
	size_t			 certificate_len;	/* 0: wants the PIN first */
};

static int
io_result(enum shikaku_io io, struct err *e)
{
	switch (io) {
	case SHIKAKU_IO_OK:
		return 0;
	case SHIKAKU_IO_REMOVED:
		return err_set(e, ERR_CARD_REMOVED, "transport: the card is gone");
	case SHIKAKU_IO_MUTE:
		return err_set(e, ERR_READER_TIMEOUT, "transport: no answer in time");
	case SHIKAKU_IO_BROKEN:
		return err_set(e, ERR_CARD_UNREADABLE, "transport: a broken answer");
	case SHIKAKU_IO_READER:
		break;
	}
	return err_set(e, ERR_PCSC_DOWN, "transport: the reader failed");
}

static int
transmit(void *ctx, const uint8_t *cmd, size_t n, uint8_t *rsp, size_t rsp_max, size_t *rsp_len,
    struct err *e)
{
	const struct shikaku_card_io *host = ctx;

	*rsp_len = 0;
	if (io_result(host->transmit(host->ctx, cmd, n, rsp, rsp_max, rsp_len), e) < 0)
		return -1;
	if (*rsp_len > rsp_max)
		return err_set(e, ERR_CARD_UNREADABLE, "transport: an answer of %zu bytes",
		    *rsp_len);
	return 0;
}

static int
read_tries(struct shikaku_card *c, struct err *e)
{
	if (jpki_tries(&c->io, &c->tries_left, e) < 0)
		return -1;
	if (c->tries_left != JPKI_TRIES_VERIFIED)
		return 0;
	c->tries_left = JPKI_TRIES_UNKNOWN;
	if (c->host.power_cycle == NULL)
		return 0;
	gate_reset(&c->gate);
	if (io_result(c->host.power_cycle(c->host.ctx), e) < 0 || jpki_select(&c->io, e) < 0 ||
	    jpki_tries(&c->io, &c->tries_left, e) < 0)
		return -1;
	if (c->tries_left == JPKI_TRIES_VERIFIED)
		c->tries_left = JPKI_TRIES_UNKNOWN;
	return 0;
}

static int
read_card(struct shikaku_card *c, struct err *e)
{
	bool needs_pin;

	if (jpki_select(&c->io, e) < 0 || jpki_token(&c->io, c->token, e) < 0)
		return -1;
	c->medium = jpki_medium_of(c->token);
	if (c->medium == JPKI_JUKI)
		return err_set(e, ERR_CARD_NOT_JPKI, "token %s", c->token);
	if (c->medium == JPKI_OTHER)
		return err_set(e, ERR_CARD_UNREADABLE, "an unknown token: %s", c->token);
	if (read_tries(c, e) < 0)
		return -1;
	return jpki_certificate(&c->io, c->certificate, &c->certificate_len, &needs_pin, e);
}

int
shikaku_card_open(struct shikaku_card **out, const struct shikaku_card_io *io,
    struct shikaku_error *error)
{
	struct shikaku_card *c = calloc(1, sizeof(*c));
	struct err e = ERR_INIT;

	*out = NULL;
	if (c == NULL) {
		err_set(&e, ERR_NOMEM, "out of memory");
		return lib_fail(&e, error);
	}
	c->host = *io;
	c->plain = (struct card_io){ transmit, &c->host };
	c->gate = (struct gate){ .below = &c->plain, .at = APDU_NOWHERE };
	c->io = gate_io(&c->gate);
	if (read_card(c, &e) < 0) {
		shikaku_card_close(c);
		return lib_fail(&e, error);
	}
	*out = c;
	return 0;
}

const char *
shikaku_card_token(const struct shikaku_card *c)
{
	return c->token;
}

enum shikaku_medium
shikaku_card_medium(const struct shikaku_card *c)
{
	return jpki_is_phone(c->medium) ? SHIKAKU_MEDIUM_PHONE : SHIKAKU_MEDIUM_CARD;
}

int
shikaku_card_tries_left(const struct shikaku_card *c)
{
	return c->tries_left;
}

const uint8_t *
shikaku_card_certificate(const struct shikaku_card *c, size_t *n)
{
	*n = c->certificate_len;
	return c->certificate_len > 0 ? c->certificate : NULL;
}

/* The host may have let go of the card while a person was asked. */
static int
same_card(struct shikaku_card *c, struct err *e)
{
	uint8_t now[JPKI_CERTIFICATE_MAX];
	bool needs_pin;
	size_t n;

	if (jpki_select(&c->io, e) < 0 || jpki_certificate(&c->io, now, &n, &needs_pin, e) < 0)
		return -1;
	if (n != c->certificate_len || memcmp(now, c->certificate, n) != 0)
		return err_set(e, ERR_CARD_REMOVED, "another card lies on the reader now");
	return 0;
}

static int
may_verify(struct shikaku_card *c, bool last_try, struct err *e)
{
	/* which card it is comes last: asking for the tries may cut its power */
	if (jpki_select(&c->io, e) < 0 || read_tries(c, e) < 0 || same_card(c, e) < 0)
		return -1;
	e->tries_left = c->tries_left;
	if (c->tries_left == 0)
		return err_set(e, ERR_PIN_BLOCKED, "blocked before this entry");
	if (c->tries_left <= 1 && !last_try)
		return err_set(e, ERR_PIN_LAST_TRY, c->tries_left == 1 ? "one try is left" :
		    "the card does not tell how many tries are left");
	e->tries_left = -1;
	return 0;
}

static int
verify(struct shikaku_card *c, const uint8_t *pin, bool last_try, struct err *e)
{
	if (pin == NULL)
		return err_set(e, ERR_PIN_NONE, "no PIN was given");
	if (c->certificate_len == 0)
		return err_set(e, ERR_CARD_CERT, "the certificate could not be read first");
	if (c->verified)
		return err_set(e, ERR_USAGE, "verified already");
	if (may_verify(c, last_try, e) < 0)
		return -1;
	if (jpki_verify(&c->io, pin, e) < 0) {
		if (e->code != ERR_PIN_FORMAT)
			c->tries_left = e->tries_left;
		return -1;
	}
	c->verified = true;
	return 0;
}

/* Whatever went wrong, the card does not keep the PIN for the next program. */
static void
forget(struct shikaku_card *c)
{
	struct err ignored = ERR_INIT;

	c->verified = false;
	(void)jpki_leave(&c->io, &ignored);
}

int
shikaku_card_verify(struct shikaku_card *c, const uint8_t *pin, bool last_try,
    struct shikaku_error *error)
{
	struct err e = ERR_INIT;

	if (verify(c, pin, last_try, &e) == 0)
		return 0;
	if (!c->verified)
		forget(c);
	return lib_fail(&e, error);
}

static int
sign(struct shikaku_card *c, const struct shikaku_message *m, uint8_t *sig, size_t *len,
    struct err *e)
{
	uint8_t digest[HASH_SHA256_LEN];
	struct sign_fields f;

	if (!c->verified)
		return err_set(e, ERR_USAGE, "sign: the PIN was not verified");
	if (lib_message(m, &f, e) < 0 ||
	    message_digest(&f, c->certificate, c->certificate_len, digest, e) < 0 ||
	    jpki_sign(&c->io, digest, sig, SHIKAKU_SIGNATURE_MAX, len, e) < 0)
		return -1;
	return x509_verify_digest(c->certificate, c->certificate_len, digest, sig, *len, e);
}

int
shikaku_card_sign(struct shikaku_card *c, const struct shikaku_message *m, uint8_t *sig,
    size_t *len, struct shikaku_error *error)
{
	struct err e = ERR_INIT;

	*len = 0;
	if (sign(c, m, sig, len, &e) == 0)
		return 0;
	*len = 0;
	forget(c);
	return lib_fail(&e, error);
}

void
shikaku_card_close(struct shikaku_card *c)
{
	if (c == NULL)
		return;
	forget(c);
	explicit_bzero(c, sizeof(*c));
	free(c);
}

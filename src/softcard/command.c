#include <string.h>

#include "base/secret.h"
#include "softcard/card.h"

/* In the order in which a truncated AID is looked up. */
static const struct {
	enum ap_id	id;
	uint8_t		aid[10];
	size_t		n;
} aps[] = {
	{ AP_JPKI, { 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 }, 10 },
	{ AP_TEXT, { 0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08 }, 10 },
	{ AP_ISD,  { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00 }, 7 },
};

#define SHORT_MAX	256	/* bytes of data in the answer to a short APDU */
#define AID_MIN	5	/* the registered part, ISO/IEC 7816-5 */

/* 6F { 84 AID }: what a real card tells here is not public. */
static unsigned
add_fci(struct softcard *sc, const uint8_t *aid, size_t n, size_t le)
{
	const uint8_t head[] = { 0x6f, (uint8_t)(n + 2), 0x84, (uint8_t)n };

	if (le != 0 && le < sizeof(head) + n)
		return SW_WRONG_LE | (unsigned)(sizeof(head) + n);
	if (le != 0) {
		buf_add(&sc->rsp, head, sizeof(head));
		buf_add(&sc->rsp, aid, n);
	}
	return SW_OK;
}

/* Security status belongs to the AP: another AP clears it, the same does not. */
static void
enter_ap(struct softcard *sc, enum ap_id ap)
{
	for (size_t i = 0; i < EF_COUNT; i++)
		if (sc->ef[i].kind == EF_PIN && sc->ef[i].ap != ap)
			sc->pin[sc->ef[i].pin].verified = false;
	sc->df = ap;
	sc->current = NULL;
}

static unsigned
select_ap(struct softcard *sc, const struct apdu *a)
{
	if (a->p2 != 0x00 && a->p2 != 0x0c)
		return SW_WRONG_P1P2;
	if (a->data.n < AID_MIN || a->data.n > 16)
		return a->data.n == 0 ? SW_WRONG_LENGTH : SW_NOT_FOUND;
	for (size_t i = 0; i < sizeof(aps) / sizeof(aps[0]); i++) {
		if (a->data.n > aps[i].n || memcmp(aps[i].aid, a->data.p, a->data.n) != 0)
			continue;
		if (!card_has_ap(sc, aps[i].id))
			continue;
		enter_ap(sc, aps[i].id);
		return a->p2 == 0x00 ? add_fci(sc, aps[i].aid, aps[i].n, a->le) : SW_OK;
	}
	return SW_NOT_FOUND;
}

static unsigned
select_ef(struct softcard *sc, const struct apdu *a)
{
	struct ef *ef;

	if (a->p2 != 0x00 && a->p2 != 0x0c)
		return SW_WRONG_P1P2;
	if (a->data.n != 2)
		return SW_WRONG_LENGTH;
	if (sc->df == AP_NONE)
		return SW_NO_CURRENT_EF;
	if ((ef = card_ef(sc, sc->df, (unsigned)(a->data.p[0] << 8 | a->data.p[1]))) == NULL)
		return SW_NOT_FOUND;
	sc->current = ef;
	return SW_OK;
}

static unsigned
cmd_select(struct softcard *sc, const struct apdu *a)
{
	if (a->p1 == 0x04)
		return select_ap(sc, a);
	if (a->p1 == 0x02)
		return select_ef(sc, a);
	/* Selects nothing, but is accepted inside an AP. */
	if (a->p1 == 0x00 && a->p2 == 0x00 && a->data.n == 0 && sc->df != AP_NONE)
		return SW_OK;
	return SW_WRONG_P1P2;
}

/* The EF that P1 or P2 = 80|SFI means; 80 alone is the current one. */
static struct ef *
by_sfi(struct softcard *sc, uint8_t p)
{
	return (p & 0x1f) == 0 ? sc->current : card_ef(sc, sc->df, p & 0x1f);
}

/* The SW for a missing EF: named or, with 80, not even that. */
static unsigned
no_ef(uint8_t p)
{
	return (p & 0x1f) == 0 ? SW_NO_CURRENT_EF : SW_NOT_FOUND;
}

static bool
is_open(const struct softcard *sc, enum pin_id pin)
{
	return pin == PIN_NONE || sc->pin[pin].verified;
}

static unsigned
read_ef(struct softcard *sc, const struct ef *ef, size_t offset, size_t le)
{
	size_t n;

	if (ef->kind == EF_NAME)
		return is_open(sc, ef->pin) ? SW_NOT_FOUND : SW_SECURITY;
	if (ef->kind != EF_DATA)
		return SW_WRONG_FILE_KIND;
	if (!is_open(sc, ef->pin))
		return SW_SECURITY;
	if (le == 0)
		return SW_WRONG_LENGTH;
	if (offset >= ef->data.n)
		return SW_WRONG_OFFSET;
	n = ef->data.n - offset;
	buf_add(&sc->rsp, ef->data.p + offset, n < le ? n : le);
	return SW_OK;
}

static unsigned
cmd_read_binary(struct softcard *sc, const struct apdu *a)
{
	struct ef *ef = sc->current;
	size_t offset = (size_t)a->p1 << 8 | a->p2;

	if (a->data.n != 0)
		return SW_WRONG_LENGTH;
	if (a->p1 & 0x80) {
		if (a->p1 & 0x60)
			return SW_WRONG_P1P2;
		ef = by_sfi(sc, a->p1);
		offset = a->p2;
	}
	if (ef == NULL)
		return a->p1 & 0x80 ? no_ef(a->p1) : SW_NO_CURRENT_EF;
	sc->current = ef;
	return read_ef(sc, ef, offset, a->le);
}

static unsigned
pin_status(const struct softcard *sc, const struct pin *p)
{
	if (p->tries == 0 && sc->faults.blocked_query_6984)
		return SW_BLOCKED;
	if (p->tries != 0 && p->verified && sc->faults.verified_query_9000)
		return SW_OK;
	return SW_TRIES | (unsigned)p->tries;
}

/* A wrong attempt also ends an earlier right one; so does a wrong length. */
static unsigned
pin_verify(struct pin *p, struct span given)
{
	if (p->tries == 0)
		return SW_BLOCKED;
	p->verified = given.n == p->n && memcmp(given.p, p->value, p->n) == 0;
	p->tries = p->verified ? p->tries_max : p->tries - 1;
	return p->verified ? SW_OK : SW_TRIES | (unsigned)p->tries;
}

static unsigned
cmd_verify(struct softcard *sc, const struct apdu *a)
{
	const struct ef *ef;

	if (a->p1 != 0 || (a->p2 & 0xe0) != 0x80)
		return SW_WRONG_P1P2;
	if (a->le != 0 || a->data.n > PIN_LEN_MAX)
		return SW_WRONG_LENGTH;
	if ((ef = by_sfi(sc, a->p2)) == NULL)
		return no_ef(a->p2);
	if (ef->kind != EF_PIN)
		return SW_WRONG_FILE_KIND;
	return a->data.n == 0 ? pin_status(sc, &sc->pin[ef->pin]) :
	    pin_verify(&sc->pin[ef->pin], a->data);
}

/* Of what is left at most le bytes, and how many are left then. */
static unsigned
give_rest(struct softcard *sc, size_t le)
{
	const size_t n = sc->rest.n < le ? sc->rest.n : le, left = sc->rest.n - n;

	if (sc->rest.failed) {
		buf_fail(&sc->rsp);
		return SW_UNKNOWN;
	}
	buf_add(&sc->rsp, sc->rest.p, n);
	memmove(sc->rest.p, sc->rest.p + n, left);
	sc->rest.n = left;
	return left == 0 ? SW_OK : SW_MORE | (left < SHORT_MAX ? (unsigned)left : 0);
}

static unsigned
cmd_sign(struct softcard *sc, const struct apdu *a)
{
	uint8_t sig[CRYPTO_SIG_MAX];
	const struct ef *ef;
	size_t n;

	if (a->p1 >= CRYPTO_MODES || (a->p2 & 0xe0) != 0x80)
		return SW_WRONG_P1P2;
	if ((ef = by_sfi(sc, a->p2)) == NULL || ef->kind != EF_KEY)
		return SW_NO_CURRENT_EF;
	if (!is_open(sc, ef->pin))
		return SW_SECURITY;
	if (a->data.n == 0 || a->le == 0)
		return SW_WRONG_LENGTH;
	if (ef->key == NULL ||
	    crypto_sign(ef->key, (enum crypto_mode)a->p1, a->data, sig, &n) < 0)
		return SW_CONDITIONS;
	if (a->le < n && (a->extended || a->le < SHORT_MAX))
		return SW_WRONG_LE | (n & 0xff);
	buf_add(&sc->rest, sig, n);
	return give_rest(sc, a->le);
}

/* The rest of an answer; nothing else may have come in between. */
static unsigned
cmd_get_response(struct softcard *sc, const struct apdu *a)
{
	if (sc->rest.n == 0)
		return SW_NO_INS;
	if (a->p1 != 0 || a->p2 != 0)
		return SW_WRONG_P1P2;
	if (a->data.n != 0 || a->le == 0)
		return SW_WRONG_LENGTH;
	return give_rest(sc, a->le);
}

static unsigned
cmd_get_challenge(struct softcard *sc, const struct apdu *a)
{
	uint8_t random[256];

	if (a->p1 != 0 || a->p2 != 0)
		return SW_WRONG_P1P2;
	if (a->data.n != 0 || a->le == 0 || a->le > sizeof(random))
		return SW_WRONG_LENGTH;
	secret_random(random, a->le);
	buf_add(&sc->rsp, random, a->le);
	return SW_OK;
}

/* A terminal's CV certificate: no one outside has a right one to send. */
static unsigned
cmd_terminal(struct softcard *sc, const struct apdu *a)
{
	(void)sc;
	(void)a;
	return SW_WRONG_LENGTH;
}

/* "Last command": a phone is told that it may be taken away. */
static unsigned
cmd_last(struct softcard *sc, const struct apdu *a)
{
	(void)a;
	return sc->faults.phone ? SW_OK : SW_WRONG_LENGTH;
}

static const struct {
	uint8_t		cla, ins;
	unsigned	(*run)(struct softcard *sc, const struct apdu *a);
} commands[] = {
	{ 0x00, 0x20, cmd_verify },
	{ 0x00, 0x84, cmd_get_challenge },
	{ 0x00, 0xa4, cmd_select },
	{ 0x00, 0xb0, cmd_read_binary },
	{ 0x00, 0xc0, cmd_get_response },
	{ 0x80, 0x2a, cmd_sign },
	{ 0x80, 0xa2, cmd_terminal },
	{ 0x80, 0xfc, cmd_last },
};

/* Only the basic channel, no secure messaging, no chaining. */
static unsigned
check_class(uint8_t cla)
{
	if ((cla & 0x7c) == 0 && (cla & 0x03) != 0)
		return SW_NO_CHANNEL;
	if ((cla & 0x73) == 0 && (cla & 0x0c) != 0)
		return SW_NO_SM;
	return cla == 0x00 || cla == 0x80 ? SW_OK : SW_NO_CLA;
}

unsigned
command_run(struct softcard *sc, const uint8_t *cmd, size_t n)
{
	unsigned sw;
	struct apdu a;

	if (apdu_parse(cmd, n, &a) < 0)
		return SW_WRONG_LENGTH;
	if (a.extended && sc->faults.short_only)
		return SW_WRONG_LENGTH;
	if ((sw = check_class(a.cla)) != SW_OK)
		return sw;
	if (a.ins != 0xc0)
		buf_reset(&sc->rest);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].cla == a.cla && commands[i].ins == a.ins)
			return commands[i].run(sc, &a);
	return SW_NO_INS;
}

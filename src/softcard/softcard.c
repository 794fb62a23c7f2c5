#include "softcard/softcard.h"

#include <stdlib.h>
#include <string.h>

#include "softcard/card.h"

/* Every EF of the card; docs/softcard.md says what is left out. */
static const struct ef layout[EF_COUNT] = {
	{ .ap = AP_JPKI, .fid = 0x0001, .kind = EF_DATA, .pin = PIN_SIGN },
	{ .ap = AP_JPKI, .fid = 0x0002, .kind = EF_DATA, .pin = PIN_NONE },
	{ .ap = AP_JPKI, .fid = 0x0006, .kind = EF_DATA, .pin = PIN_NONE },
	{ .ap = AP_JPKI, .fid = 0x0008, .kind = EF_DATA, .pin = PIN_NONE },
	{ .ap = AP_JPKI, .fid = 0x000a, .kind = EF_DATA, .pin = PIN_NONE },
	{ .ap = AP_JPKI, .fid = 0x000b, .kind = EF_DATA, .pin = PIN_NONE },
	{ .ap = AP_JPKI, .fid = 0x0017, .kind = EF_KEY,  .pin = PIN_AUTH },
	{ .ap = AP_JPKI, .fid = 0x0018, .kind = EF_PIN,  .pin = PIN_AUTH },
	{ .ap = AP_JPKI, .fid = 0x001a, .kind = EF_KEY,  .pin = PIN_SIGN },
	{ .ap = AP_JPKI, .fid = 0x001b, .kind = EF_PIN,  .pin = PIN_SIGN },
	{ .ap = AP_TEXT, .fid = 0x0001, .kind = EF_NAME, .pin = PIN_TEXT },
	{ .ap = AP_TEXT, .fid = 0x0002, .kind = EF_DATA, .pin = PIN_TEXT },
	{ .ap = AP_TEXT, .fid = 0x0011, .kind = EF_PIN,  .pin = PIN_TEXT },
};

/* A real contactless card's; the reader makes it from the card's ATQB. */
static const uint8_t default_atr[] = {
	0x3b, 0x88, 0x80, 0x01, 0x00, 0x00, 0x05, 0xe0, 0xb3, 0x81, 0xa1, 0x00, 0x7f
};

void
card_init(struct softcard *sc)
{
	memset(sc, 0, sizeof(*sc));
	memcpy(sc->ef, layout, sizeof(layout));
	memcpy(sc->atr, default_atr, sizeof(default_atr));
	sc->atr_len = sizeof(default_atr);
	sc->pin[PIN_AUTH].tries_max = 3;
	sc->pin[PIN_SIGN].tries_max = 5;
	sc->pin[PIN_TEXT].tries_max = 3;
	sc->faults.removed_after = sc->faults.mute_after = -1;
}

struct ef *
card_ef(struct softcard *sc, enum ap_id ap, unsigned fid)
{
	for (size_t i = 0; i < EF_COUNT; i++)
		if (sc->ef[i].ap == ap && sc->ef[i].fid == fid)
			return &sc->ef[i];
	return NULL;
}

/* A phone has no 券面 APs; a card of another kind has neither. */
bool
card_has_ap(const struct softcard *sc, enum ap_id ap)
{
	if (ap == AP_JPKI)
		return !sc->faults.no_jpki;
	return ap != AP_TEXT || (!sc->faults.phone && !sc->faults.no_jpki);
}

struct softcard *
softcard_load(const char *path, struct err *e)
{
	struct softcard *sc;

	if ((sc = malloc(sizeof(*sc))) == NULL) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	card_init(sc);
	if (fixture_read(sc, path, e) < 0) {
		softcard_free(sc);
		return NULL;
	}
	return sc;
}

void
softcard_free(struct softcard *sc)
{
	if (sc == NULL)
		return;
	for (size_t i = 0; i < EF_COUNT; i++) {
		buf_free(&sc->ef[i].data);
		crypto_key_free(sc->ef[i].key);
	}
	buf_free(&sc->rsp);
	buf_free(&sc->rest);
	explicit_bzero(sc, sizeof(*sc));
	free(sc);
}

/* The PIN counters are not touched: they are in non-volatile memory. */
void
softcard_power(struct softcard *sc, enum softcard_power what)
{
	const bool keep = what == SOFTCARD_RESET && sc->faults.reset_keeps_pin;

	for (size_t i = 0; i < PIN_COUNT; i++)
		sc->pin[i].verified = sc->pin[i].verified && keep;
	sc->df = AP_NONE;
	sc->current = NULL;
	buf_reset(&sc->rest);
	sc->powered = what != SOFTCARD_OFF;
	if (what == SOFTCARD_ON)
		fault_power_on(sc);
}

struct span
softcard_atr(const struct softcard *sc)
{
	return (struct span){ sc->atr, sc->atr_len };
}

static unsigned
answer(struct softcard *sc, const uint8_t *cmd, size_t n)
{
	if (sc->faults.first_6f00 && sc->answered == 0)
		return SW_UNKNOWN;
	return command_run(sc, cmd, n);
}

int
softcard_transmit(struct softcard *sc, const uint8_t *cmd, size_t n,
    uint8_t *rsp, size_t rsp_max, size_t *rsp_len, struct err *e)
{
	unsigned sw;

	*rsp_len = 0;
	if (!sc->powered)
		return err_set(e, ERR_CARD_UNREADABLE, "the card has no power");
	if (fault_before(sc, cmd, n, e) < 0)
		return -1;

	buf_reset(&sc->rsp);
	sw = answer(sc, cmd, n);
	buf_addc(&sc->rsp, (char)(sw >> 8));
	buf_addc(&sc->rsp, (char)sw);
	fault_after(sc, cmd, n);

	if (sc->rsp.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (sc->rsp.n > rsp_max)
		return err_set(e, ERR_INTERNAL, "an answer of %zu bytes does not fit", sc->rsp.n);
	memcpy(rsp, sc->rsp.p, sc->rsp.n);
	*rsp_len = sc->rsp.n;
	explicit_bzero(sc->rsp.p, sc->rsp.n);
	return 0;
}

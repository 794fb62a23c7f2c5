#include "card/ef.h"

#include <string.h>

int
ef_sw_error(struct err *e, const char *what, uint16_t sw)
{
	return err_set(e, ERR_CARD_UNREADABLE, "%s: SW %04X", what, sw);
}

int
ef_select(const struct card_io *io, uint8_t fid, struct err *e)
{
	const uint8_t cmd[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, fid };
	struct apdu_answer a;

	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	if (sw_kind(a.sw) != SW_OK)
		return err_set(e, ERR_CARD_UNREADABLE, "SELECT %04X: SW %04X", fid, a.sw);
	return 0;
}

int
ef_read(const struct card_io *io, size_t offset, size_t want, struct apdu_answer *a,
    struct err *e)
{
	const uint8_t cmd[] = { 0x00, 0xb0, (uint8_t)(offset >> 8), (uint8_t)offset,
	    (uint8_t)want };

	return apdu_send(io, cmd, sizeof(cmd), a, e);
}

bool
ef_read_ok(const struct apdu_answer *a)
{
	return sw_kind(a->sw) == SW_OK || sw_kind(a->sw) == SW_EOF;
}

int
ef_head(const struct card_io *io, uint8_t fid, size_t n, struct apdu_answer *a, struct err *e)
{
	if (ef_select(io, fid, e) < 0 || ef_read(io, 0, n, a, e) < 0)
		return -1;
	if (!ef_read_ok(a))
		return err_set(e, ERR_CARD_UNREADABLE, "READ %04X: SW %04X", fid, a->sw);
	if (a->n != n)
		return err_set(e, ERR_CARD_UNREADABLE, "READ %04X: %zu bytes of %zu", fid, a->n, n);
	return 0;
}

int
ef_read_all(const struct card_io *io, uint8_t *out, size_t len, struct err *e)
{
	struct apdu_answer a = { .n = 0 };
	int rc = 0;

	for (size_t got = 0; rc == 0 && got < len; got += a.n) {
		const size_t left = len - got;

		rc = ef_read(io, got, left < APDU_DATA_MAX ? left : APDU_DATA_MAX, &a, e);
		if (rc == 0 && (!ef_read_ok(&a) || a.n == 0))
			rc = err_set(e, ERR_CARD_UNREADABLE,
			    "READ at %zu of %zu: %zu bytes, SW %04X", got, len, a.n, a.sw);
		if (rc == 0)
			memcpy(out + got, a.data, a.n);
	}
	explicit_bzero(&a, sizeof(a));
	return rc;
}

/* Four bytes, no Lc, no Le: with an Le some readers make an attempt of it. */
static int
pin_status(const struct card_io *io, int *left, struct err *e)
{
	static const uint8_t cmd[] = { 0x00, 0x20, 0x00, 0x80 };
	struct apdu_answer a;

	if (apdu_send(io, cmd, sizeof(cmd), &a, e) < 0)
		return -1;
	switch (sw_kind(a.sw)) {
	case SW_TRIES:
	case SW_BLOCKED:
		*left = sw_tries(a.sw);
		return 0;
	case SW_OK:
		*left = EF_TRIES_VERIFIED;
		return 0;
	case SW_NO_COUNT:
		*left = EF_TRIES_UNKNOWN;
		return 0;
	default:
		return ef_sw_error(e, "PIN status", a.sw);
	}
}

int
ef_tries(const struct card_io *io, uint8_t pin_fid, int *left, struct err *e)
{
	*left = EF_TRIES_UNKNOWN;
	if (ef_select(io, pin_fid, e) < 0)
		return -1;
	return pin_status(io, left, e);
}

static int
verify_result(uint16_t sw, struct err *e)
{
	switch (sw_kind(sw)) {
	case SW_OK:
		return 0;
	case SW_TRIES:
	case SW_NO_COUNT:
		e->tries_left = sw_tries(sw);
		return err_set(e, ERR_PIN_WRONG, "VERIFY: SW %04X", sw);
	case SW_BLOCKED:
		e->tries_left = 0;
		return err_set(e, ERR_PIN_BLOCKED, "VERIFY: SW %04X", sw);
	default:
		return ef_sw_error(e, "VERIFY", sw);
	}
}

int
ef_verify(const struct card_io *io, uint8_t pin_fid, const uint8_t pin[static EF_PIN_LEN],
    struct err *e)
{
	uint8_t cmd[] = { 0x00, 0x20, 0x00, 0x80, EF_PIN_LEN, 0, 0, 0, 0 };
	struct apdu_answer a;
	int rc = -1;

	for (size_t i = 0; i < EF_PIN_LEN; i++)
		if (pin[i] < '0' || pin[i] > '9')
			return err_set(e, ERR_PIN_FORMAT, "the PIN is not four digits");
	if (ef_select(io, pin_fid, e) < 0)
		return -1;
	memcpy(cmd + 5, pin, EF_PIN_LEN);
	if (apdu_send(io, cmd, sizeof(cmd), &a, e) == 0)
		rc = verify_result(a.sw, e);
	/* not where the gate refused it */
	e->pin_sent = rc < 0 && e->code != ERR_INTERNAL && e->code != ERR_INTERRUPTED;
	explicit_bzero(cmd, sizeof(cmd));
	return rc;
}

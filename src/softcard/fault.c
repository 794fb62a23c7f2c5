#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "softcard/card.h"

void
fault_power_on(struct softcard *sc)
{
	sc->answered = 0;
	for (size_t i = 0; i < sc->faults.alters; i++)
		sc->faults.alter[i].seen = 0;
}

static bool
is_meant(const struct softcard *sc, const struct alter *a, const uint8_t *cmd, size_t n)
{
	return n >= 2 && (a->any_ins || cmd[1] == a->ins) &&
	    (a->ap == AP_NONE || a->ap == sc->asked_in);
}

/* answered: commands before this one since power-on. */
static bool
is_due(const struct softcard *sc, const struct alter *a, long long answered, const uint8_t *cmd,
    size_t n)
{
	return a->at >= 0 ? a->at == answered : is_meant(sc, a, cmd, n) && a->seen >= a->after;
}

static bool
any_due(const struct softcard *sc, enum alter_do how, const uint8_t *cmd, size_t n)
{
	for (size_t i = 0; i < sc->faults.alters; i++) {
		const struct alter *a = &sc->faults.alter[i];

		if (a->how == how && is_due(sc, a, sc->answered, cmd, n))
			return true;
	}
	return false;
}

int
fault_before(struct softcard *sc, const uint8_t *cmd, size_t n, struct err *e)
{
	const struct faults *f = &sc->faults;

	sc->asked_in = sc->df;
	if ((f->removed_after >= 0 && sc->answered >= f->removed_after) ||
	    any_due(sc, ALTER_REMOVE, cmd, n))
		return err_set(e, ERR_CARD_REMOVED, "the card was taken away after %lld APDUs",
		    sc->answered);
	while ((f->mute_after >= 0 && sc->answered >= f->mute_after) ||
	    any_due(sc, ALTER_MUTE, cmd, n))
		pause();
	if (any_due(sc, ALTER_RESET, cmd, n))
		softcard_power(sc, SOFTCARD_RESET);
	return 0;
}

static void
fill(struct buf *b, size_t from, size_t n)
{
	while (b->n > from)
		b->p[--b->n] = '\0';
	for (size_t i = 0; i < n; i++)
		buf_addc(b, (char)(0xa5 + 31 * i));
}

static void
spoil(const struct alter *a, struct buf *rsp)
{
	const size_t data = rsp->n - 2;
	char sw[2] = { rsp->p[data], rsp->p[data + 1] };

	switch (a->how) {
	case ALTER_CORRUPT:
		if (data > 0)
			rsp->p[data / 2] ^= 0x01;
		return;
	case ALTER_TRUNCATE:
		fill(rsp, data / 2, 0);
		break;
	case ALTER_GARBAGE:
		fill(rsp, 0, data);
		break;
	case ALTER_OVERLONG:
		fill(rsp, 0, 300);
		break;
	case ALTER_SHORT:
		fill(rsp, 1, 0);
		return;
	case ALTER_SW:
		fill(rsp, 0, 0);
		sw[0] = (char)(a->sw >> 8);
		sw[1] = (char)a->sw;
		break;
	case ALTER_REMOVE:
	case ALTER_MUTE:
	case ALTER_RESET:
		return;
	}
	buf_add(rsp, sw, sizeof(sw));
}

/* Bytes on the air both ways, the card's own time, and its RSA unit's. */
static void
wait_as_card(const struct timing *t, size_t bytes, bool sign)
{
	long long us = t->apdu_ms * 1000;
	struct timespec left;

	if (t->kbps > 0)
		us += (long long)bytes * 10 * 1000 / t->kbps;
	if (sign)
		us += t->sign_ms * 1000;
	left = (struct timespec){ us / 1000000, us % 1000000 * 1000 };
	while (us > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

void
fault_after(struct softcard *sc, const uint8_t *cmd, size_t n)
{
	const uint8_t ins = n >= 2 ? cmd[1] : 0;

	sc->answered++;
	if (sc->rsp.failed)
		return;
	for (size_t i = 0; i < sc->faults.alters; i++) {
		struct alter *a = &sc->faults.alter[i];

		if (is_due(sc, a, sc->answered - 1, cmd, n) && sc->rsp.n >= 2)
			spoil(a, &sc->rsp);
		a->seen += is_meant(sc, a, cmd, n);
	}
	wait_as_card(&sc->timing, n + sc->rsp.n, ins == 0x2a);
}

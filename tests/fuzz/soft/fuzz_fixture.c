/*
 * A fixture card: whatever the file says, it is refused with a reason or it is
 * a card whose state is one a card can have, and which answers every command
 * with at most 65536 bytes and a status word, unless the fixture spoils it.
 * The bytes after the first NUL are commands for it, each with its length
 * before it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../must.h"
#include "softcard/card.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char path[] = "/proc/self/fd/1000";	/* and so the files beside it */

static struct softcard *
load(const uint8_t *p, size_t n, struct err *e)
{
	struct softcard *sc;
	int fd = memfd_create("fixture", MFD_CLOEXEC);

	must(fd >= 0 && dup2(fd, 1000) == 1000 && write(fd, p, n) == (ssize_t)n);
	close(fd);
	sc = softcard_load(path, e);
	close(1000);
	return sc;
}

static void
check_card(const struct softcard *sc)
{
	must(sc->atr_len >= 1 && sc->atr_len <= sizeof(sc->atr));
	must(sc->faults.alters <= ALTERS_MAX);
	for (int i = 0; i < PIN_COUNT; i++) {
		const struct pin *p = &sc->pin[i];

		must(p->tries >= 0 && p->tries <= p->tries_max && p->n <= PIN_LEN_MAX);
		must(p->tries == 0 || p->n > 0);
	}
	/* the individual number has no place here */
	for (size_t i = 0; i < EF_COUNT; i++)
		must(sc->ef[i].kind != EF_NAME || sc->ef[i].data.n == 0);
}

static bool
is_mute(const struct softcard *sc)
{
	for (size_t i = 0; i < sc->faults.alters; i++)
		if (sc->faults.alter[i].how == ALTER_MUTE)
			return true;
	return sc->faults.mute_after >= 0;
}

static void
command(struct softcard *sc, const uint8_t *cmd, size_t n)
{
	static uint8_t rsp[SOFTCARD_RSP_MAX];
	struct err e = ERR_INIT;
	size_t len;

	if (softcard_transmit(sc, cmd, n, rsp, sizeof(rsp), &len, &e) < 0)
		must(e.code == ERR_CARD_REMOVED);
	else
		must(len >= 2 || (len == 1 && sc->faults.alters > 0));
}

static void
talk(struct softcard *sc, const uint8_t *p, size_t n)
{
	softcard_power(sc, SOFTCARD_ON);
	while (n > 0) {
		const size_t len = p[0] < n - 1 ? p[0] : n - 1;
		uint8_t *cmd = malloc(len + (len == 0));

		must(cmd != NULL);
		memcpy(cmd, p + 1, len);
		command(sc, cmd, len);
		free(cmd);
		p += len + 1;
		n -= len + 1;
	}
	check_card(sc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
	const size_t n = end != NULL ? (size_t)(end - data) : size;
	struct err e = ERR_INIT;
	struct softcard *sc;

	sc = load(data, n, &e);
	must((sc == NULL) == (e.code != ERR_NONE));
	if (sc == NULL) {
		must((e.code == ERR_MALFORMED || e.code == ERR_CONFIG) && e.msg[0] != '\0');
		return 0;
	}
	check_card(sc);
	if (end != NULL && !is_mute(sc))
		talk(sc, end + 1, size - n - 1);
	softcard_free(sc);
	return 0;
}

#ifndef SOFTCARD_SOFTCARD_H
#define SOFTCARD_SOFTCARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A My Number card in software: the JPKI AP, the 券面事項入力補助AP and the
 * GlobalPlatform ISD, as docs/softcard.md describes them.  The 個人番号 is
 * not in it: its EF answers to its name and to nothing else.
 *
 * PIN counters live as long as the card, as in the real one's memory.
 */
struct softcard;

#define SOFTCARD_RSP_MAX	65538	/* 65536 bytes of data and the SW */

enum softcard_power {
	SOFTCARD_OFF,
	SOFTCARD_ON,	/* cold reset, also of a card already on */
	SOFTCARD_RESET	/* warm reset */
};

/*
 * Reads the fixture at path; the files it names are sought beside it.  NULL
 * with e set: ERR_CONFIG when a file is missing, ERR_MALFORMED when one is
 * not what it should be.  The card is not powered yet.
 */
struct softcard	*softcard_load(const char *path, struct err *e);
void		 softcard_free(struct softcard *sc);	/* harmless on NULL */

void		 softcard_power(struct softcard *sc, enum softcard_power what);

/* Borrowed from the card. */
struct span	 softcard_atr(const struct softcard *sc);

/*
 * Answers one command APDU; the answer ends with its status word, unless the
 * fixture spoils it.  -1 with ERR_CARD_REMOVED when the fixture takes the card
 * away, ERR_CARD_UNREADABLE when it has no power.  A mute card does not
 * return: who cannot wait for ever calls this in a process that can be killed.
 */
int		 softcard_transmit(struct softcard *sc, const uint8_t *cmd, size_t n,
		    uint8_t *rsp, size_t rsp_max, size_t *rsp_len, struct err *e);

#endif

#ifndef CARD_APDU_H
#define CARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/card_io.h"

#define APDU_CMD_MAX	261	/* header 4, Lc 1, data 255, Le 1: short form only */
#define APDU_DATA_MAX	256
#define APDU_RSP_MAX	(APDU_DATA_MAX + 2)

/* A checked answer: data is never longer than the command asked for. */
struct apdu_answer {
	uint8_t		data[APDU_DATA_MAX];
	size_t		n;
	uint16_t	sw;
};

/* What a status word means to this program; every value has one kind. */
enum sw_kind {
	SW_OK,			/* 9000 */
	SW_EOF,			/* 6282: fewer bytes than asked, all there are */
	SW_TRIES,		/* 63C1..63CF: PIN wrong or asked, tries left given */
	SW_NO_COUNT,		/* 6300: PIN wrong, tries left not given */
	SW_BLOCKED,		/* 63C0, 6983, 6984 */
	SW_SECURITY,		/* 6982: the PIN is wanted first */
	SW_NOT_FOUND,		/* 6A82 */
	SW_MEMORY,		/* 64xx, 65xx, 6F00: the card is in trouble */
	SW_OTHER
};

enum sw_kind	 sw_kind(uint16_t sw);
/* Tries left as the card gives them: 63Cx only; 0 when blocked; else -1. */
int		 sw_tries(uint16_t sw);

/*
 * The name of the command if it may be sent to a patient's card, or NULL.
 * The list holds nothing that selects or reads a file with the individual
 * number, the signature certificate or any other application than JPKI.
 */
const char	*apdu_allowed(const uint8_t *cmd, size_t n);

/* How many bytes of data a command of the list asks for. */
size_t		 apdu_expected(const uint8_t *cmd, size_t n);

/*
 * Sends a command of the list and reads its answer: 61xx is followed by one
 * GET RESPONSE and 6Cxx by one repetition with the right Le, both only where
 * the command asks for data.  So a VERIFY is sent once whatever comes back.
 * 0 for any status word, which is in out; -1 with e set when the command is
 * not on the list (ERR_INTERNAL), or the answer is cut or longer than asked.
 */
int		 apdu_send(const struct card_io *io, const uint8_t *cmd, size_t n,
		    struct apdu_answer *out, struct err *e);

#endif

#ifndef CARD_APDU_H
#define CARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "card/card_io.h"

#define APDU_CMD_MAX	261	/* header 4, Lc 1, data 255, Le 1: short form only */
#define APDU_DATA_MAX	256	/* of one exchange */
#define APDU_RSP_MAX	(APDU_DATA_MAX + 2)
#define APDU_ANSWER_MAX	512	/* of one command, in parts: the signature of RSA-4096 */

/* A checked answer: data is never longer than the command asked for. */
struct apdu_answer {
	uint8_t		data[APDU_ANSWER_MAX];
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
 * number, a key that opens one, the signature certificate or its PIN, or any
 * other application than JPKI and 券面事項入力補助.
 */
const char	*apdu_allowed(const uint8_t *cmd, size_t n);

/* Where a card is: its application and file.  Whoever opens it begins APDU_NOWHERE. */
enum apdu_place {
	APDU_NOWHERE,
	APDU_JPKI, APDU_TOKEN, APDU_AVAILABILITY, APDU_CERTIFICATE, APDU_KEY, APDU_PIN,
	APDU_TEXT, APDU_PERSON, APDU_TEXT_PIN,
	APDU_ISD,
	APDU_PLACES
};

/*
 * The list knows what may be sent where: a file of one application is not
 * selected in another, a PIN not sent to anything but a PIN.  card/gate.h
 * keeps to it.  apdu_after() is the place once sw was answered; with any other
 * word than 9000, and when no answer came (0), a SELECT leaves its file behind.
 */
bool		 apdu_fits(enum apdu_place at, const uint8_t *cmd, size_t n);
enum apdu_place	 apdu_after(enum apdu_place at, const uint8_t *cmd, size_t n, uint16_t sw);

/* How many bytes of data a command of the list asks for; of a signature as many as there are. */
size_t		 apdu_expected(const uint8_t *cmd, size_t n);

/*
 * Sends a command of the list and reads its answer: 61xx is followed by GET
 * RESPONSE as long as data comes, 6Cxx by one repetition with the right Le,
 * both only where the command asks for data.  So a VERIFY is sent once
 * whatever comes back.
 * 0 for any status word, which is in out; -1 with e set when the command is
 * not on the list (ERR_INTERNAL), or the answer is cut or longer than asked.
 */
int		 apdu_send(const struct card_io *io, const uint8_t *cmd, size_t n,
		    struct apdu_answer *out, struct err *e);

#endif

#ifndef FUZZ_FAKE_H
#define FUZZ_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card/message.h"
#include "../must.h"
#include "reader/session.h"

/*
 * What the fuzzers of the card side put in place of pcscd, of the card and of
 * the disk: fake.c defines pcsc_*() itself, and open(), so that no input can
 * make a target touch a file or a terminal.
 *
 * The card is a small right one, until the bytes say otherwise: each exchange,
 * and each call of pcsc_*(), takes one byte and obeys it.  When they have run
 * out, all goes well; so every prefix of a good session is a short input.
 */
struct fake {
	/* bytes that say what goes wrong */
	const uint8_t	*p;
	size_t		 n;

	/* the card: PINs and counters are those of JPKI and of the text AP */
	bool		 text;		/* the text AP is selected */
	int		 tries[2];
	bool		 verified[2];
	bool		 other;		/* another card than the one of the beginning */
	uint8_t		 ef;
	uint8_t		 held_back[256];	/* for GET RESPONSE */
	size_t		 n_held_back;

	/* what a VERIFY is judged by; the place is the one that the program was told */
	bool		 in_text;
	uint8_t		 in_ef;
	bool		 known_pins;	/* no others than the two below are entered */
	const struct session *session;	/* NULL: nothing is judged */
	bool		 begun;
	int		 pins;		/* entered and not yet sent */
	bool		 last_try;
	bool		 accepted;	/* the last VERIFY was answered 9000 */
	bool		 traced;	/* an APDU log is written */
	uint16_t	 sw;		/* of the last answer */
	int		 told;		/* tries left as told since begin(); -1: not told */
	uint8_t		 seen[JPKI_CERTIFICATE_MAX];	/* of the certificate, since begin() */
	size_t		 at;		/* where the next data of it belong */
};

/* The fake of this process, which pcsc_*() serve. */
extern struct fake fake;
void	fake_reset(const uint8_t *p, size_t n);
uint8_t	fake_next(void);	/* the next byte, 0 after the last */

/* What the card signs without being asked twice; see fake_data.h. */
extern const struct sign_fields fake_fields;
/* Is it the right signature of that? */
bool	fake_signed(const uint8_t *sig, size_t n);

#define FAKE_PIN	"4711"	/* of JPKI */
#define FAKE_TEXT_PIN	"1234"	/* of the text AP */

#endif

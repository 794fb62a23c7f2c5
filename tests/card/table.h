#ifndef TEST_CARD_TABLE_H
#define TEST_CARD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "softcard/softcard.h"

/*
 * A reception table in this process: a clock that only waiting moves, cards
 * in software, and the resource manager that src/reader/pcsc.c calls.  It
 * does what pcscd with a virtual reader was seen to do, and goes wrong where
 * it is told to.
 */
#define SLOTS		2
#define FAULTS_MAX	4

enum kind {
	KIND_NONE,

	/* at the APDU of that index */
	KIND_EMPTY,		/* taken away: success and no byte, later "removed" */
	KIND_REMOVED,		/* taken away: "removed" at once */
	KIND_NO_CARD,		/* taken away: "no card" */
	KIND_BACK,		/* taken away and put back */
	KIND_SWAPPED,		/* another card lies there instead */
	KIND_SLIPPED_IN,	/* another card, and pcscd did not notice */
	KIND_RESET,		/* another program reset the card */
	KIND_POWER,		/* the card forgets all, and nobody is told */
	KIND_DIED,		/* pcscd dies; it is back for the next patient */
	KIND_ONE_BYTE,
	KIND_TOO_LONG,		/* 300 bytes and 9000 */
	KIND_NO_DATA,		/* the status word alone */
	KIND_HALF,		/* half the data, status word kept */
	KIND_GARBAGE,		/* other data, status word kept */
	KIND_SW,		/* that status word, no data */
	KIND_RV,		/* SCardTransmit returns that value */

	/* at the call of that index that is no SCardTransmit */
	KIND_CALL		/* it returns that value, and does nothing */
};

struct fault {
	enum kind	kind;
	long		at;	/* counted from 0 */
	long		value;	/* KIND_SW, KIND_RV, KIND_CALL */
	bool		acted;	/* the card did what it was told before */
};

/* A card of the table: it outlives its stay in a reader. */
struct card {
	struct softcard	*soft;
	int		 tries, text_tries;	/* at the start; the second as it was loaded */
	long		 verifies;	/* VERIFY with data that reached it */
};

struct table {
	struct card	*slot[SLOTS];	/* NULL: nothing lies there */
	struct card	*other;		/* who comes in a swap */
	struct fault	 fault[FAULTS_MAX];
	size_t		 faults;
	bool		 down;		/* no pcscd */
	long		 apdus;		/* SCardTransmit called */
	long		 calls;		/* of the others */
	long		 verifies;	/* VERIFY with data handed to SCardTransmit */
	long		 wrong_pci;	/* not of the protocol that was agreed on */
	long		 unlisted;	/* commands that are not on the list of src/card/apdu.h */
	bool		 hit;		/* a fault took place */
	bool		 lied;		/* the card said what is not so */
};

extern struct table table;

/* A fixture; ends the program if it cannot be read. */
void	card_load(struct card *c, const char *path);
/* As it came: tries, no power. */
void	card_fresh(struct card *c, int tries);
int	card_tries(const struct card *c);
int	card_text_tries(const struct card *c);	/* of the PIN of the 入力補助AP */
bool	card_is_open(const struct card *c);	/* its authentication PIN is verified, or the other */
bool	card_has_power(const struct card *c);
/* Whether that is its authentication certificate. */
bool	card_holds(const struct card *c, const uint8_t *der, size_t n);
/* One command; a card without power says 6F00, as through vpcd. */
size_t	card_run(struct card *c, const uint8_t *cmd, size_t n, uint8_t rsp[SOFTCARD_RSP_MAX]);
bool	card_is_verify(const uint8_t *cmd, size_t n);	/* with a PIN in it */

/* Only card in slot 0, a pcscd that runs, no faults. */
void	table_lay(struct card *c, struct card *other);
/* A transaction that nobody ended. */
bool	table_is_held(void);

/* The clock of this program, in ms; only waiting moves it. */
long long	clock_ms(void);
void		clock_wait(long long ms);

#endif

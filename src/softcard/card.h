#ifndef SOFTCARD_CARD_H
#define SOFTCARD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "softcard/apdu.h"
#include "softcard/crypto.h"
#include "softcard/softcard.h"

/* The inside of struct softcard, shared by the files of this directory. */

enum ap_id { AP_NONE, AP_JPKI, AP_TEXT, AP_ISD };

enum pin_id { PIN_AUTH, PIN_SIGN, PIN_TEXT, PIN_COUNT, PIN_NONE = PIN_COUNT };

#define PIN_LEN_MAX	16

struct pin {
	uint8_t	value[PIN_LEN_MAX];
	size_t	n;
	int	tries;
	int	tries_max;
	bool	verified;
};

enum ef_kind {
	EF_DATA,
	EF_PIN,
	EF_KEY,
	EF_NAME		/* can be selected; holds nothing and never will */
};

struct ef {
	enum ap_id		 ap;
	uint16_t		 fid;
	enum ef_kind		 kind;
	enum pin_id		 pin;	/* that opens it, or that it is */
	struct buf		 data;
	struct crypto_key	*key;
};

#define EF_COUNT	13

enum alter_do {
	ALTER_CORRUPT,	/* one bit of the data flipped */
	ALTER_TRUNCATE,	/* half the data, SW kept */
	ALTER_GARBAGE,	/* other data of that length, SW kept */
	ALTER_OVERLONG,	/* 300 bytes, whatever Le was */
	ALTER_SHORT,	/* one byte: not even a status word */
	ALTER_SW,	/* no data, another SW */
	ALTER_REMOVE,	/* the card is taken away instead */
	ALTER_MUTE,	/* it never answers */
	ALTER_RESET	/* it forgot all just before, as in a weak field */
};

struct alter {
	long long	at;	/* commands answered before since power-on; -1: as follows */
	bool		any_ins;
	uint8_t		ins;
	enum ap_id	ap;	/* AP_NONE: in any */
	enum alter_do	how;
	uint16_t	sw;	/* ALTER_SW */
	long long	after;	/* such commands that are left alone */
	long long	seen;	/* since power-on */
};

#define ALTERS_MAX	8

struct faults {
	long long	removed_after;	/* APDUs answered since power-on; -1: never */
	long long	mute_after;
	bool		first_6f00;
	bool		short_only;
	bool		phone;
	bool		no_jpki;
	bool		blocked;
	bool		blocked_query_6984;
	bool		verified_query_9000;
	bool		reset_keeps_pin;
	bool		non_minimal;
	struct alter	alter[ALTERS_MAX];
	size_t		alters;
};

/* How slow the card is; 0 is as fast as the machine. */
struct timing {
	long long	kbps;		/* type B: 10 bit times a byte */
	long long	apdu_ms;
	long long	sign_ms;
};

struct softcard {
	uint8_t		 atr[33];
	size_t		 atr_len;
	char		 token[33];
	struct pin	 pin[PIN_COUNT];
	struct ef	 ef[EF_COUNT];
	struct faults	 faults;
	struct timing	 timing;

	bool		 powered;
	long long	 answered;	/* APDUs since power-on */
	enum ap_id	 df;
	enum ap_id	 asked_in;	/* df when the command at hand came */
	struct ef	*current;
	struct buf	 rsp;		/* the answer under construction */
	struct buf	 rest;		/* of an answer too long for one short APDU */
};

/* softcard.c */
void		 card_init(struct softcard *sc);
struct ef	*card_ef(struct softcard *sc, enum ap_id ap, unsigned fid);
bool		 card_has_ap(const struct softcard *sc, enum ap_id ap);

/* command.c: appends the data of the answer to sc->rsp, returns the SW. */
unsigned	 command_run(struct softcard *sc, const uint8_t *cmd, size_t n);

/* file.c: what the EFs hold.  Filler follows the object, as on the card. */
struct holder {
	const char	*name;
	const char	*address;
	const char	*birthdate;	/* YYYYMMDD */
	const char	*sex;		/* one digit */
};
void		 file_pad(struct buf *ef);
void		 file_token(struct buf *ef, const char *label);
void		 file_availability(struct buf *ef, bool sign, bool auth);
void		 file_basic_four(struct buf *ef, const struct holder *h, bool non_minimal);

/* fixture.c, fixture_fault.c; v is a part of the fixture. */
struct json;
int		 fixture_object(const struct json *v, const char *where,
		    const char *const *keys, struct err *e);	/* and no other keys */
int		 fixture_read(struct softcard *sc, const char *path, struct err *e);
int		 fixture_faults(struct softcard *sc, const struct json *v, struct err *e);
int		 fixture_alter(struct softcard *sc, const struct json *v, struct err *e);
int		 fixture_timing(struct softcard *sc, const struct json *v, struct err *e);

/*
 * fault.c.  Before: -1 when the card is gone by now; does not return when it
 * is mute.  After: spoils the answer in sc->rsp and takes the time it takes.
 */
int		 fault_before(struct softcard *sc, const uint8_t *cmd, size_t n,
		    struct err *e);
void		 fault_after(struct softcard *sc, const uint8_t *cmd, size_t n);
void		 fault_power_on(struct softcard *sc);

#endif

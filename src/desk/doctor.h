#ifndef DESK_DOCTOR_H
#define DESK_DOCTOR_H

#include "card/x509.h"
#include "desk/reader.h"
#include "net/elig.h"

/*
 * Is everything there that a check needs?  Each part is looked at by itself,
 * as far as what it stands on allows; nothing is changed and no PIN try spent.
 * What is said is for the desk and its technician: no name, no number and no
 * birth date of the card that happens to lie there.
 */
enum doctor_part {
	PART_CONFIGURATION, PART_RULES, PART_STORE, PART_AUDIT_LOG, PART_HELPER, PART_PCSCD, PART_READER, PART_CARD,
	PART_CLIENT_CERT, PART_CLIENT_KEY, PART_CA, PART_CARD_CA,
	PART_SERVICE, PART_TLS, PART_ADMISSION, PART_HEALTH, PART_CLOCK, PART_MAX
};

/* FINDING_NOTE: it works, and somebody should know; FINDING_BAD: err says what is wrong. */
enum finding_state { FINDING_SKIPPED, FINDING_OK, FINDING_NOTE, FINDING_BAD };

struct finding {
	enum finding_state	 state;
	struct err		 err;
	char			 text[320];	/* one sentence; empty: the error's own */
	const char		*next;		/* what to do; NULL: what the error's code says */
};

struct doctor {
	bool		ja;
	int		today;			/* day number in Japan */
	int		verified_on;		/* when the oldest rule was, or FACT_ABSENT */
	struct finding	found[PART_MAX];
	bool		thread_left;		/* end the process by _exit() */
};

/* What is configured; borrowed. */
struct doctor_desk {
	struct reader_request	 card;
	const struct elig_service *service;	/* its members NULL where not configured */
	bool			 offline;	/* no service on purpose */
	const struct x509_anchors *anchors;	/* NULL: none, or they can not be used */
	const char *const	*card_ca;
	size_t			 card_cas;
	bool			 test_mode;
};

/* The finding of a part, a sentence of at most 319 bytes in the language of d. */
void	doctor_say(struct doctor *d, enum doctor_part part, enum finding_state state,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* It is broken: the error says how, doctor_say() after it in better words.  next may be NULL. */
void	doctor_bad(struct doctor *d, enum doctor_part part, const struct err *e, const char *next);

/* The parts one after the other; all that is there must be in found[] before the service's. */
void	doctor_files(struct doctor *d, const struct doctor_desk *desk);
void	doctor_reader(struct doctor *d, const struct doctor_desk *desk, int timeout_ms);
void	doctor_service(struct doctor *d, const struct doctor_desk *desk, long long deadline_ms);

/* The name of the contract, and what it is called. */
const char *doctor_part_name(enum doctor_part part);
const char *doctor_part_word(enum doctor_part part, bool ja);
const char *finding_name(enum finding_state state);
const char *finding_word(enum finding_state state, bool ja);

/* 0, or the lowest exit status of what is broken. */
int	doctor_status(const struct doctor *d);

#endif

#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "base/hash.h"
#include "cli/board.h"
#include "cli/reception.h"
#include "desk/outage.h"
#include "desk/tray.h"

/*
 * The desk from one patient to the next: cmd_watch.c begins it, watch.c waits
 * and lets the patients come, watch_eye.c sees the readers, watch_page.c says
 * how things are.  Instants are of https_clock_ms().
 */
struct watch {
	struct reception	*r;
	int			 clear_after_ms;
	bool			 bell;
	bool			 person;	/* sits at the terminal */
	bool			 record;	/* results go to standard output */
	struct board		 board;
	struct outage		*outage;
	struct store		*store;		/* for the count of what is owed; NULL: none */
	struct err		 down;		/* why this patient is not asked about */

	/* the readers */
	struct reader		*eye;		/* NULL: not running */
	bool			 asked;		/* the eye was, and has not answered */
	bool			 anew;		/* the next answer is the first since it was blind */
	long long		 eye_at;	/* not before that it is asked again */
	bool			 seen;		/* it has answered */
	struct err		 blind;		/* why it sees nothing, or ERR_NONE */
	struct tray		 tray;

	/* what is shown */
	struct buf		 notice;	/* lines above the readers, for the next patient */
	long long		 bounced_at;	/* a card that was lifted; https_clock_ms() */
	struct buf		 handout;	/* of the last patient */
	long long		 handout_until;
	long long		 shown_at;	/* the page about a patient */
	long long		 clear_at;	/* 0: nothing to clear */
	bool			 held;		/* the next card came before it could be read */
	bool			 same_card;	/* came back at once */

	/* the card that was confirmed last */
	struct {
		bool		known;
		char		reader[READER_NAME_MAX];
		uint8_t		hash[HASH_SHA256_LEN];	/* of its certificate */
		long long	gone_at;
	} last;
};

/* Until somebody ends it: 0, or -1 with e set. */
int	watch_run(struct watch *w, struct err *e);
void	watch_release(struct watch *w);

/*
 * watch_eye.c: asks the eye, takes what it has seen; in how many ms to call
 * again, or -1: when watch_eye_fd(), -1 for none, can be read.
 */
int	watch_look(struct watch *w, long long now);
int	watch_eye_fd(const struct watch *w);
void	watch_close_eye(struct watch *w);
/* Is the card on that reader the one that was confirmed last, put back at once? */
bool	watch_came_back(struct watch *w, const char *reader);

/* watch_page.c: the foot, and the page while no patient's is shown. */
void	watch_show(struct watch *w);
/* "14:07" in Japan. */
#define WATCH_CLOCK_LEN	5
void	watch_clock(time_t t, char out[static WATCH_CLOCK_LEN + 1]);
/* The keys that do something now. */
const char *watch_keys(const struct watch *w, char keys[static 8]);
/* Is the next card kept waiting for what is still shown? */
bool	watch_holds(const struct watch *w);

#endif

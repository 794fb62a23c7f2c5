#ifndef NET_BULK_H
#define NET_BULK_H

#include "net/bulk_units.h"
#include "net/elig.h"
#include "net/sender.h"

/*
 * A bulk enquiry (一括照会): one file of questions is sent, its ReceptionNumber
 * comes back, and then the result is asked for until it is there.  Each step
 * is seen through as sender.h says, over one connection.  One thread, no
 * callbacks; nothing is sent before the first bulk_wait().
 *
 * To survive a crash, the caller records bulk_file_id() before the first
 * bulk_wait() and the ReceptionNumber at BULK_ACCEPTED.  A file sent again
 * under its old identifier is the old file; with the number it is not sent.
 *
 * A valid answer is not all that a question asked singly gives: nothing that
 * needs a consent comes by file, only LimitApplicationCertificateChanged.
 */
struct bulk;

struct bulk_config {
	struct retry_policy	retry;		/* attempts is not used: as many as patience lets */
	int			timeout_ms;	/* of one attempt of one step */
	int			poll_floor_ms;	/* before the first question for the result */
	int			poll_ceiling_ms; /* between two; half as long again each time */
	int			polls_max;	/* then what is not final is given up */
	int			wake_fd;	/* readable: bulk_wait() ends; -1 for none */
};

#define BULK_CONFIG_INIT							\
	{ .retry = RETRY_POLICY_INIT, .timeout_ms = 60000, .poll_floor_ms = 5000, \
	.poll_ceiling_ms = 60000, .polls_max = 20, .wake_fd = -1 }

/* One file; all borrowed until bulk_close(), as the questions' strings are. */
struct bulk_file {
	int				 as_of;		/* of all; the questions' own is not used */
	const struct elig_number_request *q;		/* each with an id of its own */
	size_t				 n;
	const char			*file_id;	/* of an earlier run, NULL: a new one */
	const char			*reception;	/* the same; with file_id only */
};

enum bulk_event {
	BULK_NOTHING,		/* within the time, or woken before */
	BULK_ACCEPTED,		/* reception is there */
	BULK_UNIT,		/* index, answer and err are there */
	BULK_END		/* no more: answer and err are the file's own */
};

struct bulk_event_data {
	const char		*reception;
	size_t			 index;		/* into bulk_file.q */
	/* points into the result: good until the next call; not to be freed */
	struct elig_answer	 answer;
	struct err		 err;
};

/*
 * The sender of all files of a run, one after the other, so that what one has
 * learnt of the service (Retry-After, an outage) is kept by the next.  units:
 * of the largest of them.  The caller's, and closed after the last file.
 */
int	bulk_connect(struct sender **out, const struct elig_service *s,
	    const struct bulk_config *c, size_t units, struct err *e);

/* s and c are those of the sender, which is borrowed until bulk_close(). */
int	bulk_open(struct bulk **out, struct sender *sender, const struct elig_service *s,
	    const struct bulk_config *c, const struct bulk_file *f, struct err *e);
/* Before BULK_END it gives up what is under way, and the sender asks nobody any more. */
void	bulk_close(struct bulk *b);	/* harmless on NULL */

/* ArbitraryFileIdentifier, and the ReceptionNumber ("" before it is known). */
const char *bulk_file_id(const struct bulk *b);
const char *bulk_reception(const struct bulk *b);

/*
 * What happened next, an enum bulk_event; -1: broken, e is set.  Every unit
 * comes exactly once, as soon as it is final, and then the end.  A file that
 * fails fails every unit that was not final; RECEPTION_UNKNOWN
 * (answer.refusal) means that the number is no longer good and the file has to
 * be sent again.
 */
int	bulk_wait(struct bulk *b, int timeout_ms, struct bulk_event_data *out, struct err *e);

/* For a display; instants are of https_clock_ms(). */
struct bulk_state {
	struct sender_state		 sender;
	size_t				 left;		/* units not given yet */
	long				 worked_off;	/* as the service says */
	int				 polls;
	long long			 next_poll;	/* 0: not waiting for it */
	const struct bulk_oddities	*odd;
};
struct bulk_state bulk_state(const struct bulk *b);

#endif

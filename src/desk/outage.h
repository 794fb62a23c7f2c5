#ifndef DESK_OUTAGE_H
#define DESK_OUTAGE_H

#include <time.h>

#include "desk/check.h"

/*
 * The service from one patient to the next.  When it did not answer one, the
 * next are not made to wait for it (net/retry.h: breaker): outage_why() is then
 * their check_request.service_down.  Between patients GET /v1/health is asked in
 * a thread of its own, which nobody waits for: at the beginning, when nothing was
 * heard for some minutes, and while the service is down until it answers.
 * For one thread; instants are of https_clock_ms().
 */
struct outage;

/* Contacts nobody.  s NULL: there is no service on purpose. */
int	outage_open(struct outage **out, const struct elig_service *s, struct err *e);
/* Does not wait for a thread; harmless on NULL.  True: as enquiry_stop(). */
bool	outage_close(struct outage *o);

/* What came of a patient's enquiry, if one was made.  Not for whom outage_why() kept from it. */
void	outage_learn(struct outage *o, const struct check *c, long long now);

/*
 * Takes what a probe found and begins the next one when it is due; returns in
 * how many ms to call again, at the latest, or -1.  outage_fd() can be read
 * when a probe came back; -1 where there is none.
 */
int	outage_turn(struct outage *o, long long now);
int	outage_fd(const struct outage *o);

/* Why the service is not to be asked; NULL: it is. */
const struct err *outage_why(const struct outage *o);

/* For the desk: is it known how it is, what is wrong (ERR_NONE: nothing), since when. */
struct outage_state {
	bool		offline, known;
	bool		down;	/* it does not answer */
	enum err_code	code;
	time_t		since;
};
struct outage_state outage_state(const struct outage *o);

#endif

#ifndef DESK_ENQUIRY_H
#define DESK_ENQUIRY_H

#include "net/elig.h"

/*
 * The service's side of a check: the challenge is fetched in a thread while
 * the card is read, so that the connection is warm when the card is ready.
 */
struct enquiry;

/* Opens the service and starts fetching; -1 with e set for configuration. */
int	enquiry_start(struct enquiry **out, const struct elig_service *s, long long deadline_ms,
	    struct err *e);

/*
 * The challenge, fresh for at least another 15 s: fetched anew when people
 * took too long meanwhile.  -1 with e set.
 */
int	enquiry_challenge(struct enquiry *q, long long deadline_ms, struct elig_challenge *out,
	    struct err *e);

/* A request named the challenge, which serves once: the next one is another. */
void	enquiry_spend(struct enquiry *q);

/* Usable only after enquiry_challenge() came back. */
struct elig *enquiry_service(struct enquiry *q);

/*
 * Gives it up without waiting for a fetch still under way; harmless on NULL.
 * True when such a thread is left: the process must then end by _exit(), since
 * what libcrypto frees at exit() may still be in that thread's hands.
 */
bool	enquiry_stop(struct enquiry *q);

#endif

#ifndef READER_FIND_H
#define READER_FIND_H

#include "reader/session.h"

/*
 * Connects to the card asked for and looks at it (reader/look.h): in the
 * reader named, or in the first one where a My Number card answers.  Waits
 * for one at most rq->wait_ms; a card of another kind then does not count as
 * long as another of the readers is empty, and is not asked again who it is.
 */
int	find_card(struct session *s, const struct session_request *rq, struct err *e);

long long	now_ms(void);	/* CLOCK_MONOTONIC */

#endif

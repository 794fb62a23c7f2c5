#ifndef READER_SIGNALS_H
#define READER_SIGNALS_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Ctrl-C goes to the parent too, which decides what it means: here it only
 * ends a PIN prompt.  SIGTERM, also sent when the parent dies, ends the
 * program; if the card does not answer, after 3 s without a farewell.
 */
int	signals_init(struct err *e);

/* SIGTERM has come: the card is to be left, and nothing more to be sent that could cost a try. */
bool	signals_told_to_end(void);

/* While idle nothing is held: SIGTERM then ends the program where it stands. */
void	signals_idle(bool idle);

/* Waits for fd: 1 when it can be read, 0 at a signal, -1 at SIGTERM or when the parent is gone. */
int	signals_wait(int fd, int parent);

#endif

#ifndef SOFTCARD_VPCD_H
#define SOFTCARD_VPCD_H

#include "base/err.h"
#include "softcard/softcard.h"

/*
 * A connection to a virtual reader (vsmartcard's vpcd); the card lies in it
 * from vpcd_open() to vpcd_close().  host_port is "HOST:PORT"; an IPv6 address
 * stands in brackets.  Returns the socket, or -1 with e set.
 */
int	vpcd_open(const char *host_port, struct err *e);
void	vpcd_close(int s);

/*
 * Serves the reader until it hangs up or the card is taken away by its
 * fixture; then 0.  When the reader has first powered the card and has its ATR,
 * "ready\n" is written to ready_fd (-1: to nobody) and that is closed.
 */
int	vpcd_serve(int s, struct softcard *sc, int ready_fd, struct err *e);

#endif

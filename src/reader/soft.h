#ifndef READER_SOFT_H
#define READER_SOFT_H

#include "reader/transport.h"
#include "softcard/softcard.h"

/* A software card as a transport; sc stays the caller's. */
struct transport soft_transport(struct softcard *sc);

#endif

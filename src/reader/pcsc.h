#ifndef READER_PCSC_H
#define READER_PCSC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "card/reader_list.h"
#include "reader/transport.h"

/*
 * The card readers, through pcscd.  All the oddities of PC/SC end here: what
 * comes out is this project's error codes.
 */
struct pcsc;

/* NULL with e set: ERR_PCSC_DOWN. */
struct pcsc	*pcsc_new(struct err *e);
void		 pcsc_free(struct pcsc *p);	/* disconnects; harmless on NULL */

/* Zero readers are a list, not an error. */
int		 pcsc_readers(struct pcsc *p, struct reader_list *out, struct err *e);

/* Waits until something differs from seen: 1, or 0 after timeout_ms, or -1. */
int		 pcsc_wait(struct pcsc *p, const struct reader_list *seen, int timeout_ms,
		    struct err *e);

/*
 * Connects to the card in that reader; ERR_CARD_NONE, ERR_READER_BUSY after
 * about 3 s of trying, ERR_CARD_UNREADABLE.  May block without limit: the
 * parent kills this process at its deadline.
 */
int		 pcsc_connect(struct pcsc *p, const char *name, struct err *e);
/* unpower clears what the card remembers of a PIN, whoever verified it. */
void		 pcsc_disconnect(struct pcsc *p, bool unpower);

/* Of the connected card; valid until the disconnect. */
struct transport pcsc_transport(struct pcsc *p);

#endif

#ifndef READER_PIN_H
#define READER_PIN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"

/*
 * Four digits from a person or a program, into locked memory and nowhere
 * else: [0-9]{4} after NFKC, so full-width digits of an input method are
 * digits, and *wide says that there were such.  ERR_PIN_FORMAT for anything
 * else, ERR_PIN_NONE for nothing at all, ERR_INTERRUPTED when the parent
 * hangs up or a signal comes.  out is { 0 } before and after a failure.
 */

/* Opens the terminal, if there is one, for the rest of the process, which may open no file to write. */
void	pin_open_terminal(void);

/* From the terminal, unseen: its echo is back on whatever happens.  Enter alone cancels. */
int	pin_from_tty(const char *prompt, int parent, struct secret *out, bool *wide,
	    struct err *e);

/* One line, or all there is, from fd. */
int	pin_from_fd(int fd, int parent, struct secret *out, bool *wide, struct err *e);

/* The digits of n bytes at p, which are changed; an error if they are not a PIN. */
int	pin_digits(uint8_t *p, size_t n, struct secret *out, bool *wide, struct err *e);

#endif

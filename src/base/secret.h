#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Bytes that must not reach swap, a core dump or a log: a PIN, a key.  p lies
 * in guarded, locked pages (libsodium) and is wiped by secret_free().
 */
struct secret {
	uint8_t	*p;
	size_t	 n;
};

/* Zeroed; 0, or -1 with e set when memory or locking fails. */
int	secret_new(struct secret *s, size_t n, struct err *e);
void	secret_free(struct secret *s);	/* harmless on { 0 } and when repeated */

/*
 * The 1..max bytes of a regular file, opened once: n counts them and not the
 * NUL behind them.  private: ERR_CONFIG when anybody but its owner has rights
 * to it, as for whatever else is wrong with it.  e has the reason alone; whose
 * file it is its caller knows.
 */
int	secret_read(struct secret *s, const char *path, size_t max, bool private, struct err *e);

/* No core dumps, no ptrace by other processes of this user, umask 077. */
void	secret_harden_process(void);

/* n bytes from the kernel's generator. */
void	secret_random(uint8_t *p, size_t n);

#endif

#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/seal.h"
#include "base/secret.h"

/*
 * The store's master key, in a file of mode 0600 that lies apart from the
 * data, so that whoever copies the data alone has nothing.  One line:
 *
 *	shikaku-key-1 plain HEX			32 bytes
 *	shikaku-key-1 argon2id SALT SEALED	the 32 bytes under the passphrase's key
 */

/* Makes the file, which must not be there yet, and the key; passphrase NULL: plain.  ERR_DISK. */
int	key_make(const char *path, const struct secret *passphrase, struct secret *master,
	    struct err *e);

/*
 * ERR_PERMISSION when others may read it, a passphrase is wanted and not
 * given, or is wrong; ERR_DISK when it can not be read, ERR_INTEGRITY when it
 * is no key file.
 */
int	key_read(const char *path, const struct secret *passphrase, struct secret *master,
	    struct err *e);

/* Whether key_read() will want a passphrase; -1 as key_read(). */
int	key_wants_passphrase(const char *path, struct err *e);

#endif

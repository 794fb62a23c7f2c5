#ifndef NET_PEM_H
#define NET_PEM_H

#include <stdbool.h>

#include "base/secret.h"

#define PEM_MAX	65536

/* A file of certificates, or a key, as it was when it was read. */
struct pem {
	char		*path;	/* as configured */
	struct secret	 text;
};

/*
 * what: "client key", say, for e.  private: nobody but its owner may have
 * rights to it.  ERR_CONFIG when it can not be read; whether it is PEM is not
 * looked at.  pem_free() also after an error.
 */
int	pem_read(struct pem *p, const char *what, const char *path, bool private, struct err *e);
/* In the way a certificate can be (RFC 1421); a key has others, too. */
bool	pem_is_encrypted(const struct pem *p);
void	pem_free(struct pem *p);	/* harmless on { 0 } */

#endif

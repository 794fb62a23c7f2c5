#ifndef MOCK_CRYPTO_H
#define MOCK_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The CA certificates that card certificates are traced to. */
struct anchors;

/* Empty, or NULL without memory. */
struct anchors	*anchors_new(void);
void		 anchors_free(struct anchors *a);	/* harmless on NULL */
/* Adds every certificate of a PEM file; ERR_CONFIG when there is none. */
int		 anchors_add_file(struct anchors *a, const char *path, struct err *e);

/* A patient's certificate. */
struct card_cert;

/* One DER certificate and nothing behind it, or NULL. */
struct card_cert *card_cert_parse(struct span der);
void		 card_cert_free(struct card_cert *c);	/* harmless on NULL */

/*
 * NULL when the certificate comes from one of the anchors and is one for
 * authentication; otherwise what is wrong.  Lifetime is not looked at.
 */
const char	*card_cert_distrust(const struct card_cert *c, const struct anchors *a);

/* Unix time of its first and last second. */
long long	 card_cert_not_before(const struct card_cert *c);
long long	 card_cert_not_after(const struct card_cert *c);

/* Is sig its sha256WithRSAEncryption signature over msg? */
bool		 card_cert_verifies(const struct card_cert *c, struct span msg, struct span sig);

#endif

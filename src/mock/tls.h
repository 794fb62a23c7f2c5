#ifndef MOCK_TLS_H
#define MOCK_TLS_H

#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"
#include "mock/client.h"

#define TLS_NAMES_MAX	16

/*
 * The server's identity and the CA of its clients.  libmicrohttpd only asks
 * for a client certificate: that one came, and is good, is checked here.
 */
struct tls {
	char		*cert_pem;
	struct secret	 key_pem;	/* NUL-terminated */
	char		*ca_pem;
	char		*name[TLS_NAMES_MAX];	/* DNS names and addresses, lower case */
	size_t		 nnames;
	void		*trust;		/* gnutls_x509_trust_list_t */
};

/* TLS 1.3 and nothing else, as a priority string. */
#define TLS_PRIORITIES	"NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* Zeroed before; loads and checks the three PEM files.  ERR_CONFIG. */
int	tls_load(struct tls *t, const char *cert, const char *key, const char *ca, struct err *e);
void	tls_free(struct tls *t);

/*
 * Who is at the other end of this session (gnutls_session_t)?  NULL with out
 * filled, or what is wrong with the certificate.
 */
const char *tls_client(const struct tls *t, void *session, struct client *out);

#endif

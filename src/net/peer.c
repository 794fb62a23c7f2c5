#include "net/peer.h"

#include <openssl/x509v3.h>
#include <string.h>

/* The host between "https://" and the port, an IPv6 address without its brackets. */
static void
copy_host(const char *origin, char out[static ORIGIN_MAX])
{
	const char *at = strstr(origin, "://") + 3;
	const size_t n = (size_t)(strrchr(at, ':') - at);
	const bool bracketed = *at == '[';

	memcpy(out, at + bracketed, n - 2 * bracketed);
	out[n - 2 * bracketed] = '\0';
}

bool
peer_bind(struct X509_VERIFY_PARAM_st *p, const char *origin)
{
	char host[ORIGIN_MAX];

	copy_host(origin, host);
	X509_VERIFY_PARAM_set_hostflags(p,
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_ip_asc(p, host) == 1 ||
	    X509_VERIFY_PARAM_set1_host(p, host, 0) == 1;
}

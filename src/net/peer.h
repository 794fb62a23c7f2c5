#ifndef NET_PEER_H
#define NET_PEER_H

#include <stdbool.h>

#include "net/origin.h"

struct X509_VERIFY_PARAM_st;

/*
 * OpenSSL's levels: 2 refuses keys under 112 bits (RSA under 2048) and SHA-1
 * in a chain.  Debian's default, which openssl.cnf could lower.
 */
#define PEER_SECURITY_LEVEL	2

/*
 * A chain is good for the host of origin only, as its alternative names have
 * it, whole or behind "*." (RFC 9525).  libcurl by itself would take a common
 * name where none of them is a name or address.  False without memory.
 */
bool	peer_bind(struct X509_VERIFY_PARAM_st *p, const char *origin);

#endif

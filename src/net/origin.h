#ifndef NET_ORIGIN_H
#define NET_ORIGIN_H

#include <stdbool.h>

#include "base/err.h"

/* "https://" or "http://", a host of at most 253, ":65535" and NUL. */
#define ORIGIN_MAX	272

/*
 * The one spelling of the service's URL: scheme, host in lower case, port
 * always written ("https://qs.example.jp:443").  It is signed with the card
 * (docs/service.md, "The signed message"), so two spellings of one service
 * must not exist.
 *
 * Accepted: https://HOST[:PORT][/], HOST a name, an IPv4 address or an IPv6
 * address in brackets; with plain set also http:// to this machine, for tests.
 * Refused with ERR_CONFIG: user names, a path, query or fragment, escapes.
 */
int	origin_of_url(const char *url, bool plain, char out[static ORIGIN_MAX], struct err *e);

#endif

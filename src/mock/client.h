#ifndef MOCK_CLIENT_H
#define MOCK_CLIENT_H

#include "base/hash.h"

/* The clinic at the other end, as its verified TLS certificate says. */
struct client {
	uint8_t	hash[HASH_SHA256_LEN];	/* of the certificate's DER; zero with --plain */
	char	institution[11];	/* 医療機関コード; empty with --plain: any is taken */
};

#endif

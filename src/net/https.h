#ifndef NET_HTTPS_H
#define NET_HTTPS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/origin.h"

/*
 * One peer, one identity, one connection: TLS 1.3 with a client certificate,
 * trusting one CA file and nothing else.  No redirects, proxies, cookies or
 * compression.  Not to be used by two threads at
 * once; two identities are two struct https (a connection must never be
 * reused under another identity, CVE-2026-8932).
 */
struct https;

#define HTTPS_BODY_MAX		(1024 * 1024)
#define HTTPS_HEADERS_MAX	(64 * 1024)
#define HTTPS_RETRY_AFTER_MAX	86400	/* seconds; more counts as these */

/* Borrowed only while https_open() runs. */
struct https_config {
	const char	*origin;	/* of origin_of_url() */
	const char	*client_cert;	/* PEM; unused with http:// as the next two */
	const char	*client_key;	/* PEM, not encrypted, nobody else may read it */
	const char	*ca;		/* PEM */
	size_t		 body_max;	/* bytes of a reply's body; 0: HTTPS_BODY_MAX */
};

/* BUF_INIT body before; https_reply_free() wipes it. */
struct https_reply {
	long		status;		/* HTTP status */
	struct buf	body;
	bool		is_json;	/* by its Content-Type */
	long		retry_after;	/* seconds, 0 when not said, HTTPS_RETRY_AFTER_MAX at most */
	long long	date;		/* Date header, Unix time or HTTPDATE_NONE */
	bool		cut;		/* with an error: the line broke inside the reply */
};

#define HTTPS_REPLY_INIT { 0, BUF_INIT, false, 0, -1LL, false }

/*
 * Opens no connection yet, but reads the files: what becomes of them later is
 * not seen.  ERR_CONFIG when one can not be used.
 */
int	https_open(struct https **out, const struct https_config *c, struct err *e);
void	https_close(struct https *h);	/* harmless on NULL */

/*
 * One request on the kept connection, made if there is none; it is sent once,
 * whatever comes.  path begins with '/'.  deadline_ms is an instant of https_clock_ms(): name lookup, TLS
 * and reply end before it.  0 with a complete reply of any status, or
 *	ERR_SERVICE_UNREACHABLE	 no connection, or lost before the reply began
 *	ERR_SERVICE_TIMEOUT	 the deadline passed
 *	ERR_TLS_PEER_MISMATCH	 not proven to be the service, or no TLS 1.3
 *	ERR_SERVICE_REFUSED	 it does not take our client certificate
 *	ERR_REPLY_MALFORMED	 no HTTP, cut short, or too large
 *	ERR_CONFIG		 certificate, key or CA unusable
 */
int	https_get(struct https *h, const char *path, long long deadline_ms,
	    struct https_reply *out, struct err *e);
int	https_post(struct https *h, const char *path, const struct buf *json,
	    long long deadline_ms, struct https_reply *out, struct err *e);

void	https_reply_free(struct https_reply *r);
/* HTTPS_REPLY_INIT again, but the memory of the body is kept. */
void	https_reply_reset(struct https_reply *r);

/* Milliseconds of the monotonic clock. */
long long https_clock_ms(void);
int	https_left_ms(long long deadline_ms);	/* at least 1, for who takes 0 for no limit */

#endif

#ifndef MOCK_SERVICE_H
#define MOCK_SERVICE_H

#include "mock/bulk.h"
#include "mock/challenge.h"
#include "mock/crypto.h"
#include "mock/people.h"
#include "mock/refusal.h"
#include "mock/stats.h"

#define SERVICE_ORIGINS_MAX	16
#define REQUEST_ID_LEN		16	/* hexadecimal digits */

/* Everything the service knows; it does no input or output of its own. */
struct service {
	struct people		*people;	/* a registration changes it */
	const struct anchors	*anchors;
	struct challenges	 challenges;
	struct bulk		 bulk;
	struct stats		*stats;		/* NULL: nothing is counted */
	char			*origin[SERVICE_ORIGINS_MAX];	/* https://HOST:PORT */
	size_t			 norigins;
};

struct request {
	const char		*method;
	const char		*path;
	const char		*content_type;	/* NULL: none */
	const char		*body;
	size_t			 n;
	const struct client	*client;
	long long		 now;		/* Unix time */
	long long		 now_ms;	/* monotonic */
};

struct reply {
	int		 status;
	struct buf	 body;
	const char	*allow;		/* for 405, else NULL */
	const char	*person;	/* id in the people file of whom it is about, or NULL */
};

/* Fills r, whatever the request is; r->body is the caller's to free. */
void	service_answer(struct service *s, const struct request *q, struct reply *r);

/* Turns r into the error reply of a refusal. */
void	service_refuse(struct reply *r, const struct refusal *why);

/* The largest body, in bytes, that a request to this path may have. */
size_t	service_body_max(const char *path);

/* The path as it may stand in a log: one of ours, or "(other)". */
const char *service_path_name(const char *path);

#endif

#ifndef NET_HTTPS_IMPL_H
#define NET_HTTPS_IMPL_H

#include <curl/curl.h>

#include "net/https.h"
#include "net/pem.h"

/*
 * One libcurl handle: for https.c, which drives it by itself, and many.c,
 * which drives several at once.
 *
 * libcurl comes with thirty libraries, which take three times as long to load
 * as a decision takes in all: it is loaded when a connection is first wanted.
 */
#define CURL_FUNCTIONS(F)							\
	F(easy_cleanup) F(easy_getinfo) F(easy_header) F(easy_init) F(easy_perform) \
	F(easy_setopt) F(easy_strerror) F(global_cleanup) F(global_init_mem) \
	F(multi_add_handle) F(multi_cleanup) F(multi_info_read) F(multi_init)	\
	F(multi_remove_handle) F(multi_setopt) F(multi_socket_action)		\
	F(slist_append) F(slist_free_all)

#define F(name) __typeof__(curl_##name) *name;
struct curl_library {
	CURL_FUNCTIONS(F)
	/* of the libssl that came with it: SSL_CTX_get0_param(), SSL_CTX_set_security_level() */
	struct X509_VERIFY_PARAM_st *(*ssl_param)(void *ctx);
	void	(*ssl_level)(void *ctx, int level);
};
#undef F

#define HTTPS_PATH_MAX	128

struct https {
	struct curl_library	 lib;
	CURL			*curl;
	struct curl_slist	*headers;
	struct pem		 client_cert, client_key, ca;	/* libcurl borrows them */
	size_t			 body_max;
	char			 origin[ORIGIN_MAX];
	char			 url[ORIGIN_MAX + HTTPS_PATH_MAX];	/* that curl has */
	char			 why[CURL_ERROR_SIZE];	/* curl's own words */

	/* What the transfer under way has received. */
	struct buf		*body;		/* borrowed */
	size_t			 header_bytes;
	bool			 too_large;
	bool			 sent;		/* or being sent */
};

/*
 * The two halves of a request: sets the handle up for it (json NULL: GET);
 * and, when libcurl is done with it, makes of its word what https.h promises.
 * path, json and out are borrowed in between.
 */
int	https_begin(struct https *h, const char *path, const struct buf *json,
	    long long deadline_ms, struct https_reply *out, struct err *e);
int	https_end(struct https *h, CURLcode code, struct https_reply *out, struct err *e);

#endif

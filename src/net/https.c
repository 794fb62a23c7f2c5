#include "net/https.h"

#include <dlfcn.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "net/https_impl.h"
#include "net/httpdate.h"
#include "net/peer.h"

#define CURL_LIBRARY	"libcurl.so.4"

/* Never unloaded again: neither libcurl nor what comes with it is made for that. */
static int
load_curl(struct curl_library *l, struct err *e)
{
	void *library = dlopen(CURL_LIBRARY, RTLD_NOW);
	bool all = library != NULL;

#define F(name)									\
	if (all)								\
		all = (*(void **)(void *)&l->name = dlsym(library, "curl_" #name)) != NULL;
	CURL_FUNCTIONS(F)
#undef F
	all = all &&
	    (*(void **)(void *)&l->ssl_param = dlsym(library, "SSL_CTX_get0_param")) != NULL &&
	    (*(void **)(void *)&l->ssl_level = dlsym(library, "SSL_CTX_set_security_level")) != NULL;
	return all ? 0 : err_set(e, ERR_INTERNAL, "%s cannot be loaded", CURL_LIBRARY);
}

long long
https_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int
https_left_ms(long long deadline_ms)
{
	const long long left = deadline_ms - https_clock_ms();

	return left < 1 ? 1 : left < INT_MAX ? (int)left : INT_MAX;
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct https *h = arg;

	(void)one;
	h->too_large = h->too_large || n > h->body_max - h->body->n;
	if (h->too_large)
		return 0;
	buf_add(h->body, p, n);
	return h->body->failed ? 0 : n;
}

static size_t
on_header(char *p, size_t one, size_t n, void *arg)
{
	struct https *h = arg;

	(void)p;
	(void)one;
	h->header_bytes += n;
	h->too_large = h->too_large || h->header_bytes > HTTPS_HEADERS_MAX;
	return h->too_large ? 0 : n;
}

/*
 * A kept connection that ends before a reply has come libcurl would make anew
 * and send the request again; but the service may have acted on the first one.
 */
static int
on_request(void *arg, char *to, char *from, int to_port, int from_port)
{
	struct https *h = arg;

	(void)to, (void)from, (void)to_port, (void)from_port;
	if (h->sent)
		return CURL_PREREQFUNC_ABORT;
	h->sent = true;
	return CURL_PREREQFUNC_OK;
}

static CURLcode
on_tls(CURL *c, void *ctx, void *arg)
{
	struct https *h = arg;

	(void)c;
	h->lib.ssl_level(ctx, PEER_SECURITY_LEVEL);
	return peer_bind(h->lib.ssl_param(ctx), h->origin) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static bool
set_string(struct https *h, CURLoption o, const char *s)
{
	return h->lib.easy_setopt(h->curl, o, s) == CURLE_OK;
}

static bool
set_long(struct https *h, CURLoption o, long v)
{
	return h->lib.easy_setopt(h->curl, o, v) == CURLE_OK;
}

/* Borrowed until the handle is cleaned up; libcurl copies no key of its own accord. */
static bool
set_pem(struct https *h, CURLoption o, const struct pem *p)
{
	const struct curl_blob b = { p->text.p, p->text.n, CURL_BLOB_NOCOPY };

	return h->lib.easy_setopt(h->curl, o, &b) == CURLE_OK;
}

/* Without Expect: a large body would wait a second for leave to be sent. */
static bool
set_headers(struct https *h)
{
	static const char *const lines[] = { "Content-Type: application/json", "Expect:" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct curl_slist *more = h->lib.slist_append(h->headers, lines[i]);

		if (more == NULL)
			return false;
		h->headers = more;
	}
	return h->lib.easy_setopt(h->curl, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK;
}

static bool
set_common(struct https *h, const char *protocol)
{
	CURL *c = h->curl;

	return set_headers(h) &&
	    h->lib.easy_setopt(c, CURLOPT_ERRORBUFFER, h->why) == CURLE_OK &&
	    h->lib.easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	    h->lib.easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK &&
	    h->lib.easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	    h->lib.easy_setopt(c, CURLOPT_HEADERDATA, h) == CURLE_OK &&
	    set_string(h, CURLOPT_PROTOCOLS_STR, protocol) &&
	    h->lib.easy_setopt(c, CURLOPT_PREREQFUNCTION, on_request) == CURLE_OK &&
	    h->lib.easy_setopt(c, CURLOPT_PREREQDATA, h) == CURLE_OK &&
	    set_string(h, CURLOPT_PROXY, "") &&	/* also none of the environment */
	    set_string(h, CURLOPT_NOPROXY, "*") &&
	    set_string(h, CURLOPT_USERAGENT, "shikaku") &&
	    set_long(h, CURLOPT_FOLLOWLOCATION, 0) &&
	    set_long(h, CURLOPT_NETRC, CURL_NETRC_IGNORED) &&
	    set_long(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) &&
	    h->lib.easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)h->body_max) == CURLE_OK &&
	    set_long(h, CURLOPT_NOSIGNAL, 1) &&
	    /* the one that is_over() looks at: one that is over must not lie behind it */
	    set_long(h, CURLOPT_MAXCONNECTS, 1) &&
	    /* else a name lookup without answer is waited for beyond the deadline */
	    set_long(h, CURLOPT_QUICK_EXIT, 1);
}

static bool
set_tls(struct https *h)
{
	return set_long(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_3) &&
	    set_long(h, CURLOPT_SSL_VERIFYPEER, 1) &&
	    set_long(h, CURLOPT_SSL_VERIFYHOST, 2) &&
	    set_long(h, CURLOPT_SSL_SESSIONID_CACHE, 0) &&
	    /* Debian's default trusts /etc/ssl/certs, beside whatever else is given */
	    set_string(h, CURLOPT_CAINFO, NULL) &&
	    set_string(h, CURLOPT_CAPATH, NULL) &&
	    set_pem(h, CURLOPT_CAINFO_BLOB, &h->ca) &&
	    set_pem(h, CURLOPT_SSLCERT_BLOB, &h->client_cert) &&
	    set_pem(h, CURLOPT_SSLKEY_BLOB, &h->client_key) &&
	    set_string(h, CURLOPT_KEYPASSWD, "") &&	/* else OpenSSL prompts for one */
	    h->lib.easy_setopt(h->curl, CURLOPT_SSL_CTX_FUNCTION, on_tls) == CURLE_OK &&
	    h->lib.easy_setopt(h->curl, CURLOPT_SSL_CTX_DATA, h) == CURLE_OK;
}

static int
read_files(struct https *h, const struct https_config *k, struct err *e)
{
	if (pem_read(&h->client_cert, "client certificate", k->client_cert, false, e) < 0 ||
	    pem_read(&h->client_key, "client key", k->client_key, true, e) < 0 ||
	    pem_read(&h->ca, "service CA", k->ca, false, e) < 0)
		return -1;
	/* for its pass phrase libcurl would let OpenSSL prompt */
	return pem_is_encrypted(&h->ca) ?
	    err_set(e, ERR_CONFIG, "service CA %s: encrypted", k->ca) : 0;
}

int
https_open(struct https **out, const struct https_config *k, struct err *e)
{
	const bool tls = strncmp(k->origin, "https:", 6) == 0;
	struct https *h = calloc(1, sizeof(*h));

	*out = NULL;
	if (h == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((tls && read_files(h, k, e) < 0) || load_curl(&h->lib, e) < 0)
		goto fail;
	if (h->lib.global_init_mem(CURL_GLOBAL_DEFAULT, memory_malloc, free, memory_realloc,
	    memory_strdup, memory_calloc) != CURLE_OK) {
		err_set(e, ERR_INTERNAL, "libcurl does not start");
		goto fail;
	}
	if ((h->curl = h->lib.easy_init()) == NULL) {
		h->lib.global_cleanup();
		err_set(e, ERR_NOMEM, "out of memory");
		goto fail;
	}
	snprintf(h->origin, sizeof(h->origin), "%s", k->origin);
	h->body_max = k->body_max != 0 ? k->body_max : HTTPS_BODY_MAX;
	if (!set_common(h, tls ? "https" : "http") || (tls && !set_tls(h))) {
		err_set(e, ERR_INTERNAL, "libcurl lacks an option it must have");
		goto fail;
	}
	*out = h;
	return 0;
fail:
	https_close(h);
	return -1;
}

void
https_close(struct https *h)
{
	if (h == NULL)
		return;
	if (h->curl != NULL) {
		h->lib.easy_cleanup(h->curl);
		h->lib.slist_free_all(h->headers);
		h->lib.global_cleanup();
	}
	pem_free(&h->client_cert);
	pem_free(&h->client_key);
	pem_free(&h->ca);
	free(h);
}

/* libcurl has one code for every failed handshake; OpenSSL's text tells a lost line apart. */
static bool
line_was_lost(const char *why)
{
	return strstr(why, "SSL_ERROR_SYSCALL") != NULL || strstr(why, "unexpected eof") != NULL ||
	    strstr(why, "Connection reset") != NULL || strstr(why, "Broken pipe") != NULL;
}

/* In TLS 1.3 the server judges our certificate after the handshake, by an alert. */
static bool
is_tls_alert(const char *why)
{
	return strstr(why, "alert") != NULL;
}

/* begun: the first line of the reply has come. */
static enum err_code
classify(CURLcode code, const char *why, bool begun)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_SERVICE_TIMEOUT;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_GOT_NOTHING:
	case CURLE_ABORTED_BY_CALLBACK:	/* on_request() */
		return ERR_SERVICE_UNREACHABLE;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return begun ? ERR_REPLY_MALFORMED :
		    is_tls_alert(why) ? ERR_SERVICE_REFUSED : ERR_SERVICE_UNREACHABLE;
	case CURLE_SSL_CONNECT_ERROR:
		return line_was_lost(why) ? ERR_SERVICE_UNREACHABLE : ERR_TLS_PEER_MISMATCH;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
		return ERR_TLS_PEER_MISMATCH;
	case CURLE_OUT_OF_MEMORY:
		return ERR_NOMEM;
	default:
		/* what is left (HTTP/0.9, bad chunks, a NUL in a header ...) is the reply's */
		return ERR_REPLY_MALFORMED;
	}
}

/* What libcurl says names no file: it has their text alone. */
static int
fail_at_files(const struct https *h, CURLcode code, const char *why, struct err *e)
{
	const char *openssl = strstr(why, "OpenSSL error");

	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_set(e, ERR_CONFIG, "service CA %s: no PEM certificate that can be used",
		    h->ca.path);
	if (strcasestr(why, "private key") != NULL)
		return err_set(e, ERR_CONFIG, "client key %s: no PEM key, encrypted, or not that of "
		    "client certificate %s", h->client_key.path, h->client_cert.path);
	return err_set(e, ERR_CONFIG, "client certificate %s: %s", h->client_cert.path,
	    openssl != NULL ? openssl : why);
}

static int
fail(const struct https *h, CURLcode code, struct https_reply *out, struct err *e)
{
	const char *why = h->why[0] != '\0' ? h->why : h->lib.easy_strerror(code);
	curl_off_t first_byte = 0;
	long status = 0;

	if (memory_was_lost() || out->body.failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE)
		return fail_at_files(h, code, why, e);
	h->lib.easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	h->lib.easy_getinfo(h->curl, CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
	/* libcurl 7.88 says "out of memory" also of a line over 100 KiB before the body */
	if (h->too_large || code == CURLE_FILESIZE_EXCEEDED ||
	    (code == CURLE_OUT_OF_MEMORY && first_byte != 0))
		return err_set(e, ERR_REPLY_MALFORMED, "%s: reply too large", h->origin);
	out->cut = status != 0 && (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
	    code == CURLE_SEND_ERROR);
	return err_set(e, classify(code, why, status != 0), "%s: %s", h->origin,
	    code == CURLE_ABORTED_BY_CALLBACK ? "connection lost before a reply" : why);
}

static bool
is_json_type(const char *type)
{
	static const char json[] = "application/json";

	return type != NULL && strncasecmp(type, json, sizeof(json) - 1) == 0 &&
	    strchr("; \t", type[sizeof(json) - 1]) != NULL;
}

static long
read_retry_after(struct https *h, long status)
{
	struct curl_header *said;
	curl_off_t after = 0;

	h->lib.easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &after);
	/* of a number beyond its own libcurl makes 0 */
	if (after == 0 && status >= 400 &&
	    h->lib.easy_header(h->curl, "Retry-After", 0, CURLH_HEADER, -1, &said) == CURLHE_OK &&
	    strspn(said->value, "0123456789") >= sizeof("9223372036854775807") - 1)
		after = HTTPS_RETRY_AFTER_MAX;
	if (after <= 0)
		return 0;
	return after < HTTPS_RETRY_AFTER_MAX ? (long)after : HTTPS_RETRY_AFTER_MAX;
}

static void
read_info(struct https *h, struct https_reply *out)
{
	CURL *c = h->curl;
	struct curl_header *date;
	char *type = NULL;

	h->lib.easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
	h->lib.easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	out->is_json = is_json_type(type);
	out->retry_after = read_retry_after(h, out->status);
	if (h->lib.easy_header(c, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK &&
	    date->amount == 1)
		out->date = httpdate_parse(date->value);
}

/* libcurl borrows the body until https_end(). */
static bool
set_method(struct https *h, const struct buf *json)
{
	if (json == NULL)
		return set_long(h, CURLOPT_HTTPGET, 1);
	return set_long(h, CURLOPT_POST, 1) &&
	    set_long(h, CURLOPT_POSTFIELDSIZE, (long)json->n) &&
	    h->lib.easy_setopt(h->curl, CURLOPT_POSTFIELDS, json->p) == CURLE_OK;
}

/* The same path again and again costs nothing. */
static bool
set_url(struct https *h, const char *path)
{
	const size_t n = strlen(h->origin);

	if (strncmp(h->url, h->origin, n) == 0 && strcmp(h->url + n, path) == 0)
		return true;
	snprintf(h->url, sizeof(h->url), "%s%s", h->origin, path);
	if (set_string(h, CURLOPT_URL, h->url))
		return true;
	h->url[0] = '\0';
	return false;
}

int
https_begin(struct https *h, const char *path, const struct buf *json, long long deadline_ms,
    struct https_reply *out, struct err *e)
{
	const long long left = deadline_ms - https_clock_ms();

	if (left <= 0)
		return err_set(e, ERR_SERVICE_TIMEOUT, "%s: no time left to ask", h->origin);
	if (!set_method(h, json) || !set_url(h, path) ||
	    !set_long(h, CURLOPT_TIMEOUT_MS, left < 600000 ? (long)left : 600000))
		return err_set(e, ERR_NOMEM, "out of memory");
	h->body = &out->body;
	h->header_bytes = 0;
	h->too_large = false;
	h->sent = false;
	h->why[0] = '\0';
	return 0;
}

int
https_end(struct https *h, CURLcode code, struct https_reply *out, struct err *e)
{
	int rc = 0;

	if (code != CURLE_OK)
		rc = fail(h, code, out, e);
	else
		read_info(h, out);
	set_string(h, CURLOPT_POSTFIELDS, NULL);
	h->body = NULL;
	return rc;
}

/*
 * The kept connection is over, or about to be: on a line where nothing was asked
 * there is something to read.  libcurl 7.88 takes the alert by which TLS ends it
 * for a sign of life, writes there, and the request is lost.
 */
static bool
is_over(struct https *h)
{
	curl_socket_t s = CURL_SOCKET_BAD;
	struct pollfd p = { .events = POLLIN };

	if (h->lib.easy_getinfo(h->curl, CURLINFO_ACTIVESOCKET, &s) != CURLE_OK ||
	    s == CURL_SOCKET_BAD)
		return false;
	p.fd = s;
	return poll(&p, 1, 0) > 0;
}

static int
request(struct https *h, const char *path, const struct buf *json, long long deadline_ms,
    struct https_reply *out, struct err *e)
{
	if (https_begin(h, path, json, deadline_ms, out, e) < 0)
		return -1;
	set_long(h, CURLOPT_FRESH_CONNECT, is_over(h));
	return https_end(h, h->lib.easy_perform(h->curl), out, e);
}

int
https_get(struct https *h, const char *path, long long deadline_ms, struct https_reply *out,
    struct err *e)
{
	return request(h, path, NULL, deadline_ms, out, e);
}

int
https_post(struct https *h, const char *path, const struct buf *json, long long deadline_ms,
    struct https_reply *out, struct err *e)
{
	return request(h, path, json, deadline_ms, out, e);
}

void
https_reply_reset(struct https_reply *r)
{
	struct buf body = r->body;

	buf_reset(&body);
	*r = (struct https_reply)HTTPS_REPLY_INIT;
	r->body = body;
}

void
https_reply_free(struct https_reply *r)
{
	buf_free(&r->body);
	*r = (struct https_reply)HTTPS_REPLY_INIT;
}

#include "mock/http.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/secret.h"
#include "mock/reply.h"

#define DRAIN_MAX	(1u << 20)	/* read and dropped, so that the 413 arrives */
#define HELD_MAX	(256u << 20)	/* bodies and answers of all connections */
#define CONNECTIONS	256u
#define CONNECTION_BYTES 32768u
#define IDLE_SECONDS	10u
#define BODY_SECONDS	30
#define BLOCK		16384u
#define DROPS_A_SECOND	10

/* The other end of one connection; its certificate can not change while that lasts. */
struct peer {
	struct client		 client;
	const char		*fault;		/* of its certificate; NULL: none */
	bool			 verified;	/* the two above are known */
};

/* One request and its answer. */
struct exchange {
	struct MHD_Connection	*conn;
	struct server		*server;
	struct peer		*peer;		/* the connection's; outlives this */
	struct buf		 in;
	size_t			 max;		/* bytes its body may have */
	size_t			 held;		/* of in and of the answer */
	size_t			 seen;		/* bytes of body, kept or not */
	long long		 give_up;	/* monotonic ms */
	struct reply		 reply;
	struct spoiled		 spoiled;
	bool			 answered;
	long long		 due;		/* monotonic ms: when it goes on */
	struct exchange		*next;		/* delayed list */
	char			 id[REQUEST_ID_LEN + 1];
};

struct server {
	const struct http	*h;
	struct MHD_Daemon	*daemon;
	struct exchange		*delayed;
	size_t			 held;		/* bytes, of all exchanges */
};

static long long
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static struct exchange *
exchange_new(struct server *s, struct MHD_Connection *conn, struct peer *peer, const char *path)
{
	struct exchange *x = calloc(1, sizeof(*x));
	uint8_t id[REQUEST_ID_LEN / 2];

	if (x == NULL)
		return NULL;
	secret_random(id, sizeof(id));
	hex_encode(id, sizeof(id), x->id);
	x->conn = conn;
	x->server = s;
	x->peer = peer;
	x->max = service_body_max(path);
	x->give_up = monotonic_ms() + BODY_SECONDS * 1000;
	return x;
}

/* To be called when what it holds has changed. */
static void
weigh(struct exchange *x)
{
	x->server->held -= x->held;
	x->held = x->in.n + x->reply.body.n;
	x->server->held += x->held;
}

static void
exchange_free(struct exchange *x)
{
	x->server->held -= x->held;
	buf_free(&x->in);
	buf_free(&x->reply.body);
	free(x);
}

/* Lets the connection sleep until it is due. */
static void
suspend(struct exchange *x, long long due)
{
	x->due = due;
	x->next = x->server->delayed;
	x->server->delayed = x;
	MHD_suspend_connection(x->conn);
}

/* How much of a dripping answer may go now; 0: it sleeps until the next drop. */
static size_t
next_drop(struct exchange *x, size_t max)
{
	const long long rate = x->spoiled.drip, now = monotonic_ms();
	const long long drop = rate < DROPS_A_SECOND ? 1 : rate / DROPS_A_SECOND;

	if (now < x->due) {
		suspend(x, x->due);
		return 0;
	}
	x->due = now + 1000 * drop / rate;
	return max < (uint64_t)drop ? max : (size_t)drop;
}

/* The finished body in blocks; a cut one ends as if the line had broken. */
static ssize_t
read_answer(void *arg, uint64_t at, char *out, size_t max)
{
	struct exchange *x = arg;
	const struct buf *b = &x->reply.body;
	size_t n;

	if (x->spoiled.drip > 0 && (max = next_drop(x, max)) == 0)
		return 0;
	if (x->spoiled.cut_at >= 0) {
		if (at >= (uint64_t)x->spoiled.cut_at)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (max > (uint64_t)x->spoiled.cut_at - at)
			max = (size_t)((uint64_t)x->spoiled.cut_at - at);
	}
	if (at < b->n) {
		n = max < b->n - at ? max : b->n - (size_t)at;
		memcpy(out, b->p + at, n);
		return (ssize_t)n;
	}
	memset(out, ' ', max);
	return (ssize_t)max;
}

static void
add_number_header(struct MHD_Response *r, const char *name, long long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", value);
	MHD_add_response_header(r, name, text);
}

static void
add_headers(struct MHD_Response *r, const struct exchange *x)
{
	const struct spoiled *s = &x->spoiled;
	char date[REPLY_HTTP_DATE_LEN + 1];

	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(r, "X-Request-Id", x->id);
	if (x->reply.allow != NULL)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, x->reply.allow);
	if (s->location != NULL)
		MHD_add_response_header(r, MHD_HTTP_HEADER_LOCATION, s->location);
	if (s->retry_after >= 0)
		add_number_header(r, MHD_HTTP_HEADER_RETRY_AFTER, s->retry_after);
	if (s->date_skew != 0) {
		reply_http_date((long long)time(NULL) + s->date_skew, date);
		MHD_add_response_header(r, MHD_HTTP_HEADER_DATE, date);
	}
}

/* A whole answer as one piece of memory: then head and body leave in one segment. */
static struct MHD_Response *
respond(struct exchange *x)
{
	const struct spoiled *s = &x->spoiled;
	const struct buf *b = &x->reply.body;

	if (s->fill == 0 && s->cut_at < 0 && s->drip == 0)
		return MHD_create_response_from_buffer(b->n, b->p, MHD_RESPMEM_PERSISTENT);
	return MHD_create_response_from_callback(b->n + (uint64_t)s->fill, BLOCK, read_answer, x,
	    NULL);
}

static enum MHD_Result
send_answer(struct exchange *x)
{
	struct MHD_Response *r = respond(x);
	enum MHD_Result rc;

	if (r == NULL)
		return MHD_NO;
	add_headers(r, x);
	rc = MHD_queue_response(x->conn, (unsigned)x->spoiled.status, r);
	MHD_destroy_response(r);
	return rc;
}

static void
log_request(const struct server *s, const struct exchange *x, const char *method, const char *path)
{
	if (s->h->verbose)
		fprintf(stderr, "%s %s %d %s\n", method, service_path_name(path),
		    x->spoiled.status, x->id);
}

/* Sends the answer now, or after its delay. */
static enum MHD_Result
finish(struct server *s, struct exchange *x, const char *method, const char *path)
{
	const long long delay = s->h->latency_ms + x->spoiled.latency_ms;

	x->answered = true;
	buf_free(&x->in);
	weigh(x);
	log_request(s, x, method, path);
	stats_request(s->h->service->stats, service_path_name(path), x->spoiled.status);
	if (delay == 0)
		return send_answer(x);
	suspend(x, monotonic_ms() + delay);
	return MHD_YES;
}

static struct spoiled
unspoiled(int status)
{
	struct spoiled s = SPOILED_INIT(status);

	if (status == refusal_status(REFUSAL_OVERLOADED))
		s.retry_after = 1;
	return s;
}

static enum MHD_Result
finish_refused(struct server *s, struct exchange *x, enum refusal_code code, const char *detail,
    const char *method, const char *path)
{
	struct refusal why = REFUSAL_INIT;

	refuse(&why, code, detail);
	service_refuse(&x->reply, &why);
	x->spoiled = unspoiled(x->reply.status);
	return finish(s, x, method, path);
}

static void
answer(struct server *s, struct exchange *x, const char *method, const char *path)
{
	const struct fault *f = faults_pick(s->h->faults, path, NULL);
	const struct request q = { .method = method, .path = path,
		.content_type = MHD_lookup_connection_value(x->conn, MHD_HEADER_KIND,
		    MHD_HTTP_HEADER_CONTENT_TYPE),
		.body = x->in.p != NULL ? x->in.p : "", .n = x->in.n,
		.client = &x->peer->client, .now = (long long)time(NULL), .now_ms = monotonic_ms() };

	if (f != NULL && fault_is_early(f))
		x->reply.status = 200;
	else
		service_answer(s->h->service, &q, &x->reply);
	if (f == NULL && x->reply.person != NULL)
		f = faults_pick(s->h->faults, path, x->reply.person);
	x->spoiled = unspoiled(x->reply.status);
	if (f != NULL)
		fault_apply(f, &x->spoiled, &x->reply.body);
}

/* Once a connection: verifying a chain costs more than all the rest of a request. */
static void
identify(const struct server *s, struct peer *p, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info;

	if (s->h->tls == NULL || p->verified)
		return;
	info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	p->fault = info != NULL ? tls_client(s->h->tls, info->tls_session, &p->client) :
	    "no TLS session";
	p->verified = true;
}

/* NULL: there was no memory for it. */
static struct peer *
peer_of(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

static enum MHD_Result
begin(struct server *s, struct MHD_Connection *conn, const char *method, const char *path,
    void **state)
{
	struct peer *peer = peer_of(conn);
	struct exchange *x = peer != NULL ? exchange_new(s, conn, peer, path) : NULL;

	if (x == NULL)
		return MHD_NO;
	*state = x;
	identify(s, peer, conn);
	if (peer->fault == NULL)
		return MHD_YES;
	return finish_refused(s, x, REFUSAL_CLIENT_CERTIFICATE_REQUIRED, peer->fault, method, path);
}

/* Keeps what may be kept; MHD_NO drops a connection that goes on for ever. */
static enum MHD_Result
take_body(struct exchange *x, const char *p, size_t *n)
{
	x->seen += *n;
	if (x->seen > x->max + DRAIN_MAX || monotonic_ms() > x->give_up)
		return MHD_NO;
	if (x->seen <= x->max && x->server->held < HELD_MAX)
		buf_add(&x->in, p, *n);
	weigh(x);
	*n = 0;
	return MHD_YES;
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *conn, const char *path, const char *method,
    const char *version, const char *data, size_t *ndata, void **state)
{
	struct server *s = arg;
	struct exchange *x = *state;

	(void)version;
	if (x == NULL)
		return begin(s, conn, method, path, state);
	if (*ndata > 0)
		return take_body(x, data, ndata);
	if (x->answered)
		return send_answer(x);
	if (x->seen > x->max)
		return finish_refused(s, x, REFUSAL_REQUEST_TOO_LARGE, NULL, method, path);
	if (x->in.failed)
		return finish_refused(s, x, REFUSAL_INTERNAL, NULL, method, path);
	if (x->in.n != x->seen || s->held >= HELD_MAX)
		return finish_refused(s, x, REFUSAL_OVERLOADED, NULL, method, path);
	answer(s, x, method, path);
	return finish(s, x, method, path);
}

static void
completed(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct server *s = arg;

	(void)conn, (void)why;
	if (*state == NULL)
		return;
	for (struct exchange **at = &s->delayed; *at != NULL; at = &(*at)->next)
		if (*at == *state) {
			*at = (*at)->next;
			break;
		}
	exchange_free(*state);
	*state = NULL;
}

/* Wakes every exchange due by now. */
static void
resume_due(struct server *s, long long now)
{
	struct exchange **at = &s->delayed;

	while (*at != NULL) {
		struct exchange *x = *at;

		if (x->due > now) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		x->next = NULL;
		MHD_resume_connection(x->conn);
	}
}

/* Until the library or a delayed exchange wants to go on; -1: for ever. */
static int
wait_ms(struct server *s)
{
	const long long now = monotonic_ms();
	MHD_UNSIGNED_LONG_LONG t;
	long long wait = -1;

	for (const struct exchange *x = s->delayed; x != NULL; x = x->next)
		if (wait < 0 || x->due - now < wait)
			wait = x->due > now ? x->due - now : 0;
	if (MHD_get_timeout(s->daemon, &t) == MHD_YES && (wait < 0 || (long long)t < wait))
		wait = (long long)t;
	return wait > 60000 ? 60000 : (int)wait;
}

static int
run(struct server *s, const struct http_control *c, struct err *e)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[2] = { { .fd = c->fd, .events = POLLIN } };

	if (info == NULL)
		return err_set(e, ERR_INTERNAL, "no epoll descriptor");
	fds[1] = (struct pollfd){ .fd = info->epoll_fd, .events = POLLIN };
	while (fds[0].revents == 0 || c->goes_on(c->arg)) {
		resume_due(s, monotonic_ms());
		if (MHD_run(s->daemon) == MHD_NO)
			return err_set(e, ERR_INTERNAL, "libmicrohttpd stopped");
		if (poll(fds, 2, wait_ms(s)) < 0)
			fds[0].revents = 0;
	}
	/* the library cannot stop while a connection is suspended */
	resume_due(s, INT64_MAX);
	return 0;
}

/* The library's complaints quote what the peer sent: never shown. */
static void
discard_log(void *arg, const char *format, va_list ap)
{
	(void)arg, (void)format, (void)ap;
}

static void
connected(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *s = arg;

	(void)conn;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		stats_connection(s->h->service->stats);
		*state = calloc(1, sizeof(struct peer));
	} else {
		free(*state);
		*state = NULL;
	}
}

static struct MHD_Daemon *
start(struct server *s, int listen_fd)
{
	const struct tls *t = s->h->tls;
	struct MHD_OptionItem tls_options[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, t != NULL ? t->cert_pem : NULL },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, t != NULL ? t->key_pem.p : NULL },
		{ MHD_OPTION_HTTPS_MEM_TRUST, 0, t != NULL ? t->ca_pem : NULL },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL }
	};
	const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	    (t != NULL ? MHD_USE_TLS : 0u);

	if (t == NULL)
		tls_options[0] = tls_options[4];
	return MHD_start_daemon(flags, 0, NULL, NULL, handle, s,
	    MHD_OPTION_EXTERNAL_LOGGER, discard_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, listen_fd,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, connected, s,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	    MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_ARRAY, tls_options,
	    MHD_OPTION_END);
}

int
http_serve(const struct http *h, int listen_fd, const struct http_control *c, struct err *e)
{
	struct server s = { .h = h };
	int rc;

	if ((s.daemon = start(&s, listen_fd)) == NULL) {
		close(listen_fd);
		return err_set(e, ERR_CONFIG, "libmicrohttpd does not start");
	}
	c->ready(c->arg);
	rc = run(&s, c, e);
	MHD_stop_daemon(s.daemon);
	return rc;
}

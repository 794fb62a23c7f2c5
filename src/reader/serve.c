#include "reader/serve.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json/json.h"
#include "reader/pin.h"
#include "reader/signals.h"

struct request {
	const struct json	*json;
	int			 fd;		/* that came with it, or -1 */
	int			 parent;
};

static void
put_hex(struct jw *w, const char *key, const uint8_t *p, size_t n)
{
	char hex[2 * JPKI_CERTIFICATE_MAX + 1];

	hex_encode(p, n, hex);
	jw_str(w, key, hex);
}

static int
op_readers(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	struct pcsc_list l;

	(void)rq;
	if (session_readers(s, &l, e) < 0)
		return -1;
	jw_open(w, "readers", '[');
	for (size_t i = 0; i < l.n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "name", l.reader[i].name);
		jw_bool(w, "present", l.reader[i].present);
		jw_close(w, '}');
	}
	jw_close(w, ']');
	return 0;
}

static int
wait_of(const struct json *j)
{
	long long ms;

	return js_int(j, "wait_ms", &ms) && ms > 0 ? (int)(ms < 86400000 ? ms : 86400000) : 0;
}

static int
op_open(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	const struct session_request want = { js_str(rq->json, "reader"), js_str(rq->json, "card"),
	    js_str(rq->json, "trace"), wait_of(rq->json) };

	if (session_open(s, &want, e) < 0)
		return -1;
	jw_str(w, "reader", s->reader);
	jw_str(w, "token", s->token);
	jw_int(w, "tries_left", s->tries_left);
	jw_bool(w, "no_sign_certificate", s->no_sign_certificate);
	jw_bool(w, "needs_pin", s->needs_pin);
	put_hex(w, "certificate", s->certificate, s->certificate_len);
	return 0;
}

static int
op_pin(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	const char *prompt = js_str(rq->json, "prompt");

	(void)w;
	secret_free(&s->pin);
	if (prompt != NULL)
		return pin_from_tty(prompt, rq->parent, &s->pin, e);
	if (rq->fd < 0)
		return err_set(e, ERR_INTERNAL, "pin: neither prompt nor descriptor");
	return pin_from_fd(rq->fd, rq->parent, &s->pin, e);
}

static int
op_verify(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	bool last_try = false;

	(void)w;
	js_bool(rq->json, "last_try", &last_try);
	return session_verify(s, last_try, e);
}

static int
copy_str(const struct json *j, const char *key, char *out, size_t max, struct err *e)
{
	const char *v = js_str(j, key);

	if (v == NULL || strlen(v) >= max)
		return err_set(e, ERR_INTERNAL, "sign: no %s, or too long", key);
	memcpy(out, v, strlen(v) + 1);
	return 0;
}

static int
op_sign(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	const char *challenge = js_str(rq->json, "challenge");
	uint8_t sig[JPKI_SIGNATURE_MAX];
	struct sign_fields f;
	size_t n;

	if (copy_str(rq->json, "origin", f.origin, sizeof(f.origin), e) < 0 ||
	    copy_str(rq->json, "institution", f.institution, sizeof(f.institution), e) < 0 ||
	    copy_str(rq->json, "time", f.time, sizeof(f.time), e) < 0)
		return -1;
	if (challenge == NULL || hex_decode(challenge, f.challenge, sizeof(f.challenge)) < 0)
		return err_set(e, ERR_INTERNAL, "sign: the challenge is not 32 bytes");
	if (session_sign(s, &f, sig, sizeof(sig), &n, e) < 0)
		return -1;
	put_hex(w, "signature", sig, n);
	return 0;
}

static int
op_close(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	(void)rq;
	(void)w;
	(void)e;
	session_close(s);
	return 0;
}

static int
op_removed(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	(void)w;
	return session_removed(s, wait_of(rq->json), e);
}

static const struct {
	const char	*name;
	int		(*run)(struct session *, const struct request *, struct jw *, struct err *);
} ops[] = {
	{ "readers", op_readers },
	{ "open",    op_open },
	{ "pin",     op_pin },
	{ "verify",  op_verify },
	{ "sign",    op_sign },
	{ "close",   op_close },
	{ "removed", op_removed },
};

static int
run(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	const char *op = js_str(rq->json, "op");

	for (size_t i = 0; op != NULL && i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strcmp(ops[i].name, op) == 0)
			return ops[i].run(s, rq, w, e);
	return err_set(e, ERR_INTERNAL, "a request that is none");
}

static void
write_error(struct buf *out, const struct err *e)
{
	struct jw w = { .b = out };

	buf_reset(out);
	jw_open(&w, NULL, '{');
	jw_open(&w, "error", '{');
	jw_str(&w, "code", err_name(e->code));
	jw_str(&w, "message", e->msg);
	jw_int(&w, "tries_left", e->tries_left);
	jw_close(&w, '}');
	jw_close(&w, '}');
}

static void
answer(struct session *s, const char *packet, size_t n, int fd, int parent, struct buf *out)
{
	struct err e = ERR_INIT;
	struct json *j = js_parse(packet, n, &e);
	const struct request rq = { j, fd, parent };
	struct jw w = { .b = out };
	int rc = -1;

	jw_open(&w, NULL, '{');
	jw_open(&w, "ok", '{');
	if (j != NULL)
		rc = run(s, &rq, &w, &e);
	jw_close(&w, '}');
	jw_close(&w, '}');
	if (rc < 0)
		write_error(out, &e);
	js_free(j);
}

static int
received_fd(struct msghdr *m)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* One packet, and the descriptor it brought: its length, 0 at the end. */
static size_t
receive(int parent, char *packet, int *fd)
{
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { packet, SERVE_PACKET_MAX };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof(control) };
	const ssize_t n = recvmsg(parent, &m, MSG_CMSG_CLOEXEC);

	*fd = n > 0 ? received_fd(&m) : -1;
	return n > 0 ? (size_t)n : 0;
}

/* Waits through Ctrl-C, which is the parent's affair. */
static bool
awaits_more(int parent)
{
	int rc;

	while ((rc = signals_wait(parent, parent)) == 0)
		continue;
	return rc > 0;
}

void
serve(int parent, struct session *s)
{
	static char packet[SERVE_PACKET_MAX];
	struct buf out = BUF_INIT;
	size_t n;
	int fd;

	while (awaits_more(parent) && (n = receive(parent, packet, &fd)) > 0) {
		buf_reset(&out);
		answer(s, packet, n, fd, parent, &out);
		if (fd >= 0)
			close(fd);
		if (out.failed || send(parent, out.p, out.n, MSG_NOSIGNAL) < 0)
			break;
	}
	buf_free(&out);
}

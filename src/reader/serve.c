#include "reader/serve.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "json/json.h"
#include "reader/identify.h"
#include "reader/pin.h"
#include "reader/signals.h"

/* Bytes that go behind the JSON of an answer. */
struct raw {
	struct secret	secret;
	size_t		n;
};

struct request {
	const struct json	*json;
	int			 fd;		/* that came with it, or -1 */
	int			 parent;
	struct raw		*raw;
};

static void
put_hex(struct jw *w, const char *key, const uint8_t *p, size_t n)
{
	char hex[2 * JPKI_CERTIFICATE_MAX + 1];

	hex_encode(p, n, hex);
	jw_str(w, key, hex);
}

static void
put_readers(struct jw *w, const struct reader_list *l)
{
	jw_open(w, "readers", '[');
	for (size_t i = 0; i < l->n; i++) {
		jw_open(w, NULL, '{');
		jw_str(w, "name", l->reader[i].name);
		jw_bool(w, "present", l->reader[i].present);
		jw_bool(w, "exclusive", l->reader[i].exclusive);
		jw_int(w, "changes", l->reader[i].changes);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

static int
op_readers(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	struct reader_list l;

	(void)rq;
	if (session_readers(s, &l, e) < 0)
		return -1;
	put_readers(w, &l);
	return 0;
}

static int
op_watch(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	struct reader_list l;
	bool first = false;

	js_bool(rq->json, "first", &first);
	if (session_watch(s, first, &l, e) < 0)
		return -1;
	put_readers(w, &l);
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
	    rq->fd, wait_of(rq->json) };

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

static void
put_told(struct jw *w, const char *key, bool told, bool v)
{
	if (told)
		jw_bool(w, key, v);
	else
		jw_null(w, key);
}

static int
op_inspect(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	struct inspection i;

	(void)rq;
	if (identify_inspect(s, &i, e) < 0)
		return -1;
	jw_bool(w, "text_ap", i.has_text_ap);
	jw_int(w, "text_tries_left", i.text_tries_left);
	put_told(w, "sign", i.availability, i.sign);
	put_told(w, "auth", i.availability, i.auth);
	return 0;
}

/* Which PIN it is stands with it: no other is ever tried with it. */
static int
pin_for(struct session *s, const char *which, struct err *e)
{
	if (which != NULL && strcmp(which, "auth") == 0)
		s->pin_for = SESSION_PIN_AUTH;
	else if (which != NULL && strcmp(which, "text") == 0)
		s->pin_for = SESSION_PIN_TEXT;
	else
		return err_set(e, ERR_INTERNAL, "pin: of which application?");
	return 0;
}

static int
op_pin(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	const char *prompt = js_str(rq->json, "prompt");
	bool wide = false;
	int rc;

	secret_free(&s->pin);
	if (pin_for(s, js_str(rq->json, "for"), e) < 0)
		return -1;
	if (prompt != NULL)
		rc = pin_from_tty(prompt, rq->parent, &s->pin, &wide, e);
	else if (rq->fd >= 0)
		rc = pin_from_fd(rq->fd, rq->parent, &s->pin, &wide, e);
	else
		rc = err_set(e, ERR_INTERNAL, "pin: neither prompt nor descriptor");
	jw_bool(w, "wide", wide);
	return rc;
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
	f.purpose = message_purpose_of(js_str(rq->json, "purpose"));
	if (session_sign(s, &f, sig, sizeof(sig), &n, e) < 0)
		return -1;
	put_hex(w, "signature", sig, n);
	return 0;
}

static int
op_person(struct session *s, const struct request *rq, struct jw *w, struct err *e)
{
	bool last_try = false;

	(void)w;
	js_bool(rq->json, "last_try", &last_try);
	if (secret_new(&rq->raw->secret, PERSON_OBJECT_MAX, e) < 0)
		return -1;
	return identify_person(s, last_try, rq->raw->secret.p, &rq->raw->n, e);
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

static const struct {
	const char	*name;
	int		(*run)(struct session *, const struct request *, struct jw *, struct err *);
} ops[] = {
	{ "readers", op_readers },
	{ "watch",   op_watch },
	{ "open",    op_open },
	{ "inspect", op_inspect },
	{ "pin",     op_pin },
	{ "verify",  op_verify },
	{ "sign",    op_sign },
	{ "person",  op_person },
	{ "close",   op_close },
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

/* In place of what was begun. */
static struct jw
begin_error(struct buf *out, const struct err *e)
{
	struct jw w = { .b = out };

	buf_reset(out);
	jw_open(&w, NULL, '{');
	jw_open(&w, "error", '{');
	jw_str(&w, "code", err_name(e->code));
	jw_str(&w, "message", e->msg);
	jw_int(&w, "tries_left", e->tries_left);
	jw_bool(&w, "pin_sent", e->pin_sent);
	return w;
}

static void
answer(struct session *s, const char *packet, size_t n, int fd, int parent, struct buf *out)
{
	struct err e = ERR_INIT;
	struct json *j = js_parse(packet, n, &e);
	struct raw raw = { .n = 0 };
	const struct request rq = { j, fd, parent, &raw };
	struct jw w = { .b = out };
	int rc = -1;

	jw_open(&w, NULL, '{');
	jw_open(&w, "ok", '{');
	if (j != NULL)
		rc = run(s, &rq, &w, &e);
	/* libcrypto has said something else of it; what the card said stands */
	if (memory_was_lost() && rc < 0 && e.tries_left < 0 && e.code != ERR_INTERRUPTED)
		e.code = ERR_NOMEM;
	if (rc < 0)
		w = begin_error(out, &e);
	jw_close(&w, '}');
	if (s->trace_lost)
		jw_bool(&w, "trace_lost", true);
	jw_close(&w, '}');
	if (rc >= 0 && raw.n > 0) {
		buf_addc(out, '\0');
		buf_add(out, raw.secret.p, raw.n);
	}
	secret_free(&raw.secret);
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

	/* what came of a PIN must not be lost for want of memory */
	if (buf_reserve(&out, SERVE_PACKET_MAX) < 0)
		return;
	while (awaits_more(parent) && (n = receive(parent, packet, &fd)) > 0) {
		buf_reset(&out);
		answer(s, packet, n, fd, parent, &out);
		if (fd >= 0)
			close(fd);
		if (out.failed || send(parent, out.p, out.n, MSG_NOSIGNAL) < 0)
			break;
		explicit_bzero(out.p, out.n);
	}
	buf_free(&out);
}

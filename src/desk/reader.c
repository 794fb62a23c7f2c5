#include "desk/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "desk/helper.h"
#include "json/json.h"

#define STOP_GRACE_MS	1000
#define ANSWER_MAX	16384	/* bytes; src/reader/serve.h */

struct reader {
	struct helper	helper;
	bool		pin_asked;	/* the last PIN was, of whoever should give it */
	bool		pin_wide;
	bool		traced;		/* it has the APDU log */
	bool		watching;	/* reader_watch() was not answered yet */
	char		answer[ANSWER_MAX];
	struct span	raw;		/* what came behind its JSON and a NUL */
};

/* Of one run: a helper that follows one that died goes on in the same log. */
static bool trace_begun, trace_lost;

int
reader_start(struct reader **out, struct err *e)
{
	struct reader *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (r == NULL)
		return err_set(e, ERR_NOMEM, "reader");
	if (helper_start(&r->helper, "shikaku-reader", e) < 0) {
		free(r);
		return -1;
	}
	*out = r;
	return 0;
}

void
reader_stop(struct reader *r)
{
	if (r == NULL)
		return;
	/* one that watches holds no card */
	helper_stop(&r->helper, r->watching ? 0 : STOP_GRACE_MS);
	explicit_bzero(r->answer, sizeof(r->answer));
	free(r);
}

/* What the helper said went wrong, as if it had happened here. */
static int
take_error(const struct json *error, struct err *e)
{
	const char *code = js_str(error, "code"), *message = js_str(error, "message");
	long long left = -1;

	if (code == NULL || message == NULL || err_from_name(code) == ERR_NONE)
		return err_set(e, ERR_READER_HELPER, "an answer that is none");
	if (js_int(error, "tries_left", &left) && left >= 0 && left <= 15)
		e->tries_left = (int)left;
	js_bool(error, "pin_sent", &e->pin_sent);
	return err_set(e, err_from_name(code), "%s", message);
}

static int
tell(struct reader *r, const struct buf *request, int fd, struct err *e)
{
	if (request->failed)
		return err_set(e, ERR_NOMEM, "reader");
	return helper_send(&r->helper, (struct span){ (const uint8_t *)request->p, request->n },
	    fd, e);
}

/* *doc is the answer, *ok a part of it. */
static int
hear(struct reader *r, int timeout_ms, struct json **doc, const struct json **ok, struct err *e)
{
	struct err why = ERR_INIT;
	size_t n, json;

	*doc = NULL;
	if (helper_take(&r->helper, timeout_ms, r->answer, sizeof(r->answer), &n, e) < 0)
		return -1;
	json = strnlen(r->answer, n);
	r->raw = (struct span){ (const uint8_t *)r->answer + json + (json < n),
		n - json - (json < n) };
	if ((*doc = js_parse(r->answer, json, &why)) == NULL)
		return err_set(e, ERR_READER_HELPER, "reader: %s", why.msg);
	trace_lost |= js_get(*doc, "trace_lost") != NULL;
	if (js_get(*doc, "error") != NULL)
		return take_error(js_get(*doc, "error"), e);
	if ((*ok = js_get(*doc, "ok")) == NULL)
		return err_set(e, ERR_READER_HELPER, "an answer that is none");
	return 0;
}

/* Sends a request and hears what comes, as hear(). */
static int
ask(struct reader *r, const struct buf *request, int fd, int timeout_ms, struct json **doc,
    const struct json **ok, struct err *e)
{
	*doc = NULL;
	if (tell(r, request, fd, e) < 0)
		return -1;
	return hear(r, timeout_ms, doc, ok, e);
}

static struct jw
begin(struct buf *b, const char *op)
{
	struct jw w = { .b = b };

	jw_open(&w, NULL, '{');
	jw_str(&w, "op", op);
	return w;
}

/* A request whose answer carries nothing. */
static int
command(struct reader *r, struct buf *request, int fd, int timeout_ms, struct err *e)
{
	const struct json *ok;
	struct json *doc;
	const int rc = ask(r, request, fd, timeout_ms, &doc, &ok, e);

	js_free(doc);
	buf_free(request);
	return rc;
}

static int
copy_str(const struct json *o, const char *key, char *out, size_t max, struct err *e)
{
	const char *v = js_str(o, key);

	if (v == NULL || strlen(v) >= max)
		return err_set(e, ERR_READER_HELPER, "the answer's %s", key);
	memcpy(out, v, strlen(v) + 1);
	return 0;
}

static int
copy_hex(const struct json *o, const char *key, uint8_t *out, size_t max, size_t *n,
    struct err *e)
{
	const char *v = js_str(o, key);

	if (v == NULL || strlen(v) / 2 > max || hex_decode(v, out, strlen(v) / 2) < 0)
		return err_set(e, ERR_READER_HELPER, "the answer's %s", key);
	*n = strlen(v) / 2;
	return 0;
}

static int
take_readers(const struct json *ok, struct reader_list *out, struct err *e)
{
	const struct json *all = js_get(ok, "readers"), *one;
	long long changes;

	for (size_t i = 0; i < js_len(all) && i < READER_MAX; i++, out->n++) {
		one = js_at(all, i);
		if (copy_str(one, "name", out->reader[i].name, READER_NAME_MAX, e) < 0 ||
		    !js_bool(one, "present", &out->reader[i].present) ||
		    !js_bool(one, "exclusive", &out->reader[i].exclusive) ||
		    !js_int(one, "changes", &changes) || changes < 0 || changes > 65535)
			return err_set(e, ERR_READER_HELPER, "the answer's readers");
		out->reader[i].changes = (int)changes;
	}
	return 0;
}

int
reader_readers(struct reader *r, int timeout_ms, struct reader_list *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "readers");
	const struct json *ok;
	struct json *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	if (rc == 0)
		rc = take_readers(ok, out, e);
	js_free(doc);
	buf_free(&b);
	return rc;
}

int
reader_watch(struct reader *r, bool first, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "watch");
	int rc;

	jw_bool(&w, "first", first);
	jw_close(&w, '}');
	rc = tell(r, &b, -1, e);
	buf_free(&b);
	r->watching = rc == 0;
	return rc;
}

int
reader_fd(const struct reader *r)
{
	return r->helper.fd;
}

int
reader_watched(struct reader *r, struct reader_list *out, struct err *e)
{
	const struct json *ok;
	struct json *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	r->watching = false;
	rc = hear(r, STOP_GRACE_MS, &doc, &ok, e);
	if (rc == 0)
		rc = take_readers(ok, out, e);
	js_free(doc);
	return rc;
}

static int
take_card(const struct json *ok, struct reader_card *out, struct err *e)
{
	long long left;

	memset(out, 0, sizeof(*out));
	if (copy_str(ok, "reader", out->reader, sizeof(out->reader), e) < 0 ||
	    copy_str(ok, "token", out->token, sizeof(out->token), e) < 0 ||
	    copy_hex(ok, "certificate", out->certificate, sizeof(out->certificate),
	    &out->certificate_len, e) < 0)
		return -1;
	if (!js_int(ok, "tries_left", &left) || left < -1 || left > 15 ||
	    !js_bool(ok, "no_sign_certificate", &out->no_sign_certificate) ||
	    !js_bool(ok, "needs_pin", &out->certificate_needs_pin))
		return err_set(e, ERR_READER_HELPER, "the answer's card");
	out->tries_left = (int)left;
	out->medium = jpki_medium_of(out->token);
	return 0;
}

int
reader_trace_kept(struct err *e)
{
	return trace_lost ? err_set(e, ERR_DISK, "APDU log: not all of it could be written") : 0;
}

/* Empty, or begun as card/trace.h begins one: it may be written over. */
static bool
is_trace(int fd)
{
	char head[2];
	const ssize_t n = pread(fd, head, sizeof(head), 0);

	return n == 0 || (n == sizeof(head) && memcmp(head, "> ", sizeof(head)) == 0);
}

/* What lay there before may have been readable for others. */
static int
own_trace(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_DISK, "APDU log: not a regular file");
	if (!trace_begun && !is_trace(fd))
		return err_set(e, ERR_DISK, "APDU log: that file is something else");
	if (fchmod(fd, 0600) < 0 || (!trace_begun && ftruncate(fd, 0) < 0))
		return err_set(e, ERR_DISK, "APDU log: %s", strerror(errno));
	trace_begun = true;
	return 0;
}

/* The log is opened here, because the helper may write no file; *fd is -1 where it has it already. */
static int
open_trace(const struct reader *r, const char *path, int *fd, struct err *e)
{
	*fd = -1;
	if (path == NULL || r->traced)
		return 0;
	/* without O_NONBLOCK a pipe that nobody reads would be waited for */
	*fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (*fd < 0)
		return err_set(e, ERR_DISK, "APDU log: %s", strerror(errno));
	if (own_trace(*fd, e) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return -1;
}

/* The path of a card is the desk's: the helper runs in the same folder. */
int
reader_open(struct reader *r, const struct reader_request *rq, int timeout_ms,
    struct reader_card *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "open");
	const struct json *ok;
	struct json *doc = NULL;
	int trace, rc;

	jw_str(&w, "reader", rq->reader_name);
	jw_str(&w, "card", rq->card_file);
	jw_int(&w, "wait_ms", rq->wait_ms);
	jw_close(&w, '}');
	if ((rc = open_trace(r, rq->trace_file, &trace, e)) == 0)
		rc = ask(r, &b, trace, timeout_ms + rq->wait_ms, &doc, &ok, e);
	if (rc == 0)
		rc = take_card(ok, out, e);
	if (trace >= 0) {
		close(trace);
		r->traced = true;
	}
	js_free(doc);
	buf_free(&b);
	return rc;
}

/* A member that is true, false or null: whether it is known, and what it is. */
static bool
take_told(const struct json *ok, const char *key, bool *v)
{
	*v = false;
	return js_bool(ok, key, v);
}

static int
take_inspection(const struct json *ok, struct reader_inspection *out, struct err *e)
{
	long long left;

	if (!js_bool(ok, "text_ap", &out->text_ap) || !js_int(ok, "text_tries_left", &left) ||
	    left < -1 || left > 15)
		return err_set(e, ERR_READER_HELPER, "the answer's inspection");
	out->text_tries_left = (int)left;
	out->availability = take_told(ok, "sign", &out->sign) && take_told(ok, "auth", &out->auth);
	return 0;
}

int
reader_inspect(struct reader *r, int timeout_ms, struct reader_inspection *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "inspect");
	const struct json *ok;
	struct json *doc;
	int rc;

	*out = (struct reader_inspection){ .text_tries_left = -1 };
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	if (rc == 0)
		rc = take_inspection(ok, out, e);
	js_free(doc);
	buf_free(&b);
	return rc;
}

static struct jw
begin_pin(struct buf *b, enum reader_pin which)
{
	struct jw w = begin(b, "pin");

	jw_str(&w, "for", which == READER_PIN_TEXT ? "text" : "auth");
	return w;
}

static int
enter_pin(struct reader *r, struct buf *request, int fd, int timeout_ms, struct err *e)
{
	const struct json *ok;
	struct json *doc = NULL;
	int rc = tell(r, request, fd, e);

	r->pin_wide = false;
	r->pin_asked = rc == 0;
	if (rc == 0 && (rc = hear(r, timeout_ms, &doc, &ok, e)) == 0)
		js_bool(ok, "wide", &r->pin_wide);
	js_free(doc);
	buf_free(request);
	return rc;
}

bool
reader_pin_asked(const struct reader *r)
{
	return r->pin_asked;
}

bool
reader_pin_wide(const struct reader *r)
{
	return r->pin_wide;
}

/*
 * The helper turns the echo on again itself; this is for the case that it is
 * killed from outside while somebody types.
 */
int
reader_pin_tty(struct reader *r, enum reader_pin which, const char *prompt, struct err *e)
{
	const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct buf b = BUF_INIT;
	struct jw w = begin_pin(&b, which);
	struct termios was;
	bool saved;
	int rc;

	saved = tty >= 0 && tcgetattr(tty, &was) == 0;
	jw_str(&w, "prompt", prompt);
	jw_close(&w, '}');
	rc = enter_pin(r, &b, -1, HELPER_FOREVER, e);
	if (rc < 0 && saved && e->code == ERR_READER_HELPER)
		tcsetattr(tty, TCSAFLUSH, &was);
	if (tty >= 0)
		close(tty);
	return rc;
}

int
reader_pin_fd(struct reader *r, enum reader_pin which, int fd, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin_pin(&b, which);

	jw_close(&w, '}');
	if (fcntl(fd, F_GETFD) < 0) {
		buf_free(&b);
		return err_set(e, ERR_PIN_NONE, "the PIN's file descriptor is not open");
	}
	if (enter_pin(r, &b, fd, timeout_ms, e) == 0)
		return 0;
	if (e->code == ERR_READER_TIMEOUT) {
		/* no card was asked: it is the one who should give the PIN that is late */
		err_clear(e);
		err_set(e, ERR_PIN_NONE, "no PIN came from its file descriptor in %d ms", timeout_ms);
	}
	return -1;
}

/* A helper that says nothing may have sent it all the same. */
static void
no_answer_to_pin(int rc, const struct json *doc, struct err *e)
{
	if (rc < 0 && doc == NULL)
		e->pin_sent = true;
}

int
reader_verify(struct reader *r, bool last_try, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "verify");
	const struct json *ok;
	struct json *doc;
	int rc;

	jw_bool(&w, "last_try", last_try);
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	no_answer_to_pin(rc, doc, e);
	js_free(doc);
	buf_free(&b);
	return rc;
}

int
reader_sign(struct reader *r, const struct sign_fields *f, int timeout_ms, uint8_t *sig,
    size_t sig_max, size_t *sig_len, struct err *e)
{
	char challenge[2 * MESSAGE_CHALLENGE_LEN + 1];
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "sign");
	const struct json *ok;
	struct json *doc;
	int rc;

	hex_encode(f->challenge, sizeof(f->challenge), challenge);
	jw_str(&w, "purpose", message_purpose_name(f->purpose));
	jw_str(&w, "origin", f->origin);
	jw_str(&w, "challenge", challenge);
	jw_str(&w, "institution", f->institution);
	jw_str(&w, "time", f->time);
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	if (rc == 0)
		rc = copy_hex(ok, "signature", sig, sig_max, sig_len, e);
	js_free(doc);
	buf_free(&b);
	return rc;
}

int
reader_person(struct reader *r, bool last_try, int timeout_ms, struct person *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "person");
	const struct json *ok;
	struct json *doc;
	int rc;

	jw_bool(&w, "last_try", last_try);
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	no_answer_to_pin(rc, doc, e);
	if (rc == 0)
		rc = person_parse(r->raw.p, r->raw.n, out, e);
	explicit_bzero(r->answer, sizeof(r->answer));
	js_free(doc);
	buf_free(&b);
	return rc;
}

int
reader_close(struct reader *r, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "close");

	jw_close(&w, '}');
	return command(r, &b, -1, timeout_ms, e);
}

#include "desk/reader.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "desk/helper.h"
#include "json/json.h"

#define STOP_GRACE_MS	1000
#define ANSWER_MAX	16384	/* bytes; src/reader/serve.h */

struct reader {
	struct helper	helper;
	char		answer[ANSWER_MAX];
};

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
	helper_stop(&r->helper, STOP_GRACE_MS);
	explicit_bzero(r->answer, sizeof(r->answer));
	free(r);
}

/* What the helper said went wrong, as if it had happened here. */
static int
take_error(const struct json *error, struct err *e)
{
	const char *code = js_str(error, "code"), *message = js_str(error, "message");
	long long left = -1;

	if (code == NULL || message == NULL)
		return err_set(e, ERR_READER_HELPER, "an answer that is none");
	if (js_int(error, "tries_left", &left) && left >= 0 && left <= 15)
		e->tries_left = (int)left;
	return err_set(e, err_from_name(code), "%s", message);
}

/* Sends what w has written of a request; *doc is the answer, *ok a part of it. */
static int
ask(struct reader *r, struct buf *request, int fd, int timeout_ms, struct json **doc,
    const struct json **ok, struct err *e)
{
	size_t n;

	*doc = NULL;
	if (request->failed)
		return err_set(e, ERR_NOMEM, "reader");
	if (helper_ask(&r->helper, (struct span){ (const uint8_t *)request->p, request->n }, fd,
	    timeout_ms, r->answer, sizeof(r->answer), &n, e) < 0)
		return -1;
	if ((*doc = js_parse(r->answer, n, e)) == NULL)
		return err_prefix(e, "reader");
	if (js_get(*doc, "error") != NULL)
		return take_error(js_get(*doc, "error"), e);
	if ((*ok = js_get(*doc, "ok")) == NULL)
		return err_set(e, ERR_READER_HELPER, "an answer that is none");
	return 0;
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

int
reader_readers(struct reader *r, int timeout_ms, struct reader_list *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "readers");
	const struct json *ok, *all;
	struct json *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms, &doc, &ok, e);
	all = rc == 0 ? js_get(ok, "readers") : NULL;
	for (size_t i = 0; rc == 0 && i < js_len(all) && i < READER_MAX; i++, out->n++) {
		rc = copy_str(js_at(all, i), "name", out->reader[i].name, READER_NAME_MAX, e);
		js_bool(js_at(all, i), "present", &out->reader[i].present);
	}
	js_free(doc);
	buf_free(&b);
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

/* Paths are the desk's: the helper runs in the same folder. */
int
reader_open(struct reader *r, const struct reader_request *rq, int timeout_ms,
    struct reader_card *out, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "open");
	const struct json *ok;
	struct json *doc;
	int rc;

	jw_str(&w, "reader", rq->reader_name);
	jw_str(&w, "card", rq->card_file);
	jw_str(&w, "trace", rq->trace_file);
	jw_int(&w, "wait_ms", rq->wait_ms);
	jw_close(&w, '}');
	rc = ask(r, &b, -1, timeout_ms + rq->wait_ms, &doc, &ok, e);
	if (rc == 0)
		rc = take_card(ok, out, e);
	js_free(doc);
	buf_free(&b);
	return rc;
}

/*
 * The helper turns the echo on again itself; this is for the case that it is
 * killed from outside while somebody types.
 */
int
reader_pin_tty(struct reader *r, const char *prompt, struct err *e)
{
	const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "pin");
	struct termios was;
	bool saved;
	int rc;

	saved = tty >= 0 && tcgetattr(tty, &was) == 0;
	jw_str(&w, "prompt", prompt);
	jw_close(&w, '}');
	rc = command(r, &b, -1, HELPER_FOREVER, e);
	if (rc < 0 && saved && e->code == ERR_READER_HELPER)
		tcsetattr(tty, TCSAFLUSH, &was);
	if (tty >= 0)
		close(tty);
	return rc;
}

int
reader_pin_fd(struct reader *r, int fd, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "pin");

	jw_close(&w, '}');
	if (fcntl(fd, F_GETFD) < 0) {
		buf_free(&b);
		return err_set(e, ERR_PIN_NONE, "the PIN's file descriptor is not open");
	}
	return command(r, &b, fd, timeout_ms, e);
}

int
reader_verify(struct reader *r, bool last_try, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "verify");

	jw_bool(&w, "last_try", last_try);
	jw_close(&w, '}');
	return command(r, &b, -1, timeout_ms, e);
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
reader_close(struct reader *r, int timeout_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "close");

	jw_close(&w, '}');
	return command(r, &b, -1, timeout_ms, e);
}

int
reader_removed(struct reader *r, int wait_ms, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jw w = begin(&b, "removed");

	jw_int(&w, "wait_ms", wait_ms);
	jw_close(&w, '}');
	return command(r, &b, -1, wait_ms + STOP_GRACE_MS, e);
}

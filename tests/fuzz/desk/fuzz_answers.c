/*
 * What shikaku-reader, or something in its place, may answer: the first byte
 * is the question, the rest is the packet.  It is an error with a text, or
 * what it fills ends within its bounds and says nothing impossible.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../must.h"
#include "desk/helper.h"
#include "desk/reader.h"
#include "json/json.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum question { LIST, CARD, PIN, VERIFY, SIGN, CLOSE, CLOSE_AGAIN, WATCHED, INSPECT, PERSON,
	QUESTIONS };

static const uint8_t *packet;
static size_t packet_len;

int
helper_start(struct helper *h, const char *name, struct err *e)
{
	(void)name, (void)e;
	*h = (struct helper){ -1, -1 };
	return 0;
}

void
helper_stop(struct helper *h, int grace_ms)
{
	(void)h, (void)grace_ms;
}

int
helper_send(struct helper *h, struct span question, int fd, struct err *e)
{
	struct json *j = js_parse((const char *)question.p, question.n, e);

	(void)h, (void)fd;
	must(js_str(j, "op") != NULL);
	js_free(j);
	return 0;
}

int
helper_take(struct helper *h, int timeout_ms, char *out, size_t max, size_t *n, struct err *e)
{
	(void)h;
	must(timeout_ms >= HELPER_FOREVER);
	if (packet_len == 0 || packet_len > max)
		return err_set(e, ERR_READER_HELPER, "no answer");
	memcpy(out, packet, packet_len);
	*n = packet_len;
	return 0;
}

static bool
ends_within(const char *s, size_t max)
{
	return strnlen(s, max) < max;
}

static int
ask_list(struct reader *r, bool watched, struct err *e)
{
	struct reader_list l;
	int rc;

	if (watched)
		rc = reader_watch(r, true, e) < 0 ? -1 : reader_watched(r, &l, e);
	else
		rc = reader_readers(r, 1000, &l, e);
	if (rc < 0)
		return rc;
	must(l.n <= READER_MAX);
	for (size_t i = 0; i < l.n; i++)
		must(ends_within(l.reader[i].name, READER_NAME_MAX));
	return rc;
}

static int
ask_card(struct reader *r, struct err *e)
{
	const struct reader_request rq = { "Reader", NULL, NULL, 0 };
	struct reader_card c;
	const int rc = reader_open(r, &rq, 1000, &c, e);

	if (rc < 0)
		return rc;
	must(ends_within(c.reader, sizeof(c.reader)) && ends_within(c.token, sizeof(c.token)));
	must(c.medium == jpki_medium_of(c.token) && c.tries_left >= -1 && c.tries_left <= 15);
	must(c.certificate_len <= sizeof(c.certificate));
	return rc;
}

static int
ask_more(struct reader *r, struct err *e)
{
	struct reader_inspection i;
	const int rc = reader_inspect(r, 1000, &i, e);

	must(rc < 0 || (i.text_tries_left >= -1 && i.text_tries_left <= 15));
	return rc;
}

static int
ask_person(struct reader *r, struct err *e)
{
	struct person p;

	return reader_person(r, false, 1000, &p, e);
}

static int
ask_signature(struct reader *r, struct err *e)
{
	static const struct sign_fields f = { .origin = "https://service.invalid:8443",
		.institution = "1310000011", .time = "20261122013000Z" };
	uint8_t sig[JPKI_SIGNATURE_MAX];
	size_t n = 0;
	const int rc = reader_sign(r, &f, 1000, sig, sizeof(sig), &n, e);

	must(rc < 0 || n <= sizeof(sig));
	return rc;
}

static int
ask(struct reader *r, enum question what, struct err *e)
{
	switch (what) {
	case LIST:
	case WATCHED:
		return ask_list(r, what == WATCHED, e);
	case CARD:
		return ask_card(r, e);
	case PIN:
		return reader_pin_fd(r, READER_PIN_AUTH, STDERR_FILENO, 1000, e);
	case VERIFY:
		return reader_verify(r, false, 1000, e);
	case SIGN:
		return ask_signature(r, e);
	case INSPECT:
		return ask_more(r, e);
	case PERSON:
		return ask_person(r, e);
	default:
		return reader_close(r, 1000, e);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct reader *r;
	int rc;

	if (size < 1)
		return 0;
	packet = data + 1;
	packet_len = size - 1;
	must(reader_start(&r, &e) == 0);
	rc = ask(r, data[0] % QUESTIONS, &e);
	must((rc < 0) == (e.code != ERR_NONE) && (unsigned)e.code < ERR_MAX);
	must(e.tries_left >= -1 && e.tries_left <= 15 && ends_within(e.msg, sizeof(e.msg)));
	reader_stop(r);
	return 0;
}

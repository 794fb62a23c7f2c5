/*
 * One patient's card from the first look to the farewell, and what a desk may
 * ask of it in whatever order; pcscd and the card are the fuzzer's (fake.h).
 *
 * The input: a byte of options, how many requests, the requests, and the bytes
 * that say what goes wrong.  What must hold of each command is in fake.c: one
 * VERIFY a PIN, only of the card that was looked at, never of one without
 * tries to spare.  Here: every request ends with a result or an error, the PIN
 * is gone after each VERIFY, and a closed session holds nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"
#include "reader/identify.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUESTS_MAX	24

enum option { TRACE = 1, NAMED = 2, LAST_TRY = 4, WAIT = 8, BAD_TRACE = 16 };
enum request { OPEN, ENTER_RIGHT, ENTER_WRONG, VERIFY, SIGN, CLOSE, CLOSE_AGAIN, READERS, WATCH,
	ENTER_TEXT, PERSON, INSPECT, REQUESTS };

static int trace_fd = -1;

static void
enter(struct session *s, enum session_pin which, const char *pin)
{
	struct err e = ERR_INIT;

	secret_free(&s->pin);
	must(secret_new(&s->pin, JPKI_PIN_LEN, &e) == 0);
	memcpy(s->pin.p, pin, JPKI_PIN_LEN);
	s->pin_for = which;
}

static int
open_card(struct session *s, uint8_t options, struct err *e)
{
	const struct session_request rq = { (options & NAMED) != 0 ? "Reader" : NULL, NULL,
	    (options & TRACE) != 0 ? trace_fd : (options & BAD_TRACE) != 0 ? 9999 : -1,
	    (options & WAIT) != 0 };
	const int rc = session_open(s, &rq, e);

	must(!s->held && s->pin.p == NULL && s->open == (rc == 0));
	if (rc < 0)
		return rc;
	must(s->tries_left >= -1 && s->tries_left <= 15);
	must(message_purpose_of(message_purpose_name(SIGN_ENQUIRY)) == SIGN_ENQUIRY);
	must(strlen(s->token) <= JPKI_TOKEN_LEN && s->medium < JPKI_JUKI);
	must(jpki_is_phone(s->medium) == (strcmp(jpki_medium_name(s->medium), "phone") == 0));
	must(s->needs_pin ? s->certificate_len == 0 :
	    s->certificate_len > 4 && s->certificate_len <= JPKI_CERTIFICATE_MAX);
	return rc;
}

/* Wrong and blocked are said only when the card said so. */
static void
check_refusal(const struct err *e)
{
	switch (e->code) {
	case ERR_PIN_WRONG:
		must((fake.sw & 0xfff0) == 0x63c0 || fake.sw == 0x6300 || !fake.begun);
		break;
	case ERR_PIN_BLOCKED:
		must(e->tries_left == 0);
		break;
	default:
		break;
	}
}

static int
verify(struct session *s, uint8_t options, struct err *e)
{
	int rc;

	fake.pins = s->pin.p != NULL;
	fake.last_try = (options & LAST_TRY) != 0;
	rc = session_verify(s, fake.last_try, e);
	must(s->pin.p == NULL && s->held == (rc == 0));
	must(rc < 0 || (fake.accepted && fake.pins == 0));
	fake.pins = 0;
	must(s->tries_left >= -1 && s->tries_left <= 15);
	must(e->tries_left >= -1 && e->tries_left <= 15);
	check_refusal(e);
	return rc;
}

static int
sign(struct session *s, struct err *e)
{
	uint8_t sig[JPKI_SIGNATURE_MAX];
	const bool held = s->held;
	size_t n = 0;
	const int rc = session_sign(s, &fake_fields, sig, sizeof(sig), &n, e);

	must(s->held == (rc == 0));
	if (rc == 0)
		must(held && fake.accepted && fake_signed(sig, n));
	return rc;
}

/* Whose card it is: nothing stays held, and no PIN stays. */
static int
person(struct session *s, uint8_t options, struct err *e)
{
	uint8_t object[PERSON_OBJECT_MAX];
	size_t n = 0;
	int rc;

	fake.pins = s->pin.p != NULL;
	fake.last_try = (options & LAST_TRY) != 0;
	rc = identify_person(s, fake.last_try, object, &n, e);
	must(s->pin.p == NULL && n <= sizeof(object) && (rc < 0 || n > 0));
	must(s->text_tries_left >= -1 && s->text_tries_left <= 15);
	must(e->tries_left >= -1 && e->tries_left <= 15);
	fake.pins = 0;
	check_refusal(e);
	return rc;
}

static int
inspect(struct session *s, struct err *e)
{
	struct inspection i;
	const int rc = identify_inspect(s, &i, e);

	must(!s->held && i.text_tries_left >= -1 && i.text_tries_left <= 15);
	return rc;
}

static int
request(struct session *s, uint8_t what, uint8_t options, struct err *e)
{
	struct reader_list l;

	switch ((enum request)(what % REQUESTS)) {
	case OPEN:
		return open_card(s, options, e);
	case VERIFY:
		return verify(s, options, e);
	case SIGN:
		return sign(s, e);
	case READERS:
		return session_readers(s, &l, e);
	case WATCH:
		return session_watch(s, (options & WAIT) == 0, &l, e);
	case PERSON:
		return person(s, options, e);
	case INSPECT:
		return inspect(s, e);
	case ENTER_TEXT:
		enter(s, SESSION_PIN_TEXT, FAKE_TEXT_PIN);
		break;
	case CLOSE:
	case CLOSE_AGAIN:
		session_close(s);
		must(!s->open && !s->held && s->pin.p == NULL && s->certificate_len == 0);
		break;
	case ENTER_RIGHT:
	case ENTER_WRONG:
		enter(s, SESSION_PIN_AUTH, what % REQUESTS == ENTER_RIGHT ? FAKE_PIN : "0815");
		break;
	case REQUESTS:
		break;
	}
	return 0;
}

/* Nothing of a PIN in the log: what follows the head of a VERIFY is stars. */
static void
check_trace(void)
{
	static char text[1 << 16];
	static const char head[] = "0020008004";
	ssize_t n = trace_fd >= 0 ? pread(trace_fd, text, sizeof(text) - 1, 0) : 0;

	must(n >= 0);
	if (trace_fd >= 0)
		close(trace_fd);
	trace_fd = -1;
	text[n] = '\0';
	for (const char *p = text; (p = strstr(p, "> 0020008004")) != NULL; p++) {
		const char *rest = p + 2 + sizeof(head) - 1;

		must(strncmp(rest, " **\n", strnlen(rest, 4)) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session s;
	size_t n;

	if (size < 2 || (n = data[1]) > REQUESTS_MAX || size - 2 < n)
		return 0;
	fake_reset(data + 2 + n, size - 2 - n);
	fake.session = &s;
	fake.known_pins = true;
	if ((data[0] & TRACE) != 0)
		must((trace_fd = memfd_create("trace", MFD_CLOEXEC)) >= 0);
	session_init(&s);
	s.back_ms = 0;
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;
		const int rc = request(&s, data[2 + i], data[0], &e);

		must((rc < 0) == (e.code != ERR_NONE));
	}
	session_free(&s);
	must(!s.held && !fake.begun && s.pin.p == NULL && s.certificate_len == 0 &&
	    s.pcsc == NULL && s.trace_fd == -1);
	for (size_t i = 0; i < sizeof(s.certificate); i++)
		must(s.certificate[i] == 0);
	check_trace();
	return 0;
}

#include "reader/session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card/x509.h"
#include "reader/find.h"
#include "reader/look.h"
#include "reader/signals.h"

/* A card that was lifted and put back is noticed by pcscd within 0.8 s: 4 looks, 1.5 s. */
#define BACK_TRIES	4
#define BACK_MS		500
/*
 * Between two looks at the readers when pcscd tells nothing.  It does not tell
 * that a card is no longer another program's alone, nor of a reader that was
 * plugged in just before it was asked.
 */
#define LOOK_MS		10000
#define BUSY_LOOK_MS	500

void
session_init(struct session *s)
{
	memset(s, 0, sizeof(*s));
	s->trace_fd = -1;
	s->back_ms = BACK_MS;
}

static void
write_trace(void *arg, const char *line, size_t n)
{
	struct session *s = arg;

	/* A log that cannot be written does not stop the reading of a card. */
	if (write(s->trace_fd, line, n) != (ssize_t)n)
		s->trace_lost = true;
}

/* Every session of a process goes on in the file of the first. */
static int
open_trace(struct session *s, int fd, struct err *e)
{
	if (fd < 0 || s->trace_fd >= 0)
		return 0;
	s->trace_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (s->trace_fd < 0)
		return err_set(e, ERR_DISK, "APDU log: %s", strerror(errno));
	s->trace.write = write_trace;
	s->trace.arg = s;
	return 0;
}

static void
drop_card(struct session *s)
{
	look_away(s);
	secret_free(&s->pin);
	if (s->pcsc != NULL)
		pcsc_disconnect(s->pcsc, true);
	softcard_free(s->soft);
	s->soft = NULL;
	s->open = false;
}

int
session_open(struct session *s, const struct session_request *rq, struct err *e)
{
	drop_card(s);
	if (open_trace(s, rq->trace_fd, e) < 0)
		return -1;
	if (find_card(s, rq, e) < 0) {
		session_close(s);
		return -1;
	}
	s->open = true;
	return 0;
}

int
session_may_try(int tries_left, bool last_try, struct err *e)
{
	e->tries_left = tries_left;
	if (tries_left == 0)
		return err_set(e, ERR_PIN_BLOCKED, "blocked before this entry");
	if (!last_try && tries_left <= 1)
		return err_set(e, ERR_PIN_LAST_TRY, tries_left == 1 ? "one try is left" :
		    "the card does not tell how many tries are left");
	e->tries_left = -1;
	return 0;
}

bool
session_card_said_no(const struct err *e)
{
	return e->code == ERR_PIN_BLOCKED || (e->code == ERR_PIN_WRONG && e->tries_left >= 0);
}

/* The attempt may have been counted although no answer came: only the counter is asked for. */
void
session_ask_again(struct session *s, int (*look)(struct session *, struct err *))
{
	const struct timespec pause = { 0, s->back_ms * 1000000L };

	for (int i = 0; i < BACK_TRIES && !signals_told_to_end(); i++) {
		struct err now = ERR_INIT;

		if (i > 0)
			nanosleep(&pause, NULL);
		look_away(s);
		if (look(s, &now) == 0 || now.code != ERR_CARD_REMOVED)
			break;
	}
}

static int
verify_held(struct session *s, bool last_try, struct err *e)
{
	int rc;

	if (session_may_try(s->tries_left, last_try, e) < 0)
		return -1;
	rc = jpki_verify(&s->io, s->pin.p, e);
	secret_free(&s->pin);
	if (rc == 0)
		return 0;
	if (!session_card_said_no(e)) {
		s->tries_left = JPKI_TRIES_UNKNOWN;
		session_ask_again(s, look_again);
		e->tries_left = s->tries_left;
	}
	s->tries_left = e->tries_left;
	return -1;
}

int
session_verify(struct session *s, bool last_try, struct err *e)
{
	int rc = -1;

	if (!s->open)
		err_set(e, ERR_INTERNAL, "verify: no card is open");
	else if (s->needs_pin)
		err_set(e, ERR_CARD_CERT, "verify: the certificate could not be read first");
	else if (s->pin.p == NULL)
		err_set(e, ERR_PIN_NONE, "verify: no PIN was entered");
	else if (s->pin_for != SESSION_PIN_AUTH)
		err_set(e, ERR_INTERNAL, "verify: the PIN that was entered is another one");
	else if (s->held)
		err_set(e, ERR_INTERNAL, "verify: verified already");
	else if (look_again(s, e) == 0)
		rc = verify_held(s, last_try, e);
	secret_free(&s->pin);
	if (rc < 0)
		look_away(s);
	return rc;
}

static int
sign_held(struct session *s, const struct sign_fields *f, uint8_t *sig, size_t sig_max,
    size_t *sig_len, struct err *e)
{
	uint8_t digest[HASH_SHA256_LEN];

	if (message_digest(f, s->certificate, s->certificate_len, digest, e) < 0 ||
	    jpki_sign(&s->io, digest, sig, sig_max, sig_len, e) < 0)
		return -1;
	return x509_verify_digest(s->certificate, s->certificate_len, digest, sig, *sig_len, e);
}

int
session_sign(struct session *s, const struct sign_fields *f, uint8_t *sig, size_t sig_max,
    size_t *sig_len, struct err *e)
{
	if (!s->held)
		return err_set(e, ERR_INTERNAL, "sign: the PIN was not verified");
	if (sign_held(s, f, sig, sig_max, sig_len, e) == 0)
		return 0;
	look_away(s);
	return -1;
}

int
session_readers(struct session *s, struct reader_list *out, struct err *e)
{
	if (s->pcsc != NULL) {
		if (pcsc_readers(s->pcsc, out, e) == 0)
			return 0;
		if (e->code != ERR_PCSC_DOWN)
			return -1;
		/* A context does not outlive its daemon, which may be back and count anew. */
		pcsc_free(s->pcsc);
		s->others.n = 0;
		err_clear(e);
	}
	if ((s->pcsc = pcsc_new(e)) == NULL)
		return -1;
	return pcsc_readers(s->pcsc, out, e);
}

static bool
same(const struct reader_list *a, const struct reader_list *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = strcmp(a->reader[i].name, b->reader[i].name) == 0 &&
		    a->reader[i].present == b->reader[i].present &&
		    a->reader[i].exclusive == b->reader[i].exclusive &&
		    a->reader[i].changes == b->reader[i].changes;
	return same;
}

static int
wait_idly(struct session *s, const struct reader_list *seen, struct err *e)
{
	int ms = LOOK_MS, rc;

	for (size_t i = 0; i < seen->n; i++)
		if (seen->reader[i].exclusive)
			ms = BUSY_LOOK_MS;
	signals_idle(true);
	rc = pcsc_wait(s->pcsc, seen, ms, e);
	signals_idle(false);
	return rc;
}

int
session_watch(struct session *s, bool first, struct reader_list *out, struct err *e)
{
	int rc;

	if (s->open)
		return err_set(e, ERR_INTERNAL, "watch: a card is open");
	while ((rc = session_readers(s, out, e)) == 0 && !first && same(out, &s->watched))
		if ((rc = wait_idly(s, out, e)) < 0)
			break;
	if (rc == 0) {
		s->watched = *out;
		return 0;
	}
	/* a context does not outlive its daemon */
	pcsc_free(s->pcsc);
	s->pcsc = NULL;
	return -1;
}

void
session_close(struct session *s)
{
	drop_card(s);
	explicit_bzero(s->certificate, sizeof(s->certificate));
	s->certificate_len = 0;
}

void
session_free(struct session *s)
{
	session_close(s);
	pcsc_free(s->pcsc);
	s->pcsc = NULL;
	if (s->trace_fd >= 0)
		close(s->trace_fd);
	s->trace_fd = -1;
}

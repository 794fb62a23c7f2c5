#include "reader/find.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "reader/look.h"
#include "reader/signals.h"
#include "reader/soft.h"

long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
use(struct session *s, struct transport t)
{
	s->transport = t;
	s->traced = t.io;
	if (s->trace_fd >= 0) {
		s->trace.below = &s->transport.io;
		s->traced = trace_io(&s->trace);
	}
	s->gate.below = &s->traced;
	s->gate.told_to_end = signals_told_to_end;
	s->io = gate_io(&s->gate);
}

static int
try_reader(struct session *s, const char *name, struct err *e)
{
	if (pcsc_connect(s->pcsc, name, e) < 0)
		return -1;
	use(s, pcsc_transport(s->pcsc));
	if (look_at_card(s, e) == 0) {
		snprintf(s->reader, sizeof(s->reader), "%s", name);
		return 0;
	}
	/* another kind of card may be in use elsewhere, a doctor's logged in: it stays as it is */
	pcsc_disconnect(s->pcsc, !(e->code == ERR_CARD_NOT_JPKI && s->no_jpki));
	return -1;
}

static bool
one_is_empty(const struct reader_list *l, const char *part)
{
	for (size_t i = 0; i < l->n; i++)
		if (reader_is_meant(l, i, part) && !l->reader[i].present)
			return true;
	return false;
}

static bool
is_known_other(const struct session *s, const struct reader_list *l, size_t i)
{
	for (size_t k = 0; k < s->others.n; k++)
		if (strcmp(s->others.reader[k].name, l->reader[i].name) == 0)
			return s->others.reader[k].changes == l->reader[i].changes;
	return false;
}

/*
 * Of several failures the first that tells most: a My Number card that failed,
 * another kind of card, no card.
 */
static int
tells(enum err_code code)
{
	return code == ERR_NONE ? 0 : code == ERR_CARD_NONE ? 1 : code == ERR_CARD_NOT_JPKI ? 2 : 3;
}

/*
 * Tries every reader that fits.
 * While a card is awaited, one of another kind is none as long as a reader is empty.
 */
static int
try_readers(struct session *s, const struct reader_list *l, const char *part, bool awaited,
    struct err *e)
{
	const bool may_come = awaited && one_is_empty(l, part);
	struct reader_list others = { .n = 0 };
	bool fits = false, known;

	err_clear(e);
	for (size_t i = 0; i < l->n; i++) {
		struct err now = ERR_INIT;

		if (!reader_is_meant(l, i, part))
			continue;
		fits = true;
		if (!l->reader[i].present)
			continue;
		known = may_come && is_known_other(s, l, i);
		if (!known && try_reader(s, l->reader[i].name, &now) == 0) {
			err_clear(e);
			return 0;
		}
		if (known || (may_come && now.code == ERR_CARD_NOT_JPKI))
			others.reader[others.n++] = l->reader[i];
		else if (tells(now.code) > tells(e->code))
			*e = now;
	}
	s->others = others;
	if (!fits)
		return err_set(e, ERR_READER_NONE, part == NULL ? "no card reader" :
		    "no card reader of that name");
	return err_set(e, ERR_CARD_NONE, "no card on the reader");
}

static int
find_in_readers(struct session *s, const struct session_request *rq, struct err *e)
{
	const long long until = now_ms() + rq->wait_ms;
	struct reader_list l;
	long long left;

	for (;;) {
		err_clear(e);
		if (session_readers(s, &l, e) < 0)
			return -1;
		if (try_readers(s, &l, rq->reader, rq->wait_ms > 0, e) == 0)
			return 0;
		left = until - now_ms();
		if ((e->code != ERR_CARD_NONE && e->code != ERR_READER_NONE) || left <= 0)
			return -1;
		err_clear(e);
		if (pcsc_wait(s->pcsc, &l, (int)left, e) < 0)
			return -1;
	}
}

static int
find_fixture(struct session *s, const char *path, struct err *e)
{
	if ((s->soft = softcard_load(path, e)) == NULL)
		return -1;
	use(s, soft_transport(s->soft));
	snprintf(s->reader, sizeof(s->reader), "fixture");
	return look_at_card(s, e);
}

int
find_card(struct session *s, const struct session_request *rq, struct err *e)
{
	return rq->card != NULL ? find_fixture(s, rq->card, e) : find_in_readers(s, rq, e);
}

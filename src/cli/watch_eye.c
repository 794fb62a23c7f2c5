#include "cli/watch.h"

#include <poll.h>
#include <string.h>

#define AGAIN_MS	1000	/* after a failure */
#define BACK_MS		5000	/* a card that slipped is put back within that time */

void
watch_close_eye(struct watch *w)
{
	reader_stop(w->eye);
	w->eye = NULL;
	w->asked = false;
}

int
watch_eye_fd(const struct watch *w)
{
	return w->eye != NULL ? reader_fd(w->eye) : -1;
}

static void
failed(struct watch *w, const struct err *e, long long now)
{
	w->blind = *e;
	w->seen = w->anew = true;
	w->asked = false;
	w->eye_at = now + AGAIN_MS;
	/* its helper is dead, or not to be trusted */
	if (e->code == ERR_READER_HELPER || e->code == ERR_READER_TIMEOUT)
		watch_close_eye(w);
}

static int
ask(struct watch *w, struct err *e)
{
	if (w->eye == NULL && reader_start(&w->eye, e) < 0)
		return -1;
	if (reader_watch(w->eye, w->anew, e) < 0)
		return -1;
	w->asked = true;
	return 0;
}

static bool
has_answered(const struct watch *w)
{
	struct pollfd p = { watch_eye_fd(w), POLLIN, 0 };

	return p.fd >= 0 && poll(&p, 1, 0) > 0;
}

static int
take(struct watch *w, long long now, struct err *e)
{
	const bool lay = tray_lies(&w->tray);
	struct reader_list l;

	w->asked = false;
	if (reader_watched(w->eye, &l, e) < 0)
		return -1;
	/* nobody saw what came and went meanwhile; and a pcscd started anew counts anew */
	if (w->anew)
		tray_again(&w->tray);
	tray_update(&w->tray, &l, w->r->o.reader);
	if (lay && !tray_lies(&w->tray))
		w->last.gone_at = now;
	w->seen = true;
	w->anew = false;
	err_clear(&w->blind);
	return 0;
}

int
watch_look(struct watch *w, long long now)
{
	struct err e = ERR_INIT;

	while (now >= w->eye_at) {
		if ((!w->asked && ask(w, &e) < 0) ||
		    (has_answered(w) && take(w, now, &e) < 0)) {
			failed(w, &e, now);
			break;
		}
		if (w->asked)
			return -1;
	}
	return (int)(w->eye_at - now);
}

bool
watch_came_back(struct watch *w, const char *name)
{
	const struct reader_request rq = { name, NULL, NULL, 0 };
	uint8_t hash[HASH_SHA256_LEN];
	struct reader_card card;
	struct err ignored = ERR_INIT;
	struct reader *r = NULL;
	bool same = false;

	if (!w->last.known || strcmp(name, w->last.reader) != 0 ||
	    https_clock_ms() - w->last.gone_at > BACK_MS || reader_start(&r, &ignored) < 0)
		return false;
	if (reader_open(r, &rq, w->r->rq.timeout_ms, &card, &ignored) == 0) {
		hash_sha256(card.certificate, card.certificate_len, hash);
		same = memcmp(hash, w->last.hash, sizeof(hash)) == 0;
	}
	reader_stop(r);
	explicit_bzero(&card, sizeof(card));
	return same;
}

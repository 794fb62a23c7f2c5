#include "cli/watch.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/out_error.h"
#include "desk/term.h"

#define HANDOUT_MS	600000	/* so long the last patient's can be had again */
#define HOLD_MS		1500	/* a card in that time was laid down before the verdict could be read */
#define WIDTH		78
#define SWAP_MS		1500	/* sooner nobody has laid down another card */

/* The card has to be laid down again: why, and what became of its PIN's tries. */
static void
notice_bounce(struct watch *w)
{
	const struct err *why = &w->r->check.error;
	const bool ja = w->r->app->ja;
	struct buf text = BUF_INIT;

	buf_reset(&w->notice);
	buf_adds(&text, msg(why->code == ERR_CARD_NOT_JPKI ? MSG_WATCH_OTHER_CARD :
	    MSG_WATCH_LIFTED, ja));
	out_tries(&text, why, ja);
	text_add_wrapped(&w->notice, text.p != NULL ? text.p : "", 0, WIDTH);
	buf_free(&text);
	if (why->code == ERR_CARD_REMOVED)
		w->bounced_at = https_clock_ms();
}

/* A card lay in its place already: nobody has read that one is to be laid down. */
static void
say_swapped(struct watch *w)
{
	struct buf text = BUF_INIT;

	text_add_wrapped(&text, msg(MSG_WATCH_SWAPPED, w->r->app->ja), 0, WIDTH);
	if (w->bounced_at > 0 && https_clock_ms() - w->bounced_at < SWAP_MS && !w->r->rq.quiet)
		fputs(text.p != NULL ? text.p : "", stderr);
	w->bounced_at = 0;
	buf_free(&text);
}

static void
ring(const struct watch *w)
{
	if (w->bell)
		board_ring(&w->board);
}

/* A page about the patient, for as long as the desk allows. */
static void
show_personal(struct watch *w, const struct buf *page)
{
	board_show(&w->board, page, true);
	w->shown_at = https_clock_ms();
	w->clear_at = w->shown_at + w->clear_after_ms;
}

static void
clear_page(struct watch *w)
{
	board_clear(&w->board);
	w->clear_at = 0;
	w->held = w->same_card = false;
}

/* The result for whoever reads standard output; one that is gone ends the watch. */
static int
record(const struct watch *w, const struct checked *c, struct err *e)
{
	struct pollfd out = { STDOUT_FILENO, 0, 0 };
	struct buf b = BUF_INIT;

	if (!w->record)
		return 0;
	if (w->r->app->json) {
		out_check_json(&b, c);
	} else {
		out_check_text(&b, c);
		buf_addc(&b, '\n');
	}
	if (cmd_print(&b, e) < 0)
		return -1;
	if (poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0)
		return err_set(e, ERR_DISK, "nobody reads standard output any more");
	return 0;
}

static int
show_verdict(struct watch *w, struct err *e)
{
	struct checked c = reception_result(w->r);
	struct buf page = BUF_INIT;
	int rc = 0;

	c.logged = reception_log(w->r, w->store, &c, NULL);
	if (record(w, &c, e) < 0)
		return -1;
	if (!w->person)
		return 0;
	c.lines = board_lines(&w->board) + 1;
	out_check_text(&page, &c);
	out_handout(&w->handout, &c);
	if (page.failed || w->handout.failed || memory_was_lost())
		rc = err_set(e, ERR_NOMEM, "out of memory");
	else
		show_personal(w, &page);
	buf_free(&page);
	w->handout_until = https_clock_ms() + HANDOUT_MS;
	return rc;
}

/* What no patient is to blame for; the next one may have more luck. */
static void
show_error(struct watch *w, const struct err *why)
{
	if (w->board.pages) {
		buf_reset(&w->notice);
		out_error_text(&w->notice, why, w->r->app->ja);
	} else {
		cmd_print_error(w->r->app, why);
	}
}

/*
 * The card of a patient whose eligibility is known: should it slip, it is known
 * again.  One that was laid down while the patient was talked with lies there
 * unknown to the tray, whatever came of it; rc is 1 where it is to be laid down again.
 */
static void
remember_card(struct watch *w, int rc)
{
	const struct check *c = &w->r->check;

	w->last.known = c->card.certificate_len > 0 && rc != 1 &&
	    (c->answer.outcome == ELIG_ANSWERED || w->r->rq.card_is == CHECK_CARD_AWAITED);
	if (!w->last.known)
		return;
	memcpy(w->last.reader, c->card.reader, sizeof(w->last.reader));
	hash_sha256(c->card.certificate, c->card.certificate_len, w->last.hash);
	w->last.gone_at = https_clock_ms();
}

static void
begin(struct watch *w, enum check_card is, const char *reader)
{
	struct check_request *rq = &w->r->rq;
	const struct err *why = outage_why(w->outage);

	clear_page(w);
	buf_free(&w->handout);
	buf_reset(&w->notice);
	rq->card_is = is;
	rq->card.reader_name = reader != NULL ? reader : w->r->o.reader;
	rq->service_down = NULL;
	if (why != NULL && is != CHECK_CARD_NONE) {
		w->down = (struct err)ERR_INIT;
		err_set(&w->down, why->code, "not asked for this patient; before: %s", why->msg);
		rq->service_down = &w->down;
	}
}

/* What the person should know before the card is read. */
static void
say_beforehand(const struct watch *w, size_t cards)
{
	const struct check_request *rq = &w->r->rq;
	char clock[WATCH_CLOCK_LEN + 1], line[200];

	if (cards > 1 && !rq->quiet) {
		msg_with_int(line, sizeof(line), MSG_WATCH_TWO_CARDS, rq->ja, (long long)cards);
		fprintf(stderr, "%s\n", line);
	}
	if (rq->service_down == NULL || rq->quiet)
		return;
	watch_clock(outage_state(w->outage).since, clock);
	msg_with(line, sizeof(line), MSG_WATCH_DOWN, rq->ja, clock);
	fprintf(stderr, "%s\n", line);
}

/*
 * One patient; cards: how many lie there; reader NULL: any that is meant.
 * 0, or -1 with e to end the watch.
 */
static int
receive(struct watch *w, enum check_card is, const char *reader, size_t cards, struct err *e)
{
	struct reception *r = w->r;
	struct err why = ERR_INIT;
	bool unlogged;
	int rc;

	begin(w, is, reader);
	say_swapped(w);
	say_beforehand(w, cards);
	if ((rc = reception_begin(r, &why)) == 0)
		rc = reception_run(r, &why);
	if (r->rq.service_down == NULL)
		outage_learn(w->outage, &r->check, https_clock_ms());
	if (is == CHECK_CARD_THERE)
		tray_done(&w->tray);
	remember_card(w, rc);
	/* whose card was read is on record, also where the card has to be laid down again */
	unlogged = rc != 0 && reception_log(r, w->store, NULL,
	    rc < 0 ? &why : &r->check.error) == RECORDED_FAILED;
	if (rc == 0) {
		rc = show_verdict(w, e);
	} else if (rc < 0 && why.code == ERR_INTERRUPTED) {
		*e = why;
	} else if (rc < 0) {
		show_error(w, &why);
		rc = 0;
	} else {
		notice_bounce(w);
		rc = 0;
	}
	if (unlogged)
		text_add_wrapped(&w->notice, msg(MSG_LOG_FAILED, r->app->ja), 0, WIDTH);
	reception_end(r);
	ring(w);
	return rc;
}

/* A card that was laid down: -1 with e to end, 1 when a patient was received, 0 when not now. */
static int
take_card(struct watch *w, struct err *e)
{
	size_t cards;
	const int next = tray_next(&w->tray, &cards);
	char name[READER_NAME_MAX];

	if (next < 0)
		w->held = false;
	if (next < 0 || w->tray.list.reader[next].exclusive)
		return 0;
	memcpy(name, w->tray.list.reader[next].name, sizeof(name));
	if (!w->held && watch_came_back(w, name)) {
		tray_done(&w->tray);
		w->same_card = true;
		return 0;
	}
	if (w->board.personal && https_clock_ms() - w->shown_at < HOLD_MS)
		w->held = true;
	if (watch_holds(w))
		return 0;
	return receive(w, CHECK_CARD_THERE, cards > 1 ? NULL : name, cards, e) < 0 ? -1 : 1;
}

static int
soonest(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Clears what has been shown long enough; in how many ms there is something to do again. */
static int
keep_time(struct watch *w, long long now, bool lay)
{
	const int minute = (int)(60 - time(NULL) % 60) * 1000;

	if (lay && !tray_lies(&w->tray)) {
		w->same_card = false;
		if (w->clear_at > 0)
			w->clear_at = now + w->clear_after_ms;
	}
	if (w->clear_at > 0 && now >= w->clear_at)
		clear_page(w);
	if (w->handout.n > 0 && now >= w->handout_until)
		buf_free(&w->handout);
	return w->clear_at > 0 ? soonest(minute, (int)(w->clear_at - now)) : minute;
}

/* 0, 1 to end, -1 with e to end. */
static int
press(struct watch *w, int key, struct err *e)
{
	switch (key) {
	case 'n':
		return receive(w, CHECK_CARD_NONE, NULL, 0, e);
	case 'r':
		tray_again(&w->tray);
		w->last.known = false;
		clear_page(w);
		return 0;
	case 'p':
		show_personal(w, &w->handout);
		return 0;
	case 'c':
		clear_page(w);
		return 0;
	case 'q':
	case TERM_END:
		return 1;
	default:
		return 0;
	}
}

static int
wait_for_something(struct watch *w, int ms, struct err *e)
{
	const int fds[] = { watch_eye_fd(w), outage_fd(w->outage) };
	char keys[8];

	return press(w, term_wait(w->person ? watch_keys(w, keys) : NULL, fds, 2, ms), e);
}

int
watch_run(struct watch *w, struct err *e)
{
	int rc = 0;

	watch_show(w);
	while (rc == 0) {
		const long long now = https_clock_ms();
		const bool lay = tray_lies(&w->tray);
		int ms = soonest(watch_look(w, now), outage_turn(w->outage, now));

		ms = soonest(ms, keep_time(w, now, lay));
		if ((rc = take_card(w, e)) > 0) {
			rc = 0;
			continue;
		}
		if (rc < 0)
			break;
		watch_show(w);
		rc = wait_for_something(w, ms, e);
	}
	return rc < 0 ? -1 : 0;
}

void
watch_release(struct watch *w)
{
	watch_close_eye(w);
	w->r->app->thread_left = outage_close(w->outage) || w->r->app->thread_left;
	board_end(&w->board);
	buf_free(&w->notice);
	buf_free(&w->handout);
}

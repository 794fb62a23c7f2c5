#include "cli/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define WIDTH	78	/* columns; two are left for a mark that may not begin a line */
#define JST_S	(9 * 3600)

void
watch_clock(time_t t, char out[static WATCH_CLOCK_LEN + 1])
{
	const int minutes = (int)((t + JST_S) % 86400 / 60);

	snprintf(out, WATCH_CLOCK_LEN + 1, "%02u:%02u", (unsigned)minutes / 60 % 24,
	    (unsigned)minutes % 60);
}

static bool
ja(const struct watch *w)
{
	return w->r->app->ja;
}

static void
add_paragraph(struct buf *b, const char *text)
{
	text_add_wrapped(b, text, 0, WIDTH);
}

static enum msg
readers_word(const struct watch *w)
{
	const struct tray *t = &w->tray;
	enum msg word = MSG_WATCH_WAITS;

	if (!w->seen)
		return MSG_WATCH_LOOKING;
	if (w->blind.code == ERR_PCSC_DOWN)
		return MSG_WATCH_NO_PCSCD;
	if (w->blind.code != ERR_NONE)
		return MSG_WATCH_UNUSABLE;
	if (t->list.n == 0)
		return MSG_WATCH_NO_READER;
	for (size_t i = 0; i < t->list.n; i++) {
		if (t->list.reader[i].exclusive)
			return MSG_WATCH_IN_USE;
		if (t->list.reader[i].present)
			word = MSG_WATCH_CARD;
	}
	return word;
}

/* "正常(14:03から)" */
static void
service_words(const struct watch *w, char *out, size_t size)
{
	const struct outage_state s = outage_state(w->outage);
	const enum msg word = s.offline ? MSG_WATCH_OFFLINE : !s.known ? MSG_WATCH_LOOKING :
	    s.code == ERR_NONE ? MSG_WATCH_UP : s.down ? MSG_WATCH_NO_ANSWER :
	    MSG_WATCH_UNUSABLE;
	char clock[WATCH_CLOCK_LEN + 1], since[40] = "";

	if (!s.offline && s.known) {
		watch_clock(s.since, clock);
		msg_with(since, sizeof(since), MSG_WATCH_SINCE, ja(w), clock);
	}
	snprintf(out, size, "%s%s", msg(word, ja(w)), since);
}

static void
add_part(struct buf *b, enum msg m, bool in_ja, const char *text)
{
	char part[160];

	msg_with(part, sizeof(part), m, in_ja, text);
	buf_addf(b, "%s%s", b->n > 0 ? "  " : "", part);
}

/* What is still to be followed up; nothing is said where nothing is recorded. */
static void
add_debts(const struct watch *w, struct buf *b)
{
	struct err ignored = ERR_INIT;
	long long n;
	char text[24];

	if (w->store == NULL || store_open_debts(w->store, &n, &ignored) < 0)
		return;
	snprintf(text, sizeof(text), "%lld", n);
	add_part(b, MSG_WATCH_DEBTS, ja(w), text);
}

static void
state(const struct watch *w, struct buf *b)
{
	char service[120];

	service_words(w, service, sizeof(service));
	add_part(b, MSG_WATCH_READER, ja(w), msg(readers_word(w), ja(w)));
	add_part(b, MSG_WATCH_SERVICE, ja(w), service);
	/* the last is what a narrow terminal cuts */
	add_debts(w, b);
	add_part(b, MSG_WATCH_RULES, ja(w), w->r->rb->edition);
}

bool
watch_holds(const struct watch *w)
{
	size_t cards;

	return w->board.personal && tray_next(&w->tray, &cards) >= 0 &&
	    (w->held || tray_lies(&w->tray));
}

const char *
watch_keys(const struct watch *w, char keys[static 8])
{
	snprintf(keys, 8, "n%s%s%sq", tray_lies(&w->tray) ? "r" : "",
	    w->handout.n > 0 ? "p" : "", w->board.personal ? "c" : "");
	return keys;
}

static void
key_line(const struct watch *w, struct buf *b)
{
	const struct { char key; enum msg what; } all[] = {
		{ 'c', watch_holds(w) ? MSG_WATCH_KEY_NEXT : MSG_WATCH_KEY_CLEAR },
		{ 'p', MSG_WATCH_KEY_HANDOUT }, { 'r', MSG_WATCH_KEY_AGAIN },
		{ 'n', MSG_WATCH_KEY_NONE }, { 'q', MSG_WATCH_KEY_QUIT },
	};
	char keys[8];

	if (!w->person)
		return;
	if (watch_holds(w))
		buf_adds(b, msg(MSG_WATCH_NEXT_CARD, ja(w)));
	else if (w->same_card)
		buf_adds(b, msg(MSG_WATCH_SAME_CARD, ja(w)));
	else if (w->board.personal && tray_lies(&w->tray))
		buf_adds(b, msg(MSG_WATCH_TAKE_CARD, ja(w)));
	watch_keys(w, keys);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strchr(keys, all[i].key) != NULL)
			buf_addf(b, "%s%c %s", b->n > 0 ? "  " : "", all[i].key,
			    msg(all[i].what, ja(w)));
}

static void
add_service(const struct watch *w, struct buf *b)
{
	const struct outage_state s = outage_state(w->outage);
	char clock[WATCH_CLOCK_LEN + 1], line[400];

	if (s.offline || !s.known || s.code == ERR_NONE)
		return;
	watch_clock(s.since, clock);
	if (s.down)
		msg_with(line, sizeof(line), MSG_WATCH_DOWN, ja(w), clock);
	else
		msg_with(line, sizeof(line), MSG_WATCH_TROUBLE, ja(w), err_text(s.code, ja(w)));
	add_paragraph(b, line);
}

static void
add_readers(const struct watch *w, struct buf *b)
{
	size_t cards;
	const int next = tray_next(&w->tray, &cards);
	char line[READER_NAME_MAX + 40];

	if (w->blind.code != ERR_NONE)
		add_paragraph(b, err_text(w->blind.code, ja(w)));
	else if (w->seen && w->tray.list.n == 0)
		add_paragraph(b, err_text(ERR_READER_NONE, ja(w)));
	if (next >= 0 && w->tray.list.reader[next].exclusive) {
		add_paragraph(b, msg(MSG_WATCH_BUSY, ja(w)));
		add_paragraph(b, msg(MSG_WATCH_BUSY_WHO, ja(w)));
	}
	for (size_t i = 0; w->blind.code == ERR_NONE && i < w->tray.list.n; i++) {
		msg_with(line, sizeof(line), MSG_WATCH_READER, ja(w), w->tray.list.reader[i].name);
		add_paragraph(b, line);
	}
}

/* While no patient's page is shown. */
static void
idle_page(const struct watch *w, struct buf *b)
{
	if (tray_lies(&w->tray))
		add_paragraph(b, msg(MSG_WATCH_TAKE_CARD, ja(w)));
	else
		add_paragraph(b, msg(MSG_WATCH_PLACE, ja(w)));
	buf_addc(b, '\n');
	if (w->notice.n > 0)
		buf_addf(b, "%s\n", w->notice.p);
	add_service(w, b);
	add_readers(w, b);
	if (!w->board.pages)
		add_paragraph(b, msg(MSG_WATCH_NO_CLEAR, ja(w)));
	if (w->r->config.test_mode)
		add_paragraph(b, msg(MSG_TEST_MODE, ja(w)));
}

void
watch_show(struct watch *w)
{
	struct buf page = BUF_INIT, line = BUF_INIT, keys = BUF_INIT;
	char clock[WATCH_CLOCK_LEN + 1];

	if (!w->board.personal) {
		idle_page(w, &page);
		board_show(&w->board, &page, false);
	}
	state(w, &line);
	key_line(w, &keys);
	watch_clock(time(NULL), clock);
	board_foot(&w->board, clock, line.p != NULL ? line.p : "", keys.p != NULL ? keys.p : "");
	buf_free(&page);
	buf_free(&line);
	buf_free(&keys);
}

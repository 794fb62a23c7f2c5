#include <string.h>

#include "cli/cmd_card.h"
#include "cli/grid.h"
#include "json/json.h"

#define NAME_WIDTH	40
#define WHAT_WIDTH	36

/* One reader, or the fixture: what lies there, or why that is not known. */
struct place {
	const char		*name;
	enum jpki_medium	 medium;
	bool			 refused;	/* read, but card info says why it is not taken */
	struct err		 e;	/* ERR_CARD_NONE: nothing lies there */
};

/* A helper that was killed at its deadline is of no more use. */
static int
helper_again(struct card_run *r, const struct err *why, struct err *e)
{
	if (why->code != ERR_READER_TIMEOUT && why->code != ERR_READER_HELPER)
		return 0;
	reader_stop(r->reader);
	r->reader = NULL;
	return reader_start(&r->reader, e);
}

/* Of the time that is left, one part of as many as there are readers still to come. */
static int
look_at(struct card_run *r, const char *name, int to_come, struct place *p, struct err *e)
{
	struct reader_request rq = r->rq;
	struct reader_card card;
	struct card_look look;

	*p = (struct place){ name, JPKI_OTHER, false, ERR_INIT };
	if (rq.card_file == NULL)
		rq.reader_name = name;
	if (reader_open(r->reader, &rq, card_left_ms(r) / to_come, &card, &p->e) < 0) {
		/* the log is no card's affair */
		if (p->e.code == ERR_DISK) {
			*e = p->e;
			return -1;
		}
		return helper_again(r, &p->e, e);
	}
	p->medium = card.medium;
	if (!card.certificate_needs_pin) {
		card_look(&card, r->anchors, r->config.test_mode, &look);
		p->e = look.refused;
		p->refused = p->e.code != ERR_NONE;
	}
	explicit_bzero(&card, sizeof(card));
	return 0;
}

static int
look_at_all(struct card_run *r, const struct reader_list *l, struct place *places, size_t *n,
    struct err *e)
{
	*n = 0;
	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->reader[i].name;
		struct place *p = &places[*n];

		if (!reader_is_meant(l, i, r->rq.reader_name))
			continue;
		*p = (struct place){ name, JPKI_OTHER, false, ERR_INIT };
		if (!l->reader[i].present)
			err_set(&p->e, ERR_CARD_NONE, "no card on the reader");
		else if (look_at(r, name, (int)(l->n - i), p, e) < 0)
			return -1;
		(*n)++;
	}
	return *n > 0 ? 0 : err_set(e, ERR_READER_NONE, "%s",
	    l->n == 0 ? "no card reader" : "no card reader of that name");
}

static void
add_line(struct buf *b, const struct place *p, bool ja)
{
	static const int widths[] = { NAME_WIDTH, WHAT_WIDTH };
	const char *cells[] = { p->name, card_medium_word(p->medium, ja) };

	if (p->e.code == ERR_CARD_NONE)
		cells[1] = "-";
	else if (p->refused)
		cells[1] = ja ? "この受付では使えないカード" : "a card that is not taken here";
	else if (p->e.code != ERR_NONE)
		cells[1] = err_text(p->e.code, ja);
	grid_row(b, cells, widths, 2);
}

static void
add_json(struct jw *w, const struct place *p)
{
	jw_open(w, NULL, '{');
	jw_str(w, "reader", p->name);
	jw_bool(w, "card", p->e.code != ERR_CARD_NONE);
	jw_str(w, "medium", p->e.code == ERR_NONE || p->refused ? jpki_medium_name(p->medium) : NULL);
	jw_str(w, "code", p->e.code == ERR_NONE || p->e.code == ERR_CARD_NONE ? NULL :
	    err_name(p->e.code));
	jw_close(w, '}');
}

static void
print(struct buf *b, const struct app *app, const struct place *places, size_t n)
{
	struct jw w = { b, false };

	if (!app->json) {
		for (size_t i = 0; i < n; i++)
			add_line(b, &places[i], app->ja);
		return;
	}
	jw_open(&w, NULL, '{');
	jw_open(&w, "readers", '[');
	for (size_t i = 0; i < n; i++)
		add_json(&w, &places[i]);
	jw_close(&w, ']');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

/* The one fixture stands for a reader; one that can not be read at all is an error. */
static int
fixture(struct card_run *r, struct place *places, size_t *n, struct err *e)
{
	*n = 1;
	if (look_at(r, "fixture", 1, &places[0], e) < 0)
		return -1;
	if (places[0].e.code != ERR_CONFIG && places[0].e.code != ERR_MALFORMED)
		return 0;
	*e = places[0].e;
	return -1;
}

int
card_list(struct app *app, int argc, char **argv, struct err *e)
{
	struct card_run r = { .app = app };
	struct place places[READER_MAX];
	struct buf b = BUF_INIT;
	struct reader_list l;
	size_t n = 0;
	int rc = card_begin(&r, argc, argv, e);

	if (rc == 0 && r.rq.card_file != NULL)
		rc = fixture(&r, places, &n, e);
	else if (rc == 0 && (rc = reader_readers(r.reader, card_left_ms(&r), &l, e)) == 0)
		rc = look_at_all(&r, &l, places, &n, e);
	if (rc == 0) {
		print(&b, app, places, n);
		rc = cmd_print(&b, e);
	}
	return card_end(&r, rc);
}

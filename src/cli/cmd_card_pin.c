#include <stdio.h>
#include <string.h>

#include "cli/cmd_card.h"
#include "cli/grid.h"
#include "json/json.h"

#define HEAD_WIDTH	30
#define LINE_WIDTH	78
#define TRIES_MAX	3	/* of both PINs (card.md 17) */

static const char *
state_name(int left)
{
	return left < 0 ? "unknown" : left == 0 ? "blocked" : left == 1 ? "last" : "ok";
}

static void
add(struct buf *b, const char *head, int left, bool no_pin, bool ja)
{
	char line[160];

	if (left > 0)
		snprintf(line, sizeof(line), left > TRIES_MAX ? (ja ? "残り%d回" : "%d tries left") :
		    ja ? "残り%d回(%d回のうち)%s" :
		    "%d of %d tries left%s", left, TRIES_MAX, left > 1 ? "" :
		    ja ? "。次に間違えるとロックされる" : "; the next mistake blocks it");
	else if (left == 0)
		snprintf(line, sizeof(line), "%s", no_pin ?
		    (ja ? "ない(顔認証マイナンバーカードと思われる)" :
		    "none (likely a 顔認証マイナンバーカード)") :
		    ja ? "ロックされている。市区町村の窓口で再設定" :
		    "blocked: the municipal office resets it");
	else
		snprintf(line, sizeof(line), "%s", ja ? "カードが答えない" : "the card does not tell");
	grid_entry(b, head, HEAD_WIDTH, line, LINE_WIDTH);
}

/* A card whose other PIN lives was made with PINs: that of the first is blocked, and not missing. */
static bool
without_pin(const struct reader_card *card, const struct reader_inspection *more)
{
	return card->no_sign_certificate && !(more->text_ap && more->text_tries_left > 0);
}

static void
print_text(struct buf *b, const struct reader_card *card, const struct reader_inspection *more,
    bool ja)
{
	const bool no_pin = without_pin(card, more);

	add(b, ja ? "利用者証明用" : "authentication", card->tries_left, no_pin, ja);
	if (more->text_ap)
		add(b, ja ? "券面事項入力補助用" : "券面事項入力補助用 (text)",
		    more->text_tries_left, no_pin, ja);
}

static void
pin_json(struct jw *w, const char *key, bool there, int left)
{
	if (!there) {
		jw_null(w, key);
		return;
	}
	jw_open(w, key, '{');
	jw_str(w, "state", state_name(left));
	if (left >= 0)
		jw_int(w, "tries_left", left);
	else
		jw_null(w, "tries_left");
	jw_int(w, "tries_max", TRIES_MAX);
	jw_close(w, '}');
}

static void
print_json(struct buf *b, const struct reader_card *card, const struct reader_inspection *more)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "pin_status", '{');
	jw_str(&w, "reader", card->reader);
	jw_str(&w, "medium", jpki_medium_name(card->medium));
	pin_json(&w, "auth", true, card->tries_left);
	pin_json(&w, "text", more->text_ap, more->text_tries_left);
	jw_bool(&w, "likely_without_pin", without_pin(card, more));
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static int
look(struct card_run *r, struct reader_card *card, struct reader_inspection *more, struct err *e)
{
	struct card_look seen;

	if (reader_open(r->reader, &r->rq, card_left_ms(r), card, e) < 0)
		return -1;
	card_choose(r->reader, &r->rq, r->anchors, r->config.test_mode, card_left_ms(r), card,
	    &seen);
	/* a phone has no other PIN */
	if (card->certificate_needs_pin)
		return 0;
	return reader_inspect(r->reader, card_left_ms(r), more, e);
}

int
card_pin_status(struct app *app, int argc, char **argv, struct err *e)
{
	struct card_run r = { .app = app };
	struct reader_inspection more = { .text_ap = false };
	struct reader_card card;
	struct buf b = BUF_INIT;
	int rc = card_begin(&r, argc, argv, e);

	if (rc == 0)
		rc = look(&r, &card, &more, e);
	if (rc == 0) {
		if (app->json)
			print_json(&b, &card, &more);
		else
			print_text(&b, &card, &more, app->ja);
		rc = cmd_print(&b, e);
		if (rc == 0 && card.tries_left == 0)
			rc = err_exit_status(ERR_PIN_BLOCKED);
		explicit_bzero(&card, sizeof(card));
	}
	return card_end(&r, rc);
}

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "cli/cmd_card.h"
#include "cli/grid.h"
#include "cli/out_error.h"

#define HEAD_WIDTH	13
#define LINE_WIDTH	78

struct info {
	struct reader_card		 card;
	struct reader_inspection	 more;
	struct card_look		 look;
	bool				 read;	/* the certificate; a phone keeps it back */
	int				 today;
};

static int
look(struct card_run *r, struct info *i, struct err *e)
{
	i->today = date_of_unix_jst((long long)time(NULL));
	if (reader_open(r->reader, &r->rq, card_left_ms(r), &i->card, e) < 0)
		return -1;
	card_choose(r->reader, &r->rq, r->anchors, r->config.test_mode, card_left_ms(r), &i->card,
	    &i->look);
	i->read = !i->card.certificate_needs_pin;
	if (!i->read)
		return 0;
	return reader_inspect(r->reader, card_left_ms(r), &i->more, e);
}

static void
add(struct buf *b, bool ja, const char *head_ja, const char *head_en, const char *text)
{
	grid_entry(b, ja ? head_ja : head_en, HEAD_WIDTH, text, LINE_WIDTH);
}

static bool
has_ended(const struct info *i)
{
	return i->look.cert.not_after < i->today;
}

static const char *
validity_word(const struct info *i, bool ja)
{
	return has_ended(i) ? (ja ? "切れている" : "ended") :
	    i->look.cert.not_before > i->today ? (ja ? "まだ始まっていない" : "not valid yet") :
	    ja ? "有効期間内" : "in force";
}

static void
add_validity(struct buf *b, const struct info *i, bool ja)
{
	char from[DATE_ISO_LEN + 1], to[DATE_ISO_LEN + 1], line[160];

	if (!i->look.readable) {
		add(b, ja, "証明書", "certificate", err_text(i->look.refused.code, ja));
		return;
	}
	date_format_iso(i->look.cert.not_before, from);
	date_format_iso(i->look.cert.not_after, to);
	snprintf(line, sizeof(line), ja ? "%s から %s まで(%s)" : "from %s to %s (%s)", from, to,
	    validity_word(i, ja));
	add(b, ja, "証明書", "certificate", line);
}

static void
add_issuer(struct buf *b, const struct info *i, bool ja)
{
	const struct x509_info *c = &i->look.cert;
	char line[256];

	snprintf(line, sizeof(line), "%s%s%s (%s %s)", c->issuer_org[0] != '\0' ? c->issuer_org : "-",
	    i->look.generation != NULL ? " " : "",
	    i->look.generation != NULL ? i->look.generation : "", ja ? "鍵" : "key",
	    c->issuer_key[0] != '\0' ? c->issuer_key : "-");
	add(b, ja, "認証局", "issuer", line);
	add(b, ja, "区分", "hierarchy", c->test ? (ja ? "試験用" : "test") :
	    i->look.known_issuer == 1 ? (ja ? "本番(card-ca にある認証局)" : "production (one of card-ca)") :
	    i->look.known_issuer == 0 ? (ja ? "不明(card-ca にない認証局)" : "unknown (none of card-ca)") :
	    ja ? "不明(card-ca の設定がない)" : "unknown (no card-ca is configured)");
}

static const char *
refused_word(enum card_refusal why, bool ja)
{
	switch (why) {
	case CARD_TAKEN:
		break;
	case CARD_CERT_UNREADABLE:
		return ja ? "受け付けない(電子証明書を読めない)" : "not taken: the certificate can not be read";
	case CARD_NOT_AUTHENTICATION:
		return ja ? "受け付けない(利用者証明用の電子証明書ではない)" :
		    "not taken: not a certificate for authentication";
	case CARD_UNKNOWN_KEY:
		return ja ? "受け付けない(この版では使えない種類の鍵)" :
		    "not taken: a kind of key that this version can not use";
	case CARD_OF_TESTS:
		return ja ? "受け付けない(試験用のカード)" : "not taken: a card for tests";
	case CARD_UNKNOWN_ISSUER:
		return ja ? "受け付けない(card-ca にない認証局)" : "not taken: its issuer is none of card-ca";
	}
	return NULL;
}

static const char *
there_is(bool is, bool ja)
{
	return is ? (ja ? "あり" : "yes") : ja ? "なし" : "no";
}

static void
add_availability(struct buf *b, const struct info *i, bool ja)
{
	char line[120];

	if (!i->more.availability)
		return;
	snprintf(line, sizeof(line), ja ? "利用者証明用 %s、署名用 %s" :
	    "authentication %s, signing %s", there_is(i->more.auth, ja),
	    there_is(i->more.sign, ja));
	add(b, ja, "搭載", "on it", line);
}

static void
print_text(struct buf *b, const struct info *i, bool ja)
{
	char line[96];

	add(b, ja, "リーダー", "reader", i->card.reader);
	snprintf(line, sizeof(line), "%s (%s)", card_medium_word(i->card.medium, ja),
	    i->card.token);
	add(b, ja, "種類", "medium", line);
	if (i->read) {
		add_validity(b, i, ja);
		if (i->look.readable)
			add_issuer(b, i, ja);
		add_availability(b, i, ja);
	} else {
		add(b, ja, "証明書", "certificate", ja ? "暗証番号のあとで読むもの(読んでいない)" :
		    "kept back until the PIN was entered (not read)");
	}
	if (i->look.why != CARD_TAKEN)
		add(b, ja, "この受付", "here", refused_word(i->look.why, ja));
}

static void
date_json(struct jw *w, const char *key, int day)
{
	char iso[DATE_ISO_LEN + 1];

	date_format_iso(day, iso);
	jw_str(w, key, iso);
}

static void
certificate_json(struct jw *w, const struct info *i)
{
	const struct x509_info *c = &i->look.cert;

	if (!i->look.readable) {
		jw_null(w, "certificate");
		return;
	}
	jw_open(w, "certificate", '{');
	date_json(w, "not_before", c->not_before);
	date_json(w, "not_after", c->not_after);
	jw_bool(w, "ended", has_ended(i));
	jw_bool(w, "authentication", c->authentication);
	jw_str(w, "issuer", c->issuer_org);
	jw_str(w, "issuer_key", c->issuer_key[0] != '\0' ? c->issuer_key : NULL);
	jw_str(w, "generation", i->look.generation);
	jw_bool(w, "test", c->test);
	if (i->look.known_issuer >= 0)
		jw_bool(w, "known_issuer", i->look.known_issuer == 1);
	else
		jw_null(w, "known_issuer");
	jw_close(w, '}');
}

static void
print_json(struct buf *b, const struct info *i, bool ja)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "card", '{');
	jw_str(&w, "reader", i->card.reader);
	jw_str(&w, "token", i->card.token);
	jw_str(&w, "medium", jpki_medium_name(i->card.medium));
	certificate_json(&w, i);
	if (i->more.availability) {
		jw_open(&w, "available", '{');
		jw_bool(&w, "authentication", i->more.auth);
		jw_bool(&w, "signing", i->more.sign);
		jw_close(&w, '}');
	} else {
		jw_null(&w, "available");
	}
	if (i->look.refused.code != ERR_NONE)
		out_error(&w, "error", &i->look.refused, ja);
	else
		jw_null(&w, "error");
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

/* A card that this desk does not take is shown all the same; the status says so. */
int
card_info(struct app *app, int argc, char **argv, struct err *e)
{
	struct card_run r = { .app = app };
	struct info i = { .read = false };
	struct buf b = BUF_INIT;
	int rc = card_begin(&r, argc, argv, e);

	if (rc == 0)
		rc = look(&r, &i, e);
	if (rc == 0) {
		if (app->json)
			print_json(&b, &i, app->ja);
		else
			print_text(&b, &i, app->ja);
		rc = cmd_print(&b, e) < 0 ? -1 : err_exit_status(i.look.refused.code);
	}
	explicit_bzero(&i, sizeof(i));
	return card_end(&r, rc);
}

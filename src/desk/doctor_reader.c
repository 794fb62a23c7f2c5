#include "desk/doctor.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "desk/card_look.h"

static const char *
no_card(const struct doctor *d)
{
	return d->ja ? "置かれていない(置けばカードも調べる)" :
	    "none there (lay one down to have it checked)";
}

/* "" where it is in force; its last day is somebody's birthday, and not told. */
static const char *
days_words(const struct doctor *d, const struct x509_info *cert)
{
	if (cert->not_after < d->today)
		return d->ja ? "。電子証明書の期限は切れている" : "; its certificate has ended";
	if (cert->not_before > d->today)
		return d->ja ? "。電子証明書はまだ有効でない" : "; its certificate is not valid yet";
	return "";
}

static void
pin_words(const struct doctor *d, const struct reader_card *card, char *out, size_t n)
{
	const int left = card->tries_left;

	*out = '\0';
	if (left > 0)
		snprintf(out, n, d->ja ? "。暗証番号の残り%d回(使っていない)" :
		    left == 1 ? "; %d PIN try left (not spent)" :
		    "; %d PIN tries left (none spent)", left);
	else if (left == 0 && card->no_sign_certificate)
		snprintf(out, n, "%s", d->ja ? "。暗証番号はロックされているか、ない(顔認証カード)" :
		    "; its PIN is blocked, or it has none (顔認証マイナンバーカード)");
	else if (left == 0)
		snprintf(out, n, "%s", d->ja ? "。暗証番号はロックされている" : "; its PIN is blocked");
}

static void
look_at_certificate(struct doctor *d, const struct reader_card *card,
    const struct card_look *look)
{
	const char *days;
	char pin[160];

	if (look->refused.code != ERR_NONE) {
		doctor_bad(d, PART_CARD, &look->refused, NULL);
		return;
	}
	days = days_words(d, &look->cert);
	pin_words(d, card, pin, sizeof(pin));
	doctor_say(d, PART_CARD, *days != '\0' || card->tries_left == 0 || card->tries_left == 1 ?
	    FINDING_NOTE : FINDING_OK, "%s%s%s", d->ja ? "読めた" : "read", days, pin);
}

static void
look_at_card(struct doctor *d, struct reader *r, const struct doctor_desk *desk,
    long long deadline_ms)
{
	struct reader_card card;
	struct card_look look;
	struct err e = ERR_INIT;

	if (reader_open(r, &desk->card, https_left_ms(deadline_ms), &card, &e) < 0) {
		if (e.code == ERR_CARD_NONE)
			doctor_say(d, PART_CARD, FINDING_SKIPPED, "%s", no_card(d));
		else
			doctor_bad(d, PART_CARD, &e, NULL);
		return;
	}
	card_choose(r, &desk->card, desk->anchors, desk->test_mode, https_left_ms(deadline_ms), &card,
	    &look);
	if (card.certificate_needs_pin)
		doctor_say(d, PART_CARD, FINDING_NOTE, "%s", d->ja ?
		    "スマホ(証明書は暗証番号のあとで読む)" :
		    "a phone (its certificate needs the PIN)");
	else
		look_at_certificate(d, &card, &look);
	explicit_bzero(&card, sizeof(card));
}

/* Where the failure lies: in the helper, in pcscd, or further on. */
static void
readers_failed(struct doctor *d, const struct err *e)
{
	if (e->code == ERR_READER_HELPER) {
		doctor_bad(d, PART_HELPER, e, NULL);
		return;
	}
	doctor_say(d, PART_HELPER, FINDING_OK, "%s", d->ja ? "動いている" : "runs");
	if (e->code == ERR_PCSC_DOWN || e->code == ERR_READER_TIMEOUT) {
		doctor_bad(d, PART_PCSCD, e, d->ja ?
		    "pcscd を起動する(systemctl start pcscd.socket)" :
		    "start pcscd (systemctl start pcscd.socket)");
		return;
	}
	doctor_say(d, PART_PCSCD, FINDING_OK, "%s", d->ja ? "動いている" : "runs");
	doctor_bad(d, PART_READER, e, NULL);
}

/* The readers by name, those that were asked for; how many, and whether a card lies on one. */
static size_t
name_readers(const struct reader_list *l, const char *wanted, struct buf *names, bool *card)
{
	size_t n = 0;

	*card = false;
	for (size_t i = 0; i < l->n; i++) {
		if (!reader_is_meant(l, i, wanted))
			continue;
		buf_adds(names, n++ > 0 ? ", " : "");
		text_add_safe(names, l->reader[i].name);
		*card = *card || l->reader[i].present;
	}
	return n;
}

static void
look_at_readers(struct doctor *d, struct reader *r, const struct doctor_desk *desk,
    long long deadline_ms)
{
	struct buf names = BUF_INIT;
	struct err e = ERR_INIT;
	struct reader_list l;
	bool card;

	if (reader_readers(r, https_left_ms(deadline_ms), &l, &e) < 0) {
		readers_failed(d, &e);
		return;
	}
	doctor_say(d, PART_HELPER, FINDING_OK, "%s", d->ja ? "動いている" : "runs");
	doctor_say(d, PART_PCSCD, FINDING_OK, "%s", d->ja ? "動いている" : "runs");
	if (name_readers(&l, desk->card.reader_name, &names, &card) == 0) {
		err_set(&e, ERR_READER_NONE, "%s", l.n == 0 ? "no card reader" :
		    "no card reader of that name");
		doctor_bad(d, PART_READER, &e, NULL);
	} else {
		doctor_say(d, PART_READER, FINDING_OK, "%.300s", names.p != NULL ? names.p : "");
		if (card)
			look_at_card(d, r, desk, deadline_ms);
		else
			doctor_say(d, PART_CARD, FINDING_SKIPPED, "%s", no_card(d));
	}
	buf_free(&names);
}

static const char *
not_with_card(const struct doctor *d)
{
	return d->ja ? "--card のため調べていない" : "not looked at: --card";
}

void
doctor_reader(struct doctor *d, const struct doctor_desk *desk, int timeout_ms)
{
	const long long deadline_ms = https_clock_ms() + timeout_ms;
	struct reader *r = NULL;
	struct err e = ERR_INIT;

	if (reader_start(&r, &e) < 0) {
		doctor_bad(d, PART_HELPER, &e, d->ja ? "プログラムを入れ直す" :
		    "install the programs again");
		return;
	}
	if (desk->card.card_file != NULL) {
		doctor_say(d, PART_HELPER, FINDING_OK, "%s", d->ja ? "動いている" : "runs");
		doctor_say(d, PART_PCSCD, FINDING_SKIPPED, "%s", not_with_card(d));
		doctor_say(d, PART_READER, FINDING_SKIPPED, "%s", not_with_card(d));
		look_at_card(d, r, desk, deadline_ms);
	} else {
		look_at_readers(d, r, desk, deadline_ms);
	}
	reader_stop(r);
}

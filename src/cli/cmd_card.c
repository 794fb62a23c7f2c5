#include "cli/cmd_card.h"

#include "base/secret.h"
#include "cli/anchors.h"
#include "cli/logbook.h"
#include "net/https.h"

#define DEFAULT_TIMEOUT_S	10

int
card_left_ms(const struct card_run *r)
{
	return https_left_ms(r->deadline_ms);
}

const char *
card_medium_word(enum jpki_medium m, bool ja)
{
	static const struct text words[] = {
		[JPKI_CARD] = T("マイナンバーカード", "My Number card"),
		[JPKI_PHONE] = T("スマホ(Android)", "phone (Android)"),
		[JPKI_PHONE_IOS] = T("スマホ(iPhone)", "phone (iPhone)"),
		[JPKI_JUKI] = T("住民基本台帳カード", "住民基本台帳カード"),
		[JPKI_OTHER] = T("別のカード", "another card"),
	};

	return ja ? words[m].ja : words[m].en;
}

static int
parse(struct card_run *r, int argc, char **argv, struct err *e)
{
	const struct opt opts[] = {
		{ OPT_STRING, "reader", "NAME", &r->rq.reader_name, T("リーダーの名前(一部でよい)", "reader by (part of) its name") },
		{ OPT_STRING, "card", "FILE", &r->rq.card_file, T("PC/SCの代わりに試験用カード", "a fixture card instead of PC/SC") },
		{ OPT_LIST, "card-ca", "PEM", &r->card_ca, T("カードの認証局(何度でも)", "trust anchor of cards, repeatable") },
		{ OPT_INT, "timeout", "SECONDS", &r->timeout_s, T("待ち時間の上限(10)", "deadline (10)") },
		{ OPT_STRING, "trace-apdu", "FILE", &r->rq.trace_file, T("APDUの記録", "APDU log") },
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	bool seen[OPT_MAX] = { false };
	const int operands = cmd_options(r->app, opts, n, argc, argv, seen, e);

	if (operands < 0)
		return operands;
	if (operands > 0)
		return err_set(e, ERR_USAGE, "card %s takes no operand", r->app->cmd->name);
	if (config_read(&r->config, r->app->config, opts, n, seen, e) < 0)
		return -1;
	if (r->timeout_s < 1 || r->timeout_s > 600)
		return err_set(e, ERR_USAGE, "--timeout is 1 to 600 seconds");
	return 0;
}

int
card_begin(struct card_run *r, int argc, char **argv, struct err *e)
{
	int rc;

	r->timeout_s = DEFAULT_TIMEOUT_S;
	secret_harden_process();
	if ((rc = parse(r, argc, argv, e)) < 0)
		return rc;
	if ((r->anchors = anchors_load(&r->card_ca, e)) == NULL)
		return -1;
	r->deadline_ms = https_clock_ms() + r->timeout_s * 1000LL;
	return reader_start(&r->reader, e);
}

int
card_end(struct card_run *r, int rc)
{
	struct err e = ERR_INIT;

	reader_stop(r->reader);
	x509_anchors_free(r->anchors);
	config_release(&r->config);
	return rc == 0 && reader_trace_kept(&e) < 0 ? unrecorded(&e) : rc;
}

static const struct cmd subs[] = {
	{ "list", "[OPTION]...",
	    T("リーダーの一覧と、置かれているもの", "the readers and what lies there"), card_list,
	    NULL },
	{ "info", "[OPTION]...",
	    T("置かれているカードの種類と電子証明書", "which card lies there, and its certificate"),
	    card_info, NULL },
	{ "pin-status", "[OPTION]...",
	    T("暗証番号の残り回数(回数は減らない)", "PIN tries left (spends none)"),
	    card_pin_status, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL },
};

const struct cmd cmd_card = {
	"card", "SUBCOMMAND [OPTION]...",
	T("リーダーと、置かれているカードを調べる", "looks at the readers and the card that lies there"),
	cmd_run_group, subs
};

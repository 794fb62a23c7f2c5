#include "cli/reception.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "engine/age.h"
#include "engine/number.h"

#define REASON_MAX	300	/* bytes: a line or two of the screen */

static int
print(const struct reception *r, const struct checked *c, struct err *e)
{
	struct buf b = BUF_INIT;

	if (r->app->json)
		out_check_json(&b, c);
	else if (r->o.handout)
		out_handout(&b, c);
	else
		out_check_text(&b, c);
	return cmd_print(&b, e);
}

/* Whether the law has that ratio at that age (DEC-12); from 65 on it can have any, in 後期. */
static bool
law_has_ratio(const struct reception *r, int percent)
{
	const struct facts *f = &r->check.facts;
	const int birth = r->decision.state.birthdate;
	struct age_borders age;

	if (!fact_known(birth))
		return true;
	age = age_borders(birth);
	if (f->visit_date >= age.kouki_earliest)
		return true;
	/* a 国保組合 may have a better one (INC-7) */
	if (number_scheme(f->record.id.insurer_number) == SCHEME_KOKUHO_UNION)
		return true;
	return percent == (f->visit_date <= age.preschool_last ? 20 : 30);
}

/* Where the clinic has nothing to decide: the rules' insured, 特別療養費 (SIT-24). */
static int
override_check(const struct reception *r, struct err *e)
{
	const struct decision *d = &r->decision;

	if (r->o.override == 0)
		return 0;
	if (d->verdict == V_VERDICT_INSURED)
		return err_set(e, ERR_USAGE, "--override: the rules decided %d%% already",
		    d->percent);
	if (d->path == V_PATH_SPECIAL_MEDICAL)
		return err_set(e, ERR_USAGE, "--override: full cost is the law's with 特別療養費");
	if (!law_has_ratio(r, r->o.override))
		return err_set(e, ERR_USAGE, "--override: the law has no %d%% at that age",
		    r->o.override);
	return 0;
}

static int
override_parse(const struct reception_options *o, struct err *e)
{
	if (o->override == 0 && o->reason == NULL)
		return 0;
	if (o->override != 10 && o->override != 20 && o->override != 30)
		return err_set(e, ERR_USAGE, "--override takes 10, 20 or 30 (percent)");
	if (o->reason == NULL || o->reason[strspn(o->reason, " \t\n")] == '\0')
		return err_set(e, ERR_USAGE, "--override needs a --reason");
	if (strlen(o->reason) > REASON_MAX)
		return err_set(e, ERR_USAGE, "--reason: at most %d bytes", REASON_MAX);
	return 0;
}

/* A store or a log that fails does not keep the patient waiting: the verdict is shown all the same. */
static int
visit(struct reception *r, struct recording *rec, struct err *e)
{
	struct err untraced = ERR_INIT;
	struct checked c;

	if (reception_begin(r, e) < 0 || reception_prepare(r, e) < 0 ||
	    recording_open(rec, &r->o.records, r->o.patient, e) < 0)
		return -1;
	recording_recall(rec, &r->check.facts);
	r->birthdate_on_file = recording_birthdate(rec);
	if (reception_run(r, e) < 0 || override_check(r, e) < 0) {
		if (reception_log(r, rec->store, NULL, e) == RECORDED_FAILED)
			(void)unrecorded(&r->log.why);
		return -1;
	}
	c = reception_result(r);
	recording_compare(rec, &c);
	c.recorded = recording_keep(rec, &c);
	c.closed = &rec->closed;
	c.logged = reception_log(r, rec->store, &c, NULL);
	if (r->rq.interactive)
		fputc('\n', stderr);
	if (print(r, &c, e) < 0)
		return -1;
	if (c.recorded == RECORDED_FAILED)
		return unrecorded(&rec->why);
	if (c.logged == RECORDED_FAILED)
		return unrecorded(&r->log.why);
	return reader_trace_kept(&untraced) < 0 ? unrecorded(&untraced) : reception_status(r);
}

static int
check(struct reception *r, struct err *e)
{
	struct recording rec = { .why = ERR_INIT };
	const int rc = visit(r, &rec, e);

	recording_close(&rec);
	return rc;
}

/* What the command line says of a card, or of none, goes before all of that in the configuration. */
static void
forget_card(struct reception_options *o, const struct opt *opts, size_t n, const bool *seen)
{
	bool said = o->no_card != NULL;

	for (size_t i = 0; i < n; i++)
		said |= seen[i] && (opts[i].dst == &o->reader || opts[i].dst == &o->card);
	for (size_t i = 0; said && i < n; i++)
		if (!seen[i] && opts[i].dst == &o->reader)
			o->reader = NULL;
		else if (!seen[i] && opts[i].dst == &o->card)
			o->card = NULL;
}

/* What is not open now and has the same number later is something of our own. */
static void
forget_unopened(int *fd)
{
	if (*fd >= 0 && fcntl(*fd, F_GETFD) < 0)
		*fd = INT_MAX;
}

static int
check_options(const struct reception *r, struct err *e)
{
	const struct reception_options *o = &r->o;

	if (o->timeout < 1 || o->timeout > 600)
		return err_set(e, ERR_USAGE, "--timeout is 1 to 600 seconds");
	if (!o->identify && o->text_pin_fd >= 0)
		return err_set(e, ERR_USAGE, "--text-pin-fd goes with --identify");
	if (o->text_pin_fd >= 0 && o->text_pin_fd == o->pin_fd)
		return err_set(e, ERR_USAGE, "--text-pin-fd and --pin-fd are two descriptors");
	if (o->handout && r->app->json)
		return err_set(e, ERR_USAGE, "--handout does not go with --json");
	return override_parse(o, e);
}

static int
parse(struct reception *r, int argc, char **argv, struct err *e)
{
	struct reception_options *o = &r->o;
	const struct opt opts[] = {
		RECEPTION_CARD_OPTIONS(o),
		{ OPT_STRING, "card", "FILE", &o->card, T("PC/SCの代わりに試験用カード", "a fixture card instead of PC/SC") },
		{ OPT_STRING, "no-card", "forgotten|lost|none_issued", &o->no_card, T("カードがない: 忘れた、なくした、作っていない", "no card: forgotten, lost, never issued") },
		{ OPT_FLAG, "register", NULL, &o->register_card, T("未登録なら保険証の利用登録(端末では患者に聞く)", "register as 保険証 (a terminal asks the patient)") },
		{ OPT_FLAG, "identify", NULL, &o->identify, T("カードの4情報も読み、照会の結果と比べる", "also read the card's 基本4情報 and compare") },
		{ OPT_INT, "text-pin-fd", "N", &o->text_pin_fd, T("そのための暗証番号(券面事項入力補助用)を記述子Nから", "read the PIN for that from descriptor N") },
		{ OPT_INT, "pin-fd", "N", &o->pin_fd, T("暗証番号をファイル記述子Nから読む", "read the PIN from file descriptor N") },
		{ OPT_STRING, "visit", "first|return", &o->visit, T("初診か再診", "a first visit or a return") },
		{ OPT_STRING, "date", "DATE", &o->date, T("受診日(西暦・和暦)。省略時は今日", "date of the visit; default today") },
		{ OPT_STRING, "birthdate", "DATE", &o->birthdate, T("生年月日", "birth date") },
		{ OPT_STRING, "facts", "FILE", &o->facts, T("ほかの事実(JSON)", "more facts (JSON)") },
		{ OPT_FLAG, "assume-none", NULL, &o->assume_none, T("わからない事実は「ない」とする", "what was not given is absent") },
		{ OPT_FLAG, "require-online", NULL, &o->require_online, T("電子資格確認できなければ失敗とする", "fail when electronic confirmation fails") },
		RECEPTION_DESK_OPTIONS(o),
		{ OPT_STRING, "patient", "ID", &o->patient, T("患者番号: 前回の記録を使い、結果を記録する", "patient number: what is on file, and where the result goes") },
		RECORDS_OPTIONS(&o->records),
		{ OPT_INT, "points", "N", &o->points, T("N点のときの窓口負担も出す", "also print what N points cost the patient") },
		{ OPT_FLAG, "handout", NULL, &o->handout, T("患者に渡す紙の文だけを出す", "print only what the patient is told, for paper") },
		{ OPT_INT, "override", "10|20|30", &o->override, T("医院の判断による割合(%。仮)", "the clinic's own decision, in percent (provisional)") },
		{ OPT_STRING, "reason", "TEXT", &o->reason, T("その理由", "and why") },
		{ OPT_STRING, "trace-apdu", "FILE", &o->trace, T("APDUの記録(暗証番号は伏せる)", "APDU log with VERIFY data redacted") },
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	bool seen[OPT_MAX] = { false };
	const int operands = cmd_options(r->app, opts, n, argc, argv, seen, e);

	if (operands < 0)
		return operands;
	if (operands > 0)
		return err_set(e, ERR_USAGE, "check takes no operand");
	if (config_read(&r->config, r->app->config, opts, n, seen, e) < 0)
		return -1;
	forget_card(o, opts, n, seen);
	if (check_options(r, e) < 0)
		return -1;
	forget_unopened(&o->pin_fd);
	forget_unopened(&o->text_pin_fd);
	return 0;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct reception r;
	int rc;

	reception_init(&r, app);
	rc = parse(&r, argc, argv, e);
	if (rc == 0)
		rc = check(&r, e);
	reception_release(&r);
	return rc;
}

const struct cmd cmd_check = {
	"check", "[OPTION]...",
	T("患者1人: カードを読み、資格を照会し、負担割合を決める",
	    "one patient: read the card, ask the service, decide the ratio"), run, NULL
};

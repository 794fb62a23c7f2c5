#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/secret.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/out_check.h"
#include "cli/service.h"
#include "decide/explain.h"
#include "desk/talk.h"
#include "engine/age.h"
#include "engine/number.h"

#define DEFAULT_TIMEOUT_S	10
#define FACTS_FILE_MAX		(1 << 20)
#define REASON_MAX		300	/* bytes: a line or two of the screen */

/* The options as they were written. */
struct check_options {
	const char	*reader, *card, *no_card, *limit_consent, *auth, *visit, *date, *birthdate;
	const char	*facts, *operator, *rules, *trace, *reason;
	struct service_options	 service;
	struct opt_list	 card_ca;
	bool		 assume_none, require_online, last_try, no_input, no_trace, handout;
	int		 pin_fd, timeout, points, override;
};

/* Everything a run holds; released in one place. */
struct run {
	struct app		*app;
	struct check_options	 o;
	struct config		 config;
	struct check_request	 rq;
	struct check		 check;
	struct x509_anchors	*anchors;
	struct rulebase		*rb;
	struct json		*facts;
	struct decision		 decision;
	struct talk		*talk;
	char			 operator_name[64];
};

static int
word(const char *value, const char *option, const char *const *words, int fallback, int *out,
    struct err *e)
{
	*out = fallback;
	if (value == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], value) == 0) {
			*out = i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--%s does not take \"%.40s\"", option, value);
}

static int
date_option(const char *value, const char *option, int fallback, int *out, struct err *e)
{
	*out = fallback;
	if (value != NULL && (*out = date_parse_any(value)) == DATE_NONE)
		return err_set(e, ERR_USAGE, "--%s is no date: \"%.40s\"", option, value);
	return 0;
}

static int
begin_facts(struct run *r, struct err *e)
{
	static const char *const visits[] = { "first", "return", NULL };
	struct facts *f = &r->check.facts;
	int day;

	if (date_option(r->o.date, "date", date_of_unix_jst((long long)time(NULL)), &day, e) < 0)
		return -1;
	check_init(&r->check, day);
	if (word(r->o.visit, "visit", visits, FACT_UNASKED, &f->visit, e) < 0 ||
	    date_option(r->o.birthdate, "birthdate", FACT_UNASKED, &f->birthdate, e) < 0)
		return -1;
	if (fact_known(f->birthdate) && f->birthdate > day)
		return err_set(e, ERR_USAGE, "--birthdate is after the visit");
	return 0;
}

static int
load_anchors(struct run *r, struct err *e)
{
	char pem[X509_PEM_MAX];

	if ((r->anchors = x509_anchors_new(e)) == NULL)
		return -1;
	for (size_t i = 0; i < r->o.card_ca.n; i++) {
		FILE *f = fopen(r->o.card_ca.item[i], "rb");
		size_t n;

		if (f == NULL)
			return err_set(e, ERR_CONFIG, "%s: %s", r->o.card_ca.item[i],
			    strerror(errno));
		n = fread(pem, 1, sizeof(pem), f);
		fclose(f);
		if (x509_anchors_add(r->anchors, pem, n, e) < 0)
			return err_prefix(e, "%s", r->o.card_ca.item[i]);
	}
	/* without anchors every card would pass; only a test may leave it to the service */
	if (r->o.card_ca.n == 0 && !r->config.test_mode && r->o.no_card == NULL)
		return err_set(e, ERR_CONFIG, "no card-ca is configured");
	r->rq.anchors = r->anchors;
	return 0;
}

static void
operator_id(struct run *r)
{
	const struct passwd *pw = getpwuid(getuid());

	snprintf(r->operator_name, sizeof(r->operator_name), "%s",
	    r->o.operator != NULL ? r->o.operator : pw != NULL ? pw->pw_name : "unknown");
	r->rq.operator_id = r->operator_name;
}

static int
service_request(struct run *r, struct err *e)
{
	const struct check_options *o = &r->o;

	r->rq.offline = service_is_offline(&o->service);
	if (r->rq.offline || (o->no_card != NULL && o->service.url != NULL))
		return 0;
	return service_of(&o->service, &r->rq.service, e);
}

static int
make_request(struct run *r, struct err *e)
{
	static const char *const auths[] = { "pin", "visual", NULL };
	static const char *const yes_no[] = { "no", "yes", NULL };
	static const char *const absents[] = { "forgotten", "lost", "none_issued", NULL };
	const struct check_options *o = &r->o;
	int auth, consent;

	if (o->no_card != NULL && (o->card != NULL || o->reader != NULL))
		return err_set(e, ERR_USAGE, "--no-card goes with neither --card nor --reader");
	if (word(o->auth, "auth", auths, AUTH_PIN, &auth, e) < 0 ||
	    word(o->limit_consent, "limit-consent", yes_no, 0, &consent, e) < 0 ||
	    word(o->no_card, "no-card", absents, -1, &r->rq.absent_because, e) < 0 ||
	    service_request(r, e) < 0 || load_anchors(r, e) < 0)
		return -1;
	r->rq.ja = r->app->ja;
	r->rq.interactive = !o->no_input && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	r->rq.quiet = r->app->json || !isatty(STDERR_FILENO);
	r->rq.card = (struct reader_request){ o->reader, o->card, o->trace, 0 };
	r->rq.auth = (enum check_auth)auth;
	r->rq.pin_fd = o->pin_fd;
	r->rq.last_try = o->last_try;
	r->rq.limit_consent = consent == 1;
	r->rq.ask_consent = o->limit_consent == NULL;
	r->rq.test_mode = r->config.test_mode;
	r->rq.timeout_ms = o->timeout * 1000;
	operator_id(r);
	return 0;
}

/* --facts is merged over what card and service said. */
static int
merge_facts(struct run *r, struct err *e)
{
	struct facts_error why = { "", "" };
	bool unknown = false;

	if (r->o.facts == NULL)
		return 0;
	if (r->facts == NULL &&
	    (r->facts = js_parse_file(r->o.facts, FACTS_FILE_MAX, e)) == NULL)
		return -1;
	if (facts_read(r->facts, false, &r->check.facts, &unknown, &why) < 0)
		return err_set(e, ERR_MALFORMED, "%s: %s: %s", r->o.facts, why.key, why.reason);
	return 0;
}

static void
settle(struct run *r)
{
	struct facts *f = &r->check.facts;

	if (r->config.refuse_statement) {
		f->statement = (struct declaration){ .presence = FACT_ABSENT,
			.copay_percent = FACT_ABSENT };
	}
	if (r->o.assume_none)
		facts_assume_none(f);
	decide(&r->rb->set, f, &r->decision);
}

/* Before the questions: what failed, or what the service said that needs them. */
static void
say_why_asking(const struct run *r)
{
	const struct err *failure = &r->check.error;
	const struct facts *f = &r->check.facts;
	struct buf returned = BUF_INIT, inferred = BUF_INIT;
	const bool ja = r->app->ja;

	if (!r->rq.interactive || r->decision.needs == 0)
		return;
	explain_facts(f, &r->decision, ja, &returned, &inferred);
	if (failure->code != ERR_NONE)
		fprintf(stderr, "\n%s\n", err_text(failure->code, ja));
	else if (returned.n > 0)
		fprintf(stderr, "\n%s  %s\n", msg(MSG_RETURNED, ja), returned.p);
	if (f->card.read == READ_UNREADABLE || f->card.read == READ_READER_FAULT)
		fprintf(stderr, "%s\n", msg(MSG_OUTAGE_OTHER_CARD, ja));
	buf_free(&returned);
	buf_free(&inferred);
}

/* --require-online: a failure is no fact for the ladder. */
static int
required_failed(const struct run *r, struct err *e)
{
	if (!r->o.require_online)
		return 0;
	if (r->check.error.code != ERR_NONE) {
		*e = r->check.error;
		return -1;
	}
	if (r->check.answer.outcome != ELIG_ANSWERED)
		return err_set(e, ERR_SERVICE_UNREACHABLE, "no electronic confirmation was made");
	return 0;
}

/*
 * Card and service, then the person, until nothing is left to ask or nothing
 * more is known; and all of it again while the person wants to.
 */
static int
ask_until_settled(struct run *r, struct err *e)
{
	bool again = false;

	if (r->rq.interactive && (r->talk = talk_new(r->rb, r->app->ja)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	do {
		if (again)
			check_again(&r->check);
		if (check_run(&r->rq, &r->check, e) < 0 || required_failed(r, e) < 0 ||
		    merge_facts(r, e) < 0)
			return -1;
		settle(r);
		say_why_asking(r);
		again = r->talk != NULL && talk_run(r->talk, &r->check.facts, &r->decision);
	} while (again);
	return 0;
}


/* Whether the verdict's line has an accent: only for eyes, and only where it is wanted. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
	    *term != '\0' && strcmp(term, "dumb") != 0;
}

static int
print(struct run *r, struct err *e)
{
	const struct checked c = {
		.rb = r->rb, .check = &r->check, .decision = &r->decision, .ja = r->app->ja,
		.trace = !r->o.no_trace, .test_mode = r->config.test_mode, .points = r->o.points,
		.override = { r->o.override, r->o.reason, r->operator_name },
		.colour = wants_colour(),
	};
	struct buf b = BUF_INIT;

	if (r->app->json)
		out_check_json(&b, &c);
	else if (r->o.handout)
		out_handout(&b, &c);
	else
		out_check_text(&b, &c);
	return cmd_print(&b, e);
}

/* Whether the law has that ratio at that age (DEC-12); from 65 on it can have any, in 後期. */
static bool
law_has_ratio(const struct run *r, int percent)
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
override_check(const struct run *r, struct err *e)
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
override_parse(const struct check_options *o, struct err *e)
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

static int
verdict_status(const struct decision *d)
{
	switch (d->verdict) {
	case V_VERDICT_INSURED:
		return 0;
	case V_VERDICT_SELF_PAY:
		return 10;
	case V_VERDICT_NEED:
		return 11;
	default:
		return 12;
	}
}

static int
check(struct run *r, struct err *e)
{
	if (make_request(r, e) < 0 || ask_until_settled(r, e) < 0)
		return -1;
	if (override_check(r, e) < 0)
		return -1;
	if (r->rq.interactive)
		fputc('\n', stderr);
	return print(r, e) < 0 ? -1 : verdict_status(&r->decision);
}

static int
check_options(const struct run *r, struct err *e)
{
	const struct check_options *o = &r->o;

	if (o->timeout < 1 || o->timeout > 600)
		return err_set(e, ERR_USAGE, "--timeout is 1 to 600 seconds");
	if (o->handout && r->app->json)
		return err_set(e, ERR_USAGE, "--handout does not go with --json");
	return override_parse(o, e);
}

static int
parse(struct run *r, int argc, char **argv, struct err *e)
{
	struct check_options *o = &r->o;
	const struct opt opts[] = {
		{ OPT_STRING, "reader", "NAME", &o->reader, T("リーダーの名前(一部でよい)", "reader by (part of) its name") },
		{ OPT_STRING, "card", "FILE", &o->card, T("PC/SCの代わりに試験用カード", "a fixture card instead of PC/SC") },
		{ OPT_STRING, "no-card", "WHY", &o->no_card, T("カードなし: forgotten lost none_issued", "no card: forgotten, lost, none_issued") },
		{ OPT_STRING, "limit-consent", "yes|no", &o->limit_consent, T("限度額情報の提供の同意", "consent to giving 限度額 information") },
		{ OPT_STRING, "auth", "pin|visual", &o->auth, T("暗証番号か目視確認", "PIN (default) or visual confirmation") },
		{ OPT_INT, "pin-fd", "N", &o->pin_fd, T("暗証番号をファイル記述子Nから読む", "read the PIN from file descriptor N") },
		{ OPT_FLAG, "last-try", NULL, &o->last_try, T("残り1回でも暗証番号を照合する", "allow a PIN entry with one try left") },
		{ OPT_STRING, "visit", "KIND", &o->visit, T("first 初診、return 再診", "first or return") },
		{ OPT_STRING, "date", "DATE", &o->date, T("受診日(西暦・和暦)。省略時は今日", "date of the visit; default today") },
		{ OPT_STRING, "birthdate", "DATE", &o->birthdate, T("生年月日", "birth date") },
		{ OPT_STRING, "facts", "FILE", &o->facts, T("ほかの事実(JSON)", "more facts (JSON)") },
		{ OPT_FLAG, "assume-none", NULL, &o->assume_none, T("わからない事実は「ない」とする", "what was not given is absent") },
		{ OPT_FLAG, "require-online", NULL, &o->require_online, T("電子資格確認できなければ失敗とする", "fail when electronic confirmation fails") },
		{ OPT_FLAG, "no-input", NULL, &o->no_input, T("何もたずねない", "never prompt") },
		SERVICE_OPTIONS(&o->service),
		{ OPT_LIST, "card-ca", "PEM", &o->card_ca, T("カードの認証局(何度でも)", "trust anchor of cards, repeatable") },
		{ OPT_INT, "timeout", "SECONDS", &o->timeout, T("機械の待ち時間の上限(10)", "deadline for machine time (10)") },
		{ OPT_INT, "points", "N", &o->points, T("N点のときの窓口負担も出す", "also print what N points cost the patient") },
		{ OPT_FLAG, "handout", NULL, &o->handout, T("患者に渡す紙の文だけを出す", "print only what the patient is told, for paper") },
		{ OPT_INT, "override", "PERCENT", &o->override, T("医院の判断による割合: 10 20 30(仮)", "the clinic's own decision: 10, 20, 30 (provisional)") },
		{ OPT_STRING, "reason", "TEXT", &o->reason, T("その理由", "and why") },
		{ OPT_STRING, "operator", "ID", &o->operator, T("受付の担当者", "who is at the desk") },
		{ OPT_STRING, "rules", "FILE", &o->rules, T("別の規則ファイル", "other rules") },
		{ OPT_FLAG, "no-trace", NULL, &o->no_trace, T("JSONに判定の経過を出さない", "no trace in the JSON") },
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
	for (size_t i = 0; i < n; i++)
		if (opts[i].dst == &o->override && o->override != 0 && !seen[i])
			return err_set(e, ERR_CONFIG, "override is decided anew for each patient");
	return check_options(r, e);
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .app = app, .o = { .pin_fd = -1, .timeout = DEFAULT_TIMEOUT_S } };
	int rc;

	secret_harden_process();
	check_init(&r.check, 0);
	rc = parse(&r, argc, argv, e);
	if (rc == 0 && begin_facts(&r, e) < 0)
		rc = -1;
	if (rc == 0) {
		r.rb = r.o.rules != NULL ? rulebase_load(r.o.rules, e) : rulebase_embedded(e);
		rc = r.rb != NULL ? check(&r, e) : -1;
	}
	app->thread_left = r.check.thread_left;
	check_release(&r.check);
	talk_free(r.talk);
	js_free(r.facts);
	x509_anchors_free(r.anchors);
	rulebase_free(r.rb);
	config_release(&r.config);
	return rc == -2 ? 0 : rc;
}

const struct cmd cmd_check = {
	"check", "[OPTION]...",
	T("患者1人: カードを読み、資格を照会し、負担割合を決める",
	    "one patient: read the card, ask the service, decide the ratio"), run, NULL
};

#include "cli/reception.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/anchors.h"
#include "cli/out_error.h"
#include "decide/explain.h"
#include "desk/ask.h"
#include "desk/term.h"

#define DEFAULT_TIMEOUT_S	10
#define WIDTH			78
#define FACTS_FILE_MAX		(1 << 20)

void
reception_init(struct reception *r, struct app *app)
{
	secret_harden_process();
	*r = (struct reception){ .app = app, .o = { .pin_fd = -1, .text_pin_fd = -1,
		.timeout = DEFAULT_TIMEOUT_S, .records = RECORDS_OPTIONS_INIT },
		.log = { .anchor = -1, .why = ERR_INIT }, .birthdate_on_file = FACT_UNASKED };
	check_init(&r->check, 0);
}

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
load_anchors(struct reception *r, struct err *e)
{
	if ((r->anchors = anchors_load(&r->o.card_ca, e)) == NULL)
		return -1;
	/* without anchors every card would pass; only a test may leave it to the service */
	if (r->o.card_ca.n == 0 && !r->config.test_mode && r->o.no_card == NULL)
		return err_set(e, ERR_CONFIG, "no card-ca is configured");
	r->rq.anchors = r->anchors;
	return 0;
}

static void
operator_id(struct reception *r)
{
	const struct passwd *pw = r->o.operator == NULL ? getpwuid(getuid()) : NULL;

	snprintf(r->operator_name, sizeof(r->operator_name), "%s",
	    r->o.operator != NULL ? r->o.operator : pw != NULL ? pw->pw_name : "unknown");
	r->rq.operator_id = r->operator_name;
}

static int
service_request(struct reception *r, struct err *e)
{
	const struct reception_options *o = &r->o;

	r->rq.offline = service_is_offline(&o->service);
	if (r->rq.offline || (o->no_card != NULL && o->service.url != NULL))
		return 0;
	return service_of(&o->service, &r->rq.service, e);
}

static int
make_request(struct reception *r, struct err *e)
{
	static const char *const auths[] = { "pin", "visual", NULL };
	static const char *const yes_no[] = { "no", "yes", NULL };
	static const char *const absents[] = { "forgotten", "lost", "none_issued", NULL };
	const struct reception_options *o = &r->o;
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
	r->rq.quiet = !isatty(STDERR_FILENO);
	r->rq.card = (struct reader_request){ o->reader, o->card, o->trace, 0 };
	r->rq.auth = (enum check_auth)auth;
	r->rq.pin_fd = o->pin_fd;
	r->rq.identify = o->identify;
	r->rq.text_pin_fd = o->text_pin_fd;
	r->rq.last_try = o->last_try;
	r->rq.limit_consent = consent == 1;
	r->rq.ask_consent = o->limit_consent == NULL;
	r->rq.register_card = o->register_card;
	r->rq.test_mode = r->config.test_mode;
	r->rq.timeout_ms = o->timeout * 1000;
	operator_id(r);
	logbook_open(&r->log, &o->records, r->operator_name);
	return service_confine(true, e);
}

int
reception_prepare(struct reception *r, struct err *e)
{
	r->rb = r->o.rules != NULL ? rulebase_load(r->o.rules, e) : rulebase_embedded(e);
	return r->rb != NULL ? make_request(r, e) : -1;
}

int
reception_begin(struct reception *r, struct err *e)
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

/* --facts is merged over what card and service said. */
static int
merge_facts(struct reception *r, struct err *e)
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

/* The one on file, where neither desk, service nor paper says anything of it. */
static void
take_birthdate(struct reception *r)
{
	struct facts *f = &r->check.facts;
	bool told = f->birthdate != FACT_UNASKED ||
	    (f->online.presence == PRESENT && fact_known(f->online.result.birthdate));

	for (int i = 0; i < DOC_MAX; i++)
		told |= f->document[i].presence == PRESENT && fact_known(f->document[i].birthdate);
	if (told || !fact_known(r->birthdate_on_file) || r->birthdate_on_file > f->visit_date)
		return;
	f->birthdate = r->birthdate_on_file;
	r->birthdate_filed = true;
}

static void
settle(struct reception *r)
{
	struct facts *f = &r->check.facts;

	take_birthdate(r);
	if (r->config.refuse_statement) {
		f->statement = (struct declaration){ .presence = FACT_ABSENT,
			.copay_percent = FACT_ABSENT };
	}
	if (r->o.assume_none)
		facts_assume_none(f);
	decide(&r->rb->set, f, &r->decision);
}

static void
say_wrapped(const char *head, const char *text, int indent)
{
	struct buf all = BUF_INIT, b = BUF_INIT;

	buf_adds(&all, head);
	buf_adds(&all, text);
	text_add_wrapped(&b, all.p != NULL ? all.p : "", indent, WIDTH);
	/* what goes on in a second line is indented, the first is not */
	fputs(b.p != NULL ? b.p + indent : "\n", stderr);
	buf_free(&all);
	buf_free(&b);
}

static void
say_failure(const struct check *k, bool ja)
{
	struct buf text = BUF_INIT;

	buf_adds(&text, err_text(k->error.code, ja));
	out_tries(&text, &k->error, ja);
	if (k->answer.text_desk != NULL)
		buf_adds(&text, ja ? "。" : ". ");
	out_service_says(&text, k, ja);
	fputc('\n', stderr);
	say_wrapped("", text.p != NULL ? text.p : "", 0);
	buf_free(&text);
}

/* Before the questions: what failed, or what the service said that needs them. */
static void
say_why_asking(const struct reception *r)
{
	const struct err *failure = &r->check.error;
	const struct facts *f = &r->check.facts;
	struct buf returned = BUF_INIT, inferred = BUF_INIT, step = BUF_INIT;
	const bool ja = r->app->ja;

	if (!r->rq.interactive || r->decision.needs == 0)
		return;
	term_settle();
	explain_facts(f, &r->decision, ja, &returned, &inferred);
	/* a refusal that the patient has just answered needs no telling */
	if (failure->code != ERR_NONE && !r->check.declined)
		say_failure(&r->check, ja);
	else if (returned.n > 0)
		fprintf(stderr, "\n%s  %s\n", msg(MSG_RETURNED, ja), returned.p);
	/* whoever stopped at the PIN has just been told */
	if (f->card.read != READ_OK)
		out_failure_step(&step, &r->check, ja);
	if (step.n > 0)
		say_wrapped("-> ", step.p, 3);
	if (is_card_or_chip(&r->check))
		fprintf(stderr, "%s\n", msg(MSG_OUTAGE_OTHER_CARD, ja));
	buf_free(&returned);
	buf_free(&inferred);
	buf_free(&step);
}

/* --require-online: a failure is no fact for the ladder. */
static int
required_failed(const struct reception *r, struct err *e)
{
	if (!r->o.require_online)
		return 0;
	if (r->check.error.code != ERR_NONE) {
		*e = r->check.error;
		return -1;
	}
	if (r->check.facts.card.medium == MEDIUM_NONE)
		return err_set(e, ERR_CARD_NONE, "no electronic confirmation was made");
	if (r->check.answer.outcome != ELIG_ANSWERED)
		return err_set(e, ERR_SERVICE_UNREACHABLE, "no electronic confirmation was made");
	return 0;
}

/* Card and service once more, whatever was known of them before. */
static void
try_again(struct reception *r)
{
	r->app->thread_left = r->app->thread_left || r->check.thread_left;
	check_again(&r->check);
	/* the service may know it better */
	if (r->birthdate_filed)
		r->check.facts.birthdate = FACT_UNASKED;
	r->birthdate_filed = false;
	r->rq.card_is = CHECK_CARD_AWAITED;
	r->rq.service_down = NULL;
}

/* Nobody has to be asked about a card that is not there, or is another one. */
static bool
bounces(const struct reception *r)
{
	const enum err_code code = r->check.error.code;

	return r->may_bounce && !r->check.asked && (code == ERR_CARD_NONE ||
	    code == ERR_CARD_REMOVED || code == ERR_CARD_NOT_JPKI);
}

/* A card that slipped is laid down again; a file that says so would say so for ever. */
static bool
rereads(const struct reception *r)
{
	static const enum msg answers[] = { MSG_SAY_REREAD, MSG_SAY_NO_REREAD };

	if (!r->rq.interactive || r->check.error.code != ERR_CARD_REMOVED ||
	    r->rq.card.card_file != NULL)
		return false;
	term_settle();
	return ask_plain(MSG_REREAD_ASK, answers, 2, r->app->ja) == 1;
}

static int
run(struct reception *r, struct err *e)
{
	bool again = false;

	if (r->rq.interactive && (r->talk = talk_new(r->rb, r->app->ja)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	do {
		if (again)
			try_again(r);
		if (check_run(&r->rq, &r->check, e) < 0 || required_failed(r, e) < 0 ||
		    merge_facts(r, e) < 0)
			return -1;
		if (bounces(r))
			return 1;
		if ((again = rereads(r)))
			continue;
		settle(r);
		say_why_asking(r);
		if (r->talk != NULL && r->check.declined)
			talk_declined(r->talk, &r->check.facts);
		again = r->talk != NULL && talk_run(r->talk, &r->check.facts, &r->decision);
	} while (again);
	return 0;
}

int
reception_run(struct reception *r, struct err *e)
{
	int rc;

	if (r->rq.interactive)
		term_quiet();
	rc = run(r, e);
	term_loud();
	return rc;
}

static void
log_deed(struct reception *r, struct store *s, const struct checked *c, const struct err *why)
{
	const struct check *k = &r->check;
	struct deed d = { .command = r->app->cmd->name, .patient = r->o.patient,
		.edition = r->rb->edition };

	if (k->card_seen)
		d.card = (struct span){ k->card.certificate, k->card.certificate_len };
	if (c == NULL) {
		d.outcome = err_name(why->code);
	} else {
		d.outcome = verdict_name(c->decision->verdict);
		d.path = path_name(c->decision);
		d.provisional = c->decision->provisional || c->override.percent != 0;
	}
	logbook_add(&r->log, s, &d);
}

enum recorded
reception_log(struct reception *r, struct store *s, const struct checked *c,
    const struct err *why)
{
	struct err ignored = ERR_INIT;
	int rc;

	if (c == NULL && !r->check.card_seen && !r->check.asked && r->o.patient == NULL)
		return RECORDED_NOT_WANTED;
	if (s == NULL && r->log.folder != NULL) {
		if (r->names == NULL)
			(void)records_open(&r->o.records, &r->names, &ignored);
		s = r->names;
	}
	log_deed(r, s, c, why);
	rc = logbook_write(&r->log, s);
	return rc < 0 ? RECORDED_FAILED : rc == 0 ? RECORDED_NO_STORE : RECORDED_YES;
}

/* Whether the verdict's line has an accent: only for eyes, and only where it is wanted. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
	    *term != '\0' && strcmp(term, "dumb") != 0;
}

struct checked
reception_result(const struct reception *r)
{
	return (struct checked){
		.rb = r->rb, .check = &r->check, .decision = &r->decision, .ja = r->app->ja,
		.trace = !r->o.no_trace, .test_mode = r->config.test_mode, .points = r->o.points,
		.override = { r->o.override, r->o.reason, r->operator_name },
		.colour = wants_colour(), .lines = screen_lines(),
	};
}

int
reception_status(const struct reception *r)
{
	switch (r->decision.verdict) {
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

void
reception_end(struct reception *r)
{
	r->app->thread_left = r->app->thread_left || r->check.thread_left;
	check_release(&r->check);
	check_init(&r->check, 0);
	talk_free(r->talk);
	r->talk = NULL;
	js_free(r->facts);
	r->facts = NULL;
	explicit_bzero(&r->decision, sizeof(r->decision));
	/* the next patient's may be written */
	if (r->log.folder != NULL)
		err_clear(&r->log.why);
}

void
reception_release(struct reception *r)
{
	reception_end(r);
	logbook_close(&r->log);
	store_close(r->names);
	x509_anchors_free(r->anchors);
	rulebase_free(r->rb);
	config_release(&r->config);
}

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/debts.h"
#include "cli/entry.h"
#include "cli/followups.h"
#include "cli/logbook.h"
#include "cli/out_closed.h"
#include "cli/service.h"
#include "decide/verdict_out.h"
#include "desk/ask.h"
#include "json/json.h"

#define DONE_NOTE_MAX	300	/* bytes */
#define OPTIONS_MAX	16	/* of a subcommand */
#define TOLD_MAX	4096	/* bytes of --facts */
#define ID_WIDTH	12	/* columns of a patient number in the list */

struct run {
	struct app		*app;
	struct records_options	 o;
	struct service_options	 service;
	struct config		 config;
	struct rulebase		*rb;
	struct store		*store;
	const char		*note;
	int			 today;
	int			 unlogged;	/* the exit status where it could not be logged */
	struct debts		 debts;
	struct followups_key	 typed;
	struct json		*told;		/* what typed borrows from; this or that */
	struct asker		 asker;
	struct buf		 out;
};

/*
 * The number of operands, or -1, or CMD_DONE as cmd_options(); own: the options of the
 * subcommand, which are about one debt and so not for the configuration.
 */
static int
begin(struct run *r, struct app *app, bool service, const struct opt *own, size_t n_own, int argc,
    char **argv, struct err *e)
{
	struct opt opts[OPTIONS_MAX] = { RECORDS_OPTIONS(&r->o), SERVICE_OPTIONS(&r->service) };
	const size_t common = RECORDS_OPTION_COUNT + (service ? SERVICE_OPTION_COUNT : 0);
	bool seen[OPT_MAX] = { false };
	int rc;

	r->app = app;
	r->today = date_of_unix_jst((long long)time(NULL));
	for (size_t i = 0; i < n_own; i++)
		opts[common + i] = own[i];
	rc = cmd_options(app, opts, common + n_own, argc, argv, seen, e);
	if (rc < 0)
		return rc;
	if (config_read(&r->config, app->config, opts, common, seen, e) < 0 ||
	    (r->rb = rulebase_embedded(e)) == NULL || records_open(&r->o, &r->store, e) < 0)
		return -1;
	if (r->store == NULL)
		return err_set(e, ERR_CONFIG, "there are no records (shikaku store init)");
	return rc;
}

static int
operands(const struct run *r, int n, int least, int most, struct err *e)
{
	if (n < 0 || (n >= least && n <= most))
		return n;
	return err_set(e, ERR_USAGE, "%s takes %s", r->app->cmd->name,
	    most == 0 ? "no operand" : "one number of followup list");
}

static int
end(struct run *r, int rc)
{
	js_free(r->told);
	asker_release(&r->asker);
	debts_free(&r->debts);
	store_close(r->store);
	rulebase_free(r->rb);
	config_release(&r->config);
	buf_free(&r->out);
	return rc >= 0 && r->unlogged != 0 ? r->unlogged : rc;
}

/* The sentence of a code, or the code of rules that are no more. */
static void
add_sentence(struct run *r, const struct debt *d)
{
	const struct text_words *w = d->code != NULL ? rulebase_text(r->rb, d->code) : NULL;

	if (w == NULL)
		text_add_safe(&r->out, d->code != NULL ? d->code : "");
	else
		said_add(&r->out, &(struct said){ .code = d->code, .ja = w->ja, .en = w->en,
		    .date = d->by }, r->app->ja);
}

static bool
is_late(const struct run *r, const struct debt *d)
{
	return fact_known(d->by) && d->by < r->today;
}

static void
add_debt(struct run *r, const struct debt *d)
{
	char by[DATE_ISO_LEN + 1] = "-", day[DATE_ISO_LEN + 1], visit[80] = "";
	struct jw w = { &r->out, false };

	if (!r->app->json) {
		if (fact_known(d->by))
			date_format_iso(d->by, by);
		if (fact_known(d->visit_date)) {
			date_format_iso(d->visit_date, day);
			msg_with(visit, sizeof(visit), MSG_SETTLE_VISIT, r->app->ja, day);
		}
		const int blank = ID_WIDTH - text_width(d->patient);

		buf_addf(&r->out, "%6lld  %-10s %s %s%*s  %s", d->id, by, is_late(r, d) ? "!" : " ",
		    d->patient, blank > 0 ? blank : 0, "", visit);
		add_sentence(r, d);
		buf_addc(&r->out, '\n');
		return;
	}
	jw_open(&w, NULL, '{');
	jw_int(&w, "id", d->id);
	jw_str(&w, "patient", d->patient);
	jw_str(&w, "code", d->code);
	entry_write_day(&w, "by", d->by);
	jw_bool(&w, "late", is_late(r, d));
	entry_write_day(&w, "visit_date", d->visit_date);
	if (d->percent > 0)
		jw_int(&w, "copay_percent", d->percent);
	else
		jw_null(&w, "copay_percent");
	jw_close(&w, '}');
	buf_addc(&r->out, '\n');
}

static int
list(struct run *r, struct err *e)
{
	long late = 0;

	if (debts_open(r->store, NULL, &r->debts, e) < 0)
		return -1;
	for (size_t i = 0; i < r->debts.n; i++) {
		add_debt(r, &r->debts.item[i]);
		late += is_late(r, &r->debts.item[i]);
	}
	if (!r->app->json)
		buf_addf(&r->out, r->app->ja ? "未了 %zu件(期限を過ぎたもの %ld件)\n" :
		    "%zu open (%ld past the day)\n", r->debts.n, late);
	r->unlogged = logbook_note(&r->o, r->store, &(struct deed){ .command = "followup list",
	    .outcome = "listed", .edition = r->rb->edition });
	return cmd_print(&r->out, e);
}

static struct closed
read_closing(const struct debt *d)
{
	struct closed c = { .id = d->id, .visit_date = d->visit_date, .told = d->percent };
	const char *how = js_str(d->closing, "how");
	long long percent = 0, difference = 0;

	(void)js_int(d->closing, "percent", &percent);
	(void)js_int(d->closing, "difference_percent", &difference);
	c.how = how != NULL ? how : "";
	c.percent = (int)percent;
	c.difference = (int)difference;
	c.has_yen = js_int(d->closing, "difference_yen", &c.yen);
	return c;
}

static void
write_closing(struct run *r, const struct debt *d, const struct closed *c)
{
	struct jw w = { &r->out, false };

	jw_open(&w, NULL, '{');
	jw_int(&w, "id", d->id);
	jw_str(&w, "patient", d->patient);
	jw_str(&w, "code", d->code);
	entry_write_day(&w, "visit_date", d->visit_date);
	entry_write_day(&w, "closed_on", d->closed_on);
	jw_str(&w, "how", js_str(d->closing, "how"));
	if (c->percent > 0)
		out_closed_json(&w, c);
	jw_str(&w, "note", js_str(d->closing, "note"));
	jw_close(&w, '}');
	buf_addc(&r->out, '\n');
}

static void
add_closing(struct run *r, const struct debt *d)
{
	const struct closed c = read_closing(d);
	const char *const note = js_str(d->closing, "note");
	char visit[DATE_ISO_LEN + 1] = "-";

	if (r->app->json) {
		write_closing(r, d, &c);
		return;
	}
	if (fact_known(d->visit_date))
		date_format_iso(d->visit_date, visit);
	buf_addf(&r->out, "%6lld  %-10s  %-12s  ", d->id, visit, d->patient);
	if (c.percent > 0)
		out_closed(&r->out, &c, r->app->ja);
	else if (strcmp(c.how, "replaced") == 0)
		buf_adds(&r->out, r->app->ja ? "同じ日に判定し直し" : "decided again that day");
	else
		buf_adds(&r->out, r->app->ja ? "済み(手で)" : "done by hand");
	if (note != NULL) {
		buf_adds(&r->out, ": ");
		text_add_safe(&r->out, note);
	}
	buf_addc(&r->out, '\n');
}

static int
list_closed(struct run *r, struct err *e)
{
	if (debts_closed(r->store, &r->debts, e) < 0)
		return -1;
	for (size_t i = 0; i < r->debts.n; i++)
		add_closing(r, &r->debts.item[i]);
	if (!r->app->json)
		buf_addf(&r->out, r->app->ja ? "済み %zu件\n" : "%zu closed\n", r->debts.n);
	r->unlogged = logbook_note(&r->o, r->store, &(struct deed){ .command = "followup list",
	    .outcome = "listed", .edition = r->rb->edition });
	return cmd_print(&r->out, e);
}

static int
run_list(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	bool closed = false;
	const struct opt which = { OPT_FLAG, "closed", NULL, &closed,
		T("済んだものと、その差額", "those that are done, with their difference") };
	int rc = begin(&r, app, false, &which, 1, argc, argv, e);

	rc = operands(&r, rc, 0, 0, e);
	return end(&r, rc != 0 ? rc : closed ? list_closed(&r, e) : list(&r, e));
}

/* The open one of that number, or NULL with e set. */
static const struct debt *
find(struct run *r, long long id, struct err *e)
{
	if (debts_open(r->store, NULL, &r->debts, e) < 0)
		return NULL;
	for (size_t i = 0; i < r->debts.n; i++)
		if (r->debts.item[i].id == id)
			return &r->debts.item[i];
	err_set(e, ERR_USAGE, "nothing open has the number %lld", id);
	return NULL;
}

/* Found and closed in one step: two clerks do not both close it. */
static int
close_by_hand(struct run *r, long long id, struct err *e)
{
	const struct debt *d;

	if (store_begin(r->store, e) < 0)
		return -1;
	if ((d = find(r, id, e)) != NULL && debt_close(r->store, d, "done", NULL, r->note,
	    (long long)time(NULL), e) == 0 && store_commit(r->store, e) == 0) {
		r->unlogged = logbook_note(&r->o, r->store, &(struct deed){
		    .command = "followup done", .patient = d->patient, .outcome = "closed" });
		return 0;
	}
	store_abort(r->store);
	return -1;
}

static int
read_id(const char *s, long long *id, struct err *e)
{
	char *rest;

	errno = 0;
	*id = strtoll(s, &rest, 10);
	if (errno != 0 || *rest != '\0' || *s < '1' || *s > '9')
		return err_set(e, ERR_USAGE, "no number of followup list: %.20s", s);
	return 0;
}

static int
done(struct run *r, const char *operand, struct err *e)
{
	long long id;

	if (read_id(operand, &id, e) < 0)
		return -1;
	if (r->note != NULL && strlen(r->note) > DONE_NOTE_MAX)
		return err_set(e, ERR_USAGE, "--note: at most %d bytes", DONE_NOTE_MAX);
	return close_by_hand(r, id, e);
}

static int
run_done(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	const struct opt note = { OPT_STRING, "note", "TEXT", &r.note,
		T("どう済んだか", "how it was done") };
	int rc = begin(&r, app, false, &note, 1, argc, argv, e);

	rc = operands(&r, rc, 1, 1, e);
	return end(&r, rc == 1 ? done(&r, argv[0], e) : rc);
}

static int
facts_key(const struct json *doc, struct followups_key *k, struct err *e)
{
	static const char *const keys[] = { "insurer_number", "symbol", "number", "branch",
		"birthdate", NULL };
	const char *day = js_str(doc, "birthdate");

	if (js_type(doc) != JS_OBJECT)
		return err_set(e, ERR_MALFORMED, "facts: must be a JSON object");
	if (js_only(doc, "facts", keys, e) < 0)
		return -1;
	for (size_t i = 0; keys[i] != NULL; i++)
		if (js_type(js_get(doc, keys[i])) != JS_NULL && js_str(doc, keys[i]) == NULL)
			return err_set(e, ERR_MALFORMED, "facts: %s must be a text", keys[i]);
	k->number = (struct insured_number){ js_str(doc, "insurer_number"), js_str(doc, "symbol"),
		js_str(doc, "number"), js_str(doc, "branch") };
	if (day != NULL && (k->birthdate = date_parse_any(day)) == DATE_NONE)
		return err_set(e, ERR_MALFORMED, "facts: birthdate is no date");
	return 0;
}

/*
 * What the patient told on the telephone, or showed: from a file, or typed at
 * the terminal, where whoever knows nothing new goes on with what is on file.
 */
static int
read_told(struct run *r, const char *id, const char *facts, struct err *e)
{
	struct followups_key *k = &r->typed;

	k->birthdate = FACT_ABSENT;
	if (id == NULL)
		return facts == NULL ? 0 :
		    err_set(e, ERR_USAGE, "--facts is about one of followup list: say which");
	if (read_id(id, &k->id, e) < 0)
		return -1;
	if (facts != NULL) {
		r->told = js_parse_file(strcmp(facts, "-") == 0 ? "/dev/stdin" : facts, TOLD_MAX, e);
		return r->told == NULL ? -1 : facts_key(r->told, k, e);
	}
	r->asker = (struct asker){ .ja = r->app->ja };
	if (!r->app->json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO) &&
	    ask_numbers(&r->asker, msg(MSG_PAPER_TOLD, r->app->ja), &k->number, NULL) == ASK_QUIT)
		return err_set(e, ERR_INTERRUPTED, "ended at the numbers");
	return 0;
}

/* What was closed before the run failed is told, too. */
static int
print_asked(struct run *r, int rc, struct err *e)
{
	struct err later = ERR_INIT;

	if (cmd_print(&r->out, rc < 0 ? &later : e) == 0)
		return rc;
	if (rc == 0)
		err_prefix(e, "see followup list --closed");
	return -1;
}

static int
ask(struct run *r, struct err *e)
{
	struct logbook log;
	struct followups f = { .rb = r->rb, .store = r->store, .ja = r->app->ja,
		.json = r->app->json, .typed = r->typed, .log = &log, .wake_fd = -1 };
	int rc;

	if (service_is_offline(&r->service))
		return err_set(e, ERR_CONFIG, "there is nobody to ask: the service is offline");
	if (service_of(&r->service, &f.service, e) < 0)
		return -1;
	logbook_open(&log, &r->o, NULL);
	if ((rc = service_confine(false, e)) == 0) {
		rc = followups_run(&f, &r->out, e);
		rc = print_asked(r, rc, e);
	}
	if (rc == 0)
		rc = f.failed > 0 ? err_exit_status(ERR_BATCH_ROWS) : 0;
	if (log.why.code != ERR_NONE)
		r->unlogged = unrecorded(&log.why);
	logbook_close(&log);
	return rc;
}

static int
run_run(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	const char *facts = NULL;
	const struct opt told = { OPT_STRING, "facts", "FILE", &facts,
		T("患者から聞いた番号と生年月日(JSON)", "numbers and birth date that the patient told (JSON)") };
	int rc = begin(&r, app, true, &told, 1, argc, argv, e);

	rc = operands(&r, rc, 0, 1, e);
	if (rc >= 0)
		rc = read_told(&r, rc == 1 ? argv[0] : NULL, facts, e) < 0 ? -1 : ask(&r, e);
	return end(&r, rc);
}

static const struct cmd subs[] = {
	{ "list", "[OPTION]...",
	    T("まだ済んでいないこと", "what is still to be done"), run_list, NULL },
	{ "run", "[OPTION]... [ID]",
	    T("資格確認サービスにあらためて照会する", "ask the service again"), run_run, NULL },
	{ "done", "[OPTION]... ID",
	    T("済んだものを閉じる", "close one that is done"), run_done, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL }
};

const struct cmd cmd_followup = {
	"followup", "SUBCOMMAND", T("後で確かめること", "what provisional verdicts left to be done"), cmd_run_group, subs
};

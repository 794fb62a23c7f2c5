#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/records.h"
#include "decide/verdict_out.h"
#include "json/json.h"

#define DONE_NOTE_MAX	300	/* bytes */

/* What a provisional verdict left to be done, as it stands in the store. */
struct debt {
	const struct store_entry *entry;
	const struct json	*what;		/* recording.h */
	int			 by;		/* DATE_NONE: no day */
};

struct run {
	struct app		*app;
	struct records_options	 o;
	struct config		 config;
	struct rulebase		*rb;
	struct store		*store;
	const char		*note;
	int			 today;
	struct buf		 out;
	long			 n, late;
};

static int
begin(struct run *r, struct app *app, const struct opt *more, int argc, char **argv,
    int operands, struct err *e)
{
	struct opt opts[4] = { RECORDS_OPTIONS(&r->o) };
	bool seen[OPT_MAX] = { false };
	const size_t n = more != NULL ? 4 : 3;
	int rc;

	r->app = app;
	r->today = date_of_unix_jst((long long)time(NULL));
	if (more != NULL)
		opts[3] = *more;
	rc = cmd_options(app, opts, n, argc, argv, seen, e);
	if (rc < 0)
		return rc;
	if (rc != operands)
		return err_set(e, ERR_USAGE, "%s takes %d operand(s)", app->cmd->name, operands);
	if (config_read(&r->config, app->config, opts, n, seen, e) < 0 ||
	    (r->rb = rulebase_embedded(e)) == NULL || records_open(&r->o, &r->store, e) < 0)
		return -1;
	if (r->store == NULL)
		return err_set(e, ERR_CONFIG, "there are no records (shikaku store init)");
	return 0;
}

static int
end(struct run *r, int rc)
{
	store_close(r->store);
	rulebase_free(r->rb);
	config_release(&r->config);
	buf_free(&r->out);
	return rc == -2 ? 0 : rc;
}

/* The sentence of a code, or the code of rules that are no more. */
static void
add_sentence(struct run *r, const char *code, int by)
{
	const struct text_words *w = code != NULL ? rulebase_text(r->rb, code) : NULL;

	if (w == NULL)
		text_add_safe(&r->out, code != NULL ? code : "");
	else
		said_add(&r->out, &(struct said){ .code = code, .ja = w->ja, .en = w->en,
		    .date = by != DATE_NONE ? by : FACT_ABSENT }, r->app->ja);
}

static void
add_debt(struct run *r, const struct debt *d)
{
	const char *const code = js_str(d->what, "code");
	const char *const by = js_str(d->what, "by");
	struct jw w = { &r->out, false };
	long long percent = 0;

	if (!r->app->json) {
		buf_addf(&r->out, "%6lld  %-10s %s %-12s  ", d->entry->seq, by != NULL ? by : "-",
		    d->by != DATE_NONE && d->by < r->today ? "!" : " ", d->entry->patient);
		add_sentence(r, code, d->by);
		buf_addc(&r->out, '\n');
		return;
	}
	jw_open(&w, NULL, '{');
	jw_int(&w, "id", d->entry->seq);
	jw_str(&w, "patient", d->entry->patient);
	jw_str(&w, "code", code);
	jw_str(&w, "by", by);
	jw_bool(&w, "late", d->by != DATE_NONE && d->by < r->today);
	jw_str(&w, "visit_date", js_str(d->what, "visit_date"));
	if (js_int(d->what, "percent", &percent) && percent > 0)
		jw_int(&w, "copay_percent", percent);
	else
		jw_null(&w, "copay_percent");
	jw_close(&w, '}');
	buf_addc(&r->out, '\n');
}

static int
take_debt(struct run *r, const struct store_entry *x, struct err *e)
{
	struct json *doc = js_parse((const char *)x->text.p, x->text.n, e);
	const char *by = js_str(doc, "by");
	struct debt d = { x, doc, by != NULL ? date_parse_iso(by, strlen(by)) : DATE_NONE };

	if (doc == NULL)
		return -1;
	add_debt(r, &d);
	r->n++;
	r->late += d.by != DATE_NONE && d.by < r->today;
	js_free(doc);
	return 0;
}

static int
list(struct run *r, struct err *e)
{
	const struct store_query q = { .kind = STORE_DEBT, .open = true };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	if (store_select(r->store, &q, &c, e) < 0)
		return -1;
	while ((rc = store_next(c, &x, e)) == 1)
		if (take_debt(r, &x, e) < 0) {
			rc = -1;
			break;
		}
	store_end(c);
	if (rc == 0 && !r->app->json)
		buf_addf(&r->out, r->app->ja ? "未了 %ld件(期限を過ぎたもの %ld件)\n" :
		    "%ld open (%ld past the day)\n", r->n, r->late);
	return rc < 0 ? -1 : cmd_print(&r->out, e);
}

static int
run_list(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	int rc = begin(&r, app, NULL, argc, argv, 0, e);

	return end(&r, rc == 0 ? list(&r, e) : rc);
}

/* The patient of an open debt, into out; 0 found, -1. */
static int
find(struct run *r, long long id, struct buf *patient, struct err *e)
{
	const struct store_query q = { .kind = STORE_DEBT, .open = true };
	struct store_cursor *c;
	struct store_entry x;
	int rc;

	if (store_select(r->store, &q, &c, e) < 0)
		return -1;
	while ((rc = store_next(c, &x, e)) == 1 && x.seq != id)
		;
	if (rc == 1)
		buf_adds(patient, x.patient);
	else if (rc == 0)
		rc = err_set(e, ERR_USAGE, "nothing open has the number %lld", id);
	store_end(c);
	return rc < 0 ? -1 : 0;
}

/* Found and closed in one step: two clerks do not both close it. */
static int
close_debt(struct run *r, long long id, struct err *e)
{
	struct buf patient = BUF_INIT, text = BUF_INIT;
	struct jw w = { &text, false };
	struct store_entry x = { .kind = STORE_CLOSED, .ref = id, .at = (long long)time(NULL) };
	int rc;

	if (store_begin(r->store, e) < 0)
		return -1;
	jw_open(&w, NULL, '{');
	jw_str(&w, "how", "done");
	jw_str(&w, "note", r->note);
	jw_close(&w, '}');
	rc = find(r, id, &patient, e);
	if (rc == 0 && (patient.failed || text.failed))
		rc = err_set(e, ERR_NOMEM, "out of memory");
	if (rc == 0) {
		x.patient = patient.p;
		x.text = (struct span){ (const uint8_t *)text.p, text.n };
		rc = store_add(r->store, &x, NULL, e);
	}
	rc = rc == 0 ? store_commit(r->store, e) : rc;
	store_abort(r->store);
	buf_free(&patient);
	buf_free(&text);
	return rc;
}

static int
done(struct run *r, const char *id, struct err *e)
{
	char *rest;
	long long seq;

	errno = 0;
	seq = strtoll(id, &rest, 10);
	if (errno != 0 || *rest != '\0' || *id < '1' || *id > '9')
		return err_set(e, ERR_USAGE, "no number of followup list: %.20s", id);
	if (r->note != NULL && strlen(r->note) > DONE_NOTE_MAX)
		return err_set(e, ERR_USAGE, "--note: at most %d bytes", DONE_NOTE_MAX);
	return close_debt(r, seq, e);
}

static int
run_done(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .o = RECORDS_OPTIONS_INIT, .out = BUF_INIT };
	const struct opt note = { OPT_STRING, "note", "TEXT", &r.note,
		T("どう済んだか", "how it was done") };
	int rc = begin(&r, app, &note, argc, argv, 1, e);

	return end(&r, rc == 0 ? done(&r, argv[0], e) : rc);
}

static const struct cmd subs[] = {
	{ "list", "[OPTION]...",
	    T("まだ済んでいないこと", "what is still to be done"), run_list, NULL },
	{ "done", "[OPTION]... ID",
	    T("済んだものを閉じる", "close one that is done"), run_done, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL }
};

const struct cmd cmd_followup = {
	"followup", "SUBCOMMAND", T("後で確かめること", "what provisional verdicts left to be done"), cmd_run_group, subs
};

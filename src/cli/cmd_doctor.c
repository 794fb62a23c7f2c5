#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/date.h"
#include "base/secret.h"
#include "cli/anchors.h"
#include "cli/cmd.h"
#include "cli/cmd_rules.h"
#include "cli/config.h"
#include "cli/grid.h"
#include "cli/next.h"
#include "cli/records.h"
#include "cli/service.h"
#include "desk/doctor.h"
#include "store/key.h"

#define DEFAULT_TIMEOUT_S	10
#define STATE_WIDTH		6
#define PART_WIDTH		18
#define TEXT_WIDTH		50	/* leaves two for a mark that may not begin a line */

struct doctor_options {
	const char		*reader, *card, *rules;
	struct service_options	 service;
	struct opt_list		 card_ca;
	struct records_options	 records;
	int			 timeout;
};

struct run {
	struct app		*app;
	struct doctor_options	 o;
	struct config		 config;
	struct doctor		 d;
};

static void
look_at_configuration(struct run *r, const struct opt *opts, size_t n, const bool *seen)
{
	struct err e = ERR_INIT;

	if (config_read(&r->config, r->app->config, opts, n, seen, &e) < 0)
		doctor_bad(&r->d, PART_CONFIGURATION, &e, NULL);
	else if (r->config.path == NULL)
		doctor_say(&r->d, PART_CONFIGURATION, FINDING_NOTE, "%s", r->d.ja ?
		    "ファイルがない(~/.config/shikaku/ と /etc/shikaku/)" :
		    "no file (~/.config/shikaku/, /etc/shikaku/)");
	else
		doctor_say(&r->d, PART_CONFIGURATION,
		    r->config.test_mode ? FINDING_NOTE : FINDING_OK, "%.200s%s", r->config.path, !r->config.test_mode ? "" :
		    r->d.ja ? "(試験用の構成 mode = test)" : " (mode = test)");
}

static int
oldest_rule(const struct rulebase *rb)
{
	int oldest = FACT_ABSENT;

	for (int t = 0; t < TABLE_MAX; t++)
		for (int i = 0; i < rb->set.table[t].rules; i++) {
			const int day = rb->set.table[t].rule[i].verified_on;

			if (!fact_known(oldest) || day < oldest)
				oldest = day;
		}
	return oldest;
}

static void
look_at_rules(struct run *r)
{
	struct err e = ERR_INIT;
	struct rulebase *rb = rules_open(r->o.rules, &e);
	struct doctor *d = &r->d;
	char day[DATE_ISO_LEN + 1];
	int until;

	if (rb == NULL) {
		doctor_bad(d, PART_RULES, &e, NULL);
		return;
	}
	d->verified_on = oldest_rule(rb);
	until = d->verified_on + rb->set.parameters.stale_after_days;
	date_format_iso(until, day);
	doctor_say(d, PART_RULES, d->today > until ? FINDING_NOTE : FINDING_OK, d->ja ?
	    "%.60s 版、%s まで確認済み%s" : "edition %.60s, verified to %s%s", rb->edition, day,
	    d->today <= until ? "" : d->ja ? "(古い)" : " (stale)");
	if (d->today > until)
		d->found[PART_RULES].next = d->ja ? "新しい版に入れ替える" :
		    "install a newer edition";
	rulebase_free(rb);
}

/* Is there a key that nobody said the passphrase of? */
static bool
is_locked(const struct records_options *o)
{
	struct err ignored = ERR_INIT;
	struct records_paths p;
	bool locked = false;

	if (o->passphrase_fd < 0 && records_paths(o, &p, &ignored) == 0) {
		locked = access(p.store, F_OK) == 0 && key_wants_passphrase(p.key, &ignored) == 1;
		records_paths_free(&p);
	}
	return locked;
}

static void
look_at_store(struct run *r)
{
	struct doctor *d = &r->d;
	struct err e = ERR_INIT;
	struct store_head head;
	struct store *s = NULL;

	if (is_locked(&r->o.records)) {
		doctor_say(d, PART_STORE, FINDING_SKIPPED, "%s", d->ja ?
		    "鍵に合言葉があるので開けていない" : "not opened, its key has a passphrase");
	} else if (records_open(&r->o.records, &s, &e) < 0 ||
	    (s != NULL && store_head(s, &head, &e) < 0)) {
		doctor_bad(d, PART_STORE, &e, NULL);
	} else if (s == NULL) {
		doctor_say(d, PART_STORE, FINDING_NOTE, "%s", d->ja ? "記録していない" : "off");
		d->found[PART_STORE].next = d->ja ? "shikaku store init で始める" :
		    "shikaku store init begins it";
	} else {
		doctor_say(d, PART_STORE, FINDING_OK, d->ja ? "%lld件" : "%lld entries", head.seq);
	}
	store_close(s);
}

static void
look_at_audit_log(struct run *r)
{
	struct err e = ERR_INIT;
	struct doctor *d = &r->d;
	char *folder = NULL;

	if (records_audit(&r->o.records, &folder, &e) < 0 || access(folder, F_OK) < 0) {
		doctor_say(d, PART_AUDIT_LOG, FINDING_NOTE, "%s", d->ja ? "記録していない" : "off");
		d->found[PART_AUDIT_LOG].next = d->ja ? "shikaku audit init で始める" :
		    "shikaku audit init begins it";
	} else if (audit_ready(folder, &e) < 0) {
		doctor_bad(d, PART_AUDIT_LOG, &e, NULL);
	} else {
		doctor_say(d, PART_AUDIT_LOG, FINDING_OK, "%s", d->ja ?
		    "書ける(改ざんの検査は shikaku audit verify)" :
		    "can be written (shikaku audit verify looks for tampering)");
	}
	free(folder);
}

static void
look(struct run *r)
{
	const struct elig_service service = {
		.url = r->o.service.url, .client_cert = r->o.service.client_cert,
		.client_key = r->o.service.client_key, .ca = r->o.service.ca,
	};
	/* one that can not be used is a finding of its own */
	struct err ignored = ERR_INIT;
	struct x509_anchors *anchors = anchors_load(&r->o.card_ca, &ignored);
	const struct doctor_desk desk = {
		.anchors = anchors, .card = { r->o.reader, r->o.card, NULL, 0 }, .service = &service,
		.offline = service_is_offline(&r->o.service),
		.card_ca = r->o.card_ca.item, .card_cas = r->o.card_ca.n,
		.test_mode = r->config.test_mode,
	};
	const long long deadline_ms = https_clock_ms() + r->o.timeout * 1000LL;

	doctor_files(&r->d, &desk);
	/* half of the time, so that a pcscd that hangs leaves some for the service */
	doctor_reader(&r->d, &desk, r->o.timeout * 500);
	doctor_service(&r->d, &desk, deadline_ms);
	x509_anchors_free(anchors);
}

/* A part that nothing was said of stands on one that is broken. */
static const char *
text_of(const struct finding *f, bool ja)
{
	if (f->text[0] != '\0')
		return f->text;
	if (f->state == FINDING_BAD)
		return err_text(f->err.code, ja);
	return ja ? "ほかの部分が直るまで調べられない" :
	    "can not be looked at before other parts are right";
}

static const char *
next_of(const struct finding *f, bool ja)
{
	if (f->next != NULL)
		return f->next;
	return f->state == FINDING_BAD ? error_next(f->err.code, 0, ja) : NULL;
}

static void
add_row(struct buf *b, const char *state, const char *part, const char *text)
{
	static const int widths[] = { STATE_WIDTH, PART_WIDTH, TEXT_WIDTH };
	const char *const cells[] = { state, part, text };

	grid_row(b, cells, widths, 3);
}

static void
add_finding(struct buf *b, const struct doctor *d, enum doctor_part part)
{
	const struct finding *f = &d->found[part];
	const char *next = next_of(f, d->ja);
	const bool bad = f->state == FINDING_BAD;
	struct buf line = BUF_INIT;

	add_row(b, finding_word(f->state, d->ja), doctor_part_word(part, d->ja),
	    text_of(f, d->ja));
	if (bad && f->err.msg[0] != '\0')
		add_row(b, "", "", f->err.msg);
	if (next != NULL) {
		buf_addf(&line, "-> %s", next);
		add_row(b, "", "", line.p != NULL ? line.p : "");
	}
	buf_free(&line);
}

static void
print_text(struct buf *b, const struct doctor *d)
{
	const int status = doctor_status(d);
	int bad = 0;

	for (int i = 0; i < PART_MAX; i++) {
		add_finding(b, d, (enum doctor_part)i);
		bad += d->found[i].state == FINDING_BAD;
	}
	if (bad == 0)
		buf_adds(b, d->ja ? "\n異常はありません。\n" : "\nNothing is broken.\n");
	else
		buf_addf(b, d->ja ? "\n異常 %d件。-> の手当てを上から順に(終了コード %d)。\n" :
		    "\n%d broken: do what -> says, from the top (exit status %d).\n", bad, status);
}

static void
finding_json(struct jw *w, const struct doctor *d, enum doctor_part part)
{
	const struct finding *f = &d->found[part];
	const char *next = next_of(f, d->ja);
	const bool bad = f->state == FINDING_BAD;

	jw_open(w, NULL, '{');
	jw_str(w, "part", doctor_part_name(part));
	jw_str(w, "state", finding_name(f->state));
	jw_str(w, "text", text_of(f, d->ja));
	if (bad) {
		jw_str(w, "code", err_name(f->err.code));
		jw_int(w, "exit", err_exit_status(f->err.code));
		jw_str(w, "reason", f->err.msg);
	}
	jw_open(w, "next", '[');
	if (next != NULL)
		jw_str(w, NULL, next);
	jw_close(w, ']');
	jw_close(w, '}');
}

static void
print_json(struct buf *b, const struct doctor *d)
{
	struct jw w = { b, false };

	jw_open(&w, NULL, '{');
	jw_open(&w, "doctor", '{');
	jw_int(&w, "exit", doctor_status(d));
	jw_open(&w, "parts", '[');
	for (int i = 0; i < PART_MAX; i++)
		finding_json(&w, d, (enum doctor_part)i);
	jw_close(&w, ']');
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(b, '\n');
}

static int
parse(struct run *r, int argc, char **argv, struct err *e)
{
	struct doctor_options *o = &r->o;
	const struct opt opts[] = {
		{ OPT_STRING, "reader", "NAME", &o->reader, T("リーダーの名前(一部でよい)", "reader by (part of) its name") },
		{ OPT_STRING, "card", "FILE", &o->card, T("PC/SCの代わりに試験用カード", "a fixture card instead of PC/SC") },
		SERVICE_OPTIONS(&o->service),
		{ OPT_LIST, "card-ca", "PEM", &o->card_ca, T("カードの認証局(何度でも)", "trust anchor of cards, repeatable") },
		RECORDS_OPTIONS(&o->records),
		{ OPT_INT, "timeout", "SECONDS", &o->timeout, T("全体の待ち時間の上限(10)", "deadline for all of it (10)") },
		{ OPT_STRING, "rules", "FILE", &o->rules, T("別の規則ファイル", "other rules") },
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	bool seen[OPT_MAX] = { false };
	const int operands = cmd_options(r->app, opts, n, argc, argv, seen, e);

	if (operands < 0)
		return operands;
	if (operands > 0)
		return err_set(e, ERR_USAGE, "doctor takes no operand");
	r->d.ja = r->app->ja;
	r->d.today = date_of_unix_jst((long long)time(NULL));
	r->d.verified_on = FACT_ABSENT;
	look_at_configuration(r, opts, n, seen);
	if (o->timeout < 1 || o->timeout > 600)
		return err_set(e, ERR_USAGE, "--timeout is 1 to 600 seconds");
	return 0;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct run r = { .app = app, .o = { .timeout = DEFAULT_TIMEOUT_S,
		.records = RECORDS_OPTIONS_INIT } };
	struct buf b = BUF_INIT;
	int rc;

	secret_harden_process();
	if ((rc = parse(&r, argc, argv, e)) == 0 && (rc = service_confine(true, e)) == 0) {
		look_at_rules(&r);
		look_at_store(&r);
		look_at_audit_log(&r);
		look(&r);
		if (app->json)
			print_json(&b, &r.d);
		else
			print_text(&b, &r.d);
		rc = cmd_print(&b, e) < 0 ? -1 : doctor_status(&r.d);
	}
	app->thread_left = r.d.thread_left;
	config_release(&r.config);
	return rc;
}

const struct cmd cmd_doctor = {
	"doctor", "[OPTION]...",
	T("点検: リーダー、サービス、証明書、時計、規則、記録を調べ、直し方を言う",
	    "checks reader, service, certificates, clock, rules, records, and says what to do"), run, NULL
};

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/memory.h"
#include "base/secret.h"
#include "cli/batch_records.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/followups.h"
#include "cli/logbook.h"
#include "cli/out_batch.h"
#include "cli/progress.h"
#include "cli/service.h"

#define TICK_MS		200
#define BAD_ROWS_TOLD	20	/* on stderr */

/* The options as they were written. */
struct batch_options {
	const char	*output, *format, *report, *mode, *rate, *rules;
	struct service_options	 service;
	struct records_options	 records;
	bool		 excel, resume, quiet, followups;
	int		 max_parallel, bulk_size, poll, timeout, progress;
};

/* Everything a run holds; released in one place. */
struct batch {
	struct app		*app;
	struct batch_options	 o;
	struct config		 config;
	const char		*list_name;	/* "-": standard input */
	FILE			*in;
	struct list		*list;
	struct rulebase		*rb;
	struct run_config	 run;
	int			 rate;
	struct out_batch	 out;
	struct batch_records	 records;
	struct logbook		 log;
	char			*journal;	/* its path, or NULL */
	struct progress		 progress;
	int			 bad_rows;
};

static volatile sig_atomic_t stop;
static int wake = -1, nothing = -1;
/* List and output where they are no files: whoever is at the other end may keep us for ever. */
static volatile sig_atomic_t held_up[2] = { -1, -1 };

/*
 * What reads or writes comes back, and what was about to finds /dev/null: there
 * is no moment between.
 */
static void
on_signal(int sig)
{
	const uint64_t one = 1;
	const int saved = errno;

	(void)sig;
	stop = 1;
	for (int i = 0; i < 2; i++)
		if (held_up[i] >= 0)
			dup2(nothing, held_up[i]);
	if (write(wake, &one, sizeof(one)) < 0)
		errno = saved;
	errno = saved;
}

/* The first one ends the run in order, a second one at once; what nohup ignores stays so. */
static int
catch_signals(struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (wake < 0 || nothing < 0)
		return err_set(e, ERR_INTERNAL, "eventfd, /dev/null: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction old;

		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &a, NULL);
	}
	return 0;
}

/* "20" or "20/s". */
static int
rate_option(const char *value, int *out, struct err *e)
{
	char *end = NULL;
	long n = 0;

	*out = 0;
	if (value == NULL)
		return 0;
	if (*value >= '0' && *value <= '9')
		n = strtol(value, &end, 10);
	if (n < 1 || n > 100000 || (strcmp(end, "") != 0 && strcmp(end, "/s") != 0))
		return err_set(e, ERR_USAGE, "--rate is a number of questions a second: N/s");
	*out = (int)n;
	return 0;
}

static int
range(const char *option, int value, int least, int most, struct err *e)
{
	if (value >= least && value <= most)
		return 0;
	return err_set(e, ERR_USAGE, "--%s is %d to %d", option, least, most);
}

static int
check_options(struct batch *b, struct err *e)
{
	const struct batch_options *o = &b->o;

	if (o->mode != NULL && strcmp(o->mode, "single") != 0 && strcmp(o->mode, "bulk") != 0)
		return err_set(e, ERR_USAGE, "--mode does not take \"%.40s\"", o->mode);
	if (o->format != NULL && strcmp(o->format, "csv") != 0 &&
	    strcmp(o->format, "ndjson") != 0)
		return err_set(e, ERR_USAGE, "--format does not take \"%.40s\"", o->format);
	if (o->resume && o->output == NULL)
		return err_set(e, ERR_USAGE, "--resume needs --output FILE");
	if (o->report != NULL && strcmp(o->report, "-") == 0)
		return err_set(e, ERR_USAGE, "--report takes a file");
	/* the floor is the service's rule; only a test may ask sooner */
	return range("max-parallel", o->max_parallel, 1, MANY_LINES_MAX, e) < 0 ||
	    range("bulk-size", o->bulk_size, 1, 1000, e) < 0 ||
	    range("poll", o->poll, b->config.test_mode ? 0 : 5, 3600, e) < 0 ||
	    range("timeout", o->timeout, 1, 600, e) < 0 ||
	    range("progress", o->progress, 1, 3600, e) < 0 ||
	    rate_option(o->rate, &b->rate, e) < 0 ? -1 : 0;
}

static int
parse(struct batch *b, int argc, char **argv, struct err *e)
{
	struct batch_options *o = &b->o;
	const struct opt opts[] = {
		{ OPT_STRING, "output", "FILE", &o->output, T("出力ファイル(-o。省略時は標準出力)", "output file (-o; default standard output)") },
		{ OPT_STRING, "format", "csv|ndjson", &o->format, T("出力の形式", "format of the output") },
		{ OPT_FLAG, "excel", NULL, &o->excel, T("Excelで開くCSVにする", "CSV that Excel opens as it is meant") },
		{ OPT_STRING, "report", "FILE", &o->report, T("朝の打ち合わせ用のHTML", "HTML page for the morning meeting") },
		{ OPT_FLAG, "resume", NULL, &o->resume, T("中断したところから続ける", "go on where a run was broken off") },
		{ OPT_STRING, "mode", "single|bulk", &o->mode, T("1件ずつか一括照会", "one by one (default) or 一括照会") },
		{ OPT_INT, "max-parallel", "N", &o->max_parallel, T("同時に照会する数(6)", "questions at a time (6)") },
		{ OPT_STRING, "rate", "N/s", &o->rate, T("1秒あたりの照会の上限", "at most so many questions a second") },
		{ OPT_INT, "bulk-size", "N", &o->bulk_size, T("一括照会1回の件数(500)", "questions of one 一括照会 (500)") },
		{ OPT_INT, "poll", "SECONDS", &o->poll, T("一括照会の結果を待つ最短の時間(5)", "first question for the result of 一括照会 after (5)") },
		SERVICE_OPTIONS(&o->service),
		RECORDS_OPTIONS(&o->records),
		{ OPT_FLAG, "followups", NULL, &o->followups, T("記録にある後日の確認(followup run)もする", "then also what followup run does") },
		{ OPT_INT, "timeout", "SECONDS", &o->timeout, T("1回の応答を待つ上限(10)", "deadline for one answer (10)") },
		{ OPT_STRING, "rules", "FILE", &o->rules, T("別の規則ファイル", "other rules") },
		{ OPT_FLAG, "quiet", NULL, &o->quiet, T("進み具合もまとめも出さない", "no progress and no summary") },
		{ OPT_INT, "progress", "SECONDS", &o->progress, T("端末でないとき進み具合を出す間隔(10)", "a line of progress so often without a terminal (10)") },
	};
	const size_t n = sizeof(opts) / sizeof(opts[0]);
	bool seen[OPT_MAX] = { false };
	const int operands = cmd_options(b->app, opts, n, argc, argv, seen, e);

	if (operands < 0)
		return operands;
	if (operands != 1)
		return err_set(e, ERR_USAGE, "batch takes one list");
	b->list_name = argv[0];
	if (config_read(&b->config, b->app->config, opts, n, seen, e) < 0 ||
	    check_options(b, e) < 0)
		return -1;
	if (service_is_offline(&o->service))
		return err_set(e, ERR_CONFIG, "batch has nobody to ask: the service is offline");
	return service_of(&o->service, &b->run.service, e);
}

/* Not what a signal made of it. */
static int
unless_stopped(int rc, struct err *e)
{
	if (!stop)
		return rc;
	err_clear(e);
	return err_set(e, ERR_INTERRUPTED, "interrupted");
}

static int
open_list(struct batch *b, struct err *e)
{
	b->in = strcmp(b->list_name, "-") == 0 ? stdin : fopen(b->list_name, "rbe");
	if (b->in == NULL)
		return unless_stopped(err_set(e, err_of_file(ERR_CONFIG), "%s: %s", b->list_name,
		    strerror(errno)), e);
	if (!out_batch_is_file(fileno(b->in)))
		held_up[0] = fileno(b->in);
	if (out_batch_goes_to(b->o.output, fileno(b->in)) ||
	    out_batch_is_at(fileno(b->in), b->o.report))
		return err_set(e, ERR_USAGE, "%s is the list: what comes of it takes another file",
		    b->list_name);
	/* two runs on one list would spoil each other's */
	if (out_batch_lock(fileno(b->in), b->list_name, e) < 0)
		return -1;
	if ((b->list = list_open(b->in, e)) == NULL)
		err_prefix(e, "%s", b->list_name);
	return unless_stopped(b->list != NULL ? 0 : -1, e);
}

/* A name that ends like this? */
static bool
ends_with(const char *name, const char *ending)
{
	const size_t n = strlen(name), k = strlen(ending);

	return n > k && strcasecmp(name + n - k, ending) == 0;
}

static void
choose_format(struct batch *b)
{
	const struct batch_options *o = &b->o;
	const char *name = o->output != NULL ? o->output : "";

	if (o->format != NULL)
		b->out.ndjson = strcmp(o->format, "ndjson") == 0;
	else if (o->excel || ends_with(name, ".csv"))
		b->out.ndjson = false;
	else
		b->out.ndjson = ends_with(name, ".ndjson") || ends_with(name, ".jsonl") ||
		    list_format(b->list) == LIST_NDJSON;
	b->out.form = (struct out_form){ .spreadsheet = o->excel, .texts = o->excel,
		.ja = b->app->ja, .more = list_format(b->list) == LIST_NDJSON };
	b->out.form.name = list_extras(b->list, &b->out.form.names);
}

static int
sink_tick(void *ctx, const struct run_state *s, struct err *e)
{
	struct batch *b = ctx;

	progress_show(&b->progress, s);
	/* a heading alone is no output */
	return s->rows > 0 ? out_batch_flush(&b->out, e) : 0;
}

/* A record for each patient who was asked about. */
static void
log_row(struct batch *b, const struct out_row *row)
{
	const struct deed d = { .command = "batch", .patient = row->patient_id,
		.outcome = status_name(row->status, false), .path = row->path, .edition = b->rb->edition };

	logbook_add(&b->log, b->records.store, &d);
}

/* Of a group of rows, before anybody sees them. */
static void
record_rows(void *ctx)
{
	struct batch *b = ctx;

	batch_records_flush(&b->records, b->run.by.today);
	(void)logbook_write(&b->log, b->records.store);
}

/* The first of them; all are in the output. */
static void
say_bad_row(struct batch *b, const struct row *row)
{
	struct buf reason = BUF_INIT;

	if (b->o.quiet || b->bad_rows++ >= BAD_ROWS_TOLD)
		return;
	row_reason(row, b->app->ja, &reason);
	progress_clear(&b->progress);
	if (!reason.failed)
		fprintf(stderr, "%s\n", reason.p);
	buf_free(&reason);
}

static int
sink_row(void *ctx, const struct row *row, const struct appraisal *a, struct err *e)
{
	struct batch *b = ctx;

	if (row->fault != ROW_NONE)
		say_bad_row(b, row);
	else
		log_row(b, &a->out);
	batch_records_feed(&b->records, row, a, b->run.by.today);
	return out_batch_row(&b->out, row, a, e);
}

static int
sink_end(void *ctx, struct err *e)
{
	struct batch *b = ctx;

	/* some row may have been compared or worded wrongly: a resumed run makes them all anew */
	if (memory_was_lost())
		return err_set(e, ERR_NOMEM, "out of memory");
	return out_batch_end(&b->out, e);
}

static int
open_output(struct batch *b, struct err *e)
{
	const long long now = (long long)time(NULL);
	const char *slash = strrchr(b->list_name, '/');
	const struct report_head head = {
		.ja = b->app->ja, .today = date_of_unix_jst(now),
		.minute = (int)((now + 9 * 3600) % 86400 / 60),
		.list = b->in == stdin ? NULL : slash != NULL ? slash + 1 : b->list_name,
		.bulk = b->run.bulk,
		.edition = b->rb->edition,
	};

	b->out.name = b->o.output;
	b->out.report_name = b->o.report;
	b->out.before = record_rows;
	b->out.ctx = b;
	choose_format(b);
	if (out_batch_open(&b->out, &head, e) < 0)
		return -1;
	if (!b->out.is_file)
		held_up[1] = b->out.fd;
	if (b->out.is_file && asprintf(&b->journal, "%s.journal", b->out.name) < 0) {
		b->journal = NULL;
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	if (b->journal != NULL && (out_batch_is_at(fileno(b->in), b->journal) ||
	    (b->o.report != NULL && out_batch_is_name(b->o.report, b->journal))))
		return err_set(e, ERR_USAGE, "%s is the journal's name: list and page take another",
		    b->journal);
	b->run.journal = b->journal;
	return b->o.resume && b->journal == NULL ?
	    err_set(e, ERR_USAGE, "--resume needs --output FILE") : 0;
}

static void
configure(struct batch *b)
{
	const struct batch_options *o = &b->o;
	struct run_config *c = &b->run;

	c->list = b->list;
	c->resume = o->resume;
	c->bulk = o->mode != NULL && strcmp(o->mode, "bulk") == 0;
	c->bulk_size = (size_t)o->bulk_size;
	c->pool = (struct pool_config)POOL_CONFIG_INIT;
	c->pool.connections = o->max_parallel;
	c->pool.timeout_ms = o->timeout * 1000;
	c->pool.retry.rate = b->rate;
	c->pool.wake_fd = wake;
	c->bulk_config = (struct bulk_config)BULK_CONFIG_INIT;
	c->bulk_config.timeout_ms = o->timeout * 1000;
	c->bulk_config.poll_floor_ms = o->poll * 1000;
	if (o->poll == 0) {
		c->bulk_config.poll_floor_ms = 20;
		c->bulk_config.poll_ceiling_ms = 100;
		/* a test's: what is dead there stays so */
		c->bulk_config.retry.patience_ms = 2000;
	}
	if (c->bulk_config.poll_ceiling_ms < c->bulk_config.poll_floor_ms)
		c->bulk_config.poll_ceiling_ms = c->bulk_config.poll_floor_ms;
	c->bulk_config.retry.rate = b->rate;
	c->bulk_config.wake_fd = wake;
	c->by = (struct appraiser){ b->rb, b->app->ja, date_of_unix_jst((long long)time(NULL)) };
	c->sink = (struct run_sink){ b, sink_row, sink_end, sink_tick };
	c->tick_ms = TICK_MS;
	c->stop = &stop;
}

static void
say_summary(const struct batch *b, const struct run_state *s)
{
	const double seconds = (double)(https_clock_ms() - b->progress.begun) / 1000;
	const bool ja = b->app->ja;
	struct buf t = BUF_INIT;

	if (b->o.quiet)
		return;
	progress_counts(&t, s, ja);
	buf_addf(&t, ja ? "。変更 %ld、持参の案内 %ld、再試行できる失敗 %ld。%.1f秒" :
	    ". changes %ld, something to bring %ld, failures worth another try %ld. %.1f s",
	    b->out.changed, b->out.to_bring, s->retryable, seconds);
	if (s->replayed > 0)
		buf_addf(&t, ja ? "(記録から %ld)" : " (%ld from the journal)", s->replayed);
	if (!t.failed)
		fprintf(stderr, "%s\n", t.p);
	if (s->bulk)
		fprintf(stderr, "%s\n", caution_text(CAUTION_BULK_WITHOUT_LIMIT, ja));
	buf_free(&t);
}

/* What there is now, and how to go on; not where that would only fail again. */
static void
say_broken_off(const struct batch *b, const struct run_state *s, enum err_code why)
{
	const bool ja = b->app->ja;

	if (b->journal != NULL && why != ERR_CONFIG && why != ERR_INTEGRITY)
		fprintf(stderr, ja ? "%ld行まで。同じ指定に --resume を付けると続きから照会します。\n" :
		    "%ld rows so far; the same command with --resume goes on from there.\n",
		    s->rows);
}

static int
finish(struct batch *b, const struct run_state *s, int rc, const struct err *e)
{
	struct err later = ERR_INIT;

	progress_clear(&b->progress);
	if (rc < 0) {
		if (s->rows > 0)
			(void)out_batch_flush(&b->out, &later);
		say_broken_off(b, s, e->code);
		return -1;
	}
	say_summary(b, s);
	return s->of_status[STATUS_ERROR] > 0 ? err_exit_status(ERR_BATCH_ROWS) : 0;
}

/* It is said where the output does not go. */
static int
follow_up(struct batch *b, int status, struct err *e)
{
	struct followups f = { .rb = b->rb, .store = b->records.store, .service = b->run.service,
		.ja = b->app->ja, .quiet = b->o.quiet, .typed.birthdate = FACT_ABSENT, .log = &b->log,
		.stop = &stop, .wake_fd = wake };
	struct buf out = BUF_INIT;
	const int rc = followups_run(&f, &out, e);

	if (out.n > 0 && buf_write(&out, b->o.output != NULL ? STDOUT_FILENO : STDERR_FILENO) < 0)
		status = 41;
	buf_free(&out);
	if (rc < 0)
		return -1;
	return f.failed > 0 && status == 0 ? err_exit_status(ERR_BATCH_ROWS) : status;
}

static int
batch(struct batch *b, struct err *e)
{
	struct run_state s = { .rows = 0 };
	int rc;

	b->rb = b->o.rules != NULL ? rulebase_load(b->o.rules, e) : rulebase_embedded(e);
	if (b->rb == NULL || catch_signals(e) < 0 || open_list(b, e) < 0)
		return -1;
	configure(b);
	batch_records_open(&b->records, &b->o.records, &b->run);
	if (open_output(b, e) < 0)
		return -1;
	progress_begin(&b->progress, b->in, b->app->ja, b->o.quiet, b->o.progress);
	rc = finish(b, &s, run_list(&b->run, &s, e), e);
	if (rc >= 0 && b->o.followups && b->records.store != NULL)
		rc = follow_up(b, rc, e);
	if (rc >= 0 && batch_records_status(&b->records) != 0)
		return batch_records_status(&b->records);
	return rc >= 0 && b->log.why.code != ERR_NONE ? unrecorded(&b->log.why) : rc;
}

static int
close_list(struct batch *b, int rc, struct err *e)
{
	struct err later = ERR_INIT;

	if (list_close(b->list, rc < 0 ? &later : e) < 0)
		rc = -1;
	if (b->in != NULL && b->in != stdin)
		fclose(b->in);
	return rc;
}

static int
run(struct app *app, int argc, char **argv, struct err *e)
{
	struct batch b = { .app = app, .out = OUT_BATCH_INIT, .records = BATCH_RECORDS_INIT,
		.log = { .anchor = -1, .why = ERR_INIT }, .o = { .records = RECORDS_OPTIONS_INIT,
		.max_parallel = 6, .bulk_size = 500, .poll = 5, .timeout = 10, .progress = 10 } };
	int rc;

	secret_harden_process();
	if ((rc = parse(&b, argc, argv, e)) == 0) {
		logbook_open(&b.log, &b.o.records, NULL);
		if ((rc = service_confine(false, e)) == 0)
			rc = batch(&b, e);
	}
	rc = close_list(&b, rc, e);
	out_batch_close(&b.out);
	batch_records_close(&b.records);
	logbook_close(&b.log);
	free(b.journal);
	rulebase_free(b.rb);
	config_release(&b.config);
	return rc;
}

const struct cmd cmd_batch = {
	"batch", "[OPTION]... LIST",
	T("予約リスト: 資格をまとめて確かめ、当日の持ち物と変更を出す",
	    "an appointment list: re-check it, say what has changed and what to bring"), run, NULL
};

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/logbook.h"
#include "cli/recording.h"
#include "desk/printer.h"
#include "form/statement.h"
#include "rules/rulebase.h"

#define FACTS_MAX	(4 << 20)	/* bytes */
#define STDIN_PATH	"/dev/stdin"

struct form {
	struct app	*app;
	const char	*facts, *patient, *output, *rules;
	bool		 blank, text;
	bool		 on_file;	/* something is, of the patient */
	bool		 rare_missing;
	int		 unlogged;	/* the exit status where it could not be logged */
	struct records_options records;
	struct config	 config;
};

static bool
is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Beside it under another name and then in its place: whole, or as it was. */
static int
replace_file(const char *path, const struct buf *b, struct err *e)
{
	char *part;
	int fd, rc = -1;

	if (asprintf(&part, "%s.XXXXXX", path) < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((fd = mkostemp(part, O_CLOEXEC)) < 0) {
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
		free(part);
		return -1;
	}
	if (buf_write(b, fd) == 0 && fsync(fd) == 0 && rename(part, path) == 0)
		rc = 0;
	else
		err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if (rc < 0)
		unlink(part);
	close(fd);
	free(part);
	return rc;
}

/* A pipe, a device: what is there stays what it is. */
static int
write_through(const char *path, const struct buf *b, struct err *e)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || buf_write(b, fd) < 0)
		rc = err_set(e, ERR_DISK, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

/* An interruption comes before or after it: nothing is left half-done. */
static int
write_file(const char *path, const struct buf *b, struct err *e)
{
	struct stat st;
	sigset_t held, before;
	int rc;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_through(path, b, e);
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	rc = replace_file(path, b, e);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static const char *
label_of(const struct block *b, bool ja)
{
	return b->label != NULL ? b->label : ja ? "宛先" : "addressee";
}

/* By the rows' names: what stands in them is personal. */
static void
warn_lost(const struct form *f, const struct block *b, struct buf *out)
{
	const bool ja = f->app->ja;

	if (b->lost.unseen > 0)
		buf_addf(out, ja ? "注意: %s: 印字できない字が%d字あり、〓にしました。手書きで直してください\n" :
		    "warning: %s: %d characters can not be printed and are 〓; correct them by hand\n",
		    label_of(b, ja), b->lost.unseen);
	if (b->lost.cut)
		buf_addf(out, ja ? "注意: %s: 長すぎて入らず、途中までになりました\n" :
		    "warning: %s: too long, and was cut\n", label_of(b, ja));
}

static void
warn(const struct form *f, const struct sheet *s)
{
	struct buf out = BUF_INIT;

	/* made all the same: whoever is in charge may think otherwise, or another clinic take it */
	if (f->config.refuse_statement)
		buf_adds(&out, f->app->ja ?
		    "注意: この医院は申立書を受け付けない設定です(accept_statement = no)。check は判定に使いません\n" :
		    "warning: this clinic does not take a 申立書 (accept_statement = no): check goes by none\n");
	if (f->patient != NULL && !f->on_file)
		buf_adds(&out, f->app->ja ?
		    "注意: この患者番号の記録がないので、氏名などは空欄です。番号を確かめてください\n" :
		    "warning: nothing is on file under this number, so that the person is left blank: check the number\n");
	for (int i = 0; i < s->blocks; i++)
		warn_lost(f, &s->block[i], &out);
	if (f->rare_missing)
		buf_adds(&out, f->app->ja ?
		    "  -> IPAmj明朝(fonts-ipamj-mincho)を入れると、人名の字の多くを印字できます\n" :
		    "  -> with IPAmjMincho (fonts-ipamj-mincho) most characters of names can be printed\n");
	if (!out.failed && out.n > 0)
		fwrite(out.p, 1, out.n, stderr);
	buf_free(&out);
}

static void
write_lost(const struct form *f, const struct sheet *s, struct jw *w)
{
	jw_open(w, "lost", '[');
	for (int i = 0; i < s->blocks; i++) {
		const struct block *b = &s->block[i];

		if (b->lost.unseen == 0 && !b->lost.cut)
			continue;
		jw_open(w, NULL, '{');
		jw_str(w, "row", label_of(b, f->app->ja));
		jw_int(w, "unseen", b->lost.unseen);
		jw_bool(w, "cut", b->lost.cut);
		jw_close(w, '}');
	}
	jw_close(w, ']');
}

/* Where it went, and what could not be printed. */
static int
report(const struct form *f, const struct sheet *s, size_t bytes, struct err *e)
{
	struct buf out = BUF_INIT, name = BUF_INIT;
	struct jw w = { &out, false };

	if (is_dash(f->output))
		return 0;
	if (!f->app->json) {
		text_add_safe(&name, f->output);
		fprintf(stderr, f->app->ja ? "%s に書きました\n" : "written to %s\n",
		    name.failed ? "" : name.p);
		buf_free(&name);
		return 0;
	}
	jw_open(&w, NULL, '{');
	jw_open(&w, "form", '{');
	jw_str(&w, "file", f->output);
	jw_str(&w, "format", f->text ? "text" : "pdf");
	jw_int(&w, "bytes", (long long)bytes);
	jw_bool(&w, "accepted", !f->config.refuse_statement);
	if (f->patient != NULL)
		jw_bool(&w, "on_file", f->on_file);
	write_lost(f, s, &w);
	jw_bool(&w, "rare_font_missing", f->rare_missing);
	jw_close(&w, '}');
	jw_close(&w, '}');
	buf_addc(&out, '\n');
	return cmd_print(&out, e);
}

static int
print(struct form *f, struct sheet *s, struct err *e)
{
	struct buf out = BUF_INIT;
	size_t bytes;
	int rc = 0;

	if (f->text)
		sheet_text(s, &out);
	else
		rc = printer_draw(s, &out, &f->rare_missing, e);
	if (rc == 0 && out.failed)
		rc = err_set(e, ERR_NOMEM, "out of memory");
	bytes = out.n;
	if (rc == 0)
		rc = is_dash(f->output) ? cmd_print(&out, e) : write_file(f->output, &out, e);
	buf_free(&out);
	if (rc == 0 && (!f->app->json || is_dash(f->output)))
		warn(f, s);
	return rc == 0 ? report(f, s, bytes, e) : -1;
}

/* What is on file, as facts. */
static struct json *
from_file(struct form *f, struct err *e)
{
	struct recording r;
	struct buf facts = BUF_INIT;
	struct json *doc = NULL;
	int rc = recording_open(&r, &f->records, f->patient, e);

	if (rc == 0 && r.why.code != ERR_NONE) {
		*e = r.why;
		rc = -1;
	}
	if (rc == 0 && r.store == NULL)
		rc = err_set(e, ERR_CONFIG, "--patient: there is no store (store init)");
	if (rc == 0 && (rc = recording_form(&r, &facts, e)) >= 0) {
		f->on_file = rc == 1;
		f->unlogged = logbook_note(&f->records, r.store, &(struct deed){
		    .command = "form statement", .patient = f->patient,
		    .outcome = f->on_file ? "filled_in" : "blank" });
		doc = js_parse(facts.failed ? "" : facts.p, facts.n, e);
	}
	recording_close(&r);
	buf_free(&facts);
	return doc;
}

/* NULL with e as it was: nothing is known, as with --blank. */
static struct json *
known(struct form *f, struct err *e)
{
	if (f->patient != NULL)
		return from_file(f, e);
	return f->facts == NULL ? NULL :
	    js_parse_file(is_dash(f->facts) ? STDIN_PATH : f->facts, FACTS_MAX, e);
}

static int
make(struct form *f, const struct rulebase *rb, struct err *e)
{
	const int today = date_of_unix_jst((long long)time(NULL));
	struct json *doc = known(f, e);
	struct sheet s = SHEET_INIT;
	struct statement st;
	int rc = -1;

	statement_init(&st);
	if (doc == NULL && e->code != ERR_NONE)
		return -1;
	if (doc != NULL && statement_read(doc, today, &st, &s, e) < 0)
		err_prefix(e, "%s", f->patient != NULL ? "store" : f->facts);
	else if (statement_sheet(&st, rb->edition, today, &s, e) == 0)
		rc = print(f, &s, e);
	sheet_free(&s);
	js_free(doc);
	return rc;
}

static int
check_options(const struct form *f, int operands, struct err *e)
{
	if (operands > 0)
		return err_set(e, ERR_USAGE, "form statement takes options only");
	if ((f->facts != NULL) + (f->patient != NULL) + f->blank != 1)
		return err_set(e, ERR_USAGE, "form statement takes one of --patient ID, --facts FILE and --blank");
	if (f->output == NULL)
		return err_set(e, ERR_USAGE, "form statement needs -o FILE (or -o -)");
	if (is_dash(f->output) && !f->text && isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE, "a PDF is nothing for a terminal: -o FILE, or --text");
	return 0;
}

static int
statement(struct app *app, int argc, char **argv, struct err *e)
{
	struct form f = { .app = app, .records = RECORDS_OPTIONS_INIT };
	const struct opt opts[] = {
		{ OPT_STRING, "patient", "ID", &f.patient,
		    T("患者番号: 記録にあることを印字する", "patient number: fill in what is on file") },
		{ OPT_STRING, "facts", "FILE", &f.facts,
		    T("わかっていること(JSON)を印字する", "fill in what is known (JSON)") },
		{ OPT_FLAG, "blank", NULL, &f.blank,
		    T("何も印字しない", "fill in nothing") },
		{ OPT_STRING, "output", "FILE", &f.output,
		    T("書き出すファイル(- は標準出力)", "where to (- for standard output)") },
		{ OPT_FLAG, "text", NULL, &f.text,
		    T("PDFではなく文字で", "as text instead of PDF") },
		{ OPT_STRING, "rules", "FILE", &f.rules, T("別の規則ファイル", "other rules") },
		RECORDS_OPTIONS(&f.records),
	};
	const size_t options = sizeof(opts) / sizeof(opts[0]), rules = options - 1 - RECORDS_OPTION_COUNT;
	bool seen[OPT_MAX] = { false };
	const int n = cmd_options(app, opts, options, argc, argv, seen, e);
	struct rulebase *rb = NULL;
	int rc = -1;

	if (n < 0)
		return n;
	if (check_options(&f, n, e) < 0)
		return -1;
	/* of the options only those from the rules on are a clinic's to set */
	if (config_read(&f.config, app->config, &opts[rules], options - rules, &seen[rules], e) == 0 &&
	    (rb = f.rules != NULL ? rulebase_load(f.rules, e) : rulebase_embedded(e)) != NULL)
		rc = make(&f, rb, e);
	rulebase_free(rb);
	config_release(&f.config);
	return rc == 0 ? f.unlogged : rc;
}

static const struct cmd subs[] = {
	{ "statement", "--patient ID|--facts FILE|--blank -o FILE",
	    T("被保険者資格申立書(A4、PDF)", "the 被保険者資格申立書, one A4 page, as PDF"),
	    statement, NULL },
	{ NULL, NULL, T(NULL, NULL), NULL, NULL },
};

const struct cmd cmd_form = {
	"form", "SUBCOMMAND [OPTION]...",
	T("患者に書いてもらう用紙をつくる", "make the sheets that patients fill in"), cmd_run_group, subs
};
